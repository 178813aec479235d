"""From estimates to a verdict, by the rules of ``docs/explanation/hypotheses.md``, fixed before any fit.

:func:`verdict` takes numbers only. What replaces a verdict or stands beside it is a :class:`Reason`: a short code and
the numbers behind it, which a report puts in words. A rule whose numbers are missing is not passed over in silence:
it leaves the reason ``not_checked``, which replaces nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from equipoise.errors import UsageError
from equipoise.model.inference import FRAGILE, inside, other_sign, reading

WORST_RHAT, LEAST_ESS = 1.01, 400.0
"""Rule 1: split R-hat above, or an effective sample size under, is a failure of sampling."""

WEAK = 10.0
"""Rule 2: an effective F (Montiel Olea and Pflueger 2013) under this is a weak instrument."""

SEEN = 0.5
"""Rule 3: the share of panels simulated with θ = 2s that must read *supported*."""

LEAST_PLACEBO = 20
"""Rule 4: of fewer placebo estimates no central 90 % is taken."""

FLAT, CORRELATED, STUCK, OFF, NOT_FLAT, LEFT = 0.02, 0.9, 0.5, 0.2, 0.1, 0.1
"""What single hypotheses ask: least standard deviation of exposure; largest correlation of φ and ρ; largest share of
leeway at 0 or 1; largest share of draws off the branch; smallest level of the test that leads are flat; smallest share
of the variance of tenure that effects leave."""

BESIDE = ("not_checked", "does_not_rise", "later_years")
"""Codes that stand beside a verdict and do not make it undecidable."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is as it is: a code, and the numbers that a sentence about it needs."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Main:
    """The estimate that gives the verdict, its 90 % interval, and how the sampling went (None: nothing was sampled).

    ess: the smaller of bulk and tail; divergences: after tuning.
    """

    estimate: float
    low: float
    high: float
    rhat: float | None = None
    ess: float | None = None
    divergences: int | None = None
    sampled: bool = True


@dataclass(frozen=True, slots=True)
class Instrument:
    """The effective F of an instrument the estimate needs, and the hull of the Anderson–Rubin set if there is one."""

    f: float
    robust: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a verdict rests on.

    smallest: s > 0; main: None if there is no main estimate; quick: interval of the quick look; variants: estimates, in
    the unit of main; placebo: estimates, judged beside ``placebo_of``, the estimate of the estimator that made them,
    which is the main one by default; power: share of simulated panels; instrument: None where the estimate needs none;
    rises: an interval that has to lie above 0 for *supported* (H3); others: the hypothesis's own reasons. None for
    quick, variants, placebo or power: not computed.
    """

    smallest: float
    main: Main | None
    quick: tuple[float, float] | None = None
    variants: Sequence[float] | None = None
    placebo: Sequence[float] | None = None
    placebo_of: float | None = None
    power: float | None = None
    instrument: Instrument | None = None
    rises: tuple[float, float] | None = None
    others: Sequence[Reason] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of :data:`equipoise.model.inference.VERDICTS`, its reasons, and what the table alone says of the interval."""

    verdict: str
    reasons: tuple[Reason, ...]
    reads: str
    low: float
    high: float

    @property
    def replaced(self) -> bool:
        """Whether a rule has replaced what the table says."""
        return any(r.code not in BESIDE for r in self.reasons)


def verdict(e: Evidence) -> Verdict:
    """Return the verdict by the page's table and its rules 1 to 5.

    Raises:
        UsageError: the smallest effect of interest is not positive.

    >>> main = Main(0.3, 0.2, 0.4, rhat=1.0, ess=900, divergences=0)
    >>> seen = Evidence(0.05, main, quick=(0.1, 0.5), variants=[0.2, 0.3], placebo=[-0.01, 0.01] * 20, power=0.9)
    >>> verdict(seen).verdict, verdict(seen).reasons
    ('supported', ())
    >>> verdict(Evidence(0.05, main, power=0.2)).reasons[0]
    Reason(code='no_power', params={'share': 0.2})
    """
    if not e.smallest > 0:
        raise UsageError(f"the smallest effect of interest must be above 0, but is {e.smallest:g}.")
    if e.main is None:
        return Verdict("undecidable", tuple(e.others) or (Reason("no_estimate"),), "undecidable", np.nan, np.nan)
    low, high = e.main.low, e.main.high
    weak = e.instrument is not None and not e.instrument.f >= WEAK
    if weak and e.instrument is not None and e.instrument.robust is not None:
        low, high = e.instrument.robust
    reads = reading(low, high, smallest=e.smallest)
    reasons = [*_sampling(e.main), *(_weak(e.instrument, reads) if weak else ()), *_power(e.power), *_fragile(e),
               *_disagrees(e, low, high), *e.others]
    if not np.isfinite(e.main.estimate):
        reasons.insert(0, Reason("no_estimate"))
    if reads == "supported" and e.rises is not None and not e.rises[0] > 0:
        reads = "not supported"
        reasons.append(Reason("does_not_rise", {"low": e.rises[0], "high": e.rises[1]}))
    replaced = any(r.code not in BESIDE for r in reasons)
    return Verdict("undecidable" if replaced else reads, tuple(reasons), reads, low, high)


def _not_checked(what: str, **numbers: float) -> list[Reason]:
    return [Reason("not_checked", {"what": what, **numbers})]


def _sampling(main: Main) -> list[Reason]:
    """Rule 1; a diagnostic that is not a number is no proof of success."""
    if not main.sampled:
        return []
    if main.rhat is None or main.ess is None or main.divergences is None:
        return _not_checked("sampling")
    if main.rhat <= WORST_RHAT and main.ess >= LEAST_ESS and main.divergences == 0:
        return []
    return [Reason("sampling", {"rhat": main.rhat, "ess": main.ess, "divergences": main.divergences})]


def _weak(instrument: Instrument | None, reads: str) -> list[Reason]:
    """Rule 2, once the effective F is under 10: the Anderson–Rubin set may decide all the same."""
    if instrument is None or (instrument.robust is not None and reads != "undecidable"):
        return []
    return [Reason("weak_instrument", {"f": instrument.f})]


def _power(share: float | None) -> list[Reason]:
    if share is None or np.isnan(share):
        return _not_checked("power")
    return [Reason("no_power", {"share": share})] if share < SEEN else []


def _fragile(e: Evidence) -> list[Reason]:
    """Rule 4: the signs of variants against the main estimate; placebo estimates against one of their own kind."""
    assert e.main is not None
    out: list[Reason] = []
    share = other_sign(e.main.estimate, variants=list(e.variants or ()))
    if np.isnan(share):
        out += _not_checked("variants")
    elif share > FRAGILE:
        out.append(Reason("fragile_variants", {"share": share}))
    own = e.main.estimate if e.placebo_of is None else e.placebo_of
    known = [p for p in e.placebo or () if np.isfinite(p)]
    if len(known) < LEAST_PLACEBO or not np.isfinite(own):
        out += _not_checked("placebo", count=len(known))
    elif inside(own, placebo=known):
        low, high = np.quantile(known, [0.05, 0.95])
        out.append(Reason("fragile_placebo", {"low": float(low), "high": float(high), "count": len(known)}))
    return out


def _disagrees(e: Evidence, low: float, high: float) -> list[Reason]:
    """Rule 5."""
    if e.quick is None or np.isnan(e.quick).any() or np.isnan([low, high]).any():
        return _not_checked("quick look")
    if low <= e.quick[1] and e.quick[0] <= high:
        return []
    return [Reason("disagrees", {"low": low, "high": high, "quick_low": e.quick[0], "quick_high": e.quick[1]})]


def flat_exposure(deviation: float) -> list[Reason]:
    """H1, H3: the standard deviation of Z that effects of state and year leave is under 0.02."""
    return [] if deviation >= FLAT else [Reason("flat_exposure", {"deviation": deviation})]


def flat_tenure(share: float) -> list[Reason]:
    """H4: effects of state and year leave under a tenth of the variance of log tenure."""
    return [] if share >= LEFT else [Reason("flat_tenure", {"share": share})]


def later_years(interval: tuple[float, float], *, smallest: float) -> list[Reason]:
    """H7: what the interval of 2022–2024 reads, which stands beside the verdict of 2014–2016.

    >>> later_years((-5.0, -4.0), smallest=3.0)[0].params["readings"]
    ('contradicted',)
    """
    return [Reason("later_years", {"readings": (reading(*interval, smallest=smallest),)})]


def first_without_power(share: float | None) -> list[Reason]:
    """H3: H1 is undecidable by rule 3, so there is no loss to distribute that could be seen."""
    if share is None or np.isnan(share):
        return _not_checked("power of H1")
    return [Reason("no_loss_seen", {"share": share})] if share < SEEN else []


def not_identified(correlation: float) -> list[Reason]:
    """H2: φ and ρ have a posterior correlation beyond ±0.9."""
    return [] if abs(correlation) <= CORRELATED else [Reason("not_identified", {"correlation": correlation})]


def psi_matters(intervals: Sequence[tuple[float, float]], *, smallest: float) -> list[Reason]:
    """H2, H6: intervals at different ψ (the ends; two halves) read differently.

    >>> psi_matters([(0.6, 0.9), (0.1, 0.9)], smallest=0.5)[0].params["readings"]
    ('supported', 'undecidable')
    """
    said = tuple(reading(*i, smallest=smallest) for i in intervals)
    return [] if len(set(said)) < 2 else [Reason("psi", {"readings": said})]


def sign_differs(halves: Sequence[float], *, parameter: str) -> list[Reason]:
    """H5: the sign of θ₅ differs between the halves of the posterior of a parameter."""
    if len({np.sign(h) for h in halves if np.isfinite(h)}) < 2:
        return []
    return [Reason("sign_by_posterior", {"parameter": parameter, "low": halves[0], "high": halves[-1]})]


def stuck(share: float) -> list[Reason]:
    """H5: over half of the state-years have a leeway of 0 or 1 in over half of the draws."""
    return [] if share <= STUCK else [Reason("stuck", {"share": share})]


def off_branch(share: float) -> list[Reason]:
    """H6: a shock pushes a state off its branch in over a fifth of the draws."""
    return [] if share <= OFF else [Reason("off_branch", {"share": share})]


def leads(level: float) -> list[Reason]:
    """H7: the leads are not flat, jointly, at 10 %."""
    return [] if level >= NOT_FLAT else [Reason("leads", {"level": level})]


def oil(moved: float | None, *, se: float) -> list[Reason]:
    """H7: the control for oil moves θ₇ by more than its own standard error; None: oil exports are not known."""
    if moved is None or np.isnan(moved):
        return _not_checked("oil")
    return [] if abs(moved) <= se else [Reason("oil", {"moved": moved, "se": se})]


def exceeds(estimate: float, *, low: float, high: float, smallest: float) -> float:
    """Return the one-sided p-value of θ ≤ s, read off a 90 % interval.

    The side of the interval that faces s is taken as 1.645 standard errors long, so that p is 0.05 exactly where the
    lower bound is s.

    >>> [round(exceeds(0.5, low=l, high=1.0, smallest=0.1), 3) for l in (0.1, 0.2)]
    [0.05, 0.014]
    """
    from scipy import stats

    z = float(stats.norm.ppf(0.95))
    side = estimate - low if estimate >= smallest else high - estimate
    if not np.isfinite([estimate, side]).all() or side <= 0:
        return float("nan")
    return float(stats.norm.sf((estimate - smallest) / (side / z)))


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Return p-values adjusted over all that are given (Holm 1979); NaN counts as one more test and stays NaN.

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": float("nan")})
    {'a': 0.04, 'b': 0.09, 'c': 0.09, 'd': nan}
    """
    known = sorted((v, k) for k, v in p.items() if not np.isnan(v))
    out, worst = dict.fromkeys(p, float("nan")), 0.0
    for rank, (value, name) in enumerate(known):
        worst = max(worst, min(1.0, (len(p) - rank) * value))
        out[name] = float(f"{worst:.12g}")
    return out
