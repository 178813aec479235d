"""From an addition's table to columns that stand in a panel's rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from equipoise.assemble.panel.forms import Add, DyadForm, PairForm, StateForm, Variable
from equipoise.assemble.panel.shelf import Shelf
from equipoise.assemble.panel.spine import Axes, Spine, state_spine
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
    frame = of_states(add, form=form, shelf=shelf, spine=_states(spine.axes))
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
    table = form.build(shelf)
    place = _places(table, form=form, spine=spine, add=add)
    if form.symmetric:
        turned = table.rename({"code_a": "code_b", "code_b": "code_a"})
        back = _places(turned, form=form, spine=spine, add=add)
        place = np.where(place >= 0, place, back)
    columns = [c for v in form.variables for c in v.columns]
    absent = {c: v.absent for v in form.variables for c in v.columns}
    return _gather(table.select(columns), place=place, absent=absent,
                   covered=spine.covered(form.native, first=add.first_year, last=add.last_year))


def _places(table: pl.DataFrame, *, form: StateForm | DyadForm | PairForm, spine: Spine, add: Add) -> npt.NDArray[Any]:
    """The row of the table that each row of the spine takes, -1 for none; shape (spine's height,)."""
    inside = table["year"].is_between(add.first_year, add.last_year).to_numpy()
    rows = spine.rows_of(table, native=form.native)
    rows = np.where(inside, rows, -1)
    there = np.flatnonzero(rows >= 0)
    place = np.full(spine.height, -1, dtype=np.int32)
    place[rows[there]] = there
    if np.count_nonzero(place >= 0) != len(there):
        raise DataError(f"the table of {add.name} has two rows for one row of the panel.",
                        hint="This is an error in equipoise or in the source's file; please report it.")
    return place


def _gather(table: pl.DataFrame, *, place: npt.NDArray[Any], absent: dict[str, int | float | None],
            covered: npt.NDArray[np.bool_]) -> pl.DataFrame:
    """Take the table's rows; a covered row that the table lacks takes the values that stand for absence."""
    if any(v is not None for v in absent.values()):
        nothing = pl.DataFrame({n: [absent.get(n)] for n in table.columns}, schema=table.schema)
        place = np.where((place < 0) & covered, table.height, place)
        table = pl.concat([table, nothing], rechunk=True)
    index = pl.Series(place, dtype=pl.Int64)
    taken = index.cast(pl.UInt32, strict=False)
    return table.select(pl.all().gather(taken))


def _sides(frame: pl.DataFrame, *, spine: Spine) -> pl.DataFrame:
    assert spine.j is not None
    states = _states(spine.axes)
    first, second = (pl.Series(states.number[s, spine.y]).cast(pl.UInt32) for s in (spine.i, spine.j))
    return frame.select(*(pl.col(c).gather(first).alias(f"{c}1") for c in frame.columns),
                        *(pl.col(c).gather(second).alias(f"{c}2") for c in frame.columns))


def _states(on: Axes) -> Spine:
    return state_spine(on)
