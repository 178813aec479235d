"""Ideal points over time: a line a state, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from equipoise.errors import UsageError
from equipoise.view.charts.lines import by_power, named
from equipoise.view.charts.setting import Setting
from equipoise.view.words import Words

WIDTH, HEIGHT = 590, 320
MOST_STATES = 12


def positions(frame: pl.DataFrame, *, states: Sequence[str], words: Words) -> alt.VConcatChart:
    """Lines with bands of the states; of a year with two sessions, the later.

    Raises
    ------
    UsageError
        More states than a chart can show.
    """
    if len(states) > MOST_STATES:
        raise UsageError(f"a chart of {len(states)} states cannot be read.",
                         hint=f"Name {MOST_STATES} at most, or write the rows to .csv.")
    rows = frame.sort("session").unique(["state", "year"], keep="last", maintain_order=True)
    setting = Setting(words=words, powers=tuple(states), since=int(rows["year"].min()),  # type: ignore[arg-type]
                      until=int(rows["year"].max()))  # type: ignore[arg-type]
    shown, options = named(rows, by="state", setting=setting)
    axis: dict[str, Any] = {"title": words.m("axis_ideal_point"), "axis": alt.Axis(tickCount=7),
                            "scale": alt.Scale(zero=False, nice=True)}
    layers = by_power(shown, setting=setting, options=options, value="mean", axis=axis)
    return setting.over_time(setting.panel(*layers, width=WIDTH, height=HEIGHT), width=WIDTH)
