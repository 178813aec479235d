"""With whom a state deals: engagement shares, the channels behind them, the multi-vector index and its parts."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.schema import CHANNELS
from equipoise.view.charts.lines import by_power, named, outline, single
from equipoise.view.charts.setting import Setting, highest, values, with_gaps
from equipoise.view.style import ACCENT

WIDTH = 630
PARTS = {"spread": ("#0B62A8", [6, 3]), "issue_splitting": ("#B8860B", [2, 2]), "straddle": ("#A0408F", [8, 3, 2, 3])}
"""The parts of the multi-vector index → colour and dash."""


def engagement(shares: pl.DataFrame, channels: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Engagement by power and year: shares stacked, the same as lines with intervals, and the channels observed."""
    rows, options = named(shares.filter(pl.col("share").is_not_null()), by="option", setting=setting)
    top = min(1.0, 1.05 * highest(rows, "high", "share") or 1.0)
    axis: dict[str, Any] = {
        "scale": alt.Scale(domain=[0, top], nice=True),
        "title": setting.words.m("axis_engagement"),
        "axis": alt.Axis(format="%", tickCount=6),
    }
    lines = by_power(rows, setting=setting, options=options, value="share", axis=axis)
    panels = [
        _stacked(rows, setting=setting, options=options),
        setting.panel(*lines, width=WIDTH, height=230, title=setting.words.m("panel_interval")),
    ]
    if channels["share"].drop_nulls().len():
        panels.append(_channels(channels, setting=setting))
    return setting.over_time(*panels, width=WIDTH)


def multi_vector(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """The multi-vector index with its interval, and beneath it its three parts and equidistance, the hedging score."""
    m = setting.words.m
    axis: dict[str, Any] = {"scale": alt.Scale(domain=[0, 1]), "title": m("axis_index"), "axis": alt.Axis(tickCount=5)}
    index = single(frame, setting=setting, value="index", colour=ACCENT, axis=axis, band=("index_low", "index_high"))
    names = {part: m.pick("index", part) for part in PARTS}
    long = frame.unpivot(list(PARTS), index="year", variable_name="part", value_name="value")
    rows = with_gaps(long, setting=setting, by="part").with_columns(name=pl.col("part").replace_strict(names))
    domain = list(names.values())
    parts = (
        alt.Chart(values(rows.select("year", "name", "value").to_dicts()))
        .mark_line(strokeWidth=1.9)
        .encode(
            x=setting.x(),
            y=alt.Y("value:Q", **axis),
            color=alt.Color(
                "name:N",
                title=None,
                legend=alt.Legend(symbolSize=500, symbolStrokeWidth=2),
                scale=alt.Scale(domain=domain, range=[c for c, _ in PARTS.values()]),
            ),
            strokeDash=alt.StrokeDash(
                "name:N",
                title=None,
                legend=alt.Legend(symbolSize=500, symbolStrokeWidth=2),
                scale=alt.Scale(domain=domain, range=[d for _, d in PARTS.values()]),
            ),
        )
    )
    return setting.over_time(
        setting.panel(*index, width=WIDTH, height=150, title=m("panel_index")),
        setting.panel(parts, width=WIDTH, height=150, title=m("panel_parts")),
        _straddle(frame, setting=setting),
        _equidistance(frame, setting=setting),
        width=WIDTH,
    )


def _straddle(frame: pl.DataFrame, *, setting: Setting) -> alt.LayerChart:
    """Straddle alone: of the parts it is the one that rests on rivalry."""
    m = setting.words.m
    axis: dict[str, Any] = {"scale": alt.Scale(domain=[0, 1]), "title": m("axis_index"), "axis": alt.Axis(tickCount=5)}
    colour, band = PARTS["straddle"][0], ("straddle_low", "straddle_high")
    line = single(frame, setting=setting, value="straddle", colour=colour, axis=axis, band=band)
    line += outline(frame, setting=setting, low="straddle_without_low", high="straddle_without_high", axis=axis)
    return setting.panel(*line, width=WIDTH, height=130, title=m("panel_straddle"))


def _equidistance(frame: pl.DataFrame, *, setting: Setting) -> alt.LayerChart:
    """Equidistance with its interval, which rests on rivalry alone."""
    m = setting.words.m
    axis: dict[str, Any] = {"scale": alt.Scale(domain=[0, 1]), "title": m("axis_index"), "axis": alt.Axis(tickCount=5)}
    band, without = ("equidistance_low", "equidistance_high"), ("equidistance_without_low", "equidistance_without_high")
    line = single(frame, setting=setting, value="equidistance", colour=ACCENT, axis=axis, band=band)
    line += outline(frame, setting=setting, low=without[0], high=without[1], axis=axis)
    return setting.panel(*line, width=WIDTH, height=130, title=m("panel_equidistance"))


def _stacked(rows: pl.DataFrame, *, setting: Setting, options: list[str]) -> alt.LayerChart:
    bars = stacked(rows, options=options, setting=setting, ticks=5, labels=False)
    return setting.panel(bars, width=WIDTH, height=160, title=setting.words.m("panel_stacked"))


def _channels(frame: pl.DataFrame, *, setting: Setting) -> alt.LayerChart:
    m = setting.words.m
    seen = frame.filter(pl.col("share").is_not_null()).select("year", pl.col("channel").cast(pl.String)).unique()
    order = [m.pick("channel", c) for c in CHANNELS]
    rows = [
        {"from": r["year"] - 0.46, "to": r["year"] + 0.46, "channel": m.pick("channel", r["channel"])}
        for r in seen.sort("channel", "year").to_dicts()
    ]
    tiles = (
        alt.Chart(values(rows))
        .mark_rect(color=ACCENT, opacity=0.7, height={"band": 0.66})
        .encode(
            x=setting.x("from"),
            x2="to:Q",
            y=alt.Y("channel:N", scale=alt.Scale(domain=order), title=m("axis_channel"), axis=alt.Axis(grid=False)),
        )
    )
    return setting.panel(tiles, width=WIDTH, height=18 * len(order), title=m("panel_channels"))


def stacked(rows: pl.DataFrame, *, options: list[str], setting: Setting, ticks: int, labels: bool = True) -> alt.Chart:
    """Shares by year as stacked bars; rows have year, share, name and rank, as ``lines.named`` gives them."""
    width = max(2.0, 0.86 * WIDTH / (setting.until - setting.since + 1))
    axis = alt.Axis(format="%", tickCount=ticks)
    scale = alt.Scale(domain=[0, 1], nice=False)
    title = setting.words.m("axis_engagement")
    base = alt.Chart(values(rows.select("year", "share", "name", "rank").to_dicts()))
    bars: alt.Chart = base.mark_bar(size=width, orient="vertical").encode(
        x=setting.x(labels=labels),
        order="rank:Q",
        color=setting.colour("name", options=options),
        y=alt.Y("share:Q", stack="zero", scale=scale, title=title, axis=axis),
    )
    return bars
