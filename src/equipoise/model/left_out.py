"""What rivalry, order stress and leeway would be without each component of rivalry in turn.

Arrays are as in :mod:`equipoise.model.policy`, with the C components that are left out first. The others keep the
proportions of their weights. A component that leaves nothing out, since it is never observed, has NaN throughout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.measure.order import order_stress_path
from equipoise.measure.pooling import leave_one_out, pool_draws
from equipoise.measure.rivalry import to_matrix
from equipoise.model.continuation import Given, carry, confrontation
from equipoise.model.policy import Band, LeewayPath
from equipoise.model.priors import Prior

Array = NDArray[np.float64]

LEFT_OUT_DRAWS = 40
"""Draws behind a leeway without a component; one continuation for each component makes more too slow for a report."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rivalry without each component: ``value`` (C, T, P) and ``draws`` (C, D, T, P); ``capability`` (T, K)."""

    value: Array
    draws: Array
    capability: Array

    def stress(self) -> Array:
        """Return order stress (C, T)."""
        k = self.capability.shape[-1]
        return order_stress_path(to_matrix(self.value, powers=k), capability=self.capability[None]).value


def rivalry_without(
    components: Array, *, draws: int, seed: int, capability: Array, weights: ArrayLike | None = None
) -> LeftOut:
    """Pool components (T, C, P) of rivalry without each in turn; with the random numbers of the whole, draw by draw."""
    shares = np.ones(components.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
    value = np.clip(leave_one_out(components, weights=shares), 0.0, 1.0)
    drawn = np.full((len(value), draws, *value.shape[1:]), np.nan)
    for c in np.flatnonzero(np.isfinite(value).any(axis=(1, 2))):
        others = np.where(np.arange(len(shares)) == c, 0.0, shares)
        drawn[c] = pool_draws(components, draws=draws, seed=seed, weights=others, upper=1.0)
    return LeftOut(value, drawn, capability)


def leeway_without(
    path: LeewayPath, *, left: LeftOut, w: Band, lever: Band, prior: Prior, seed: int, span: slice
) -> Array:
    """Return the median leeway (C, n) without each component, for the n years of ``path``; NaN without rivalry.

    It is over :data:`LEFT_OUT_DRAWS` of the draws, in every year evenly spaced in the order of their leeway, so that
    they stand for all. ``prior`` and ``seed`` are those of the path, ``span`` the years of w and lever among those of
    ``left``. Blocs are those of each date by itself.
    """
    rows, t = representatives(path.main.value, count=LEFT_OUT_DRAWS), path.years
    here = to_matrix(left.draws[:, :, span][:, rows, t], powers=left.capability.shape[-1])
    known = np.isfinite(here).all(axis=(-1, -2))
    start = here[known]
    strength = np.broadcast_to(left.capability[span][t], (*known.shape, start.shape[-1]))[known]
    sides = order_stress_path(start[:, None], capability=strength[:, None]).side[:, 0].astype(np.float64)
    shares, levers = (np.broadcast_to(x.draws[rows, t], (*known.shape, x.draws.shape[-1]))[known] for x in (w, lever))
    drawn = prior.draw(draws=len(path.main.value), seed=seed).values()
    given = Given(levers, *(np.broadcast_to(x[rows], known.shape)[known] for x in drawn))
    target = confrontation(start, side=sides)
    out = np.full(known.shape, np.nan)
    out[known] = carry(shares, rivalry=start, target=target, side=sides, given=given).value
    return np.asarray(np.median(out, axis=1))


def representatives(values: Array, *, count: int) -> NDArray[np.intp]:
    """Rows of (D, n) that stand for all, column by column: at most ``count``, evenly spaced in order → (count, n).

    >>> representatives(np.array([[0.9], [0.1], [0.5], [0.3], [0.7], [0.2]]), count=3).T.tolist()
    [[5, 2, 0]]
    """
    order = np.argsort(values, axis=0, kind="stable")
    few = min(count, len(order))
    return np.asarray(order[((np.arange(few) + 0.5) * len(order) / few).astype(int)])
