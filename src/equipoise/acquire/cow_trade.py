"""COW Dyadic Trade 4.0: imports of every state from every other, 1870–2014.

Source: Barbieri & Keshk (2016), *Correlates of War Project Trade Data Set Codebook*, version 4.0.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire.tables import content_of, read_r, require_columns
from equipoise.errors import BadSourceFile

SOURCE = "cow_trade"
FILES = ("cow_trade/cow_trade_ddy.rds",)


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row for each importer, exporter and year.

    The file holds every pair twice, once for each state as ``ccode1``; its ``flow1``, imports of ``ccode1`` from
    ``ccode2``, therefore has both directions. The rows without a figure are left out. Zeros are kept as they are,
    although some stand for figures that nobody collected: Kazakhstan–Russia 1992 and 1993 are 0.

    Returns:
        ``importer_cow``, ``exporter_cow`` (COW codes), ``year`` (Int32) and ``value_musd``, million current USD.

    Raises:
        BadSourceFile: a column is missing, a value is negative, or the two records of a pair disagree.
    """
    path = FILES[0]
    return tidy(read_r(content_of(files, path, source=SOURCE), name=path, source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what :func:`parse` does from the file's data frame."""
    path = FILES[0]
    require_columns(frame, ["ccode1", "ccode2", "year", "flow1", "flow2"], name=path, source=SOURCE)
    flows = frame.select(
        importer_cow=pl.col("ccode1").cast(pl.Int32), exporter_cow=pl.col("ccode2").cast(pl.Int32),
        year=pl.col("year").cast(pl.Int32), value_musd=pl.col("flow1").cast(pl.Float64), back=pl.col("flow2"),
    )
    _check(flows, name=path)
    kept = flows.drop("back").drop_nulls("value_musd")
    return kept.sort("importer_cow", "exporter_cow", "year")


def _check(flows: pl.DataFrame, *, name: str) -> None:
    negative = flows.filter(pl.col("value_musd") < 0).height
    if negative:
        raise BadSourceFile(f"{name} has {negative} negative flows.", hint="Is there a new code for missing values?")
    mirrored = flows.join(
        flows.select("importer_cow", "exporter_cow", "year", "value_musd"), how="left",
        left_on=["exporter_cow", "importer_cow", "year"], right_on=["importer_cow", "exporter_cow", "year"],
    )
    apart = mirrored.filter(pl.col("back").ne_missing(pl.col("value_musd_right")))
    if apart.height:
        raise BadSourceFile(f"{name}: {apart.height} pairs are recorded in two ways.",
                            hint=f"The first is {apart.select('importer_cow', 'exporter_cow', 'year').row(0)}.")
