"""A state's policy over time, with its uncertainty: engagement, rivalry, order stress, leverage, leeway.

Arrays have T years, K powers, P = K(K−1)/2 pairs in the order of ``numpy.triu_indices(K, 1)``, D draws. A draw joins
one weighting of channels, components of rivalry and components of leverage with one set of parameters, so intervals
hold both measurement and assumption.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.measure.order import OrderPath, order_stress_path
from equipoise.measure.pooling import leave_one_out, pool, pool_draws
from equipoise.measure.rivalry import to_matrix
from equipoise.measure.structure import Structure, system_structure
from equipoise.model.continuation import Collapse, Given, by_pair, carry, confrontation
from equipoise.model.priors import Prior

Array = NDArray[np.float64]

FLOOR = 1e-3
"""Smallest share of an option: the choice has a positive share of everything, and a channel's zero is no proof."""

FLOORS = {"diplomacy": 0.02}
"""Floors of channels whose small shares are mostly noise: a hundred votes tell .04 from .001 by one or two of them."""

THREE_POINTS = (0.185, 0.63, 0.185)
"""Chances of the 5th, 50th and 95th percentile that stand for a whole distribution (Keefer & Bodily 1983)."""

PAIR_DRAWS = 40
"""Draws behind the leeway of single pairs; their K(K−1)/2 continuations a year make more too slow for a report."""


def floor_of(channel: str) -> float:
    """The smallest share of an option that estimates of a channel's choice, and forecasts of it, tell from none."""
    return FLOORS.get(channel, FLOOR)


@dataclass(frozen=True, slots=True)
class Band:
    """A point estimate with draws: value (T, …), draws (D, T, …); NaN where nothing was observed."""

    value: Array
    draws: Array

    def years(self, span: slice) -> Band:
        """Return some of the years."""
        return Band(self.value[span], self.draws[:, span])

    def interval(self, *, level: float = 0.9) -> tuple[Array, Array]:
        """Return the lower and upper bound (T, …) of the central interval."""
        tail = (1 - level) / 2
        with np.errstate(invalid="ignore"):
            low, high = np.quantile(self.draws, [tail, 1 - tail], axis=0)
        return low, high


def engagement(channels: Array, *, draws: int, seed: int) -> Band:
    """Pool channel shares (T, C, K+1) into engagement w (T, K+1): the pooled level, on the simplex."""
    return Band(_simplex(pool(channels).value), _simplex(pool_draws(channels, draws=draws, seed=seed, simplex=True)))


def rivalry(components: Array, *, draws: int, seed: int, weights: ArrayLike | None = None) -> Band:
    """Pool components (T, C, P) of rivalry into R (T, P), between 0 and 1; weights (C,), equal by default.

    Draws weight the components by a Dirichlet with these weights as its mean, see
    :func:`equipoise.measure.pool_draws`.
    """
    return _pooled(components, draws=draws, seed=seed, weights=weights)


def propensity(signed: Array, *, draws: int, seed: int, weights: ArrayLike | None = None) -> Band:
    """Pool signed components (T, C, P) into propensities p (T, P), −1…1; with the seed and weights of R, draw by draw.

    For signed components see :func:`equipoise.measure.signed_components`.
    """
    return _pooled(signed, draws=draws, seed=seed, weights=weights, lower=-1.0)


def leverage(components: Array, *, draws: int, seed: int) -> Band:
    """Pool components (3, T, C, K) of leverage into ℓ (T, K), between 0 and 1.

    The components are at the 5th, 50th and 95th percentile of what is uncertain in them; ``value`` is at the median. A
    draw takes them at one of the three, with the chances .185, .63 and .185 at which three such points have about the
    mean and variance of what they stand for (Keefer & Bodily 1983, "Three-point approximations").
    """
    low, middle, high = (_pooled(part, draws=draws, seed=seed) for part in components)
    at = np.random.default_rng([seed, 1]).choice(3, size=draws, p=THREE_POINTS)
    return Band(middle.value, np.choose(at[:, None, None], [low.draws, middle.draws, high.draws]))


def order(rivalry_band: Band, *, capability: Array) -> tuple[OrderPath, OrderPath]:
    """Order stress for the point estimate (T,) and for the draws (D, T), given capability (T, K)."""
    k = capability.shape[-1]
    return (
        order_stress_path(to_matrix(rivalry_band.value, powers=k), capability=capability),
        order_stress_path(to_matrix(rivalry_band.draws, powers=k), capability=capability[None]),
    )


@dataclass(frozen=True, slots=True)
class Camps:
    """Structure of the signed system: the point estimate (T), its draws (D, T), without each component (C, T)."""

    point: Structure
    drawn: Structure
    without: Structure


def camps(
    signed: Array, *, draws: int, seed: int, capability: Array, span: slice, weights: ArrayLike | None = None
) -> Camps:
    """Frustration and landscape of propensities pooled from signed components (T, C, P), in the years ``span``."""
    k = capability.shape[-1]
    p = propensity(signed, draws=draws, seed=seed, weights=weights).years(span)
    without = np.clip(leave_one_out(signed, weights=weights)[:, span], -1.0, 1.0)
    parts = (system_structure(to_matrix(x, powers=k), capability=capability[span])
             for x in (p.value, p.draws, without))
    return Camps(*parts)


@dataclass(frozen=True, slots=True)
class LeewayPath:
    """Leeway by draw and year: ``main`` with arrays (D, T, …), ``pairs`` (D', T, P); NaN values where it has no input.

    ``years`` are the positions t at which engagement, rivalry and leverage all exist; T counts these only.
    """

    years: NDArray[np.intp]
    main: Collapse
    pairs: Collapse


def leeway_path(w: Band, *, r: Band, lever: Band, side: NDArray[np.int8], prior: Prior, seed: int) -> LeewayPath | None:
    """Return leeway for every year with inputs and every draw; None if there is no such year.

    ``side`` (D, T, K) names each draw's blocs by −1 and 1 (0: neither).
    """
    known = np.isfinite(w.value).all(-1) & np.isfinite(r.value).all(-1) & np.isfinite(lever.value).all(-1)
    years = np.flatnonzero(known)
    if not years.size:
        return None
    d, k = len(w.draws), lever.value.shape[-1]
    few, n = min(d, PAIR_DRAWS), years.size
    matrices = to_matrix(r.draws, powers=k)
    parameters = [np.repeat(x, n) for x in prior.draw(draws=d, seed=seed).values()]
    given = Given(_flat(lever.draws, d, years), *parameters)
    start, sides = _flat(matrices, d, years), _flat(side.astype(np.float64), d, years)
    target = confrontation(start, side=sides)
    main = carry(_flat(w.draws, d, years), rivalry=start, target=target, side=sides, given=given)
    some = Given(_flat(lever.draws, few, years), *(x[: few * n] for x in parameters))
    pairs = by_pair(_flat(w.draws, few, years), rivalry=_flat(matrices, few, years), given=some)
    return LeewayPath(years, main.reshape(d, n), pairs.reshape(few, n, k * (k - 1) // 2))


def _flat(draws: Array, count: int, years: NDArray[np.intp]) -> Array:
    """The first draws of some years (D, T, …) as one axis, draw by draw."""
    return draws[:count, years].reshape(count * years.size, *draws.shape[2:])


def _pooled(
    components: Array, *, draws: int, seed: int, weights: ArrayLike | None = None, lower: float = 0.0
) -> Band:
    value = np.clip(pool(components, weights=weights).value, lower, 1.0)
    return Band(value, pool_draws(components, draws=draws, seed=seed, weights=weights, lower=lower, upper=1.0))


def _simplex(shares: Array) -> Array:
    kept = np.maximum(shares, FLOOR)
    total: Array = kept.sum(-1, keepdims=True)
    return kept / total
