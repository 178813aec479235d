"""Sanctions in force between the powers, hand-kept: who against whom, from when to when, of what kind.

A sanction here is a restriction that one power declares against another, or against its officials or an industry of it
as a class: on arms, trade, food, finance, technology or persons. Not counted: tariffs and trade remedies, general
export control regimes (CoCom to 1994 among them), suspended aid, listings of single firms or persons, and measures
taken under another name.

The table covers the pairs of :data:`SCOPE_POWERS` in the years of :data:`SCOPE_YEARS`. There, no row means that no
sanction is known to be in force; outside, it means nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from itertools import combinations

import polars as pl

from equipoise import data
from equipoise.assemble.dates import first_day, last_day
from equipoise.schema import DEFAULT_POWERS

SCOPE_POWERS = DEFAULT_POWERS
SCOPE_YEARS = (1991, 2025)

KINDS = ("arms", "finance", "food ban", "persons", "technology", "trade")


@cache
def sanctions() -> pl.DataFrame:
    """Return the rows, sorted by start: ``sender``, ``target``, ``start``, ``end`` (dates; null: in force), ``kind``
    (one of :data:`KINDS`), ``note``, ``source``, ``confidence``, ``verified`` (false: from memory).

    >>> sanctions().filter(pl.col("kind") == "food ban").select("sender", "target", "start").row(0)
    ('RUS', 'EUU', datetime.date(2014, 8, 6))
    """
    raw = pl.read_csv(data.read("sanctions.csv"), infer_schema=False)
    dated = raw.with_columns(first_day("start"), last_day("end"), verified=pl.col("verified") == "true")
    return dated.sort("start", "sender", "target", "kind")


def in_force(powers: Sequence[str], *, years: Sequence[int]) -> pl.DataFrame:
    """Return whether any sanction between two powers, either way, is in force on 31 December.

    Args:
        powers: codes of powers; every pair of them in this order gets a row a year.
        years: the years.

    Returns:
        ``year`` (Int32), ``power_a``, ``power_b``, ``value`` (Int8): 1 in force, 0 none, null where the table does not
        cover the pair or the year. Sorted by year, then pairs in the order of ``powers``.

    Examples:
        >>> in_force(["RUS", "CHN", "USA"], years=[2022]).rows()
        [(2022, 'RUS', 'CHN', 0), (2022, 'RUS', 'USA', 1), (2022, 'CHN', 'USA', 1)]
        >>> in_force(["RUS", "GBR"], years=[2022])["value"].to_list()
        [None]
    """
    rows = [(year, a, b, _value(a, b, year=year)) for year in years for a, b in combinations(powers, 2)]
    schema = {"year": pl.Int32, "power_a": pl.String, "power_b": pl.String, "value": pl.Int8}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _value(a: str, b: str, *, year: int) -> int | None:
    first, last = SCOPE_YEARS
    if not first <= year <= last or not {a, b} <= set(SCOPE_POWERS):
        return None
    day = dt.date(year, 12, 31)
    return int(any(start <= day and (end is None or end >= day) for start, end in _spans().get(frozenset((a, b)), ())))


@cache
def _spans() -> dict[frozenset[str], list[tuple[dt.date, dt.date | None]]]:
    spans: dict[frozenset[str], list[tuple[dt.date, dt.date | None]]] = {}
    for sender, target, start, end in sanctions().select("sender", "target", "start", "end").iter_rows():
        spans.setdefault(frozenset((sender, target)), []).append((start, end))
    return spans
