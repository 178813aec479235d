"""What is done to a panel, one after the other: additions, filters, earlier and later years, spells."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, SupportsIndex

import numpy as np
import polars as pl

from equipoise.assemble.panel.forms import Add, Variable
from equipoise.assemble.panel.rows import Rows
from equipoise.assemble.panel.time import Gaps, shifted, spells
from equipoise.errors import UsageError

if TYPE_CHECKING:
    from equipoise.assemble.panel.panel import Panel

Labels = Mapping[str, Variable]
_MASK = "the filter"


class Step(Protocol):
    """One step of a panel's recipe."""

    @property
    def name(self) -> str:
        """What messages and coverage call it."""
        ...

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources it reads."""
        ...

    @property
    def coverage(self) -> str:
        """The years its source covers, in words."""
        ...

    def check(self, panel: Panel) -> None:
        """Raise if the step cannot be taken after those of the panel."""
        ...

    def labels(self, panel: Panel, before: Labels) -> dict[str, Variable]:
        """Return the variables of the columns it brings."""
        ...

    def apply(self, frame: pl.DataFrame, *, rows: Rows, panel: Panel) -> tuple[pl.DataFrame, Rows]:
        """Return the frame and its rows after the step."""
        ...


@dataclass(frozen=True)
class Added:
    """An addition of the catalogue."""

    add: Add

    @property
    def name(self) -> str:
        """The addition's name."""
        return self.add.name

    @property
    def sources(self) -> tuple[str, ...]:
        """The addition's sources."""
        return self.add.sources

    @property
    def coverage(self) -> str:
        """The addition's years."""
        return f"{self.add.first_year}–{self.add.last_year}"

    def check(self, panel: Panel) -> None:
        """Raise UsageError if it is there already or does not fit, MissingSource if its source is not here."""
        if any(isinstance(s, Added) and s.add.name == self.name for s in panel.steps):
            raise UsageError(f"{self.name} has been added to this panel already.", hint="Add each thing once.")
        if not panel.rows.fits(self.add):
            raise UsageError(f"{self.name} does not fit a {panel.kind} panel: it is a matter of pairs of states.",
                             hint="Make a panel of dyads, powers or triads: dyad_years(), or `panel dyad-year`.")
        refuse_columns(self.labels(panel, {}), panel=panel, name=self.name)
        for source in self.sources:
            panel.shelf.require(source)

    def labels(self, panel: Panel, before: Labels) -> dict[str, Variable]:
        """Return the addition's variables in this kind of panel."""
        return panel.rows.labels(self.add)

    def apply(self, frame: pl.DataFrame, *, rows: Rows, panel: Panel) -> tuple[pl.DataFrame, Rows]:
        """Put the addition's columns beside the others."""
        return frame.hstack(rows.fill(self.add, shelf=panel.shelf)), rows


@dataclass(frozen=True)
class Filtered:
    """A choice of rows."""

    predicate: pl.Expr
    name: str = "filter"
    sources: tuple[str, ...] = ()
    coverage: str = ""

    def check(self, panel: Panel) -> None:
        """Raise UsageError if it is no predicate, or names a column that is not there."""
        if not isinstance(self.predicate, pl.Expr):
            raise UsageError(f"a filter is a Polars expression, and this is {self.predicate!r}.",
                             hint='Try filter(pl.col("year") > 1990).')
        for column in self.predicate.meta.root_names():
            refuse_unknown(column, panel=panel)

    def labels(self, panel: Panel, before: Labels) -> dict[str, Variable]:
        """Return nothing: no column is brought."""
        return {}

    def apply(self, frame: pl.DataFrame, *, rows: Rows, panel: Panel) -> tuple[pl.DataFrame, Rows]:
        """Keep the rows for which the predicate is true; a null is not."""
        try:
            # Beside the rows' own columns, so that one truth for all rows (of a maximum, say) is one for each of them.
            mask = frame.with_columns(self.predicate.alias(_MASK))[_MASK]
        except pl.exceptions.PolarsError as err:
            raise UsageError(f"a filter cannot be used: {str(err).splitlines()[0]}.",
                             hint='Try filter(pl.col("year") > 1990).') from err
        if mask.dtype != pl.Boolean:
            raise UsageError(f"a filter gives {mask.dtype} where true or false is needed.",
                             hint='Try filter(pl.col("year") > 1990).')
        mask = mask.fill_null(value=False)
        return frame.filter(mask), rows.kept(np.asarray(mask))


@dataclass(frozen=True)
class Shifted:
    """Values of earlier (``by`` > 0) or later years."""

    columns: tuple[str, ...]
    by: int
    name: str = "lag"
    sources: tuple[str, ...] = ()
    coverage: str = ""

    def check(self, panel: Panel) -> None:
        """Raise UsageError for no column, an unknown one, one that is there or named twice, or no shift at all."""
        if not self.columns or self.by == 0 or not isinstance(self.by, SupportsIndex):
            raise UsageError("a lag needs a column and a whole number of years other than 0.",
                             hint='Try lag("cinc", by=1).')
        twice = next((c for c in self.columns if self.columns.count(c) > 1), None)
        if twice:
            raise UsageError(f"{twice} is named twice in a lag.", hint="Name each column once.")
        for column in self.columns:
            refuse_unknown(column, panel=panel)
        refuse_columns(self.labels(panel, panel.labels), panel=panel, name=self.name)

    def labels(self, panel: Panel, before: Labels) -> dict[str, Variable]:
        """Return the columns' variables under their new names."""
        years = f"{abs(self.by)} year{'s' if abs(self.by) > 1 else ''} {'before' if self.by > 0 else 'after'}"
        return {self._into(c): Variable(self._into(c), f"{c}, {years}", before[c].unit if c in before else "")
                for c in self.columns}

    def apply(self, frame: pl.DataFrame, *, rows: Rows, panel: Panel) -> tuple[pl.DataFrame, Rows]:
        """Put the shifted columns beside the others."""
        units = [k for k in panel.keys if k != "year"]
        moved = shifted(frame, columns=self.columns, units=units, by=self.by)
        return frame.hstack([moved[c].alias(self._into(c)) for c in self.columns]), rows

    def _into(self, column: str) -> str:
        return f"{column}_{'lag' if self.by > 0 else 'lead'}{abs(self.by)}"


@dataclass(frozen=True)
class Spells:
    """Years without an event since the last one."""

    column: str
    into: str
    gaps: Gaps
    name: str = "peace_years"
    sources: tuple[str, ...] = ()
    coverage: str = ""

    def check(self, panel: Panel) -> None:
        """Raise UsageError for an unknown column, a name that is taken, or another rule for gaps."""
        refuse_unknown(self.column, panel=panel)
        if self.gaps not in ("restart", "count", "rows"):
            raise UsageError(f"gaps={self.gaps!r} is not known.", hint="Use restart, count or rows.")
        refuse_columns(self.labels(panel, {}), panel=panel, name=self.name)

    def labels(self, panel: Panel, before: Labels) -> dict[str, Variable]:
        """Return the count's variable."""
        return {self.into: Variable(self.into, f"years since the last {self.column}", "years")}

    def apply(self, frame: pl.DataFrame, *, rows: Rows, panel: Panel) -> tuple[pl.DataFrame, Rows]:
        """Put the count beside the other columns."""
        units = [k for k in panel.keys if k != "year"]
        events = frame.select("year", *units, _zeros_and_ones(frame[self.column]))
        count = spells(events, column=self.column, units=units, gaps=self.gaps)
        return frame.with_columns(count.alias(self.into)), rows


def _zeros_and_ones(event: pl.Series) -> pl.Series:
    """The events as whole numbers: a user's file has them as floats or as truth values."""
    if event.dtype == pl.Boolean:
        return event.cast(pl.Int8)
    known = event.fill_nan(None) if event.dtype.is_float() else event
    whole = known.dtype.is_float() and bool(known.round().eq(known).all())
    # What has fractions goes on as the text it cannot be, so that it is refused as any other column that is no event.
    return known.cast(pl.Int64 if whole else pl.String) if known.dtype.is_float() else known


def filled(frame: pl.DataFrame, *, steps: Iterable[Step], rows: Rows, panel: Panel) -> pl.DataFrame:
    """Put the columns of several additions beside the others; they are made at the same time, one a thread."""
    adds = [step.add for step in steps if isinstance(step, Added)]
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        parts = list(pool.map(lambda add: rows.fill(add, shelf=panel.shelf), adds))
    return pl.concat([frame, *parts], how="horizontal")


def refuse_columns(columns: Mapping[str, Variable], *, panel: Panel, name: str) -> None:
    """Raise UsageError if one of the columns is there already; the message names what has brought it."""
    brought = dict.fromkeys(panel.keys, "a key of the panel")
    for step in panel.steps:
        brought |= dict.fromkeys(step.labels(panel, panel.labels), f"brought by {step.name}")
    there = next((c for c in columns if c in brought), None)
    if there:
        raise UsageError(f"{name} brings the column {there}, which is there already, {brought[there]}.",
                         hint="Leave one of the two out, or make two panels and rename.")


def refuse_unknown(column: str, *, panel: Panel) -> None:
    """Raise UsageError if the panel has no such column."""
    if column not in panel.labels and column not in panel.keys:
        from difflib import get_close_matches

        near = get_close_matches(column, [*panel.keys, *panel.labels], n=3, cutoff=0.5)
        some = ", ".join([*panel.keys, *panel.labels][:12])
        hint = f"Did you mean {' or '.join(near)}?" if near else f"It has {some} …"
        raise UsageError(f"the panel has no column {column}.", hint=hint)
