"""Rule 3: how many of many panels simulated with an effect read *supported*, by the estimator of the quick look.

The regressors of the design are projected once; only outcomes differ from panel to panel, and are handled together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.model.quick import LEVEL, Codes, project_out

Array = NDArray[np.float64]

BOOTSTRAP = 399
"""Draws of signs a panel; the quick look itself takes 999."""


@dataclass(frozen=True, slots=True)
class Design:
    """What a panel's estimate is made of: regressor of interest z (n,), controls beside (n, M), effects, cluster (n,).

    drawn (n, D): draws of z that the interval combines (Rubin 1987); shares, shocks (n, P) and the effect that numbers
    years: errors robust to exposure, the wider counts; wild: the interval of the wild cluster bootstrap.
    """

    z: Array
    beside: Array
    effects: Sequence[Codes]
    cluster: Codes
    drawn: Array | None = None
    shares: Array | None = None
    shocks: Array | None = None
    wild: bool = False


def power(noise: Array, *, design: Design, effect: float, smallest: float, seed: int = 0) -> float:
    """Return the share of panels whose lower bound is above ``smallest``; the outcome is effect · z + noise (n, S).

    >>> rng = np.random.default_rng(1)
    >>> who, when = np.repeat(np.arange(40), 10), np.tile(np.arange(10), 40)
    >>> d = Design(rng.normal(size=400), np.empty((400, 0)), [who, when], who)
    >>> [power(rng.normal(size=(400, 200)), design=d, effect=e, smallest=0.1) for e in (-0.5, 0.5)]
    [0.0, 1.0]
    """
    columns = [design.z[:, None], design.beside, design.z[:, None] if design.drawn is None else design.drawn]
    keep = np.flatnonzero(np.isfinite(np.column_stack([*columns, noise])).all(1))
    left, _, degrees, kept = project_out(np.column_stack([*columns, noise])[keep], [e[keep] for e in design.effects])
    m, d, rows = design.beside.shape[1], columns[2].shape[1], keep[kept]
    beside, rest = left[:, 1 : 1 + m], np.delete(left, np.s_[1 : 1 + m], 1)
    if m:
        rest = rest - beside @ np.linalg.lstsq(beside, rest, rcond=None)[0]
    z, drawn, u = rest[:, 0], rest[:, 1 : 1 + d], rest[:, 1 + d :]
    if (z**2).sum() <= 1e-12:
        return float("nan")
    group = np.unique(design.cluster[rows], return_inverse=True)[1]
    low = (_by_signs(u, z=z, effect=effect, group=group, seed=seed) if design.wild else
           _lower(u, z=z, drawn=drawn, effect=effect, group=group, degrees=degrees + m + 1, design=design, rows=rows))
    return float((low > smallest).mean())


def _lower(u: Array, *, z: Array, drawn: Array, effect: float, group: Codes, degrees: int, design: Design,
           rows: NDArray[np.intp]) -> Array:
    from scipy import stats

    size, n, g = (z**2).sum(), len(z), int(group.max()) + 1
    y = u + effect * z[:, None]
    slope = z @ y / size
    residual = y - z[:, None] * slope
    factor = g / (g - 1) * (n - 1) / (n - degrees)
    within = factor * (_sums(z[:, None] * residual, group) ** 2).sum(0) / size**2
    each = drawn.T @ y / np.maximum((drawn**2).sum(0), 1e-12)[:, None]
    count = len(each)
    between = each.var(0, ddof=1) * (1 + 1 / count) if count > 1 else np.zeros_like(slope)
    centre, variance = each.mean(0), within + between
    half = stats.t.ppf((1 + LEVEL) / 2, g - 1) * np.sqrt(variance)
    if design.shares is not None and design.shocks is not None:
        robust = _exposed(residual, size=size, shares=design.shares[rows], shocks=design.shocks[rows],
                          years=design.effects[1][rows])
        wide = np.sqrt(np.maximum(variance - within + robust, 0.0))
        other = stats.t.ppf((1 + LEVEL) / 2, design.shares.shape[1] - 1) * wide
        half = np.where(robust > within, other, half)
    lower: Array = centre - half
    return lower


def _sums(values: Array, group: Codes) -> Array:
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], np.arange(int(group.max()) + 1))
    sums: Array = np.add.reduceat(values[order], first, axis=0)
    return sums


def _exposed(residual: Array, *, size: float, shares: Array, shocks: Array, years: Codes) -> Array:
    """Variances (S,) as :func:`equipoise.model.inference.exposure_robust` has them."""
    _, first, back = np.unique(years, return_index=True, return_inverse=True)
    level = shocks[first]
    level = level - level.mean(0) - level.mean(1, keepdims=True) + level.mean()
    p = shares.shape[1]
    total = np.zeros(residual.shape[1])
    for j in range(p):
        total += (level[:, j] @ _sums(shares[:, j, None] * residual, back)) ** 2
    variance: Array = p / (p - 1) * total / size**2
    return variance


def _by_signs(u: Array, *, z: Array, effect: float, group: Codes, seed: int) -> Array:
    """Lower bounds as :func:`equipoise.model.inference.wild_bootstrap` has them."""
    size = (z**2).sum()
    weight = np.bincount(group, z**2)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], (BOOTSTRAP, len(weight)))
    slope = effect + z @ u / size
    score = _sums(z[:, None] * (u - z[:, None] * (slope - effect)), group)
    out = np.empty(u.shape[1])
    for s in range(u.shape[1]):
        shift = signs @ score[:, s] / size
        spread = np.sqrt(((signs * score[:, s] - shift[:, None] * weight) ** 2).sum(1)) / size
        high = np.quantile(shift / spread, (1 + LEVEL) / 2)
        out[s] = slope[s] - high * np.sqrt((score[:, s] ** 2).sum()) / size
    return out


def series(state: Codes, year: Codes, *, sd: Array, persistence: float, panels: int, seed: int) -> Array:
    """Return noise (n, S): stationary first-order autoregressions by ``state`` (n,) over ``year``, of sd (n,)."""
    rng = np.random.default_rng(seed)
    _, which = np.unique(state, return_inverse=True)
    t = year - year.min()
    out = np.empty((len(state), panels))
    level = rng.normal(size=(int(which.max()) + 1, panels))
    for now in range(int(t.max()) + 1):
        if now:
            level = persistence * level + np.sqrt(1 - persistence**2) * rng.normal(size=level.shape)
        on = t == now
        out[on] = level[which[on]]
    return out * sd[:, None]
