from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import mid
from equipoise.errors import BadSourceFile, MissingSource

# Dispute 4054 in both directions, and one of which little is known.
FRAME = pl.DataFrame({
    "dispnum": [4054.0, 4054.0, 1.0], "ccode1": [705.0, 700.0, 2.0], "ccode2": [700.0, 705.0, 200.0],
    "year": [1993.0, 1993.0, 1902.0], "dispongoing": [1.0, 1.0, 1.0], "disponset": [1.0, 1.0, 0.0],
    "sidea1": [0.0, 1.0, 1.0], "sidea2": [1.0, 0.0, 0.0], "fatality1": [0.0, 1.0, -9.0], "fatality2": [1.0, 0.0, 0.0],
    "fatalpre1": [0.0, 20.0, -9.0], "fatalpre2": [20.0, 0.0, 0.0], "hiact1": [8.0, 16.0, 7.0],
    "hiact2": [16.0, 8.0, 0.0], "hostlev1": [3.0, 4.0, 3.0], "hostlev2": [4.0, 3.0, 1.0], "orig1": [1.0, 1.0, 1.0],
    "orig2": [1.0, 1.0, 0.0],
})
DISPUTES = pl.DataFrame({
    "dispnum": [1.0, 4054.0], "fatality": [-9.0, 1.0], "hostlev": [3.0, 4.0], "mindur": [1.0, 9.0],
    "maxdur": [31.0, 600.0], "recip": [0.0, 1.0], "stmon": [5.0, 4.0], "settle": [1.0, -9.0],
})


def test_a_pair_has_a_row_in_each_direction_with_its_disputes_own_figures() -> None:
    assert mid.tidy(FRAME, disputes=DISPUTES).rows() == [
        (2, 200, 1902, 1, 1, 0, 1, 0, None, 0, None, 0, 7, 0, 3, 1, 1, 0, None, 3, 1, 31, 0, 5),
        (700, 705, 1993, 4054, 1, 1, 1, 0, 1, 0, 20, 0, 16, 8, 4, 3, 1, 1, 1, 4, 9, 600, 1, 4),
        (705, 700, 1993, 4054, 1, 1, 0, 1, 0, 1, 0, 20, 8, 16, 3, 4, 1, 1, 1, 4, 9, 600, 1, 4),
    ]


def test_a_dispute_that_its_own_file_does_not_know_has_no_figures() -> None:
    found = mid.tidy(FRAME, disputes=DISPUTES.filter(pl.col("dispnum") == 1)).filter(pl.col("dispnum") == 4054)
    assert found.select(mid.OF_DISPUTE).null_count().row(0) == (2,) * 6
    assert found["hostlev_a"].to_list() == [4, 3]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match=r"dirdisps\.rda has no column hostlev2"):
        mid.tidy(FRAME.drop("hostlev2"), disputes=DISPUTES)
    with pytest.raises(BadSourceFile, match=r"mid_disps\.rda has no column recip"):
        mid.tidy(FRAME, disputes=DISPUTES.drop("recip"))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(MissingSource, match=r"cow_mid_dirdisps\.rda is not there"):
        mid.parse({})


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("mid")
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (11390, 1816, 2014)
    assert frame.select("cow_a", "cow_b", "year", "dispnum").is_unique().all()
    assert frame["hostlev_a"].is_between(1, 5).all()
    assert frame.null_count().select("fatality_a", "fatality_b", "fatalpre_a", "fatality").row(0) == (1510, 1510, 4975,
                                                                                                      1562)
    assert (frame["mindur"] <= frame["maxdur"]).all()
    kazakh = frame.filter(pl.col("cow_a") == 705)
    assert kazakh.select("cow_b", "dispnum").rows() == [(355, 4086), (365, 4639), (700, 4054)]


@pytest.mark.raw
def test_one_direction_is_the_other_with_the_sides_swapped(parsed) -> None:
    frame = parsed("mid")
    other = {"a": "b", "b": "a"}
    swapped = frame.rename({c: c[:-1] + other[c[-1]] for c in frame.columns if c.endswith(("_a", "_b"))})
    assert swapped.select(frame.columns).sort("cow_a", "cow_b", "year", "dispnum").equals(frame)
