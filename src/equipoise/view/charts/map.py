"""The region as a map, each state in the colour of the power it leans to."""

from __future__ import annotations

from itertools import pairwise
from math import atan2, cos, degrees, pi, radians, sin, sqrt
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.setting import Setting, values
from equipoise.view.style import INK

WIDTH, HEIGHT = 690, 440
MARGIN = 26
GREYS = {"no_data": "#A9B1BA", "not_compared": "#E9ECEF"}
_LARGE = 60.0
"""Square degrees of a ring that may surround the frame without a point in it."""

_STEP = 0.5
"""Points of an outline that lie nearer to each other than this many pixels are one."""

_DOT, _ROOM, _FEW = 60.0, 1900.0, 5
"""Square pixels under which a state is drawn as a dot, and that a label needs; dots that may have labels."""

Ring = list[list[float]]


def region(shapes: pl.DataFrame, lean: pl.DataFrame, *, state: str, setting: Setting) -> alt.LayerChart:
    """States by the power with the largest share of their engagement; grey where there are no data.

    Parameters
    ----------
    shapes
        iso3, name, polygons (outer rings of longitude and latitude, clockwise as d3-geo wants them).
    state
        The report's own state, which gets a dark outline.
    """
    # Holes are not cut out, so small states must be drawn after the large ones around them.
    rows = [r | {"polygons": [unwrapped(ring) for ring in r["polygons"]]} for r in shapes.drop_nulls("iso3").to_dicts()]
    outlines = sorted(rows, key=lambda r: (-_size(r["polygons"]), r["iso3"]))
    known = {str(r["state"]): r for r in lean.filter(pl.col("power").is_not_null()).to_dicts()}
    shown = {*lean["state"], state}
    camera = _camera([ring for r in outlines if r["iso3"] in shown or not known for ring in r["polygons"]])
    groups = {r["iso3"]: _group(r["iso3"], known=known, compared=set(lean["state"]), setting=setting) for r in outlines}
    colour, names = _colour(set(groups.values()), setting=setting)
    drawn = [r for r in outlines if _near(r["polygons"], camera=camera)]
    features = [_feature(r, name=names[groups[r["iso3"]]], camera=camera) for r in drawn]
    layers = [
        _shapes([f for f in features if (f["id"] in setting.powers) is pale], colour=colour, opacity=opacity)
        for pale, opacity in ((True, 0.38), (False, 0.88))
    ]
    own = [f for f in features if f["id"] == state]
    if own:
        layers.append(alt.Chart(values(own)).mark_geoshape(fillOpacity=0, stroke=INK, strokeWidth=1.6, clip=True))
    layers += _dots([r for r in drawn if r["iso3"] in shown], groups=groups, names=names, colour=colour, camera=camera)
    layers += _labels(outlines, known=known, setting=setting, scale=camera["scale"])
    drawing: alt.LayerChart = alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT).project(**camera)
    return drawing


def _group(iso3: str, *, known: dict[str, dict[str, Any]], compared: set[str], setting: Setting) -> str:
    """The power whose colour a state gets, or one of the greys."""
    if iso3 in known:
        return str(known[iso3]["power"])
    if iso3 in setting.powers:
        return iso3
    return "no_data" if iso3 in compared else "not_compared"


def _colour(groups: set[str], *, setting: Setting) -> tuple[alt.Color, dict[str, str]]:
    """The encoding of the groups, and their names."""
    m, options, greys = setting.words.m, [o for o in setting.options if o in groups], [k for k in GREYS if k in groups]
    grey_names = {"no_data": m("no_data"), "not_compared": m("not_compared")}
    names = {o: setting.words.name(o) for o in options} | {k: grey_names[k] for k in greys}
    shades = [*(setting.colours[o] for o in options), *(GREYS[k] for k in greys)]
    scale = alt.Scale(domain=list(names.values()), range=shades)
    return alt.Color("properties.name:N", title=None, scale=scale), names


def _shapes(features: list[dict[str, Any]], *, colour: alt.Color, opacity: float) -> alt.Chart:
    base: alt.Chart = alt.Chart(values(features)).mark_geoshape(
        stroke="#FFFFFF", strokeWidth=0.8, clip=True, opacity=opacity
    )
    return base.encode(color=colour)


def _feature(row: dict[str, Any], *, name: str, camera: dict[str, Any]) -> dict[str, Any]:
    step = _STEP * 180 / pi / camera["scale"]
    coordinates = [
        [[[round(x, 3), round(y, 3)] for x, y in clockwise(_thin(ring, step=step))]]
        for ring in row["polygons"]
        if _near([ring], camera=camera)
    ]
    return {
        "type": "Feature",
        "id": row["iso3"],
        "properties": {"name": name},
        "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
    }


def unwrapped(ring: Ring) -> Ring:
    """The ring without jumps across the date line, so that its area has the right sign.

    >>> unwrapped([[179.0, 0.0], [-179.0, 1.0]])
    [[179.0, 0.0], [181.0, 1.0]]
    """
    done = [ring[0]]
    for lon, lat in ring[1:]:
        done.append([lon - 360 * round((lon - done[-1][0]) / 360), lat])
    return done


def clockwise(ring: Ring) -> Ring:
    """The ring in the order in which d3-geo takes it for a state and not for the rest of the world.

    >>> clockwise([[0, 0], [1, 0], [1, 1], [0, 0]])
    [[0, 0], [1, 1], [1, 0], [0, 0]]
    """
    return ring if _signed_area(ring) <= 0 else ring[::-1]


def _thin(ring: Ring, *, step: float) -> Ring:
    """Leave out points nearer than ``step`` degrees to the last one kept; the ring stays closed."""
    kept, shrink = [ring[0]], cos(radians(min(abs(ring[0][1]), 80)))
    for point in ring[1:-1]:
        if abs(point[0] - kept[-1][0]) * shrink + abs(point[1] - kept[-1][1]) >= step:
            kept.append(point)
    return [*kept, ring[-1]] if len(kept) > 2 else ring


def _near(rings: list[Ring], *, camera: dict[str, Any]) -> bool:
    """Whether a point of the rings falls into the frame, with some room to spare, or a large ring surrounds it."""
    lon, lat = -camera["rotate"][0], -camera["rotate"][1]
    (dx, dy), scale = camera["translate"], camera["scale"]
    for ring in rings:
        if abs(_signed_area(ring)) > _LARGE:
            return True
        for point in ring[:: max(1, len(ring) // 40)]:
            x, y = _lambert(point, lon=lon, lat=lat)
            if -WIDTH / 2 < dx + scale * x < 1.5 * WIDTH and -HEIGHT / 2 < dy - scale * y < 1.5 * HEIGHT:
                return True
    return False


def _signed_area(ring: Ring) -> float:
    return sum((x0 * y1 - x1 * y0) for (x0, y0), (x1, y1) in pairwise(ring)) / 2


def _size(polygons: list[Ring]) -> float:
    return sum(abs(_signed_area(ring)) * cos(radians(ring[0][1])) for ring in polygons)


def _camera(rings: list[Ring]) -> dict[str, Any]:
    """An equal-area projection, turned to the region's middle and scaled to hold it."""
    big = max((abs(_signed_area(r)) for r in rings), default=0)
    # Far-off islands would shrink the region to a dot.
    points = [p for r in rings if abs(_signed_area(r)) > big / 400 for p in r] or [[-170, -60], [170, 75]]
    middle = _middle_longitude([p[0] for p in points])
    offsets = [(p[0] - middle + 180) % 360 - 180 for p in points]
    lon = middle + (min(offsets) + max(offsets)) / 2
    lat = (min(p[1] for p in points) + max(p[1] for p in points)) / 2
    flat = [_lambert(p, lon=lon, lat=lat) for p in points]
    (left, right), (low, high) = ((min(v), max(v)) for v in zip(*flat, strict=True))
    scale = min((WIDTH - 2 * MARGIN) / (right - left or 1), (HEIGHT - 2 * MARGIN) / (high - low or 1))
    shift = [WIDTH / 2 - scale * (left + right) / 2, HEIGHT / 2 + scale * (low + high) / 2]
    # Rounded, since the last bits of a sum differ between versions of Python.
    rotate, translate = ([round(v, 6) for v in pair] for pair in ((-lon, -lat, 0.0), shift))
    return {"type": "azimuthalEqualArea", "rotate": rotate, "scale": round(scale, 6), "translate": translate}


def _middle_longitude(longitudes: list[float]) -> float:
    """The direction of the mean on the circle, so that a region across the date line stays in one piece."""
    x, y = (sum(f(radians(v)) for v in longitudes) for f in (cos, sin))
    return degrees(atan2(y, x))


def _lambert(point: list[float], *, lon: float, lat: float) -> tuple[float, float]:
    """Lambert's azimuthal equal-area projection for the unit sphere (Snyder 1987, eqs. 22-4, 24-2 to 24-4)."""
    p, p0, d = radians(point[1]), radians(lat), radians((point[0] - lon + 180) % 360 - 180)
    facing = sin(p0) * sin(p) + cos(p0) * cos(p) * cos(d)
    k = sqrt(2 / max(1 + facing, 1e-6))
    return k * cos(p) * sin(d), k * (cos(p0) * sin(p) - sin(p0) * cos(p) * cos(d))


def _dots(
    outlines: list[dict[str, Any]],
    *,
    groups: dict[str, str],
    names: dict[str, str],
    colour: alt.Color,
    camera: dict[str, Any],
) -> list[alt.Chart]:
    """A dot for every state too small to be seen by its outline."""
    small = [r for r in outlines if _pixels(r["polygons"], scale=camera["scale"]) < _DOT]
    rows = []
    for r in small:
        lon, lat = _centre(max(r["polygons"], key=lambda ring: abs(_signed_area(ring))))
        rows.append({"lon": lon, "lat": lat, "properties": {"name": names[groups[r["iso3"]]]}})
    if not rows:
        return []
    dots = alt.Chart(values(rows)).mark_circle(size=90, opacity=1, stroke=INK, strokeWidth=0.6, clip=True)
    drawn: alt.Chart = dots.encode(longitude="lon:Q", latitude="lat:Q", color=colour)
    return [drawn]


def _pixels(polygons: list[Ring], *, scale: float) -> float:
    """Square degrees to square pixels, nearly."""
    return _size(polygons) * (scale * pi / 180) ** 2


def _labels(
    outlines: list[dict[str, Any]], *, known: dict[str, dict[str, Any]], setting: Setting, scale: float
) -> list[alt.Chart]:
    w = setting.words
    rows: list[dict[str, Any]] = []
    named = [r for r in outlines if r["iso3"] in known]
    small = [r for r in named if _pixels(r["polygons"], scale=scale) < _DOT]
    for r in named:
        # A label needs about this much room, or the open sea around an island, where islands are few.
        if _pixels(r["polygons"], scale=scale) < _ROOM and not (r in small and len(small) <= _FEW):
            continue
        lon, lat = _centre(max(r["polygons"], key=lambda ring: abs(_signed_area(ring))))
        share = known[r["iso3"]]["share"]
        rows.append(
            {"lon": lon, "lat": lat, "name": w.name(str(r["iso3"])), "share": w.n.share(share), "off": r in small}
        )
    if not rows:
        return []
    halo: dict[str, Any] = {"stroke": "#FFFFFF", "strokeWidth": 3, "strokeOpacity": 0.85, "fontSize": 11, "clip": True}
    plain: dict[str, Any] = {"fontSize": 11, "color": INK, "clip": True}
    return [
        alt.Chart(values([r for r in rows if r["off"] is off]))
        .mark_text(**style, dy=dy + 20 * off)
        .encode(longitude="lon:Q", latitude="lat:Q", text=f"{field}:N")
        for off in sorted({r["off"] for r in rows})
        for field, dy in (("name", -6), ("share", 7))
        for style in (halo, plain)
    ]


def _centre(ring: Ring) -> tuple[float, float]:
    area = _signed_area(ring)
    if not area:
        return ring[0][0], ring[0][1]
    edges = list(pairwise(ring))
    cross = [x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in edges]
    lon = sum((a[0] + b[0]) * c for (a, b), c in zip(edges, cross, strict=True)) / (6 * area)
    lat = sum((a[1] + b[1]) * c for (a, b), c in zip(edges, cross, strict=True)) / (6 * area)
    return round(lon, 6), round(lat, 6)
