"""Shares: checked, normalised, clipped; their entropy and the Hellinger distance between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadShares

SUM_TOLERANCE = 1e-6
"""How far shares may sum from one before they are refused."""


def non_negative(values: ArrayLike, *, name: str = "shares") -> NDArray[np.float64]:
    """The values as floats; BadShares if one is negative or infinite, or if there is no axis. NaN means missing.

    >>> non_negative([2, 0, 1])
    array([2., 0., 1.])
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise BadShares(f"{name} has the shape {array.shape}.", hint="Give at least one value on the last axis.")
    bad = (array < 0) | np.isinf(array)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise BadShares(f"{name} holds {array[where]:g} at position {where}.",
                        hint="Shares are finite and not negative; use NaN for missing.")
    return array


def proper(shares: ArrayLike, *, name: str = "shares") -> NDArray[np.float64]:
    """Shares (…, m) that sum to one; a row that holds a NaN is NaN throughout.

    Raises BadShares where a complete row does not sum to one within ``SUM_TOLERANCE``.

    >>> proper([[0.5, 0.5], [0.2, np.nan]])
    array([[0.5, 0.5],
           [nan, nan]])
    """
    array = non_negative(shares, name=name)
    total = array.sum(axis=-1, keepdims=True)
    off = np.abs(total - 1) > SUM_TOLERANCE
    if off.any():
        where = tuple(int(i) for i in np.argwhere(off[..., 0])[0])
        raise BadShares(f"{name} sums to {total[(*where, 0)]:g}, not to 1, at row {where}.",
                        hint="Divide by the sum first, outside option included.")
    return np.where(np.isnan(total), np.nan, array)


def normalised(values: ArrayLike, *, name: str = "shares") -> NDArray[np.float64]:
    """Non-negative values (…, m) over the sum of the present ones: shares within the set.

    NaN stays NaN (not a member); a row with nothing positive is NaN throughout.

    >>> normalised([3.0, 1.0, np.nan])
    array([0.75, 0.25,  nan])
    """
    array = non_negative(values, name=name)
    total = np.nansum(array, axis=-1, keepdims=True)
    return array / np.where(total > 0, total, np.nan)


def entropy(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shannon entropy H = −Σ s log s in nats over the last axis, 0 log 0 = 0; NaN with a missing share.

    >>> round(float(entropy(np.array([0.5, 0.5]))), 6)
    0.693147
    """
    safe = np.where(shares == 0, 1.0, shares)
    total: NDArray[np.float64] = np.sum(safe * np.log(safe), axis=-1)
    return 0.0 - total


def hellinger(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hellinger distances between all rows of shares (…, C, m) → (…, C, C), 0…1; NaN where a row holds a NaN.

    h(p, q)² = 1 − Σ √(p q) (Hellinger 1909; the factor makes 1 the distance of shares with nothing in common).

    >>> hellinger(np.array([[1.0, 0.0], [0.0, 1.0]]))
    array([[0., 1.],
           [1., 0.]])
    """
    # The difference of the roots keeps near-equal rows at distance 0, which 1 − Σ√(pq) loses to rounding.
    root = np.sqrt(shares)
    gap = root[..., :, None, :] - root[..., None, :, :]
    distance: NDArray[np.float64] = np.sqrt(0.5 * np.sum(gap**2, axis=-1))
    return distance


def to_simplex(values: ArrayLike, *, floor: float = 1e-3) -> NDArray[np.float64]:
    """Values (…, m) raised to at least ``floor`` and divided by their sum; a row with a NaN is NaN.

    >>> to_simplex([1.2, -0.2], floor=0.01).round(4)
    array([0.9917, 0.0083])
    """
    array = np.maximum(np.asarray(values, dtype=np.float64), floor)
    raised: NDArray[np.float64] = array / array.sum(axis=-1, keepdims=True)
    return raised
