"""Roll calls of the pack as votes in rows, from two tables."""

from __future__ import annotations

import datetime as dt

import polars as pl

from equipoise.acquire.un_roll_calls import ISSUES
from equipoise.assemble.packed import Pack
from equipoise.assemble.roll_calls import roll_calls

FLAGS = dict.fromkeys(ISSUES, False)


def early() -> pl.DataFrame:
    rows = [{"rcid": 1, "cow": cow, "vote": 1, "session": 74, "date": dt.date(1980, 5, 1), "amend": None, "para": None,
             "important": True, **FLAGS} for cow in (2, 365)]
    types = {"amend": pl.Boolean, "para": pl.Boolean, "rcid": pl.Int32, "cow": pl.Int32, "vote": pl.Int8,
             "session": pl.Int16}
    return pl.DataFrame(rows, schema_overrides=types)


def recent() -> pl.DataFrame:
    days = [dt.date(2019, 12, 1), dt.date(2021, 10, 1)]
    cast = {"RUS": [3, 2], "USA": [1, 8]}
    return pl.DataFrame({"rcid": [1, 2], "date": days, **{i: [True, False] for i in ISSUES}, **cast},
                        schema_overrides={"rcid": pl.Int32})


def test_without_earlier_ones_every_later_vote_counts() -> None:
    found = roll_calls(Pack(frames={"votes": recent(), "panel_un_roll_calls": early().clear()}))
    assert found.select("state", "year", "vote").rows() == [("USA", 2019, 1), ("RUS", 2019, 3), ("RUS", 2021, 2)]


def test_the_later_one_counts_only_for_later_sessions() -> None:
    found = roll_calls(Pack(frames={"votes": recent(), "panel_un_roll_calls": early()}))
    assert found.select("state", "year", "vote").rows() == [("USA", 1980, 1), ("SUN", 1980, 1), ("RUS", 2021, 2)]
    assert found["important"].to_list() == [True, True, None]
