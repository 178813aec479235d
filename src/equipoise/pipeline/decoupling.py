"""Decoupling losses from the pack's trade: of pairs, with the elasticity's interval, for commands, report and pack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import AGGREGATES
from equipoise.errors import NotConverged
from equipoise.model.decoupling import decoupling_losses
from equipoise.model.trade_elasticity import elasticity_at, elasticity_draws
from equipoise.pipeline.trade_worlds import Recorded, partners_in, trade_world, trade_years
from equipoise.schema import DEFAULT_POWERS

QUANTILES = (0.05, 0.5, 0.95)
"""Of the elasticity. A loss falls with it, so that these give its 95th, 50th and 5th percentile."""

DIGITS = 6
"""Significant ones that the pack's table has."""

COLUMNS = ("loss", "low", "high", "partner_loss", "partner_low", "partner_high")


def pair_losses(found: Recorded, pairs: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Return what the end of trade between a state and a partner costs each, in a year's world.

    Args:
        found: the year's world.
        pairs: (state, partner); the partner may be ``EUU``, of which a state may be a member.

    Returns:
        A row a pair: state, partner, year, loss, low, high, partner_loss, partner_low, partner_high; shares of real
        income. Null where no trade between the two is recorded, or a part of it is known to be wrong.

    Raises:
        UsageError: a state that is not in the world; NotConverged: a pair that could not be solved.
    """
    partners_in(found, list(dict.fromkeys(name for pair in pairs for name in pair)))
    known = [p for p in pairs if found.known(*p)]
    solved = _solved(found, known, elasticity=np.array([elasticity_at(q) for q in QUANTILES]))
    high, loss, low, partner_high, partner_loss, partner_low = (x for side in solved for x in side)
    # Solved to eleven digits, a loss of nothing may come out below zero.
    values = dict(zip(COLUMNS, np.maximum([loss, low, high, partner_loss, partner_low, partner_high], 0), strict=True))
    frame = pl.DataFrame({"state": [a for a, _ in known], "partner": [b for _, b in known], **values}, schema={
        "state": pl.String, "partner": pl.String, **dict.fromkeys(COLUMNS, pl.Float64)})
    asked = pl.DataFrame(list(pairs), schema={"state": pl.String, "partner": pl.String}, orient="row")
    joined = asked.join(frame, on=["state", "partner"], how="left", maintain_order="left")
    return joined.select("state", "partner", pl.lit(found.year).cast(pl.Int32).alias("year"), *COLUMNS)


def loss_draws(
    found: Recorded, pairs: Sequence[tuple[str, str]], *, draws: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return draws of the state's and of the partner's loss (draws, pairs), the elasticity being drawn anew in each.

    What :func:`pair_losses` makes null is NaN. This is what a model of leverage takes for its uncertainty.
    """
    partners_in(found, list(dict.fromkeys(name for pair in pairs for name in pair)))
    known = np.array([found.known(*p) for p in pairs], dtype=bool)
    loss, other = (np.full((draws, len(pairs)), np.nan) for _ in range(2))
    some = [p for p, k in zip(pairs, known, strict=True) if k]
    loss[:, known], other[:, known] = _solved(found, some, elasticity=elasticity_draws(draws, seed=seed))
    return loss, other


def every_pair(found: Recorded, *, states: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Return each two states once, of all in the world or of those named."""
    names = list(states or found.world.countries)
    return [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]


def decoupling(pack: Pack | None = None, *, years: Sequence[int] | None = None) -> pl.DataFrame:
    """Return the table ``decoupling`` of a pack: every state with each of the five powers, in every year."""
    pack = pack or embedded()
    frames = []
    for year in years or trade_years(pack):
        found = trade_world(pack, year=year)
        states = found.world.countries
        pairs = [(s, p) for s in states for p in DEFAULT_POWERS
                 if s != p and found.known(s, p) and (p in AGGREGATES or p in states)]
        frames.append(pair_losses(found, pairs))
    named = {"partner": "power", **{f"partner_{c}": f"power_{c}" for c in ("loss", "low", "high")}}
    return pl.concat(frames).rename(named).with_columns(pl.selectors.float().round_sig_figs(DIGITS))


def _solved(
    found: Recorded, pairs: Sequence[tuple[str, str]], *, elasticity: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Losses (elasticities, pairs) of states and partners."""
    if not pairs:
        none = np.empty((len(elasticity), 0))
        return none, none
    groups = {g: found.states_of(g) for g in AGGREGATES}
    end = decoupling_losses(found.world, elasticity=elasticity, pairs=pairs, groups=groups)
    if not end.solved.all():
        e, p = np.argwhere(~end.solved)[0]
        raise NotConverged(
            f"the end of trade between {' and '.join(end.pairs[p])} in {found.year} could not be solved: "
            f"a gap of {end.residual[e, p]:.0e} is left at an elasticity of {end.elasticity[e]:.2f}.")
    return end.loss, end.partner_loss
