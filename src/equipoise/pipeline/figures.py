"""All figures of one state's report, computed from the pack."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl
import polars.selectors as cs
from numpy.typing import NDArray

from equipoise.assemble import events, organisations
from equipoise.assemble.packed import Pack
from equipoise.measure.engagement import trade_by_option
from equipoise.measure.multivector import issue_splitting, multi_vector, spread, straddle
from equipoise.measure.rivalry import to_matrix
from equipoise.measure.system import COMPONENTS, LEVERAGE, un_distance
from equipoise.model import policy
from equipoise.model.continuation import CAUSES
from equipoise.model.policy import Band, LeewayPath
from equipoise.model.priors import Prior
from equipoise.pipeline.estimates import Estimates, Grid, estimate, headline_year, lean_of_region
from equipoise.pipeline.facts import map_shapes, missing, sources_used, tiers, trade_figures
from equipoise.schema import StateReport

Array = NDArray[np.float64]


def state_report(
    pack: Pack, *, state: str, powers: tuple[str, ...], since: int, until: int, prior: Prior, draws: int, seed: int
) -> StateReport:
    """Compute the figures of one state between powers for the years since … until."""
    f = Grid(list(range(since, until + 1)), powers)
    e = estimate(pack, state=state, grid=f, prior=prior, draws=draws, seed=seed)
    year = headline_year(e.table, years=f.years, among=f.years)
    return StateReport(
        state=state,
        powers=powers,
        since=since,
        until=until,
        year=year,
        **{k: _settled(v) for k, v in {**_modelled(e), **_looked_up(pack, state=state, e=e, year=year)}.items()},
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


def _settled(value: Any) -> Any:
    """Frames with floats rounded to ten digits: the last bits differ between processors, and a report must not."""
    return value.with_columns(cs.float().round_sig_figs(10)) if isinstance(value, pl.DataFrame) else value


def _modelled(e: Estimates) -> dict[str, Any]:
    return {
        "engagement": _engagement(e),
        "channels": e.shares.drop("state").with_columns(pl.col("year").cast(pl.Int32)),
        "multi_vector": _multi_vector(e),
        "rivalry": _rivalry(e),
        "order": _order(e),
        "order_blocs": _blocs(e),
        "leverage": _leverage(e),
        "leeway": _leeway(e.path, e.grid),
        "leeway_pairs": _pairs(e.path, e.grid),
    }


def _looked_up(pack: Pack, *, state: str, e: Estimates, year: int | None) -> dict[str, Any]:
    f = e.grid
    flows = trade_by_option(pack, powers=f.powers, years=f.years, states=[state])
    trade, trade_summary, document_shares = trade_figures(pack, state=state, years=f.years, by_option=flows)
    ring, power, region, on = tiers(state, powers=f.powers, lever=e.lever.value, years=f.years, year=year)
    near = lean_of_region(pack, state=state, grid=f)
    distance = un_distance(pack, state=state, powers=f.powers, years=f.years)
    return {
        "trade": trade,
        "trade_summary": trade_summary,
        "document_shares": document_shares,
        "economy": _economy(pack, state=state, years=f.years),
        "distance": distance.with_columns(pl.col("year").cast(pl.Int32)),
        "organisations": organisations.portfolio(state),
        "tiers": ring,
        "tiers_power": power,
        "tiers_region": region,
        "tiers_on": on,
        "lean": near,
        "shapes": map_shapes(pack, states=list(near["state"])),
        "events": events.events(states=[state]),
        "leaders": pack.table("leaders").filter(pl.col("state") == state).drop("state"),
        "sources": sources_used(),
        "missing": missing(pack, state=state, e=e, flows=flows),
    }


def _engagement(e: Estimates) -> pl.DataFrame:
    f = e.grid
    low, high = e.w.interval()
    frame = f.by_option(f.options, share=e.w.value, low=low, high=high)
    count = np.isfinite(e.table).all(-1).sum(1)
    observed = pl.DataFrame({"year": f.years, "channels": count}, schema={"year": pl.Int32, "channels": pl.Int32})
    return frame.join(observed, on="year", how="left", maintain_order="left")


def _multi_vector(e: Estimates) -> pl.DataFrame:
    index = Band(multi_vector(e.w.value), multi_vector(e.w.draws))
    low, high = index.interval()
    matrix = to_matrix(e.r.value, powers=len(e.grid.powers))
    return e.grid.by_year(
        index=index.value,
        index_low=low,
        index_high=high,
        spread=spread(e.w.value),
        issue_splitting=issue_splitting(e.table),
        straddle=straddle(e.w.value, rivalry=matrix),
    )


def _rivalry(e: Estimates) -> pl.DataFrame:
    f = e.grid
    low, high = e.r.interval()
    none = np.full_like(e.r.value, np.nan)
    observed = {name: (e.components[:, c], none, none) for c, name in enumerate(COMPONENTS)}
    parts = [
        f.by_pair(value=v, low=lo, high=hi).with_columns(pl.lit(name).alias("component"))
        for name, (v, lo, hi) in {**observed, "pooled": (e.r.value, low, high)}.items()
    ]
    return pl.concat(parts).select("year", "power_a", "power_b", "component", "value", "low", "high")


def _order(e: Estimates) -> pl.DataFrame:
    low, high = Band(e.point.value, e.drawn.value).interval()
    when = e.strengths.group_by(pl.col("year").cast(pl.Int32)).agg(pl.col("capability_year").first().cast(pl.Int32))
    frame = e.grid.by_year(stress=e.point.value, low=low, high=high)
    return frame.join(when, on="year", how="left", maintain_order="left")


def _blocs(e: Estimates) -> pl.DataFrame:
    bloc = np.where(e.point.side > 0, 1.0, np.where(e.point.side < 0, 2.0, np.nan))
    frame = e.grid.by_option(e.grid.powers, bloc=bloc, loading=e.point.eigenvector)
    return frame.with_columns(pl.col("bloc").cast(pl.Int32))


def _leverage(e: Estimates) -> pl.DataFrame:
    parts = {name: e.levers[:, c] for c, name in enumerate(LEVERAGE)}
    return e.grid.by_option(e.grid.powers, leverage=e.lever.value, **parts)


_LEEWAY = {
    "year": pl.Int32,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "mid_low": pl.Float64,
    "mid_high": pl.Float64,
    "falls_to": pl.String,
    "falls_to_power": pl.String,
    "cause": pl.String,
    "collapses": pl.Float64,
    "not_stable": pl.Float64,
}


def _leeway(path: LeewayPath | None, f: Grid) -> pl.DataFrame:
    """The median over draws, its 90 and 50 % intervals; to whom and why: what most of the collapsing draws say."""
    if path is None:
        return pl.DataFrame(schema=_LEEWAY)
    low, mid_low, mid, mid_high, high = np.quantile(path.main.value, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
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
                mid_low[t],
                mid_high[t],
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
