"""A world price that rises or falls by a given part, in the model of sectors.

What moves the price is demand: final users, and the industries that make none of the goods concerned, spend another
share on them, the same change of weight everywhere, as large as it takes. Demand has unit elasticity in this model, so
that a fall of costs, the other way to a lower price, would leave sellers with the same revenue, which a slump of oil
does not. It takes factors specific to their sectors, as reserves and wells are: where factors move, a price follows
costs, and no change of demand halves it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import NotConverged, UsageError
from equipoise.model.caliendo_parro import Baseline, SectorResult, caliendo_parro

Array = NDArray[np.float64]

NEAR = 1e-5
"""How near the log of the price must come."""

MOST, LEAP = 12, 3.0
"""Solutions tried, and the largest step of the log of the weight."""


def world_price(start: Baseline, result: SectorResult, *, good: str) -> float:
    """Return the price of a good, new over old, as a geometric mean over buyers by what they spent on it.

    Its unit is world value added.
    """
    at = start.sectors.index(good)
    spent = start.economy.spending[at]
    return float(np.exp((spent * np.log(result.price[at])).sum() / spent.sum()))


def at_price(
    start: Baseline, *, ratio: float, goods: Sequence[str], cost_change: ArrayLike = 1.0,
    tariffs: ArrayLike | None = None,
) -> tuple[SectorResult, float]:
    """Return the equilibrium at which the world price of the first of some goods is ``ratio`` times the old.

    goods: those whose weight in demand changes. cost_change, tariffs: other changes at the same time, as for
    :func:`equipoise.model.caliendo_parro.caliendo_parro`. Also returns the new weight over the old. A result that is
    not solved is returned as it is.

    Raises:
        UsageError: factors that move, a ratio that is not above 0, or goods that the tables do not have.
        NotConverged: no weight leads to the price.
    """
    if len(start.economy.labour) == 1:
        raise UsageError("the price of a good cannot be set where factors move between sectors.",
                         hint="It follows costs there: use factors='specific'.")
    if missing := [g for g in goods if g not in start.sectors]:
        raise UsageError(f"sectors do not match: there is no sector {missing[0]}.",
                         hint=f"Known: {', '.join(start.sectors)}.")
    if not (np.isfinite(ratio) and ratio > 0):
        raise UsageError(f"the price cannot be {ratio} times the old.", hint="It is new over old, so above 0.")
    moved = np.isin(start.sectors, list(goods))
    tried: list[tuple[float, float]] = []
    weight = 0.0
    for _ in range(MOST):
        result = caliendo_parro(start, cost_change=cost_change, tariffs=tariffs,
                                demand=np.where(moved, np.exp(weight), 1.0))
        if result.status != "solved":
            return result, float(np.exp(weight))
        gap = float(np.log(ratio) - np.log(world_price(start, result, good=goods[0])))
        if abs(gap) < NEAR:
            return result, float(np.exp(weight))
        tried.append((weight, gap))
        weight += _step(tried)
    raise NotConverged(f"no demand was found at which the price of {goods[0]} is {ratio:g} times the old: the nearest "
                       f"is {100 * (np.exp(min(abs(g) for _, g in tried)) - 1):.2g} % off.")


def _step(tried: Sequence[tuple[float, float]]) -> float:
    """The next step of the log of the weight: a secant's, or at first as if price and weight moved together."""
    if len(tried) == 1:
        return tried[0][1]
    (before, old), (here, new) = tried[-2:]
    slope = (new - old) / (here - before)
    return float(np.clip(-new / slope if slope < 0 else np.sign(new) * LEAP, -LEAP, LEAP))
