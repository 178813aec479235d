"""What a change in the costs of trade does, in one sector: many scenarios and elasticities at once.

Equations, and what can be differentiated, are in :mod:`equipoise.model.hat`; this module takes and returns NumPy
arrays, checks what it is given, and says of every scenario whether it was solved. Most are, by a few dozen steps along
one frozen Jacobian, which is matrix products only; the rest goes to Newton's method with damped steps in between.

Importing this module imports JAX.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.model import hat
from equipoise.model.trade_world import TOLERANCE, Floats, World, check_shock, components

STATUSES = ("solved", "not_converged")

STEPS = 60
"""Along the frozen Jacobian."""

PIECE_BYTES = 8_000_000
"""Of weighted flows solved together, so that they stay near the processor."""

SPREAD = 0.1
"""Elasticities whose logarithms round to the same multiple of it share a frozen Jacobian."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What scenarios (…) do to n countries, as new over old; NaN where a scenario was not solved.

    price: (…, n), of a country's output in units of world output; price_index: (…, n), of what it buys; real_income:
    (…, n), their ratio, equal to (home share new over old)^(−1/θ); real_spending: (…, n), spending over the price
    index, which has the deficit in it. spending: (…, n), in the unit of the world's flows. factory: (…, n), the price
    relative to that behind these flows, the same as ``price`` unless deficits were taken out first.

    status: (…,), codes of :data:`STATUSES`; residual: (…,), the largest gap |log(income / value of output)|; worst:
    (…,), the row of the country that has it. struck_off: (…, n), whether a country's deficit or surplus was struck off,
    since those who lent to it or borrowed from it cannot be reached any more; cut: (…,), whether flows were left out
    that only one side could send, since nobody could pay for them; ``cost_change`` is infinite for these.
    """

    world: World
    cost_change: Floats
    elasticity: Floats
    price: Floats
    price_index: Floats
    real_income: Floats
    real_spending: Floats
    spending: Floats
    factory: Floats
    status: NDArray[np.int8]
    residual: Floats
    worst: NDArray[np.intp]
    struck_off: NDArray[np.bool_]
    cut: NDArray[np.bool_]

    def flows(self) -> Floats:
        """Return the new flows (…, n, n), exporter × importer, in the unit of the world's."""
        offer = _weighted(self.world, self.cost_change, self.elasticity)
        offer = offer * (self.factory ** -self.elasticity[..., None])[..., :, None]
        return np.asarray(offer / offer.sum(-2, keepdims=True) * self.spending[..., None, :])

    def terms_of_trade(self) -> Floats:
        """Return the price of exports over that of imports (…, n), new over old; NaN for who imports nothing any more.

        Prices are the suppliers', weighted with the mean of the shares in imports before and after.
        """
        off = ~np.eye(len(self.world.countries), dtype=bool)
        before, after = self.world.flows * off, self.flows() * off
        with np.errstate(invalid="ignore"):
            weights = (before / before.sum(0) + after / after.sum(-2, keepdims=True)) / 2
        paid = (weights * np.log(self.price)[..., :, None]).sum(-2)
        return np.asarray(self.price / np.exp(paid))

    def worst_country(self) -> str:
        """Return the name of the country with the largest gap, of one scenario."""
        return self.world.countries[int(self.worst)]


def solve_trade(
    world: World, *, cost_change: ArrayLike, elasticity: ArrayLike, deficits: str = "multiplicative"
) -> Outcome:
    """Solve the full equilibrium of scenarios.

    Args:
        world: the flows before.
        cost_change: (…, n, n), new cost of trade over old; 1 changes nothing, infinity stops a flow.
        elasticity: θ, a number or (…,) that broadcasts with the leading axes of ``cost_change``.
        deficits: "multiplicative" keeps each country's ratio of spending to output; "additive" keeps its deficit as a
            share of world output; "none" compares two worlds without deficits.

    A flow of zero stays zero. A country cut off from all others is its own world, without a deficit. Raises UsageError
    and BadMatrix as :func:`equipoise.model.trade_world.check_shock` does; failing to converge is a status. Under
    additive deficits there may be no equilibrium: a country that must pay a surplus and cannot sell.

    >>> world = World(("AAA", "BBB"), np.array([[9.0, 1.0], [1.0, 9.0]]))
    >>> end = solve_trade(world, cost_change=[[1, np.inf], [np.inf, 1]], elasticity=4.0)
    >>> end.real_income.round(4), STATUSES[int(end.status)]        # 0.9 ** (1 / 4)
    (array([0.974, 0.974]), 'solved')
    """
    cost, theta = check_shock(cost_change, elasticity=elasticity, deficits=deficits, countries=world.countries)
    lead = np.broadcast_shapes(cost.shape[:-2], theta.shape)
    n = len(world.countries)
    costs = np.broadcast_to(cost, (*lead, n, n)).reshape(-1, n, n)
    thetas = np.broadcast_to(theta, lead).reshape(-1)
    rule = Rule(deficits != "multiplicative", float(deficits == "additive"))
    end = _ends(world, costs, thetas, rule)
    if end.cut.any():
        costs = costs.copy()
        for i in np.flatnonzero(end.cut):
            costs[i] = np.where(end.parts[int(i)] > 0, costs[i], np.inf)
    before = None
    if deficits == "none":
        found, at = np.unique(thetas, return_inverse=True)
        before = _ends(world, np.ones((len(found), n, n)), found, rule).taken(at)
    return _outcome(world, costs, thetas, rule, end, before, lead=lead)


@dataclass(frozen=True, slots=True)
class Rule:
    """How deficits move: added or in proportion, and the part of added ones that is kept."""

    additive: bool
    kept: float


@dataclass(frozen=True, slots=True)
class _Ends:
    """Of s scenarios: log p̂ (s, n), the largest gap (s,) and where (s,), and the components they were solved in."""

    x: Floats
    residual: Floats
    worst: NDArray[np.intp]
    parts: dict[int, Floats]
    cut: NDArray[np.bool_]

    def taken(self, at: NDArray[np.intp]) -> _Ends:
        """The scenarios at some positions."""
        parts = {i: self.parts[int(a)] for i, a in enumerate(at) if int(a) in self.parts}
        return _Ends(self.x[at], self.residual[at], self.worst[at], parts, self.cut[at])


def _ends(world: World, costs: Floats, thetas: Floats, rule: Rule) -> _Ends:
    s, n = len(costs), len(world.countries)
    parts = {int(i): part for i in _doubtful(world, costs) if not (part := components(_trading(world, costs[i]))).all()}
    whole = np.array([i for i in range(s) if i not in parts], dtype=np.intp)
    x, residual, worst = np.full((s, n), np.nan), np.full(s, np.inf), np.zeros(s, np.intp)
    x[whole], residual[whole] = _chased(world, costs, thetas, rule, whole)
    cut = np.zeros(s, bool)
    todo = np.flatnonzero(~(residual < TOLERANCE))

    def one(i: int) -> None:
        part = parts.get(i)
        x[i], gap = _newton(world.flows, costs[i], thetas[i], rule, part)
        if not np.abs(gap).max() < TOLERANCE and not (
            strong := components(_trading(world, costs[i]), strong=True)
        ).all():
            # What only one side can send nobody can pay for: without it there is an equilibrium, its limit.
            y, nearer = _newton(world.flows, np.where(strong > 0, costs[i], np.inf), thetas[i], rule, strong)
            if np.abs(nearer).max() < TOLERANCE:
                x[i], gap, parts[i], cut[i] = y, nearer, strong, True
        sizes = np.where(np.isfinite(gap), np.abs(gap), np.inf)
        residual[i], worst[i] = sizes.max(), sizes.argmax()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, todo))
    return _Ends(x, residual, worst, parts, cut)


def _doubtful(world: World, costs: Floats) -> NDArray[np.intp]:
    """Scenarios that stop a flow and in which not all are within two steps of one: these may take the world apart."""
    stopped = np.flatnonzero(np.isinf(costs).any((1, 2)))
    size = max(1, PIECE_BYTES // world.flows.size)
    rows = [stopped[first : first + size] for first in range(0, len(stopped), size)]
    held = [_near(_trading(world, costs[r])) for r in rows]
    return stopped[~np.concatenate(held)] if held else stopped


def _near(trading: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the country with most partners trades with all others, or with a partner of each."""
    both = trading | trading.swapaxes(-1, -2)
    first = both[np.arange(len(both)), both.sum(-1).argmax(-1)]
    second = (first[:, None, :].astype(np.float32) @ both.astype(np.float32))[:, 0] > 0
    return np.asarray((first | second).all(-1))


def _trading(world: World, cost: Floats) -> NDArray[np.bool_]:
    return np.asarray((world.flows > 0) & np.isfinite(cost))


def _weighted(world: World, costs: Floats, thetas: Floats) -> Floats:
    """Flows times K (…, n, n); what no scenario changes costs no power to compute."""
    kept = np.ones(costs.shape)
    changed = costs != 1
    power = np.broadcast_to(-thetas[..., None, None], costs.shape)[changed]
    kept[changed] = costs[changed] ** power
    return np.asarray(world.flows * kept)


def _chased(
    world: World, costs: Floats, thetas: Floats, rule: Rule, rows: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """log p̂ and the largest gap of some scenarios, along frozen Jacobians."""
    x, gap = np.full((len(rows), len(world.countries)), np.nan), np.full(len(rows), np.inf)
    size = max(1, PIECE_BYTES // (8 * world.flows.size))
    key = np.round(np.log(thetas[rows]) / SPREAD)
    pieces: list[tuple[NDArray[np.intp], Floats]] = []
    for k in np.unique(key):
        at = np.flatnonzero(key == k)
        inverse = frozen(world, elasticity=float(np.median(thetas[rows[at]])), rule=rule)
        pieces += [(at[first : first + size], inverse) for first in range(0, len(at), size)]

    width = max((len(at) for at, _ in pieces), default=0)

    def one(piece: tuple[NDArray[np.intp], Floats]) -> None:
        at, inverse = piece
        full = rows[np.resize(at, width)]    # one shape compiles once
        with jax.enable_x64(True):
            ends = hat.chase(world.flows, _weighted(world, costs[full], thetas[full]), thetas[full], rule.additive,
                             rule.kept, inverse, steps=STEPS)
            x[at], gap[at] = (np.asarray(e)[: len(at)] for e in ends)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, pieces))
    return x, np.where(np.isfinite(gap), gap, np.inf)


def frozen(world: World, *, elasticity: float, rule: Rule) -> Floats:
    """Return the inverse (n, n) of the Jacobian of the world as it is."""
    n = len(world.countries)
    with jax.enable_x64(True):
        inverse = _inverse(jnp.asarray(world.flows), jnp.asarray(elasticity), rule.additive, rule.kept)
    if not np.isfinite(inverse).all():          # a world in parts that no shock has made: Newton's method sees to it
        return np.zeros((n, n))
    return np.asarray(inverse)


@jax.jit
def _inverse(flows: jax.Array, elasticity: jax.Array, additive: bool, kept: float) -> jax.Array:
    p = hat.problem(flows, cost_change=jnp.ones_like(flows), elasticity=elasticity, additive=additive, kept=kept)
    inverse: jax.Array = jnp.linalg.inv(hat.jacobian(jnp.zeros(len(flows)), p))
    return inverse


def _newton(flows: Floats, cost: Floats, theta: float, rule: Rule, part: Floats | None) -> tuple[Floats, Floats]:
    together = np.ones_like(flows) if part is None else part
    with jax.enable_x64(True):
        end = hat.equilibrium(flows, cost_change=cost, elasticity=float(theta), additive=rule.additive,
                              together=together, kept=rule.kept)
        return np.asarray(end.log_price), np.asarray(end.gap)


def _levels(
    world: World, costs: Floats, thetas: Floats, rule: Rule, end: _Ends
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    """Prices, price indices, spending (s, n) relative to the world's flows, and whose balance was struck off."""
    value = np.exp(end.x) * world.output
    index, struck = np.empty_like(end.x), np.zeros(end.x.shape, bool)
    offer = np.exp(-thetas[:, None] * end.x)
    size = max(1, PIECE_BYTES // (8 * world.flows.size))
    for first in range(0, len(costs), size):
        at = slice(first, first + size)
        index[at] = (offer[at, None, :] @ _weighted(world, costs[at], thetas[at]))[:, 0] / world.spending
    wanted = value * world.spending / world.output
    spent = wanted * (value.sum(1) / wanted.sum(1))[:, None]
    if rule.additive:
        spent = value + rule.kept * world.deficit
    for i, part in end.parts.items():
        owed = part @ world.deficit / (part @ world.output)
        struck[i] = np.abs(owed) > 1e-9
        spent[i] = wanted[i] * (part @ value[i]) / (part @ wanted[i])
        if rule.additive:
            spent[i] = value[i] + rule.kept * (world.deficit - world.output * owed)
    return np.exp(end.x), index ** (-1 / thetas[:, None]), spent, struck


def _outcome(
    world: World, costs: Floats, thetas: Floats, rule: Rule, end: _Ends, before: _Ends | None, *, lead: tuple[int, ...]
) -> Outcome:
    price, index, spent, struck = _levels(world, costs, thetas, rule, end)
    factory, old = price, np.broadcast_to(world.spending, price.shape)
    residual, worst = end.residual, end.worst
    if before is not None:
        ones = np.ones((1, *world.flows.shape))
        price0, index0, old, _ = _levels(world, np.broadcast_to(ones, costs.shape), thetas, rule, before)
        price, index = price / price0, index / index0
        worst = np.where(before.residual > residual, before.worst, worst)
        residual = np.maximum(residual, before.residual)
    solved = residual < TOLERANCE
    hidden = np.where(solved, 1.0, np.nan)[:, None]
    price, index, spent, factory, old = (
        (v * hidden).reshape(*lead, -1) for v in (price, index, spent, factory, old)
    )
    return Outcome(
        world=world, cost_change=costs.reshape(*lead, *world.flows.shape), elasticity=thetas.reshape(lead),
        price=price, price_index=index, real_income=price / index,
        real_spending=spent / old / index, spending=spent, factory=factory,
        status=np.where(solved, 0, 1).astype(np.int8).reshape(lead), residual=residual.reshape(lead),
        worst=worst.reshape(lead), struck_off=struck.reshape(*lead, -1), cut=end.cut.reshape(lead),
    )
