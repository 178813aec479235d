"""``equipoise test-thesis``: the hypotheses of ``docs/explanation/hypotheses.md``, as far as they can be tested today.

The quick look by fixed effects is made here, with its samples, variants and placebos. Main estimates come from the
hierarchical model, if it was fitted (H1 to H4), from draws of its parameters (H5, H6), and from a regression of their
own (H7). Without them the verdict of every hypothesis stays :data:`equipoise.model.inference.QUICK_ONLY`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack, embedded
from equipoise.errors import UsageError
from equipoise.model import verdicts
from equipoise.model.verdicts import Instrument, Reason
from equipoise.pipeline import (
    thesis_coercion,
    thesis_exposure,
    thesis_growth,
    thesis_seats,
    thesis_simulated,
    thesis_tenure,
    thesis_variants,
)
from equipoise.pipeline.thesis_data import thesis_data
from equipoise.pipeline.thesis_findings import (
    BY_MAIN,
    TITLES,
    Finding,
    Given,
    Main,
    Thesis,
    as_estimate,
    judged,
    with_levels,
)
from equipoise.pipeline.thesis_power import by_width
from equipoise.pipeline.thesis_rows import CENTRAL_ASIA, NOT_DONE, Estimate

Array = NDArray[np.float64]

DRAWS, PLACEBO_DRAWS, LEEWAY_DRAWS, TENURE_DRAWS = 200, 500, 12, 200

MAIN_LEEWAY_DRAWS, MAIN_DRAWS = 40, 400
"""Draws of the posterior that H5 and H6 rest on; leeway of all states takes a second each."""

GROWTH_WARMUP, GROWTH_DRAWS = 500, 1000
"""Of each of four chains, for H7."""

SAMPLED = "parameters"
"""The key under which main estimates say how the sampling of the parameters went."""


def hypotheses(
    only: Sequence[str] | None = None, *, pack: Pack | None = None, main: Mapping[str, Main] | None = None,
    parameters: Mapping[str, Array] | None = None, variants: Mapping[str, Sequence[Estimate]] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Thesis:
    """Test the hypotheses, all by default, or some by their ids.

    ``main`` are main estimates of H1 to H4, and under ``"H3*"`` that of k*'s share itself; one named ``"H2: name"``
    stands beside, and of :data:`SAMPLED` only the diagnostics are read. ``parameters`` are draws (D,) of coercion,
    cross_pressure and intolerance, neither of the first two under 0: with them come the main estimates of H5 and H6.
    With either of the two H7's is made, a minute or two. ``variants`` are other main estimates by hypothesis.

    Raises:
        UsageError: there is no hypothesis of that name, or the draws cannot be.
    """
    wanted = [h.strip().upper() for h in only] if only else list(TITLES)
    if unknown := [h for h in wanted if h not in TITLES]:
        raise UsageError(f"there is no hypothesis {unknown[0]}.", hint="They are H1 to H7.")
    pack, say = pack or embedded(), progress or (lambda _: None)
    say("Reading channels, rivalry and leverage of all states")
    given = Given(pack, thesis_data(pack), main or {}, parameters, variants or {})
    found = []
    for h in TITLES:
        if h in wanted:
            say(f"{h}: {TITLES[h][0]}")
            found.append(_TESTS[h](given))
    told = {"equipoise": version("equipoise"), "pack": pack.manifest["version"], "pack_sha256": pack.fingerprint}
    return Thesis(with_levels(found), given.data.missing, told)


def _exposed(h: str, given: Given, kind: str, *, secondary: Sequence[Estimate] = (), others: Sequence[Reason] = (),
             rises: tuple[float, float] | None = None) -> Finding:
    data = given.data
    quick, told = thesis_exposure.primary(data, kind=kind, draws=DRAWS)
    more, none = thesis_variants.of_exposure(data, pack=given.pack, kind=kind)
    return judged(
        h, quick, main=given.main.get(h), others=[*verdicts.flat_exposure(told["sd_of_exposure"]), *others],
        power=given.power(h), rests_on=told, secondary=[*secondary, *given.beside(h)],
        left=_not_done(h, given), rises=rises,
        variants=[*thesis_exposure.variants(data, kind=kind), *more, *given.variants.get(h, ())],
        placebo=[*thesis_exposure.placebo_future(data, kind=kind), *none],
        tried=thesis_exposure.placebo_pairs(data, kind=kind, draws=PLACEBO_DRAWS),
    )


def _not_done(h: str, given: Given) -> tuple[str, ...]:
    return () if h in given.variants else NOT_DONE


def _h1(given: Given) -> Finding:
    return _exposed("H1", given, "multi-vector index")


def _h3(given: Given) -> Finding:
    rise, _told = thesis_exposure.primary(given.data, kind="k*", draws=DRAWS, name="share of k* itself")
    leads = given.main.get("H3*") if "H3" in given.main else rise
    beside = [] if isinstance(leads, Estimate | None) else [as_estimate(leads, name=rise.name + BY_MAIN)]
    unknown = [] if leads is not None else [Reason("not_checked", {"what": "share of k*"})]
    return _exposed("H3", given, "k* less outside", secondary=[rise, *beside],
                    rises=None if leads is None else (leads.low, leads.high),
                    others=[*verdicts.first_without_power(given.power("H1")), *unknown])


def _h2(given: Given) -> Finding:
    data, main = given.data, given.main.get("H2")
    quick, fit = thesis_coercion.coercion("primary", data, thesis_coercion.BASE)
    variants = [*thesis_coercion.variants(data), *thesis_variants.of_coercion(data, pack=given.pack)]
    by_main = given.variants.get("H2", ())
    rho = fit.names.index("rho")
    told = {"effective_F": fit.first_stage, "rho": float(fit.estimate[rho]), "rho_low": float(fit.low[rho]),
            "rho_high": float(fit.high[rho])}
    psi = [(v.low, v.high) for v in (quick, *variants) if v is quick or v.name.startswith("psi")]
    return judged(
        "H2", quick, main=main, others=_coerced(main) if main else verdicts.psi_matters(psi, smallest=TITLES["H2"][2]),
        power=by_width(main.low, main.high, smallest=TITLES["H2"][2]) if main else np.nan,
        # The main estimator has own engagement on the right-hand side exactly, and needs no instrument for it.
        instrument=None if main else Instrument(fit.first_stage), rests_on=told, variants=[*variants, *by_main],
        secondary=[*thesis_coercion.beside(data), thesis_coercion.robust(data), *thesis_variants.by_power(data),
                   *given.beside("H2")],
        placebo=thesis_variants.placebo_of_coercion(data, pack=given.pack), tried=thesis_variants.placebo_pairs(data),
        left=("measurement draws", "trade of 2025", *_not_done("H2", given)),
    )  # fmt: skip


def _coerced(main: Main) -> list[Reason]:
    """H2's own rules, as far as the main estimate says what they ask for."""
    told, out = main.told, []
    if "correlation" in told:
        out += verdicts.not_identified(told["correlation"])
    else:
        out.append(Reason("not_checked", {"what": "correlation"}))
    ends = [(told.get(f"psi_{p}_low", np.nan), told.get(f"psi_{p}_high", np.nan)) for p in (0, 1)]
    if np.isfinite(ends).all():
        return [*out, *verdicts.psi_matters([*ends, (main.low, main.high)], smallest=TITLES["H2"][2])]
    return [*out, Reason("not_checked", {"what": "psi"})]


def _h4(given: Given) -> Finding:
    data = given.data
    left = thesis_tenure.left_of_tenure(data)
    return judged(
        "H4", thesis_tenure.estimate("primary", data, thesis_tenure.BASE), main=given.main.get("H4"),
        others=verdicts.flat_tenure(left), power=given.power("H4"), rests_on={"variance_left_of_tenure": left},
        secondary=[*thesis_tenure.by_term(data), *given.beside("H4")],
        variants=[*thesis_tenure.variants(data), *given.variants.get("H4", ())],
        tried=thesis_tenure.placebo(data, draws=TENURE_DRAWS), left=("natural death in office",),
    )


def _h5(given: Given) -> Finding:
    data, years = given.data, (1992, 2014)
    leeway, side = thesis_simulated.leeway_of_all(given.pack, data, draws=LEEWAY_DRAWS, years=years)
    s = thesis_simulated.on_seats(data, leeway=leeway, side=side)
    told = {"share_of_leeway_at_0_or_1": s.stuck, "draws": float(LEEWAY_DRAWS)}
    main, others = None, verdicts.stuck(s.stuck)
    if given.parameters:
        some = _thinned(given.parameters, draws=MAIN_LEEWAY_DRAWS)
        own, blocs = thesis_simulated.leeway_of_all(given.pack, data, draws=0, years=years, parameters=some)
        found = thesis_simulated.on_seats(data, leeway=own, side=blocs)
        main = _main(found.found, given, told={"share_of_leeway_at_0_or_1": found.stuck, "draws": float(len(own))})
        others = [*verdicts.stuck(found.stuck), *_halves(given, own, blocs, some)]
    return judged("H5", s.found, main=main, others=others, rests_on=told, secondary=given.beside("H5"),
                  variants=thesis_seats.variants(data, leeway=leeway, side=side),
                  placebo=thesis_seats.placebo(data, leeway=leeway, side=side),
                  left=("seats by function", *_assumed(main)))


def _halves(given: Given, leeway: Array, side: NDArray[np.int8], some: Mapping[str, Array]) -> list[Reason]:
    """H5: whether the sign differs between the halves of the posterior of φ, or of ρ."""
    out: list[Reason] = []
    for name in ("coercion", "cross_pressure"):
        upper = some[name] > np.median(some[name])
        if upper.any() and not upper.all():
            signs = [thesis_simulated.on_seats(given.data, leeway=leeway[on], side=side).found.estimate
                     for on in (~upper, upper)]
            out += verdicts.sign_differs(signs, parameter=name)
    return out


def _thinned(parameters: Mapping[str, Array], *, draws: int) -> dict[str, Array]:
    """As many draws, evenly spaced, of all that there are."""
    n = len(next(iter(parameters.values())))
    at = np.unique(np.linspace(0, n - 1, min(draws, n)).round().astype(int))
    return {name: np.asarray(v, float)[at] for name, v in parameters.items()}


def _main(found: Estimate, given: Given, *, told: Mapping[str, float]) -> Main | None:
    """A main estimate that rests on the sampled parameters; None if there is none."""
    if found.status != "done":
        return None
    how = given.main.get(SAMPLED)
    return Main(found.estimate, found.low, found.high, found.rows, found.states, found.years or (0, 0),
                how.rhat if how else None, how.ess if how else None, how.divergences if how else None, told)


def _assumed(main: Main | None) -> tuple[str, ...]:
    return () if main else ("posterior of the parameters",)


def _h6(given: Given) -> Finding:
    data, rift, of = given.data, thesis_simulated.rift, thesis_simulated.as_estimate
    quick = leads = rift(data, draws=DRAWS)
    told, main = {"share_off_the_branch": quick.lost, "state_years": float(quick.cases)}, None
    if given.parameters:
        leads = rift(data, draws=0, parameters=_thinned(given.parameters, draws=MAIN_DRAWS))
        main = _main(of("primary", leads), given, told={"share_off_the_branch": leads.lost})
    tried = [of(f"shocks of {a:g}", rift(data, draws=DRAWS, amount=a)) for a in (0.1, 0.5)]
    tried.append(of("all on Russia and the USA", rift(data, draws=DRAWS, west=("USA",))))
    tried.append(of("Japan in the West", rift(data, draws=DRAWS, west=("USA", "EUU", "JPN"))))
    tried += [of(f"{s} alone", rift(data, draws=DRAWS, states=(s,))) for s in CENTRAL_ASIA]
    none = (("the Baltic states", ("EST", "LTU", "LVA")), ("Mexico", ("MEX",)), ("Canada", ("CAN",)))
    return judged("H6", of("primary", quick), main=main, others=_shocked(leads), rests_on=told, variants=tried,
                  placebo=[of(n, rift(data, draws=DRAWS, states=s)) for n, s in none], secondary=given.beside("H6"),
                  left=("rift never seen", "other measures of loss", *_assumed(main)))


def _shocked(r: thesis_simulated.Rift) -> list[Reason]:
    """H6's own rules: draws off the branch, and what ψ under and over ½ make the interval read."""
    halves = [r.value[on] for on in (r.psi < 0.5, r.psi >= 0.5)]
    ends = [tuple(float(q) for q in np.quantile(v, [0.05, 0.95])) for v in halves if len(v) and np.isfinite(v).all()]
    psi = verdicts.psi_matters([(e[0], e[1]) for e in ends], smallest=TITLES["H6"][2])
    return [*(verdicts.off_branch(r.lost) if np.isfinite(r.lost) else []), *psi]


def _h7(given: Given) -> Finding:
    data = given.data
    g = thesis_growth.growth_data(given.pack, data)
    level, (moved, se) = thesis_growth.leads(data, g), thesis_growth.oil_moves(data, g)
    later = thesis_growth.estimate("2022–2024", data, g, w=thesis_growth.SECOND_WAVE, wild=True)
    quick = thesis_growth.estimate("primary", data, g, wild=True)
    main, wave, secondary = None, later, [later]
    if given.main or given.parameters:
        main, second = (
            _grown(e, thesis_growth.main(data, g, w=w, warmup=GROWTH_WARMUP, draws=GROWTH_DRAWS))
            for e, w in ((quick, thesis_growth.FIRST_WAVE), (later, thesis_growth.SECOND_WAVE)))
        wave = as_estimate(second, name=later.name + BY_MAIN)
        secondary.append(wave)
    return judged(
        "H7", quick, main=main, power=given.power("H7"), variants=thesis_growth.variants(data, g),
        others=[*verdicts.leads(level), *verdicts.oil(moved, se=se),
                *verdicts.later_years((wave.low, wave.high), smallest=TITLES["H7"][2])],
        rests_on={"leads_level": level, "moved_by_oil": moved}, secondary=[*secondary, *given.beside("H7")],
        placebo=thesis_growth.placebo(data, g),
        left=("commodities, remittances, others under sanctions", "border and distance as instruments"),
    )  # fmt: skip


def _grown(quick: Estimate, slope: Any) -> Main:
    """H7's main estimate, on the rows of the quick look."""
    low, high = slope.interval
    return Main(slope.estimate, low, high, quick.rows, quick.states, quick.years or (0, 0), slope.rhat, slope.ess,
                slope.divergences, dict(slope.check))


_TESTS: dict[str, Callable[[Given], Finding]] = {
    "H1": _h1, "H2": _h2, "H3": _h3, "H4": _h4, "H5": _h5, "H6": _h6, "H7": _h7,
}  # fmt: skip
