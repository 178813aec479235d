from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import world_bank
from equipoise.errors import BadSourceFile

ROWS: list[list[object]] = [
    ["Data Source", "World Development Indicators", "", "", "", ""],
    ["Country Name", "Country Code", "Indicator Name", "Indicator Code", "1990", "1991"],
    ["Kazakhstan", "KAZ", "Population, total", "SP.POP.TOTL", "", 16451711],
    ["World", "WLD", "Population, total", "SP.POP.TOTL", 5.3e9, 5.4e9],
]


def tidy(rows: list[list[object]], *, indicator: str = "SP.POP.TOTL") -> pl.DataFrame:
    return world_bank.tidy(rows, path="x.xls", indicator=indicator)


def test_years_become_rows_and_empty_cells_none() -> None:
    assert tidy(ROWS).rows() == [
        ("SP.POP.TOTL", "KAZ", 1991, 16451711.0),
        ("SP.POP.TOTL", "WLD", 1990, 5.3e9),
        ("SP.POP.TOTL", "WLD", 1991, 5.4e9),
    ]


def test_another_indicator_is_refused() -> None:
    with pytest.raises(BadSourceFile, match=r"holds \['SP\.POP\.TOTL'\], not NY\.GDP\.MKTP\.KD"):
        tidy(ROWS, indicator="NY.GDP.MKTP.KD")


def test_another_layout_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="no row of headings"):
        tidy(ROWS[:1])


def test_a_group_of_states_that_is_not_known_as_one_is_refused() -> None:
    head = ["Country Code", "Region", "IncomeGroup"]
    world_bank.check_aggregates([head, ["KAZ", "Europe & Central Asia", ""], ["WLD", "", ""]], path="x.xls")
    with pytest.raises(BadSourceFile, match=r"not known as sums of states: \['BRI'\]"):
        world_bank.check_aggregates([head, ["BRI", "", ""]], path="x.xls")


@pytest.mark.raw
def test_states_remain_and_groups_do_not(parsed) -> None:
    table = parsed("world_bank")
    assert len(world_bank.AGGREGATES) == 48
    assert not set(table["iso3"]) & (world_bank.AGGREGATES | {"CHI"})
    counts = table.group_by("indicator").agg(pl.col("iso3").n_unique(), pl.col("year").max())
    assert counts.sort("indicator").rows() == [
        ("NY.GDP.MKTP.CD", 213, 2023), ("NY.GDP.MKTP.KD", 212, 2024), ("SP.POP.TOTL", 216, 2024),
    ]
    assert table.select(pl.struct("indicator", "iso3", "year").is_unique().all()).item()


@pytest.mark.raw
@pytest.mark.parametrize(("indicator", "year", "value"), [
    ("NY.GDP.MKTP.CD", 2023, 261.4e9), ("NY.GDP.MKTP.KD", 2024, 244.49e9), ("SP.POP.TOTL", 2024, 20_592_571),
])
def test_kazakhstan_has_the_published_values(parsed, indicator: str, year: int, value: float) -> None:
    at = (pl.col("indicator") == indicator) & (pl.col("iso3") == "KAZ") & (pl.col("year") == year)
    assert parsed("world_bank").filter(at)["value"].item() == pytest.approx(value, rel=2e-4)
