"""The order between the powers: its stress, the two blocs of its deepest split, and rivalry by pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.lines import single
from equipoise.view.charts.setting import Setting, values
from equipoise.view.style import ACCENT, BLOCS, RAMP

WIDTH = 590
COMPONENTS = ("ideal_points", "sanctions", "alliances", "disputes", "strategic")
MOST_PAIRS = 12


def order(stress: pl.DataFrame, blocs: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Order stress with its interval, and beneath it who stands in which bloc by year."""
    m = setting.words.m
    axis: dict[str, Any] = {"title": m("axis_stress"), "axis": alt.Axis(tickCount=5), "scale": alt.Scale(zero=True)}
    line = single(stress, setting=setting, value="stress", colour=ACCENT, axis=axis, band=("low", "high"))
    panels = [setting.panel(*line, width=WIDTH, height=190, title=m("panel_stress"))]
    if blocs["bloc"].drop_nulls().len():
        panels.append(_blocs(blocs.filter(pl.col("bloc").is_not_null()), setting=setting))
    return setting.over_time(*panels, width=WIDTH)


def rivalry(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Rivalry of each pair as heat strips: pooled, then component by component."""
    m = setting.words.m
    pairs = most_rival(frame)
    rows = frame.filter(pl.col("value").is_not_null())
    panels = []
    for component in ("pooled", *COMPONENTS):
        part = rows.filter(pl.col("component").cast(pl.String) == component)
        if part.height:
            panels.append(
                pair_strip(
                    part,
                    setting=setting,
                    pairs=pairs,
                    title=m.pick("component", component),
                    legend=m("legend_rivalry"),
                    ramp=RAMP,
                    row=15 if component == "pooled" else 11,
                    labels=False,
                )
            )
    if panels:
        panels[-1] = pair_strip(
            part if part.height else rows.head(0),
            setting=setting,
            pairs=pairs,
            title=m.pick("component", component),
            legend=m("legend_rivalry"),
            ramp=RAMP,
            row=11,
        )
    return setting.over_time(*panels, width=WIDTH)


def most_rival(frame: pl.DataFrame) -> list[tuple[str, str]]:
    """The pairs to show, the most rival first; at most :data:`MOST_PAIRS`."""
    pooled = frame.filter(pl.col("component").cast(pl.String) == "pooled", pl.col("value").is_not_null())
    ranked = (
        pooled.group_by("power_a", "power_b")
        .agg(pl.col("value").mean())
        .sort("value", "power_a", "power_b", descending=[True, False, False])
    )
    return [(str(a), str(b)) for a, b in ranked.select("power_a", "power_b").rows()][:MOST_PAIRS]


def pair_strip(
    frame: pl.DataFrame,
    *,
    setting: Setting,
    pairs: Sequence[tuple[str, str]],
    title: str,
    legend: str,
    ramp: Sequence[str],
    row: int,
    labels: bool = True,
) -> alt.LayerChart:
    """Year × pair as tiles from light to dark."""
    w = setting.words
    shown = [w.pair(a, b) for a, b in pairs]
    rows = [
        {
            "from": r["year"] - 0.5,
            "to": r["year"] + 0.5,
            "pair": w.pair(str(r["power_a"]), str(r["power_b"])),
            "value": r["value"],
        }
        for r in frame.to_dicts()
        if (str(r["power_a"]), str(r["power_b"])) in set(pairs)
    ]
    axis = alt.Axis(labelFontSize=10, ticks=False, domain=False)
    scale = alt.Scale(domain=[0, 1], range=list(ramp), interpolate="rgb")
    bar = alt.Legend(gradientLength=180, gradientThickness=9, values=[0, 0.5, 1])
    tiles = alt.Chart(values(rows)).mark_rect(height={"band": 0.9})
    tiles = tiles.encode(
        x=setting.x("from", labels=labels),
        x2="to:Q",
        y=alt.Y("pair:N", scale=alt.Scale(domain=shown), title=None, axis=axis),
        color=alt.Color("value:Q", scale=scale, title=legend, legend=bar),
    )
    return setting.panel(tiles, width=WIDTH, height=row * len(shown), title=title)


def _blocs(frame: pl.DataFrame, *, setting: Setting) -> alt.LayerChart:
    w = setting.words
    names = [w.m("bloc", number=n) for n in (1, 2)]
    rows = [
        {
            "from": r["year"] - 0.47,
            "to": r["year"] + 0.47,
            "year": r["year"],
            "power": w.name(str(r["power"])),
            "bloc": names[int(r["bloc"]) - 1],
            "sign": str(r["bloc"]),
        }
        for r in frame.to_dicts()
    ]
    shown = [w.name(p) for p in setting.powers if w.name(p) in {r["power"] for r in rows}]
    y = alt.Y(
        "power:N", scale=alt.Scale(domain=shown), title=w.m("axis_power"), axis=alt.Axis(ticks=False, domain=False)
    )
    base = alt.Chart(values(rows))
    tiles = base.mark_rect(height={"band": 0.86}).encode(
        x=setting.x("from"),
        x2="to:Q",
        y=y,
        color=alt.Color("bloc:N", scale=alt.Scale(domain=names, range=list(BLOCS)), title=None),
    )
    signs = base.mark_text(fontSize=9, fontWeight=600).encode(
        x=setting.x("year"),
        y=y,
        text="sign:N",
        color=alt.condition("datum.sign == '1'", alt.value("#FFFFFF"), alt.value("#1F2933")),
    )
    return setting.panel(tiles, signs, width=WIDTH, height=20 * len(shown), title=w.m("panel_blocs"))
