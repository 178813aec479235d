"""Ordered logits: slopes of votes found again where they are known, and surer where states are many."""

from __future__ import annotations

import numpy as np

from equipoise.measure.ordered import Voted, vote_slopes

TRUE = np.array([1.2, -0.6])


def _drawn(states: int, *, seed: int) -> Voted:
    rng = np.random.default_rng(seed)
    topic, state = (a.ravel() for a in np.meshgrid(np.arange(4), np.arange(states), indexing="ij"))
    x = rng.normal(size=(topic.size, 2))
    latent = x @ TRUE + np.array([-1.0, 0.0, 0.5, 1.0])[topic] + rng.logistic(size=topic.size)
    level = np.searchsorted([-1.0, 1.0], latent)
    return Voted(x, topic, state, np.eye(3)[level])


def test_known_slopes_are_found_again_within_their_error() -> None:
    off = []
    for seed in range(12):
        mean, covariance = vote_slopes(_drawn(150, seed=seed))
        off.append((mean - TRUE) / np.sqrt(np.diag(covariance)))
    assert np.abs(np.mean(off, axis=0)).max() < 1.2
    assert 0.4 < np.std(off) < 1.6


def test_rows_left_out_do_not_count() -> None:
    voted = _drawn(60, seed=2)
    shares = voted.shares.copy()
    shares[voted.topic == 3] = [1.0, 0.0, 0.0]
    spoilt = Voted(voted.reasons, voted.topic, voted.state, shares)
    among = voted.topic != 3
    assert np.allclose(vote_slopes(spoilt, among=among)[0], vote_slopes(voted, among=among)[0])
    assert not np.allclose(vote_slopes(spoilt)[0], vote_slopes(voted)[0], atol=1e-3)
