"""A quick fit of the hierarchical model: mode and curvature, with the spreads of the many effects by empirical Bayes.

The joint mode of effects and their spread is where the spread is zero, so spreads are given, and updated from the
effects' modes and variances until they settle (an EM algorithm with a Laplace step in it: Laird and Ware 1982). The
curvature is found from as many Hessian products as there are shared parameters, for given these the series are
independent and one product serves all of them. What the fit leaves out: the uncertainty of the spreads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from numpy.typing import NDArray
from numpyro import handlers
from numpyro.infer.util import initialize_model
from scipy import linalg, optimize

from equipoise.errors import UsageError
from equipoise.model.hierarchy import ALIKE, FULL, LOCAL, SPREADS, Design, Panel, group_spreads, model

Array = NDArray[np.float64]

ROUNDS = 15
"""At most so many updates of the spreads."""

CLOSE = 2.0
"""How near the mode is near enough: the length of the next Newton step in units of the curvature. With some four
thousand parameters each of them is then within a few hundredths of its standard deviation."""

BY_CHANNEL = ("speed_base", "freedom", "power", "level", "carry", "coercion_channel", "cross_pressure_channel")
"""Shared parameters with a value a channel that touch only rows of that channel."""

SETTLED = 0.05
"""A largest change of a spread, as a share of it, at which the updates end."""


@dataclass(frozen=True, slots=True)
class Quick:
    """A fit by mode and curvature.

    sites: posterior draws (D, …) by site; mode, sd, unconstrained: by site, the latter two before constraints; spread:
    the spreads of effects that were settled on; status: "done", "not_converged" (the climb did not end near a mode) or
    "indefinite" (no maximum, so no draws), reason in words; log_joint at the mode.
    """

    sites: dict[str, Array]
    mode: dict[str, Array]
    spread: dict[str, Array]
    unconstrained: dict[str, Array]
    sd: dict[str, Array]
    status: str
    reason: str
    log_joint: float

    @property
    def end(self) -> Start:
        """Where the fit ended, as a start of another."""
        return Start(self.unconstrained, self.spread)


def quick_fit(panel: Panel, design: Design = FULL, *, draws: int = 1000, seed: int = 0,
              start: Start | None = None, progress: Callable[[str], None] | None = None) -> Quick:
    """Fit the model of a panel by mode and curvature, in 32 bits but for the linear algebra.

    ``start`` is a place to begin at, from :attr:`Quick.end` of a like panel. Raises UsageError for an empty panel.
    """
    with jax.enable_x64(False):
        problem, z, held, curved, far = climbed(panel, design, start=start, progress=progress or (lambda _: None))
        return _quick(problem, z, curved, held=held, far=far, draws=draws, seed=seed)


@dataclass(frozen=True, slots=True)
class Start:
    """Unconstrained values and spreads by site."""

    free: dict[str, Array]
    held: dict[str, Array]


def climbed(panel: Panel, design: Design, *, progress: Callable[[str], None],
            start: Start | None = None) -> tuple[Problem, Array, dict[str, Array], Curved, float]:
    """The mode with settled spreads, the curvature there, and how far from the mode it is; call with 32 bits set."""
    if not panel.rows:
        raise UsageError("no moves of shares are left to estimate from.", hint="Widen years, states or channels.")
    c = len(panel.channels)
    held = dict(zip(SPREADS, (np.full(c, x) for x in (0.05, 0.6, 0.1)), strict=True))
    held |= {name: np.array(ALIKE) for name in group_spreads(design)}
    if start is not None:
        held |= {n: v for n, v in start.held.items() if n in held and np.shape(v) == np.shape(held[n])}
    problem = _problem(panel, design, held)
    z = problem.approach(problem.begin(start.free if start else None), held, steps=40 if start else 400)
    progress(f"a first climb: log joint {-problem.slope(z, held)[0]:.1f}")
    for turn in range(ROUNDS):
        curved = problem.curvature(z, held)
        z, far = problem.settle(z, held, curved, steps=150)
        if not curved.definite and far > 10 * CLOSE:
            progress(f"round {turn + 1}: {far:.2f} from the mode, past a saddle")
            z = problem.approach(z, held, steps=100)
            continue
        new = _spreads(problem, z, curved, held)
        moved = {n: np.log(new[n] / held[n]) for n in held}
        most = max(float(np.abs(v).max()) for v in moved.values())
        progress(f"round {turn + 1}: {far:.2f} from the mode, spreads moved by {most:.1%}")
        if most < SETTLED and far < CLOSE:
            return problem, z, held, curved, far
        held = {n: held[n] * np.exp(np.clip(v, -1.0, 1.0)) for n, v in moved.items()}
    curved = problem.curvature(z, held)
    z, far = problem.settle(z, held, curved, steps=150)
    return problem, z, held, problem.curvature(z, held), far


@dataclass(frozen=True, slots=True)
class Problem:
    """The negative log joint as a function of one vector, with the places of shared and local parameters in it.

    classes: groups of shared parameters of which one Hessian product serves all; channel, region (size,): what a
    parameter belongs to, −1 if to all.
    """

    value_and_slope: Any
    product: Any
    unravel: Any
    constrain: Any
    panel: Panel
    size: int
    shared: NDArray[np.intp]
    local: NDArray[np.intp]
    classes: list[NDArray[np.intp]]
    channel: NDArray[np.intp]
    region: NDArray[np.intp]
    held: dict[str, Array]

    def begin(self, start: dict[str, Array] | None) -> Array:
        """Where a climb begins: no effects but those of the first shares, or what ``start`` has of the same shape."""
        z = {n: np.array(v) for n, v in self.unravel(jnp.zeros(self.size)).items()}
        z["attraction"] = 0.1 * (self.panel.series_base - self.panel.series_base.mean(1, keepdims=True))
        if start is not None:
            z |= {n: v for n, v in start.items() if n in z and np.shape(v) == np.shape(z[n])}
        return np.asarray(ravel_pytree(z)[0], float)

    def arrays(self, z: Array) -> dict[str, Array]:
        """The vector as arrays by site."""
        return {n: np.asarray(v, float) for n, v in self.unravel(jnp.asarray(z)).items()}

    @property
    def places(self) -> dict[str, NDArray[np.intp]]:
        """Where each site's values are in the vector."""
        return {n: v.astype(int) for n, v in self.arrays(np.arange(self.size, dtype=float)).items()}

    def slope(self, z: Array, held: dict[str, Array]) -> tuple[float, Array]:
        """Value and slope of the negative log joint at z (size,)."""
        value, slope = self.value_and_slope(jnp.asarray(z), held, self.panel)
        if not (np.isfinite(value) and np.isfinite(slope).all()):
            return 1e9, np.zeros(self.size)  # a step too far; the search shortens it
        return float(value), np.asarray(slope, float)

    def approach(self, z: Array, held: dict[str, Array], *, steps: int) -> Array:
        """Climb without a curvature."""
        done = optimize.minimize(self.slope, z, args=(held,), jac=True, method="L-BFGS-B",
                                 options={"maxiter": steps, "maxcor": 30, "ftol": 1e-8, "gtol": 1e-2})
        return np.asarray(done.x)

    def settle(self, z: Array, held: dict[str, Array], curved: Curved, *, steps: int) -> tuple[Array, float]:
        """Climb in coordinates in which the curvature is one; also the length of the Newton step left at the end."""
        def f(y: Array) -> tuple[float, Array]:
            value, slope = self.slope(z + curved.spread_out(y, self), held)
            return value, curved.gathered(slope, self)

        done = optimize.minimize(f, np.zeros(self.size), jac=True, method="L-BFGS-B",
                                 options={"maxiter": steps, "maxcor": 20, "ftol": 1e-9, "gtol": 1e-2, "maxls": 40})
        return z + curved.spread_out(done.x, self), float(np.linalg.norm(f(done.x)[1]))

    def curvature(self, z: Array, held: dict[str, Array]) -> Curved:
        """The Hessian's blocks."""
        b, g = self.local.shape[1], len(self.shared)
        many = np.zeros((len(self.classes) + b, self.size))
        for row, members in enumerate(self.classes):
            many[row, members] = 1.0
        for j in range(b):
            many[len(self.classes) + j, self.local[:, j]] = 1.0
        # In 64 bits: some curvatures are a million times others, and the error of the large would hide the small.
        with jax.enable_x64(True):
            out = np.asarray(self.product(jnp.asarray(z), jnp.asarray(many), held, self.panel))
        blocks = np.stack([out[len(self.classes) + j][self.local] for j in range(b)], -1)
        place = np.full(self.size, -1)
        place[self.shared] = np.arange(g)
        full, across = np.full((g, g), np.nan), np.zeros((*self.local.shape, g))
        for row, members in enumerate(self.classes):
            for j in members:
                same = np.ones(self.size, bool)
                if len(members) > 1:
                    same = (self.channel == self.channel[j]) & ((self.region[j] < 0) | (self.region == self.region[j]))
                    known = (self.region >= 0) | (self.region[j] < 0)
                    apart = (self.channel >= 0) & ((self.channel != self.channel[j]) | known & ~same)
                    full[place[self.shared[apart[self.shared]]], place[j]] = 0.0
                mine = self.shared[same[self.shared]]
                full[place[mine], place[j]] = out[row][mine]
                across[..., place[j]] = np.where(same[self.local], out[row][self.local], 0.0)
        full = np.where(np.isnan(full), full.T, full)
        return Curved.of((full + full.T) / 2, (blocks + blocks.transpose(0, 2, 1)) / 2, across)


@dataclass(frozen=True, slots=True)
class Curved:
    """Blocks of the Hessian: factor of the Schur complement of the shared, blocks of the local, H_LL⁻¹ H_LG."""

    factor: Array
    blocks: Array
    solved: Array
    root: Array
    definite: bool

    @classmethod
    def of(cls, shared: Array, blocks: Array, across: Array) -> Curved:
        """From the Hessian's parts; directions in which it falls are turned to rise, so that a saddle is left."""
        blocks, fine = _rising(blocks)
        solved = np.asarray(np.linalg.solve(blocks, across), float)
        schur, good = _rising(shared - np.einsum("sbg,sbh->gh", across, solved, optimize=True))
        root: Array = np.swapaxes(np.linalg.cholesky(np.linalg.inv(blocks)), 1, 2)
        return cls(linalg.cholesky(schur, lower=True), blocks, solved, root, fine and good)

    def variance(self, problem: Problem, *, means: Array | float = 0.0) -> Array:
        """The diagonal of H⁻¹; with slopes of the local's prior means by the shared (S, b, g), that about the means."""
        out = np.zeros(problem.size)
        spare = linalg.solve_triangular(self.factor, np.eye(len(self.factor)), lower=True)
        out[problem.shared] = (spare**2).sum(0)
        about = self.solved + means
        half = linalg.solve_triangular(self.factor, about.reshape(-1, about.shape[-1]).T, lower=True)
        inner = np.einsum("sbb->sb", np.linalg.inv(self.blocks))
        out[problem.local] = inner + (half**2).sum(0).reshape(inner.shape)
        return out

    def spread_out(self, y: Array, problem: Problem) -> Array:
        """H^(−½) y: draws of the posterior from those of a standard normal, for y (size,) or (size, D)."""
        out, own = np.zeros_like(y), y[problem.local]
        out[problem.shared] = g = linalg.solve_triangular(self.factor.T, y[problem.shared], lower=False)
        out[problem.local] = np.einsum("scb,sc...->sb...", self.root, own) - np.tensordot(self.solved, g, 1)
        return out

    def gathered(self, slope: Array, problem: Problem) -> Array:
        """The transpose of :meth:`spread_out`, for a slope (size,)."""
        out, own = np.zeros_like(slope), slope[problem.local]
        rest = slope[problem.shared] - np.einsum("sbg,sb->g", self.solved, own)
        out[problem.shared] = linalg.solve_triangular(self.factor, rest, lower=True)
        out[problem.local] = np.einsum("scb,sb->sc", self.root, own)
        return out


def _rising(matrices: Array) -> tuple[Array, bool]:
    """Symmetric matrices (…, m, m) with the absolute values of their eigenvalues, and whether all were positive."""
    values, vectors = np.linalg.eigh(matrices)
    least = 1e-9 * np.abs(values).max(-1, keepdims=True)
    if (values > least).all():
        return matrices, True
    return (vectors * np.maximum(np.abs(values), least)[..., None, :]) @ np.swapaxes(vectors, -1, -2), False


def _potential(panel: Panel, design: Design, held: dict[str, Array]) -> tuple[Any, Any, Any, Any]:
    """NumPyro's account of the model with given spreads, and its potential as a function of one vector."""
    given = lambda p, h: handlers.condition(model, data=h)(p, design)  # noqa: E731
    info = initialize_model(jax.random.PRNGKey(0), given, model_args=(panel, held), dynamic_args=True)
    flat, unravel = ravel_pytree({n: jnp.zeros_like(v) for n, v in info.param_info.z.items()})

    def potential(x: Any, h: Any, p: Any) -> Any:
        return info.potential_fn(p, h)(unravel(x))

    return info, flat, unravel, potential


def _problem(panel: Panel, design: Design, held: dict[str, Array]) -> Problem:
    info, flat, unravel, potential = _potential(panel, design, held)
    with jax.enable_x64(True):
        slope = jax.grad(_potential(panel, design, held)[3])

        def product(x: Any, many: Any, h: Any, p: Any) -> Any:
            return jax.lax.map(lambda v: jax.jvp(lambda y: slope(y, h, p), (x,), (v,))[1], many)

    places = {n: np.asarray(v).astype(int) for n, v in unravel(jnp.arange(flat.size, dtype=float)).items()}
    local = np.concatenate([places[n].reshape(len(panel.series_channel), -1) for n in LOCAL], 1)
    shared = np.setdiff1d(np.arange(flat.size), local.ravel())
    classes, channel, region = _classes(places, panel)
    turned = partial(_constrain, info, panel, held)
    return Problem(
        jax.jit(jax.value_and_grad(potential)), jax.jit(product), unravel, turned, panel, flat.size,
        shared, local, classes, channel, region, held,
    )  # fmt: skip


def _classes(places: dict[str, NDArray[np.intp]],
             panel: Panel) -> tuple[list[NDArray[np.intp]], NDArray[np.intp], NDArray[np.intp]]:
    """Shared parameters whose columns of the Hessian do not overlap, and the channel and region of every parameter."""
    size = max(int(v.max()) for v in places.values()) + 1
    channel, region = np.full(size, -1), np.full(size, -1)
    classes: list[NDArray[np.intp]] = []
    for name, at in places.items():
        if name in LOCAL:
            channel[at.T], region[at.T] = panel.series_channel, panel.series_region
        elif name == "home":
            channel[at], region[at] = np.arange(at.shape[0])[:, None, None], np.arange(at.shape[1])[None, :, None]
            classes += [at[:, :, k].ravel() for k in range(at.shape[2])]
        elif name == "year":
            channel[at.T] = panel.cell_channel
            order = [np.flatnonzero(panel.cell_channel == c) for c in range(len(panel.channels))]
            for r in range(max(map(len, order))):
                rows = [o[r] for o in order if r < len(o)]
                classes += [at[rows, k] for k in range(at.shape[1])]
        elif name.endswith("_region"):
            channel[at], region[at] = np.indices(at.shape)
            classes.append(at.ravel())
        elif name.endswith("_period"):
            channel[at] = np.arange(at.shape[0])[:, None]
            classes += list(at.T)
        elif name in BY_CHANNEL:
            channel[at] = np.arange(len(at))
            classes.append(at)
        else:
            classes += [np.array([j]) for j in at.ravel()]
    return classes, channel, region


def _constrain(info: Any, panel: Panel, held: dict[str, Array], z: Any) -> dict[str, Any]:
    return {n: v for n, v in info.postprocess_fn(panel, held)(z).items() if n not in held}


def _spreads(problem: Problem, z: Array, curved: Curved, held: dict[str, Array]) -> dict[str, Array]:
    """Root mean squares of the effects about their means, with their variances added."""
    panel, free = problem.panel, problem.arrays(z)
    at, places = panel.series_channel, problem.places
    mean, level, slopes = _means(problem, z)
    variance = curved.variance(problem, means=slopes)
    square = {
        "attraction": (free["attraction"] - mean) ** 2 + variance[places["attraction"]],
        "log_scale": (free["log_scale"] - level) ** 2 + variance[places["log_scale"]],
        "year": free["year"] ** 2 + variance[places["year"]],
    }
    pick = [at == c for c in range(len(panel.channels))]
    new = {
        "attraction_spread": np.sqrt([square["attraction"][m][panel.series_on[m]].mean() for m in pick]),
        "scale_spread": np.sqrt([square["log_scale"][m].mean() for m in pick]),
        "year_spread": np.sqrt([square["year"][panel.cell_channel == c].mean() for c in range(len(panel.channels))]),
    }
    return held | new


def looseness(problem: Problem, z: Array, curved: Curved, held: dict[str, Array]) -> dict[str, Array]:
    """How much of an effect's prior variance is left after the data, 0 to 1, by local site and channel (C,)."""
    at, places = problem.panel.series_channel, problem.places
    variance = curved.variance(problem, means=_means(problem, z)[2])
    out = {}
    for site, spread in zip(LOCAL, SPREADS, strict=False):
        left = [variance[places[site][at == c]].mean() for c in range(len(problem.panel.channels))]
        out[site] = np.clip(np.array(left) / held[spread] ** 2, 0.0, 1.0)
    return out


def _means(problem: Problem, z: Array) -> tuple[Array, Array, Array]:
    """Prior means of attraction (S, K+1) and log scale (S,), and their slopes (S, b, g) by the shared parameters."""
    panel, free, places = problem.panel, problem.arrays(z), problem.places
    at, region = panel.series_channel, panel.series_region
    eta = (1.0 / (1.0 + np.exp(-free["speed_base"])))[at][:, None]
    mean = eta * (free["carry"][at][:, None] * panel.series_base + free["home"][at, region])
    series, k = np.ogrid[: mean.shape[0], : mean.shape[1]]
    slopes = np.zeros((*problem.local.shape, problem.size))
    slopes[series, k, places["carry"][at][:, None]] = eta * panel.series_base
    slopes[series, k, places["home"][at, region]] = eta
    slopes[series, k, places["speed_base"][at][:, None]] = (1 - eta) * mean
    slopes[series[:, 0], -1, places["level"][at]] = 1.0
    return mean, free["level"][at], slopes[..., problem.shared]


def _quick(problem: Problem, z: Array, curved: Curved, *, held: dict[str, Array], far: float, draws: int,
           seed: int) -> Quick:
    value, _ = problem.slope(z, held)
    free = problem.arrays(z)
    mode = {n: np.asarray(v) for n, v in problem.constrain(problem.unravel(jnp.asarray(z))).items()}
    if not curved.definite:
        return Quick({}, mode, held, free, {}, "indefinite", "The curvature at the mode is indefinite or singular: the "
                     "data do not tell some of the parameters apart.", -value)
    rng = np.random.default_rng(seed)
    many = (z[:, None] + curved.spread_out(rng.normal(size=(problem.size, draws)), problem)).T
    sites = jax.jit(jax.vmap(lambda x: problem.constrain(problem.unravel(x))))(jnp.asarray(many, jnp.float32))
    good = far < 2 * CLOSE
    return Quick({n: np.asarray(v) for n, v in sites.items()}, mode, held, free,
                 problem.arrays(np.sqrt(curved.variance(problem))),
                 "done" if good else "not_converged", "" if good else
                 f"The climb ended {far:.2g} standard deviations from a mode.", -value)
