from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.acquire import brent
from equipoise.errors import BadSourceFile


def parse(text: str) -> pl.DataFrame:
    return brent.parse({brent.FILES[0]: text.encode()})


def test_a_month_is_its_first_day() -> None:
    assert parse("Date,Price\n2026-07-15,83.76\n1987-05-15,18.58\n").rows() == [
        (date(1987, 5, 1), 18.58), (date(2026, 7, 1), 83.76),
    ]


@pytest.mark.parametrize("line", ["15.05.1987,18.58", "1987-05-15,about 19"])
def test_a_line_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(BadSourceFile, match="date or price that cannot be read"):
        parse(f"Date,Price\n{line}\n")


def test_a_month_that_occurs_twice_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="the month 1987-05-01 twice"):
        parse("Date,Price\n1987-05-15,18.58\n1987-05-16,18.6\n")


@pytest.mark.raw
def test_no_month_is_missing(parsed) -> None:
    prices = parsed("brent")
    assert prices["month"].to_list() == pl.date_range(date(1987, 5, 1), date(2026, 7, 1), "1mo", eager=True).to_list()
    assert prices["price_usd_bbl"].null_count() == 0
    assert prices["price_usd_bbl"][-1] == 83.76
