"""All roll calls that the pack carries, a row a vote, from the tables they are kept in."""

from __future__ import annotations

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.estimation_set import all_calls
from equipoise.assemble.packed import Pack

SOURCES = ("un_roll_calls", "un_votes")
"""Who counted them: the first to session 74, the second since."""


def roll_calls(pack: Pack) -> pl.DataFrame:
    """Return every vote: the columns of :func:`equipoise.acquire.un_roll_calls.parse`, ``year`` and ``state``.

    ``year`` is the calendar year of the roll call; ``state`` the ISO code that the state had then: ``SUN`` to 1990.
    """
    calls = all_calls(pack.table("panel_un_roll_calls"), recent=pack.table("votes"))
    return codes.from_cow(calls.with_columns(year=pl.col("date").dt.year()), column="cow", year="year", into="state")
