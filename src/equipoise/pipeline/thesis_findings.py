"""What was found of a hypothesis: main estimate and quick look, what surrounds them, and the verdict by the rules.

The rules themselves are in :mod:`equipoise.model.verdicts`. Without a main estimate the rules are put to the quick
look, which says how it reads and gives no verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack
from equipoise.model import verdicts
from equipoise.model.inference import QUICK_ONLY
from equipoise.model.verdicts import Evidence, Instrument, Reason, exceeds, holm, verdict
from equipoise.pipeline import thesis_power
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import Estimate

Array = NDArray[np.float64]

TITLES = {
    "H1": ("Rivalry among powers lowers the multi-vector index", "index points per unit of exposure Z", 0.05),
    "H2": ("More so where one power's leverage is large", "utils per unit of rivalry times leverage", 0.5),
    "H3": ("The loss goes to the most influential power, not to neutrality", "shares per unit of exposure Z", 0.05),
    "H4": ("Long tenure steadies policy", "−log distance per unit of log(1 + years of tenure)", 0.06),
    "H5": ("Memberships in overlapping organisations raise leeway", "leeway per mean state's shared seats", 0.02),
    "H6": ("A rift of China and Russia hurts Central Asia more than one of Russia and the West", "utils", 0.02),
    "H7": ("Sanctions on Russia lower growth more where dependence on Russia is larger",
           "points of growth a year per unit of trade over GDP", 3.0),
}
"""Of every hypothesis its title, the unit of the estimand, and the smallest effect of interest s in that unit."""

NO_MAIN, BY_MAIN = "main estimator", ", main estimator"


@dataclass(frozen=True, slots=True)
class Main:
    """The main estimate of a hypothesis: posterior mean and central 90 %, its sample, and how the sampling went.

    rhat, ess (the smaller of bulk and tail) and divergences are None where they are not known; told: numbers
    behind it. Of H2 ``correlation`` (of φ and ρ) and ``psi_0_low``, ``psi_0_high``, ``psi_1_low``, ``psi_1_high``
    (the interval with ψ fixed at 0 and at 1) are read from told.
    """

    estimate: float
    low: float
    high: float
    rows: int
    states: int
    years: tuple[int, int]
    rhat: float | None = None
    ess: float | None = None
    divergences: int | None = None
    told: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """What the tests are made on: the pack and its data, and what the fitted model gives, if it was fitted.

    main: main estimates by hypothesis, see :func:`equipoise.pipeline.thesis.hypotheses`; parameters: draws (D,) of
    coercion, cross_pressure and intolerance; variants: of the main estimates, by hypothesis; seen: the power of
    hypotheses that was computed already.
    """

    pack: Pack
    data: ThesisData
    main: Mapping[str, Main] = field(default_factory=dict)
    parameters: Mapping[str, Array] | None = None
    variants: Mapping[str, Sequence[Estimate]] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)

    def power(self, h: str) -> float:
        """Rule 3: the share of simulated panels that read *supported*."""
        if h not in self.seen:
            self.seen[h] = thesis_power.simulated(h, self.data, pack=self.pack, smallest=TITLES[h][2]).share
        return self.seen[h]

    def beside(self, h: str) -> list[Estimate]:
        """Main estimates that stand beside a hypothesis's own: those named ``"H2: name"``."""
        return [as_estimate(m, name=k.split(":", 1)[1].strip() + BY_MAIN)
                for k, m in self.main.items() if k.startswith(f"{h}:")]


@dataclass(frozen=True, slots=True)
class Finding:
    """One hypothesis: its estimates, what surrounds them, and the verdict with its reasons.

    primary: the quick look; main: the main estimate, None without one; verdict: :data:`QUICK_ONLY` without a main
    estimate; reads: what the page's table and rules say of the estimate that leads; reasons: what replaced it, stands
    beside it or was not checked; holm: the adjusted level, NaN unless all seven were tested; rests_on: numbers behind
    the estimates; power: NaN where it was not computed; placebo_range: number of placebo estimates, by the quick look,
    and their central 90 %.
    """

    id: str
    title: str
    unit: str
    smallest: float
    primary: Estimate
    main: Estimate | None
    verdict: str
    reads: str
    reasons: tuple[Reason, ...] = ()
    holm: float = np.nan
    power: float = np.nan
    secondary: tuple[Estimate, ...] = ()
    variants: tuple[Estimate, ...] = ()
    placebo: tuple[Estimate, ...] = ()
    placebo_range: tuple[int, float, float] | None = None
    rests_on: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thesis:
    """All findings, with what the pack lacks and where the figures come from."""

    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    provenance: dict[str, str]

    @property
    def data(self) -> dict[str, Any]:
        """Plain Python for JSON: numbers that do not exist are None."""
        told: dict[str, Any] = _plain({"hypotheses": [asdict(f) for f in self.findings], "missing": self.missing,
                                       "provenance": self.provenance})
        return told


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if np.isfinite(value) else None
    return value


def as_estimate(main: Main, *, name: str = "primary") -> Estimate:
    """A main estimate as the tables show it."""
    return Estimate(name, main.estimate, main.low, main.high, main.rows, main.states, main.years)


def judged(
    h: str, quick: Estimate, *, main: Main | None, others: Sequence[Reason] = (), left: Sequence[str] = (),
    instrument: Instrument | None = None, rises: tuple[float, float] | None = None, power: float = np.nan,
    tried: Array | Sequence[float] = (), rests_on: Mapping[str, float] | None = None,
    variants: Sequence[Estimate] = (), placebo: Sequence[Estimate] = (), secondary: Sequence[Estimate] = (),
) -> Finding:
    """Return the finding on a hypothesis.

    ``instrument`` and ``others`` are of the estimate that leads, the main one if there is one; ``tried`` are estimates
    of permuted placebos, beside those named in ``placebo``, all by the quick look and judged beside its estimate;
    ``left`` is what was not done.
    """
    title, unit, smallest = TITLES[h]
    failed = quick.status != "done"
    none = [p for p in (*np.asarray(tried, float), *(e.estimate for e in placebo)) if np.isfinite(p)]
    own = (verdicts.Main(main.estimate, main.low, main.high, main.rhat, main.ess, main.divergences) if main else
           None if failed else verdicts.Main(quick.estimate, quick.low, quick.high, sampled=False))
    said = verdict(Evidence(
        smallest, own, quick=None if failed else (quick.low, quick.high), variants=[v.estimate for v in variants],
        placebo=none, placebo_of=quick.estimate, power=None if np.isnan(power) else power, instrument=instrument,
        rises=rises, others=[*_failure(quick, main), *others]))
    pending = [Reason("not_checked", {"what": w}) for w in ([] if main else [NO_MAIN]) + list(left)]
    enough = len(none) >= verdicts.LEAST_PLACEBO
    told = dict(rests_on or {}) | {f"main {k}": v for k, v in (main.told if main else {}).items()}
    return Finding(
        h, title, unit, smallest, quick, as_estimate(main) if main else None, said.verdict if main else QUICK_ONLY,
        said.verdict, (*said.reasons, *pending), power=power, secondary=tuple(secondary), variants=tuple(variants),
        placebo=tuple(placebo), rests_on=told,
        placebo_range=(len(none), float(np.quantile(none, 0.05)), float(np.quantile(none, 0.95))) if enough else None,
    )  # fmt: skip


def _failure(quick: Estimate, main: Main | None) -> list[Reason]:
    """Why there is no quick look, where nothing else leads."""
    return [] if main or quick.status == "done" else [Reason("text", {"text": quick.reason})]


def with_levels(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings with Holm's levels; as they are unless all hypotheses are there and one has a main estimate."""
    if {f.id for f in found} != set(TITLES) or not any(f.main for f in found):
        return tuple(found)
    p = {f.id: exceeds(f.main.estimate, low=f.main.low, high=f.main.high, smallest=f.smallest) if f.main else np.nan
         for f in found}
    level = holm(p)
    return tuple(replace(f, holm=level[f.id]) for f in found)
