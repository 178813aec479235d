"""Similarity of all pairs of states by their alliances: a year against a loop over pairs, then two centuries."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl
from harness import best, compare, options, show
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.assemble.packed import embedded
from equipoise.assemble.portfolios import SCALE, alliance_portfolios
from equipoise.measure import alliance_similarity, similarities
from equipoise.measure.alliances import MEASURES

Array = NDArray[np.float64]
YEAR = 2010
FIRST, LAST = 1816, 2018


def main() -> None:
    given = options(__doc__ or "")
    atop = embedded().table("panel_atop")
    states = listed(first=YEAR if given.quick else FIRST, last=YEAR if given.quick else LAST)
    of_year = states[YEAR][:12] if given.quick else states[YEAR]
    levels = next(alliance_portfolios(atop, states={YEAR: of_year}))[1].astype(np.float64)
    plain: dict[str, Callable[[Array, Array], float]] = {"S": signorino_ritter, "kappa": cohen, "pi_nominal": scott}
    rows = [compare(name, ours=partial(one, levels, name), plain=partial(loop, levels, pair),
                    gap=lambda a, b: float(np.nanmax(np.abs(a - b))), times=1 if given.quick else 20,
                    size=f"{len(levels)} states, {YEAR}") for name, pair in plain.items()]
    show("alliance_similarity", rows, out=given.out)
    run = best(lambda: alliance_similarity(atop, states=states), times=1 if given.quick else 3)
    pairs = run.result.height
    show("alliance_years", [{
        "what": f"{', '.join(MEASURES)}, {min(states)}–{max(states)}", "pairs": pairs, "seconds": round(run.seconds, 2),
        "us_per_pair_and_measure": round(run.seconds / pairs / len(MEASURES) * 1e6, 3), "peak_mb": peak_mb(),
    }], out=given.out)


def listed(*, first: int, last: int) -> dict[int, list[int]]:
    years = codes.system_years(first=first, last=last).group_by("year").agg(pl.col("code").sort()).sort("year")
    return dict(years.iter_rows())


def one(levels: Array, name: str) -> Array:
    return similarities(levels, scale=SCALE, measures=[name])[name]


def peak_mb() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3))


def loop(levels: Array, pair: Callable[[Array, Array], float]) -> Array:
    n = len(levels)
    out = np.empty((n, n))
    for i in range(n):
        for j in range(n):
            out[i, j] = pair(levels[i], levels[j])
    return out


def signorino_ritter(x: Array, y: Array) -> float:
    return float(1 - 2 * np.abs(x - y).sum() / (SCALE[1] * len(x)))


def cohen(x: Array, y: Array) -> float:
    expected = len(x) * (x.var() + y.var() + (x.mean() - y.mean()) ** 2)
    return float(1 - ((x - y) ** 2).sum() / expected) if expected > 1e-9 else np.nan


def scott(x: Array, y: Array) -> float:
    share = np.array([((x == v).mean() + (y == v).mean()) / 2 for v in range(SCALE[1] + 1)])
    chance = (share**2).sum()
    return float(((x == y).mean() - chance) / (1 - chance)) if chance < 1 - 1e-9 else np.nan


if __name__ == "__main__":
    main()
