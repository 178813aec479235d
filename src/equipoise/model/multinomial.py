"""Multinomial regression as a rival: shares follow covariates of the year before, around them a Dirichlet.

The expected shares are the softmax of linear predictors (McFadden 1974), their spread a Dirichlet with one precision: a
Dirichlet regression (Hijazi and Jernigan 2009). Dirichlet densities become those of log ratios by the factor ∏ w_k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from equipoise.errors import NotConverged, UsageError
from equipoise.model.baselines import DRAWS, SEED, Predicted, Test, Train, floored
from equipoise.model.policy import floor_of

Array = NDArray[np.float64]

RIDGE = 1e-2
"""Weight of the coefficients' squares beside the log likelihood: bounds those that no row speaks of, moves no other."""

LEAST = 1e-8
"""The smallest parameter of a Dirichlet that is computed with."""


@dataclass(frozen=True, slots=True)
class Multinomial:
    """A fitted regression: ``constant`` (K,) by power, ``own`` (K, M) by power, ``ties`` (M',), ``lag``, ``precision``.

    Covariates enter less their mean and over their deviation in the training rows; an unknown one stands at its mean,
    and has an effect of its own (the second half of ``own`` and of ``ties``). ``lag`` multiplies last year's log share;
    NaN if it is left out.
    """

    constant: Array
    own: Array
    ties: Array
    lag: float
    precision: float
    scales: tuple[Array, Array, Array, Array]

    def predict(self, test: Test, *, draws: int = DRAWS, seed: int = SEED) -> Predicted:
        """Forecast; on a path, covariates stay where they are, and with a lag shares are simulated year by year."""
        rng = np.random.default_rng(seed)
        own, ties = _covariates(test, scales=self.scales)
        fixed = self.constant + own @ self.own.T + ties @ self.ties
        fixed = np.concatenate([np.zeros((len(fixed), 1)), fixed], axis=1)
        w = np.broadcast_to(test.last, (draws, *test.last.shape)).copy()
        lagged = np.isfinite(self.lag)
        steps = int(test.ahead.max(initial=0)) if lagged else 1
        for step in range(1, steps + 1):
            on = test.ahead >= step
            drawn = self._drawn(rng, fixed[on], last=w[:, on], options=test.options[on])
            w[:, on] = floored(drawn, options=test.options[on], floor=floor_of(test.channel))
        p = self._expected(fixed, last=test.last, options=test.options)
        density = _dirichlet(p, precision=self.precision, rows=test)
        return Predicted(w, np.where((test.ahead == 1) | (not lagged), density, np.nan))

    def _expected(self, fixed: Array, *, last: Array, options: NDArray[np.bool_]) -> Array:
        more = self.lag * np.log(np.where(options, last, 1.0)) if np.isfinite(self.lag) else 0.0
        return _softmax(fixed + more, options=options)

    def _drawn(self, rng: np.random.Generator, fixed: Array, *, last: Array, options: NDArray[np.bool_]) -> Array:
        p = self._expected(fixed, last=last, options=options)
        p = np.broadcast_to(p, last.shape)
        gamma = rng.standard_gamma(np.where(options, np.maximum(self.precision * p, LEAST), 1.0))
        gamma = np.where(options, gamma, 0.0)
        total = gamma.sum(-1, keepdims=True)
        return np.asarray(gamma / np.where(total > 0, total, 1.0))


def fit_multinomial(train: Train, *, lag: bool) -> Multinomial:
    """Fit by penalised maximum likelihood (L-BFGS, analytic gradient), with or without last year's log share.

    Raises UsageError without rows, NotConverged where the search breaks off.
    """
    if not len(train.state):
        raise UsageError(f"{train.channel} has no row to {train.until}.", hint="Train to a later year.")
    scales = (*_centre(train.own), *_centre(train.ties))
    own, ties = _covariates(train, scales=scales)
    k, m = train.options.shape[1] - 1, own.shape[1]
    start = np.r_[np.zeros(k + k * m + ties.shape[2]), 0.5 * lag, np.log(20.0)]
    found = minimize(_loss, start, args=(train, own, ties, lag), jac=True, method="L-BFGS-B",
                     options={"maxiter": 2000, "maxfun": 4000})
    if not (found.success and np.isfinite(found.fun)):
        raise NotConverged(f"the regression of {train.channel} has no estimate: {found.message}.",
                           hint="Look for covariates that are all but the same.")
    constant, slopes, common, weight, log_precision = _split(found.x, powers=k, own=m)
    return Multinomial(constant, slopes, common, weight if lag else np.nan, float(np.exp(log_precision)), scales)


def _split(at: Array, *, powers: int, own: int) -> tuple[Array, Array, Array, float, float]:
    constant, slopes, common = np.split(at[:-2], [powers, powers * (1 + own)])
    return constant, slopes.reshape(powers, own), common, float(at[-2]), float(at[-1])


def _loss(at: Array, train: Train, own: Array, ties: Array, lag: bool) -> tuple[float, Array]:
    """The penalised log likelihood per row, its sign turned, and its gradient."""
    constant, slopes, common, weight, log_precision = _split(at, powers=train.options.shape[1] - 1, own=own.shape[1])
    on, log_w, before = train.options, *(np.log(np.where(train.options, x, 1.0)) for x in (train.shares, train.last))
    linear = constant + own @ slopes.T + ties @ common
    eta = np.concatenate([np.zeros((len(linear), 1)), linear], axis=1) + lag * weight * before
    p, precision = _softmax(eta, options=on), np.exp(log_precision)
    slack = np.where(on, log_w - digamma(np.where(on, np.maximum(precision * p, LEAST), 1.0)), 0.0)
    by_eta = precision * p * (slack - (p * slack).sum(1, keepdims=True))
    by_power = by_eta[:, 1:]
    by_log = precision * (digamma(precision) * len(p) + (p * slack).sum())
    steep = [by_power.sum(0), (by_power.T @ own).ravel(), np.einsum("nk,nkm->m", by_power, ties)]
    slope = np.concatenate([*steep, [lag * (by_eta * before).sum(), by_log]])
    bent = np.r_[at[:-1], 0.0]
    value = _dirichlet(p, precision=precision, rows=train).sum() - RIDGE * (bent**2).sum()
    return -value / len(p), -(slope - 2 * RIDGE * bent) / len(p)


def _centre(values: Array) -> tuple[Array, Array]:
    """Mean and deviation (M,) of what is known of covariates (…, M); 0 and 1 where nothing is, or nothing varies."""
    flat = values.reshape(-1, values.shape[-1])
    known = np.isfinite(flat)
    count = np.maximum(known.sum(0), 1)
    mean = np.where(known, flat, 0.0).sum(0) / count
    deviation = np.sqrt(np.where(known, (flat - mean) ** 2, 0.0).sum(0) / count)
    return mean, np.where(deviation > 1e-9, deviation, 1.0)


def _covariates(rows: Train, *, scales: tuple[Array, Array, Array, Array]) -> tuple[Array, Array]:
    """Covariates scaled, unknown ones at their mean, and beside each whether it is unknown."""
    out = []
    for values, (mean, deviation) in ((rows.own, scales[:2]), (rows.ties, scales[2:])):
        known = np.isfinite(values)
        out.append(np.concatenate([np.where(known, (values - mean) / deviation, 0.0), ~known], axis=-1))
    return out[0], out[1]


def _softmax(eta: Array, *, options: NDArray[np.bool_]) -> Array:
    kept = np.where(options, eta, -np.inf)
    raised = np.exp(kept - kept.max(-1, keepdims=True))
    shares: Array = raised / raised.sum(-1, keepdims=True)
    return shares


def _dirichlet(p: Array, *, precision: float, rows: Train) -> Array:
    """Log density (n,) of the observed log ratios when shares are Dirichlet(precision · p) within the option set."""
    on = rows.options
    a = np.maximum(precision * p, LEAST)
    # One more than in the density of shares: a log ratio's has the factor w_k for each option of the set.
    each = np.where(on, a * np.log(np.where(on, rows.shares, 1.0)) - gammaln(np.where(on, a, 1.0)), 0.0)
    density: Array = gammaln(precision) + each.sum(1)
    return density


def multinomial(train: Train, test: Test) -> Predicted:
    """Fit on ``train``, forecast ``test``: shares follow covariates alone."""
    return fit_multinomial(train, lag=False).predict(test)


def multinomial_lag(train: Train, test: Test) -> Predicted:
    """Fit on ``train``, forecast ``test``: shares follow covariates and last year's log share."""
    return fit_multinomial(train, lag=True).predict(test)
