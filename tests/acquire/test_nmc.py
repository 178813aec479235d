from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import nmc
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "ccode": [705.0, 705.0], "year": [1992.0, 1991.0], "milex": [1.5e6, None], "milper": [40.0, -9.0],
    "irst": [5680.0, 6377.0], "pec": [153137.0, None], "tpop": [16518.0, 16451.0], "upop": [4720.0, 4661.0],
    "cinc": [0.004997, 0.005178],
})


def test_an_unknown_figure_is_null_and_never_zero() -> None:
    assert nmc.tidy(FRAME).rows() == [
        (705, 1991, None, None, 6377.0, None, 16451.0, 4661.0, 0.005178),
        (705, 1992, 1.5e6, 40.0, 5680.0, 153137.0, 16518.0, 4720.0, 0.004997),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column cinc"):
        nmc.tidy(FRAME.drop("cinc"))


@pytest.mark.raw
@pytest.mark.parametrize(("year", "cinc"), [(1992, 0.004997), (2010, 0.0032), (2022, 0.0027)])
def test_the_share_of_kazakhstan_is_the_published_one(parsed, year: int, cinc: float) -> None:
    row = parsed("nmc").filter((pl.col("cow") == 705) & (pl.col("year") == year))
    assert row["cinc"].item() == pytest.approx(cinc, abs=5e-5)


@pytest.mark.raw
def test_the_shares_of_a_year_sum_to_about_one(parsed) -> None:
    total = parsed("nmc").filter(pl.col("year") >= 1928).group_by("year").agg(pl.col("cinc").sum())["cinc"]
    assert total.is_between(0.98, 1.02).all()
