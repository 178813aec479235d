"""A state's policy over time: pooled levels with draws, and leeway for the years that have every input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.model import policy
from equipoise.model.continuation import CAUSES
from equipoise.model.policy import FLOOR, Band
from equipoise.model.priors import Prior

DRAWS = 24


def channels(seed: int, *, years: int = 8, gaps: float = 0.0) -> np.ndarray:
    """Share rows (T, 4, 3), whole channel-years missing with probability gaps."""
    rng = np.random.default_rng(seed)
    y = rng.dirichlet(np.ones(3), size=(years, 4))
    y[rng.random((years, 4)) < gaps] = np.nan
    return y


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.9))
def test_engagement_is_positive_shares_where_anything_was_observed(seed, gaps):
    table = channels(seed, gaps=gaps)
    w = policy.engagement(table, draws=5, seed=1)
    seen = np.isfinite(table).all(-1).any(1)
    for shares in (w.value, *w.draws):
        np.testing.assert_allclose(shares[seen].sum(-1), 1)
        assert (shares[seen] >= FLOOR / 2).all() and np.isnan(shares[~seen]).all()


def test_engagement_is_the_mean_of_its_channels_and_a_single_one_stands_for_itself():
    table = np.array([[[0.2, 0.5, 0.3], [0.4, 0.1, 0.5]], [[0.6, 0.2, 0.2], [0.2, 0.4, 0.4]]])
    np.testing.assert_allclose(policy.engagement(table, draws=1, seed=0).value, table.mean(1))
    one = np.where(np.arange(2)[None, :, None] == 0, table, np.nan)
    np.testing.assert_allclose(policy.engagement(one, draws=1, seed=0).value, table[:, 0])


def test_a_channel_that_says_zero_leaves_a_small_positive_share():
    table = np.array([[[0.0, 1.0]]])
    np.testing.assert_allclose(policy.engagement(table, draws=1, seed=0).value, [[FLOOR, 1]] / np.float64(1 + FLOOR))


def test_rivalry_and_leverage_are_means_of_what_is_known_within_their_bounds():
    components = np.array([[[0.2, np.nan], [0.6, 0.5], [np.nan, np.nan]]])
    for band in (policy.rivalry(components, draws=DRAWS, seed=3),
                 policy.leverage(np.stack([components] * 3), draws=DRAWS, seed=3)):
        np.testing.assert_allclose(band.value, [[0.4, 0.5]])
        assert (band.draws >= 0).all() and (band.draws <= 1).all()
        np.testing.assert_allclose(band.draws[..., 1], 0.5)


def test_draws_of_leverage_take_low_median_and_high_losses_by_their_chances():
    # Of a log-normal loss: three points with these chances have about its mean and spread.
    points = 0.1 * np.exp(np.array([-0.5, 0.0, 0.5]))
    band = policy.leverage(points[:, None, None, None] * np.ones((3, 2, 1, 1)), draws=4000, seed=3)
    assert (band.value == 0.1).all()
    drawn = band.draws[:, 0, 0]
    assert (drawn == band.draws[:, 1, 0]).all()
    np.testing.assert_allclose([(drawn == p).mean() for p in points], policy.THREE_POINTS, atol=0.02)
    spread = 0.5 / 1.645
    exact = 0.1 * np.exp(spread**2 / 2)
    assert drawn.mean() == pytest.approx(exact, rel=0.01)
    assert drawn.std() == pytest.approx(exact * np.sqrt(np.exp(spread**2) - 1), rel=0.06)


def test_a_component_past_its_source_does_not_pull_the_level_down():
    components = np.array([[[0.2], [0.6]], [[0.2], [np.nan]], [[0.3], [np.nan]]])
    np.testing.assert_allclose(policy.rivalry(components, draws=1, seed=0).value[:, 0], [0.4, 0.4, 0.45])


def test_an_interval_is_of_the_draws_and_missing_where_they_are():
    draws = np.column_stack([np.arange(101) / 100, np.full(101, np.nan)])
    low, high = Band(np.zeros(2), draws).interval()
    np.testing.assert_allclose([low[0], high[0]], [0.05, 0.95])
    assert np.isnan([low[1], high[1]]).all()


def test_order_of_two_equal_rivals_is_a_half_and_missing_without_capability():
    band = policy.rivalry(np.ones((2, 1, 1)), draws=3, seed=0)
    point, drawn = policy.order(band, capability=np.array([[1.0, 1.0], [1.0, np.nan]]))
    np.testing.assert_allclose(point.value, [0.5, np.nan])
    assert drawn.value.shape == (3, 2) and drawn.side.shape == (3, 2, 2)
    np.testing.assert_array_equal(np.abs(point.side), [[1, 1], [0, 0]])


def inputs(*, years: int = 3, rivalry: float = 0.3, seed: int = 0) -> dict:
    w = policy.engagement(np.tile([0.2, 0.5, 0.3], (years, 2, 1)), draws=DRAWS, seed=seed)
    r = policy.rivalry(np.full((years, 2, 1), rivalry), draws=DRAWS, seed=seed)
    lever = policy.leverage(np.tile([0.6, 0.2], (3, years, 2, 1)), draws=DRAWS, seed=seed)
    side = policy.order(r, capability=np.ones((years, 2)))[1].side
    return {"w": w, "r": r, "lever": lever, "side": side}


def path(given: dict, *, prior: Prior | None = None, seed: int = 5) -> policy.LeewayPath | None:
    return policy.leeway_path(
        given["w"], r=given["r"], lever=given["lever"], side=given["side"], prior=prior or Prior(), seed=seed
    )


def test_leeway_is_there_for_the_years_with_every_input():
    given_ = inputs()
    given_["w"].value[1] = np.nan
    found = path(given_)
    assert found.years.tolist() == [0, 2]
    assert found.main.value.shape == (DRAWS, 2) and found.pairs.value.shape == (DRAWS, 2, 1)
    assert ((found.main.value >= 0) & (found.main.value <= 1)).all()
    np.testing.assert_allclose(found.main.after.sum(-1), 1)
    given_["lever"].value[:] = np.nan
    assert path(given_) is None


def test_without_systemic_effect_no_policy_ever_collapses():
    """The null: with φ = ρ = 0 shares do not depend on rivalry at all."""
    found = path(inputs(rivalry=0.9), prior=Prior((0, 0), (0, 0), (0, 1)))
    assert (found.main.value == 1).all() and (found.main.cause == CAUSES.index("none")).all()


def test_under_strong_coercion_a_side_is_lost_to_the_power_with_more_leverage():
    found = path(inputs(rivalry=0.1), prior=Prior((8, 8), (4, 4), (0.5, 0.5)))
    assert (found.main.value < 1).all() and (found.main.value > 0).all()
    assert (found.main.after[..., 1:].argmax(-1) == 0).all()


def test_the_same_seed_gives_the_same_leeway_and_another_one_others():
    a, b, c = path(inputs()), path(inputs()), path(inputs(), seed=6)
    np.testing.assert_array_equal(a.main.value, b.main.value)
    np.testing.assert_array_equal(a.pairs.value, b.pairs.value)
    assert (a.main.value != c.main.value).any()


def test_the_pair_of_two_powers_is_the_whole_system():
    found = path(inputs())
    np.testing.assert_allclose(found.pairs.value[..., 0], found.main.value, atol=1e-3)


@pytest.mark.parametrize("draws", [1, 7, 200])
def test_parameters_cover_their_intervals_evenly(draws):
    drawn = Prior((1.0, 3.0), (0.0, 4.0), (0.0, 1.0)).draw(draws=draws, seed=2)
    for name, (low, high) in {"coercion": (1, 3), "cross_pressure": (0, 4), "intolerance": (0, 1)}.items():
        cell = np.floor((drawn[name] - low) / (high - low) * draws)
        assert sorted(cell) == list(range(draws))
