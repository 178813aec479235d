"""Product, product a head and population of states since 1816, estimated from many sources at once.

Source: Fariss, Anders, Markowitz and Barnum 2022, "New Estimates of Over 500 Years of Historic GDP and Population
Data", the estimates of April 2024 as Miller 2022 sets them on COW states (isard).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "gdp_population"
FILES = ("isard/cw_gdppop.rda",)

_ESTIMATES = ("mrgdppc", "sd_mrgdppc", "pwtrgdp", "sd_pwtrgdp", "pwtpop", "sd_pwtpop")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the estimates.

    Returns:
        One row a state and year in the COW state system, 1816–2019: ``cow``, ``year``, ``mrgdppc`` (real GDP a head,
        2011 international dollars at purchasing-power parity, on the scale of the Maddison Project 2020), ``pwtrgdp``
        (real GDP, million 2017 international dollars, on the scale of the Penn World Table 10.0), ``pwtpop``
        (population, millions, same scale) and the standard deviations of the three in the same units, ``sd_mrgdppc``,
        ``sd_pwtrgdp``, ``sd_pwtpop``; all Float64, null for 43 state-years (Serbia 1916–17, Morocco 1905–12, Egypt
        1856–82, Saudi Arabia 1927–31, Laos 1953).

        The units are those that the compiler states; the two series of product have different price years, and their
        quotient is not ``mrgdppc``. Population is certain to be in millions. That the product is the expenditure side
        is the compiler's word and cannot be told from the figures, which are means of a model and not the Penn World
        Table's own: four in five lie between 0.83 and 1.40 times what its version 10.01 has for the same state-year.

        The model counts states as Gleditsch and Ward do and smooths over the years. A state that splits or merges has
        figures that blur both: the Soviet Union's population in 1988 is 199 million here, and was some 287 million.
        West Germany (260) and Germany (255) share their figures of 1990, as do both Yemens' North (678) and Yemen
        (679).

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns.

    >>> row = {"ccode": [2.0], "year": [1816.0]} | {estimate: [1] for estimate in _ESTIMATES}
    >>> tidy(pl.DataFrame(row)).row(0)
    (2, 1816, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    """
    tables.require_columns(frame, ("ccode", "year", *_ESTIMATES), name=FILES[0], source=SOURCE)
    estimates = [pl.col(estimate).cast(pl.Float64) for estimate in _ESTIMATES]
    return frame.select(*tables.integers(cow="ccode", year="year"), *estimates).sort("cow", "year")
