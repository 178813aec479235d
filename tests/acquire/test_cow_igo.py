from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import cow_igo
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "ccode": [705.0, 705.0, 347.0], "year": [2013.0, 2014.0, 2008.0], "state": ["kazakhstan", "kazakhstan", "kosovo"],
    "CSTO": [1.0, 1.0, 0.0], "nam": [3.0, 3.0, 0.0], "turksoy": [1.0, -9.0, 0.0], "nato": [0.0, 0.0, 0.0],
    "wpact": [-1.0, -1.0, -1.0], "icac": [2.0, 0.0, -9.0],
})


def test_only_known_ties_have_a_row_and_a_state_without_any_an_empty_one() -> None:
    assert cow_igo.tidy(FRAME).rows() == [
        (347, 2008, None, None),
        (705, 2013, "csto", "member"), (705, 2013, "icac", "associate"), (705, 2013, "nam", "observer"),
        (705, 2013, "turksoy", "member"), (705, 2014, "csto", "member"), (705, 2014, "nam", "observer"),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column ccode"):
        cow_igo.tidy(FRAME.drop("ccode"))


@pytest.mark.raw
@pytest.mark.parametrize(("igo", "since"), [
    ("cis", 1991), ("osce", 1992), ("eco", 1992), ("ebrd", 1992), ("oic", 1995), ("sco", 1996), ("csto", 2002),
    ("cica", 2006),
])
def test_kazakhstan_joined_when_it_is_known_to(parsed, igo: str, since: int) -> None:
    ties = parsed("cow_igo").filter((pl.col("cow") == 705) & (pl.col("igo") == igo))
    assert ties["year"].min() == since
    assert set(ties["status"]) == {"member"}


@pytest.mark.raw
def test_the_real_file_ends_in_2014(parsed) -> None:
    frame = parsed("cow_igo")
    assert frame["year"].max() == 2014
    assert (frame.height, frame["igo"].count(), frame["status"].count()) == (538_965 + 1_408, 538_965, 538_965)
    assert frame.select("cow", "year").n_unique() == 15_557
