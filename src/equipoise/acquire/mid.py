"""Militarised disputes between pairs of states.

Source: Palmer and others 2022, "The MID5 Dataset, 2011–2014", MID v5.0, as dyads by Miller 2022 (peacesciencer).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "mid"
FILES = ("peacesciencer/cow_mid_dirdisps.rda",)

_COLUMNS = ("dispnum", "ccode1", "ccode2", "year", "hostlev1", "hostlev2", "fatality1", "fatality2")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the disputes.

    Returns:
        One row a pair of opponents, year and dispute, 1816–2014: ``cow_a`` < ``cow_b``, ``year``, ``dispute`` (its
        number), ``hostility`` (the higher of the two sides' levels: 1 no militarised action, 2 threat, 3 display,
        4 use of force, 5 war) and ``fatality`` (the higher of the two sides' levels, 0 none to 6 more than 999 deaths;
        null where one side's is not known). Both are levels of the whole dispute, not of the year.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published directed pairs into the pairs that :func:`parse` returns."""
    tables.require_columns(frame, _COLUMNS, name=FILES[0], source=SOURCE)
    # Each pair comes in both directions with the sides' figures swapped: one direction says all.
    return (
        frame.filter(pl.col("ccode1") < pl.col("ccode2"))
        .select(
            *tables.integers(cow_a="ccode1", cow_b="ccode2", year="year", dispute="dispnum"),
            _higher("hostlev1", "hostlev2").alias("hostility"),
            _higher("fatality1", "fatality2").alias("fatality"),
        )
        .sort("cow_a", "cow_b", "year", "dispute")
    )


def _higher(a: str, b: str) -> pl.Expr:
    """The higher of two levels; null where one is not known (-9)."""
    known = (pl.col(a) >= 0) & (pl.col(b) >= 0)
    return pl.when(known).then(pl.max_horizontal(a, b)).cast(pl.Int32)
