"""Kin and coasts: the hand-kept tables, and what is made of them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from equipoise.assemble import codes
from equipoise.assemble.kin import EVERYWHERE, HOLD, counts, kin_shares
from equipoise.assemble.landlocked import is_landlocked, landlocked
from equipoise.assemble.packed import embedded


def share(state: str, power: str, year: int) -> float:
    return float(kin_shares([state], powers=[power], years=[year])[0, 0, 0])


def test_every_row_can_be_used_and_says_where_it_is_from() -> None:
    rows = counts()
    assert rows.select("state", "kin", "year").is_unique().all()
    states = set(codes.in_system(year=2016)) | {EVERYWHERE}
    assert set(rows["state"]) <= states and set(rows["kin"]) <= states and (rows["state"] != rows["kin"]).all()
    assert rows["share"].drop_nulls().is_between(0, 1).all() and rows["year"].is_between(1989, 2025).all()
    assert rows.filter(pl.col("share").is_not_null() & pl.col("source").is_null()).is_empty()
    assert rows.filter(pl.col("share").is_null() & pl.col("note").is_null()).is_empty()
    assert set(rows["confidence"]) == {"high", "medium", "low"}


@pytest.mark.parametrize(("state", "power", "year", "found"), [
    ("KAZ", "RUS", 2009, 0.237),        # Lin, section 4, from the census
    ("KAZ", "RUS", 2004, 0.268),        # half way between the counts of 1999 and 2009
    ("KGZ", "RUS", 1999, 0.125), ("UKR", "RUS", 2001, 0.173), ("SGP", "CHN", 2020, 0.743),
    ("KAZ", "EUU", 2009, 0.011),        # Germans
    ("BLR", "EUU", 2003, 0.0), ("BLR", "EUU", 2009, 0.031),   # Poles, once Poland is a member
    ("KAZ", "CHN", 2009, 0.0), ("MEX", "USA", 2010, 0.0), ("MEX", "RUS", 2010, 0.0),
])
def test_known_shares(state: str, power: str, year: int, found: float) -> None:
    assert share(state, power, year) == pytest.approx(found, abs=5e-4)


@pytest.mark.parametrize(("state", "power", "year"), [
    ("MEX", "CHN", 2010), ("TWN", "CHN", 2010), ("ISR", "RUS", 2010), ("BRA", "JPN", 2010), ("KAZ", "TUR", 2010),
    ("UKR", "RUS", 2001 + HOLD + 1), ("UKR", "CHN", 2001 + HOLD + 1),
])
def test_what_was_not_counted_is_unknown(state: str, power: str, year: int) -> None:
    assert np.isnan(share(state, power, year))


def test_the_landlocked_are_the_44_and_kosovo() -> None:
    today = {s for s in landlocked()["state"] if is_landlocked(s, year=2024)}
    assert len(today - {"CSK"}) == 45 and {"VAT", "XKX", "KAZ", "UZB", "LIE"} <= today
    assert [y for y in range(1991, 2013) if is_landlocked("SSD", year=y)] == [2011, 2012]


def test_the_landlocked_have_no_island_and_only_land_neighbours() -> None:
    """By the map each of them borders someone; states with a short coast are not among them."""
    km = embedded().table("distances").filter(pl.col("border_km") > 0)
    assert set(landlocked()["state"]) - {"CSK"} <= set(km["state_a"])
    assert not {"GEO", "SDN", "ERI", "MNE", "BIH", "COD", "IRQ", "SVN", "JOR"} & set(landlocked()["state"])
