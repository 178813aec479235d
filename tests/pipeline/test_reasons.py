"""The reasons of stances: known facts of known crises, and what is not known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from equipoise.assemble.crises import shipped
from equipoise.assemble.packed import embedded
from equipoise.pipeline.reasons import REASONS, Scene, reasons, scene
from equipoise.pipeline.stance_rows import crisis_votes, resolutions, scale, standardised, vote_rows
from equipoise.schema import DEFAULT_POWERS


def _of(at: Scene, *actors: str) -> dict[str, dict[str, float]]:
    found = reasons(embedded(), at, actors=list(actors))
    return {a: dict(zip(REASONS, row, strict=True)) for a, row in zip(actors, found.tolist(), strict=True)}


def test_kazakhstan_in_january_2022() -> None:
    of = _of(scene(shipped("kazakhstan-2022")), *DEFAULT_POWERS)
    assert of["RUS"]["tie"] == 1 and of["CHN"]["tie"] == 0.5 and of["USA"]["tie"] == 0
    assert of["RUS"]["request"] == 1 and of["CHN"]["request"] == -1
    assert of["RUS"]["able"] == 1 and of["CHN"]["able"] == 0
    assert of["RUS"]["near"] == of["CHN"]["near"] == 1 > of["EUU"]["near"] > of["JPN"]["near"] > of["USA"]["near"]
    assert max(of, key=lambda p: of[p]["trade"]) == "RUS"
    assert of["CHN"]["likeness"] > of["USA"]["likeness"]
    assert of["CHN"]["core"] > of["JPN"]["core"] > of["USA"]["core"] > 0  # by how near each is to Russia
    assert of["RUS"]["core"] == of["CHN"]["core"] / 2  # China shares one regional body with it, no pledge
    assert of["CHN"]["force"] < 0.2 < 0.8 < of["EUU"]["force"]


def test_ukraine_in_2022_has_russia_on_the_other_side() -> None:
    of = _of(scene(shipped("ukraine-2022")), "CHN", "USA", "EUU")
    assert of["CHN"]["tie"] == -0.5  # with Russia in the Shanghai Cooperation Organisation
    assert of["CHN"]["sides"] < 0 < of["USA"]["sides"]
    assert of["CHN"]["internal"] == 0 and of["CHN"]["integrity"] == 1
    assert of["EUU"]["near"] == 1 and of["EUU"]["request"] == 1
    assert of["CHN"]["core"] == 0  # the attacker's region is not respected as one


def test_what_is_not_known_stays_missing_and_counts_as_middling() -> None:
    found = reasons(embedded(), scene(shipped("kuwait-1990")), actors=["USA"])
    assert np.isnan(found[0, REASONS.index("trade")])
    rows = vote_rows(embedded(), votes=crisis_votes(embedded()).filter(topic="kosovo-2008"))
    told = standardised(found, scale=scale(rows.with_columns(first=0)))
    assert told[0, REASONS.index("trade")] == 0


def test_a_zero_of_the_trade_source_is_no_trade_known() -> None:
    """Trade among Soviet successors in 1991–93 stands as zero in the source."""
    of = _of(Scene("TJK", dt.date(1992, 5, 5)), "RUS", "CHN")
    assert np.isnan(of["RUS"]["trade"]) and np.isfinite(of["CHN"]["trade"])


@pytest.mark.parametrize(("resolution", "counts"), [("68/262", (100, 11, 58)), ("ES-11/1", (141, 5, 35))])
def test_votes_on_ukraine_are_those_of_the_record(resolution: str, counts: tuple[int, int, int]) -> None:
    from equipoise.assemble.roll_calls import roll_calls

    about = resolutions().filter(resolution=resolution).row(0, named=True)
    if about["rcid"] is None:
        topic = crisis_votes(embedded()).filter(topic=about["topic"])
        assert tuple(topic[c].sum() for c in ("in_favour", "against", "abstain")) == counts
        return
    cast = roll_calls(embedded()).filter(rcid=about["rcid"])["vote"]
    assert tuple((cast == v).sum() for v in (1, 3, 2)) == counts


def test_a_yes_against_the_government_is_a_vote_against() -> None:
    votes = crisis_votes(embedded())
    syria = {r["state"]: r for r in votes.filter(topic="syria-2011").iter_rows(named=True)}
    assert syria["SYR"]["in_favour"] > 0 == syria["SYR"]["against"]
    assert syria["FRA"]["against"] > 0 == syria["FRA"]["in_favour"]
    georgia = {r["state"]: r for r in votes.filter(topic="georgia-2008").iter_rows(named=True)}
    assert georgia["RUS"]["against"] > 0 == georgia["RUS"]["in_favour"]


def test_powers_and_parties_are_left_out_of_the_votes() -> None:
    rows = vote_rows(embedded(), votes=crisis_votes(embedded()))
    crimea = set(rows.filter(topic="crimea-2014")["state"])
    assert not crimea & {"RUS", "CHN", "USA", "JPN", "UKR"} and {"KAZ", "DEU"} <= crimea
    assert np.allclose(rows.select("against", "abstain", "in_favour").sum_horizontal(), 1)
