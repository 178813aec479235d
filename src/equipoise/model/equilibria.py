"""Equilibria of many choices at once, in JAX: over states, years and draws, in float64.

:func:`solve` is pure JAX: it can be compiled, mapped and differentiated, and is what an estimation wraps.
:func:`solve_many` and :func:`all_equilibria` take and return NumPy arrays, in pieces that fit in a cache. Failing is a
status, and what has failed has NaN for shares. The equations, and a solver of one choice without JAX, are in
:mod:`equipoise.model.choice`.

Importing this module imports JAX; :mod:`equipoise.model` does so only when one of its names is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix, BadShares, UsageError
from equipoise.model import choice
from equipoise.model.ascent import CLIMB, LEAST, NEWTON, extend, fixed_point, margin, pressure, residual
from equipoise.model.choice import SAME, TOLERANCE, starts

Floats = NDArray[np.float64]

STATUSES = ("converged", "not_converged", "indefinite", "missing")
"""By code. Indefinite: a solution of the first-order condition that is no maximum; missing: an input was NaN."""

PIECE = 256
"""Items that are solved together: what they need stays in a core's cache, and one size is compiled only."""

AGAIN = ((512, 64), (4096, 64))
"""Steps for what the usual number has not brought to convergence: just past a fold the way out is long."""


@partial(jax.tree_util.register_dataclass, data_fields=["shares", "margin", "residual", "status"], meta_fields=[])
@dataclass(frozen=True, slots=True)
class Solution:
    """One solution for each item.

    shares: (…, K+1), NaN unless the status is "converged" or "indefinite"; margin: (…,), the smallest eigenvalue of
    diag(1/w) + ρR on Σ dw = 0, positive where stable; residual: (…,), the largest gap in shares to the first-order
    condition; status: (…,), codes of :data:`STATUSES`.
    """

    shares: Any
    margin: Any
    residual: Any
    status: Any


@dataclass(frozen=True, slots=True)
class Choices:
    """All solutions found for each item, S the number of places from which the search starts.

    shares: (…, S, K+1), by falling utility, NaN after the last; margin: (…, S); stable: (…, S); branch: (…,), the row
    that history selects (reached from ``start``; without one, the row of highest utility), −1 if there is none; unique:
    (…,), whether ρλ < 1 proves that there is one solution only; status: (…,), codes of :data:`STATUSES`, "converged" if
    every search has met the first-order condition.
    """

    shares: Floats
    margin: Floats
    stable: NDArray[np.bool_]
    branch: NDArray[np.intp]
    unique: NDArray[np.bool_]
    status: NDArray[np.int8]


def solve(
    attraction: ArrayLike | Array,
    *,
    rivalry: ArrayLike | Array,
    leverage: ArrayLike | Array,
    coercion: ArrayLike | Array,
    cross_pressure: ArrayLike | Array,
    intolerance: ArrayLike | Array,
    start: ArrayLike | Array | None = None,
    steps: int | Array = CLIMB,
    newtons: int | Array = NEWTON,
) -> Solution:
    """Return the solution that is reached from ``start`` (…, K+1), last year's shares; from equal shares by default.

    Pure JAX; JAX must be in 64 bits. attraction (…, K+1), rivalry (…, K, K), leverage (…, K) and the parameters (…,)
    may have any leading axes that broadcast. Nothing is checked but shapes; an item with a NaN has the status
    "missing". The derivative is that of the implicit function, exact at a stable solution. ``steps`` and ``newtons``
    are those of :func:`equipoise.model.ascent.climb`.

    >>> import jax
    >>> with jax.enable_x64(True):
    ...     end = solve([0.0, 1.0, 1.0], rivalry=[[0, 1], [1, 0]], leverage=[0, 0], coercion=0, cross_pressure=0,
    ...                 intolerance=0)
    ...     end.shares.round(3).tolist(), STATUSES[int(end.status)]
    ([0.155, 0.422, 0.422], 'converged')
    """
    if jnp.result_type(float) != jnp.float64:
        raise UsageError(
            "JAX computes in 32 bits here, too few to tell a solution from its neighbours.",
            hint='Call within jax.enable_x64(True), or set jax.config.update("jax_enable_x64", True) at the start.',
        )
    v, r, lever, *parameters = (
        jnp.asarray(x, float) for x in (attraction, rivalry, leverage, coercion, cross_pressure, intolerance)
    )
    begin = jnp.full(v.shape[-1], 1 / v.shape[-1]) if start is None else jnp.asarray(start, float)
    check_shapes(v.shape, rivalry=r.shape, leverage=lever.shape, start=begin.shape)
    inner = (1, 2, 1, 1)
    lead = np.broadcast_shapes(
        *(x.shape[: x.ndim - k] for x, k in zip((v, r, lever, begin), inner, strict=True)),
        *(p.shape for p in parameters),
    )
    first = [items_last(x, lead=lead, inner=k) for x, k in zip((v, r, lever, begin), inner, strict=True)]
    flat = [items_last(p, lead=lead, inner=0) for p in parameters]
    settle = partial(_settle, steps=jnp.asarray(steps), newtons=jnp.asarray(newtons))
    shares, *rest = in_blocks(settle, [*first, *flat])
    return Solution(jnp.moveaxis(shares, 0, -1).reshape(*lead, -1), *(x.reshape(lead) for x in rest))


def solve_many(
    attraction: ArrayLike,
    *,
    rivalry: ArrayLike,
    leverage: ArrayLike,
    coercion: ArrayLike,
    cross_pressure: ArrayLike,
    intolerance: ArrayLike,
    start: ArrayLike | None = None,
) -> Solution:
    """Return the same as :func:`solve`, as NumPy arrays, for any number of items; it sets JAX to 64 bits by itself.

    What has not converged is solved again with :data:`AGAIN` steps before it gets that status.

    >>> given = dict(rivalry=[[0, 1], [1, 0]], leverage=[0, 0], coercion=0, cross_pressure=8, intolerance=0)
    >>> end = solve_many([-3, 0, 0], **given, start=[[0.1, 0.8, 0.1], [0.1, 0.1, 0.8]])
    >>> end.shares.round(2)
    array([[0.05, 0.95, 0.  ],
           [0.05, 0.  , 0.95]])
    """
    v = np.asarray(attraction, float)
    begin = np.full(v.shape[-1:], 1 / v.shape[-1]) if start is None else np.asarray(start, float)
    values = [v, *(np.asarray(x, float) for x in (rivalry, leverage, coercion, cross_pressure, intolerance)), begin]
    check_shapes(v.shape, rivalry=values[1].shape, leverage=values[2].shape, start=begin.shape)
    inner = (1, 2, 1, 0, 0, 0, 1)
    lead = np.broadcast_shapes(*(x.shape[: x.ndim - k] for x, k in zip(values, inner, strict=True)))
    # Views: an item's values are copied when its piece is solved, not before.
    wide = [np.broadcast_to(x, ((lead or (1,)) + x.shape[x.ndim - k :])) for x, k in zip(values, inner, strict=True)]
    out = _in_pieces(wide, np.arange(int(np.prod(lead))), steps=CLIMB, newtons=NEWTON)
    for steps, newtons in AGAIN:
        failed = np.flatnonzero(out.status == STATUSES.index("not_converged"))
        again = _in_pieces(wide, failed, steps=steps, newtons=newtons)
        for old, new in zip(_fields(out), _fields(again), strict=True):
            old[failed] = new
    return Solution(*(x.reshape(lead + x.shape[1:]) for x in _fields(out)))


def all_equilibria(
    attraction: ArrayLike,
    *,
    rivalry: ArrayLike,
    leverage: ArrayLike,
    coercion: ArrayLike,
    cross_pressure: ArrayLike,
    intolerance: ArrayLike,
    start: ArrayLike | None = None,
) -> Choices:
    """Return all solutions that a search from fixed places finds, and which of them history selects.

    The places are those of :func:`equipoise.model.choice.starts` and, if given, ``start`` (…, K+1), last year's shares.
    Arguments as for :func:`solve_many`. Every stable solution found is one; that none was missed is proved only where
    ``unique`` is true, and tested by brute force for up to three powers.

    >>> given = dict(rivalry=[[0, 1], [1, 0]], leverage=[0, 0], coercion=0, cross_pressure=8, intolerance=0)
    >>> found = all_equilibria([-3, 0, 0], **given, start=[0.1, 0.1, 0.8])
    >>> int(found.stable.sum()), found.shares[found.branch].round(2)
    (2, array([0.05, 0.  , 0.95]))
    """
    v = np.asarray(attraction, float)
    n = v.shape[-1]
    r, lever = np.asarray(rivalry, float), np.asarray(leverage, float)
    parameters = [np.asarray(x, float)[..., None] for x in (coercion, cross_pressure, intolerance)]
    places = starts(n)
    if start is not None:
        begin = np.asarray(start, float)
        places = np.concatenate(
            [begin[..., None, :], np.broadcast_to(places, (*begin.shape[:-1], *places.shape))], axis=-2
        )
    ends = solve_many(
        v[..., None, :],
        rivalry=r[..., None, :, :],
        leverage=lever[..., None, :],
        coercion=parameters[0],
        cross_pressure=parameters[1],
        intolerance=parameters[2],
        start=places,
    )
    value, proved = _judged(ends.shares, v=v, rivalry=r, leverage=lever, parameters=parameters)
    return _arranged(ends, value=value, unique=proved, started=start is not None)


def invert(
    shares: ArrayLike | Array,
    *,
    rivalry: ArrayLike | Array,
    leverage: ArrayLike | Array,
    coercion: ArrayLike | Array,
    cross_pressure: ArrayLike | Array,
    intolerance: ArrayLike | Array,
) -> Array:
    """Return the attraction (…, K+1), first entry 0, that makes shares (…, K+1) a solution; pure JAX, exact.

    The same as :func:`equipoise.model.invert_choice`, over leading axes and without its checks.
    """
    w, r, lever, phi, rho, psi = (
        jnp.asarray(x, float) for x in (shares, rivalry, leverage, coercion, cross_pressure, intolerance)
    )
    edge = psi[..., None] * r.max(-1)
    lead = np.broadcast_shapes(w.shape[:-1], edge.shape[:-1], lever.shape[:-1])
    w, edge, lever = (jnp.broadcast_to(x, (*lead, x.shape[-1])) for x in (w, edge, lever))
    load = phi[..., None] * lever + rho[..., None] * w[..., 1:]
    powers = (r * load[..., None, :]).sum(-1) + edge * (rho[..., None] * w[..., :1])
    outside = (edge * load).sum(-1, keepdims=True)
    log_w = jnp.log(w)
    return jnp.concatenate([jnp.zeros_like(outside), log_w[..., 1:] - log_w[..., :1] + powers - outside], -1)


def check_shapes(
    attraction: tuple[int, ...], *, rivalry: tuple[int, ...], leverage: tuple[int, ...], start: tuple[int, ...]
) -> None:
    """Raise BadShares or BadMatrix unless the last axes are K+1, K × K, K and K+1."""
    if not attraction or attraction[-1] < 2 or start[-1:] != attraction[-1:]:
        raise BadShares(
            f"attraction and start must both have K+1 entries, but their shapes are {attraction} and {start}.",
            hint="Put the outside option first, then the powers in the order of rivalry.",
        )
    k = attraction[-1] - 1
    if rivalry[-2:] != (k, k) or leverage[-1:] != (k,):
        raise BadMatrix(
            f"rivalry must be {k} × {k} and leverage have {k} entries, but their shapes are {rivalry} and {leverage}.",
            hint="Attraction has one entry more than there are powers: the outside option, first.",
        )


@jax.jit
def _settle(
    v: Array,
    r: Array,
    lever: Array,
    begin: Array,
    phi: Array,
    rho: Array,
    psi: Array,
    *,
    steps: int | Array,
    newtons: int | Array,
) -> tuple[Array, Array, Array, Array]:
    """Solve items that lie on the last axis: shares (K+1, B), margin, residual and status (B,)."""
    big = extend(r, intolerance=psi)
    net, cross = v - pressure(big, leverage=lever, coercion=phi), rho * big
    # A missing input must not look like a start that went nowhere.
    known = jnp.isfinite(net).all(0) & jnp.isfinite(cross).all((0, 1)) & jnp.isfinite(begin).all(0)
    net, cross = jnp.where(known, net, 0.0), jnp.where(known, cross, 0.0)
    log_start = jnp.log(jnp.maximum(jnp.where(known, begin, 1.0), LEAST))
    w = jnp.exp(fixed_point(net, cross, log_start, steps, newtons))
    here, fixed = jax.lax.stop_gradient(w), jax.lax.stop_gradient(cross)
    gap = residual(here, net=jax.lax.stop_gradient(net), cross=fixed)
    room = margin(here, cross=fixed)
    status = jnp.where(gap < TOLERANCE, jnp.where(room > 0, 0, 2), 1)
    status = jnp.where(known, status, 3).astype(jnp.int8)
    solved = (status == 0) | (status == 2)
    return jnp.where(solved, w, jnp.nan), jnp.where(solved, room, jnp.nan), jnp.where(known, gap, jnp.nan), status


def items_last(x: Array, *, lead: tuple[int, ...], inner: int) -> Array:
    """An array (*lead, *own) as (*own, B), its leading axes broadcast to ``lead`` and flattened."""
    own = x.shape[x.ndim - inner :]
    flat = jnp.broadcast_to(x, (*lead, *own)).reshape(-1, *own)
    return jnp.moveaxis(flat, 0, -1)


def in_blocks(function: Callable[..., tuple[Array, ...]], arrays: list[Array]) -> tuple[Array, ...]:
    """Apply a function of arrays (…, B) block by block along their last axis."""
    count = arrays[0].shape[-1]
    if count <= PIECE:
        return function(*arrays)
    blocks = -(-count // PIECE)
    filled = [jnp.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, blocks * PIECE - count)], mode="edge") for x in arrays]
    split = [jnp.moveaxis(x.reshape(*x.shape[:-1], blocks, PIECE), -2, 0) for x in filled]
    out = jax.lax.map(lambda block: function(*block), split)
    return tuple(jnp.moveaxis(x, 0, -2).reshape(*x.shape[1:-1], -1)[..., :count] for x in out)


@jax.jit
def _positional(
    v: Array, r: Array, lever: Array, phi: Array, rho: Array, psi: Array, begin: Array, steps: Array, newtons: Array
) -> Solution:
    return solve(
        v,
        rivalry=r,
        leverage=lever,
        coercion=phi,
        cross_pressure=rho,
        intolerance=psi,
        start=begin,
        steps=steps,
        newtons=newtons,
    )


def _in_pieces(wide: list[Floats], rows: NDArray[np.intp], *, steps: int, newtons: int) -> Solution:
    """Solve some rows of arrays (*lead, …), piece by piece."""
    if not len(rows):
        return Solution(np.empty((0, wide[-1].shape[-1])), np.empty(0), np.empty(0), np.empty(0, np.int8))
    lead = wide[-1].shape[:-1]

    def one(piece: NDArray[np.intp]) -> list[Any]:
        at = np.unravel_index(piece, lead)
        return _fields(_positional(*(x[at] for x in wide), steps, newtons))

    return Solution(*by_piece(one, rows))


def by_piece(function: Callable[[NDArray[np.intp]], Sequence[Any]], rows: NDArray[np.intp]) -> list[Any]:
    """Apply a function of :data:`PIECE` rows to all, in 64 bits, on as many threads as there are cores; join the ends.

    XLA runs a small piece on the thread that asks for it, and lets go of Python's lock meanwhile.
    """

    def one(first: int) -> list[Any]:
        piece = rows[first : first + PIECE]
        with jax.enable_x64(True):
            out = function(np.concatenate([piece, np.repeat(piece[:1], PIECE - len(piece))]))
            return [np.asarray(x) for x in out]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(one, range(0, len(rows), PIECE)))
    return [np.concatenate(column)[: len(rows)] for column in zip(*parts, strict=True)]


def _fields(solution: Solution) -> list[Any]:
    return [solution.shares, solution.margin, solution.residual, solution.status]


def _judged(
    shares: Floats,
    *,
    v: Floats,
    rivalry: Floats,
    leverage: Floats,
    parameters: list[Floats],
) -> tuple[Floats, NDArray[np.bool_]]:
    """Utility (…, S) of solutions (…, S, K+1), and whether ρλ < 1 (…,); parameters (…, 1)."""
    phi, rho, psi = (x[..., 0] for x in parameters)
    big = choice.extend(rivalry, intolerance=psi)
    net = v - choice.pressure(big, leverage=leverage, coercion=phi)
    crossed = (big[..., None, :, :] * shares[..., None, :]).sum(-1) * rho[..., None, None] / 2
    value = (shares * (net[..., None, :] - np.log(np.maximum(shares, 1e-300)) - crossed)).sum(-1)
    known = np.asarray(np.isfinite(big).all((-1, -2)))[..., None, None]
    bound = np.where(known[..., 0, 0], choice.uniqueness_bound(np.where(known, big, 0.0)), np.nan)
    return value, np.broadcast_to(rho * bound < 1, shares.shape[:-2])


def _arranged(ends: Solution, *, value: Floats, unique: NDArray[np.bool_], started: bool) -> Choices:
    """Ends of searches (…, S) without repetition, by falling utility, in as many rows."""
    good = np.isin(ends.status, [STATUSES.index("converged"), STATUSES.index("indefinite")])
    same = np.abs(ends.shares[..., :, None, :] - ends.shares[..., None, :, :]).max(-1) <= SAME
    kept = np.zeros_like(good)
    for j in range(good.shape[-1]):
        kept[..., j] = good[..., j] & ~(kept[..., :j] & same[..., j, :j]).any(-1)
    order = np.argsort(np.where(kept, -value, np.inf), axis=-1, kind="stable")
    kept, margin = (np.take_along_axis(x, order, -1) for x in (kept, ends.margin))
    shares = np.where(kept[..., None], np.take_along_axis(ends.shares, order[..., None], -2), np.nan)
    margin = np.where(kept, margin, np.nan)
    like_first = np.take_along_axis(same[..., 0, :], order, -1) & kept
    chosen = like_first.any(-1) if started else kept.any(-1)
    branch = np.where(chosen, like_first.argmax(-1) if started else 0, -1)
    missing = (ends.status == STATUSES.index("missing")).any(-1)
    status = np.where(missing, STATUSES.index("missing"), np.where(good.all(-1), 0, 1)).astype(np.int8)
    return Choices(shares, margin, margin > 0, branch, unique, status)
