"""The density of the stances' model against plain counting, and its fit on stances drawn from known slopes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

jax = pytest.importorskip("jax")

from equipoise.measure.left_out import case_log_density  # noqa: E402
from equipoise.model.stance import Coded, Fit, log_density, named, sampled  # noqa: E402

TRUE = np.array([1.5, -1.0])
CUTS = np.array([-2.0, 0.0, 2.0])


def _coded(crises: int, *, seed: int = 0) -> tuple[Coded, Fit]:
    """Stances of three powers on a ladder of four rungs, drawn from the model with small spreads."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(crises, 3, 2))
    place = x @ TRUE + 0.3 * rng.normal(size=(crises, 1))
    rungs = np.searchsorted(CUTS, place[:, :, None] + rng.logistic(size=(crises, 3, 2)))
    fit = Fit(np.ones((crises, 3)), np.zeros(1), np.full(1, 1e6), np.eye(1))
    return Coded(x, rungs, np.array([0]), 4), fit


def _at(coded: Coded, spread: float) -> np.ndarray:
    at = np.zeros(coded.size)
    at[coded.parts["slopes"]] = TRUE
    at[coded.parts["spread"]] = [1.0, 1e-6, spread]
    # Each rung's part of what the lower ones leave is 1 − (1 − u)^(1 / rungs above), and u is in logits.
    left = 1 / (1 + np.exp(CUTS))
    u = 1 - (left / np.r_[1.0, left[:-1]]) ** np.array([3, 2, 1])
    for name in ("first", "firmest"):
        at[coded.parts[name]] = np.log(u / (1 - u))
    return at


def _density(coded: Coded, fit: Fit, at: np.ndarray) -> float:
    with jax.enable_x64(True):
        return float(log_density(jax.numpy.asarray(at), coded, fit.plain()))


def test_what_a_case_adds_to_the_density_is_its_probability() -> None:
    coded, fit = _coded(5)
    at = _at(coded, 0.8)
    without = replace(fit, weight=np.r_[np.zeros((1, 3)), np.ones((4, 3))])
    found = _density(coded, fit, at) - _density(coded, without, at)
    cuts = named(at[None, :], coded=coded)["cuts"]
    told = case_log_density(
        (coded.reasons[0] @ TRUE)[None, :], cuts=cuts, rungs=coded.rungs[0], case_spread=[0.0], row_spread=[0.8]
    )
    assert found == pytest.approx(told[0], abs=0.01)  # five nodes here, seven there


def test_cutpoints_are_those_of_the_shares_that_break_off() -> None:
    coded, _ = _coded(5)
    assert named(_at(coded, 0.8)[None, :], coded=coded)["cuts"][0] == pytest.approx(np.stack([CUTS, CUTS]))


def test_shares_where_no_reason_speaks_are_dirichlet_in_the_prior() -> None:
    coded, _ = _coded(5)
    drawn = np.random.default_rng(2).logistic(size=(4000, coded.size))
    below = 1 / (1 + np.exp(-named(drawn, coded=coded)["cuts"][:, 0]))
    shares = np.diff(below, axis=1, prepend=0, append=1)
    assert shares.mean(axis=0) == pytest.approx(np.full(4, 1 / 4), abs=0.01)
    assert shares.var(axis=0) == pytest.approx(np.full(4, 3 / 80), abs=0.003)  # of Dirichlet(1, 1, 1, 1)


def test_a_spread_below_zero_says_the_same() -> None:
    coded, fit = _coded(5)
    at = _at(coded, 0.8)
    other = at.copy()
    other[coded.parts["spread"]][2] *= -1
    assert _density(coded, fit, other) == pytest.approx(_density(coded, fit, at))


def test_votes_pull_slopes_towards_theirs() -> None:
    coded, fit = _coded(5)
    agree, away = (replace(fit, slopes=np.array([v]), variance=np.array([0.01])) for v in (1.5, -1.5))
    at = _at(coded, 0.8)
    assert _density(coded, agree, at) > _density(coded, away, at) + 1


@pytest.mark.slow
def test_drawn_stances_give_their_slopes_back() -> None:
    coded, fit = _coded(30, seed=4)
    draws, divergent = sampled(coded, [fit], near=fit, chains=2, warmup=80, draws=80)
    found = named(draws.reshape(-1, draws.shape[-1]), coded=coded)
    low, high = np.quantile(found["slopes"], [0.005, 0.995], axis=0)
    assert (low < TRUE).all() and (high > TRUE).all()
    assert np.abs(found["slopes"].mean(axis=0) - TRUE).max() < 0.6
    assert divergent.sum() == 0
