"""The system between the powers, from the pack: components of rivalry, capabilities, and a state's leverage.

Components follow model.md §4, each from 0 to 1; a power of several states counts as the mean of its members, weighted
by capability (ideal points: unweighted, as in the Assembly, one state one vote).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import sanctions
from equipoise.assemble.packed import Pack, last_year
from equipoise.assemble.powers import members
from equipoise.measure.engagement import World, obligations, worlds
from equipoise.measure.portfolios import similarity
from equipoise.measure.rivalry import (
    alliance_component,
    disputes_component,
    highest_recent,
    ideal_point_component,
    pair_positions,
    strategic_component,
    to_pairs,
)
from equipoise.schema import STEPS_PER_SD

Array = NDArray[np.float64]

COMPONENTS = ("ideal_points", "sanctions", "alliances", "disputes", "strategic")
CLOSENESS = ("ideal_points", "alliances")
"""The components that measure closeness as well as distance; the others record hostile acts only."""

DISPUTE_WINDOW = 5
LEVERAGE = ("trade", "border", "alliance")

DISASTER = 0.1
"""The loss of real income that counts as leverage 1: what Barro & Ursúa (2008) call an economic disaster."""


def rivalry_components(pack: Pack, *, powers: Sequence[str], years: Sequence[int]) -> Array:
    """Return (T, C, P): each component of :data:`COMPONENTS` for each pair of powers, NaN past a source's coverage.

    Pairs are in the order of ``numpy.triu_indices(K, 1)``.
    """
    return _rivalry(pack, tuple(powers), tuple(years)).copy()


@lru_cache(maxsize=4)
def _rivalry(pack: Pack, powers: tuple[str, ...], years: tuple[int, ...]) -> Array:
    """It is the same for every state between the same powers."""
    all_worlds = list(worlds(pack, powers=powers, years=years))
    first, second = pair_positions(len(powers))
    hostility = _hostility(pack, powers=powers, years=years)
    scale = ideal_scale(pack)
    out = []
    for world, level in zip(all_worlds, hostility, strict=True):
        parts = (
            ideal_point_component(_ideal(pack, world), scale=scale),
            _sanctions(powers, year=world.year),
            _alliances(pack, world),
            disputes_component(level),
            _strategic(pack, world),
        )
        pairs = np.stack([to_pairs(p) for p in parts])
        # A power that was not there yet had no rivals, but no peace either.
        there = np.any(world.belongs, axis=1)
        pairs[:, ~there[first] | ~there[second]] = np.nan
        out.append(pairs)
    return np.array(out)


def ideal_scale(pack: Pack) -> float:
    """The largest distance between two states' ideal points in any year of the pack: it counts as rivalry 1."""
    spread = (
        pack.table("state_year")
        .group_by("year")
        .agg((pl.col("ideal_point").max() - pl.col("ideal_point").min()).alias("d"))
    )
    return float(spread.select(pl.col("d").max()).item())


def capabilities(pack: Pack, *, powers: Sequence[str], years: Sequence[int]) -> pl.DataFrame:
    """Return year, power, capability (share of the world's, summed over members) and capability_year.

    After the source's last year the last known capability stands, and ``capability_year`` says of which year it is.
    """
    cinc = pack.table("state_year").select("state", "year", "cinc").drop_nulls()
    last = last_year(cinc)
    parts = members(powers, years=years).with_columns(
        pl.min_horizontal(pl.col("year"), pl.lit(last, pl.Int16)).alias("capability_year")
    )
    known = parts.join(cinc.rename({"year": "capability_year"}), on=["state", "capability_year"], how="left")
    return known.group_by("year", "power", "capability_year", maintain_order=True).agg(
        pl.when(pl.col("cinc").is_not_null().any()).then(pl.col("cinc").sum()).first().alias("capability")
    )


def un_distance(pack: Pack, *, state: str, powers: Sequence[str], years: Sequence[int]) -> pl.DataFrame:
    """Return year, power, distance, low, high, published: the gap between ideal points, in standard deviations.

    The distance is that of the posterior means; ``low`` and ``high`` are the 5th and 95th percentile of the distances
    in the joint draws that the pack carries. ``published`` is the gap between the points of Bailey, Strezhnev and
    Voeten's own file, to compare with. A power of several states is their mean.
    """
    parts = members(powers, years=years).filter(pl.col("state") != state)
    drawn = _ideal_draws(pack, states=[state, *parts["state"].unique()], years=years)
    theirs = pack.table("panel_ideal_points").select("year", state="iso3", point="ideal_point")
    published = _gaps(theirs, parts=parts, state=state)
    rows = []
    for (year, power), group in parts.group_by("year", "power", maintain_order=True):
        others = [drawn[s, year] for s in group["state"] if (s, year) in drawn]
        if (state, year) in drawn and others:
            gap = drawn[state, year] - np.mean(others, axis=0)
            low, high = np.quantile(np.abs(gap[1:]), [0.05, 0.95])
            rows.append((year, power, abs(gap[0]), low, high))
    own = pl.DataFrame(rows, orient="row", schema={"year": pl.Int16, "power": pl.String, "distance": pl.Float64,
                                                   "low": pl.Float64, "high": pl.Float64})
    both = own.join(published.rename({"gap": "published"}), on=["year", "power"], how="full", coalesce=True)
    return both.sort("year", "power")


def _ideal_draws(pack: Pack, *, states: Sequence[str], years: Sequence[int]) -> dict[tuple[str, int], Array]:
    """The mean and then the joint draws (1 + D,) of each state's point in each year, from the pack's first on."""
    points = pack.table("ideal_points").select("state", "year", "mean", "sd")
    wanted = pl.col("state").is_in(list(states)) & pl.col("year").is_in(list(years))
    table = pack.table("ideal_draws").filter(wanted).join(points, on=["state", "year"])
    mean, sd = table["mean"].to_numpy()[:, None], table["sd"].to_numpy()[:, None]
    drawn = np.hstack([mean, mean + sd * table["draws"].to_numpy() / STEPS_PER_SD])
    return dict(zip(table.select("state", "year").rows(), drawn, strict=True))


def _gaps(points: pl.DataFrame, *, parts: pl.DataFrame, state: str) -> pl.DataFrame:
    """Return year, power, gap: how far the state's point is from the mean of each power's members."""
    known = points.drop_nulls().with_columns(pl.col("year").cast(pl.Int16))
    theirs = parts.join(known, on=["state", "year"]).group_by("year", "power").agg(pl.col("point").mean())
    own = known.filter(pl.col("state") == state).select("year", own="point")
    return theirs.join(own, on="year").select("year", "power", gap=(pl.col("own") - pl.col("point")).abs())


def loss_component(losses: Array) -> Array:
    """Return leverage by trade, 0…1, from losses of real income if trade with a power stops, as shares of it.

    A loss of :data:`DISASTER` or more counts as 1 (Barro & Ursúa 2008, "Macroeconomic crises since 1870": a fall of a
    tenth or more in consumption or output). NaN stays NaN.

    >>> loss_component(np.array([0.0, 0.02, 0.3, np.nan]))
    array([0. , 0.2, 1. , nan])
    """
    return np.clip(losses / DISASTER, 0.0, 1.0)


def leverage_components(
    pack: Pack, *, state: str, powers: Sequence[str], years: Sequence[int], losses: Array
) -> Array:
    """Return (…, T, C, K): each component of :data:`LEVERAGE` of each power over the state, 0…1, NaN where unknown.

    trade: what the state would lose if trade with the power stopped, see :func:`loss_component`, ``losses`` being
    (…, T, K); border: the power's share of the length of the state's land border; alliance: the state's obligation to
    it.
    """
    out = np.full((len(years), len(LEVERAGE), len(powers)), np.nan)
    border = _border(pack, state=state)
    alliances = pack.table("alliances")
    last, mine = last_year(alliances), alliances.filter(pl.col("state_a").is_in([state]))
    for t, world in enumerate(worlds(pack, powers=powers, years=years)):
        if border is not None:
            out[t, 1] = [
                sum(border.get(s, 0.0) for s, on in zip(world.states, row, strict=True) if on and s != state)
                for row in world.belongs
            ]
        if state in world.states and world.year <= last:
            own = obligations(mine, world)[world.states.index(state)]
            out[t, 2] = [_weighted(own, row, without=world.states.index(state)) for row in world.weights]
    out = np.broadcast_to(out, (*losses.shape[:-1], *out.shape[1:])).copy()
    out[..., 0, :] = loss_component(losses)
    return out


def _border(pack: Pack, *, state: str) -> dict[str, float] | None:
    """Each neighbour's share of the state's land border; empty without any; None for a state not on the map."""
    if state not in set(pack.table("shapes")["iso3"].drop_nulls()):
        return None
    lines = pack.table("distances").filter((pl.col("state_a") == state) & (pl.col("border_km") > 0))
    total = lines["border_km"].sum()
    return {s: km / total for s, km in lines.select("state_b", "border_km").iter_rows()}


def _weighted(values: Array, weight: Array, *, without: int) -> float:
    w = np.where(np.arange(len(weight)) == without, 0.0, weight)
    return float((w * values).sum() / w.sum()) if w.sum() > 0 else np.nan


def _ideal(pack: Pack, world: World) -> Array:
    now = pack.table("state_year").filter(pl.col("year") == world.year)["ideal_point"].to_numpy()
    return np.array(
        [now[on][np.isfinite(now[on])].mean() if np.isfinite(now[on]).any() else np.nan for on in world.belongs]
    )


def _sanctions(powers: Sequence[str], *, year: int) -> Array:
    rows = sanctions.in_force(list(powers), years=[year])
    out = np.full((len(powers), len(powers)), np.nan)
    np.fill_diagonal(out, 0.0)
    for a, b, value in rows.select("power_a", "power_b", "value").iter_rows():
        i, j = powers.index(a), powers.index(b)
        out[i, j] = out[j, i] = np.nan if value is None else value
    return out


def _alliances(pack: Pack, world: World) -> Array:
    """(1 − S)/2 on alliance portfolios (0 none … 1 defence) towards all states, weighted by their capability."""
    alliances = pack.table("alliances")
    k = len(world.belongs)
    if world.year > last_year(alliances) or not np.isfinite(world.capability).any():
        return np.full((k, k), np.nan)
    owed = obligations(alliances, world)
    np.fill_diagonal(owed, 1.0)
    # Rounding can lift a mean of ones above 1.
    portfolios = np.minimum(world.weights @ owed, 1.0)
    return alliance_component(
        similarity(portfolios, measure="S", scale=(0, 1), weights=np.nan_to_num(world.capability))
    )


def _hostility(pack: Pack, *, powers: Sequence[str], years: Sequence[int]) -> Array:
    """Highest hostility of disputes between the powers in five years (T, K, K), members weighted by capability."""
    table = pack.table("disputes")
    last = last_year(table)
    span = range(min(years) - DISPUTE_WINDOW + 1, max(years) + 1)
    k = len(powers)
    level = np.full((len(span), k, k), np.nan)
    parts = members(powers, years=span)
    pairs = table.join(
        parts.select("year", pl.col("state").alias("state_a"), pl.col("power").alias("pa")), on=["year", "state_a"]
    )
    pairs = pairs.join(
        parts.select("year", pl.col("state").alias("state_b"), pl.col("power").alias("pb")), on=["year", "state_b"]
    )
    weights = _member_weights(pack, parts)
    for t, year in enumerate(span):
        if year > last:
            continue
        level[t] = 0.0
        now = (
            pairs.filter(pl.col("year") == year)
            .group_by("state_a", "state_b", "pa", "pb")
            .agg(pl.col("hostility").max())
            .sort("state_a", "state_b")  # one order of adding, so that the last digit repeats
        )
        for a, b, pa, pb, h in now.iter_rows():
            if pa != pb:
                i, j = powers.index(pa), powers.index(pb)
                level[t, i, j] += h * weights.get((year, a), 1.0) * weights.get((year, b), 1.0)
                level[t, j, i] = level[t, i, j]
    return highest_recent(level, years=DISPUTE_WINDOW)[DISPUTE_WINDOW - 1 :]


def _member_weights(pack: Pack, parts: pl.DataFrame) -> dict[tuple[int, str], float]:
    """Each member's share of its power's capability by year; a power of one state weighs 1."""
    cinc = pack.table("state_year").select("state", "year", "cinc")
    joined = parts.join(cinc, on=["state", "year"], how="left").with_columns(
        (pl.col("cinc") / pl.col("cinc").sum().over("year", "power")).alias("w"),
        pl.len().over("year", "power").alias("n"),
    )
    return {
        (y, s): (1.0 if n == 1 else (w if w is not None else 1.0 / n))
        for y, s, w, n in joined.select("year", "state", "w", "n").iter_rows()
    }


def _strategic(pack: Pack, world: World) -> Array:
    table = pack.table("rivalries")
    k = len(world.belongs)
    if world.year > last_year(table, column="end_year"):
        return np.full((k, k), np.nan)
    n = len(world.states)
    index = {s: i for i, s in enumerate(world.states)}
    on = np.zeros((n, n))
    now = table.filter((pl.col("start_year") <= world.year) & (pl.col("end_year") >= world.year))
    for a, b in now.select("state_a", "state_b").iter_rows():
        if a in index and b in index:
            on[index[a], index[b]] = on[index[b], index[a]] = 1.0
    out = world.weights @ on @ world.weights.T
    np.fill_diagonal(out, 0.0)
    return strategic_component(out)
