"""The Global Sanctions Data Base, read from a file of the user's own.

Source: Felbermayr, Kirilakha, Syropoulos, Yalcin and Yotov 2020, "The Global Sanctions Data Base"; third release:
Syropoulos and others 2022. The authors send it on request, so there is nothing to download: ask at
https://www.globalsanctionsdatabase.com/ and save the dyadic version as CSV.
"""

from __future__ import annotations

import polars as pl

from equipoise.acquire import tables
from equipoise.errors import BadSourceFile

KINDS = ("arms", "military", "trade", "financial", "travel", "other")
"""What is restricted: arms trade, military assistance, trade, payments and assets, entry of persons, anything else."""

# How files of Stata 13 and later begin, and those of Stata 8 to 12 (release, byte order, file type).
_STATA = (b"<stata_dta>", *(bytes([release, order, 1]) for release in (113, 114, 115) for order in (1, 2)))
_HINT = "Use the dyadic version of the data base, one row a sender, target, case and year, saved as CSV."
_STATES = {"sender": "sanctioning_state", "target": "sanctioned_state"}
_TRUTH = {"1": True, "1.0": True, "true": True, "0": False, "0.0": False, "false": False}


def read(content: bytes, *, name: str) -> pl.DataFrame:
    """Read the dyadic version of any release, as CSV.

    Args:
        content: the file's bytes, in UTF-8 or Windows-1252.
        name: the file's name, for messages only.

    Returns:
        One row a sender, target, case and year, sorted: ``case`` (its id as text; null in releases without), ``sender``
        and ``target`` (names as written), ``sender_code`` and ``target_code`` (the release's own iso3 codes; null where
        it gives none, as for terrorist groups, or has no such columns), ``year`` (Int32) and one Boolean column for
        each of :data:`KINDS` (null where the cell is empty).

    Raises BadSourceFile: a Stata file, the case version, a missing column, or a cell that is neither 0 nor 1.

    >>> text = b"sanctioned_state,sanctioning_state,year,arms,military,trade,financial,travel,other"
    >>> read(text + b"\\nA,B,1999,1,0,0,0,0,0", name="x.csv").select("sender", "target", "year", "arms", "trade").row(0)
    ('B', 'A', 1999, True, False)
    """
    frame = _table(content, name=name)
    codes = {
        f"{side}_code": _text(f"{column}_iso3") if f"{column}_iso3" in frame.columns else pl.lit(None, pl.String)
        for side, column in _STATES.items()
    }
    case = _text("case_id") if "case_id" in frame.columns else pl.lit(None, pl.String)
    return frame.select(
        case=case,
        **{side: _text(column) for side, column in _STATES.items()},
        **codes,
        year=_years(frame, name=name),
        **{kind: _flags(frame, column=kind, name=name) for kind in KINDS},
    ).sort("sender", "target", "year", "case")


def _table(content: bytes, *, name: str) -> pl.DataFrame:
    """The file with its columns in lower case, all text; refused if it is another version or format."""
    if content.startswith(_STATA):
        raise BadSourceFile(f"{name} is a Stata file.", hint="Save it as CSV first: `export delimited` in Stata.")
    try:
        frame = tables.read_csv(content, name=name, infer=False)
    except BadSourceFile as error:
        if "is not in utf-8" not in error.what:
            raise BadSourceFile(error.what, hint=_HINT) from error
        frame = tables.read_csv(content, name=name, infer=False, encoding="cp1252")
    frame = frame.rename(lambda column: column.strip().lower())
    if "year" not in frame.columns and {"begin", "end"} <= set(frame.columns):
        raise BadSourceFile(f"{name} is the case version, one row a case from begin to end.", hint=_HINT)
    try:
        return tables.require_columns(frame, (*_STATES.values(), "year", *KINDS), name=name)
    except BadSourceFile as error:
        raise BadSourceFile(error.what, hint=_HINT) from error


def _text(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text)


def _years(frame: pl.DataFrame, *, name: str) -> pl.Series:
    year = frame["year"].str.strip_chars().str.strip_suffix(".0").cast(pl.Int32, strict=False)
    if year.null_count():
        raise BadSourceFile(f"{name} has {frame['year'][_first_null(year)]!r} where a year should be.", hint=_HINT)
    return year


def _flags(frame: pl.DataFrame, *, column: str, name: str) -> pl.Series:
    text = frame.select(_text(column).str.to_lowercase())[column]
    flags = text.replace_strict(_TRUTH, default=None, return_dtype=pl.Boolean)
    odd = text.filter(flags.is_null() & text.is_not_null())
    if odd.len():
        raise BadSourceFile(f"{name} has {odd[0]!r} in the column {column}, which is neither 0 nor 1.", hint=_HINT)
    return flags


def _first_null(series: pl.Series) -> int:
    return int(series.is_null().arg_max() or 0)
