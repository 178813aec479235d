"""A user's own table, read from a file; whatever is wrong with the file is one clear error."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from equipoise import store
from equipoise.acquire import tables
from equipoise.errors import BadSourceFile, UsageError

Labelled = tuple[pl.DataFrame, dict[str, str]]

NULLS = ("NA", ".")
"""What R and Stata write into a CSV where a value is missing."""


def read_own(path: Path | str) -> Labelled:
    """Return a user's table, and the labels of its columns where the file has such (Stata); else no labels.

    A CSV has a header, commas and UTF-8; an empty cell, ``NA`` and ``.`` are null, and so are all of Stata's missing
    values. Columns without a name, which R writes for row numbers, are left out. A column of numbers with one text in
    it is a column of text.

    Args:
        path: a ``.csv``, ``.parquet``, ``.arrow``, ``.feather`` or ``.dta`` file.

    Raises:
        UsageError: another suffix.
        BadSourceFile: there is no such file, it is not what its suffix says, or two columns have one name.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = store.atomic_write(Path(folder) / "own.csv", content="ccode,year,x\\n705,1992,NA\\n")
        ...     read_own(path)[0].row(0)
        (705, 1992, None)
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UsageError(f"{path.name} is not a kind of file that can be added.",
                         hint=f"Save it as {', '.join(_READERS)}.")
    try:
        content = store.read(path)
    except OSError as err:
        raise BadSourceFile(f"{path} cannot be read: {(err.strerror or str(err)).lower()}.",
                            hint="Check the path.") from err
    frame, labels = reader(content, path.name)
    frame = frame.select(c for c in frame.columns if c.strip())
    if frame.is_empty():
        raise BadSourceFile(f"{path.name} has no rows.", hint="Save it anew with its rows.")
    return frame, labels


def _csv(content: bytes, name: str) -> Labelled:
    head = content.split(b"\n", 1)[0]
    other = next((s for s in (b";", b"\t") if s in head and b"," not in head), None)
    if other:
        raise BadSourceFile(f"{name} has no comma in its header, but {other.decode()!r}.",
                            hint="Save it with commas between the columns, and points in numbers.")
    if b"\n" not in content:  # as Excel's "CSV (Macintosh)" ends its lines
        content = content.replace(b"\r", b"\n")
    try:
        frame = tables.read_csv(content, name=name, null_values=NULLS)
    except BadSourceFile as err:
        hint = "Save it as UTF-8." if "is not in utf-8" in err.what else "Save it anew: with commas and in UTF-8."
        raise BadSourceFile(err.what, hint=hint) from err
    return _named(frame, name=name), {}


def _named(frame: pl.DataFrame, *, name: str) -> pl.DataFrame:
    """The columns that have a name, without the blanks around it; no two have the same."""
    names = {c: re.sub(r"_duplicated_\d+$", "", c).strip() for c in frame.columns}  # so Polars tells two apart
    kept = {c: n for c, n in names.items() if n}
    twice = next((n for n in kept.values() if list(kept.values()).count(n) > 1), None)
    if twice:
        raise BadSourceFile(f"{name} has two columns called {twice}.", hint="Rename or drop one of them.")
    return frame.select(pl.col(c).alias(n) for c, n in kept.items())


def _parquet(content: bytes, name: str) -> Labelled:
    return _polars(pl.read_parquet, content=content, name=name, kind="a Parquet"), {}


def _arrow(content: bytes, name: str) -> Labelled:
    return _polars(pl.read_ipc, content=content, name=name, kind="an Arrow"), {}


def _polars(read: Callable[[io.BytesIO], pl.DataFrame], *, content: bytes, name: str, kind: str) -> pl.DataFrame:
    try:
        return read(io.BytesIO(content))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as err:
        raise BadSourceFile(f"{name} is not {kind} file, or is cut off.", hint="Write it anew.") from err


def _stata(content: bytes, name: str) -> Labelled:
    import pandas as pd  # heavy

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what pandas thinks of a damaged file, which is refused below
            with pd.read_stata(io.BytesIO(content), iterator=True, convert_categoricals=False) as reader:
                labels = reader.variable_labels()
                frame = reader.read()
    except Exception as err:  # whatever a damaged file sets off in pandas means one thing
        raise BadSourceFile(f"{name} is not a Stata file, or is cut off.",
                            hint="Save it anew in Stata, or as CSV with `export delimited`.") from err
    return pl.DataFrame([_series(c, frame[c]) for c in frame.columns]), {c: text for c, text in labels.items() if text}


def _series(name: str, column: Any) -> pl.Series:
    if column.dtype.kind == "M":
        return pl.Series(name, column.to_numpy().astype("datetime64[ms]"))
    if column.dtype.kind in "iuf":
        return pl.Series(name, column.to_numpy(), nan_to_null=True)
    return pl.Series(name, [v if isinstance(v, str) else None for v in column], dtype=pl.String)


_READERS: dict[str, Callable[[bytes, str], Labelled]] = {
    ".csv": _csv, ".parquet": _parquet, ".arrow": _arrow, ".feather": _arrow, ".dta": _stata,
}
