"""The major powers."""

from __future__ import annotations

import polars as pl
import pytest

from equipoise.assemble.majors import COVERED_TO, majors

# How many states were a major power at any time in the year, from each year on that changes the number: the sums of
# `cowmaj` over the state-years that peacesciencer 1.2.9 makes.
COUNTS = {
    1816: 5,
    1860: 6,
    1895: 7,
    1898: 8,
    1918: 7,
    1919: 5,
    1922: 6,
    1925: 7,
    1941: 6,
    1944: 5,
    1945: 6,
    1946: 4,
    1950: 5,
    1991: 7,
}


def in_year(year: int) -> list[int]:
    end = pl.col("end_date").fill_null(COVERED_TO)
    on = majors().filter((pl.col("start_date").dt.year() <= year) & (end.dt.year() >= year))
    return on["cow"].unique().sort().to_list()


def test_each_year_has_as_many_as_the_reference() -> None:
    expected = {year: COUNTS[max(y for y in COUNTS if y <= year)] for year in range(1816, 2017)}
    assert {year: len(in_year(year)) for year in expected} == expected


@pytest.mark.parametrize(
    ("year", "cows"),
    [
        (1816, [200, 220, 255, 300, 365]),
        (1914, [2, 200, 220, 255, 300, 325, 365, 740]),
        (1920, [2, 200, 220, 325, 740]),
        (1946, [2, 200, 220, 365]),
        (2016, [2, 200, 220, 255, 365, 710, 740]),
    ],
)
def test_who_they_were(year: int, cows: list[int]) -> None:
    assert in_year(year) == cows


def test_spells_of_a_state_do_not_overlap_and_only_its_last_is_open() -> None:
    rows = majors()
    assert rows.schema == {"cow": pl.Int32, "start_date": pl.Date, "end_date": pl.Date}
    assert rows.filter(pl.col("start_date") >= pl.col("end_date").fill_null(COVERED_TO)).is_empty()
    later = rows.with_columns(pl.col("start_date").shift(-1).over("cow").alias("next")).drop_nulls("next")
    assert (later["end_date"] < later["next"]).to_list() == [True] * 5
