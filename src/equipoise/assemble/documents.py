"""Figures on trade that the source documents assert, to be drawn beside the data."""

from __future__ import annotations

from functools import cache

import polars as pl

from equipoise import data
from equipoise.assemble.dates import first_day


def document_shares(state: str) -> pl.DataFrame:
    """Return the trade shares that a document gives for a state; no rows where none does.

    Columns: ``date`` (the first day of the month given), ``power``, ``share`` (of total trade, 0 to 1), ``document``,
    ``place``. Figures of another kind, and shares of several powers together, are in :func:`figures` only.

    >>> document_shares("KAZ").select("date", "power", "share").row(0)
    (datetime.date(2017, 1, 1), 'EUU', 0.386)
    """
    one = pl.col("state") == state, pl.col("quantity") == "trade_share", ~pl.col("power").str.contains(";")
    shares = figures().filter(*one).with_columns(share=(pl.col("value") / 100).round(6))
    return shares.select("date", "power", "share", "document", "place").sort("date", "share", descending=[False, True])


@cache
def figures() -> pl.DataFrame:
    """Return all figures: ``state``, ``date``, ``power``, ``quantity``, ``value``, ``unit``, ``document``, ``place``.

    >>> figures().filter(pl.col("quantity") == "trade_value").select("power", "value", "unit").row(0)
    ('USA', 1900.0, 'million US dollars')
    """
    raw = pl.read_csv(data.read("document_shares.csv"), infer_schema=False)
    return raw.with_columns(first_day("date"), pl.col("value").cast(pl.Float64))
