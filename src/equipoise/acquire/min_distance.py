"""The shortest distance between the borders of two states.

Source: Schvitz, Girardin, Rüegger, Weidmann, Cederman and Gleditsch 2022, "Mapping the International System, 1886–2019:
The CShapes 2.0 Dataset"; computed for the Correlates of War's states by Miller 2022 (peacesciencer).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "min_distance"
FILES = ("peacesciencer/cow_mindist.rda",)


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the distances.

    Returns:
        One row a pair of states and year, 1886–2019, sorted by year and states: ``cow_a`` < ``cow_b``, ``year``,
        ``min_km`` (kilometres on 1 January of the year, Float64; 0 where they touch). A state that enters the system
        in the course of a year has its first row in the next.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, ("ccode1", "ccode2", "year", "mindist"), name=FILES[0], source=SOURCE)
    return frame.select(
        cow_a=pl.min_horizontal("ccode1", "ccode2").cast(pl.Int32),
        cow_b=pl.max_horizontal("ccode1", "ccode2").cast(pl.Int32),
        year=pl.col("year").cast(pl.Int32),
        min_km=pl.col("mindist").cast(pl.Float64),
    ).sort("year", "cow_a", "cow_b")
