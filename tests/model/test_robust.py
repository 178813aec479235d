"""The Anderson–Rubin set: it covers where the two-stage interval does not, and is empty of promises when weak."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.model.quick import linear
from equipoise.model.robust import anderson_rubin


def panel(strength: float, seed: int):
    rng = np.random.default_rng(seed)
    who, when = np.repeat(np.arange(40), 10), np.tile(np.arange(10), 40)
    z, x, u = rng.normal(size=(3, 400))
    w = strength * z + 0.5 * x + u
    return 1.0 * x + 2.0 * w + u + 0.3 * rng.normal(size=400), x, w, z, [who, when], [who, when]


def test_the_set_covers_whatever_the_strength() -> None:
    for strength in (0.05, 0.3, 1.0):
        hits = 0
        for seed in range(60):
            y, x, w, z, effects, ways = panel(strength, seed)
            low, high = anderson_rubin(y, x=x, endogenous=w, instrument=z, effects=effects, clusters=ways[:1])
            hits += low <= 1.0 <= high
        assert hits >= 52, strength


def test_with_a_strong_instrument_it_is_near_the_two_stage_interval() -> None:
    y, x, w, z, effects, ways = panel(2.0, 1)
    low, high = anderson_rubin(y, x=x, endogenous=w, instrument=z, effects=effects, clusters=ways)
    fit = linear(y, x=np.column_stack([x, w]), names=["x", "w"], effects=effects, clusters=ways, endogenous="w",
                 instrument=z)
    assert low < fit.low[0] and fit.high[0] < high
    assert high - low == pytest.approx(fit.high[0] - fit.low[0], rel=0.8)


def test_a_useless_instrument_leaves_everything_open() -> None:
    y, x, w, _, effects, ways = panel(1.0, 1)
    z = np.random.default_rng(9).normal(size=400)
    assert np.isinf(anderson_rubin(y, x=x, endogenous=w, instrument=z, effects=effects, clusters=ways)).all()
