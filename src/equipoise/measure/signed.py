"""Balance of a signed network: how far friends and foes are from two camps, friendly inside and hostile across."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix
from equipoise.measure.bisection import least_energy

EXACT_TO = 40
"""Largest block (a part of the network that no single state holds together) that is always solved to the end."""

EFFORT = 20_000_000
"""Partial splits looked at in a larger block, times its states, before the bound reached is reported."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frustration:
    """Frustration of a signed network of n states.

    ``index``: weight of the ties that contradict the split, at least 0; ``partition`` (n,): the split, 1 and −1, the
    first state of every connected part on side 1; ``bound``: no split has an index below it; ``exact``: whether that is
    ``index`` itself, so that no split is better.
    """

    index: float
    partition: NDArray[np.int8]
    bound: float
    exact: bool

    @property
    def gap(self) -> float:
        """How much lower the index of the best split could be: 0 if exact."""
        return self.index - self.bound


def frustration(signed: ArrayLike) -> Frustration:
    """Frustration index of a signed network (n, n): positive ties are friendly, negative hostile, 0 is no tie.

    The least number of ties (least total weight, where they are weighted) to be taken away so that the rest is
    balanced: friendly within two blocs, hostile between them (Abelson and Rosenberg 1958; Harary 1959). 0 if and only
    if the network is balanced (Harary 1953); at most half of all the weight.

    The network falls apart at states whose removal would cut it (Tarjan 1972), and the index is the sum over these
    blocks. Blocks to 40 states (``EXACT_TO``) are solved by branch and bound, whatever their ties; larger ones as far
    as ``EFFORT`` goes, from which a bound remains, or a better one from negative cycles without a common tie. The
    result is exact for integer weights to 10,000; for others within 1e-9 of all the weight. Random ties among 40 states
    take about a second.

    Raises BadMatrix if the matrix is not square, symmetric, complete and finite with a zero diagonal.

    >>> found = frustration([[0, 1, -1], [1, 0, -1], [-1, -1, 0]])
    >>> found.index, found.partition.tolist(), found.exact
    (0.0, [1, 1, -1], True)
    >>> frustration([[0, -1, -1], [-1, 0, -1], [-1, -1, 0]]).index
    1.0
    """
    w = _checked(signed)
    unit = _unit(w)
    side = np.zeros(len(w), dtype=np.int8)
    bound = 0.0
    for block in reversed(_blocks(w)):
        part = w[np.ix_(block, block)]
        limit = None if len(block) <= EXACT_TO else EFFORT // len(block)
        # The energy of −w is twice the frustrated weight less all the weight.
        split = least_energy(-part, step=2 * unit, limit=limit)
        least = (np.abs(part).sum() / 2 + split.bound) / 2
        if limit is not None and split.bound < split.energy:
            least = max(least, _packed(part))
        bound += _up(least, unit=unit)
        known = np.flatnonzero(side[block])
        # A block that touches none before it holds the first state of its part of the network.
        anchor = int(known[0]) if len(known) else int(np.argmin(block))
        value = side[block[anchor]] if len(known) else np.int8(1)
        side[block] = split.side * split.side[anchor] * value
    side[side == 0] = 1
    index = _up(float(np.triu(np.where(w * np.outer(side, side) < 0, np.abs(w), 0.0)).sum()), unit=unit)
    exact = index - bound <= 1e-9 * max(float(np.abs(w).sum()) / 2, unit)
    return Frustration(index=index, partition=side, bound=index if exact else bound, exact=exact)


def _checked(signed: ArrayLike) -> Array:
    w = np.asarray(signed, dtype=np.float64)
    if w.ndim != 2 or w.shape[0] != w.shape[1] or not len(w):
        raise BadMatrix(f"the signed network has the shape {w.shape}.", hint="Give a square matrix of ties.")
    if not np.isfinite(w).all():
        raise BadMatrix("the signed network has a missing or infinite tie.", hint="Use 0 where there is no tie.")
    if not np.allclose(w, w.T, rtol=1e-12, atol=0):
        i, j = (int(x) for x in np.argwhere(~np.isclose(w, w.T, rtol=1e-12, atol=0))[0])
        raise BadMatrix(f"the signed network is not symmetric: {w[i, j]:g} at ({i}, {j}), {w[j, i]:g} the other way.",
                        hint="Give one tie for each pair.")
    if np.diagonal(w).any():
        raise BadMatrix("the signed network has a tie of a state with itself.", hint="Set the diagonal to 0.")
    return (w + w.T) / 2


def _unit(w: Array) -> float:
    """The largest number of which all weights are multiples, if they are integers; else 0."""
    size = np.abs(w)
    if (size != np.round(size)).any() or size.max(initial=0.0) >= 2**53:
        return 0.0
    return float(np.gcd.reduce(size.astype(np.int64), axis=None))


def _up(value: float, *, unit: float) -> float:
    """The next multiple of the unit, as frustrated weight must be one; never below 0."""
    return max(0.0, float(np.ceil(value / unit - 1e-3) * unit) if unit else float(value))


def _packed(w: Array) -> float:
    """Weight of negative cycles without a common tie, each by its weakest tie: no split can please all of a cycle.

    Shortest first. Ties only weaken, so that a state's shortest cycle never gets shorter. Dense networks are left out:
    they have thousands of cycles, and the relaxation serves them better.
    """
    if np.count_nonzero(w) > 16 * len(w):
        return 0.0
    left, total = w.copy(), 0.0
    queue = [(0, v) for v in range(len(w))]
    heapify(queue)
    while queue:
        length, start = heappop(queue)
        walk = _negative_walk(left, start=start)
        if not walk:
            continue
        if len(walk) > length:
            heappush(queue, (len(walk), start))
            continue
        ends = np.array(walk), np.roll(np.array(walk), -1)
        weakest = float(np.abs(left[ends]).min())
        total += weakest
        for i, j in zip(*ends, strict=True):
            rest = max(0.0, abs(left[i, j]) - weakest)
            left[i, j] = left[j, i] = rest * np.sign(left[i, j])
        heappush(queue, (length, start))
    return total


def _negative_walk(w: Array, *, start: int) -> list[int]:
    """The shortest closed walk through a state with an odd number of negative ties; empty if there is none."""
    came: dict[tuple[int, int], tuple[int, int]] = {(start, 1): (start, 1)}
    ring = [(start, 1)]
    while ring and (start, -1) not in came:
        further = []
        for node, sign in ring:
            for other in np.flatnonzero(w[node]).tolist():
                reached = (other, sign if w[node, other] > 0 else -sign)
                if reached not in came:
                    came[reached] = (node, sign)
                    further.append(reached)
        ring = further
    walk, at = [], (start, -1)
    while at in came and at != (start, 1):
        walk.append(at[0])
        at = came[at]
    return walk


def _blocks(w: Array) -> list[NDArray[np.intp]]:
    """The blocks (biconnected components) with a tie, each after those that hang on it, from the first state down."""
    ties = [np.flatnonzero(row).tolist() for row in w]
    seen, low = [0] * len(w), [0] * len(w)
    clock, out = 0, []
    for root in range(len(w)):
        if seen[root]:
            continue
        clock += 1
        seen[root] = low[root] = clock
        stack, waiting = [(root, -1, iter(ties[root]))], [root]
        while stack:
            node, parent, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                stack.pop()
                if parent >= 0:
                    low[parent] = min(low[parent], low[node])
                    if low[node] >= seen[parent]:
                        cut = waiting.index(node)
                        out.append(np.array([parent, *waiting[cut:]], dtype=np.intp))
                        del waiting[cut:]
            elif not seen[step]:
                clock += 1
                seen[step] = low[step] = clock
                waiting.append(step)
                stack.append((step, node, iter(ties[step])))
            elif step != parent:
                low[node] = min(low[node], seen[step])
    return out
