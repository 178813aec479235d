from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.acquire import reign
from equipoise.errors import BadSourceFile

CSV = """stateabb,ccode,leadid,leader,sdate,smonth,syear,emonth,eyear,notes
KZK,705,a,Nazarbaev,24,4,1990,3,2019,
KZK,705,b,Tokayev ,20,3,2019,,,
YUG,345,c,Ivica Dačić,31,5,2017,6,2017,x
ICE,395,d,Old,1,1,2000,2,2000,
ICE,395,e,New,1,4,2000,,,
"""


def test_an_end_is_the_successors_start_or_the_end_of_the_month() -> None:
    content = CSV.encode() + b"XXX,999,f,Last,1,1,2001,,,\x85\n"
    frame = reign.parse({reign.FILES[0]: content})
    assert frame.rows() == [
        (345, "Ivica Dačić", date(2017, 5, 31), date(2017, 6, 30)),
        (395, "Old", date(2000, 1, 1), date(2000, 2, 29)),
        (395, "New", date(2000, 4, 1), None),
        (705, "Nazarbaev", date(1990, 4, 24), date(2019, 3, 20)),
        (705, "Tokayev", date(2019, 3, 20), None),
        (999, "Last", date(2001, 1, 1), None),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column eyear"):
        reign.parse({reign.FILES[0]: CSV.replace("eyear", "endyear").encode()})


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("reign")
    assert (frame.height, frame["end"].null_count(), frame["end"].max()) == (2524, 194, date(2021, 2, 22))
    assert frame.filter(pl.col("end") < pl.col("start")).is_empty()
    assert frame.filter(pl.col("leader").str.contains("[\x80-\x9fÃ]")).is_empty()
