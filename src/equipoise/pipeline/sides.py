"""Equidistance of many states at once: their channels beside those of the average state."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack
from equipoise.assemble.powers import members
from equipoise.measure.pooling import pool
from equipoise.measure.rivalry import to_matrix
from equipoise.measure.sides import SidesParts, over_rivals, sides_parts
from equipoise.model import policy
from equipoise.model.policy import Band
from equipoise.pipeline.estimates import Grid, channels_of, covered_years, rivalry_array
from equipoise.schema import CHANNELS

Array = NDArray[np.float64]

DEALINGS = tuple(c for c in CHANNELS if c != "security")


def sides_of(pack: Pack, *, states: Sequence[str], powers: Sequence[str], years: Sequence[int]) -> SidesParts:
    """What equidistance is made of, by pair of powers: three of (S, T, K, K), NaN for a state that the pack lacks.

    The average state is that of the year among those that are neither a power nor part of one. Channels are completed
    as in pooling, from all years of the pack.
    """
    everyone, table, usual = _everyone(pack, tuple(powers))
    place, first = {s: i for i, s in enumerate(everyone)}, covered_years(pack)[0]
    own = np.full((len(states), *table.shape[1:]), np.nan)
    for i, state in enumerate(states):
        if state in place:
            own[i] = table[place[state]]
    deals, pacts = [CHANNELS.index(c) for c in DEALINGS], CHANNELS.index("security")
    shown = [y - first for y in years]
    own, usual = own[:, shown], usual[shown]
    return sides_parts(own[:, :, deals], security=own[:, :, pacts], usual=usual[None, :, deals])


def by_pair(parts: SidesParts) -> Array:
    """What every pair of powers gives to equidistance (…, K, K)."""
    return parts.both * parts.untaken * np.where(parts.both > 0, parts.even, 0.0)


def pairs_of(pack: Pack, *, state: str, grid: Grid) -> Array:
    """What every pair of powers gives to a state's equidistance (T, K, K)."""
    pairs: Array = by_pair(sides_of(pack, states=[state], powers=grid.powers, years=grid.years))[0]
    return pairs


def sides_band(pairs: Array, *, r: Band) -> Band:
    """Equidistance (…, T) of pairs (…, T, K, K) with rivalry's draws ahead of it (D, …, T): they say rivalry alone."""
    k = pairs.shape[-1]
    drawn = to_matrix(r.draws, powers=k)
    drawn = drawn.reshape(len(drawn), *(1,) * (pairs.ndim - 3), *drawn.shape[1:])
    return Band(over_rivals(pairs, rivalry=to_matrix(r.value, powers=k)), over_rivals(pairs, rivalry=drawn))


def sides_frame(pack: Pack, *, states: Sequence[str], powers: Sequence[str], years: Sequence[int]) -> pl.DataFrame:
    """Return state, year, equidistance, and what it would be by security alone (untaken) and by dealings alone (even).

    All 0…1, null where missing; a row a state that is in the system and is no power, and a year.
    """
    f = Grid(covered_years(pack), tuple(powers))
    parts = sides_of(pack, states=states, powers=powers, years=years)
    r = policy.rivalry(rivalry_array(pack, f), draws=1, seed=0).value[[y - f.years[0] for y in years]]
    matrix, even = to_matrix(r, powers=len(f.powers)), np.where(parts.both > 0, parts.even, 0.0)
    out = pl.DataFrame(
        {
            "state": np.repeat(list(states), len(years)),
            "year": np.tile(list(years), len(states)),
            "equidistance": over_rivals(by_pair(parts), rivalry=matrix).ravel(),
            "untaken": over_rivals(parts.both * parts.untaken, rivalry=matrix).ravel(),
            "even": over_rivals(parts.both * even, rivalry=matrix).ravel(),
        },
        schema_overrides={"year": pl.Int32},
        nan_to_null=True,
    )
    there = present(_system(pack), states=states, years=years)
    return out.filter(pl.Series(there.ravel())).sort("state", "year")


def channel_tables(shares: pl.DataFrame, *, states: Sequence[str], f: Grid) -> Array:
    """Channel shares of states as (S, T, C, K+1), NaN where a channel is missing."""
    out = np.full((len(states), len(f.years), len(CHANNELS), len(f.options)), np.nan)
    axes = (("state", states), ("channel", CHANNELS), ("option", f.options))
    place = shares.select(
        *(pl.col(c).cast(pl.String).replace_strict(list(n), range(len(n)), return_dtype=pl.Int64) for c, n in axes),
        year=pl.col("year").cast(pl.Int64) - f.years[0],
    )
    s, c, o, t = (place[name].to_numpy() for name in ("state", "channel", "option", "year"))
    out[s, t, c, o] = shares["share"].to_numpy()
    return out


def completed_channels(table: Array) -> Array:
    """Channel shares (S, T, C, K+1) with every channel that a state ever has completed by year, as in pooling."""
    n, years, channels, options = table.shape
    # Pooling treats every value on its last axis alone, so states can lie side by side there.
    beside = table.transpose(1, 2, 0, 3).reshape(years, channels, n * options)
    return pool(beside).completed.reshape(years, channels, n, options).transpose(2, 0, 1, 3)


def usual_shares(table: Array, *, counted: NDArray[np.bool_]) -> Array:
    """The mean over states of channel shares (S, T, C, K+1), of those counted (S, T) → (T, C, K+1); NaN without any."""
    used = counted[:, :, None, None] & ~np.isnan(table)
    count = used.sum(axis=0)
    mean: Array = np.where(used, table, 0.0).sum(axis=0) / np.where(count > 0, count, np.nan)
    return mean


def present(rows: pl.DataFrame, *, states: Sequence[str], years: Sequence[int]) -> NDArray[np.bool_]:
    """Which states (S, T) have a row of state and year."""
    found = set(rows.select("state", "year").iter_rows())
    return np.array([[(s, y) in found for y in years] for s in states], dtype=np.bool_).reshape(len(states), len(years))


def _system(pack: Pack) -> pl.DataFrame:
    return pack.table("state_year").select("state", "year")


@lru_cache(maxsize=4)
def _everyone(pack: Pack, powers: tuple[str, ...]) -> tuple[list[str], Array, Array]:
    """All states of the pack that are no power, their completed channels (S, T, C, K+1), and the mean (T, C, K+1)."""
    f = Grid(covered_years(pack), powers)
    everyone = sorted(set(_system(pack)["state"]) - set(powers))
    shares = channels_of(pack, states=everyone, powers=powers, years=f.years)
    table = completed_channels(channel_tables(shares, states=everyone, f=f))
    part = present(members(powers, years=f.years), states=everyone, years=f.years)
    there = present(_system(pack), states=everyone, years=f.years)
    return everyone, table, usual_shares(table, counted=there & ~part)
