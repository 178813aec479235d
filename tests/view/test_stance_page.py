"""The section on crises of a report: what is imagined in words, and what was done beside the forecast."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from equipoise.assemble.crisis_keys import RUNGS
from equipoise.assemble.packed import embedded
from equipoise.pipeline.stance_page import stance_frames
from equipoise.schema import DEFAULT_POWERS, StateReport
from equipoise.view import stance_page
from equipoise.view.figures import draft
from equipoise.view.report import render
from equipoise.view.words import words

EN, ZH = words("en"), words("zh-Hant")


@pytest.fixture(scope="module")
def told(poor: StateReport) -> Callable[[str], StateReport]:
    """A report in which stances alone are known."""

    @cache
    def make(state: str) -> StateReport:
        powers = tuple(p for p in DEFAULT_POWERS if p != state)
        frames = stance_frames(embedded(), state=state, powers=powers, since=1991, until=2025)
        return replace(poor, state=state, powers=powers, **frames)

    return make


@pytest.fixture(scope="module")
def kazakhstan(told: Callable[[str], StateReport]) -> StateReport:
    return told("KAZ")


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
def test_the_page_has_figures_tables_scores_and_events(kazakhstan: StateReport, lang: str) -> None:
    page = render(kazakhstan, lang=lang)
    section = page[page.index('aria-labelledby="stances"') : page.index('aria-labelledby="openings"')]
    assert section.count("<svg") == 4 and section.count("<figure") == 3
    first = kazakhstan.stance_scores.filter(model="reasons", outcome="first")["ranked_score"].item()
    assert f"{first:.3f}" in section and ("2026年1月1日" if lang != "en" else "1 January 2026") in section
    assert ("應請求派維和部隊" if lang != "en" else "CSTO peacekeepers enter") in section
    assert not re.search(r"\bnan\b|None|undefined|−0\.00", section)


def test_what_is_imagined_is_said(told: Callable[[str], StateReport], kazakhstan: StateReport) -> None:
    unrest, attack = stance_page.scenes(kazakhstan, words=EN)
    assert "the body of mutual defence that it is in: Collective Security Treaty Organization" in unrest
    assert "attacked by Russia" in attack and "the help of China, the United States, the EU and Japan" in attack
    assert "集體安全條約組織" in stance_page.scenes(kazakhstan, words=ZH)[0]
    japan = stance_page.scenes(told("JPN"), words=EN)
    assert "asks nobody" in japan[0] and "attacked by China" in japan[1] and len(japan) == 2
    germany = told("DEU")
    assert stance_page.scenes(germany, words=EN)[-1] == "There is no stance of the EU, of which Germany is a member."
    assert [row[0] for row in stance_page.summary(germany, words=EN).rows] == [
        "Russia",
        "China",
        "United States",
        "Japan",
    ]


def test_the_summary_has_the_mode_and_the_interval_of_the_ladder(kazakhstan: StateReport) -> None:
    shares = kazakhstan.stances.filter(crisis="unrest", power="CHN", outcome="first")["probability"].to_list()
    below = [sum(shares[: i + 1]) for i in range(len(shares))]
    low, high = (next(i for i, b in enumerate(below) if b >= q) for q in (0.05, 0.95))
    said = [EN.m.pick("rung", RUNGS[i]) for i in (shares.index(max(shares)), low, high)]
    cell = next(r for r in stance_page.summary(kazakhstan, words=EN).rows if r[0] == "China")[1]
    assert cell == f"{said[0]} {max(shares):.0%} ({said[1]} to {said[2]})"
    russia = stance_page.summary(kazakhstan, words=EN).rows[0]
    assert russia[3:] == ["attacks", "attacks"]


def test_what_was_done_stands_beside_the_chance_it_was_given(kazakhstan: StateReport) -> None:
    (january,) = stance_page.happened(kazakhstan, words=EN)
    assert january.title == "Unrest in Kazakhstan, 2 January 2022" and january.events is not None
    china = next(r for r in january.deeds.rows if r[0] == "China")
    given = kazakhstan.stances.filter(crisis="kazakhstan-2022", power="CHN", outcome="firmest", rung="help-after")
    assert china[2] == f"helps afterwards (chance given: {given['probability'].item():.0%})"
    assert "people.cn" in china[4]


def test_a_state_without_a_coded_crisis_says_so(told: Callable[[str], StateReport]) -> None:
    page = render(told("JPN"))
    assert "None of the coded crises happened in Japan" in page
    assert 'id="fig-stances"' in page and 'id="fig-stances_coded"' not in page


def test_a_crisis_of_parties_alone_is_told_without_a_forecast(told: Callable[[str], StateReport]) -> None:
    ukraine = told("UKR")
    only = replace(ukraine, powers=("RUS", "CHN"), stances=ukraine.stances.filter(pl.col("coded").is_null()))
    figure = stance_page.makers(only)[-1](draft(only, words=EN))
    assert figure.key == "stances_coded" and not figure.drawings and "all of these powers were parties" in figure.empty
    rows = next(h for h in stance_page.happened(only, words=EN) if "2022" in h.title).deeds.rows
    assert next(r for r in rows if r[0] == "Russia")[1:3] == ["party to the crisis"] * 2


def test_without_stances_there_is_no_section(poor: StateReport) -> None:
    assert 'id="stances"' not in render(poor)
