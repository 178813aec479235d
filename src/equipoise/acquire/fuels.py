"""Trade in raw fuels by pair of states, 1995–2024: coal, lignite, crude oil and natural gas.

Source: CEPII, BACI (Gaulier and Zignago 2010), Harmonised System of 1992, edition to 2024, in which the reports of
exporter and importer are reconciled; free on board. The file is a cut of it to 74 raw materials, by product and pair,
that a Python package carries. Refined products, liquefied petroleum gas, electricity and enriched or natural uranium
(heading 2844, which is what Kazakhstan sells) are not among them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import polars as pl

from equipoise.acquire.tables import check_table, content_of
from equipoise.errors import BadSourceFile

SOURCE = "fuels"
FILES = ("geopolrisk_baci/baci.db",)

PRODUCTS = {
    270111: "anthracite", 270112: "bituminous coal", 270119: "other coal", 270210: "lignite",
    270220: "lignite, pressed", 270900: "crude oil", 271111: "natural gas, liquefied", 271121: "natural gas",
}
"""Codes of the Harmonised System of 1992 that count as fuels here."""

_NAMES = "country_codes_V202401b"


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row for each exporter, importer and year with trade in any of :data:`PRODUCTS`.

    Returns:
        ``exporter``, ``importer`` (the file's ISO 3166-1 alpha-3 codes, and its own ``S19``, other Asia, ``R20``, other
        EFTA, ``ZA1``, the Southern African Customs Union to 1999), ``year`` (Int16), ``value_kusd``: thousands of
        current US dollars, all products together.

    Raises:
        BadSourceFile: the file is no database, lacks a table, or has an unknown country.
    """
    path = FILES[0]
    content = content_of(files, path, source=SOURCE)
    check_table(content, name=path, source=SOURCE)
    marks = ",".join("?" * len(PRODUCTS))
    query = (f"SELECT i, j, CAST(t AS INTEGER), SUM(CAST(TRIM(v) AS REAL)) FROM baci_trade WHERE k IN ({marks}) "
             "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
    held = sqlite3.connect(":memory:")
    try:
        held.deserialize(content)
        flows = held.execute(query, tuple(PRODUCTS)).fetchall()
        codes = dict(held.execute(f"SELECT country_code, country_iso3 FROM {_NAMES}").fetchall())
    except sqlite3.Error as error:
        raise BadSourceFile(f"{path} is not the database it should be: {error}.",
                            hint=f"Try `equipoise data pull {SOURCE}`.") from error
    finally:
        held.close()
    schema = {"i": pl.String, "j": pl.String, "year": pl.Int16, "value_kusd": pl.Float64}
    return tidy(pl.DataFrame(flows, schema=schema, orient="row"), codes=codes)


def tidy(flows: pl.DataFrame, *, codes: Mapping[str, str]) -> pl.DataFrame:
    """Return what :func:`parse` does from sums by the file's country numbers ``i`` and ``j``."""
    unknown = sorted({*flows["i"], *flows["j"]} - codes.keys())
    if unknown:
        raise BadSourceFile(f"{FILES[0]} has the country {unknown[0]}, which it does not name.",
                            hint=f"Try `equipoise data pull {SOURCE}`.")
    ends = (pl.col(c).replace_strict(dict(codes), return_dtype=pl.String).alias(name)
            for c, name in (("i", "exporter"), ("j", "importer")))
    # Two numbers may stand for one state (Belgium with and without Luxembourg).
    named = flows.with_columns(*ends).group_by("exporter", "importer", "year").agg(pl.col("value_kusd").sum())
    return named.sort("exporter", "importer", "year")
