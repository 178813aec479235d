from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, BadShares
from equipoise.measure import greatest_straddle, issue_splitting, multi_vector, spread, straddle, to_matrix

shares = st.lists(st.floats(0.001, 1), min_size=3, max_size=7).map(lambda x: np.array(x) / np.sum(x))


def rivalry_of(powers: int, seed: int, zeros: float = 0.3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    pairs = rng.random(powers * (powers - 1) // 2)
    return to_matrix(np.where(rng.random(pairs.shape) < zeros, 0.0, pairs), powers=powers)


def one_option(options: int, chosen: int) -> np.ndarray:
    return np.eye(options)[chosen]


@pytest.mark.parametrize("chosen", range(4))
def test_one_option_is_zero_everywhere(chosen):
    w = one_option(4, chosen)
    assert multi_vector(w) == 0
    assert straddle(w, rivalry=np.ones((3, 3)) - np.eye(3)) == 0
    assert issue_splitting([w, w, w]) == 0
    assert np.isnan(spread(w)) if chosen == 0 else spread(w) == 0


@pytest.mark.parametrize("powers", [2, 3, 5])
def test_equal_ties_with_maximal_rivals_are_the_maximum(powers):
    w = np.r_[0, np.full(powers, 1 / powers)]
    assert spread(w) == pytest.approx(1)
    assert straddle(w, rivalry=np.ones((powers, powers)) - np.eye(powers)) == pytest.approx(1)
    assert multi_vector(np.full(powers + 1, 1 / (powers + 1))) == pytest.approx(1)
    assert issue_splitting(np.eye(powers + 1)) == pytest.approx(1)


@settings(max_examples=80, deadline=None)
@given(shares, st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_bounded_and_free_of_labels(w, seed, random):
    k = len(w) - 1
    r = rivalry_of(k, seed)
    order = list(range(k))
    random.shuffle(order)
    there, moved = np.r_[w[0], w[1:][order]], r[np.ix_(order, order)]
    channels = np.random.default_rng(seed).dirichlet(np.ones(k + 1), size=3)
    for here, again in ((multi_vector(w), multi_vector(there)), (spread(w), spread(there)),
                        (straddle(w, rivalry=r), straddle(there, rivalry=moved)),
                        (issue_splitting(channels), issue_splitting(channels[::-1][:, np.r_[0, np.array(order) + 1]]))):
        assert -1e-12 <= here <= 1 + 1e-12
        assert again == pytest.approx(here, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 7), st.integers(0, 10_000))
def test_no_division_straddles_more_than_the_greatest(powers, seed):
    r = rivalry_of(powers, seed)
    most = greatest_straddle(r)
    rng = np.random.default_rng(seed + 1)
    tried = np.concatenate([rng.dirichlet(np.full(powers, a), size=400) for a in (0.1, 1.0, 5.0)])
    found = 0.5 * np.einsum("nk,kl,nl->n", tried, r, tried)
    assert found.max() <= most + 1e-12
    assert most >= r.max() / 4 - 1e-12
    assert most <= 0.5 * (1 - 1 / powers) * r.max() + 1e-12


@pytest.mark.parametrize("seed", range(12))
def test_the_greatest_straddle_is_reached(seed):
    # Replicator dynamics climb x'Rx on the simplex; the best of many starts must meet the enumeration.
    r = rivalry_of(5, seed)
    x = np.random.default_rng(seed).dirichlet(np.ones(5), size=300)
    for _ in range(3000):
        x = x * (x @ r)
        total = x.sum(axis=1, keepdims=True)
        x = x / np.where(total > 0, total, 1.0)
    reached = (0.5 * np.einsum("nk,kl,nl->n", x, r, x)).max()
    assert greatest_straddle(r) == pytest.approx(reached, abs=1e-6)


def test_motzkin_and_straus_on_graphs():
    # For a graph the maximum of x'Ax is 1 − 1/ω, ω its largest clique: 3 in a triangle with a tail, 2 in a square.
    triangle = to_matrix([1, 1, 0, 1, 0, 1], powers=4)
    square = to_matrix([1, 0, 1, 1, 0, 1], powers=4)
    assert 2 * greatest_straddle(triangle) == pytest.approx(1 - 1 / 3)
    assert 2 * greatest_straddle(square) == pytest.approx(1 - 1 / 2)
    assert 2 * greatest_straddle(np.ones((12, 12)) - np.eye(12)) == pytest.approx(1 - 1 / 12)


def test_straddle_by_year_missing_and_without_rivalry():
    r = np.stack([to_matrix([1.0], powers=2), to_matrix([0.0], powers=2), to_matrix([np.nan], powers=2)])
    w = np.array([0.5, 0.25, 0.25])
    found = straddle(np.stack([w, w, w]), rivalry=r)
    assert found[:2].tolist() == [0.25, 0.0]
    assert np.isnan(found[2])
    assert np.isnan(straddle([np.nan, 0.5, 0.5], rivalry=r[0]))
    assert straddle([0.5, 0.5], rivalry=r[0]) == 1


@settings(max_examples=40, deadline=None)
@given(shares, st.integers(0, 10_000), st.floats(0.01, 1))
def test_straddle_takes_rivalry_as_relative(w, seed, part):
    r = rivalry_of(len(w) - 1, seed)
    assert straddle(w, rivalry=part * r) == pytest.approx(straddle(w, rivalry=r), abs=1e-9)


def test_straddle_is_not_monotonic_in_rivalry():
    # A rivalry that the state has no part in raises what could be straddled.
    w = [0, 0.5, 0.5, 0, 0]
    less = to_matrix([0.5, 0, 0, 0, 0, 0], powers=4)
    assert straddle(w, rivalry=less) == pytest.approx(1)
    assert straddle(w, rivalry=less + to_matrix([0, 0, 0, 0, 0, 1], powers=4)) == pytest.approx(0.5)


def test_missing_channels_are_left_out():
    two = np.array([[0.2, 0.3, 0.5], [0.5, 0.3, 0.2]])
    gap = np.full((1, 3), np.nan)
    assert issue_splitting(np.concatenate([two, gap])) == pytest.approx(issue_splitting(two))
    assert issue_splitting(two) == pytest.approx(np.sqrt(1 - np.sqrt(two[0] * two[1]).sum()))
    assert np.isnan(issue_splitting(np.concatenate([two[:1], gap])))
    years = issue_splitting(np.stack([two, two * np.nan]))
    assert np.isnan(years).tolist() == [False, True]


def test_leading_axes_and_missing_shares():
    w = np.array([[[0.2, 0.3, 0.5]], [[np.nan, 0.5, 0.5]]])
    assert multi_vector(w).shape == spread(w).shape == (2, 1)
    assert np.isnan(multi_vector(w))[1, 0] and np.isnan(spread(w))[1, 0]
    assert np.isnan(multi_vector([1.0]))


@pytest.mark.parametrize(("call", "error"), [
    (lambda: multi_vector([0.5, 0.6]), BadShares),
    (lambda: multi_vector([1.5, -0.5]), BadShares),
    (lambda: spread([1.0]), BadShares),
    (lambda: issue_splitting([0.5, 0.5]), BadShares),
    (lambda: straddle([0.5, 0.5], rivalry=np.zeros((3, 3))), BadMatrix),
    (lambda: straddle([0.5, 0.5], rivalry=[[0, 1], [0, 0]]), BadMatrix),
    (lambda: greatest_straddle(np.zeros((13, 13))), BadMatrix),
])
def test_bad_input_is_refused_in_one_line(call, error):
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value)
