"""Dated events for time axes and captions, in English and Traditional Chinese, each with its source."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import polars as pl

from equipoise import data
from equipoise.assemble.dates import first_day, last_day, precision

EVERYWHERE = "*"
"""Stands in ``states`` for an event that bears on every state, such as the invasion of 2022."""


def events(states: Collection[str] | None = None) -> pl.DataFrame:
    """Return the events that bear on any of these states, and those that bear on all; sorted by date and id.

    Columns: ``id``, ``date``, ``end`` (dates; the end of an event of one day is null), ``precision`` (of ``date``: day
    or month; a month stands as its first day), ``states`` (list of iso3, or ``*``), ``title_en``, ``title_zh``,
    ``short_en``, ``short_zh`` (labels of at most 14 characters), ``source``, ``confidence``, ``on_axes`` (whether it is
    drawn on time axes; the others are for captions and tables).

    Args:
        states: iso3 codes or ``EUU``; None returns all events.

    Examples:
        >>> shown = events(["KAZ"]).filter(pl.col("on_axes"))
        >>> shown["short_en"].to_list()[:3], shown["short_zh"].to_list()[-1]
        (['Independence', 'SCO', 'Crisis 2008'], '俄烏戰爭')
    """
    if states is None:
        return _all()
    wanted = [EVERYWHERE, *states]
    return _all().filter(pl.col("states").list.eval(pl.element().is_in(wanted)).list.any())


@cache
def _all() -> pl.DataFrame:
    raw = pl.read_csv(data.read("events.csv"), infer_schema=False)
    dated = raw.with_columns(
        precision("date").alias("precision"), first_day("date"), last_day("end"),
        pl.col("states").str.split(";"), on_axes=pl.col("on_axes") == "true",
    )
    return dated.select("id", "date", "end", "precision", *raw.columns[3:]).sort("date", "id")
