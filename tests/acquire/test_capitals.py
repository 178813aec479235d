from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.acquire import capitals
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame(
    {
        "ccode": [705.0, 705.0, 2.0],
        "statenme": ["Kazakhstan", "Kazakhstan", "United States of America"],
        "capital": ["Astana", "Almaty", "Washington D.C."],
        "lat": [51.1, 43.2, 38.9],
        "lng": [71.5, 76.9, -77.0],
        "stdate": [date(1998, 5, 6), date(1991, 1, 1), date(1816, 1, 1)],
        "enddate": [date(2024, 12, 31), date(1998, 5, 5), date(2024, 12, 31)],
    }
)


def test_a_state_has_its_capitals_in_order() -> None:
    assert capitals.tidy(FRAME).rows() == [
        (2, "Washington D.C.", date(1816, 1, 1), date(2024, 12, 31), 38.9, -77.0),
        (705, "Almaty", date(1991, 1, 1), date(1998, 5, 5), 43.2, 76.9),
        (705, "Astana", date(1998, 5, 6), date(2024, 12, 31), 51.1, 71.5),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column lng"):
        capitals.tidy(FRAME.drop("lng"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("capitals")
    assert (frame.height, frame["cow"].n_unique(), frame["end_date"].max()) == (242, 217, capitals.COVERED_TO)
    assert frame["lat_deg"].is_between(-90, 90).all() and frame["lon_deg"].is_between(-180, 180).all()
    assert frame.null_count().row(0) == (0,) * 6
    before = frame.with_columns(pl.col("end_date").shift().over("cow").alias("before")).drop_nulls("before")
    assert (before["before"] < before["start_date"]).all()
    assert frame.filter(pl.col("cow") == 705)["capital"].to_list() == ["Almaty", "Astana"]


@pytest.mark.raw
def test_every_member_of_the_state_system_has_one_at_the_end_of_each_year(parsed) -> None:
    ends = pl.DataFrame({"day": [date(year, 12, 31) for year in range(1816, 2016)]})
    open_ = pl.col("end").is_null() | (pl.col("end") >= pl.col("day"))
    members = parsed("cow_states").join(ends, how="cross").filter((pl.col("start") <= pl.col("day")) & open_)
    within = (pl.col("start_date") <= pl.col("day")) & (pl.col("end_date") >= pl.col("day"))
    seated = parsed("capitals").join(ends, how="cross").filter(within)
    assert members.join(seated, on=["cow", "day"], how="anti").is_empty()
