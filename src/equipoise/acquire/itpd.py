"""USITC ITPD-E, release 1, summed to pairs of states: trade in goods and services with domestic sales, 2000–2016.

Sources: Borchert, Larch, Shikher & Yotov (2021), *The International Trade and Production Database for Estimation*;
the sums over industries and their conversion to 2010 prices are D. Klein's (repository arms-trade-networks, which
states no licence: a reference only, never part of the embedded pack).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from equipoise.acquire.tables import content_of, read_r, read_r_object, require_columns
from equipoise.errors import BadSourceFile

SOURCE = "itpd"
FILES = ("itpd/itpd_aggregated.rds", "itpd/country_list.RData")

FIRST_YEAR = 2000

_MODERN = {"ARU": "ABW", "KOS": "XKX", "MON": "MCO"}
# Not in ISO 3166-1: Northern Cyprus, states that ended before 2000; "0" marks armed groups, organisations, "unknown".
_NO_STATE = ("0", "NCP", "CZS", "DDR", "SOV", "NVA", "SVA", "NYE", "SYE", "ZAN", "YUG")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row for each exporter, importer and year with a positive figure.

    Sales of a state to itself (``exporter`` = ``importer``) are its domestic sales. A zero in the matrices may be no
    trade or no data; such cells are left out. So are the units without an ISO code: 48 armed groups, organisations,
    unknown and small units (the Holy See, Abkhazia, Somaliland …), Northern Cyprus, and states of the past such as
    the Soviet Union. All of them are empty in the source; a figure among them would raise.

    Returns:
        ``exporter``, ``importer`` (iso3), ``year`` (Int32) and ``value_usd2010``, USD at 2010 prices. The comparison
        with COW's current values (China to the United States: 0.87 times in 2000, 1.00 in 2010, 1.04 in 2014) bears
        the price basis out.

    Raises:
        BadSourceFile: the matrices do not fit the list of units, or a unit without a code has figures.
    """
    matrices, units = FILES
    listed = read_r(content_of(files, units, source=SOURCE), name=units, member="country_list", source=SOURCE)
    return tidy(read_r_object(content_of(files, matrices, source=SOURCE), name=matrices, source=SOURCE), units=listed)


def tidy(matrices: Any, *, units: pl.DataFrame) -> pl.DataFrame:
    """Return what :func:`parse` does from the yearly matrices (exporter × importer, named) and the list of units."""
    require_columns(units, ["V1", "iso3"], name=FILES[1], source=SOURCE)
    if not isinstance(matrices, list) or not matrices:
        raise BadSourceFile(f"{FILES[0]} is not a list of matrices.", hint=f"Try `equipoise data pull {SOURCE}`.")
    codes, names = _codes(units), units["V1"].to_list()
    frames = [_long(matrix, codes=codes, names=names, year=FIRST_YEAR + i) for i, matrix in enumerate(matrices)]
    return pl.concat(frames).sort("exporter", "importer", "year")


def _codes(listed: pl.DataFrame) -> list[str | None]:
    return [None if code is None or code in _NO_STATE else _MODERN.get(code, code) for code in listed["iso3"]]


def _long(matrix: Any, *, codes: list[str | None], names: list[str], year: int) -> pl.DataFrame:
    values = np.asarray(matrix, dtype=float)
    order = [[str(v) for v in axis.values] for axis in getattr(matrix, "coords", {}).values()]
    if values.shape != (len(codes), len(codes)) or order != [names, names]:
        raise BadSourceFile(f"{FILES[0]}: the matrix of {year} does not fit the units of {FILES[1]}.",
                            hint=f"Try `equipoise data pull {SOURCE}`.")
    uncoded = [i for i, code in enumerate(codes) if code is None]
    if values[uncoded].any() or values[:, uncoded].any():
        raise BadSourceFile(f"{FILES[0]}: {year} has trade of a unit without an ISO code.",
                            hint="Its figures would be lost: give it a code in acquire/itpd.py.")
    rows, columns = np.nonzero(values > 0)
    return pl.DataFrame({
        "exporter": [codes[i] for i in rows], "importer": [codes[j] for j in columns],
        "year": np.full(rows.size, year, dtype=np.int32), "value_usd2010": values[rows, columns],
    })
