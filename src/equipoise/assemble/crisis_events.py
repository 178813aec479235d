"""The dated events around a crisis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from equipoise.assemble.crises import YEAR, Crisis
from equipoise.assemble.events import EVERYWHERE, during
from equipoise.schema import DEFAULT_POWERS

AROUND = dt.timedelta(days=30)
"""How long before and after a crisis its events are looked for."""

COLUMNS = ("date", "until", "precision", "kind", "title_en", "title_zh", "source", "confidence", "id")


def crisis_events(crisis: Crisis, *, powers: Sequence[str] = ()) -> pl.DataFrame:
    """Return the dated events around a crisis: from 30 days before it to 30 days after, at most a year from its start.

    These bear on the place or on who acts against it, on all states, or on nobody but parties and powers. Months and
    years that alone are known, and texts that are cited, are left out: they say nothing of the days of a crisis.

    Args:
        crisis: the crisis.
        powers: whose stances are asked, beside the five powers.

    Returns:
        :data:`COLUMNS`, sorted by date.

    Examples:
        >>> from equipoise.assemble.crises import shipped
        >>> crisis_events(shipped("georgia-2008")).select("id", "date").row(0)
        ('georgia-war', datetime.date(2008, 8, 8))
    """
    last = min(crisis.end or crisis.start + YEAR, crisis.start + YEAR)
    found = during(crisis.start - AROUND, last=last + AROUND)
    parties = [crisis.place, *crisis.against, *crisis.alongside]
    inside = [*parties, *powers, *DEFAULT_POWERS]
    touched = pl.col("states").list.eval(pl.element().is_in([EVERYWHERE, *parties])).list.any()
    among = pl.col("states").list.eval(pl.element().is_in(inside)).list.all()
    known = (pl.col("precision") == "day") & (pl.col("kind") != "publication")
    return found.filter(known & (touched | among)).rename({"end": "until"}).select(COLUMNS)
