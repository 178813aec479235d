"""Charts of measures by themselves: what they draw, how lines wrap, and where a chart gives way."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import altair as alt
import polars as pl
import pytest

from equipoise.acquire.registry import source
from equipoise.errors import UsageError
from equipoise.view.charts import likeness, order, positions, system
from equipoise.view.charts.setting import Setting
from equipoise.view.sheet import MOST_ROWS, Sheet, table, wrapped
from equipoise.view.words import words

EN, ZH = words("en"), words("zh-Hant")


def capability(years: range) -> pl.DataFrame:
    columns = ("con", "move_union", "move_lagged", "move_common", "effective_herfindahl", "effective_entropy")
    kinds = ("unipolar", "near-unipolar", None)
    return pl.DataFrame([{"year": y, **{c: 0.1 * i for i, c in enumerate(columns)}, "schweller": "bipolar",
                          "thompson": kinds[y % 3]} for y in years])


def pairs(states: list[str], others: list[str]) -> pl.DataFrame:
    rows = [(a, b, y, 10, 0.01 * i, 0.5) for y in (2000, 2001, 2003)
            for i, (a, b) in enumerate(product(states, others)) if a != b]
    return pl.DataFrame(rows, orient="row", schema=["state_a", "state_b", "year", "entries", "S", "agreement"])


def texts(chart: alt.TopLevelMixin) -> str:
    return chart.to_json()


@pytest.mark.parametrize("spoken", [EN, ZH])
def test_the_system_has_a_panel_a_measure_and_names_every_kind(spoken: Any) -> None:
    chart = system.system(capability(range(1990, 2000)), words=spoken).to_dict()
    assert len(chart["vconcat"]) == 4
    kinds = chart["vconcat"][3]["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert kinds == [spoken.m(f"polarity.{k}") for k in ("unipolar", "near-unipolar", "bipolar")]
    assert all(p["layer"][0]["encoding"]["y"]["title"] for p in chart["vconcat"])


def test_without_a_year_before_there_is_no_panel_of_movement() -> None:
    frame = capability(range(1816, 1817)).with_columns(pl.lit(None, pl.Float64).alias(c) for c in system.MOVEMENT)
    assert len(system.system(frame, words=EN).to_dict()["vconcat"]) == 3


def test_similarity_has_a_panel_a_measure_and_state() -> None:
    frame = pairs(["KAZ", "UZB"], ["RUS", "USA"])
    chart = likeness.by_year(frame, measures=["S", "agreement"], states=["KAZ", "UZB"], words=EN)
    assert len(chart.to_dict()["vconcat"]) == 4
    assert "Uzbekistan: Agreement" in texts(chart) and "Share of equal entries" in texts(chart)
    # 2002 is no year of the data: it stands as null, and the line breaks there.
    assert r'\"year\": 2002, \"name\": \"Russia\", \"value\": null' in texts(chart)


@pytest.mark.parametrize("states", [["KAZ"], []])
def test_many_partners_become_a_median_and_a_range(states: list[str]) -> None:
    from equipoise.assemble import codes

    frame = pairs(["KAZ"], codes.in_system(year=2000)[:40])
    chart = likeness.by_year(frame, measures=["S"], states=states, words=EN)
    assert len(chart.to_dict()["vconcat"]) == 1 and "median and 5th to 95th percentile" in texts(chart)


def test_a_matrix_holds_each_pair_on_both_sides() -> None:
    frame = pl.DataFrame([("x", "y", 0.5), ("x", "z", None), ("y", "z", -1.0)], orient="row", schema=["a", "b", "S"])
    chart = likeness.matrix(frame, measures=["S"], words=ZH)
    assert texts(chart).count(r'\"label\": \"0.50\"') == 2 and chart.to_dict()
    names = [str(i) for i in range(likeness.MOST_NAMES + 1)]
    large = pl.DataFrame([(a, b, 0.0) for a, b in combinations(names, 2)], orient="row", schema=["a", "b", "S"])
    with pytest.raises(UsageError, match="41 portfolios cannot be read"):
        likeness.matrix(large, measures=["S"], words=EN)


def test_ideal_points_are_lines_with_bands() -> None:
    rows = [(s, y, k, 0.1, 0.0, 0.2) for s in ("USA", "KAZ") for k, y in enumerate((1991, 1992))]
    frame = pl.DataFrame(rows, orient="row", schema=["state", "year", "session", "mean", "low", "high"])
    chart = positions.positions(frame, states=["USA", "KAZ"], words=ZH)
    assert "哈薩克" in texts(chart) and "理想點（標準差）" in texts(chart)
    with pytest.raises(UsageError, match="13 states cannot be read"):
        positions.positions(frame, states=["USA"] * 13, words=EN)


def test_rivalry_leaves_out_components_without_a_value() -> None:
    rows = [(y, "RUS", "USA", c, 0.5 if c != "strategic" else None) for y in (2021, 2022)
            for c in ("pooled", *order.COMPONENTS)]
    frame = pl.DataFrame(rows, orient="row", schema=["year", "power_a", "power_b", "component", "value"])
    setting = Setting(words=EN, powers=("RUS", "USA"), since=2021, until=2022)
    panels = order.rivalry(frame, setting=setting).to_dict()["vconcat"]
    assert [p["title"] for p in panels] == [EN.m(f"component.{c}") for c in ("pooled", *order.COMPONENTS[:4])]
    assert [p["layer"][0]["encoding"]["x"]["axis"]["labels"] for p in panels] == [False] * 4 + [True]
    two = order.rivalry(frame, setting=setting, components=["disputes", "pooled"]).to_dict()["vconcat"]
    assert [p["title"] for p in two] == [EN.m("component.disputes"), EN.m("component.pooled")]


def test_a_sheet_stands_by_itself() -> None:
    chart = system.system(capability(range(1990, 1993)), words=ZH)
    sheet = Sheet(chart=chart, kind="system", sources=[source("nmc")], own_table=True, words=ZH)
    framed = sheet.framed().to_dict()
    assert framed["vconcat"][0]["title"]["text"] == [ZH.m("measure.system")]
    foot = "".join(framed["title"]["text"])
    assert "National Material Capabilities" in foot and "制裁年表" in foot
    svg = sheet.svg()
    assert svg.count("<svg") == 1 and 'width="' in svg[:200] and "Noto Sans TC" in svg[:600]


@pytest.mark.parametrize("spoken", [EN, ZH])
@pytest.mark.parametrize("kind", ["order", "rivalry", "system", "similarity", "engagement", "index", "ideal-points"])
def test_every_kind_has_a_title_and_a_note(kind: str, spoken: Any) -> None:
    sheet = Sheet(chart=[], kind=kind, sources=[], own_table=False, words=spoken)
    assert sheet.title and sheet.note and sheet.source_line == ""


def test_lines_wrap_where_a_reader_would() -> None:
    assert wrapped("資料來源：甲乙丙丁。", width=50, size=10) == ["資料來源：", "甲乙丙丁。"]
    text = "Sources: National Material Capabilities, 7.0; State System Membership List, 2016"
    lines = wrapped(text, width=200, size=10)
    assert " ".join(lines) == text and len(lines) > 2
    assert wrapped("", width=10, size=10) == [""]


def test_a_table_names_states_and_is_cut_where_it_is_long() -> None:
    frame = pl.DataFrame({"state_a": ["KAZ"], "option": ["0"], "component": ["sanctions"], "S": [-0.5],
                          "entries": [None], "bloc_RUS": [1]}, schema_overrides={"entries": pl.Int32})
    found = table(frame, words=ZH)
    assert found.head[-1] == "陣營 俄羅斯"
    assert found.rows == [["哈薩克", "列強之外", "生效中的制裁", "−0.500", "–", "1"]]
    assert len(table(pl.DataFrame({"year": range(MOST_ROWS + 5)}), words=EN).rows) == MOST_ROWS
