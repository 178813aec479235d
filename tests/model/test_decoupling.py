"""Decoupling losses: all pairs at once, equal to an embargo of each."""

from __future__ import annotations

import numpy as np
import pytest
from tests.model.test_armington import embargo, random_world

from equipoise.errors import UsageError
from equipoise.model.armington import solve_trade
from equipoise.model.decoupling import decoupling_losses
from equipoise.model.trade_world import World


def test_each_pair_is_its_embargo() -> None:
    world = random_world(9, seed=11, zeros=0.6)
    found = decoupling_losses(world, elasticity=[2.0, 6.0])
    assert len(found.pairs) == 36 and found.solved.all()
    for p, (a, b) in enumerate(found.pairs):
        i, j = world.at(a), world.at(b)
        end = solve_trade(world, cost_change=embargo(9, of=i, on=[j]), elasticity=found.elasticity)
        assert found.loss[:, p] == pytest.approx(1 - end.real_income[:, i], abs=1e-10)
        assert found.partner_loss[:, p] == pytest.approx(1 - end.real_income[:, j], abs=1e-10)


def test_a_group_is_its_members_weighted_with_spending() -> None:
    world = random_world(8, seed=12)
    union = world.countries[2:5]
    found = decoupling_losses(world, elasticity=4.0, pairs=[("C000", "U"), ("C003", "U")], groups={"U": union})
    for p, (state, members) in enumerate(((0, [2, 3, 4]), (3, [2, 4]))):       # a member leaves the others
        income = solve_trade(world, cost_change=embargo(8, of=state, on=members), elasticity=4.0).real_income
        weight = world.spending[members]
        assert found.loss[0, p] == pytest.approx(1 - income[state], abs=1e-10)
        assert found.partner_loss[0, p] == pytest.approx(1 - weight @ income[members] / weight.sum(), abs=1e-10)


def test_the_only_partner_lost_leaves_a_country_alone() -> None:
    flows = np.array([[8.0, 2.0, 0.0], [1.0, 18.0, 1.0], [0.0, 2.0, 48.0]])
    world = World(("AAA", "BBB", "CCC"), flows)
    found = decoupling_losses(world, elasticity=4.0, pairs=[("AAA", "BBB")])
    assert found.solved.all()
    assert found.loss[0, 0] == pytest.approx(1 - world.home_share[0] ** 0.25, abs=1e-12)


def test_a_pair_that_the_frozen_steps_lose_is_solved_all_the_same() -> None:
    # AAA sells nearly all it has to BBB, as South Sudan did to China in 2014; the steps run away to no number.
    flows = np.array([[0.2, 300.0, 0.001], [0.1, 5000.0, 50.0], [0.1, 60.0, 9000.0]])
    world = World(("AAA", "BBB", "CCC"), flows)
    found = decoupling_losses(world, elasticity=[1.0, 4.07, 12.0], pairs=[("AAA", "BBB")])
    end = solve_trade(world, cost_change=embargo(3, of=0, on=[1]), elasticity=found.elasticity)
    assert found.solved.all() and np.isfinite(found.loss).all()
    assert found.loss[:, 0] == pytest.approx(1 - end.real_income[:, 0], abs=1e-10)
    assert end.real_income == pytest.approx(
        (np.diagonal(end.flows(), axis1=1, axis2=2) / end.flows().sum(1) / world.home_share)
        ** (-1 / found.elasticity[:, None]), rel=1e-8)


def test_who_does_not_trade_loses_nothing() -> None:
    flows = np.array([[8.0, 2.0, 0.0], [1.0, 18.0, 1.0], [0.0, 2.0, 48.0]])
    found = decoupling_losses(World(("AAA", "BBB", "CCC"), flows), elasticity=4.0, pairs=[("AAA", "CCC")])
    assert found.loss[0, 0] == pytest.approx(0, abs=1e-12) == found.partner_loss[0, 0]


@pytest.mark.parametrize(("pair", "message"), [
    (("C000", "C000"), "C000 cannot decouple from itself"),
    (("C000", "X"), "X is not among the 5 countries"),
    (("X", "C000"), "X is not among the 5 countries"),
])
def test_pairs_that_cannot_be(pair: tuple[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        decoupling_losses(random_world(5, seed=1), elasticity=4.0, pairs=[pair])
