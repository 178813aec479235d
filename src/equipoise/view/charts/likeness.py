"""Similarity of portfolios: lines by partner, the range over many pairs, or a matrix of a user's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from equipoise.errors import UsageError
from equipoise.view.charts.lines import by_power, named, single
from equipoise.view.charts.setting import Setting, values
from equipoise.view.style import ACCENT, RAMP
from equipoise.view.words import Words

WIDTH, HEIGHT, GAP = 590, 190, 20
MOST_LINES, MOST_PANELS, MOST_NAMES = 12, 12, 40
"""Lines of a panel; panels; and names of a matrix: beyond them a chart cannot be read."""


def by_year(frame: pl.DataFrame, *, measures: Sequence[str], states: Sequence[str], words: Words) -> alt.VConcatChart:
    """A panel a measure and state with a line a partner; where they are too many, the median and range of all pairs.

    Parameters
    ----------
    frame
        state_a, state_b, year, and a column a measure.
    states
        The states that were named, in order; none where all are compared.
    """
    years = frame["year"].unique().sort()
    span = years[0], years[-1]
    firsts = [s for s in states if s in set(frame["state_a"])]
    most = max((frame.filter(state_a=s)["state_b"].n_unique() for s in firsts), default=MOST_LINES + 1)
    if most > MOST_LINES or len(firsts) * len(measures) > MOST_PANELS:
        setting = Setting(words, (), *span)
        panels = [_range(frame, measure=m, setting=setting) for m in measures]
        return setting.over_time(*panels, width=WIDTH)
    panels = []
    for measure in measures:
        for state in firsts:
            rows = frame.filter(state_a=state)
            partners = tuple(rows["state_b"].unique(maintain_order=True))
            setting = Setting(words, partners, *span)
            panels.append(_lines(rows, state=state, measure=measure, setting=setting))
    whole = alt.vconcat(*panels, spacing=GAP)
    made: alt.VConcatChart = whole.resolve_scale(color="independent", shape="independent")
    return made


def matrix(frame: pl.DataFrame, *, measures: Sequence[str], words: Words) -> alt.VConcatChart:
    """Every pair of a user's portfolios as a tile, a panel a measure; each pair stands on both sides.

    Raises
    ------
    UsageError
        More names than a chart can show.
    """
    names = list(dict.fromkeys([*frame["a"], *frame["b"]]))
    if len(names) > MOST_NAMES:
        raise UsageError(f"a chart of {len(names)} portfolios cannot be read.",
                         hint=f"Name {MOST_NAMES} at most, or write the rows to .csv.")
    panels = [_tiles(frame, names=names, measure=m, words=words) for m in measures]
    made: alt.VConcatChart = alt.vconcat(*panels, spacing=GAP).resolve_scale(color="independent")
    return made


def _axis(measure: str, *, words: Words) -> dict[str, Any]:
    title = words.m("axis_agreement") if measure == "agreement" else words.m("axis_similarity")
    return {"title": title, "axis": alt.Axis(tickCount=5), "scale": alt.Scale(zero=False, nice=True)}


def _lines(rows: pl.DataFrame, *, state: str, measure: str, setting: Setting) -> alt.LayerChart:
    w = setting.words
    none = pl.lit(None, dtype=pl.Float64)
    shown, partners = named(rows.with_columns(value=pl.col(measure), low=none, high=none), by="state_b",
                            setting=setting)
    _, _, *lines = by_power(shown, setting=setting, options=partners, value="value", axis=_axis(measure, words=w))
    title = w.m("panel_likeness", state=w.name(state), measure=w.m.pick("likeness", measure))
    return setting.panel(*lines, width=WIDTH, height=HEIGHT, title=title)


def _range(frame: pl.DataFrame, *, measure: str, setting: Setting) -> alt.LayerChart:
    w, value = setting.words, pl.col(measure)
    rows = frame.group_by("year").agg(value.median().alias("middle"), value.quantile(0.05).alias("low"),
                                      value.quantile(0.95).alias("high")).sort("year")
    layers = single(rows, setting=setting, value="middle", colour=ACCENT, axis=_axis(measure, words=w),
                    band=("low", "high"))
    title = w.m("panel_likeness_range", measure=w.m.pick("likeness", measure))
    return setting.panel(*layers, width=WIDTH, height=HEIGHT, title=title)


def _tiles(frame: pl.DataFrame, *, names: Sequence[str], measure: str, words: Words) -> alt.LayerChart:
    rows = [{"a": x, "b": y, "value": r[measure], "label": words.n.index(r[measure])}
            for r in frame.to_dicts() for x, y in ((r["a"], r["b"]), (r["b"], r["a"])) if r[measure] is not None]
    width, height = max(22, 560 // len(names)), max(22, min(48, 560 // len(names)))
    low = 0 if measure == "agreement" else -1
    base = alt.Chart(values(rows))
    order = alt.Scale(domain=list(names))
    x = alt.X("b:N", scale=order, title=words.m("axis_portfolio"), axis=alt.Axis(labelAngle=-45))
    y = alt.Y("a:N", scale=order, title=words.m("axis_portfolio"))
    colour = alt.Color("value:Q", title=_axis(measure, words=words)["title"],
                       scale=alt.Scale(domain=[low, 1], range=list(RAMP), interpolate="rgb"))
    tiles = base.mark_rect().encode(x=x, y=y, color=colour)
    light = alt.condition(f"datum.value > {0.35 if low else 0.65}", alt.value("#FFFFFF"), alt.value("#1F2933"))
    signs = base.mark_text(fontSize=9).encode(x=x, y=y, text="label:N", color=light)
    return alt.LayerChart(layer=[tiles, signs] if width >= 30 else [tiles], width=width * len(names),
                          height=height * len(names), title=words.m.pick("likeness", measure))
