"""Alliance portfolios by year."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from equipoise.acquire import atop
from equipoise.assemble.packed import embedded
from equipoise.assemble.portfolios import OBLIGATION, alliance_portfolios
from equipoise.errors import BadYears, UnknownState

NONE = dict.fromkeys(OBLIGATION, 0)


def alliances(*pacts: tuple[int, int, int, str]) -> pl.DataFrame:
    return pl.DataFrame([{"cow_a": a, "cow_b": b, "year": y, **NONE, **({what: 1} if what else {})}
                         for a, b, y, what in pacts])


def one(frame: pl.DataFrame, *, year: int, states: list[int]) -> np.ndarray:
    (found, levels), = alliance_portfolios(frame, states={year: states})
    assert found == year
    return levels


@pytest.mark.parametrize(("what", "level"), [("defense", 3), ("offense", 3), ("neutrality", 2), ("consultation", 2),
                                             ("nonaggression", 1), ("", 0)])
def test_each_obligation_has_its_level_in_the_direction_it_is_owed(what, level):
    assert one(alliances((2, 20, 1950, what)), year=1950, states=[2, 20]).tolist() == [[3, level], [0, 3]]


def test_the_highest_of_several_counts_and_rows_follow_the_states_given():
    frame = alliances((2, 20, 1950, "nonaggression"), (2, 20, 1950, "consultation"), (990, 2, 1950, "defense"),
                      (2, 20, 1951, "defense"))
    assert one(frame, year=1950, states=[20, 990, 2]).tolist() == [[3, 0, 0], [0, 3, 3], [2, 0, 3]]


def test_an_ally_that_is_no_state_of_the_year_does_not_count():
    frame = alliances((2, 20, 1950, "defense"), (2, 999, 1950, "defense"), (1, 20, 1950, "defense"))
    assert one(frame, year=1950, states=[2, 20]).tolist() == [[3, 3], [0, 3]]


def test_a_covered_year_without_alliances_leaves_each_alone():
    frame = alliances((2, 20, 1950, "defense"), (2, 20, 1952, "defense"))
    assert one(frame, year=1951, states=[2, 20]).tolist() == [[3, 0], [0, 3]]


def test_a_year_that_is_not_covered_is_no_year_without_alliances():
    frame = alliances((2, 20, 1950, "defense"))
    with pytest.raises(BadYears, match="do not cover 1951") as caught:
        next(alliance_portfolios(frame, states={1950: [2], 1951: [2]}))
    assert "\n" not in str(caught.value) and caught.value.hint


@pytest.mark.parametrize("states", [[], [2, 20, 2]])
def test_a_year_needs_its_states_once(states):
    with pytest.raises(UnknownState, match="1950"):
        next(alliance_portfolios(alliances((2, 20, 1950, "defense")), states={1950: states}))


def test_the_two_alliances_on_the_eve_of_the_war():
    powers = {"Germany": 255, "Austria": 300, "Italy": 325, "Russia": 365, "France": 220}
    levels = one(embedded().table("panel_atop"), year=1913, states=list(powers.values()))
    assert levels[0].tolist() == [3, 3, 3, 0, 0]
    assert levels[3:, 3:].tolist() == [[3, 3], [3, 3]]


@pytest.mark.raw
def test_the_years_of_the_reference_promise_no_attack_without_defence(raw) -> None:
    frame = atop.parse({path: (raw / path).read_bytes() for path in atop.FILES})
    alone = frame.filter((pl.col("offense") == 1) & (pl.col("defense") == 0))["year"]
    assert not set(alone) & {1913, 1989, 2010}
