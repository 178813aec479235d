from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.acquire import gw_states
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "gwcode": [705.0, 345.0], "stateabb": ["KZK", "YUG"], "statename": ["Kazakhstan", "Yugoslavia"],
    "startdate": [date(1991, 12, 16), date(1918, 12, 1)], "enddate": [date(2017, 12, 31), date(2006, 6, 4)],
})


def test_an_open_end_is_null() -> None:
    assert gw_states.tidy(FRAME).rows() == [
        (345, "YUG", "Yugoslavia", date(1918, 12, 1), date(2006, 6, 4)),
        (705, "KZK", "Kazakhstan", date(1991, 12, 16), None),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column enddate"):
        gw_states.tidy(FRAME.drop("enddate"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("gw_states")
    assert frame.height == 216
    assert frame.filter(pl.col("gw") == 347)["start"].item() == date(2008, 2, 17)
