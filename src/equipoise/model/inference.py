"""What surrounds a quick estimate: draws of measurement, exposure-robust errors, bootstrap, and the page's verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from equipoise.model.quick import LEVEL, Codes, Fit, absorb, failed, one_way, project_out, unusable

Array = NDArray[np.float64]

VERDICTS = ("supported", "not supported", "contradicted", "undecidable")

QUICK_ONLY = "undecided: quick look only"
"""The verdict as long as the main estimator is not there."""

FRAGILE = 0.25
"""The largest share of variants whose estimate may have the other sign."""


def reading(low: float, high: float, *, smallest: float) -> str:
    """Return what a 90 % interval says of an effect that matters from ``smallest`` on: one of :data:`VERDICTS`.

    A bound may be infinite, as those of a set that a weak instrument leaves open.

    >>> [reading(*i, smallest=0.05) for i in ((0.1, 0.3), (-0.1, 0.01), (-0.3, -0.1), (0.0, 0.1))]
    ['supported', 'not supported', 'contradicted', 'undecidable']
    """
    if np.isnan(low) or np.isnan(high):
        return "undecidable"
    if low > smallest:
        return "supported"
    if high < -smallest:
        return "contradicted"
    return "not supported" if high <= smallest else "undecidable"


def other_sign(estimate: float, *, variants: Sequence[float]) -> float:
    """Share of variants, of those that have an estimate, whose sign is another; NaN without any.

    >>> other_sign(0.2, variants=[0.1, -0.1, 0.3, float("nan")])
    0.3333333333333333
    """
    v = np.array([x for x in variants if np.isfinite(x)])
    return float((np.sign(v) != np.sign(estimate)).mean()) if v.size and np.isfinite(estimate) else np.nan


def inside(estimate: float, *, placebo: Sequence[float] | Array) -> bool | None:
    """Whether an estimate lies inside the central 90 % of placebo estimates; None without any."""
    p = np.asarray(placebo, float)
    p = p[np.isfinite(p)]
    if not p.size or not np.isfinite(estimate):
        return None
    low, high = np.quantile(p, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return bool(low <= estimate <= high)


def combine(fits: Sequence[Fit]) -> Fit:
    """One fit from those of several draws of the data: variance within plus (1 + 1/D) that between (Rubin 1987).

    The bounds keep the degrees of freedom of the clusters, the smaller number of the two. A draw that failed makes the
    whole fail.
    """
    failures = [f for f in fits if f.status != "done"]
    if failures:
        return failures[0]
    from scipy import stats

    q = np.stack([f.estimate for f in fits])
    within = np.mean([f.covariance for f in fits], 0)
    between = np.atleast_2d(np.cov(q.T)) if len(fits) > 1 else np.zeros_like(within)
    total = within + (1 + 1 / len(fits)) * between
    se, mean = np.sqrt(np.diag(total)), q.mean(0)
    half = float(stats.t.ppf((1 + LEVEL) / 2, min(fits[0].clusters) - 1)) * se
    first = float(np.median([f.first_stage for f in fits]))
    return replace(fits[0], estimate=mean, se=se, low=mean - half, high=mean + half, covariance=total,
                   first_stage=first)


def over_draws(y: Array, *, x: Array, drawn: Array, names: Sequence[str], effects: Sequence[Codes],
               cluster: Codes) -> Fit:
    """Least squares as :func:`equipoise.model.quick.linear`, once a draw, combined by :func:`combine`.

    ``drawn`` (n, D) are draws of the regressor that is named first, before those in x (n, M − 1); y is (n,), or (n, D)
    if the outcome is drawn and ``drawn`` is (n, 1).
    """
    ys = y[:, None] if y.ndim == 1 else y
    keep = np.isfinite(np.column_stack([ys, drawn, x])).all(1)
    d, n = max(ys.shape[1], drawn.shape[1]), ys.shape[1]
    left, _, degrees, kept = project_out(np.column_stack([ys, drawn, x])[keep], [e[keep] for e in effects])
    ways = [cluster[keep][kept]]
    beside = left[:, n + drawn.shape[1] :]
    fits = []
    for j in range(d):
        columns = np.column_stack([left[:, min(j, n - 1)], left[:, n + min(j, drawn.shape[1] - 1)], beside])
        bad = unusable(columns[:, 1:], before=columns[:, 1:], names=names, clusters=ways, degrees=degrees)
        fits.append(failed(names, *bad, rows=len(left)) if bad else
                    one_way(columns, names=names, way=ways[0], degrees=degrees))
    return combine(fits)


def slopes(y: Array, *, x: Array, tried: Array, effects: Sequence[Codes]) -> Array:
    """Coefficients (D,) of each of D regressors (n, D) put in one at a time, beside x (n, M), without errors."""
    keep = np.isfinite(np.column_stack([y, tried, x])).all(1)
    left, _ = absorb(np.column_stack([y, x, tried])[keep], effects=[e[keep] for e in effects])
    m = x.shape[1]
    beside, rest = left[:, 1 : m + 1], np.column_stack([left[:, 0], left[:, m + 1 :]])
    if m:
        rest = rest - beside @ np.linalg.lstsq(beside, rest, rcond=None)[0]
    size = (rest[:, 1:] ** 2).sum(0)
    return np.where(size > 1e-12, rest[:, 1:].T @ rest[:, 0] / np.where(size > 1e-12, size, 1.0), np.nan)


@dataclass(frozen=True, slots=True)
class Exposure:
    """A shift-share fit: estimate, se robust to states of like exposure, its degrees of freedom, and what is behind.

    shocks: 1 / Σ of squared mean shares of the pairs, the number of pairs that there would be were all equally large;
    left: the standard deviation of the exposure after effects and controls.
    """

    estimate: float
    se: float
    df: int
    shocks: float
    left: float


def exposure_robust(y: Array, *, x: Array, shares: Array, shocks: Array, effects: Sequence[Codes],
                    years: Codes) -> Exposure:
    """Errors of a shift-share regression, clustered by shock (Adão, Kolesár and Morales 2019).

    The exposure is Σ_p shares (n, P) · shocks (n, P), the shares fixed and summing to one. Residuals are summed by
    shock and year with the shares as weights and multiplied with the shocks less their means of pair and of year (as
    Borusyak, Hull and Jaravel 2022); the squares are summed over pairs, all years of one together, with P/(P − 1).
    ``years`` (n,) number the years within which shocks are the same.
    """
    z = (shares * shocks).sum(1)
    keep = np.isfinite(np.column_stack([y, z, x])).all(1)
    left, kept = absorb(np.column_stack([y, z, x])[keep], effects=[e[keep] for e in effects])
    a, g, when = (v[keep][kept] for v in (shares, shocks, years))
    both, beside = left[:, :2], left[:, 2:]
    if beside.shape[1]:
        both = both - beside @ np.linalg.lstsq(beside, both, rcond=None)[0]
    size = float((both[:, 1] ** 2).sum())
    beta = float(both[:, 1] @ both[:, 0]) / size
    residual = both[:, 0] - beta * both[:, 1]
    _, first, back = np.unique(when, return_index=True, return_inverse=True)
    level = g[first]
    level = level - level.mean(0) - level.mean(1, keepdims=True) + level.mean()
    sums = np.stack([np.bincount(back, residual * c) for c in a.T], 1)
    p = a.shape[1]
    se = float(np.sqrt(p / (p - 1) * ((sums * level).sum(0) ** 2).sum()) / size)
    mean = a.mean(0) / a.mean(0).sum()
    return Exposure(beta, se, p - 1, float(1 / (mean**2).sum()), float(both[:, 1].std()))


def wild_bootstrap(y: Array, *, x: Array, effects: Sequence[Codes], cluster: Codes, draws: int = 999,
                   seed: int = 0) -> tuple[float, float]:
    """Bounds of the 90 % interval of the first coefficient of x (n, M), from signs drawn a cluster (wild bootstrap).

    The t-ratios of the draws are those of the unrestricted wild cluster bootstrap (Cameron, Gelbach and Miller 2008),
    with Rademacher signs; made for few clusters that matter much.
    """
    keep = np.isfinite(np.column_stack([y, x])).all(1)
    left, kept = absorb(np.column_stack([y, x])[keep], effects=[e[keep] for e in effects])
    group = np.unique(cluster[keep][kept], return_inverse=True)[1]
    target, beside = left[:, :2], left[:, 2:]
    if beside.shape[1]:
        target = target - beside @ np.linalg.lstsq(beside, target, rcond=None)[0]
    d, size = target[:, 1], float((target[:, 1] ** 2).sum())
    if size <= 1e-12 or group.max() < 1:
        return np.nan, np.nan
    beta = float(d @ target[:, 0]) / size
    score = np.bincount(group, d * (target[:, 0] - beta * d))
    weight = np.bincount(group, d**2)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], (draws, len(score)))
    shift = signs @ score / size
    # What each draw's own residuals leave by cluster: signed scores less what the shifted slope takes up.
    spread = np.sqrt(((signs * score - shift[:, None] * weight) ** 2).sum(1)) / size
    t = shift / spread
    se = float(np.sqrt((score**2).sum()) / size)
    low, high = np.quantile(t, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return beta - float(high) * se, beta - float(low) * se

