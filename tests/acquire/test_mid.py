from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import mid
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "dispnum": [4054.0, 4054.0, 1.0, 1.0], "ccode1": [700.0, 705.0, 2.0, 200.0], "ccode2": [705.0, 700.0, 200.0, 2.0],
    "year": [1993.0, 1993.0, 1902.0, 1902.0], "hostlev1": [4.0, 3.0, 3.0, 1.0], "hostlev2": [3.0, 4.0, 1.0, 3.0],
    "fatality1": [1.0, 0.0, -9.0, 0.0], "fatality2": [0.0, 1.0, 0.0, -9.0],
})


def test_a_pair_has_one_row_with_the_higher_levels() -> None:
    assert mid.tidy(FRAME).rows() == [(2, 200, 1902, 1, 3, None), (700, 705, 1993, 4054, 4, 1)]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column hostlev2"):
        mid.tidy(FRAME.drop("hostlev2"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("mid")
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (5695, 1816, 2014)
    assert (frame["cow_a"] < frame["cow_b"]).all()
    assert frame["hostility"].is_between(1, 5).all()
    assert frame.select("cow_a", "cow_b", "year", "dispute").is_unique().all()
    kazakh = frame.filter((pl.col("cow_a") == 705) | (pl.col("cow_b") == 705))
    assert kazakh["dispute"].to_list() == [4086, 4639, 4054]
