from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import hief, tables
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame(
    [
        (365.0, 1991.0, 0.286), (365.0, 1991.0, 0.691), (41.0, 1978.0, 0.107), (41.0, 1978.0, 0.107),
        (255.0, 1990.0, 0.136), (255.0, 1991.0, 0.138), (678.0, 1990.0, 0.148), (678.0, 1991.0, 0.147),
    ],
    schema=["ccode", "year", "efindex"], orient="row",
)


def test_a_state_has_one_row_a_year_under_its_own_code() -> None:
    assert hief.tidy(FRAME).rows() == [
        (41, 1978, 0.107), (255, 1991, 0.138), (260, 1990, 0.136), (365, 1991, 0.691), (678, 1990, 0.148),
        (679, 1991, 0.147),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column efindex"):
        hief.tidy(FRAME.drop("efindex"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("hief")
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (8783, 1945, 2013)
    assert frame["cow"].n_unique() == 162
    assert frame.select("cow", "year").is_unique().all()
    assert frame["efindex"].is_between(0, 1).all()
    years = {cow: (rows["year"].min(), rows["year"].max()) for (cow,), rows in frame.group_by("cow")}
    assert {cow: years[cow] for cow in (255, 260, 678, 679)} == {
        255: (1991, 2013), 260: (1949, 1990), 678: (1945, 1990), 679: (1991, 2013)}


@pytest.mark.raw
def test_rows_that_differ_in_one_year_are_only_those_of_the_soviet_union(raw) -> None:
    path = hief.FILES[0]
    frame = tables.read_r((raw / path).read_bytes(), name=path).unique(["ccode", "year", "efindex"])
    twice = frame.filter(frame.select("ccode", "year").is_duplicated())
    assert set(twice.select("ccode", "year").rows()) == {(365.0, 1991.0)}
