from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import democracy
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "ccode": [626.0, 341.0, 2.0, 365.0], "year": [2012.0, 2008.0, 2025.0, 1950.0], "euds": [-0.476, 0.726, 1.2, -0.9],
    "aeuds": [-0.77, 0.433, 0.907, None], "polity2": [-4.0, 8.0, None, None],
    "v2x_polyarchy": [0.194, 0.506, 0.75, 0.08],
})


def test_scores_of_another_state_are_null() -> None:
    assert democracy.tidy(FRAME).rows() == [
        (2, 2025, 1.2, 0.907, None, 0.75),
        (341, 2008, 0.726, 0.433, None, 0.506),
        (365, 1950, -0.9, None, None, 0.08),
        (626, 2012, -0.476, -0.77, None, 0.194),
    ]


def test_a_score_of_the_state_itself_stays() -> None:
    frame = democracy.tidy(FRAME.with_columns(ccode=pl.lit(625.0)))
    assert frame["polity2"].to_list() == [None, 8, -4, None]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column aeuds"):
        democracy.tidy(FRAME.drop("aeuds"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("democracy")
    assert frame.columns == ["cow", "year", "euds", "aeuds", "polity2", "v2x_polyarchy"]
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (17706, 1816, 2025)
    assert frame.select("cow", "year").is_unique().all()
    assert frame["polity2"].is_between(-10, 10).all() and frame["v2x_polyarchy"].is_between(0, 1).all()
    assert ((frame["euds"] - frame["aeuds"]).drop_nulls() - 0.293156).abs().max() < 1e-6


@pytest.mark.raw
def test_no_column_runs_past_its_source(parsed) -> None:
    frame = parsed("democracy")
    last = {c: frame.drop_nulls(c).filter(pl.col("cow") != 2)["year"].max() for c in frame.columns[2:]}
    assert last == {"euds": 2025, "aeuds": 2025, "polity2": 2018, "v2x_polyarchy": 2025}
    assert frame.filter(pl.col("cow") == 2).drop_nulls("polity2")["year"].max() == 2020


@pytest.mark.raw
def test_polity2_is_that_of_polity_where_it_is_there(parsed) -> None:
    both = parsed("democracy").join(parsed("polity").select("cow", "year", "scode", polity5="polity2"),
                                    on=["cow", "year"]).drop_nulls("polity2")
    # Where two regimes met in a year this file has the one that ended, as the code of the one that began is not COW's.
    other = both.filter(pl.col("polity2") != pl.col("polity5"))
    assert other.select("cow", "year").rows() == [(365, 1922), (530, 1993), (625, 2011)]
    assert both.height > 14_000
