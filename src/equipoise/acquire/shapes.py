"""Outlines of states (Natural Earth, 1:50 million) and the length of their borders (1:10 million).

Source: Natural Earth, *Admin 0 – Countries*, in the TopoJSON of the npm package world-atlas 2.0.2. A TopoJSON border is
made of arcs that both neighbours refer to, which is what :func:`borders` measures.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from equipoise import data
from equipoise.acquire.tables import check_table, content_of, read_csv
from equipoise.errors import BadSourceFile

SOURCE = "shapes"
FILES = ("naturalearth_npm/package/countries-50m.json", "naturalearth_npm/package/countries-10m.json")

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

_BY_NAME = {"Kosovo": "XKX"}
_LEFT_OUT = ("Antarctica",)
_SHAPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "iso3": pl.String, "name": pl.String, "polygons": pl.List(pl.List(pl.List(pl.Float32))),
}
_BORDERS = {"iso3_a": pl.String, "iso3_b": pl.String, "border_km": pl.Float64}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row for each state or territory.

    Holes are left out: what lies inside a state is a row of its own and must be drawn after it. That concerns Lesotho
    in South Africa, San Marino and the Vatican in Italy, and the exclaves of Central Asia, the Caucasus and Oman.
    Antarctica, whose outline is such a hole, is left out whole. Rings that cross the 180th meridian (Russia, Fiji) jump
    from one side to the other: they are meant to be drawn on the sphere, as Vega's projections do.

    Returns:
        ``iso3``: null for Somaliland, Northern Cyprus and the Siachen Glacier, which have no code, and for seven small
        territories that ``data/states.csv`` does not list; Kosovo is XKX. ``name``: English, as given. ``polygons``:
        polygons → points → longitude and latitude in degrees, outer rings only, clockwise, the first point repeated at
        the end. Units that share a code (Australia with the Ashmore and Cartier Islands) are one row under the larger
        one's name.

    Raises:
        BadSourceFile: the file is not the TopoJSON that was expected.
    """
    arcs, units = _topology(files, path=FILES[0])
    merged: dict[tuple[str, str], tuple[str | None, str, list[Any]]] = {}
    for unit in sorted(units, key=lambda u: -sum(len(arcs[_plain(i)]) for i in _arc_ids(u))):
        iso3, name = _code(unit), unit["properties"]["name"]
        # A unit without a code must not be merged with another one.
        row = merged.setdefault((iso3, "") if iso3 else ("", name), (iso3, name, []))
        row[2].extend(_ring(polygon[0], arcs=arcs) for polygon in _polygons(unit))
    return pl.DataFrame(list(merged.values()), schema=_SHAPES, orient="row").sort("iso3", "name", nulls_last=True)


def borders(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return the length of the land borders, each in both directions.

    The length is the sum of great-circle distances along the arcs that two states share, at 1:10 million. Bends that
    the map leaves out make it too short: against surveyed lengths by 5 to 15 % on most borders (Kazakhstan–Russia
    6,648 of 7,644 km, Kazakhstan–China 1,502 of 1,765), 25 % in the Andes, 42 % between India and Bangladesh. At
    1:50 million Kazakhstan–Russia would be 5,448 km. Compare borders with each other, not with a gazetteer. Borders of
    units without a code, such as Somaliland's with Ethiopia, are left out.

    Returns:
        ``iso3_a``, ``iso3_b``, ``border_km``.

    Raises:
        BadSourceFile: the file is not the TopoJSON that was expected.
    """
    rows = [(a, b, sum(map(_length_km, own))) for (x, y), own in _shared(files).items() for a, b in ((x, y), (y, x))]
    return pl.DataFrame(rows, schema=_BORDERS, orient="row").sort("iso3_a", "iso3_b")


def unbroken(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return each land border's pieces and the length of its longest one, measured as by :func:`borders`.

    A piece is what arcs that meet make: the border of Canada and the United States has two, with Alaska and without.

    Returns:
        ``state`` and ``partner`` (``state`` the first in the alphabet), ``pieces``, ``longest_km`` (whole kilometres).

    Raises:
        BadSourceFile: the file is not the TopoJSON that was expected.
    """
    rows = []
    for (a, b), own in sorted(_shared(files).items()):
        pieces = _pieces(own)
        rows.append((a, b, len(pieces), round(max(pieces))))
    schema = {"state": pl.String, "partner": pl.String, "pieces": pl.Int64, "longest_km": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _shared(files: Mapping[str, bytes]) -> dict[tuple[str, str], list[np.ndarray]]:
    """The arcs that two states share, by their codes in order of the alphabet."""
    arcs, units = _topology(files, path=FILES[1])
    owners: dict[int, set[str]] = defaultdict(set)
    for unit in units:
        if iso3 := _code(unit):
            for i in _arc_ids(unit):
                owners[_plain(i)].add(iso3)
    out: dict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
    for i, pair in sorted(owners.items()):
        if len(pair) == 2:
            out[min(pair), max(pair)].append(arcs[i])
    return out


def _pieces(arcs: list[np.ndarray]) -> list[float]:
    """Lengths of the pieces that arcs make where their ends meet, km."""
    groups: list[tuple[set[tuple[float, float]], float]] = []
    for arc in arcs:
        ends, km, apart = {tuple(arc[0]), tuple(arc[-1])}, _length_km(arc), []
        for group, length in groups:
            if group & ends:
                ends, km = ends | group, km + length
            else:
                apart.append((group, length))
        groups = [*apart, (ends, km)]
    return [km for _, km in groups]


def _topology(files: Mapping[str, bytes], *, path: str) -> tuple[list[np.ndarray], list[dict[str, Any]]]:
    """The arcs as points × 2 in degrees, and the units that refer to them."""
    content = content_of(files, path, source=SOURCE)
    check_table(content, name=path, source=SOURCE)
    try:
        topology = json.loads(content)
        scale, shift = (np.array(topology["transform"][k], dtype=float) for k in ("scale", "translate"))
        # Arcs are quantised: the first point is absolute, each further one relative to the one before.
        arcs = [np.cumsum(np.array(arc, dtype=np.int64), axis=0) * scale + shift for arc in topology["arcs"]]
        units = topology["objects"]["countries"]["geometries"]
        codes = _codes()
        return arcs, [unit | {"iso3": codes.get(unit.get("id", ""))} for unit in units
                      if unit["type"] in ("Polygon", "MultiPolygon") and unit["properties"]["name"] not in _LEFT_OUT]
    except (ValueError, KeyError, TypeError) as error:
        raise BadSourceFile(f"{path} is not the TopoJSON that was expected: {error!r}.",
                            hint=f"Try `equipoise data pull {SOURCE}`.") from error


def _codes() -> dict[str, str]:
    states = read_csv(data.read("states.csv"), name="states.csv", infer=False).drop_nulls("iso_numeric")
    return dict(states.select("iso_numeric", "iso3").iter_rows())


def _code(unit: dict[str, Any]) -> str | None:
    return unit["iso3"] or _BY_NAME.get(unit["properties"]["name"])


def _polygons(unit: dict[str, Any]) -> list[list[list[int]]]:
    return [unit["arcs"]] if unit["type"] == "Polygon" else unit["arcs"]


def _arc_ids(unit: dict[str, Any]) -> Iterator[int]:
    return (i for polygon in _polygons(unit) for ring in polygon for i in ring)


def _plain(i: int) -> int:
    return i if i >= 0 else ~i  # ~i means arc i taken backwards


def _ring(ids: list[int], *, arcs: list[np.ndarray]) -> list[list[float]]:
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ids]
    # An arc starts where the one before it ends; the point is kept once.
    ring: list[list[float]] = np.concatenate([parts[0], *(part[1:] for part in parts[1:])]).tolist()
    return ring


def _length_km(arc: np.ndarray) -> float:
    """Great-circle length by the haversine formula."""
    lon, lat = np.radians(arc).T
    h = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    return float(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(h)).sum())
