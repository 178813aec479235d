"""How good the forecasts of stances are, each crisis as if it had not been seen: scores and calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.crisis_keys import RUNGS
from equipoise.measure.ladders import log_of_share, ranked_score
from equipoise.measure.left_out import without
from equipoise.measure.ordered import levels, ordered_mode
from equipoise.pipeline.reasons import REASONS
from equipoise.pipeline.stance_rows import left_with, standardised
from equipoise.pipeline.stances import OUTCOMES, Posterior, distributions, left_density

Array = NDArray[np.float64]

BINS = 10
DISTANCE = ("likeness", "sides")
"""The reasons of the model that knows the distances in the UN alone."""

BASE = "frequencies"
"""What gains are over: how often each rung was taken in the other crises."""


def left_out_shares(
    told: Posterior, rows: pl.DataFrame, *, scale: pl.DataFrame, votes: bool = True, among: Sequence[str] | None = None
) -> tuple[Array, dict[str, Array]]:
    """Return the forecast (n, 2, K) of each coded stance without its crisis, and the log density (D,) of what is out.

    With ``among`` those of some crises alone are returned.
    """
    parts, density = [], {}
    for crisis in rows["crisis"].unique(maintain_order=True):
        if among is None or crisis in among:
            density[crisis] = left_density(told, rows, crisis=crisis, scale=scale, votes=votes)
            weights = without(density[crisis])[0]
            parts.append(shares_of(told, rows.filter(crisis=crisis), scale=scale, weights=weights))
    return np.concatenate(parts), density


def shares_of(told: Posterior, rows: pl.DataFrame, *, scale: pl.DataFrame, weights: Array | None = None) -> Array:
    """Return the forecast (n, 2, K) of some coded stances from draws, weighed or not."""
    values = standardised(rows.select(REASONS).cast(pl.Float64).fill_null(np.nan).to_numpy(), scale=scale)
    return distributions(told, values, actors=rows["power"].to_list(), weights=weights)


def distance_shares(rows: pl.DataFrame, *, scale: pl.DataFrame) -> Array:
    """Return the forecast (n, 2, K) by distances in the UN alone, fitted without each crisis and by outcome."""
    values = standardised(rows.select(REASONS).cast(pl.Float64).fill_null(np.nan).to_numpy(), scale=scale)
    design = values[:, [REASONS.index(r) for r in DISTANCE]]
    out = np.empty((rows.height, len(OUTCOMES), len(RUNGS)))
    for crisis in rows["crisis"].unique(maintain_order=True):
        here, gone = (rows["crisis"] == crisis).to_numpy(), left_with(rows, crisis=crisis).to_numpy()
        for o, outcome in enumerate(OUTCOMES):
            taken = np.eye(len(RUNGS))[rows[outcome].to_numpy()[~gone]]
            out[here, o] = levels(ordered_mode(design[~gone], taken), design[here])
    return out


def counted_shares(rows: pl.DataFrame) -> dict[str, Array]:
    """Return the forecasts (n, 2, K) that only count the other crises: frequencies and modes, of all and by power.

    A rung counts once more than it was taken; by power, the overall frequencies count as nine stances more.
    """
    many = len(RUNGS)
    out = {
        name: np.empty((rows.height, len(OUTCOMES), many))
        for name in (BASE, f"{BASE}_by_power", "mode", "mode_by_power")
    }
    powers = rows["power"].to_numpy()
    for i, row in enumerate(rows.iter_rows(named=True)):
        others = ~left_with(rows, crisis=row["crisis"]).to_numpy()
        for o, outcome in enumerate(OUTCOMES):
            rung = rows[outcome].to_numpy()
            all_ = np.bincount(rung[others], minlength=many).astype(float)
            own = np.bincount(rung[others & (powers == row["power"])], minlength=many).astype(float)
            share = (all_ + 1) / (all_.sum() + many)
            out[BASE][i, o] = share
            out[f"{BASE}_by_power"][i, o] = (own + many * share) / (own.sum() + many)
            out["mode"][i, o] = np.eye(many)[all_.argmax()]
            out["mode_by_power"][i, o] = np.eye(many)[(own + all_ / 1e6).argmax()]
    return out


def scores(rows: pl.DataFrame, *, shares: Mapping[str, Array]) -> pl.DataFrame:
    """Return the table ``stance_scores`` of models' forecasts, with those of :func:`counted_shares` beside them."""
    every = {**shares, **counted_shares(rows)}
    crisis = rows["crisis"].to_numpy()
    out = []
    for o, outcome in enumerate(OUTCOMES):
        rung = rows[outcome].to_numpy()
        base = ranked_score(every[BASE][:, o], observed=rung)
        for name, forecast in every.items():
            ranked, log = (f(forecast[:, o], observed=rung) for f in (ranked_score, log_of_share))
            gain, se = _gain(base - ranked, crisis)
            known = bool(np.isfinite(log).all())
            out.append(
                (
                    outcome,
                    name,
                    len(rung),
                    len(set(crisis)),
                    float(ranked.mean()),
                    float(log.mean()) if known else None,
                    float((forecast[:, o].argmax(axis=1) == rung).mean()),
                    None if name == BASE else gain,
                    None if name == BASE else se,
                )
            )
    return pl.DataFrame(
        out,
        orient="row",
        schema={
            "outcome": pl.String,
            "model": pl.String,
            "n": pl.Int32,
            "crises": pl.Int32,
            "ranked_score": pl.Float64,
            "log_score": pl.Float64,
            "hits": pl.Float64,
            "gain": pl.Float64,
            "gain_se": pl.Float64,
        },
    )


def _gain(values: Array, crisis: NDArray[np.str_]) -> tuple[float, float]:
    """The mean, and its standard error by crisis: stances of one crisis are not independent."""
    mean, names = float(values.mean()), np.unique(crisis)
    sums = np.array([(values[crisis == c] - mean).sum() for c in names])
    return mean, float(np.sqrt(len(names) / (len(names) - 1) * (sums**2).sum()) / len(values))


def calibration(rows: pl.DataFrame, shares: Array) -> pl.DataFrame:
    """Return the table ``stance_calibration``: forecast and observed, that a stance is at each rung or further for."""
    out = []
    for o, outcome in enumerate(OUTCOMES):
        above = 1 - np.cumsum(shares[:, o], axis=1)[:, :-1]
        was = rows[outcome].to_numpy()[:, None] > np.arange(len(RUNGS) - 1)[None, :]
        bins = np.minimum((above * BINS).astype(int), BINS - 1)
        for b in range(BINS):
            if (inside := bins == b).any():
                out.append((outcome, b, float(above[inside].mean()), float(was[inside].mean()), int(inside.sum())))
    return pl.DataFrame(
        out,
        orient="row",
        schema={"outcome": pl.String, "bin": pl.Int8, "forecast": pl.Float64, "observed": pl.Float64, "n": pl.Int32},
    )
