"""Armed conflicts and the states involved in them.

Source: Gleditsch and others 2002, "Armed Conflict 1946–2001: A New Dataset", and Davies and others 2025; UCDP/PRIO
Armed Conflict Dataset v25.1.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "ucdp"
FILES = ("peacesciencer/ucdp_acd.rda",)

_SIDES = {"gwno_a": "a", "gwno_a_2nd": "a_2nd", "gwno_b": "b", "gwno_b_2nd": "b_2nd"}
_KINDS = {"II": "internationalized"}
_PRECISIONS = ("start_prec", "start_prec2")
_DATES = ("start_date", "start_date2", "ep_end_date")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the conflicts.

    Returns:
        One row a state, year, conflict and side, 1946–2024: ``gw``, ``year``, ``conflict`` (its number), ``kind``
        (``interstate``, ``intrastate``, ``internationalized`` for one within a state with foreign troops,
        ``extrasystemic`` for a colonial one), ``intensity`` (1 from 25 deaths in battle a year, 2 from 1000) and
        ``side`` (``a``, ``b``: a party; ``a_2nd``, ``b_2nd``: sends troops in support). Side ``a`` of a conflict within
        a state is its government; a side ``b`` that is no state has no row. Eight times a state is on both supporting
        sides of a conflict in a year. A conflict has at least one row in every year in which it is active.

        Of the conflict, the same in all its rows of a year: ``incompatibility`` (``government``, ``territory``,
        ``both``), ``start_date`` (first death in battle), ``start_date2`` (the same of the episode: it lies in the
        episode's first year, so that an episode begins where its year is ``year``) and ``ep_end_date`` (last day of
        the episode; null but in the year that it ends) as dates, ``start_prec`` and ``start_prec2`` (how exact the
        starts are: 1 the day to 7 unclear, Int8) and ``ep_end`` (whether the episode ends in this year, no activity
        following in the next; null in the last year, of which that is not known yet).

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published rows, one a combination of the states involved, into those that :func:`parse` returns."""
    facts = ("type_of_conflict", "intensity_level", "incompatibility", "ep_end", *_DATES, *_PRECISIONS)
    columns = ("conflict_id", "year", *facts)
    tables.require_columns(frame, (*columns, *_SIDES), name=FILES[0], source=SOURCE)
    return (
        frame.unpivot(on=list(_SIDES), index=list(columns), variable_name="side", value_name="gw")
        .drop_nulls("gw")
        .select(
            *tables.integers(gw="gw", year="year", conflict="conflict_id"),
            pl.col("type_of_conflict").replace(_KINDS).alias("kind"),
            *tables.integers(intensity="intensity_level"),
            pl.col("side").replace_strict(_SIDES, return_dtype=pl.String),
            pl.col("incompatibility"),
            pl.col("start_date"),
            pl.col("start_prec").cast(pl.Int8),
            pl.col("start_date2"),
            pl.col("start_prec2").cast(pl.Int8),
            pl.when(pl.col("year") < pl.col("year").max()).then(pl.col("ep_end") == 1).alias("ep_end"),
            pl.col("ep_end_date"),
        )
        .unique()
        .sort("gw", "year", "conflict", "side")
    )
