"""The strategies in a state's policy by year, with their intervals over measurement and assumed parameters."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.measure.rivalry import to_matrix
from equipoise.model.policy import Band
from equipoise.model.priors import Prior
from equipoise.model.strategy import STRATEGIES, Composition, most_leverage, strategy_composition
from equipoise.pipeline.estimates import Estimates
from equipoise.pipeline.sensitivity import straddle_band

Array = NDArray[np.float64]

SCHEMA = {"year": pl.Int32, "strategy": pl.String, "power": pl.String, "amount": pl.Float64, "share": pl.Float64,
          "low": pl.Float64, "high": pl.Float64}  # fmt: skip


def strategies(e: Estimates, *, prior: Prior, seed: int, across: Band | None = None) -> pl.DataFrame:
    """Long form: year, strategy, power, amount, share, low, high; years without a composition left out.

    ``amount`` and ``share`` are means over draws, whose shares sum to one; ``low`` and ``high`` the 5th and 95th
    percentile of the share. ``power`` is the one that most draws find to have most leverage. Parameters are those of
    leeway, draw by draw. ``across`` is the straddle with its draws, where it is known already.
    """
    found, levers = composition(e, prior=prior, seed=seed, across=across)
    known: NDArray[np.bool_] = np.asarray(np.isfinite(found.share).all(-1))
    rows = []
    for t in np.flatnonzero(known.any(0)):
        on = known[:, t]
        star = e.grid.powers[int(np.nansum(most_leverage(levers[on, t]), axis=0).argmax())]
        amount, share = found.amount[on, t].mean(0), found.share[on, t].mean(0)
        low, high = np.quantile(found.share[on, t], [0.05, 0.95], axis=0)
        each = zip(STRATEGIES, amount, share, low, high, strict=True)
        rows += [(e.grid.years[t], name, star, *x) for name, *x in each]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row", nan_to_null=True)


def composition(
    e: Estimates, *, prior: Prior, seed: int, across: Band | None = None
) -> tuple[Composition, Array]:
    """Return the composition (D, T, 5) and the leverage (D, T, K) of the draws that it rests on."""
    k, draws = len(e.grid.powers), len(e.w.draws)
    across = across or straddle_band(e)
    few = slice(len(across.draws))
    given = {name: x[few, None] for name, x in prior.draw(draws=draws, seed=seed + 3).items()}
    levers = e.lever.draws[few]
    found = strategy_composition(
        e.w.draws[few],
        rivalry=to_matrix(e.r.draws[few], powers=k),
        leverage=levers,
        side=e.drawn.side[few],
        diplomatic=e.diplomatic.draws[few],
        material=e.material.draws[few],
        straddled=across.draws,
        **given,
    )
    return found, levers
