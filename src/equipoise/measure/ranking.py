"""How well a measure ranks: one group above another, with a bootstrap; and how alike two orders are."""

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


def rank_agreement(first: ArrayLike, *, other: ArrayLike) -> float:
    """Agreement of two orders (n,) and (n,) of the same things, Kendall's τ-b (1945) → −1…1; NaN where one is all ties.

    1 if both put every pair in the same order, −1 if every pair is reversed; a pair that either has as a tie counts in
    neither direction. Things that either does not know (NaN) are left out. Raises UsageError for unequal lengths, or
    with fewer than two things known to both.

    >>> rank_agreement([1, 2, 3], other=[1, 3, 2]), rank_agreement([1, 2], other=[5, 4])
    (0.3333333333333333, -1.0)
    """
    a, b = np.asarray(first, dtype=np.float64).ravel(), np.asarray(other, dtype=np.float64).ravel()
    if a.size != b.size:
        raise UsageError(f"the orders have {a.size} and {b.size} places.", hint="Order the same things in both.")
    known = ~(np.isnan(a) | np.isnan(b))
    if known.sum() < 2:
        raise UsageError("fewer than two things are known to both orders.", hint="Two at least can be in an order.")
    i, j = np.triu_indices(int(known.sum()), 1)
    x, y = np.sign(a[known][i] - a[known][j]), np.sign(b[known][i] - b[known][j])
    pairs = np.sqrt(float((x != 0).sum()) * float((y != 0).sum()))
    return float((x * y).sum() / pairs) if pairs else float("nan")


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
