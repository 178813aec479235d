"""One-sector trade in exact hat algebra, as pure JAX: equations, their Jacobian, a solver that can be differentiated.

With X the flows (exporter × importer), θ the trade elasticity, K = cost change^(−θ), hats for new over old:

    λ'_ij = X_ij K_ij p̂_i^(−θ) / Σ_k X_kj K_kj p̂_k^(−θ),    p̂_i Y_i = Σ_j λ'_ij E'_j,
    P̂_j = (Σ_i λ_ij K_ij p̂_i^(−θ))^(−1/θ),                  real income p̂_j / P̂_j = (λ'_jj / λ_jj)^(−1/θ).

E' is p̂Y·(E/Y) scaled to world output where deficits are multiplicative, and p̂Y + D where they are additive. The unit of
money is world output: Σ p̂Y = ΣY, in every component of a world that falls apart.

Sources: Dekle, Eaton & Kortum (2008), *Global Rebalancing with Gravity*; Arkolakis, Costinot & Rodríguez-Clare (2012),
*New Trade Models, Same Old Gains?*; Costinot & Rodríguez-Clare (2014), *Trade Theory with Numbers*. Importing this
module imports JAX.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from equipoise.model.trade_world import TOLERANCE

ROUNDS, FEWEST, MOST = 80, 10, 160
"""Newton steps at most; damped steps after one that did not halve the gap: 10 at first, then more, 160 at most."""


class Problem(NamedTuple):
    """One scenario: weighted flows X·K, output Y, spending E, deficits D, θ, additive or not, and who trades with whom.

    ``together`` (n, n) is 1 where two countries are in one component of the world after the shock.
    """

    weighted: Any
    output: Any
    spending: Any
    deficit: Any
    elasticity: Any
    additive: Any
    together: Any


class Equilibrium(NamedTuple):
    """log p̂ (n,), the gap log(income / value of output) by country (n,), and whether its largest is small enough."""

    log_price: Any
    gap: Any
    solved: Any


def problem(
    flows: Array, *, cost_change: Array, elasticity: Array, additive: Array | bool = False,
    together: Array | None = None, kept: float | Array = 1.0,
) -> Problem:
    """Return the problem of one scenario; a cost change of infinity stops the flow, and is no obstacle to a derivative.

    ``kept`` is the part of additive deficits that stays: 0 for a world without any.
    """
    open_ = jnp.isfinite(cost_change)
    keep = jnp.where(open_, jnp.where(open_, cost_change, 1.0) ** -elasticity, 0.0)
    same = jnp.ones_like(flows) if together is None else together
    output, spending = flows.sum(1), flows.sum(0)
    # What a component owes to countries it no longer trades with is struck off, in proportion to output.
    owed = kept * (spending - output)
    owed = owed - output * (same @ owed) / (same @ output)
    return Problem(flows * keep, output, spending, owed, elasticity, jnp.asarray(additive), same)


def excess(x: Array, p: Problem) -> tuple[Array, Array]:
    """Return the gap (n,), and the gap with the unit of money added, which is zero at one x = log p̂ only."""
    value = jnp.exp(x) * p.output
    spent = spending(x, p)
    a = jnp.exp(-p.elasticity * x)
    income = a * (p.weighted @ (spent / (a @ p.weighted)))
    gap = jnp.log(income) - jnp.log(value)
    return gap, gap - jnp.log((p.together @ value) / (p.together @ p.output))


def spending(x: Array, p: Problem) -> Array:
    """E' (n,) at prices exp(x)."""
    value = jnp.exp(x) * p.output
    wanted = value * p.spending / p.output
    scaled = wanted * (p.together @ value) / (p.together @ wanted)
    return jnp.where(p.additive, value + p.deficit, scaled)


def jacobian(x: Array, p: Problem) -> Array:
    """Derivative (n, n) of the gap with the unit of money added, in x; one product of matrices."""
    value, spent, a = jnp.exp(x) * p.output, spending(x, p), jnp.exp(-p.elasticity * x)
    share = p.weighted * a[:, None] / (a @ p.weighted)
    sales = share * spent
    income = sales.sum(1)
    wanted = value * p.spending / p.output
    part = p.together * value / (p.together @ value)[:, None]
    # How spending moves with prices: by itself, and through the factor that keeps world spending at world output.
    own = jnp.where(p.additive, value / spent, 1.0)
    scale = jnp.where(p.additive, 0.0, part - p.together * wanted / (p.together @ wanted)[:, None])
    inner = -p.elasticity * (jnp.diag(income) - sales @ share.T) + sales * own + sales @ scale
    slope: Array = inner / income[:, None] - jnp.eye(len(x)) - part
    return slope


def damped(x: Array, p: Problem) -> Array:
    """One step of log p̂ by gap / (1 + θ), back to the unit of money."""
    gap, _ = excess(x, p)
    x = x + gap / (1 + p.elasticity)
    return x - jnp.log((p.together @ (jnp.exp(x) * p.output)) / (p.together @ p.output))


def settle(p: Problem) -> Array:
    """Return log p̂ (n,) where Newton's method ends, whose steps count only if they halve the gap.

    In between, damped steps bring it nearer. Nothing is said here of whether it has converged.
    """

    def damp(x: Array, steps: Array) -> Array:
        end: Array = jax.lax.fori_loop(0, steps, lambda _, y: damped(y, p), x)
        return end

    def looked(x: Array) -> tuple[Array, Array, Array]:
        gap = excess(x, p)[1]
        return x, gap, _largest(gap)

    def going(state: tuple[Array, ...]) -> Array:
        _, _, size, _, rounds = state
        return (size > TOLERANCE / 100) & (rounds < ROUNDS)

    def move(state: tuple[Array, ...]) -> tuple[Array, ...]:
        x, gap, size, more, rounds = state
        trial = looked(x - jnp.linalg.solve(jacobian(x, p), gap))
        better = trial[2] <= size / 2
        done = ~better & (size < TOLERANCE)       # as near as rounding lets it come
        new = jax.lax.cond(better | done, lambda: trial, lambda: looked(damp(x, more)))
        new = tuple(jnp.where(done, old, now) for old, now in zip((x, gap, size), new, strict=True))
        more = jnp.where(better, more, jnp.minimum(2 * more, MOST))
        return *new, more, jnp.where(done, ROUNDS, rounds + 1)

    begin = looked(damp(jnp.zeros_like(p.output), jnp.asarray(5)))
    end: tuple[Array, ...] = jax.lax.while_loop(going, move, (*begin, jnp.asarray(FEWEST), jnp.asarray(0)))
    return end[0]


def polish(x: Array, p: Problem) -> Equilibrium:
    """One more Newton step, by which the result has the derivative of the implicit function in all inputs."""
    x = jax.lax.stop_gradient(x)
    fixed = jax.tree.map(jax.lax.stop_gradient, p)
    better = x - jnp.linalg.solve(jacobian(x, fixed), excess(x, p)[1])
    gap = excess(jax.lax.stop_gradient(better), fixed)[0]
    return Equilibrium(better, gap, _largest(gap) < TOLERANCE)


@jax.jit
def equilibrium(
    flows: Array, *, cost_change: Array, elasticity: Array | float, additive: Array | bool = False,
    together: Array | None = None, kept: float | Array = 1.0,
) -> Equilibrium:
    """Solve one scenario: flows and cost changes (n, n), elasticity a number; pure JAX, in 64 bits.

    It can be compiled, mapped over scenarios and draws, and differentiated once, forwards or backwards, in costs,
    elasticity and flows. Nothing is checked.

    >>> with jax.enable_x64(True):
    ...     cut = jnp.array([[1.0, jnp.inf], [jnp.inf, 1.0]])
    ...     one_sided = jnp.eye(2)                    # each is alone after the cut
    ...     end = equilibrium(jnp.array([[9.0, 1.0], [1.0, 9.0]]), cost_change=cut, elasticity=4.0, together=one_sided)
    ...     bool(end.solved)
    True
    """
    theta = jnp.asarray(elasticity, float)
    p = problem(flows, cost_change=cost_change, elasticity=theta, additive=additive, together=together,
                kept=kept)
    return polish(settle(jax.tree.map(jax.lax.stop_gradient, p)), p)


def price_index(x: Array, p: Problem) -> Array:
    """P̂ (n,), the change in what a unit of consumption costs in each country."""
    index: Array = (jnp.exp(-p.elasticity * x) @ p.weighted / p.spending) ** (-1 / p.elasticity)
    return index


@jax.jit
def real_income(
    flows: Array, *, cost_change: Array, elasticity: Array | float, additive: Array | bool = False,
    together: Array | None = None,
) -> Array:
    """p̂ / P̂ (n,) of :func:`equilibrium`, NaN where it is not solved; the same derivatives.

    >>> with jax.enable_x64(True):
    ...     def income(cost):
    ...         grown = jnp.array([[1.0, cost], [cost, 1.0]])
    ...         return real_income(jnp.array([[9.0, 1.0], [1.0, 9.0]]), cost_change=grown, elasticity=4.0)[0]
    ...     float(income(1.0)), round(float(jax.grad(income)(1.0)), 6)
    (1.0, -0.1)
    """
    theta = jnp.asarray(elasticity, float)
    p = problem(flows, cost_change=cost_change, elasticity=theta, additive=additive, together=together)
    end = polish(settle(jax.tree.map(jax.lax.stop_gradient, p)), p)
    return jnp.where(end.solved, jnp.exp(end.log_price) / price_index(end.log_price, p), jnp.nan)


@partial(jax.jit, static_argnames=("steps",))
def chase(
    flows: Array, weighted: Array, elasticity: Array, additive: Array, kept: Array, inverse: Array, *, steps: int
) -> tuple[Array, Array]:
    """Take up to ``steps`` steps of many scenarios (b, n, n) along one frozen Jacobian's inverse (n, n).

    ``elasticity`` is (b,). Returns log p̂ (b, n) and the largest gap (b,), which is not small where this was not enough.
    """
    output, spent = flows.sum(1), flows.sum(0)
    lanes = Problem(weighted, output, spent, kept * (spent - output), elasticity, additive, jnp.ones((1, len(output))))
    gaps = jax.vmap(excess, in_axes=(0, Problem(0, None, None, None, 0, None, None)))
    return along(lambda x: gaps(x, lanes)[1], start=jnp.zeros(weighted.shape[:2]), inverse=inverse, steps=steps)


def along(gap: Callable[[Array], Array], *, start: Array, inverse: Array, steps: int) -> tuple[Array, Array]:
    """Take steps of log p̂ (b, n) along an inverse Jacobian until all gaps are small.

    Returns log p̂, and the largest gap of each (b,).
    """

    def move(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        x, g, rounds = state
        x = x - g @ inverse.T
        return x, gap(x), rounds + 1

    def going(state: tuple[Array, Array, Array]) -> Array:
        _, g, rounds = state
        largest = _largest(g)       # one that has run away, or is no number any more, keeps nobody waiting
        return (rounds < steps) & jnp.any((largest > TOLERANCE / 10) & (largest < 10))

    x, g, _ = jax.lax.while_loop(going, move, (start, gap(start), jnp.asarray(0)))
    return x, _largest(g)


def _largest(gaps: Array) -> Array:
    # The greatest of numbers among which is NaN depends on the machine; here it is infinity.
    return jnp.where(jnp.isfinite(gaps).all(-1), jnp.abs(gaps).max(-1), jnp.inf)
