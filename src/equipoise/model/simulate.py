"""Moves of shares drawn from the hierarchical model, for tests of the estimation and checks of a fit.

A shock is drawn, and the choice that follows from it is solved from last year's shares:

    log w_t = (1 − η) log w_t−1 + η (v_t + e_t − φR̃ℓ − ρR̃w_t) + const

which is the equation whose density :mod:`equipoise.model.transitions` has, solved for w with cross-pressure ηρ. Where
it has several solutions, that which history selects is drawn. Importing this module imports JAX and NumPyro.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import NotConverged, UsageError
from equipoise.model.ascent import fixed_point, relative_margin, residual
from equipoise.model.equilibria import in_blocks
from equipoise.model.hierarchy import Design, Panel, forces
from equipoise.model.transitions import Forces, Transitions, prepare, shock

Array = NDArray[np.float64]

ABSENT = -300.0
"""The log share of an option that is not in the choice, while it is solved."""

EXACT = 1e-8
"""Largest gap, in shares, to the first-order condition of what counts as solved."""

FULL = Design()
"""All terms."""

STEPS = (256, 24)
"""Steps of mirror ascent and of Newton's method for each solution."""

BINS = 10
"""Classes of the probability integral transform."""


@dataclass(frozen=True, slots=True)
class World:
    """What is given to N states in C channels over T years, for which shares between K + 1 options are drawn.

    rivalry (T+1, K, K): from the year before the first; leverage (N, T, K); first (C, N, K+1): shares in the year
    before, zero for options that are not in the choice; region (N,) and period (T,): codes; inertia (J, N, T) and
    perception (J', N, T): terms, centred; the rest: names.
    """

    rivalry: Array
    leverage: Array
    first: Array
    region: NDArray[np.int64]
    period: NDArray[np.int64]
    channels: tuple[str, ...]
    regions: tuple[str, ...]
    periods: tuple[str, ...]
    inertia: Array
    perception: Array
    inertia_terms: tuple[str, ...] = ()
    perception_terms: tuple[str, ...] = ()

    def panel(self) -> Panel:
        """Its rows, by channel, state and year; all is right in it but shares, which stay as they were at first."""
        c, n, options = self.first.shape
        t = len(self.rivalry) - 1
        series, year = (x.ravel() for x in np.indices((c * n, t)))
        channel, state = np.divmod(series, n)
        first = self.first.reshape(c * n, options)
        on = first > 0
        r = np.stack([self.rivalry[:-1][year], self.rivalry[1:][year]])
        moves = prepare(first[series], last=first[series], on=on[series], rivalry=r,
                        leverage=self.leverage[state, year])
        return Panel(
            moves=moves, channel=channel, series=series, cell=channel * t + year, region=self.region[state],
            period=self.period[year], series_channel=np.repeat(np.arange(c), n), series_region=np.tile(self.region, c),
            series_on=on, series_base=np.log(np.where(on, first, 1e-3)), cell_channel=np.repeat(np.arange(c), t),
            inertia=self.inertia[:, state, year], perception=self.perception[:, state, year],
            attraction=np.zeros((0, options, c * n * t)), channels=self.channels, regions=self.regions,
            periods=self.periods, inertia_terms=self.inertia_terms, perception_terms=self.perception_terms,
        )  # fmt: skip


def simulate(world: World, sites: Mapping[str, ArrayLike], *, design: Design = FULL, seed: int = 0) -> Panel:
    """Return a panel of shares that are drawn year by year, at one value of each of the model's sites.

    Raises NotConverged where a year's choice could not be solved, or has no stable solution within reach.
    """
    panel, rng = world.panel(), np.random.default_rng(seed)
    x, years = panel.moves, len(world.rivalry) - 1
    with jax.enable_x64(True):
        f = _by_row(forces({n: jnp.asarray(v, float) for n, v in sites.items()}, panel=panel, design=design), x)
        noise, r = _noise(f, x, rng), rivalries(x)
        now, last = np.array(x.now), np.array(x.last)
        for t in range(years):
            rows = np.arange(t, panel.rows, years)
            if t:
                last[:, rows] = now[:, rows - 1]
            y = replace(x.take(rows), last=last[:, rows])
            now[:, rows], solved = _next(y, f=_rows(f, rows), noise=noise[:, rows], rivalry=r[..., rows])
            if not solved.all():
                raise NotConverged(f"{int((~solved).sum())} choices of year {t + 1} were not solved.",
                                   hint="Take a lower cross-pressure or smaller shocks.")
    return replace(panel, moves=_moves(x, now, last=last, world=world))


def replicate(panel: Panel, sites: Mapping[str, ArrayLike], *, design: Design = FULL, seed: int = 0) -> Array:
    """Return log shares (K+1, n) that might have followed the same last shares, at one value of each of the sites.

    NaN in the rows of which the choice was not solved; meaningless where an option is not in the choice.
    """
    x = panel.moves
    with jax.enable_x64(True):
        f = _by_row(forces({n: jnp.asarray(v, float) for n, v in sites.items()}, panel=panel, design=design), x)
        log, solved = _next(x, f=f, noise=_noise(f, x, np.random.default_rng(seed)), rivalry=rivalries(x))
    return np.where(solved, log, np.nan)


def predictive_check(panel: Panel, sites: Mapping[str, ArrayLike], *, given: Mapping[str, ArrayLike] | None = None,
                     design: Design = FULL, draws: int = 100, seed: int = 0) -> pl.DataFrame:
    """Return how the moves of a panel lie among those that draws of the posterior predict from the same last shares.

    ``sites`` (D, …) are posterior draws, of which ``draws`` evenly spaced ones are used; ``given``: sites that were
    held at one value (the spreads of a quick fit). One row a channel:

    - observations: shares compared, those of all options in the choice; failed: share of replicates not solved;
    - inside_50, inside_90: share of observations in the central interval; pit: shares of them in ten equal classes of
      the probability integral transform, from low to high, 0.1 each if the model is right;
    - kurtosis: Moors' (1988) coefficient of the standardised shocks, from octiles, so that it exists for any tail
      (1.23 for a normal), the mean over draws; kurtosis_replicated: of drawn shocks; kurtosis_p: share of draws in
      which the drawn are at least as heavy in the tails.

    The rows are those to which the model was fitted, so that shares inside are a little higher than for new years.
    """
    wanted = _draws(sites, given or {}, count=draws)
    x, groups = panel.moves, panel.channel
    below, solved, shapes = np.zeros(x.now.shape), np.zeros(panel.rows), []
    for k, s in enumerate(wanted):
        drawn = replicate(panel, s, design=design, seed=seed + k)
        below += drawn < x.now
        solved += np.isfinite(drawn[0])
        shapes.append(_shapes(panel, s, design=design, seed=seed + k))
    pit = (below + 0.5) / (solved + 1)
    found = np.array(shapes)
    out = []
    for c, name in enumerate(panel.channels):
        p = pit[:, groups == c][x.on[:, groups == c]]
        seen, drawn = found[:, c].T
        out.append({
            "channel": name, "observations": len(p), "failed": 1 - float(solved[groups == c].mean()) / len(shapes),
            "inside_50": float((np.abs(p - 0.5) <= 0.25).mean()), "inside_90": float((np.abs(p - 0.5) <= 0.45).mean()),
            "pit": (np.histogram(p, BINS, (0, 1))[0] / len(p)).tolist(), "kurtosis": float(seen.mean()),
            "kurtosis_replicated": float(drawn.mean()), "kurtosis_p": float((drawn >= seen).mean()),
        })
    return pl.DataFrame(out)


def rivalries(x: Transitions) -> Array:
    """Rivalry with the outside option that the rows hold, (2, 2, K+1, K+1, n): at ψ = 0 and per unit of ψ; t − 1 and t.

    Read back from the determinant's coordinates, in which it is R_ij − R_ib − R_bj times √(w_i w_j), b the largest
    option; zero where an option is not in the choice.
    """
    options, n = x.shares.shape
    out = np.zeros((2, 2, options, options, n))
    low = np.tril_indices(options - 1)
    largest = x.shares.argmax(0)
    for b in range(options):
        rows = np.flatnonzero(largest == b)
        rest = np.delete(np.arange(options), b)
        root = np.sqrt(x.shares[rest][:, rows])
        size = root[low[0]] * root[low[1]]
        for j, bend in enumerate((x.bend, x.bend_out)):
            inner = np.zeros((2, options - 1, options - 1, len(rows)))
            inner[:, low[0], low[1]] = np.divide(bend[..., rows], size, out=np.zeros((2, *size.shape)), where=size > 0)
            inner[:, low[1], low[0]] = inner[:, low[0], low[1]]
            edge = -np.einsum("aiin->ain", inner) / 2
            both = (root > 0)[:, None] & (root > 0)
            full = np.where(both, inner + edge[:, :, None] + edge[:, None], 0.0)
            out[j][:, rest[:, None, None], rest[:, None], rows] = full
            out[j][:, rest[:, None], b, rows] = out[j][:, b, rest[:, None], rows] = edge
    return out


def _next(x: Transitions, *, f: Forces, noise: Array, rivalry: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Log shares (K+1, n) that follow, and whether they are a stable solution (n,)."""
    arrays = [x.last, x.on, x.push, x.push_out, rivalry, noise, *(getattr(f, i.name) for i in fields(f))]
    log, solved = _solved([jnp.asarray(a) for a in arrays])
    return np.where(x.on, np.asarray(log), 0.0), np.asarray(solved)


@jax.jit
def _solved(arrays: list[Any]) -> tuple[Any, ...]:
    def block(last: Any, on: Any, push: Any, push_out: Any, rivalry: Any, noise: Any, *values: Any) -> tuple[Any, ...]:
        f = Forces(*values)
        push, push_out, plain, more = (a[0] + f.perceived * (a[1] - a[0]) for a in (push, push_out, *rivalry))
        push = push.at[0].add(f.intolerance * push_out)
        e = noise * f.scale * jnp.exp(-f.power / 2 * last)
        net = (1 - f.speed) * last + f.speed * (f.attraction + e - f.coercion * push)
        cross = f.speed * f.cross_pressure * (plain + f.intolerance * more)
        net, begin = jnp.where(on, net - net.max(0), ABSENT), jnp.where(on, last, ABSENT)
        log = fixed_point(net, cross, begin, *STEPS)
        w = jnp.exp(log)
        return log, (residual(w, net=net, cross=cross) < EXACT) & (relative_margin(w, cross=cross) > 0)

    return in_blocks(block, arrays)


def _noise(f: Forces, x: Transitions, rng: np.random.Generator) -> Array:
    """Shocks (K+1, n) in units of their scale: Student-t, the options of a row divided by the same root."""
    nu = np.asarray(f.freedom)
    return np.asarray(rng.normal(size=x.now.shape) / np.sqrt(rng.chisquare(nu) / nu))


def _by_row(f: Forces, x: Transitions) -> Forces:
    n = x.now.shape[-1]
    return Forces(*(np.broadcast_to(v, (*np.shape(v)[:-1], n)) for v in (getattr(f, i.name) for i in fields(f))))


def _rows(f: Forces, rows: NDArray[Any]) -> Forces:
    return Forces(*(getattr(f, i.name)[..., rows] for i in fields(f)))


def _moves(x: Transitions, now: Array, *, last: Array, world: World) -> Transitions:
    """The rows with new log shares."""
    on = x.on.T
    state, year = (np.tile(a.ravel(), len(world.channels)) for a in np.indices(world.leverage.shape[:2]))
    r = np.stack([world.rivalry[:-1][year], world.rivalry[1:][year]])
    shares = [np.where(on, np.exp(a.T), 0.0) for a in (now, last)]
    return prepare(shares[0], last=shares[1], on=on, rivalry=r, leverage=world.leverage[state, year])


def _draws(sites: Mapping[str, ArrayLike], given: Mapping[str, ArrayLike], *, count: int) -> Iterator[dict[str, Array]]:
    drawn = {n: np.asarray(v, float) for n, v in sites.items()}
    sizes = {len(v) for v in drawn.values()}
    if len(sizes) != 1 or not min(sizes):
        raise UsageError("sites must all have the same number of draws on their first axis.",
                         hint="Join chains first: sites of shape (draws, …).")
    size = sizes.pop()
    held = {n: np.asarray(v, float) for n, v in given.items()}
    for d in np.unique(np.linspace(0, size - 1, min(count, size)).astype(int)):
        yield {**held, **{n: v[d] for n, v in drawn.items()}}


def _shapes(panel: Panel, sites: Mapping[str, ArrayLike], *, design: Design, seed: int) -> list[tuple[float, float]]:
    """Moors' kurtosis of the standardised shocks that are seen and of such that are drawn, by channel."""
    x = panel.moves
    with jax.enable_x64(True):
        f = _by_row(forces({n: jnp.asarray(v, float) for n, v in sites.items()}, panel=panel, design=design), x)
        seen = np.stack(shock(x, f)) / (f.speed * f.scale)
        noise = _noise(f, x, np.random.default_rng([seed, 1]))
    weight = np.where(x.on, np.exp(f.power * x.last), 0.0)
    both = []
    for z in (seen, noise * np.exp(-f.power / 2 * x.last)):
        z = np.where(x.on, z, 0.0)
        both.append((z - (weight * z).sum(0) / weight.sum(0)) * np.sqrt(weight))
    pick = [(panel.channel == c) & x.on for c in range(len(panel.channels))]
    return [(moors(both[0][m]), moors(both[1][m])) for m in pick]


def moors(x: ArrayLike) -> float:
    """Moors' (1988) kurtosis, (e₇ − e₅ + e₃ − e₁)/(e₆ − e₂) of the octiles: 1.23 for a normal, more for heavier tails.

    >>> round(moors(np.random.default_rng(0).normal(size=100_000)), 1)
    1.2
    """
    e = np.quantile(np.asarray(x, float), np.arange(1, 8) / 8)
    return float((e[6] - e[4] + e[2] - e[0]) / (e[5] - e[1]))
