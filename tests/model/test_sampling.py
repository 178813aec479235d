"""The quick fit of the hierarchical model on drawn shares, and its curvature; for chains see the calibration."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from tests.model.test_hierarchy import ETA, ONE, truth, world

from equipoise.model.curvature import problem_of
from equipoise.model.hierarchy import SPREADS, Design, group_spreads
from equipoise.model.laplace import quick_fit
from equipoise.model.simulate import simulate


@pytest.mark.slow
def test_the_quick_fit_finds_what_the_shares_were_drawn_with() -> None:
    """The speed and the spreads above all: a joint mode that took effects for free would put both far too high."""
    w = world(0, states=40, years=15, channels=2)
    s = truth(w, seed=0)
    found = quick_fit(simulate(w, s, design=ONE), ONE)
    assert found.status == "done"
    for name in ("coercion", "cross_pressure", "inertia_terms", "intolerance"):
        draws = found.sites[name]
        assert (np.abs(draws.mean(0) - s[name]) < 3 * draws.std(0)).all(), name
    # A little too fast on fifteen years, by three standard deviations; with effects for free it would be by ten.
    assert np.abs(found.sites["speed_base"].mean(0) - s["speed_base"]).max() < 0.4
    assert found.sites["coercion"].std() < 0.5
    for name, true in zip(SPREADS, (0.4 * ETA, 0.3, 0.2 * ETA), strict=True):
        np.testing.assert_allclose(found.spread[name], true, rtol=0.5)


@pytest.mark.slow
def test_the_curvature_is_that_of_all_columns_and_its_bending_that_of_its_blocks() -> None:
    """Few products give the whole Hessian; the slope of half a log determinant is that of its differences."""
    w = world(3, states=9, years=6, channels=2)
    held = {n: np.array([0.3, 0.5]) for n in SPREADS} | {n: np.array(1.0) for n in group_spreads(Design())}
    with jax.enable_x64(False):
        problem = problem_of(simulate(w, truth(w, seed=3), design=ONE), Design(), held)
        z = problem.approach(problem.begin(None), held, steps=30)
        shared, blocks, across, by_spread = problem.hessian(z, held)
        along = np.random.default_rng(0).normal(size=problem.size)
        ends = [problem.hessian(z + step * along, held)[1][:, :-1, :-1] for step in (-1e-4, 1e-4)]
        bending = problem.bending(z, held, problem.curvature(z, held))
    # As many at once as the Hessian's own products are, so that they are not compiled anew.
    once = len(problem.classes) + problem.local.shape[1] + len(by_spread)
    none = {n: np.zeros((once, *np.shape(v))) for n, v in held.items()}
    rows = np.eye(-(-problem.size // once) * once, problem.size).reshape(-1, once, problem.size)
    with jax.enable_x64(True):
        whole = np.concatenate([problem.product(z, r, held, none, problem.panel) for r in rows])
    np.testing.assert_allclose(shared, whole[np.ix_(problem.shared, problem.shared)], atol=1e-6)
    for s, own in enumerate(problem.local):
        np.testing.assert_allclose(blocks[s], whole[np.ix_(own, own)], atol=1e-6)
        np.testing.assert_allclose(across[s], whole[np.ix_(own, problem.shared)], atol=1e-6)
    low, high = (0.5 * np.linalg.slogdet(b)[1].sum() for b in ends)
    assert bending @ along == pytest.approx((high - low) / 2e-4, rel=1e-3)
