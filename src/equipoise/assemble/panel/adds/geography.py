"""Geography: contiguity, the distance of capitals, and the distance of borders."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.panel.forms import Add, DyadForm, PairForm, StateForm, Variable
from equipoise.assemble.panel.shelf import Shelf

RADIUS_KM = 6378.137
"""Of the sphere on which capitals are apart: the Earth's at the equator (WGS 84), which neighbouring tools take too."""

_CAPITALS_TO = 2024
_LAND = 1

Floats = npt.NDArray[np.float64]


def contiguous_pairs(shelf: Shelf) -> pl.DataFrame:
    """Return each pair and year of contiguity once: ``code_a`` < ``code_b``, ``year``, ``conttype``."""
    both = _contiguity(shelf).filter(pl.col("cow_a") < pl.col("cow_b"))
    return both.rename({"cow_a": "code_a", "cow_b": "code_b"})


def neighbours(shelf: Shelf) -> pl.DataFrame:
    """Return the numbers of contiguous states by ``code`` and ``year``: ``land`` and ``sea``."""
    by_land = pl.col("conttype") == _LAND
    return (
        _contiguity(shelf)
        .group_by("year", code="cow_a")
        .agg(land=by_land.sum().cast(pl.Int16), sea=(~by_land).sum().cast(pl.Int16))
    )


def capitals(shelf: Shelf) -> pl.DataFrame:
    """Return where the capital of each ``code`` and ``year`` lies, as a point ``x``, ``y``, ``z`` of the unit sphere.

    A year in which the capital moved has that of 1 January.
    """
    years = pl.int_ranges(
        pl.col("start_date").dt.year(),
        pl.min_horizontal(pl.col("end_date").dt.year(), pl.lit(_CAPITALS_TO)) + 1,
        dtype=pl.Int16,
    )
    lat, lon = pl.col("lat_deg").radians(), pl.col("lon_deg").radians()
    spells = shelf.table("capitals").sort("cow", "start_date")
    points = spells.select(code="cow", year=years, x=lat.cos() * lon.cos(), y=lat.cos() * lon.sin(), z=lat.sin())
    return points.explode("year").drop_nulls("year").unique(["code", "year"], keep="first", maintain_order=True)


def apart(sides: pl.DataFrame) -> pl.DataFrame:
    """Return ``capdist`` of pairs of points: the way along the great circle in km, null where a point is missing.

    >>> quarter = pl.DataFrame({"x1": [1.0], "y1": [0.0], "z1": [0.0], "x2": [0.0], "y2": [0.0], "z2": [1.0]})
    >>> apart(quarter).item() == RADIUS_KM * np.pi / 2
    True
    """
    arrays = [sides[c].to_numpy() for c in ("x1", "y1", "z1", "x2", "y2", "z2")]
    return pl.DataFrame({"capdist": pl.Series(_great_circle(*arrays), nan_to_null=True)})


def nearest_capital(shelf: Shelf) -> pl.DataFrame:
    """Return ``mincapdist`` by ``code`` and ``year``: the nearest capital of a state that is in the system with it.

    The two must be in the system on one same day of the year, as the states of a dyad are.
    """
    points = capitals(shelf).with_columns(pl.col("year").cast(pl.Int64), pl.col("code").cast(pl.Int64))
    days = codes.system_years(first=points["year"].min(), last=_CAPITALS_TO)  # type: ignore[arg-type]
    listed = days.join(points, on=["code", "year"]).sort("year", "code")
    parts = [part.select("code", "year", mincapdist=_nearest(part)) for part in listed.partition_by("year")]
    return pl.concat(parts)


def border_distances(shelf: Shelf) -> pl.DataFrame:
    """Return the shortest distance of each pair and year once: ``code_a`` < ``code_b``, ``year``, ``mindist`` (km)."""
    return shelf.table("min_distance").select("year", code_a="cow_a", code_b="cow_b", mindist="min_km")


def nearest_border(shelf: Shelf) -> pl.DataFrame:
    """Return ``minmindist`` by ``code`` and ``year``: the distance of the nearest other state in km."""
    pairs = shelf.table("min_distance")
    sides = [pairs.select("year", "min_km", code=side) for side in ("cow_a", "cow_b")]
    return pl.concat(sides).group_by("code", "year").agg(minmindist=pl.col("min_km").min())


def _contiguity(shelf: Shelf) -> pl.DataFrame:
    """``cow_a``, ``cow_b`` (both directions), ``year`` and the smallest type of the year, ``conttype``."""
    years = pl.int_ranges(pl.col("start_date").dt.year(), pl.col("end_date").dt.year() + 1, dtype=pl.Int16)
    rows = shelf.table("contiguity").select("cow_a", "cow_b", "conttype", year=years).explode("year")
    return rows.group_by("cow_a", "cow_b", "year").agg(pl.col("conttype").min())


def _great_circle(x1: Floats, y1: Floats, z1: Floats, x2: Floats, y2: Floats, z2: Floats) -> Floats:
    """The way in km between points of the unit sphere; the halves' tangent keeps its digits at any distance."""
    chord = (x1 - x2) ** 2
    chord += (y1 - y2) ** 2
    chord += (z1 - z2) ** 2
    rest = np.maximum(4.0 - chord, 0.0)
    angle: Floats = np.arctan2(np.sqrt(chord), np.sqrt(rest))
    angle *= 2.0 * RADIUS_KM
    return angle


def _nearest(part: pl.DataFrame) -> pl.Series:
    """The distance of the nearest other capital for each state of one year; null where there is no other."""
    x, y, z = (part[c].to_numpy() for c in ("x", "y", "z"))
    begins, ends = part["from_day"].to_numpy(), part["to_day"].to_numpy()
    km: npt.NDArray[Any] = _great_circle(x[:, None], y[:, None], z[:, None], x, y, z)
    together = np.maximum(begins[:, None], begins) <= np.minimum(ends[:, None], ends)
    km[~together | np.eye(len(x), dtype=bool)] = np.inf
    nearest = km.min(axis=1)
    return pl.Series(np.where(np.isinf(nearest), np.nan, nearest), nan_to_null=True)


ADDS = (
    Add(
        name="contiguity", title="Direct contiguity by land or across water", sources=("contiguity",),
        first_year=1816, last_year=2016,
        state=StateForm("cow", (
            Variable("land", "number of states contiguous by land or river", absent=0),
            Variable("sea", "number of states contiguous across up to 400 miles of water only", absent=0),
        ), neighbours),
        dyad=DyadForm("cow", (
            Variable("conttype", "contiguity: 1 land, 2-5 up to 12, 24, 150, 400 miles of water, 0 none", absent=0,
                     union="nearest"),
        ), contiguous_pairs, symmetric=True),
        note="Miles are statute miles. A year in which the type changed has the smallest, that is the closest, of its "
             "types; 0 is not a degree of closeness, so it must not be averaged with the others.",
        also=("direct_contiguity", "cow_contiguity", "conttype", "contdir", "borders", "neighbours", "neighbors"),
    ),
    Add(
        name="capital_distance", title="Distance between capitals", sources=("capitals",),
        first_year=1816, last_year=_CAPITALS_TO,
        state=StateForm("cow", (
            Variable("mincapdist", "distance of the nearest capital of another state", "km"),
        ), nearest_capital),
        dyad=PairForm("cow", (
            Variable("capdist", "great-circle distance between the capitals of 1 January", "km", union="min"),
        ), capitals, apart),
        note=f"On a sphere of radius {RADIUS_KM} km. The nearest capital is that of a state which is in the state "
             "system with this one on one same day of the year. For the European Union it is the nearest member's.",
        also=("capdist", "distance", "capitals", "mincapdist"),
    ),
    Add(
        name="minimum_distance", title="Shortest distance between borders", sources=("min_distance",),
        first_year=1886, last_year=2019,
        state=StateForm("cow", (
            Variable("minmindist", "distance of the nearest other state; 0: they touch", "km"),
        ), nearest_border),
        dyad=DyadForm("cow", (
            Variable("mindist", "shortest distance between the borders on 1 January; 0: they touch", "km", union="min"),
        ), border_distances, symmetric=True),
        note="A state that enters the system in the course of a year has its first distances in the next. The "
             "borders are those of CShapes 2.0 (CC BY-NC-SA 4.0: not for commercial use), which is never carried.",
        also=("mindist", "min_distance", "minmindist", "cshapes", "distance"),
    ),
)
