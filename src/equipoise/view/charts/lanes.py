"""Dated events of a state on one time axis, a lane for each group of kinds."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.happenings import COLOURS, GROUP, GROUPS
from equipoise.view.charts.setting import Setting, values, year_position

WIDTH, STEP, DOT = 590, 8.0, 44
"""Width of a lane, height of a row in it, area of a dot; all pixels."""


def shown(events: pl.DataFrame, *, since: int, until: int) -> pl.DataFrame:
    """The events that touch the years."""
    end = pl.coalesce("end", "date")
    return events.filter(pl.col("date").dt.year() <= until, end.dt.year() >= since).sort("date", "id")


def lanes(events: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """A dot an event, in rows that keep dots apart, hollow where a month or year alone is known; a bar to its end.

    Short labels above are those of the events that every time axis has.
    """
    rows = shown(events, since=setting.since, until=setting.until).to_dicts()
    groups = [g for g in GROUPS if any(GROUP[r["kind"]] == g for r in rows)]
    panels = [_lane([r for r in rows if GROUP[r["kind"]] == g], group=g, setting=setting, labels=g == groups[-1])
              for g in groups]
    return setting.over_time(*panels, width=WIDTH)


def _lane(events: list[dict[str, Any]], *, group: str, setting: Setting, labels: bool) -> alt.LayerChart:
    first, last = setting.since - 0.5, setting.until + 0.5
    apart = STEP / WIDTH * (last - first)
    free: list[float] = []
    rows = []
    for e in events:
        at = min(max(year_position(e["date"]), first), last)
        end = min(max(year_position(e["end"] or e["date"]), at), last)
        row = next((i for i, taken in enumerate(free) if taken + apart <= at), len(free))
        free[row:row + 1] = [end]
        rows.append({"at": at, "to": end, "row": row, "exact": e["precision"] == "day", "long": end - at > apart})
    y = alt.Y("row:Q", axis=None, scale=alt.Scale(domain=[len(free) - 0.4, -0.6], nice=False))
    x = setting.x("at", labels=labels)
    layers = [alt.Chart(values(r for r in rows if r["long"])).mark_rule(
        strokeWidth=4, opacity=0.4, color=COLOURS[group]).encode(x=x, x2="to:Q", y=y)]
    for exact in (True, False):
        mark = alt.Chart(values(r for r in rows if r["exact"] is exact)).mark_point(
            size=DOT, filled=exact, opacity=1, strokeWidth=1.3, color=COLOURS[group])
        layers.append(mark.encode(x=x, y=y))
    title = setting.words.m.pick("event_group", group)
    return setting.panel(*layers, width=WIDTH, height=int(STEP * (len(free) + 1)), title=title)

