"""Dates of a day, a month or a year."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from equipoise.assemble.dates import first_day, last_day, precision


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
