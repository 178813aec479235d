"""Whether forecasts of stances by weighed draws are those of a fit that has not seen the crisis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.measure.ladders import ranked_score
from equipoise.pipeline.stance_rows import left_with, same_soil
from equipoise.pipeline.stance_scores import shares_of
from equipoise.pipeline.stances import OUTCOMES, Posterior

if TYPE_CHECKING:
    from equipoise.model.stance import Coded, Fit

Array = NDArray[np.float64]

FEWEST, AT_RANDOM = 8, 5
"""Crises fitted anew: those with the fewest draws left, and others."""

CHAINS, WARMUP, DRAWS = 2, 200, 400
"""Of each such fit."""


def checked(
    told: Posterior, rows: pl.DataFrame, shares: Array, *, left: dict[str, float], coded: Coded, weight: Array,
    scale: pl.DataFrame, seed: int
) -> pl.DataFrame:  # fmt: skip
    """Return rows of the table ``stance_fit``: how far weighing and fitting anew are apart, over some crises.

    Args:
        told: the posterior of all crises.
        rows: the coded stances.
        shares: the forecast (n, 2, K) of each by weighed draws.
        left: how many draws are left without each crisis.
        coded, weight: the same stances as the model has them.
        scale: the table ``stance_scale``.
        seed: of the chains and of the choice at random.
    """
    by_worth = sorted(left, key=lambda c: left[c])
    others = np.random.default_rng(seed).choice(by_worth[FEWEST:], AT_RANDOM, replace=False)
    crises = [*by_worth[:FEWEST], *map(str, others)]
    anew, divergent = fitted_without(told, rows, crises, coded=coded, weight=weight, seed=seed)
    among = rows["crisis"].is_in(crises)
    here, weighed = rows.filter(among), shares[among.to_numpy()]
    each = (shares_of(anew[str(c)], of, scale=scale) for (c,), of in here.group_by("crisis", maintain_order=True))
    fitted = np.concatenate(list(each))
    apart = np.abs(weighed - fitted)
    found = {
        "refits": len(crises),
        "refit_divergences": divergent,
        "refit_apart": apart.mean(),
        "refit_most_apart": apart.max(),
    }
    for o, outcome in enumerate(OUTCOMES):
        rung = here[outcome].to_numpy()
        for name, shares in (("weighed", weighed), ("refit", fitted)):
            found[f"{name}_score_{outcome}"] = ranked_score(shares[:, o], observed=rung).mean()
    return pl.DataFrame(
        [("sampling", name, float(value)) for name, value in found.items()],
        schema=["parameter", "group", "mean"],
        orient="row",
    )


def fitted_without(
    told: Posterior, rows: pl.DataFrame, crises: Sequence[str], *, coded: Coded, weight: Array, seed: int,
    warmup: int = WARMUP, draws: int = DRAWS
) -> tuple[dict[str, Posterior], int]:  # fmt: skip
    """Return the posterior of a fit without each crisis, and how many transitions diverged in all."""
    from equipoise.model.stance import named, sampled  # JAX is slow to import

    fits = [_fit_without(told, rows, crisis, weight=weight) for crisis in crises]
    near = fit_to(weight, told.votes[""])
    at, divergent = sampled(coded, fits, near=near, chains=CHAINS, warmup=warmup, draws=draws, seed=seed)
    out = {}
    for crisis, found in zip(crises, at, strict=True):
        part = named(found.reshape(-1, coded.size), coded=coded)
        out[crisis] = Posterior(part["slopes"], part["powers"], part["spread"], part["cuts"], part["vote"], told.votes)
    return out, int(divergent.sum())


def fit_to(weight: Array, votes: tuple[Array, Array]) -> Fit:
    """Return what a fit rests on: the weights (C, P) of stances, and the slopes of votes with their covariance."""
    from equipoise.model.stance import Fit

    variance, axes = np.linalg.eigh(votes[1])
    return Fit(weight, votes[0], variance, axes)


def _fit_without(told: Posterior, rows: pl.DataFrame, crisis: str, *, weight: Array) -> Fit:
    """What :func:`equipoise.pipeline.stances.leave_out` weighs by: the same stances and votes are left."""
    gone = set(rows.filter(left_with(rows, crisis=crisis))["crisis"])
    kept = np.array([c not in gone for c in rows["crisis"].unique().sort()])
    place = rows.filter(crisis=crisis)["place"][0]
    return fit_to(weight * kept[:, None], told.votes[next((p for p in told.votes if p and same_soil(p, place)), "")])
