"""How much each state had to fear for its territory from other states: estimates of a latent variable.

Source: Miller 2022, "A Random Item Response Model of External Territorial Threat, 1816–2010".

The estimates are the author's, from what pairs of states did to each other, put together by state and year. Pairs count
the more the nearer they are: by the distance of their capitals in the author's standard estimate, by the least distance
of their borders in the other, whose names begin with ``m_``.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "territorial_threat"
FILES = ("peacesciencer/terrthreat.rda",)

ESTIMATES = ("lterrthreat", "sd", "lwr", "upr", "m_lterrthreat", "m_sd", "m_lwr", "m_upr")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the estimates.

    Returns:
        One row a state and year, every one of the Correlates of War list of 1816–2010: ``cow``, ``year``,
        ``lterrthreat`` (higher is more threat; the scale has no unit, half of the values lie between 0.02 and 0.25, all
        between -1.3 and 7), its standard deviation ``sd`` and the bounds ``lwr`` and ``upr`` of its 90 % interval, and
        the same by the distance of borders: ``m_lterrthreat``, ``m_sd``, ``m_lwr``, ``m_upr``, which are null before
        1885 and in two rows of 1916–17.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, ("ccode", "year", *ESTIMATES), name=FILES[0], source=SOURCE)
    values = [pl.col(name).cast(pl.Float64) for name in ESTIMATES]
    return frame.select(*tables.integers(cow="ccode", year="year"), *values).sort("cow", "year")
