"""Distributions over the rungs of a ladder: from draws of an ordered logit, and how good they were.

Arrays have D draws, n cases, R reasons and K rungs in order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadShares

Array = NDArray[np.float64]

NODES = 15
"""Of the quadrature over what nothing observed tells: with so many the shares are right to four digits."""


def rung_shares(place: ArrayLike, *, cuts: ArrayLike, spread: ArrayLike, weights: ArrayLike | None = None) -> Array:
    """Return the distribution over rungs (n, K) of cases whose place on the scale is known up to a normal error.

    Args:
        place: (D, n), logits.
        cuts: (D, K − 1), ascending.
        spread: (D,), standard deviation of the error, over which the distribution is averaged by Gauss–Hermite nodes.
        weights: (D,) of the draws, which sum to one; equal by default.

    Examples:
        >>> rung_shares([[0.0]], cuts=[[-1.0986, 1.0986]], spread=[0.0]).round(2)
        array([[0.25, 0.5 , 0.25]])
    """
    mean, edges, sd = (np.asarray(a, dtype=np.float64) for a in (place, cuts, spread))
    nodes, on = np.polynomial.hermite_e.hermegauss(NODES)
    share = np.full(len(mean), 1 / len(mean)) if weights is None else np.asarray(weights, dtype=np.float64)
    out = np.zeros((mean.shape[1], edges.shape[1] + 1))
    for node, weight in zip(nodes, on / on.sum(), strict=True):
        at = mean + node * sd[:, None]
        below = 1 / (1 + np.exp(np.clip(at[:, :, None] - edges[:, None, :], -700, 700)))
        full = np.concatenate([np.zeros((*at.shape, 1)), below, np.ones((*at.shape, 1))], axis=2)
        out += weight * np.tensordot(share, np.diff(full, axis=2), axes=1)
    return out


def ranked_score(shares: ArrayLike, *, observed: ArrayLike) -> Array:
    """Ranked probability score (n,) of distributions (n, K) at the rungs that came about, lower is better, 0 to 1.

    The sum of squared differences of the cumulative shares, over K − 1 (Epstein 1969; Murphy 1971): a miss by one rung
    costs less than a miss by five.

    Raises:
        BadShares: shares that do not sum to one, or a rung that is none.

    Examples:
        >>> ranked_score([[0.0, 1.0, 0.0], [0.5, 0.5, 0.0]], observed=[1, 2])
        array([0.   , 0.625])
    """
    given, rung = _checked(shares, observed)
    happened = np.arange(given.shape[1])[None, :] >= rung[:, None]
    score: Array = ((np.cumsum(given, axis=1) - happened)[:, :-1] ** 2).sum(axis=1) / (given.shape[1] - 1)
    return score


def log_of_share(shares: ArrayLike, *, observed: ArrayLike) -> Array:
    """Log score (n,) of distributions (n, K) at the rungs that came about: −∞ where they had none; higher is better.

    >>> log_of_share([[0.5, 0.5]], observed=[0]).round(4)
    array([-0.6931])
    """
    given, rung = _checked(shares, observed)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(given[np.arange(len(given)), rung]))


def _checked(shares: ArrayLike, observed: ArrayLike) -> tuple[Array, NDArray[np.int64]]:
    given, rung = np.asarray(shares, dtype=np.float64), np.asarray(observed, dtype=np.int64)
    if given.ndim != 2 or rung.shape != (len(given),):
        raise BadShares(f"shares have the shape {given.shape}, rungs {rung.shape}.", hint="Give (n, rungs) and (n,).")
    if not np.allclose(given.sum(axis=1), 1, atol=1e-6) or (given < -1e-12).any():
        raise BadShares("shares do not sum to one or are negative.", hint="Divide each row by its sum.")
    if len(rung) and (rung.min() < 0 or rung.max() >= given.shape[1]):
        raise BadShares(f"there is no rung {rung.max()} among {given.shape[1]}.", hint="Rungs count from 0.")
    return given, rung
