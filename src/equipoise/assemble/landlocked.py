"""Which states have no coast on the open sea, and since when: a list of 45 states of today, and Czechoslovakia.

The list is the common one (44 states, the Holy See among them, and Kosovo); the Caspian Sea, lakes and rivers are no
coast. It is kept by hand because the map counts the Caspian as one and GeoDist's list of 2011 leaves out Belarus,
Moldova, Serbia and South Sudan.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import polars as pl

from equipoise import data


@cache
def landlocked() -> pl.DataFrame:
    """Return ``state``, ``since`` (date; null: since 1991 or before) and ``note``.

    >>> landlocked().filter(pl.col("state") == "SRB")["since"].item()
    datetime.date(2006, 6, 3)
    """
    raw = pl.read_csv(data.read("landlocked.csv"), infer_schema=False)
    return raw.with_columns(pl.col("since").str.to_date("%Y-%m-%d")).sort("state")


def is_landlocked(state: str, *, year: int) -> bool:
    """Return whether a state has no coast on 31 December of a year.

    >>> is_landlocked("KAZ", year=1995), is_landlocked("ETH", year=1992), is_landlocked("RUS", year=1995)
    (True, False, False)
    """
    return state in _since() and _since()[state] <= dt.date(year, 12, 31)


@cache
def _since() -> dict[str, dt.date]:
    return {s: d or dt.date.min for s, d in landlocked().select("state", "since").iter_rows()}
