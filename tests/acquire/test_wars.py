from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import wars
from equipoise.errors import BadSourceFile

# Turkey and Cyprus in 1974, whose second bout has no outcome; Cambodia's deaths are not known.
FRAME = pl.DataFrame(
    {
        "warnum": [184.0, 184.0, 184.0, 170.0],
        "ccode1": [640.0, 640.0, 352.0, 800.0],
        "ccode2": [352.0, 352.0, 640.0, 816.0],
        "year": [1974.0, 1974.0, 1974.0, 1971.0],
        "cowinterongoing": [1.0] * 4,
        "cowinteronset": [1.0, 1.0, 1.0, 0.0],
        "sidea1": [1.0, 1.0, 2.0, 2.0],
        "sidea2": [2.0, 2.0, 1.0, 1.0],
        "initiator1": [1.0, 1.0, 0.0, 0.0],
        "initiator2": [0.0, 0.0, 1.0, 1.0],
        "outcome1": [None, 1.0, 2.0, 2.0],
        "outcome2": [None, 2.0, 1.0, 1.0],
        "batdeath1": [1000.0, 1000.0, 500.0, -9.0],
        "batdeath2": [500.0, 500.0, 1000.0, 2250.0],
        "resume": [1.0, 0.0, 0.0, 0.0],
    }
)


def test_a_pair_has_a_row_in_each_direction_and_bout() -> None:
    assert wars.tidy(FRAME).rows() == [
        (352, 640, 1974, 184, 1, 1, 2, 1, 0, 1, 2, 1, 500, 1000, 0),
        (640, 352, 1974, 184, 1, 1, 1, 2, 1, 0, 1, 2, 1000, 500, 0),
        (640, 352, 1974, 184, 1, 1, 1, 2, 1, 0, None, None, 1000, 500, 1),
        (800, 816, 1971, 170, 1, 0, 2, 1, 0, 1, 2, 1, None, 2250, 0),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column batdeath2"):
        wars.tidy(FRAME.drop("batdeath2"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("wars")
    assert (frame.height, frame["warnum"].n_unique()) == (1932, 95)
    assert (frame["year"].min(), frame["year"].max()) == (1823, 2003)
    assert (frame["side_a"] != frame["side_b"]).all()
    assert frame.select("cow_a", "cow_b", "year", "warnum", "resume").is_unique().all()
    twice = frame.filter(frame.select("cow_a", "cow_b", "year", "warnum").is_duplicated())
    assert twice["year"].unique().sort().to_list() == [1864, 1948, 1974]
    assert frame.filter(pl.col("outcome_a").is_null()).select(pl.len(), pl.col("resume").min()).row(0) == (22, 1)
    assert frame.filter(pl.col("battle_deaths_a").is_null())["cow_a"].to_list() == [800] * 4
    assert frame["battle_deaths_a"].max() == 7_500_000


@pytest.mark.raw
def test_one_direction_is_the_other_with_the_sides_swapped(parsed) -> None:
    frame = parsed("wars")
    other = {"a": "b", "b": "a"}
    swapped = frame.rename({c: c[:-1] + other[c[-1]] for c in frame.columns if c.endswith(("_a", "_b"))})
    assert swapped.select(frame.columns).sort("cow_a", "cow_b", "year", "warnum", "resume").equals(frame)
