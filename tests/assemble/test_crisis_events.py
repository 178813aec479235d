"""The dated events around a crisis: those of its days that touch it, and no others."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from equipoise.assemble.crises import shipped
from equipoise.assemble.crisis_events import AROUND, crisis_events

JANUARY = shipped("kazakhstan-2022")


def test_events_touch_the_span_and_have_a_source_and_both_titles() -> None:
    found = crisis_events(JANUARY)
    assert {"january-2022", "csto-in", "csto-out", "nato-russia-council"} <= set(found["id"])
    assert found["date"].is_sorted() and found.select("source", "title_en", "title_zh").null_count().row(0) == (0, 0, 0)
    for day, until in found.select("date", "until").iter_rows():
        assert day <= dt.date(2022, 1, 19) + AROUND and (until or day) >= JANUARY.start - AROUND


def test_what_is_between_others_or_is_a_text_is_left_out() -> None:
    found = crisis_events(JANUARY)["id"].to_list()
    assert "putin-2021" not in found  # of Russia and Ukraine, on 21 December 2021
    elsewhere = crisis_events(shipped("syria-2011"))["id"].to_list()
    assert "china-partnership-2011" not in elsewhere and "note-nti" not in elsewhere


def test_the_attackers_events_count_and_a_power_may_be_added() -> None:
    assert {"invasion", "es-11-1"} <= set(crisis_events(shipped("ukraine-2022"), powers=["KAZ"])["id"])
    assert "es-11-1" in crisis_events(shipped("ukraine-2022"))["id"].to_list()
    georgia = crisis_events(replace(shipped("georgia-2008"), place="AZE"))["id"].to_list()
    assert georgia == ["georgia-war", "financial-crisis"]  # through who acts against the place, and for all


def test_a_crisis_that_goes_on_ends_a_year_after_its_start() -> None:
    found = crisis_events(shipped("ukraine-2022"))
    assert found["date"].max() <= shipped("ukraine-2022").start + dt.timedelta(days=366) + AROUND
    assert crisis_events(shipped("mali-2012")).is_empty()
