"""Democracy since 1816 for every COW state: extended Unified Democracy Scores beside Polity and V-Dem.

Source: Marquez 2016, "A Quick Method for Extending the Unified Democracy Scores", after Pemstein, Meserve and Melton
2010, as compiled by Miller 2022 (isard) with Polity5 (Marshall and Gurr 2020) and V-Dem v16.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "democracy"
FILES = ("isard/cw_democracy.rda",)

_SCORES = ("euds", "aeuds", "v2x_polyarchy")
_MISTAKEN = (341, 626)


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the scores.

    Returns:
        One row a state and year in the COW state system, 1816–2025: ``cow``, ``year``, ``euds`` (the extended Unified
        Democracy Score, a latent trait with mean near 0 and about -2.3 to 2.9), ``aeuds`` (the same less 0.293, so that
        0 is the mean cut point of the indicators that part democracies from the rest), ``polity2`` (Int8, -10 to 10,
        to 2018; the United States to 2020) and ``v2x_polyarchy`` (electoral democracy, 0 to 1); null where unknown.
        ``v2x_polyarchy`` is of V-Dem's edition 16 and not equal to that of :mod:`equipoise.acquire.vdem`.

        ``polity2`` was joined by Polity's codes as though they were COW's. It is therefore null for the Soviet Union
        1923–91 and others whose Polity code is another; the scores that fell to another state that way (Kosovo's to
        Montenegro, Sudan's to South Sudan) are made null here. :mod:`equipoise.acquire.polity` has them all.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, ("ccode", "year", "polity2", *_SCORES), name=FILES[0], source=SOURCE)
    scores = {score: pl.col(score).cast(pl.Float64) for score in _SCORES}
    # In COW these two are Montenegro and South Sudan, in Polity Kosovo and Sudan after the partition.
    polity2 = pl.when(~pl.col("ccode").cast(pl.Int32).is_in(_MISTAKEN)).then("polity2").cast(pl.Int8)
    return frame.select(
        *tables.integers(cow="ccode", year="year"),
        euds=scores["euds"],
        aeuds=scores["aeuds"],
        polity2=polity2,
        v2x_polyarchy=scores["v2x_polyarchy"],
    ).sort("cow", "year")
