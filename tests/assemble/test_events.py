"""The dated events."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from equipoise.assemble import codes
from equipoise.assemble.events import EVERYWHERE, KINDS, during, events
from equipoise.assemble.organisations import bodies


def test_every_row_is_sound() -> None:
    every = events()
    assert every["id"].is_unique().all()
    assert every["date"].is_sorted()
    assert every.filter(pl.col("date") >= pl.col("end")).is_empty()
    assert every.height == 185
    for column in ("date", "kind", "states", "title_en", "title_zh", "source", "confidence", "on_axes"):
        assert every[column].null_count() == 0, column
    assert every.filter(pl.col("on_axes") & pl.any_horizontal(pl.col("short_en", "short_zh").is_null())).is_empty()
    assert set(every["kind"]) == set(KINDS)
    assert {o for row in every["organisations"] for o in row} <= set(bodies()["organisation"])
    assert every.select(pl.col("short_en", "short_zh").str.len_chars().max()).row(0) <= (14, 14)
    known = {*codes.states()["iso3"], EVERYWHERE}
    assert {s for row in every["states"] for s in row} <= known


@pytest.mark.parametrize(
    ("name", "date", "end"),
    [
        ("kaz-independence", dt.date(1991, 12, 16), None), ("crimea", dt.date(2014, 3, 18), None),
        ("eaeu", dt.date(2015, 1, 1), None), ("kaz-wto", dt.date(2015, 11, 30), None),
        ("nazarbayev-resigns", dt.date(2019, 3, 19), None),
        ("january-2022", dt.date(2022, 1, 2), dt.date(2022, 1, 19)),
        ("csto-in", dt.date(2022, 1, 6), dt.date(2022, 1, 19)), ("csto-out", dt.date(2022, 1, 19), None),
        ("invasion", dt.date(2022, 2, 24), None),
    ],
)
def test_key_dates(name: str, date: dt.date, end: dt.date | None) -> None:
    assert events().filter(pl.col("id") == name).select("date", "end").row(0) == (date, end)


def test_only_events_that_bear_on_the_states_are_returned() -> None:
    uruguay = events(["URY"])
    assert all(EVERYWHERE in row for row in uruguay["states"])
    assert {"crimea", "invasion", "financial-crisis", "soviet-end"} <= set(uruguay["id"])
    assert {"georgia-war"} == set(events(["GEO"])["id"]) - set(uruguay["id"])
    assert events([]).equals(uruguay)


def test_a_date_less_exact_than_a_day_says_so() -> None:
    row = events().filter(pl.col("id") == "china-pipeline").row(0, named=True)
    assert (row["date"], row["precision"]) == (dt.date(2005, 12, 1), "month")


def test_what_rests_on_memory_alone_is_never_sure() -> None:
    memory = events().filter(pl.col("source") == "general knowledge")
    assert memory.height >= 12
    assert "high" not in memory["confidence"].to_list()


def test_events_that_touch_a_span() -> None:
    january = during(dt.date(2022, 1, 5), last=dt.date(2022, 1, 5), states=["KAZ"])
    assert january["id"].to_list() == ["january-2022", "cabinet-resigns"]
    assert "cnpc" in during(dt.date(1997, 6, 30), last=dt.date(1997, 6, 30))["id"]
    assert "cnpc" not in during(dt.date(1997, 7, 1), last=dt.date(1997, 7, 1))["id"]
    assert during(dt.date(1904, 12, 31), last=dt.date(1904, 12, 31))["id"].to_list() == ["mackinder-pivot"]
    assert during(dt.date(2013, 11, 1), last=dt.date(2022, 2, 28)).height == 82
