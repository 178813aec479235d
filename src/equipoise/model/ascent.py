"""The steps of the choice's solver in JAX: climb the utility, then Newton's method; pure functions, float64 only.

The equations are those of :mod:`equipoise.model.choice`. Arrays here have the options **first** and the items last,
w (K+1, B), and ``cross`` is ρR (K+1, K+1, B): the innermost loop then runs over items, which XLA turns into vector
instructions, while a library call for each small matrix would cost more than the whole solution.

Newton's step is taken in z = dw/√w. There the Hessian is I + ρ W½RW½ on the space orthogonal to √w (a unit vector,
since Σw = 1), with entries of the order of one however small a share is.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jax import Array

CLIMB, NEWTON = 32, 10
"""Steps of either kind; with them all but the items close to a bifurcation converge."""

LEAST = 1e-12
"""Least share of a start, and least pivot of a Hessian that counts as definite."""

HALVINGS = 56
"""Of the interval that holds an eigenvalue: to the last bit."""

LONGEST = 1.0
"""Longest Newton step, in logarithms of shares."""


def extend(rivalry: Array, *, intolerance: Array) -> Array:
    """Return rivalry (K, K, B) extended by the outside option to (K+1, K+1, B)."""
    edge = intolerance * rivalry.max(0)
    corner = jnp.zeros_like(edge[:1])
    top = jnp.concatenate([corner, edge])[None]
    return jnp.concatenate([top, jnp.concatenate([edge[:, None], rivalry], 1)])


def pressure(rivalry: Array, *, leverage: Array, coercion: Array) -> Array:
    """Return φ(Rℓ)_k (K+1, B) for extended rivalry and leverage (K, B)."""
    return coercion * times(rivalry[:, 1:], leverage)


def times(matrix: Array, vector: Array) -> Array:
    """Matrix (m, n, B) times vector (n, B)."""
    return (matrix * vector).sum(1)


def normalise(log_w: Array) -> tuple[Array, Array]:
    """Return log shares and shares (K+1, B), scaled so that the shares sum to one."""
    y = log_w - log_w.max(0)
    e = jnp.exp(y)
    total = e.sum(0)
    return y - jnp.log(total), e / total


def slope(log_w: Array, w: Array, *, net: Array, cross: Array) -> Array:
    """Gradient of U in log shares, over w: net − log w − ρRw, less its mean, (K+1, B); 0 at a solution."""
    s = net - log_w - times(cross, w)
    return s - (w * s).sum(0)


def residual(w: Array, *, net: Array, cross: Array) -> Array:
    """Largest gap (B,), in shares, between w and softmax(net − ρRw)."""
    return jnp.abs(normalise(net - times(cross, w))[1] - w).max(0)


def utility(w: Array, *, net: Array, cross: Array) -> Array:
    """U(w) (B,), in utils."""
    return (w * (net - jnp.log(jnp.maximum(w, 1e-300)) - times(cross, w) / 2)).sum(0)


def curvature(w: Array, *, cross: Array) -> Array:
    """P(I + ρW½RW½)P + √w√wᵀ, (K+1, K+1, B): definite exactly where diag(1/w) + ρR is on Σ dw = 0."""
    u = jnp.sqrt(w)
    scaled = cross * u[:, None] * u[None] + diagonal(jnp.ones_like(w))
    along = times(scaled, u)
    half = along - (1 + (u * along).sum(0)) * u / 2
    return scaled - u[:, None] * half[None] - half[:, None] * u[None]


def solve_definite(matrix: Array, right: Array) -> tuple[Array, Array]:
    """Solve matrix (n, n, B) x = right (n, B) by Gauss–Jordan elimination; also say where the matrix is definite.

    Without pivoting, which is stable for definite matrices; the pivots say whether it is one.
    """
    n = len(right)

    def eliminate(k: Array, carried: tuple[Array, Array]) -> tuple[Array, Array]:
        table, definite = carried
        row = jax.lax.dynamic_index_in_dim(table, k, 0, keepdims=False)
        pivot = jax.lax.dynamic_index_in_dim(row, k, 0, keepdims=False)
        good = pivot > LEAST
        row = row / jnp.where(good, pivot, 1.0)
        column = jax.lax.dynamic_index_in_dim(table, k, 1, keepdims=False)
        this = (jnp.arange(n) == k).reshape(n, *[1] * (table.ndim - 1))
        return jnp.where(this, row[None], table - column[:, None] * row[None]), definite & good

    start = (jnp.concatenate([matrix, right[:, None]], 1), jnp.ones(right.shape[1:], bool))
    table, definite = jax.lax.fori_loop(0, n, eliminate, start)
    return table[:, n], definite


def newton(log_w: Array, w: Array, *, net: Array, cross: Array) -> tuple[Array, Array]:
    """Return Newton's step in log shares (K+1, B), and whether U is concave at w (B,)."""
    u = jnp.sqrt(w)
    z, definite = solve_definite(curvature(w, cross=cross), u * slope(log_w, w, net=net, cross=cross))
    return z / u, definite


def climb(
    log_w: Array, *, net: Array, cross: Array, steps: int | Array = CLIMB, newtons: int | Array = NEWTON
) -> Array:
    """Return log shares (K+1, B) after so many steps of mirror ascent, and so many of Newton's method or else ascent.

    Mirror ascent, w ← w^(1−τ) exp(τ(net − ρRw)), is the damped fixed point: with τ = 1/(1 + max|ρr|) it never lowers
    U, so it stays in the basin of attraction of its start. Newton's step, shortened to :data:`LONGEST`, is taken where
    U is concave only; elsewhere it could lead down to a saddle.
    """
    tau = 1 / (1 + jnp.abs(cross).max((0, 1)))

    def ascend(_: Array, at: tuple[Array, Array]) -> tuple[Array, Array]:
        log_w, w = at
        return normalise((1 - tau) * log_w + tau * (net - times(cross, w)))

    def jump(_: Array, at: tuple[Array, Array]) -> tuple[Array, Array]:
        step, concave = newton(*at, net=net, cross=cross)
        step = step * jnp.minimum(1.0, LONGEST / jnp.maximum(jnp.abs(step).max(0), LONGEST))
        return normalise(at[0] + jnp.where(concave, step, tau * slope(*at, net=net, cross=cross)))

    at = jax.lax.fori_loop(0, steps, ascend, normalise(log_w))
    end: tuple[Array, Array] = jax.lax.fori_loop(0, newtons, jump, at)
    return end[0]


@jax.custom_jvp
def fixed_point(net: Array, cross: Array, log_start: Array, steps: int | Array, newtons: int | Array) -> Array:
    """Return log shares (K+1, B) at the end of :func:`climb`, with the derivative that the implicit function has."""
    return climb(log_start, net=net, cross=cross, steps=steps, newtons=newtons)


@fixed_point.defjvp
def _implicit(primals: tuple[Array, ...], tangents: tuple[Array, ...]) -> tuple[Array, Array]:
    """d log w solves the linearised first-order condition; where it climbed from does not matter."""
    cross = primals[1]
    log_w = fixed_point(*primals)
    w = jnp.exp(log_w)
    u = jnp.sqrt(w)
    hessian = curvature(w, cross=cross)
    change = tangents[0] - times(tangents[1], w)
    change = change - (w * change).sum(0)
    z = jax.lax.custom_linear_solve(
        partial(times, hessian), u * change, lambda _, b: solve_definite(hessian, b)[0], symmetric=True
    )
    return log_w, z / u


def margin(w: Array, *, cross: Array) -> Array:
    """Smallest eigenvalue (B,) of diag(1/w) + ρR on Σ dw = 0, in utils per unit of share squared."""
    n = len(w)
    flat = jnp.full((n, *[1] * (w.ndim - 1)), n**-0.5)
    return least_eigenvalue(orthogonal_to(flat, matrix=cross + diagonal(1 / jnp.maximum(w, 1e-300))))


def relative_margin(w: Array, *, cross: Array) -> Array:
    """Smallest eigenvalue (B,) of I + ρW½RW½ on the space orthogonal to √w: 1 without rivalry, 0 at a bifurcation."""
    u = jnp.sqrt(w)
    return 1 + least_eigenvalue(orthogonal_to(u, matrix=cross * u[:, None] * u[None]))


def orthogonal_to(unit: Array, *, matrix: Array) -> Array:
    """Matrices (n, n, B) on the space orthogonal to unit vectors (n, B) without a negative entry: (n−1, n−1, B).

    The reflection that takes the vector to the first axis is applied from both sides.
    """
    v = unit.at[0].add(1.0)
    return reflected(matrix, v=v, size=(v * v).sum(0))[1:, 1:]


def reflected(matrix: Array, *, v: Array, size: Array) -> Array:
    """HMH for matrices (n, n, B), H = I − 2vvᵀ/(v·v), with size = v·v."""
    p = 2 * times(matrix, v) / size
    p = p - (p * v).sum(0) / size * v
    return matrix - v[:, None] * p[None] - p[:, None] * v[None]


def diagonal(entries: Array) -> Array:
    """Diagonal matrices (n, n, B) of entries (n, B)."""
    n = len(entries)
    return jnp.eye(n).reshape(n, n, *[1] * (entries.ndim - 1)) * entries[None]


def least_eigenvalue(matrix: Array) -> Array:
    """Smallest eigenvalue (B,) of symmetric matrices (n, n, B), to rounding in their largest entry.

    Householder's reduction to tridiagonal form, then bisection by Sturm's count (Givens 1954): for items on the last
    axis a tenth of the time of LAPACK's routine, which takes matrices one by one.
    """
    n = len(matrix)
    thin = tridiagonal(matrix)
    main = [thin[i, i] for i in range(n)]
    beside = [thin[i, i + 1] for i in range(n - 1)]
    none = jnp.zeros_like(main[0])
    reach = [abs(left) + abs(right) for left, right in zip([none, *beside], [*beside, none], strict=True)]
    low = jnp.stack([d - r for d, r in zip(main, reach, strict=True)]).min(0)

    def halve(_: Array, bounds: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = bounds
        x = (low + high) / 2
        pivot = main[0] - x
        below = pivot < 0
        for d, b in zip(main[1:], beside, strict=True):
            pivot = d - x - b * b / jnp.where(jnp.abs(pivot) < 1e-150, 1e-150, pivot)
            below = below | (pivot < 0)
        return jnp.where(below, low, x), jnp.where(below, x, high)

    bounds: tuple[Array, Array] = jax.lax.fori_loop(0, HALVINGS, halve, (low, jnp.stack(main).min(0)))
    return (bounds[0] + bounds[1]) / 2


def tridiagonal(matrix: Array) -> Array:
    """The tridiagonal form (n, n, B) of symmetric matrices (n, n, B), by Householder's reflections."""
    n = len(matrix)
    place = jnp.arange(n).reshape(n, *[1] * (matrix.ndim - 2))

    def reflect(k: Array, a: Array) -> Array:
        column = jnp.where(place > k, jax.lax.dynamic_index_in_dim(a, k, 1, keepdims=False), 0.0)
        norm = jnp.sqrt((column * column).sum(0))
        first = jax.lax.dynamic_index_in_dim(column, k + 1, 0, keepdims=False)
        v = column + jnp.where(place == k + 1, jnp.where(first < 0, -norm, norm), 0.0)
        return reflected(a, v=v, size=jnp.maximum((v * v).sum(0), 1e-300))

    out: Array = jax.lax.fori_loop(0, n - 2, reflect, matrix)
    return out
