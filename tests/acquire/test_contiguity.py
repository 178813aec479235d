from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.acquire import contiguity
from equipoise.errors import BadSourceFile

# Germany and Italy, as published: the package's type 0 lies across their land border of the war years.
FRAME = pl.DataFrame(
    {
        "ccode1": [325.0, 255.0, 255.0, 325.0],
        "ccode2": [255.0, 325.0, 325.0, 255.0],
        "conttype": [1.0, 0.0, 1.0, 0.0],
        "stdate": [date(1938, 3, 1), date(1816, 1, 1), date(1938, 3, 1), date(1816, 1, 1)],
        "enddate": [date(1945, 2, 1), date(2016, 12, 1), date(1945, 2, 1), date(2016, 12, 1)],
    }
)


def test_only_contiguity_is_kept_in_both_directions_to_the_end_of_the_last_month() -> None:
    assert contiguity.tidy(FRAME).rows() == [
        (255, 325, 1, date(1938, 3, 1), date(1945, 2, 28)),
        (325, 255, 1, date(1938, 3, 1), date(1945, 2, 28)),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column enddate"):
        contiguity.tidy(FRAME.drop("enddate"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("contiguity")
    assert frame.schema == {
        "cow_a": pl.Int32,
        "cow_b": pl.Int32,
        "conttype": pl.Int8,
        "start_date": pl.Date,
        "end_date": pl.Date,
    }
    assert frame.height == 1694
    assert (frame["start_date"].min(), frame["end_date"].max()) == (date(1816, 1, 1), contiguity.COVERED_TO)
    assert frame["conttype"].unique().sort().to_list() == [1, 2, 3, 4, 5]
    assert (frame["start_date"] < frame["end_date"]).all()
    swapped = frame.rename({"cow_a": "cow_b", "cow_b": "cow_a"}).select(frame.columns)
    assert swapped.sort(frame.columns).equals(frame.sort(frame.columns))


@pytest.mark.raw
def test_kazakhstans_neighbours(parsed) -> None:
    mine = parsed("contiguity").filter(pl.col("cow_a") == 705)
    # Across the Caspian: Azerbaijan and Iran.
    assert mine.select("cow_b", "conttype").rows() == [
        (365, 1),
        (373, 4),
        (630, 5),
        (701, 1),
        (703, 1),
        (704, 1),
        (710, 1),
    ]
    assert mine["end_date"].unique().to_list() == [contiguity.COVERED_TO]


@pytest.mark.raw
def test_spells_of_a_pair_share_a_month_at_most(parsed) -> None:
    frame = parsed("contiguity").with_columns(pl.col("end_date").shift().over("cow_a", "cow_b").alias("before"))
    shared = frame.filter(pl.col("before") >= pl.col("start_date"))
    assert (shared["before"] == shared["start_date"].dt.month_end()).all()
    assert 0 < shared.height < frame.height
