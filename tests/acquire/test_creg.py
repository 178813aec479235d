from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import creg
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame(
    [
        (365.0, 393.0, 1991.0, 0.29, 0.47, 0.67, 0.78), (365.0, 365.0, 1991.0, 0.69, 0.66, 0.71, 0.79),
        (345.0, 345.0, 1992.0, None, None, 0.65, 0.81), (345.0, 340.0, 1992.0, 0.58, 0.72, 0.56, 0.78),
        (365.0, 365.0, 1992.0, None, None, None, None), (365.0, 393.0, 1992.0, 0.3, 0.5, 0.6, 0.8),
        (220.0, 220.0, 1950.0, None, None, 0.2, 0.3), (471.0, 471.0, 1950.0, None, None, None, None),
    ],
    schema=["ccode", "creg_ccode", "year", "ethfrac", "ethpol", "relfrac", "relpol"], orient="row",
)


def test_of_two_rows_the_fuller_stands_then_that_of_the_earlier_state() -> None:
    assert creg.tidy(FRAME).rows() == [
        (220, 1950, None, None, 0.2, 0.3),
        (345, 1992, 0.58, 0.72, 0.56, 0.78),
        (365, 1991, 0.69, 0.66, 0.71, 0.79),
        (365, 1992, 0.3, 0.5, 0.6, 0.8),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column relpol"):
        creg.tidy(FRAME.drop("relpol"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("creg")
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (9121, 1945, 2013)
    assert frame.select("cow", "year").is_unique().all()
    indices = ("ethfrac", "ethpol", "relfrac", "relpol")
    assert all(frame[index].is_between(0, 1).all() for index in indices)
    assert frame.filter(pl.all_horizontal(pl.col(index).is_null() for index in indices)).is_empty()


@pytest.mark.raw
@pytest.mark.parametrize(("cow", "year", "ethfrac", "relfrac"), [
    (365, 1991, 0.691, 0.712), (365, 1992, 0.290, 0.666), (345, 1991, 0.781, 0.650), (345, 1992, 0.583, 0.556),
])
def test_states_that_split(parsed, cow: int, year: int, ethfrac: float, relfrac: float) -> None:
    row = parsed("creg").filter((pl.col("cow") == cow) & (pl.col("year") == year)).row(0, named=True)
    assert (row["ethfrac"], row["relfrac"]) == (pytest.approx(ethfrac, abs=5e-4), pytest.approx(relfrac, abs=5e-4))
