"""A set for a coefficient that is valid however weak the instrument of another one is (Anderson and Rubin 1949)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.model.quick import LEVEL, Codes, absorb

Array = NDArray[np.float64]

REACH = 1e4
"""How far the grid goes, in standard errors of the two-stage estimate's denominator; beyond it the set is unbounded."""


def anderson_rubin(y: Array, *, x: Array, endogenous: Array, instrument: Array, effects: Sequence[Codes],
                   clusters: Sequence[Codes], points: int = 4001) -> tuple[float, float]:
    """Return the hull of the 90 % set for the coefficient of x (n,), with one endogenous regressor and one instrument.

    For each value b of the endogenous coefficient y − b·endogenous is regressed on x and the instrument; the pair
    (coefficient of x, b) is kept where the test that the instrument says nothing, jointly with that coefficient, does
    not reject; the set for x is what is kept of its axis (a projection, so never too narrow). Linear models only.
    Bounds are infinite where every b, however large, is kept; NaN where none is: the model itself is rejected.

    >>> rng = np.random.default_rng(2)
    >>> who, z, x, u = np.repeat(np.arange(100), 20), *rng.normal(size=(3, 2000))
    >>> w = z + u
    >>> low, high = anderson_rubin(x + 2 * w + u, x=x, endogenous=w, instrument=z, effects=[who], clusters=[who])
    >>> bool(low < 1 < high) and high - low < 0.3
    True
    >>> weak = anderson_rubin(x + 2 * u, x=x, endogenous=u, instrument=z, effects=[who], clusters=[who])
    >>> bool(np.isinf(weak).all())
    True
    """
    from scipy import stats

    keep = np.isfinite(np.column_stack([y, x, endogenous, instrument])).all(1)
    left, kept = absorb(np.column_stack([y, endogenous, x, instrument])[keep], effects=[e[keep] for e in effects])
    ways = [c[keep][kept] for c in clusters]
    both, given = left[:, :2], left[:, 2:]
    bread: Array = np.asarray(np.linalg.inv(given.T @ given), float)
    beta = bread @ given.T @ both
    residual = both - given @ beta
    v = _covariances(given, residual, bread, ways)
    count = min(len(np.unique(w)) for w in ways)
    critical = 2 * float(stats.f.ppf(LEVEL, 2, count - 1))
    if beta[1, 1] ** 2 <= critical * v[1, 1, 1, 1]:
        return -np.inf, np.inf
    centre, unit = beta[1, 0] / beta[1, 1], np.sqrt(v[0, 0, 1, 1]) / abs(beta[1, 1])
    grid = centre + unit * np.concatenate([-np.geomspace(REACH, 1e-3, points // 2), [0.0],
                                           np.geomspace(1e-3, REACH, points // 2)])
    first, second = (beta[k, 0] - grid * beta[k, 1] for k in (0, 1))
    # Each entry of the covariance of (coefficient of x, of the instrument) is a square in b.
    at = v[0, 0] - grid[:, None, None] * (v[0, 1] + v[1, 0]) + grid[:, None, None] ** 2 * v[1, 1]
    spare = critical - second**2 / at[:, 1, 1]
    good = (spare >= 0) & (at[:, 1, 1] > 0)
    if not good.any():
        return np.nan, np.nan
    middle = first - at[:, 0, 1] / at[:, 1, 1] * second
    half = np.sqrt(np.maximum(spare * (at[:, 0, 0] - at[:, 0, 1] ** 2 / at[:, 1, 1]), 0.0))
    return float((middle - half)[good].min()), float((middle + half)[good].max())


def _covariances(given: Array, residual: Array, bread: Array, ways: Sequence[Codes]) -> Array:
    """V (2, 2, 2, 2): between the coefficients of the two regressions, clustered one or two ways, as in quick."""
    crossed = list(ways)
    if len(ways) > 1:
        crossed.append(np.unique(np.column_stack(ways), axis=0, return_inverse=True)[1].ravel())
    out = np.zeros((2, 2, 2, 2))
    for way, sign in zip(crossed, (1, 1, -1), strict=False):
        _, back = np.unique(way, return_inverse=True)
        sums = np.stack([[np.bincount(back, given[:, k] * residual[:, j]) for k in (0, 1)] for j in (0, 1)])
        n = sums.shape[-1]
        out += sign * n / (n - 1) * np.einsum("jkg,lmg->jlkm", sums, sums)
    return np.asarray(np.einsum("ak,jlkm,mb->jlab", bread, out, bread), float)
