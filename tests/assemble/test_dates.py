"""Dates of a day, a month or a year."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from equipoise.assemble.dates import first_day, last_day, precision, read_day, read_period
from equipoise.errors import UsageError


@pytest.mark.parametrize(
    ("text", "first", "last", "exact"),
    [
        ("1994", dt.date(1994, 1, 1), dt.date(1994, 12, 31), "year"),
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29), "month"),
        ("2024-02-10", dt.date(2024, 2, 10), dt.date(2024, 2, 10), "day"),
        (None, None, None, None),
    ],
)
def test_dates(text: str | None, first: dt.date | None, last: dt.date | None, exact: str | None) -> None:
    frame = pl.DataFrame({"d": [text]}, schema={"d": pl.String})
    out = frame.select(first=first_day("d"), last=last_day("d"), exact=precision("d"))
    assert out.row(0) == (first, last, exact)


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(pl.exceptions.PolarsError):
        pl.DataFrame({"d": ["2024-13-01"]}).select(first_day("d"))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2013-11", dt.date(2013, 11, 1), dt.date(2013, 11, 30)),
        ("2024-2", dt.date(2024, 2, 1), dt.date(2024, 2, 29)),
        (" 1904 ", dt.date(1904, 1, 1), dt.date(1904, 12, 31)),
        ("2022-01-06", dt.date(2022, 1, 6), dt.date(2022, 1, 6)),
    ],
)
def test_what_a_user_writes_is_a_period(text: str, first: dt.date, last: dt.date) -> None:
    assert read_period(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2023-02-29", "February 2023 had 28 days"), ("2022-00", "12 months"), ("2022-04-31", "30 days"),
        ("6 January 2022", "no date"), ("0000", "no date"), ("", "no date"), ("20220106", "no date"),
    ],
)
def test_a_date_that_never_was_is_refused(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_period(text)


def test_a_day_is_one_that_has_been() -> None:
    assert read_day("2022-01-06") == read_day(dt.date(2022, 1, 6)) == dt.date(2022, 1, 6)
    with pytest.raises(UsageError, match="2022-01 is not a day"):
        read_day("2022-01")
    with pytest.raises(UsageError, match="not come yet"):
        read_day(dt.date.today() + dt.timedelta(days=1))
