"""A user's own table as columns of a panel: joined by the panel's keys, or by state and year on every side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.panel import own_keys
from equipoise.assemble.panel.forms import Variable
from equipoise.assemble.panel.own_file import Labelled, read_own
from equipoise.assemble.panel.own_keys import Keys
from equipoise.assemble.panel.rows import Rows
from equipoise.assemble.panel.spine import CODE, Axes, axes
from equipoise.assemble.panel.step import Labels, refuse_columns
from equipoise.assemble.powers import AGGREGATES
from equipoise.errors import UsageError

if TYPE_CHECKING:
    from equipoise.assemble.panel.panel import Panel

_SIDES = {"dyad-year": ("1", "2"), "directed-dyad-year": ("1", "2"), "power-year": ("1", "2"),
          "triad-year": ("_s", "_a", "_b")}
"""What stands after a column's name for each side, in the order of the panel's key columns."""


@dataclass(frozen=True)
class OwnTable:
    """Columns of a user's table.

    Attributes:
        name: what messages and coverage call it.
        table: the key columns, in the panel's codes, and the columns to bring; no two rows have the same key.
        keys: the key columns.
        by_state: whether it is by state and year, so that it is put on each side of the rows.
        notes: what was done to the table, in words.
        lost: how many of the table's rows had no counterpart in the panel's codes.
        panel: the panel that it is added to.
        texts: labels of columns.
    """

    name: str
    table: pl.DataFrame = field(repr=False)
    keys: tuple[str, ...]
    by_state: bool
    notes: tuple[str, ...]
    lost: int
    panel: Panel = field(repr=False)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    sources: tuple[str, ...] = ()

    @cached_property
    def coverage(self) -> str:
        """The table's years, how many of its rows fit none of the panel's (before any filter), and what was done."""
        years = self.table["year"]
        if not years.len():
            return f"no row of its {self.lost} fits"
        keys = self.panel.rows.keys()
        if self.by_state:
            fits = [self.table.join(at, on=self.keys, how="semi").select(self.keys)
                    for at in self._places(keys, on=self.panel.rows.axes)]
            there = pl.concat(fits).unique().height
        else:
            there = self.table.join(_wide(keys), on=self.keys, how="semi").height
        total = self.table.height + self.lost
        lost = f"{total - there} of {total} rows fit no row" if total > there else ""
        first, last = years.sort()[0], years.sort()[-1]
        return "; ".join(filter(None, (f"{first}–{last}", lost, *self.notes)))

    def check(self, panel: Panel) -> None:
        """Raise UsageError if one of its columns is there already."""
        refuse_columns(self.labels(panel, {}), panel=panel, name=self.name)

    def labels(self, panel: Panel, before: Labels) -> dict[str, Variable]:
        """Return a variable for each column that it brings."""
        out = {}
        for column in self._values:
            text = self.texts.get(column) or f"{column}, of {self.name}"
            for side in _SIDES[panel.kind] if self.by_state else ("",):
                out[f"{column}{side}"] = Variable(column, text[:80], sided=self.by_state)
        return out

    def apply(self, frame: pl.DataFrame, *, rows: Rows, panel: Panel) -> tuple[pl.DataFrame, Rows]:
        """Put the table's columns beside the others; rows and their order stay."""
        if not self.by_state:
            return frame.hstack(self._joined(_wide(frame.select(panel.keys)))), rows
        brought: dict[str, pl.Series] = {}
        for side, at in zip(_SIDES[panel.kind], self._places(frame, on=rows.axes), strict=True):
            brought |= {f"{s.name}{side}": s.alias(f"{s.name}{side}") for s in self._joined(at)}
        return frame.hstack([brought[c] for c in self.labels(panel, {})]), rows

    @property
    def _values(self) -> list[str]:
        return [c for c in self.table.columns if c not in self.keys]

    def _joined(self, at: pl.DataFrame) -> pl.DataFrame:
        return at.join(self.table, on=self.keys, how="left", maintain_order="left").select(self._values)

    def _places(self, frame: pl.DataFrame, *, on: Axes) -> list[pl.DataFrame]:
        """The state and year of each side of each row, under the table's key names; null for a union's code."""
        sides = [k for k in self.panel.keys if k != "year"]
        return [_wide(_powers(frame, column=side, on=on) if side.startswith("power")
                      else frame.select(pl.col(side).alias(self.keys[0]), "year")) for side in sides]


def own_table(table: pl.DataFrame | Path | str, *, panel: Panel, keys: Mapping[str, str] | None,
              columns: Sequence[str] | None, convert: bool, name: str | None,
              undirected: bool | None = None) -> OwnTable:
    """Return the step that adds a user's own table to a panel; see :meth:`Panel.add_table`.

    Codes are checked by name and by what they hold: 340 in a column ``ccode`` is Gleditsch and Ward's Serbia, and is
    refused with what to say instead. A row that fits no row of the panel is no error; ``coverage`` counts such rows.

    In an undirected panel a pair may stand in either order, or in both if they agree. In a directed one, a table with
    each pair in one order only may mean either thing: values from the first state to the second, or values of the pair.
    Nothing in the table tells, so the user has to. Where a row is turned round, columns whose names differ by 1 and 2
    only (``x1``, ``x2``) change places with it.

    Raises:
        UsageError, BadSourceFile: as :meth:`Panel.add_table` says.
    """
    frame, texts = _read(table)
    called = name or ("the table" if isinstance(table, pl.DataFrame) else Path(table).name)
    frame = own_keys.renamed(frame, keys=keys, name=called)
    found = own_keys.find(frame, wanted=panel.keys, system=panel.system, name=called)
    frame = frame.select(*found.columns, *_wanted(frame, columns=columns, keys=found, name=called))
    frame = own_keys.refuse_unsound(frame, keys=found, name=called)
    own_keys.refuse_foreign(frame, keys=found, system=panel.system, convert=convert, name=called)
    height = frame.height
    on = axes(system=panel.system, first=panel.years[0], last=panel.years[1])
    frame, own = own_keys.converted(frame, keys=found, on=on)
    lost = height - frame.height
    notes = [f"codes translated from {own_keys.LISTS[found.system]}"] if found.system != panel.system else []
    if panel.kind in ("dyad-year", "directed-dyad-year") and not found.by_state:
        frame = frame.filter(pl.col(own[0]) != pl.col(own[1]))
        lost = height - frame.height
        frame, note = _directed(frame, keys=own, panel=panel, undirected=undirected, name=called)
        notes += [note] if note else []
    elif undirected is not None:
        raise UsageError(f"undirected says nothing of {called}: it is for tables of dyads in panels of dyads.",
                         hint="Leave it out.")
    return OwnTable(called, frame, own, found.by_state, tuple(notes), lost, panel, texts)


def _read(table: object) -> Labelled:
    if isinstance(table, pl.DataFrame):
        return table, {}
    if isinstance(table, Path | str):
        return read_own(table)
    kind = f"{type(table).__module__.split('.')[0]}.{type(table).__name__}".removeprefix("builtins.")
    raise UsageError(f"a table is a Polars DataFrame or a file, and this is a {kind}.",
                     hint="Write a frame of pandas to a .csv or .dta and name that; collect a LazyFrame.")


def _wanted(frame: pl.DataFrame, *, columns: Sequence[str] | None, keys: Keys, name: str) -> list[str]:
    if isinstance(columns, str):
        columns = [columns]
    for column in columns or ():
        own_keys.refuse_missing(column, frame=frame, name=name)
    wanted = [c for c in dict.fromkeys(columns if columns is not None else frame.columns) if c not in keys.columns]
    if not wanted:
        raise UsageError(f"{name} brings no column besides its keys {', '.join(keys.columns)}.",
                         hint="It needs at least one column of values.")
    return wanted


def _directed(frame: pl.DataFrame, *, keys: tuple[str, ...], panel: Panel, undirected: bool | None,
              name: str) -> tuple[pl.DataFrame, str]:
    """Return a table of dyads in the panel's direction, and what was done to it."""
    one, two, _ = keys
    turned = _turned(frame, one=one, two=two)
    if panel.kind == "dyad-year":
        if undirected is False:
            raise UsageError(f"{name} is directed, and the panel is not.",
                             hint="Make it with dyad_years(directed=True).")
        both = pl.concat([frame, turned]).filter(pl.col(one) < pl.col(two)).unique()
        _refuse_two_ways(both, keys=keys, name=name)
        return both, ""
    back = frame.join(turned, on=[one, two], how="semi").height
    if undirected is None and not back and frame.height:
        raise UsageError(f"{name} has each pair in one order only, and the panel has both.",
                         hint="Say undirected=True to put its values on both rows, or undirected=False if they run "
                              "from the first state to the second.")
    if not undirected:
        return frame, ""
    both = pl.concat([frame, turned]).unique()
    _refuse_two_ways(both, keys=keys, name=name)
    return both, "undirected, put on both rows of a pair"


def _turned(frame: pl.DataFrame, *, one: str, two: str) -> pl.DataFrame:
    """The rows with the other state first; what has a number of a side changes sides."""
    swap = {one: two, two: one}
    for column in frame.columns:
        if column.endswith("1") and column[:-1] and f"{column[:-1]}2" in frame.columns:
            swap |= {column: f"{column[:-1]}2", f"{column[:-1]}2": column}
    return frame.rename(swap).select(frame.columns)


def _refuse_two_ways(frame: pl.DataFrame, *, keys: tuple[str, ...], name: str) -> None:
    twice = frame.filter(frame.select(keys).is_duplicated()).sort(keys)
    if twice.height:
        a, b, year = twice.select(keys).row(0)
        raise UsageError(f"{name} has other values for {a} and {b} than for {b} and {a} in {year}.",
                         hint="Add it to a directed panel, or keep one order of each pair.")


def _powers(frame: pl.DataFrame, *, column: str, on: Axes) -> pl.DataFrame:
    """The code of a power's state in each row: of the state that holds its place in the year, and EUU itself."""
    name = CODE[on.system]
    at = frame.select(column, "year").unique()
    held = pl.Series([p if p in AGGREGATES else codes.resolve(p, on=date(y, 12, 31)) for p, y in at.iter_rows()],
                     dtype=pl.String)
    if on.system != "iso":
        place, _ = on.locate(held, year=at["year"], native="iso")
        held = pl.Series([int(on.codes[p]) if p >= 0 else None for p in place.tolist()], dtype=pl.Int64)
    found = at.with_columns(held.alias(name))
    placed = frame.select(column, "year").join(found, on=[column, "year"], how="left", maintain_order="left")
    return placed.select(name, "year")


def _wide(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Int16, pl.Int32, pl.Int8).cast(pl.Int64))
