"""Leaders of states, and how they came to office and left it, to 2015.

Source: Goemans, Gleditsch and Chiozza 2009, "Introducing Archigos: A Dataset of Political Leaders", v4.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from equipoise.acquire import tables

SOURCE = "archigos"
FILES = ("peacesciencer/archigos.rda",)
COVERED_TO = date(2015, 12, 31)
"""The last day covered."""

_IN_OFFICE = "Still in Office"


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the leaders.

    Returns:
        One row a leader's term, 1840–2015, sorted by ``gw`` and ``start``: ``gw``, ``leader``, ``start`` and ``end``
        (dates; ``end`` is null for a leader in office on :data:`COVERED_TO`), ``entry`` (``Regular``, ``Irregular``,
        ``Foreign Imposition``, ``Unknown``) and ``exit`` (``Regular``, ``Natural Death``, ``Still in Office`` …).

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    columns = ("gwcode", "leader", "startdate", "enddate", "entry", "exit")
    tables.require_columns(frame, columns, name=FILES[0], source=SOURCE)
    return frame.select(
        *tables.integers(gw="gwcode"),
        pl.col("leader").str.strip_chars(),
        start="startdate",
        end=pl.when(pl.col("exit") != _IN_OFFICE).then("enddate"),
        entry="entry",
        exit="exit",
    ).sort("gw", "start", "leader")
