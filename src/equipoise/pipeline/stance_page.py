"""What a report says of crises in its state: two that are imagined, and those that have been and are coded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from equipoise.assemble.crises import Crisis, ready, shipped
from equipoise.assemble.crisis_events import crisis_events
from equipoise.assemble.packed import Pack
from equipoise.pipeline.reasons import reasons as reasons_of
from equipoise.pipeline.stance import reason_rows, stance
from equipoise.pipeline.stance_rows import same_soil
from equipoise.pipeline.stances import imagined, posterior, stances_of, values_of

_CRISES: dict[str, Any] = {"crisis": pl.String, "imagined": pl.Boolean, "title_en": pl.String, "title_zh": pl.String,
           "start": pl.Date, "end": pl.Date, "against": pl.List(pl.String), "asked": pl.List(pl.String),
           "left_out": pl.List(pl.String)}  # fmt: skip
_DEEDS = {"crisis": pl.String, "power": pl.String, "party": pl.Boolean, "first": pl.String, "firmest": pl.String,
          "what": pl.String, "what_zh": pl.String, "source": pl.String, "confidence": pl.String}  # fmt: skip


def stance_frames(pack: Pack, *, state: str, powers: Sequence[str], since: int, until: int) -> dict[str, pl.DataFrame]:
    """Return a report's frames on stances by the names of its fields; none where the pack has no fitted stances.

    The imagined crises begin on the day after the years shown. The coded ones are those in the state that begin in
    the years shown; each is forecast as if it had not been seen.

    Args:
        pack: the pack.
        state: iso3.
        powers: codes; one of which the state is a member has no stance.
        since, until: the years shown.

    Returns:
        ``stance_crises``: ``crisis`` (``unrest``, ``attack``, or a key), ``imagined``, titles, ``start``, ``end``,
        ``against``, ``asked``, ``left_out`` (powers without a stance). ``stances``: ``crisis``, ``power``,
        ``outcome``, ``rung``, ``probability``, ``coded`` (null where nothing is). ``stance_reasons`` of the imagined
        ones: ``crisis``, ``power``, ``reason``, ``measured``, ``effect``, ``low``, ``high``. ``stance_deeds``: what
        each power did. ``stance_events``: dated events by ``crisis``. ``stance_scores``: the pack's.

    Examples:
        >>> from equipoise.assemble.packed import embedded
        >>> found = stance_frames(embedded(), state="UZB", powers=["RUS", "CHN"], since=2000, until=2010)
        >>> found["stance_crises"]["crisis"].to_list(), found["stance_crises"]["start"][0]
        (['unrest', 'attack', 'andijan-2005'], datetime.date(2011, 1, 1))
    """
    if not pack.has("stance_draws"):
        return {}
    on = dt.date(until + 1, 1, 1)
    coded = sorted(_in_state(state, since=since, until=until), key=lambda c: (c.start, c.key))
    sides = {c.key: [p for p in powers if not c.is_party(p)] for c in coded}
    each = {c.key: stance(c.key, powers=sides[c.key], pack=pack) for c in coded if sides[c.key]}
    none = pl.lit(None, pl.Boolean)
    told = [stances_of(state, on=on, pack=pack, powers=powers).with_columns(coded=none)]
    told += [made.frame.insert_column(0, pl.lit(key).alias("crisis")) for key, made in each.items()]
    happened = [crisis_events(c, powers=powers).insert_column(0, pl.lit(c.key).alias("crisis")) for c in coded]
    return {
        "stances": pl.concat(told),
        "stance_reasons": _why(pack, state=state, on=on, powers=powers),
        "stance_crises": _crises(pack, state=state, on=on, powers=powers, coded=coded),
        "stance_deeds": _deeds(coded, powers=powers),
        "stance_events": pl.concat(happened) if happened else pl.DataFrame(),
        "stance_scores": pack.table("stance_scores"),
    }


def _in_state(state: str, *, since: int, until: int) -> Iterable[Crisis]:
    return (c for c in map(shipped, ready()) if since <= c.start.year <= until and same_soil(c.place, state))


def _why(pack: Pack, *, state: str, on: dt.date, powers: Sequence[str]) -> pl.DataFrame:
    told, scale, parts = posterior(pack), pack.table("stance_scale"), []
    for one in imagined(state, on=on, pack=pack, powers=powers):
        raw = reasons_of(pack, one.at, actors=one.actors)
        values = values_of(pack, one.at, actors=one.actors, raw=raw)
        rows = reason_rows(told, raw, values, actors=one.actors, scale=scale, weights=None)
        parts.append(rows.insert_column(0, pl.lit(one.kind).alias("crisis")).rename({"value": "measured"}))
    return pl.concat(parts)


def _crises(pack: Pack, *, state: str, on: dt.date, powers: Sequence[str], coded: Sequence[Crisis]) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []
    for one in imagined(state, on=on, pack=pack, powers=powers):
        left = [p for p in powers if p not in (*one.actors, state)]
        rows.append((one.kind, True, None, None, on, None, one.at.against, one.at.asked, left))
    for c in coded:
        left = [p for p in powers if c.is_party(p)]
        rows.append((c.key, False, c.title, c.title_zh, c.start, c.end, c.against, c.asked, left))
    return pl.DataFrame(rows, schema=_CRISES, orient="row")


def _deeds(coded: Sequence[Crisis], *, powers: Sequence[str]) -> pl.DataFrame:
    rows = []
    for c in coded:
        for s in (s for p in powers if (s := c.stance_of(p)) is not None):
            rows.append((c.key, s.power, s.party, s.first, s.firmest, s.what, s.what_zh, s.source, s.confidence))
    return pl.DataFrame(rows, schema=_DEEDS, orient="row")
