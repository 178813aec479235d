"""When each channel opened with each power: a panel a power, a row a channel, in the order of opening."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.setting import Setting, text_width, values, year_position
from equipoise.view.style import INK, MUTED

WIDTH = 560
ROW = 23
FONT = 10
CHANNELS = {
    "diplomacy": "#4A3AA7",
    "security": "#A83200",
    "trade": "#1257A8",
    "energy": "#9A7400",
    "finance": "#2A7F62",
    "aid": "#6E7F1D",
    "technology": "#B0468A",
    "transit": "#6B4423",
    "institutions": "#4B535E",
}
"""Colours of the channels; every row is named too, so that colour is never the only sign."""
MARKS = {"fact": "circle", "measured": "diamond", "at_latest": "triangle-left"}
"""Shapes: a dated fact, a first tie in the data, and one that may be older than the data show."""
_PALE, _PALE_WORDS, _LATER = 0.45, 0.7, 26


def timeline(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Marks by channel and year: the first of each channel large and labelled, what came after it small.

    Parameters
    ----------
    frame
        Openings as :class:`equipoise.schema.StateReport` has them.
    """
    rows = _rows(frame, setting=setting)
    powers = [p for p in setting.powers if any(r["power"] == p for r in rows)]
    kinds = [k for k in MARKS if any(r["mark"] == k for r in rows)]
    panels = [
        _panel(
            [r for r in rows if r["power"] == p],
            setting=setting,
            kinds=kinds,
            labels=p == powers[-1],
            title=setting.words.name(p),
        )
        for p in powers
    ]
    return alt.vconcat(*panels, spacing=8)


def _panel(
    rows: list[dict[str, Any]], *, setting: Setting, kinds: list[str], labels: bool, title: str
) -> alt.LayerChart:
    m = setting.words.m
    lanes = [r["lane"] for r in sorted((r for r in rows if r["first"]), key=lambda r: (r["order"], r["x"]))]
    lanes = list(dict.fromkeys(lanes))
    y = alt.Y(
        "lane:N",
        title=None,
        scale=alt.Scale(domain=lanes),
        axis=alt.Axis(ticks=False, domain=False, labelFontSize=11, labelLimit=200),
    )
    x = setting.x("x", labels=labels)
    named = [m.pick("channel", c) for c in CHANNELS]
    colour = alt.Color("channel:N", scale=alt.Scale(domain=named, range=list(CHANNELS.values())), legend=None)
    shown = [m.pick("opening_mark", k) for k in kinds]
    shape = alt.Shape(
        "shown:N",
        title=None,
        scale=alt.Scale(domain=shown, range=[MARKS[k] for k in kinds]),
        legend=alt.Legend(symbolFillColor=MUTED, symbolStrokeColor=MUTED),
    )
    alpha = alt.Opacity("alpha:Q", scale=None, legend=None)
    layers = [
        alt.Chart(values([r for r in rows if r["first"]]))
        .mark_rule(strokeWidth=1.2, opacity=0.35)
        .encode(x=x, x2="end:Q", y=y, color=colour)
    ]
    for first, size in ((False, _LATER), (True, 85)):
        if part := [r for r in rows if r["first"] is first]:
            layers.append(
                alt.Chart(values(part))
                .mark_point(filled=True, size=size, stroke="#FFFFFF", strokeWidth=0.6)
                .encode(x=x, y=y, color=colour, shape=shape, opacity=alpha)
            )
    layers += [_labels([r for r in rows if r["first"] and r["side"] == s], side=s, x=x, y=y) for s in ("left", "right")]
    # Without the rules of the report's events: this chart has events of its own, and names them.
    return alt.LayerChart(layer=[c for c in layers if c is not None], width=WIDTH, height=ROW * len(lanes), title=title)


def _labels(rows: list[dict[str, Any]], *, side: str, x: alt.X, y: alt.Y) -> alt.Chart | None:
    """What opened, on the side of the mark that has the room."""
    if not rows:
        return None
    mark = alt.Chart(values(rows)).mark_text(
        align="left" if side == "left" else "right",
        baseline="bottom",
        dx=7 if side == "left" else -7,
        dy=-2,
        fontSize=FONT,
        color=INK,
    )
    made: alt.Chart = mark.encode(x=x, y=y, text="label:N", opacity=alt.Opacity("words:Q", scale=None, legend=None))
    return made


def _rows(frame: pl.DataFrame, *, setting: Setting) -> list[dict[str, Any]]:
    w, end = setting.words, setting.until + 0.5
    inside = frame.filter(pl.col("date").dt.year().is_between(setting.since, setting.until))
    done = []
    order = {(r["power"], r["channel"]): r["order"] for r in inside.drop_nulls("order").to_dicts()}
    for r in inside.to_dicts():
        if (r["power"], r["channel"]) not in order:  # it opened before the years that are shown
            continue
        at = _position(r)
        channel = w.m.pick("channel", str(r["channel"]))
        label = str(r[f"what_{w.lang}"] or r["what_en"])
        mark = "at_latest" if r["at_latest"] else str(r["kind"])
        place = order[r["power"], r["channel"]]
        done.append(
            {
                "power": str(r["power"]),
                "channel": channel,
                "lane": f"{place}. {channel}",
                "x": at,
                "end": end,
                "first": r["order"] is not None,
                "order": place,
                "label": label,
                "mark": mark,
                "shown": w.m.pick("opening_mark", mark),
                "alpha": 1.0 if r["verified"] else _PALE,
                "words": 1.0 if r["verified"] else _PALE_WORDS,
                "side": _side(at, label, setting=setting),
            }
        )
    return done


def _position(row: dict[str, Any]) -> float:
    """Where an opening stands: a day at its day, a month in its middle, a year in its middle."""
    if row["precision"] == "year":
        return float(row["date"].year)
    return year_position(row["date"] + timedelta(days=15 if row["precision"] == "month" else 0))


def _side(at: float, label: str, *, setting: Setting) -> str:
    room = (setting.until + 0.5 - at) * WIDTH / (setting.until - setting.since + 1)
    return "left" if text_width(label, size=FONT) + 12 < room else "right"
