"""Worlds and shocks that cannot be: each has its own message."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from equipoise.errors import BadMatrix, UsageError
from equipoise.model.trade_world import World, check_shock, components

NAMES = ("AAA", "BBB", "CCC")
FLOWS = np.array([[8.0, 1.0, 1.0], [2.0, 18.0, 1.0], [1.0, 3.0, 48.0]])
ONES = np.ones((3, 3))


def changed(i: int, j: int, value: float, *, of: np.ndarray = FLOWS) -> np.ndarray:
    out = of.copy()
    out[i, j] = value
    return out


def test_sums() -> None:
    world = World(NAMES, FLOWS)
    assert world.output.tolist() == [10, 21, 52]
    assert world.spending.tolist() == [11, 22, 50]
    assert world.deficit.tolist() == [1, 1, -2]
    assert world.home_share.round(4).tolist() == [0.7273, 0.8182, 0.96]


def test_a_world_keeps_its_flows() -> None:
    flows = FLOWS.copy()
    world = World(NAMES, flows)
    flows[0, 0] = -1
    assert world.flows[0, 0] == 8
    with pytest.raises(ValueError):
        world.flows[0, 0] = 1


@pytest.mark.parametrize(("names", "flows", "message"), [
    (NAMES, changed(0, 1, -1.0), "the flow from AAA to BBB is negative"),
    (NAMES, changed(2, 1, np.nan), "the flow from CCC to BBB is not a number"),
    (NAMES, changed(1, 0, np.inf), "the flow from BBB to AAA is not a number"),
    (NAMES, changed(1, 1, 0.0), "BBB sells nothing at home"),
    (NAMES[:2], FLOWS, r"flows are \(3, 3\), but 2 countries are named"),
    (("AAA", "BBB", "AAA"), FLOWS, "the country AAA is named twice"),
    (NAMES, FLOWS * np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]]), "CCC trades with nobody"),
])
def test_a_world_that_cannot_be(names: tuple[str, ...], flows: np.ndarray, message: str) -> None:
    with pytest.raises((BadMatrix, UsageError), match=message) as failed:
        World(names, flows)
    assert failed.value.hint


@pytest.mark.parametrize(("given", "message"), [
    ({"cost_change": changed(0, 1, np.nan, of=ONES)}, "the cost change from AAA to BBB is not a number"),
    ({"cost_change": changed(0, 1, -0.5, of=ONES)}, "the cost change from AAA to BBB is not above zero"),
    ({"cost_change": changed(2, 1, 0.0, of=ONES)}, "the cost change from CCC to BBB is not above zero"),
    ({"cost_change": changed(1, 1, np.inf, of=ONES)}, "home sales of BBB are stopped"),
    ({"cost_change": np.ones((2, 2))}, r"cost changes are \(2, 2\), but there are 3 countries"),
    ({"elasticity": 0.0}, "the trade elasticity must be a number above zero"),
    ({"elasticity": [4.0, np.nan]}, "the trade elasticity must be a number above zero"),
    ({"cost_change": np.ones((4, 3, 3)), "elasticity": [4.0, 5.0]}, "leading axes"),
    ({"deficits": "kept"}, "deficits cannot be kept"),
])
def test_a_shock_that_cannot_be(given: dict[str, Any], message: str) -> None:
    whole = {"cost_change": ONES, "elasticity": 4.0, "deficits": "none"} | given
    with pytest.raises(UsageError, match=message) as failed:
        check_shock(whole.pop("cost_change"), countries=NAMES, **whole)
    assert failed.value.hint


def test_an_unknown_country_is_answered_with_its_neighbours() -> None:
    with pytest.raises(UsageError, match=r"ABC is not among the 3 countries.*AAA"):
        World(NAMES, FLOWS).at("ABC")


def test_components_weak_and_strong() -> None:
    trading = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 1]], dtype=bool)
    assert components(trading).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert components(trading, strong=True).tolist() == np.eye(3).tolist()
