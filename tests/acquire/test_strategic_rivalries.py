from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import strategic_rivalries
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "tssr_id": [237, 13], "ccode1": [2.0, 220.0], "ccode2": [365.0, 210.0], "start": [2007.0, 1668.0],
    "end": [2020.0, 1713.0],
    "positional": [1.0, None], "spatial": [1.0, None], "ideological": [None, None], "interventionary": [None, None],
}, schema_overrides={"ideological": pl.Float64, "interventionary": pl.Float64})


def test_the_pair_is_ordered_and_a_rivalry_going_on_has_no_end() -> None:
    assert strategic_rivalries.tidy(FRAME).rows() == [
        (2, 365, 2007, None, 237, "positional,spatial"), (210, 220, 1668, 1713, 13, ""),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column start"):
        strategic_rivalries.tidy(FRAME.drop("start"))


@pytest.mark.raw
def test_the_rivalries_between_today_s_powers(parsed) -> None:
    powers = pl.Series([2, 365, 710, 740], dtype=pl.Int32).implode()
    frame = parsed("strategic_rivalries").filter(
        pl.col("cow_a").is_in(powers), pl.col("cow_b").is_in(powers), pl.col("end_year").is_null())
    assert frame.select("cow_a", "cow_b", "start_year").rows() == [(2, 365, 2007), (2, 710, 1996), (710, 740, 1996)]


@pytest.mark.raw
def test_the_real_file_has_each_rivalry_once_under_its_number(parsed) -> None:
    frame = parsed("strategic_rivalries")
    assert frame["tssr_id"].sort().to_list() == list(range(1, 265))
    assert (frame["cow_a"] < frame["cow_b"]).all()
