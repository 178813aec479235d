"""Penn World Table 11.0: real GDP, population and exchange rates, 1950–2023.

Source: Feenstra, Inklaar & Timmer (2015), *The Next Generation of the Penn World Table*, American Economic Review
105(10), 3150–3182; version 11.0, 2025.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire.tables import content_of, read_r, require_columns

SOURCE = "penn"
FILES = ("pwt/pwt110_01_pwt.rds",)

_COLUMNS = {"rgdpna": "rgdpna_musd2021", "pop": "population_million", "xr": "exchange_lcu_per_usd"}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row for each state and year with at least one figure.

    Returns:
        ``iso3``, ``year`` (Int32), ``rgdpna_musd2021`` (GDP at constant national prices, million 2021 USD),
        ``population_million`` and ``exchange_lcu_per_usd`` (national currency per USD), null where there is none.

    Raises:
        BadSourceFile: a column is missing.
    """
    path = FILES[0]
    return tidy(read_r(content_of(files, path, source=SOURCE), name=path, source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what :func:`parse` does from the file's data frame."""
    require_columns(frame, ["countrycode", "year", *_COLUMNS], name=FILES[0], source=SOURCE)
    table = frame.select(
        iso3=pl.col("countrycode"), year=pl.col("year").cast(pl.Int32),
        **{new: pl.col(old).cast(pl.Float64) for old, new in _COLUMNS.items()},
    )
    return table.filter(pl.any_horizontal(pl.col(list(_COLUMNS.values())).is_not_null())).sort("iso3", "year")
