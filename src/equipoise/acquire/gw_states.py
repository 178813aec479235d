"""States by Gleditsch and Ward's list: which states existed, and when.

Source: Gleditsch and Ward 1999, "A Revised List of Independent States since the Congress of Vienna", as of 2017.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from equipoise.acquire import tables

SOURCE = "gw_states"
FILES = ("peacesciencer/gw_states.rda",)
COVERED_TO = date(2017, 12, 31)
"""The list's last day."""

_COLUMNS = ("gwcode", "stateabb", "statename", "startdate", "enddate")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the list of states.

    Returns:
        One row a spell of independence, sorted by ``gw`` and ``start``: ``gw``, ``abbr``, ``name``, ``start`` and
        ``end`` (dates, both included; ``end`` is null where the state still existed on :data:`COVERED_TO`).

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, _COLUMNS, name=FILES[0], source=SOURCE)
    return frame.select(
        *tables.integers(gw="gwcode"),
        abbr="stateabb",
        name="statename",
        start="startdate",
        end=pl.when(pl.col("enddate") < COVERED_TO).then("enddate"),
    ).sort("gw", "start")
