"""What the charts of one report have in common: words, colours, the time axis and its dated events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import altair as alt
import polars as pl

from equipoise.schema import OUTSIDE
from equipoise.view.style import ACCENT, MUTED, palette, point_shapes
from equipoise.view.words import Words

EVENT_FONT = 10
_ROW = 13
SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
_TICK_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Mark:
    """A dated event on a time axis: position in years and short label."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Setting:
    """The frame of one report's charts.

    Parameters
    ----------
    powers
        The powers of the report in order, without the outside option.
    since, until
        First and last year of every time axis.
    marks
        The events that every time axis carries.
    """

    words: Words
    powers: tuple[str, ...]
    since: int
    until: int
    marks: tuple[Mark, ...] = ()

    @property
    def colours(self) -> dict[str, str]:
        """Power → colour."""
        return palette(self.powers)

    @property
    def options(self) -> tuple[str, ...]:
        """The powers, then the outside option."""
        return (*self.powers, OUTSIDE)

    def colour(self, field: str, *, options: Sequence[str], legend: bool = True) -> alt.Color:
        """Encode a field that holds names of powers by their fixed colours."""
        names = [self.words.name(o) for o in options]
        scale = alt.Scale(domain=names, range=[self.colours[o] for o in options])
        return alt.Color(f"{field}:N", scale=scale, title=None, legend=alt.Legend(symbolOpacity=1) if legend else None)

    def shape(self, field: str, *, options: Sequence[str]) -> alt.Shape:
        """Encode the same field by point shapes; merges with the legend of the colours."""
        shapes = point_shapes(self.powers)
        names = [self.words.name(o) for o in options]
        return alt.Shape(f"{field}:N", scale=alt.Scale(domain=names, range=[shapes[o] for o in options]), title=None)

    def x(self, field: str = "year", *, labels: bool = True) -> alt.X:
        """The time axis: annual values stand at their year, which reaches half a year to both sides."""
        step = next((s for s in _TICK_STEPS if (self.until - self.since) / s <= 16), 20)
        ticks = [y for y in range(self.since, self.until + 1) if y % step == 0]
        axis = alt.Axis(
            values=ticks,
            format="d",
            grid=False,
            labels=labels,
            ticks=labels,
            title=self.words.m("axis_year") if labels else None,
        )
        return alt.X(f"{field}:Q", scale=self.years, axis=axis)

    @property
    def years(self) -> alt.Scale:
        """The scale of every time axis."""
        return alt.Scale(domain=[self.since - 0.5, self.until + 0.5], nice=False, zero=False)

    def rules(self) -> alt.Chart:
        """The events as rules through a panel; it is a layer."""
        base: alt.Chart = alt.Chart(values({"x": m.x} for m in self.marks)).mark_rule(
            color=MUTED, strokeDash=[2, 3], strokeWidth=0.8, opacity=0.75
        )
        return base.encode(x=alt.X("x:Q", scale=self.years))

    def panel(self, *layers: alt.Chart, width: int, height: int, title: str | None = None) -> alt.LayerChart:
        """Layers over the event rules."""
        stack = [self.rules(), *layers] if self.marks else list(layers)
        return alt.LayerChart(layer=stack, width=width, height=height, title=title or alt.Undefined)

    def over_time(self, *panels: alt.LayerChart, width: int) -> alt.VConcatChart:
        """Panels one below the other, under the labels of the events."""
        head = [self._labels(width=width)] if self.marks else []
        return alt.vconcat(*head, *panels, spacing=6)

    def _labels(self, *, width: int) -> alt.LayerChart:
        rows = placed(self.marks, span=(self.since - 0.5, self.until + 0.5), width=width)
        height = _ROW * (1 + max(r["row"] for r in rows))
        data = values({**r, "top": height - _ROW * r["row"] - 4, "foot": height} for r in rows)
        y = alt.Y("top:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
        x = alt.X("x:Q", scale=self.years, axis=None)
        base = alt.Chart(data)
        rule = base.mark_rule(color=MUTED, strokeWidth=0.8, opacity=0.75).encode(x=x, y=y, y2="foot:Q")
        texts = [
            base.transform_filter(f"datum.side == '{side}'")
            .mark_text(
                align=side, baseline="bottom", dx=3 if side == "left" else -3, dy=5, fontSize=EVENT_FONT, color=ACCENT
            )
            .encode(x=x, y=y, text="label:N")
            for side in SIDES
            if any(r["side"] == side for r in rows)
        ]
        return alt.LayerChart(layer=[rule, *texts], width=width, height=height)


def values(rows: Iterable[dict[str, Any]]) -> alt.InlineData:
    """Rows as inline data of a chart; as one JSON text, since Altair copies a list of rows again and again."""
    return alt.InlineData(values=json.dumps(list(rows), ensure_ascii=False), format=alt.JsonDataFormat(type="json"))


def highest(frame: pl.DataFrame, *columns: str) -> float:
    """The highest value of some columns; 0 where they hold none."""
    return max((float(v) for c in columns for v in frame[c].drop_nulls().to_list()), default=0.0)


def with_gaps(frame: pl.DataFrame, *, setting: Setting, by: str) -> pl.DataFrame:
    """Every year for every value of ``by``, null where there is none, so that a line breaks instead of bridging."""
    years = pl.DataFrame({"year": range(setting.since, setting.until + 1)}, schema={"year": frame.schema["year"]})
    grid = years.join(frame.select(pl.col(by).unique()).sort(by), how="cross")
    return grid.join(frame, on=["year", by], how="left").sort(by, "year")


def year_position(day: date) -> float:
    """Where a day stands on a time axis whose annual values stand at whole years.

    >>> year_position(date(2022, 1, 1)), round(year_position(date(2014, 3, 18)), 2)
    (2021.5, 2013.71)
    """
    return day.year - 0.5 + (day.timetuple().tm_yday - 1) / 366


def text_width(text: str, *, size: float) -> float:
    """A fair guess of a label's width in pixels: full-width characters are square, others a little over half."""
    return sum(size if ord(c) > 0x2E7F else 0.56 * size for c in text)


def placed(marks: Sequence[Mark], *, span: tuple[float, float], width: int) -> list[dict[str, Any]]:
    """Give every label a row, from the right, so that neither labels nor rules cross a label.

    >>> [r["row"] for r in placed([Mark(2000.0, "a long label"), Mark(2001.0, "b")], span=(1990, 2020), width=300)]
    [1, 0]
    """
    scale = width / (span[1] - span[0])
    done: list[dict[str, Any]] = []
    for mark in sorted(marks, key=lambda m: (-m.x, m.label)):
        at, long = (mark.x - span[0]) * scale, text_width(mark.label, size=EVENT_FONT) + 8
        side = "left" if at + long <= width + 30 else "right"
        ends = (at, at + long) if side == "left" else (at - long, at)
        row = min(range(12), key=lambda r: (_crossings(r, at=at, ends=ends, done=done), r))
        done.append({"x": mark.x, "label": mark.label, "row": row, "side": side, "at": at, "ends": ends})
    return [{k: r[k] for k in ("x", "label", "row", "side")} for r in reversed(done)]


def _crossings(row: int, *, at: float, ends: tuple[float, float], done: list[dict[str, Any]]) -> int:
    found = 0
    for other in done:
        low, high = other["ends"]
        if other["row"] == row and ends[0] < high and low < ends[1]:
            found += 3
        if other["row"] < row and low < at < high:
            found += 1
        if other["row"] > row and ends[0] < other["at"] < ends[1]:
            found += 1
    return found


def marks_of(events: pl.DataFrame, *, since: int, until: int, words: Words) -> tuple[Mark, ...]:
    """The events that belong on time axes, within the years shown."""
    shown = events.filter(pl.col("on_axes"), pl.col("date").dt.year().is_between(since, until)).sort("date", "id")
    label = f"short_{words.lang}"
    return tuple(Mark(year_position(r["date"]), r[label] or r["short_en"]) for r in shown.to_dicts())
