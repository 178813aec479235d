from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.acquire import cow_states
from equipoise.errors import BadSourceFile, MissingSource

FRAME = pl.DataFrame({
    "stateabb": ["ALB", "KZK"], "ccode": [339.0, 705.0], "statenme": ["Albania", "Kazakhstan"],
    "styear": [1914.0, 1991.0], "stmonth": [1.0, 12.0], "stday": [1.0, 26.0],
    "endyear": [1939.0, 2016.0], "endmonth": [4.0, 12.0], "endday": [7.0, 31.0], "version": [2016.0, 2016.0],
})


def test_dates_are_joined_and_an_open_end_is_null() -> None:
    frame = cow_states.tidy(FRAME)
    assert frame.rows() == [
        (339, "ALB", "Albania", date(1914, 1, 1), date(1939, 4, 7)),
        (705, "KZK", "Kazakhstan", date(1991, 12, 26), None),
    ]
    assert frame.schema == {"cow": pl.Int32, "abbr": pl.String, "name": pl.String, "start": pl.Date, "end": pl.Date}


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match=r"cow_states\.rda has no column endday; .*equipoise data pull cow_states"):
        cow_states.tidy(FRAME.drop("endday"))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(MissingSource, match=r"cow_states\.rda is not there"):
        cow_states.parse({})


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("cow_states")
    assert frame.height == 243
    assert frame.filter(pl.col("abbr") == "KZK")["start"].item() == date(1991, 12, 26)
