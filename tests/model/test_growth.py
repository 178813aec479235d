"""The main estimator of H7 on invented growth."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from equipoise.errors import UsageError
from equipoise.model.growth import slope


def invented(effect: tuple[float, float], seed: int = 0):
    rng = np.random.default_rng(seed)
    state, year = np.repeat(np.arange(40), 10), np.tile(np.arange(10), 40)
    region, d = state % 2, rng.exponential(0.1, 40)
    x = np.column_stack([-d[state] * (year >= 7), rng.normal(size=400)])
    fat = rng.standard_t(3, 400)
    y = np.array(effect)[region] * x[:, 0] + 0.5 * x[:, 1] + rng.normal(size=40)[state] * 3 + year * 0.2 + fat
    return y, x, state, year, region


@pytest.mark.slow
def test_slopes_are_found_by_region_and_pooled() -> None:
    y, x, state, year, region = invented((30.0, 10.0))
    y[5] = np.nan
    found = slope(y, x=x, state=state, year=year, region=region, names={0: "east", 1: "west"}, draws=200, warmup=200,
                  chains=2)
    assert set(found.regions) == {"east", "west"} and not jax.config.jax_enable_x64
    east, west = (found.regions[r].mean() for r in ("east", "west"))
    low, high = found.interval
    assert low < 20 < high and low < found.estimate < high and high - low < 30
    assert east > west + 5 and west < found.draws.mean() < east
    assert found.rhat < 1.05 and found.ess > 50 and found.divergences == 0
    assert 0.05 < found.check["outside"] < 0.15 and abs(found.check["autocorrelation"]) < 0.25
    assert found.check["kurtosis_low"] < found.check["kurtosis"] < found.check["kurtosis_high"]


def test_dependence_that_effects_take_up_is_refused() -> None:
    y, x, state, year, region = invented((1.0, 1.0))
    flat = np.column_stack([state * 0.1, x[:, 1]])
    with pytest.raises(UsageError, match="does not vary"):
        slope(y, x=flat, state=state, year=year, region=region)
