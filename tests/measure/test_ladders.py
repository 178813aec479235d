"""Distributions over a ladder against drawn ones, and their scores against published properties."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.errors import BadShares
from equipoise.measure.ladders import log_of_share, ranked_score, rung_shares

CUTS = np.array([[-2.0, 0.0, 1.5]])


def test_the_spread_is_averaged_over_as_by_drawing() -> None:
    rng = np.random.default_rng(1)
    at = 0.7 + 1.4 * rng.normal(size=400_000)
    latent = at + rng.logistic(size=at.size)
    drawn = np.bincount(np.searchsorted(CUTS[0], latent), minlength=4) / at.size
    found = rung_shares([[0.7]], cuts=CUTS, spread=[1.4])[0]
    assert np.abs(found - drawn).max() < 0.004


def test_weights_choose_among_draws() -> None:
    places, cuts = [[-3.0], [3.0]], np.repeat(CUTS, 2, axis=0)
    high = rung_shares([[3.0]], cuts=CUTS, spread=[0.0])
    assert np.allclose(rung_shares(places, cuts=cuts, spread=[0.0, 0.0], weights=[0.0, 1.0]), high)


def test_the_true_distribution_has_the_best_ranked_score() -> None:
    truth, other = np.array([0.1, 0.2, 0.4, 0.3]), np.array([0.25, 0.25, 0.25, 0.25])
    expected = [sum(p * ranked_score([q], observed=[k])[0] for k, p in enumerate(truth)) for q in (truth, other)]
    assert expected[0] < expected[1]


def test_a_near_miss_costs_less_than_a_far_one() -> None:
    near, far = ranked_score([[0, 1, 0, 0], [1, 0, 0, 0]], observed=[2, 2])
    assert 0 < near < far <= 1
    assert np.isneginf(log_of_share([[1.0, 0.0]], observed=[1])[0])


@pytest.mark.parametrize(
    ("shares", "rungs"), [([[0.5, 0.4]], [0]), ([[1.2, -0.2]], [0]), ([[0.5, 0.5]], [2]), ([0.5, 0.5], [0])]
)
def test_bad_shares_are_refused(shares: list[object], rungs: list[int]) -> None:
    with pytest.raises(BadShares):
        ranked_score(shares, observed=rungs)
