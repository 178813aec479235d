"""A price that is set by demand: the equations with other weights, the price reached, and bad input."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.assemble.sector_tables import SectorTables
from equipoise.errors import NotConverged, UsageError
from equipoise.model.caliendo_parro import Baseline, baseline, caliendo_parro
from equipoise.model.oil_price import at_price, world_price

SECTORS, COUNTRIES = ("B06", "C19", "C28", "G"), ("CHN", "DEU", "KAZ", "RUS", "USA")
OIL = ("B06", "C19")


def economy(factors: str = "specific") -> Baseline:
    """Five states; a tenth of all sales is spent on each good, and the fourth state sells most of the oil."""
    flows = np.random.default_rng(3).uniform(1, 2, (4, 5, 5)) + 8 * np.eye(5)
    flows[0, 3] *= 4
    sales = flows.sum(2)
    inputs = np.broadcast_to(0.1 * sales, (4, 4, 5)).copy()
    final = flows.sum(1) - inputs.sum(1)
    tables = SectorTables(COUNTRIES, SECTORS, flows, inputs, sales - inputs.sum(0), final, np.zeros_like(flows))
    return baseline(tables, elasticity=[10.0, 6.0, 4.0, 5.0], deficits="zero", factors=factors)


def test_spending_follows_the_new_weights_and_refineries_keep_theirs() -> None:
    start, weight = economy(), np.array([0.5, 0.5, 1.0, 1.0])
    result = caliendo_parro(start, demand=weight)
    e, sales = start.economy, result.flows.sum(2)
    spent = np.zeros((4, 5))
    for n in range(5):
        for using in range(4):
            shares = e.input_share[n, :, using]
            if using > 1:
                shares = weight * shares / (weight * shares).sum() * shares.sum()
            spent[:, n] += shares * sales[using, n]
        shares = weight * e.final_share[:, n] / (weight * e.final_share[:, n]).sum()
        spent[:, n] += shares * (e.labour_share * sales)[:, n].sum()
    assert result.status == "solved"
    np.testing.assert_allclose(result.flows.sum(1), spent, rtol=1e-8)


def test_one_weight_for_all_goods_changes_nothing() -> None:
    result = caliendo_parro(economy(), demand=[3.0, 3.0, 3.0, 3.0])
    np.testing.assert_allclose(result.real_income, 1.0, atol=1e-9)


@pytest.mark.parametrize("ratio", [0.5, 1.1])
def test_the_price_is_reached_and_pays_sellers_what_it_costs_buyers(ratio: float) -> None:
    start = economy()
    result, weight = at_price(start, ratio=ratio, goods=OIL)
    assert world_price(start, result, good="B06") == pytest.approx(ratio, rel=2e-5)
    assert (weight < 1) == (ratio < 1)
    seller, buyers = COUNTRIES.index("RUS"), [i for i, c in enumerate(COUNTRIES) if c != "RUS"]
    assert (result.real_income[seller] < 1) == (ratio < 1)
    assert ((result.real_income[buyers] > result.real_income[seller]) == (ratio < 1)).all()


def test_other_changes_come_on_top() -> None:
    start = economy()
    cut = np.ones((4, 5, 5))
    cut[2:, 1, 3] = cut[2:, 3, 1] = np.inf
    both, _ = at_price(start, ratio=0.7, goods=OIL, cost_change=cut)
    assert world_price(start, both, good="B06") == pytest.approx(0.7, rel=2e-5)
    assert both.flows[2, 1, 3] == 0
    assert both.loss("DEU") > at_price(start, ratio=0.7, goods=OIL)[0].loss("DEU")


def test_a_result_without_a_solution_is_handed_on() -> None:
    start = economy()
    cut = np.ones((4, 5, 5))
    cut[0, :, 0] = np.where(np.arange(5) == 0, 1.0, np.inf)
    start.economy.share[0, 0, 0] = 0.0
    assert at_price(start, ratio=0.7, goods=OIL, cost_change=cut)[0].status == "no_supply"


@pytest.mark.parametrize(("words", "message"), [
    ({"ratio": 0.0}, "the price cannot be 0.0 times the old"),
    ({"ratio": np.nan}, "the price cannot be nan times the old"),
    ({"goods": ("B06", "D")}, "there is no sector D"),
    ({"start": economy("mobile")}, "cannot be set where factors move"),
])
def test_bad_input_is_named(words, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        at_price(**{"start": economy(), "ratio": 0.5, "goods": OIL} | words)


@pytest.mark.parametrize("demand", [[1.0, 1.0], [0.0, 1.0, 1.0, 1.0], [np.nan, 1.0, 1.0, 1.0]])
def test_weights_are_one_for_each_good_and_above_zero(demand: list[float]) -> None:
    with pytest.raises(UsageError, match="one weight above 0 for each sector"):
        caliendo_parro(economy(), demand=demand)


# Half of all is spent on oil here, and a price in units of world value added cannot rise far.
def test_a_price_out_of_reach_says_how_far_off_the_nearest_is() -> None:
    with pytest.raises(NotConverged, match=r"no demand was found at which the price of B06 is 1.5 times the old"):
        at_price(economy(), ratio=1.5, goods=OIL)
