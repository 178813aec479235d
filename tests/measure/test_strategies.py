from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, BadShares
from equipoise.measure import (
    greatest_straddle,
    hedging,
    hedging_parts,
    issue_splitting,
    multi_vector,
    spread,
    straddle,
    to_matrix,
    trade_shares,
)

shares = st.lists(st.floats(0.001, 1), min_size=3, max_size=7).map(lambda x: np.array(x) / np.sum(x))
seeds = st.integers(0, 10_000)


def rivalry_of(powers: int, seed: int, zeros: float = 0.3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    pairs = rng.random(powers * (powers - 1) // 2)
    return to_matrix(np.where(rng.random(pairs.shape) < zeros, 0.0, pairs), powers=powers)


def full(powers: int) -> np.ndarray:
    return np.ones((powers, powers)) - np.eye(powers)


@pytest.mark.parametrize("powers", [2, 3, 5])
def test_one_partner_or_no_rivalry_is_zero(powers):
    for chosen in range(powers + 1):
        assert hedging(np.eye(powers + 1)[chosen], rivalry=full(powers)) == 0
    assert hedging(np.full(powers + 1, 1 / (powers + 1)), rivalry=np.zeros((powers, powers))) == 0


@settings(max_examples=80, deadline=None)
@given(shares, seeds)
def test_equal_ties_to_powers_that_are_all_rivals_are_the_only_maximum(w, seed):
    k = len(w) - 1
    equal = np.r_[0, np.full(k, 1 / k)]
    assert hedging(equal, rivalry=full(k)) == pytest.approx(1)
    here = hedging(w, rivalry=rivalry_of(k, seed))
    assert 0 <= here < 1
    assert hedging(equal, rivalry=0.9 * full(k)) == pytest.approx(0.9)


@settings(max_examples=80, deadline=None)
@given(shares, seeds, st.randoms(use_true_random=False))
def test_free_of_labels(w, seed, random):
    k = len(w) - 1
    r, order = rivalry_of(k, seed), list(range(k))
    random.shuffle(order)
    moved = hedging(np.r_[w[0], w[1:][order]], rivalry=r[np.ix_(order, order)])
    assert moved == pytest.approx(hedging(w, rivalry=r), abs=1e-12)
    channels = np.random.default_rng(seed).dirichlet(np.ones(k + 1), size=3)
    here = hedging_parts(channels, rivalry=r)
    there = hedging_parts(channels[::-1][:, np.r_[0, np.array(order) + 1]], rivalry=r[np.ix_(order, order)])
    assert (there.within, there.across) == pytest.approx((here.within, here.across), abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(shares, seeds, st.floats(0, 1))
def test_no_lower_with_more_rivalry_and_linear_in_it(w, seed, part):
    k = len(w) - 1
    r, more = rivalry_of(k, seed), rivalry_of(k, seed + 1)
    assert hedging(w, rivalry=np.maximum(r, more)) >= hedging(w, rivalry=r) - 1e-15
    assert hedging(w, rivalry=part * r) == pytest.approx(part * hedging(w, rivalry=r), abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(shares, seeds, st.data())
def test_the_outside_never_raises_it(w, seed, data):
    k = len(w) - 1
    r = rivalry_of(k, seed)
    power, part = data.draw(st.integers(1, k)), data.draw(st.floats(0, 1))
    away = w.copy()
    away[power] -= part * w[power]
    away[0] += part * w[power]
    assert hedging(away, rivalry=r) <= hedging(w, rivalry=r) + 1e-12
    everywhere = np.r_[w[0] + part * (1 - w[0]), (1 - part) * w[1:]]
    assert hedging(everywhere, rivalry=r) == pytest.approx((1 - part) ** 2 * hedging(w, rivalry=r), abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(shares, seeds)
def test_it_is_how_much_times_how_evenly_times_how_rival(w, seed):
    k = len(w) - 1
    r, u = rivalry_of(k, seed), w[1:] / w[1:].sum()
    apart = np.outer(u, u) * full(k)
    evenly, rival = (1 - (u**2).sum()) / (1 - 1 / k), (apart * r).sum() / apart.sum()
    assert hedging(w, rivalry=r) == pytest.approx((1 - w[0]) ** 2 * evenly * rival)
    if r.any():
        assert hedging(w, rivalry=r) == pytest.approx(straddle(w, rivalry=r) * 2 * greatest_straddle(r) / (1 - 1 / k))


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 5), st.integers(2, 5), seeds)
def test_channels_give_what_is_within_and_across_them(channels, powers, seed):
    s = np.random.default_rng(seed).dirichlet(np.full(powers + 1, 0.5), size=channels)
    r = rivalry_of(powers, seed)
    parts = hedging_parts(s, rivalry=r)
    whole = parts.within / channels + parts.across * (channels - 1) / channels
    assert hedging(s.mean(axis=0), rivalry=r) == pytest.approx(whole, abs=1e-12)
    assert parts.within == pytest.approx(np.mean([hedging(c, rivalry=r) for c in s]), abs=1e-12)
    assert 0 <= parts.across <= powers / (powers - 1) + 1e-12
    alike = hedging_parts(np.stack([s[0]] * channels), rivalry=r)
    assert alike.within == pytest.approx(alike.across, abs=1e-12)


def test_rivals_kept_in_different_channels_are_across_only():
    split = np.array([[0, 1, 0], [0, 0, 1.0]])
    parts = hedging_parts(split, rivalry=full(2))
    assert (parts.within, parts.across) == (0, 2)
    assert hedging(split.mean(axis=0), rivalry=full(2)) == 1
    friends = hedging_parts(split, rivalry=np.zeros((2, 2)))
    assert (friends.within, friends.across) == (0, 0)


def test_missing_stays_missing():
    r = np.stack([full(3)] * 3)
    r[1, 0, 1] = r[1, 1, 0] = np.nan
    w = np.array([0.1, 0.3, 0.3, 0.3])
    assert np.isnan(hedging(np.stack([w, w, w * [np.nan, 1, 1, 1]]), rivalry=r)).tolist() == [False, True, True]
    gap, two = np.full((1, 4), np.nan), np.random.default_rng(1).dirichlet(np.ones(4), size=2)
    some, both = (hedging_parts(s, rivalry=full(3)) for s in (np.concatenate([two, gap]), two))
    assert (some.within, some.across) == (both.within, both.across)
    alone, none = (hedging_parts(s, rivalry=full(3)) for s in (np.concatenate([two[:1], gap]), gap))
    assert alone.within == hedging(two[0], rivalry=full(3)) and np.isnan(alone.across)
    assert np.isnan(none.within) and np.isnan(none.across)
    assert np.isnan(hedging_parts(two, rivalry=r[1]).within)


def test_leading_axes():
    w = np.random.default_rng(0).dirichlet(np.ones(4), size=(5, 2, 3))
    r = np.stack([rivalry_of(3, s) for s in range(3)])
    found = hedging(w, rivalry=r)
    assert found.shape == (5, 2, 3)
    assert found[4, 1, 2] == pytest.approx(hedging(w[4, 1, 2], rivalry=r[2]))
    assert hedging([0.5, 0.5], rivalry=full(2)) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(1, 1e6), min_size=6, max_size=6), st.floats(1e-6, 1e6), seeds)
def test_no_measure_depends_on_the_unit_of_trade(flows, unit, seed):
    x, m, r = np.array(flows[:3]), np.array(flows[3:]), rivalry_of(2, seed)
    other = np.random.default_rng(seed).dirichlet(np.ones(3))
    here, there = trade_shares(x, imports=m), trade_shares(unit * x, imports=unit * m)
    for of in (multi_vector, spread, lambda w: straddle(w, rivalry=r), lambda w: hedging(w, rivalry=r),
               lambda w: issue_splitting([w, other])):
        assert of(there) == pytest.approx(of(here), abs=1e-9)


def test_what_the_score_gets_wrong():
    # An ally of the first power that trades with its rival, and a state that is with both in both.
    ally = hedging(np.mean([[0, 1, 0], [0, 0, 1]], axis=0), rivalry=full(2))
    assert ally == hedging([0, 0.5, 0.5], rivalry=full(2)) == 1
    # Four powers of which two are rivals: to deal with two is more than to deal with all.
    r = to_matrix([1, 0, 0, 0, 0, 0], powers=4)
    assert hedging([0, 0.5, 0.5, 0, 0], rivalry=r) > hedging([0, 0.25, 0.25, 0.25, 0.25], rivalry=r)
    # A state that keeps out of alliances counts as half engaged.
    assert hedging([0.5, 0.25, 0.25], rivalry=full(2)) == 0.25


@pytest.mark.parametrize(("call", "error"), [
    (lambda: hedging([0.5, 0.6], rivalry=full(2)), BadShares),
    (lambda: hedging([1.5, -0.5], rivalry=full(2)), BadShares),
    (lambda: hedging([0.2, 0.2, 0.3, 0.3], rivalry=full(2)), BadMatrix),
    (lambda: hedging([0.5, 0.5], rivalry=[[0, 1], [0, 0]]), BadMatrix),
    (lambda: hedging([0.5, 0.5], rivalry=2 * full(2)), BadMatrix),
    (lambda: hedging([0.5, 0.5], rivalry=[[0]]), BadMatrix),
    (lambda: hedging_parts([0.2, 0.4, 0.4], rivalry=full(2)), BadShares),
    (lambda: hedging_parts([[0.2, 0.4]], rivalry=full(2)), BadShares),
])
def test_bad_input_is_refused_in_one_line(call, error):
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value)
