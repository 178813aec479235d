"""Acceptability of third states as dots with intervals, and how high a state stood where it mediated."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.errors import UsageError
from equipoise.view.charts.setting import values
from equipoise.view.style import ACCENT, MUTED
from equipoise.view.words import Words

WIDTH, STEP, MOST = 420, 19, 60
"""Width of the axis, height of a row, rows that can be read."""


def ranked(frame: pl.DataFrame, *, words: Words) -> alt.LayerChart:
    """A dot a state with its interval, the first on top."""
    rows = [{"label": f"{r['rank']}  {words.name(r['state'])}", "at": r["value"], "low": r["low"], "high": r["high"]}
            for r in frame.to_dicts()]
    return _dots(rows, title=words.m("axis_acceptability"))


def own(frame: pl.DataFrame, *, words: Words) -> alt.LayerChart:
    """A dot a mediation where the state stood among the others; the rule at ½ is where chance would put it."""
    rows: list[dict[str, Any]] = []
    for r in frame.to_dicts():
        label = f"{r['from_year']}  {words.pair(r['side_a'], r['side_b'])} ({words.m.pick('kind', r['kind'])})"
        again = sum(row["label"].startswith(label) for row in rows)
        rows.append({"label": label + " " * again, "at": r["standing"], "low": None, "high": None})
    half = alt.Chart(values([{"x": 0.5}])).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x="x:Q")
    return _dots(rows, title=words.m("axis_standing"), under=[half])


def _dots(rows: list[dict[str, Any]], *, title: str, under: list[alt.Chart] | None = None) -> alt.LayerChart:
    if len(rows) > MOST:
        raise UsageError(f"a chart of {len(rows)} rows cannot be read.", hint=f"Ask for {MOST} at most.")
    base = alt.Chart(values(rows))
    y = alt.Y("label:N", title=None, sort=[r["label"] for r in rows],
              axis=alt.Axis(labelLimit=320, domain=False, ticks=False))
    x = alt.X("at:Q", title=title, scale=alt.Scale(domain=[0, 1]))
    whiskers = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.45).encode(
        x=alt.X("low:Q", scale=alt.Scale(domain=[0, 1])), x2="high:Q", y=y)
    dots = base.mark_circle(size=70, color=ACCENT, opacity=1).encode(x=x, y=y)
    return alt.LayerChart(layer=[*(under or []), whiskers, dots], width=WIDTH, height=STEP * len(rows))
