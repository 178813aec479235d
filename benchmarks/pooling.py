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
    raw = np.maximum(rng.standard_exponential((draws, y.shape[1])), 1e-3)
    pick = rng.random((draws, y.shape[1]))
    out = np.full((draws, y.shape[0], y.shape[2]), np.nan)
    for d in range(draws):
        for m in range(y.shape[2]):
            out[d, :, m] = one(y[:, :, m], weight=raw[d] / raw[d].sum(), pick=pick[d])
    return out


def one(y: Array, *, weight: Array, pick: Array) -> Array:
    """One draw of the level (T,) of one option from channels (T, C)."""
    years, (t, c) = np.arange(len(y)), y.shape
    seen = ~np.isnan(y)
    system, right = np.zeros((t, t)), np.zeros(t)
    for j in range(c):
        carry = np.array([np.interp(years, years[seen[:, j]], (years[seen[:, j]] == s) * 1.0) if seen[s, j]
                          else np.zeros(t) for s in range(t)]).T
        system += weight[j] * carry
        right += weight[j] * carry @ np.nan_to_num(y[:, j])
    level = np.linalg.solve(system, right)
    away = np.array([np.interp(years, years[seen[:, j]], (y[:, j] - level)[seen[:, j]]) for j in range(c)]).T
    return level + wander(away, seen=seen, weight=weight, pick=pick)


def wander(away: Array, *, seen: NDArray[np.bool_], weight: Array, pick: Array) -> Array:
    t, c = away.shape
    step = np.zeros(c)
    for j in range(c):
        moves = [away[s, j] - away[s - 1, j] for s in range(1, t)
                 if seen[s, j] and seen[s - 1, j] and seen[s].sum() > 1 and seen[s - 1].sum() > 1]
        if len(moves) > 1:
            step[j] = moves[int(pick[j] * len(moves))] - np.mean(moves)
    out = np.zeros(t)
    for s in range(t):
        here = [j for j in range(c) if seen[s, j]]
        theirs = sum(weight[j] * step[j] for j in here) / sum(weight[j] for j in here)
        for j in set(range(c)) - set(here):
            far = min(abs(s - u) for u in range(t) if seen[u, j])
            out[s] += weight[j] * far**0.5 * (step[j] - theirs)
    return out


if __name__ == "__main__":
    main()
