"""CEPII GeoDist: contiguity and distance of 224 states and territories.

Source: Mayer & Zignago (2011), *Notes on CEPII's distances measures: The GeoDist database*, CEPII Working Paper
2011-25.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire.tables import content_of, read_r, require_columns

SOURCE = "distances"
FILES = ("geodist/dist_cepii.rda",)

MODERN = {"ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "PAL": "PSE", "YUG": "SRB", "ANT": "CUW"}
"""Codes of the file that ISO 3166-1 has replaced, and what stands for them here.

``YUG`` is Serbia and Montenegro, with its capital Belgrade; it stands for Serbia, so that Montenegro and Kosovo have no
row and Serbia's neighbours still include theirs (Albania). ``ANT`` is the Netherlands Antilles, whose capital was
Willemstad; it stands for Curaçao. ``SDN`` is Sudan before 2011: its neighbours include those of South Sudan, which
has no row. ``BEL`` and ``LUX`` have rows of their own in this edition; there is no ``BLX``.
"""


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row for each ordered pair, a state with itself included.

    Returns:
        ``iso3_a``, ``iso3_b``, ``contiguous`` (Boolean), ``capital_km`` (between the capitals; a state with itself: its
        internal distance), ``weighted_km`` (mean over cities weighted by population, null for 2,215 pairs).

    Raises:
        BadSourceFile: a column is missing.
    """
    path = FILES[0]
    return tidy(read_r(content_of(files, path, source=SOURCE), name=path, source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what :func:`parse` does from the file's data frame."""
    require_columns(frame, ["iso_o", "iso_d", "contig", "distcap", "distw"], name=FILES[0], source=SOURCE)
    return frame.select(
        iso3_a=pl.col("iso_o").replace(MODERN), iso3_b=pl.col("iso_d").replace(MODERN),
        contiguous=pl.col("contig").cast(pl.Float64) == 1, capital_km=pl.col("distcap").cast(pl.Float64),
        # The column is text, because a dot stands for a missing value.
        weighted_km=pl.col("distw").cast(pl.String).replace({".": None}).cast(pl.Float64),
    ).sort("iso3_a", "iso3_b")
