"""Structural gravity with endowments: from trade costs, output and spending to a counterfactual, two closures.

Flows follow X_ij = Y_i E_j T_ij / (ΣY · Π_i^(−θ) P_j^(−θ)) with T = cost^(−θ), outward and inward multilateral
resistance Π and P. ``full_ge`` lets output and spending follow prices to the fixed point, as
:mod:`equipoise.model.armington` does; ``one_step`` takes the first step towards it only, as the Python package
gegravity does, so that results can be compared with it: output and spending keep their shares, resistances are solved
anew, and prices follow once.

Sources: Anderson & van Wincoop (2003), *Gravity with Gravitas*; Anderson, Larch & Yotov (2018), *GEPPML*; Herman
(2021), *gegravity*. Importing this module imports JAX.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import BadMatrix, NotConverged, UsageError
from equipoise.model.armington import STATUSES, solve_trade
from equipoise.model.trade_world import Floats, World, check_shock

CLOSURES = ("full_ge", "one_step")

ROUNDS, NEAR = 200_000, 1e-14
"""Of iterative scaling: at most so many, until no factor moves by more."""

NEAR_ENOUGH = 1e-9
"""Largest gap in output at which scaling counts as done."""


@dataclass(frozen=True, slots=True)
class Gravity:
    """A counterfactual of structural gravity; resistances relative to the reference country's inward one.

    price: (n,) new over old, of output; inward, outward: (n,) multilateral resistances before, new_inward, new_outward:
    after; real_income: (n,) new over old; flows, new_flows: (n, n) in the unit of output. status: of :data:`STATUSES`.
    """

    countries: tuple[str, ...]
    price: Floats
    inward: Floats
    outward: Floats
    new_inward: Floats
    new_outward: Floats
    real_income: Floats
    flows: Floats
    new_flows: Floats
    status: str
    residual: float
    worst: str


def structural_gravity(
    output: ArrayLike, *, spending: ArrayLike, log_cost: ArrayLike, change: ArrayLike, elasticity: float,
    countries: Sequence[str], reference: str, closure: str = "full_ge",
) -> Gravity:
    """Compute what a change in trade costs does.

    Args:
        output, spending: (n,), above zero; spending is scaled to the sum of output.
        log_cost: log T (n, n), exporter × importer, T = cost^(−θ): what a gravity equation estimates.
        change: of log T; −∞ stops a flow.
        elasticity: θ = σ − 1.
        countries: n names; reference: the one whose inward resistance is 1.
        closure: one of :data:`CLOSURES`.

    Raises:
        UsageError, BadMatrix: an argument that cannot be; NotConverged: costs that no baseline can be made of. A
        counterfactual that does not converge is a status.

    >>> end = structural_gravity([100, 100], spending=[100, 100], log_cost=np.log([[1, 0.05], [0.05, 1]]),
    ...     change=[[0, np.log(2)], [np.log(2), 0]], elasticity=4.0, countries=["AAA", "BBB"], reference="BBB")
    >>> end.real_income.round(6), end.status
    (array([1.011698, 1.011698]), 'solved')
    """
    if closure not in CLOSURES:
        raise UsageError(f"there is no closure {closure}.", hint=f"Use {' or '.join(CLOSURES)}.")
    y, e = (np.asarray(v, dtype=float) for v in (output, spending))
    t, moved = np.exp(np.asarray(log_cost, dtype=float)), np.exp(np.asarray(change, dtype=float))
    names = tuple(countries)
    if not y.shape == e.shape == (len(names),) or t.shape != (len(names),) * 2:
        raise BadMatrix(f"output {y.shape}, spending {e.shape} and costs {t.shape} do not fit {len(names)} countries.",
                        hint="Output and spending have one entry a country, costs a row and a column.")
    if not ((y > 0).all() and (e > 0).all()):
        raise UsageError("output and spending must be above zero.", hint="Leave out a country without figures.")
    e = e * y.sum() / e.sum()
    flows, factors, gaps = scaled(t, rows=y, columns=e)
    if not gaps.max() < NEAR_ENOUGH:
        raise NotConverged(f"no flows with these costs have this output and spending (gap {gaps.max():.0e}).",
                           hint="A country whose costs to all others are infinite cannot have a deficit.")
    world = World(names, flows)
    cost = check_shock(moved ** (-1 / elasticity), elasticity=elasticity, deficits="multiplicative", countries=names)[0]
    ref = world.at(reference)
    inward = _inward(factors, t=t, elasticity=elasticity, reference=ref)
    outward = _outward(t, inward=inward, spending=e, elasticity=elasticity)
    if closure == "one_step":
        return _one_step(world, t * moved, (inward, outward), elasticity=elasticity, reference=ref)
    end = solve_trade(world, cost_change=cost, elasticity=elasticity)
    index, price = end.price_index / end.price_index[ref], end.price / end.price_index[ref]
    new = inward * index
    later = _outward(t * moved, inward=new, spending=end.spending, elasticity=elasticity)
    return Gravity(names, price, inward, outward, new, later, end.real_income, flows, end.flows(),
                   STATUSES[int(end.status)], float(end.residual), end.worst_country())


def scaled(costs: Floats, *, rows: Floats, columns: Floats) -> tuple[Floats, Floats, Floats]:
    """Return flows a ∘ T ∘ b with given sums of rows and columns (iterative scaling), a, and the gaps (n,) in rows.

    >>> flows, _, gap = scaled(np.ones((2, 2)), rows=np.array([1.0, 3.0]), columns=np.array([2.0, 2.0]))
    >>> flows.tolist(), gap.tolist()
    ([[0.5, 0.5], [1.5, 1.5]], [0.0, 0.0])
    """
    a = np.ones(len(rows))
    for _ in range(ROUNDS):
        new = rows / (costs @ (columns / (a @ costs)))
        new = new / new[0]
        step = np.abs(new / a - 1).max()
        a = new
        if not step > NEAR:
            break
    flows = a[:, None] * costs * (columns / (a @ costs))
    return flows, a, np.abs(flows.sum(1) / rows - 1)


def _inward(factors: Floats, *, t: Floats, elasticity: float, reference: int) -> Floats:
    """P (n,) from the factors a (n,) of iterative scaling, which are Y Π^θ: P^(−θ) = Σ a T."""
    raw = factors @ t
    return np.asarray((raw / raw[reference]) ** (-1 / elasticity))


def _outward(t: Floats, *, inward: Floats, spending: Floats, elasticity: float) -> Floats:
    return np.asarray(((t * inward**elasticity) @ spending / spending.sum()) ** (-1 / elasticity))


def _one_step(
    world: World, t: Floats, before: tuple[Floats, Floats], *, elasticity: float, reference: int
) -> Gravity:
    """Shares of output and spending stay; resistances are solved for the new costs, and prices follow them once."""
    inward, outward = before
    y, e = world.output, world.spending
    _, factors, gaps = scaled(t, rows=y, columns=e)
    new = _inward(factors, t=t, elasticity=elasticity, reference=reference)
    later = _outward(t, inward=new, spending=e, elasticity=elasticity)
    price = outward / later
    value, spent = price * y, price * e
    flows = t * np.outer(value, spent) / value.sum() * np.outer(later, new) ** elasticity
    solved = gaps.max() < NEAR_ENOUGH
    hidden = 1.0 if solved else np.nan
    return Gravity(world.countries, price * hidden, inward, outward, new * hidden, later * hidden,
                   price * inward / new * hidden, world.flows, flows * hidden, STATUSES[0 if solved else 1],
                   float(gaps.max()), world.countries[int(gaps.argmax())])
