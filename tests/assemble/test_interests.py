"""The regions that document 004 orders, and Russian forces abroad."""

from __future__ import annotations

import polars as pl
import pytest

from equipoise.assemble import codes, interests
from equipoise.errors import UsageError


def test_the_ranked_regions_do_not_overlap_and_the_parts_are_of_the_first() -> None:
    regions = interests.regions()
    ranked = regions.drop_nulls("rank")
    assert ranked["rank"].to_list() == [1, 2, 3, 4, 5]
    states = [s for row in ranked["states"] for s in row]
    assert len(states) == len(set(states)) and set(states) <= set(codes.states()["iso3"])
    cis = set(ranked["states"][0])
    assert all(set(row) < cis for row in regions.filter(pl.col("rank").is_null())["states"])
    assert "RUS" not in states and regions["source"].null_count() == 0


def test_forces_have_a_source_and_a_null_is_not_none() -> None:
    forces = interests.forces()
    assert forces.select("state", "as_of", "source", "confidence").null_count().sum_horizontal().item() == 0
    assert forces.filter(state="KAZ")["troops_low"].to_list() == [None]
    assert (forces["troops_low"].drop_nulls() > 0).all()
    assert (forces["troops_low"] <= forces["troops_high"]).all()


def test_an_unknown_region_is_refused_with_the_nearest() -> None:
    assert interests.states_of("Western Asia", year=2022)[1][0] == "ARE"
    with pytest.raises(UsageError, match="Did you mean Central Asia"):
        interests.states_of("Centrl Asia", year=2022)
    with pytest.raises(UsageError, match="MIDDLEEAST"):
        interests.states_of("xyz", year=2022)
