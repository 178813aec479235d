"""A scenario in the world of sectors: what changes in the long run and in the short, by state or by sector."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.assemble.sector_tables import sector_elasticities
from equipoise.view.charts.setting import values
from equipoise.view.style import ACCENT, BLOCS, MUTED, RAMP
from equipoise.view.words import Words

WIDTH, ROW = 510, 17
"""Pixels of the panel and of a row."""

MOST = 60
"""Rows that can be read."""

_RUNS = {"long": (ACCENT, "circle"), "short": (RAMP[3], "diamond")}
"""Colour and shape of each run, so that grey prints tell them apart."""


def heading(title: str, *, state: str, words: Words) -> str:
    """The title of a chart of one state's sectors."""
    return words.m("scenario_in_state", scenario=title, state=words.name(state))


def both_runs(frame: pl.DataFrame, *, words: Words) -> alt.LayerChart:
    """A row a state or sector, with a mark for each run and a line between them; falls to the left.

    Parameters
    ----------
    frame
        state with long_pct and short_pct, or sector with these after ``output_``; where there are long_low_pct and
        its like, a band through each mark.
    """
    of_states = "state" in frame.columns
    start = "" if of_states else "output_"
    title = words.m("axis_income_pct" if of_states else "axis_output_pct")
    labels = {run: words.m.pick("run", run) for run in _RUNS}
    named = dict(sector_elasticities().select("sector", f"name_{words.lang}").iter_rows())
    data = [{"name": words.name(r["state"]) if of_states else named[r["sector"]], "run": labels[run],
             "value": r[f"{start}{run}_pct"], "low": r.get(f"{run}_low_pct"), "high": r.get(f"{run}_high_pct")}
            for r in frame.head(MOST).to_dicts() for run in _RUNS]
    order = list(dict.fromkeys(d["name"] for d in data))
    data = [d for d in data if d["value"] is not None]
    shown = [labels[run] for run in _RUNS if any(d["run"] == labels[run] for d in data)]
    marks = [_RUNS[run] for run in _RUNS if labels[run] in shown]
    y = alt.Y("name:N", title=None, scale=alt.Scale(domain=order), axis=alt.Axis(ticks=False, labelLimit=230))
    x: dict[str, Any] = {"title": title, "axis": alt.Axis(tickCount=6), "scale": alt.Scale(padding=9)}
    base = alt.Chart(values(data))
    zero = alt.Chart(values([{"value": 0}])).mark_rule(color=MUTED, strokeWidth=1).encode(x=alt.X("value:Q", **x))
    span = base.mark_line(strokeWidth=1.2, color=BLOCS[1]).encode(y=y, x=alt.X("value:Q", **x), detail="name:N")
    colour = alt.Color("run:N", title=None, scale=alt.Scale(domain=shown, range=[m[0] for m in marks]))
    ranged = alt.Chart(values([d for d in data if d["low"] is not None]))
    band = ranged.mark_rule(strokeWidth=7, opacity=0.28).encode(y=y, x=alt.X("low:Q", **x), x2="high:Q", color=colour)
    point = base.mark_point(filled=True, size=64, opacity=1).encode(
        y=y, x=alt.X("value:Q", **x),
        color=colour,
        shape=alt.Shape("run:N", title=None, scale=alt.Scale(domain=shown, range=[m[1] for m in marks])),
    )
    return alt.LayerChart(layer=[zero, band, span, point], width=WIDTH, height=ROW * len(order))
