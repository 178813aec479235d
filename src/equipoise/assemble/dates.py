"""Dates as the hand-kept tables give them: a day, or only the month or year that a source states."""

from __future__ import annotations

import calendar
import datetime as dt
import re

import polars as pl

from equipoise.errors import UsageError

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def read_day(text: str | dt.date) -> dt.date:
    """Return the day that a user writes as 2022-01-06.

    Raises:
        UsageError: it is none, never was, or has not come yet.

    Examples:
        >>> read_day("2022-01-06")
        datetime.date(2022, 1, 6)
        >>> read_day("2022-02-30")
        Traceback (most recent call last):
        ...
        equipoise.errors.UsageError: 2022-02-30 never was: February 2022 had 28 days. Write a day as 2022-01-06.
    """
    if isinstance(text, dt.date):
        first, last = text, text
    else:
        first, last = read_period(text)
    if first != last:
        raise UsageError(f"{text} is not a day.", hint="Write a day as 2022-01-06.")
    if first > dt.date.today():
        raise UsageError(f"{first} has not come yet.", hint="Choose a day that has been.")
    return first


def read_period(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of what a user writes: a day, a month (2013-11) or a year.

    Raises:
        UsageError: it is none of these, or never was.

    Examples:
        >>> read_period("2013-11")
        (datetime.date(2013, 11, 1), datetime.date(2013, 11, 30))
        >>> read_period("2013-13")
        Traceback (most recent call last):
        ...
        equipoise.errors.UsageError: 2013-13 never was: a year has 12 months. Write a day as 2022-01-06.
    """
    hint = "Write a day as 2022-01-06."
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or found[1] == "0000":
        raise UsageError(f"{text!r} is no date.", hint=f"{hint[:-1]}, a month as 2022-01.")
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    if month is None:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    if not 1 <= month <= 12:
        raise UsageError(f"{text} never was: a year has 12 months.", hint=hint)
    length = calendar.monthrange(year, month)[1]
    if day is None:
        return dt.date(year, month, 1), dt.date(year, month, length)
    if not 1 <= day <= length:
        raise UsageError(f"{text} never was: {calendar.month_name[month]} {year} had {length} days.", hint=hint)
    return dt.date(year, month, day), dt.date(year, month, day)


def first_day(column: str) -> pl.Expr:
    """Return the first day of a date text: ``1994`` is 1994-01-01; an empty text stays null.

    >>> pl.DataFrame({"start": ["1994", "2021-08", None]}).select(first_day("start"))["start"].to_list()
    [datetime.date(1994, 1, 1), datetime.date(2021, 8, 1), None]
    """
    text = pl.col(column)
    # what is missing of ten characters is the end of -01-01
    return (text + pl.lit("-01-01").str.slice(text.str.len_chars() - 4)).str.to_date("%Y-%m-%d")


def last_day(column: str) -> pl.Expr:
    """Return the last day of a date text: ``1994`` is 1994-12-31; an empty text stays null.

    >>> pl.DataFrame({"end": ["1994", "2021-02", "2021-02-03"]}).select(last_day("end"))["end"].to_list()
    [datetime.date(1994, 12, 31), datetime.date(2021, 2, 28), datetime.date(2021, 2, 3)]
    """
    day, of = first_day(column), precision(column)
    return pl.when(of == "year").then(day.dt.offset_by("11mo").dt.month_end()).when(
        of == "month").then(day.dt.month_end()).otherwise(day)


def precision(column: str) -> pl.Expr:
    """Return how exact a date text is: ``day``, ``month`` or ``year``.

    >>> pl.DataFrame({"start": ["1994", "2021-08", None]}).select(precision("start"))["start"].to_list()
    ['year', 'month', None]
    """
    return pl.col(column).str.len_chars().replace_strict({10: "day", 7: "month", 4: "year"}, return_dtype=pl.String)
