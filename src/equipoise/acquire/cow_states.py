"""States by the Correlates of War's list: which states existed, and when.

Source: Correlates of War Project, State System Membership List, v2016.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from equipoise.acquire import tables

SOURCE = "cow_states"
FILES = ("peacesciencer/cow_states.rda",)
COVERED_TO = date(2016, 12, 31)
"""The list's last day. It dates the entry of the Soviet successors but the Baltic states to 1991-12-26."""

_COLUMNS = ("stateabb", "ccode", "statenme", "styear", "stmonth", "stday", "endyear", "endmonth", "endday")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the list of states.

    Returns:
        One row a spell of membership, sorted by ``cow`` and ``start``: ``cow``, ``abbr``, ``name``, ``start`` and
        ``end`` (dates, both included; ``end`` is null where the state still existed on :data:`COVERED_TO`).

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, _COLUMNS, name=FILES[0], source=SOURCE)
    end = pl.date("endyear", "endmonth", "endday")
    return frame.select(
        *tables.integers(cow="ccode"),
        abbr="stateabb",
        name="statenme",
        start=pl.date("styear", "stmonth", "stday"),
        end=pl.when(end < COVERED_TO).then(end),
    ).sort("cow", "start")
