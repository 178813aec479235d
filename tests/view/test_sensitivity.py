"""The words, tables and charts on the components of rivalry and on the structure of the system."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from equipoise.schema import StateReport
from equipoise.view import sensitivity, tables
from equipoise.view.charts import engagement, leeway, order
from equipoise.view.figures import draft
from equipoise.view.report import provenance
from equipoise.view.style import RANGE
from equipoise.view.words import words


def test_the_component_that_matters_most_is_named_with_its_number(full: StateReport, poor: StateReport) -> None:
    found = sensitivity.weightiest(full)
    assert (found.component, found.since, found.until) == ("sanctions", 1992, 2023)
    assert found.change == pytest.approx(0.03) and found.mean == pytest.approx(full.order["stress"].mean())
    en = sensitivity.on_components(full, words=words("en"))
    assert "'Sanctions in force'" in en and "differs by 0.030" in en and "1992–2023" in en
    zh = sensitivity.on_components(full, words=words("zh"))
    assert "「生效中的制裁」" in zh and "0.030" in zh
    assert sensitivity.weightiest(poor) is None and sensitivity.on_components(poor, words=words("en")) == ""
    gone = (pl.col("component") == "alliances") & (pl.col("year") > 2019)
    some = full.left_out.with_columns(stress=pl.when(~gone).then("stress"))
    assert sensitivity.weightiest(replace(full, left_out=some)).until == 2019
    nobody = replace(full, left_out=full.left_out.with_columns(stress=pl.lit(None, dtype=pl.Float64)))
    assert sensitivity.on_components(nobody, words=words("en")) == ""


def test_agreement_counts_the_years_that_are_known(full: StateReport, poor: StateReport) -> None:
    first = full.order.with_columns(agrees=pl.when(pl.col("year") > 1992).then("agrees"))
    assert "30 of 31 years" in sensitivity.on_agreement(replace(full, order=first), words=words("en"))
    assert "32年中有30年" in sensitivity.on_agreement(full, words=words("zh"))
    assert sensitivity.on_agreement(poor, words=words("en")) == ""


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_behind_the_charts_hold_intervals_and_ranges(full: StateReport, lang: str) -> None:
    w = words(lang)
    dash = "–" if lang == "en" else "～"
    made = sensitivity.structure(full, words=w)
    assert made.rows[0][:8] == ["1992", "0.100", f"0.00{dash}0.20", f"0.05{dash}0.15", "0.400", f"0.20{dash}0.60",
                                f"0.25{dash}0.55", "1"]
    assert made.rows[0][-1] == w.m("no") and made.rows[5][-1] == w.m("yes")
    assert all(len(row) == len(made.head) for row in made.rows)
    stress = tables.order(full, words=w)
    assert stress.rows[0][2:4] == [f"0.050{dash}0.400", f"0.070{dash}0.350"]
    rivalry = sensitivity.rivalry(full, words=w)
    assert w.m("semicolon") in rivalry.rows[0][1] and len(rivalry.rows) == 32
    for made in (tables.leeway(full, words=w), tables.multi_vector(full, words=w)):
        assert w.m("head_without_low") in made.head and all(len(row) == len(made.head) for row in made.rows)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_chart_on_rivalry_has_its_range_dashed_and_named(full: StateReport, lang: str) -> None:
    s = draft(full, words=words(lang)).setting
    charts = {
        "order": order.order(full.order, full.order_blocs, setting=s),
        "structure": order.structure(full.order, full.order_blocs, setting=s),
        "rivalry": order.rivalry_lines(full.rivalry, setting=s),
        "leeway": leeway.leeway(full.leeway, setting=s),
        "multi_vector": engagement.multi_vector(full.multi_vector, setting=s),
    }
    for name, chart in charts.items():
        dashed = [v for v in _views(chart.to_dict()) if _stroke(v) == [s.words.m("legend_without")]]
        assert len(dashed) == {"structure": 2, "multi_vector": 2, "rivalry": 2}.get(name, 1), name
        for view in dashed:
            assert view["mark"]["strokeDash"] and view["encoding"]["stroke"]["scale"]["range"] == [RANGE]
        areas = [v for v in _views(chart.to_dict()) if isinstance(v.get("mark"), dict) and v["mark"]["type"] == "area"]
        assert areas, name


def test_lines_of_rivalry_show_the_most_rival_pairs_only(full: StateReport) -> None:
    s = draft(full, words=words("en")).setting
    chart = order.rivalry_lines(full.rivalry, setting=s).to_dict()
    shown = chart["facet"]["sort"]
    assert shown == [s.words.pair(*p) for p in order.most_rival(full.rivalry)[: order.MOST_LINES]]


def test_a_year_by_itself_has_ticks_where_a_line_has_no_length(full: StateReport) -> None:
    s = draft(full, words=words("en")).setting
    lonely = full.leeway.filter(pl.col("year").is_in([1995, 2003]))
    marks = [v["mark"]["type"] for v in _views(leeway.leeway(lonely, setting=s).to_dict()) if "mark" in v]
    assert "tick" in marks
    whole = leeway.leeway(full.leeway.filter(pl.col("year") < 2022), setting=s).to_dict()
    assert "tick" not in [v["mark"]["type"] for v in _views(whole) if "mark" in v]


def test_the_weights_stand_with_what_the_report_is_made_from(full: StateReport) -> None:
    made = dict(provenance(full, words=words("en")))
    assert "Sanctions in force 40.0%" in made["Weights of the components of rivalry"]
    assert made["Draws for leeway without a component of rivalry"] == "40"


def _views(spec: Any) -> list[dict[str, Any]]:
    if isinstance(spec, dict):
        return [spec, *(d for v in spec.values() for d in _views(v))]
    return [d for v in spec for d in _views(v)] if isinstance(spec, list) else []


def _stroke(view: dict[str, Any]) -> Any:
    encoding = view.get("encoding")
    stroke = encoding.get("stroke") if isinstance(encoding, dict) else None
    return stroke["scale"]["domain"] if isinstance(stroke, dict) else None
