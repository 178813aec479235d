"""Order stress: how strongly the rivalry between powers splits the system in two, and along which line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix
from equipoise.measure.rivalry import checked_rivalry
from equipoise.measure.simplex import normalised

LOADING_TOLERANCE = 1e-6
"""A power whose loading is smaller in absolute value stands in neither bloc."""

TIE_TOLERANCE = 1e-9
"""Eigenvalues or loadings closer than this, relative to the largest, count as equal."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OrderStress:
    """Order stress of one date.

    ``value`` 0…½; ``blocs``: two tuples of positions counted from 0, the first with the power of the largest loading,
    both empty without rivalry; ``eigenvector`` (K,): loadings, unit length, all 0 without rivalry.
    """

    value: float
    blocs: tuple[tuple[int, ...], tuple[int, ...]]
    eigenvector: Array


@dataclass(frozen=True, slots=True)
class OrderPath:
    """Order stress over time: ``value`` (…, T), ``side`` (…, T, K) in {−1, 0, 1}, ``eigenvector`` (…, T, K).

    A year with a missing input has NaN in ``value`` and ``eigenvector`` and 0 in ``side``.
    """

    value: Array
    side: NDArray[np.int8]
    eigenvector: Array

    def years(self, span: slice) -> OrderPath:
        """Return some of the years."""
        return OrderPath(self.value[..., span], self.side[..., span, :], self.eigenvector[..., span, :])


def order_stress(rivalry: ArrayLike, *, capability: ArrayLike) -> OrderStress:
    """Order stress β of rivalry (K, K) in 0…1 among powers with capability (K,), any unit.

    β = −λ_min(C^½ R C^½), C = diag(c), c normalised to sum to one *within the set of powers* (own measure; reading a
    network's most bipartite split from its most negative eigenvalue follows Newman 2006). 0 without
    rivalry; at most ½, when two blocs of equal capability face each other with r = 1 across and 0 within.
    Blocs are the positive and the negative loadings of the eigenvector of λ_min. Where λ_min is shared by several
    eigenvectors, that one is taken on which the power with the largest possible loading (the first of equals) loads
    most; the same rule fixes the sign. Loadings below ``LOADING_TOLERANCE`` are in neither bloc.

    Raises BadMatrix if rivalry is not square, symmetric, non-negative, with a zero diagonal and complete, or if
    capability does not fit; BadShares if a capability is negative.

    >>> stress = order_stress([[0, 0, 1], [0, 0, 1], [1, 1, 0]], capability=[1, 1, 2])
    >>> round(stress.value, 6), stress.blocs
    (0.5, ((2,), (0, 1)))
    """
    r = checked_rivalry(rivalry)
    if r.ndim != 2 or np.isnan(r).any() or np.isnan(np.asarray(capability, dtype=np.float64)).any():
        raise BadMatrix("rivalry or capability has a missing entry or a further axis.",
                        hint="Use order_stress_path for years, some of them incomplete.")
    if not np.any(np.asarray(capability, dtype=np.float64) > 0):
        raise BadMatrix("capability is zero for every power.", hint="Give each power's share or level.")
    path = order_stress_path(r[None], capability=np.asarray(capability, dtype=np.float64)[None])
    side = path.side[0]
    blocs = tuple(tuple(int(k) for k in np.flatnonzero(side == s)) for s in (1, -1))
    return OrderStress(value=float(path.value[0]), blocs=(blocs[0], blocs[1]), eigenvector=path.eigenvector[0])


def order_stress_path(rivalry: ArrayLike, *, capability: ArrayLike) -> OrderPath:
    """Order stress of rivalry (…, T, K, K) and capability (…, T, K), year by year; leading axes are draws.

    As :func:`order_stress` for every year. The sign (and, where λ_min is shared, the direction) of the eigenvector is
    the one closest to the last year that had one, so that a power keeps its side until it changes sides. Missing
    inputs (NaN) give a missing year.

    >>> path = order_stress_path([[[0, 1], [1, 0]], [[0, 0.5], [0.5, 0]]], capability=[[1, 1], [1, 3]])
    >>> path.value.round(4), path.side.tolist()
    (array([0.5   , 0.2165]), [[1, -1], [1, -1]])
    """
    r, c = checked_rivalry(rivalry), normalised(capability, name="capability")
    if r.ndim < 3 or c.shape[-1] != r.shape[-1] or c.shape[-2:-1] not in ((r.shape[-3],), (1,)):
        raise BadMatrix(f"rivalry of shape {r.shape} does not fit capability of shape {c.shape}.",
                        hint="Give (T, K, K) and (T, K), one power order for both.")
    root = np.sqrt(c)
    m = root[..., :, None] * r * root[..., None, :]
    known: NDArray[np.bool_] = np.asarray(~np.isnan(m).any(axis=(-1, -2)))
    values, vectors = np.linalg.eigh(np.where(known[..., None, None], m, 0.0))
    lowest, size = values[..., :1], np.abs(values).max(axis=-1, keepdims=True)
    split = (size > 1e-12) & known[..., None]
    shared = vectors * ((values - lowest) <= TIE_TOLERANCE * size)[..., None, :]
    space = shared @ np.swapaxes(shared, -1, -2)
    eigenvector = _follow(space, split=split[..., 0])
    side = np.where(np.abs(eigenvector) > LOADING_TOLERANCE, np.sign(eigenvector), 0).astype(np.int8)
    return OrderPath(value=np.where(known, np.where(split[..., 0], -lowest[..., 0], 0.0), np.nan), side=side,
                     eigenvector=np.where(known[..., None], eigenvector, np.nan))


def _follow(space: Array, *, split: NDArray[np.bool_]) -> Array:
    """Unit vectors (…, T, K) in the eigenspaces given as projections (…, T, K, K), each near the one before it."""
    out = np.zeros(space.shape[:-1])
    last = np.zeros(space.shape[:-3] + space.shape[-1:])
    for t in range(space.shape[-3]):
        here, on = space[..., t, :, :], split[..., t, None]
        near = _unit(np.einsum("...kl,...l->...k", here, last))
        own = _unit(np.take_along_axis(here, _leader(here)[..., None, None], axis=-1)[..., 0])
        chosen = np.where(np.abs(near).max(axis=-1, keepdims=True) > 0, near, own)
        out[..., t, :] = np.where(on, chosen, 0.0)
        last = np.where(on, chosen, last)
    return out


def _leader(space: Array) -> NDArray[np.intp]:
    """The first power whose loading can be the largest: the largest diagonal entry of the projection."""
    largest = np.diagonal(space, axis1=-2, axis2=-1)
    first: NDArray[np.intp] = np.argmax(largest >= largest.max(axis=-1, keepdims=True) - TIE_TOLERANCE, axis=-1)
    return first


def _unit(vector: Array) -> Array:
    """The vector at length one; zero where it is too short to have a direction (orthogonal to the eigenspace)."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.where(length > LOADING_TOLERANCE, vector / np.where(length > 0, length, 1.0), 0.0)
