"""The rivals against scipy's densities, against simulated parameters, and against each other."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import stats

from equipoise.errors import BadShares, UsageError
from equipoise.measure import mean_gain
from equipoise.model.baselines import Persistence, Test, Train, fit_persistence, floored, persistence
from equipoise.model.multinomial import Multinomial, fit_multinomial, multinomial, multinomial_lag

STATES, YEARS, OPTIONS = 80, 24, 4
SLOPES = np.array([[0.8, 0.0], [-0.5, 0.4], [0.0, -0.6]])


def rows(shares: np.ndarray, last: np.ndarray, *, state: np.ndarray, options: np.ndarray, own: np.ndarray | None = None,
         ties: np.ndarray | None = None) -> Train:
    n, k = len(shares), shares.shape[1] - 1
    return Train("trade", 2007, state, np.arange(n), floored(shares, options=options), floored(last, options=options),
                 options, np.zeros((n, 1)) if own is None else own, np.zeros((n, k, 1)) if ties is None else ties)


def later(train: Train, *, ahead: int = 1) -> Test:
    known = {f.name: getattr(train, f.name) for f in fields(train)}
    return Test(**known, ahead=np.full(len(train.state), ahead))


def part(train, on: np.ndarray):
    taken = {f.name: getattr(train, f.name)[on] for f in fields(train) if f.name not in ("channel", "until")}
    return replace(train, **taken)


def softmax(eta: np.ndarray) -> np.ndarray:
    e = np.exp(eta - eta.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def random_walks(seed: int, *, freedom: float = 6.0, power: float = 0.6, level: float = -2.0,
                 spread: float = 0.5) -> Train:
    """Shares that stay as they are but for a Student-t shock, whose scale differs between states."""
    rng = np.random.default_rng(seed)
    scale = np.exp(level + spread * rng.normal(size=STATES))
    options = np.ones((STATES, OPTIONS), bool)
    options[: STATES // 4, -1] = False
    w = floored(rng.dirichlet([4.0] * OPTIONS, size=STATES), options=options)
    path = [w]
    for _ in range(YEARS):
        shock = rng.standard_normal(w.shape) / np.sqrt(rng.chisquare(freedom, (STATES, 1)) / freedom)
        log = np.log(np.where(options, w, 1.0)) + shock * scale[:, None] * np.where(options, w, 1.0) ** (-power / 2)
        w = floored(softmax(np.where(options, log, -np.inf)), options=options)
        path.append(w)
    now, last = np.concatenate(path[1:]), np.concatenate(path[:-1])
    return rows(now, last, state=np.tile(np.arange(STATES), YEARS), options=np.tile(options, (YEARS, 1)))


def followers(seed: int, *, lag: float = 0.0, precision: float = 40.0) -> Train:
    """Shares that follow two covariates of the state and one of the tie, with or without last year's share."""
    rng = np.random.default_rng(seed)
    n = STATES * YEARS
    own, ties = rng.normal(size=(n, 2)), rng.normal(size=(n, OPTIONS - 1, 1))
    last = floored(rng.dirichlet([2.0] * OPTIONS, size=n), options=np.ones((n, OPTIONS), bool))
    eta = np.array([0.3, 0.0, -0.4]) + own @ SLOPES.T + 0.7 * ties[..., 0]
    eta = np.concatenate([np.zeros((n, 1)), eta], axis=1) + lag * np.log(last)
    gamma = rng.standard_gamma(precision * softmax(eta))
    return rows(gamma / gamma.sum(1, keepdims=True), last, state=np.tile(np.arange(STATES), YEARS),
                options=np.ones((n, OPTIONS), bool), own=own, ties=ties)


def known_persistence() -> Persistence:
    return Persistence(5.0, 0.7, -1.5, 0.0, np.array([-1.5]), np.array([0]), np.ones((1, 1)), np.ones(1))


def known_regression(precision: float = 12.0) -> Multinomial:
    own, ties = np.zeros((3, 2)), np.zeros(2)
    nothing = (np.zeros(1), np.ones(1), np.zeros(1), np.ones(1))
    return Multinomial(np.array([0.5, -0.2, 0.1]), own, ties, 0.4, precision, nothing)


def test_persistence_has_the_density_of_a_multivariate_t_of_log_ratios() -> None:
    w, last = np.array([[0.5, 0.3, 0.2, 0.0]]), np.array([[0.3, 0.6, 0.1, 0.0]])
    test = later(rows(w, last, state=np.zeros(1, int), options=w > 0))
    d = last[0, :3] ** -0.7 * np.exp(-1.5) ** 2
    for base in range(3):
        others = [k for k in range(3) if k != base]
        z = np.log(w[0, others] / w[0, base]) - np.log(last[0, others] / last[0, base])
        plain = stats.multivariate_t.logpdf(z, np.zeros(2), np.diag(d[others]) + d[base], df=5.0)
        assert known_persistence().predict(test).log_density[0] == pytest.approx(plain)


def test_the_regression_has_the_density_of_a_dirichlet_times_the_jacobian() -> None:
    w, last = np.array([[0.5, 0.3, 0.0, 0.2]]), np.array([[0.3, 0.6, 0.0, 0.1]])
    test = later(rows(w, last, state=np.zeros(1, int), options=w > 0))
    p = softmax(np.array([0.0, 0.5, 0.1]) + 0.4 * np.log(last[0, [0, 1, 3]]))
    plain = stats.dirichlet.logpdf(w[0, [0, 1, 3]], 12.0 * p) + np.log(w[0, [0, 1, 3]]).sum()
    assert known_regression().predict(test).log_density[0] == pytest.approx(plain)


@pytest.mark.parametrize("model", [known_persistence(), known_regression()], ids=["persistence", "regression"])
def test_draws_come_from_the_density(model) -> None:
    z = np.linspace(-9, 9, 2001)
    w = np.stack([1 / (1 + np.exp(z)), np.exp(z) / (1 + np.exp(z)), 0 * z, 0 * z], axis=1)
    inside = w[:, :2].min(1) > 0.0011
    test = later(rows(w, np.tile([0.6, 0.4, 0.0, 0.0], (2001, 1)), state=np.zeros(2001, int), options=w > 0))
    density = np.where(inside, np.exp(model.predict(test, draws=2).log_density), 0.0)
    assert density.sum() * (z[1] - z[0]) == pytest.approx(1, abs=0.002)
    single = model.predict(part(test, np.arange(1)), draws=20_000, seed=5).draws[:, 0]
    middle = np.log(single[:, 1] / single[:, 0])
    cdf = np.cumsum(density) * (z[1] - z[0])
    assert np.allclose(np.interp(np.quantile(middle, [0.1, 0.5, 0.9]), z, cdf), [0.1, 0.5, 0.9], atol=0.015)


def test_persistence_finds_the_parameters_it_was_simulated_with() -> None:
    fit = fit_persistence(random_walks(0))
    assert fit.freedom == pytest.approx(6.0, rel=0.3) and fit.power == pytest.approx(0.6, abs=0.1)
    assert fit.level == pytest.approx(-2.0, abs=0.2) and fit.spread == pytest.approx(0.5, abs=0.12)
    assert np.allclose(fit.weight.sum(1), 1) and fit.unseen.sum() == pytest.approx(1)


@pytest.mark.parametrize("lag", [0.0, 0.6])
def test_the_regression_finds_the_parameters_it_was_simulated_with(lag: float) -> None:
    train = followers(1, lag=lag)
    fit = fit_multinomial(train, lag=lag > 0)
    deviation = train.own.std(0)
    assert np.allclose(fit.own[:, :2] / deviation, SLOPES, atol=0.06) and np.allclose(fit.own[:, 2:], 0)
    assert fit.ties[0] / train.ties.std() == pytest.approx(0.7, abs=0.05)
    assert fit.precision == pytest.approx(40, rel=0.1)
    assert fit.lag == pytest.approx(lag, abs=0.05) if lag else np.isnan(fit.lag)


@pytest.mark.parametrize(("simulated", "truth", "wrong"), [
    (random_walks, persistence, multinomial_lag), (followers, multinomial, persistence),
    (lambda seed: followers(seed, lag=0.6), multinomial_lag, multinomial),
])
def test_the_model_that_made_the_data_scores_best(simulated, truth, wrong) -> None:
    every = simulated(2)
    cut = STATES * (YEARS - 6)
    train, test = part(every, np.arange(cut)), later(part(every, np.arange(cut, len(every.state))))
    gap = mean_gain(truth(train, test).log_density, rival=wrong(train, test).log_density, ways=[test.state])
    assert gap.mean > 3 * gap.se


def test_a_state_never_seen_has_the_scale_of_the_others() -> None:
    fit = fit_persistence(random_walks(3))
    calm = fit.states[fit.weight @ fit.log_scale < -2.5][0]
    one = part(random_walks(3), np.array([0]))
    new, seen = (later(replace(one, state=np.array([s]))) for s in (STATES + 7, calm))
    far, near = (fit.predict(t).draws[:, 0, 0].std() for t in (new, seen))
    assert far > 1.3 * near


def test_a_path_spreads_with_the_years_and_has_no_density() -> None:
    one = part(random_walks(4), np.arange(40))
    fit = fit_persistence(random_walks(4))
    spread = [fit.predict(later(one, ahead=h)) for h in (1, 4)]
    ratio = spread[1].draws.std(0)[one.options] / spread[0].draws.std(0)[one.options]
    assert 1.6 < np.median(ratio) < 2.2
    assert np.isfinite(spread[0].log_density).all() and np.isnan(spread[1].log_density).all()
    with_lag = fit_multinomial(followers(5, lag=0.9), lag=True)
    some = part(followers(5, lag=0.9), np.arange(40))
    first, last = (with_lag.predict(later(some, ahead=h)).draws.mean(0) for h in (1, 4))
    assert np.abs(first - some.last).mean() < np.abs(last - some.last).mean()


def test_forecasts_are_shares_of_the_option_set_and_the_same_each_time() -> None:
    every = random_walks(6)
    test = later(part(every, np.arange(60)))
    for model in (persistence, multinomial, multinomial_lag):
        p, again = model(every, test), model(every, test)
        assert np.allclose(p.draws.sum(-1), 1) and (p.draws[:, ~test.options] == 0).all()
        assert p.draws[:, test.options].min() > 0 and np.array_equal(p.draws, again.draws)


def test_covariates_that_are_unknown_leave_a_forecast() -> None:
    train = followers(7)
    own = train.own.copy()
    own[::7, 0] = np.nan
    gaps = replace(train, own=own)
    fit = fit_multinomial(gaps, lag=False)
    found = fit.predict(later(gaps))
    assert np.isfinite(found.log_density).all() and np.isfinite(found.draws).all()
    unknown = np.arange(len(own)) % 7 == 0
    assert found.log_density[~unknown].mean() > found.log_density[unknown].mean() + 0.1


def test_bad_rows_are_refused() -> None:
    good = random_walks(8)
    turned = np.roll(good.last, 1, axis=1)
    for spoilt in ({"shares": good.shares * 2}, {"last": turned}, {"shares": good.shares[:, 1:]}):
        with pytest.raises(BadShares):
            replace(good, **spoilt)
    alone = np.zeros((1, OPTIONS), bool)
    alone[0, 0] = True
    with pytest.raises(BadShares):
        rows(np.ones((1, OPTIONS)), np.ones((1, OPTIONS)), state=np.zeros(1, int), options=alone)
    for fit in (fit_persistence, lambda t: fit_multinomial(t, lag=True)):
        with pytest.raises(UsageError):
            fit(part(good, np.arange(0)))
