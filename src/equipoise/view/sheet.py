"""One measure's chart by itself, for a paper or a slide: title above, what to know and the sources beneath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl
import vl_convert
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from equipoise.acquire.registry import Source
from equipoise.assemble import codes
from equipoise.view.charts.setting import text_width
from equipoise.view.report import page
from equipoise.view.style import INK, MUTED, theme
from equipoise.view.svg import MARGIN, alone, inline
from equipoise.view.tables import Table
from equipoise.view.words import Words

WIDTH = 600
"""Pixels that the lines beneath the chart may take."""

MOST_ROWS = 2000
"""Rows of a table on a page; the rest is for the files."""

SCALE = 2.0
"""Pixels of a PNG to those of the drawing."""

_TITLE, _LINE = 15, 10.5


@dataclass(frozen=True, slots=True)
class Sheet:
    """A chart, or one a state, and what stands around it.

    ``own_table`` says whether the package's dated table of sanctions is a source, too; ``own`` names its other tables
    that are (``organisations``, ``events``, ``forces``, ``regions``). ``heading`` takes the place of the usual title.
    """

    chart: alt.TopLevelMixin | Sequence[alt.TopLevelMixin]
    kind: str
    sources: Sequence[Source]
    own_table: bool
    words: Words
    own: Sequence[str] = ()
    heading: str = ""

    @property
    def parts(self) -> list[Any]:
        """The charts, one below the other."""
        return [self.chart] if isinstance(self.chart, alt.TopLevelMixin) else list(self.chart)

    @property
    def title(self) -> str:
        """What the chart shows."""
        return self.heading or self.words.m(f"measure.{self.kind}")

    @property
    def note(self) -> str:
        """How to read it."""
        return self.words.m(f"measure_note.{self.kind}")

    @property
    def source_line(self) -> str:
        """The sources with their versions; nothing where the data are the user's."""
        m = self.words.m
        titles = [m("source_version", title=s.title, version=s.version) for s in self.sources]
        if self.own_table:
            titles.append(m("own_sanctions"))
        titles.extend(m.pick("own_table", name) for name in self.own)
        return m("source_line", sources=m("semicolon").join(titles)) if titles else ""

    def framed(self) -> alt.VConcatChart:
        """The chart with its title, note and sources as one Altair chart, in the theme of the reports."""
        head = alt.TitleParams(text=wrapped(self.title, width=WIDTH, size=_TITLE), fontSize=_TITLE, color=INK,
                               anchor="start", offset=12)
        lines = [line for text in (self.note, self.source_line) if text
                 for line in wrapped(text, width=WIDTH, size=_LINE)]
        foot = alt.TitleParams(text=lines, orient="bottom", fontSize=_LINE, fontWeight="normal", color=MUTED,
                               anchor="start", offset=10)
        with debug_mode(False):
            whole = alt.vconcat(alt.vconcat(*self.parts, title=head, spacing=18), title=foot)
            whole["config"] = theme() | {"background": "white", "padding": MARGIN, "legend": _legend()}
        return whole

    def svg(self) -> str:
        """The framed chart as an SVG file."""
        return alone(self.framed(), alt_text=f"{self.title} {self.note}", lang=self.words.lang)

    def png(self) -> bytes:
        """The framed chart as a PNG file."""
        return bytes(vl_convert.svg_to_png(self.svg(), scale=SCALE))

    def html(self, frame: pl.DataFrame, *, more: Mapping[str, pl.DataFrame], provenance: Mapping[str, Any]) -> str:
        """A page with the chart, the figures behind it, and where they come from; no script, no outside request."""
        drawings = [Markup(inline(c, key=f"m{i}", alt_text=f"{self.title} {self.note}", lang=self.words.lang))
                    for i, c in enumerate(self.parts)]
        tables = [(table(f, words=self.words), f.height) for f in (frame, *more.values())]
        return page("measure.html.j2", words=self.words, sheet=self, drawings=drawings, tables=tables, most=MOST_ROWS,
                    provenance=_told(provenance, words=self.words))


def _legend() -> dict[str, object]:
    """The theme's legend less its layout, which the drawing knows and Altair's schema does not."""
    legend = theme()["legend"]
    assert isinstance(legend, dict)
    return {k: v for k, v in legend.items() if k != "layout"}


def table(frame: pl.DataFrame, *, words: Words) -> Table:
    """The first :data:`MOST_ROWS` rows of a frame as text: states by name, numbers at three digits."""
    named = {c for c, t in frame.schema.items() if t == pl.String and c not in _AS_THEY_ARE}
    rows = [[_cell(v, named=c in named, words=words) for c, v in row.items()] for row in
            frame.head(MOST_ROWS).iter_rows(named=True)]
    numbers = [i for i, t in enumerate(frame.dtypes) if t.is_numeric() and i]
    return Table([_head(c, words=words) for c in frame.columns], rows, first=min(numbers, default=99))


_AS_THEY_ARE = ("a", "b", "schweller_states", "thompson_states")


def wrapped(text: str, *, width: float, size: float) -> list[str]:
    """A text in lines of at most so many pixels; between full-width characters a line may end anywhere.

    >>> wrapped("one two three", width=60, size=10)
    ['one two', 'three']
    >>> wrapped("大國之間的競爭", width=40, size=10)
    ['大國之間', '的競爭']
    """
    pieces: list[str] = []
    for letter in text:
        joined = pieces and letter != " " and not _full(letter) and not _full(pieces[-1][-1]) and pieces[-1][-1] != " "
        # A line never begins with a mark that closes.
        if joined or (pieces and letter in "，。；、：）」】？！ "):
            pieces[-1] += letter
        else:
            pieces.append(letter)
    lines = [""]
    for piece in pieces:
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), size=size) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _full(letter: str) -> bool:
    return ord(letter) > 0x2E7F


def _head(column: str, *, words: Words) -> str:
    stem, _, code = column.rpartition("_")
    if stem in ("bloc", "loading", "deepest"):
        return f"{words.m.pick('column', stem)} {words.name(code)}"
    return words.m.pick("column", column)


def _cell(value: Any, *, named: bool, words: Words) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return words.m("yes" if value else "no")
    if isinstance(value, float):
        return words.n.index(value, digits=3)
    return _word(value, words=words) if named else str(value)


def _word(value: str, *, words: Words) -> str:
    if value in ("0", "EUU") or value in codes.states()["iso3"]:
        return words.name(value)
    for family in ("component", "polarity", "kind", "event"):
        if words.m.has(f"{family}.{value}"):
            return words.m.pick(family, value)
    return value


def _told(provenance: Mapping[str, Any], *, words: Words) -> list[tuple[str, str]]:
    """The plain parts of a provenance and its options as names and values; sources stand by themselves."""
    flat = {k: v for k, v in provenance.items() if not isinstance(v, dict)} | provenance["options"]
    return [(words.m.pick("provenance", k), _value(v, words=words)) for k, v in flat.items() if v is not None]


def _value(value: Any, *, words: Words) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{k}: {_value(v, words=words)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return words.m("yes" if value else "no") if isinstance(value, bool) else str(value)
