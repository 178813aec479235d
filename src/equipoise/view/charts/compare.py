"""The same figure of several states, one panel a state, on one time axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.engagement import stacked
from equipoise.view.charts.lines import named, single
from equipoise.view.charts.setting import Setting, highest
from equipoise.view.style import ACCENT

WIDTH = 640


def lines(
    frames: Mapping[str, pl.DataFrame],
    *,
    setting: Setting,
    value: str,
    title: str,
    domain: tuple[float, float] | None,
    band: tuple[str, str] | None = None,
    number: str = "",
) -> alt.VConcatChart:
    """One line a state, with its band, all on the same scale.

    Parameters
    ----------
    frames
        State → frame with year, ``value`` and the columns of the band.
    """
    top = max(highest(f, value) for f in frames.values())
    low = min(float(v) for f in frames.values() for v in f[value].drop_nulls().to_list())
    scale = alt.Scale(domain=list(domain) if domain else [min(0.0, low), top], nice=domain is None)
    axis: dict[str, Any] = {
        "title": title,
        "scale": scale,
        "axis": alt.Axis(tickCount=4, format=number or alt.Undefined),
    }
    panels = [
        setting.panel(
            *single(f, setting=setting, value=value, colour=ACCENT, axis=axis, band=band),
            width=WIDTH,
            height=95,
            title=setting.words.name(state),
        )
        for state, f in frames.items()
    ]
    return setting.over_time(*panels, width=WIDTH)


def engagement(frames: Mapping[str, pl.DataFrame], *, setting: Setting) -> alt.VConcatChart:
    """Stacked engagement shares, a panel a state."""
    options = [o for o in setting.options if any(o in set(f["option"]) for f in frames.values())]
    panels = []
    for state, frame in frames.items():
        rows, _ = named(frame.filter(pl.col("share").is_not_null()), by="option", setting=setting)
        bars = stacked(rows, options=options, setting=setting, ticks=4)
        panels.append(setting.panel(bars, width=WIDTH, height=100, title=setting.words.name(state)))
    return setting.over_time(*panels, width=WIDTH)
