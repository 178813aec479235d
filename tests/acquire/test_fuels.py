from __future__ import annotations

import sqlite3

import polars as pl
import pytest

from equipoise.acquire import fuels
from equipoise.errors import BadSourceFile, MissingSource

FLOWS = [
    ("2023", "398", "643", 270900, " 12.5"), ("2023", "398", "643", 271121, "100.25 "),
    ("2023", "398", "643", 260300, "7"), ("2022", "398", "643", 270112, "1"),
    ("1997", "58", "398", 270900, "2"), ("1997", "56", "398", 270900, "3"),
]


def database(flows: list[tuple[str, str, str, int, str]] = FLOWS) -> bytes:
    held = sqlite3.connect(":memory:")
    held.execute("CREATE TABLE baci_trade (t TEXT, i TEXT, j TEXT, k INTEGER, v TEXT, q TEXT)")
    held.execute("CREATE TABLE country_codes_V202401b (country_code TEXT, country_iso3 TEXT)")
    held.executemany("INSERT INTO baci_trade VALUES (?, ?, ?, ?, ?, '')", flows)
    held.executemany("INSERT INTO country_codes_V202401b VALUES (?, ?)",
                     [("398", "KAZ"), ("643", "RUS"), ("56", "BEL"), ("58", "BEL")])
    held.commit()
    return held.serialize()


def test_fuels_are_summed_by_pair_and_year_and_nothing_else_is_counted() -> None:
    assert fuels.parse({fuels.FILES[0]: database()}).rows() == [
        ("BEL", "KAZ", 1997, 5.0), ("KAZ", "RUS", 2022, 1.0), ("KAZ", "RUS", 2023, 112.75),
    ]


def test_a_country_without_a_name_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="the country 999"):
        fuels.parse({fuels.FILES[0]: database([("2023", "999", "643", 270900, "1")])})


@pytest.mark.parametrize(("content", "says"), [
    (b"", "is empty"), (b"<html>", "web page"), (b"not a database, though as long as one" * 20, "not the database"),
    (database()[:4096], "not the database"),
])
def test_a_file_that_is_no_database_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(BadSourceFile, match=says):
        fuels.parse({fuels.FILES[0]: content})
    with pytest.raises(MissingSource):
        fuels.parse({})


@pytest.mark.raw
def test_what_the_file_has_of_kazakhstan(parsed) -> None:
    """Crude oil of 2023 was 36.0 billion dollars by the same database; coal and gas come on top."""
    flows = parsed("fuels")
    assert flows.equals(flows.sort("exporter", "importer", "year"))
    assert (flows["year"].min(), flows["year"].max()) == (1995, 2024)
    sold = flows.filter(pl.col("exporter") == "KAZ", pl.col("year") == 2023)["value_kusd"].sum() / 1e6
    assert 36.0 < sold < 40.0
