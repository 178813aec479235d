"""Coded event data of a user's own, GDELT, ICEWS or POLECAT, summed by month while it is read.

A file is scanned, not loaded, so it may be larger than memory. Each event has a score between −10 (conflict) and 10
(cooperation) that the file itself carries: in GDELT ``GoldsteinScale`` (Goldstein 1992, by CAMEO code), in ICEWS and
POLECAT ``Intensity``, on the same scale.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from equipoise.assemble import codes
from equipoise.errors import BadSourceFile, EquipoiseError, MissingSource

LONGEST_LINE = 1 << 20
"""Bytes of the first line that are looked at."""

GDELT_FIELDS = (57, 58, 61)
"""Fields a line: of the back file, of the daily files, of version 2.0; the first 31 are the same."""

CAMEO_CODES = {"ROM": "ROU", "TMP": "TLS", "ZAR": "COD"}
"""CAMEO's codes of states that are not ISO's."""

_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\xfd7zXZ", b"BZh", b"RDX", b"RDA")
"""How archives and files of R begin."""

_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "month": pl.Date,
    "from": pl.String,
    "to": pl.String,
    "events": pl.UInt32,
    "cooperation": pl.Float64,
    "conflict": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a kind of file keeps what is needed: names of columns, or of GDELT, which has no head, places from 0."""

    name: str
    date: str
    date_format: str
    source: str
    target: str
    score: str
    head: bool = True


LAYOUTS = (
    Layout("GDELT", "1", "%Y%m%d", "7", "17", "30", head=False),
    Layout("ICEWS", "Event Date", "%Y-%m-%d", "Source Country", "Target Country", "Intensity"),
    Layout("POLECAT", "Event Date", "%Y-%m-%d", "Actor Country", "Recipient Country", "Intensity"),
)


def layout_of(path: Path) -> Layout:
    """Return what kind of file this is, by its first line.

    Raises:
        MissingSource: the file is not there.
        BadSourceFile: it is none of the three, or packed.
    """
    try:
        with path.open("rb") as file:
            line = file.readline(LONGEST_LINE)
    except OSError as err:
        raise MissingSource(
            f"{path} cannot be read: {(err.strerror or str(err)).lower()}.",
            hint="Name a file of GDELT, ICEWS or POLECAT.",
        ) from err
    if line.startswith(_PACKED):
        raise BadSourceFile(
            f"{path.name} is packed, or a file of R.",
            hint="Unpack it: what is read is the tab-separated text of single events.",
        )
    first = line.decode("utf-8", errors="replace").rstrip("\r\n").split("\t")
    for layout in LAYOUTS[1:]:
        if {layout.date, layout.source, layout.target, layout.score} <= set(first):
            return layout
    if len(first) in GDELT_FIELDS and first[1].isdigit() and len(first[1]) == 8:
        return LAYOUTS[0]
    raise BadSourceFile(
        f"{path.name} is no event data that is known: its first line has {len(first)} fields.",
        hint="Known are tab-separated files of GDELT (57, 58 or 61 fields, no head), ICEWS and POLECAT.",
    )


def monthly(path: Path, *, states: Sequence[str]) -> tuple[pl.DataFrame, tuple[dt.date, dt.date], Mapping[str, int]]:
    """Sum the events between some states by month and direction.

    Args:
        path: the file, tab-separated; a country's field may name several, with ``;`` between them.
        states: iso3 codes; events within one state are left out.

    Returns:
        The sums: ``month`` (its first day), ``from``, ``to``, ``events``, ``cooperation`` (sum of the positive scores)
        and ``conflict`` (of the negative, without their sign), where there is any event. Then the first and the last
        day of the file, and how many events of the file were left out: ``unread`` (no date or score), ``unknown`` (a
        country that is no state we know).

    Raises:
        MissingSource, BadSourceFile: the file is not there, is of no known kind, or has no event with a date.
    """
    layout = layout_of(path)
    events = _scanned(path, layout=layout)
    named = _names(events, layout=layout)
    known = {text: code for text, code in named.items() if code}
    strange = [text for text, code in named.items() if not code]
    day = pl.col("day")
    read = (
        events.select(
            days=pl.len(),
            first=day.min(),
            last=day.max(),
            unread=(day.is_null() | pl.col("score").is_null()).sum(),
            unknown=pl.any_horizontal(
                _listed(c).list.eval(pl.element().is_in(strange)).list.any() for c in ("source", "target")
            ).sum(),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    if read["first"] is None:
        raise BadSourceFile(f"{path.name} has no event with a date.", hint=f"It was read as a file of {layout.name}.")
    both = (
        events.drop_nulls(["day", "score"])
        .with_columns(_listed(c) for c in ("source", "target"))
        .explode("source")
        .explode("target")
        .with_columns(
            **{
                "from": pl.col("source").replace_strict(known, default=None, return_dtype=pl.String),
                "to": pl.col("target").replace_strict(known, default=None, return_dtype=pl.String),
            }
        )
    )
    between = both.filter(
        pl.col("from").is_in(list(states)), pl.col("to").is_in(list(states)), pl.col("from") != pl.col("to")
    )
    sums = between.group_by(pl.col("day").dt.truncate("1mo").alias("month"), "from", "to").agg(
        pl.len().alias("events"),
        pl.col("score").clip(lower_bound=0).sum().alias("cooperation"),
        (-pl.col("score").clip(upper_bound=0)).sum().alias("conflict"),
    )
    frame = (
        sums.collect(engine="streaming")
        .select(pl.col(c).cast(t) for c, t in _SCHEMA.items())
        .sort("month", "from", "to")
    )
    return frame, (read["first"], read["last"]), {"unread": read["unread"], "unknown": read["unknown"]}


def _scanned(path: Path, *, layout: Layout) -> pl.LazyFrame:
    """The four fields of every event: day, source, target, score; what cannot be read is null."""
    lines = pl.scan_csv(
        path,
        separator="\t",
        has_header=layout.head,
        infer_schema=False,
        quote_char=None,
        truncate_ragged_lines=True,
        encoding="utf8-lossy",
        with_column_names=None if layout.head else _places,
    )
    return lines.select(
        day=pl.col(layout.date).str.slice(0, 10).str.to_date(layout.date_format, strict=False),
        source=pl.col(layout.source).replace("", None),
        target=pl.col(layout.target).replace("", None),
        score=pl.col(layout.score).cast(pl.Float64, strict=False),
    )


def _places(names: list[str]) -> list[str]:
    return [str(i) for i in range(len(names))]


def _names(events: pl.LazyFrame, *, layout: Layout) -> dict[str, str | None]:
    """Every way the file writes a state, to its iso3 code; None for what is no state."""
    pieces = pl.concat([events.select(pl.col(c).alias("name")) for c in ("source", "target")])
    found = (
        pieces.drop_nulls()
        .select(_listed("name"))
        .explode("name")
        .unique()
        .collect(engine="streaming")["name"]
        .to_list()
    )
    return {text: _state(CAMEO_CODES.get(text, text) if layout.name == "GDELT" else text) for text in sorted(found)}


def _listed(column: str) -> pl.Expr:
    return pl.col(column).str.split(";").list.eval(pl.element().str.strip_chars())


def _state(text: str) -> str | None:
    try:
        return codes.resolve(text)
    except EquipoiseError:
        return None
