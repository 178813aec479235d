"""Pooling channels of unequal coverage: each channel's deviation from the level is carried where it is not observed.

A plain mean over the channels that happen to be observed jumps when one of them ends, by as much as that channel is
off at the time. Here the level is the weighted mean of all channels once each has been completed by its own deviation:
interpolated across a gap, carried flat before its first and after its last year. Nothing else is filled in, and the
draws widen with the distance from what was observed.
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

    ``value`` (T, M): level, NaN in a year without a channel. ``deviation`` (T, C, M): of each channel from the level,
    carried where it is not observed, NaN where the level is or the channel was never observed. ``count`` (T,): channels
    observed. ``connected``: whether years in common tie all channels together; if not, levels of years that rest on
    channels without a link also differ by deviations that cannot be known, and are left at what was observed.
    """

    value: Array
    deviation: Array
    count: NDArray[np.int64]
    connected: bool


def pool(values: ArrayLike, *, weights: ArrayLike | None = None) -> Pooled:
    """Level of several channels by year, values (T, C, M) with NaN where not observed, weights (C,), default equal.

    The level a solves Σ_c w_c W_c (y_c − a) = 0, where W_c (T, T) carries a channel's deviations from its observed
    years to all: one at an observed year, linear between two, flat outside (own measure; where all channels are
    observed it is their weighted mean, and where one ends it is chained to the others' changes, as in a chain-linked
    index). If observed rows sum to one over m, levels do too. A level may leave the range of y by a little;
    :func:`pool_draws` and ``to_simplex`` put it back. A channel of weight 0 is left out.
    Raises BadMatrix when values are not (T, C, M), BadShares for negative weights or a wrong number.

    Two channels, the second 0.2 above the first; it ends, and the level stays:

    >>> y = np.array([[0.1, 0.3], [0.2, 0.4], [0.2, np.nan]])[:, :, None]
    >>> pool(y).value[:, 0].round(6), pool(y).deviation[:, 1, 0].round(6)
    (array([0.2, 0.3, 0.3]), array([0.1, 0.1, 0.1]))
    """
    y, w = _table(values), _weights(weights, channels=np.shape(values)[1] if np.ndim(values) == 3 else 0)
    seen = ~np.isnan(y) & (w > 0)[:, None]
    level = np.full((1, y.shape[0], y.shape[2]), np.nan)
    carried = np.full((1, *y.shape), np.nan)
    for columns in _patterns(seen):
        level[..., columns], carried[..., columns] = _solve(
            y[..., columns], seen=seen[..., columns[0]], weights=w[None]
        )
    return Pooled(level[0], carried[0], seen.any(axis=-1).sum(axis=-1), _connected(seen))


def pool_draws(
    values: ArrayLike,
    *,
    draws: int,
    seed: int,
    lower: float | None = 0.0,
    upper: float | None = None,
    simplex: bool = False,
    floor: float = 1e-3,
) -> Array:
    """Draws of the level of :func:`pool`, values (T, C, M) → (draws, T, M); years that rest on less vary more.

    Each draw weights the channels anew, w ~ Dirichlet(1, …, 1) (which channels to trust: the Bayesian bootstrap of
    Rubin 1981 over channels), and lets what is not observed wander: h years from the nearest observed one, a missing
    channel's deviation is off by √h times a year-to-year step of that channel, picked at random from its own (multiple
    imputation, Rubin 1987, of a random walk), and those it is carried relative to by one of theirs.

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
    seen = ~np.isnan(y)
    rng = np.random.default_rng(seed)
    weights = _random_weights(rng, seen=seen, draws=draws)
    pick = rng.random((draws, y.shape[1]))
    level = np.full((draws, y.shape[0], y.shape[2]), np.nan)
    for columns in _patterns(seen):
        on = seen[..., columns[0]]
        found, carried = _solve(y[..., columns], seen=on, weights=weights)
        level[..., columns] = found + _wander(carried, seen=on, weights=weights, pick=pick)
    return to_simplex(level, floor=floor) if simplex else np.clip(level, lower, upper)


def _table(values: ArrayLike) -> Array:
    y = np.asarray(values, dtype=np.float64)
    if y.ndim != 3 or 0 in y.shape[1:] or np.isinf(y).any():
        raise BadMatrix(
            f"values have the shape {y.shape}, or an infinite entry.",
            hint="Give (years, channels, values), NaN where not observed.",
        )
    return y


def _weights(weights: ArrayLike | None, *, channels: int) -> Array:
    w = np.ones(channels) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (channels,) or not np.all(np.isfinite(w) & (w >= 0)) or not w.any():
        raise BadShares(
            f"weights of shape {w.shape} do not weight {channels} channels.",
            hint="Give one non-negative weight for each channel, one of them positive.",
        )
    share: Array = w / w.sum()
    return share


def _random_weights(rng: np.random.Generator, *, seen: NDArray[np.bool_], draws: int) -> Array:
    # Exponentials over their sum are Dirichlet(1, …, 1). A channel never observed takes no weight; the tiny floor keeps
    # a year that rests on one channel solvable whatever the draw.
    raw = np.maximum(rng.standard_exponential((draws, seen.shape[1])), 1e-3)
    raw = np.where(seen.any(axis=(0, 2)), raw, 0.0)
    total = raw.sum(axis=-1, keepdims=True)
    return raw / np.where(total > 0, total, 1.0)


def _patterns(seen: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Positions m grouped by which channel-years are observed, since one system of equations serves a group."""
    _, group = np.unique(seen.reshape(-1, seen.shape[-1]), axis=1, return_inverse=True)
    return [np.flatnonzero(group == g) for g in range(group.max() + 1)]


def _solve(y: Array, *, seen: NDArray[np.bool_], weights: Array) -> tuple[Array, Array]:
    """Levels (D, T, M) and carried deviations (D, T, C, M) of y (T, C, M), observed alike for all m, weights (D, C)."""
    d, (t, c, m) = len(weights), y.shape
    years = np.flatnonzero(seen.any(axis=1))
    level, carried = np.full((d, t, m), np.nan), np.full((d, t, c, m), np.nan)
    if not years.size:
        return level, carried
    on, data = seen[years], np.nan_to_num(y[years])
    ever = np.flatnonzero(on.any(axis=0))
    carry = np.stack([_carry(on[:, j]) for j in ever])
    w = weights[:, ever] / np.maximum(weights[:, ever].sum(axis=1, keepdims=True), 1e-300)
    heavy = w[:, :, None, None] * np.where(on[:, ever].T[None, :, :, None], 1.0, 0.0)
    base = (heavy * data[:, ever].swapaxes(0, 1)[None]).sum(axis=1) / np.maximum(heavy.sum(axis=1), 1e-300)
    gap = np.where(on[:, ever].T[None, :, :, None], data[:, ever].swapaxes(0, 1)[None] - base[:, None], 0.0)
    system = np.einsum("dc,cts->dts", w, carry)
    right = np.einsum("dc,cts,dcsm->dtm", w, carry, gap, optimize=True)
    linked = _connected(on[:, :, None])
    # Where the channels are not linked the system has many solutions; the one nearest to what was observed is taken.
    found = base + (np.linalg.solve(system, right) if linked else np.linalg.pinv(system, rcond=1e-9) @ right)
    level[:, years] = found
    away = np.where(on[:, ever].T[None, :, :, None], data[:, ever].swapaxes(0, 1)[None] - found[:, None], 0.0)
    full = np.einsum("cts,dcsm->dtcm", carry, away)
    carried[np.ix_(np.arange(d), years, ever)] = full
    return level, carried


def _carry(on: NDArray[np.bool_]) -> Array:
    """The matrix (T, T) that takes observed values to all years: linear between two, flat outside."""
    t = np.arange(len(on))
    return np.stack(
        [np.interp(t, t[on], (t[on] == s).astype(float)) if on[s] else np.zeros(len(on)) for s in t], axis=1
    )


def _wander(carried: Array, *, seen: NDArray[np.bool_], weights: Array, pick: Array) -> Array:
    """How far levels (D, T, M) may be off for want of channels: steps of a random walk since each was last observed."""
    d, t, c, m = carried.shape
    step = np.zeros((d, c, m))
    richness = seen.sum(axis=1)
    pairs = [seen[1:, j] & seen[:-1, j] & (richness[1:] > 1) & (richness[:-1] > 1) for j in range(c)]
    for j in np.flatnonzero(seen.any(axis=0)):
        usable = np.flatnonzero(pairs[j])
        if usable.size > 1:
            moves = np.diff(carried[:, :, j], axis=1)[:, usable]
            moves = moves - moves.mean(axis=1, keepdims=True)
            step[:, j] = moves[np.arange(d), (pick[:, j] * usable.size).astype(int)]
    out = np.zeros((d, t, m))
    share = np.where(seen[None], weights[:, None, :], 0.0)
    theirs = np.einsum("dtc,dcm->dtm", share / np.maximum(share.sum(axis=2, keepdims=True), 1e-300), step)
    for j in np.flatnonzero(seen.any(axis=0) & ~seen.all(axis=0)):
        years = np.flatnonzero(seen[:, j])
        far = np.sqrt(np.abs(np.arange(t)[:, None] - years).min(axis=1))
        out += weights[:, j, None, None] * far[None, :, None] * (step[:, j, None] - theirs)
    return out


def _connected(seen: NDArray[np.bool_]) -> bool:
    """Whether for every m the channels that are ever observed are linked by years in common."""
    for on in np.moveaxis(seen, -1, 0).astype(np.float64):
        linked = (on.T @ on) > 0
        for _ in range(on.shape[1].bit_length()):
            linked = (linked.astype(np.float64) @ linked) > 0
        ever = on.any(axis=0)
        if not linked[np.ix_(ever, ever)].all():
            return False
    return True
