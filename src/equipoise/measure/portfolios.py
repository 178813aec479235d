"""Similarity of foreign-policy portfolios: how alike two states treat third parties or vote.

A portfolio is a row of m entries on one ordinal scale: alliance obligations to m states, or votes on m resolutions.
Everything is done with matrix products over levels of the scale, so that a year of roll calls is one call.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix, UsageError

Measure = Literal["S", "S2", "kappa", "pi", "pi_nominal", "agreement"]
Array = NDArray[np.float64]


def similarity(portfolios: ArrayLike, *, measure: Measure = "S", scale: tuple[float, float] | None = None,
               weights: ArrayLike | None = None) -> Array:
    """Similarity of every pair of portfolios (…, n, m) → (…, n, n), symmetric; NaN entries are missing.

    Sums run over the entries that both portfolios hold, weighted by ``weights`` (m,) or (…, m) (default 1); x and y
    are two rows, bars are weighted means, n the sum of weights:

    - ``S`` = 1 − 2 Σ w|x−y| / (r Σ w), ``S2`` = 1 − 2 Σ w(x−y)² / (r² Σ w), −1…1, r = hi − lo (Signorino and Ritter
      1999). r is the range of the *scale*, which must be given: the range that happens to be observed inflates S.
    - ``kappa`` = 1 − Σ w(x−y)² / [Σ w(x−x̄)² + Σ w(y−ȳ)² + n(x̄−ȳ)²] (Cohen 1968 with squared weights);
      ``pi`` = 1 − Σ w(x−y)² / [Σ w(x−z)² + Σ w(y−z)²], z = (x̄+ȳ)/2 (Scott 1955, weighted: Häge 2011).
    - ``pi_nominal`` = (A − E) / (1 − E), A the share of equal entries, E = Σ_c [(p_c(x) + p_c(y))/2]²: Scott's own,
      in which a yes is as far from an abstention as from a no.
    - ``agreement`` = A, 0…1. (Counting an abstention as half a no is (1 + S)/2.)

    NaN where two rows share no entry (with positive weight), and for kappa and pi where both are constant and equal.
    Raises BadMatrix for entries outside ``scale`` or weights of the wrong length, UsageError for an unknown measure or
    for S without a scale; BadMatrix, too, where every entry is missing. Time grows with the number of distinct values,
    which is small on an ordinal scale.

    >>> votes = [[1, 2, 3, 1], [1, 3, 3, np.nan], [3, 1, 1, 3]]
    >>> similarity(votes, measure="S", scale=(1, 3)).round(2)
    array([[ 1.  ,  0.67, -0.75],
           [ 0.67,  1.  , -1.  ],
           [-0.75, -1.  ,  1.  ]])
    >>> similarity(votes, measure="pi").round(2)
    array([[ 1.  ,  0.79, -0.89],
           [ 0.79,  1.  , -1.  ],
           [-0.89, -1.  ,  1.  ]])
    """
    x = _portfolios(portfolios, axes=2, name="portfolios")
    return _cross(x, x, measure=measure, scale=scale, weights=weights)


def similarity_to(portfolio: ArrayLike, *, others: ArrayLike, measure: Measure = "S",
                  scale: tuple[float, float] | None = None, weights: ArrayLike | None = None) -> Array:
    """Similarity of one portfolio (…, m) to each of others (…, n, m) → (…, n); as :func:`similarity` otherwise.

    >>> similarity_to([1, 2, 3], others=[[1, 2, 3], [3, 2, 1]], measure="S2", scale=(1, 3)).round(4)
    array([ 1.    , -0.3333])
    """
    x = _portfolios(portfolio, axes=1, name="portfolio")[..., None, :]
    y = _portfolios(others, axes=2, name="others")
    if x.shape[-1] != y.shape[-1]:
        raise BadMatrix(f"the portfolio has {x.shape[-1]} entries and the others {y.shape[-1]}.",
                        hint="Align both on the same columns.")
    return _cross(x, y, measure=measure, scale=scale, weights=weights)[..., 0, :]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Two sets of rows over the same entries; every pair sum is one matrix product."""

    x: Array
    y: Array
    weights: Array

    def sum(self, left: Array, right: Array) -> Array:
        """Σ_e w_e left_ie right_je over entries e, for all pairs (i, j)."""
        return (left * self.weights[..., None, :]) @ np.swapaxes(right, -1, -2)

    @property
    def filled(self) -> tuple[Array, Array]:
        return np.nan_to_num(self.x), np.nan_to_num(self.y)

    @property
    def present(self) -> tuple[Array, Array]:
        return (~np.isnan(self.x)).astype(np.float64), (~np.isnan(self.y)).astype(np.float64)

    @property
    def count(self) -> Array:
        """Sum of weights of common entries; NaN where there is none."""
        n = self.sum(*self.present)
        return np.where(n > 0, n, np.nan)

    def levels(self) -> Array:
        """The distinct values, ascending."""
        values = np.unique(np.concatenate([self.x.ravel(), self.y.ravel()]))
        present: Array = values[~np.isnan(values)]
        return present

    def absolute(self) -> Array:
        """Σ w|x−y|: the steps of the scale that lie between x and y, each a product of indicators."""
        levels, (px, py) = self.levels(), self.present
        total = np.zeros_like(self.count)
        for low, high in pairwise(levels):
            above_x, above_y = (self.x >= high).astype(np.float64), (self.y >= high).astype(np.float64)
            total += (high - low) * (self.sum(above_x, py - above_y) + self.sum(px - above_x, above_y))
        return total

    def moments(self) -> tuple[Array, Array, Array]:
        """Σ w(x² + y²), Σ w x y, and the sums Σ w x and Σ w y as one array (2, …), over common entries."""
        (x, y), (px, py) = self.filled, self.present
        # x and y are 0 where missing, so only the other side's presence has to be multiplied in.
        return (self.sum(x**2, py) + self.sum(px, y**2), self.sum(x, y),
                np.stack([self.sum(x, py), self.sum(px, y)]))

    def shares_by_level(self) -> tuple[Array, Array]:
        """Share of equal entries, and Σ_c [(p_c(x) + p_c(y))/2]²."""
        n, (px, py) = self.count, self.present
        equal, chance = np.zeros_like(n), np.zeros_like(n)
        for level in self.levels():
            is_x, is_y = (self.x == level).astype(np.float64), (self.y == level).astype(np.float64)
            equal += self.sum(is_x, is_y)
            chance += ((self.sum(is_x, py) + self.sum(px, is_y)) / (2 * n)) ** 2
        return equal / n, chance


def _cross(x: Array, y: Array, *, measure: Measure, scale: tuple[float, float] | None,
           weights: ArrayLike | None) -> Array:
    if measure not in get_args(Measure):
        raise UsageError(f"{measure!r} is no measure of similarity.",
                         hint=f"Use one of {', '.join(get_args(Measure))}.")
    span = _span(x, y, scale=scale, needed=measure in ("S", "S2"))
    # Moments about the middle of the values lose nothing to rounding when the scale lies far from zero.
    values = np.concatenate([x.ravel(), y.ravel()])
    middle = 0.0 if np.isnan(values).all() else (np.nanmin(values) + np.nanmax(values)) / 2
    pairs = _Pairs(x=x - middle, y=y - middle, weights=_weights(weights, entries=x.shape[-1]))
    if measure == "S":
        return 1 - 2 * pairs.absolute() / (span * pairs.count)
    if measure in ("agreement", "pi_nominal"):
        equal, chance = pairs.shares_by_level()
        return equal if measure == "agreement" else _chance_corrected(1 - equal, expected=1 - chance)
    squares, product, sums = pairs.moments()
    apart, n = np.maximum(squares - 2 * product, 0.0), pairs.count
    if measure == "S2":
        return 1 - 2 * apart / (span**2 * n)
    centre = 2 * sums[0] * sums[1] / n if measure == "kappa" else (sums[0] + sums[1]) ** 2 / (2 * n)
    return _chance_corrected(apart / n, expected=(squares - centre) / n)


def _chance_corrected(observed: Array, *, expected: Array) -> Array:
    # Both constant and equal leaves 0/0: no disagreement was possible, so none says anything.
    return 1 - observed / np.where(expected > 1e-12, expected, np.nan)


def _portfolios(values: ArrayLike, *, axes: int, name: str) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim < axes or np.isinf(array).any():
        raise BadMatrix(f"{name} has {array.ndim} axes, or an infinite entry.",
                        hint=f"Give at least {axes} axes, entries last, NaN for missing.")
    if np.isnan(array).all():
        raise BadMatrix(f"{name} is missing throughout.", hint="Nothing can be compared; see whether the years or "
                        "states that were asked for have any data.")
    return array


def _span(x: Array, y: Array, *, scale: tuple[float, float] | None, needed: bool) -> float:
    if scale is None:
        if needed:
            raise UsageError("S needs the range of the scale.",
                             hint="Pass scale=(0, 3) for alliances, (1, 3) for votes.")
        return np.nan
    low, high = scale
    if not low < high:
        raise UsageError(f"the scale ({low}, {high}) is empty.", hint="Give the lowest value first.")
    for array in (x, y):
        outside = (array < low) | (array > high)
        if outside.any():
            raise BadMatrix(f"a portfolio holds {array[outside][0]:g}, outside the scale {low:g} to {high:g}.",
                            hint="Turn codes for absence into NaN.")
    return float(high - low)


def _weights(weights: ArrayLike | None, *, entries: int) -> Array:
    w = np.ones(entries) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.ndim == 0 or w.shape[-1] != entries or not np.all(w >= 0):
        raise BadMatrix(f"weights of shape {w.shape} do not fit {entries} entries, or one is negative or missing.",
                        hint="Give one non-negative weight for each entry.")
    return w
