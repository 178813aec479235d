"""What the hypotheses of ``docs/explanation/hypotheses.md`` are tested on: channels as observed, rivalry, leverage.

Arrays have N states, T years, C channels, K powers, P = K(K−1)/2 pairs. Channels are never pooled here: pooling
carries a last value forward, and a carried value is no observation. What the pack lacks is listed, not made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack, last_year
from equipoise.measure.engagement import World, obligations, trade_by_option, turnover, worlds
from equipoise.measure.pooling import pool, pool_draws
from equipoise.measure.rivalry import to_matrix
from equipoise.measure.system import COMPONENTS, LEVERAGE, loss_component
from equipoise.model.policy import FLOOR
from equipoise.pipeline.decoupling import losses_to
from equipoise.pipeline.estimates import Grid, channels_of, covered_years, rivalry_array
from equipoise.pipeline.sides import channel_tables
from equipoise.schema import CHANNELS, DEFAULT_POWERS, Column, Table

Array = NDArray[np.float64]

FIRST = 1992
"""The first year of the hypotheses."""

SHARES_SOURCE = {
    "trade": ((), ("trade",)),
    "diplomacy": (("ideal_points",), ()),
    "security": (("alliances",), ("alliance",)),
    "institutions": ((), ()),
}
"""The components of rivalry, and of leverage, that share a channel's source and are left out of its equation."""

MISSING = (
    "the matrix of trade 2015–2024 (IMF)", "dependence on arms", "remittances", "prices of commodities other than oil",
    "sanctions against states other than the powers",
)
"""What the hypotheses name and the pack does not have."""

LONG = Table(
    "thesis", ("state", "year", "channel", "power"),
    (
        Column("state", pl.String, "ISO 3166-1 alpha-3"),
        Column("year", pl.Int32, "year"),
        Column("channel", pl.String, "trade, diplomacy, security or institutions"),
        Column("power", pl.String, "a power's code"),
        Column("share", pl.Float64, "share of the channel, 0 to 1, as observed"),
        Column("log_ratio", pl.Float64, "log of share over the outside option's", "", "both at least 0.001"),
        Column("at_floor", pl.Boolean, "whether share is under 0.001"),
    ),
)

COVARIATES = ("gdp_2015usd", "gdp_usd", "population", "polyarchy", "conflict_intensity", "leader_years",
              "leader_changes", "growth_pct")


@dataclass(frozen=True, slots=True)
class ThesisData:
    """Channels, the system and the covariates of states on one grid of years; NaN where nothing is observed.

    shares (N, T, C, K+1), option 0 the outside one; components (T, C', P) of rivalry and levers (3, N, T, C'', K) of
    leverage, as observed, the first axis being low, median and high losses of trade; sampled (N, T): in the state
    system, no power, and not a member of one; covariates: (N, T) each; near (N, T, K): 1 / km to the power, the mean
    over its members; power_growth (T, K): of log GDP; trade (N, T, K+1): exports plus imports in millions of US
    dollars; memberships: state, organisation, start and end year. Beside :data:`COVARIATES` there is fuel_exports_usd,
    of coal, crude oil and gas, NaN where a flow is not known.
    """

    states: tuple[str, ...]
    grid: Grid
    shares: Array
    components: Array
    levers: Array
    sampled: NDArray[np.bool_]
    covariates: dict[str, Array]
    near: Array
    power_growth: Array
    trade: Array
    memberships: pl.DataFrame
    belongs: NDArray[np.bool_]
    missing: tuple[str, ...] = MISSING

    @property
    def years(self) -> NDArray[np.int64]:
        """The years (T,)."""
        return np.array(self.grid.years)

    def rivalry(self, *, without: Sequence[str] = (), only: Sequence[str] = COMPONENTS) -> Array:
        """Pairs (T, P) of R, 0…1: the equally weighted mean of some components, each at its last value once it ends."""
        return np.clip(pool(self.components, weights=_weights(COMPONENTS, without, only)).value, 0.0, 1.0)

    def rivalry_draws(self, *, without: Sequence[str] = (), draws: int, seed: int) -> Array:
        """Draws (D, T, P) of the weights of R's components."""
        weights = _weights(COMPONENTS, without, COMPONENTS)
        return pool_draws(self.components, draws=draws, seed=seed, weights=weights, upper=1.0)

    def matrix(self, **kept: Sequence[str]) -> Array:
        """R as matrices (T, K, K)."""
        return to_matrix(self.rivalry(**kept), powers=len(self.grid.powers))

    def leverage(self, *, without: Sequence[str] = (), only: Sequence[str] = LEVERAGE) -> Array:
        """ℓ (N, T, K), 0…1: the equally weighted mean of some components."""
        median = self.levers[1]
        n, t, c, k = median.shape
        beside = median.transpose(1, 2, 0, 3).reshape(t, c, n * k)
        pooled = pool(beside, weights=_weights(LEVERAGE, without, only)).value
        return np.clip(pooled, 0.0, 1.0).reshape(t, n, k).transpose(1, 0, 2)

    def channel(self, name: str) -> Array:
        """Shares (N, T, K+1) of a channel, NaN for states and years outside the sample and before 1992."""
        kept = self.sampled & (self.years >= FIRST)
        return np.where(kept[..., None], self.shares[:, :, CHANNELS.index(name)], np.nan)

    def long(self) -> pl.DataFrame:
        """Return the table :data:`LONG`: a row for each observed state, year, channel and power."""
        parts = []
        for name in CHANNELS:
            s = self.channel(name)
            i, t = np.nonzero(np.isfinite(s).all(-1))
            k, rows = len(self.grid.powers), s[i, t]
            ratio = np.log(np.maximum(rows[:, 1:], FLOOR) / np.maximum(rows[:, :1], FLOOR))
            parts.append(pl.DataFrame({
                "state": np.repeat(np.array(self.states)[i], k), "year": np.repeat(self.years[t], k),
                "channel": [name] * (len(i) * k), "power": list(self.grid.powers) * len(i),
                "share": rows[:, 1:].ravel(), "log_ratio": ratio.ravel(),
                "at_floor": (rows[:, 1:] < FLOOR).ravel(),
            }))
        return LONG.check(pl.concat(parts))


def thesis_data(pack: Pack, *, powers: Sequence[str] = DEFAULT_POWERS) -> ThesisData:
    """Return the data of the hypotheses from a pack: all its states, from its first year to its last."""
    f = Grid(covered_years(pack), tuple(powers))
    table = pack.table("state_year").sort("state", "year")
    states = tuple(table["state"].unique().sort())
    kept = channels_of(pack, states=states, powers=f.powers, years=f.years)
    shares = channel_tables(kept, states=states, f=f)
    around = list(worlds(pack, powers=f.powers, years=f.years))
    belongs = np.zeros((len(f.years), len(f.powers), len(states)), bool)
    place = {s: i for i, s in enumerate(states)}
    for t, world in enumerate(around):
        belongs[t][:, [place[s] for s in world.states]] = world.belongs
    columns = {c: _by_state(table, c, states=states, f=f) for c in COVARIATES}
    columns["fuel_exports_usd"] = _fuel_exports(pack, states=states, f=f)
    there = np.isfinite(_by_state(table.with_columns(one=pl.lit(1.0)), "one", states=states, f=f))
    ever = np.isin(states, [p for p in f.powers if p != "EUU"])[:, None]
    turned = trade_by_option(pack, powers=f.powers, years=f.years).with_columns(both=turnover())
    return ThesisData(
        states, f, shares, rivalry_array(pack, f),
        _levers(pack, f=f, states=states, around=around, belongs=belongs),
        there & ~ever & ~belongs.any(1).T, columns, _nearness(pack, states=states, belongs=belongs),
        _growth(columns["gdp_2015usd"], belongs=belongs),
        np.stack([_by_state(turned.filter(pl.col("option") == o), "both", states=states, f=f) for o in f.options], -1),
        pack.table("memberships").filter(pl.col("status") == "member"), belongs,
    )


def _by_state(table: pl.DataFrame, column: str, *, states: Sequence[str], f: Grid) -> Array:
    out = np.full((len(states), len(f.years)), np.nan)
    known = table.select("state", "year", pl.col(column).cast(pl.Float64)).drop_nulls()
    known = known.filter(pl.col("year").is_in(f.years), pl.col("state").is_in(list(states)))
    i = known["state"].replace_strict(list(states), range(len(states)), return_dtype=pl.Int64).to_numpy()
    out[i, known["year"].to_numpy().astype(int) - f.years[0]] = known[column].to_numpy()
    return out


def _fuel_exports(pack: Pack, *, states: Sequence[str], f: Grid) -> Array:
    """What each state sold (N, T); 0 for one that is listed in the year as a buyer only."""
    if not pack.has("fuels"):
        return np.full((len(states), len(f.years)), np.nan)
    flows = pack.table("fuels").select("exporter", "importer", "year", "value_musd")
    # A sum with an unknown part is unknown.
    sold = flows.group_by(state="exporter", year="year").agg(
        usd=pl.when(pl.col("value_musd").is_null().any()).then(np.nan).otherwise(
            1e6 * pl.col("value_musd").cast(pl.Float64).sum()))
    bought = flows.select(state="importer", year="year").unique().join(sold, on=["state", "year"], how="anti")
    both = pl.concat([sold, bought.with_columns(usd=pl.lit(0.0))])
    return _by_state(both, "usd", states=states, f=f)


def _levers(
    pack: Pack, *, f: Grid, states: Sequence[str], around: Sequence[World], belongs: NDArray[np.bool_]
) -> Array:
    """The components of leverage of all states at once, as ``measure.system.leverage_components`` of one."""
    losses = losses_to(pack, states=states, powers=f.powers, years=f.years)
    out = np.full((*losses.shape[:-1], len(LEVERAGE), len(f.powers)), np.nan)
    out[..., LEVERAGE.index("trade"), :] = loss_component(losses)
    km = _between(pack, "border_km", states=states, absent=0.0)
    total = km.sum(1, keepdims=True)
    share = km / np.where(total > 0, total, 1.0)
    share[~np.isin(states, pack.table("shapes")["iso3"].drop_nulls().to_list())] = np.nan
    others = np.where(np.eye(len(states), dtype=bool), 0.0, share)
    out[..., LEVERAGE.index("border"), :] = np.einsum("ij,tkj->itk", others, belongs.astype(float))
    alliances = pack.table("alliances")
    place, last = {s: i for i, s in enumerate(states)}, last_year(alliances)
    for t, world in enumerate(around):
        if world.year <= last:
            owed = obligations(alliances, world)
            np.fill_diagonal(owed, 0.0)
            # A member of a power owes it what it owes the other members.
            weight = world.weights.sum(1)[None] - world.weights.T
            with np.errstate(invalid="ignore", divide="ignore"):
                value = np.where(weight > 1e-12, owed @ world.weights.T / weight, np.nan)
            out[:, [place[s] for s in world.states], t, LEVERAGE.index("alliance")] = value
    return out


def _between(pack: Pack, column: str, *, states: Sequence[str], absent: float) -> Array:
    out = np.full((len(states), len(states)), absent)
    place = {s: i for i, s in enumerate(states)}
    for a, b, value in pack.table("distances").select("state_a", "state_b", column).drop_nulls().iter_rows():
        if a in place and b in place:
            out[place[a], place[b]] = value
    return out


def _nearness(pack: Pack, *, states: Sequence[str], belongs: NDArray[np.bool_]) -> Array:
    km = _between(pack, "weighted_km", states=states, absent=np.nan)
    near = np.where(np.isfinite(km) & (km > 0), 1.0 / np.where(km > 0, km, 1.0), 0.0)
    on = belongs.astype(float)
    count = np.einsum("ij,tkj->itk", (near > 0).astype(float), on)
    return np.where(count > 0, np.einsum("ij,tkj->itk", near, on) / np.where(count > 0, count, 1.0), np.nan)


def _growth(gdp: Array, *, belongs: NDArray[np.bool_]) -> Array:
    """Change (T, K) of each power's log GDP, of the same members in both years; NaN in the first year."""
    out = np.full(belongs.shape[:2], np.nan)
    for t in range(1, len(belongs)):
        both = np.isfinite(gdp[:, t]) & np.isfinite(gdp[:, t - 1])
        for k, on in enumerate(belongs[t] & both):
            if on.any():
                out[t, k] = np.log(gdp[on, t].sum() / gdp[on, t - 1].sum())
    return out


def _weights(names: Sequence[str], without: Sequence[str], only: Sequence[str]) -> Array:
    return np.array([float(n in only and n not in without) for n in names])


def sitting(data: ThesisData) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return which organisations each state (T, N, O) and each power (T, K, O) sits in, in the order of their codes.

    A power of several states sits where more than half of them do.
    """
    orgs = data.memberships["organisation"].unique().sort().to_list()
    place, column = {s: i for i, s in enumerate(data.states)}, {o: j for j, o in enumerate(orgs)}
    sits = np.zeros((len(data.grid.years), len(data.states), len(orgs)), np.float32)
    first = data.grid.years[0]
    for s, o, a, b in data.memberships.select("state", "organisation", "start_year", "end_year").iter_rows():
        if s in place:
            sits[max(a - first, 0) : max(b - first + 1, 0), place[s], column[o]] = 1.0
    size = np.maximum(data.belongs.sum(-1, keepdims=True), 1)
    return sits, (np.einsum("tkn,tno->tko", data.belongs.astype(np.float32), sits) / size) > 0.5


def joint_seats(data: ThesisData, *, side: NDArray[np.int8]) -> tuple[Array, Array]:
    """Return O and the number of organisations (N, T): seats shared with two powers of different blocs, over the mean.

    ``side`` (T, K) is each power's bloc, −1 or 1.
    """
    sits, powers = sitting(data)
    blocs = [(powers & (side == s)[..., None]).any(1) for s in (-1, 1)]
    shared = np.einsum("tno,to->nt", sits, (blocs[0] & blocs[1]).astype(np.float32)).astype(float)
    every = sits.sum(-1).T.astype(float)
    seen = data.sampled & (every > 0)
    mean = np.where(seen, shared, 0.0).sum(0) / np.maximum(seen.sum(0), 1)
    shared = np.where(seen & (mean > 0), shared / np.where(mean > 0, mean, 1.0), np.nan)
    return shared, np.where(seen, every, np.nan)

