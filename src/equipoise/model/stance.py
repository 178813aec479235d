"""The stances of powers on crises as an ordered model of named reasons.

A stance is a rung of a ladder. What moves a power up it is the same for its first stance and for its firmest; the
cutpoints are each one's own. A power has a level of its own, drawn to the powers' mean; what nothing observed tells of
a crisis, and of a power in it, is normal, the latter summed over. The votes of all other states on resolutions about
crises share the slopes up to a scale, and up to a deviation a reason; they enter by
:mod:`equipoise.measure.ordered`. McCullagh 1980 has the ordered logit, Gelman and Hill 2007 the partial pooling.
Importing this module imports JAX and NumPyro.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax.nn import log_sigmoid
from numpy.typing import NDArray
from numpyro.infer import NUTS
from scipy.optimize import minimize

Array = NDArray[np.float64]
Index = NDArray[np.int64]

OUTCOMES = ("first", "firmest")
SPREADS = ("power", "crisis", "row")
NODES = 5
"""Of the quadrature over what nothing observed tells of a power in a crisis, which moves both its stances alike."""

FAR = 1e40
"""Odds of the edge above the highest rung."""

APART = 0.5
"""Of the half-normal prior of how far the slopes of votes are from those of stances."""

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(NODES)
_SHARES = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, slots=True)
class Coded:
    """Coded stances of C crises and P powers: reasons (C, P, R), rungs (C, P, 2), and which reasons votes tell (V,).

    A rung that is not coded, a party's, has any number; its weight in every :class:`Fit` is 0.
    """

    reasons: Array
    rungs: Index
    voted: Index
    ladder: int

    @property
    def parts(self) -> dict[str, slice]:
        """Where each parameter is in the vector of all."""
        powers, reasons = self.reasons.shape[1:]
        sizes = {
            "slopes": reasons,
            "level": powers,
            "crisis": len(self.reasons),
            "spread": len(SPREADS),
            "first": self.ladder - 1,
            "firmest": self.ladder - 1,
            "vote_scale": 1,
            "vote_apart": 1,
        }
        ends = np.cumsum(list(sizes.values()))
        return {name: slice(int(end) - size, int(end)) for (name, size), end in zip(sizes.items(), ends, strict=True)}

    @property
    def size(self) -> int:
        """How many parameters there are."""
        return int(self.parts["vote_apart"].stop)


@dataclass(frozen=True, slots=True)
class Fit:
    """What one fit rests on: which stances (C, P), the slopes of votes (V,) and their covariance.

    The covariance is given by its variances (V,) along its axes (V, V), one a column.
    """

    weight: Array
    slopes: Array
    variance: Array
    axes: Array

    def plain(self) -> dict[str, Array]:
        """The same as arrays by name."""
        return {name: np.asarray(getattr(self, name), dtype=np.float64) for name in self.__dataclass_fields__}


def log_density(at: Any, coded: Coded, fit: Any) -> Any:
    """Log posterior density, up to a constant, at parameters without bounds (:attr:`Coded.parts`).

    Priors: slopes N(0, 1) in logits per standard deviation of a reason; spreads of powers, crises and stances
    half-normal(1); the shares of the rungs where no reason speaks Dirichlet(1, …, 1), which gives the cutpoints; the
    scale of votes lognormal(0, 1), the deviation of their slopes half-normal(0.5).

    All parameters but those of the cutpoints are standard normal in the prior. A spread may be negative, which says the
    same as its size: so it passes through zero, where its logarithm would have a long tail.
    """
    part = {name: at[where] for name, where in coded.parts.items()}
    slopes, spread = part["slopes"], part["spread"]
    cuts = [_cuts(part[name]) for name in OUTCOMES]
    place = coded.reasons @ slopes + spread[0] * part["level"] + spread[1] * part["crisis"][:, None]
    told = _told(jnp.exp(place)[:, :, None] * jnp.exp(spread[2] * _NODES), cuts, coded.rungs)
    seen = (fit["weight"] * jnp.log(told @ _SHARES)).sum()
    prior = -0.5 * sum((v**2).sum() for name, v in part.items() if name not in OUTCOMES)
    prior += sum((log_sigmoid(part[name]) + log_sigmoid(-part[name])).sum() for name in OUTCOMES)
    return prior + seen + _votes(part, coded, fit)


def _votes(part: Any, coded: Coded, fit: Any) -> Any:
    """Log density of the slopes that votes show. In the axes of their covariance they are independent."""
    scale, apart = jnp.exp(part["vote_scale"][0]), APART * part["vote_apart"][0]
    away = fit["axes"].T @ (fit["slopes"] - scale * part["slopes"][coded.voted])
    variance = fit["variance"] + (scale * apart) ** 2
    return -0.5 * (away**2 / variance + jnp.log(variance)).sum()


def _told(at: Any, cuts: Any, rungs: Index) -> Any:
    """Probabilities of the rungs of both stances at places given as odds.

    Odds cost no exponential a cutpoint and node, and the difference of two logistic functions does not vanish in them.
    """
    told = 1.0
    for o, cut in enumerate(cuts):
        edges = jnp.concatenate([jnp.zeros(1), jnp.exp(cut), jnp.full(1, FAR)])
        low, high = edges[rungs[:, :, o, None]], edges[rungs[:, :, o, None] + 1]
        told *= at * (high - low) / ((low + at) * (high + at))
    return told


def _cuts(free: Any) -> Any:
    """Cutpoints from logistic numbers, so that the shares of the rungs at zero are Dirichlet(1, …, 1).

    Each rung breaks off its part of what the lower ones leave, Beta(1, rungs above) in the prior (Connor and Mosimann
    1969): a rung that nobody took then leaves the others alone, as a step up from the lowest cutpoint would not.
    """
    above = jnp.cumsum(log_sigmoid(-free) / jnp.arange(len(free), 0, -1))
    return jnp.log(-jnp.expm1(above)) - above


def named(draws: Array, *, coded: Coded) -> dict[str, Array]:
    """Return draws (D, parameters) by what they are: slopes (D, R), powers (D, P), spread (D, 3), cuts (D, 2, K − 1), …

    ``vote`` (D, 2) has the scale and the deviation of the votes' slopes.
    """
    part = {name: draws[:, where] for name, where in coded.parts.items()}
    with jax.enable_x64(True):
        cuts = [np.asarray(jax.vmap(_cuts)(jnp.asarray(part[n]))) for n in OUTCOMES]
    return {
        "slopes": part["slopes"],
        "powers": part["spread"][:, :1] * part["level"],
        "spread": np.abs(part["spread"]),
        "cuts": np.stack(cuts, axis=1),
        "vote": np.hstack([np.exp(part["vote_scale"]), APART * np.abs(part["vote_apart"])]),
    }


ACCEPT = 0.95
"""Of the steps that chains propose, the share they aim to take."""

HELD = {"spread": np.array([0.5, 1.6, 1.3]), "vote_apart": np.ones(1)}
"""Where spreads are held while the coordinates are sought in which chains run."""

LOOSE = {"spread": 0.25, "vote_apart": 0.5}
"""How far the held ones reach in these coordinates."""


def sampled(
    coded: Coded, fits: Sequence[Fit], *, near: Fit, chains: int = 4, warmup: int = 300, draws: int = 800,
    seed: int = 1991
) -> tuple[Array, Array]:  # fmt: skip
    """Return draws of each fit by NUTS (fits, chains, draws, parameters), and its divergent transitions (fits,).

    All chains run together, in coordinates in which the posterior of the fit ``near`` is nearly a standard normal where
    the spreads are held, so that no time goes into finding scales. One fit takes half a minute or more.
    """
    with jax.enable_x64(True):
        mode, root = _coordinates(coded, near.plain())
        told = {name: jnp.repeat(jnp.stack([f.plain()[name] for f in fits]), chains, axis=0) for name in near.plain()}
        many = chains * len(fits)
        starts = jnp.asarray(0.3 * np.random.default_rng(seed).normal(size=(many, coded.size)))
        keys = jax.random.split(jax.random.PRNGKey(seed), many)

        def model(one: Any) -> None:
            # The density has its own priors; what NumPyro is told of the coordinates is that they are numbers.
            z = numpyro.sample("z", dist.ImproperUniform(dist.constraints.real_vector, (), (coded.size,)))
            numpyro.factor("density", log_density(mode + root @ z, coded, one))

        kernel = NUTS(model, target_accept_prob=ACCEPT, max_tree_depth=8, adapt_mass_matrix=False)
        begun = jax.vmap(lambda key, z, one: kernel.init(key, warmup, {"z": z}, (one,), {}))(keys, starts, told)

        def step(state: Any, _: None) -> tuple[Any, tuple[Any, Any]]:
            state = jax.vmap(lambda s, one: kernel.sample(s, (one,), {}))(state, told)
            return state, (state.z["z"], state.diverging)

        run = jax.jit(lambda state: jax.lax.scan(step, state, length=warmup + draws)[1])
        found, diverging = (np.asarray(a)[warmup:].swapaxes(0, 1) for a in run(begun))
        at = mode + found @ root.T
        return at.reshape(len(fits), chains, draws, coded.size), diverging.reshape(len(fits), -1).sum(axis=1)


def _coordinates(coded: Coded, told: dict[str, Any]) -> tuple[Array, Array]:
    """The mode with the spreads held, and a root of the inverse of the curvature there."""
    base, held, root = np.zeros(coded.size), np.zeros(coded.size, dtype=bool), np.eye(coded.size)
    for name, value in HELD.items():
        where = coded.parts[name]
        base[where], held[where], root[where, where] = value, True, LOOSE[name] * np.eye(len(value))
    free = np.flatnonzero(~held)

    def loss(at: Any) -> Any:
        return -log_density(jnp.asarray(base).at[free].set(at), coded, told)

    slope = jax.jit(jax.value_and_grad(loss))

    def both(at: Array) -> tuple[float, Array]:
        value, gradient = slope(at)
        return float(value), np.asarray(gradient)

    found = minimize(both, base[free], jac=True, method="BFGS", options={"gtol": 1e-3, "maxiter": 1000})
    values, vectors = np.linalg.eigh(np.asarray(jax.jit(jax.hessian(loss))(found.x)))
    # No direction is taken to reach further than one and a half prior standard deviations.
    root[np.ix_(free, free)] = vectors / np.sqrt(np.maximum(values, 0.5))
    base[free] = found.x
    return base, root
