"""Trade in fuels between states, from the reconciled flows of :mod:`equipoise.acquire.fuels`."""

from __future__ import annotations

from functools import cache

import polars as pl

from equipoise.assemble import codes
from equipoise.schema import FIRST_YEAR

LEAST_MUSD = 0.05
"""Millions of dollars: smaller flows are left out; together they are a hundred-thousandth of the trade."""

RENAMED = {"S19": "TWN"}
"""Other Asia not elsewhere specified, which is Taiwan but for a remainder (UN Comtrade)."""

NOT_REPORTED = (
    ("TKM", "RUS", 1995, 2024), ("UZB", "RUS", 1995, 2016), ("TKM", "IRN", 2001, 2016), ("RUS", "TUR", 2000, 2024),
    ("RUS", "BLR", 2021, 2024), ("RUS", "MDA", 2011, 2020), ("RUS", "MDA", 2024, 2024),
)
"""Exporter, importer, first and last year in which gas flowed by pipeline and neither of the two reported it, or not
the whole. The flow is missing, whatever crude oil or coal is known beside it."""


def fuels(flows: pl.DataFrame) -> pl.DataFrame:
    """Return exporter, importer, year, value_musd and note, for states of the system.

    A pair that is not listed in a year had no such trade, provided that both states are in the table in that year.
    """
    named = flows.with_columns(pl.col("exporter", "importer").replace(RENAMED))
    known = named.filter(
        pl.col("exporter").is_in(_states()), pl.col("importer").is_in(_states()),
        pl.col("exporter") != pl.col("importer"), pl.col("year") >= FIRST_YEAR,
        pl.col("value_kusd") >= LEAST_MUSD * 1000,
    ).select("exporter", "importer", "year", value_musd=(pl.col("value_kusd") / 1000).round(1).cast(pl.Float32))
    silent = pl.DataFrame(
        [(a, b, y, "gas_not_reported") for a, b, first, last in NOT_REPORTED for y in range(first, last + 1)],
        schema={"exporter": pl.String, "importer": pl.String, "year": pl.Int16, "note": pl.String}, orient="row",
    ).filter(pl.col("year").is_in(flows["year"].unique().implode()))
    pair = ["exporter", "importer", "year"]
    return pl.concat([known.join(silent, on=pair, how="anti"), silent], how="diagonal").with_columns(
        pl.col("note").cast(pl.Categorical)).sort(pair)


@cache
def _states() -> list[str]:
    """Every state since 1991; Serbia and Montenegro are under one code in the source, as they were one state."""
    return sorted({s for y in range(FIRST_YEAR, 2025) for s in codes.in_system(year=y)})
