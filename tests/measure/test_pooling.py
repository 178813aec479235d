from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, BadShares, UsageError
from equipoise.measure import leave_one_out, pool, pool_draws


def table(seed: int, *, years: int = 12, channels: int = 4, values: int = 3, gaps: float = 0.0) -> np.ndarray:
    """Random share rows, whole channel-years missing with probability gaps."""
    rng = np.random.default_rng(seed)
    y = rng.dirichlet(np.ones(values), size=(years, channels))
    y[rng.random((years, channels)) < gaps] = np.nan
    return y


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(0.1, 5), min_size=4, max_size=4))
def test_with_every_channel_it_is_the_weighted_mean(seed, weights):
    y = table(seed)
    np.testing.assert_allclose(pool(y, weights=weights).value, np.average(y, axis=1, weights=weights), atol=1e-10)


def test_a_channel_keeps_its_own_values_where_it_is_not_observed():
    y = np.array([[np.nan, 0.4], [0.0, 0.6], [0.1, np.nan], [0.3, 1.0], [0.5, np.nan], [0.5, np.nan]])[:, :, None]
    fit = pool(y)
    np.testing.assert_allclose(fit.completed[:, 0, 0], [0.0, 0.0, 0.1, 0.3, 0.5, 0.5])
    np.testing.assert_allclose(fit.completed[:, 1, 0], [0.4, 0.6, 0.8, 1.0, 1.0, 1.0])
    np.testing.assert_allclose(fit.value[:, 0], [0.2, 0.3, 0.45, 0.65, 0.75, 0.75])
    assert fit.count.tolist() == [1, 2, 1, 2, 1, 1]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 11))
def test_the_end_of_a_channel_is_no_event(seed, end):
    """The level moves by the weight of what is still observed, and no further."""
    y = table(seed)
    y[end:, 1:] = np.nan
    moved, first = np.diff(pool(y).value[end - 1 :], axis=0), np.diff(y[end - 1 :, 0], axis=0)
    np.testing.assert_allclose(moved, first / 4, atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.8))
def test_rows_that_sum_to_one_give_levels_that_sum_to_one_and_stay_between(seed, gaps):
    y = table(seed, gaps=gaps)
    fit = pool(y)
    seen = fit.count > 0
    np.testing.assert_allclose(fit.value[seen].sum(axis=1), 1, atol=1e-10)
    assert np.isnan(fit.value[~seen]).all()
    if seen.any():
        assert np.nanmin(y) - 1e-12 <= fit.value[seen].min() and fit.value[seen].max() <= np.nanmax(y) + 1e-12


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_gaps_by_value_are_completed_value_by_value(seed):
    rng = np.random.default_rng(seed)
    y = rng.random((10, 4, 5))
    y[rng.random(y.shape) < 0.3] = np.nan
    fit = pool(y)
    for m in range(5):
        np.testing.assert_allclose(fit.value[:, m], pool(y[:, :, [m]]).value[:, 0], atol=1e-9)


def test_the_order_of_channels_and_the_unit_of_weights_do_not_matter():
    y, w = table(5, gaps=0.3), np.array([1.0, 2.0, 3.0, 4.0])
    turn = [2, 0, 3, 1]
    np.testing.assert_allclose(pool(y, weights=w).value, pool(y[:, turn], weights=10 * w[turn]).value, atol=1e-10)


def test_one_channel_and_a_channel_never_observed_and_weight_zero():
    y = table(2, channels=1)
    np.testing.assert_allclose(pool(y).value, y[:, 0], atol=1e-12)
    silent = np.concatenate([y, np.full_like(y, np.nan)], axis=1)
    fit = pool(silent)
    np.testing.assert_allclose(fit.value, y[:, 0], atol=1e-12)
    assert np.isnan(fit.completed[:, 1]).all()
    np.testing.assert_allclose(pool_draws(silent, draws=3, seed=1), np.broadcast_to(y[:, 0], (3, 12, 3)), atol=1e-12)
    left_out = pool(table(3, channels=2), weights=[1, 0])
    np.testing.assert_allclose(left_out.value, table(3, channels=2)[:, 0], atol=1e-12)
    nothing = np.full((2, 2, 2), np.nan)
    assert pool(nothing).count.tolist() == [0, 0] and np.isnan(pool_draws(nothing, draws=2, seed=0)).all()


def test_draws_widen_with_the_years_since_a_channel_was_seen():
    rng = np.random.default_rng(7)
    y = np.cumsum(rng.normal(0, 0.01, (30, 2, 1)), axis=0) + 0.5
    y[20:, 1] = np.nan
    y[:, 0] = 0.5
    draws = pool_draws(y, draws=2000, seed=3)[:, :, 0]
    off = draws - draws[:, [19]]
    spread = off.std(axis=0)[20:]
    assert (np.diff(spread) > 0).all()
    np.testing.assert_allclose(spread[9] / spread[0], np.sqrt(10), rtol=0.1)


def test_a_gap_is_surest_at_its_ends():
    y = np.random.default_rng(1).random((11, 2, 1))
    y[3:8, 1] = np.nan
    level = pool(y).value[:, 0]
    draws = pool_draws(y, draws=4000, seed=3)[:, :, 0]
    weights = pool_draws(np.stack([np.zeros((11, 1)), np.ones((11, 1))], axis=1), draws=4000, seed=3)[:, :1, 0]
    completed = pool(y).completed[:, :, 0]
    wander = np.abs(draws - (completed[:, 0] * (1 - weights) + completed[:, 1] * weights)).mean(axis=0)
    assert wander[5] > wander[4] > wander[3] > wander[2] == pytest.approx(0, abs=1e-12)
    assert np.isfinite(level).all()


@pytest.mark.parametrize("gone", [1, 2])
def test_ninety_per_cent_bands_hold_the_level_at_least_that_often(gone):
    """Of channels that walk at random; bands are wider than that, since they also hold the doubt which to trust."""
    held = np.zeros((60, 8))
    for seed in range(len(held)):
        whole = 0.4 + np.cumsum(np.random.default_rng(seed).normal(0, 0.02, (32, 4)), axis=0)
        y = whole.copy()[:, :, None]
        y[24:, 4 - gone :] = np.nan
        low, high = np.quantile(pool_draws(y, draws=100, seed=seed, lower=None)[:, 24:, 0], [0.05, 0.95], axis=0)
        held[seed] = (low <= whole[24:].mean(axis=1)) & (whole[24:].mean(axis=1) <= high)
    assert held.mean() >= 0.88


def test_draws_centre_on_the_fit_and_keep_the_simplex():
    y = table(11, years=30, gaps=0.25)
    y[0] = np.full(3, 1 / 3)
    raw = pool_draws(y, draws=2000, seed=5, lower=None)
    seen = pool(y).count > 0
    np.testing.assert_allclose(np.median(raw[:, seen], axis=0), pool(y).value[seen], atol=0.12)
    np.testing.assert_allclose(raw[:, seen].sum(axis=-1), 1, atol=1e-9)
    kept = pool_draws(y, draws=50, seed=5, simplex=True, floor=0.01)[:, seen]
    np.testing.assert_allclose(kept.sum(axis=-1), 1)
    assert kept.min() > 0.005
    clipped = pool_draws(y, draws=50, seed=5, lower=0.2, upper=0.4)[:, seen]
    assert clipped.min() >= 0.2 and clipped.max() <= 0.4


def test_the_seed_determines_the_draws():
    y = table(1, gaps=0.3)
    np.testing.assert_array_equal(pool_draws(y, draws=4, seed=9), pool_draws(y, draws=4, seed=9))
    assert not np.array_equal(pool_draws(y, draws=4, seed=9), pool_draws(y, draws=4, seed=10))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.6), st.lists(st.floats(0.1, 5), min_size=4, max_size=4))
def test_without_a_channel_is_the_pool_with_its_weight_at_zero(seed, gaps, weights):
    y = table(seed, gaps=gaps)
    y[np.random.default_rng(seed).random(y.shape) < gaps / 2] = np.nan
    without = leave_one_out(y, weights=weights)
    assert without.shape == (4, 12, 3)
    for c in range(4):
        if np.isfinite(y[:, c]).any():
            others = np.where(np.arange(4) == c, 0, weights)
            np.testing.assert_allclose(without[c], pool(y, weights=others).value, atol=1e-12)


def test_what_was_never_there_or_weighs_nothing_leaves_nothing_out():
    y = table(3, channels=3)
    y[:, 1] = np.nan
    without = leave_one_out(y)
    assert np.isnan(without[1]).all() and np.isfinite(without[[0, 2]]).all()
    assert np.isnan(leave_one_out(table(3, channels=3), weights=[1, 0, 1])[1]).all()
    assert np.isnan(leave_one_out(table(3, channels=1))).all()
    y[4, 2] = np.nan
    assert np.isnan(leave_one_out(y)[0, 4]).all(), "a year in which only the channel that is left out was observed"
    some = table(5, channels=2)
    some[:, 1, 0] = np.nan
    np.testing.assert_allclose(leave_one_out(some)[1, :, 0], pool(some).value[:, 0])


def test_equal_weights_of_any_size_draw_what_no_weights_do():
    y = table(1, channels=7, gaps=0.3)
    for weight in (0.1, 1, 3):
        np.testing.assert_array_equal(pool_draws(y, draws=9, seed=4, weights=np.full(7, weight)),
                                      pool_draws(y, draws=9, seed=4))


def test_draws_have_the_weights_as_their_mean_and_the_spread_of_their_dirichlet():
    """Of three channels at 0, 0 and 1 the draw is the third's weight, Beta(3ω, 3(1 − ω))."""
    y = np.broadcast_to(np.array([0.0, 0.0, 1.0])[:, None], (4, 3, 1))
    for weights, share in (([1, 1, 1], 1 / 3), ([1, 1, 2], 1 / 2), ([2, 1, 0.5], 1 / 7)):
        drawn = pool_draws(y, draws=40_000, seed=2, weights=weights)[:, 0, 0]
        assert drawn.mean() == pytest.approx(share, abs=0.006)
        assert drawn.var() == pytest.approx(share * (1 - share) / 4, rel=0.03)


def test_a_channel_of_weight_zero_is_as_if_it_were_not_there():
    y = table(8, gaps=0.3)
    drawn = pool_draws(y, draws=8000, seed=1, weights=[1, 0, 1, 1])
    left = pool_draws(y[:, [0, 2, 3]], draws=8000, seed=1)
    np.testing.assert_array_equal(np.isnan(drawn), np.isnan(left))
    np.testing.assert_allclose(drawn.mean(axis=0), left.mean(axis=0), atol=0.02)
    np.testing.assert_allclose(drawn.std(axis=0), left.std(axis=0), atol=0.02)


def test_a_weight_next_to_nothing_loses_no_year_that_its_channel_alone_knows():
    y = table(2, channels=2)
    y[5, 1] = np.nan
    assert np.isfinite(pool_draws(y, draws=50, seed=0, weights=[1e-9, 1])).all()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: leave_one_out(np.ones((3, 2))), BadMatrix),
        (lambda: leave_one_out(np.ones((3, 2, 1)), weights=[1]), BadShares),
        (lambda: pool_draws(np.ones((3, 2, 1)), draws=2, seed=1, weights=[-1, 1]), BadShares),
        (lambda: pool(np.ones((3, 2))), BadMatrix),
        (lambda: pool(np.full((3, 2, 1), np.inf)), BadMatrix),
        (lambda: pool(np.ones((3, 2, 1)), weights=[1, 2, 3]), BadShares),
        (lambda: pool(np.ones((3, 2, 1)), weights=[1, -1]), BadShares),
        (lambda: pool(np.ones((3, 2, 1)), weights=[0, 0]), BadShares),
        (lambda: pool_draws(np.ones((3, 2, 1)), draws=0, seed=1), UsageError),
    ],
)
def test_bad_input_is_refused_in_one_line(call, error):
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value)
