from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.acquire import archigos
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "gwcode": [705.0, 365.0], "leader": ["Nazarbayev", "Yeltsin"],
    "startdate": [date(1990, 4, 24), date(1991, 8, 21)], "enddate": [date(2015, 12, 31), date(1999, 12, 31)],
    "entry": ["Regular", "Regular"], "exit": ["Still in Office", "Regular"],
    "exitcode": ["Still in Office", "Regular"], "obsid": ["KZK-1991", "RUS-1991"], "leadid": ["n", "y"],
    "yrborn": [1940.0, None], "gender": ["M", "M"],
})


def test_a_leader_in_office_has_no_end() -> None:
    assert archigos.tidy(FRAME).rows() == [
        (365, "Yeltsin", date(1991, 8, 21), date(1999, 12, 31), "Regular", "Regular", "Regular", "RUS-1991", "y", None,
         "M"),
        (705, "Nazarbayev", date(1990, 4, 24), None, "Regular", "Still in Office", "Still in Office", "KZK-1991", "n",
         1940, "M"),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column exit"):
        archigos.tidy(FRAME.drop("exit"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("archigos")
    assert (frame.height, frame["start"].min(), frame["end"].null_count()) == (3409, date(1840, 7, 23), 168)
    assert frame.filter(pl.col("end") < pl.col("start")).is_empty()


@pytest.mark.raw
def test_terms_and_persons(parsed) -> None:
    frame = parsed("archigos")
    assert frame["obsid"].is_unique().all()
    assert (set(frame["gender"]), frame["yrborn"].null_count()) == ({"M", "F"}, 19)
    age = frame["start"].dt.year() - frame["yrborn"]
    assert (age.min(), age.max()) == (11, 88)
    shared = frame.group_by("leadid").agg(pl.col("leader").n_unique(), pl.col("yrborn").max() - pl.col("yrborn").min())
    assert shared.filter(pl.col("yrborn") > 40).height == 2
    merkel = frame.filter(pl.col("obsid") == "GFR-2005").row(0, named=True)
    assert (merkel["leader"], merkel["yrborn"], merkel["gender"]) == ("Merkel", 1954, "F")
