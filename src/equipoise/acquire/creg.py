"""How many ethnic and religious groups a state has, and how they face each other, 1945–2013.

Source: Nardulli, Wong, Singh, Peyton and Bajjalieh 2012, *The Composition of Religious and Ethnic Groups (CREG)
Project*, v1.02; the indices computed from the groups' shares by Miller 2022 (peacesciencer).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "creg"
FILES = ("peacesciencer/creg.rda",)

_INDICES = ("ethfrac", "ethpol", "relfrac", "relpol")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the indices.

    Returns:
        One row a state and year, 1945–2013: ``cow``, ``year``, ``ethfrac`` and ``relfrac`` (fractionalisation: the
        chance that two people taken at random are of different ethnic or religious groups, 1 - Σp²) and ``ethpol`` and
        ``relpol`` (polarisation, 1 where two groups have half each: 1 - Σp((0.5 - p)/0.5)²), 0 to 1, Float64; null
        where that part is not coded. A state-year of which nothing is coded has no row.

        The Soviet Union and Russia, and Yugoslavia and Serbia, are two units in the source and one in COW. In the year
        of the change both have a row: the fuller stands, and of two full ones that of the state that entered the year
        (the Soviet Union in 1991, Yugoslavia in 1991; Serbia with Montenegro in 1992).

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published rows, one a unit of the source and year, into those that :func:`parse` returns."""
    tables.require_columns(frame, ("ccode", "creg_ccode", "year", *_INDICES), name=FILES[0], source=SOURCE)
    unknown = pl.sum_horizontal(pl.col(index).is_null() for index in _INDICES)
    # The source keeps COW's code for the unit that was there first and makes one up for the state that followed.
    later = pl.col("creg_ccode") != pl.col("ccode")
    return (
        frame.filter(unknown < len(_INDICES))
        .sort("ccode", "year", unknown, later)
        .unique(["ccode", "year"], keep="first", maintain_order=True)
        .select(*tables.integers(cow="ccode", year="year"), *(pl.col(index).cast(pl.Float64) for index in _INDICES))
    )
