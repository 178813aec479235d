"""The quick look: fixed-effects estimators with clustered errors, beside which the hierarchical model stands.

Inversion makes log share ratios linear in φ and ρ, so they can be estimated by least squares with effects of state ×
power and power × year (:func:`linear`; with instruments, two-stage). Where many shares are at the floor a fractional
multinomial quasi-likelihood takes its place (:func:`fractional`). Effects are projected out (pyhdfe; by alternating
projections where there are weights), and what is left goes to linearmodels. A design that cannot be estimated has a
status and an explanation, and NaN for numbers.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

ABSORBED = 1e-7
"""A regressor of which the effects leave a smaller share than this, as a standard deviation, is absorbed by them."""

SINGULAR = 1e-8
"""Regressors whose smallest singular value is under this share of the largest, all scaled to one, are collinear."""

LEVEL = 0.9

LOWEST = -40.0
"""A share's logarithm at which it counts as predicted to be 0 without error."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit with M coefficients.

    estimate, se, low, high: (M,), the bounds of 90 % confidence intervals (t with the fewest clusters less one degrees
    of freedom); covariance (M, M); rows used, after rows that the effects fit alone are left out; clusters, one number
    a way of clustering; first_stage: the effective F of Montiel Olea and Pflueger (2013) for one endogenous regressor
    with one instrument, NaN without any; status: "done", or why there are no numbers ("absorbed", "singular",
    "few_clusters", "separated", "not_converged", "indefinite", "empty"), and reason in words.
    """

    names: tuple[str, ...]
    estimate: Array
    se: Array
    low: Array
    high: Array
    covariance: Array
    rows: int
    clusters: tuple[int, ...]
    first_stage: float = np.nan
    status: str = "done"
    reason: str = ""

    def of(self, name: str) -> tuple[float, float, float]:
        """Estimate, lower and upper bound of one coefficient."""
        i = self.names.index(name)
        return float(self.estimate[i]), float(self.low[i]), float(self.high[i])


def linear(y: Array, *, x: Array, names: Sequence[str], effects: Sequence[Codes], clusters: Sequence[Codes],
           endogenous: str | None = None, instrument: Array | None = None) -> Fit:
    """Least squares of y (n,) on x (n, M) with effects, each given by codes (n,), and one or two ways of clustering.

    ``endogenous`` names the column of x in whose place ``instrument`` (n,) stands in the first stage (two-stage least
    squares). Rows with NaN are left out. The covariance has the small-sample factors G/(G − 1) and (n − 1)/(n − p),
    p counting every effect; with two ways it is V₁ + V₂ − V₁₂ (Cameron, Gelbach and Miller 2011).

    >>> rng = np.random.default_rng(1)
    >>> who, when = np.repeat(np.arange(20), 10), np.tile(np.arange(10), 20)
    >>> x = rng.normal(size=(200, 1))
    >>> fit = linear(2 * x[:, 0] + who - when, x=x, names=["x"], effects=[who, when], clusters=[who])
    >>> round(float(fit.estimate[0]), 6), fit.rows, fit.clusters
    (2.0, 200, (20,))
    """
    columns = np.column_stack([y, x] + ([] if instrument is None else [instrument]))
    keep = np.isfinite(columns).all(1)
    left, _, degrees, kept = project_out(columns[keep], [e[keep] for e in effects])
    ways = [c[keep][kept] for c in clusters]
    m = len(names)
    bad = unusable(left[:, 1 : m + 1], before=columns[keep][kept][:, 1 : m + 1], names=names, clusters=ways,
                    degrees=degrees)
    if bad is None and instrument is not None:
        spare = [i for i, n in enumerate(names) if n != endogenous]
        both = np.column_stack([left[:, 1 + np.array(spare, int)], left[:, -1]])
        before = np.column_stack([columns[keep][kept][:, 1 + np.array(spare, int)], columns[keep][kept][:, -1]])
        bad = unusable(both, before=before, names=[*(names[i] for i in spare), "the instrument"], clusters=ways)
    if bad is not None:
        return failed(names, *bad, rows=len(left), clusters=_counts(ways))
    return on_projected(left, names=names, ways=ways, degrees=degrees, endogenous=endogenous)


def on_projected(left: Array, *, names: Sequence[str], ways: Sequence[Codes], degrees: int,
                 endogenous: str | None = None) -> Fit:
    """The fit of the first column of what :func:`project_out` leaves on the next M; the last is the instrument."""
    m = len(names)
    y, x = left[:, 0], left[:, 1 : m + 1]
    z, first = x, np.nan
    if endogenous is not None:
        j = names.index(endogenous)
        z = x.copy()
        z[:, j] = left[:, -1]
        pi = _two_stage(x[:, j], z, z, ways=ways, degrees=degrees)
        first = float(pi[0][j] ** 2 / pi[1][j, j]) if pi[1][j, j] > 0 else np.nan
    beta, v = _two_stage(y, x, z, ways=ways, degrees=degrees)
    return _fit(names, beta, v, rows=len(y), clusters=_counts(ways), first=first)


def _two_stage(y: Array, x: Array, z: Array, *, ways: Sequence[Codes], degrees: int) -> tuple[Array, Array]:
    from linearmodels.iv import IV2SLS  # slow to import

    same = [np.array_equal(a, b) for a, b in zip(x.T, z.T, strict=True)]
    exogenous, changed = np.flatnonzero(same), np.flatnonzero(~np.array(same))
    rest = [x[:, changed], z[:, changed]] if len(changed) else [None, None]
    model = IV2SLS(y, x[:, exogenous] if len(exogenous) else None, *rest)
    done = model.fit(cov_type="clustered", clusters=np.column_stack(ways), debiased=True,
                     extra_df=degrees)  # the effects, projected out before
    order = np.argsort(np.concatenate([exogenous, changed]))
    return np.asarray(done.params, float)[order], np.asarray(done.cov, float)[np.ix_(order, order)]


def _fit(names: Sequence[str], beta: Array, v: Array, *, rows: int, clusters: tuple[int, ...],
         first: float = np.nan) -> Fit:
    from scipy import stats

    spread = np.diag(v)
    if not (spread > 0).all():
        return failed(names, "indefinite", "The covariance over two ways of clustering is not positive: there are too "
                      "few clusters in one of them.", rows=rows, clusters=clusters)
    se = np.sqrt(spread)
    half = float(stats.t.ppf((1 + LEVEL) / 2, min(clusters) - 1)) * se
    return Fit(tuple(names), beta, se, beta - half, beta + half, v, rows, clusters, first)


def one_way(left: Array, *, names: Sequence[str], way: Codes, degrees: int) -> Fit:
    """What :func:`on_projected` returns for one way of clustering and no instrument, without its overhead."""
    y, x = left[:, 0], left[:, 1:]
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ (x.T @ y)
    groups, back = np.unique(way, return_inverse=True)
    score = x * (y - x @ beta)[:, None]
    sums = np.stack([np.bincount(back, c) for c in score.T], 1)
    g, (n, m) = len(groups), x.shape
    v = g / (g - 1) * (n - 1) / (n - m - degrees) * inverse @ (sums.T @ sums) @ inverse
    return _fit(names, beta, v, rows=n, clusters=(g,))


def failed(names: Sequence[str], status: str, reason: str, *, rows: int = 0, clusters: tuple[int, ...] = ()) -> Fit:
    """A fit without numbers, and why."""
    none = np.full(len(names), np.nan)
    return Fit(tuple(names), none, none, none, none, np.full((len(names),) * 2, np.nan), rows, clusters,
               status=status, reason=reason)


def absorb(columns: Array, *, effects: Sequence[Codes]) -> tuple[Array, NDArray[np.intp]]:
    """Return what effects leave of columns (n, M) without NaN, and the rows that are left when singletons are gone."""
    left, _, _, kept = project_out(columns, list(effects))
    return left, kept


def project_out(columns: Array, effects: list[Codes]) -> tuple[Array, list[Codes], int, NDArray[np.intp]]:
    """As :func:`absorb`, with the codes of the effects in these rows, and how many degrees of freedom they take."""
    kept = _not_alone(effects)
    groups = [np.unique(e[kept], return_inverse=True)[1] for e in effects]
    if not len(kept):
        return columns[kept], groups, 0, kept
    import pyhdfe

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        algorithm = pyhdfe.create(np.column_stack(groups), drop_singletons=False, compute_degrees=True)
        left = algorithm.residualize(columns[kept])
    return np.asarray(left, float), groups, int(algorithm.degrees or 0), kept


def _not_alone(effects: Sequence[Codes]) -> NDArray[np.intp]:
    """Rows that no effect has to itself, again and again until there is none."""
    rows = np.arange(len(effects[0]))
    while True:
        alone = np.zeros(len(rows), bool)
        for e in effects:
            _, back, count = np.unique(e[rows], return_inverse=True, return_counts=True)
            alone |= count[back] == 1
        if not alone.any():
            return rows
        rows = rows[~alone]


def unusable(left: Array, *, before: Array, names: Sequence[str], clusters: Sequence[Codes],
              degrees: int = 0) -> tuple[str, str] | None:
    """Why there can be no estimate, if there cannot."""
    if len(left) <= len(names) + degrees:
        return "empty", f"There are {len(left)} rows for {len(names)} coefficients and the effects."
    if min(_counts(clusters)) < 2:
        return "few_clusters", "There are fewer than two clusters, so there is no standard error."
    size, was = left.std(0), np.maximum(before.std(0), np.abs(before).max(0))
    gone = [n for n, s, w in zip(names, size, was, strict=True) if s <= ABSORBED * max(w, 1e-300)]
    if gone:
        return "absorbed", f"The effects take up all of {', '.join(gone)}: it does not vary apart from them."
    values = np.linalg.svd(left / size, compute_uv=False)
    if values[-1] < SINGULAR * values[0]:
        return "singular", f"Of {', '.join(names)} one is a combination of the others, so they cannot be told apart."
    return None


def _counts(clusters: Sequence[Codes]) -> tuple[int, ...]:
    return tuple(len(np.unique(c)) for c in clusters)


def fractional(share: Array, *, x: Array, names: Sequence[str], effects: Sequence[Codes], clusters: Sequence[Codes],
               steps: int = 60) -> Fit:
    """Fractional multinomial quasi-likelihood: shares (n,) in long form, one row an option, on x (n, M).

    The first of ``effects`` has to number the choices (rows of one choice share a code): with it the Poisson
    quasi-likelihood has the same maximum as the multinomial one (Baker 1994; Papke and Wooldridge 1996 for fractions).
    Iterated weighted least squares, effects projected out in each step (as Correia, Guimarães and Zylkin 2020). Options
    that an effect never sees above zero are left out; data that are separated even so have the status "separated".
    """
    keep = np.isfinite(np.column_stack([share, x])).all(1)
    rows = np.flatnonzero(keep)
    rows = rows[_ever_positive(share[rows], [e[rows] for e in effects])]
    s, regressors = share[rows], x[rows]
    groups = [np.unique(e[rows], return_inverse=True)[1] for e in effects]
    ways = [c[rows] for c in clusters]
    if len(s) <= len(names) or min(_counts(ways)) < 2:
        return failed(names, "few_clusters" if len(s) else "empty", "There are too few rows or clusters.",
                      rows=len(s), clusters=_counts(ways))
    mu, eta, weighted = (s + 0.1) / 1.6, np.log((s + 0.1) / 1.6), regressors
    beta, z, was = np.full(len(names), np.inf), s, s
    for step in range(steps):
        target = eta + (s - mu) / mu
        # Early steps need no precision, and each starts from what the last one left.
        begun = np.column_stack([target if step == 0 else z + target - was, weighted])
        left = _project(begun, groups, mu, tolerance=1e-7 if step > 5 else 1e-4)
        z, weighted, was = left[:, 0], left[:, 1:], target
        if step == 0 and (bad := unusable(weighted, before=regressors, names=names, clusters=ways)):
            return failed(names, *bad, rows=len(s), clusters=_counts(ways))
        bread = weighted.T @ (mu[:, None] * weighted)
        new = np.asarray(np.linalg.lstsq(bread, weighted.T @ (mu * z), rcond=None)[0], float)
        eta = np.clip(target - (z - weighted @ new), LOWEST, 5.0)
        mu = np.exp(eta)
        if eta.min() <= LOWEST:
            break
        if step > 6 and np.abs(new - beta).max() < 1e-6 * (1 + np.abs(new).max()):
            return _sandwich(new, s - mu, weighted, bread, names=names, ways=ways)
        beta = new
    return _unsettled(beta, eta, names=names, steps=steps, rows=len(s), clusters=_counts(ways))


def _unsettled(beta: Array, eta: Array, *, names: Sequence[str], steps: int, rows: int,
               clusters: tuple[int, ...]) -> Fit:
    if eta.min() <= LOWEST:
        reason = "Some shares of 0 are predicted without error, so the quasi-likelihood has no maximum."
        return failed(names, "separated", reason, rows=rows, clusters=clusters)
    reason = (f"The quasi-likelihood has not settled after {steps} steps; the largest coefficient is "
              f"{np.abs(beta).max():.3g}.")
    return failed(names, "not_converged", reason, rows=rows, clusters=clusters)


def _ever_positive(share: Array, effects: Sequence[Codes]) -> NDArray[np.intp]:
    rows = np.arange(len(share))
    while True:
        never = np.zeros(len(rows), bool)
        for e in effects:
            _, back, count = np.unique(e[rows], return_inverse=True, return_counts=True)
            # An option alone in its choice says nothing of how it was chosen.
            never |= (np.bincount(back, share[rows])[back] <= 0) | (count[back] == 1)
        if not never.any():
            return rows
        rows = rows[~never]


def _project(columns: Array, groups: Sequence[Codes], weight: Array, *, tolerance: float, sweeps: int = 2000) -> Array:
    """What effects leave of columns (n, M), weighted, by alternating projections."""
    out = columns.copy()
    totals = [np.bincount(g, weight) for g in groups]
    scale = np.maximum(columns.std(0), 1e-9)
    for _ in range(sweeps):
        moved = np.zeros(out.shape[1])
        for g, total in zip(groups, totals, strict=True):
            for j in range(out.shape[1]):
                mean = np.bincount(g, weight * out[:, j]) / total
                moved[j] = max(moved[j], np.abs(mean).max())
                out[:, j] -= mean[g]
        if (moved < tolerance * scale).all():
            break
    return out


def _sandwich(beta: Array, residual: Array, x: Array, bread: Array, *, names: Sequence[str],
              ways: Sequence[Codes]) -> Fit:
    inverse, score = np.linalg.inv(bread), x * residual[:, None]
    crossed = list(ways)
    if len(ways) > 1:
        crossed.append(np.unique(np.column_stack(ways), axis=0, return_inverse=True)[1].ravel())
    v = np.zeros_like(bread)
    for way, sign in zip(crossed, (1, 1, -1), strict=False):
        _, back = np.unique(way, return_inverse=True)
        sums = np.stack([np.bincount(back, c) for c in score.T], 1)
        v += sign * len(sums) / (len(sums) - 1) * sums.T @ sums
    return _fit(names, beta, inverse @ v @ inverse, rows=len(x), clusters=_counts(ways))
