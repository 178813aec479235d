"""Organisations as a timeline: what a state belonged to, as what, and when."""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.setting import Setting, values, year_position

WIDTH = 470
KINDS = {
    "member": "#1F4E79",
    "associate": "#4A7FB0",
    "participant": "#3E8E7E",
    "signatory": "#7B6BA8",
    "suspended": "#B03A2E",
    "partner": "#B8860B",
    "dialogue_partner": "#D1A545",
    "observer": "#8A5A44",
    "acceding": "#5F7F6B",
    "negotiating": "#8FB09A",
    "applicant": "#9AA5B1",
    "chair": "#A0408F",
}
"""Kinds of tie, from the closest down, and their colours."""
FUNCTIONS = ("security", "economy", "politics", "energy", "finance")
MOST_ROWS = 42
"""What fits on one printed page."""


def timeline(frame: pl.DataFrame, *, setting: Setting) -> list[alt.VConcatChart]:
    """Bars from entry to exit by organisation, grouped by first function; several charts if a page cannot hold them."""
    rows = _spells(frame, setting=setting)
    order = list(dict.fromkeys((r["group"], r["organisation"]) for r in rows))
    pages = [order[i : i + MOST_ROWS] for i in range(0, len(order), MOST_ROWS)]
    return [_page([r for r in rows if (r["group"], r["organisation"]) in set(page)], setting=setting) for page in pages]


def _page(rows: list[dict[str, Any]], *, setting: Setting) -> alt.VConcatChart:
    groups = list(dict.fromkeys(str(r["group"]) for r in rows))
    kinds = [k for k in KINDS if k in {r["code"] for r in rows}]
    panels = [
        _group([r for r in rows if r["group"] == g], setting=setting, kinds=kinds, title=g, labels=g == groups[-1])
        for g in groups
    ]
    return setting.over_time(*panels, width=WIDTH)


def _group(
    rows: list[dict[str, Any]],
    *,
    setting: Setting,
    kinds: list[str],
    title: str,
    labels: bool,
) -> alt.LayerChart:
    m = setting.words.m
    shown = list(dict.fromkeys(str(r["organisation"]) for r in rows))
    names = [m.pick("kind", k) for k in kinds]
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=names, range=[KINDS[k] for k in kinds]),
        legend=alt.Legend(columns=5),
    )
    y = alt.Y(
        "organisation:N",
        title=None,
        scale=alt.Scale(domain=shown),
        axis=alt.Axis(ticks=False, domain=False, labelFontSize=10.5, labelLimit=225),
    )
    layers = []
    for verified in (True, False):
        part = values([r for r in rows if r["verified"] is verified])
        style = {"opacity": 0.95} if verified else {"fillOpacity": 0.22, "strokeDash": [3, 2], "strokeWidth": 1.2}
        mark = alt.Chart(part).mark_bar(height={"band": 0.68}, **style)
        encoding = {"x": setting.x("from", labels=labels), "x2": "to:Q", "y": y, "color": colour}
        if not verified:
            encoding["stroke"] = alt.Stroke(
                "kind:N", title=None, legend=None, scale=alt.Scale(domain=names, range=[KINDS[k] for k in kinds])
            )
        layers.append(mark.encode(**encoding))
    return setting.panel(*layers, width=WIDTH, height=16 * len(shown), title=title)


def _spells(frame: pl.DataFrame, *, setting: Setting) -> list[dict[str, Any]]:
    w, first, last = setting.words, setting.since - 0.5, setting.until + 0.5
    name = f"name_{w.lang}"
    done = []
    for r in frame.filter(pl.col("start").is_not_null()).sort("start", "organisation").to_dicts():
        start, end = _position(r["start"], last), _position(r["end"], last)
        if end <= first or start >= last:
            continue
        function = str(r["function"] or "").split(";")[0]
        done.append(
            {
                "organisation": r[name] or r["name_en"] or r["organisation"],
                "from": max(first, start),
                "to": min(last, max(end, start + 0.15)),
                "code": str(r["kind"]),
                "kind": w.m.pick("kind", str(r["kind"])),
                "verified": bool(r["verified"]),
                "group": w.m.pick("function", function),
                "rank": _rank(function),
            }
        )
    starts: dict[object, float] = {}
    for r in done:
        starts.setdefault((r["rank"], r["organisation"]), r["from"])
    return sorted(done, key=lambda r: (r["rank"], starts[r["rank"], r["organisation"]], r["organisation"], r["from"]))


def _rank(function: str) -> int:
    return FUNCTIONS.index(function) if function in FUNCTIONS else len(FUNCTIONS)


def _position(day: date | None, open_end: float) -> float:
    return open_end if day is None else year_position(day)
