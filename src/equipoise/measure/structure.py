"""Structure of a system of powers that are drawn together or apart: how far from two camps, and how deep the split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix
from equipoise.measure.alignment import TOLERANCE
from equipoise.measure.rivalry import pair_positions, to_pairs
from equipoise.measure.simplex import normalised
from equipoise.schema import MOST_POWERS

_CELLS = 2**22
"""Energies that are held at once: it bounds memory, not the result."""

Array = NDArray[np.float64]
Sides = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Structure:
    """Structure by date (…); see :func:`system_structure`.

    ``frustration`` (…), 0…½: share of the weight of ties that contradicts the best split. ``depth`` (…), 0…1: energy of
    the deepest minimum of the landscape over the greatest possible. ``side`` (…, K): its blocs, the first power of
    positive capability in 1, the other bloc −1; 0 for a power without capability and throughout a missing date.
    ``minima`` (…): number of local minima, 0 on a missing date.
    """

    frustration: Array
    depth: Array
    side: Sides
    minima: NDArray[np.int64]


def signed_components(components: ArrayLike, *, closeness: ArrayLike) -> Array:
    """Components of rivalry r (…, C, P) in 0…1 as propensities to stand together (…, C, P), −1…1.

    1 − 2r where ``closeness`` (C,) is true: the component tells friends from strangers as well as from foes, and is
    neutral at ½. −r where it is false: it records hostile acts, and their absence is no friendship (own convention).
    Raises BadMatrix where closeness does not fit.

    >>> signed_components([[0.0, 0.5, 1.0], [0.0, 0.5, 1.0]], closeness=[True, False])
    array([[ 1. ,  0. , -1. ],
           [-0. , -0.5, -1. ]])
    """
    r, both = np.asarray(components, dtype=np.float64), np.asarray(closeness, dtype=bool)
    if r.ndim < 2 or both.shape != r.shape[-2:-1]:
        raise BadMatrix(f"closeness of shape {both.shape} does not fit components of shape {r.shape}.",
                        hint="Give (…, C, P) and one truth value for each of the C components.")
    return np.where(both[..., None], 1 - 2 * r, -r)


def system_structure(propensity: ArrayLike, *, capability: ArrayLike) -> Structure:
    """Structure of propensities p (…, K, K) in −1…1 among up to 12 powers with capability (…, K), any unit.

    Frustration is that of the signed network p, every tie by its size |p|: the least weight of friendly ties across two
    blocs and hostile ones within them, over all weight (Harary 1959; see :func:`equipoise.measure.frustration`); NaN
    without any tie. The landscape weighs ties by capability, c normalised within the set: E(X) = Σ_i Σ_j c_i c_j p_ij
    over pairs in different blocs (Axelrod and Bennett 1993; see :func:`equipoise.measure.landscape`). Depth is
    −2 min E: 0 where no split is better than one bloc of all, 1 where two equal blocs are wholly hostile to each other,
    as no energy is below −½. All 2^(K−1) splits are looked at, so both are exact; of equally deep minima the first
    counts. A missing input (NaN) or a set without any capability gives a missing date.

    Raises BadMatrix if propensities are not square, symmetric, within −1…1 and zero on the diagonal, have more than 12
    powers, or do not fit capability; BadShares if a capability is negative.

    >>> found = system_structure([[0, 1, -1], [1, 0, -1], [-1, -1, 0]], capability=[1, 1, 2])
    >>> float(found.frustration), float(found.depth), found.side.tolist(), int(found.minima)
    (0.0, 1.0, [1, 1, -1], 1)
    """
    p, c = _checked(propensity), normalised(capability, name="capability")
    k = p.shape[-1]
    if c.shape[-1:] != (k,):
        raise BadMatrix(f"propensities of shape {p.shape} do not fit capability of shape {c.shape}.",
                        hint="Give (…, K, K) and (…, K), one power order for both.")
    lead = np.broadcast_shapes(p.shape[:-2], c.shape[:-1])
    ties = to_pairs(p)
    ties = np.broadcast_to(ties, (*lead, ties.shape[-1])).reshape(-1, ties.shape[-1])
    sizes = np.broadcast_to(c, (*lead, k)).reshape(-1, k)
    x = _splits(k)
    rows = max(1, _CELLS // len(x))
    found = [_rows(ties[i : i + rows], sizes=sizes[i : i + rows], x=x) for i in range(0, max(len(ties), 1), rows)]
    frustration, depth, side, minima = (np.concatenate(part) for part in zip(*found, strict=True))
    return Structure(frustration.reshape(lead), depth.reshape(lead), side.reshape(*lead, k), minima.reshape(lead))


def same_split(side: ArrayLike, other: ArrayLike) -> Array:
    """Whether two splits (…, K) into −1 and 1 are the same whatever the signs: 1 or 0 → (…); 0 in a split is neither.

    Powers that stand in a bloc of both are compared; NaN with fewer than two of them.

    >>> same_split([[1, 1, -1], [1, 1, 1], [0, 0, 1]], [[-1, -1, 1], [1, 1, -1], [1, 1, -1]])
    array([ 1.,  0., nan])
    """
    product = np.asarray(side, dtype=np.int64) * np.asarray(other, dtype=np.int64)
    both = (product != 0).sum(axis=-1)
    same = np.abs(product.sum(axis=-1)) == both
    return np.where(both >= 2, same.astype(np.float64), np.nan)


def turned(side: Sides, *, towards: Sides) -> Sides:
    """The split (…, K) with the signs that put more powers on the side they have in another one (…, K).

    >>> turned(np.array([1, 1, -1], dtype=np.int8), towards=np.array([-1, -1, 0], dtype=np.int8)).tolist()
    [-1, -1, 1]
    """
    overlap = (side.astype(np.int64) * towards).sum(axis=-1, keepdims=True)
    return np.where(overlap < 0, -side, side).astype(np.int8)


def _checked(propensity: ArrayLike) -> Array:
    p = np.asarray(propensity, dtype=np.float64)
    if p.ndim < 2 or p.shape[-1] != p.shape[-2] or p.shape[-1] < 2:
        raise BadMatrix(f"propensities have the shape {p.shape}.", hint="Give square matrices of at least two powers.")
    if p.shape[-1] > MOST_POWERS:
        raise BadMatrix(f"propensities are between {p.shape[-1]} powers, {MOST_POWERS} at most.",
                        hint="Choose fewer powers, or take frustration() for a large network.")
    if not np.allclose(p, np.swapaxes(p, -1, -2), atol=1e-9, rtol=0, equal_nan=True):
        raise BadMatrix("propensities are not symmetric.", hint="p_kl and p_lk are one number.")
    if np.any(np.abs(p) > 1 + 1e-9):
        raise BadMatrix("a propensity is outside −1 to 1.", hint="Scale them; NaN stands for missing.")
    if np.any(np.diagonal(p, axis1=-2, axis2=-1)):
        raise BadMatrix("propensities have a diagonal that is not zero.", hint="A power has no tie with itself.")
    return p


def _splits(powers: int) -> Array:
    """All splits (2^(K−1), K), the first power on side 1; bit b of the position is whether power b + 1 is not."""
    away = np.arange(2 ** (powers - 1))[:, None] >> np.arange(powers - 1) & 1
    return np.hstack([np.ones((len(away), 1)), 1.0 - 2.0 * away])


def _rows(ties: Array, *, sizes: Array, x: Array) -> tuple[Array, Array, Sides, NDArray[np.int64]]:
    """Frustration (n,), depth (n,), side (n, K) and minima (n,) of ties (n, P) and sizes (n, K)."""
    first, second = pair_positions(sizes.shape[1])
    cut = (x[:, first] != x[:, second]).T.astype(np.float64)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(ties).all(axis=1) & np.isfinite(sizes).all(axis=1))
    p, c = np.where(known[:, None], ties, 0.0), np.where(known[:, None], sizes, 0.0)
    weight = np.abs(p).sum(axis=1)
    # A split keeps all hostile ties within it, but for those that it cuts: Σ|p⁻| + Σ p over what it cuts.
    contradicted = np.maximum(-np.minimum(p, 0.0).sum(axis=1) + (p @ cut).min(axis=1), 0.0)
    j = p * c[:, first] * c[:, second]
    energy = 2 * j @ cut
    best = energy.argmin(axis=1)
    low = energy[np.arange(len(energy)), best]
    lowest = np.ones(energy.shape, dtype=bool)
    floor = energy - TOLERANCE * 2 * np.abs(j).sum(axis=1, keepdims=True)
    here = np.arange(len(x))
    # The first power's change of sides is everybody else's.
    for move in (len(x) - 1, *(1 << b for b in range(x.shape[1] - 1))):
        lowest &= energy[:, here ^ move] >= floor
    # A power without capability stands on either side at no cost, and would double the minima.
    count = lowest.sum(axis=1) // 2 ** (c == 0).sum(axis=1)
    start = x[best, (c > 0).argmax(axis=1)]
    side = np.where((c > 0) & known[:, None], x[best] * start[:, None], 0).astype(np.int8)
    return (np.where(known & (weight > 0), contradicted / np.where(weight > 0, weight, 1.0), np.nan),
            np.where(known, np.maximum(-2 * low, 0.0), np.nan), side, np.where(known, count, 0))
