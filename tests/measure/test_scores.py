"""Scores of forecasts against closed forms and other people's implementations of the parts."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import logsumexp

from equipoise.errors import BadMatrix
from equipoise.measure import crps, crps_of_shares, log_score, mean_gain


def normal_crps(mean: float, sd: float, y: np.ndarray) -> np.ndarray:
    """The closed form (Gneiting and Raftery 2007, equation 21)."""
    z = (y - mean) / sd
    return sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))


def test_crps_of_draws_is_that_of_the_normal_they_come_from() -> None:
    y = np.array([-4.0, 0.0, 1.3, 2.5])
    draws = np.random.default_rng(0).normal(1.0, 2.0, size=(200_000, 4))
    assert np.allclose(crps(draws, observed=y), normal_crps(1.0, 2.0, y), atol=0.02)


def test_crps_is_fair_with_few_draws() -> None:
    draws = np.random.default_rng(1).normal(1.0, 2.0, size=(3, 200_000))
    score = crps(draws, observed=np.full(200_000, 0.5))
    assert score.mean() == pytest.approx(normal_crps(1.0, 2.0, np.array(0.5)), abs=0.01)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_sorting_gives_the_sum_over_pairs(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(count, 4, 2)).round(1), rng.normal(size=(4, 2))
    apart = np.abs(x[:, None] - x[None]).sum((0, 1)) / (count * (count - 1))
    assert np.allclose(crps(x, observed=y), np.abs(x - y).mean(0) - apart / 2)


def test_the_log_score_is_the_log_of_the_mean_density() -> None:
    y, means = np.array([0.0, 1.0, 60.0]), np.array([[-1.0], [0.5], [2.0]])
    each = stats.norm.logpdf(y, means, 1.0)
    assert np.allclose(log_score(each), logsumexp(each, axis=0) - np.log(3))
    assert np.allclose(log_score(each[0]), each[0])
    odd = log_score([[-np.inf, -np.inf, np.nan], [0.0, -np.inf, 0.0]])
    assert odd[0] == pytest.approx(-np.log(2)) and np.isneginf(odd[1]) and np.isnan(odd[2])


@pytest.mark.parametrize(("mean", "sd"), [(0.3, 1.0), (0.0, 1.4), (0.0, 0.7)])
def test_the_truth_scores_best(mean: float, sd: float) -> None:
    rng = np.random.default_rng(2)
    y = rng.normal(size=4000)
    truth, wrong = rng.normal(size=(200, 4000)), rng.normal(mean, sd, size=(200, 4000))
    near = mean_gain(crps(wrong, observed=y), rival=crps(truth, observed=y), ways=[np.arange(4000)])
    dense = mean_gain(stats.norm.logpdf(y), rival=stats.norm.logpdf(y, mean, sd), ways=[np.arange(4000)])
    assert near.mean > 3 * near.se and dense.mean > 3 * dense.se


def test_shares_are_averaged_over_the_options_of_a_row() -> None:
    draws = np.random.default_rng(3).dirichlet([2.0, 3.0, 4.0], size=(50, 2))
    observed, options = np.full((2, 3), 1 / 3), np.array([[True, False, True], [False] * 3])
    each = crps(draws, observed=observed)
    assert np.allclose(crps_of_shares(draws, observed=observed), each.mean(1))
    some = crps_of_shares(draws, observed=observed, options=options)
    assert some[0] == pytest.approx((each[0, 0] + each[0, 2]) / 2) and np.isnan(some[1])


def test_the_error_of_a_gain_is_the_wider_of_two_clusterings() -> None:
    rng = np.random.default_rng(4)
    state, year = np.repeat(np.arange(30), 10), np.tile(np.arange(10), 30)
    gap = rng.normal(size=30)[state] + 0.1 * rng.normal(size=300)
    plain = sm.OLS(gap, np.ones(300))
    found = mean_gain(gap + 5.0, rival=np.full(300, 5.0), ways=[year, state])
    errors = []
    for way, g in ((state, 30), (year, 10)):
        fit = plain.fit(cov_type="cluster", cov_kwds={"groups": way, "use_correction": False})
        errors.append(float(fit.bse[0]) * np.sqrt(g / (g - 1)))
    assert errors[0] > 3 * errors[1]
    assert found.se == pytest.approx(errors[0]) and found.mean == pytest.approx(gap.mean())
    assert found.clusters == (10, 30)


def test_one_cluster_has_no_error() -> None:
    one = np.zeros(4)
    assert mean_gain([1.0, 2, 3, 4], rival=one, ways=[one, [0, 0, 1, 1]]).se == pytest.approx(1.0)
    assert np.isnan(mean_gain([1.0, 2, 3, 4], rival=one, ways=[one]).se)


@pytest.mark.parametrize("call", [
    lambda: log_score(0.0),
    lambda: log_score(np.zeros((0, 3))),
    lambda: crps(np.zeros((1, 3)), observed=np.zeros(3)),
    lambda: crps(np.zeros((5, 3)), observed=np.zeros(4)),
    lambda: crps_of_shares(np.zeros((5, 3)), observed=np.zeros(3)),
    lambda: crps_of_shares(np.zeros((5, 3, 2)), observed=np.zeros((3, 2)), options=np.ones(2)),
    lambda: mean_gain([1.0, 2.0], rival=[1.0], ways=[]),
    lambda: mean_gain([], rival=[], ways=[]),
    lambda: mean_gain([1.0, 2.0], rival=[1.0, 2.0], ways=[[0]]),
])
def test_arrays_that_do_not_fit_are_refused(call) -> None:
    with pytest.raises(BadMatrix):
        call()
