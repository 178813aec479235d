"""Engagement, the multi-vector index with its parts, and hedging of many states at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack
from equipoise.measure.multivector import issue_splitting, multi_vector, spread, straddle
from equipoise.measure.pooling import pool
from equipoise.measure.rivalry import to_matrix
from equipoise.measure.simplex import to_simplex
from equipoise.measure.strategies import hedging
from equipoise.model import policy
from equipoise.model.policy import Band
from equipoise.pipeline.estimates import Grid, channels_of, covered_years, rivalry_array
from equipoise.pipeline.sensitivity import FEW_POWERS
from equipoise.pipeline.sides import by_pair, channel_tables, sides_band, sides_of

Array = NDArray[np.float64]

BLOCK = 40
"""States whose draws are in memory at once."""


def engagement_frame(
    pack: Pack, *, states: Sequence[str], powers: Sequence[str], years: Sequence[int], draws: int, seed: int
) -> pl.DataFrame:
    """Return state, year, channels, share_<option> …, and index, its parts, equidistance and hedging.

    Each state is measured between the powers less itself; shares (0…1) with a power that is not among its own are
    null. ``channels`` is the number observed in the year. ``_low`` and ``_high`` are the 5th and 95th percentile, from
    the draws that a report takes with the same seed; without draws they are null. Years without any channel are left
    out.
    """
    between: dict[tuple[str, ...], list[str]] = {}
    for state in states:
        between.setdefault(tuple(p for p in powers if p != state), []).append(state)
    blocks = [(p, names[i : i + BLOCK]) for p, names in between.items() for i in range(0, len(names), BLOCK)]
    parts = [
        _block(pack, states=names, grid=Grid(list(years), p), draws=draws, seed=seed).select(
            "state", "year", "channels", *(_option(o, among=["0", *p]) for o in ("0", *powers)), *_COLUMNS
        )
        for p, names in blocks
    ]
    return pl.concat(parts).sort("state", "year")


_BANDS = ("index", "spread", "straddle", "equidistance", "hedging")
_COLUMNS = [
    c
    for name in ("index", "spread", "issue_splitting", "straddle", "equidistance", "hedging")
    for c in ((name, f"{name}_low", f"{name}_high") if name in _BANDS else (name,))
]


def _option(option: str, *, among: Sequence[str]) -> pl.Expr:
    name = f"share_{option}"
    return pl.col(name) if option in among else pl.lit(None, dtype=pl.Float64).alias(name)


def _block(pack: Pack, *, states: Sequence[str], grid: Grid, draws: int, seed: int) -> pl.DataFrame:
    """The frame of states that have the same powers. Pooling sees all years of the pack, as in a report."""
    f = Grid(covered_years(pack), grid.powers)
    shown = slice(grid.years[0] - f.years[0], grid.years[-1] - f.years[0] + 1)
    table = channel_tables(channels_of(pack, states=states, powers=f.powers, years=f.years), states=states, f=f)
    r = policy.rivalry(rivalry_array(pack, f), draws=max(draws, 1), seed=seed + 1).years(shown)
    w, seen = pooled_engagement(table)[:, shown], table[:, shown]
    values = _measured(w, to_matrix(r.value, powers=len(f.powers))) | {"issue_splitting": issue_splitting(seen)}
    sides = sides_band(by_pair(sides_of(pack, states=states, powers=f.powers, years=grid.years)), r=r)
    values["equidistance"] = sides.value
    drawn = [policy.engagement(t, draws=draws, seed=seed).draws[:, shown] for t in table] if draws else []
    values |= _bounds(values, drawn=drawn, r=r, sides=sides)
    keys = {
        "state": np.repeat(list(states), len(grid.years)),
        "year": np.tile(grid.years, len(states)),
        "channels": np.isfinite(seen).all(-1).sum(-1).ravel(),
    }
    shares = {f"share_{o}": w[..., i].ravel() for i, o in enumerate(f.options)}
    frame = pl.DataFrame(
        keys | shares | {name: v.ravel() for name, v in values.items()},
        schema_overrides={"year": pl.Int32, "channels": pl.Int32},
        nan_to_null=True,
    )
    return frame.filter(pl.col("share_0").is_not_null())


def _bounds(values: dict[str, Array], *, drawn: list[Array], r: Band, sides: Band) -> dict[str, Array]:
    """Bounds (S, T) of each measure from draws (D, T, K+1) of every state; NaN without draws."""
    if not drawn:
        return {f"{name}_{end}": np.full_like(values[name], np.nan) for name in _BANDS for end in ("low", "high")}
    powers = drawn[0].shape[-1] - 1
    few = len(r.draws) if powers <= FEW_POWERS else policy.PAIR_DRAWS
    many = _measured(np.stack(drawn), to_matrix(r.draws, powers=powers), few=few)
    bounds = {name: Band(values[name], np.moveaxis(of, 1, 0)).interval() for name, of in many.items()}
    bounds["equidistance"] = sides.interval()
    return {f"{name}_{end}": b for name, both in bounds.items() for end, b in zip(("low", "high"), both, strict=True)}


def pooled_engagement(table: Array) -> Array:
    """Engagement w (S, T, K+1) of channel shares (S, T, C, K+1): every state pooled by itself, on the simplex."""
    n, years, channels, options = table.shape
    # Pooling treats every value on its last axis alone, so states can lie side by side there.
    beside = table.transpose(1, 2, 0, 3).reshape(years, channels, n * options)
    return to_simplex(pool(beside).value.reshape(years, n, options).transpose(1, 0, 2), floor=policy.FLOOR)


def _measured(w: Array, matrix: Array, *, few: int | None = None) -> dict[str, Array]:
    """The measures of shares (S, …, T, K+1) and rivalry (…, T, K, K); straddle of the first ``few`` draws only."""
    some = slice(few)
    return {
        "index": multi_vector(w),
        "spread": spread(w),
        "straddle": straddle(w[:, some], rivalry=matrix[some]) if few else straddle(w, rivalry=matrix),
        "hedging": hedging(w, rivalry=matrix),
    }
