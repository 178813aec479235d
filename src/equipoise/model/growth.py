"""Growth on dependence in years of sanctions: fat tails, slopes by region. The main estimator of H7, in NumPyro.

Importing this module imports JAX and NumPyro. Nothing is set for the process: float64 holds inside :func:`slope` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpy.typing import NDArray
from numpyro.infer import MCMC, NUTS

from equipoise.errors import UsageError
from equipoise.model.quick import Codes, absorb

Array = NDArray[np.float64]

SPREAD = 10.0
"""Scale of the half-normal prior of how far slopes of regions lie apart, in the slope's unit (at a dependence of 0.1,
one point of growth a year)."""

LEAST_WEIGHT = 0.01
"""A region with a smaller weight, which can be negative, has no slope of its own: it takes the pooled one."""

LEVEL = 0.9


@dataclass(frozen=True, slots=True)
class Slope:
    """The slope and how it was found.

    draws: (D,), the mean of the regions' slopes, each with the weight that least squares gives it, which is its share
    in what effects and controls leave of x; pooled: (D,), the mean from which regions deviate; regions:
    each region's draws (D,); rhat, ess (the smaller of bulk and tail) and divergences over all that was sampled; check:
    posterior predictive, see :func:`slope`.
    """

    draws: Array
    pooled: Array
    regions: dict[str, Array]
    rhat: float
    ess: float
    divergences: int
    check: dict[str, float]

    @property
    def estimate(self) -> float:
        """The posterior mean."""
        return float(self.draws.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """The central 90 %."""
        low, high = np.quantile(self.draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return float(low), float(high)


def slope(y: Array, *, x: Array, state: Codes, year: Codes, region: Codes, names: Mapping[int, str] | None = None,
          draws: int = 1000, warmup: int = 500, chains: int = 4, seed: int = 0) -> Slope:
    """Return the slope of y (n,) on the first column of x (n, M), the others being controls.

    y = effects of state and year + b_r x₁ + controls + u, u Student-t with degrees of freedom and scale estimated;
    b_r ~ Normal(b, τ) by ``region`` (n,), τ half-normal of scale :data:`SPREAD`; all else is wide. Rows with NaN are
    left out, as are states and years with a single row.

    ``check`` has: outside, the share of observations outside their own central 90 % (0.1 if the model is right);
    kurtosis, of standardised residuals, beside the same of replicated data (kurtosis_low, kurtosis_high: their 5th and
    95th percentile); autocorrelation of a state's residuals from one row to its next, which the model takes to be 0.

    Raises:
        UsageError: nothing of x₁ is left by the effects.
    """
    keep = np.flatnonzero(np.isfinite(np.column_stack([y, x])).all(1))
    left, kept = absorb(np.column_stack([y, x])[keep], effects=[state[keep], year[keep]])
    rows = keep[kept]
    own = _apart(left[:, 1:])
    if not len(rows) or own[:, 0].std() <= 1e-9 * max(float(np.abs(x[rows, 0]).max()), 1e-12):
        raise UsageError("the regressor does not vary apart from effects and controls.")
    i, t = (np.unique(v[rows], return_inverse=True)[1] for v in (state, year))
    which, r = np.unique(region[rows], return_inverse=True)
    weight = np.bincount(r, own[:, 0] * x[rows, 0])
    used = weight > LEAST_WEIGHT * weight.sum()
    given = _scaled(y[rows], left=left[:, 1:], x=x[rows, 0], i=i, t=t, r=r, used=used)
    with jax.enable_x64(True):
        sampler = MCMC(NUTS(_model), num_warmup=warmup, num_samples=draws, num_chains=chains,
                       chain_method="vectorized", progress_bar=False)
        sampler.run(jax.random.PRNGKey(seed), **given, extra_fields=("diverging",))
        found = {k: np.asarray(v, float) for k, v in sampler.get_samples(group_by_chain=True).items()}
        diverged = int(np.asarray(sampler.get_extra_fields()["diverging"]).sum())
    unit = float(given["unit"])
    pooled = found["b"].ravel() * unit
    by = np.repeat(pooled[:, None], len(which), 1)
    by[:, used] = found["slope"].reshape(-1, int(used.sum())) * unit
    label = names or {int(w): str(w) for w in which}
    rhat, ess = _converged({k: v for k, v in found.items() if k not in ("mu", "slope")})
    return Slope(by @ weight / weight.sum(), pooled,
                 {label[int(w)]: by[:, j] for j, w in enumerate(which) if used[j]}, rhat, ess, diverged,
                 _check(given, found, i, t, seed=seed))


def _apart(left: Array) -> Array:
    """The first column (n, 1) less what the others explain of it."""
    beside = left[:, 1:]
    first = left[:, :1]
    return first - beside @ np.linalg.lstsq(beside, first, rcond=None)[0] if beside.shape[1] else first


def _scaled(y: Array, *, left: Array, x: Array, i: Codes, t: Codes, r: Codes,
            used: NDArray[np.bool_]) -> dict[str, Any]:
    """Data in units of standard deviations; of all regressors only what the effects leave: they take up the rest.

    Effects of years are contrasts that sum to zero, of states in units of their error, so that the sampler meets no
    ridges.
    """
    size, spread = left.std(0), float(y.std())
    own = absorb(x[:, None] * (r[:, None] == np.arange(len(used))), effects=[i, t])[0]
    years = int(t.max()) + 1
    contrasts = np.linalg.svd(np.eye(years) - 1 / years)[0][:, : years - 1]
    return {"y": (y - y.mean()) / spread, "x": own[:, used] / size[0], "rest": own[:, ~used].sum(1) / size[0],
            "z": left[:, 1:] / np.maximum(size[1:], 1e-12), "state": i, "year": t,
            "rows": np.bincount(i), "contrasts": contrasts, "unit": spread / size[0]}


def _model(*, y: Array, x: Array, rest: Array, z: Array, state: Codes, year: Codes, rows: Codes, contrasts: Array,
           unit: float) -> None:
    sample = numpyro.sample
    b = sample("b", dist.Normal(0.0, 100.0 / unit))
    apart = sample("apart", dist.HalfNormal(SPREAD / unit))
    deviation = sample("deviation", dist.Normal(0.0, 1.0).expand([x.shape[1]]).to_event(1))
    slopes = numpyro.deterministic("slope", b + apart * deviation)
    controls = sample("controls", dist.Normal(0.0, 10.0).expand([z.shape[1]]).to_event(1))
    root = rows**0.5
    states = sample("states", dist.Normal(0.0, 5.0 * root).to_event(1)) / root
    width = (len(y) / len(contrasts)) ** 0.5
    years = contrasts @ sample("years", dist.Normal(0.0, 5.0 * width).expand([len(contrasts) - 1]).to_event(1)) / width
    scale = sample("scale", dist.HalfNormal(2.0))
    freedom = sample("freedom", dist.Gamma(2.0, 0.1))
    mu = numpyro.deterministic("mu", states[state] + years[year] + x @ slopes + rest * b + z @ controls)
    sample("y", dist.StudentT(freedom, mu, scale), obs=jnp.asarray(y))


def _converged(found: Mapping[str, Array]) -> tuple[float, float]:
    """The worst R-hat and the smallest of bulk and tail effective sample sizes."""
    from arviz_stats.base.array import array_stats  # takes a second to import

    flat = np.concatenate([v.reshape(*v.shape[:2], -1) for v in found.values()], -1)
    asked: dict[str, dict[str, Any]] = {"rhat": {}, "bulk": {"method": "bulk"},
                                        "tail": {"method": "tail", "prob": (0.05, 0.95)}}
    rhat, bulk, tail = (np.asarray(getattr(array_stats, "rhat" if n == "rhat" else "ess")(
        flat, chain_axis=0, draw_axis=1, **how)) for n, how in asked.items())
    return float(rhat.max()), float(min(bulk.min(), tail.min()))


def _check(given: Mapping[str, Any], found: Mapping[str, Array], i: Codes, t: Codes, *, seed: int,
           replicas: int = 400) -> dict[str, float]:
    from scipy import stats

    rng = np.random.default_rng(seed)
    n = len(given["y"])
    mu, scale, freedom = (found[k].reshape(-1, *found[k].shape[2:]) for k in ("mu", "scale", "freedom"))
    some = rng.choice(len(mu), min(replicas, len(mu)), replace=False)
    noise = rng.standard_t(np.repeat(freedom[some, None], n, 1)) * scale[some, None]
    again = mu[some] + noise
    low, high = np.quantile(again, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    residual = given["y"] - mu.mean(0)
    tails = np.quantile(stats.kurtosis(noise, axis=1), [0.05, 0.95])
    order = np.lexsort((t, i))
    same = i[order][1:] == i[order][:-1]
    before, after = residual[order][:-1][same], residual[order][1:][same]
    return {"outside": float(((given["y"] < low) | (given["y"] > high)).mean()),
            "kurtosis": float(stats.kurtosis(residual)), "kurtosis_low": float(tails[0]),
            "kurtosis_high": float(tails[1]), "autocorrelation": float(stats.spearmanr(before, after).statistic)}
