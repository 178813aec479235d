"""The terms of the domestic side: known values from the embedded pack, and what is missing stays missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from equipoise.assemble.packed import Pack, embedded
from equipoise.errors import UsageError
from equipoise.pipeline import domestic_ground as ground
from equipoise.pipeline.domestic import (
    ATTRACTION,
    INERTIA,
    PERCEPTION,
    TERMS,
    clarity,
    coverage,
    domestic_terms,
    energy,
    leader_change,
    of_kind,
)
from equipoise.pipeline.thesis_data import thesis_data


@pytest.fixture(scope="module")
def data():
    return thesis_data(embedded())


@pytest.fixture(scope="module")
def terms(data):
    return domestic_terms(data, pack=embedded())


def of(data, array, state: str, year: int, power: str | None = None) -> float:
    at = array[data.states.index(state), list(data.grid.years).index(year)]
    return float(at if power is None else at[data.grid.powers.index(power)])


def test_every_term_has_its_shape_and_kind(data, terms) -> None:
    n, t, k = len(data.states), len(data.grid.years), len(data.grid.powers)
    assert tuple(terms) == TERMS and len(TERMS) == 12
    for name, term in terms.items():
        assert term.array.shape == ((n, t, k) if name in ATTRACTION else (n, t)) and term.name == name
        assert not np.isinf(term.array).any() and term.years[0] <= 1997
    assert [*of_kind(terms, "inertia")] == [*INERTIA] and [*of_kind(terms, "perception")] == [*PERCEPTION]
    assert terms["log_tenure"].kind == ("inertia", "perception") and [*of_kind(terms, "attraction")] == [*ATTRACTION]


def test_a_term_can_be_left_out_and_a_name_that_is_none_is_refused(data) -> None:
    rest = tuple(n for n in TERMS if n != "clarity")
    assert tuple(domestic_terms(data, pack=embedded(), without=rest)) == ("clarity",)
    with pytest.raises(UsageError, match="no term 'kinship'"):
        domestic_terms(data, pack=embedded(), without=("kinship",))
    with pytest.raises(UsageError, match="against 'oil'"):
        domestic_terms(data, pack=embedded(), energy_per="oil")


def test_kazakhstan_between_its_neighbours(data, terms) -> None:
    def value(name: str, power: str) -> float:
        return of(data, terms[name].array, "KAZ", 2014, power)

    border = terms["border_share"].array[data.states.index("KAZ"), 0]
    assert border.argmax() == data.grid.powers.index("RUS") and border[0] == pytest.approx(6648 / 11724, abs=1e-3)
    assert value("landlocked_border", "RUS") == value("border_share", "RUS")
    assert value("transit", "RUS") > 0.6 and value("transit", "RUS") + value("transit", "CHN") < 1
    assert value("kin", "RUS") == pytest.approx(0.237 + (0.155 - 0.237) * 5 / 12) and value("kin", "CHN") == 0
    # V-Dem 2013: Kazakhstan .236, Russia .283 (v15); a land of six people a km²: log of 160 km² for a thousand.
    assert value("regime_distance", "RUS") < value("regime_distance", "CHN") < value("regime_distance", "USA")
    assert value("density_border", "RUS") / value("border_share", "RUS") == pytest.approx(np.log(1000 / 6.3), abs=0.05)


def test_rulers_of_kazakhstan(data, terms) -> None:
    """REIGN counts Nazarbayev as leader of Kazakhstan from April 1990, Tokayev from March 2019."""
    tenure = np.expm1(terms["log_tenure"].array)
    assert of(data, tenure, "KAZ", 2018) == pytest.approx(28.7, abs=0.1)
    assert of(data, tenure, "KAZ", 2019) == pytest.approx(0.78, abs=0.05) and np.isnan(of(data, tenure, "KAZ", 2021))
    changed = [of(data, terms["leader_change"].array, "KAZ", y) for y in (2018, 2019, 2020)]
    assert changed == [0, 1, 1] and np.isnan(of(data, terms["leader_change"].array, "KAZ", 2021))


def test_fuels_are_those_of_the_year_before_both_ways(data, terms) -> None:
    flows = embedded().table("fuels").filter(pl.col("year") == 2013)
    both = sum(flows.filter(pl.col("exporter") == a, pl.col("importer") == b)["value_musd"].item()
               for a, b in (("KAZ", "CHN"), ("CHN", "KAZ")))
    gdp = of(data, data.covariates["gdp_usd"], "KAZ", 2013) / 1e6
    assert of(data, terms["energy"].array, "KAZ", 2014, "CHN") == pytest.approx(both / gdp, rel=1e-6)
    assert of(data, terms["energy"].array, "KAZ", 2014, "EUU") > 3 * of(data, terms["energy"].array, "KAZ", 2014, "RUS")
    of_trade = energy(data, pack=embedded(), per="trade")
    assert of(data, of_trade, "KAZ", 2014, "CHN") == pytest.approx(both / of(data, data.trade.sum(-1), "KAZ", 2013))
    assert np.isnan(of(data, of_trade, "MNG", 2020, "CHN")) and of(data, terms["energy"].array, "MNG", 2020, "CHN") > 0


def test_what_is_not_observed_is_no_number(data, terms) -> None:
    unknown = [("energy", "UZB", 2010, "RUS"), ("energy", "KAZ", 1995, "RUS"), ("energy", "NAM", 1999, "USA"),
               ("energy", "BLR", 2023, "RUS"), ("kin", "NGA", 2010, "CHN"), ("regime_distance", "KAZ", 1991, "RUS"),
               ("border_share", "RUS", 2010, "RUS"), ("transit", "AUT", 2010, "EUU"), ("transit", "TUV", 2010, "RUS")]
    for name, state, year, power in unknown:
        assert np.isnan(of(data, terms[name].array, state, year, power)), (name, state)
    assert of(data, terms["energy"].array, "KAZ", 2010, "JPN") >= 0
    assert of(data, terms["border_share"].array, "NZL", 2010, "RUS") == 0
    assert np.isnan(terms["polyarchy"].array[data.states.index("TUV")]).all()


def test_fuels_of_a_state_that_the_source_lacks_are_unknown_and_of_one_it_has_are_none(data) -> None:
    schema = {"exporter": pl.String, "importer": pl.String, "year": pl.Int16, "value_musd": pl.Float32}
    flows = pl.DataFrame([("KAZ", "RUS", 2000, 5.0), ("MNG", "CHN", 2000, 2.0), ("KAZ", "DEU", 2000, None)],
                         schema=schema, orient="row")
    found = energy(data, pack=Pack(frames={"fuels": flows}))
    assert of(data, found, "KAZ", 2001, "RUS") > 0 and of(data, found, "MNG", 2001, "RUS") == 0
    assert np.isnan(of(data, found, "KAZ", 2001, "EUU")) and np.isnan(of(data, found, "KGZ", 2001, "RUS"))
    assert np.isnan(of(data, found, "KAZ", 2002, "RUS"))


@pytest.mark.parametrize(("state", "year", "power", "low", "high"), [
    ("MNG", 2010, "CHN", 0.55, 0.65), ("KGZ", 2010, "RUS", 0.3, 0.45), ("CHE", 2010, "EUU", 1, 1),
    ("BLR", 2003, "EUU", 0, 0), ("BLR", 2004, "EUU", 0.3, 0.4), ("UKR", 2010, "RUS", 0, 0), ("PRY", 2010, "USA", 0, 0),
])
def test_ways_to_the_sea(data, terms, state, year, power, low, high) -> None:
    assert low - 1e-9 <= of(data, terms["transit"].array, state, year, power) <= high + 1e-9


def test_a_state_walled_in_has_no_way_out() -> None:
    km = np.array([[0, 2, 0, 0], [2, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0.0]])
    dry, power = np.array([True, True, True, False]), np.array([[False, False, False, True]])
    found = ground.ways_out(km, dry=dry, belongs=power)
    assert np.isnan(found[:2]).all() and found[2, 0] == pytest.approx(1) and np.isnan(found[3, 0])


def test_areas_are_those_of_the_handbooks() -> None:
    """Kazakhstan 2.72, Russia 17.1, Mongolia 1.56 million km², Switzerland 41,285 (UN Demographic Yearbook)."""
    found = ground.areas(embedded(), states=["KAZ", "RUS", "MNG", "CHE", "TUV"])
    assert np.allclose(found[:4], [2.7249e6, 17.098e6, 1.5641e6, 41285], rtol=0.03) and np.isnan(found[4])


def test_clarity_is_of_what_moved_and_not_of_what_came_or_went(data) -> None:
    found = dict(zip(data.years.tolist(), clarity(data), strict=True))
    assert np.isnan([found[1991], found[2024]]).all()
    assert found[2014] > 0.7 and found[2022] > 0.7 and found[2008] < 0.2
    flat = np.full_like(data.components, 0.4)
    flat[10:] += 0.1
    flat[20:, 1:3] = np.nan
    still = clarity(replace(data, components=flat))
    assert np.isnan(still[[1, 5, 20]]).all() or np.nanmax(still[[5, 20]]) == 0
    assert still[10] == 1.0


def test_a_change_is_known_only_where_both_years_are(data) -> None:
    changes = np.full(data.sampled.shape, np.nan)
    changes[0, 3:6], changes[1, 3:6] = [0, 1, 0], [1, 0, 0]
    found = leader_change(replace(data, covariates=data.covariates | {"leader_changes": changes}))
    assert found[0, 4:6].tolist() == [1, 1] and found[1, 4:6].tolist() == [1, 0]
    assert np.isfinite(found).sum() == 4


def test_coverage_counts_the_sample(data, terms) -> None:
    share = {(t, p): s for t, p, s in coverage(terms, data=data).iter_rows()}
    assert share["clarity", None] == 1 and 0.85 < share["log_tenure", None] < 0.9
    assert share["kin", "USA"] == 1 and share["kin", "CHN"] < 0.2 and share["energy", "USA"] > 0.8
