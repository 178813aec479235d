"""The dated events of a span as a timeline, with the source of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.dates import read_period
from equipoise.assemble.events import KINDS, during, events
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import AGGREGATES
from equipoise.errors import BadYears, UsageError
from equipoise.pipeline.measured import Measured, made
from equipoise.view import headings

MOST_EVENTS = 200
"""What a chart can be read with."""

_UNITS = {
    "date": "day; the first of a month or year that alone is known",
    "until": "last day; null for one day",
    "precision": "day, month or year",
    "states": "ISO 3166-1 alpha-3, * for all",
    "organisations": "codes",
}


def timeline(
    *,
    first: str | None = None,
    last: str | None = None,
    states: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    pack: Pack | None = None,
) -> Measured:
    """Return the events that touch a span and bear on some states, in order.

    Args:
        first, last: days, months (2013-11) or years; by default the first and the last event.
        states: codes or names, ``EUU`` for the Union; events that bear on all states are among them. All by default.
        kinds: some of :data:`equipoise.assemble.events.KINDS`; all by default.

    Returns:
        ``date``, ``until``, ``precision``, ``kind``, ``title_en``, ``title_zh``, ``place``, ``states`` and
        ``organisations`` (``;`` between several), ``source``, ``confidence``, ``id``.

    Raises:
        UnknownState, BadYears; UsageError for a date that never was, an unknown kind, or a span without events.

    Examples:
        >>> timeline(first="2022-01-05", last="2022-01-06", states=["KAZ"]).frame["id"].to_list()
        ['january-2022', 'cabinet-resigns', 'csto-in']
    """
    if wrong := [k for k in kinds or () if k not in KINDS]:
        raise UsageError(f"no event is of the kind {wrong[0]!r}.", hint=f"Use {', '.join(KINDS)}.")
    every = events()
    since = read_period(first)[0] if first else _day(every["date"].min())
    until = read_period(last)[1] if last else _day(every["date"].max())
    if since > until:
        raise BadYears(f"the first day, {since}, is after the last, {until}.", hint="Swap --from and --to.")
    named = [_state(s) for s in states or ()]
    found = during(since, last=until, states=named or None)
    if kinds:
        found = found.filter(pl.col("kind").is_in(list(kinds)))
    if found.is_empty():
        raise UsageError(
            f"no event is known from {since} to {until} for what was asked.",
            hint=f"The events run from {_day(every['date'].min())} to {_day(every['date'].max())}.",
        )

    def draw(words: Any) -> Any:
        from equipoise.view.charts import happenings

        if found.height > MOST_EVENTS:
            raise UsageError(f"a chart of {found.height} events cannot be read.", hint="Choose a shorter span.")
        return happenings.listed(found, first=since, last=until, words=words)

    frame = found.select(
        "date",
        pl.col("end").alias("until"),
        "precision",
        "kind",
        "title_en",
        "title_zh",
        "place",
        pl.col("states", "organisations").list.join(";"),
        "source",
        "confidence",
        "id",
    )
    return made(
        "events",
        frame,
        sources=[],
        units=_UNITS,
        pack=pack or embedded(),
        draw=draw,
        own=("events",),
        heading=lambda words: headings.events(since, last=until, words=words),
        options={"from": str(since), "to": str(until), "states": named, "kinds": kinds},
    )


def _state(text: str) -> str:
    return text.upper() if text.upper() in AGGREGATES else codes.resolve(text)


def _day(value: Any) -> dt.date:
    assert isinstance(value, dt.date)
    return value
