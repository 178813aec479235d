"""A state's estimates as arrays on one grid of years: channels, rivalry, order, leverage, leeway, with their draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.assemble.packed import Pack
from equipoise.measure.engagement import channel_shares
from equipoise.measure.order import OrderPath
from equipoise.measure.rivalry import pair_positions
from equipoise.measure.structure import signed_components
from equipoise.measure.system import (
    CLOSENESS,
    COMPONENTS,
    LEVERAGE,
    capabilities,
    leverage_components,
    rivalry_components,
)
from equipoise.model import policy
from equipoise.model.left_out import leeway_without, rivalry_without
from equipoise.model.policy import Band, Camps, LeewayPath
from equipoise.model.priors import Prior
from equipoise.pipeline.decoupling import losses_to
from equipoise.schema import CHANNELS, DEFAULT_POWERS, OUTSIDE

Array = NDArray[np.float64]


DIPLOMATIC, MATERIAL = ("diplomacy",), ("trade", "security")
"""Channels of words, and of goods and arms; institutions are both and count in neither."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What every table of figures shares: the years (T,), the powers (K,), the options (K+1,)."""

    years: list[int]
    powers: tuple[str, ...]

    @property
    def options(self) -> list[str]:
        """The outside option, then the powers."""
        return [OUTSIDE, *self.powers]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of powers, in the order of ``numpy.triu_indices``."""
        i, j = pair_positions(len(self.powers))
        return [(self.powers[a], self.powers[b]) for a, b in zip(i, j, strict=True)]

    def by_option(self, names: Sequence[str], **columns: Array) -> pl.DataFrame:
        """Long form: year, option (or power), one column an array (T, len(names)); rows without any value left out."""
        key = "option" if len(names) > len(self.powers) else "power"
        out = pl.DataFrame(
            {
                "year": np.repeat(self.years, len(names)),
                key: list(names) * len(self.years),
                **{c: np.asarray(v, float).ravel() for c, v in columns.items()},
            },
            schema_overrides={"year": pl.Int32},
            nan_to_null=True,
        )
        return out.filter(pl.any_horizontal(pl.col(list(columns)).is_not_null()))

    def by_pair(self, **columns: Array) -> pl.DataFrame:
        """Long form: year, power_a, power_b, one column an array (T, P); rows without any value left out."""
        n = len(self.pairs)
        out = pl.DataFrame(
            {
                "year": np.repeat(self.years, n),
                "power_a": [a for a, _ in self.pairs] * len(self.years),
                "power_b": [b for _, b in self.pairs] * len(self.years),
                **{c: np.asarray(v, float).ravel() for c, v in columns.items()},
            },
            schema_overrides={"year": pl.Int32},
            nan_to_null=True,
        )
        return out.filter(pl.any_horizontal(pl.col(list(columns)).is_not_null()))

    def by_year(self, **columns: Any) -> pl.DataFrame:
        """One row a year; rows without any value left out."""
        out = pl.DataFrame({"year": self.years, **columns}, schema_overrides={"year": pl.Int32}, nan_to_null=True)
        return out.filter(pl.any_horizontal(pl.col(list(columns)).is_not_null()))


@dataclass(frozen=True, slots=True)
class Estimates:
    """What a report's modelled figures are made of.

    ``shares`` is the long form of ``table`` (T, C, K+1); ``components`` (T, C, P) of rivalry and ``levers`` (T, C, K)
    of leverage are as observed, the levers at the median loss of trade; the bands ``w``, ``r`` and ``lever`` pool them;
    ``strengths`` are the powers' capabilities by year; ``point`` and ``drawn`` order stress; ``path`` leeway, None
    where no year has its inputs; ``diplomatic`` and ``material`` shares pool the channels of :data:`DIPLOMATIC` and
    :data:`MATERIAL` alone; ``camps`` the structure of the signed system; ``left`` what would be without each component
    of rivalry.
    """

    grid: Grid
    shares: pl.DataFrame
    table: Array
    w: Band
    components: Array
    r: Band
    strengths: pl.DataFrame
    point: OrderPath
    drawn: OrderPath
    levers: Array
    lever: Band
    path: LeewayPath | None
    diplomatic: Band
    material: Band
    camps: Camps
    left: Without


@dataclass(frozen=True, slots=True)
class Without:
    """Without each component of rivalry in turn: rivalry (C, T, P), order stress (C, T), median leeway (C, T).

    ``used`` (C,): whether the component is observed in any year of the pack, has weight, and is not the only one.
    """

    used: NDArray[np.bool_]
    rivalry: Array
    stress: Array
    leeway: Array


def estimate(
    pack: Pack, *, state: str | None, grid: Grid, prior: Prior | None, draws: int, seed: int,
    weights: Array | None = None,
) -> Estimates:  # fmt: skip
    """Estimate a state's policy between powers; every part has a stream of draws of its own.

    Pooling sees all years of the pack, whatever the grid's: a figure must not change with the years that are shown.
    Without a state only rivalry and order are known; without a prior leeway, which takes longest, is left out.
    ``weights`` (C,) are those of the components of rivalry, equal by default.
    """
    f = Grid(covered_years(pack), grid.powers)
    shares = channels_of(pack, states=[state] if state else [], powers=f.powers, years=f.years)
    table, components = channel_array(shares, f), rivalry_array(pack, f)
    strengths = capabilities(pack, powers=f.powers, years=f.years)
    levers = _levers(pack, state=state, f=f)
    w = policy.engagement(table, draws=draws, seed=seed)
    capability = _capability_array(strengths, f)
    r = policy.rivalry(components, draws=draws, seed=seed + 1, weights=weights)
    point, drawn = policy.order(r, capability=capability)
    lever = policy.leverage(levers, draws=draws, seed=seed + 2)
    t = slice(grid.years[0] - f.years[0], grid.years[-1] - f.years[0] + 1)
    w, r, lever, drawn = w.years(t), r.years(t), lever.years(t), drawn.years(t)
    left = rivalry_without(components, draws=draws, seed=seed + 1, capability=capability, weights=weights)
    fallen, path = np.full((len(left.value), len(grid.years)), np.nan), None
    if prior:
        path = policy.leeway_path(w, r=r, lever=lever, side=drawn.side, prior=prior, seed=seed + 3)
    if prior and path:
        fallen[:, path.years] = leeway_without(path, left=left, w=w, lever=lever, prior=prior, seed=seed + 3, span=t)
    signed = signed_components(components, closeness=np.isin(COMPONENTS, CLOSENESS))
    camps = policy.camps(signed, draws=draws, seed=seed + 1, capability=capability, span=t, weights=weights)
    used = np.asarray(np.isfinite(left.value).any(axis=(1, 2)))
    without = Without(used, left.value[:, t], left.stress()[:, t], fallen)
    shown = pl.col("year").is_in(grid.years)
    system = strengths.filter(shown), point.years(t), drawn
    words, deeds = (
        policy.engagement(table[:, [CHANNELS.index(c) for c in names]], draws=draws, seed=seed + i).years(t)
        for i, names in ((4, DIPLOMATIC), (5, MATERIAL))
    )
    return Estimates(grid, shares.filter(shown), table[t], w, components[t], r, *system, levers[1, t], lever, path,
                     words, deeds, camps, without)  # fmt: skip


def _levers(pack: Pack, *, state: str | None, f: Grid) -> Array:
    """Components of leverage (3, T, C, K) at low, median and high losses."""
    if not state:
        return np.full((3, len(f.years), len(LEVERAGE), len(f.powers)), np.nan)
    losses = losses_to(pack, states=[state], powers=f.powers, years=f.years)[:, 0]
    return leverage_components(pack, state=state, powers=f.powers, years=f.years, losses=losses)


def covered_years(pack: Pack) -> list[int]:
    """Return the years of the pack, from the first to the last."""
    years = pack.table("state_year")["year"].unique().sort()
    return list(range(years[0], years[-1] + 1))


def channels_of(pack: Pack, *, states: Sequence[str], powers: Sequence[str], years: Sequence[int]) -> pl.DataFrame:
    """Channel shares of states: from the pack for the default powers, computed for any other set."""
    if states and tuple(powers) != DEFAULT_POWERS:
        return _computed(pack, tuple(powers), tuple(years)).filter(pl.col("state").is_in(list(states)))
    kept = pack.table("channels").filter(pl.col("state").is_in(list(states)) & pl.col("year").is_in(list(years)))
    return kept.with_columns(pl.col("channel", "option", "source").cast(pl.String), pl.col("share").cast(pl.Float64))


@lru_cache(maxsize=2)
def _computed(pack: Pack, powers: tuple[str, ...], years: tuple[int, ...]) -> pl.DataFrame:
    """Channel shares of all states: they take no longer than those of one, and several figures ask for some."""
    return channel_shares(pack, powers=powers, years=years)


def channel_array(shares: pl.DataFrame, f: Grid) -> Array:
    """Channel shares of one state as (T, C, K+1), NaN where a channel is missing."""
    out = np.full((len(f.years), len(CHANNELS), len(f.options)), np.nan)
    for year, channel, option, share in shares.select("year", "channel", "option", "share").iter_rows():
        out[year - f.years[0], CHANNELS.index(channel), f.options.index(option)] = share
    return out


def rivalry_array(pack: Pack, f: Grid) -> Array:
    """Components of rivalry (T, C, P): from the pack for the default powers, computed for any other set."""
    if f.powers != DEFAULT_POWERS:
        return rivalry_components(pack, powers=f.powers, years=f.years)
    out = np.full((len(f.years), len(COMPONENTS), len(f.pairs)), np.nan)
    place = {pair: i for i, pair in enumerate(f.pairs)}
    rows = pack.table("rivalry").filter(pl.col("year").is_in(f.years))
    for a, b, year, component, value in rows.select("power_a", "power_b", "year", "component", "value").iter_rows():
        out[year - f.years[0], COMPONENTS.index(component), place[a, b]] = np.nan if value is None else value
    return out


def headline_year(table: Array, *, years: Sequence[int], among: Sequence[int]) -> int | None:
    """The last of some years whose engagement rests on trade or on two channels; failing that, on any; else None.

    ``table`` (T, C, K+1) has the channel shares of ``years`` (T,).
    """
    seen = np.isfinite(table).all(-1) & np.isin(years, list(among))[:, None]
    strong = np.flatnonzero(seen[:, CHANNELS.index("trade")] | (seen.sum(1) >= 2))
    anyway = strong if strong.size else np.flatnonzero(seen.any(1))
    return years[anyway[-1]] if anyway.size else None


def lean_of_region(pack: Pack, *, state: str, grid: Grid) -> pl.DataFrame:
    """Return state, power, share, margin, year for the state's region and land neighbours: towards whom each leans."""
    f = Grid(covered_years(pack), grid.powers)
    around = _around(pack, state=state, powers=f.powers)
    shares = channels_of(pack, states=around, powers=f.powers, years=f.years)
    rows: list[tuple[str, str | None, float | None, float | None, int | None]] = []
    for name in around:
        table = channel_array(shares.filter(pl.col("state") == name), f)
        year = headline_year(table, years=f.years, among=grid.years)
        if year is None:
            rows.append((name, None, None, None, None))
            continue
        w = policy.engagement(table, draws=1, seed=0).value[year - f.years[0], 1:]
        first, second = np.sort(w)[::-1][:2]
        rows.append((name, f.powers[int(w.argmax())], float(first), float(first - second), year))
    return pl.DataFrame(
        rows,
        orient="row",
        schema={"state": pl.String, "power": pl.String, "share": pl.Float64, "margin": pl.Float64, "year": pl.Int32},
    )


def _capability_array(strengths: pl.DataFrame, f: Grid) -> Array:
    out = np.full((len(f.years), len(f.powers)), np.nan)
    for year, power, value in strengths.select("year", "power", "capability").iter_rows():
        out[year - f.years[0], f.powers.index(power)] = np.nan if value is None else value
    return out


def _around(pack: Pack, *, state: str, powers: Sequence[str]) -> list[str]:
    """Return the states whose lean the map shows: the state's region and its land neighbours, without the powers."""
    lines = pack.table("distances").filter((pl.col("border_km") > 0) & (pl.col("state_a") == state))
    around = {*codes.in_region(codes.region(state), year=2016), *lines["state_b"], state}
    present = set(codes.in_system(year=2016))
    apart = {p for p in powers if p != "EUU"} - {state}
    return sorted((around & present) - apart)
