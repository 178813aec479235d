"""One sweep of the sectoral trade model, and the search for its fixed point.

Sectors come first in every array, then importer, then exporter. Unknowns are log wages (F, N), log prices (J, N) and
spending (J, N); F is 1 where factors move between sectors, J where each sector has its own. A sweep gives costs,
prices, trade shares, incomes and spending that follow from them, and moves each wage towards the one that its factor
earns. The fixed point is found by Anderson's method (Anderson 1965, type II) from plain sweeps; where that fails, with
smaller steps of wages and a shorter memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TOLERANCE = 1e-10
"""Largest gap at a solution: logs of wages and prices, and spending as a share of the country's."""

ATTEMPTS = ((1.0, 8, 400), (0.3, 8, 800), (0.1, 3, 800))
"""Part of a full step of wages, length of memory and most sweeps of each attempt."""

LEAP = 1.0
"""The most that a sweep moves the log of a wage."""

MOBILE_STEP, FLATTEST = 0.3, 1e-2
"""Part of a step where factors move, and the least slope that it goes by."""

KEPT = 0.1
"""The least part of what a sweep spends that mixing leaves."""

RIDGE = 1e-14
"""Relative weight that keeps the small least-squares problem of the memory regular."""


@dataclass(frozen=True, slots=True)
class Economy:
    """Shares and levels before a change, in importer × exporter order.

    elasticity: (J,); share: (J, N, N), what importers spend on each exporter; tariffs: (J, N, N); input_share: (N, J,
    J), country × input × using sector, of sales; labour_share: (J, N), value added in sales; final_share: (J, N);
    labour: (F, N), value added, 0 where a factor is idle; world: value added of the world, the numeraire; spending:
    (J, N); deficits: (N,).
    """

    elasticity: Array
    share: Array
    tariffs: Array
    input_share: Array
    labour_share: Array
    final_share: Array
    labour: Array
    world: float
    spending: Array
    deficits: Array


@dataclass(frozen=True, slots=True)
class State:
    """What a sweep gives: logs of wages (F, N), prices and costs (J, N), and levels of the same economy.

    share: (J, N, N); spending: (J, N); income: (N,); gap_of: (N,), the largest log of what a factor earns over its wage
    in each country; gap: the largest gap of all.
    """

    wage: Array
    price: Array
    cost: Array
    share: Array
    spending: Array
    income: Array
    gap_of: Array
    gap: float


def sweep(e: Economy, kernel: Array, net: Array, at: tuple[Array, Array, Array], *, step: float) -> State:
    """One sweep from ``at`` (wages, prices, spending); its wages, prices and spending are the next place.

    kernel: (J, N, N), old shares times (change of trade cost)^−θ; net: (J, N, N), 1/(1 + tariff); step: part of
    a full step of wages.
    """
    wage, price, spending = at
    theta = e.elasticity[:, None]
    bought = e.spending > 0
    cost = e.labour_share * wage + np.matmul(e.input_share.transpose(0, 2, 1), price.T[:, :, None])[:, :, 0].T
    # The cheapest seller's cost is taken out, so that powers of large elasticities stay in range.
    least = (theta * cost).min(1, keepdims=True)
    power = np.exp(least - theta * cost)
    index = np.matmul(kernel, power[:, :, None])[:, :, 0]
    safe = np.where(bought & (index > 0), index, 1.0)
    new_price = np.where(bought, (least - np.log(safe)) / theta, 0.0)
    share = kernel * power[:, None, :] / safe[:, :, None]
    revenue = ((1 - net) * share).sum(2)
    income = (np.exp(wage) * e.labour).sum(0) + (revenue * spending).sum(0) + e.deficits
    sales = np.matmul((share * net).transpose(0, 2, 1), spending[:, :, None])[:, :, 0]
    new_spending = np.matmul(e.input_share, sales.T[:, :, None])[:, :, 0].T + e.final_share * income
    over = _earned_over_paid(e, sales) - wage
    over = np.where(e.labour > 0, over, 0.0)
    moved = wage + np.clip(step * _full_step(e, share=share, net=net, spending=spending) * over, -LEAP, LEAP)
    new_wage = moved - np.log((np.exp(moved) * e.labour).sum() / e.world)
    apart = np.abs(new_spending - spending).max(0) / np.abs(spending).sum(0)
    gap_of = np.abs(over).max(0)
    gap = float(max(gap_of.max(), np.abs(new_price - price).max(), apart.max()))
    return State(new_wage, new_price, cost, share, new_spending, income, gap_of, gap)


def _earned_over_paid(e: Economy, sales: Array) -> Array:
    """Log of what each factor earns from sales (J, N) over its value added before (F, N)."""
    earned = e.labour_share * sales
    if len(e.labour) == 1:
        earned = earned.sum(0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(earned) - np.log(e.labour))


def _full_step(e: Economy, *, share: Array, net: Array, spending: Array) -> Array:
    """By how much of its gap each log wage (F, N) moves, from how fast the gap closes as the wage alone rises.

    Demand for output falls by θ times what of the wage is in its cost, abroad, and at home as far as imports take its
    place. A sector's own wage goes all the way; where all sectors share one, other wages and prices follow it, and the
    square root is what proved safe.
    """
    home = np.diagonal(share, axis1=1, axis2=2)
    sales = np.matmul((share * net).transpose(0, 2, 1), spending[:, :, None])[:, :, 0]
    at_home = home * np.diagonal(net, axis1=1, axis2=2) * spending
    abroad = 1 - np.divide(at_home, sales, out=np.ones_like(sales), where=sales > 0)
    fall = e.elasticity[:, None] * (abroad + (1 - abroad) * (1 - home))
    if len(e.labour) > 1:
        return np.asarray(1 / (1 + fall * e.labour_share))
    inputs = np.matmul(e.input_share.transpose(0, 2, 1), home.T[:, :, None])[:, :, 0].T
    earned = e.labour_share * sales
    slope = ((fall * (e.labour_share + inputs) + abroad) * earned).sum(0, keepdims=True) / earned.sum(0)
    return np.asarray(MOBILE_STEP / np.sqrt(np.maximum(slope, FLATTEST)))


def settle(e: Economy, kernel: Array, net: Array) -> State:
    """The fixed point, or the place of the smallest gap that was found."""
    best: State | None = None
    for step, memory, most in ATTEMPTS:
        found = _attempt(e, kernel, net, step=step, memory=memory, most=most)
        if best is None or not np.isfinite(best.gap) or found.gap < best.gap:
            best = found
        if best.gap < TOLERANCE:
            break
    assert best is not None
    return best


def _attempt(e: Economy, kernel: Array, net: Array, *, step: float, memory: int, most: int) -> State:
    n, world = e.labour.size, e.world
    at = (np.zeros_like(e.labour), np.zeros_like(e.spending), e.spending)
    past: list[tuple[Array, Array]] = []
    best: State | None = None
    for _ in range(most):
        with np.errstate(over="ignore", invalid="ignore"):
            new = sweep(e, kernel, net, at, step=step)
        if best is None or new.gap < best.gap:
            best = new
        if new.gap < TOLERANCE or not np.isfinite(new.gap):
            break
        here = np.concatenate([at[0].ravel(), at[1].ravel(), at[2].ravel() / world])
        there = np.concatenate([new.wage.ravel(), new.price.ravel(), new.spending.ravel() / world])
        past = [*past[-memory:], (here, there - here)]
        if new.gap > 1e3 * best.gap:
            past = past[-1:]
        mixed = _mixed(past, there)
        if not np.isfinite(mixed).all():
            past, mixed = past[-1:], there
        # Mixing may lead to a negative sum to spend, a plain sweep does not: part of what it gives is the least.
        spending = np.maximum(mixed[n + e.spending.size :].reshape(e.spending.shape) * world, KEPT * new.spending)
        at = (mixed[:n].reshape(e.labour.shape), mixed[n : n + e.spending.size].reshape(e.spending.shape), spending)
    assert best is not None
    return best


def _mixed(past: list[tuple[Array, Array]], there: Array) -> Array:
    """The next place after ``there``, from earlier places and the steps that followed them."""
    if len(past) == 1:
        return there
    places, steps = (np.array([p[i] for p in past]) for i in (0, 1))
    moves, changes = np.diff(places, axis=0), np.diff(steps, axis=0)
    # einsum, since a product of this shape would be split among threads, which costs seconds on a busy machine.
    square = np.einsum("ik,jk->ij", changes, changes)
    square[np.diag_indices(len(square))] *= 1 + RIDGE
    try:
        weight = np.linalg.solve(square, np.einsum("ik,k->i", changes, steps[-1]))
    except np.linalg.LinAlgError:
        return there
    return np.asarray(there - np.einsum("i,ik->k", weight, moves + changes))
