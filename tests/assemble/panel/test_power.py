"""Rows and keys, major powers and capabilities, against peacesciencer."""

from __future__ import annotations

import polars as pl
import pytest
from tests.assemble.panel.golden import by_year, differing, in_total, total_of, totals

from equipoise import dyad_years, state_years

QUANTITIES = ("milex", "milper", "irst", "pec", "tpop", "upop", "cinc")


@pytest.mark.parametrize(("case", "last"), [("sy_fixed", 2016), ("sy_full", 2025)])
def test_the_states_of_every_year_are_the_same(case: str, last: int) -> None:
    frame = state_years(years=(1816, last)).frame
    theirs = by_year(case).select("year", "n", "ccode_sum")
    ours = frame.group_by("year").agg(n=pl.len(), ccode_sum=pl.col("ccode").cast(pl.Int64).sum()).sort("year")
    assert ours.cast(pl.Int64).equals(theirs.cast(pl.Int64))
    assert frame.height == int(totals(case)["ccode"]["rows"]) == frame.unique().height
    squares = int((frame["ccode"].cast(pl.Int64) ** 2).sum())
    assert squares == int(totals(case)["ccode"]["sum_sq"])


@pytest.mark.slow
@pytest.mark.parametrize(("case", "last"), [("ddy_fixed", 2016), ("ddy_full", 2025), ("ddy_gml", 2025)])
def test_the_dyads_of_every_year_are_the_same(case: str, last: int) -> None:
    frame = dyad_years(years=(1816, last), directed=True).frame
    sums = [pl.col(f"ccode{i}").cast(pl.Int64).sum().alias(f"ccode{i}_sum") for i in (1, 2)]
    ours = frame.group_by("year").agg(pl.len().alias("n"), *sums).sort("year")
    theirs = by_year(case).select("year", "n", "ccode1_sum", "ccode2_sum")
    assert ours.cast(pl.Int64).equals(theirs.cast(pl.Int64))
    told = totals(case)["ccode1"]
    assert frame.height == int(told["rows"])
    assert frame.select(pl.struct("ccode1", "ccode2", "year").is_duplicated().any()).item() is False
    for side in ("ccode1", "ccode2"):
        assert int((frame[side].cast(pl.Int64) ** 2).sum()) == int(totals(case)[side]["sum_sq"])


def test_major_powers_are_the_same_and_unknown_after_the_list() -> None:
    frame = state_years(years=(1816, 2025)).add("majors").frame
    covered = frame.filter(pl.col("year") <= 2016)
    assert set(differing(frame, "cowmaj", case="sy_full")["cowmaj"]) == set(range(2017, 2026))
    assert covered["cowmaj"].null_count() == 0 and frame.filter(pl.col("year") > 2016)["cowmaj"].count() == 0
    # The package carries the seven of 2016 forward over nine years.
    assert total_of("sy_full", "cowmaj")[1] == int(covered["cowmaj"].sum()) + 7 * 9


@pytest.mark.parametrize("column", QUANTITIES)
def test_capabilities_are_the_same(column: str) -> None:
    frame = state_years(years=(1816, 2025)).add("capabilities").frame
    assert differing(frame, column, case="sy_full", tolerance=1e-9) == {}
    assert in_total(frame, column) == pytest.approx(total_of("sy_full", column), rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("column", [f"{c}{side}" for c in QUANTITIES for side in (1, 2)])
def test_capabilities_of_both_sides_of_a_dyad_are_the_same(column: str, dyads: pl.DataFrame) -> None:
    assert differing(dyads, column, case="ddy_full", tolerance=1e-9) == {}
    assert in_total(dyads, column) == pytest.approx(total_of("ddy_full", column), rel=1e-9)


@pytest.fixture(scope="module")
def dyads() -> pl.DataFrame:
    return dyad_years(years=(1816, 2025), directed=True).add("capabilities").frame


def test_a_state_after_the_last_year_of_capabilities_has_none() -> None:
    frame = state_years(years=(2022, 2023)).add("capabilities").frame
    kazakhstan = frame.filter(pl.col("ccode") == 705)
    assert kazakhstan.filter(pl.col("year") == 2022)["cinc"].item() == pytest.approx(0.0027, abs=5e-5)
    assert kazakhstan.filter(pl.col("year") == 2023).select(QUANTITIES).null_count().sum_horizontal().item() == 7
