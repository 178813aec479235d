"""Draws of measurement, exposure-robust errors, bootstrap and verdicts, on data with a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from equipoise.model.inference import (
    combine,
    exposure_robust,
    inside,
    other_sign,
    over_draws,
    reading,
    slopes,
    wild_bootstrap,
)
from equipoise.model.quick import failed, linear


def panel(seed: int, states: int = 30, years: int = 12):
    rng = np.random.default_rng(seed)
    who, when = np.repeat(np.arange(states), years), np.tile(np.arange(years), states)
    return rng, who, when


def test_the_table_of_verdicts() -> None:
    assert reading(0.051, 9, smallest=0.05) == "supported"
    assert reading(0.0, 0.05, smallest=0.05) == "not supported"
    assert reading(-0.06, -0.051, smallest=0.05) == "contradicted"
    assert reading(-0.2, -0.04, smallest=0.05) == "not supported"
    assert reading(-1, 1, smallest=0.05) == reading(np.nan, 1, smallest=0.05) == "undecidable"


def test_variants_and_placebos() -> None:
    assert other_sign(-1, variants=[-1, -2, 1, np.nan]) == pytest.approx(1 / 3)
    assert np.isnan(other_sign(1, variants=[]))
    grid = np.linspace(-1, 1, 201)
    assert inside(0.89, placebo=grid) is True and inside(-0.91, placebo=grid) is False
    assert inside(0.5, placebo=[]) is None


def test_draws_widen_the_interval_by_rubins_rule() -> None:
    rng, who, when = panel(1)
    x = rng.normal(size=(360, 1))
    drawn = x + 0.3 * rng.normal(size=(360, 25))
    y = x[:, 0] + rng.normal(size=360)
    given = dict(names=["x"], effects=[who, when], clusters=[who])
    fit = over_draws(y, x=np.empty((360, 0)), drawn=drawn, names=["x"], effects=[who, when], cluster=who)
    each = [linear(y, x=drawn[:, [j]], **given) for j in range(25)]
    within, between = np.mean([f.se[0] ** 2 for f in each]), np.var([f.estimate[0] for f in each], ddof=1)
    assert fit.se[0] ** 2 == pytest.approx(within + (1 + 1 / 25) * between)
    assert fit.estimate[0] == pytest.approx(np.mean([f.estimate[0] for f in each]))
    assert combine([each[0], failed(["x"], "singular", "why")]).status == "singular"


def test_slopes_are_those_of_least_squares() -> None:
    rng, who, when = panel(2)
    x, tried, y = rng.normal(size=(360, 2)), rng.normal(size=(360, 3)), rng.normal(size=360)
    found = slopes(y, x=x, tried=tried, effects=[who, when])
    for j in range(3):
        fit = linear(y, x=np.column_stack([tried[:, j], x]), names=["a", "b", "c"], effects=[who, when], clusters=[who])
        assert found[j] == pytest.approx(fit.estimate[0], rel=1e-6)


def shift_share(seed: int, *, states: int = 60, years: int = 15, pairs: int = 10):
    """An outcome without any effect, whose errors come from shocks through the same shares."""
    rng, who, when = panel(seed, states, years)
    shares = rng.dirichlet(np.full(pairs, 0.5), states)[who]
    shocks, hidden = rng.normal(size=(years, pairs))[when], rng.normal(size=(years, pairs))[when]
    y = (shares * hidden).sum(1) + 0.1 * rng.normal(size=len(who))
    return dict(y=y, x=np.empty((len(who), 0)), shares=shares, shocks=shocks, effects=[who, when], years=when), who


def test_exposure_robust_errors_see_what_clusters_of_states_do_not() -> None:
    ratio, plain = [], []
    for seed in range(60):
        given, who = shift_share(seed)
        fit = exposure_robust(**given)
        z = (given["shares"] * given["shocks"]).sum(1)
        usual = linear(given["y"], x=z[:, None], names=["z"], effects=given["effects"], clusters=[who])
        assert fit.estimate == pytest.approx(usual.estimate[0], rel=1e-6)
        ratio.append(abs(fit.estimate / fit.se) > stats.t.ppf(0.95, fit.df))
        plain.append(not usual.low[0] <= 0 <= usual.high[0])
    assert np.mean(ratio) < 0.25 < np.mean(plain)


def test_the_wild_bootstrap_agrees_with_clusters_where_they_are_many() -> None:
    rng, who, when = panel(5, states=150)
    x = rng.normal(size=(len(who), 2))
    y = x @ [0.7, 1.0] + rng.normal(size=len(who))
    fit = linear(y, x=x, names=["a", "b"], effects=[who, when], clusters=[who])
    low, high = wild_bootstrap(y, x=x, effects=[who, when], cluster=who)
    width = fit.high[0] - fit.low[0]
    assert low == pytest.approx(fit.low[0], abs=0.12 * width) and high == pytest.approx(fit.high[0], abs=0.12 * width)
    assert np.isnan(wild_bootstrap(y, x=when[:, None] * 1.0, effects=[who, when], cluster=who)).all()
