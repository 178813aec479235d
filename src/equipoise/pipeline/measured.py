"""What a measure's call returns: rows, chart, sources and how they were made, ready to be shown or written."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
import polars.selectors as cs

from equipoise import store
from equipoise.acquire.registry import Source
from equipoise.acquire.registry import source as entry_of
from equipoise.assemble.packed import Pack
from equipoise.assemble.panel.citations import bibtex
from equipoise.assemble.panel.stata import stata
from equipoise.assemble.panel.write import METADATA
from equipoise.errors import UsageError
from equipoise.view.data import UNITS, plain

DIGITS = 12
"""Floats are rounded to so many: the last bits differ between processors, and what is written must not."""

PICTURES = (".svg", ".png", ".html")

Draw = Callable[[Any], Any]
"""What draws the chart, given the words of a language (:class:`equipoise.view.words.Words`)."""

Say = Callable[[Any], str]
"""What writes a line of text in a language, given its words."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of one measure, with their chart and where they come from.

    Attributes:
        kind: ``order``, ``rivalry``, ``system``, ``similarity``, ``engagement``, ``strategy`` or ``ideal-points``;
            ``trade-loss``, ``trade-losses``, ``trade-sectors``, ``simulate``; of
            organisations ``members``, ``portfolio``, ``overlap``, ``shared``, ``tiers`` or ``priorities``; ``events``;
            ``mediators``, ``mediations``.
        frame: the rows; a value that does not exist is null.
        units: of every column of the frame that has one.
        sources: registry entries by id.
        options: what was asked for, defaults filled in.
        more: further tables by name: of ``engagement`` the multi-vector index or the shares, which ``frame`` is not.
        own_table: whether sanctions enter, which rest on a dated table of the package's own.
        literature: keys in the bibliography of what the measure itself is from.
        remarks: what a reader would be surprised by.
        caption: what the chart's title and note go by; ``kind``, where it has but one chart.
        beneath: ids of the sources of the chart, where they are not all.
        own: the package's other hand-kept tables that enter: ``organisations``, ``events``, ``forces``, ``regions``,
            ``mediations``.
        heading: the chart's title in a language, where the usual one of its kind does not say enough.
    """

    kind: str
    frame: pl.DataFrame
    units: Mapping[str, str]
    sources: Mapping[str, Source]
    options: Mapping[str, Any]
    literature: Sequence[str]
    pack: Pack
    draw: Draw = field(repr=False)
    more: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    own_table: bool = False
    remarks: Sequence[str] = ()
    caption: str = ""
    beneath: Sequence[str] | None = None
    own: Sequence[str] = ()
    heading: Say | None = field(default=None, repr=False)

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions of the package, the pack and every source, and the options: enough to make the rows again."""
        told: dict[str, Any] = plain({
            "measure": self.kind, "equipoise": version("equipoise"), "pack": self.pack.manifest["version"],
            "pack_sha256": self.pack.fingerprint, "options": dict(self.options),
            "sources": {i: {"title": s.title, "version": s.version, "licence": s.licence, "cite": s.cite}
                        for i, s in self.sources.items()},
        })
        return told

    @property
    def data(self) -> dict[str, Any]:
        """What ``--json`` prints: rows, further tables, units and provenance, as plain Python."""
        return {"rows": plain(self.frame), **{k: plain(v) for k, v in self.more.items()}, "units": dict(self.units),
                "provenance": self.provenance}

    @property
    def credits(self) -> list[str]:
        """The sources in words, each with its version."""
        tables = [*(["sanctions"] if self.own_table else []), *self.own]
        own = [f"equipoise: dated table of {name}, {version('equipoise')}" for name in tables]
        return [*(f"{s.title}, {s.version}" for s in self.sources.values()), *own]

    def chart(self, lang: str = "en") -> Any:
        """The chart with its title and sources, as an Altair chart; texts in ``en`` or ``zh-Hant``."""
        return self._sheet(lang).framed()

    def citations(self) -> str:
        """The references of the sources and of the measure, as BibTeX."""
        return bibtex([*(s.bibtex for s in self.sources.values()), *self.literature])

    def write(self, path: Path | str, *, lang: str = "en") -> Path:
        """Write the rows or the chart, by the file's suffix, and return its path; nothing is left half written.

        ``.csv``, ``.parquet``, ``.arrow`` and ``.dta`` (Stata) hold the frame, ``.svg``, ``.png`` and ``.html`` the
        chart. Provenance is in the metadata of Parquet under ``equipoise``, in ``NAME.json`` beside CSV and Arrow, and
        on the page; Stata has the units in its labels.

        Raises:
            UsageError: another suffix, or a chart of more than can be drawn.
            CannotWrite: the folder is not there or not writable.
        """
        path = Path(path)
        check_path(path)
        suffix = path.suffix.lower()
        if suffix in PICTURES:
            return store.atomic_write(path, content=self._picture(suffix, lang=lang))
        content, beside = _FRAMES[suffix](self)
        # What explains the file is there before the file is, so that the file never stands alone.
        if beside:
            store.atomic_write(path.with_suffix(".json"), content=beside)
        return store.atomic_write(path, content=content)

    def _sheet(self, lang: str) -> Any:
        from equipoise.view.sheet import Sheet  # Altair is slow to import
        from equipoise.view.words import words

        spoken = words(lang)
        used = [s for i, s in self.sources.items() if self.beneath is None or i in self.beneath]
        return Sheet(chart=self.draw(spoken), kind=self.caption or self.kind, sources=used, words=spoken,
                     own_table=self.own_table and self.beneath is None, own=self.own,
                     heading=self.heading(spoken) if self.heading else "")

    def _picture(self, suffix: str, *, lang: str) -> bytes | str:
        sheet = self._sheet(lang)
        if suffix == ".html":
            return str(sheet.html(self.frame, more=self.more, provenance=self.provenance))
        return sheet.png() if suffix == ".png" else str(sheet.svg())


def check_path(path: Path) -> None:
    """Refuse a file that cannot be written, before anything is computed for it.

    Raises:
        UsageError: no suffix that is known; the message names those that are.
        CannotWrite: the folder is not there.

    Examples:
        >>> check_path(Path("order.xlsx"))
        Traceback (most recent call last):
        ...
        equipoise.errors.UsageError: order.xlsx has no suffix that says how to write it. Use .csv, ... .html ....
    """
    if path.suffix.lower() not in (*_FRAMES, *PICTURES):
        raise UsageError(f"{path} has no suffix that says how to write it.",
                         hint=f"Use {', '.join(_FRAMES)} for the rows, {', '.join(PICTURES)} for the chart.")
    store.check_place(path)


def made(kind: str, frame: pl.DataFrame, *, sources: Sequence[str], pack: Pack, draw: Draw, options: Mapping[str, Any],
         units: Mapping[str, str] | None = None, literature: Sequence[str] = (), own_table: bool = False,
         more: Mapping[str, pl.DataFrame] | None = None, **rest: Any) -> Measured:
    """Return the result of a measure, refusing one without rows.

    Args:
        sources: ids in the registry.
        units: of columns that are not in :data:`equipoise.view.data.UNITS`, or mean something else there.
        rest: further attributes of :class:`Measured`.

    Raises:
        UsageError: there are no rows.
    """
    if frame.is_empty():
        raise UsageError(f"there is nothing to show: {kind} has no rows for what was asked.",
                         hint="Choose other years, states or powers.")
    frame, *others = [settled(f) for f in (frame, *(more or {}).values())]
    known = {**UNITS, **(units or {})}
    columns = dict.fromkeys(c for f in (frame, *others) for c in f.columns)
    return Measured(kind, frame, {c: known[c] for c in columns if c in known}, {i: entry_of(i) for i in sources},
                    options, literature, pack, draw, dict(zip(more or {}, others, strict=True)), own_table, **rest)


def settled(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with floats rounded to :data:`DIGITS`, what is not a number null, and whole numbers for years."""
    floats = frame.with_columns(cs.float().fill_nan(None).round_sig_figs(DIGITS))
    return floats.with_columns(pl.col("year").cast(pl.Int32)) if "year" in frame.columns else floats


def _about(m: Measured) -> str:
    return json.dumps(m.provenance | {"units": dict(m.units)}, ensure_ascii=False, indent=1) + "\n"


def _csv(m: Measured) -> tuple[bytes, str]:
    return m.frame.write_csv().encode(), _about(m)


def _parquet(m: Measured) -> tuple[bytes, str]:
    buffer = io.BytesIO()
    m.frame.write_parquet(buffer, metadata={METADATA: _about(m)})
    return buffer.getvalue(), ""


def _arrow(m: Measured) -> tuple[bytes, str]:
    # The oldest layout of text is the one that R and older readers know.
    buffer = io.BytesIO()
    m.frame.write_ipc(buffer, compat_level=pl.CompatLevel.oldest())
    return buffer.getvalue(), _about(m)


def _stata(m: Measured) -> tuple[bytes, str]:
    labels = {c: f"{c.replace('_', ' ')} ({m.units[c]})" if c in m.units else c.replace("_", " ")
              for c in m.frame.columns}
    return stata(m.frame, labels=labels, title=f"{m.kind}, equipoise {version('equipoise')}"), ""


_FRAMES: dict[str, Callable[[Measured], tuple[bytes, str]]] = {
    ".csv": _csv, ".parquet": _parquet, ".arrow": _arrow, ".dta": _stata,
}
