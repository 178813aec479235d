"""Rivals that a model of choice has to beat: shares stay as they are, or follow covariates alone.

All forecast the shares of n rows (a state in a year) over K + 1 options, the outside one first, as draws, and as the
density of what was observed. Densities are those of log(w_k / w_b) within a row's option set, b any option of the set:
which one makes no difference. Parameters are taken at their estimates, by maximum likelihood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, logsumexp

from equipoise.errors import BadShares, NotConverged, UsageError
from equipoise.model.policy import FLOOR, floor_of

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

DRAWS, SEED = 400, 2013

STEPS = np.linspace(-6.0, 6.0, 121)
"""Standard deviations from the mean at which the integral over a state's scale is taken."""


@dataclass(frozen=True, slots=True)
class Train:
    """Rows of one channel: shares of a year and of the year before, covariates of the year before.

    ``state`` and ``year`` are positions (n,) in the data; ``shares`` and ``last`` (n, K+1) are floored and sum to one
    over the row's option set ``options`` (n, K+1), 0 outside it; ``own`` (n, M) are covariates of the state, ``ties``
    (n, K, M') those of state and power, NaN where unknown. ``until`` is the last year that a model may know.
    """

    channel: str
    until: int
    state: Codes
    year: Codes
    shares: Array
    last: Array
    options: NDArray[np.bool_]
    own: Array
    ties: Array

    def __post_init__(self) -> None:
        for name in ("shares", "last"):
            given = getattr(self, name)
            if given.shape != self.options.shape or not np.allclose(given.sum(1), 1.0):
                raise BadShares(f"{name} of {self.channel} do not sum to one over the option set.",
                                hint="Floor them, set what is outside the set to 0, and divide by the sum.")
            if ((given > 0) != self.options).any():
                raise BadShares(f"{name} of {self.channel} are not positive just where an option is in the set.")
        if len(self.options) and self.options.sum(1).min() < 2:
            raise BadShares(f"a row of {self.channel} has fewer than two options.", hint="Leave such rows out.")


@dataclass(frozen=True, slots=True)
class Test(Train):
    """Rows to be forecast. ``last`` and covariates are known, ``shares`` are there to be scored, not to be used.

    ``ahead`` (n,): how many years ``shares`` lie after ``last``; 1 but for whole paths.
    """

    __test__ = False  # not a case of pytest's

    ahead: Codes


@dataclass(frozen=True, slots=True)
class Predicted:
    """A forecast: draws of shares (D, n, K+1), 0 outside the set, and the log density (n,) of the observed ones.

    ``log_density`` may be (D, n), by draw of the parameters. NaN for a row that the model cannot forecast, and for a
    density more than a year ahead.
    """

    draws: Array
    log_density: Array


Model = Callable[[Train, Test], Predicted]


@dataclass(frozen=True, slots=True)
class Persistence:
    """Log shares of last year plus a multivariate Student-t shock with ``freedom`` degrees of freedom.

    The variance of an option whose last share is w is σ² w^(−power): a small share's logarithm is noisy. log σ of a
    state is Normal(``level``, ``spread``²), its posterior ``weight`` (S, G) on the grid ``log_scale`` (G,); ``states``
    (S,) are the positions of states with rows to learn from, others have the prior ``unseen`` (G,).
    """

    freedom: float
    power: float
    level: float
    spread: float
    log_scale: Array
    states: Codes
    weight: Array
    unseen: Array

    def predict(self, test: Test, *, draws: int = DRAWS, seed: int = SEED) -> Predicted:
        """Forecast; a path is simulated year by year with one σ a draw."""
        rng = np.random.default_rng(seed)
        weight = self._weights(test.state)
        chance = rng.random((len(weight), draws))
        pick = np.array([np.searchsorted(c[:-1], u) for c, u in zip(np.cumsum(weight, axis=1), chance, strict=True)])
        log_scale = self.log_scale[pick.reshape(len(weight), draws).T]
        w = np.broadcast_to(test.last, (draws, *test.last.shape)).copy()
        for step in range(1, int(test.ahead.max(initial=0)) + 1):
            on = test.ahead >= step
            shock = rng.standard_normal(w[:, on].shape)
            shock /= np.sqrt(rng.chisquare(self.freedom, shock.shape[:2]) / self.freedom)[..., None]
            shock *= np.exp(log_scale[:, on])[..., None]
            w[:, on] = shifted(w[:, on], by=shock, power=self.power, options=test.options[on],
                               floor=floor_of(test.channel))
        each = _student(test, freedom=self.freedom, power=self.power, log_scale=self.log_scale)
        density = logsumexp(each, b=weight, axis=1)
        return Predicted(w, np.where(test.ahead == 1, density, np.nan))

    def _weights(self, state: Codes) -> Array:
        where = np.minimum(np.searchsorted(self.states, state), len(self.states) - 1)
        return np.where((self.states[where] == state)[:, None], self.weight[where], self.unseen)


def floored(shares: Array, *, options: NDArray[np.bool_], floor: float = FLOOR) -> Array:
    """Shares (…, m) raised to the floor and divided by their sum within the option set, 0 outside it.

    >>> floored(np.array([0.6, 0.0, 0.2]), options=np.array([True, True, False])).round(4)
    array([0.9983, 0.0017, 0.    ])
    """
    kept = np.where(options, np.maximum(shares, floor), 0.0)
    total: Array = kept.sum(-1, keepdims=True)
    return kept / np.where(total > 0, total, 1.0)


def shifted(shares: Array, *, by: Array, power: float, options: NDArray[np.bool_], floor: float = FLOOR) -> Array:
    """Shares (…, m) after shocks ``by`` to their logarithms, in units of w^(−power/2); floored as what is observed."""
    known = np.where(options, shares, 1.0)
    log = np.where(options, np.log(known) + by * known ** (-power / 2), -np.inf)
    moved = np.exp(log - log.max(-1, keepdims=True))
    total: Array = moved.sum(-1, keepdims=True)
    return floored(moved / total, options=options, floor=floor)


def fit_persistence(train: Train) -> Persistence:
    """Fit by maximum likelihood, the scales of states integrated out on a grid.

    Raises UsageError without rows, NotConverged where the likelihood has no maximum that can be found.
    """
    if not len(train.state):
        raise UsageError(f"{train.channel} has no row to {train.until}.", hint="Train to a later year.")
    states, back = np.unique(train.state, return_inverse=True)

    def by_state(at: Array) -> tuple[Array, Array]:
        freedom, power, level, spread = np.exp(at[0]), at[1], at[2], np.exp(at[3])
        log_scale = level + spread * STEPS
        rows = _student(train, freedom=float(freedom), power=float(power), log_scale=log_scale)
        joint = np.stack([np.bincount(back, c, minlength=len(states)) for c in rows.T], 1) + _PRIOR
        return joint, log_scale

    def loss(at: Array) -> float:
        return -float(logsumexp(by_state(at)[0], axis=1).sum()) / len(train.state)

    start = np.array([np.log(5.0), 0.5, _typical(train), np.log(0.5)])
    found = minimize(loss, start, method="L-BFGS-B", bounds=[(-1.0, 5.0), (-1.0, 3.0), (-12.0, 5.0), (-3.0, 2.0)])
    if not np.isfinite(found.fun):
        raise NotConverged(f"the scale of {train.channel}'s shocks has no estimate: {found.message}.",
                           hint="Look at its rows: do shares move at all?")
    joint, log_scale = by_state(found.x)
    weight = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    freedom, power, level, spread = found.x
    scale = (float(level), float(np.exp(spread)), log_scale)
    return Persistence(float(np.exp(freedom)), float(power), *scale, states, weight, np.exp(_PRIOR))


_PRIOR = -(STEPS**2) / 2 - logsumexp(-(STEPS**2) / 2)


def _typical(train: Train) -> float:
    """The log of the median shock, where its search starts."""
    q, _ = _squares(train, power=0.5)
    size = np.sqrt(q / (train.options.sum(1) - 1))
    return float(np.log(max(np.median(size), 1e-3)))


def _squares(rows: Train, *, power: float) -> tuple[Array, Array]:
    """The shock's square in units of its variance without σ (n,), and half the log determinant of the precision (n,).

    A shock to log shares is known up to a constant, so what counts is its distance from the weighted mean; the
    covariance of log ratios, diag(d) + d₀11′, has the determinant ∏d · Σ1/d over all options.
    """
    on = rows.options
    log_last = np.log(np.where(on, rows.last, 1.0))
    move = np.where(on, np.log(np.where(on, rows.shares, 1.0)) - log_last, 0.0)
    weight = np.where(on, np.exp(power * log_last), 0.0)
    total = weight.sum(1)
    centred = move - ((weight * move).sum(1) / total)[:, None]
    half = 0.5 * np.where(on, power * log_last, 0.0).sum(1) - 0.5 * np.log(total)
    return (weight * centred**2).sum(1), half


def _student(rows: Train, *, freedom: float, power: float, log_scale: Array) -> Array:
    """Log density (n, G) of the observed log ratios for each scale of a grid (G,)."""
    q, half = _squares(rows, power=power)
    m = (rows.options.sum(1) - 1.0)[:, None]
    constant = gammaln((freedom + m) / 2) - gammaln(freedom / 2) - m / 2 * np.log(freedom * np.pi) + half[:, None]
    spread = np.log1p(q[:, None] * np.exp(-2 * log_scale)[None] / freedom)
    density: Array = constant - m * log_scale - (freedom + m) / 2 * spread
    return density


def persistence(train: Train, test: Test) -> Predicted:
    """Fit on ``train``, forecast ``test``: shares stay as they are, but for a shock."""
    return fit_persistence(train).predict(test)
