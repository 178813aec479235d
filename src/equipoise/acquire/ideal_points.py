"""Where states stand in the votes of the UN General Assembly, on one dimension.

Source: Bailey, Strezhnev and Voeten 2017, "Estimating Dynamic State Preferences from United Nations Voting Data";
file of 1946–2025, estimates from votes on final passage.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables
from equipoise.acquire.correction import Correction

SOURCE = "ideal_points"
FILES = ("unga/ideal_points_1946_2025.tab",)

CORRECTIONS = (
    Correction(SOURCE, "The code YUG (COW 345) becomes SRB in every year.",
               "The file keeps YUG for Serbia to 2025; the roll calls and V-Dem name the same state SRB throughout."),
)

_POINTS = {"IdealPointFP": "ideal_point", "Q5%FP": "ideal_low", "Q95%FP": "ideal_high"}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the ideal points.

    Returns:
        One row a state and year, 1946–2025 (none for 1964): ``cow``, ``iso3``, ``year``, ``n_votes`` (votes that the
        state cast), ``ideal_point`` (about -3 to 3; the USA is positive) with the bounds of its 90 % interval,
        ``ideal_low`` and ``ideal_high``. Years with few votes, such as 2024 with at most 8, carry wide intervals.

        ``CSK``, ``DDR``, ``YAR`` and ``YMD`` are former states; ``DEU`` is the Federal Republic (COW 260) to 1989.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_csv(content, name=FILES[0], separator="\t", source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, ("ccode", "iso3c", "year", "NVotesFP", *_POINTS), name=FILES[0], source=SOURCE)
    return frame.select(
        *tables.integers(cow="ccode"),
        pl.col("iso3c").replace({"YUG": "SRB"}).alias("iso3"),
        *tables.integers(year="year", n_votes="NVotesFP"),
        *(pl.col(old).cast(pl.Float64).alias(new) for old, new in _POINTS.items()),
    ).sort("iso3", "year")
