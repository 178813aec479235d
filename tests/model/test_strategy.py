"""The composition of strategies: its axioms on invented policies, and where it is missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, BadShares, UsageError
from equipoise.measure import straddle, to_matrix
from equipoise.model import solve_choice
from equipoise.model.strategy import STRATEGIES, null_shares, strategy_composition

seeds = st.integers(0, 10_000)
parameter = st.floats(0, 4)
BAND, ACCOM, HEDGE, NEUTRAL, BALANCE = range(5)


def invented(seed: int, *, powers: int = 4) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    w, d, m = rng.dirichlet(np.ones(powers + 1), size=3)
    side = rng.choice([-1, 0, 1], size=powers)
    r = to_matrix(rng.random(powers * (powers - 1) // 2), powers=powers)
    return {"shares": (w + 1e-3) / (w + 1e-3).sum(), "diplomatic": d, "material": m, "rivalry": r,
            "leverage": rng.random(powers), "side": side}


def made(policy: dict[str, np.ndarray], **more: object):
    given_ = {"coercion": 2.0, "cross_pressure": 2.0, "intolerance": 0.5} | policy | more
    return strategy_composition(given_.pop("shares"), **given_)


def two(w0: float, mine: float, *, lever: tuple[float, float] = (1.0, 0.0), r: float = 1.0) -> dict[str, object]:
    w = np.array([w0, mine, 1 - w0 - mine])
    same = {"shares": w, "diplomatic": w, "material": w}
    return same | {"rivalry": [[0, r], [r, 0]], "leverage": lever, "side": [1, -1]}


@settings(max_examples=80, deadline=None)
@given(seeds, parameter, parameter, st.floats(0, 1))
def test_five_shares_that_sum_to_one(seed, phi, rho, psi):
    found = made(invented(seed), coercion=phi, cross_pressure=rho, intolerance=psi)
    assert found.share.shape == (len(STRATEGIES),) and found.share.sum() == pytest.approx(1)
    assert ((found.amount >= 0) & (found.amount <= 1)).all() and (found.share >= 0).all()
    np.testing.assert_allclose(found.share, found.amount / found.amount.sum())


@settings(max_examples=60, deadline=None)
@given(seeds, parameter, parameter, st.floats(0, 1))
def test_what_one_side_gains_another_loses(seed, phi, rho, psi):
    """With every power in a bloc the two blocs and the outside are all there is, and not all of them can gain."""
    p = invented(seed)
    p["side"] = np.where(p["side"] == 0, 1, p["side"])
    amount = made(p, coercion=phi, cross_pressure=rho, intolerance=psi).amount
    assert (amount[[BAND, NEUTRAL, BALANCE]] > 0).sum() < 3


@settings(max_examples=60, deadline=None)
@given(seeds, st.randoms(use_true_random=False))
def test_free_of_the_order_of_powers_and_of_which_bloc_is_which(seed, random):
    p = invented(seed)
    order = list(range(4))
    random.shuffle(order)
    every = [0, *(i + 1 for i in order)]
    moved = {k: p[k][every] for k in ("shares", "diplomatic", "material")}
    moved |= {k: p[k][order] for k in ("leverage", "side")} | {"rivalry": p["rivalry"][np.ix_(order, order)]}
    moved["side"] = -moved["side"]
    np.testing.assert_allclose(made(moved).share, made(p).share, atol=1e-10)


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0.1, 0.9))
def test_free_of_the_units_of_leverage_and_rivalry(seed, part):
    p = invented(seed)
    here = made(p).share
    np.testing.assert_allclose(made(p | {"leverage": part * p["leverage"]}, coercion=2 / part).share, here, atol=1e-9)
    scaled = made(p | {"rivalry": part * p["rivalry"]}, coercion=2 / part, cross_pressure=2 / part)
    np.testing.assert_allclose(scaled.share, here, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_the_null_has_no_excess(seed):
    p = invented(seed)
    amount = made(p, coercion=0.0, cross_pressure=0.0).amount
    assert amount[[BAND, NEUTRAL, BALANCE]].tolist() == [0, 0, 0]
    assert amount[HEDGE] == pytest.approx(float(straddle(p["shares"], rivalry=p["rivalry"])))
    star = int(p["leverage"].argmax()) + 1
    d, m = p["diplomatic"][star], p["material"][star]
    assert amount[ACCOM] == pytest.approx(max(0.0, (d - m) / (1 - m)))


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0.5, 4), st.floats(0.2, 1))
def test_more_coercion_by_the_only_leverage_means_no_less_bandwagoning(seed, phi, psi):
    p = invented(seed) | {"leverage": np.array([0.7, 0, 0, 0]), "side": np.array([1, -1, -1, -1])}
    amounts = [made(p, coercion=c, cross_pressure=0.0, intolerance=psi).amount for c in (phi / 2, phi, 2 * phi)]
    assert amounts[0][BAND] <= amounts[1][BAND] <= amounts[2][BAND]
    assert amounts[2][BAND] > 0


@pytest.mark.parametrize(("policy", "more", "expected"), [
    (two(1e-7, 1 - 2e-7), {}, BAND),
    (two(1e-7, 1e-7), {"coercion": 0.0}, BALANCE),
    (two(1 - 2e-7, 1e-7, lever=(1.0, 1.0)), {"intolerance": 0.0}, NEUTRAL),
    (two(0.2, 0.4), {"coercion": 0.0, "cross_pressure": 0.0}, HEDGE),
    (two(0.2, 0.4, r=0.0) | {"diplomatic": [0.1, 0.8, 0.1]}, {}, ACCOM),
])
def test_limits(policy, more, expected):
    assert made(policy, **more).share[expected] == pytest.approx(1, abs=1e-5)


def test_as_coercion_grows_with_attraction_held_all_goes_over_to_one_side():
    base = {"rivalry": [[0, 0.8], [0.8, 0]], "leverage": [0.6, 0.1], "cross_pressure": 0.0, "intolerance": 0.8}
    shares = []
    for phi in (1.0, 5.0, 20.0):
        w = solve_choice([0.0, 0.0, 0.5], coercion=phi, **base).shares[0]
        same = {"shares": w, "diplomatic": w, "material": w, "side": [1, -1]}
        shares.append(made(same | base, coercion=phi).share[BAND])
    assert shares[0] < shares[1] < shares[2] and shares[2] > 0.99


def test_the_null_is_the_choice_without_an_order():
    p = invented(3)
    given_ = {"rivalry": p["rivalry"], "leverage": p["leverage"], "intolerance": 0.4}
    v = np.array([0.0, 0.3, -0.2, 0.6, 0.1])
    solved = solve_choice(v, coercion=1.0, cross_pressure=1.0, **given_)
    q = null_shares(solved.shares[0], coercion=1.0, cross_pressure=1.0, **given_)
    np.testing.assert_allclose(q, np.exp(v) / np.exp(v).sum(), atol=1e-8)


def test_a_power_in_neither_bloc_is_a_side_of_its_own_without_rivals():
    p = two(0.2, 0.3) | {"side": [0, 1]}
    assert made(p, coercion=0.0).amount[BALANCE] == 0
    assert made(p).amount[BAND] == made(two(0.2, 0.3)).amount[BAND]


def test_equal_leverage_counts_each_power_alike():
    p = two(0.2, 0.3, lever=(0.5, 0.5))
    first, second = (made(p | {"leverage": lever}, coercion=0.0).amount for lever in ((0.5, 0.0), (0.0, 0.5)))
    np.testing.assert_allclose(made(p, coercion=0.0).amount, (first + second) / 2)


@pytest.mark.parametrize("gone", [
    {"leverage": [np.nan, 0.1]}, {"leverage": [0.0, 0.0]}, {"diplomatic": [np.nan] * 3}, {"material": [np.nan] * 3},
    {"rivalry": [[0, np.nan], [np.nan, 0]]}, {"shares": [np.nan] * 3},
])
def test_a_missing_input_leaves_all_five_missing(gone):
    found = made(two(0.2, 0.3) | gone)
    assert np.isnan(found.amount).all() and np.isnan(found.share).all()


def test_without_rivalry_or_closeness_amounts_are_zero_and_there_is_no_composition():
    found = made(two(0.2, 0.3, r=0.0))
    assert found.amount.tolist() == [0] * 5 and np.isnan(found.share).all()


def test_years_and_draws_are_computed_as_each_alone():
    many = [invented(s) for s in range(6)]
    wide = {k: np.stack([p[k] for p in many]).reshape(3, 2, *many[0][k].shape) for k in many[0]}
    phi = np.array([[0.5], [1.0], [3.0]])
    found = made(wide, coercion=phi)
    for i, p in enumerate(many):
        np.testing.assert_allclose(found.share[i // 2, i % 2], made(p, coercion=phi[i // 2, 0]).share)


@pytest.mark.parametrize(("wrong", "error"), [
    ({"shares": [0.0, 0.5, 0.5]}, BadShares), ({"shares": [0.2, 0.2, 0.2]}, BadShares),
    ({"leverage": [0.1, 0.2, 0.3]}, BadMatrix), ({"rivalry": [[0, 2.0], [2.0, 0]]}, BadMatrix),
    ({"leverage": [-0.1, 0.2]}, UsageError), ({"side": [2, -1]}, UsageError), ({"intolerance": 1.5}, UsageError),
    ({"coercion": -1.0}, UsageError), ({"cross_pressure": np.nan}, UsageError),
])
def test_bad_input_is_refused(wrong, error):
    with pytest.raises(error):
        made(two(0.2, 0.3) | wrong)
