"""Similarity of all pairs of states by their votes of one year: our matrix products against a loop over pairs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl
from harness import compare, options, show
from numpy.typing import NDArray

from equipoise.assemble.packed import embedded
from equipoise.measure import similarity

Array = NDArray[np.float64]
YEAR = 2022


def main() -> None:
    given = options(__doc__ or "")
    votes = cast()[:12] if given.quick else cast()
    plain: dict[str, Callable[[Array, Array], float]] = {"S": signorino_ritter, "pi": scott}
    rows = [compare(name, ours=partial(similarity, votes, measure=name, scale=(1, 3)), plain=partial(loop, votes, pair),
                    gap=lambda a, b: float(np.nanmax(np.abs(a - b))), times=1 if given.quick else 20,
                    size=f"{votes.shape[0]} states × {votes.shape[1]} roll calls") for name, pair in plain.items()]
    show("similarity", rows, out=given.out)


def cast() -> Array:
    """Votes (states, roll calls), 1 yes, 2 abstain, 3 no, NaN absent; states that never voted are left out."""
    rolls = embedded().table("votes").filter(pl.col("date").dt.year() == YEAR).select(pl.col(pl.Int8, pl.UInt8))
    votes = rolls.cast(pl.Float64).to_numpy().T
    return votes[np.isfinite(votes).any(axis=1)]


def loop(votes: Array, pair: Callable[[Array, Array], float]) -> Array:
    n = len(votes)
    out = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            both = ~np.isnan(votes[i]) & ~np.isnan(votes[j])
            out[i, j] = pair(votes[i][both], votes[j][both]) if both.any() else np.nan
    return out


def signorino_ritter(x: Array, y: Array) -> float:
    return 1 - 2 * np.abs(x - y).sum() / (2 * len(x))


def scott(x: Array, y: Array) -> float:
    middle = (x.mean() + y.mean()) / 2
    expected = ((x - middle) ** 2).sum() + ((y - middle) ** 2).sum()
    return 1 - ((x - y) ** 2).sum() / expected if expected > 1e-9 else np.nan


if __name__ == "__main__":
    main()
