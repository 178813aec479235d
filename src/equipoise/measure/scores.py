"""Scores of forecasts that are distributions: log score, CRPS, and what one model gains over another.

Both scores are proper (Gneiting and Raftery 2007): whoever believes in a distribution does best, on average, by naming
it. Arrays have D draws and n outcomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gain:
    """Mean difference of two models' scores, its standard error, and the number of clusters in each way of clustering.

    ``se`` is the widest of those by each way; NaN where no way has two clusters.
    """

    mean: float
    se: float
    clusters: tuple[int, ...]


def log_score(log_density: ArrayLike) -> Array:
    """Log score (n,) of a forecast, higher is better: the log of its density at what happened (Good 1952).

    ``log_density`` (n,), or (D, n) by draw of the parameters: the forecast is then the mixture of the draws, and its
    density the mean of theirs. A draw with density 0 (−∞) counts as 0; NaN stays NaN. Raises BadMatrix for another
    shape or no draw.

    >>> log_score(np.log([[0.1, 0.3], [0.3, 0.3]])).round(4)
    array([-1.6094, -1.204 ])
    """
    given = np.asarray(log_density, dtype=np.float64)
    if given.ndim not in (1, 2) or given.shape[0] == 0:
        raise BadMatrix(f"log densities have the shape {given.shape}.", hint="Give (outcomes,) or (draws, outcomes).")
    if given.ndim == 1:
        return given.copy()
    top = given.max(axis=0)
    # Densities of 0 in every draw have −∞ as their largest logarithm, which cannot be subtracted.
    level = np.where(np.isneginf(top), 0.0, top)
    with np.errstate(divide="ignore"):
        mean: Array = level + np.log(np.exp(given - level).mean(axis=0))
    return mean


def crps(draws: ArrayLike, *, observed: ArrayLike) -> Array:
    """Continuous ranked probability score (…) of draws (D, …), lower is better, in the unit of the outcome.

    E|X − y| − E|X − X'|/2 (Matheson and Winkler 1976; Gneiting and Raftery 2007), the second mean over the D(D − 1)
    ordered pairs of different draws: *fair*, so that its expectation does not depend on D (Ferro 2014). With few draws
    it may be negative. NaN in an outcome's draws, or in it, gives NaN. Raises BadMatrix for fewer than two draws, or
    where shapes differ.

    >>> round(float(crps([0.0, 1.0, 2.0], observed=1.0)), 4)
    0.0
    >>> round(float(crps([0.0, 1.0, 2.0], observed=4.0)), 4)
    2.3333
    """
    x, y = np.asarray(draws, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if x.ndim != y.ndim + 1 or x.shape[1:] != y.shape or x.shape[0] < 2:
        raise BadMatrix(f"draws have the shape {x.shape}, outcomes {y.shape}.",
                        hint="Give (draws, …) and (…), with two draws at least.")
    count = len(x)
    # Sorted, Σ over pairs of |X − X'| is a weighted sum of the draws: D log D steps in the place of D².
    weight = 2.0 * np.arange(1, count + 1) - count - 1
    apart = np.tensordot(weight, np.sort(x, axis=0), axes=1) / (count * (count - 1))
    score: Array = np.abs(x - y).mean(axis=0) - apart
    return score


def crps_of_shares(draws: ArrayLike, *, observed: ArrayLike, options: ArrayLike | None = None) -> Array:
    """CRPS (n,) of shares, the mean over options: draws (D, n, m), observed (n, m), 0…1.

    ``options`` (n, m) says which options are in a row's set, by default all; a row without any is NaN. Raises BadMatrix
    as :func:`crps`, and where ``options`` has another shape.

    >>> w = np.array([[0.2, 0.8]])
    >>> crps_of_shares(np.stack([w, w + [[0.1, -0.1]], w - [[0.1, -0.1]]]), observed=w).round(4)
    array([0.])
    """
    score = crps(draws, observed=observed)
    kept = np.ones(score.shape, dtype=bool) if options is None else np.asarray(options, dtype=bool)
    if score.ndim != 2 or kept.shape != score.shape:
        raise BadMatrix(f"scores have the shape {score.shape}, options {kept.shape}.", hint="Both are (rows, options).")
    size = kept.sum(axis=1)
    return np.where(size > 0, np.where(kept, score, 0.0).sum(axis=1) / np.maximum(size, 1), np.nan)


def mean_gain(model: ArrayLike, *, rival: ArrayLike, ways: Sequence[ArrayLike]) -> Gain:
    """Mean of model − rival over outcomes (n,), with the widest of the standard errors clustered in each of ``ways``.

    A way is (n,) codes: of state, because a state's errors last; of year, because a year's errors are shared. The
    variance is that of sums over G clusters, times G/(G − 1) (Liang and Zeger 1986). A way with one cluster has no
    error and is passed over. Raises BadMatrix where lengths differ, or for no outcome.

    >>> mean_gain([1.0, 3.0, 1.0, 3.0], rival=[0.0] * 4, ways=[[0, 0, 1, 1], [0, 1, 0, 1]])
    Gain(mean=2.0, se=1.0, clusters=(2, 2))
    """
    a, b = np.asarray(model, dtype=np.float64), np.asarray(rival, dtype=np.float64)
    codes = [np.asarray(w) for w in ways]
    if a.ndim != 1 or a.size == 0 or any(c.shape != a.shape for c in (b, *codes)):
        raise BadMatrix(f"scores have the shapes {a.shape} and {b.shape}, ways {[c.shape for c in codes]}.",
                        hint="Give one value an outcome in each, and one outcome at least.")
    gap = a - b
    mean = float(gap.mean())
    errors, clusters = [np.nan], []
    for way in codes:
        _, back = np.unique(way, return_inverse=True)
        sums = np.bincount(back, gap - mean)
        clusters.append(len(sums))
        if len(sums) > 1:
            errors.append(float(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / len(gap)))
    return Gain(mean, float(np.fmax.reduce(errors)), tuple(clusters))
