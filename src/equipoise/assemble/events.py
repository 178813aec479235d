"""Dated events: what the documents mention and what time axes show, in English and Chinese, each with its source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import cache

import polars as pl

from equipoise import data
from equipoise.assemble.dates import first_day, last_day, precision

KINDS = ("crisis", "war", "sanctions", "nuclear", "vote", "statement", "speech", "diplomacy", "visit", "summit",
         "treaty", "organisation", "economy", "energy", "currency", "leadership", "domestic", "publication")
"""What an event can be; ``publication`` is a text that the documents cite."""

EVERYWHERE = "*"
"""Stands in ``states`` for an event that bears on every state, such as the invasion of 2022."""


def events(states: Collection[str] | None = None) -> pl.DataFrame:
    """Return the events that bear on any of these states, and those that bear on all; sorted by date and id.

    Columns: ``id``, ``date``, ``end`` (dates; the end of an event of one day is null), ``precision`` (of ``date``: day,
    month or year; a month or year stands as its first day), ``place``, ``kind`` (one of :data:`KINDS`), ``states``
    (list of iso3, or ``*``), ``organisations`` (list of codes), ``title_en``, ``title_zh``, ``short_en``, ``short_zh``
    (labels of at most 14 characters; null for most that are not on axes), ``source``, ``confidence``, ``on_axes``
    (whether it is drawn on time axes).

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


def during(first: dt.date, *, last: dt.date, states: Collection[str] | None = None) -> pl.DataFrame:
    """Return the events of :func:`events` that touch the span between two days, the days included.

    An event whose month or year alone is known touches every day of it.

    >>> during(dt.date(2014, 3, 17), last=dt.date(2014, 3, 18), states=["KAZ"])["id"].to_list()
    ['slowdown-2014', 'crimea', 'kaz-understanding']
    """
    length = pl.col("precision").replace_strict({"day": "0d", "month": "1mo", "year": "1y"}, return_dtype=pl.String)
    known = pl.col("date").dt.offset_by(length).dt.offset_by(
        pl.when(pl.col("precision") == "day").then(pl.lit("0d")).otherwise(pl.lit("-1d")))
    return events(states).filter(pl.col("date") <= last, pl.max_horizontal(pl.col("end"), known) >= first)


@cache
def _all() -> pl.DataFrame:
    raw = pl.read_csv(data.read("events.csv"), infer_schema=False)
    dated = raw.with_columns(
        precision("date").alias("precision"), first_day("date"), last_day("end"),
        pl.col("states").str.split(";"), pl.col("organisations").fill_null("").str.split(";").list.eval(
            pl.element().filter(pl.element() != "")), on_axes=pl.col("on_axes") == "true",
    )
    return dated.select("id", "date", "end", "precision", *raw.columns[3:]).sort("date", "id")
