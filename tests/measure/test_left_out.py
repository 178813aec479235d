"""Leaving a case out by weighing draws, against the posterior that was never told of it."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.errors import BadShares
from equipoise.measure.left_out import case_log_density, without

GRID = np.linspace(-6, 6, 4001)


def _posterior(said: list[bool], size: int) -> np.ndarray:
    """Draws of a level from its exact posterior on a grid: answers are yes with its logistic, prior N(0, 1)."""
    log = -0.5 * GRID**2 + sum(-np.log1p(np.exp(-GRID if yes else GRID)) for yes in said)
    share = np.exp(log - log.max())
    return np.random.default_rng(3).choice(GRID, size=size, p=share / share.sum())


def test_weighed_draws_are_those_of_the_posterior_without_the_case() -> None:
    said = [True, True, False, True, True]
    draws = _posterior(said, 40_000)
    weights, effective = without(-np.log1p(np.exp(-draws)))  # the last, a yes
    assert effective > 10_000
    assert weights @ draws == pytest.approx(_posterior(said[:-1], 40_000).mean(), abs=0.02)
    assert draws.mean() - weights @ draws > 0.1


def test_the_density_of_a_case_is_that_of_drawn_rungs() -> None:
    rng = np.random.default_rng(5)
    cuts, place = np.array([-1.0, 0.5]), np.array([0.2, -0.4])
    shared, own = 0.8 * rng.normal(size=(300_000, 1)), 0.6 * rng.normal(size=(300_000, 2))
    latent = place + shared + own
    rungs = [np.searchsorted(cuts, latent + rng.logistic(size=latent.shape)) for _ in range(2)]
    seen = np.mean((rungs[0] == [1, 0]).all(axis=1) & (rungs[1] == [2, 0]).all(axis=1))
    told = case_log_density(
        place[None, :], cuts=np.tile(cuts, (1, 2, 1)), rungs=[[1, 2], [0, 0]], case_spread=[0.8], row_spread=[0.6]
    )
    assert np.exp(told[0]) == pytest.approx(seen, rel=0.05)


def test_a_density_that_is_no_number_is_refused() -> None:
    with pytest.raises(BadShares):
        without([0.0, np.nan])
