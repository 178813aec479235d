"""The quick fit of the hierarchical model on drawn shares; for chains see the calibration."""

from __future__ import annotations

import numpy as np
import pytest
from tests.model.test_hierarchy import ETA, ONE, truth, world

from equipoise.model.hierarchy import SPREADS
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
