"""One-sector trade: equations hold at what is called solved, from a tariff of 1 % to a full embargo."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.model import hat
from equipoise.model.armington import STATUSES, Outcome, solve_trade
from equipoise.model.trade_world import DEFICITS, World

SOLVED = STATUSES.index("solved")


def random_world(n: int, *, seed: int, zeros: float = 0.3, home: float = 0.7) -> World:
    """A world of very unequal sizes; every country trades with its two neighbours at least."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(0, 1.5, n))
    flows = np.outer(size, size) * np.exp(rng.normal(0, 1, (n, n)))
    ring = np.abs(np.subtract.outer(range(n), range(n))) % (n - 1) <= 1
    flows = np.where(ring | (rng.random((n, n)) > zeros), flows, 0.0)
    np.fill_diagonal(flows, 0.0)
    flows = flows / flows.sum(0) * size * (1 - home)
    return World(tuple(f"C{i:03}" for i in range(n)), flows + np.diag(size * home))


def embargo(n: int, *, of: int, on: list[int] | None = None) -> np.ndarray:
    cost = np.ones((n, n))
    others = [j for j in (range(n) if on is None else on) if j != of]
    cost[of, others] = cost[others, of] = np.inf
    return cost


def home_shares(flows: np.ndarray) -> np.ndarray:
    return np.diagonal(flows, axis1=-2, axis2=-1) / flows.sum(-2)


def balanced_flows(world: World, theta: float) -> np.ndarray:
    n = len(world.countries)
    end = solve_trade(world, cost_change=np.ones((n, n)), elasticity=theta, deficits="none")
    return end.flows()


worlds = st.builds(random_world, st.sampled_from([5, 9]), seed=st.integers(0, 10_000),
                   zeros=st.sampled_from([0, 0.3, 0.8]))
kinds = st.sampled_from(["tariff", "war", "embargo", "alone"])


def shock(kind: str, *, n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    cost = np.ones((n, n))
    a, b = rng.choice(n, 2, replace=False)
    if kind == "tariff":
        cost[a, b] = 1.01
    elif kind == "war":
        cost = np.exp(rng.normal(0, 0.4, (n, n)))
        np.fill_diagonal(cost, 1.0)
    elif kind == "embargo":
        cost[a, b] = cost[b, a] = np.inf
    else:
        cost = embargo(n, of=int(a))
    return cost


@settings(max_examples=40, deadline=None)
@given(world=worlds, kind=kinds, theta=st.sampled_from([1.0, 2.0, 4.0, 8.28]), seed=st.integers(0, 10_000),
       deficits=st.sampled_from(["multiplicative", "none"]))
def test_equations_hold_and_real_income_is_the_home_share(
    world: World, kind: str, theta: float, seed: int, deficits: str
) -> None:
    n = len(world.countries)
    cost = shock(kind, n=n, seed=seed)
    end = solve_trade(world, cost_change=cost, elasticity=theta, deficits=deficits)
    assert end.status == SOLVED
    flows = end.flows()
    before = world.flows if deficits == "multiplicative" else balanced_flows(world, theta)
    # Arkolakis, Costinot & Rodríguez-Clare (2012): the home share and the elasticity are all that counts.
    shares = home_shares(flows) / home_shares(before)
    assert end.real_income == pytest.approx(shares ** (-1 / theta), rel=1e-9)
    assert flows.sum(1) == pytest.approx(end.factory * world.output, rel=1e-9)        # income is the value of output
    assert flows.sum() == pytest.approx(world.output.sum(), rel=1e-9)                 # in units of world output
    assert (flows[np.isinf(cost)] == 0).all() and (flows[world.flows == 0] == 0).all()
    if deficits == "none":
        assert flows.sum(0) == pytest.approx(flows.sum(1), rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(world=worlds, deficits=st.sampled_from(DEFICITS), theta=st.sampled_from([2.0, 5.0]))
def test_no_shock_changes_nothing(world: World, deficits: str, theta: float) -> None:
    n = len(world.countries)
    end = solve_trade(world, cost_change=np.ones((n, n)), elasticity=theta, deficits=deficits)
    assert end.status == SOLVED
    assert end.real_income == pytest.approx(np.ones(n), abs=1e-9)
    assert end.price == pytest.approx(np.ones(n), abs=1e-9)
    assert end.terms_of_trade() == pytest.approx(np.ones(n), abs=1e-9)


def test_additive_deficits_are_kept() -> None:
    world = random_world(9, seed=3)
    end = solve_trade(world, cost_change=shock("war", n=9, seed=3) ** 0.1, elasticity=4.0, deficits="additive")
    flows = end.flows()
    assert end.status == SOLVED
    assert flows.sum(0) - flows.sum(1) == pytest.approx(world.deficit, abs=1e-8 * world.output.sum())


def test_multiplicative_deficits_keep_their_ratio() -> None:
    world = random_world(9, seed=4)
    flows = solve_trade(world, cost_change=shock("war", n=9, seed=4), elasticity=4.0).flows()
    ratio = flows.sum(0) / flows.sum(1) / (world.spending / world.output)
    assert ratio == pytest.approx(np.full(9, ratio[0]), rel=1e-9)


@pytest.mark.parametrize("deficits", DEFICITS)
@pytest.mark.parametrize("n", [5, 250])
def test_a_country_alone(n: int, deficits: str) -> None:
    world = random_world(n, seed=n)
    end = solve_trade(world, cost_change=embargo(n, of=2), elasticity=4.0, deficits=deficits)
    before = world.flows if deficits != "none" else balanced_flows(world, 4.0)
    assert end.status == SOLVED
    assert end.real_income[2] == pytest.approx(home_shares(before)[2] ** 0.25, rel=1e-9)
    assert bool(end.struck_off[2])
    assert np.isnan(end.terms_of_trade()[2]) and np.isfinite(np.delete(end.terms_of_trade(), 2)).all()


def test_what_only_one_side_can_send_is_cut() -> None:
    world = random_world(6, seed=1, zeros=0.0)
    cost = np.ones((6, 6))
    cost[0, 1:] = np.inf                                # it may buy, but has nothing to pay with
    end = solve_trade(world, cost_change=cost, elasticity=4.0, deficits="none")
    alone = solve_trade(world, cost_change=embargo(6, of=0), elasticity=4.0, deficits="none")
    assert end.status == SOLVED and bool(end.cut)
    assert end.real_income == pytest.approx(alone.real_income, rel=1e-9)
    assert end.flows() == pytest.approx(alone.flows(), rel=1e-9) and (end.flows()[1:, 0] == 0).all()


def test_no_equilibrium_is_a_status_with_the_worst_country() -> None:
    # AAA must pay a surplus of nine tenths of its output, and can sell next to nothing any more.
    flows = np.array([[1.0, 9.0, 0.0], [0.05, 50.0, 1.0], [0.05, 1.0, 50.0]])
    world = World(("AAA", "BBB", "CCC"), flows)
    cost = np.ones((3, 3))
    cost[0, 1] = 1e6
    end = solve_trade(world, cost_change=cost, elasticity=4.0, deficits="additive")
    assert STATUSES[int(end.status)] == "not_converged"
    assert end.residual > 1e-3
    assert end.worst_country() in world.countries
    assert np.isnan(end.real_income).all() and np.isnan(end.price).all()


def test_a_batch_is_its_scenarios_one_by_one() -> None:
    n = 9
    world = random_world(n, seed=8)
    costs = np.stack([shock(k, n=n, seed=s) for s, k in enumerate(("tariff", "war", "embargo", "alone"))])
    thetas = np.array([[2.0], [4.0], [9.0]])
    end = solve_trade(world, cost_change=costs, elasticity=thetas)
    assert end.real_income.shape == (3, 4, n) and (end.status == SOLVED).all()
    for d, theta in enumerate(thetas[:, 0]):
        for s, cost in enumerate(costs):
            one = solve_trade(world, cost_change=cost, elasticity=theta)
            assert end.real_income[d, s] == pytest.approx(one.real_income, abs=1e-10)
            assert end.flows()[d, s] == pytest.approx(one.flows(), rel=1e-8)


def test_the_way_taken_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    world = random_world(9, seed=5)
    costs = np.stack([shock("war", n=9, seed=s) for s in range(5)])

    def solved() -> Outcome:
        return solve_trade(world, cost_change=costs, elasticity=4.0)

    along = solved()
    monkeypatch.setattr("equipoise.model.armington.STEPS", 0)      # Newton's method for all
    assert solved().real_income == pytest.approx(along.real_income, abs=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize(("additive", "way"), [(False, jax.jacrev), (True, jax.jacfwd)])
def test_derivatives_are_finite_differences(additive: bool, way: Any) -> None:
    world = random_world(5, seed=2)
    base = np.array(shock("war", n=5, seed=2) ** 0.2)
    base[3, 4] = np.inf                                 # an embargo elsewhere does not spoil them

    def income(log_cost: float, theta: float) -> jax.Array:
        cost = jnp.asarray(base).at[0, 1].multiply(jnp.exp(log_cost))
        return hat.real_income(jnp.asarray(world.flows), cost_change=cost, elasticity=theta, additive=additive)

    with jax.enable_x64(True):
        at, h = (0.1, 4.0), 1e-5
        slopes = jax.jit(way(income, argnums=(0, 1)))(*at)
        for k, step in enumerate(np.eye(2) * h):
            up, down = (np.asarray(income(*(np.array(at) + s))) for s in (step, -step))
            assert np.asarray(slopes[k]) == pytest.approx((up - down) / (2 * h), abs=1e-7)


def test_the_pure_solver_maps_over_draws() -> None:
    world, thetas = random_world(5, seed=6), np.array([2.0, 4.0, 8.0])
    cost = shock("war", n=5, seed=6)
    with jax.enable_x64(True):
        mapped = jax.vmap(lambda t: hat.real_income(jnp.asarray(world.flows), cost_change=jnp.asarray(cost),
                                                    elasticity=t))(jnp.asarray(thetas))
    assert np.asarray(mapped) == pytest.approx(solve_trade(world, cost_change=cost, elasticity=thetas).real_income)
