"""Decoupling losses from the pack's trade: of pairs, with the elasticity's interval, for commands, report and pack."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import AGGREGATES
from equipoise.errors import NotConverged
from equipoise.model.decoupling import decoupling_losses
from equipoise.model.trade_elasticity import elasticity_at
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


def every_pair(found: Recorded, *, states: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Return each two states once, of all in the world or of those named."""
    names = list(states or found.world.countries)
    return [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]


def decoupling(
    pack: Pack | None = None, *, years: Sequence[int] | None = None, powers: Sequence[str] = DEFAULT_POWERS
) -> pl.DataFrame:
    """Return the table ``decoupling`` of a pack: every state with each power, in every year."""
    pack = pack or embedded()
    frames = []
    for year in years or trade_years(pack):
        found = trade_world(pack, year=year)
        states = found.world.countries
        pairs = [(s, p) for s in states for p in powers
                 if s != p and found.known(s, p) and (p in AGGREGATES or p in states)]
        frames.append(pair_losses(found, pairs))
    named = {"partner": "power", **{f"partner_{c}": f"power_{c}" for c in ("loss", "low", "high")}}
    return pl.concat(frames).rename(named).with_columns(pl.selectors.float().round_sig_figs(DIGITS))


def losses_to(pack: Pack, *, states: Sequence[str], powers: Sequence[str], years: Sequence[int]) -> NDArray[np.float64]:
    """Return what the end of trade with each power would cost each state, (3, N, T, K) of real income, NaN if unknown.

    At the 5th, 50th and 95th percentile of the loss, so in the order of rising losses. Those to the five powers are in
    the pack; those to others are solved, for all states at once.
    """
    out = np.full((len(QUANTILES), len(states), len(years), len(powers)), np.nan)
    if not pack.has("decoupling"):
        return out
    kept = pack.table("decoupling")
    if other := tuple(p for p in powers if p not in DEFAULT_POWERS):
        kept = pl.concat([kept.cast({"year": pl.Int32, **dict.fromkeys(COLUMNS[:3], pl.Float64)}).select(_KEPT),
                          _to_others(pack, other)])
    here = kept.filter(pl.col("state").is_in(list(states)), pl.col("power").is_in(list(powers)),
                       pl.col("year").is_in(list(years)))
    i, t, k = (
        here[name].replace_strict(list(order), range(len(order)), return_dtype=pl.Int64).to_numpy()
        for name, order in (("state", states), ("year", years), ("power", powers)))
    out[:, i, t, k] = here.select("low", "loss", "high").to_numpy().T
    return out


_KEPT = ("state", "power", "year", "loss", "low", "high")


@lru_cache(maxsize=4)
def _to_others(pack: Pack, powers: tuple[str, ...]) -> pl.DataFrame:
    return decoupling(pack, powers=powers).select(_KEPT)


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
