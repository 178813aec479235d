from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, BadShares, UsageError
from equipoise.measure import pool, pool_draws


def table(seed: int, *, years: int = 12, channels: int = 4, values: int = 3, gaps: float = 0.0) -> np.ndarray:
    """Random share rows, whole channel-years missing with probability gaps."""
    rng = np.random.default_rng(seed)
    y = rng.dirichlet(np.ones(values), size=(years, channels))
    y[rng.random((years, channels)) < gaps] = np.nan
    return y


def carried_by_hand(y: np.ndarray) -> np.ndarray:
    """Levels (T,) of y (T, C), equal weights: complete channels by their carried deviations until nothing moves."""
    t = np.arange(len(y))
    filled = np.where(np.isnan(y), np.nanmean(y, axis=1, keepdims=True), y)
    for _ in range(4000):
        level = filled.mean(axis=1)
        for c in range(y.shape[1]):
            seen = ~np.isnan(y[:, c])
            filled[~seen, c] = level[~seen] + np.interp(t, t[seen], (y[:, c] - level)[seen])[~seen]
    return filled.mean(axis=1)


def test_a_channel_that_ends_does_not_move_the_level():
    level = np.linspace(0.3, 0.5, 10)
    offset = np.array([-0.1, 0.0, 0.1])
    y = (level[:, None] + offset)[:, :, None]
    whole = pool(y).value
    y[6:, 2] = np.nan
    y[:2, 0] = np.nan
    fit = pool(y)
    np.testing.assert_allclose(fit.value, whole, atol=1e-9)
    np.testing.assert_allclose(fit.deviation[:, :, 0], np.broadcast_to(offset, (10, 3)), atol=1e-9)
    assert fit.count.tolist() == [2, 2, 3, 3, 3, 3, 2, 2, 2, 2]
    assert fit.connected
    assert abs(np.nanmean(y[5]) - np.nanmean(y[6])) > 0.02


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(0.1, 5), min_size=4, max_size=4))
def test_with_every_channel_it_is_the_weighted_mean(seed, weights):
    y = table(seed)
    np.testing.assert_allclose(pool(y, weights=weights).value, np.average(y, axis=1, weights=weights), atol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_fixed_point_of_completing_channels_by_their_carried_deviations(seed):
    y = np.random.default_rng(seed).random((9, 3))
    y[6:, 1], y[:2, 2], y[4, 0] = np.nan, np.nan, np.nan
    np.testing.assert_allclose(pool(y[:, :, None]).value[:, 0], carried_by_hand(y), atol=1e-6)


def test_after_a_channel_ends_the_level_moves_with_the_others_and_its_last_deviation_stays():
    y = np.array([[0.0, 0.4], [0.0, 0.6], [0.1, np.nan], [0.3, np.nan]])[:, :, None]
    np.testing.assert_allclose(pool(y).value[:, 0], [0.2, 0.3, 0.4, 0.6], atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.8))
def test_rows_that_sum_to_one_give_levels_that_sum_to_one(seed, gaps):
    y = table(seed, gaps=gaps)
    fit = pool(y)
    seen = fit.count > 0
    np.testing.assert_allclose(fit.value[seen].sum(axis=1), 1, atol=1e-10)
    assert np.isnan(fit.value[~seen]).all()
    rebuilt = fit.value[:, None] + fit.deviation
    np.testing.assert_allclose(y[~np.isnan(y)], rebuilt[~np.isnan(y)], atol=1e-10)
    assert np.nanmax(np.abs(np.nansum(fit.deviation, axis=1))) < 1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_gaps_by_value_are_solved_value_by_value(seed):
    rng = np.random.default_rng(seed)
    y = rng.random((10, 4, 5))
    y[rng.random(y.shape) < 0.3] = np.nan
    fit = pool(y)
    for m in range(5):
        alone = pool(y[:, :, [m]])
        np.testing.assert_allclose(fit.value[:, m], alone.value[:, 0], atol=1e-9)
        np.testing.assert_allclose(fit.deviation[..., m], alone.deviation[..., 0], atol=1e-9)


def test_the_order_of_channels_and_the_unit_of_weights_do_not_matter():
    y, w = table(5, gaps=0.3), np.array([1.0, 2.0, 3.0, 4.0])
    turn = [2, 0, 3, 1]
    np.testing.assert_allclose(pool(y, weights=w).value, pool(y[:, turn], weights=10 * w[turn]).value, atol=1e-10)


def test_channels_without_a_year_in_common_are_centred_apart_and_flagged():
    y = np.full((4, 2, 1), np.nan)
    y[:2, 0, 0], y[2:, 1, 0] = [0.2, 0.3], [0.6, 0.7]
    fit = pool(y)
    assert not fit.connected
    np.testing.assert_allclose(fit.value[:, 0], [0.2, 0.3, 0.6, 0.7])
    np.testing.assert_allclose(fit.deviation, 0, atol=1e-12)
    assert np.isfinite(pool_draws(y, draws=5, seed=0)).all()


def test_links_through_a_third_channel_connect():
    y = np.full((4, 3, 1), np.nan)
    y[:2, 0], y[1:3, 1], y[2:, 2] = 0.1, 0.2, 0.4
    fit = pool(y)
    assert fit.connected
    np.testing.assert_allclose(fit.value[:, 0], fit.value[0, 0], atol=1e-9)


def test_one_channel_and_a_channel_never_observed_and_weight_zero():
    y = table(2, channels=1)
    np.testing.assert_allclose(pool(y).value, y[:, 0], atol=1e-12)
    silent = np.concatenate([y, np.full_like(y, np.nan)], axis=1)
    fit = pool(silent)
    np.testing.assert_allclose(fit.value, y[:, 0], atol=1e-12)
    assert np.isnan(fit.deviation[:, 1]).all() and fit.connected
    np.testing.assert_allclose(pool_draws(silent, draws=3, seed=1), np.broadcast_to(y[:, 0], (3, 12, 3)), atol=1e-12)
    left_out = pool(table(3, channels=2), weights=[1, 0])
    np.testing.assert_allclose(left_out.value, table(3, channels=2)[:, 0], atol=1e-12)
    assert pool(np.full((2, 2, 2), np.nan)).count.tolist() == [0, 0]


def test_draws_are_wider_where_channels_are_missing():
    rng = np.random.default_rng(7)
    level = np.linspace(0.3, 0.5, 30)[:, None, None]
    y = level + np.array([-0.02, 0, 0.02, 0.0])[:, None] + rng.normal(0, 0.03, (30, 4, 2))
    y[20:, 1:] = np.nan
    draws = pool_draws(y, draws=400, seed=3)
    width = np.subtract(*np.quantile(draws, [0.95, 0.05], axis=0)).mean(axis=1)
    assert width[20:].min() > 1.5 * width[:20].mean()


@pytest.mark.parametrize("noise", ["drift", "independent"])
def test_ninety_per_cent_bands_hold_the_level_at_least_that_often(noise):
    """Not more narrow than they say; they are wider, since they also hold the doubt which channels to trust."""
    level = np.linspace(0.3, 0.5, 32)
    held = np.zeros((60, 32))
    for seed in range(len(held)):
        rng = np.random.default_rng(seed)
        off = rng.normal(0, 0.02, (32, 4))
        off = np.cumsum(off, axis=0) if noise == "drift" else off
        whole = level[:, None] + off
        y = whole.copy()[:, :, None]
        y[16:24, 3:], y[24:, 2:] = np.nan, np.nan
        low, high = np.quantile(pool_draws(y, draws=100, seed=seed)[..., 0], [0.05, 0.95], axis=0)
        # What the bands are about: the mean of all channels, had all been observed.
        held[seed] = (low <= whole.mean(axis=1)) & (whole.mean(axis=1) <= high)
    assert held[:, 16:].mean() >= 0.88


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


@pytest.mark.parametrize(
    ("call", "error"),
    [
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
