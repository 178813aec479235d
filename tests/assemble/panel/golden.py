"""What the R package peacesciencer makes of the same files: see tests/published/peacesciencer/README.md."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

FOLDER = Path(__file__).resolve().parents[2] / "published" / "peacesciencer"


@cache
def totals(case: str) -> dict[str, dict[str, Any]]:
    """Return the totals of a case's columns by name: ``n_nonmissing``, ``sum``, ``sum_sq``, ``min``, ``max``."""
    table = pl.read_csv(FOLDER / "columns.csv", infer_schema_length=None).filter(pl.col("case") == case)
    return {row["column"]: row for row in table.iter_rows(named=True)}


@cache
def by_year(case: str) -> pl.DataFrame:
    """Return a case's years: ``year``, ``n`` (rows), and of each column ``<column>_sum`` and ``<column>_nn``."""
    return pl.read_csv(FOLDER / f"{case}.csv", infer_schema_length=None)


def summed(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return a panel's own sums and numbers of values by year, under the names that :func:`by_year` has."""
    values = [(pl.col(c).cast(pl.Float64 if frame[c].dtype.is_float() else pl.Int64), c) for c in columns]
    return (
        frame.group_by(pl.col("year").cast(pl.Int64))
        .agg(*(v.sum().alias(f"{c}_sum") for v, c in values), *(v.count().alias(f"{c}_nn") for v, c in values))
        .sort("year")
    )


def differing(frame: pl.DataFrame, *columns: str, case: str, tolerance: float = 0.0) -> dict[str, list[int]]:
    """Return the years in which a panel's sum or number of values is not the case's, by column; empty where all agree.

    A year that either of the two lacks differs. The tolerance is relative, of the sums.
    """
    ours, theirs = summed(frame, *columns), by_year(case)
    both = ours.join(theirs, on="year", how="full", coalesce=True, suffix="_peer")
    out = {}
    for column in columns:
        mine, peer = pl.col(f"{column}_sum"), pl.col(f"{column}_sum_peer")
        same = (pl.col(f"{column}_nn") == pl.col(f"{column}_nn_peer")) & ((mine - peer).abs() <= tolerance * peer.abs())
        years = both.filter(~same.fill_null(value=False))["year"].sort().to_list()
        if years:
            out[column] = years
    return out


def in_total(frame: pl.DataFrame, column: str) -> tuple[int, float, float, float, float]:
    """Return a column's number of values, sum, sum of squares, least and greatest, as floats but the first."""
    values = frame[column].drop_nulls().cast(pl.Float64)
    return values.len(), values.sum(), (values**2).sum(), values.min(), values.max()  # type: ignore[return-value]


def total_of(case: str, column: str) -> tuple[int, float, float, float, float]:
    """Return what :func:`in_total` does, of the case."""
    row = totals(case)[column]
    return row["n_nonmissing"], row["sum"], row["sum_sq"], row["min"], row["max"]
