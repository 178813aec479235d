"""How well a measure ranks one group above another: the probability of superiority, with a bootstrap."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import UsageError

Array = NDArray[np.float64]


def superiority(higher: ArrayLike, *, lower: ArrayLike) -> float:
    """Probability that a value of ``higher`` (n,) exceeds one of ``lower`` (m,), ties half → 0…1, no unit.

    The area under the ROC curve, U / (n m) (Mann and Whitney 1947; Hanley and McNeil 1982): 1 if every value of the
    first group exceeds every one of the second, ½ if the measure tells nothing. Missing values are left out. Raises
    UsageError if nothing is left of a group.

    >>> superiority([3, 2, 1], lower=[0, 1])
    0.9166666666666666
    """
    first, second = _group(higher, name="higher"), _group(lower, name="lower")
    return float(_wins(first, second).mean())


def superiority_draws(higher: ArrayLike, *, lower: ArrayLike, draws: int, seed: int) -> Array:
    """Bootstrap of :func:`superiority` → (draws,): each group is drawn anew from itself, with replacement (Efron 1979).

    The same seed gives the same draws. Raises UsageError as :func:`superiority`, and for fewer than one draw.

    >>> superiority_draws([2, 3], lower=[0, 1], draws=3, seed=1)
    array([1., 1., 1.])
    """
    if draws < 1:
        raise UsageError(f"{draws} draws are none.", hint="Ask for one at least; some thousands give an interval.")
    first, second = _group(higher, name="higher"), _group(lower, name="lower")
    wins, rng = _wins(first, second), np.random.default_rng(seed)
    rows = rng.multinomial(len(first), np.full(len(first), 1 / len(first)), size=draws)
    columns = rng.multinomial(len(second), np.full(len(second), 1 / len(second)), size=draws)
    drawn: Array = np.einsum("dn,nm,dm->d", rows, wins, columns, optimize=True) / wins.size
    return drawn


def _wins(first: Array, second: Array) -> Array:
    gap = first[:, None] - second[None]
    wins: Array = (gap > 0) + 0.5 * (gap == 0)
    return wins


def _group(values: ArrayLike, *, name: str) -> Array:
    array = np.asarray(values, dtype=np.float64).ravel()
    known = array[~np.isnan(array)]
    if not known.size:
        raise UsageError(f"{name} holds no value.", hint="Give each group at least one value that is not missing.")
    return known
