"""Draws of Kazakhstan's engagement: our pooling of all draws at once against a loop over draws and options.

The loop follows the description in docs/explanation/notation.md, with the same random numbers.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from harness import compare, options, show
from harness.kazakhstan import channels
from numpy.typing import NDArray

from equipoise.measure import pool_draws

Array = NDArray[np.float64]
SEED = 1


def main() -> None:
    given = options(__doc__ or "")
    y, rows = channels(), []
    for draws in (3,) if given.quick else (20, 200):
        rows.append(compare("pool_draws", ours=partial(pool_draws, y, draws=draws, seed=SEED, lower=None),
                            plain=partial(loop, y, draws=draws), times=1 if given.quick else 20,
                            gap=lambda a, b: float(np.nanmax(np.abs(a - b))),
                            size=f"{draws} draws × {y.shape[0]} years × {y.shape[1]} channels × {y.shape[2]} options"))
    show("pooling", rows, out=given.out)


def loop(y: Array, *, draws: int) -> Array:
    rng = np.random.default_rng(SEED)
    raw = rng.standard_exponential((draws, y.shape[1]))
    pick = rng.random((draws, y.shape[1]))
    out = np.full((draws, y.shape[0], y.shape[2]), np.nan)
    for d in range(draws):
        for m in range(y.shape[2]):
            out[d, :, m] = one(y[:, :, m], weight=raw[d] / raw[d].sum(), pick=pick[d])
    return out


def one(y: Array, *, weight: Array, pick: Array) -> Array:
    """One draw of the level (T,) of one option from channels (T, C)."""
    level = np.zeros(len(y))
    for j in range(y.shape[1]):
        known = [t for t in range(len(y)) if not np.isnan(y[t, j])]
        moves = [y[t, j] - y[t - 1, j] for t in known if t - 1 in known]
        step = moves[int(pick[j] * len(moves))] - np.mean(moves)
        for t in range(len(y)):
            value = float(np.interp(t, known, y[known, j]))
            level[t] += weight[j] * (value + step * away(t, known=known))
    return np.where(np.isnan(y).all(axis=1), np.nan, level)


def away(t: int, *, known: list[int]) -> float:
    """Spread of a random walk of unit step at t that is known in some years."""
    if t in known:
        return 0.0
    near = [1 / (t - max(s for s in known if s < t))] if known[0] < t else []
    near += [1 / (min(s for s in known if s > t) - t)] if known[-1] > t else []
    return sum(near) ** -0.5


if __name__ == "__main__":
    main()
