"""Dated events as a list along a time axis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.setting import text_width, values
from equipoise.view.style import INK, MUTED
from equipoise.view.tables import dated
from equipoise.view.words import Words

GROUPS = {
    "security": ("crisis", "war", "sanctions", "nuclear"),
    "diplomacy": ("vote", "statement", "speech", "diplomacy", "visit", "summit", "treaty", "organisation"),
    "economy": ("economy", "energy", "currency"),
    "domestic": ("leadership", "domestic"),
    "publication": ("publication",),
}
"""Kinds of events that share a colour."""

COLOURS = {
    "security": "#A83200",
    "diplomacy": "#1257A8",
    "economy": "#B98E00",
    "domestic": "#2A9D6F",
    "publication": "#7B8794",
}
GROUP = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
WIDTH, TEXT, LINE, SIZE, PAGE = 190, 500, 15, 10.5, 56
"""Width of the axis and of the texts, height of a line and size of its letters, lines of a page."""


def listed(frame: pl.DataFrame, *, first: date, last: date, words: Words) -> list[alt.LayerChart]:
    """A dot, or a bar for an event of several days, on the axis, and beside it the date and what happened; pages."""
    rows = [_row(r, first=first, last=last, words=words) for r in frame.to_dicts()]
    pages: list[list[dict[str, Any]]] = [[]]
    for row in rows:
        if pages[-1] and sum(len(r["lines"]) for r in [*pages[-1], row]) > PAGE:
            pages.append([])
        pages[-1].append(row)
    present = [g for g in GROUPS if g in {r["group"] for r in rows}]
    return [_page(page, groups=present, first=first, last=last, words=words) for page in pages]


def _row(r: dict[str, Any], *, first: date, last: date, words: Words) -> dict[str, Any]:
    when = dated(r["date"], precision=r["precision"], words=words)
    text = f"{when}{words.m('colon')}{r[f'title_{words.lang}'] or r['title_en']}"
    end = r["end"] or r["date"]
    return {
        "from": _clipped(r["date"], first=first, last=last),
        "to": _clipped(end, first=first, last=last),
        "group": GROUP[r["kind"]],
        "lines": _wrapped(text),
        "long": end > r["date"],
    }


def _clipped(day: date, *, first: date, last: date) -> str:
    return min(max(day, first), last).isoformat()


def _wrapped(text: str) -> list[str]:
    """Lines of at most :data:`TEXT` pixels; a full-width character may end one."""
    lines, word = [""], ""
    for letter in f"{text} ":
        word += letter
        if letter == " " or ord(letter) > 0x2E7F:
            if lines[-1] and text_width((lines[-1] + word).rstrip(), size=SIZE) > TEXT:
                lines.append("")
            lines[-1] += word
            word = ""
    return [line.rstrip() for line in lines]


def _page(
    rows: Sequence[dict[str, Any]], *, groups: list[str], first: date, last: date, words: Words
) -> alt.LayerChart:
    at, marks, texts = 0, [], []
    for r in rows:
        marks.append(
            {
                "y": at,
                "from": r["from"],
                "to": r["to"],
                "long": r["long"],
                "group": words.m.pick("event_group", r["group"]),
            }
        )
        texts += [{"y": at + i, "text": line} for i, line in enumerate(r["lines"])]
        at += len(r["lines"])
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.7, at - 0.3], reverse=True, nice=False))
    span = alt.Scale(domain=[f"{first}T00:00:00", f"{last}T23:59:59"], nice=False)
    x = alt.X(
        "from:T", title=words.m("axis_date"), scale=span, axis=alt.Axis(tickCount=4, grid=True, labelOverlap=True)
    )
    colour = alt.Color(
        "group:N",
        title=None,
        legend=alt.Legend(columns=5),
        scale=alt.Scale(domain=[words.m.pick("event_group", g) for g in groups], range=[COLOURS[g] for g in groups]),
    )
    dots = alt.Chart(values(m for m in marks)).mark_circle(size=52, opacity=1).encode(x=x, y=y, color=colour)
    bars = (
        alt.Chart(values(m for m in marks if m["long"]))
        .mark_rule(strokeWidth=5, opacity=0.6)
        .encode(x=x, x2="to:T", y=y, color=colour)
    )
    rules = (
        alt.Chart(values(marks))
        .mark_rule(strokeDash=[1, 3], strokeWidth=0.7, color=MUTED, opacity=0.6)
        .encode(x=x, x2=alt.value(WIDTH + 8), y=y)
    )
    text = alt.Chart(values(texts)).mark_text(align="left", baseline="middle", fontSize=SIZE, color=INK)
    said = text.encode(x=alt.value(WIDTH + 14), y=y, text="text:N")
    return alt.LayerChart(layer=[rules, bars, dots, said], width=WIDTH, height=LINE * at)
