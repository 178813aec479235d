"""How far a state's voting in the United Nations stands from each power's."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.lines import by_power, named
from equipoise.view.charts.setting import Setting

WIDTH = 630


def distance(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Distance of ideal points to each power, with intervals."""
    rows, options = named(frame.filter(pl.col("distance").is_not_null()), by="power", setting=setting)
    axis: dict[str, Any] = {
        "title": setting.words.m("axis_distance"),
        "axis": alt.Axis(tickCount=6),
        "scale": alt.Scale(zero=True),
    }
    lines = by_power(rows, setting=setting, options=options, value="distance", axis=axis)
    return setting.over_time(setting.panel(*lines, width=WIDTH, height=260), width=WIDTH)
