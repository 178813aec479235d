"""Capitals of states, where they lie, and since when.

Source: Miller 2022, "peacesciencer: An R Package for Quantitative Peace Science Research", which compiled the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from equipoise.acquire import tables

SOURCE = "capitals"
FILES = ("peacesciencer/cow_capitals.rda",)
COVERED_TO = date(2024, 12, 31)
"""The last day covered: a capital that ends on it was still one."""

_COLUMNS = ("ccode", "capital", "stdate", "enddate", "lat", "lng")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the capitals.

    Returns:
        One row a state and capital, 1816–2024, sorted by state and start: ``cow``, ``capital`` (its name),
        ``start_date``, ``end_date`` (both included), ``lat_deg`` and ``lon_deg`` (degrees north and east, Float64). A
        state's first capital starts on 1 January of the year in which the state enters the system, or earlier; the last
        may outlive the state (the Yemen Arab Republic's has no end). Spells of one state never overlap. Seats of
        government in a war or in exile are left out by the source, and Turkey's is Ankara throughout.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, _COLUMNS, name=FILES[0], source=SOURCE)
    return frame.select(
        *tables.integers(cow="ccode"),
        capital="capital",
        start_date="stdate",
        end_date="enddate",
        lat_deg="lat",
        lon_deg="lng",
    ).sort("cow", "start_date")
