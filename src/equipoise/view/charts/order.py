"""The order between the powers: its stress, the two blocs of its deepest split, and rivalry by pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.lines import DASH, outline, range_colour, single
from equipoise.view.charts.setting import Setting, values, with_gaps
from equipoise.view.style import ACCENT, BLOCS, MUTED, RAMP

WIDTH = 590
COMPONENTS = ("ideal_points", "sanctions", "alliances", "disputes", "strategic")
MOST_PAIRS, MOST_LINES = 12, 6


def order(stress: pl.DataFrame, blocs: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Order stress with its interval, and beneath it who stands in which bloc by year."""
    m = setting.words.m
    axis: dict[str, Any] = {"title": m("axis_stress"), "axis": alt.Axis(tickCount=5), "scale": alt.Scale(zero=True)}
    line = single(stress, setting=setting, value="stress", colour=ACCENT, axis=axis, band=("low", "high"))
    line += outline(stress, setting=setting, low="stress_without_low", high="stress_without_high", axis=axis)
    panels = [setting.panel(*line, width=WIDTH, height=190, title=m("panel_stress"))]
    if blocs["bloc"].drop_nulls().len():
        panels.append(_blocs(blocs, column="bloc", title=m("panel_blocs"), setting=setting))
    return setting.over_time(*panels, width=WIDTH)


def structure(frame: pl.DataFrame, blocs: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Frustration and depth of the signed system with their intervals, and the two blocs of its deepest minimum."""
    m = setting.words.m
    panels = []
    said = (m("axis_frustration"), m("panel_frustration")), (m("axis_depth"), m("panel_depth"))
    for name, top, height, (unit, title) in zip(("frustration", "depth"), (0.5, 1.0), (110, 130), said, strict=True):
        axis: dict[str, Any] = {
            "title": unit, "axis": alt.Axis(tickCount=5), "scale": alt.Scale(domain=[0, top])
        }  # fmt: skip
        band = (f"{name}_low", f"{name}_high")
        line = single(frame, setting=setting, value=name, colour=ACCENT, axis=axis, band=band)
        line += outline(frame, setting=setting, low=f"{name}_without_low", high=f"{name}_without_high", axis=axis)
        panels.append(setting.panel(*line, width=WIDTH, height=height, title=title))
    if blocs["deepest"].drop_nulls().len():
        panels.append(_blocs(blocs, column="deepest", title=m("panel_deepest"), setting=setting))
    return setting.over_time(*panels, width=WIDTH)


def rivalry(
    frame: pl.DataFrame, *, setting: Setting, components: Sequence[str] = ("pooled", *COMPONENTS)
) -> alt.VConcatChart:
    """Rivalry of each pair as heat strips: pooled, then component by component; those without a value are left out."""
    m = setting.words.m
    pairs = most_rival(frame)
    rows = frame.filter(pl.col("value").is_not_null())
    parts = {c: rows.filter(pl.col("component").cast(pl.String) == c) for c in components}
    shown = [c for c, part in parts.items() if part.height]
    panels = [
        pair_strip(
            parts[c],
            setting=setting,
            pairs=pairs,
            title=m.pick("component", c),
            legend=m("legend_rivalry"),
            ramp=RAMP,
            row=15 if c == "pooled" else 11,
            labels=c == shown[-1],
        )
        for c in shown
    ]
    return setting.over_time(*panels, width=WIDTH)


def rivalry_lines(frame: pl.DataFrame, *, setting: Setting) -> alt.FacetChart:
    """Pooled rivalry of the most rival pairs, a small panel each: interval, and range without each component."""
    w = setting.words
    names = {p: w.pair(*p) for p in most_rival(frame)[:MOST_LINES]}
    pooled = frame.filter(pl.col("component").cast(pl.String) == "pooled").drop("component")
    each = pooled.with_columns(pl.col("power_a", "power_b").cast(pl.String))
    what = w.m("legend_without")
    shown = []
    for (a, b), name in names.items():
        pair = each.filter(power_a=a, power_b=b).drop("power_a", "power_b").with_columns(pair=pl.lit(name))
        shown += with_gaps(pair, setting=setting, by="pair").with_columns(what=pl.lit(what)).to_dicts()
    marks = [{"pair": name, "x": mark.x} for name in names.values() for mark in setting.marks]
    axis: dict[str, Any] = {
        "scale": alt.Scale(domain=[0, 1]), "axis": alt.Axis(tickCount=3), "title": w.m("legend_rivalry")
    }  # fmt: skip
    layers = _pair_layers(setting=setting, axis=axis, label=what)
    facet = alt.Facet("pair:N", title=None, sort=list(names.values()), header=alt.Header(**_HEADER))
    stack = alt.layer(*layers, data=values([*shown, *marks]), width=WIDTH // 2 - 30, height=72)
    return stack.facet(facet=facet, columns=2, spacing={"row": 10, "column": 24})


_HEADER: dict[str, Any] = {"labelAnchor": "start", "labelFontSize": 11, "labelFontWeight": 600, "labelPadding": 3}


def _pair_layers(*, setting: Setting, axis: dict[str, Any], label: str) -> list[alt.Chart]:
    base, x = alt.Chart(), setting.x()
    rules = base.transform_filter("isValid(datum.x)").mark_rule(
        color=MUTED, strokeDash=[2, 3], strokeWidth=0.8, opacity=0.75
    )
    years = base.transform_filter("isValid(datum.year)")
    dashed, colour = years.mark_line(strokeWidth=1.2, strokeDash=DASH), range_colour("what", label=label)
    return [
        rules.encode(x=alt.X("x:Q", scale=setting.years)),
        years.mark_area(opacity=0.18, color=ACCENT).encode(x=x, y=alt.Y("low:Q", **axis), y2="high:Q"),
        years.mark_line(strokeWidth=2, color=ACCENT).encode(x=x, y=alt.Y("value:Q", **axis)),
        *(dashed.encode(x=x, y=alt.Y(f"{c}:Q", **axis), stroke=colour) for c in ("without_low", "without_high")),
    ]


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


def _blocs(frame: pl.DataFrame, *, column: str, title: str, setting: Setting) -> alt.LayerChart:
    w = setting.words
    names = [w.m("bloc", number=n) for n in (1, 2)]
    rows = [
        {
            "from": r["year"] - 0.47,
            "to": r["year"] + 0.47,
            "year": r["year"],
            "power": w.name(str(r["power"])),
            "bloc": names[int(r[column]) - 1],
            "sign": str(r[column]),
        }
        for r in frame.filter(pl.col(column).is_not_null()).to_dicts()
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
    return setting.panel(tiles, signs, width=WIDTH, height=20 * len(shown), title=title)
