"""Dates as the hand-kept tables give them: a day, or only the month or year that a source states."""

from __future__ import annotations

import polars as pl


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
