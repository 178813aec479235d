"""How a state spreads its engagement over powers, and the attraction that observed shares reveal.

A state chooses shares w on the simplex, entry 0 the outside option, to maximise

    U(w) = w·v − φ w·Rℓ − (ρ/2) w·R w + H(w),        H(w) = −Σ w_k log w_k

(v attraction, R rivalry, ℓ leverage, φ coercion, ρ cross-pressure). The first-order condition is the fixed point
w_k ∝ exp(v_k − φ(Rℓ)_k − ρ(Rw)_k); a solution is a stable equilibrium where diag(1/w) + ρR is positive definite on
the tangent space Σ dw = 0. R here includes the outside option: r_0k = r_k0 = ψ·max_l r_kl (ψ intolerance of
neutrality) and ℓ_0 = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix, BadShares, UsageError

Array = NDArray[np.float64]

TOLERANCE = 1e-10
"""Largest gap, in shares, between a solution and what the first-order condition asks for."""

SAME = 1e-6
"""Two solutions nearer than this in every share count as one."""


@dataclass(frozen=True, slots=True)
class Equilibria:
    """Stationary points of U, the highest U first.

    shares: (m, K+1), entry 0 the outside option; stable: (m,); margin: (m,), the smallest eigenvalue of
    diag(1/w) + ρR on the tangent space, in utils per unit of share squared (negative where unstable); branch: the row
    that history selects (reached from ``start``; without one, the row of highest U); status: "converged" or
    "not_converged".
    """

    shares: Array
    stable: NDArray[np.bool_]
    margin: Array
    branch: int
    status: str


def extend(rivalry: ArrayLike, *, intolerance: ArrayLike) -> Array:
    """Return rivalry (…, K, K) extended by the outside option to (…, K+1, K+1): r_0k = ψ max_l r_kl.

    >>> extend([[0.0, 0.8], [0.8, 0.0]], intolerance=0.5)
    array([[0. , 0.4, 0.4],
           [0.4, 0. , 0.8],
           [0.4, 0.8, 0. ]])
    """
    r = np.asarray(rivalry, float)
    psi = np.asarray(intolerance, float)
    out = np.zeros((*np.broadcast_shapes(r.shape[:-2], psi.shape), r.shape[-1] + 1, r.shape[-1] + 1))
    out[..., 1:, 1:] = r
    out[..., 0, 1:] = out[..., 1:, 0] = psi[..., None] * r.max(-1)
    return out


def pressure(rivalry: Array, *, leverage: Array, coercion: ArrayLike) -> Array:
    """Return φ(Rℓ)_k, shape (…, K+1), for extended rivalry (…, K+1, K+1) and leverage (…, K)."""
    return np.asarray(coercion, float)[..., None] * (rivalry[..., 1:] @ leverage[..., None])[..., 0]


def invert_choice(
    shares: ArrayLike,
    *,
    rivalry: ArrayLike,
    leverage: ArrayLike,
    coercion: float,
    cross_pressure: float,
    intolerance: float,
) -> Array:
    """Return the attraction (K+1,), in utils with first entry 0, under which the shares (K+1,) are stationary.

    Exact (Berry 1994's inversion for this choice): v_k − v_0 = log(w_k/w_0) + φ[(Rℓ)_k − (Rℓ)_0] + ρ[(Rw)_k − (Rw)_0].
    Shares must be positive and sum to one (BadShares); rivalry (K, K) symmetric in 0…1 with a zero diagonal
    (BadMatrix); leverage (K,) not negative.

    >>> from equipoise.model import solve_choice
    >>> given = dict(rivalry=[[0, 0.6], [0.6, 0]], leverage=[0.5, 0.2], coercion=2, cross_pressure=2, intolerance=0.5)
    >>> v = invert_choice([0.2, 0.5, 0.3], **given)
    >>> solve_choice(v, **given, start=[0.2, 0.5, 0.3]).shares[0].round(6)
    array([0.2, 0.5, 0.3])
    """
    w = check_shares(shares)
    r, lever = _check(rivalry, leverage=leverage, options=w.shape[-1])
    _check_parameters(coercion=coercion, cross_pressure=cross_pressure, intolerance=intolerance)
    return attraction(
        w, rivalry=extend(r, intolerance=intolerance), leverage=lever, coercion=coercion, cross_pressure=cross_pressure
    )


def attraction(
    shares: Array, *, rivalry: Array, leverage: Array, coercion: ArrayLike, cross_pressure: ArrayLike
) -> Array:
    """The inversion over any leading axes, without checks: shares (…, K+1), extended rivalry, leverage (…, K)."""
    rho = np.asarray(cross_pressure, float)[..., None]
    v = np.log(shares) + pressure(rivalry, leverage=leverage, coercion=coercion)
    v = v + rho * (rivalry @ shares[..., None])[..., 0]
    out: Array = v - v[..., :1]
    return out


def solve_choice(
    attraction: ArrayLike,
    *,
    rivalry: ArrayLike,
    leverage: ArrayLike,
    coercion: float,
    cross_pressure: float,
    intolerance: float,
    start: ArrayLike | None = None,
) -> Equilibria:
    """Return the equilibria of the choice for attraction (K+1,), in utils, entry 0 the outside option.

    All starts (near each corner, on each edge's middle, the centre, and ``start``) climb U by mirror ascent, which
    cannot leave the simplex and raises U at every step, and end with Newton's method. ``status`` is "not_converged" if
    any start has not met the first-order condition to 1e-10.

    >>> solve_choice([0, 0, 0], rivalry=[[0, 0], [0, 0]], leverage=[0, 0], coercion=1, cross_pressure=1,
    ...              intolerance=1).shares.round(4)
    array([[0.3333, 0.3333, 0.3333]])
    """
    v = np.asarray(attraction, float)
    if v.ndim != 1 or not np.isfinite(v).all():
        raise UsageError("attraction must be a vector of finite numbers, the outside option first.")
    r, lever = _check(rivalry, leverage=leverage, options=v.size)
    _check_parameters(coercion=coercion, cross_pressure=cross_pressure, intolerance=intolerance)
    big = extend(r, intolerance=intolerance)
    net = v - pressure(big, leverage=lever, coercion=coercion)
    points = starts(v.size)
    if start is not None:
        points = np.vstack([check_shares(start, options=v.size), points])
    ends = climb(points, net=net, rivalry=big, cross_pressure=cross_pressure)
    ends, good = polish(ends, net=net, rivalry=big, cross_pressure=cross_pressure)
    return _collect(ends, good, net=net, rivalry=big, rho=cross_pressure, started=start is not None)


def climb(points: Array, *, net: Array, rivalry: Array, cross_pressure: ArrayLike, steps: int = 400) -> Array:
    """Mirror ascent on U from points (…, K+1): w ← w^(1−τ)·exp(τ(net − ρRw)), normalised; τ keeps U rising."""
    rho = np.asarray(cross_pressure, float)[..., None]
    # U is (1 + |ρ| max|r|)-smooth relative to the entropy, so this step never lowers it.
    tau = 1.0 / (1.0 + np.abs(rho) * np.abs(rivalry).max((-1, -2))[..., None])
    w: Array = np.maximum(points, 1e-12)
    w = w / w.sum(-1, keepdims=True)
    for _ in range(steps):
        log_w = (1 - tau) * np.log(w) + tau * (net - rho * (rivalry @ w[..., None])[..., 0])
        new = _softmax(log_w)
        if np.abs(new - w).max() < 1e-13:
            return new
        w = np.maximum(new, 1e-300)
    return w


def polish(
    points: Array, *, net: Array, rivalry: Array, cross_pressure: ArrayLike, steps: int = 12
) -> tuple[Array, NDArray[np.bool_]]:
    """Newton's method on the first-order condition from points (…, K+1); returns the points and which converged."""
    rho = np.asarray(cross_pressure, float)
    w = points
    for _ in range(steps):
        step, _ = newton_step(w, net=net, rivalry=rivalry, rho=rho)
        w = _softmax(np.log(np.maximum(w, 1e-300)) + np.clip(step, -2.0, 2.0))
        if np.abs(step * w).max() < 1e-15:
            break
    return w, residual(w, net=net, rivalry=rivalry, rho=rho) < TOLERANCE


def residual(w: Array, *, net: Array, rivalry: Array, rho: ArrayLike) -> Array:
    """Largest gap, in shares, between w (…, K+1) and softmax(net − ρRw)."""
    target = _softmax(net - np.asarray(rho, float)[..., None] * (rivalry @ w[..., None])[..., 0])
    gap: Array = np.abs(target - w).max(-1)
    return gap


def newton_step(w: Array, *, net: Array, rivalry: Array, rho: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return the Newton step in log shares (…, K+1), and whether the Hessian is negative definite (…,).

    In coordinates w_1…w_K with w_0 = 1 − Σ the gradient is g = Bᵀ∇U and A = Bᵀ(diag(1/w) + ρR)B with B = [−1ᵀ; I]; the
    step solves A dw = g. Elimination without pivoting is stable for positive definite A, and its pivots say whether
    A is; it runs over K in Python and over everything else in NumPy, which for K ≤ 12 beats a LAPACK call per matrix.
    """
    safe = np.maximum(w, 1e-300)
    slope = net - np.log(safe) - rho[..., None] * (rivalry @ w[..., None])[..., 0]
    g = slope[..., 1:] - slope[..., :1]
    dw, definite = _solve(tangent_hessian(safe, rivalry=rivalry, rho=rho), g)
    full = np.concatenate([-dw.sum(-1, keepdims=True), dw], -1)
    return full / safe, definite


def tangent_hessian(w: Array, *, rivalry: Array, rho: ArrayLike) -> Array:
    """Bᵀ(diag(1/w) + ρR)B, shape (…, K, K), for w (…, K+1) and extended rivalry (…, K+1, K+1)."""
    r = np.asarray(rho, float)[..., None, None] * rivalry
    edge = r[..., 1:, :1]
    a = 1.0 / w[..., :1, None] + r[..., 1:, 1:] - edge - np.swapaxes(edge, -1, -2)
    k = np.arange(a.shape[-1])
    a[..., k, k] += 1.0 / w[..., 1:]
    return a


def stability_margin(w: Array, *, rivalry: Array, rho: ArrayLike) -> Array:
    """Smallest eigenvalue of diag(1/w) + ρR on the space Σ dw = 0, shape (…,)."""
    n = w.shape[-1]
    basis = np.linalg.svd(np.eye(n) - 1.0 / n)[0][:, : n - 1]
    m = np.asarray(rho, float)[..., None, None] * rivalry + np.eye(n) / np.maximum(w, 1e-300)[..., None, :]
    return np.linalg.eigvalsh(basis.T @ m @ basis)[..., 0]


def uniqueness_bound(rivalry: ArrayLike) -> Array:
    """Return λ = −λ_min(P R P), shape (…,), for extended rivalry (…, K+1, K+1): the solution is unique if ρλ < 1.

    P is the projection on Σ = 0.
    """
    r = np.asarray(rivalry, float)
    p = np.eye(r.shape[-1]) - 1.0 / r.shape[-1]
    return np.asarray(np.maximum(0.0, -np.linalg.eigvalsh(p @ r @ p)[..., 0]))


def check_shares(shares: ArrayLike, *, options: int | None = None) -> Array:
    """Return shares as an array; raise BadShares if they are not positive, or do not sum to one to 1e-6."""
    w = np.asarray(shares, float)
    if w.ndim != 1 or w.size < 2 or (options is not None and w.size != options):
        raise BadShares(
            f"shares must be a vector of {options or 'K+1'} numbers, but its shape is {w.shape}.",
            hint="Put the outside option first, then the powers in the order of rivalry.",
        )
    if not np.isfinite(w).all() or (w <= 0).any():
        raise BadShares(
            f"shares must all be positive, but entry {int(np.argmin(np.where(np.isfinite(w), w, -1)))} is not.",
            hint="Replace a zero by a small share: a choice with H(w) never gives a zero.",
        )
    if abs(w.sum() - 1) > 1e-6:
        raise BadShares(
            f"shares must sum to 1, but they sum to {w.sum():.6g}.",
            hint="Divide them by their sum, or add the missing outside option as entry 0.",
        )
    out: Array = w / w.sum()
    return out


def check_rivalry(rivalry: ArrayLike) -> Array:
    """Return rivalry as an array (K, K); raise BadMatrix unless square, symmetric, in 0…1, with a zero diagonal."""
    r = np.asarray(rivalry, float)
    if r.ndim != 2 or r.shape[0] != r.shape[1]:
        raise BadMatrix(f"rivalry must be square, but its shape is {r.shape}.", hint="Give one row and column a power.")
    if not np.isfinite(r).all() or (r < 0).any() or (r > 1).any():
        raise BadMatrix("rivalry must lie between 0 and 1.", hint="Scale each component before averaging.")
    if not np.allclose(r, r.T, atol=1e-12):
        raise BadMatrix("rivalry must be symmetric.", hint="Average it with its transpose if both directions count.")
    if np.diag(r).any():
        raise BadMatrix("rivalry must have a zero diagonal.", hint="A power is no rival of itself.")
    return r


def _check(rivalry: ArrayLike, *, leverage: ArrayLike, options: int) -> tuple[Array, Array]:
    r, lever = check_rivalry(rivalry), np.asarray(leverage, float)
    if len(r) + 1 != options:
        raise BadMatrix(
            f"rivalry is {len(r)} × {len(r)}, but there are {options - 1} powers beside the outside option.",
            hint="Shares and attraction have one entry more than rivalry: the outside option, first.",
        )
    if lever.shape != (len(r),) or not np.isfinite(lever).all() or (lever < 0).any():
        raise UsageError(f"leverage must be {len(r)} numbers that are not negative, one a power.")
    return r, lever


def _check_parameters(**values: float) -> None:
    for name, value in values.items():
        if not np.isfinite(value) or value < 0 or (name == "intolerance" and value > 1):
            raise UsageError(
                f"{name} must be {'between 0 and 1' if name == 'intolerance' else 'at least 0'}, but is {value:g}."
            )


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(-1, keepdims=True))
    out: Array = e / e.sum(-1, keepdims=True)
    return out


def _solve(a: Array, b: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Solve a x = b for symmetric a (…, n, n) by elimination without pivoting; also say where a is definite."""
    a, b = np.moveaxis(a, (-2, -1), (0, 1)).copy(), np.moveaxis(b, -1, 0).copy()
    n = len(b)
    definite = np.ones(b.shape[1:], bool)
    for i in range(n):
        definite &= a[i, i] > 0
        pivot = np.where(np.abs(a[i, i]) > 1e-12, a[i, i], 1e-12)
        for j in range(i + 1, n):
            factor = a[j, i] / pivot
            a[j, i:] -= factor * a[i, i:]
            b[j] -= factor * b[i]
    for i in range(n - 1, -1, -1):
        b[i] = (b[i] - (a[i, i + 1 :] * b[i + 1 :]).sum(0)) / np.where(np.abs(a[i, i]) > 1e-12, a[i, i], 1e-12)
    return np.moveaxis(b, 0, -1), definite


def starts(n: int) -> Array:
    """Where the search begins: near each corner, near each edge's middle, and the centre: (n(n+1)/2 + 1, n)."""
    corners = np.eye(n)
    i, j = np.triu_indices(n, 1)
    points = np.vstack([corners, (corners[i] + corners[j]) / 2, np.ones((1, n)) / n])
    return 0.97 * points + 0.03 / n


def _collect(
    ends: Array, good: NDArray[np.bool_], *, net: Array, rivalry: Array, rho: float, started: bool
) -> Equilibria:
    distinct: list[int] = []
    for i in np.flatnonzero(good):
        if all(np.abs(ends[i] - ends[j]).max() > SAME for j in distinct):
            distinct.append(int(i))
    points = ends[distinct].reshape(-1, ends.shape[1])
    value = (points * (net - np.log(np.maximum(points, 1e-300)))).sum(-1)
    value = value - rho / 2 * np.einsum("mi,ij,mj->m", points, rivalry, points)
    order = np.argsort(-value, kind="stable")
    points = points[order]
    margin = stability_margin(points, rivalry=rivalry, rho=rho) if len(points) else np.empty(0)
    branch = 0
    if started and good[0]:
        branch = int(np.argmin(np.abs(points - ends[0]).max(1)))
    return Equilibria(
        shares=points,
        stable=margin > 0,
        margin=margin,
        branch=branch,
        status="converged" if good.all() else "not_converged",
    )
