"""Pooling channels of unequal coverage: a channel that is not observed stands at what was last seen of it.

A mean over the channels that happen to be observed jumps when one of them ends. Letting the missing ones move with the
others would need them to move together, and the pack says that they do not (``docs/decisions``, 6). So each keeps its
own last values, changes in the level come from what is observed, and the draws widen with the years since.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix, BadShares, UsageError
from equipoise.measure.simplex import to_simplex

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pooled:
    """Levels of T years and M values from C channels; see :func:`pool`.

    ``value`` (T, M): level, NaN in a year without a channel. ``completed`` (T, C, M): every channel in every year, NaN
    where it was never observed. ``count`` (T,): channels observed.
    """

    value: Array
    completed: Array
    count: NDArray[np.int64]


def pool(values: ArrayLike, *, weights: ArrayLike | None = None) -> Pooled:
    """Level of several channels by year, values (T, C, M) with NaN where not observed, weights (C,), default equal.

    The weighted mean of the channels, each completed on its own: linear between two observed years, flat before the
    first and after the last. A year in which no channel is observed has no level; a channel that is never observed, or
    of weight 0, is left out. If observed rows sum to one over m, levels do too.
    Raises BadMatrix when values are not (T, C, M), BadShares for negative weights or a wrong number.

    Two channels; the second ends, and the level moves by half of what the first does:

    >>> y = np.array([[0.1, 0.3], [0.2, 0.4], [0.4, np.nan]])[:, :, None]
    >>> pool(y).value[:, 0].round(6)
    array([0.2, 0.3, 0.4])
    """
    y, w = _table(values), _weights(weights, channels=np.shape(values)[1] if np.ndim(values) == 3 else 0)
    seen = ~np.isnan(y) & (w > 0)[:, None]
    completed = _complete(y, seen=seen)
    level = _level(completed, seen=seen, weights=w[None])[0]
    return Pooled(level, completed, seen.any(axis=-1).sum(axis=-1))


def leave_one_out(values: ArrayLike, *, weights: ArrayLike | None = None) -> Array:
    """Levels of :func:`pool` without each channel in turn, values (T, C, M) → (C, T, M).

    The weights of the others keep their proportions. A channel that is never observed, or of weight 0, leaves nothing
    out: its levels are NaN, not those with all channels. One that is observed for some m only leaves the others as they
    are. NaN too where nothing else is observed. Raises as :func:`pool`.

    >>> leave_one_out([[[0.1], [0.3], [0.8]], [[0.1], [0.3], [np.nan]]])[:, :, 0].round(6)
    array([[0.55, 0.55],
           [0.45, 0.45],
           [0.2 , 0.2 ]])
    """
    y = _table(values)
    w = _weights(weights, channels=y.shape[1])
    seen = ~np.isnan(y) & (w > 0)[:, None]
    used: NDArray[np.bool_] = np.asarray(seen.any(axis=(0, 2)))
    others = w * (1 - np.eye(len(w)))
    level = _level(_complete(y, seen=seen), seen=seen, weights=others)
    return np.where(used[:, None, None], level, np.nan)


def pool_draws(values: ArrayLike, *, draws: int, seed: int, weights: ArrayLike | None = None,
               lower: float | None = 0.0, upper: float | None = None, simplex: bool = False,
               floor: float = 1e-3) -> Array:
    """Draws of the level of :func:`pool`, values (T, C, M) → (draws, T, M); years that rest on less vary more.

    Each draw weights the channels anew, w ~ Dirichlet(α) (which channels to trust: the Bayesian bootstrap of Rubin 1981
    over channels). α_c = n ω_c for ``weights`` ω (C,) that sum to one over the n channels that are observed and not of
    weight 0: draws have these weights as their mean; equal weights, the default, give Dirichlet(1, …, 1). And it lets
    what is not observed wander as a random walk (multiple imputation, Rubin 1987): h years after the last observation a
    channel is off by √h times one of its own year-to-year changes, picked at random; between two observations, h₁ and
    h₂ years off, by √(h₁h₂/(h₁+h₂)) times one.

    ``simplex`` raises draws to ``floor`` and makes them sum to one over m; otherwise they are clipped to ``lower`` and
    ``upper``. The same seed gives the same draws. Raises UsageError for fewer than one draw, else as :func:`pool`.

    >>> y = np.full((4, 2, 2), 0.5)
    >>> y[:, 0] += [[0.1, -0.1], [0.0, 0.0], [0.1, -0.1], [0.0, 0.0]]
    >>> y[3, 1] = np.nan
    >>> pool_draws(y, draws=3, seed=1, simplex=True).sum(axis=-1).round(6)
    array([[1., 1., 1., 1.],
           [1., 1., 1., 1.],
           [1., 1., 1., 1.]])
    """
    if draws < 1:
        raise UsageError(f"{draws} draws are none.", hint="Ask for one at least; 200 give a 90 % band.")
    y = _table(values)
    mean = _weights(weights, channels=y.shape[1])
    rng = np.random.default_rng(seed)
    # All channels are drawn for, those of weight 0 too, so that leaving one out leaves the others their random numbers.
    drawn = _random_weights(rng, used=(mean > 0) & ~np.isnan(y).all(axis=(0, 2)), mean=mean, draws=draws)
    pick = rng.random(drawn.shape)
    y, drawn, pick = y[:, mean > 0], drawn[:, mean > 0], pick[:, mean > 0]
    seen = ~np.isnan(y)
    level = _level(_complete(y, seen=seen), seen=seen, weights=drawn)
    level += _wander(y, seen=seen, weights=drawn, pick=pick)
    return to_simplex(level, floor=floor) if simplex else np.clip(level, lower, upper)


def _table(values: ArrayLike) -> Array:
    y = np.asarray(values, dtype=np.float64)
    if y.ndim != 3 or 0 in y.shape[1:] or np.isinf(y).any():
        raise BadMatrix(f"values have the shape {y.shape}, or an infinite entry.",
                        hint="Give (years, channels, values), NaN where not observed.")
    return y


def _weights(weights: ArrayLike | None, *, channels: int) -> Array:
    w = np.ones(channels) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (channels,) or not np.all(np.isfinite(w) & (w >= 0)) or not w.any():
        raise BadShares(f"weights of shape {w.shape} do not weight {channels} channels.",
                        hint="Give one non-negative weight for each channel, one of them positive.")
    share: Array = w / w.sum()
    return share


def _random_weights(rng: np.random.Generator, *, used: NDArray[np.bool_], mean: Array, draws: int) -> Array:
    alpha = np.ones(len(mean))
    # Equal weights need not divide to exactly 1, and the draws must be those of α = 1 all the same.
    if len(np.unique(mean[used])) > 1:
        alpha[used] = used.sum() * mean[used] / mean[used].sum()
    # Gammas over their sum are Dirichlet(α), and one of a small α may round to 0; a channel not used takes none.
    gamma = np.maximum(rng.standard_gamma(alpha, (draws, len(mean))), np.finfo(float).tiny)
    raw = np.where(used, gamma, 0.0)
    total = raw.sum(axis=-1, keepdims=True)
    return raw / np.where(total > 0, total, 1.0)


def _complete(y: Array, *, seen: NDArray[np.bool_]) -> Array:
    """Every channel in every year (T, C, M): linear across gaps, flat at the ends, NaN where never observed."""
    out, t = np.full(y.shape, np.nan), np.arange(len(y))
    for c in range(y.shape[1]):
        for m in range(y.shape[2]):
            on = seen[:, c, m]
            if on.any():
                out[:, c, m] = np.interp(t, t[on], y[on, c, m])
    return out


def _level(completed: Array, *, seen: NDArray[np.bool_], weights: Array) -> Array:
    """Weighted means (D, T, M) over the channels ever observed, for weights (D, C); NaN in years without any."""
    ever = np.isfinite(completed)
    here = np.einsum("dc,tcm->dtm", (weights > 0).astype(np.float64), seen.astype(np.float64)) > 0
    total = np.einsum("dc,tcm->dtm", weights, ever.astype(np.float64))
    level = np.einsum("dc,tcm->dtm", weights, np.where(ever, completed, 0.0)) / np.where(total > 0, total, 1.0)
    return np.where(here & (total > 0), level, np.nan)


def _wander(y: Array, *, seen: NDArray[np.bool_], weights: Array, pick: Array) -> Array:
    """How far levels (D, T, M) may be off for want of channels."""
    changes = [_changes(y[:, c]) for c in range(y.shape[1])]
    every = np.concatenate(changes)
    out = np.zeros((len(weights), y.shape[0], y.shape[2]))
    total = np.einsum("dc,cm->dm", weights, seen.any(axis=0).astype(np.float64))
    for c, own in enumerate(changes):
        # A channel with fewer than two changes of its own borrows those of all.
        steps = own if len(own) > 1 else every
        if len(steps) > 1 and seen[:, c].any():
            step = (steps - steps.mean(axis=0))[(pick[:, c] * len(steps)).astype(int)]
            share = weights[:, c, None] / np.where(total > 0, total, 1.0)
            out += _distance(seen[:, c])[None] * (share * step)[:, None, :]
    return out


def _changes(channel: Array) -> Array:
    """Year-to-year changes (n, M) of a channel (T, M): two years in a row, observed for all m that ever are."""
    ever = ~np.isnan(channel).all(axis=0)
    steps = np.where(ever, np.diff(channel, axis=0), 0.0)
    return np.asarray(steps[np.isfinite(steps).all(axis=1)])


def _distance(on: NDArray[np.bool_]) -> Array:
    """Spread (T, M) of a random walk of unit step that is known where ``on`` (T, M), 0 there and where never known."""
    t = np.arange(len(on))
    out = np.zeros(on.shape)
    for m in np.flatnonzero(on.any(axis=0)):
        known = t[on[:, m]]
        before, after = np.searchsorted(known, t, side="right") - 1, np.searchsorted(known, t)
        back = np.where(before >= 0, t - known[np.maximum(before, 0)], np.inf)
        ahead = np.where(after < len(known), known[np.minimum(after, len(known) - 1)] - t, np.inf)
        # Off a bridge between two known years, or a walk away from the only one: 1/(1/h₁ + 1/h₂) holds both.
        with np.errstate(divide="ignore"):
            out[:, m] = np.where(on[:, m], 0.0, np.sqrt(1 / (1 / back + 1 / ahead)))
    return out
