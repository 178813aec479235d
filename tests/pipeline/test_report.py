"""Reports of states from the embedded pack: what they hold, that they repeat, and that bad calls are refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import equipoise
from equipoise.assemble import codes
from equipoise.errors import BadYears, CannotWrite, NotAPower, UnknownState
from equipoise.schema import DEFAULT_POWERS
from equipoise.view import figures
from equipoise.view.charts import order, thesis
from equipoise.view.charts.setting import Setting

FEW = {"draws": 4}
"""Enough for every interval to have two ends."""


@pytest.fixture(scope="module")
def kazakhstan():
    return equipoise.report("KAZ")


def test_kazakhstan_has_every_figure(kazakhstan):
    r = kazakhstan.figures
    for name in (
        "engagement",
        "channels",
        "multi_vector",
        "rivalry",
        "rivalry_without",
        "left_out",
        "order",
        "order_blocs",
        "leverage",
        "leeway",
        "leeway_pairs",
        "strategies",
        "trade",
        "trade_summary",
        "document_shares",
        "economy",
        "distance",
        "organisations",
        "tiers",
        "lean",
        "shapes",
        "events",
        "leaders",
        "sources",
    ):
        assert getattr(r, name).height, name
    assert r.year == 2023
    assert r.powers == DEFAULT_POWERS


def test_shares_sum_to_one_and_lie_in_their_intervals(kazakhstan):
    w = kazakhstan.figures.engagement
    assert w.group_by("year").agg(pl.col("share").sum())["share"].to_list() == pytest.approx(
        [1.0] * w["year"].n_unique()
    )
    assert w.filter(pl.col("low") > pl.col("high")).is_empty()
    # Intervals are of draws, so a point estimate can lie just outside; not by much.
    assert w.filter((pl.col("share") < pl.col("low") - 0.05) | (pl.col("share") > pl.col("high") + 0.05)).is_empty()


def test_official_trade_shares_of_2023(kazakhstan):
    """Bureau of National Statistics, 2023: turnover 139.55bn; EU 29.6, Russia 19.4, China 21.5, US 2.9, Japan 1.6 %."""
    rows = kazakhstan.figures.trade.filter(pl.col("year") == 2023)
    share = dict(rows.select("partner", "share").iter_rows())
    official = {"EUU": 0.296, "RUS": 0.194, "CHN": 0.215, "USA": 0.029, "JPN": 0.016}
    assert {k: round(share[k], 3) for k in official} == official
    total = kazakhstan.figures.trade_summary.filter(pl.col("year") == 2023)["total_musd"].item()
    assert round(total / 1000, 2) == 139.55


def test_what_is_wrong_in_a_source_is_missing_and_said_so(kazakhstan):
    russia = kazakhstan.figures.trade.filter(pl.col("partner") == "RUS")
    for year, note in ((1992, "zero_not_trade"), (1993, "zero_not_trade"), (2010, "one_direction"), (2025, "no_flow")):
        row = russia.filter(pl.col("year") == year).row(0, named=True)
        assert row["exports_musd"] is None and row["share"] is None and row["note"] == note
    said = {key for key, _ in kazakhstan.figures.missing}
    assert {
        "missing.trade_zero_not_trade",
        "missing.trade_one_direction",
        "missing.trade_no_flow",
        "missing.capability",
    } <= said


def test_no_level_jumps_where_a_source_ends(kazakhstan):
    """Alliances end in 2018 and rivalries in 2020: the pooled rivalry of 2019 and 2021 moves as the rest does."""
    pooled = kazakhstan.figures.rivalry.filter(pl.col("component") == "pooled")
    wide = pooled.pivot(on=["power_a", "power_b"], index="year", values="value").sort("year")
    for year in (2019, 2021):
        two = wide.filter(pl.col("year").is_in([year - 1, year])).drop("year")
        assert max(abs(two[c][1] - two[c][0]) for c in two.columns) < 0.05


def test_russias_tiers_of_central_asia(kazakhstan):
    r = kazakhstan.figures
    assert (r.tiers_power, r.tiers_region, str(r.tiers_on)) == ("RUS", "Central Asia", "2022-01-01")
    assert dict(r.tiers.select("state", "tier").iter_rows()) == {"KAZ": 1, "KGZ": 1, "TJK": 1, "UZB": 2, "TKM": 3}


def test_the_same_call_gives_the_same_bytes(kazakhstan):
    again = equipoise.report("哈薩克")
    assert json.dumps(again.data) == json.dumps(kazakhstan.data)
    assert again.html() == kazakhstan.html()


def test_powers_may_be_any_set():
    r = equipoise.report("Mongolia", powers=["RUS", "CHN", "KOR"], since=2000, until=2014, **FEW).figures
    assert r.powers == ("RUS", "CHN", "KOR")
    assert set(r.engagement["option"]) == {"0", "RUS", "CHN", "KOR"}
    assert r.engagement["year"].min() == 2000 and r.engagement["year"].max() == 2014


def test_a_figure_does_not_change_with_the_years_that_are_shown(kazakhstan):
    short = equipoise.report("KAZ", since=2015, until=2022).figures
    for name in (
        "engagement",
        "multi_vector",
        "rivalry",
        "rivalry_without",
        "left_out",
        "order",
        "leverage",
        "leeway",
        "leeway_pairs",
        "strategies",
        "trade",
        "distance",
    ):
        whole = getattr(kazakhstan.figures, name).filter(pl.col("year").is_between(2015, 2022))
        assert_frame_equal(getattr(short, name), whole, rel_tol=1e-9)
    assert short.year == 2022


def test_the_map_shows_what_the_engagement_says(kazakhstan):
    r = kazakhstan.figures
    lean = r.lean.filter(pl.col("state") == "KAZ").row(0, named=True)
    own = r.engagement.filter((pl.col("year") == r.year) & (pl.col("option") != "0")).sort("share").row(-1, named=True)
    assert (lean["power"], lean["year"]) == (own["option"], r.year) and lean["share"] == pytest.approx(
        own["share"], abs=5e-3
    )


def test_a_power_gets_a_report_between_the_others():
    r = equipoise.report("JPN", **FEW).figures
    assert r.powers == ("RUS", "CHN", "USA", "EUU")
    assert ("missing.power_itself", {"power": "JPN"}) in r.missing


def test_the_seed_and_the_draws_are_in_the_result():
    r = equipoise.report("KAZ", until=2005, seed=7, **FEW)
    assert r.figures.assumptions["seed"] == 7 and r.figures.assumptions["draws"] == 4
    assert r.figures.provenance["pack_sha256"]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ({"state": "Kazakstan"}, UnknownState, "KAZ"),
        ({"state": "XYZ"}, UnknownState, "XYZ"),
        ({"state": "KAZ", "powers": ["RUS", "KAZ"]}, NotAPower, "itself"),
        ({"state": "KAZ", "powers": ["RUS", "OPEC"]}, NotAPower, "OPEC"),
        ({"state": "KAZ", "powers": ["RUS", "SUN"]}, NotAPower, "SUN"),
        ({"state": "KAZ", "powers": ["RUS"]}, NotAPower, "two"),
        (
            {
                "state": "KAZ",
                "powers": ["RUS", "CHN", "USA", "JPN", "GBR", "FRA", "DEU", "IND", "BRA", "TUR", "IRN", "PAK", "IDN"],
            },
            NotAPower,
            "13",
        ),
        ({"state": "KAZ", "powers": ["RUS", "rus"]}, NotAPower, "twice"),
        ({"state": "KAZ", "powers": ["EUU", "DEU"]}, NotAPower, "EUU"),
        ({"state": "KAZ", "since": 2010, "until": 2000}, BadYears, "Swap"),
        ({"state": "KAZ", "since": 1950}, BadYears, "1991"),
        ({"state": "KAZ", "until": 2050}, BadYears, "2025"),
    ],
)
def test_bad_calls_are_refused_in_one_line(call, error, words):
    with pytest.raises(error, match=words) as caught:
        equipoise.report(call.pop("state"), **call)
    assert "\n" not in str(caught.value)


def test_a_path_that_cannot_be_written_leaves_nothing(kazakhstan, tmp_path):
    with pytest.raises(CannotWrite, match="no folder"):
        kazakhstan.save(tmp_path / "absent" / "r.html")
    assert not list(tmp_path.iterdir())


def test_compare_puts_states_between_the_same_powers():
    both = equipoise.compare(["KAZ", "JPN"], until=2010, **FEW)
    assert {r.figures.powers for r in both.reports} == {("RUS", "CHN", "USA", "EUU")}
    assert list(both.data) == ["KAZ", "JPN"]
    assert both.html().count("<svg") >= 2


def once(draw: Callable[..., Any], *, made: list[Any]) -> Callable[..., Any]:
    """The chart that was drawn before from the same frames in the same setting, or a new one, which joins ``made``."""
    before: list[tuple[Any, ...]] = []

    def drawn(*frames: pl.DataFrame, setting: Setting) -> Any:
        frame_of = (setting.words.lang, setting.powers, setting.since, setting.until, setting.marks)
        for others, at, chart in before:
            if at == frame_of and all(a.equals(b) for a, b in zip(others, frames, strict=True)):
                return chart
        chart = draw(*frames, setting=setting)
        before.append((frames, frame_of, chart))
        made.append(chart)
        return chart

    return drawn


@pytest.fixture(scope="module")
def drawn_once() -> Iterator[None]:
    """The charts of the powers and of the hypotheses, the same on nearly all pages, drawn once each."""
    inline, made = figures.inline, []
    pictures: dict[tuple[Any, ...], str] = {}

    def kept(chart: Any, **how: str) -> str:
        if not any(chart is c for c in made):
            return inline(chart, **how)
        key = (id(chart), *how.items())
        if key not in pictures:
            pictures[key] = inline(chart, **how)
        return pictures[key]

    with pytest.MonkeyPatch.context() as patch:
        for name in ("order", "structure", "rivalry", "rivalry_lines"):
            patch.setattr(order, name, once(getattr(order, name), made=made))
        for name in ("forest", "posterior", "scores"):
            patch.setattr(thesis, name, once(getattr(thesis, name), made=made))
        patch.setattr(figures, "inline", kept)
        yield


@pytest.mark.slow
@pytest.mark.spread
@pytest.mark.parametrize("state", codes.in_system(year=2016))
def test_every_state_of_the_pack_has_a_report(state, drawn_once):
    """Poor data give a report that says so; nothing fails, warns or leaves a blank chart.

    Every state has its figures made, every second its page, which takes four fifths of the time.
    """
    r = equipoise.report(state, lang="zh-Hant" if state < "M" else "en", **FEW)
    json.dumps(r.data, allow_nan=False)
    if codes.in_system(year=2016).index(state) % 2:
        return
    page = r.html()
    assert page.rstrip().endswith("</html>") and codes.name(state, lang=r.lang) in page
    assert "NaN" not in page and "undefined" not in page
