"""How shares move from one year to the next, and the density of what is seen: the equations that an estimation wraps.

Leaving last year's policy costs (1 − η)/η times the relative entropy to it, so a state with inertia chooses

    log w_t = (1 − η) log w_t−1 + η (v_t − φR̃ℓ − ρR̃w_t) + const,        v_t = α + δ_t + γx_t + e_t

(adjustment in log shares; with η = 1, and in the long run, the choice of :mod:`equipoise.model.choice`). The shock e is
what the shares reveal, so their density is that of the shock times det(I + ηρR̃(diag w − ww′)), and zero where the
shares are no stable solution. R̃ is perceived rivalry, R_t−1 + ω(R_t − R_t−1).

Rows are on the last axis, options on the first but one, so that the innermost loop runs over rows. Everything is
float64 and pure JAX but :func:`prepare`. Importing this module imports JAX.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln
from numpy.typing import NDArray

from equipoise.errors import BadShares, UsageError
from equipoise.model.choice import extend

Array = NDArray[np.float64]


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["now", "last", "on", "shares", "push", "push_out", "cross", "cross_out", "bend", "bend_out", "outer",
                 "base"],
    meta_fields=[],
)
@dataclass(frozen=True, slots=True)
class Transitions:
    """What the density needs of n moves between K + 1 options; where there are two of them, of R in t − 1 and in t.

    now, last: log shares (K+1, n); on: which options are in the choice (K+1, n); shares: w_t (K+1, n), zero where off;
    push (2, K+1, n): Rℓ without intolerance, push_out (2, n): that of the outside per unit of ψ; cross, cross_out (2,
    K+1, n): Rw, and what ψ adds to it per unit; bend, bend_out (2, K(K+1)/2, n): R in the coordinates of the
    determinant, and what ψ adds; outer (K(K+1)/2, n) and base (n,): its part without rivalry.
    """

    now: Any
    last: Any
    on: Any
    shares: Any
    push: Any
    push_out: Any
    cross: Any
    cross_out: Any
    bend: Any
    bend_out: Any
    outer: Any
    base: Any

    def take(self, rows: NDArray[Any]) -> Transitions:
        """Some of the rows."""
        return Transitions(*(np.asarray(getattr(self, f.name))[..., rows] for f in fields(self)))


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["coercion", "cross_pressure", "intolerance", "speed", "perceived", "attraction", "scale", "power",
                 "freedom"],
    meta_fields=[],
)
@dataclass(frozen=True, slots=True)
class Forces:
    """Parameters by row, each (n,) or a scalar, but attraction (K+1, n): v_t without the shock.

    coercion φ, cross_pressure ρ, intolerance ψ; speed η and perceived ω between 0 and 1; scale, power and freedom of
    the shock, Student-t with ``freedom`` degrees: where the last share was s its scale is ``scale · s^(−power/2)``.
    """

    coercion: Any
    cross_pressure: Any
    intolerance: Any
    speed: Any
    perceived: Any
    attraction: Any
    scale: Any
    power: Any
    freedom: Any


def prepare(now: Array, *, last: Array, on: NDArray[np.bool_], rivalry: Array, leverage: Array) -> Transitions:
    """Return what the density needs of moves from shares ``last`` to ``now`` (n, K+1), the outside option first.

    ``on`` (n, K+1) are the options of each choice, at least two; rivalry (2, n, K, K) that of the year before and of
    the year; leverage (n, K). Shares of options in the choice must be positive; they are made to sum to one.

    Raises BadShares for shares that are not positive, UsageError for shapes that do not fit or a choice of one.
    """
    n, options = now.shape
    if last.shape != (n, options) or on.shape != (n, options) or rivalry.shape != (2, n, options - 1, options - 1):
        raise UsageError(f"shapes do not fit: shares {now.shape}, last {last.shape}, on {on.shape}, rivalry "
                         f"{rivalry.shape}.", hint="Shares and on are (n, K+1), rivalry is (2, n, K, K).")
    if n and (on.sum(1) < 2).any():
        raise UsageError("a choice needs two options; some row has fewer.", hint="Leave such rows out.")
    if not ((now > 0) & (last > 0) | ~on).all():
        raise BadShares("some share in a choice is not positive.", hint="Set shares to a floor first.")
    w, was = (np.where(on, x, 0.0) for x in (now, last))
    w, was = w / w.sum(1, keepdims=True), was / was.sum(1, keepdims=True)
    log = [np.where(on, np.log(np.where(on, x, 1.0)), 0.0) for x in (w, was)]
    plain, full = (extend(rivalry, intolerance=np.full(rivalry.shape[:2], psi)) for psi in (0.0, 1.0))
    both = (plain, full - plain)
    pushes = [np.einsum("anij,nj->ani", r[..., 1:], leverage) for r in both]
    crosses = [np.einsum("anij,nj->ani", r, w) for r in both]
    bends, outer, base = _bend(w, both)
    cross, cross_out, bend, bend_out = (np.moveaxis(x, 1, -1) for x in (*crosses, *bends))
    return Transitions(
        log[0].T, log[1].T, on.T, w.T, np.moveaxis(pushes[0], 1, -1), pushes[1][:, :, 0], cross, cross_out, bend,
        bend_out, outer.T, np.log(base),
    )  # fmt: skip


def _bend(w: Array, both: tuple[Array, Array]) -> tuple[list[Array], Array, Array]:
    """R in coordinates without the largest option b, scaled by √w: I + outer + ηρ·bend has the determinant / w_b."""
    n, options = w.shape
    rows, largest = np.arange(n), w.argmax(1)
    order = np.stack([np.r_[b, np.delete(np.arange(options), b)] for b in range(options)])[largest]
    root = np.sqrt(np.take_along_axis(w, order, 1))[:, 1:]
    low = np.tril_indices(options - 1)
    scaled = (root[:, :, None] * root[:, None])[:, low[0], low[1]]
    bends = []
    for r in both:
        turned = r[:, rows[:, None, None], order[:, :, None], order[:, None, :]]
        inner = turned[..., 1:, 1:] - turned[..., 1:, :1] - turned[..., :1, 1:]
        bends.append(inner[..., low[0], low[1]] * scaled)
    return bends, scaled / w[rows, largest][:, None], w[rows, largest]


def shock(x: Transitions, f: Forces) -> list[jax.Array]:
    """The shock to log shares, ηe: K + 1 arrays (n,), up to a constant a row; meaningless where an option is off."""
    out = []
    # Options one by one: sums over a short first axis are what XLA does worst on a CPU.
    for k in range(x.now.shape[0]):
        cross, more = (two[0, k] + f.perceived * (two[1, k] - two[0, k]) for two in (x.cross, x.cross_out))
        push = x.push[0, k] + f.perceived * (x.push[1, k] - x.push[0, k])
        if k == 0:
            push = push + f.intolerance * (x.push_out[0] + f.perceived * (x.push_out[1] - x.push_out[0]))
        pull = f.coercion * push + f.cross_pressure * (cross + f.intolerance * more) - f.attraction[k]
        out.append(x.now[k] - (1.0 - f.speed) * x.last[k] + f.speed * pull)
    return out


def log_density(x: Transitions, f: Forces) -> jax.Array:
    """Log density (n,) of log share ratios of the options in the choice, given last year's; −1e10 where unstable.

    The density is one in log(w_k / w_b), b any option of the choice: which one makes no difference.
    """
    options = range(x.now.shape[0])
    weight = [jnp.where(x.on[k], jnp.exp(f.power * x.last[k]), 0.0) for k in options]
    z = shock(x, f)
    total, first, second, logs, m = (sum(terms) for terms in zip(*(
        (w, w * v, w * v * v, f.power * x.last[k] * x.on[k], 1.0 * x.on[k])
        for k, w, v in zip(options, weight, z, strict=True)), strict=True))
    size, nu, m = f.speed * f.scale, f.freedom, m - 1.0
    q = jnp.maximum(second - first * first / total, 0.0) / (size * size)
    found: jax.Array = (_constant(nu, m=m, most=len(options) - 1) + 0.5 * (logs - jnp.log(total)) - m * jnp.log(size)
                        - (nu + m) / 2 * jnp.log1p(q / nu) + log_determinant(x, f))
    return found


def _constant(nu: Any, *, m: Any, most: int) -> Any:
    """The constant of a Student-t density in m dimensions: by steps from one m to the next, without gamma functions.

    log Γ((ν + m)/2) − log Γ(ν/2) rises by log((ν + m)/2) when m rises by 2.
    """
    nu = jnp.asarray(nu)
    half = gammaln((nu + 1) / 2) - gammaln(nu / 2)
    steps = [jnp.zeros_like(nu), half]
    for j in range(2, most + 1):
        steps.append(steps[j - 2] + jnp.log((nu + j - 2) / 2))
    gap = sum(jnp.where(m == j, value, 0.0) for j, value in enumerate(steps))
    return gap - m / 2 * jnp.log(nu * jnp.pi)


def log_determinant(x: Transitions, f: Forces) -> jax.Array:
    """log det(I + ηρR̃(diag w − ww′)) (n,), over the options in the choice; −1e10 where it is no stable solution."""
    ones = jnp.ones_like(x.base)
    strength, seen, psi = (ones * v for v in (f.speed * f.cross_pressure, f.perceived, f.intolerance))
    found: jax.Array = x.base + _log_det(strength, seen, psi, (x.bend, x.bend_out, x.outer))
    return found


@jax.custom_jvp
def _log_det(strength: jax.Array, seen: jax.Array, psi: jax.Array, parts: Any) -> jax.Array:
    return _log_det_slopes(strength, seen, psi, parts)[0]


def _log_det_slopes(strength: jax.Array, seen: jax.Array, psi: jax.Array, parts: Any) -> tuple[jax.Array, ...]:
    """log det A (n,) of A = I + outer + strength · R̃, and its derivatives tr(A⁻¹ dA) by the three parameters."""
    bend, bend_out, outer = parts
    plain = bend[0] + seen * (bend[1] - bend[0])
    more = bend_out[0] + seen * (bend_out[1] - bend_out[0])
    r = plain + psi * more
    turn = strength * (bend[1] - bend[0] + psi * (bend_out[1] - bend_out[0]))
    a = outer + strength * r
    k = int((2 * a.shape[0]) ** 0.5)
    low = [[a[i * (i + 1) // 2 + j] + float(i == j) for j in range(i + 1)] for i in range(k)]
    worst, product, inverse = jnp.ones_like(strength), jnp.ones_like(strength), []
    for j in range(k):
        pivot = low[j][j]
        worst, safe = jnp.minimum(worst, pivot), jnp.where(pivot > 1e-12, pivot, 1.0)
        product, one = product * safe, 1.0 / safe
        inverse.append(one)
        # From the last row up: what a row subtracts is the column as it was, and each row overwrites its own entry.
        for i in reversed(range(j + 1, k)):
            ratio = low[i][j] * one
            for m in range(j + 1, i + 1):
                low[i][m] = low[i][m] - ratio * low[m][j]
            low[i][j] = ratio
    low, inverse = jax.lax.optimization_barrier((low, inverse))  # type: ignore[no-untyped-call]
    b = _inverse(low, inverse)
    slopes = [sum((1.0 if i == j else 2.0) * b[i][j] * d[i * (i + 1) // 2 + j] for i in range(k) for j in range(i + 1))
              for d in (r, turn, strength * more)]
    good = worst > 1e-12
    return jnp.where(good, jnp.log(product), -1e10), *(jnp.where(good, s, 0.0) for s in slopes)


def _inverse(low: Any, pivots: Any) -> list[list[Any]]:
    """The lower half of (L D L′)⁻¹, L's ratios under the diagonal of ``low`` and 1/D in ``pivots``."""
    k = len(pivots)
    inv: list[list[Any]] = [[None] * k for _ in range(k)]
    for j in range(k):
        for i in range(j + 1, k):
            inv[i][j] = -low[i][j] - sum(low[i][m] * inv[m][j] for m in range(j + 1, i))
    out: list[list[Any]] = [[None] * (i + 1) for i in range(k)]
    for i in range(k):
        for j in range(i + 1):
            total = pivots[i] * (inv[i][j] if i > j else 1.0)
            for m in range(i + 1, k):
                total = total + inv[m][i] * inv[m][j] * pivots[m]
            out[i][j] = total
    return out


@_log_det.defjvp
def _log_det_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    value, *slopes = _log_det_slopes(*primals)
    return value, sum(s * t for s, t in zip(slopes, tangents[:3], strict=True))
