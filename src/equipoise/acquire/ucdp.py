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


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the conflicts.

    Returns:
        One row a state, year, conflict and side, 1946–2024: ``gw``, ``year``, ``conflict`` (its number), ``kind``
        (``interstate``, ``intrastate``, ``internationalized`` for one within a state with foreign troops,
        ``extrasystemic`` for a colonial one), ``intensity`` (1 from 25 deaths in battle a year, 2 from 1000) and
        ``side`` (``a``, ``b``: a party; ``a_2nd``, ``b_2nd``: sends troops in support). Side ``a`` of a conflict within
        a state is its government; a side ``b`` that is no state has no row.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published rows, one a combination of the states involved, into those that :func:`parse` returns."""
    columns = ("conflict_id", "year", "type_of_conflict", "intensity_level")
    tables.require_columns(frame, (*columns, *_SIDES), name=FILES[0], source=SOURCE)
    return (
        frame.unpivot(on=list(_SIDES), index=list(columns), variable_name="side", value_name="gw")
        .drop_nulls("gw")
        .select(
            *tables.integers(gw="gw", year="year", conflict="conflict_id"),
            pl.col("type_of_conflict").replace(_KINDS).alias("kind"),
            *tables.integers(intensity="intensity_level"),
            pl.col("side").replace_strict(_SIDES, return_dtype=pl.String),
        )
        .unique()
        .sort("gw", "year", "conflict", "side")
    )
