"""Monthly cooperation and conflict from coded events."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from equipoise.view.charts.setting import Setting, values
from equipoise.view.words import Words

WIDTH, HEIGHT = 560, 150


def by_month(frame: pl.DataFrame, *, powers: Sequence[str], words: Words) -> alt.VConcatChart:
    """Two panels over months with a line a power: cooperation and conflict, both directions together."""
    years = frame["month"].dt.year()
    setting = Setting(words, tuple(powers), int(years.min()), int(years.max()))  # type: ignore[arg-type]
    both = frame.group_by("month", "power").agg(pl.col("cooperation", "conflict").sum()).sort("month", "power")
    panels = [_panel(both, column=c, setting=setting) for c in ("cooperation", "conflict")]
    made: alt.VConcatChart = alt.vconcat(*panels, spacing=14)
    return made


def _panel(frame: pl.DataFrame, *, column: str, setting: Setting) -> alt.LayerChart:
    w = setting.words
    rows = [{"month": r["month"].isoformat(), "power": w.name(r["power"]), "sum": r[column]} for r in frame.to_dicts()]
    x = alt.X("month:T", title=w.m("axis_month"), axis=alt.Axis(format="%Y-%m", tickCount=8, labelOverlap=True))
    y = alt.Y("sum:Q", title=w.m("axis_scores"), scale=alt.Scale(domainMin=0))
    base = alt.Chart(values(rows)).encode(x=x, y=y, color=setting.colour("power", options=setting.powers))
    shape = setting.shape("power", options=setting.powers)
    layers = [base.mark_line(strokeWidth=1.6), base.mark_point(filled=True, size=16, opacity=1).encode(shape=shape)]
    return alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT, title=w.m.pick("coded", column))
