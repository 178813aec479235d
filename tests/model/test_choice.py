"""The facts of the choice that model.md §5 states, as properties, and a brute-force check that shares no code."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, BadShares, UsageError
from equipoise.model import invert_choice, solve_choice
from equipoise.model.choice import extend, pressure, residual, stability_margin, uniqueness_bound


def world(seed: int, *, powers: int, strength: float = 3.0) -> dict[str, object]:
    """Random rivalry, leverage and parameters."""
    rng = np.random.default_rng(seed)
    r = rng.random((powers, powers))
    r = np.triu(r, 1) + np.triu(r, 1).T
    return {
        "rivalry": r,
        "leverage": rng.random(powers),
        "coercion": strength * rng.random(),
        "cross_pressure": strength * rng.random(),
        "intolerance": rng.random(),
    }


def brute_force(net: np.ndarray, big: np.ndarray, rho: float, *, steps: int) -> list[np.ndarray]:
    """Every point of a fine simplex whose U no neighbour exceeds."""
    n = len(net)
    points = [np.array(p) / steps for p in itertools.product(range(1, steps), repeat=n - 1) if sum(p) < steps]
    grid = np.array([[1 - p.sum(), *p] for p in points])
    u = (grid * (net - np.log(grid))).sum(1) - rho / 2 * np.einsum("mi,ij,mj->m", grid, big, grid)
    place = {tuple(np.rint(g * steps).astype(int)): i for i, g in enumerate(grid)}
    moves = [m for m in itertools.product((-1, 0, 1), repeat=n) if sum(m) == 0 and any(m)]
    tops = []
    for key, i in place.items():
        near = [place.get(tuple(k + d for k, d in zip(key, m, strict=True))) for m in moves]
        if all(j is None or u[j] <= u[i] for j in near):
            tops.append(grid[i])
    return tops


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6))
def test_inversion_recovers_attraction_exactly(seed, powers):
    given_ = world(seed, powers=powers, strength=2.0)
    v = np.r_[0.0, np.random.default_rng(seed + 1).normal(0, 1, powers)]
    found = solve_choice(v, **given_)
    assert found.status == "converged"
    for shares in found.shares:
        np.testing.assert_allclose(invert_choice(shares, **given_), v, atol=1e-7)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6))
def test_observed_shares_are_an_equilibrium_of_the_attraction_they_reveal(seed, powers):
    given_ = world(seed, powers=powers, strength=2.0)
    w = np.random.default_rng(seed).dirichlet(np.full(powers + 1, 4.0)) * 0.94 + 0.06 / (powers + 1)
    v, big = invert_choice(w, **given_), extend(given_["rivalry"], intolerance=given_["intolerance"])
    rho = given_["cross_pressure"]
    net = v - pressure(big, leverage=given_["leverage"], coercion=given_["coercion"])
    assert residual(w, net=net, rivalry=big, rho=rho) < 1e-12
    found = solve_choice(v, **given_, start=w)
    if stability_margin(w, rivalry=big, rho=rho) > 1e-3:  # history keeps a state where it is stable, and only there
        np.testing.assert_allclose(found.shares[found.branch], w, atol=1e-8)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6))
def test_the_solution_is_unique_below_the_bound(seed, powers):
    given_ = world(seed, powers=powers)
    bound = uniqueness_bound(extend(given_["rivalry"], intolerance=given_["intolerance"]))
    given_["cross_pressure"] = 0.99 / max(bound, 1e-9)
    found = solve_choice(np.random.default_rng(seed).normal(0, 2, powers + 1), **given_)
    assert len(found.shares) == 1 and found.stable.all()


def test_without_coercion_and_cross_pressure_it_is_softmax():
    v = np.array([0.0, 1.0, -0.5, 0.3])
    r = np.ones((3, 3)) - np.eye(3)
    found = solve_choice(v, rivalry=r, leverage=[1, 1, 1], coercion=0, cross_pressure=0, intolerance=1)
    np.testing.assert_allclose(found.shares, [np.exp(v) / np.exp(v).sum()], atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(-5, 5))
def test_relabelling_powers_and_a_constant_change_nothing(seed, constant):
    given_ = world(seed, powers=4, strength=2.0)
    v = np.r_[0.0, np.random.default_rng(seed).normal(0, 1, 4)]
    turn = np.random.default_rng(seed).permutation(4)
    turned = {**given_, "rivalry": given_["rivalry"][np.ix_(turn, turn)], "leverage": given_["leverage"][turn]}
    one, two = solve_choice(v, **given_), solve_choice(np.r_[v[0], v[1:][turn]] + constant, **turned)
    np.testing.assert_allclose(one.shares[:, np.r_[0, turn + 1]], two.shares, atol=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_every_maximum_that_brute_force_finds_is_found(seed):
    given_ = world(seed, powers=3, strength=1.0)
    given_["cross_pressure"] = 6.0 + seed
    v = np.random.default_rng(seed).normal(0, 0.3, 4)
    found = solve_choice(v, **given_)
    big = extend(given_["rivalry"], intolerance=given_["intolerance"])
    net = v - given_["coercion"] * big[:, 1:] @ given_["leverage"]
    steps = 40
    tops = brute_force(net, big, given_["cross_pressure"], steps=steps)
    stable = found.shares[found.stable]
    assert tops and len(stable) >= 1
    for top in tops:
        if top.min() > 1.5 / steps:
            assert np.abs(stable - top).max(1).min() < 2.5 / steps
        else:  # the grid stops short of the border, so only the corner it points at can be compared
            assert top.argmax() in stable.argmax(1)
    inside = [s for s in stable if s.min() > 1.5 / steps]
    for share in inside:
        assert min(np.abs(share - top).max() for top in tops) < 2.5 / steps


def test_strong_cross_pressure_gives_two_equilibria_and_history_decides():
    given_ = {"rivalry": [[0, 1], [1, 0]], "leverage": [0, 0], "coercion": 0, "cross_pressure": 8, "intolerance": 0}
    v = [-3, 0, 0]
    both = solve_choice(v, **given_)
    assert both.stable.sum() == 2
    east, west = solve_choice(v, **given_, start=[0.1, 0.8, 0.1]), solve_choice(v, **given_, start=[0.1, 0.1, 0.8])
    assert east.shares[east.branch].argmax() == 1 and west.shares[west.branch].argmax() == 2
    assert (both.margin[both.stable] > 0).all()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"shares": [0.5, 0.6, 0.2]}, BadShares, "sum to 1"),
        ({"shares": [0.0, 0.5, 0.5]}, BadShares, "entry 0"),
        ({"shares": [0.5, 0.5]}, BadMatrix, "outside option"),
        ({"rivalry": [[0, 1, 0], [1, 0, 0]]}, BadMatrix, "square"),
        ({"rivalry": [[0, 1], [0.5, 0]]}, BadMatrix, "symmetric"),
        ({"rivalry": [[0, 2], [2, 0]]}, BadMatrix, "between 0 and 1"),
        ({"rivalry": [[1, 0], [0, 0]]}, BadMatrix, "zero diagonal"),
        ({"leverage": [0.1]}, UsageError, "leverage"),
        ({"leverage": [0.1, -1]}, UsageError, "leverage"),
        ({"coercion": -1}, UsageError, "coercion"),
        ({"intolerance": 1.5}, UsageError, "between 0 and 1"),
        ({"cross_pressure": np.nan}, UsageError, "cross_pressure"),
    ],
)
def test_bad_input_has_its_own_message(change, error, words):
    good = {
        "shares": [0.2, 0.5, 0.3],
        "rivalry": [[0, 0.5], [0.5, 0]],
        "leverage": [0.1, 0.2],
        "coercion": 1.0,
        "cross_pressure": 1.0,
        "intolerance": 0.5,
    }
    shares = {**good, **change}.pop("shares")
    rest = {k: v for k, v in {**good, **change}.items() if k != "shares"}
    with pytest.raises(error, match=words):
        invert_choice(shares, **rest)
