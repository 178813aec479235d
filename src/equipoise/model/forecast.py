"""Forecasts of the hierarchical choice a year ahead: the density of what is seen, and draws of shares.

Last year's shares are known, and so are rivalry and leverage of the year; parameters are draws of the posterior. The
effect of a year that is not in the fit is Normal(0, ``year_spread``²), one for each option and the same for all states;
a series that is not in it has the attraction of its region and a scale of its channel. Importing this module imports
JAX and NumPyro.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln, logsumexp
from numpy.typing import NDArray

from equipoise.errors import BadMatrix
from equipoise.model.baselines import floored
from equipoise.model.equilibria import solve_many
from equipoise.model.hierarchy import Design, Panel, forces
from equipoise.model.laplace import Quick
from equipoise.model.policy import FLOOR
from equipoise.model.transitions import Forces, Transitions, log_determinant, shock

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Sites = dict[str, Array]

GRID = np.arange(-16.0, 4.0, 0.4)
"""Logarithms of the precision of a Student-t shock, relative to its scale, over which the density is summed."""

OFF = -20.0
"""The attraction, less the largest, of an option that is not in the choice: its share is under 1e-8."""

AT_ONCE = 20
"""Draws that are solved together."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Rows to be forecast: n moves from last year's shares, with groups of their own.

    ``panel`` has their moves, series and cells (years), its regions and periods are those of the fit; ``seen`` (S,):
    the place of each series in the fit, −1 if it is not there; rivalry (2, n, K, K) of the year before and the year,
    leverage (n, K), as in ``panel.moves``.
    """

    panel: Panel
    seen: Codes
    rivalry: Array
    leverage: Array

    @property
    def able(self) -> NDArray[np.bool_]:
        """Rows (n,) of which rivalry and leverage are known."""
        return np.asarray(np.isfinite(self.rivalry).all((0, 2, 3)) & np.isfinite(self.leverage).all(1))


def posterior(fit: Quick) -> Sites:
    """Draws (D, …) by site, with the spreads that a quick fit takes as given.

    Raises BadMatrix for a fit without draws.
    """
    if not fit.sites:
        raise BadMatrix("the fit has no draws to forecast with.", hint=fit.reason or "Fit to more rows.")
    count = len(fit.sites["power"])
    return fit.sites | {n: np.broadcast_to(v, (count, *np.shape(v))) for n, v in fit.spread.items()}


def log_densities(sites: Sites, *, ahead: Ahead, design: Design) -> Array:
    """Log density (D, n) of the observed log share ratios by draw of the parameters; NaN where an input is.

    The effect of the year, and the attraction of a series that the fit has not seen, are integrated out exactly, given
    the precision of the shock; that is summed over :data:`GRID`. −∞ where the shares are no stable solution.
    """
    panel, s = ahead.panel, _extended(sites, ahead=ahead)
    c, new = panel.channel, (ahead.seen < 0)[panel.series]
    spread = np.sqrt(s["year_spread"][:, c] ** 2 + new * s["attraction_spread"][:, c] ** 2) / _speed(s)[:, c]
    with jax.enable_x64(True):
        given = {n: jnp.asarray(v, float) for n, v in s.items()}
        out = np.asarray(_densities(given, jnp.asarray(spread), panel, design))
    return np.where(ahead.able, np.where(out < -1e9, -np.inf, out), np.nan)


def share_draws(sites: Sites, *, ahead: Ahead, design: Design, floor: float = FLOOR, seed: int = 0) -> Array:
    """Draws (D, n, K+1) of shares, floored as what is observed, 0 outside the option set; NaN where an input is.

    Each solves log w = (1 − η) log w_last + η(v + e − φR̃ℓ − ρR̃w) + const from last year's shares, with one draw of the
    parameters, of the year's effects, and of the shock e. A draw that the solver does not bring to a stable solution
    is NaN.
    """
    rng = np.random.default_rng(seed)
    panel, x = ahead.panel, ahead.panel.moves
    s = _extended(sites, ahead=ahead, rng=rng)
    with jax.enable_x64(True):
        f = _forces({n: jnp.asarray(v, float) for n, v in s.items()}, panel, design)
    f = Forces(**{n: np.asarray(getattr(f, n)) for n in Forces.__slots__})
    on, last = np.asarray(x.on).T, np.asarray(x.last).T
    each = rng.standard_normal((*f.scale.shape, on.shape[1]))
    each /= np.sqrt(rng.chisquare(f.freedom) / f.freedom)[..., None]
    noise = each * f.scale[..., None] * np.exp(-f.power[..., None] / 2 * last)
    speed = f.speed[..., None]
    pull = (1 - speed) * last + speed * (np.moveaxis(f.attraction, 1, 2) + noise)
    pull = np.where(on, pull, -np.inf)
    pull -= pull.max(-1, keepdims=True)
    # A shock of Student's may be so large that shares underflow; at −20 a share is nothing either way.
    pull = np.maximum(pull, OFF)
    w = _solved(pull, f=f, ahead=ahead) if design.systemic else _softmax(pull)
    w = np.where(ahead.able[:, None], w, np.nan)
    return np.where(np.isnan(w), np.nan, floored(np.nan_to_num(w), options=on, floor=floor))


def refilled(draws: Array) -> tuple[Array, float]:
    """Draws (D, n, K+1) with those that are NaN replaced by others of their row, and the share (0…1) replaced.

    Rows with fewer than two draws are left NaN.
    """
    good: NDArray[np.bool_] = np.asarray(np.isfinite(draws).all(-1))
    able = good.sum(0) > 1
    out = draws.copy()
    for row in np.flatnonzero(able & ~good.all(0)):
        kept = np.flatnonzero(good[:, row])
        out[~good[:, row], row] = draws[np.resize(kept, int((~good[:, row]).sum())), row]
    out[:, ~able] = np.nan
    return out, float((~good[:, able]).mean()) if able.any() else 0.0


def _extended(sites: Sites, *, ahead: Ahead, rng: np.random.Generator | None = None) -> Sites:
    """Sites with series and cells of ``ahead`` in the place of the fit's: drawn, or without ``rng`` at their means."""
    panel, seen = ahead.panel, ahead.seen
    c, draws = panel.series_channel, len(sites["power"])
    carry = sites["carry"] * _speed(sites)
    mean = carry[:, c, None] * panel.series_base + sites["home"][:, c, panel.series_region]
    level, spread = sites["level"][:, c], sites["attraction_spread"][:, c, None]
    year = np.zeros((draws, len(panel.cell_channel), mean.shape[2]))
    # A scale enters as no Gaussian does, so it is drawn in any case, and the same in both.
    scale = level + sites["scale_spread"][:, c] * np.random.default_rng(1).standard_normal(level.shape)
    if rng is not None:
        mean = mean + spread * rng.standard_normal(mean.shape)
        year = sites["year_spread"][:, panel.cell_channel, None] * rng.standard_normal(year.shape)
    known = seen >= 0
    at = np.where(known, seen, 0)
    return sites | {
        "attraction": np.where(known[:, None], sites["attraction"][:, at], mean),
        "log_scale": np.where(known, sites["log_scale"][:, at], scale),
        "year": year,
    }


def _speed(sites: Sites) -> Array:
    """η by channel (D, C), in which units effects and scales are sampled."""
    return np.asarray(1.0 / (1.0 + np.exp(-sites["speed_base"])))


@partial(jax.jit, static_argnums=3)
def _densities(sites: Any, spread: Any, panel: Panel, design: Design) -> Any:
    def one(given: Any) -> Any:
        s, wide = given
        return _density(panel.moves, forces(s, panel=panel, design=design), spread=wide)

    return jax.lax.map(one, (sites, spread))


def _density(x: Transitions, f: Forces, *, spread: Any) -> Any:
    """As ``transitions.log_density``, with a Gaussian of the given spread (n,) in the attraction of each option."""
    u = jnp.asarray(GRID)[:, None]
    half = f.freedom / 2
    chance = half * jnp.log(half) - gammaln(half) + half * (u - jnp.exp(u)) + jnp.log(GRID[1] - GRID[0])
    zero = jnp.zeros_like(spread)
    total, first, second, logs, m = zero, zero, zero, zero, zero - 1.0
    for k, z in enumerate(shock(x, f)):
        variance = f.speed**2 * (f.scale**2 * jnp.exp(-f.power * x.last[k] - u) + spread**2)
        weight = jnp.where(x.on[k], 1.0 / variance, 0.0)
        total, first, second = total + weight, first + weight * z, second + weight * z * z
        logs, m = logs + jnp.where(x.on[k], jnp.log(variance), 0.0), m + x.on[k]
    q = jnp.maximum(second - first * first / total, 0.0)
    normal = -0.5 * (logs + jnp.log(total) + m * jnp.log(2 * jnp.pi) + q)
    return logsumexp(chance + normal, axis=0) + log_determinant(x, f)


@partial(jax.jit, static_argnums=2)
def _forces(sites: Any, panel: Panel, design: Design) -> Forces:
    n = panel.channel.shape[0]

    def one(s: Any) -> Forces:
        f = forces(s, panel=panel, design=design)
        rest = {name: jnp.broadcast_to(getattr(f, name), (n,)) for name in Forces.__slots__ if name != "attraction"}
        return Forces(attraction=f.attraction, **rest)

    return jax.vmap(one)(sites)


def _solved(pull: Array, *, f: Forces, ahead: Ahead) -> Array:
    out = []
    before, change = ahead.rivalry[0], ahead.rivalry[1] - ahead.rivalry[0]
    start = np.asarray(ahead.panel.moves.last).T
    start = floored(np.exp(start), options=np.asarray(ahead.panel.moves.on).T)
    for first in range(0, len(pull), AT_ONCE):
        d = slice(first, first + AT_ONCE)
        end = solve_many(
            pull[d], rivalry=before + f.perceived[d, :, None, None] * change, leverage=ahead.leverage,
            coercion=f.speed[d] * f.coercion[d], cross_pressure=f.speed[d] * f.cross_pressure[d],
            intolerance=f.intolerance[d], start=start,
        )  # fmt: skip
        out.append(np.where((end.status == 0)[..., None], end.shares, np.nan))
    return np.concatenate(out)


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(-1, keepdims=True))
    shares: Array = e / e.sum(-1, keepdims=True)
    return shares
