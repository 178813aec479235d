"""The arrays behind Kazakhstan's report, from the embedded pack."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.assemble.packed import embedded
from equipoise.measure import to_matrix
from equipoise.model import Prior
from equipoise.pipeline.estimates import Estimates, Grid, estimate
from equipoise.schema import DEFAULT_POWERS

Array = NDArray[np.float64]
YEARS = list(range(1994, 2024))
SEED = 1


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
    return estimates(draws=1).table


def policies(*, draws: int, years: int) -> Policies:
    """Draws of engagement, rivalry, blocs, leverage and parameters for the last years, as the report uses them."""
    e = estimates(draws=draws)
    parameters = [np.repeat(x, years) for x in Prior().draw(draws=draws, seed=SEED).values()]
    matrices = to_matrix(e.r.draws, powers=len(DEFAULT_POWERS))
    parts = (e.w.draws, matrices, e.drawn.side.astype(np.float64), e.lever.draws)
    flat = [x[:, -years:].reshape(draws * years, *x.shape[2:]) for x in parts]
    return Policies(*flat, *parameters)


def estimates(*, draws: int) -> Estimates:
    return estimate(embedded(), state="KAZ", grid=Grid(YEARS, DEFAULT_POWERS), prior=Prior(), draws=draws, seed=SEED)
