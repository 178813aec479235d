"""Capabilities of states: soldiers, military spending, iron and steel, energy, population, and their index CINC.

Source: Correlates of War Project, National Material Capabilities, v7.0, after Singer, Bremer and Stuckey 1972,
"Capability Distribution, Uncertainty, and Major Power War, 1820–1965". CINC is the mean over the six of a state's share
in the world's total.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "nmc"
FILES = ("peacesciencer/cow_nmc.rda",)

_QUANTITIES = {
    "milex": "milex_kusd", "milper": "milper_thousand", "irst": "irst_kt", "pec": "pec",
    "tpop": "tpop_thousand", "upop": "upop_thousand", "cinc": "cinc",
}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the capabilities.

    Returns:
        One row a state and year, 1816–2022: ``cow``, ``year``, ``milex_kusd`` (military spending, thousand current USD,
        pounds before 1914), ``milper_thousand`` (soldiers), ``irst_kt`` (iron and steel, thousand tons),
        ``pec`` (primary energy consumption, thousand tons of coal equivalent), ``tpop_thousand`` and ``upop_thousand``
        (total and urban population), ``cinc`` (share of the world, 0 to 1), all Float64; null where not known. CINC is
        published for every row, also where components are missing; its sum over states is 1.00 to 1.02 since 1928, and
        up to 1.08 before.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, ("ccode", "year", *_QUANTITIES), name=FILES[0], source=SOURCE)
    quantities = [_known(old).alias(new) for old, new in _QUANTITIES.items()]
    return frame.select(*tables.integers(cow="ccode", year="year"), *quantities).sort("cow", "year")


def _known(column: str) -> pl.Expr:
    """COW writes -9 for a figure that is not known."""
    value = pl.col(column).cast(pl.Float64)
    return pl.when(value >= 0).then(value)
