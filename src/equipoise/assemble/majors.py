"""The major powers by the Correlates of War's list, and since when each was one.

Source: Correlates of War Project 2017, State System Membership List v2016, major powers; the dates are typed off it.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl

from equipoise import data

COVERED_TO = date(2016, 12, 31)
"""The list's last day: nothing is known after it."""


@cache
def majors() -> pl.DataFrame:
    """Return the spells as a major power, sorted by ``cow`` (Int32) and start.

    ``start_date`` and ``end_date`` are both included; ``end_date`` is null where the state was still a major power on
    :data:`COVERED_TO`.

    >>> majors().filter(pl.col("cow") == 220)["end_date"].to_list()
    [datetime.date(1940, 6, 22), None]
    """
    schema = {"cow": pl.Int32, "start_date": pl.Date, "end_date": pl.Date}
    return pl.read_csv(data.read("majors.csv"), schema=schema).sort("cow", "start_date")
