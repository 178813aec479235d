from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import gdp_population
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "ccode": [345.0, 2.0], "year": [1916.0, 1816.0], "mrgdppc": [None, 2668.1], "sd_mrgdppc": [None, 410.6],
    "pwtrgdp": [None, 27951.1], "sd_pwtrgdp": [None, 12015.2], "pwtpop": [None, 9.16], "sd_pwtpop": [None, 0.69],
})


def test_what_is_not_known_stays_null() -> None:
    frame = gdp_population.tidy(FRAME)
    assert frame.columns == ["cow", "year", *FRAME.columns[2:]]
    assert frame.rows() == [(2, 1816, 2668.1, 410.6, 27951.1, 12015.2, 9.16, 0.69),
                            (345, 1916, None, None, None, None, None, None)]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column sd_pwtpop"):
        gdp_population.tidy(FRAME.drop("sd_pwtpop"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("gdp_population")
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (16536, 1816, 2019)
    assert frame.select("cow", "year").is_unique().all()
    assert frame.filter(pl.col("mrgdppc").is_null())["cow"].value_counts().sort("cow").rows() == [
        (345, 2), (600, 8), (651, 27), (670, 5), (812, 1)]
    assert (frame.drop_nulls().select(pl.col(pl.Float64).min()).transpose().to_series() > 0).all()


@pytest.mark.raw
def test_units_are_dollars_a_head_millions_of_dollars_and_millions_of_people(parsed) -> None:
    """The United States in 2017: some 325 million people, and a product of 19.5 trillion dollars of that year."""
    row = parsed("gdp_population").filter((pl.col("cow") == 2) & (pl.col("year") == 2017)).row(0, named=True)
    assert row["pwtpop"] == pytest.approx(325, rel=0.02)
    assert row["pwtrgdp"] == pytest.approx(19.5e6, rel=0.15)
    assert row["mrgdppc"] == pytest.approx(54_000, rel=0.15)
