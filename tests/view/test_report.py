"""The page: self-contained, accessible, in both languages, and never blank."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import polars as pl
import pytest

from equipoise.errors import UsageError
from equipoise.schema import StateReport
from equipoise.view.report import render

VOID = {"meta", "br", "link", "img", "input", "hr"}


class _Page(HTMLParser):
    """Tags, ids, headings and links of a page; unbalanced tags are errors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t == tag]


@pytest.fixture(scope="module", params=["en", "zh-Hant"])
def page(request: pytest.FixtureRequest, full: StateReport) -> str:
    return render(full, lang=request.param)


def test_is_well_formed_and_has_unique_ids(page: str) -> None:
    parsed = _Page(page)
    assert parsed.open == []
    ids = [str(a["id"]) for _, a in parsed.tags if "id" in a]
    assert len(ids) == len(set(ids))
    used = set(re.findall(r"url\(#([^)]+)\)", page)) | {
        h[1:] for a in parsed.all("a") if (h := str(a["href"])).startswith("#")
    }
    assert used <= set(ids)


def test_asks_for_nothing_outside(page: str) -> None:
    parsed = _Page(page)
    assert not [t for t, _ in parsed.tags if t in ("script", "link", "iframe", "img", "object", "image", "use")]
    assert not [a for _, a in parsed.tags if "src" in a or any(k.startswith("on") for k in a)]
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_every_chart_has_a_text_and_a_table(page: str) -> None:
    parsed = _Page(page)
    drawings = parsed.all("svg")
    assert len(drawings) == 20
    assert all(a["role"] == "img" and a["aria-label"] and a["viewbox"] for a in drawings)
    assert len(parsed.all("figure")) == len(parsed.all("figcaption")) == len(parsed.all("details")) == 19


def test_headings_step_down_one_at_a_time(page: str) -> None:
    levels = [int(t[1]) for t, _ in _Page(page).tags if re.fullmatch("h[1-6]", t)]
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_same_report_same_bytes(full: StateReport) -> None:
    assert render(full) == render(full)


def test_text_of_the_data_is_escaped(full: StateReport) -> None:
    assert "Crimea &amp; &lt;more&gt;" in render(full)


def test_language_is_declared(full: StateReport) -> None:
    assert '<html lang="zh-Hant-TW">' in render(full, lang="zh-Hant")
    with pytest.raises(UsageError):
        render(full, lang="de")


def test_chinese_page_names_everything_in_chinese(full: StateReport) -> None:
    page = render(full, lang="zh-Hant")
    seen = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S)
    for word in (
        "Russia",
        "China",
        "Japan",
        "Kazakhstan",
        "member",
        "Year",
        "Leeway",
        "Security",
        "Crimea",
        "Source",
        "Figure",
    ):
        assert not re.search(rf"\b{word}\b", seen), word
    for word in ("哈薩克", "多方外交", "迴旋餘地", "克里米亞", "集體安全條約組織"):
        assert word in seen


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
def test_poor_report_says_so_in_sentences(poor: StateReport, lang: str) -> None:
    page = render(poor, lang=lang)
    parsed = _Page(page)
    assert parsed.all("svg") == []
    assert page.count('class="none"') == 19
    assert "nan" not in page.lower().replace("finance", "")
    assert "None" not in page


def test_one_frame_missing_leaves_the_others(full: StateReport) -> None:
    parsed = _Page(render(replace(full, trade=full.trade.clear(), shapes=full.shapes.clear())))
    assert len(parsed.all("svg")) == 18


def test_other_powers_and_many_organisations(full: StateReport) -> None:
    one = full.organisations.head(1)
    many = pl.concat([one.with_columns(organisation=pl.lit(f"O{i}"), name_en=pl.lit(f"Body {i}")) for i in range(60)])
    other = replace(
        full,
        powers=("IND", "RUS", "CHN"),
        organisations=many,
        tiers_power="IND",
        engagement=full.engagement.with_columns(option=pl.col("option").replace("USA", "IND")),
    )
    page = render(other)
    assert "India" in page
    assert len(_Page(page).all("svg")) == 21


def test_assumptions_are_boxed(full: StateReport) -> None:
    page = render(full)
    assert "Assumed, not estimated" in page
    assert "0.00–4.00" in page


def test_events_outside_the_years_leave_the_axes(full: StateReport) -> None:
    old = full.events.with_columns(date=pl.lit(date(1950, 1, 1)), end=pl.lit(None, pl.Date))
    assert len(_Page(render(replace(full, events=old))).all("svg")) == 19


def test_missing_in_words(full: StateReport) -> None:
    assert "Trade with Russia in 1992 is recorded as zero" in render(full)
    assert "「貿易」管道在1991、2010–2011年沒有資料" in render(full, lang="zh-Hant")
