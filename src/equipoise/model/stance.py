"""The stances of powers on crises as an ordered model of named reasons.

A stance is a rung of a ladder. What moves a power up it is the same for its first stance and for its firmest; the
cutpoints are each one's own. A power has a level of its own, drawn to the powers' mean; what nothing observed tells of
a crisis, and of a power in it, is normal, the latter summed over. The votes of all other states on resolutions about
crises share the slopes up to a scale, and up to a deviation a reason; they enter by
:mod:`equipoise.measure.ordered`. McCullagh 1980 has the ordered logit, Gelman and Hill 2007 the partial pooling.
Importing this module imports JAX and NumPyro.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import logsumexp
from numpy.typing import NDArray
from numpyro.infer import MCMC, NUTS
from scipy.optimize import minimize

Array = NDArray[np.float64]
Index = NDArray[np.int64]

OUTCOMES = ("first", "firmest")
SPREADS = ("power", "crisis", "row")
NODES = 5
"""Of the quadrature over what nothing observed tells of a power in a crisis, which moves both its stances alike."""

LEAST = 1e-12
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(NODES)
_LOG_WEIGHTS = np.log(_WEIGHTS / _WEIGHTS.sum())


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
    """
    part = {name: at[where] for name, where in coded.parts.items()}
    slopes, spread, apart = part["slopes"], jnp.exp(part["spread"]), jnp.exp(part["vote_apart"][0])
    prior = (
        -0.5
        * (
            (slopes**2).sum()
            + (part["level"] ** 2).sum()
            + (spread**2).sum()
            + (apart / 0.5) ** 2
            + part["vote_scale"][0] ** 2
        )
        + part["spread"].sum()
        + part["vote_apart"][0]
    )
    cuts = [_cuts(part[name]) for name in OUTCOMES]
    prior += sum(jax.nn.log_sigmoid(c).sum() + jax.nn.log_sigmoid(-c).sum() for c in cuts)
    prior += sum(part[name][1:].sum() for name in OUTCOMES)
    prior -= 0.5 * (part["crisis"] ** 2).sum()
    place = coded.reasons @ slopes + spread[0] * part["level"] + spread[1] * part["crisis"][:, None]
    at = place[:, :, None] + spread[2] * _NODES
    both = sum(_told(at, c, coded.rungs[:, :, o, None]) for o, c in enumerate(cuts))
    seen = (fit["weight"] * logsumexp(both + _LOG_WEIGHTS, axis=-1)).sum()
    return prior + seen + _votes(part, apart, coded, fit)


def _votes(part: Any, apart: Any, coded: Coded, fit: Any) -> Any:
    """Log density of the slopes that votes show. In the axes of their covariance they are independent."""
    scale = jnp.exp(part["vote_scale"][0])
    away = fit["axes"].T @ (fit["slopes"] - scale * part["slopes"][coded.voted])
    variance = fit["variance"] + (scale * apart) ** 2
    return -0.5 * (away**2 / variance + jnp.log(variance)).sum()


def _told(at: Any, cuts: Any, rungs: Index) -> Any:
    """Log probabilities of rungs at places."""
    edges = jnp.concatenate([jnp.array([-1e6]), cuts, jnp.array([1e6])])
    return jnp.log(jnp.maximum(jax.nn.sigmoid(edges[rungs + 1] - at) - jax.nn.sigmoid(edges[rungs] - at), LEAST))


def _cuts(free: Any) -> Any:
    """Cutpoints from the lowest and the logarithms of the steps up."""
    return jnp.concatenate([free[:1], free[:1] + jnp.cumsum(jnp.exp(free[1:]))])


def named(draws: Array, *, coded: Coded) -> dict[str, Array]:
    """Return draws (D, parameters) by what they are: slopes (D, R), powers (D, P), spread (D, 3), cuts (D, 2, K − 1), …

    ``vote`` (D, 2) has the scale and the deviation of the votes' slopes.
    """
    part = {name: draws[:, where] for name, where in coded.parts.items()}
    steps = [np.concatenate([part[n][:, :1], np.exp(part[n][:, 1:])], axis=1).cumsum(axis=1) for n in OUTCOMES]
    spread = np.exp(part["spread"])
    return {
        "slopes": part["slopes"],
        "powers": spread[:, :1] * part["level"],
        "spread": spread,
        "cuts": np.stack(steps, axis=1),
        "vote": np.exp(np.hstack([part["vote_scale"], part["vote_apart"]])),
    }


HELD = {"spread": np.log([0.5, 1.5, 1.3]), "vote_scale": np.zeros(1), "vote_apart": np.log([0.5])}
"""Where spreads are held while the coordinates are sought in which chains run."""

LOOSE = 0.3
"""How far the held ones reach in these coordinates."""


def sampled(
    coded: Coded, fit: Fit, *, chains: int = 4, warmup: int = 400, draws: int = 800, seed: int = 1991
) -> tuple[Array, int]:
    """Return draws by NUTS (chains, draws, parameters) and the number of divergent transitions; takes a minute or more.

    Chains run in coordinates in which the posterior is nearly a standard normal where the spreads are held, so that no
    time goes into finding scales.
    """
    with jax.enable_x64(True):
        told = {name: jnp.asarray(value) for name, value in fit.plain().items()}
        mode, root = _coordinates(coded, told)

        def model() -> None:
            # The density has its own priors; what NumPyro is told of the coordinates is that they are numbers.
            z = numpyro.sample("z", dist.ImproperUniform(dist.constraints.real_vector, (), (coded.size,)))
            numpyro.factor("density", log_density(mode + root @ z, coded, told))

        starts = 0.3 * np.random.default_rng(seed).normal(size=(chains, coded.size))
        kernel = NUTS(model, target_accept_prob=0.95, max_tree_depth=7, adapt_mass_matrix=False)
        mcmc = MCMC(
            kernel, num_warmup=warmup, num_samples=draws, num_chains=chains, chain_method="vectorized",
            progress_bar=False
        )  # fmt: skip
        mcmc.run(jax.random.PRNGKey(seed), init_params={"z": jnp.asarray(starts)}, extra_fields=("diverging",))
        found = np.asarray(mcmc.get_samples(group_by_chain=True)["z"])
        return mode + found @ root.T, int(np.asarray(mcmc.get_extra_fields()["diverging"]).sum())


def _coordinates(coded: Coded, told: dict[str, Any]) -> tuple[Array, Array]:
    """The mode with the spreads held, and a root of the inverse of the curvature there."""
    base, held = np.zeros(coded.size), np.zeros(coded.size, dtype=bool)
    for name, value in HELD.items():
        base[coded.parts[name]], held[coded.parts[name]] = value, True
    for name in OUTCOMES:
        base[coded.parts[name]] = np.r_[-4.0, np.zeros(coded.ladder - 2)]
    free = np.flatnonzero(~held)

    def loss(at: Any) -> Any:
        return -log_density(jnp.asarray(base).at[free].set(at), coded, told)

    slope = jax.jit(jax.value_and_grad(loss))

    def both(at: Array) -> tuple[float, Array]:
        value, gradient = slope(at)
        return float(value), np.asarray(gradient)

    found = minimize(both, base[free], jac=True, method="BFGS", options={"gtol": 1e-3, "maxiter": 1000})
    values, vectors = np.linalg.eigh(np.asarray(jax.jit(jax.hessian(loss))(found.x)))
    root = np.eye(coded.size) * LOOSE
    # No direction is taken to reach further than a standard deviation of three: empty rungs leave some flat.
    root[np.ix_(free, free)] = vectors / np.sqrt(np.maximum(values, 1 / 9))
    base[free] = found.x
    return base, root
