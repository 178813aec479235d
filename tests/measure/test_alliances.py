"""All measures of all pairs at once: against similarity(), and alliances of three years against the R package fpsim."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from equipoise.assemble import codes
from equipoise.assemble.packed import embedded
from equipoise.errors import BadMatrix, BadShares, BadYears, UsageError
from equipoise.measure import alliance_similarity, similarities, similarity
from equipoise.measure.alliances import MEASURES

PUBLISHED = Path(__file__).parents[1] / "published" / "fpsim_alliances"
COLUMNS = ("S", "S2", "S_weighted", "S2_weighted", "kappa", "pi_nominal")
YEARS = (1913, 1989, 2010)
tables = arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 9)), elements=st.sampled_from([0, 1, 2, 3]))


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((PUBLISHED / name).read_text(encoding="utf-8").splitlines()))


def states_of(*years: int) -> dict[int, list[int]]:
    listed = codes.system_years(first=min(years), last=max(years))
    return {y: listed.filter(pl.col("year") == y)["code"].to_list() for y in years}


@cache
def frame() -> pl.DataFrame:
    pack = embedded()
    return alliance_similarity(pack.table("panel_atop"), states=states_of(*YEARS),
                               capability=pack.table("panel_nmc"))


@pytest.mark.parametrize("year", YEARS)
def test_pairs_have_the_values_of_the_r_package(year):
    table = frame().filter(pl.col("year") == year)
    found = {(a, b): v for a, b, *v in table.select("cow_a", "cow_b", *COLUMNS).iter_rows()}
    wanted = [r for r in rows("values.csv") if r["year"] == str(year)]
    assert len(wanted) == 70
    for row in wanted:
        assert found[int(row["cow_a"]), int(row["cow_b"])] == pytest.approx([float(row[c]) for c in COLUMNS], abs=1e-9)


@pytest.mark.parametrize("row", rows("years.csv"), ids=lambda r: f"{r['year']}-{r['measure']}")
def test_whole_years_have_the_means_of_the_r_package(row):
    values = frame().filter(pl.col("year") == int(row["year"]))[row["measure"]]
    assert (len(values), values.null_count()) == (int(row["pairs"]), int(row["undefined"]))
    found = [values.mean(), values.std(), values.min(), values.max()]
    assert found == pytest.approx([float(row[c]) for c in ("mean", "sd", "least", "greatest")], abs=1e-9)


def test_each_pair_comes_once_and_in_order():
    table = frame()
    assert (table["cow_a"] < table["cow_b"]).all()
    assert table.select("year", "cow_a", "cow_b").is_unique().all()
    assert table.equals(table.sort("year", "cow_a", "cow_b"))
    assert table.columns == ["cow_a", "cow_b", "year", *MEASURES, "S_weighted", "S2_weighted"]


@settings(max_examples=60, deadline=None)
@given(tables, st.booleans(), st.integers(0, 99))
def test_the_same_as_measure_by_measure(table, weighted, seed):
    weights = np.random.default_rng(seed).random(table.shape[1]) + 0.1 if weighted else None
    found = similarities(table, scale=(0, 3), weights=weights)
    assert tuple(found) == MEASURES
    for name, values in found.items():
        wanted = similarity(table, measure=name, scale=(0, 3), weights=weights)
        np.testing.assert_allclose(values, wanted, atol=1e-7 if name == "pi_nominal" else 1e-9)


@settings(max_examples=30, deadline=None)
@given(tables)
def test_symmetric_bounded_and_one_on_itself(table):
    for values in similarities(table, scale=(0, 3)).values():
        np.testing.assert_array_equal(values, values.T)
        assert np.all(np.abs(values[~np.isnan(values)]) <= 1 + 1e-9)
        own = np.diagonal(values)
        np.testing.assert_allclose(own[~np.isnan(own)], 1, atol=1e-9)


def test_values_off_the_integers_and_large_scales_keep_their_digits():
    rng = np.random.default_rng(2)
    for table, scale in ((rng.choice([0.1, 0.25, 0.7], (5, 40)), (0, 1)), (rng.choice([0, 9e5], (5, 40)), (0, 1e6))):
        for name, values in similarities(table, scale=scale).items():
            np.testing.assert_allclose(values, similarity(table, measure=name, scale=scale), atol=1e-9)


def test_a_year_in_which_no_capability_is_known_has_no_weighted_measure():
    pack = embedded()
    none = pl.DataFrame(schema={"cow": pl.Int32, "year": pl.Int32, "cinc": pl.Float64})
    found = alliance_similarity(pack.table("panel_atop"), states={1913: [2, 200, 220]}, capability=none)
    assert found.null_count().row(0) == (*[0] * 8, 3, 3)
    assert alliance_similarity(pack.table("panel_atop"), states={1913: [2, 200]}).columns[-1] == "pi_nominal"


@pytest.mark.parametrize(("portfolios", "extra", "error", "what"), [
    ([[0, 1], [np.nan, np.nan]], {}, BadMatrix, "portfolio 1 is missing throughout"),
    ([[0, 1], [np.nan, 1]], {}, BadMatrix, "missing entry"),
    ([[0, 4]], {}, BadMatrix, "outside the scale 0 to 3"),
    ([0, 1], {}, BadMatrix, "shape"),
    (np.zeros((0, 3)), {}, BadMatrix, "shape"),
    (np.linspace(0, 3, 40).reshape(2, 20), {}, BadMatrix, "40 levels"),
    ([[0, 1]], {"weights": [1, -1]}, BadMatrix, "negative"),
    ([[0, 1]], {"weights": [1]}, BadMatrix, "do not fit"),
    ([[0, 1]], {"weights": [0, 0]}, BadMatrix, "do not fit"),
    ([[0, 1]], {"measures": ["tau"]}, UsageError, "no measure"),
    ([[0, 1]], {"scale": (3, 0)}, UsageError, "empty"),
])
def test_bad_portfolios_are_refused_in_one_line(portfolios, extra, error, what):
    with pytest.raises(error, match=what) as caught:
        similarities(portfolios, **{"scale": (0, 3), **extra})
    assert "\n" not in str(caught.value) and caught.value.hint


def test_years_without_alliances_and_negative_capability_are_refused():
    atop = embedded().table("panel_atop")
    with pytest.raises(BadYears, match="do not cover 2019"):
        alliance_similarity(atop, states={2018: [2, 20], 2019: [2, 20]})
    negative = pl.DataFrame({"cow": [2], "year": [1913], "cinc": [-9.0]})
    with pytest.raises(BadShares, match="negative"):
        alliance_similarity(atop, states={1913: [2, 20]}, capability=negative)
