"""Wars between states, by pair of opponents and year.

Source: Sarkees and Wayman 2010, *Resort to War: 1816–2007*; COW Inter-State War Data v4.0, as dyads by Miller 2022
(peacesciencer).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "wars"
FILES = ("peacesciencer/cow_war_inter.rda",)

_KEY = {"ccode1": "cow_a", "ccode2": "cow_b", "year": "year", "warnum": "warnum"}
_FLAGS = {"cowinterongoing": "ongoing", "cowinteronset": "onset"}
_SIDES = ("side", "initiator", "outcome", "battle_deaths")
_PUBLISHED = {"side": "sidea", "battle_deaths": "batdeath"}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the wars.

    Returns:
        One row a pair of opponents in either direction, year, war and ``resume``, 1816–2007 (wars are in 1823–2003),
        sorted by these: ``cow_a``, ``cow_b``, ``year``, ``warnum``, ``ongoing`` (always 1), ``onset`` (1 in the first
        year that the pair fights, and again where it resumes), ``side_a``, ``side_b`` (1 or 2: who fought together, not
        who began), ``initiator_a``, ``initiator_b`` (1: began the war), ``outcome_a``, ``outcome_b`` (1 won, 2 lost,
        3 compromise, 4 became part of another war, 6 stalemate, 8 changed sides; null in a resumed war's second bout),
        ``battle_deaths_a``, ``battle_deaths_b`` (the state's in the whole war, not in the year; null where not known)
        and ``resume`` (1: the second bout of a war that had been broken off). Three wars have both bouts in one year
        (1864, 1948, 1974), so that a pair has two rows in it, with the same deaths.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    sides = {f"{_PUBLISHED.get(s, s)}{n}": f"{s}_{'ab'[n - 1]}" for s in _SIDES for n in (1, 2)}
    tables.require_columns(frame, (*_KEY, *_FLAGS, *sides, "resume"), name=FILES[0], source=SOURCE)
    return frame.select(
        *tables.integers(**{new: old for old, new in _KEY.items()}),
        *(_known(old).cast(pl.Int8).alias(new) for old, new in _FLAGS.items()),
        *(_known(old).cast(pl.Int32 if "deaths" in new else pl.Int8).alias(new) for old, new in sides.items()),
        _known("resume").cast(pl.Int8),
    ).sort("cow_a", "cow_b", "year", "warnum", "resume")


def _known(column: str) -> pl.Expr:
    """COW writes a negative code where something is not known."""
    return pl.when(pl.col(column) >= 0).then(pl.col(column))
