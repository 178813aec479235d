"""Rows of gravity from the pack, and the effects that the documentation gives."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from equipoise.acquire import itpd
from equipoise.model.gravity import GravityFit
from equipoise.pipeline.gravity import (
    GEOGRAPHY,
    POLICIES,
    distance_effects,
    gravity_rows,
    packed_flows,
    policy_effects,
)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return gravity_rows(packed_flows(), years=range(2009, 2015))


def cell(rows: pl.DataFrame, exporter: str, importer: str, year: int) -> dict[str, object]:
    return rows.filter(exporter=exporter, importer=importer, year=year).row(0, named=True)


def test_what_holds_between_two_states_is_on_their_row(rows: pl.DataFrame) -> None:
    before, after = cell(rows, "RUS", "DEU", 2013), cell(rows, "DEU", "RUS", 2014)
    assert (before["sanctions"], after["sanctions"]) == (False, True)
    assert not cell(rows, "DEU", "KAZ", 2014)["sanctions"]
    assert (cell(rows, "BLR", "RUS", 2009)["eurasian_union"], cell(rows, "BLR", "RUS", 2013)["eurasian_union"]) == (
        False, True)
    assert [cell(rows, "DEU", "RUS", y)["wto"] for y in (2012, 2013)] == [False, True]
    assert not cell(rows, "KAZ", "DEU", 2014)["wto"]
    assert cell(rows, "KAZ", "RUS", 2014)["contiguous"] and cell(rows, "KAZ", "RUS", 2014)["pair"] == "KAZ RUS"


def test_only_flows_with_a_figure_have_a_row(rows: pl.DataFrame) -> None:
    assert rows["flow"].null_count() == 0 and rows.filter(pl.col("exporter") == pl.col("importer")).is_empty()
    flows = packed_flows().filter(pl.col("year").is_between(2009, 2014), pl.col("value").is_not_null())
    assert rows.height == flows.height
    assert rows.select(pl.struct("exporter", "importer", "year").is_unique().all()).item()


@pytest.mark.slow
def test_distance_and_borders_have_the_signs_and_sizes_of_the_literature(rows: pl.DataFrame) -> None:
    pytest.importorskip("pyfixest")
    fit = distance_effects(rows.filter(year=2013))
    assert fit.names == GEOGRAPHY
    # Head and Mayer (2014): −0.93 with a standard deviation of 0.4 over 1,835 estimates of distance.
    assert -1.3 < fit.of("log_distance")[0] < -0.5 and fit.of("contiguous")[1] > 0


@pytest.mark.slow
def test_policies_are_told_apart_from_pairs_and_years(rows: pl.DataFrame) -> None:
    pytest.importorskip("pyfixest")
    fit = policy_effects(rows)
    assert fit.names == POLICIES and (fit.se > 0).all() and fit.rows + fit.separated == rows.height


def rounded(fit: GravityFit) -> dict[str, tuple[float, ...]]:
    return {n: tuple(round(x, 2) for x in fit.of(n)) if n == "log_distance" else
            tuple(round(x, 1) for x in fit.change(n)) for n in fit.names}


@pytest.mark.slow
def test_effects_on_the_trade_of_the_pack_are_those_of_the_documentation() -> None:
    pytest.importorskip("pyfixest")
    every = gravity_rows(packed_flows(), years=range(1992, 2015))
    fit = policy_effects(every)
    assert fit.rows == 508_818 and rounded(fit) == {
        "sanctions": (0.3, -10.3, 12.1), "eurasian_union": (-35.9, -44.8, -25.6), "wto": (4.8, -6.5, 17.4),
    }
    assert rounded(distance_effects(every)) == {"log_distance": (-0.87, -0.94, -0.81), "contiguous": (60.1, 37.3, 86.7)}


@pytest.mark.raw
@pytest.mark.slow
def test_effects_on_goods_and_services_are_those_of_the_documentation(raw: Path) -> None:
    pytest.importorskip("pyfixest")
    flows = itpd.parse({path: (raw / path).read_bytes() for path in itpd.FILES})
    every = gravity_rows(flows.rename({"value_usd2010": "value"}), years=range(2000, 2017))
    fit = policy_effects(every)
    assert fit.rows == 425_275 and rounded(fit) == {
        "sanctions": (-11.1, -19.8, -1.5), "eurasian_union": (-28.2, -36.6, -18.7), "wto": (8.8, -2.7, 21.7),
    }
    assert rounded(distance_effects(every)) == {"log_distance": (-0.84, -0.9, -0.78), "contiguous": (48.1, 28.1, 71.3)}
