"""How far the policy can be carried towards confrontation, to whom it falls, and which pair threatens it."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.lines import named, outline, single
from equipoise.view.charts.order import WIDTH, pair_strip
from equipoise.view.charts.setting import Setting, values
from equipoise.view.style import ACCENT, RAMP


def leeway(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Leeway over time with its interval, and beneath it the option that the policy falls to."""
    m = setting.words.m
    axis: dict[str, Any] = {"scale": alt.Scale(domain=[0, 1]), "title": m("axis_leeway"), "axis": alt.Axis(tickCount=5)}
    line = single(frame, setting=setting, value="value", colour=ACCENT, axis=axis, band=("low", "high"))
    inner = single(frame, setting=setting, value="value", colour=ACCENT, axis=axis, band=("mid_low", "mid_high"))
    line = [line[0], inner[0], *line[1:]]
    line += outline(frame, setting=setting, low="without_low", high="without_high", axis=axis)
    panels = [setting.panel(*line, width=WIDTH, height=210, title=m("panel_leeway"))]
    if frame["falls_to"].drop_nulls().len():
        panels.append(_falls_to(frame, setting=setting))
    return setting.over_time(*panels, width=WIDTH)


def pairs(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Leeway if only one pair of powers turns to confrontation: dark where little is left."""
    m = setting.words.m
    rows = frame.filter(pl.col("value").is_not_null())
    ranked = rows.group_by("power_a", "power_b").agg(pl.col("value").mean()).sort("value", "power_a", "power_b")
    shown = [(str(a), str(b)) for a, b in ranked.select("power_a", "power_b").rows()]
    strip = pair_strip(
        rows, setting=setting, pairs=shown, title=m("panel_pairs"), legend=m("legend_leeway"), ramp=RAMP[::-1], row=18
    )
    return setting.over_time(strip, width=WIDTH)


def pair_bars(frame: pl.DataFrame, *, setting: Setting) -> alt.LayerChart:
    """Leeway by pair in one year, with intervals, in the order of the rows."""
    w = setting.words
    rows = [
        {"pair": w.pair(str(r["power_a"]), str(r["power_b"])), **{k: r[k] for k in ("value", "low", "high")}}
        for r in frame.to_dicts()
    ]
    y = alt.Y("pair:N", sort=None, title=w.m("axis_pair"), axis=alt.Axis(ticks=False, domain=False, labelPadding=10))
    x: dict[str, Any] = {"scale": alt.Scale(domain=[0, 1]), "title": w.m("axis_leeway"), "axis": alt.Axis(tickCount=5)}
    base = alt.Chart(values(rows))
    span = base.mark_rule(strokeWidth=3, color=ACCENT, opacity=0.35).encode(x=alt.X("low:Q", **x), x2="high:Q", y=y)
    dot = base.mark_point(size=60, filled=True, opacity=1, color=ACCENT).encode(x=alt.X("value:Q", **x), y=y)
    return alt.LayerChart(layer=[span, dot], width=WIDTH, height=20 * len(rows))


def _falls_to(frame: pl.DataFrame, *, setting: Setting) -> alt.LayerChart:
    rows, options = named(
        frame.filter(pl.col("falls_to").is_not_null()).with_columns(pl.col("falls_to").cast(pl.String)),
        by="falls_to",
        setting=setting,
    )
    tiles = [{"from": r["year"] - 0.47, "to": r["year"] + 0.47, "name": r["name"], "row": ""} for r in rows.to_dicts()]
    chart = (
        alt.Chart(values(tiles))
        .mark_rect(height={"band": 0.9})
        .encode(
            x=setting.x("from"),
            x2="to:Q",
            y=alt.Y("row:N", title=None, axis=alt.Axis(labels=False, ticks=False, domain=False)),
            color=setting.colour("name", options=options),
        )
    )
    return setting.panel(chart, width=WIDTH, height=22, title=setting.words.m("panel_falls_to"))
