"""Decoupling loss: what it costs a country, and the other side, if trade between them stops.

One-sector trade (:mod:`equipoise.model.hat` has the equations) with trade between a country and a partner, or a group
of partners, stopped both ways. The loss is the fall in real income, a share: 0.02 is 2 %. All pairs share their flows
but for two entries, so that many are solved at once by products of matrices, along the Jacobian of the world as it is.
The few for which that does not lead to the end go to :mod:`equipoise.model.armington`, which alone needs JAX.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import UsageError
from equipoise.model.trade_world import TOLERANCE, Floats, World, check_shock, components

PIECE = 256
"""Pairs solved together."""

STEPS = 60
"""Along the frozen Jacobian at most."""

FAR = 10.0
"""A gap from which no such step leads back."""


@dataclass(frozen=True, slots=True)
class Losses:
    """What decoupling costs, for elasticities (e,) and pairs (p,); shares of real income, NaN where not solved.

    pairs: (state, partner) by name; loss: (e, p), of the state; partner_loss: (e, p), of the partner, of a group its
    members' mean weighted with spending; residual: (e, p). A pair that does not trade loses nothing by ending it.
    """

    pairs: tuple[tuple[str, str], ...]
    elasticity: Floats
    loss: Floats
    partner_loss: Floats
    residual: Floats

    @property
    def solved(self) -> NDArray[np.bool_]:
        """Whether each was solved (e, p)."""
        return np.asarray(self.residual < TOLERANCE)


def decoupling_losses(
    world: World, *, elasticity: ArrayLike, pairs: Sequence[tuple[str, str]] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> Losses:
    """Solve the end of trade between each pair, with deficits in proportion to output.

    Args:
        world: the flows before.
        elasticity: θ, one or several (e,).
        pairs: (state, partner) by name; by default each two countries once. The partner may be the name of a group, of
            which a state may be a member: then trade with its other members stops.
        groups: members by name of the group.

    Raises:
        UsageError: a name that is not in the world, a state that is its own partner, an elasticity not above zero.

    >>> flows = np.array([[8.0, 1.0, 1.0], [1.0, 18.0, 1.0], [1.0, 1.0, 48.0]])
    >>> end = decoupling_losses(World(("AAA", "BBB", "CCC"), flows), elasticity=4.0, pairs=[("AAA", "BBB")])
    >>> end.loss.round(4), end.partner_loss.round(4)
    (array([[0.0273]]), array([[0.013]]))
    """
    thetas = np.atleast_1d(np.asarray(elasticity, dtype=float))
    names = world.countries
    check_shock(np.ones((len(names), len(names))), elasticity=thetas, deficits="multiplicative", countries=names)
    chosen = tuple(pairs) if pairs is not None else tuple((a, b) for i, a in enumerate(names) for b in names[i + 1 :])
    state, member = _placed(world, chosen, groups or {})
    out = [_of_one(world, state, member, float(theta)) for theta in thetas]
    loss, partner, residual = (np.array([o[k] for o in out]) for k in range(3))
    return Losses(chosen, thetas, loss, partner, residual)


def _placed(
    world: World, pairs: Sequence[tuple[str, str]], groups: Mapping[str, Sequence[str]]
) -> tuple[NDArray[np.intp], Floats]:
    """Rows of the states (p,), and who are the partners of each (p, n), 1 or 0; a state is none of its own."""
    row = {name: i for i, name in enumerate(world.countries)}
    inside = {g: [row[m] for m in members if m in row] for g, members in groups.items()}
    state, member = np.empty(len(pairs), np.intp), np.zeros((len(pairs), len(row)))
    for k, (a, b) in enumerate(pairs):
        if a == b:
            raise UsageError(f"{a} cannot decouple from itself.", hint="Name two that differ.")
        state[k] = row[a] if a in row else world.at(a)
        member[k, inside[b] if b in inside else [world.at(b)]] = 1.0
    member[np.arange(len(pairs)), state] = 0.0
    return state, member


def _of_one(world: World, state: NDArray[np.intp], member: Floats, theta: float) -> tuple[Floats, Floats, Floats]:
    """Losses of states and partners (p,) and residuals (p,) at one elasticity."""
    inverse = _frozen(world, theta=theta)
    count = len(state)
    income, residual = np.full((count, len(world.countries)), np.nan), np.full(count, np.inf)
    for first in range(0, count, PIECE):
        at = slice(first, first + PIECE)
        income[at], residual[at] = _chased(world.flows, state[at], member[at], theta, inverse)
    apart = _taken_apart(world, state, member)
    for k in np.flatnonzero(apart | ~(residual < TOLERANCE)):
        from equipoise.model.armington import solve_trade  # imports JAX, which few pairs need

        end = solve_trade(world, cost_change=_cut(state[k], member[k]), elasticity=theta)
        income[k], residual[k] = end.real_income, end.residual
    weight = member * world.spending
    with np.errstate(invalid="ignore"):
        partner = 1 - (weight * income).sum(1) / weight.sum(1)
    return 1 - income[np.arange(count), state], partner, residual


def _cut(state: int, member: Floats) -> Floats:
    cost = np.ones((len(member), len(member)))
    cost[state, member > 0] = cost[member > 0, state] = np.inf
    return cost


def _taken_apart(world: World, state: NDArray[np.intp], member: Floats) -> NDArray[np.bool_]:
    """Whether the world falls apart (p,)."""
    trading = (world.flows > 0) | (world.flows.T > 0)
    np.fill_diagonal(trading, False)
    left = trading[state] & ~(member > 0)
    lost = trading[state] & (member > 0)
    # Who keeps a neighbour in common with each partner that is lost is still connected with it.
    common = (left.astype(np.float32) @ trading.astype(np.float32)) > 0
    out: NDArray[np.bool_] = np.asarray((lost & ~common).any(1))
    for k in np.flatnonzero(out):
        out[k] = not components(trading & np.isfinite(_cut(state[k], member[k]))).all()
    return out


def _frozen(world: World, *, theta: float) -> Floats:
    """The inverse (n, n) of the Jacobian of the world as it is, as :func:`equipoise.model.hat.jacobian` has it."""
    flows, output, spent = world.flows, world.output, world.spending
    part = output / output.sum()
    follows = flows + np.outer(output, part - spent / spent.sum())
    slope = (follows - theta * (np.diag(output) - flows @ (flows / spent).T)) / output[:, None]
    return np.asarray(np.linalg.pinv(slope - np.eye(len(flows)) - part))


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Flows (n, n) of which those between a state (b,) and its partners (b, n) are cut, in b scenarios."""

    flows: Floats
    state: NDArray[np.intp]
    sold: Floats
    bought: Floats
    theta: float

    def bought_by(self, a: Floats) -> Floats:
        """Σ_k X_kj K_kj a_k for every buyer j (b, n)."""
        at = np.arange(len(a))
        whole = a @ self.flows - a[at, self.state][:, None] * self.sold
        whole[at, self.state] -= (a * self.bought).sum(1)
        return np.asarray(whole)

    def sold_by(self, e: Floats) -> Floats:
        """Σ_j X_ij K_ij e_j for every seller i (b, n)."""
        at = np.arange(len(e))
        whole = e @ self.flows.T - e[at, self.state][:, None] * self.bought
        whole[at, self.state] -= (e * self.sold).sum(1)
        return np.asarray(whole)

    def gap(self, x: Floats) -> Floats:
        """log(income / value of output) at log prices (b, n), with the unit of money added."""
        output, spent = self.flows.sum(1), self.flows.sum(0)
        value = np.exp(x) * output
        wanted = value * spent / output
        total = value.sum(1, keepdims=True)
        a = np.exp(-self.theta * x)
        income = a * self.sold_by(wanted * total / wanted.sum(1, keepdims=True) / self.bought_by(a))
        return np.asarray(np.log(income / value) - np.log(total / output.sum()))

    def index(self, x: Floats) -> Floats:
        """The price index (b, n)."""
        return np.asarray((self.bought_by(np.exp(-self.theta * x)) / self.flows.sum(0)) ** (-1 / self.theta))

    def some(self, rows: NDArray[np.intp]) -> _Pairs:
        """Some of the scenarios."""
        return _Pairs(self.flows, self.state[rows], self.sold[rows], self.bought[rows], self.theta)


def _chased(
    flows: Floats, state: NDArray[np.intp], member: Floats, theta: float, inverse: Floats
) -> tuple[Floats, Floats]:
    """Real income (b, n) and largest gap (b,) of b pairs: a state (b,) and who its partners are (b, n)."""
    pairs = _Pairs(flows, state, flows[state] * member, flows[:, state].T * member, theta)
    x, largest = np.zeros(member.shape), np.full(len(state), np.inf)
    going = np.arange(len(state))
    with np.errstate(all="ignore"):         # one that runs away is no number in the end, and told by its gap
        for _ in range(STEPS):
            gap = pairs.some(going).gap(x[going])
            sizes = np.abs(gap).max(1)
            largest[going] = np.where(np.isfinite(sizes), sizes, np.inf)
            open_ = (largest[going] > TOLERANCE / 10) & (largest[going] < FAR)
            going, gap = going[open_], gap[open_]
            if not len(going):
                break
            x[going] -= gap @ inverse.T
        return np.exp(x) / pairs.index(x), largest
