"""Overlaps of organisations and what a state shares with powers."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import UsageError
from equipoise.measure import overlap, shared_by_year, shared_ties


def ties(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["organisation", "state", "kind"], orient="row")


def test_every_state_stands_once() -> None:
    found = overlap(
        ties(
            ("A", "X", "member"),
            ("B", "X", "observer"),
            ("A", "Y", "member"),
            ("C", "Z", "member"),
            ("B", "Y", "member"),
            ("A", "X", "chair"),
        ),
        organisations=["C", "B", "A"],
    )
    assert found.rows() == [(["B", "A"], 2, ["X", "Y"]), (["C"], 1, ["Z"])]


@given(
    st.lists(
        st.tuples(st.sampled_from("ABCD"), st.sampled_from(["K", "L", "M", "N", "P"]), st.just("member")), max_size=25
    )
)
def test_overlaps_divide_the_states(rows: list[tuple[str, str, str]]) -> None:
    table = ties(*rows) if rows else ties(("A", "K", "member")).clear()
    found = overlap(table, organisations=["A", "B", "C"])
    states = [s for row in found["states"] for s in row]
    assert sorted(states) == sorted({s for o, s, _ in rows if o in "ABC"})
    assert found["count"].to_list() == [len(row) for row in found["states"]]
    for named, inside in found.select("organisations", "states").iter_rows():
        for s in inside:
            assert set(named) == {o for o, who, _ in rows if who == s and o in "ABC"}


@pytest.mark.parametrize(
    ("named", "words"), [(["A"], "two organisations"), ([], "two organisations"), (["A", "B", "A"], "A is named twice")]
)
def test_an_overlap_that_is_none_is_refused(named: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        overlap(ties(("A", "X", "member")), organisations=named)


def test_parties_of_a_centre_share_nothing_with_each_other() -> None:
    table = ties(
        ("PCA", "KAZ", "participant"),
        ("PCA", "RUS", "participant"),
        ("EU", "DEU", "member"),
        ("EU", "FRA", "member"),
        ("EU", "ITA", "member"),
    )
    powers = {"RUS": ["RUS"], "EUU": ["DEU", "FRA", "ITA"]}
    found = shared_ties(table, state="KAZ", powers=powers, centres={"PCA": "EU"})
    assert found.rows() == [("EUU", "PCA", "participant", "centre")]
    assert shared_ties(table, state="RUS", powers={"EUU": ["DEU"]}, centres={}).height == 0


def test_what_the_members_of_a_centre_share_is_the_centre_and_not_its_agreements() -> None:
    table = ties(("U", "KAZ", "member"), ("U", "RUS", "member"), ("FTA", "VNM", "partner"))
    found = shared_ties(table, state="KAZ", powers={"RUS": ["RUS"], "VNM": ["VNM"]}, centres={"FTA": "U"})
    assert found.rows() == [("RUS", "U", "member", "member"), ("VNM", "FTA", "centre", "partner")]


def test_a_power_of_several_states_is_in_where_more_than_half_are() -> None:
    table = ties(
        ("A", "KAZ", "member"),
        ("A", "DEU", "member"),
        ("A", "FRA", "observer"),
        ("A", "ITA", "member"),
        ("B", "KAZ", "member"),
        ("B", "DEU", "member"),
        ("B", "FRA", "member"),
    )
    powers = {"EUU": ["DEU", "FRA", "ITA", "POL"]}
    assert shared_ties(table, state="KAZ", powers=powers, centres={}).rows() == [("EUU", "A", "member", "member")]
    of_germany = shared_ties(table, state="DEU", powers=powers, centres={})
    assert of_germany["organisation"].to_list() == ["A"]  # with two of the other three


def test_counts_by_year_follow_entry_and_exit() -> None:
    spells = pl.DataFrame(
        {
            "organisation": ["A", "A", "B", "B"],
            "state": ["KAZ", "RUS", "KAZ", "RUS"],
            "kind": ["member", "member", "observer", "member"],
            "start": [dt.date(2000, 1, 1), dt.date(2001, 12, 31), dt.date(2000, 1, 1), dt.date(2000, 1, 1)],
            "end": [None, None, dt.date(2002, 12, 30), None],
        }
    )
    found = shared_by_year(spells, state="KAZ", powers={y: {"RUS": ["RUS"]} for y in (2000, 2001, 2002)}, centres={})
    assert found.rows() == [(2000, "RUS", 0, 1), (2001, "RUS", 1, 2), (2002, "RUS", 1, 1)]
