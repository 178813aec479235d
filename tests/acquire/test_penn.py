from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import penn
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "countrycode": ["KAZ", "KAZ", "ABW"], "year": [1990.0, 1989.0, 1950.0], "rgdpna": [250_000.0, None, None],
    "pop": [16.4, None, None], "xr": [None, 0.5, None],
})


def test_years_without_any_figure_go_and_others_keep_their_nulls() -> None:
    assert penn.tidy(FRAME).rows() == [("KAZ", 1989, None, None, 0.5), ("KAZ", 1990, 250_000.0, 16.4, None)]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column xr"):
        penn.tidy(FRAME.drop("xr"))


@pytest.mark.raw
def test_kazakhstan_2023_is_the_published_one(parsed) -> None:
    table = parsed("penn")
    assert (table["iso3"].n_unique(), table["year"].min(), table["year"].max()) == (185, 1950, 2023)
    kaz = table.filter(pl.col("iso3") == "KAZ").sort("year")
    assert kaz["exchange_lcu_per_usd"][-1] == pytest.approx(456.16, abs=0.01)
    growth = (kaz["rgdpna_musd2021"].pct_change() * 100)
    by_year = dict(zip(kaz["year"], growth, strict=True))
    assert by_year[2020] == pytest.approx(-2.5, abs=0.1)
    assert by_year[2023] == pytest.approx(4.3, abs=0.1)
