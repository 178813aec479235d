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
from equipoise.measure.sides import over_rivals
from equipoise.measure.strategies import hedging
from equipoise.measure.system import COMPONENTS, LEVERAGE, un_distance
from equipoise.model import policy
from equipoise.model.continuation import CAUSES
from equipoise.model.left_out import LEFT_OUT_DRAWS
from equipoise.model.policy import Band, LeewayPath
from equipoise.model.priors import Prior
from equipoise.pipeline.estimates import Estimates, Grid, estimate, headline_year, lean_of_region
from equipoise.pipeline.facts import decoupled, map_shapes, missing, sources_used, tiers, trade_figures
from equipoise.pipeline.openings import openings_of
from equipoise.pipeline.parameters import basis, thesis_frames
from equipoise.pipeline.sensitivity import (
    left_out,
    ranges,
    rivalry_without,
    straddle_band,
    structure_blocs,
    structure_columns,
    without_each,
)
from equipoise.pipeline.sides import pairs_of, sides_band
from equipoise.pipeline.stance_page import stance_frames
from equipoise.pipeline.strategy import strategies
from equipoise.schema import StateReport

Array = NDArray[np.float64]


def state_report(
    pack: Pack, *, state: str, powers: tuple[str, ...], since: int, until: int, prior: Prior, draws: int, seed: int,
    weights: Array,
) -> StateReport:  # fmt: skip
    """Compute the figures of one state between powers for the years since … until.

    ``weights`` (C,) are those of the components of rivalry; they sum to one.
    """
    f = Grid(list(range(since, until + 1)), powers)
    e = estimate(pack, state=state, grid=f, prior=prior, draws=draws, seed=seed, weights=weights)
    year = headline_year(e.table, years=f.years, among=f.years)
    pairs = pairs_of(pack, state=state, grid=f)
    found = {**_modelled(e, pairs=pairs, prior=prior, seed=seed), **_looked_up(pack, state=state, e=e, year=year),
             **stance_frames(pack, state=state, powers=powers, since=since, until=until)}
    return StateReport(
        state=state,
        powers=powers,
        since=since,
        until=until,
        year=year,
        **{k: _settled(v) for k, v in (found | thesis_frames(pack)).items()},
        assumptions={
            "parameters": basis(prior),
            "coercion": prior.coercion,
            "cross_pressure": prior.cross_pressure,
            "intolerance": prior.intolerance,
            "draws": draws,
            "pair_draws": min(draws, policy.PAIR_DRAWS),
            "left_out_draws": min(draws, LEFT_OUT_DRAWS),
            "seed": seed,
            "rivalry_weights": dict(zip(COMPONENTS, weights.tolist(), strict=True)),
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


def _modelled(e: Estimates, *, pairs: Array, prior: Prior, seed: int) -> dict[str, Any]:
    across = straddle_band(e)
    return {
        "engagement": shares_frame(e),
        "channels": e.shares.drop("state").with_columns(pl.col("year").cast(pl.Int32)),
        "multi_vector": multi_vector_frame(e, pairs=pairs, across=across),
        "rivalry": rivalry_frame(e),
        "rivalry_without": rivalry_without(e),
        "left_out": left_out(e),
        "order": order_frame(e),
        "order_blocs": blocs_frame(e),
        "leverage": _leverage(e),
        "leeway": _leeway(e),
        "leeway_pairs": _pairs(e.path, e.grid),
        "strategies": strategies(e, prior=prior, seed=seed, across=across),
    }


def _looked_up(pack: Pack, *, state: str, e: Estimates, year: int | None) -> dict[str, Any]:
    f = e.grid
    flows = trade_by_option(pack, powers=f.powers, years=f.years, states=[state])
    trade, trade_summary, document_shares = trade_figures(pack, state=state, years=f.years, by_option=flows)
    ring, power, region, on = tiers(pack, state=state, powers=f.powers, lever=e.lever.value, years=f.years, year=year)
    near = lean_of_region(pack, state=state, grid=f)
    distance = un_distance(pack, state=state, powers=f.powers, years=f.years)
    opened, claims = openings_of(pack, state=state, powers=f.powers, until=f.years[-1])
    return {
        "trade": trade,
        "trade_summary": trade_summary,
        "document_shares": document_shares,
        "economy": _economy(pack, state=state, years=f.years),
        "distance": distance.with_columns(pl.col("year").cast(pl.Int32)),
        "organisations": organisations.portfolio(state),
        "openings": opened,
        "opening_claims": claims,
        "tiers": ring,
        "tiers_power": power,
        "tiers_region": region,
        "tiers_on": on,
        "lean": near,
        "shapes": map_shapes(pack, states=list(near["state"])),
        "events": events.events(states=[state]).filter(pl.col("kind") != "publication"),
        "leaders": pack.table("leaders").filter(pl.col("state") == state).drop("state"),
        "sources": sources_used(),
        "missing": missing(pack, state=state, e=e, flows=flows),
        "decoupling": decoupled(pack, state=state, powers=f.powers, years=f.years),
    }


def shares_frame(e: Estimates) -> pl.DataFrame:
    """Pooled shares by year and option, 0 to 1 with their 90 % interval, and how many channels are observed."""
    f = e.grid
    low, high = e.w.interval()
    frame = f.by_option(f.options, share=e.w.value, low=low, high=high)
    count = np.isfinite(e.table).all(-1).sum(1)
    observed = pl.DataFrame({"year": f.years, "channels": count}, schema={"year": pl.Int32, "channels": pl.Int32})
    return frame.join(observed, on="year", how="left", maintain_order="left")


def multi_vector_frame(e: Estimates, *, pairs: Array, across: Band | None = None) -> pl.DataFrame:
    """The multi-vector index by year, 0 to 1, with the measures beside it, their intervals and ranges.

    ``pairs`` (T, K, K) is what every pair of powers gives to equidistance; ``across`` the straddle of the estimates,
    where it is known already.
    """
    index = Band(multi_vector(e.w.value), multi_vector(e.w.draws))
    low, high = index.interval()
    across = across or straddle_band(e)
    across_low, across_high = across.interval()
    least, most = ranges(without_each(e, measure=straddle), used=e.left.used)
    powers = len(e.grid.powers)
    hedge = Band(*(hedging(w, rivalry=to_matrix(r, powers=powers)) for w, r in
                   ((e.w.value, e.r.value), (e.w.draws, e.r.draws))))
    hedge_low, hedge_high = hedge.interval()
    hedge_least, hedge_most = ranges(without_each(e, measure=hedging), used=e.left.used)
    return e.grid.by_year(
        index=index.value,
        index_low=low,
        index_high=high,
        spread=spread(e.w.value),
        issue_splitting=issue_splitting(e.table),
        straddle=across.value,
        straddle_low=across_low,
        straddle_high=across_high,
        straddle_without_low=least,
        straddle_without_high=most,
        **_equidistance(e, pairs=pairs),
        hedging=hedge.value,
        hedging_low=hedge_low,
        hedging_high=hedge_high,
        hedging_without_low=hedge_least,
        hedging_without_high=hedge_most,
    )


def _equidistance(e: Estimates, *, pairs: Array) -> dict[str, Array]:
    # As for engagement, there is none in a year in which no channel is observed.
    seen = np.where(np.isnan(e.w.value.sum(axis=-1, keepdims=True))[..., None], np.nan, pairs)
    found = sides_band(seen, r=e.r)
    low, high = found.interval()
    without = over_rivals(seen, rivalry=to_matrix(e.left.rivalry, powers=len(e.grid.powers)))
    least, most = ranges(without, used=e.left.used)
    names = ("equidistance", *(f"equidistance_{end}" for end in ("low", "high", "without_low", "without_high")))
    return dict(zip(names, (found.value, low, high, least, most), strict=True))


def rivalry_frame(e: Estimates) -> pl.DataFrame:
    """Rivalry, 0 to 1, by year, pair of powers and component, ``pooled`` with its interval and range."""
    f = e.grid
    low, high = e.r.interval()
    least, most = ranges(e.left.rivalry, used=e.left.used)
    none = np.full_like(e.r.value, np.nan)
    columns = ("value", "low", "high", "without_low", "without_high")
    observed = {name: (e.components[:, c], none, none, none, none) for c, name in enumerate(COMPONENTS)}
    parts = [
        f.by_pair(**dict(zip(columns, part, strict=True))).with_columns(pl.lit(name).alias("component"))
        for name, part in {**observed, "pooled": (e.r.value, low, high, least, most)}.items()
    ]
    return pl.concat(parts).select("year", "power_a", "power_b", "component", *columns)


def order_frame(e: Estimates) -> pl.DataFrame:
    """Order stress by year, 0 to 1, with its interval and range, the structure, and the year of the capabilities."""
    low, high = Band(e.point.value, e.drawn.value).interval()
    when = e.strengths.group_by(pl.col("year").cast(pl.Int32)).agg(pl.col("capability_year").first().cast(pl.Int32))
    least, most = ranges(e.left.stress, used=e.left.used)
    without = {"stress_without_low": least, "stress_without_high": most}
    frame = e.grid.by_year(stress=e.point.value, low=low, high=high, **without, **structure_columns(e))
    return frame.join(when, on="year", how="left", maintain_order="left")


def blocs_frame(e: Estimates) -> pl.DataFrame:
    """The bloc, 1 or 2, and the loading of each power by year in the split of order stress and in the deepest one."""
    bloc = np.where(e.point.side > 0, 1.0, np.where(e.point.side < 0, 2.0, np.nan))
    frame = e.grid.by_option(e.grid.powers, bloc=bloc, loading=e.point.eigenvector, deepest=structure_blocs(e))
    return frame.with_columns(pl.col("bloc", "deepest").cast(pl.Int32))


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
    "without_low": pl.Float64,
    "without_high": pl.Float64,
}


def _leeway(e: Estimates) -> pl.DataFrame:
    """The median over draws, its 90 and 50 % intervals; to whom and why: what most of the collapsing draws say."""
    path, f = e.path, e.grid
    if path is None:
        return pl.DataFrame(schema=_LEEWAY)
    least, most = ranges(e.left.leeway, used=e.left.used)
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
                least[position],
                most[position],
            )
        )
    return pl.DataFrame(rows, schema=_LEEWAY, orient="row").fill_nan(None)


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
