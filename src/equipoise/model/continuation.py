"""Leeway: how far a policy can be carried towards full confrontation before it collapses.

R̄ is the two-bloc confrontation that today's system points at (r̄_kl = 1 across the blocs of order stress, unchanged
within); R(δ) = (1 − δ)R + δR̄, extended by the outside option after blending; v stays at the value that inversion
gives. The policy has collapsed where the branch loses stability, or where the weaker bloc keeps less than a tenth of
the state's engagement with powers. Leeway is the smallest δ at collapse, 1 if it never collapses, 0 if it has already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadShares, UsageError
from equipoise.measure.order import order_stress
from equipoise.model.choice import (
    Array,
    attraction,
    check_rivalry,
    check_shares,
    climb,
    extend,
    newton_step,
    pressure,
)

CAUSES = ("none", "side_lost", "instability", "already")
"""Why a policy ends, by the code that :class:`Collapse` carries."""

SIDE = 0.10
"""The share of its engagement with powers below which a state has lost a side (model.md §7)."""

STEP, FINEST, JUMP = 1 / 16, 2e-4, 0.05
"""Longest and shortest step in δ; the largest change of a share in one step that still is the same branch."""

AFTER = 2e-3
"""How much further, in δ, it is looked to where a policy falls."""

FALL = 4000
"""Most steps of ascent on the way down: just past a fold it is long, and its first part leads nowhere else."""


@dataclass(frozen=True, slots=True)
class Leeway:
    """Leeway of one policy.

    value: 0…1; falls_to: the option (0 is the outside one, k the k-th power) with the largest weight just after, None
    if it never collapses; falls_to_power: the power (1…K) with the largest weight then; cause: one of :data:`CAUSES`;
    by_pair: (K, K), leeway when only that pair's rivalry goes to 1; path: (s, K+2), δ and the shares along the branch.
    """

    value: float
    falls_to: int | None
    falls_to_power: int | None
    cause: str
    by_pair: Array
    path: Array


@dataclass(frozen=True, slots=True)
class Collapse:
    """Ends of B continuations: value (B,), cause (B,) index into :data:`CAUSES`, after (B, K+1) shares just after.

    ``not_stable`` (B,) says where the observed shares were no stable solution to begin with.
    """

    value: Array
    cause: NDArray[np.int8]
    after: Array
    not_stable: NDArray[np.bool_]

    def reshape(self, *axes: int) -> Collapse:
        """Return the same ends with B split into axes."""
        return Collapse(
            self.value.reshape(axes),
            self.cause.reshape(axes),
            self.after.reshape(*axes, -1),
            self.not_stable.reshape(axes),
        )


@dataclass(frozen=True, slots=True)
class Given:
    """What stays fixed for B policies: leverage (B, K), and coercion, cross_pressure, intolerance (B,)."""

    leverage: Array
    coercion: Array
    cross_pressure: Array
    intolerance: Array

    def repeat(self, times: int) -> Given:
        """Return every policy's values ``times`` over, one after the other."""
        return Given(*(np.repeat(x, times, 0) for x in self._all()))

    def _all(self) -> tuple[Array, Array, Array, Array]:
        return self.leverage, self.coercion, self.cross_pressure, self.intolerance


def leeway(
    shares: ArrayLike,
    *,
    rivalry: ArrayLike,
    leverage: ArrayLike,
    coercion: float,
    cross_pressure: float,
    intolerance: float,
    blocs: Sequence[Sequence[int]] | None = None,
    capability: ArrayLike | None = None,
) -> Leeway:
    """Return the leeway of shares (K+1,), entry 0 the outside option, under rivalry (K, K) and leverage (K,).

    ``blocs`` are two sequences of positions in the order of rivalry, from 0; without them they are those of order
    stress, weighted by ``capability`` (K,) (equal capabilities if that is not given either).

    >>> apart = leeway([0.2, 0.4, 0.4], rivalry=[[0, 0.3], [0.3, 0]], leverage=[0.5, 0.2], coercion=3,
    ...                cross_pressure=3, intolerance=0.5)
    >>> round(apart.value, 2), apart.falls_to, apart.cause
    (0.76, 1, 'side_lost')
    """
    w, r = check_shares(shares), check_rivalry(rivalry)
    lever = np.asarray(leverage, float)
    if len(r) + 1 != w.size or lever.shape != (len(r),):
        raise BadShares(
            f"shares has {w.size} entries, rivalry {len(r)} rows and leverage {lever.size} entries.",
            hint="With K powers they are K+1, K and K.",
        )
    side = _side(r, blocs=blocs, capability=capability)
    given = Given(lever[None], np.array([coercion]), np.array([cross_pressure]), np.array([intolerance]))
    path: list[Array] = []
    target = confrontation(r, side=side)[None]
    end = carry(w[None], rivalry=r[None], target=target, side=side[None], given=given, path=path)
    i, j = np.triu_indices(len(r), 1)
    pairs = by_pair(w[None], rivalry=r[None], given=given)
    table = np.ones_like(r)
    table[i, j] = table[j, i] = pairs.value[0]
    collapsed = end.cause[0] != 0
    return Leeway(
        value=float(end.value[0]),
        falls_to=int(end.after[0].argmax()) if collapsed else None,
        falls_to_power=1 + int(end.after[0, 1:].argmax()) if collapsed else None,
        cause=CAUSES[end.cause[0]],
        by_pair=table,
        path=np.array(path),
    )


def confrontation(rivalry: Array, *, side: Array) -> Array:
    """Return R̄ (…, K, K): 1 across the two sides (−1 and 1 in ``side`` (…, K)), rivalry unchanged elsewhere."""
    across = side[..., :, None] * side[..., None, :] < 0
    return np.where(across, 1.0, rivalry)


def by_pair(shares: Array, *, rivalry: Array, given: Given) -> Collapse:
    """Return the collapse for every pair of powers alone, as arrays (B, K(K−1)/2, …) in the order of triu_indices.

    Shares (B, K+1), rivalry (B, K, K). Only r_kl goes to 1; the weaker of the two must keep a tenth of the state's
    engagement with the two. ``after`` holds the last shares before the collapse; to where it leads is not looked.
    """
    b, k = given.leverage.shape
    i, j = np.triu_indices(k, 1)
    n = len(i)
    side = np.zeros((n, k))
    side[np.arange(n), i], side[np.arange(n), j] = 1, -1
    sides, wide = np.tile(side, (b, 1)), np.repeat(rivalry, n, 0)
    end = carry(
        np.repeat(shares, n, 0),
        rivalry=wide,
        target=confrontation(wide, side=sides),
        side=sides,
        given=given.repeat(n),
        pairwise=True,
        falls=False,
    )
    return end.reshape(b, n)


def carry(
    shares: Array,
    *,
    rivalry: Array,
    target: Array,
    side: Array,
    given: Given,
    pairwise: bool = False,
    falls: bool = True,
    path: list[Array] | None = None,
) -> Collapse:
    """Follow B policies from δ = 0 to 1, each with its own step, and return where and why each collapses.

    A step is taken back and halved when Newton's method fails, the Hessian is no longer negative definite, a share
    jumps, or a side is lost; when it cannot be made smaller, the policy has collapsed there. ``pairwise`` counts only
    the powers on either side as the engagement of which a tenth must be kept; without ``falls`` it is not looked where
    a policy falls, and ``after`` is the last shares before. ``path``, for B = 1, receives δ and the shares of every
    step taken.
    """
    start = extend(rivalry, intolerance=given.intolerance)
    rho = given.cross_pressure
    v = attraction(shares, rivalry=start, leverage=given.leverage, coercion=given.coercion, cross_pressure=rho)
    system = _System(v, rivalry, target, side, given, pairwise)
    b = len(shares)
    w, delta, step = shares.copy(), np.zeros(b), np.full(b, STEP)
    first = newton_step(w, net=system.net(start, slice(None)), rivalry=start, rho=rho)[1]
    lost = system.weaker(w, slice(None)) < SIDE
    cause = np.where(first & ~lost, 0, 3).astype(np.int8)
    reason = np.zeros(b, np.int8)
    _note(path, delta, w)
    live = np.flatnonzero(cause == 0)
    while live.size:
        trial = np.minimum(delta[live] + step[live], 1.0)
        moved, held = system.solve(w[live], trial, live)
        kept = system.weaker(moved, live) >= SIDE
        good = held & kept
        on = live[good]
        w[on], delta[on] = moved[good], trial[good]
        step[on] = np.minimum(step[on] * 2, STEP)
        off = live[~good]
        reason[off] = np.where(held[~good], 1, 2)
        step[off] /= 2
        ended = off[step[off] < FINEST]
        cause[ended] = reason[ended]
        _note(path, delta, w)
        live = live[(delta[live] < 1) & (cause[live] == 0)]
    value = np.where(cause == 0, 1.0, np.where(cause == 3, 0.0, delta))
    return Collapse(value, cause, _after(w, delta, cause, system) if falls else w, ~first)


@dataclass(frozen=True, slots=True)
class _System:
    """What stays fixed along the continuation; every method takes the rows it is asked about."""

    v: Array
    rivalry: Array
    target: Array
    side: Array
    given: Given
    pairwise: bool

    def net(self, big: Array, rows: slice | NDArray[np.intp]) -> Array:
        return self.v[rows] - pressure(big, leverage=self.given.leverage[rows], coercion=self.given.coercion[rows])

    def blend(self, delta: Array, rows: NDArray[np.intp]) -> Array:
        d = delta[:, None, None]
        return extend((1 - d) * self.rivalry[rows] + d * self.target[rows], intolerance=self.given.intolerance[rows])

    def weaker(self, w: Array, rows: slice | NDArray[np.intp]) -> Array:
        """The weaker side's share of engagement with the powers on either side; 1 where there are no two sides."""
        side = self.side[rows]
        ours, theirs = (w[:, 1:] * (side > 0)).sum(-1), (w[:, 1:] * (side < 0)).sum(-1)
        sides = (side > 0).any(-1) & (side < 0).any(-1)
        # With blocs, a power that loads on neither still counts as engagement with powers; a pair counts its two only.
        total = ours + theirs if self.pairwise else w[:, 1:].sum(-1)
        return np.where(sides, np.minimum(ours, theirs) / np.maximum(total, 1e-300), 1.0)

    def solve(self, w: Array, delta: Array, rows: NDArray[np.intp]) -> tuple[Array, NDArray[np.bool_]]:
        big = self.blend(delta, rows)
        net, rho = self.net(big, rows), self.given.cross_pressure[rows]
        new, small = w, np.zeros(len(w), bool)
        for _ in range(8):
            step, definite = newton_step(new, net=net, rivalry=big, rho=rho)
            log_w = np.log(np.maximum(new, 1e-300)) + np.clip(step, -1.0, 1.0)
            e = np.exp(log_w - log_w.max(-1, keepdims=True))
            new = e / e.sum(-1, keepdims=True)
            small = np.abs(step).max(-1) < 1e-7
            if (small | ~definite).all():
                break
        return new, small & definite & (np.abs(new - w).max(-1) < JUMP)


def _after(w: Array, delta: Array, cause: NDArray[np.int8], system: _System) -> Array:
    """Shares just after the collapse: where stability is lost, the equilibrium to which the state then falls."""
    out = w.copy()
    rows = np.flatnonzero(cause == 2)
    if rows.size:
        big = system.blend(np.minimum(delta[rows] + AFTER, 1.0), rows)
        net, rho = system.net(big, rows), system.given.cross_pressure[rows]
        out[rows] = climb(w[rows], net=net, rivalry=big, cross_pressure=rho, steps=FALL)
    return out


def _note(path: list[Array] | None, delta: Array, w: Array) -> None:
    if path is not None and (not path or path[-1][0] < delta[0]):
        path.append(np.concatenate([delta[:1], w[0]]))


def _side(rivalry: Array, *, blocs: Sequence[Sequence[int]] | None, capability: ArrayLike | None) -> Array:
    k = len(rivalry)
    if blocs is None:
        blocs = order_stress(rivalry, capability=np.ones(k) if capability is None else capability).blocs
    if len(blocs) != 2 or set(blocs[0]) & set(blocs[1]) or not set(blocs[0]) | set(blocs[1]) <= set(range(k)):
        raise UsageError(f"blocs must be two sets of positions from 0 to {k - 1} that do not overlap, not {blocs!r}.")
    side = np.zeros(k)
    side[list(blocs[0])], side[list(blocs[1])] = 1, -1
    return side
