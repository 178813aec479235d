"""How far a state's voting in the United Nations stands from each power's."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.lines import by_power, named
from equipoise.view.charts.setting import Setting, values, with_gaps

WIDTH = 630


def distance(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Distance of ideal points to each power, with intervals; dotted, by the published points."""
    rows, options = named(frame, by="power", setting=setting)
    axis: dict[str, Any] = {
        "title": setting.words.m("axis_distance"),
        "axis": alt.Axis(tickCount=6),
        "scale": alt.Scale(zero=True),
    }
    own = rows.filter(pl.col("distance").is_not_null())
    lines = by_power(own, setting=setting, options=options, value="distance", axis=axis)
    theirs = rows.filter(pl.col("published").is_not_null()).select("year", "name", "published")
    dotted = alt.Chart(values(with_gaps(theirs, setting=setting, by="name").to_dicts()))
    published = dotted.mark_line(strokeWidth=1, strokeDash=[2, 3], opacity=0.75).encode(
        x=setting.x(), y=alt.Y("published:Q", **axis), color=setting.colour("name", options=options))
    return setting.over_time(setting.panel(published, *lines, width=WIDTH, height=260), width=WIDTH)
