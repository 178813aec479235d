"""``equipoise test-thesis``: the hypotheses of ``docs/explanation/hypotheses.md``, as far as they can be tested today.

Only the quick look is here. Its estimates, samples, variants and placebos are shown as what they are, and the verdict
of every hypothesis stays :data:`equipoise.model.inference.QUICK_ONLY` until the main estimator is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np

from equipoise.assemble.packed import Pack, embedded
from equipoise.errors import UsageError
from equipoise.model.inference import FRAGILE, QUICK_ONLY, inside, other_sign, reading
from equipoise.pipeline import thesis_coercion, thesis_exposure, thesis_growth, thesis_simulated, thesis_tenure
from equipoise.pipeline.thesis_data import ThesisData, thesis_data
from equipoise.pipeline.thesis_rows import CENTRAL_ASIA, NOT_DONE, Estimate

DRAWS, PLACEBO_DRAWS, LEEWAY_DRAWS, TENURE_DRAWS = 200, 500, 12, 200

WEAK = 10.0
"""An effective F under this is a weak instrument (rule 2)."""

PENDING = ("the main estimator and its diagnostics (rules 1 and 5)", "power from simulated panels (rule 3)")
"""Rules of the page that no quick look can answer, or that were not computed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One hypothesis: the quick estimate, what surrounds it, and the verdict.

    unit: of the estimand; smallest: the smallest effect of interest s, in that unit; reads: what the page's table says
    of the quick interval, undecidable where a concern replaces it, and no verdict; concerns: rules of the page that
    make it undecidable already; rests_on: numbers behind the estimate; placebo_range: number of placebo
    estimates and their central 90 %; pending: rules that were not checked and variants that were not computed.
    """

    id: str
    title: str
    unit: str
    smallest: float
    primary: Estimate
    verdict: str
    reads: str
    concerns: tuple[str, ...] = ()
    secondary: tuple[Estimate, ...] = ()
    variants: tuple[Estimate, ...] = ()
    placebo: tuple[Estimate, ...] = ()
    placebo_range: tuple[int, float, float] | None = None
    rests_on: dict[str, float] = field(default_factory=dict)
    pending: tuple[str, ...] = PENDING


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


def hypotheses(
    only: Sequence[str] | None = None, *, pack: Pack | None = None, progress: Callable[[str], None] | None = None
) -> Thesis:
    """Test the hypotheses, all by default, or some by their ids.

    Raises:
        UsageError: there is no hypothesis of that name.
    """
    wanted = [h.strip().upper() for h in only] if only else list(TITLES)
    if unknown := [h for h in wanted if h not in TITLES]:
        raise UsageError(f"there is no hypothesis {unknown[0]}.", hint="They are H1 to H7.")
    pack, say = pack or embedded(), progress or (lambda _: None)
    say("Reading channels, rivalry and leverage of all states")
    data = thesis_data(pack)
    found = []
    for h in TITLES:
        if h in wanted:
            say(f"{h}: {TITLES[h][0]}")
            found.append(_TESTS[h](pack, data))
    told = {"equipoise": version("equipoise"), "pack": pack.manifest["version"], "pack_sha256": pack.fingerprint}
    return Thesis(tuple(found), data.missing, told)


def _finding(h: str, primary: Estimate, *, concerns: Sequence[str] = (), tried: Any = (), fragile: bool = True,
             **rest: Any) -> Finding:
    title, unit, smallest = TITLES[h]
    reasons = list(concerns)
    if primary.status != "done":
        reasons.insert(0, primary.reason)
    variants = rest.get("variants", ())
    share = other_sign(primary.estimate, variants=[v.estimate for v in variants])
    if fragile and np.isfinite(share) and share > FRAGILE:
        reasons.append(f"Fragile: {share:.0%} of the variants have an estimate of the other sign.")
    placebo = np.asarray([*tried, *(p.estimate for p in rest.get("placebo", ()) if not len(tried))], float)
    if len(placebo) >= 20 and inside(primary.estimate, placebo=placebo):
        reasons.append("Fragile: the estimate lies inside the central 90 % of the placebo estimates.")
    if len(tried):
        rest["placebo_range"] = (len(placebo), *(float(q) for q in np.nanquantile(placebo, [0.05, 0.95])))
    # A rule of the page that bites replaces what its table says.
    said = "undecidable" if reasons else reading(primary.low, primary.high, smallest=smallest)
    return Finding(h, title, unit, smallest, primary, QUICK_ONLY, said, tuple(reasons), **rest)


def _exposed(h: str, data: ThesisData, kind: str, secondary: Sequence[Estimate] = ()) -> Finding:
    main, told = thesis_exposure.primary(data, kind=kind, draws=DRAWS)
    flat = told["sd_of_exposure"] < 0.02
    concerns = ["Exposure hardly varies apart from the year (standard deviation under 0.02)."] if flat else []
    return _finding(
        h, main, concerns=concerns, rests_on=told, secondary=tuple(secondary), pending=(*PENDING, *NOT_DONE),
        variants=tuple(thesis_exposure.variants(data, kind=kind)),
        placebo=tuple(thesis_exposure.placebo_future(data, kind=kind)),
        tried=thesis_exposure.placebo_pairs(data, kind=kind, draws=PLACEBO_DRAWS),
    )


def _h1(_: Pack, data: ThesisData) -> Finding:
    return _exposed("H1", data, "multi-vector index")


def _h3(_: Pack, data: ThesisData) -> Finding:
    rise, _told = thesis_exposure.primary(data, kind="k*", draws=DRAWS, name="share of k* itself")
    return _exposed("H3", data, "k* less outside", [rise])


def _h2(_: Pack, data: ThesisData) -> Finding:
    main, fit = thesis_coercion.coercion("primary", data, thesis_coercion.BASE)
    concerns = []
    if fit.status == "done" and not fit.first_stage >= WEAK:
        concerns.append(f"The instrument of own engagement is weak: effective F {fit.first_stage:.1f}, under {WEAK:g}; "
                        "the Anderson–Rubin set was not computed.")
    variants = thesis_coercion.variants(data)
    said = {reading(v.low, v.high, smallest=TITLES["H2"][2]) for v in variants if v.name.startswith("psi")}
    if len(said | {reading(main.low, main.high, smallest=TITLES["H2"][2])}) > 1:
        concerns.append("What the interval says changes with ψ fixed at 0 or at 1.")
    rho = fit.names.index("rho")
    told = {"effective_F": fit.first_stage, "rho": float(fit.estimate[rho]), "rho_low": float(fit.low[rho]),
            "rho_high": float(fit.high[rho])}
    left = ("measurement draws of R and ℓ", "trade of 2025: one year, which its effects take up whole",
            "variants of rivalry, period, state and leverage", "placebo pairs of powers", *NOT_DONE)
    return _finding("H2", main, concerns=concerns, rests_on=told, secondary=tuple(thesis_coercion.beside(data)),
                    variants=tuple(variants), pending=(*PENDING, *left))


def _h4(_: Pack, data: ThesisData) -> Finding:
    left = thesis_tenure.left_of_tenure(data)
    return _finding(
        "H4", thesis_tenure.estimate("primary", data, thesis_tenure.BASE), rests_on={"variance_left_of_tenure": left},
        concerns=["Effects of state and year leave under a tenth of the variance of tenure."] if left < 0.1 else [],
        variants=tuple(thesis_tenure.variants(data)), tried=thesis_tenure.placebo(data, draws=TENURE_DRAWS),
        pending=(*PENDING, "within leaders, dummies of tenure, distance over five years, rulers before independence",
                 "natural death in office as an instrument"),
    )


def _h5(pack: Pack, data: ThesisData) -> Finding:
    s = thesis_simulated.seats(pack, data, draws=LEEWAY_DRAWS)
    stuck = "Over half of the state-years have a leeway of 0 or 1 in over half of the draws."
    concerns = [stuck] if s.stuck > 0.5 else []
    return _finding("H5", s.found, concerns=concerns,
                    rests_on={"share_of_leeway_at_0_or_1": s.stuck, "draws": float(LEEWAY_DRAWS)},
                    pending=(*PENDING, "all variants and placebos", "the posterior of φ, ρ and ψ: they are assumed"))


def _h6(_: Pack, data: ThesisData) -> Finding:
    main = thesis_simulated.rift(data, draws=DRAWS)
    told = {"share_off_the_branch": main.lost, "state_years": float(main.cases)}
    concerns = ["A shock pushes a state off its branch in over a fifth of the draws."] if main.lost > 0.2 else []
    halves = [main.value[main.psi < 0.5], main.value[main.psi >= 0.5]]
    said = {reading(*np.quantile(v, [0.05, 0.95]), smallest=TITLES["H6"][2]) for v in halves if np.isfinite(v).all()}
    if len(said) > 1:
        concerns.append("What the interval says differs between ψ under and over ½.")
    of = thesis_simulated.as_estimate
    tried = [of(f"shocks of {a:g}", thesis_simulated.rift(data, draws=DRAWS, amount=a)) for a in (0.1, 0.5)]
    tried.append(of("all on Russia and the USA", thesis_simulated.rift(data, draws=DRAWS, west=("USA",))))
    tried.append(of("Japan in the West", thesis_simulated.rift(data, draws=DRAWS, west=("USA", "EUU", "JPN"))))
    tried += [of(f"{s} alone", thesis_simulated.rift(data, draws=DRAWS, states=(s,)))
              for s in CENTRAL_ASIA]
    others = (("the Baltic states", ("EST", "LTU", "LVA")), ("Mexico", ("MEX",)), ("Canada", ("CAN",)))
    return _finding("H6", of("primary", main), concerns=concerns, rests_on=told, variants=tuple(tried),
                    placebo=tuple(of(n, thesis_simulated.rift(data, draws=DRAWS, states=s)) for n, s in others),
                    pending=(*PENDING, "the posterior of φ, ρ and ψ: they are assumed", "rivalry to 1, leeway by pair, "
                             "loss of real income"))


def _h7(pack: Pack, data: ThesisData) -> Finding:
    g = thesis_growth.growth_data(pack, data)
    level = thesis_growth.leads(data, g)
    concerns = ["The pack does not say who exports oil, so it cannot be seen whether oil moves the estimate."]
    if level < 0.1:
        concerns.append(f"The leads are not flat: the joint test of 2010–2013 has the level {level:.3f}.")
    later = thesis_growth.estimate("2022–2024", data, g, w=thesis_growth.SECOND_WAVE, wild=True)
    return _finding(
        "H7", thesis_growth.estimate("primary", data, g, wild=True), concerns=concerns, rests_on={"leads_level": level},
        secondary=(later,), variants=tuple(thesis_growth.variants(data, g)),
        placebo=tuple(thesis_growth.placebo(data, g)),
        pending=(*PENDING, "oil, fuels and commodities, remittances, who else is under sanctions: not in the pack",
                 "border and distance as instruments"),
    )


_TESTS: dict[str, Callable[[Pack, ThesisData], Finding]] = {
    "H1": _h1, "H2": _h2, "H3": _h3, "H4": _h4, "H5": _h5, "H6": _h6, "H7": _h7,
}
