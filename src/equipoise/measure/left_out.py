"""What a posterior would have been without one case, from the posterior with it: draws weighed by importance.

Arrays have D draws, P powers, K rungs.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadShares

Array = NDArray[np.float64]

CASE_NODES, ROW_NODES = 31, 7


def case_log_density(
    place: ArrayLike, *, cuts: ArrayLike, rungs: ArrayLike, case_spread: ArrayLike, row_spread: ArrayLike
) -> Array:
    """Log probability (D,) of the rungs of one case, what is not observed of the case and of each in it summed over.

    Args:
        place: (D, P), logits.
        cuts: (D, outcomes, K − 1), ascending.
        rungs: (P, outcomes), from 0.
        case_spread, row_spread: (D,), standard deviations of what all in the case share and of each one's own.

    Examples:
        >>> one = dict(cuts=[[[0.0]]], rungs=[[1]], case_spread=[1.0], row_spread=[1.0])
        >>> np.exp(case_log_density([[0.0]], **one)).round(3)
        array([0.5])
    """
    at, edges, rung = np.asarray(place), np.asarray(cuts), np.asarray(rungs)
    (u, on_u), (e, on_e) = (np.polynomial.hermite_e.hermegauss(n) for n in (CASE_NODES, ROW_NODES))
    shared = np.asarray(case_spread)[:, None] * u
    own = np.asarray(row_spread)[:, None] * e
    many, powers = at.shape
    bounds = np.concatenate(
        [np.full((many, edges.shape[1], 1), -700.0), edges, np.full((many, edges.shape[1], 1), 700.0)], axis=2
    )
    total = np.zeros((many, CASE_NODES))
    for p in range(powers):
        where = at[:, p, None, None] + shared[:, :, None] + own[:, None, :]
        seen = np.ones_like(where)
        for o in range(edges.shape[1]):
            high, low = (bounds[:, o, rung[p, o] + step, None, None] - where for step in (1, 0))
            seen *= np.maximum(_logistic(high) - _logistic(low), 1e-12)
        total += np.log((seen * (on_e / on_e.sum())).sum(axis=2))
    top = total.max(axis=1)
    return np.asarray(top + np.log((np.exp(total - top[:, None]) * (on_u / on_u.sum())).sum(axis=1)))


def without(log_density: ArrayLike) -> tuple[Array, float]:
    """Return the weights (D,) that draws have without a case, and the effective number of draws that are left.

    A draw weighs as the inverse of the case's density, truncated at the square root of D times the mean (Gelfand, Dey
    and Chang 1992; Ionides 2008).

    Raises:
        BadShares: a density that is not a number.

    Examples:
        >>> weights, effective = without(np.log([0.2, 0.2, 0.1, 0.1]))
        >>> weights.round(3), round(effective, 2)
        (array([0.167, 0.167, 0.333, 0.333]), 3.6)
    """
    told = np.asarray(log_density, dtype=np.float64)
    if not np.isfinite(told).all():
        raise BadShares("a case has a density that is not a number.", hint="Look at its rungs and reasons.")
    raw = np.exp(-told - (-told).max())
    weights = np.minimum(raw, raw.mean() * np.sqrt(len(raw)))
    weights = weights / weights.sum()
    return weights, float(1 / (weights**2).sum())


def tail_index(log_density: ArrayLike) -> float:
    """Return the index of the tail of the weights (D,) that draws have without a case: Pareto's k.

    Up to 0.7 the weighed draws can be relied on; above, the case should be left out by a fit without it (Vehtari,
    Simpson, Gelman, Yao and Gabry 2024).

    Examples:
        >>> even = (np.arange(4000) + 0.5) / 4000
        >>> round(tail_index(np.log(even)), 1), tail_index(-np.log(even)) < 0
        (1.0, True)
    """
    from arviz_stats.base.array import array_stats  # takes a second to import

    return float(cast(Any, array_stats).psislw(np.asarray(log_density, dtype=np.float64))[1])


def _logistic(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -700, 700))))
