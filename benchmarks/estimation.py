"""The estimation of the choice on all states: its density and slope against one by XLA's derivatives, then whole fits.

``density`` is the part that every step of a fit calls, in 64 bits; the plain way leaves the determinant's derivative to
XLA. ``quick fit`` and ``chains`` are whole, compiling included, and have no plain way that ends within an hour.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from harness import compare, options, show

from equipoise.assemble.packed import embedded
from equipoise.model import sampling
from equipoise.model.laplace import quick_fit
from equipoise.model.transitions import Forces, Transitions, log_density, log_determinant
from equipoise.pipeline.choice_rows import choice_rows
from equipoise.pipeline.thesis_data import thesis_data

WARMUP, DRAWS = 200, 600


def main() -> None:
    given = options(__doc__ or "")
    panel, _ = choice_rows(thesis_data(embedded()))
    x = panel.moves.take(np.arange(0, panel.rows, 20 if given.quick else 1))
    with jax.enable_x64(True):
        moves = Transitions(*(jnp.asarray(getattr(x, n)) for n in Transitions.__slots__))
        ways = [jax.jit(jax.value_and_grad(lambda at, way=way: total(at, moves, way))) for way in (None, plain)]
        at = jnp.array([0.8, 0.3, 0.5])
        for way in ways:
            jax.block_until_ready(way(at))
        row = compare("density", ours=lambda: jax.block_until_ready(ways[0](at)), gap=apart, times=5,
                      plain=lambda: jax.block_until_ready(ways[1](at)), size=f"{x.now.shape[1]} moves")
    rows = [row]
    if not given.quick:
        begun = perf_counter()
        done = quick_fit(panel)
        rows.append({**dict.fromkeys(row, ""), "what": "quick fit", "size": f"{panel.rows} moves, {done.status}",
                     "equipoise_s": round(perf_counter() - begun, 1), "largest_gap": 0})
        chains = sampling.run(panel, chains=2, warmup=WARMUP, draws=DRAWS)
        rows.append({**dict.fromkeys(row, ""), "what": "chains", "equipoise_s": round(chains.seconds, 1), "size":
                     f"2 × ({WARMUP} + {DRAWS}), {chains.steps:.0f} steps a draw", "largest_gap": 0})
    show("estimation", rows, out=given.out)


def total(at: Any, x: Transitions, way: Any) -> Any:
    """The log density of all moves at (φ, ρ, ψ), the other parameters held."""
    n = x.now.shape[1]
    f = Forces(coercion=at[0], cross_pressure=at[1], intolerance=at[2], speed=jnp.full(n, 0.3), scale=jnp.full(n, 0.3),
               perceived=jnp.full(n, 0.8), attraction=jnp.zeros(x.now.shape), power=jnp.full(n, 0.7), freedom=4.0)
    density = log_density(x, f)
    return density.sum() if way is None else (density - log_determinant(x, f) + way(x, f)).sum()


def plain(x: Transitions, f: Forces) -> Any:
    """The determinant as one would first write it: matrices, and a library's determinant of each."""
    k = int((2 * x.outer.shape[0]) ** 0.5)
    i, j = np.tril_indices(k)
    r = x.bend[0] + f.perceived * (x.bend[1] - x.bend[0])
    r = r + f.intolerance * (x.bend_out[0] + f.perceived * (x.bend_out[1] - x.bend_out[0]))
    low = x.outer + f.speed * f.cross_pressure * r
    full = jnp.zeros((low.shape[1], k, k)).at[:, i, j].set(low.T).at[:, j, i].set(low.T)
    return x.base + jnp.linalg.slogdet(jnp.eye(k) + full)[1]


def apart(ours: Any, plain_way: Any) -> float:
    """Largest relative difference of the value and its slope."""
    one, two = (np.r_[float(v), np.asarray(g)] for v, g in (ours, plain_way))
    return float(np.max(np.abs(one - two) / np.abs(two)))


if __name__ == "__main__":
    main()
