"""The quick look against known answers: simulated parameters, and plain least squares with dummies."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from equipoise.model.choice import climb, extend, polish, pressure
from equipoise.model.quick import fractional, linear


def panel(states: int, years: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    return rng, np.repeat(np.arange(states), years), np.tile(np.arange(years), states)


def dummies(*codes):
    return np.column_stack([(c[:, None] == np.unique(c)[None, i > 0 :]).astype(float) for i, c in enumerate(codes)])


def test_it_equals_least_squares_with_dummies() -> None:
    rng, who, when = panel(9, 7)
    keep = rng.random(63) > 0.2
    who, when = who[keep], when[keep]
    x = rng.normal(size=(len(who), 2)) + who[:, None] / 3
    y = x @ [1.5, -0.5] + 0.3 * who - when + rng.normal(size=len(who))
    fit = linear(y, x=x, names=["a", "b"], effects=[who, when], clusters=[who])
    plain = sm.OLS(y, np.column_stack([x, dummies(who, when)]))
    plain = plain.fit(cov_type="cluster", cov_kwds={"groups": who, "use_correction": True})
    assert np.allclose(fit.estimate, plain.params[:2]) and np.allclose(fit.se, plain.bse[:2])


def test_two_ways_of_clustering_are_the_sum_less_the_crossing() -> None:
    rng, who, when = panel(15, 12)
    x = rng.normal(size=(180, 1)) + rng.normal(size=15)[who, None]
    y = x[:, 0] + rng.normal(size=12)[when] + rng.normal(size=180)
    fit = linear(y, x=x, names=["a"], effects=[who], clusters=[who, when])
    plain = sm.OLS(y, np.column_stack([x, dummies(who)])).fit()
    n, p = 180, 16
    u, left = plain.resid, x[:, 0] - np.bincount(who, x[:, 0])[who] / 12
    meat = 0.0
    for way, g, sign in ((who, 15, 1), (when, 12, 1), (np.arange(n), n, -1)):
        meat += sign * g / (g - 1) * (np.bincount(way, left * u) ** 2).sum()
    assert fit.se[0] ** 2 == pytest.approx(meat / (left @ left) ** 2 * (n - 1) / (n - p), rel=1e-6)
    assert fit.clusters == (15, 12)


def test_two_stages_undo_an_endogenous_regressor() -> None:
    rng, who, when = panel(60, 20)
    z, u = rng.normal(size=1200), rng.normal(size=1200)
    x = np.column_stack([rng.normal(size=1200), z + u])
    y = x @ [2.0, 1.0] + 2 * u + who
    given = dict(x=x, names=["a", "b"], effects=[who, when], clusters=[who])
    fit = linear(y, **given, endogenous="b", instrument=z)
    assert abs(fit.estimate[1] - 1) < 3 * fit.se[1] < 0.4 and fit.first_stage > 100
    assert linear(y, **given).estimate[1] > 1.5
    weak = linear(y, **given, endogenous="b", instrument=rng.normal(size=1200))
    assert weak.first_stage < 10


def choices(phi: float, rho: float, *, states: int, years: int, noise: float, seed: int = 1):
    """Shares that states choose, with x and y of the page, by state, year and option."""
    rng = np.random.default_rng(seed)
    k = 3
    r = rng.random((years, k, k)) * 0.9
    r = np.triu(r, 1) + np.triu(r, 1).transpose(0, 2, 1)
    big = np.broadcast_to(extend(r, intolerance=0.5), (states, years, k + 1, k + 1))
    lever = rng.random((states, 1, k)) * np.ones((1, years, 1))
    v = rng.normal(size=(states, 1, k + 1)) + rng.normal(size=(1, years, k + 1))
    v = v + noise * rng.normal(size=(states, years, k + 1))
    net = v - pressure(big, leverage=lever, coercion=phi)
    start = np.full(net.shape, 1 / (k + 1))
    w, good = polish(climb(start, net=net, rivalry=big, cross_pressure=rho), net=net, rivalry=big, cross_pressure=rho)
    assert good.all()
    i, t, o = np.indices(w.shape)
    return w, (big[..., 1:] @ lever[..., None])[..., 0], (big @ w[..., None])[..., 0], i, t, o


def test_coercion_and_cross_pressure_are_recovered_from_choices() -> None:
    w, push, cross, i, t, o = choices(1.2, 0.8, states=40, years=15, noise=0.0)
    ratio, x, y = (v[..., 1:] - v[..., :1] for v in (np.log(w), push, cross))
    i, t, o = (v[..., 1:].ravel() for v in (i, t, o))
    fit = linear(ratio.ravel(), x=-np.column_stack([x.ravel(), y.ravel()]), names=["phi", "rho"],
                 effects=[i * 9 + o, t * 9 + o], clusters=[i, t * 9 + o])
    assert np.allclose(fit.estimate, [1.2, 0.8], atol=1e-6)


def test_shares_at_zero_are_fitted_by_the_fractional_likelihood() -> None:
    w, push, cross, i, t, o = choices(1.2, 0.8, states=40, years=15, noise=0.0)
    i, t, o = (v.ravel() for v in (i, t, o))
    given = dict(x=-np.column_stack([push.ravel(), cross.ravel()]), names=["phi", "rho"],
                 effects=[i * 99 + t, i * 9 + o, t * 9 + o], clusters=[i, t * 9 + o])
    exact = fractional(w.ravel(), **given)
    assert exact.status == "done" and np.allclose(exact.estimate, [1.2, 0.8], atol=1e-4)
    rng = np.random.default_rng(3)
    seen = np.stack([rng.multinomial(12, p) for p in w.reshape(-1, 4)]) / 12
    fit = fractional(seen.ravel(), **given)
    assert (seen == 0).mean() > 0.1 and (np.abs(fit.estimate - [1.2, 0.8]) < 3.5 * fit.se).all()


def test_the_fractional_likelihood_is_the_multinomial_one() -> None:
    rng, who, _ = panel(8, 6)
    s = rng.dirichlet([1, 1, 1], 48)
    x = rng.normal(size=(48, 3))
    long = dict(x=x.ravel()[:, None], names=["a"], clusters=[np.repeat(who, 3)])
    option = np.tile(np.arange(3), 48)
    fit = fractional(s.ravel(), **long, effects=[np.repeat(np.arange(48), 3), option])

    def score(b):
        from scipy.optimize import minimize
        def loss(c):
            u = b * x + np.concatenate([[0.0], c])
            return -(s * (u - np.log(np.exp(u).sum(1, keepdims=True)))).sum()
        return minimize(loss, np.zeros(2)).fun

    near = [score(float(fit.estimate[0]) + d) for d in (-0.05, 0.0, 0.05)]
    assert near[1] < min(near[0], near[2]) and near[0] - near[1] == pytest.approx(near[2] - near[1], rel=0.1)


def test_what_cannot_be_estimated_has_a_status_and_no_number() -> None:
    rng, who, when = panel(10, 8)
    y, a = rng.normal(size=80), rng.normal(size=80)
    effects = dict(effects=[who, when], clusters=[who])
    gone = linear(y, x=np.column_stack([a, when * 2.0]), names=["a", "trend"], **effects)
    assert gone.status == "absorbed" and "trend" in gone.reason and np.isnan(gone.estimate).all()
    double = linear(y, x=np.column_stack([a, 2 * a + who]), names=["a", "b"], **effects)
    assert double.status == "singular" and np.isnan(double.high).all()
    assert linear(y, x=a[:, None], names=["a"], effects=[who], clusters=[who * 0]).status == "few_clusters"
    assert linear(y * np.nan, x=a[:, None], names=["a"], effects=[who], clusters=[who]).status == "empty"
    useless = linear(y, x=a[:, None], names=["a"], **effects, endogenous="a", instrument=when * 1.0)
    assert useless.status == "absorbed" and "instrument" in useless.reason


def test_separated_shares_have_no_number() -> None:
    choice = np.repeat(np.arange(60), 2)
    option, x = np.tile([0, 1], 60), np.zeros(120)
    x[1::2] = np.linspace(-1, 1, 60)
    share = np.where(option == 1, x > 0, np.repeat(x[1::2] <= 0, 2)).astype(float)
    fit = fractional(share, x=x[:, None], names=["a"], effects=[choice, option], clusters=[choice])
    assert fit.status in ("separated", "not_converged") and np.isnan(fit.estimate).all() and fit.reason


def test_rows_that_an_effect_fits_alone_are_left_out() -> None:
    rng, who, _ = panel(10, 8)
    x = rng.normal(size=(81, 1))
    y = np.append(rng.normal(size=80), 1e6)
    fit = linear(y, x=x, names=["a"], effects=[np.append(who, 99)], clusters=[np.append(who, 99)])
    assert fit.rows == 80 and abs(fit.estimate[0]) < 1
