"""From an addition's table to columns that stand in a panel's rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from equipoise.assemble.panel.forms import Add, DyadForm, PairForm, StateForm, Variable
from equipoise.assemble.panel.shelf import Shelf
from equipoise.assemble.panel.spine import Spine, state_spine
from equipoise.errors import DataError


def of_states(add: Add, *, form: StateForm | PairForm, shelf: Shelf, spine: Spine) -> pl.DataFrame:
    """Return the variables of a form by state in the rows of a state spine."""
    table = form.build(shelf)
    place = _places(table, form=form, spine=spine, add=add)
    names = [c for c in table.columns if c not in ("code", "year")]
    absent = {v.name: v.absent for v in form.variables} if isinstance(form, StateForm) else {}
    return _gather(table.select(names), place=place, absent=absent,
                   covered=spine.covered(form.native, first=add.first_year, last=add.last_year))


def of_pairs(add: Add, *, shelf: Shelf, spine: Spine) -> pl.DataFrame:
    """Return the variables of an addition in the rows of a pair spine, by dyad where it has such a form."""
    if isinstance(add.dyad, DyadForm):
        return _of_dyads(add, form=add.dyad, shelf=shelf, spine=spine)
    form = add.dyad or add.state
    assert form is not None
    frame = of_states(add, form=form, shelf=shelf, spine=state_spine(spine.axes))
    sides = _sides(frame, spine=spine)
    return form.combine(sides) if isinstance(form, PairForm) else sides


def variables(add: Add, *, pairs: bool) -> tuple[Variable, ...]:
    """Return the variables that an addition brings to a panel of states or of pairs, sided as they are there."""
    if not pairs:
        return add.state.variables if add.state else ()
    if add.dyad:
        return add.dyad.variables
    assert add.state is not None
    return tuple(Variable(v.name, v.label, v.unit, True, v.absent, v.union) for v in add.state.variables)


def _of_dyads(add: Add, *, form: DyadForm, shelf: Shelf, spine: Spine) -> pl.DataFrame:
    table, once = form.build(shelf), form.symmetric
    if form.either and not spine.directed:
        table, once = _larger(table), True
    place = _places(table, form=form, spine=spine, add=add, both=once)
    columns = [c for v in form.variables for c in v.columns]
    absent = {c: v.absent for v in form.variables for c in v.columns}
    return _gather(table.select(columns), place=place, absent=absent,
                   covered=spine.covered(form.native, first=add.first_year, last=add.last_year))


def _larger(table: pl.DataFrame) -> pl.DataFrame:
    """The larger of the two directions' values, each pair once."""
    low, high = pl.min_horizontal("code_a", "code_b"), pl.max_horizontal("code_a", "code_b")
    return table.with_columns(code_a=low, code_b=high).group_by("code_a", "code_b", "year").max()


def _places(table: pl.DataFrame, *, form: StateForm | DyadForm | PairForm, spine: Spine, add: Add,
            both: bool = False) -> npt.NDArray[Any]:
    """The row of the table that each row of the spine takes, -1 for none; shape (spine's height,).

    ``both`` puts a row of the table on the pair in either order: the lower code of its list may be the panel's higher.
    """
    outside = ~table["year"].is_between(add.first_year, add.last_year).to_numpy()
    place = np.full(spine.height, -1, dtype=np.int32)
    taken = 0
    for rows in spine.rows_of(table, native=form.native, both=both):
        rows[outside] = -1
        there = np.flatnonzero(rows >= 0).astype(np.int32)
        place[rows[there]] = there
        taken += len(there)
    if np.count_nonzero(place >= 0) != taken:
        raise DataError(f"the table of {add.name} has two rows for one row of the panel.",
                        hint="This is an error in equipoise or in the source's file; please report it.")
    return place


def _gather(table: pl.DataFrame, *, place: npt.NDArray[Any], absent: dict[str, int | float | None],
            covered: npt.NDArray[np.bool_]) -> pl.DataFrame:
    """Take the table's rows; a covered row that the table lacks takes the values that stand for absence."""
    none = table.clear(1)
    nothing = none.with_columns(pl.lit(v, dtype=table.schema[n]).alias(n) for n, v in absent.items() if v is not None)
    # Taking whole rows by an index without nulls is twice as fast as by column with nulls.
    table = pl.concat([table, none, nothing], rechunk=True)
    filled = covered.view(np.int8).astype(np.int32) + (table.height - 2)
    return table[pl.Series(np.where(place >= 0, place, filled).astype(np.uint32))]


def _sides(frame: pl.DataFrame, *, spine: Spine) -> pl.DataFrame:
    """Put the columns of state-years beside the pairs, once for each side."""
    sides = [frame[index] for index in spine.of_states]
    return pl.concat([side.rename({c: f"{c}{n}" for c in side.columns}) for n, side in enumerate(sides, start=1)],
                     how="horizontal")
