"""Organisations from their own side: their members over time, how they overlap, what a state shares with powers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.organisations import KINDS, MOST_ROWS
from equipoise.view.charts.setting import Setting, text_width, values, year_position
from equipoise.view.style import ACCENT, INK, MUTED
from equipoise.view.words import Words

WIDTH, STEP = 470, 16
_BARS, _DOTS, _PLOT = 150, 34, 560


def of_organisation(spells: pl.DataFrame, *, day: date, words: Words) -> list[alt.VConcatChart]:
    """A bar a spell from entry to exit, a row a state, the earliest first, and the day as a rule; pages of rows."""
    first, last = int(spells["start"].dt.year().min()), max(day.year, date.today().year)  # type: ignore[arg-type]
    setting = Setting(words, (), first, last)
    order = list(dict.fromkeys(spells.sort("start", "state")["state"]))
    pages = [order[i : i + MOST_ROWS] for i in range(0, len(order), MOST_ROWS)]
    kinds = [k for k in KINDS if k in set(spells["kind"])]
    charts = [_members(spells, states=page, kinds=kinds, day=day, setting=setting) for page in pages]
    return [setting.over_time(chart, width=WIDTH) for chart in charts]


def _members(
    spells: pl.DataFrame, *, states: list[str], kinds: list[str], day: date, setting: Setting
) -> alt.LayerChart:
    w, end = setting.words, setting.until + 0.5
    rows = [
        {
            "state": w.name(r["state"]),
            "from": year_position(r["start"]),
            "kind": w.m.pick("kind", r["kind"]),
            "to": end if r["end"] is None else min(end, max(year_position(r["end"]), year_position(r["start"]) + 0.15)),
            "verified": bool(r["verified"]),
        }
        for r in spells.filter(pl.col("state").is_in(states)).sort("start").to_dicts()
    ]
    scale = alt.Scale(domain=[w.m.pick("kind", k) for k in kinds], range=[KINDS[k] for k in kinds])
    y = alt.Y(
        "state:N",
        title=None,
        scale=alt.Scale(domain=[w.name(s) for s in states]),
        axis=alt.Axis(ticks=False, domain=False, labelFontSize=10.5, labelLimit=225),
    )
    layers = []
    for verified in (True, False):
        style = {"opacity": 0.95} if verified else {"fillOpacity": 0.22, "strokeDash": [3, 2], "strokeWidth": 1.2}
        bars = alt.Chart(values(r for r in rows if r["verified"] is verified)).mark_bar(height={"band": 0.68}, **style)
        encoding = {
            "x": setting.x("from"),
            "x2": "to:Q",
            "y": y,
            "color": alt.Color("kind:N", title=None, scale=scale, legend=alt.Legend(columns=5)),
        }
        if not verified:
            encoding["stroke"] = alt.Stroke("kind:N", title=None, legend=None, scale=scale)
        layers.append(bars.encode(**encoding))
    rule = alt.Chart(values([{"x": year_position(day)}])).mark_rule(color=ACCENT, strokeWidth=1.2)
    layers.append(rule.encode(x=alt.X("x:Q", scale=setting.years)))
    return setting.panel(*layers, width=WIDTH, height=STEP * len(states))


def upset(sets: pl.DataFrame, *, organisations: Sequence[str], names: pl.DataFrame, words: Words) -> alt.VConcatChart:
    """An UpSet chart (Lex et al. 2014): a column a combination, its number of states as a bar, its bodies as dots.

    Parameters
    ----------
    sets
        organisations and states (lists), count; in the order of the columns.
    names
        organisation, name_en, name_zh.
    """
    column = f"name_{words.lang}"
    called = {r["organisation"]: r[column] or r["name_en"] for r in names.to_dicts()}
    rows = [{"place": str(i), **r} for i, r in enumerate(sets.to_dicts())]
    x = alt.X("place:N", scale=alt.Scale(domain=[r["place"] for r in rows]), axis=None)
    width = max(_DOTS * len(rows), _PLOT)
    top = max(int(r["count"]) for r in rows)
    y = alt.Y(
        "count:Q",
        title=words.m("axis_states"),
        scale=alt.Scale(domain=[0, top * 1.15], nice=False),
        axis=alt.Axis(tickMinStep=1, tickCount=5),
    )
    base = alt.Chart(values({"place": r["place"], "count": r["count"]} for r in rows)).encode(x=x, y=y)
    labels = base.mark_text(baseline="bottom", dy=-3, fontSize=11, color=INK).encode(text="count:Q")
    bars = alt.LayerChart(layer=[base.mark_bar(color=ACCENT, width=_DOTS * 0.7), labels], width=width, height=_BARS)
    made: alt.VConcatChart = alt.vconcat(
        bars,
        _matrix(rows, x=x, organisations=organisations, called=called, width=width),
        _who(rows, words=words),
        spacing=8,
    )
    return made


def _matrix(
    rows: list[dict[str, Any]], *, x: alt.X, organisations: Sequence[str], called: dict[str, str], width: int
) -> alt.LayerChart:
    y = alt.Y(
        "body:N",
        title=None,
        scale=alt.Scale(domain=[called[o] for o in organisations]),
        axis=alt.Axis(ticks=False, domain=False, labelLimit=300, labelFontSize=11),
    )
    dots = [
        {"place": r["place"], "body": called[o], "inside": o in r["organisations"]} for r in rows for o in organisations
    ]
    ends = [
        {
            "place": r["place"],
            "body": called[_outer(r, organisations, last=False)],
            "last": called[_outer(r, organisations, last=True)],
        }
        for r in rows
    ]
    lines = alt.Chart(values(ends)).mark_rule(strokeWidth=2.5, color=ACCENT).encode(x=x, y=y, y2="last:N")
    circles = (
        alt.Chart(values(dots))
        .mark_circle(size=150, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color("inside:N", legend=None, scale=alt.Scale(domain=[True, False], range=[ACCENT, "#D5DBE1"])),
        )
    )
    return alt.LayerChart(layer=[lines, circles], width=width, height=26 * len(organisations))


def _outer(row: dict[str, Any], organisations: Sequence[str], *, last: bool) -> str:
    inside = [o for o in organisations if o in row["organisations"]]
    return inside[-1 if last else 0]


def _who(rows: list[dict[str, Any]], *, words: Words) -> alt.LayerChart:
    """The states of every combination, as lines of text beneath."""
    lines: list[dict[str, Any]] = []
    for r in rows:
        head = " + ".join(r["organisations"]) + words.m("colon")
        for text in _lines(head, sorted(words.name(s) for s in r["states"]), comma=words.m("comma")):
            lines.append({"y": len(lines), "text": text})
    text = alt.Chart(values(lines)).mark_text(align="left", baseline="middle", fontSize=10.5, color=MUTED)
    scale = alt.Scale(domain=[-0.5, len(lines) - 0.5], reverse=True, nice=False)
    coded = text.encode(x=alt.value(0), y=alt.Y("y:Q", scale=scale, axis=None), text="text:N")
    return alt.LayerChart(layer=[coded], width=200, height=15 * len(lines))


def _lines(head: str, names: list[str], *, comma: str) -> list[str]:
    out = [head]
    for i, name in enumerate(names):
        piece = name + (comma if i < len(names) - 1 else "")
        if text_width(out[-1] + piece, size=10.5) > _PLOT:
            out.append("      ")
        out[-1] += piece
    return out


def shared(frame: pl.DataFrame, *, powers: Sequence[str], words: Words) -> alt.VConcatChart:
    """Two panels over time with a line a power: bodies shared by any tie, and by full membership of both."""
    years = frame["year"].unique().sort()
    setting = Setting(words, tuple(powers), int(years[0]), int(years[-1]))
    panels = [_counts(frame, column=c, setting=setting, labels=c == "members") for c in ("ties", "members")]
    made: alt.VConcatChart = alt.vconcat(*panels, spacing=14)
    return made


def _counts(frame: pl.DataFrame, *, column: str, setting: Setting, labels: bool) -> alt.LayerChart:
    w = setting.words
    rows = [{"year": r["year"], "power": w.name(r["power"]), "count": r[column]} for r in frame.to_dicts()]
    y = alt.Y("count:Q", title=w.m("axis_organisations"), scale=alt.Scale(domainMin=0), axis=alt.Axis(tickMinStep=1))
    base = alt.Chart(values(rows)).encode(
        x=setting.x(labels=labels), y=y, color=setting.colour("power", options=setting.powers)
    )
    lines = base.mark_line(interpolate="step", strokeWidth=1.8)
    points = base.mark_point(filled=True, size=22, opacity=1).encode(
        shape=setting.shape("power", options=setting.powers)
    )
    return setting.panel(lines, points, width=560, height=170, title=w.m.pick("shared", column))
