"""The arrays behind Kazakhstan's report, from the embedded pack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import embedded
from equipoise.measure.rivalry import to_matrix
from equipoise.measure.system import leverage_components
from equipoise.model import policy
from equipoise.model.priors import Prior
from equipoise.pipeline.figures import Grid, channel_array, channels_of, rivalry_array
from equipoise.schema import DEFAULT_POWERS

Array = NDArray[np.float64]
GRID = Grid(list(range(1994, 2024)), DEFAULT_POWERS)


@dataclass(frozen=True, slots=True)
class Policies:
    """B policies between K powers: shares (B, K+1), rivalry (B, K, K), side and leverage (B, K), parameters (B,)."""

    shares: Array
    rivalry: Array
    side: Array
    leverage: Array
    coercion: Array
    cross_pressure: Array
    intolerance: Array


def channels() -> Array:
    """Channel shares (T, C, K+1), NaN where a channel is missing."""
    return channel_array(channels_of(embedded(), states=["KAZ"], powers=DEFAULT_POWERS, years=GRID.years), GRID)


def policies(*, draws: int, years: int) -> Policies:
    """Draws of engagement, rivalry, leverage and parameters for the last years, as the report uses them."""
    pack, k = embedded(), len(DEFAULT_POWERS)
    shares = channels_of(pack, states=["KAZ"], powers=DEFAULT_POWERS, years=GRID.years)
    levers = leverage_components(pack, state="KAZ", powers=DEFAULT_POWERS, years=GRID.years,
                                 trade=shares.filter(pl.col("channel") == "trade"))
    w = policy.engagement(channel_array(shares, GRID), draws=draws, seed=1).draws
    r = policy.rivalry(rivalry_array(pack, GRID), draws=draws, seed=2).draws
    lever = policy.leverage(levers, draws=draws, seed=3).draws
    side = np.broadcast_to(np.where(np.isin(DEFAULT_POWERS, ("RUS", "CHN")), 1.0, -1.0), lever.shape)
    parameters = [np.repeat(x, years) for x in Prior().draw(draws=draws, seed=4).values()]
    flat = [x[:, -years:].reshape(draws * years, *x.shape[2:]) for x in (w, to_matrix(r, powers=k), side, lever)]
    return Policies(*flat, *parameters)
