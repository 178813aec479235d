"""Readers that the connectors share: bytes of a CSV, R or Excel file to a table, or one clear error.

Every reader takes the bytes and the file's ``name``, which it uses in messages only, and touches no disk. A file that
is not what it should be (an HTML page where a table was expected, a wrong encoding, an empty or truncated file, a
missing column) raises :class:`~equipoise.errors.BadSourceFile` with a one-line message; ``source``, an id of the
registry, makes its hint name the download to run again.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from equipoise.errors import BadSourceFile, MissingSource

if TYPE_CHECKING:
    from polars._typing import SchemaDict

_ONE_AT_A_TIME = Lock()  # what is done with warnings while an R file is read holds for the whole process
_FRAME_CLASSES = ("data.frame", "tbl", "tbl_df", "spec_tbl_df", "grouped_df", "data.table")


def content_of(files: Mapping[str, bytes], path: str, *, source: str = "") -> bytes:
    """Return the bytes of one file of a source.

    Raises MissingSource if the file is not among ``files``.

    >>> content_of({"unga/votes.csv": b"rcid"}, "unga/votes.csv")
    b'rcid'
    """
    if path not in files:
        raise MissingSource(f"the source file {path} is not there.", hint=_pull(source))
    return files[path]


def read_csv(
    content: bytes,
    *,
    name: str,
    separator: str = ",",
    encoding: str = "utf-8",
    skip_lines: int = 0,
    infer: bool = True,
    schema_overrides: SchemaDict | None = None,
    null_values: Sequence[str] = (),
    source: str = "",
) -> pl.DataFrame:
    """Read delimited text with a header line into a frame.

    ``encoding`` is strict: text in another encoding raises, rather than turning into wrong letters. A byte-order mark
    is dropped. ``skip_lines`` lines before the header are left out; ``infer=False`` keeps every column as text.

    Raises BadSourceFile.

    >>> read_csv(b"iso3,year\\nKAZ,1992\\n", name="x.csv").row(0)
    ('KAZ', 1992)
    """
    check_table(content, name=name, source=source)
    text = _decode(content, name=name, encoding=encoding, source=source)
    if skip_lines:
        text = "".join(text.splitlines(keepends=True)[skip_lines:])
    _check_last_line(text, name=name, separator=separator, source=source)
    try:
        return pl.read_csv(
            io.BytesIO(text.encode()),
            separator=separator,
            infer_schema=infer,
            infer_schema_length=None,
            schema_overrides=schema_overrides,
            null_values=list(null_values) or None,
        )
    except pl.exceptions.PolarsError as error:
        raise BadSourceFile(f"{name} is not a table separated by {separator!r}: {_first_line(error)}",
                            hint=_pull(source)) from error


def read_r(content: bytes, *, name: str, member: str | None = None, source: str = "") -> pl.DataFrame:
    """Read a data frame from an R file (``.rds``, ``.rda``, ``.RData``).

    ``member`` names the object in a file with several. Numbers become Float64 or Int32, R's NA and NaN null, dates
    ``pl.Date``, factors and text String (UTF-8, or Latin-1 where the file does not say and UTF-8 fails).

    Raises BadSourceFile.
    """
    found = read_r_object(content, name=name, member=member, source=source)
    if not isinstance(found, pl.DataFrame):
        raise BadSourceFile(f"{name} holds a {type(found).__name__}, not a data frame.", hint=_pull(source))
    return found


def read_r_object(content: bytes, *, name: str, member: str | None = None, source: str = "") -> Any:
    """Read any object from an R file: lists come as list or dict, matrices with names as ``xarray.DataArray``.

    Data frames in it are Polars frames, as :func:`read_r` describes. Raises BadSourceFile.
    """
    check_table(content, name=name, source=source)
    found = _convert_r(content, name=name, source=source)
    if member is None and isinstance(found, dict) and len(found) == 1:
        return next(iter(found.values()))
    if member is None:
        return found
    if not isinstance(found, dict) or member not in found:
        has = sorted(found) if isinstance(found, dict) else "one object without a name"
        raise BadSourceFile(f"{name} has no object {member}; it has {has}.", hint=_pull(source))
    return found[member]


def read_excel(content: bytes, *, name: str, sheet: str | int = 0, source: str = "") -> list[list[Any]]:
    """Read one sheet of an ``.xlsx`` or ``.xls`` workbook as raw rows; an empty cell is an empty string.

    ``sheet`` is a name, or a position counted from 0. Raises BadSourceFile.
    """
    import python_calamine

    check_table(content, name=name, source=source)
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise BadSourceFile(f"{name} is not an Excel workbook: {_first_line(error)}", hint=_pull(source)) from error
    names = book.sheet_names
    if (isinstance(sheet, str) and sheet not in names) or (isinstance(sheet, int) and sheet >= len(names)):
        raise BadSourceFile(f"{name} has no sheet {sheet}; it has {names}.", hint=_pull(source))
    chosen = sheet if isinstance(sheet, str) else names[sheet]
    return book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)


def require_columns(frame: pl.DataFrame, columns: Sequence[str], *, name: str, source: str = "") -> pl.DataFrame:
    """Return the frame if it has all ``columns``; raise BadSourceFile that names the first missing one.

    >>> require_columns(pl.DataFrame({"year": [1992]}), ["year"], name="x.csv").columns
    ['year']
    """
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        has = ", ".join(frame.columns[:20]) + (" …" if len(frame.columns) > 20 else "")
        raise BadSourceFile(f"{name} has no column {missing[0]}; it has {has}.", hint=_pull(source))
    if frame.is_empty():
        raise BadSourceFile(f"{name} has no rows.", hint=_pull(source))
    return frame


def integers(**columns: str) -> list[pl.Expr]:
    """Expressions that take whole numbers, which R and Stata keep as floats, as Int32 under new names.

    >>> pl.DataFrame({"ccode": [705.0]}).select(integers(cow="ccode")).row(0)
    (705,)
    """
    return [pl.col(old).cast(pl.Int32).alias(new) for new, old in columns.items()]


def check_table(content: bytes, *, name: str, source: str = "") -> None:
    """Raise BadSourceFile if the bytes are nothing, a web page, or a pointer to a file kept elsewhere.

    >>> check_table(b"a,b", name="x.csv")
    """
    if not content.strip():
        raise BadSourceFile(f"{name} is empty.", hint=_pull(source))
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")) or (head.startswith(b"<?xml") and b"<html" in head):
        raise BadSourceFile(f"{name} is a web page, not a table: the address may have moved.", hint=_pull(source))
    if head.startswith(b"version https://git-lfs"):
        raise BadSourceFile(f"{name} is a Git LFS pointer, not the file itself.", hint=_pull(source))


def _pull(source: str) -> str:
    return f"Try `equipoise data pull {source}`." if source else "Try `equipoise data pull` for its source."


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".") + "."


def _decode(content: bytes, *, name: str, encoding: str, source: str) -> str:
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise BadSourceFile(f"{name} is not in {encoding}: byte {error.start} cannot be read.",
                            hint=_pull(source)) from error


def _check_last_line(text: str, *, name: str, separator: str, source: str) -> None:
    """Polars fills a short line with nulls, so a file cut off in its last line would pass unseen."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    last = text.rstrip("\r\n").rsplit("\n", 1)[-1]
    width, found = (len(next(csv.reader([line.strip("\r")], delimiter=separator), [])) for line in (header, last))
    if found < width:
        raise BadSourceFile(f"{name} is cut off: its last line has {found} of {width} fields.", hint=_pull(source))


def _convert_r(content: bytes, *, name: str, source: str) -> Any:
    from equipoise.acquire import r_text  # heavy: rdata brings pandas and xarray

    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # rdata passes text that it cannot decode on as bytes, with this warning.
            warnings.filterwarnings("error", message="Exception while decoding")
            parsed, constructors = r_text.parse(content), _constructors()
            encoding = parsed.extra.encoding or "utf-8"
            try:
                return r_text.Converter(constructors, default_encoding=encoding).convert(parsed)
            except UserWarning:
                latin = r_text.Converter(constructors, default_encoding="latin-1", force_default_encoding=True)
                return latin.convert(parsed)
    except Exception as error:  # rdata has no error of its own: whatever a damaged file sets off means one thing
        raise BadSourceFile(f"{name} cannot be read as an R file: {type(error).__name__}: {_first_line(error)}",
                            hint=_pull(source)) from error


def _constructors() -> dict[Any, Any]:
    from rdata.conversion import DEFAULT_CLASS_MAP

    frames: dict[Any, Any] = dict.fromkeys(_FRAME_CLASSES, _frame)
    return dict(DEFAULT_CLASS_MAP) | frames | {"factor": _factor, "ordered": _factor, "Date": _date}


def _frame(columns: Mapping[str, Any] | list[Any], attrs: Mapping[str, Any]) -> pl.DataFrame:
    named = columns if isinstance(columns, Mapping) else {}
    return pl.DataFrame([_series(str(n), v) for n, v in named.items()])


def _series(name: str, values: Any) -> pl.Series:
    if isinstance(values, pl.Series):
        return values.alias(name)
    values = getattr(values, "values", values)  # a vector with names is an xarray.DataArray
    if isinstance(values, np.ma.MaskedArray):
        return pl.Series(name, values.tolist(), dtype=_dtype(values.dtype))
    if isinstance(values, np.ndarray) and values.ndim == 1:
        if values.dtype.kind in "OUS":
            return pl.Series(name, [None if v is None else str(v) for v in values], dtype=pl.String)
        return pl.Series(name, values, nan_to_null=True)
    return pl.Series(name, list(values), dtype=pl.Object)


def _dtype(dtype: np.dtype[Any]) -> type[pl.DataType]:
    return {"b": pl.Boolean, "i": pl.Int32}.get(dtype.kind, pl.Float64)


def _factor(codes: np.ndarray, attrs: Mapping[str, Any]) -> pl.Series:
    levels = dict(enumerate(map(str, attrs["levels"]), start=1))
    return pl.Series("", [levels.get(i) for i in np.ma.asarray(codes).tolist()], dtype=pl.String)


def _date(days: np.ndarray, attrs: Mapping[str, Any]) -> pl.Series:
    """R keeps a date as days since 1970-01-01, in whole or fractional numbers."""
    return _series("", np.asarray(days, dtype=float)).floor().cast(pl.Int32).cast(pl.Date)
