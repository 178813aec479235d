"""Equidistance, the second hedging score, against a second list of hedgers and aligners.

`python -m tests.published.test_hedging_cases_2` computes here.csv and ranking.csv anew, and prints the page's tables.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.published.cases import PAGES, PERIODS, agrees, interval, read_cases, same_values, verdict, within

from equipoise.assemble import codes
from equipoise.assemble.packed import embedded
from equipoise.measure import superiority, superiority_draws
from equipoise.pipeline import engagement_of
from equipoise.pipeline.sides import sides_frame
from equipoise.schema import DEFAULT_POWERS
from equipoise.view.words import words

HERE = Path(__file__).resolve().parent / "hedging_cases_2"
PAGE = PAGES / "hedging.md"
LISTS = {"new": HERE / "cases.csv", "old": HERE.parent / "hedging_cases" / "cases.csv"}
"""The new list is the test; the old one was the lesson."""

MEASURES = ("equidistance", "untaken", "even", "hedging")
SAMPLES = ("all", "RUS CHN USA", "no EU members")
AFTERWARDS = "no members of NATO"
"""A sample of the new list that was looked at after the result, to explain it."""

NATO = ("ALB", "CZE", "ISL", "NLD", "NOR", "ROU")
DRAWS, SEED = 10_000, 2026
KEYS = ("list", "sample", "period", "measure", "hedgers", "aligners")
LIST = "0daff27931963e8a1dfb5b0483d6a9478a57c5a252af7146f521b0a8f363047a"
"""SHA-256 of cases.csv as it was written before anything was computed."""


@cache
def cases(which: str) -> pl.DataFrame:
    """One of the two lists."""
    return read_cases(LISTS[which])


@cache
def yearly(powers: tuple[str, ...]) -> pl.DataFrame:
    """Every measure by state and year, of all states of both lists that are no power."""
    states = sorted({s for which in LISTS for s in cases(which)["state"]} - set(powers))
    first, last = PERIODS["1995-2020"]
    years = range(first, last + 1)
    sides = sides_frame(embedded(), states=states, powers=powers, years=years)
    amounts = engagement_of(states, powers=powers, since=first, until=last, draws=0)
    return sides.join(amounts.select("state", "year", "hedging"), on=["state", "year"], how="left")


def values(which: str, sample: str, period: str, *, contested: bool = False) -> pl.DataFrame:
    """Each case's mean of every measure in a period; cases with too few years of it are left out."""
    rows = within(cases(which), period, contested=contested)
    if sample == AFTERWARDS:
        rows = rows.filter(~pl.col("state").is_in(NATO))
    parts = []
    for eu in (False,) if sample == "no EU members" else (False, True):
        powers = ("RUS", "CHN", "USA") if sample == "RUS CHN USA" else tuple(
            p for p in DEFAULT_POWERS if not (eu and p == "EUU"))
        long = rows.filter(pl.col("eu") == eu).join(yearly(powers), on="state")
        parts.append(long.filter(pl.col("year").is_between("since", "until")))
    keys = ["state", "stance", "to", "first_year", "last_year", "in_test"]
    # Several states have exactly 1 by security alone; the last bits would decide who of them is the higher.
    return pl.concat(parts).group_by(keys).agg(pl.col(*MEASURES).mean().round(9)).sort("state", "first_year")


def results(samples: Sequence[str] = (*SAMPLES, AFTERWARDS)) -> pl.DataFrame:
    """AUC with its interval for every list, sample, period and measure."""
    out = []
    asked = [(w, s, p) for w in LISTS for s in samples for p in PERIODS if (w, s) != ("old", AFTERWARDS)]
    for which, sample, period in asked:
        rows = values(which, sample, period)
        for measure in MEASURES:
            one, other = (rows.filter(pl.col("stance") == s)[measure].drop_nulls() for s in ("hedger", "aligner"))
            drawn = superiority_draws(one, lower=other, draws=DRAWS, seed=SEED)
            out.append((which, sample, period, measure, len(one), len(other), superiority(one, lower=other),
                        *np.quantile(drawn, [0.05, 0.95])))
    columns = ["list", "sample", "period", "measure", "hedgers", "aligners", "auc", "low", "high"]
    return pl.DataFrame(out, orient="row", schema=columns)


def ranking() -> pl.DataFrame:
    """All cases of the new list, contested ones too, by equidistance over their whole span."""
    return values("new", "all", "1995-2020", contested=True).sort("equidistance", "state", descending=[True, False])


NAMES = {"equidistance": "**equidistance**", "untaken": "no side in security alone", "even": "even dealings alone",
         "hedging": "first score"}


def page_tables() -> list[str]:
    """The rows of the tables in the page's section on the second attempt, from here.csv."""
    cell = {tuple(r[k] for k in KEYS[:4]): interval(r) for r in recorded("here.csv").iter_rows(named=True)}
    lines = [[which, NAMES[m], *(cell[which, "all", p, m] for p in PERIODS)] for which in LISTS for m in MEASURES]
    lines += [[which, s, *(cell[which, s, p, "equidistance"] for p in PERIODS)] for which in LISTS for s in SAMPLES]
    lines += [["new", AFTERWARDS, *(cell["new", AFTERWARDS, p, "equidistance"] for p in PERIODS)]]
    return ["| " + " | ".join(line) + " |" for line in lines]


def recorded(name: str) -> pl.DataFrame:
    return pl.read_csv(HERE / name)


def test_the_list_is_the_one_written_before_and_new() -> None:
    assert hashlib.sha256((HERE / "cases.csv").read_bytes()).hexdigest() == LIST
    rows = cases("new")
    counts = dict(rows.filter(pl.col("in_test") == 1).group_by("stance").len().iter_rows())
    assert counts == {"hedger": 11, "aligner": 14}
    assert not set(rows["state"]) & set(cases("old")["state"])
    assert [codes.resolve(s) for s in rows["state"]] == rows["state"].to_list()
    assert rows["literature"].null_count() == rows["says"].null_count() == 0
    assert set(rows.filter(pl.col("stance") == "aligner")["to"]) <= set(DEFAULT_POWERS)
    assert rows.filter(pl.col("first_year") > pl.col("last_year")).is_empty()


def test_what_was_found_without_members_of_the_eu() -> None:
    agrees(results(["no EU members"]), recorded=recorded("here.csv"), samples=["no EU members"], keys=KEYS)


def test_the_page_says_what_is_recorded() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("\n## The second attempt\n")[2]
    assert [line for line in page_tables() if line not in text] == []
    main = recorded("here.csv").row(0, named=True)
    assert f"**{verdict(main['low'], main['high'])}**" in text
    auc, low, high = (round(100 * main[c]) for c in ("auc", "low", "high"))
    assert f"in {auc} of 100 pairs, with an interval from {low} to {high}" in " ".join(text.split())


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
def test_the_report_says_what_is_recorded(lang) -> None:
    main = recorded("here.csv").row(0, named=True)
    text = words(lang).m("intro.multi_vector")
    assert f"{main['low']:.0%}" in text and f"{main['high']:.0%}" in text
    assert round(10 * main["auc"]) == 7


@pytest.mark.slow
def test_what_was_found() -> None:
    samples = [s for s in (*SAMPLES, AFTERWARDS) if s != "no EU members"]
    found = results(samples)
    agrees(found, recorded=recorded("here.csv"), samples=samples, keys=KEYS)
    main, before = found.row(0, named=True), recorded("here.csv").row(0, named=True)
    first = (main["list"], main["sample"], main["period"], main["measure"])
    assert first == ("new", "all", "1995-2020", "equidistance")
    assert verdict(main["low"], main["high"]) == verdict(before["low"], before["high"])


@pytest.mark.slow
def test_the_cases_rank_as_recorded() -> None:
    found, before = ranking().sort("state", "first_year"), recorded("ranking.csv").sort("state", "first_year")
    assert found["state"].to_list() == before["state"].to_list()
    same_values(found, before, columns=MEASURES)


if __name__ == "__main__":
    results().with_columns(pl.col("auc", "low", "high").round(3)).write_csv(HERE / "here.csv")
    ranking().with_columns(pl.col(*MEASURES).round(4)).write_csv(HERE / "ranking.csv")
    sys.stdout.write("\n".join(page_tables()) + "\n")
