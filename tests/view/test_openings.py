"""The order of openings on the page: chart, lines, verdicts, and the table behind them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from markupsafe import escape

from equipoise.assemble.openings import CLAIMS, OPENING_CHANNELS
from equipoise.measure.precedence import REASONS, VERDICTS
from equipoise.schema import StateReport
from equipoise.view import openings
from equipoise.view.charts.openings import CHANNELS, MARKS, timeline
from equipoise.view.charts.setting import year_position
from equipoise.view.figures import draft, figures_of
from equipoise.view.i18n import catalogue
from equipoise.view.report import render
from equipoise.view.svg import inline
from equipoise.view.words import words


def drawn(report: StateReport, lang: str = "en") -> dict[str, Any]:
    return timeline(report.openings, setting=draft(report, words=words(lang)).setting).to_dict()


def rows(spec: dict[str, Any], panel: int) -> list[dict[str, Any]]:
    held = [spec["datasets"][layer["data"]["name"]] for layer in spec["vconcat"][panel]["layer"]]
    return [row for data in held for row in (json.loads(data) if isinstance(data, str) else data)]


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_every_value_has_its_word() -> None:
    keys = catalogue().keys()
    assert {f"channel.{c}" for c in OPENING_CHANNELS} <= keys
    assert {f"opening_mark.{k}" for k in MARKS} <= keys
    assert {f"verdict.{v}" for v in VERDICTS} | {f"reason.{r}" for r in REASONS} <= keys
    assert {f"opening_claim.{c.name}" for c in CLAIMS} == {k for k in keys if k.startswith("opening_claim.")}
    assert set(CHANNELS) == set(OPENING_CHANNELS)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_chart_follows_the_schema_with_a_panel_a_power(full: StateReport, lang: str) -> None:
    spec = drawn(full, lang)
    names = words(lang)
    assert [p["title"] for p in spec["vconcat"]] == [names.name(p) for p in ("RUS", "CHN", "USA", "JPN")]
    axes = [p["layer"][0]["encoding"]["x"]["axis"]["title"] for p in spec["vconcat"]]
    assert axes == [None, None, None, names.m("axis_year")]


def test_marks_stand_where_and_as_they_should(full: StateReport) -> None:
    made = draft(full, words=words("en"))
    shown = texts(inline(timeline(full.openings, setting=made.setting), key="o", alt_text="", lang="en"))
    assert {"1. Security", "1. Energy", "2. Trade", "A &lt;tie&gt; of technology"} <= set(shown)
    assert shown.count("A &lt;tie&gt; of security") == 2, "a later event of a channel has no label"
    spec = drawn(full)
    assert {(r["mark"], r["alpha"]) for r in rows(spec, 2)} == {("fact", 1.0), ("measured", 1.0)}
    assert {r["alpha"] for r in rows(spec, 3)} == {0.45}, "what rests on memory is pale"
    assert {r["mark"] for r in rows(spec, 0) if r["channel"] == "Trade"} == {"at_latest"}
    assert {r["side"] for r in rows(spec, 1)} == {"right"}, "there is no room on the right of a late mark"


def test_a_day_a_month_and_a_year_stand_in_their_middle(full: StateReport) -> None:
    spec = drawn(full)
    at = {(r["channel"], r["mark"]): r["x"] for p in range(4) for r in rows(spec, p)}
    assert at["Trade", "at_latest"] == 1994.0
    assert at["Technology", "fact"] == pytest.approx(year_position(date(2006, 8, 16)))
    assert at["Transit", "fact"] == pytest.approx(year_position(date(2023, 5, 15)))


def test_only_the_years_that_are_shown(full: StateReport, poor: StateReport) -> None:
    late = drawn(replace(full, since=1993))
    assert [p["title"] for p in late["vconcat"]] == ["Russia", "China", "United States", "Japan"]
    lanes = late["vconcat"][0]["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert lanes == ["2. Trade"], "what opened before keeps its place in the order and is not drawn"
    none = replace(poor, openings=full.openings, since=2024)
    assert figures_of(draft(none, words=words("en")))["openings"].empty


def test_lines_and_verdicts_in_words(full: StateReport) -> None:
    en, zh = words("en"), words("zh")
    assert openings.order(full, words=en) == [
        "Russia: 1. security, 1992; 2. trade, 1994 or before.",
        "China: 1. transit, 2023.",
        "United States: 1. energy and security, 1993.",
        "Japan: 1. technology, 2006 (date from memory).",
    ]
    assert openings.order(full, words=zh)[2] == "美國：1. 能源與安全（1993年）。"
    table = openings.claims(full, words=en)
    assert table is not None
    assert [row[1] for row in table.rows] == [
        "Security 13 December 1993; Energy 6 April 1993",
        "Transit 15 May 2023; Russia –, United States –",
        "Technology August 2006",
    ]
    assert table.rows[0][2:] == ["undecidable", "in the same year"]


def test_table_names_every_source(full: StateReport) -> None:
    lines = openings.table(full, words=words("en")).rows
    assert len(lines) == full.openings.height
    assert {row[-1] for row in lines} == {"Dyadic Trade", "general knowledge, not verified"}
    assert lines[1][3] == "1994 or before"
    assert [row[2] for row in lines] == ["1", "2", "1", "1", "", "1", "1"]


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
def test_page_shows_claims_where_there_are_some(full: StateReport, poor: StateReport, lang: str) -> None:
    title = escape(words(lang).m("openings_claims_title"))
    some = replace(poor, openings=full.openings, opening_claims=full.opening_claims)
    assert title in render(some, lang=lang)
    assert title not in render(replace(some, opening_claims=full.opening_claims.clear()), lang=lang)


def test_without_facts_the_page_says_so(full: StateReport, poor: StateReport) -> None:
    said = words("en").m("openings_no_facts")
    data = full.openings.filter(pl.col("kind") == "measured").with_columns(order=pl.lit(1, dtype=pl.Int32))
    assert said in render(replace(poor, openings=data))
    assert said not in render(replace(poor, openings=full.openings))
