"""What measures mean for the costs of trade: each kind against its formula."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from equipoise.errors import UsageError
from equipoise.simulate.costs import cost_changes
from equipoise.simulate.scenario import Scenario, parse

NAMES = ("RUS", "USA", "KAZ", "DEU")
FLOWS = np.array([[90.0, 4, 3, 10], [2, 900, 1, 50], [5, 2, 20, 4], [8, 60, 2, 400]])
FUELS = np.where(np.eye(4) == 1, 0.0, 0.5)
THETA = np.array([2.0, 5.0])


def rows(parties: Sequence[str]) -> np.ndarray:
    return np.array([NAMES.index(p) for p in parties])


def made(measure: str) -> Scenario:
    head = 'id = "one"\ntitle_en = "One"\ntitle_zh = "一"\nyear = 2014\n'
    head += "[[measures]]\nstart = 2022-01-01\nassumed = true\n"
    return parse(head + measure, name="one")


def costs(measure: str, *, fuels: np.ndarray = FUELS) -> np.ndarray:
    return cost_changes(made(measure), flows=FLOWS, fuels=fuels, rows=rows, elasticity=THETA)


SANCTION = """
kind = "sanction"
senders = ["USA", "DEU"]
targets = ["RUS"]
direction = "{direction}"
share_blocked = {share}
"""


@pytest.mark.parametrize(("direction", "hit"), [
    ("exports", {(1, 0), (3, 0)}), ("imports", {(0, 1), (0, 3)}), ("both", {(1, 0), (3, 0), (0, 1), (0, 3)})])
def test_a_share_is_blocked_whatever_the_elasticity(direction: str, hit: set[tuple[int, int]]) -> None:
    found = costs(SANCTION.format(direction=direction, share=0.25))
    kept = found ** -THETA[:, None, None]
    for i in range(4):
        for j in range(4):
            assert kept[:, i, j] == pytest.approx(0.75 if (i, j) in hit else 1.0)


def test_a_full_embargo_stops_the_flow() -> None:
    found = costs(SANCTION.format(direction="both", share=1.0))
    assert np.isinf(found[:, [1, 0], [0, 1]]).all() and np.isfinite(found[:, 0, 2]).all()


def test_fuels_count_by_their_part() -> None:
    kept = costs(SANCTION.format(direction="imports", share=1.0) + 'sectors = ["fuels"]\n') ** -THETA[:, None, None]
    assert kept[:, 0, 1] == pytest.approx(0.5) and kept[:, 1, 0] == pytest.approx(1.0)


def test_goods_are_all_that_one_sector_has() -> None:
    assert (costs(SANCTION.format(direction="both", share=0.3) + 'sectors = ["goods", "fuels"]\n')
            == costs(SANCTION.format(direction="both", share=0.3))).all()


def test_one_sector_cannot_tell_finer_ones_apart() -> None:
    with pytest.raises(UsageError, match=r"one sector cannot tell C26 apart.*trade sectors"):
        costs(SANCTION.format(direction="both", share=0.3) + 'sectors = ["fuels", "C26"]\n')


@pytest.mark.parametrize(("capacity", "share"), [(0.0, 0.0), (2.5, 0.5), (500.0, 1.0)])
def test_rerouting_is_bounded_by_capacity(capacity: float, share: float) -> None:
    # Half of what the two sell to Russia, 2 + 8, is blocked: 5.
    way = f'[measures.reroute]\nvia = ["KAZ"]\nextra_cost = 0.2\ncapacity_musd = {capacity}\n'
    found = costs(SANCTION.format(direction="exports", share=0.5) + way) ** -THETA[:, None, None]
    assert found[:, 1, 0] == pytest.approx(0.5 + share * 0.5 * 1.2**-THETA)
    assert found[:, 0, 1] == pytest.approx(1.0)


@pytest.mark.parametrize(("measure", "seller", "buyer", "ratio"), [
    ('kind = "union_exit"\nstate = "KAZ"\nmembers = ["RUS"]\ncost = 0.05', 2, 0, 1.05),
    ('kind = "union_entry"\nstate = "KAZ"\nmembers = ["RUS"]\ncost = 0.05', 0, 2, 1 / 1.05),
    ('kind = "corridor_shut"\nbetween = ["KAZ"]\nacross = ["DEU", "USA"]\ncost = 0.1', 2, 3, 1.1),
    ('kind = "corridor_opened"\nbetween = ["KAZ"]\nacross = ["DEU", "USA"]\ncost = 0.1', 1, 2, 1 / 1.1),
    ('kind = "trade_war"\none = ["USA"]\nother = ["RUS", "DEU"]\ntariff = 0.5', 3, 1, 1.5),
    ('kind = "depreciation"\nstate = "RUS"\nfall = 0.4\npass_through = 0.5', 0, 3, 0.8),
    ('kind = "depreciation"\nstate = "RUS"\nfall = 0.4\npass_through = 0.5', 3, 0, 1.25),
])
def test_costs_by_a_part(measure: str, seller: int, buyer: int, ratio: float) -> None:
    found = costs(measure)
    assert found[:, seller, buyer] == pytest.approx(ratio)
    assert (np.diagonal(found, axis1=1, axis2=2) == 1).all()


def test_measures_add_up() -> None:
    two = SANCTION.format(direction="exports", share=0.5) + "\n[[measures]]\nstart = 2022-01-01\nassumed = true\n"
    found = costs(two + SANCTION.format(direction="exports", share=0.2)) ** -THETA[:, None, None]
    assert found[:, 1, 0] == pytest.approx(0.4)


def test_oil_needs_sectors() -> None:
    with pytest.raises(UsageError, match=r"the price of oil cannot be changed.*sectors"):
        costs('kind = "oil_price"\nratio = 0.5')
