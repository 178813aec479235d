"""Power by simulation: the share under an effect of s is the level of the test; bounds are those of the quick look."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.model.inference import exposure_robust, wild_bootstrap
from equipoise.model.power import Design, _by_signs, _lower, power, series
from equipoise.model.quick import absorb, linear, project_out


@pytest.fixture(scope="module")
def design() -> Design:
    rng = np.random.default_rng(5)
    who, when = np.repeat(np.arange(60), 12), np.tile(np.arange(12), 60)
    shares = np.repeat(rng.dirichlet(np.ones(6), 60), 12, 0)
    shocks = rng.random((12, 6))[when]
    return Design((shares * shocks).sum(1), rng.normal(size=(720, 2)), [who, when], who, shares=shares, shocks=shocks)


def noise(design: Design, panels: int) -> np.ndarray:
    return series(design.cluster, design.effects[1], sd=np.full(720, 0.01), persistence=0.3, panels=panels, seed=1)


@pytest.mark.parametrize("how", ["clustered", "wild"])
def test_an_effect_of_s_is_seen_no_more_often_than_the_level(design, how) -> None:
    d = replace(design, shares=None, shocks=None, wild=how == "wild")
    assert 0.02 < power(noise(d, 300), design=d, effect=0.05, smallest=0.05) < 0.1
    assert power(noise(d, 100), design=d, effect=0.5, smallest=0.05) > 0.9 > 0.05 > power(
        noise(d, 100), design=d, effect=0.0, smallest=0.05)


def test_a_bound_is_that_of_the_quick_look(design) -> None:
    u = noise(design, 1)
    y = 0.2 * design.z + u[:, 0]
    x = np.column_stack([design.z, design.beside])
    fit = linear(y, x=x, names=["z", "a", "b"], effects=design.effects, clusters=[design.cluster])
    robust = exposure_robust(y, x=design.beside, shares=design.shares, shocks=design.shocks, effects=design.effects,
                             years=design.effects[1])
    left, _, degrees, kept = project_out(np.column_stack([x, u]), list(design.effects))
    rest = left[:, [0, 3]] - left[:, 1:3] @ np.linalg.lstsq(left[:, 1:3], left[:, [0, 3]], rcond=None)[0]
    given = dict(z=rest[:, 0], effect=0.2, group=design.cluster[kept])
    plain = _lower(rest[:, 1:], drawn=rest[:, :1], degrees=degrees + 3, design=replace(design, shares=None),
                   rows=kept, **given)
    assert plain[0] == pytest.approx(fit.low[0], rel=1e-9)
    wide = _lower(rest[:, 1:], drawn=rest[:, :1], degrees=degrees + 3, design=design, rows=kept, **given)
    bound = min(fit.low[0], robust.estimate - 2.015048373 * robust.se) if robust.se > fit.se[0] else fit.low[0]
    assert wide[0] == pytest.approx(bound, rel=1e-6)
    signs = _by_signs(rest[:, 1:], seed=0, **given)[0]
    low, _ = wild_bootstrap(y, x=x, effects=design.effects, cluster=design.cluster)
    assert signs == pytest.approx(low, abs=0.15 * fit.se[0])
    assert absorb(design.z[:, None], effects=design.effects)[0].std() > 0


def test_draws_of_measurement_widen(design) -> None:
    rng = np.random.default_rng(3)
    drawn = design.z[:, None] + 0.2 * design.z.std() * rng.normal(size=(720, 10))
    sure, loose = replace(design, shares=None), replace(design, shares=None, drawn=drawn)
    given = dict(effect=0.057, smallest=0.05)
    assert power(noise(design, 200), design=loose, **given) < power(noise(design, 200), design=sure, **given)


def test_noise_has_its_scale_and_persistence() -> None:
    who, when = np.repeat(np.arange(50), 20), np.tile(np.arange(20), 50)
    made = series(who, when, sd=np.repeat([1.0, 2.0], 500), persistence=0.8, panels=100, seed=0)
    wide = made.reshape(50, 20, 100)
    assert wide[:25].std() == pytest.approx(1, abs=0.05) and wide[25:].std() == pytest.approx(2, abs=0.1)
    assert np.corrcoef(wide[:, 1:].ravel(), wide[:, :-1].ravel())[0, 1] == pytest.approx(0.8, abs=0.03)
