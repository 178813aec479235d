"""Titles of charts that say what was asked for: an organisation, a state, a power, a day or a span."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from equipoise.view.words import Words


def members(spells: pl.DataFrame, *, words: Words) -> str:
    """An organisation's members over time; the spells hold its names."""
    return words.m("heading_members", name=spells[f"name_{words.lang}"][0] or spells["name_en"][0])


def portfolio(state: str, *, words: Words) -> str:
    """What a state belongs to."""
    return words.m("heading_portfolio", state=words.name(state))


def overlap(day: date, *, words: Words) -> str:
    """How organisations overlap on a day."""
    return words.m("heading_overlap", date=words.n.date(day))


def shared(state: str, *, words: Words) -> str:
    """What a state shares with each power."""
    return words.m("heading_shared", state=words.name(state))


def tiers(power: str, *, day: date, words: Words) -> str:
    """A power's tiers on a day."""
    return words.m("heading_tiers", power=words.name(power), date=words.n.date(day))


def event_data(state: str, *, source: str, words: Words) -> str:
    """Cooperation and conflict of a state with powers, in the events of a source."""
    return words.m("heading_event_data", state=words.name(state), source=source)


def events(first: date, *, last: date, words: Words) -> str:
    """Events between two days."""
    return words.m("heading_events", first=words.n.date(first), last=words.n.date(last))


def mediators(sides: Sequence[str], *, year: int, words: Words) -> str:
    """Who could stand between two states in a year."""
    return words.m("heading_mediators", pair=words.pair(*sides), year=year)


def mediations(state: str, *, words: Words) -> str:
    """Where a state stood between others."""
    return words.m("heading_mediations", state=words.name(state))
