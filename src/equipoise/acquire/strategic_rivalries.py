"""Strategic rivalries: pairs of states that see each other as competitors, threats and enemies.

Source: Thompson, Sakuwa and Suhas 2021, *Analyzing Strategic Rivalries in World Politics*.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "strategic_rivalries"
FILES = ("peacesciencer/tss_rivalries.rda",)
COVERED_TO = 2020
"""The last year covered: a rivalry that ends in it was still going on."""

_TYPES = ("positional", "spatial", "ideological", "interventionary")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the rivalries.

    Returns:
        One row a rivalry, 1494–2020: ``cow_a`` < ``cow_b``, ``start_year``, ``end_year`` (the last year; null where it
        was still going on in :data:`COVERED_TO`), ``tssr_id`` (its number in the package's table, 1–264) and ``types``:
        what it is of ``positional``, ``spatial``, ``ideological`` and ``interventionary``, joined by commas (empty for
        one rivalry of 1668–1713). Some codes are not those that the states had then: Austria is 305 also before 1919.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    wanted = ("tssr_id", "ccode1", "ccode2", "start", "end", *_TYPES)
    tables.require_columns(frame, wanted, name=FILES[0], source=SOURCE)
    types = [pl.when(pl.col(t) == 1).then(pl.lit(t)) for t in _TYPES]
    return frame.select(
        cow_a=pl.min_horizontal("ccode1", "ccode2").cast(pl.Int32),
        cow_b=pl.max_horizontal("ccode1", "ccode2").cast(pl.Int32),
        start_year=pl.col("start").cast(pl.Int32),
        end_year=pl.when(pl.col("end") < COVERED_TO).then("end").cast(pl.Int32),
        tssr_id=pl.col("tssr_id").cast(pl.Int32),
        types=pl.concat_str(types, separator=",", ignore_nulls=True),
    ).sort("cow_a", "cow_b", "start_year")
