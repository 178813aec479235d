"""The model of sectors: its equations written out again, facts that must hold, embargoes, and bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.assemble.sector_tables import SectorTables
from equipoise.errors import NotConverged, UsageError
from equipoise.model.caliendo_parro import Baseline, SectorResult, baseline, caliendo_parro
from equipoise.model.sector_costs import cost_of_block, sanctions

J, N = 4, 5
THETA = np.array([3.0, 5.0, 8.0, 20.0])


def world(seed: int = 0, *, tariffs: bool = True, zeros: bool = False) -> SectorTables:
    """Tables that balance exactly: spending and sales follow from random shares."""
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.full(N, 1.0), (J, N)) * 0.5 + 0.5 * np.eye(N)
    if zeros:
        share[0, :, 1:3] = 0.0
        share[0, 1:3] = [0.7, 0, 0, 0.2, 0.1]
        share[0, 4] = [0.8, 0, 0, 0.2, 0]
        share /= share.sum(2, keepdims=True)
    tau = rng.uniform(0, 0.3, (J, N, N)) * (1 - np.eye(N)) * tariffs
    use = rng.dirichlet(np.ones(J + 2), (J, N))[:, :, :J].transpose(2, 0, 1)
    alpha, wages = rng.dirichlet(np.ones(J), N).T, rng.uniform(1, 3, N)
    net = share / (1 + tau)
    # Spending X (J, N) is linear in itself: inputs of sales, and final demand out of wages, revenue and a deficit of 0.
    size = J * N
    step = np.zeros((size, size))
    for k, n in np.ndindex(J, N):
        one = np.zeros((J, N))
        one[k, n] = 1.0
        sales = np.einsum("jni,jn->ji", net, one)
        revenue = ((share - net) * one[:, :, None]).sum((0, 2))
        step[:, k * N + n] = (np.einsum("kjn,jn->kn", use, sales) + alpha * revenue).ravel()
    fixed = (alpha * wages).ravel()
    spending = np.linalg.solve(np.eye(size) - step, fixed).reshape(J, N)
    flows = (net * spending[:, :, None]).transpose(0, 2, 1)
    inputs = use * flows.sum(2)
    value_added = flows.sum(2) - inputs.sum(0)
    final = spending - inputs.sum(1)
    names = tuple("ABCDE"), tuple("wxyz")
    income = value_added.sum(0) + (tau.transpose(0, 2, 1) * flows).sum((0, 1)) + (flows.sum((0, 1)) - flows.sum((0, 2)))
    np.testing.assert_allclose(final.sum(0), income)
    return SectorTables(*names, flows, inputs, value_added, final, tau.transpose(0, 2, 1))


def but_home(value: float) -> np.ndarray:
    return np.where(np.eye(N) > 0, 1.0, value)


def embargo(*, of: int, on: int) -> np.ndarray:
    change = np.ones((N, N))
    change[of, on] = change[on, of] = np.inf
    return change


def assert_equilibrium(tables: SectorTables, start: Baseline, result: SectorResult, change: np.ndarray,
                       tariffs: np.ndarray, *, kept: bool) -> None:
    """Every equation of the model, from the tables and the flows it gives; loops, no code shared."""
    price, flows = result.price, result.flows
    # A factor that stays earns in proportion to its sector's sales; one that moves earns the same everywhere.
    sold, before = flows.sum(2), start.flows.sum(2)
    wages = np.divide(sold, before, out=np.ones((J, N)), where=before > 0)
    if len(start.economy.labour) == 1:
        wages = np.broadcast_to(result.wage, (J, N))
    paid = flows * (1 + tariffs)
    spending = paid.sum(1)
    old = start.flows * (1 + tables.tariffs)
    shares, old_shares = paid / spending[:, None], old / old.sum(1)[:, None]
    output = tables.inputs.sum(0) + tables.value_added
    output = np.where(output > 0, output, 1.0)
    cost = np.empty((J, N))
    for j, i in np.ndindex(J, N):
        cost[j, i] = wages[j, i] ** (tables.value_added[j, i] / output[j, i])
        for k in range(J):
            cost[j, i] *= price[k, i] ** (tables.inputs[k, j, i] / output[j, i])
    factor = change * (1 + tariffs) / (1 + tables.tariffs)
    for j, n in np.ndindex(J, N):
        terms = [old_shares[j, i, n] * (factor[j, i, n] * cost[j, i]) ** -THETA[j] for i in range(N)]
        assert price[j, n] == pytest.approx(sum(terms) ** (-1 / THETA[j]), rel=1e-8)
        np.testing.assert_allclose(shares[j, :, n], np.array(terms) / sum(terms), atol=1e-8)
    deficit = flows.sum((0, 1)) - flows.sum((0, 2))
    np.testing.assert_allclose(deficit, tables.deficits if kept else 0.0, atol=1e-7)
    revenue = (tariffs * flows).sum((0, 1))
    paid_before = tables.value_added / output * start.flows.sum(2)
    earned = tables.value_added / output * flows.sum(2)
    np.testing.assert_allclose(earned.sum(0), result.wage * paid_before.sum(0), rtol=1e-7)
    income = earned.sum(0) + revenue + deficit
    use = np.einsum("kjn,jn->kn", tables.inputs / output, flows.sum(2))
    final = tables.final / tables.final.sum(0) * income
    np.testing.assert_allclose(spending, use + final, rtol=1e-7)
    assert earned.sum() == pytest.approx(paid_before.sum(), rel=1e-8)


@pytest.mark.parametrize("deficits", ["kept", "zero"])
@pytest.mark.parametrize("factors", ["mobile", "specific"])
@pytest.mark.parametrize("name", ["tariffs", "costs", "embargo", "zero flows"])
def test_the_equations_hold(name: str, factors: str, deficits: str) -> None:
    tables = world(3, zeros=name == "zero flows")
    change = {"costs": but_home(1.3), "embargo": embargo(of=0, on=2)}.get(name, np.ones((N, N)))
    tariffs = tables.tariffs * 0.2 if name in ("tariffs", "zero flows") else tables.tariffs
    start = baseline(tables, elasticity=THETA, deficits=deficits, factors=factors)
    result = caliendo_parro(start, cost_change=change, tariffs=tariffs)
    assert result.status == "solved"
    full = np.broadcast_to(change, (J, N, N))
    assert_equilibrium(tables, start, result, full, tariffs, kept=deficits == "kept")
    assert (result.flows[np.isinf(full)] == 0).all()


def test_without_a_change_nothing_changes() -> None:
    start = baseline(world(1), elasticity=THETA)
    result = caliendo_parro(start)
    np.testing.assert_allclose(result.real_income, 1, atol=1e-9)
    np.testing.assert_allclose(result.flows, start.flows, rtol=1e-8)
    np.testing.assert_allclose(result.welfare, 0, atol=1e-6)


@pytest.mark.parametrize("change", [but_home(1.01), but_home(2.0), embargo(of=0, on=1)])
def test_real_wages_are_what_home_shares_and_the_leontief_inverse_say(change: np.ndarray) -> None:
    """ln(w/P)_n = −Σ_j α_n^j Σ_k a_n^jk ln(π_nn^k hat)/θ_k, a the inverse of 1 − γ′ (Arkolakis and others 2012)."""
    tables = world(5, tariffs=False)
    start = baseline(tables, elasticity=THETA, deficits="zero")
    result = caliendo_parro(start, cost_change=change)
    home = np.arange(N)
    share = (result.flows / result.flows.sum(1)[:, None])[:, home, home]
    old = (start.flows / start.flows.sum(1)[:, None])[:, home, home]
    output = tables.inputs.sum(0) + tables.value_added
    for n in range(N):
        gamma = tables.inputs[:, :, n] / output[:, n]
        alpha = tables.final[:, n] / tables.final[:, n].sum()
        # ln P = ln w + (1 − γ′)⁻¹ ln(π̂)/θ, since value added takes up what inputs leave.
        log_price = np.linalg.solve(np.eye(J) - gamma.T, np.log(share[:, n] / old[:, n]) / THETA)
        assert np.log(result.real_wage[n]) == pytest.approx(-alpha @ log_price, abs=1e-8)
        assert result.real_income[n] == pytest.approx(result.real_wage[n], rel=1e-8)


def test_an_isolated_state_loses_what_autarky_costs_it() -> None:
    tables = world(7, tariffs=False)
    start = baseline(tables, elasticity=THETA, deficits="zero")
    change = np.ones((N, N))
    change[2, :], change[:, 2], change[2, 2] = np.inf, np.inf, 1.0
    result = caliendo_parro(start, cost_change=change)
    home = start.flows[:, 2, 2] / start.flows[:, :, 2].sum(1)
    gamma = tables.inputs[:, :, 2] / (tables.inputs.sum(0) + tables.value_added)[:, 2]
    alpha = tables.final[:, 2] / tables.final[:, 2].sum()
    lost = alpha @ np.linalg.solve(np.eye(J) - gamma.T, np.log(1 / home) / THETA)
    assert result.status == "solved"
    assert result.loss("C") == pytest.approx(100 * (1 - np.exp(-lost)), rel=1e-7)
    assert result.loss("C") > max(result.loss(c) for c in "ABDE")


def test_a_small_change_has_its_first_order_effect() -> None:
    tables = world(9)
    start = baseline(tables, elasticity=THETA, deficits="zero")
    result = caliendo_parro(start, cost_change=but_home(1.00001), tariffs=tables.tariffs * 1.0001)
    np.testing.assert_allclose(result.welfare, 100 * (result.real_income - 1), rtol=1e-3)


def test_with_one_sector_it_is_the_same_whether_factors_move() -> None:
    flows = np.array([[[60.0, 40.0], [30.0, 70.0]]])
    tables = SectorTables(("A", "B"), ("x",), flows, 0.4 * flows.sum(2)[:, None], 0.6 * flows.sum(2),
                          flows.sum(1) - 0.4 * flows.sum(2), np.zeros((1, 2, 2)))
    found = [
        caliendo_parro(baseline(tables, elasticity=[4.0], factors=f), cost_change=np.where(np.eye(2) > 0, 1, 1.5))
        for f in ("mobile", "specific")
    ]
    np.testing.assert_allclose(found[0].real_income, found[1].real_income, rtol=1e-8)


def test_a_factor_of_a_sector_without_buyers_is_idle() -> None:
    """E sells w abroad only; when nobody abroad may buy, its factor earns nothing and the rest is in equilibrium."""
    start = baseline(world(3, zeros=True), elasticity=THETA, factors="specific", deficits="zero")
    assert start.flows[0, 4].sum() > 0 and start.flows[0, 4, 4] == 0
    change = np.ones((J, N, N))
    change[0, 4, :4] = np.inf
    result = caliendo_parro(start, cost_change=change)
    assert result.status == "solved" and result.flows[0, 4].sum() == 0
    np.testing.assert_allclose(result.flows.sum((0, 1)), result.flows.sum((0, 2)), rtol=1e-8)
    assert result.loss("E") > 0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("factors", ["mobile", "specific"])
def test_it_solves_random_embargoes_and_costs(seed: int, factors: str) -> None:
    rng = np.random.default_rng(seed)
    change = np.where(rng.random((J, N, N)) < 0.3, np.inf, rng.uniform(0.7, 3, (J, N, N)))
    change[:, np.arange(N), np.arange(N)] = 1.0
    start = baseline(world(seed), elasticity=THETA, deficits="zero", factors=factors)
    assert caliendo_parro(start, cost_change=change).status == "solved"


# Statuses


def test_a_country_without_a_seller_has_a_status_that_names_it() -> None:
    start = baseline(world(3, zeros=True), elasticity=THETA, deficits="zero")
    change = np.ones((J, N, N))
    change[0, [0, 3, 4], 1] = np.inf
    result = caliendo_parro(start, cost_change=change)
    assert (result.status, result.worst, result.reason) == ("no_supply", "B", "nobody is left to sell w to B")
    assert np.isnan(result.real_income).all() and np.isnan(result.flows).all()


def test_an_isolated_state_with_a_deficit_has_a_status() -> None:
    tables = with_deficits(world(2, tariffs=False))
    change = np.ones((N, N))
    change[1, :], change[:, 1], change[1, 1] = np.inf, np.inf, 1.0
    result = caliendo_parro(baseline(tables, elasticity=THETA), cost_change=change)
    assert (result.status, result.worst) == ("no_balance", "B")
    assert "B is isolated with a deficit of" in result.reason
    balanced = caliendo_parro(baseline(tables, elasticity=THETA, deficits="zero"), cost_change=change)
    assert balanced.status == "solved"


def test_a_surplus_above_what_a_state_earns_has_a_status() -> None:
    """A lends nearly all that it earns; when shipping costs a fifth more, it would have to lend more than that."""
    start = baseline(with_deficits(world(0, tariffs=False), part=0.95), elasticity=THETA)
    change = np.ones((N, N))
    change[0, 1:] = 1.1
    assert caliendo_parro(start, cost_change=change).status == "solved"
    change[0, 1:] = 1.2
    result = caliendo_parro(start, cost_change=change)
    assert (result.status, result.worst) == ("no_balance", "A")
    assert result.reason == "A would have to pay a surplus above all that it earns"
    assert np.isnan(result.real_income).all()


def test_a_surplus_that_cannot_be_shipped_does_not_converge() -> None:
    tables = with_deficits(world(2, tariffs=False))
    change = np.ones((N, N))
    change[0, 1:] = 1e4
    result = caliendo_parro(baseline(tables, elasticity=THETA), cost_change=change)
    assert result.status == "not_converged" and result.worst in tables.countries
    assert result.residual > 1e-3 and result.reason == f"the largest gap left is {result.residual:.1e}"
    assert np.isnan(result.real_income).all()


def with_deficits(tables: SectorTables, *, part: float = 0.1) -> SectorTables:
    """The same after a transfer from A to B of a part of A's final demand, in A's own goods."""
    moved = np.minimum(part * tables.final[:, 0], 0.9 * tables.flows[:, 0, 0])
    flows, final = tables.flows.copy(), tables.final.copy()
    flows[:, 0, 1] += moved
    flows[:, 0, 0] -= moved
    final[:, 0] -= moved
    final[:, 1] += moved
    return replace(tables, flows=flows, final=final)


# Bad input


def changed(tables: SectorTables, **cells: tuple[tuple[int, ...], float]) -> SectorTables:
    made = {}
    for name, (at, value) in cells.items():
        made[name] = getattr(tables, name).copy()
        made[name][at] = value
    return replace(tables, **made)


@pytest.mark.parametrize(("bad", "message"), [
    (lambda t: changed(t, flows=((0, 1, 2), -1.0)), "flows has a negative value at w, B, C"),
    (lambda t: changed(t, inputs=((0, 1, 2), -1.0)), "inputs has a negative value at w, x, C"),
    (lambda t: changed(t, final=((2, 0), np.nan)), "final has the value nan at y, A"),
    (lambda t: changed(t, tariffs=((2, 0, 1), -1.5)), "tariffs has a negative value at y, A, B"),
    (lambda t: replace(t, inputs=t.inputs[:3]), r"sectors do not match: inputs is \(3, 4, 5\)"),
    (lambda t: replace(t, value_added=t.value_added * 2), "do not balance: sales and costs of . in . are .*% of"),
    (lambda t: replace(t, final=t.final * 1.5), "do not balance: final demand and income of . are .*% of its sales"),
    (lambda t: changed(t, value_added=((slice(None), 1), 0.0)), "B has no value added"),
])
def test_bad_tables_are_named(bad, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        baseline(bad(world(2)), elasticity=THETA)


def test_the_size_of_a_gap_in_the_tables_is_the_one_made() -> None:
    tables = world(2, tariffs=False)
    more = tables.value_added.copy()
    more[1, 3] += 0.05 * tables.flows[:, 3].sum()
    with pytest.raises(UsageError, match=r"sales and costs of x in D are 5\.0% of"):
        baseline(replace(tables, value_added=more), elasticity=THETA)


@pytest.mark.parametrize(("words", "message"), [
    ({"elasticity": THETA[:3]}, "3 elasticities for 4 sectors"),
    ({"elasticity": [3.0, 0.0, 5.0, 1.0]}, "the elasticity of x is 0"),
    ({"elasticity": [3.0, 2.0, np.nan, 1.0]}, "the elasticity of y is nan"),
    ({"elasticity": THETA, "deficits": "none"}, "deficits cannot be 'none'"),
    ({"elasticity": THETA, "factors": "fixed"}, "factors cannot be 'fixed'"),
])
def test_bad_parameters_are_named(words, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        baseline(world(2), **words)


@pytest.mark.parametrize(("words", "message"), [
    ({"cost_change": np.nan}, "a cost change or tariff is NaN"),
    ({"tariffs": np.nan}, "a cost change or tariff is NaN"),
    ({"cost_change": -1.0}, "a cost change is -1"),
    ({"cost_change": 0.0}, "a cost change is 0"),
    ({"cost_change": np.inf}, "of a country with itself is infinite"),
    ({"cost_change": np.ones((3, N, N))}, r"sectors do not match: cost_change is \(3, 5, 5\), not \(4, 5, 5\)"),
    ({"tariffs": -1.0}, "−100 % or less"),
])
def test_bad_changes_are_named(words, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        caliendo_parro(baseline(world(2), elasticity=THETA), **words)


# Sanctions as changes of cost


def test_sanctions_hit_the_named_flows_in_the_named_direction() -> None:
    start = baseline(world(2), elasticity=THETA)
    made = sanctions(start, senders=["A", "B"], targets=["D"], sectors=["x"], share=0.5, direction="exports")
    hit = np.argwhere(made != 1).tolist()
    assert hit == [[1, 0, 3], [1, 1, 3]]
    assert made[1, 0, 3] == pytest.approx(2 ** (1 / 5.0))
    assert np.argwhere(sanctions(start, senders=["A"], targets=["D"], direction="imports") == np.inf).tolist() == [
        [j, 3, 0] for j in range(J)
    ]
    assert np.isinf(sanctions(start, senders=["A"], targets=["D"])).sum() == 2 * J


def test_a_blocked_share_is_what_disappears_at_given_prices() -> None:
    np.testing.assert_allclose(cost_of_block(0.3, elasticity=THETA) ** -THETA, 0.7)
    assert (cost_of_block(0.0, elasticity=THETA) == 1).all()


@pytest.mark.parametrize(("words", "message"), [
    ({"senders": ["A"], "targets": ["A", "B"]}, "A is both sender and target"),
    ({"senders": ["A"], "targets": ["Q"]}, "no country Q"),
    ({"senders": [], "targets": ["B"]}, "no country is named"),
    ({"senders": ["A"], "targets": ["B"], "sectors": ["oil"]}, "sectors do not match: there is no sector oil"),
    ({"senders": ["A"], "targets": ["B"], "share": 1.5}, "the share blocked is 1.5"),
    ({"senders": ["A"], "targets": ["B"], "share": -0.1}, "the share blocked is -0.1"),
    ({"senders": ["A"], "targets": ["B"], "share": np.nan}, "the share blocked is nan"),
    ({"senders": ["A"], "targets": ["B"], "direction": "up"}, "the direction cannot be 'up'"),
])
def test_bad_sanctions_are_named(words, message: str) -> None:
    start = baseline(world(2), elasticity=THETA)
    with pytest.raises(UsageError, match=message):
        sanctions(start, **words)


def test_a_baseline_that_does_not_exist_is_an_error_with_the_worst_country() -> None:
    """A sells B all its x and buys nothing there, so its trade cannot be balanced."""
    flows = np.array([[[60.0, 40.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 100.0]]])
    tables = SectorTables(("A", "B"), ("x", "y"), flows, np.zeros((2, 2, 2)), flows.sum(2), flows.sum(1),
                          np.zeros((2, 2, 2)))
    assert caliendo_parro(baseline(tables, elasticity=[4.0, 4.0])).status == "solved"
    with pytest.raises(NotConverged, match=r"the largest gap left is .*, the worst country [AB]"):
        baseline(tables, elasticity=[4.0, 4.0], deficits="zero")
