"""Frames on what the components of rivalry do to figures, without each and as ranges; the signed system's structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.measure.multivector import straddle
from equipoise.measure.rivalry import to_matrix
from equipoise.measure.strategies import hedging
from equipoise.measure.structure import Structure, same_split, turned
from equipoise.measure.system import COMPONENTS
from equipoise.model.policy import PAIR_DRAWS, Band
from equipoise.pipeline.estimates import Estimates, Grid

Array = NDArray[np.float64]

FEW_POWERS = 6
"""Powers up to which straddle is taken from every draw; its maximum looks at every set of them."""

_BLOCK = 20


def ranges(without: Array, *, used: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Lowest and highest value (T, …) over the components that are left out (C, T, …), of those ``used`` (C,).

    NaN where there is no value without one of them: a range over the rest would be narrower for no other reason.

    >>> low, high = ranges(np.array([[0.2, 0.3], [0.4, np.nan]]), used=np.array([True, True]))
    >>> low.tolist(), high.tolist()
    ([0.2, nan], [0.4, nan])
    """
    if not used.any():
        return np.full(without.shape[1:], np.nan), np.full(without.shape[1:], np.nan)
    return without[used].min(axis=0), without[used].max(axis=0)


def straddle_band(e: Estimates) -> Band:
    """Straddle with its draws of engagement and rivalry; of :data:`PAIR_DRAWS` of them where there are many powers."""
    k = len(e.grid.powers)
    count = len(e.w.draws) if k <= FEW_POWERS else min(len(e.w.draws), PAIR_DRAWS)
    parts = [
        straddle(e.w.draws[i : i + _BLOCK], rivalry=to_matrix(e.r.draws[i : i + _BLOCK], powers=k))
        for i in range(0, count, _BLOCK)
    ]
    return Band(straddle(e.w.value, rivalry=to_matrix(e.r.value, powers=k)), np.concatenate(parts)[:count])


def without_each(e: Estimates, *, measure: Callable[..., Array]) -> Array:
    """A measure (C, T) of engagement and rivalry without each component of rivalry."""
    return measure(e.w.value[None], rivalry=to_matrix(e.left.rivalry, powers=len(e.grid.powers)))


def left_out(e: Estimates) -> pl.DataFrame:
    """Long form: year, component; order stress, straddle, hedging and the median of leeway without that component."""
    across, hedged = (without_each(e, measure=m) for m in (straddle, hedging))
    columns = {"stress": e.left.stress, "straddle": across, "hedging": hedged, "leeway": e.left.leeway}
    return _each(e.grid, lambda c, f: f.by_year(**{name: v[c] for name, v in columns.items()}))


def rivalry_without(e: Estimates) -> pl.DataFrame:
    """Long form: year, power_a, power_b, component; pooled rivalry without that component."""
    return _each(e.grid, lambda c, f: f.by_pair(value=e.left.rivalry[c]))


def structure_columns(e: Estimates) -> dict[str, Any]:
    """Frustration and depth by year with intervals and ranges, number of minima, and whether order stress agrees."""
    s = e.camps
    out: dict[str, Any] = {}
    for name in ("frustration", "depth"):
        point, draws, without = (getattr(x, name) for x in (s.point, s.drawn, s.without))
        low, high = Band(point, draws).interval()
        least, most = ranges(without, used=e.left.used)
        out |= {name: point, f"{name}_low": low, f"{name}_high": high,
                f"{name}_without_low": least, f"{name}_without_high": most}  # fmt: skip
    same = same_split(s.point.side, e.point.side)
    out["minima"] = pl.Series([int(m) or None for m in s.point.minima], dtype=pl.Int32)
    out["agrees"] = pl.Series([None if np.isnan(x) else bool(x) for x in same], dtype=pl.Boolean)
    return out


def structure_blocs(e: Estimates) -> Array:
    """The bloc, 1 or 2, of every power in the deepest minimum (T, K), numbered as those of order stress are."""
    found: Structure = e.camps.point
    side = turned(found.side, towards=e.point.side)
    return np.where(side > 0, 1.0, np.where(side < 0, 2.0, np.nan))


def _each(grid: Grid, made: Callable[[int, Grid], pl.DataFrame]) -> pl.DataFrame:
    parts = [made(c, grid).with_columns(component=pl.lit(name)) for c, name in enumerate(COMPONENTS)]
    frame = pl.concat(parts)
    keys = [k for k in ("year", "power_a", "power_b") if k in frame.columns]
    return frame.select(*keys, "component", pl.exclude(*keys, "component"))
