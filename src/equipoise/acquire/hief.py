"""Ethnic fractionalisation of states as it changes over time, 1945–2013.

Source: Drazanova 2020, "Introducing the Historical Index of Ethnic Fractionalization (HIEF) Dataset", with COW codes by
Miller 2022 (peacesciencer).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "hief"
FILES = ("peacesciencer/hief.rda",)

_UNITED = 1990
"""The year in which Germany and Yemen united: COW gives the states before and after it different codes."""


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the index.

    Returns:
        One row a state and year, 1945–2013, of 162 states: ``cow``, ``year`` and ``efindex`` (the chance that two
        people taken at random are of different ethnic groups, 0 to 1, to three digits, Float64).

        The file has West Germany under Germany's COW code and Yemen under North Yemen's: they have their own here, the
        new state from 1991. Rows that it repeats are taken once. Of the two for COW's Russia in 1991 that of the Soviet
        Union stands, which entered the year.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published rows into those that :func:`parse` returns.

    >>> tidy(pl.DataFrame({"ccode": [255.0, 255.0], "year": [1990.0, 1991.0], "efindex": [0.1, 0.2]})).rows()
    [(255, 1991, 0.2), (260, 1990, 0.1)]
    """
    tables.require_columns(frame, ("ccode", "year", "efindex"), name=FILES[0], source=SOURCE)
    code, divided = pl.col("ccode"), pl.col("year") <= _UNITED
    cow = (
        pl.when((code == 255) & divided).then(260)
        .when((code == 678) & ~divided).then(679)
        .otherwise(code)
        .cast(pl.Int32)
    )
    # A repeated row says the same twice, but for the Soviet Union and Russia in 1991: the Union's is the higher.
    return (
        frame.select(cow.alias("cow"), *tables.integers(year="year"), pl.col("efindex").cast(pl.Float64))
        .group_by("cow", "year")
        .agg(pl.col("efindex").max())
        .sort("cow", "year")
    )
