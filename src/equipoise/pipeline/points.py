"""Ideal points of our own, for the pack: the posterior from all roll calls, and joint draws for distances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from equipoise.assemble import estimation_set
from equipoise.measure.ideal import IdealPosterior, ideal_posterior
from equipoise.schema import FIRST_YEAR, JOINT_DRAWS, STEPS_PER_SD

CHAINS, DRAWS, BURN_IN, SEED = 4, 1000, 250, 1
DIGITS = 6


def tables(calls: pl.DataFrame, *, progress: Callable[[float], None] | None = None) -> dict[str, pl.DataFrame]:
    """Return ``own_points`` and ``own_draws`` from all roll calls; it takes minutes."""
    posterior = own_points(calls, progress=progress)
    return {"own_points": as_table(posterior), "own_draws": joint(posterior)}


def own_points(calls: pl.DataFrame, *, progress: Callable[[float], None] | None = None) -> IdealPosterior:
    """Return the posterior from roll calls as :func:`equipoise.assemble.estimation_set.all_calls` has them.

    Sessions in which no repeated item is known stand on the scale of the last in which one is.
    """
    drawn = ideal_posterior(estimation_set.select(calls), chains=CHAINS, draws=DRAWS, burn_in=BURN_IN, seed=SEED,
                            progress=progress)
    return drawn.anchored(after=estimation_set.LAST_TIED)


def as_table(posterior: IdealPosterior) -> pl.DataFrame:
    """Return the table ``ideal_points`` of the pack."""
    named = estimation_set.named(posterior.summary())
    return named.select("session", "year", "n_votes", "mean", "sd", "low", "high", "rhat", "ess", cow="state",
                        state="iso3").with_columns(pl.col("mean", "sd", "low", "high", "rhat", "ess").round(DIGITS))


def joint(posterior: IdealPosterior) -> pl.DataFrame:
    """Return the table ``ideal_draws`` of the pack: draws as whole steps from the mean, a sixteenth of sd each."""
    summary = estimation_set.named(posterior.units)
    flat = posterior.draws.reshape(-1, posterior.draws.shape[-1])
    mean, sd = flat.mean(axis=0, dtype=np.float64), flat.std(axis=0, ddof=1, dtype=np.float64)
    steps = np.clip(np.rint((posterior.thinned(JOINT_DRAWS) - mean) / sd * STEPS_PER_SD), -127, 127).astype(np.int8)
    drawn = pl.Series("draws", steps.T.copy(), dtype=pl.Array(pl.Int8, JOINT_DRAWS))
    return summary.select("year", state="iso3").with_columns(drawn).filter(pl.col("year") >= FIRST_YEAR)
