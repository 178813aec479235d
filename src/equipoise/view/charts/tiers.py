"""Tiers of a power's interest as concentric rings."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any, Literal

import altair as alt
import polars as pl

from equipoise.view.charts.setting import Setting, highest, text_width, values
from equipoise.view.style import COLOURS, INK, SPARE

RADII = {1: 134, 2: 206, 3: 270}
_INNER = 46
Weight = Literal[400, 700, 800]
_TURN = {1: 0.0, 2: 0.3, 3: -0.3}
"""How far a ring is turned, in steps from state to state, so that names of neighbouring rings do not meet."""
_FILLS = {1: 0.30, 2: 0.18, 3: 0.08}


def rings(frame: pl.DataFrame, *, power: str, state: str, setting: Setting) -> alt.LayerChart:
    """The power in the centre, its tiers as rings with the names of the states; the report's own state is bold.

    The states of a ring stand in the order of the frame, clockwise from the top; an asterisk marks a land border.
    """
    w, colour = setting.words, setting.colours.get(power) or COLOURS.get(power, SPARE[0])
    tiers = [t for t in RADII if t <= max(highest(frame, "tier"), 1)]
    outer = RADII[tiers[-1]]
    layers = [
        _disc(inner=_INNER if t == 1 else RADII[t - 1], outer=RADII[t], colour=colour, fill=_FILLS[t])
        for t in reversed(tiers)
    ]
    layers.append(_disc(inner=0, outer=_INNER, colour=colour, fill=1))
    layers.append(
        _texts([{"x": 0, "y": 0, "label": w.name(power)}], size=15, colour="#FFFFFF", weight=700, outer=outer)
    )
    names: list[dict[str, Any]] = []
    own: list[dict[str, Any]] = []
    for tier in tiers:
        here = frame.filter(pl.col("tier") == tier)
        states = [str(s) for s in here["state"]]
        beside = set(here.filter(pl.col("border"))["state"])
        for row in _around(states, tier=tier, beside=beside, setting=setting):
            (own if row["code"] == state else names).append(row)
    layers.append(
        _texts([_tier_label(t, setting=setting) for t in tiers], size=10, colour="#52606D", weight=400, outer=outer)
    )
    if names:
        layers.append(_texts(names, size=12, colour=INK, weight=400, outer=outer))
    if own:
        layers.append(_texts(own, size=12, colour=INK, weight=800, outer=outer))
    return alt.LayerChart(layer=layers, width=2 * outer, height=2 * outer)


def _around(states: list[str], *, tier: int, beside: set[str], setting: Setting) -> list[dict[str, Any]]:
    inner = _INNER if tier == 1 else RADII[tier - 1]
    # Off the middle of the ring, whose top carries the ring's own label.
    radius = (inner + RADII[tier]) / 2
    names = {s: f"{setting.words.name(s)}{'*' if s in beside else ''}" for s in states}
    room = 2 * pi * radius * 0.8
    if sum(text_width(n, size=12) + 10 for n in names.values()) > room:
        names = {s: f"{s}{'*' if s in beside else ''}" for s in states}
    step = 2 * pi / (len(states) + 1)
    start = step * (1 + _TURN[tier])
    return [
        {"x": radius * sin(start + step * i), "y": radius * cos(start + step * i), "label": names[s], "code": s}
        for i, s in enumerate(states)
    ]


def _tier_label(tier: int, *, setting: Setting) -> dict[str, Any]:
    return {"x": 0, "y": RADII[tier] - 13, "label": setting.words.m("tier", number=tier)}


def _disc(*, inner: float, outer: float, colour: str, fill: float) -> alt.Chart:
    disc: alt.Chart = alt.Chart(values([{}])).mark_arc(
        innerRadius=inner,
        outerRadius=outer,
        theta=0,
        theta2=2 * pi,
        color=colour,
        fillOpacity=fill,
        stroke="#FFFFFF",
        strokeWidth=1.5,
    )
    return disc


def _texts(rows: list[dict[str, Any]], *, size: int, colour: str, weight: Weight, outer: float) -> alt.Chart:
    scale = alt.Scale(domain=[-outer, outer], nice=False)
    base: alt.Chart = alt.Chart(values(rows)).mark_text(fontSize=size, color=colour, fontWeight=weight)
    return base.encode(x=alt.X("x:Q", scale=scale, axis=None), y=alt.Y("y:Q", scale=scale, axis=None), text="label:N")
