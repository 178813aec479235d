"""All figures of one state's report, computed from the pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import events, organisations
from equipoise.assemble.packed import Pack
from equipoise.measure.engagement import channel_shares, trade_by_option
from equipoise.measure.multivector import issue_splitting, multi_vector, spread, straddle
from equipoise.measure.order import OrderPath
from equipoise.measure.rivalry import pair_positions, to_matrix
from equipoise.measure.system import (
    COMPONENTS,
    LEVERAGE,
    capabilities,
    leverage_components,
    rivalry_components,
    un_distance,
)
from equipoise.model import policy
from equipoise.model.continuation import CAUSES
from equipoise.model.policy import Band, LeewayPath
from equipoise.model.priors import Prior
from equipoise.pipeline.facts import lean, map_shapes, missing, sources_used, tiers, trade_figures
from equipoise.schema import CHANNELS, DEFAULT_POWERS, OUTSIDE, StateReport

Array = NDArray[np.float64]


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


def state_report(
    pack: Pack, *, state: str, powers: tuple[str, ...], since: int, until: int, prior: Prior, draws: int, seed: int
) -> StateReport:
    """Compute the figures of one state between powers for the years since … until."""
    f = Grid(list(range(since, until + 1)), powers)
    shares = channels_of(pack, states=[state], powers=powers, years=f.years)
    table = channel_array(shares, f)
    w = policy.engagement(table, draws=draws, seed=seed)
    components = rivalry_array(pack, f)
    r = policy.rivalry(components, draws=draws, seed=seed + 1)
    strengths = capabilities(pack, powers=powers, years=f.years)
    point, drawn = policy.order(r, capability=_capability_array(strengths, f))
    levers = leverage_components(
        pack, state=state, powers=powers, years=f.years, trade=shares.filter(pl.col("channel") == "trade")
    )
    lever = policy.leverage(levers, draws=draws, seed=seed + 2)
    path = policy.leeway_path(w, r=r, lever=lever, side=drawn.side, prior=prior, seed=seed + 3)
    flows = trade_by_option(pack, powers=powers, years=f.years, states=[state])
    year = headline_year(table, f)
    trade, trade_summary, document_shares = trade_figures(pack, state=state, years=f.years, by_option=flows)
    ring, ring_power, ring_region, ring_on = tiers(state, powers=powers, lever=lever.value, years=f.years, year=year)
    near = lean_of_region(pack, state=state, powers=powers, until=until)
    spells = organisations.portfolio(state)
    return StateReport(
        state=state,
        powers=powers,
        since=since,
        until=until,
        year=year,
        engagement=_engagement(w, table, f),
        channels=shares.drop("state").with_columns(pl.col("year").cast(pl.Int32)),
        multi_vector=_multi_vector(w, table, r, f),
        rivalry=_rivalry(r, components, f),
        order=_order(point, drawn, strengths, f),
        order_blocs=_blocs(point, f),
        leverage=_leverage(lever, levers, f),
        leeway=_leeway(path, f),
        leeway_pairs=_pairs(path, f),
        trade=trade,
        trade_summary=trade_summary,
        document_shares=document_shares,
        economy=_economy(pack, state=state, years=f.years),
        distance=un_distance(pack, state=state, powers=powers, years=f.years).with_columns(
            pl.col("year").cast(pl.Int32)
        ),
        organisations=spells,
        tiers=ring,
        tiers_power=ring_power,
        tiers_region=ring_region,
        tiers_on=ring_on,
        lean=near,
        shapes=map_shapes(pack, states=list(near["state"])),
        events=events.events(states=[state]),
        leaders=pack.table("leaders").filter(pl.col("state") == state).drop("state"),
        sources=sources_used(pack),
        missing=missing(pack, state=state, years=f.years, powers=powers, flows=flows, table=table),
        assumptions={
            "coercion": prior.coercion,
            "cross_pressure": prior.cross_pressure,
            "intolerance": prior.intolerance,
            "draws": draws,
            "pair_draws": min(draws, policy.PAIR_DRAWS),
            "seed": seed,
        },
        provenance={
            "equipoise": version("equipoise"),
            "pack": pack.manifest["version"],
            "pack_sha256": pack.fingerprint,
        },
    )


def channels_of(pack: Pack, *, states: Sequence[str], powers: Sequence[str], years: Sequence[int]) -> pl.DataFrame:
    """Channel shares of states: from the pack for the default powers, computed for any other set."""
    if tuple(powers) != DEFAULT_POWERS:
        return channel_shares(pack, powers=powers, years=years, states=states)
    kept = pack.table("channels").filter(pl.col("state").is_in(list(states)) & pl.col("year").is_in(list(years)))
    return kept.with_columns(pl.col("channel", "option", "source").cast(pl.String), pl.col("share").cast(pl.Float64))


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


def headline_year(table: Array, f: Grid) -> int | None:
    """The last year whose engagement rests on trade or on two channels; failing that, on any; None without one."""
    seen = np.asarray(np.isfinite(table).all(-1))
    strong = np.flatnonzero(seen[:, CHANNELS.index("trade")] | (seen.sum(1) >= 2))
    anyway = strong if strong.size else np.flatnonzero(seen.any(1))
    return f.years[anyway[-1]] if anyway.size else None


def lean_of_region(pack: Pack, *, state: str, powers: tuple[str, ...], until: int) -> pl.DataFrame:
    """Return state, power, share, margin, year for the state's region and land neighbours: towards whom each leans."""
    around = lean(pack, state=state, powers=powers)
    years = list(range(max(1991, until - 15), until + 1))
    f = Grid(years, powers)
    shares = channels_of(pack, states=around, powers=powers, years=years)
    rows: list[tuple[str, str | None, float | None, float | None, int | None]] = []
    for name in around:
        table = channel_array(shares.filter(pl.col("state") == name), f)
        year = headline_year(table, f)
        if year is None:
            rows.append((name, None, None, None, None))
            continue
        w = policy.engagement(table, draws=1, seed=0).value[year - years[0], 1:]
        first, second = np.sort(w)[::-1][:2]
        rows.append((name, powers[int(w.argmax())], float(first), float(first - second), year))
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


def _engagement(w: Band, table: Array, f: Grid) -> pl.DataFrame:
    low, high = w.interval()
    count = np.isfinite(table).all(-1).sum(1)
    frame = f.by_option(f.options, share=w.value, low=low, high=high)
    observed = pl.DataFrame({"year": f.years, "channels": count}, schema={"year": pl.Int32, "channels": pl.Int32})
    return frame.join(observed, on="year", how="left", maintain_order="left")


def _multi_vector(w: Band, table: Array, r: Band, f: Grid) -> pl.DataFrame:
    index = Band(multi_vector(w.value), multi_vector(w.draws))
    low, high = index.interval()
    matrix = to_matrix(r.value, powers=len(f.powers))
    return f.by_year(
        index=index.value,
        index_low=low,
        index_high=high,
        spread=spread(w.value),
        issue_splitting=issue_splitting(table),
        straddle=straddle(w.value, rivalry=matrix),
    )


def _rivalry(r: Band, components: Array, f: Grid) -> pl.DataFrame:
    low, high = r.interval()
    pooled = f.by_pair(value=r.value, low=low, high=high).with_columns(pl.lit("pooled").alias("component"))
    none = np.full_like(r.value, np.nan)
    parts = [
        f.by_pair(value=components[:, c], low=none, high=none).with_columns(pl.lit(name).alias("component"))
        for c, name in enumerate(COMPONENTS)
    ]
    return pl.concat([*parts, pooled]).select("year", "power_a", "power_b", "component", "value", "low", "high")


def _order(point: OrderPath, drawn: OrderPath, strengths: pl.DataFrame, f: Grid) -> pl.DataFrame:
    low, high = Band(point.value, drawn.value).interval()
    of = (
        strengths.group_by("year")
        .agg(pl.col("capability_year").first().cast(pl.Int32))
        .with_columns(pl.col("year").cast(pl.Int32))
    )
    return f.by_year(stress=point.value, low=low, high=high).join(of, on="year", how="left", maintain_order="left")


def _blocs(point: OrderPath, f: Grid) -> pl.DataFrame:
    bloc = np.where(point.side > 0, 1.0, np.where(point.side < 0, 2.0, np.nan))
    frame = f.by_option(f.powers, bloc=bloc, loading=point.eigenvector)
    return frame.with_columns(pl.col("bloc").cast(pl.Int32))


def _leverage(lever: Band, levers: Array, f: Grid) -> pl.DataFrame:
    parts = {name: levers[:, c] for c, name in enumerate(LEVERAGE)}
    return f.by_option(f.powers, leverage=lever.value, **parts)


_LEEWAY = {
    "year": pl.Int32,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "falls_to": pl.String,
    "falls_to_power": pl.String,
    "cause": pl.String,
    "collapses": pl.Float64,
    "not_stable": pl.Float64,
}


def _leeway(path: LeewayPath | None, f: Grid) -> pl.DataFrame:
    """The median over draws with its interval; to whom and why by the most frequent answer among collapsing draws."""
    if path is None:
        return pl.DataFrame(schema=_LEEWAY)
    low, mid, high = np.quantile(path.main.value, [0.05, 0.5, 0.95], axis=0)
    rows = []
    for t, position in enumerate(path.years):
        cause = path.main.cause[:, t]
        ended = cause > 0
        after = path.main.after[ended, t]
        to = f.options[_mode(after.argmax(1))] if ended.any() else None
        power = f.powers[_mode(after[:, 1:].argmax(1))] if ended.any() else None
        rows.append(
            (
                f.years[position],
                mid[t],
                low[t],
                high[t],
                to,
                power,
                CAUSES[_mode(cause[ended])] if ended.any() else "none",
                ended.mean(),
                path.main.not_stable[:, t].mean(),
            )
        )
    return pl.DataFrame(rows, schema=_LEEWAY, orient="row")


_PAIRS = {
    "year": pl.Int32,
    "power_a": pl.String,
    "power_b": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "mean": pl.Float64,
    "one_sided": pl.Float64,
}


def _pairs(path: LeewayPath | None, f: Grid) -> pl.DataFrame:
    """Leeway by pair over draws; ``one_sided``: share of draws in which the state is not between the two even now."""
    if path is None:
        return pl.DataFrame(schema=_PAIRS)
    low, mid, high = np.quantile(path.pairs.value, [0.05, 0.5, 0.95], axis=0)
    some = Grid([f.years[p] for p in path.years], f.powers)
    now = (path.pairs.cause == CAUSES.index("already")).mean(0)
    return some.by_pair(value=mid, low=low, high=high, mean=path.pairs.value.mean(0), one_sided=now)


def _mode(values: NDArray[Any]) -> int:
    return int(np.bincount(values).argmax())


def _economy(pack: Pack, *, state: str, years: Sequence[int]) -> pl.DataFrame:
    own = pack.table("state_year").filter((pl.col("state") == state) & pl.col("year").is_in(list(years)))
    oil = pack.table("oil").filter(pl.col("months") == 12)
    spine = pl.DataFrame({"year": list(years)}, schema={"year": pl.Int16})
    return (
        spine.join(own, on="year", how="left")
        .join(oil, on="year", how="left")
        .select(pl.col("year").cast(pl.Int32), "gdp_2015usd", "growth_pct", "population", "oil_usd_bbl")
    )
