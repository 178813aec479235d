"""Contiguity of states: which pairs share a land border, or lie across water from each other, and when.

Source: Stinnett, Tir, Schafer, Diehl and Gochman 2002, "The Correlates of War Project Direct Contiguity Data,
Version 3"; v3.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from equipoise.acquire import tables

SOURCE = "contiguity"
FILES = ("peacesciencer/cow_contdir.rda",)
COVERED_TO = date(2016, 12, 31)
"""The last day covered: what ends on it was still so."""


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the spells of contiguity.

    Returns:
        One row a pair in either direction and spell, 1816–2016, sorted by states and start: ``cow_a``, ``cow_b``,
        ``conttype`` (Int8: 1 by land or river, else by water of up to 2: 12, 3: 24, 4: 150, 5: 400 miles),
        ``start_date``, ``end_date``. The source dates by month: the dates are the first day of the first month and the
        last day of the last. Where a pair's type changes, the old and the new spell may share a month; some spells
        begin before a state is a member of the state system.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, ("ccode1", "ccode2", "conttype", "stdate", "enddate"), name=FILES[0], source=SOURCE)
    # Type 0, not contiguous, is no record of the project's: the package filled it in, one spell from a pair's first
    # month without contiguity to its last, across the contiguity in between (Germany and Italy from 1938 to 1945).
    return (
        frame.filter(pl.col("conttype") > 0)
        .select(
            *tables.integers(cow_a="ccode1", cow_b="ccode2"),
            pl.col("conttype").cast(pl.Int8),
            pl.col("stdate").alias("start_date"),
            pl.col("enddate").dt.month_end().alias("end_date"),
        )
        .sort("cow_a", "cow_b", "start_date", "end_date")
    )
