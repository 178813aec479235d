"""Panels: rows of states, dyads, states and powers, or triads by year, to which columns are added by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from itertools import groupby
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

from equipoise.acquire.registry import sources as registry
from equipoise.assemble.panel import catalogue
from equipoise.assemble.panel.forms import Variable
from equipoise.assemble.panel.rows import Rows
from equipoise.assemble.panel.shelf import Shelf
from equipoise.assemble.panel.spine import System
from equipoise.assemble.panel.time import Gaps
from equipoise.errors import UsageError

if TYPE_CHECKING:
    from equipoise.assemble.panel.step import Step

Kind = Literal["state-year", "dyad-year", "directed-dyad-year", "power-year", "triad-year"]


@dataclass(frozen=True, repr=False, eq=False)  # predicates and tables in its steps have no equality of one truth
class Panel:
    """A table by state, dyad, state and power, or triad, and year; see :func:`equipoise.state_years` and its siblings.

    A panel is a recipe: nothing is read or joined until :attr:`frame` is asked for, and each method returns a new
    panel, so that one may be the start of several.

    Attributes:
        kind: ``state-year``, ``dyad-year``, ``directed-dyad-year``, ``power-year`` or ``triad-year``.
        system: whose codes its rows have: ``cow``, ``gw`` or ``iso``.
        years: the first and the last year.
        keys: the key columns; no two rows have the same key.
    """

    kind: Kind
    system: System
    years: tuple[int, int]
    keys: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    shelf: Shelf = field(default_factory=Shelf)
    _rows: Callable[[], Rows] = field(kw_only=True)

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the sources of its columns, in the order of the additions; the list of states comes first."""
        own = "gw_states" if self.system == "gw" else "cow_states"
        return tuple(dict.fromkeys([own, *(s for step in self.steps for s in step.sources)]))

    def __repr__(self) -> str:
        """Say what it is in one line."""
        recipe = "".join(f", {step.name}" for step in self.steps)
        return f"Panel({self.kind}, {self.system}, {self.years[0]}–{self.years[1]}{recipe})"

    def add(self, *names: str) -> Panel:
        """Return the panel with what the additions bring, in the order named.

        :func:`equipoise.panel_adds` lists them. Outside an addition's coverage its columns are null; they are zero only
        where the source says so, or where it lists all there is and this row is not among it.

        Raises:
            UsageError: there is no such addition (the message offers near names), it does not fit this kind of panel,
                it is there already, or a column it brings is.
            MissingSource: its source is neither carried nor downloaded; the message names the command that gets it.

        Examples:
            >>> import equipoise
            >>> panel = equipoise.state_years(years=(2000, 2010)).add("majors", "capabilities")
            >>> panel.frame.filter(pl.col("ccode") == 705, pl.col("year") == 2010).select("cowmaj", "cinc").row(0)
            (0, 0.0031810589)
        """
        from equipoise.assemble.panel.step import Added

        panel = self
        for name in names:
            panel = panel._with(Added(catalogue.find(name)))
        return panel

    def add_table(self, table: pl.DataFrame | Path | str, *, keys: Mapping[str, str] | None = None,
                  columns: Sequence[str] | None = None, convert: bool = False, undirected: bool | None = None,
                  name: str | None = None) -> Panel:
        """Return the panel with columns of a user's own table, joined by the panel's keys or by state and year.

        Args:
            table: a frame, or a CSV, Parquet or Stata file; messages call it ``name``, the file's name by default.
            keys: what the panel's key columns are called in the table, where they are called otherwise. A table by
                state and year is put on both sides of a dyad, with 1 and 2 added to the names.
            columns: the columns to take; all but the keys by default.
            convert: whether codes of another system (``gwcode``, ``iso3`` …) may be translated year by year.
            undirected: whether a row of a table of dyads holds for both rows of a directed panel; to be said where each
                pair stands in one order only. In a row that is turned round, ``x1`` and ``x2`` change places.

        Raises:
            UsageError: key columns are missing, two rows have one key, a column is there already, codes are of another
                system than the panel's (with ``convert=False``), there is no such column, or ``undirected`` is needed.
            BadSourceFile: the file cannot be read.
        """
        from equipoise.assemble.panel.own_table import own_table

        return self._with(own_table(table, panel=self, keys=keys, columns=columns, convert=convert, name=name,
                                    undirected=undirected))

    def add_sanctions(self, file: Path | str) -> Panel:
        """Return the panel with sanctions from a user's copy of the Global Sanctions Data Base (dyadic version).

        Its authors send it on request, so it cannot be downloaded. See :mod:`equipoise.assemble.panel.sanctions`.
        """
        from equipoise.assemble.panel.sanctions import sanctions

        return self._with(sanctions(file, panel=self))

    def filter(self, *predicates: pl.Expr) -> Panel:
        """Return the panel with the rows for which all predicates on its columns so far hold.

        Examples:
            >>> import equipoise
            >>> kazakh = (pl.col("ccode1") == 705) | (pl.col("ccode2") == 705)
            >>> equipoise.dyad_years(years=(2016, 2016)).filter(kazakh).frame.height
            194
        """
        from equipoise.assemble.panel.step import Filtered

        if not predicates:
            raise UsageError("a filter needs a predicate.", hint='Try filter(pl.col("year") > 1990).')
        return self._with(Filtered(reduce(and_, predicates)))  # all_horizontal would take any number for true

    def relevant(self) -> Panel:
        """Return a panel of dyads with those that are politically relevant: contiguous, or one side a major power.

        It adds ``majors`` and ``contiguity`` where they are not there. Years past their coverage (2016) are dropped,
        since relevance is not known then. Source: Weede 1976, Maoz & Russett 1993.
        """
        from equipoise.assemble.panel.step import Filtered

        if self.kind not in ("dyad-year", "directed-dyad-year"):
            raise UsageError(f"relevance is a matter of dyads, and this panel is a {self.kind} one.",
                             hint="Make the panel with dyad_years().")
        there = set(self.labels)
        panel = self.add(*(n for n, c in (("majors", "cowmaj1"), ("contiguity", "conttype")) if c not in there))
        near = pl.col("conttype").is_between(1, 5)
        return panel._with(Filtered(near | (pl.col("cowmaj1") == 1) | (pl.col("cowmaj2") == 1)))

    def lag(self, *columns: str, by: int = 1) -> Panel:
        """Return the panel with the values of earlier years (``x_lag1``); null where the earlier year is no row.

        ``by`` may be negative: see :meth:`lead`. Raises UsageError for an unknown column or ``by=0``.

        Examples:
            >>> import equipoise
            >>> panel = equipoise.state_years(years=(1990, 1993)).add("capabilities").lag("cinc")
            >>> panel.frame.filter(pl.col("ccode") == 705)["cinc_lag1"].null_count()
            1
        """
        from equipoise.assemble.panel.step import Shifted

        return self._with(Shifted(columns, by))

    def lead(self, *columns: str, by: int = 1) -> Panel:
        """Return the panel with the values of later years (``x_lead1``); as :meth:`lag`."""
        return self.lag(*columns, by=-by)

    def peace_years(self, column: str, *, into: str | None = None, gaps: Gaps = "restart") -> Panel:
        """Return the panel with the years without an event since the last one, as they stood before this year's.

        The first year of a unit has 0, and so has the year after an event (Beck, Katz & Tucker 1998).

        Args:
            column: 1 in a year with the event, 0 without; a year that is null has no count, and ends the spell.
            into: the new column's name; ``column_spell`` by default.
            gaps: after years in which the unit is no row, ``restart`` begins a new spell, ``count`` lets those years
                pass as peace, and ``rows`` leaves them out of the count, as peacesciencer's ``add_spells`` does.

        Raises:
            UsageError: there is no such column, or it holds other values than 0, 1 and null.
        """
        from equipoise.assemble.panel.step import Spells

        return self._with(Spells(column, into or f"{column}_spell", gaps))

    @property
    def rows(self) -> Rows:
        """The rows before any filter; made once for a panel and all that are made from it."""
        return self._rows()

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The panel's rows by state, powers in the order given, and year: key columns first, then the additions'."""
        from equipoise.assemble.panel.step import Added, filled

        rows = self.rows
        frame = rows.keys()
        for additions, steps in groupby(self.steps, key=lambda step: isinstance(step, Added)):
            if additions:
                frame = filled(frame, steps=steps, rows=rows, panel=self)
                continue
            for step in steps:
                frame, rows = step.apply(frame, rows=rows, panel=self)
        return frame

    @property
    def labels(self) -> dict[str, Variable]:
        """The variable behind each column that is no key; nothing is computed."""
        out: dict[str, Variable] = {}
        for step in self.steps:
            out |= step.labels(self, out)
        return out

    def coverage(self) -> pl.DataFrame:
        """Return where each column comes from and what it covers.

        Returns:
            ``column``, ``added_by``, ``sources``, ``version``, ``unit``, ``source_years`` (what the source covers),
            ``first_year`` and ``last_year`` (of the values in this panel), ``missing`` (null rows) and
            ``missing_share``.
        """
        years, labels, out = self.frame["year"], self.labels, []
        for step in self.steps:
            for column, variable in step.labels(self, labels).items():
                there = years.filter(self.frame[column].is_not_null())
                missing = self.frame.height - there.len()
                out.append((column, step.name, ", ".join(step.sources), _versions(step.sources), variable.unit,
                            step.coverage, there.min(), there.max(), missing,
                            missing / self.frame.height if self.frame.height else None))
        return pl.DataFrame(out, schema=_COVERAGE, orient="row")

    def describe(self) -> pl.DataFrame:
        """Return by ``column`` its ``label``, ``unit``, ``dtype``, ``missing`` (rows), ``min``, ``mean``, ``max``.

        Means have ten digits: the last ones of a sum depend on how many processors share the work.
        """
        labels = {k: Variable(k, "key") for k in self.keys} | self.labels
        rows = []
        for series in self.frame:
            numeric = series.dtype.is_numeric()
            low, mean, high = (series.min(), _mean(series), series.max()) if numeric else (None, None, None)
            about = labels[series.name]
            rows.append((series.name, about.label, about.unit, str(series.dtype), series.null_count(), low, mean, high))
        return pl.DataFrame(rows, schema=_DESCRIPTION, orient="row")

    def citations(self) -> str:
        """Return the BibTeX entries of all sources of the panel, each once."""
        from equipoise.assemble.panel.citations import bibtex

        return bibtex([registry()[s].bibtex for s in self.sources])

    def write(self, path: Path | str) -> Path:
        """Write the frame: ``.parquet``, ``.arrow`` or ``.feather``, ``.csv``, or ``.dta`` (Stata, with labels).

        Labels, units and sources go into the file's metadata; beside a CSV, which has none, into ``NAME.columns.csv``.

        Raises:
            UsageError: another suffix; CannotWrite: the folder is not there or not writable.
        """
        from equipoise.assemble.panel.write import write

        return write(self, Path(path))

    def _with(self, step: Step) -> Panel:
        """Append a step, having let it refuse."""
        step.check(self)
        return replace(self, steps=(*self.steps, step))


_COVERAGE = {"column": pl.String, "added_by": pl.String, "sources": pl.String, "version": pl.String, "unit": pl.String,
             "source_years": pl.String, "first_year": pl.Int64, "last_year": pl.Int64, "missing": pl.Int64,
             "missing_share": pl.Float64}
_DESCRIPTION = {"column": pl.String, "label": pl.String, "unit": pl.String, "dtype": pl.String, "missing": pl.Int64,
                "min": pl.Float64, "mean": pl.Float64, "max": pl.Float64}


def _mean(series: pl.Series) -> float | None:
    mean = series.mean()
    return float(f"{mean:.10g}") if isinstance(mean, float) else None


def _versions(ids: Sequence[str]) -> str:
    return ", ".join(registry()[s].version for s in ids)
