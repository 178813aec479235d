"""Trade in fuels: what is kept of the flows, and what of the embedded pack."""

from __future__ import annotations

import polars as pl
import pytest

from equipoise.assemble import codes
from equipoise.assemble.fuels import NOT_REPORTED, fuels
from equipoise.assemble.packed import embedded


def kept(*flows: tuple[str, str, int, float]) -> dict[tuple[str, str, int], tuple[float | None, str | None]]:
    schema = {"exporter": pl.String, "importer": pl.String, "year": pl.Int16, "value_kusd": pl.Float64}
    found = fuels(pl.DataFrame(flows, schema=schema, orient="row"))
    return {(a, b, y): (v, n) for a, b, y, v, n in found.with_columns(pl.col("note").cast(pl.String)).iter_rows()}


def test_territories_and_small_change_are_left_out_and_taiwan_has_its_code() -> None:
    found = kept(("KAZ", "RUS", 2010, 1_260.0), ("KAZ", "HKG", 2010, 9e6), ("S19", "KAZ", 2010, 1e6),
                 ("KAZ", "CHN", 2010, 49.0))
    assert {k: v for k, v in found.items() if v[1] is None} == {
        ("KAZ", "RUS", 2010): (pytest.approx(1.3), None), ("TWN", "KAZ", 2010): (1000.0, None)}


def test_gas_that_nobody_reported_is_missing_whatever_else_is_known() -> None:
    found = kept(("RUS", "BLR", 2020, 5e6), ("RUS", "BLR", 2021, 4e6), ("RUS", "TUR", 2021, 2e6))
    assert found["RUS", "BLR", 2020] == (5000.0, None)
    for pair in (("RUS", "BLR", 2021), ("RUS", "TUR", 2021), ("TKM", "RUS", 2020)):
        assert found[pair] == (None, "gas_not_reported")


def test_what_is_called_unreported_is_not_known_from_elsewhere() -> None:
    """Every pair of the list is a pair of states, once in a year."""
    years = [(a, b, y) for a, b, first, last in NOT_REPORTED for y in range(first, last + 1)]
    assert len(years) == len(set(years))
    assert {s for a, b, _ in years for s in (a, b)} <= set(codes.in_system(year=2000))


def test_the_pack_has_what_kazakhstan_sold_in_2023() -> None:
    """BACI, crude oil: 36.0 billion dollars, Italy 11.1 % of it and China 10.6 %; coal and gas come on top."""
    sold = embedded().table("fuels").filter(pl.col("exporter") == "KAZ", pl.col("year") == 2023)
    assert 36_000 < sold["value_musd"].sum() < 42_000
    of = dict(sold.select("importer", "value_musd").iter_rows())
    assert of["ITA"] == pytest.approx(4060, abs=1) and of["CHN"] > of["ITA"] > of["RUS"]
    assert embedded().table("fuels")["year"].max() == 2024
