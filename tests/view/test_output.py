"""Comparison page, terminal, JSON, SVG and number formats."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from types import ModuleType

import altair as alt
import numpy as np
import polars as pl
import pytest
from rich.console import Console

from equipoise.errors import UsageError
from equipoise.schema import StateReport
from equipoise.view.compare import render_compare
from equipoise.view.data import as_dict
from equipoise.view.formats import Numbers
from equipoise.view.svg import inline
from equipoise.view.terminal import download_progress, steps, summary, summary_compare, table
from equipoise.view.words import words


def _printed(renderable: object, width: int = 200) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(renderable)
    return console.export_text()


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
def test_comparison(full: StateReport, poor: StateReport, lang: str) -> None:
    page = render_compare([full, replace(full, state="UZB"), poor], lang=lang)
    assert page.count("<svg") == 6
    assert ("Uzbekistan" if lang == "en" else "烏茲別克") in page
    assert "0.41" in page


def test_comparison_of_states_without_data(poor: StateReport) -> None:
    page = render_compare([poor, replace(poor, state="NRU")])
    assert "<svg" not in page
    assert page.count("None of these states has figures") == 6


def test_comparison_of_many_states_is_cut_into_pages(full: StateReport) -> None:
    many = [replace(full, state=s) for s in ("KAZ", "UZB", "TKM", "KGZ", "TJK", "MNG", "BLR")]
    assert render_compare(many).count("<svg") == 11


def test_nothing_to_compare() -> None:
    with pytest.raises(UsageError):
        render_compare([])


def test_terminal_summary(full: StateReport, poor: StateReport) -> None:
    text = _printed(summary(full))
    assert "Kazakhstan between the powers" in text
    assert "0.62" in text
    assert "There are no figures" in _printed(summary(poor))
    assert "迴旋餘地" in _printed(summary(full, lang="zh-Hant"))


def test_terminal_comparison(full: StateReport, poor: StateReport, sample: ModuleType) -> None:
    text = _printed(summary_compare([full, poor, replace(sample.with_leeway(1.0), state="UZB")]))
    assert "Kazakhstan" in text
    assert "Tuvalu" in text
    assert "does not collapse" in text


def test_terminal_table_and_progress() -> None:
    assert "42" in _printed(table(pl.DataFrame({"a": [42, None]}), title="T"))
    with steps() as step:
        step("reading")
    with download_progress() as progress:
        progress("file", 5, 10)
        progress("file", 10, 10)


def test_json(full: StateReport, poor: StateReport) -> None:
    odd = replace(
        full, economy=full.economy.with_columns(growth_pct=pl.lit(float("nan"))), assumptions={"draws": np.int64(7)}
    )
    data = json.loads(json.dumps(as_dict(odd), allow_nan=False))
    assert data["state"] == "KAZ"
    assert data["economy"][0]["growth_pct"] is None
    assert data["assumptions"] == {"draws": 7}
    assert data["tiers_on"] == "2022-01-01"
    assert data["units"]["oil_usd_bbl"].startswith("current US dollars")
    assert data["headline"]["leeway"]["value"] == 0.62
    assert data["headline"]["most_threatening_pairs"] == [["RUS", "CHN"]]
    assert "shapes" not in data
    assert as_dict(poor)["headline"]["year"] is None


def test_numbers() -> None:
    en, zh = Numbers("en"), Numbers("zh")
    assert en.usd(1.8e11) == "US$180 billion"
    assert zh.usd(1.8e11) == "1,800億美元"
    assert en.amount(19_000_000) == "19 million"
    assert en.index(-1.234) == "−1.23"
    assert (
        en.interval(None, 1)
        == en.share(None)
        == en.usd(None)
        == en.whole(None)
        == en.date(None)
        == en.month(None)
        == "–"
    )
    assert en.amount(12.0) == "12"
    assert en.whole(12345.6) == "12,346"


def test_svg_ids_do_not_collide() -> None:
    chart = alt.Chart(alt.Data(values=[{"x": 1, "y": 2}])).mark_point(clip=True).encode(x="x:Q", y="y:Q")
    one, two = (inline(chart, key=k, alt_text='a "quoted" <text>', lang="en") for k in ("a", "b"))
    assert 'id="a-0"' in one
    assert "url(#a-0)" in one
    assert "a-0" not in two
    assert "&quot;quoted&quot; &lt;text&gt;" in one
    assert "width=" not in one[: one.index(">")]
    assert one.count("font-family") == 1


def test_words() -> None:
    w = words("en")
    assert w.names(["USA", "RUS"]) == "the United States and Russia"
    assert w.join([]) == ""
    assert w.name(None) == "–"
    assert words("zh").pair("CHN", "RUS") == "中國－俄羅斯"
