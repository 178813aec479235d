"""What a scenario means for the costs of trade, in a world with one sector.

A share s of a flow is blocked, of which a part r goes another way at a cost c more: K = 1 − s + r s (1 + c)^(−θ), so
that without rerouting the flow falls by s at given prices, whatever the elasticity. r is bounded by capacity over what
is blocked, all flows of the measure together; who reroutes earns nothing by it here. Tariffs, unions, corridors and
currencies change costs by a part; a tariff's revenue is lost, as a cost is. Fuels count by their part in each flow.
:mod:`equipoise.simulate.sectors` has the same with sectors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import UsageError
from equipoise.simulate.scenario import SECTORS, Corridor, Depreciation, OilPrice, Sanction, Scenario, TradeWar, Union

Floats = NDArray[np.float64]
Rows = Callable[[Sequence[str]], NDArray[np.intp]]
"""States and groups → their rows in the world, groups by their members."""

MANY = "Use `equipoise trade sectors`, the model with sectors."


def cost_changes(scenario: Scenario, *, flows: Floats, fuels: Floats, rows: Rows, elasticity: Floats) -> Floats:
    """Return the cost changes (e, n, n) of a scenario at each elasticity (e,), infinite where a flow stops.

    Args:
        flows: (n, n), exporter × importer, million US dollars a year.
        fuels: (n, n), the share of coal, oil and gas in each flow, 0 to 1.
        rows: the rows of a measure's parties.

    Raises:
        UsageError: a measure that one sector cannot express.
    """
    theta = elasticity[:, None, None]
    kept = np.ones((len(elasticity), *flows.shape))
    for measure in scenario.measures:
        if isinstance(measure, Sanction):
            kept *= kept_of(measure, flows=flows, part=_part(measure, fuels=fuels), rows=rows, theta=theta)
        elif isinstance(measure, OilPrice):
            raise UsageError("the price of oil cannot be changed in a world with one sector.", hint=MANY)
        else:
            kept *= dearer(measure, n=len(flows), rows=rows) ** -theta
    with np.errstate(divide="ignore"):
        return np.asarray(kept ** (-1 / theta))


def _part(measure: Sanction, *, fuels: Floats) -> Floats:
    """The part of each flow that a sanction is about."""
    if finer := [s for s in measure.sectors if s not in SECTORS]:
        raise UsageError(f"one sector cannot tell {finer[0]} apart.", hint=MANY)
    return fuels if set(measure.sectors) == {"fuels"} else np.ones_like(fuels)


def kept_of(measure: Sanction, *, flows: Floats, part: Floats, rows: Rows, theta: Floats) -> Floats:
    """Return K of a sanction: what is left of each flow at given prices.

    flows, part: (n, n), or (J, n, n) and what broadcasts to it with sectors; theta: (e, 1, 1), or (J, 1, 1). The
    result is (e, n, n) or (J, n, n).
    """
    hit = np.zeros(flows.shape[-2:], dtype=bool)
    senders, targets = rows(measure.senders), rows(measure.targets)
    if measure.direction != "imports":
        hit[np.ix_(senders, targets)] = True
    if measure.direction != "exports":
        hit[np.ix_(targets, senders)] = True
    np.fill_diagonal(hit, False)
    blocked = np.where(hit, measure.share_blocked * part, 0.0)
    if measure.reroute is None:
        return np.asarray((1 - blocked) * np.ones_like(theta))
    lost = float((blocked * flows).sum())
    share = 0.0 if lost == 0 else min(1.0, measure.reroute.capacity_musd / lost)
    return np.asarray(1 - blocked + share * blocked * (1 + measure.reroute.extra_cost) ** -theta)


def dearer(measure: Union | Corridor | Depreciation | TradeWar, *, n: int, rows: Rows) -> Floats:
    """Return the cost change (n, n) of a measure that changes costs by a part."""
    cost = np.ones((n, n))
    if isinstance(measure, Depreciation):
        (own,) = rows([measure.state])
        # What the state sells gets cheaper abroad, what it buys dearer, by the part that comes through.
        ratio = 1 - measure.fall * measure.pass_through
        cost[own, :], cost[:, own] = ratio, 1 / ratio
    else:
        if isinstance(measure, Union):
            one, other, sign = rows([measure.state]), rows(measure.members), 1 if measure.kind == "union_exit" else -1
            by = measure.cost
        elif isinstance(measure, Corridor):
            one, other, by = rows(measure.between), rows(measure.across), measure.cost
            sign = 1 if measure.kind == "corridor_shut" else -1
        else:
            one, other, by, sign = rows(measure.one), rows(measure.other), measure.tariff, 1
        change = (1 + by) ** sign
        cost[np.ix_(one, other)] = change
        cost[np.ix_(other, one)] = change
    np.fill_diagonal(cost, 1.0)
    return cost
