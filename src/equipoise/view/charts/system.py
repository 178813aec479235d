"""The system of states over time: concentration, movement, effective number of poles, and polarity in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.lines import single
from equipoise.view.charts.setting import Setting, values, with_gaps
from equipoise.view.style import ACCENT
from equipoise.view.words import Words

WIDTH, HEIGHT, GAP = 590, 110, 20

Style = tuple[str, list[int]]
"""Colour and dash of a line."""

MOVEMENT: dict[str, Style] = {
    "move_union": ("#0B62A8", [1, 0]), "move_lagged": ("#B8860B", [6, 3]), "move_common": ("#A0408F", [2, 2]),
}
EFFECTIVE: dict[str, Style] = {"effective_herfindahl": ("#0B62A8", [1, 0]), "effective_entropy": ("#B8860B", [6, 3])}
RULES = ("schweller", "thompson")
KINDS = {
    "unipolar": "#3B4A5E", "near-unipolar": "#6C7F96", "bipolar": "#BF6B3A", "tripolar": "#E0A96D",
    "multipolar": "#EBDDC3",
}


def system(frame: pl.DataFrame, *, words: Words) -> alt.VConcatChart:
    """Small multiples by year of the frame of :func:`equipoise.pipeline.measure_system`."""
    m = words.m
    setting = Setting(words=words, powers=(), since=int(frame["year"][0]), until=int(frame["year"][-1]))
    axis: dict[str, Any] = {"title": m("axis_con"), "axis": alt.Axis(tickCount=4), "scale": alt.Scale(zero=True)}
    con = single(frame, setting=setting, value="con", colour=ACCENT, axis=axis)
    panels = [setting.panel(con[0], width=WIDTH, height=HEIGHT, title=m("panel_con"))]
    for title, styles, label in (("panel_move", MOVEMENT, "axis_move"), ("panel_effective", EFFECTIVE, "axis_poles")):
        if any(frame[c].drop_nulls().len() for c in styles):
            panels.append(setting.panel(*_lines(frame, styles=styles, setting=setting, title=m(label)), width=WIDTH,
                                        height=HEIGHT, title=m(title)))
    panels.append(_kinds(frame, setting=setting))
    made: alt.VConcatChart = alt.vconcat(*panels, spacing=GAP).resolve_scale(
        color="independent", strokeDash="independent")
    return made


def _lines(frame: pl.DataFrame, *, styles: Mapping[str, Style], setting: Setting, title: str) -> list[alt.Chart]:
    """One line a column; a year alone is a point."""
    names = {c: setting.words.m.pick("column", c) for c in styles}
    long = frame.unpivot(list(styles), index="year", variable_name="column", value_name="value")
    rows = with_gaps(long, setting=setting, by="column").with_columns(name=pl.col("column").replace_strict(names))
    base = alt.Chart(values(rows.select("year", "name", "value").to_dicts()))
    domain, legend = list(names.values()), alt.Legend(symbolSize=500, symbolStrokeWidth=2)
    colour = alt.Color("name:N", title=None, legend=legend,
                       scale=alt.Scale(domain=domain, range=[c for c, _ in styles.values()]))
    dash = alt.StrokeDash("name:N", title=None, legend=legend,
                          scale=alt.Scale(domain=domain, range=[d for _, d in styles.values()]))
    y = alt.Y("value:Q", title=title, axis=alt.Axis(tickCount=4), scale=alt.Scale(zero=True))
    return [base.mark_line(strokeWidth=1.7, point=frame.height == 1).encode(x=setting.x(), y=y, color=colour,
                                                                            strokeDash=dash)]


def _kinds(frame: pl.DataFrame, *, setting: Setting) -> alt.LayerChart:
    """Polarity as tiles, a row a rule; a year that no rule fits is blank."""
    m = setting.words.m
    names = {k: m.pick("polarity", k) for k in KINDS}
    rows = [{"from": r["year"] - 0.5, "to": r["year"] + 0.5, "rule": m.pick("column", rule), "kind": names[r[rule]]}
            for r in frame.to_dicts() for rule in RULES if r[rule]]
    seen = [k for k in KINDS if names[k] in {r["kind"] for r in rows}]
    scale = alt.Scale(domain=[names[k] for k in seen], range=[KINDS[k] for k in seen])
    tiles = alt.Chart(values(rows)).mark_rect(height={"band": 0.8}).encode(
        x=setting.x("from"), x2="to:Q",
        y=alt.Y("rule:N", title=m("axis_rule"), scale=alt.Scale(domain=[m.pick("column", r) for r in RULES]),
                axis=alt.Axis(ticks=False, domain=False)),
        color=alt.Color("kind:N", title=None, scale=scale))
    return setting.panel(tiles, width=WIDTH, height=48, title=m("panel_polarity"))
