"""A frame as a Stata file, in types and names that Stata has."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from equipoise.errors import UsageError

LONGEST_NAME, LONGEST_LABEL = 32, 80
_RESERVED = frozenset((
    "_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n", "_N", "_pi", "_pred",
    "_rc", "_skip", "str", "strL", "using", "with",
))
_STAMP = dt.datetime(2000, 1, 1)  # a file's bytes must not depend on the day it is written
_LARGEST_LONG = 2_147_483_620
_EXACT = 2**53


def stata(frame: pl.DataFrame, *, labels: Mapping[str, str], title: str) -> bytes:
    """Return a frame as the bytes of a Stata file (version 118, of Stata 14 and later).

    Whole numbers stay whole, in the smallest type that holds them, with Stata's missing value for null; truth values
    are 0 and 1, and an empty text stands for a null one, for Stata has no other. A name that Stata does not take is
    shortened or changed, and the label then begins with the old one.

    Args:
        frame: the columns.
        labels: of columns, cut after 80 characters.
        title: the label of the data, cut likewise.

    Raises:
        UsageError: a column holds lists, an infinite number, or a whole number that Stata cannot hold exactly.

    Examples:
        >>> stata(pl.DataFrame({"x": [1, None]}), labels={"x": "a count"}, title="")[:11]
        b'<stata_dta>'
    """
    import pandas as pd  # heavy

    names = dict(zip(frame.columns, stata_names(frame.columns), strict=True))
    texts = {new: _label(labels.get(old, ""), old=old, new=new) for old, new in names.items()}
    # An index of its own length keeps a frame without columns or rows from failing.
    table = pd.DataFrame({names[s.name]: _values(s) for s in frame}, index=pd.RangeIndex(frame.height))
    days = {names[s.name]: "td" for s in frame if s.dtype == pl.Date}
    times = {names[s.name]: "tc" for s in frame if isinstance(s.dtype, pl.Datetime)}
    buffer = io.BytesIO()
    table.to_stata(buffer, write_index=False, version=118, time_stamp=_STAMP, data_label=title[:LONGEST_LABEL],
                   variable_labels=texts, convert_dates=days | times)
    return buffer.getvalue()


def stata_names(columns: Iterable[str]) -> list[str]:
    """Return names that Stata takes, in the columns' order, no two alike.

    >>> stata_names(["ccode1", "a-b", "if", "x" * 40, "x" * 41])[1:3]
    ['a_b', '_if']
    """
    columns = list(columns)
    sound = [c for c in columns if c not in _RESERVED and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,31}", c)]
    taken, out = set(sound), []
    for column in columns:
        name = column
        if column not in sound:
            plain = re.sub(r"[^A-Za-z0-9_]", "_", column)
            plain = plain if re.match(r"[A-Za-z_]", plain) and plain not in _RESERVED else f"_{plain}"
            name, number = plain[:LONGEST_NAME], 1
            while name in taken:
                number += 1
                name = f"{plain[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
            taken.add(name)
        out.append(name)
    return out


def _label(text: str, *, old: str, new: str) -> str:
    whole = text if old == new else f"{old}: {text}"
    return whole if len(whole) <= LONGEST_LABEL else f"{whole[: LONGEST_LABEL - 1]}…"


def _values(series: pl.Series) -> Any:
    dtype = series.dtype
    if dtype == pl.Boolean or dtype.is_integer():
        return _whole(series.cast(pl.Int8) if dtype == pl.Boolean else series)
    if dtype.is_float() or dtype.is_decimal():
        return _numbers(series)
    if dtype == pl.Date:
        return series.cast(pl.Datetime("ms")).to_numpy()
    if isinstance(dtype, pl.Datetime):
        return series.dt.replace_time_zone(None).cast(pl.Datetime("ms")).to_numpy()
    if dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        return np.array(series.cast(pl.String).fill_null("").to_list(), dtype=object)
    raise UsageError(f"{series.name} is {dtype}, which Stata does not have.", hint="Write .parquet or .arrow.")


def _whole(series: pl.Series) -> Any:
    """Whole numbers with Stata's missing values; those beyond its ``long`` as ``double`` where that is exact."""
    from pandas.arrays import IntegerArray

    low, high = series.min() or 0, series.max() or 0
    assert isinstance(low, int) and isinstance(high, int)
    if max(-low, high) > _EXACT:
        raise UsageError(f"{series.name} holds {high if high > _EXACT else low}, which Stata cannot hold exactly.",
                         hint="Turn the column into text, or write .parquet.")
    if max(-low, high) > _LARGEST_LONG:
        return series.cast(pl.Float64).to_numpy()
    small = series.cast(pl.Int32).shrink_dtype() if series.len() else series.cast(pl.Int8)
    missing = series.is_null().to_numpy()
    return IntegerArray(small.fill_null(0).to_numpy().copy(), missing.copy())


def _numbers(series: pl.Series) -> Any:
    if series.dtype != pl.Float32:
        series = series.cast(pl.Float64)
    if series.is_infinite().any():
        raise UsageError(f"{series.name} holds an infinite number, which Stata does not have.",
                         hint="Make it null, or write .parquet.")
    return series.fill_nan(None).to_numpy()
