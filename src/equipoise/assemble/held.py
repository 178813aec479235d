"""Which state held a state's place in a year: the Soviet Union Russia's to 1990, Yugoslavia Serbia's to 1991."""

from __future__ import annotations

import datetime as dt
from functools import cache

import polars as pl

from equipoise.assemble import codes


@cache
def in_year(iso3: str, year: int) -> str:
    """Return the state that held the place of ``iso3`` on 31 December; itself where none did.

    The rule is that of ``codes.resolve(iso3, on=…)``; this is for tables with thousands of names and years.

    >>> in_year("RUS", 1980), in_year("SRB", 1995), in_year("KAZ", 1980)
    ('SUN', 'SCG', 'KAZ')
    """
    return codes.resolve(iso3, on=dt.date(year, 12, 31)) if iso3 in _sharing() else iso3


@cache
def _sharing() -> frozenset[str]:
    """States whose code in a list is another state's at another time; all others are themselves in every year."""
    lists = [codes.states().select("iso3", code=system).drop_nulls().unique() for system in ("cow", "gw")]
    return frozenset(pl.concat(own.filter(pl.col("code").is_duplicated())["iso3"] for own in lists))
