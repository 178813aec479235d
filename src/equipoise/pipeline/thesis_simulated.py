"""H5 and H6: leeway and attained utility at the assumed prior (the quick look; nothing is fitted in the choice)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack
from equipoise.errors import UsageError
from equipoise.measure.pooling import pool
from equipoise.measure.rivalry import pair_positions, to_matrix
from equipoise.measure.simplex import to_simplex
from equipoise.measure.system import capabilities
from equipoise.model import policy
from equipoise.model.choice import attraction, climb, extend, newton_step, polish, pressure
from equipoise.model.continuation import Given, carry, confrontation
from equipoise.model.inference import over_draws
from equipoise.model.policy import FLOOR
from equipoise.model.priors import Prior
from equipoise.pipeline.thesis_data import ThesisData, joint_seats
from equipoise.pipeline.thesis_rows import CENTRAL_ASIA, Estimate, base_shares, controls, pair_weights, shown
from equipoise.schema import CHANNELS

Array = NDArray[np.float64]

SEED = 23
SUBSTEPS = 6
MATERIAL = ("trade", "diplomacy", "institutions")

PARAMETERS = ("coercion", "cross_pressure", "intolerance")
Parameters = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Rift:
    """θ₆ (D,) by draw, the share of solutions that left their branch, ψ of each draw, and the state-years behind."""

    value: Array
    lost: float
    psi: Array
    states: int
    years: tuple[int, int]
    cases: int


def drawn(parameters: Parameters | None, *, draws: int, seed: int) -> dict[str, Array]:
    """Draws (D,) of :data:`PARAMETERS`: those given, or of the assumed prior.

    Raises:
        UsageError: one is missing, or they are not equally many finite numbers with intolerance in 0…1.
    """
    if parameters is None:
        return Prior().draw(draws=draws, seed=seed)
    if missing := [p for p in PARAMETERS if p not in parameters]:
        raise UsageError(f"parameters have no {missing[0]}.", hint=f"They are draws of {', '.join(PARAMETERS)}.")
    out = {p: np.asarray(parameters[p], float) for p in PARAMETERS}
    if len({v.shape for v in out.values()}) > 1 or out["coercion"].ndim != 1 or not len(out["coercion"]):
        raise UsageError("draws of parameters must be vectors of one length.")
    psi = out["intolerance"]
    if not np.isfinite(np.stack(list(out.values()))).all() or (psi < 0).any() or (psi > 1).any():
        raise UsageError("draws of parameters must be finite, and intolerance between 0 and 1.")
    return out


def _utility(w: Array, *, net: Array, big: Array, rho: Array) -> Array:
    log = np.log(np.maximum(w, 1e-300))
    out: Array = (w * (net - log)).sum(-1) - rho / 2 * np.einsum("...k,...kl,...l->...", w, big, w)
    return out


def _carried(w: Array, v: Array, *, pairs: tuple[Array, Array], lever: Array, draw: dict[str, Array],
             k: int) -> tuple[Array, NDArray[np.bool_]]:
    """The change of attained U from one rivalry (D, P) to another, v held, and whether the branch was lost."""
    rho, lost = draw["cross_pressure"], np.zeros(len(w), bool)
    first = u = np.zeros(len(w))
    for step in range(SUBSTEPS + 1):
        level = pairs[0] + (pairs[1] - pairs[0]) * step / SUBSTEPS
        big = extend(to_matrix(level, powers=k), intolerance=draw["intolerance"])
        net = v - pressure(big, leverage=lever, coercion=draw["coercion"])
        moved, good = polish(w, net=net, rivalry=big, cross_pressure=rho)
        held = good & newton_step(moved, net=net, rivalry=big, rho=rho)[1] & (np.abs(moved - w).max(-1) < 0.15)
        if not held.all():
            off = ~held
            moved[off] = climb(w[off], net=net[off], rivalry=big[off], cross_pressure=rho[off])
        lost |= ~held
        w, u = moved, _utility(moved, net=net, big=big, rho=rho)
        first = u if step == 0 else first
    return u - first, lost


def rift(data: ThesisData, *, draws: int, amount: float = 0.3, states: tuple[str, ...] = CENTRAL_ASIA,
         west: tuple[str, ...] = ("USA", "EUU"), seed: int = SEED, parameters: Parameters | None = None) -> Rift:
    """θ₆ by draw: how much more a rift of China and Russia costs than one of Russia and the West, added in equal parts.

    Of each state the last five years with trade, diplomacy and institutions observed, whose mean is w; years in which
    rivalry cannot rise by the whole amount are left out. ``parameters`` are draws (D,) of coercion, cross_pressure and
    intolerance from a posterior, in the place of ``draws`` from the assumed prior; of each, one draw of measurement is
    made. Either sign is taken. A draw at which observed shares are no stable solution counts as off its branch.
    """
    draw = drawn(parameters, draws=draws, seed=seed + 1)
    draws = len(draw["coercion"])
    powers = data.grid.powers
    k, (a, b) = len(powers), pair_positions(len(powers))
    r = policy.rivalry(data.components, draws=draws, seed=seed).draws
    at = {frozenset((powers[x], powers[y])): p for p, (x, y) in enumerate(zip(a, b, strict=True))}
    east, far = at[frozenset(("RUS", "CHN"))], [at[frozenset(("RUS", p))] for p in west]
    place = [CHANNELS.index(c) for c in MATERIAL]
    total, count, lost, found, seen = np.zeros(draws), 0, 0.0, set(), []
    for name in states:
        i = data.states.index(name)
        mean = data.shares[i][:, place].mean(1)
        lever = policy.leverage(data.levers[:, i], draws=draws, seed=seed + 2).draws
        for t in np.flatnonzero(np.isfinite(mean).all(-1))[-5:]:
            base = r[:, t]
            up, down = base.copy(), base.copy()
            up[:, east] += amount
            down[:, far] += amount / len(far)
            if np.median(up[:, east]) > 1 or (np.median(down[:, far], 0) > 1).any():
                continue
            w = np.broadcast_to(to_simplex(mean[t], floor=FLOOR), (draws, k + 1)).copy()
            big = extend(to_matrix(base, powers=k), intolerance=draw["intolerance"])
            v = attraction(w, rivalry=big, leverage=lever[:, t], coercion=draw["coercion"],
                           cross_pressure=draw["cross_pressure"])
            ends = [_carried(w, v, pairs=(base, np.minimum(x, 1.0)), lever=lever[:, t], draw=draw, k=k)
                    for x in (up, down)]
            total, count = total + ends[1][0] - ends[0][0], count + 1
            lost += float((ends[0][1] | ends[1][1]).mean())
            found.add(name)
            seen.append(int(data.years[t]))
    nothing = np.full(draws, np.nan)
    return Rift(total / count if count else nothing, lost / count if count else np.nan, draw["intolerance"],
                len(found), (min(seen), max(seen)) if seen else (0, 0), count)


def as_estimate(name: str, r: Rift) -> Estimate:
    """The mean over draws and their central 90 %."""
    if not r.cases:
        return Estimate(name, np.nan, np.nan, np.nan, status="empty",
                        reason="No year has all three channels and room for the whole shock.")
    low, high = np.quantile(r.value, [0.05, 0.95])
    return Estimate(name, float(r.value.mean()), float(low), float(high), r.cases, r.states, r.years)


def beside_seats(data: ThesisData, *, every: Array) -> Array:
    """H5's controls (N, T, 5): log GDP, log GDP per head, polyarchy, the number of all organisations, and Z."""
    parts = np.stack([pair_weights(base_shares(data.channel(c))[0]) for c in MATERIAL])
    known = np.isfinite(parts).all(-1, keepdims=True)
    count = known.sum(0)
    weights = np.where(count > 0, np.where(known, parts, 0.0).sum(0) / np.maximum(count, 1), np.nan)
    exposure = weights @ data.rivalry().T
    return np.concatenate([controls(data, lag=0)[..., :3], every[..., None], exposure[..., None]], -1)


@dataclass(frozen=True, slots=True)
class Seats:
    """θ₅ with what it rests on: the share of state-years whose leeway is 0 or 1 in over half of the draws."""

    found: Estimate
    stuck: float


def leeway_of_all(
    pack: Pack, data: ThesisData, *, draws: int, years: tuple[int, int], parameters: Parameters | None = None
) -> tuple[Array, NDArray[np.int8]]:
    """Leeway (D, N, T) from trade, diplomacy and security only, NaN outside ``years``; blocs.

    Engagement is the pooled level; draws are of rivalry and of the parameters, from the assumed prior or as given.
    """
    given_draws = drawn(parameters, draws=draws, seed=SEED + 1)
    draws = len(given_draws["coercion"])
    n, t, k = *data.sampled.shape, len(data.grid.powers)
    table = data.shares[:, :, [CHANNELS.index(c) for c in ("trade", "diplomacy", "security")]]
    beside = table.transpose(1, 2, 0, 3).reshape(t, 3, n * (k + 1))
    w = to_simplex(pool(beside).value.reshape(t, n, k + 1).transpose(1, 0, 2), floor=FLOOR)
    strengths = capabilities(pack, powers=data.grid.powers, years=data.grid.years)
    capability = np.full((t, k), np.nan)
    for year, power, value in strengths.select("year", "power", "capability").iter_rows():
        capability[year - data.grid.years[0], data.grid.powers.index(power)] = np.nan if value is None else value
    band = policy.rivalry(data.components, draws=draws, seed=SEED)
    point, orders = policy.order(band, capability=capability)
    lever = data.leverage()
    out = np.full((draws, n, t), np.nan)
    good = np.isfinite(w).all(-1) & np.isfinite(lever).all(-1) & data.sampled
    good &= (data.years >= years[0]) & (data.years <= years[1])
    i, j = np.nonzero(good)
    for d in range(draws):
        start, side = to_matrix(band.draws[d], powers=k)[j], orders.side[d][j].astype(float)
        given = Given(lever[i, j], *(np.full(len(i), given_draws[p][d]) for p in PARAMETERS))
        target = confrontation(start, side=side)
        out[d, i, j] = carry(w[i, j], rivalry=start, target=target, side=side, given=given).value
    return out, point.side


def seats(pack: Pack, data: ThesisData, *, draws: int, parameters: Parameters | None = None) -> Seats:
    """θ₅: leeway on seats shared with powers of different blocs, effects of state and year, clustered by state.

    ``parameters`` (D,) are draws of a posterior in the place of ``draws`` from the assumed prior, as in :func:`rift`;
    a draw takes a second for all states.
    """
    leeway, side = leeway_of_all(pack, data, draws=draws, years=(1992, 2014), parameters=parameters)
    return on_seats(data, leeway=leeway, side=side)


def on_seats(data: ThesisData, *, leeway: Array, side: NDArray[np.int8]) -> Seats:
    """θ₅ from leeway (D, N, T) and blocs (T, K) that are there already."""
    shared, every = joint_seats(data, side=side)
    x = beside_seats(data, every=every)
    good = np.isfinite(x).all(-1) & np.isfinite(shared) & np.isfinite(leeway).all(0)
    i, t = np.nonzero(good)
    y = leeway[:, i, t].T
    fit = over_draws(y, x=x[i, t], drawn=shared[i, t][:, None], effects=[i, t], cluster=i,
                     names=["O", "log GDP", "log GDP per head", "polyarchy", "all organisations", "Z"])
    stuck = float((((y <= 0) | (y >= 1)).mean(1) > 0.5).mean())
    return Seats(shown("primary", fit, i=i, years=data.years[t], used=np.ones(len(i), bool)), stuck)
