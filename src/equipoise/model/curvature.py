"""The curvature of the hierarchical model's posterior, and coordinates in which it is one.

It is found from as many Hessian products as there are shared parameters, for given these the series are independent
and one product serves all of them. Importing this module imports JAX and NumPyro.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from numpy.typing import NDArray
from numpyro import handlers
from numpyro.infer.util import constrain_fn, potential_energy
from scipy import linalg, optimize

from equipoise.model.hierarchy import LOCAL, Design, Panel, forces, model
from equipoise.model.transitions import log_density

Array = NDArray[np.float64]

BY_CHANNEL = ("speed_base", "freedom", "power", "level", "carry", "coercion_channel", "cross_pressure_channel")
"""Shared parameters with a value a channel that touch only rows of that channel."""


@dataclass(frozen=True, slots=True)
class Problem:
    """The negative log joint as a function of one vector, with the places of shared and local parameters in it.

    classes: groups of shared parameters of which one Hessian product serves all; channel, region (size,): what a
    parameter belongs to, −1 if to all.
    """

    value_and_slope: Any
    product: Any
    by_row: Any
    bend: Any
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

    def settle(self, z: Array, held: dict[str, Array], curved: Curved, *, tilt: Array,
               steps: int) -> tuple[Array, float]:
        """Climb in coordinates in which the curvature is one; also the length of the Newton step left at the end.

        The negative log joint is taken to be steeper by ``tilt`` (size,) than it is.
        """
        def f(y: Array) -> tuple[float, Array]:
            move = curved.spread_out(y, self)
            value, slope = self.slope(z + move, held)
            return value + float(tilt @ move), curved.gathered(slope + tilt, self)

        done = optimize.minimize(f, np.zeros(self.size), jac=True, method="L-BFGS-B",
                                 options={"maxiter": steps, "maxcor": 20, "ftol": 1e-9, "gtol": 1e-2, "maxls": 40})
        return z + curved.spread_out(done.x, self), float(np.linalg.norm(f(done.x)[1]))

    def bending(self, z: Array, held: dict[str, Array], curved: Curved) -> Array:
        """The slope (size,) of half the log determinant of attraction's curvature, ½ Σ tr(H_AA⁻¹ ∂H_AA).

        A third derivative along each factor of H_AA⁻¹; since the series are independent, one serves all of them.
        """
        most = self.local.shape[1] - 1
        many = np.zeros((most, self.size))
        for j in range(most):
            many[j, self.local[:, :-1]] = curved.inner[:, :, j]
        with jax.enable_x64(True):
            return 0.5 * np.asarray(self.bend(jnp.asarray(z), jnp.asarray(many), held, self.panel), float)

    def curvature(self, z: Array, held: dict[str, Array]) -> Curved:
        """The Hessian at z (size,), in the form that steps and draws need."""
        *parts, by_spread = self.hessian(z, held)
        made = Curved.of(*parts)
        return replace(made, shift=made.followed(by_spread, self))

    def hessian(self, z: Array, held: dict[str, Array]) -> tuple[Array, Array, Array, Array]:
        """The Hessian's parts: of the shared (g, g), of each series' local (S, b, b), and (S, b, g) between them.

        Last (m, size), how the slope changes with the logarithm of each spread, in the order of their names.
        """
        b, g = self.local.shape[1], len(self.shared)
        first = len(self.classes) + b
        spreads = _one_by_one(held, before=first)
        many = np.zeros((len(next(iter(spreads.values()))), self.size))
        for row, members in enumerate(self.classes):
            many[row, members] = 1.0
        for j in range(b):
            many[len(self.classes) + j, self.local[:, j]] = 1.0
        # In 64 bits: some curvatures are a million times others, and the error of the large would hide the small.
        with jax.enable_x64(True):
            out = np.asarray(self.product(jnp.asarray(z), jnp.asarray(many), held, spreads, self.panel))
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
        self._years(z, held, full, across, place=place)
        full = np.where(np.isnan(full), full.T, full)
        return (full + full.T) / 2, (blocks + blocks.transpose(0, 2, 1)) / 2, across, out[first:]

    def _years(self, z: Array, held: dict[str, Array], full: Array, across: Array, *, place: NDArray[np.intp]) -> None:
        """Fill in the columns of the year effects, from one product an option: each row has one series and one year."""
        panel, at = self.panel, place[self.places["year"]]
        with jax.enable_x64(True):
            of_choice, of_scale, *of_rivalry = (np.asarray(a) for a in self.by_row(jnp.asarray(z), held, panel))
        eta = 1.0 / (1.0 + np.exp(-z[self.places["speed_base"]]))[panel.channel]
        own = np.zeros((len(at), *of_choice.shape[:2]))
        np.add.at(own, panel.cell, np.moveaxis(of_choice / eta**2, -1, 0))
        own += np.eye(own.shape[1]) / held["year_spread"][panel.cell_channel, None, None] ** 2
        columns = full[at.ravel()]
        columns[:, (self.region[self.shared] >= 0) | np.isin(np.arange(len(full)), at)] = 0.0
        full[at.ravel()] = columns
        full[at[:, :, None], at[:, None, :]] = own
        for k, year in enumerate(at[panel.cell].T):
            across[panel.series, :-1, year] += (of_choice[k] / eta**2).T
            across[panel.series, -1, year] += of_scale[k] / eta
            for name, of in zip(("coercion_region", "cross_pressure_region"), of_rivalry, strict=True):
                if name in self.places:
                    region = place[self.places[name]][panel.channel, panel.region]
                    np.add.at(full, (year, region), of[k] / eta)


@dataclass(frozen=True, slots=True)
class Curved:
    """Blocks of the Hessian: factor of the Schur complement of the shared, blocks of the local, H_LL⁻¹ H_LG.

    shift (size, m): how far the mode goes with the logarithm of each spread, in the order of their names.
    """

    factor: Array
    blocks: Array
    solved: Array
    root: Array
    definite: bool
    shift: Array

    @classmethod
    def of(cls, shared: Array, blocks: Array, across: Array) -> Curved:
        """From the Hessian's parts; directions in which it falls are turned to rise, so that a saddle is left."""
        blocks, fine = _rising(blocks)
        solved = np.asarray(np.linalg.solve(blocks, across), float)
        schur, good = _rising(shared - np.einsum("sbg,sbh->gh", across, solved, optimize=True))
        root: Array = np.swapaxes(np.linalg.cholesky(np.linalg.inv(blocks)), 1, 2)
        factor = np.asarray(linalg.cholesky(schur, lower=True))
        return cls(factor, blocks, solved, root, fine and good, np.zeros((0, 0)))

    @property
    def inner(self) -> Array:
        """Factors (S, a, a) of the inverse of attraction's own blocks."""
        return np.linalg.cholesky(np.linalg.inv(self.blocks[:, :-1, :-1]))

    @property
    def led(self) -> Array:
        """How far attraction's mode goes down (S, a, g + 1) with the shared parameters and, last, its series' scale."""
        right = np.concatenate([(self.blocks @ self.solved)[:, :-1], self.blocks[:, :-1, -1:]], -1)
        return np.asarray(np.linalg.solve(self.blocks[:, :-1, :-1], right), float)

    def followed(self, slopes: Array, problem: Problem) -> Array:
        """Where the mode goes (size, m) if the slope of the negative log joint changes by ``slopes`` (m, size)."""
        out, own = np.zeros(slopes.T.shape), slopes[:, problem.local]
        rest = slopes[:, problem.shared] - np.einsum("sbg,msb->mg", self.solved, own, optimize=True)
        out[problem.shared] = g = -np.asarray(linalg.cho_solve((self.factor, True), rest.T))
        direct = np.einsum("scb,scd,msd->sbm", self.root, self.root, own, optimize=True)
        out[problem.local] = -direct - np.tensordot(self.solved, g, 1)
        return out

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


def _given(held: Any) -> Any:
    return handlers.condition(model, data=held)


def _vector(panel: Panel, design: Design, held: dict[str, Array]) -> tuple[Any, Any]:
    """The model's free values with given spreads, as one vector of zeros, and what turns such a one into sites."""
    def free() -> dict[str, Any]:
        trace = handlers.trace(handlers.seed(_given(held), 0)).get_trace(panel, design)
        return {n: site["value"] for n, site in trace.items() if site["type"] == "sample" and not site["is_observed"]}

    # Shapes alone: to evaluate the model here would compile its operations one by one, for half a minute.
    shapes = jax.eval_shape(free)
    return ravel_pytree({n: jnp.zeros(v.shape, v.dtype) for n, v in shapes.items()})


@dataclass(frozen=True, eq=False)
class Kind:
    """A panel that stands for all of its shapes and names, so that what is compiled for one serves the others."""

    panel: Panel
    key: Any

    @classmethod
    def of(cls, panel: Panel) -> Kind:
        """From any panel of the kind."""
        leaves, structure = jax.tree.flatten(panel)
        return cls(panel, (structure, tuple((np.shape(a), np.result_type(a)) for a in leaves)))

    def __eq__(self, other: object) -> bool:
        """Whether shapes and names are the same."""
        return isinstance(other, Kind) and self.key == other.key

    def __hash__(self) -> int:
        """That of shapes and names."""
        return hash(self.key)


@lru_cache(maxsize=4)
def _functions(kind: Kind, design: Design, sizes: tuple[tuple[str, tuple[int, ...]], ...]) -> tuple[Any, ...]:
    """What a problem of a kind of panel calls, with spreads of these shapes; compiled when it is first used."""
    held = {name: np.ones(shape) for name, shape in sizes}
    flat, unravel = _vector(kind.panel, design, held)

    def potential(x: Any, h: Any, p: Any, sites: Any = unravel) -> Any:
        return potential_energy(_given(h), (p, design), {}, sites(x))

    with jax.enable_x64(True):
        wide = _vector(kind.panel, design, held)[1]
        slope = jax.grad(partial(potential, sites=wide))

        def product(x: Any, many: Any, h: Any, spreads: Any, p: Any) -> Any:
            return jax.lax.map(lambda v: jax.jvp(lambda y, k: slope(y, k, p), (x, h), v)[1], (many, spreads))

        def by_row(x: Any, h: Any, p: Any) -> Any:
            given = forces(constrain_fn(_given(h), (p, design), {}, wide(x)) | h, panel=p, design=design)

            def own(v: Any, size: Any, more: Any, cross: Any) -> Any:
                f = replace(given, attraction=given.attraction + v, scale=given.scale * jnp.exp(size),
                            coercion=given.coercion + more, cross_pressure=given.cross_pressure + cross)
                return -log_density(p.moves, f).sum()

            choice, one = jnp.zeros_like(p.moves.now), jnp.zeros_like(p.moves.now[0])
            steps = jnp.eye(len(choice))[:, :, None] + choice
            every = jax.grad(own, (0, 1, 2, 3))
            return jax.lax.map(lambda v: jax.jvp(lambda u: every(u, one, one, one), (choice,), (v,))[1], steps)

        def bend(x: Any, many: Any, h: Any, p: Any) -> Any:
            def along(v: Any) -> Any:
                once = lambda y: jax.jvp(lambda u: slope(u, h, p), (y,), (v,))[1]  # noqa: E731
                return jax.jvp(once, (x,), (v,))[1]

            return jax.lax.map(along, many).sum(0)

    constrain = jax.jit(lambda z, h, p: constrain_fn(_given(h), (p, design), {}, z))
    return (flat, unravel, constrain,
            *(jax.jit(f) for f in (jax.value_and_grad(potential), product, by_row, bend)))


def problem_of(panel: Panel, design: Design, held: dict[str, Array]) -> Problem:
    """The problem of a panel with given spreads."""
    sizes = tuple((n, np.shape(v)) for n, v in sorted(held.items()))
    flat, unravel, constrain, value_and_slope, product, by_row, bend = _functions(Kind.of(panel), design, sizes)
    places = {n: np.asarray(v).astype(int) for n, v in unravel(jnp.arange(flat.size, dtype=float)).items()}
    local = np.concatenate([places[n].reshape(len(panel.series_channel), -1) for n in LOCAL], 1)
    shared = np.setdiff1d(np.arange(flat.size), local.ravel())
    classes, channel, region = _classes(places, panel)
    turned = partial(constrain, h=held, p=panel)
    return Problem(
        value_and_slope, product, by_row, bend, unravel, turned, panel, flat.size,
        shared, local, classes, channel, region, held,
    )  # fmt: skip


def _one_by_one(held: dict[str, Array], *, before: int) -> dict[str, Array]:
    """Changes of the spreads by a unit of the logarithm of each in turn, after ``before`` rows of no change."""
    sizes = {n: int(np.size(held[n])) for n in sorted(held)}
    out, row, total = {}, before, before + sum(sizes.values())
    for name, size in sizes.items():
        change = np.zeros((total, size))
        change[row + np.arange(size), np.arange(size)] = np.ravel(held[name])
        out[name] = change.reshape(total, *np.shape(held[name]))
        row += size
    return out


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
            channel[at.T] = panel.cell_channel  # columns by row, see _years
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
