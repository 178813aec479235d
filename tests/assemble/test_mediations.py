"""The list of mediations: every row whole, its states known, its source named."""

from __future__ import annotations

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.mediations import KINDS, SIDES, mediations


def test_every_row_is_whole() -> None:
    rows = mediations()
    assert rows.height >= 80 and rows.filter(pl.col("sides") == "states").height >= 50
    needed = ["start", "kind", "mediator", "sides", "side_a", "conflict", "what", "source", "confidence"]
    assert rows.select(needed).null_count().row(0) == (0,) * len(needed)
    assert set(rows["kind"]) == set(KINDS) and set(rows["sides"]) == set(SIDES)
    assert set(rows["confidence"]) <= {"high", "medium", "low"}
    assert not rows.select("start", "mediator", "side_a", "side_b", "kind", "what").is_duplicated().any()


def test_years_follow_one_another_and_begin_in_1990() -> None:
    rows = mediations()
    assert rows["start"].min() == 1990
    assert rows.filter(pl.col("end") < pl.col("start")).is_empty()


def test_states_are_in_the_crosswalk_and_nobody_mediates_its_own_quarrel() -> None:
    rows, known = mediations(), set(codes.states()["iso3"])
    for column in ("mediator", "side_a", "side_b"):
        assert set(rows[column].drop_nulls()) <= known, column
    own = (pl.col("mediator") == pl.col("side_a")) | (pl.col("mediator") == pl.col("side_b"))
    assert rows.filter(own).is_empty()
    between = rows.filter(pl.col("sides") == "states")
    assert between["side_b"].null_count() == 0 and between.filter(pl.col("side_a") == pl.col("side_b")).is_empty()


def test_one_name_of_a_conflict_has_both_kinds_of_sides_never() -> None:
    mixed = mediations().group_by("conflict").agg(pl.col("sides").n_unique()).filter(pl.col("sides") > 1)
    assert mixed.is_empty()


def test_what_the_article_names_is_in_it() -> None:
    own = mediations().filter(pl.col("mediator") == "KAZ").select("conflict", "kind").rows()
    assert {("syria", "venue"), ("su-24", "mediation"), ("iran-nuclear", "venue")} <= set(own)
