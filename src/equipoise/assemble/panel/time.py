"""Earlier and later years, and spells, in rows sorted by unit and year; a gap is never bridged unseen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from equipoise.errors import UsageError

Gaps = Literal["restart", "count", "rows"]


def shifted(frame: pl.DataFrame, *, columns: Sequence[str], units: Sequence[str], by: int) -> pl.DataFrame:
    """Return the columns as they stood ``by`` years before (after, if negative) in the same unit.

    Args:
        frame: rows sorted by unit and year, one each.
        columns: what to shift.
        units: the key columns without the year.
        by: years.

    Returns:
        The columns, in the frame's rows; null where the unit has no row in that year.

    Examples:
        >>> frame = pl.DataFrame({"ccode": [2, 2, 2], "year": [1990, 1991, 1993], "x": [1, 2, 3]})
        >>> shifted(frame, columns=["x"], units=["ccode"], by=1)["x"].to_list()
        [None, 1, None]
    """
    unit = frame.select(pl.struct(units).rle_id().cast(pl.Int64)).to_series().to_numpy()
    key = unit * 10_000 + frame["year"].to_numpy()
    if not len(key):
        return frame.select(columns)
    at = np.minimum(np.searchsorted(key, key - by), len(key) - 1)
    found = (key[at] == key - by) & (unit[at] == unit)
    place = pl.Series(np.where(found, at, -1)).cast(pl.UInt32, strict=False)
    return frame.select(pl.col(c).gather(place) for c in columns)


def spells(frame: pl.DataFrame, *, column: str, units: Sequence[str], gaps: Gaps) -> pl.Series:
    """Return the years without an event since the last one or since the unit's first row, before this year's event.

    Args:
        frame: rows sorted by unit and year, one each.
        column: 1 with the event, 0 without; a null has no count and ends the spell.
        units: the key columns without the year.
        gaps: whether years without a row begin a new spell (``restart``), pass as peace (``count``), or are left out of
            the count (``rows``, as the R packages stevemisc and peacesciencer do).

    Raises:
        UsageError: the column holds other values.

    Source: Beck, Katz and Tucker 1998, *Taking Time Seriously*, American Journal of Political Science 42 (4).

    Examples:
        >>> frame = pl.DataFrame({"ccode": [2] * 5, "year": [1990, 1991, 1992, 1993, 1994], "war": [0, 0, 1, 0, 0]})
        >>> spells(frame, column="war", units=["ccode"], gaps="restart").to_list()
        [0, 1, 2, 0, 1]
    """
    event = frame[column]
    if not event.dtype.is_numeric() or not event.drop_nulls().is_in([0, 1]).all():
        raise UsageError(f"{column} holds other values than 0 and 1, so it has no spells.",
                         hint="Make a column of 0 and 1 first.")
    year = frame["year"].to_numpy().astype(np.int64)
    unit = frame.select(pl.struct(units).rle_id()).to_series().to_numpy()
    happened = (event == 1).fill_null(value=False).to_numpy()
    unknown = event.is_null().to_numpy()
    begins = np.ones(len(year), dtype=bool)
    same = unit[1:] == unit[:-1]
    broken = (year[1:] - year[:-1] > 1) if gaps == "restart" else np.zeros(len(same), dtype=bool)
    begins[1:] = ~same | happened[:-1] | unknown[:-1] | broken
    # A spell that begins after an event is counted from the year after it, also over years without a row.
    start = year.copy()
    after = begins.copy()
    after[1:] &= same & happened[:-1] & ~broken
    after[:1] = False
    start[1:] = np.where(after[1:], year[:-1] + 1, year[1:])
    first = np.maximum.accumulate(np.where(begins, np.arange(len(year)), 0))
    count = np.arange(len(year)) - first if gaps == "rows" else year - start[first]
    return pl.Series(column, count.astype(np.int16)).set(pl.Series(unknown), None)
