from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import min_distance
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame(
    {
        "ccode1": [710.0, 2.0, 2.0],
        "ccode2": [705.0, 41.0, 41.0],
        "year": [1992.0, 1992.0, 1886.0],
        "mindist": [0.0, 932.6, 932.5],
    }
)


def test_a_pair_has_one_row_a_year_the_lower_code_first() -> None:
    assert min_distance.tidy(FRAME).rows() == [(2, 41, 1886, 932.5), (2, 41, 1992, 932.6), (705, 710, 1992, 0.0)]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column mindist"):
        min_distance.tidy(FRAME.drop("mindist"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("min_distance")
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (952_244, 1886, 2019)
    assert (frame["cow_a"] < frame["cow_b"]).all()
    assert frame.select("cow_a", "cow_b", "year").is_unique().all()
    assert frame["min_km"].is_between(0, 20_037).all()  # half the way around the Earth
    kazakh = frame.filter((pl.col("year") == 2019) & pl.any_horizontal(pl.col("cow_a", "cow_b") == 705))
    touching = kazakh.filter(pl.col("min_km") == 0)
    assert sorted({*touching["cow_a"], *touching["cow_b"]} - {705}) == [365, 701, 703, 704, 710]


@pytest.mark.raw
def test_a_state_appears_with_its_first_new_year(parsed) -> None:
    frame = parsed("min_distance").filter(pl.any_horizontal(pl.col("cow_a", "cow_b") == 705))
    assert frame["year"].min() == 1992  # a member from 26 December 1991 on
