"""Equidistance of real states: the formula of the list's README, in plain loops, from the pack's channels."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from equipoise.assemble.organisations import eu_members
from equipoise.assemble.packed import embedded
from equipoise.measure import to_matrix
from equipoise.model import policy
from equipoise.pipeline import engagement_of, report
from equipoise.pipeline.estimates import Grid, covered_years, rivalry_array
from equipoise.pipeline.sides import sides_frame, usual_shares
from equipoise.schema import DEFAULT_POWERS

YEAR = 2012
"""All four channels are observed, so that nothing is completed."""

SOME = ["NOR", "KAZ", "JOR", "BRA", "DJI"]


def by_hand(state: str) -> float:
    now = embedded().table("channels").filter(pl.col("year") == YEAR)
    now = now.with_columns(pl.col("channel", "option").cast(pl.String))
    of = {(s, c, o): float(v) for s, c, o, v in now.select("state", "channel", "option", "share").iter_rows()}
    apart = {*DEFAULT_POWERS, *eu_members(YEAR)}
    others = set(embedded().table("state_year").filter(pl.col("year") == YEAR)["state"]) - apart
    f = Grid(covered_years(embedded()), DEFAULT_POWERS)
    r = to_matrix(policy.rivalry(rivalry_array(embedded(), f), draws=1, seed=0).value[YEAR - f.years[0]], powers=5)
    total = weight = 0.0
    for i, k in enumerate(DEFAULT_POWERS):
        for j, other in enumerate(DEFAULT_POWERS[:i]):
            even = []
            for c in ("trade", "diplomacy", "institutions"):
                own = [of[state, c, p] for p in (k, other)]
                mean = [np.mean([of[s, c, p] for s in others if (s, c, p) in of]) for p in (k, other)]
                if sum(own):
                    p, usual = own[0] / sum(own), mean[0] / sum(mean)
                    even.append(1 - abs(p - usual) / max(usual, 1 - usual))
            top = of[state, "security", "0"] + max(of[state, "security", p] for p in DEFAULT_POWERS)
            side = abs(of[state, "security", k] - of[state, "security", other]) / top
            total += r[i, j] * (1 - side) * np.mean(even)
            weight += r[i, j]
    return total / weight


@pytest.mark.parametrize("state", SOME)
def test_the_formula_by_hand(state):
    found = sides_frame(embedded(), states=[state], powers=DEFAULT_POWERS, years=[YEAR])["equidistance"][0]
    # A state whose trade is silent in the year has it completed from its neighbours in time, so means differ a little.
    assert found == pytest.approx(by_hand(state), abs=0.01)


def test_many_states_and_a_report_have_the_same():
    frame = engagement_of(["MNG", "KAZ"], since=2005, until=2012, draws=20, seed=3)
    alone = report("MNG", since=2005, until=2012, draws=20, seed=3).figures.multi_vector
    mine = frame.filter(pl.col("state") == "MNG")
    assert mine["year"].to_list() == alone["year"].to_list()
    for column in ("equidistance", "equidistance_low", "equidistance_high"):
        assert mine[column].to_list() == pytest.approx(alone[column].to_list(), abs=1e-9)
    assert (alone["equidistance_low"] <= alone["equidistance"]).all()
    assert (alone["equidistance_without_low"] < alone["equidistance_without_high"]).any()


def test_the_average_is_of_those_counted_and_known():
    table = np.array([[[[0.2, 0.8]]], [[[0.6, 0.4]]], [[[1.0, 0.0]]], [[[np.nan, np.nan]]]])
    counted = np.array([[True], [True], [False], [True]])
    assert usual_shares(table, counted=counted)[0, 0].tolist() == pytest.approx([0.4, 0.6])
    assert np.isnan(usual_shares(table, counted=~counted & False)).all()
