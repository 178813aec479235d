"""The split with the least energy ½ Σ a_ij s_i s_j, s_i = ±1: found by descent, proved by branch and bound.

Nodes are placed one after the other. What the nodes still to be placed (couplings B, field h from those placed) can
add at best is bounded from below, for any D = diag(u) that makes B + D positive semidefinite and any ε > 0, by

    ½ s·Bs + h·s  ≥  −½ h·(B + D + εI)⁻¹h − ½ Σ (u + ε),

the least of a convex function over all real vectors. u is near the solution of the semidefinite relaxation of the cut
problem (Poljak and Rendl 1995), found once for every number of placed nodes; of several ε the best counts. Two partial
splits that leave the same field are one: the cheaper goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Sides = NDArray[np.int8]

STARTS = 200
"""Random splits from which the descent starts."""

KICKS = 5
"""Times that the best split is shaken and descends again."""

CHUNK = 20_000
"""Partial splits that are carried on together: it bounds memory, not the search."""

_SWEEPS, _RANK = 40, 12
_SHIFTS = np.array([0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0])


@dataclass(frozen=True, slots=True)
class Bisection:
    """A split ``side`` (n,), its ``energy``, and a ``bound`` that no split goes below; equal if the split is best."""

    energy: float
    side: Sides
    bound: float


@dataclass(frozen=True, slots=True)
class _Front:
    """Partial splits: sides of the first k nodes (m, k), energy so far (m,), field on the others (m, n − k), bounds."""

    sides: Sides
    energy: Array
    field: Array
    bound: Array

    def rows(self, which: NDArray[np.bool_] | NDArray[np.intp] | slice) -> _Front:
        return _Front(self.sides[which], self.energy[which], self.field[which], self.bound[which])


@dataclass(frozen=True, slots=True)
class _Level:
    """The relaxation of the nodes not placed yet: Σ u, eigenvalues and eigenvectors of B + D, shifts ε."""

    total: float
    values: Array
    vectors: Array
    shifts: Array

    def bound(self, field: Array) -> Array:
        """The bound for each field (m, r) → (m,)."""
        squares = (field @ self.vectors) ** 2
        least = -0.5 * squares @ (1 / (self.values[:, None] + self.shifts)) - 0.5 * len(self.values) * self.shifts
        best: Array = least.max(axis=1) - 0.5 * self.total
        return best


def least_energy(coupling: Array, *, step: float, limit: int | None = None) -> Bisection:
    """Return the split of least energy ½ Σ a_ij s_i s_j for symmetric couplings a (n, n) with a zero diagonal.

    ``step``: energies of two splits differ by a multiple of it; where it is unknown (0) or under 1e-4 of the largest
    coupling, a split counts as best within 1e-9 of Σ|a|. After ``limit`` partial splits the search gives up and returns
    the bound it has. The random starts are the same in every call.

    >>> least_energy(np.ones((3, 3)) - np.eye(3), step=4.0).energy
    -1.0
    """
    size = float(np.abs(coupling).max(initial=0.0))
    if size == 0:
        return Bisection(0.0, np.ones(len(coupling), dtype=np.int8), 0.0)
    a, unit = coupling / size, step / size
    slack = unit * (1 - 1e-3) if unit > 1e-4 else 1e-9 * float(np.abs(a).sum()) / 2
    order = _order(a)
    side = _descended(a)
    placed = a[np.ix_(order, order)]
    # Sides are counted from the first node in the order.
    found, bound = _search(placed, incumbent=side[order] * side[order[0]], slack=slack, limit=limit)
    out = np.empty_like(found)
    out[order] = found
    energy = 0.5 * float(out @ (coupling @ out))
    return Bisection(energy, out, min(bound * size, energy))


def descend(coupling: Array, *, starts: Sides) -> Sides:
    """Return the best split (n,) reached from the starts (m, n) by single moves, the steepest first."""
    sides = starts.astype(np.float64)
    field = sides @ coupling
    while True:
        gain = sides * field
        node = gain.argmax(axis=1)
        row = np.flatnonzero(gain[np.arange(len(sides)), node] > 1e-12)
        if not len(row):
            break
        old = sides[row, node[row]]
        sides[row, node[row]] = -old
        field[row] -= 2 * old[:, None] * coupling[node[row]]
    energy = np.einsum("mi,mi->m", sides, field)
    best: Sides = sides[energy.argmin()].astype(np.int8)
    return best


def _descended(a: Array) -> Sides:
    """The best split by descent from random ones, and from one that is the answer on a balanced network."""
    rng = np.random.default_rng(0)
    starts = rng.choice(np.array([-1, 1], dtype=np.int8), size=(STARTS, len(a)))
    best = descend(a, starts=np.vstack([starts, _outwards(a)]))
    for _ in range(KICKS):
        turned = rng.random((STARTS, len(a))) < 0.1
        best = descend(a, starts=np.vstack([np.where(turned, -best, best), best]))
    return best


def _outwards(a: Array) -> Sides:
    """A split that follows the ties outwards from one node."""
    side = np.zeros(len(a))
    for node in _order(a):
        side[node] = -1.0 if a[node] @ side > 0 else 1.0
    return side.astype(np.int8)


def _order(a: Array) -> NDArray[np.intp]:
    """Nodes such that each has most weight with those before it: fields grow fast, and few nodes stay at the border."""
    weight = np.abs(a)
    total = weight.sum(axis=1)
    near, left = np.zeros(len(a)), np.ones(len(a), dtype=bool)
    out = []
    for _ in range(len(a)):
        best = np.flatnonzero(left & (near == near[left].max()))
        node = int(best[total[best].argmax()])
        out.append(node)
        left[node] = False
        near += weight[node]
    return np.array(out, dtype=np.intp)


def _search(a: Array, *, incumbent: Sides, slack: float, limit: int | None) -> tuple[Sides, float]:
    """Branch and bound, depth first over chunks of partial splits: the best split, and a bound on all."""
    best, energy = incumbent, 0.5 * float(incumbent @ (a @ incumbent))
    levels = _Levels(a)
    first = _Front(np.ones((1, 1), dtype=np.int8), np.zeros(1), a[:1, 1:], np.array([levels.root]))
    stack, seen = [first], 0
    while stack:
        if limit is not None and seen > limit:
            return best, min(energy, *(float(f.bound.min()) for f in stack))
        front = stack.pop()
        front = front.rows(front.bound < energy - slack)
        if not len(front.energy):
            continue
        grown = _branch(front, a=a)
        seen += len(grown.energy)
        if grown.sides.shape[1] == len(a):
            least = int(grown.energy.argmin())
            if grown.energy[least] < energy:
                best, energy = grown.sides[least], float(grown.energy[least])
            continue
        grown = levels.bounded(grown)
        grown = _merged(grown.rows(grown.bound < energy - slack))
        grown = grown.rows(np.argsort(grown.bound, kind="stable"))
        stack.extend(grown.rows(slice(i, i + CHUNK)) for i in reversed(range(0, len(grown.energy), CHUNK)))
    return best, energy


class _Levels:
    """The relaxations by number of placed nodes, each made when it is first needed."""

    def __init__(self, a: Array) -> None:
        self._a = a
        self._made: dict[int, _Level] = {}
        self.root = -0.5 * self._level(0).total

    def bounded(self, front: _Front) -> _Front:
        """The front with the better of the bounds of its parents and its own."""
        k = front.sides.shape[1]
        rest = front.field.shape[1]
        own = -np.abs(front.field[:, 0]) if rest == 1 else self._level(k).bound(front.field)
        return _Front(front.sides, front.energy, front.field, np.maximum(front.bound, front.energy + own))

    def _level(self, k: int) -> _Level:
        if k not in self._made:
            self._made[k] = _relaxed(self._a[k:, k:])
        return self._made[k]


def _relaxed(b: Array) -> _Level:
    """The relaxation by coordinate descent on vectors of unit length (Wang, Chang and Kolter 2017), made feasible."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(b), min(len(b), _RANK)))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for _ in range(_SWEEPS):
        for i in range(len(b)):
            pull = b[i] @ vectors
            length = float(np.sqrt(pull @ pull))
            if length > 1e-12:
                vectors[i] = -pull / length
    u = np.linalg.norm(b @ vectors, axis=1)
    values, axes = np.linalg.eigh(b + np.diag(u))
    # What rounding leaves below zero is added to u, and a little more than that.
    lift = max(-float(values[0]), 0.0) + 1e-12 * len(b)
    scale = max(float(u.mean()), 0.1)
    return _Level(float(u.sum()) + len(b) * lift, np.maximum(values + lift, 0.0), axes, scale * _SHIFTS)


def _branch(front: _Front, *, a: Array) -> _Front:
    """Place the next node on either side of every partial split."""
    k = front.sides.shape[1]
    parts = []
    for s in (1, -1):
        side = np.full((len(front.energy), 1), s, dtype=np.int8)
        parts.append((np.hstack([front.sides, side]), front.energy + s * front.field[:, 0],
                      front.field[:, 1:] + s * a[k, k + 1:]))
    sides, energy, field = (np.concatenate([p[i] for p in parts]) for i in range(3))
    return _Front(sides, energy, field, np.tile(front.bound, 2))


def _merged(front: _Front) -> _Front:
    """Of partial splits with the same field the cheapest: what is left to do is the same for all of them."""
    if len(front.energy) < 2:
        return front
    front = front.rows(np.argsort(front.energy, kind="stable"))
    # Adding 0 turns −0 into 0, so that equal fields have equal bytes.
    field = np.ascontiguousarray(front.field + 0.0)
    keys = field.view([("", field.dtype)] * field.shape[1])[:, 0]
    return front.rows(np.unique(keys, return_index=True)[1])
