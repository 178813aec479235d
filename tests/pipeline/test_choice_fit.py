"""What the pack has of the fitted choice, and the main estimates: from draws by hand, on the rows of the fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from equipoise.assemble.packed import embedded
from equipoise.assemble.thesis_contracts import CHOICE_FIT, CHOICE_POSTERIOR
from equipoise.errors import NotConverged
from equipoise.model.hierarchy import Design, Panel
from equipoise.model.laplace import Quick, Start
from equipoise.model.sampling import Chains
from equipoise.pipeline import choice_fit, thesis_main
from equipoise.pipeline.choice_fit import (
    DRAWN,
    PREDICTIVE,
    attraction_of,
    choice_tables,
    domestic_fit,
    parameters,
    worst,
)
from equipoise.pipeline.choice_rows import Origin, choice_rows, offered
from equipoise.pipeline.domestic import ATTRACTION
from equipoise.pipeline.thesis_data import ThesisData, thesis_data
from equipoise.pipeline.thesis_main import by_prior, effects, main_estimates

CHAINS, DRAWS = 2, 20


@pytest.fixture(scope="module")
def data() -> ThesisData:
    return thesis_data(embedded())


@pytest.fixture(scope="module")
def rows(data) -> tuple[Panel, Origin]:
    """Every fortieth row of the fit."""
    panel, origin = choice_rows(data)
    some = np.arange(0, panel.rows, 40)
    cut = {n: getattr(origin, n)[some] for n in ("i", "t", "c", "shares", "leverage")}
    return panel.take(some), replace(origin, **cut, rivalry=origin.rivalry[some])


def chains(panel: Panel, *, coercion: float = 0.5, cross_pressure: float = 0.5, spread: float = 0.1) -> Chains:
    """Draws about values by hand; φ is 1 more in diplomacy, and another 1 from 2014 on in either channel."""
    rng = np.random.default_rng(1)
    c, shape = len(panel.channels), (CHAINS, DRAWS)

    def about(value: object) -> np.ndarray:
        return value + spread * rng.standard_normal((*shape, *np.shape(value)))

    sites = {"coercion": about(coercion), "cross_pressure": about(cross_pressure), "intolerance": about(0.7),
             "speed_base": about(np.zeros(c)), "inertia_terms": about(np.full(len(panel.inertia_terms), -0.2))}
    for n in ("coercion", "cross_pressure"):
        more = n == "coercion"
        channel = np.array([float(more and name == "diplomacy") for name in panel.channels])
        period = np.zeros((c, len(panel.periods)))
        period[:, 2:] = more
        sites |= {f"{n}_channel": np.broadcast_to(channel, (*shape, c)),
                  f"{n}_region": np.zeros((*shape, c, len(panel.regions))),
                  f"{n}_period": np.broadcast_to(period, (*shape, *period.shape))}
    return Chains(sites, 3, 31.0, 1.0, Start({}, {}))


def check(panel: Panel) -> pl.DataFrame:
    return pl.DataFrame([{"channel": c, **dict.fromkeys(PREDICTIVE, 0.5)} for c in panel.channels])


def test_tables_have_the_draws_and_how_they_were_made(rows) -> None:
    panel, _ = rows
    drawn = chains(panel)
    made = choice_tables(drawn, panel=panel, check=check(panel))
    draws, fit = made["choice_posterior"], made["choice_fit"]
    assert draws.equals(CHOICE_POSTERIOR.check(draws)) and fit.equals(CHOICE_FIT.check(fit))
    own = draws.filter(prior="free", parameter="coercion", group="diplomacy")["value"].to_numpy()
    late = panel.period[panel.channel == panel.channels.index("diplomacy")] >= 2
    assert own == pytest.approx(drawn.sites["coercion"].ravel() + 1 + late.mean(), rel=1e-5)
    told = {(r["parameter"], r["group"]): r["mean"] for r in fit.filter(prior="free").to_dicts()}
    assert told["sampling", "divergences"] == 3 and told["sampling", "chains"] == CHAINS
    assert told["predictive inside_90", "trade"] == 0.5
    how = worst(fit)
    own = fit.filter(pl.col("prior") == "free", pl.col("parameter").is_in(DRAWN))
    assert how["rhat"] == own["rhat"].max() and how["ess_tail"] == own["ess_tail"].min()


def test_leeway_takes_the_parameters_since_2014(rows) -> None:
    panel, _ = rows
    found = parameters(chains(panel, spread=0.0), panel=panel)
    late = panel.period >= 2
    diplomatic = (panel.channel == panel.channels.index("diplomacy"))[late].mean()
    assert found["coercion"] == pytest.approx(0.5 + 1 + diplomatic) and found["intolerance"] == pytest.approx(0.7)
    part = parameters(chains(panel, cross_pressure=0.0), panel=panel)
    assert 0 < len(part["cross_pressure"]) < CHAINS * DRAWS and part["cross_pressure"].min() >= 0
    with pytest.raises(NotConverged, match="at least 0"):
        parameters(chains(panel, cross_pressure=-3.0), panel=panel)


def test_without_the_system_rivalry_has_no_effect(rows) -> None:
    panel, origin = rows
    none = chains(panel, coercion=0.0, cross_pressure=0.0, spread=0.0)
    for name in ("coercion_channel", "coercion_period"):
        none.sites[name] = np.zeros_like(none.sites[name])
    found = effects(none.sites, panel=panel, origin=origin)
    assert all(np.abs(found[n]).max() < 1e-12 for n in ("index", "gap", "first")) and found["unstable"] == 0
    pressed = effects(chains(panel, spread=0.0).sites, panel=panel, origin=origin)
    # Coercion alone makes states follow whoever has leverage over them.
    assert pressed["gap"].min() > 0.01 and 0.3 < pressed["led"].mean() < 1


def test_main_estimates_have_their_own_samples(rows, data) -> None:
    panel, origin = rows
    drawn = chains(panel)
    found = main_estimates(drawn.sites, panel=panel, origin=origin, data=data, divergences=drawn.divergences)
    assert set(found) == {"H1", "H2", "H2: trade to 2014", "H3", "H3*", "H4"}
    fresh = int((panel.channel == panel.channels.index("diplomacy")).sum())
    assert found["H2"].rows == fresh and found["H2: trade to 2014"].rows == panel.rows - fresh
    assert found["H2"].years[1] == 2023 and found["H2: trade to 2014"].years[1] == 2014
    assert found["H2"].estimate > found["H2: trade to 2014"].estimate + 0.9
    # Half of log η's slope is lost at η = ½.
    slow = drawn.sites["inertia_terms"][..., panel.inertia_terms.index("log_tenure")].mean()
    assert found["H4"].estimate == pytest.approx(-slow / 2, rel=0.1) and found["H4"].divergences == 3


def test_a_term_of_attraction_is_in_standard_deviations_and_at_its_mean_where_unknown() -> None:
    term = np.array([[[1.0, 3.0], [np.nan, 5.0]]])
    rows = np.array([0, 0]), np.array([0, 1])
    found = offered({"x": term}, at=rows, like=rows, powers=2)
    spread = np.std([1.0, 3.0, 5.0])
    np.testing.assert_allclose(found[0], np.array([[0, 0], [-2, 0], [0, 2]]) / spread)
    first = rows[0][:1], rows[1][:1]
    # The scale is that of the rows of the fit: there 1 and 3 lie one standard deviation from their mean.
    np.testing.assert_allclose(offered({"x": term}, at=rows, like=first, powers=2)[0], [[0, 0], [-1, 0], [1, 3]])
    assert offered({}, at=rows, like=rows, powers=2).shape == (0, 3, 2)


def test_domestic_terms_are_told_only_if_the_fit_has_settled(data, monkeypatch) -> None:
    attraction = attraction_of(data, pack=embedded())
    slope = 0.01 * np.arange(len(ATTRACTION)) + 0.1 * np.random.default_rng(1).standard_normal((40, len(ATTRACTION)))
    status = "done"

    def by_hand(panel: Panel, **_: object) -> Quick:
        assert panel.attraction_terms == tuple(attraction) and panel.attraction.shape[0] == len(attraction)
        sites = {n: v.reshape(-1, *v.shape[2:]) for n, v in chains(panel).sites.items()}
        return Quick(sites | {"attraction_terms": slope}, {}, {}, {}, {}, status, "", 0.0)

    monkeypatch.setattr(choice_fit, "quick_fit", by_hand)
    found = domestic_fit(data, attraction=attraction)
    assert set(found["group"]) == set(attraction) == set(ATTRACTION)
    assert set(found["prior"]) == {"domestic"} and set(found["parameter"]) == {"attraction_terms"}
    told = dict(found.select("group", "mean").iter_rows())
    assert told == pytest.approx(dict(zip(attraction, slope.mean(0), strict=True)), rel=1e-5)
    assert (found["low"] < found["mean"]).all() and (found["mean"] < found["high"]).all()
    status = "not_converged"
    assert domestic_fit(data, attraction=attraction).is_empty()


def test_other_priors_are_variants_of_what_a_quick_fit_tells(rows, data, monkeypatch) -> None:
    panel, origin = rows
    drawn = {n: v.reshape(-1, *v.shape[2:]) for n, v in chains(panel).sites.items()}
    widths: list[float] = []

    def by_hand(_panel: Panel, design: Design, **_: object) -> Quick:
        widths.append(design.width)
        status, why = ("done", "") if design.width < 2 else ("not_converged", "It has not settled.")
        return Quick(drawn, {}, {}, {}, {}, status, why, 0.0)

    monkeypatch.setattr(thesis_main, "quick_fit", by_hand)
    found = by_prior(panel, origin=origin, data=data, start=Start({}, {}), progress=lambda _: None)
    assert widths == [1.0, 4.0] and set(found) == {"H1", "H2", "H3", "H4"}
    one, other = found["H2"]
    assert one.name == "prior width 1, main estimator" and one.low < one.estimate < one.high
    same = main_estimates({n: v[None] for n, v in drawn.items()}, panel=panel, origin=origin, data=data, divergences=0)
    assert one.estimate == same["H2"].estimate
    assert np.isnan(other.estimate) and (other.status, other.reason) == ("not_converged", "It has not settled.")
