"""The posterior of the hierarchical model by NUTS, in coordinates in which it is nearly a standard normal.

The quick fit gives mode and curvature; chains run in the coordinates that these define, so that no time goes into
finding scales. Chains run in threads, one a core. Importing this module imports JAX and NumPyro.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from time import perf_counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from numpyro.infer import NUTS
from numpyro.infer.util import constrain_fn, potential_energy

from equipoise.model.curvature import Curved, Kind, Problem
from equipoise.model.hierarchy import FULL, LOCAL, SPREADS, Design, Panel, attraction_mean, model
from equipoise.model.laplace import Start, climbed, looseness, reaches

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chains:
    """Draws by site (chains, draws, …), and what NUTS says of itself: divergences, mean number of leapfrog steps.

    ``start`` is where the climb before the chains ended, to begin other fits at.
    """

    sites: dict[str, Array]
    divergences: int
    steps: float
    seconds: float
    start: Start


def run(panel: Panel, design: Design = FULL, *, chains: int = 4, warmup: int = 400, draws: int = 500,
        seed: int = 1991, start: Start | None = None, progress: Callable[[str], None] | None = None) -> Chains:
    """Sample the posterior of a panel's model; ``start`` is where the climb that comes first begins."""
    say, begun = progress or (lambda _: None), perf_counter()
    data = jax.tree.map(_single, panel)
    with jax.enable_x64(False):
        problem, z, held, curved, _ = climbed(panel, design, start=start, progress=say)
        basis = _basis(problem, z, held, curved)
        keys = jax.random.split(jax.random.PRNGKey(seed), (2, chains))
        zero = jnp.zeros(curved.shift.shape[1])
        starts = [{"y": 0.5 * jax.random.normal(k, (problem.size,)), "log": zero} for k in keys[0]]
        # Traced once, here: NumPyro's handlers are not made for threads.
        chain = _chain(Kind.of(panel), design, problem.unravel, warmup, draws)
        ready = chain.lower(keys[1, 0], starts[0], data, basis).compile()
        say("compiled; sampling")

    def one(c: int) -> Any:
        done = jax.block_until_ready(ready(keys[1, c], starts[c], data, basis))  # type: ignore[no-untyped-call]
        say(f"chain {c + 1} of {chains}: {float(done[2].mean()):.0f} steps a draw")
        return done

    with ThreadPoolExecutor(min(chains, os.cpu_count() or 1)) as pool:
        found = list(pool.map(one, range(chains)))
    with jax.enable_x64(False):
        sites = [_sites(f[0], panel, design, problem, basis) for f in found]
    return Chains({n: np.stack([s[n] for s in sites]) for n in sites[0]}, int(sum(int(f[1].sum()) for f in found)),
                  float(np.mean([float(f[2].mean()) for f in found])), perf_counter() - begun,
                  Start(problem.arrays(z), held))


def _basis(problem: Problem, z: Array, held: dict[str, Array], curved: Curved) -> dict[str, Any]:
    """What turns whitened coordinates into sites; spreads reach as far as their prior has it, or their effects tell."""
    loose, wide = looseness(problem, z, curved, held), reaches(problem, z, curved, held)
    basis = {"loose": loose, "wide": wide, "at": z, "held": held, "shared": problem.shared, "local": problem.local,
             "solved": curved.solved, "root": curved.root, "shift": curved.shift[problem.shared],
             "factor": np.linalg.inv(curved.factor).T}
    return dict(jax.tree.map(lambda a: jnp.asarray(a, jnp.int32 if a.dtype.kind == "i" else jnp.float32), basis))


@lru_cache(maxsize=2)
def _chain(kind: Kind, design: Design, unravel: Any, warmup: int, draws: int) -> Any:
    """A chain as a pure function of its key, its start and the data; draws, divergences and steps after the warmup."""
    def chain(key: Any, start: Any, data: Any, basis: Any) -> Any:
        def potential(q: Any) -> Any:
            z, stretch = _place(q["y"], q["log"], basis, unravel, data)
            return potential_energy(model, (data, design), {}, z) - stretch

        # The coordinates have the posterior's scales; a diagonal from a few hundred draws would only add noise.
        kernel = NUTS(potential_fn=potential, target_accept_prob=0.9, max_tree_depth=7, step_size=0.2,
                      adapt_mass_matrix=False)
        state = kernel.init(key, warmup, start, (), {})

        def step(s: Any, _: Any) -> Any:
            s = kernel.sample(s, (), {})
            return s, (s.z, s.diverging, s.num_steps)

        state, _ = jax.lax.scan(lambda s, x: (kernel.sample(s, (), {}), None), state, None, warmup)
        return jax.lax.scan(step, state, None, draws)[1]

    return jax.jit(chain)


def _single(a: Any) -> Any:
    a = np.asarray(a)
    return jnp.asarray(a, jnp.float32) if a.dtype == np.float64 else jnp.asarray(a)


def _place(y: Any, log: Any, basis: Any, unravel: Any, panel: Panel) -> tuple[dict[str, Any], Any]:
    """Unconstrained sites of the model at whitened coordinates, and the log of how much volume a spread has moved.

    Effects that the data say little of stretch with their spread, others do not (a partly non-centred form:
    Papaspiliopoulos, Roberts and Sköld 2007); shared parameters go to where their mode is at the spreads.
    """
    moved = jnp.concatenate([jnp.ravel(basis["wide"][n]) for n in sorted(basis["held"])]) * log
    g = basis["factor"] @ y[basis["shared"]] + basis["shift"] @ moved
    own = y[basis["local"]]
    here = jnp.einsum("scb,sc->sb", basis["root"], own) - jnp.tensordot(basis["solved"], g, 1)
    z = basis["at"].at[basis["shared"]].add(g).at[basis["local"]].add(here)
    out, start, by = dict(unravel(z)), 0, {}
    for name in sorted(basis["held"]):
        value = basis["held"][name]
        by[name] = moved[start : start + value.size].reshape(value.shape)
        out[name] = jnp.log(value) + by[name]
        start += value.size
    at = panel.series_channel
    means = {"attraction": attraction_mean(out, panel=panel), "log_scale": out["level"][at]}
    stretch = 0.0
    for site, spread in zip(LOCAL, SPREADS, strict=False):
        more = (basis["loose"][site] * by[spread])[at]
        stretch = stretch + more.sum() * (out[site].size // out[site].shape[0])
        more = more[:, None] if out[site].ndim == 2 else more
        out[site] = means[site] + jnp.exp(more) * (out[site] - means[site])
    return out, stretch


def _sites(found: dict[str, Any], panel: Panel, design: Design, problem: Problem, basis: Any) -> dict[str, Array]:
    data = jax.tree.map(_single, panel)
    place = partial(_place, basis=basis, unravel=problem.unravel, panel=data)
    turn = jax.jit(jax.vmap(lambda y, log: constrain_fn(model, (data, design), {}, place(y, log)[0])))
    return {n: np.asarray(v, np.float32) for n, v in turn(found["y"], found["log"]).items()}
