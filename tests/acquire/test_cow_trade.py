from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import cow_trade
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "ccode1": [365.0, 705.0, 705.0, 365.0], "ccode2": [705.0, 365.0, 365.0, 705.0],
    "year": [1994.0, 1994.0, 1993.0, 1993.0],
    "flow1": [1996.0, 1293.0, 0.0, None], "flow2": [1293.0, 1996.0, None, 0.0],
})


def test_each_direction_is_a_row_zeros_stay_and_unknown_figures_go() -> None:
    assert cow_trade.tidy(FRAME).rows() == [(365, 705, 1994, 1996.0), (705, 365, 1993, 0.0), (705, 365, 1994, 1293.0)]
    assert cow_trade.tidy(FRAME).schema["year"] == pl.Int32


def test_two_records_of_a_pair_that_disagree_are_refused() -> None:
    with pytest.raises(BadSourceFile, match="recorded in two ways"):
        cow_trade.tidy(FRAME.with_columns(flow2=pl.lit(7.0)))


def test_a_code_for_missing_values_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="1 negative flows"):
        cow_trade.tidy(FRAME.with_columns(flow1=pl.col("flow1").fill_null(-9.0)))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column flow1"):
        cow_trade.tidy(FRAME.drop("flow1"))


@pytest.mark.raw
def test_kazakhstan_2014_is_the_published_total(parsed) -> None:
    flows = parsed("cow_trade")
    assert flows.height == 1_296_475
    kaz = flows.filter((pl.col("year") == 2014) & ((pl.col("importer_cow") == 705) | (pl.col("exporter_cow") == 705)))
    assert kaz["value_musd"].sum() == pytest.approx(108_700, rel=1e-3)
    russia = kaz.filter((pl.col("importer_cow") == 365) | (pl.col("exporter_cow") == 365))["value_musd"].sum()
    assert russia / kaz["value_musd"].sum() == pytest.approx(0.208, abs=5e-4)


@pytest.mark.raw
def test_the_zeros_of_1992_that_are_no_observation_are_still_there(parsed) -> None:
    early = parsed("cow_trade").filter((pl.col("importer_cow") == 705) & (pl.col("exporter_cow") == 365))
    assert early.filter(pl.col("year") < 1994)["value_musd"].to_list() == [0.0, 0.0]
