"""Rivalry between powers: its components, each 0…1, as symmetric matrices with a zero diagonal; NaN is missing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix, UsageError

MOST_HOSTILE = 5.0
"""The top of the hostility scale of militarised disputes: war (Jones, Bremer and Singer 1996)."""

Array = NDArray[np.float64]


def checked_rivalry(rivalry: ArrayLike) -> Array:
    """Rivalry (…, K, K) as floats, or BadMatrix: square, symmetric, finite or NaN, not negative, zero diagonal.

    >>> checked_rivalry([[0, 1], [1, 0]])
    array([[0., 1.],
           [1., 0.]])
    """
    r = _square(rivalry, name="rivalry")
    uneven = ~np.isclose(r, np.swapaxes(r, -1, -2), atol=1e-9, rtol=0, equal_nan=True)
    if uneven.any():
        at = tuple(int(k) for k in np.argwhere(uneven)[0])
        there = (*at[:-2], at[-1], at[-2])
        raise BadMatrix(f"rivalry is not symmetric: {r[at]:g} at {at}, {r[there]:g} at {there}.",
                        hint="r_kl and r_lk are one number; take their maximum or mean.")
    bad = (r < 0) | np.isinf(r)
    if bad.any():
        at = tuple(int(k) for k in np.argwhere(bad)[0])
        raise BadMatrix(f"rivalry holds {r[at]:g} at {at}, negative or infinite.",
                        hint="Scale it to 0…1, NaN for missing.")
    if np.any(np.abs(np.diagonal(r, axis1=-2, axis2=-1)) > 1e-12):
        raise BadMatrix("rivalry has a diagonal that is not zero.", hint="A power is no rival of itself.")
    return r


def ideal_point_component(points: ArrayLike, *, scale: float) -> Array:
    """Distance of ideal points (…, K) as rivalry (…, K, K): min(1, |θ_k − θ_l| / scale).

    ``scale`` is the distance that counts as full rivalry, in the unit of the points (Bailey, Strezhnev and Voeten
    2017: one standard deviation over country-sessions).

    >>> ideal_point_component([0.0, 2.0], scale=4.0)
    array([[0. , 0.5],
           [0.5, 0. ]])
    """
    if not scale > 0:
        raise UsageError(f"the scale {scale:g} is not positive.", hint="Give the distance that counts as full rivalry.")
    theta = np.asarray(points, dtype=np.float64)
    return _hollow(np.minimum(np.abs(theta[..., :, None] - theta[..., None, :]) / scale, 1.0))


def sanctions_component(in_force: ArrayLike) -> Array:
    """Sanctions in force, sender × target (…, K, K) in 0…1 → the stronger of the two directions (…, K, K).

    One direction at 1 settles it even where the other is missing; else a missing direction leaves the pair missing.

    >>> sanctions_component([[0, 1], [0, 0]])
    array([[0., 1.],
           [1., 0.]])
    """
    return _hollow(_either_way(_bounded(in_force, name="in_force", high=1.0)))


def alliance_component(similarity: ArrayLike) -> Array:
    """Opposed alliances from the similarity S of alliance portfolios (…, K, K) in −1…1: (1 − S)/2.

    >>> alliance_component([[1.0, -0.5], [-0.5, 1.0]])
    array([[0.  , 0.75],
           [0.75, 0.  ]])
    """
    return _hollow((1 - _bounded(similarity, name="similarity", low=-1.0, high=1.0)) / 2)


def highest_recent(hostility: ArrayLike, *, years: int = 5) -> Array:
    """Highest hostility (T, …) in a year and the ``years`` − 1 before it → (T, …).

    The first axis is consecutive years. NaN in the year itself gives NaN (a source's end is not peace); missing years
    before it are left out.

    >>> highest_recent([4.0, 0.0, 0.0, np.nan], years=2)
    array([ 4.,  4.,  0., nan])
    """
    if years < 1:
        raise UsageError(f"a window of {years} years is empty.", hint="Use 5, as the model does.")
    level = np.asarray(hostility, dtype=np.float64)
    out = level.copy()
    for lag in range(1, min(years, len(level))):
        out[lag:] = np.fmax(out[lag:], level[:-lag])
    return np.where(np.isnan(level), np.nan, out)


def disputes_component(hostility: ArrayLike) -> Array:
    """Highest hostility of disputes in the last five years (…, K, K), 0 none … 5 war → hostility / 5 (…, K, K).

    See :func:`highest_recent` for the window; sides are merged by the higher level (hostility levels: Jones, Bremer
    and Singer 1996).

    >>> disputes_component([[0, 4], [4, 0]])
    array([[0. , 0.8],
           [0.8, 0. ]])
    """
    return _hollow(_either_way(_bounded(hostility, name="hostility", high=MOST_HOSTILE) / MOST_HOSTILE))


def strategic_component(rivals: ArrayLike) -> Array:
    """Strategic rivalry (…, K, K), 1 where a pair is listed, either way → 0 or 1 (…, K, K) (Thompson 2001).

    >>> strategic_component([[0, 0], [1, 0]])
    array([[0., 1.],
           [1., 0.]])
    """
    return _hollow(_either_way(_bounded(rivals, name="rivals", high=1.0)))


def pair_positions(powers: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions (k, l), k < l, of the K(K−1)/2 pairs in the order of :func:`to_pairs`.

    >>> [p.tolist() for p in pair_positions(3)]
    [[0, 0, 1], [1, 2, 2]]
    """
    first, second = np.triu_indices(powers, k=1)
    return first, second


def to_pairs(matrix: ArrayLike) -> Array:
    """The pairs of symmetric matrices (…, K, K) → (…, K(K−1)/2), row by row above the diagonal.

    >>> to_pairs([[0, 1, 2], [1, 0, 3], [2, 3, 0]])
    array([1., 2., 3.])
    """
    square = _square(matrix, name="matrix")
    return square[(..., *pair_positions(square.shape[-1]))]


def to_matrix(pairs: ArrayLike, *, powers: int) -> Array:
    """Symmetric matrices with a zero diagonal (…, K, K) from pairs (…, K(K−1)/2): the reverse of :func:`to_pairs`.

    Raises BadMatrix when the number of pairs is not that of ``powers``.

    >>> to_matrix([1.0, 2.0, 3.0], powers=3)
    array([[0., 1., 2.],
           [1., 0., 3.],
           [2., 3., 0.]])
    """
    values = np.asarray(pairs, dtype=np.float64)
    first, second = pair_positions(powers)
    if values.ndim == 0 or values.shape[-1] != len(first):
        raise BadMatrix(f"pairs of shape {values.shape} do not fill a matrix of {powers} powers.",
                        hint=f"Give {len(first)} values on the last axis.")
    matrix = np.zeros((*values.shape[:-1], powers, powers))
    matrix[..., first, second] = matrix[..., second, first] = values
    return matrix


def _square(values: ArrayLike, *, name: str) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or array.shape[-1] == 0:
        raise BadMatrix(f"{name} of shape {array.shape} is not square.", hint="Powers on both of the last two axes.")
    return array


def _bounded(values: ArrayLike, *, name: str, low: float = 0.0, high: float) -> Array:
    array = _square(values, name=name)
    slack = 1e-9
    bad = (array < low - slack) | (array > high + slack)
    if bad.any():
        raise BadMatrix(f"{name} holds {array[bad][0]:g}, outside {low:g} to {high:g}.", hint="NaN stands for missing.")
    return np.clip(array, low, high)


def _either_way(values: Array) -> Array:
    other = np.swapaxes(values, -1, -2)
    return np.where(np.fmax(values, other) == 1, 1.0, np.maximum(values, other))


def _hollow(values: Array) -> Array:
    out = values.copy()
    k = np.arange(values.shape[-1])
    out[..., k, k] = 0.0
    return out
