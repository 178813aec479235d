"""Which strategies a policy is made of, year by year: shares stacked, and each with its interval."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.lines import alone
from equipoise.view.charts.setting import Setting, highest, values, with_gaps

WIDTH = 630
COLOURS = {
    "bandwagoning": "#8C2D04",
    "accommodation": "#D08A2E",
    "hedging": "#8793A0",
    "neutrality": "#3E93A8",
    "balancing": "#173F5F",
}
"""From warm, with the power that has most leverage, to cold, against it; none is a power's colour."""

SHAPES = dict(zip(COLOURS, ("circle", "square", "diamond", "triangle-up", "triangle-down"), strict=True))


def strategies(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """The five shares of every year stacked, and beneath them as lines with intervals."""
    m = setting.words.m
    names = {s: m.pick("strategy", s) for s in COLOURS}
    rows = frame.filter(pl.col("share").is_not_null()).with_columns(
        name=pl.col("strategy").replace_strict(names),
        rank=pl.col("strategy").replace_strict({s: i for i, s in enumerate(COLOURS)}),
    )
    return setting.over_time(
        setting.panel(_stacked(rows, setting=setting), width=WIDTH, height=170, title=m("panel_strategy_shares")),
        setting.panel(*_lines(rows, setting=setting), width=WIDTH, height=220, title=m("panel_interval")),
        width=WIDTH,
    )


def _colour(setting: Setting) -> alt.Color:
    names = [setting.words.m.pick("strategy", s) for s in COLOURS]
    scale = alt.Scale(domain=names, range=list(COLOURS.values()))
    return alt.Color("name:N", title=None, scale=scale, legend=alt.Legend(symbolOpacity=1))


def _stacked(rows: pl.DataFrame, *, setting: Setting) -> alt.Chart:
    width = max(2.0, 0.86 * WIDTH / (setting.until - setting.since + 1))
    scale, axis = alt.Scale(domain=[0, 1], nice=False), alt.Axis(format="%", tickCount=5)
    base = alt.Chart(values(rows.select("year", "share", "name", "rank").to_dicts()))
    bars: alt.Chart = base.mark_bar(size=width, orient="vertical").encode(
        x=setting.x(labels=False),
        order="rank:Q",
        color=_colour(setting),
        y=alt.Y("share:Q", stack="zero", scale=scale, title=setting.words.m("axis_strategy"), axis=axis),
    )
    return bars


def _lines(rows: pl.DataFrame, *, setting: Setting) -> list[alt.Chart]:
    columns = ["year", "name", "share", "low", "high"]
    top = min(1.0, 1.05 * highest(rows, "high", "share") or 1.0)
    axis: dict[str, Any] = {
        "scale": alt.Scale(domain=[0, top], nice=True),
        "title": setting.words.m("axis_strategy"),
        "axis": alt.Axis(format="%", tickCount=6),
    }
    names = [setting.words.m.pick("strategy", s) for s in COLOURS]
    shape = alt.Shape("name:N", title=None, scale=alt.Scale(domain=names, range=list(SHAPES.values())))
    base = alt.Chart(values(with_gaps(rows.select(columns), setting=setting, by="name").to_dicts()))
    lonely = alt.Chart(values(alone(rows.select(columns), by="name").to_dicts()))
    x, y, colour = setting.x(), alt.Y("share:Q", **axis), _colour(setting)
    low = alt.Y("low:Q", **axis)
    return [
        base.mark_area(opacity=0.14).encode(x=x, y=low, y2="high:Q", color=colour),
        lonely.mark_rule(strokeWidth=3, opacity=0.3).encode(x=x, y=low, y2="high:Q", color=colour),
        base.mark_line(strokeWidth=1.9).encode(x=x, y=y, color=colour),
        base.mark_point(size=24, filled=True, opacity=1).encode(x=x, y=y, color=colour, shape=shape),
    ]
