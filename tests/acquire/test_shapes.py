from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise.acquire import shapes
from equipoise.errors import BadSourceFile

# Two squares of ten degrees side by side on the equator. Arc 0 is their common border from south to north; the western
# one has a hole (arc 3), and is followed by an islet with the same code. Kosovo stands by name, Somaliland for no code.
ARCS = [[[10, 0], [0, 5], [0, 5]], [[10, 10], [-10, 0], [0, -10], [10, 0]], [[10, 10], [10, 0], [0, -10], [-10, 0]],
        [[2, 2], [2, 0], [0, 2], [-2, -2]], [[30, 0], [1, 0], [0, 1], [-1, -1]]]
UNITS = [
    {"type": "Polygon", "id": "036", "properties": {"name": "Islet"}, "arcs": [[4]]},
    {"type": "MultiPolygon", "id": "036", "properties": {"name": "West"}, "arcs": [[[0, 1], [3]]]},
    {"type": "Polygon", "properties": {"name": "Kosovo"}, "arcs": [[2, 0]]},
    {"type": "Polygon", "properties": {"name": "Somaliland"}, "arcs": [[-5]]},
    {"type": None, "properties": {"name": "Nothing"}},
]


def topology(**change: object) -> bytes:
    made = {"transform": {"scale": [1, 1], "translate": [0, -5]}, "arcs": ARCS,
            "objects": {"countries": {"geometries": UNITS}}}
    return json.dumps(made | change).encode()


def files(content: bytes) -> dict[str, bytes]:
    return dict.fromkeys(shapes.FILES, content)


def test_rings_are_joined_from_arcs_and_holes_are_left_out() -> None:
    table = shapes.parse(files(topology()))
    assert table.select("iso3", "name").rows() == [("AUS", "West"), ("XKX", "Kosovo"), (None, "Somaliland")]
    west, islet = table["polygons"][0].to_list()
    assert west == [[10, -5], [10, 0], [10, 5], [0, 5], [0, -5], [10, -5]]
    assert islet == [[30, -5], [31, -5], [31, -4], [30, -5]]
    assert table["polygons"][1].to_list() == [[[10, 5], [20, 5], [20, -5], [10, -5], [10, 0], [10, 5]]]
    assert table["polygons"][2].to_list() == [islet[::-1]]


def test_a_border_is_the_arc_that_two_states_share() -> None:
    table = shapes.borders(files(topology()))
    assert table.select("iso3_a", "iso3_b").rows() == [("AUS", "XKX"), ("XKX", "AUS")]
    # Ten degrees of a meridian; the islet's arc is shared with a unit that has no code.
    assert table["border_km"].to_list() == pytest.approx([1111.95, 1111.95], abs=0.01)


def test_pieces_of_a_border_are_arcs_that_meet() -> None:
    (one,) = shapes.unbroken(files(topology())).rows()
    assert one == ("AUS", "XKX", 1, 1112)
    # The border in two halves that meet is one piece; with a stretch that is nobody's between them it is two.
    halves = [[[10, 0], [0, 5]], [[10, 5], [0, 5]], *ARCS[1:]]
    apart = [[[10, 0], [0, 2]], [[10, 5], [0, 5]], *ARCS[1:]]
    units = [{"type": "Polygon", "id": "036", "properties": {"name": "West"}, "arcs": [[0, 1, 2]]},
             {"type": "Polygon", "properties": {"name": "Kosovo"}, "arcs": [[3, 0, 1]]}]
    for arcs, pieces, longest in ((halves, 1, 1112), (apart, 2, 556)):
        made = topology(arcs=arcs, objects={"countries": {"geometries": units}})
        assert shapes.unbroken(files(made)).rows() == [("AUS", "XKX", pieces, longest)]


@pytest.mark.parametrize("content", [b"[1]", b"{", topology(arcs=None), topology(objects={})])
def test_another_layout_is_refused(content: bytes) -> None:
    with pytest.raises(BadSourceFile, match="not the TopoJSON"):
        shapes.parse(files(content))


@pytest.mark.raw
def test_only_known_units_have_no_code(parsed) -> None:
    table = parsed("shapes")
    assert table.filter(pl.col("iso3").is_null())["name"].to_list() == [
        "Br. Indian Ocean Ter.", "Fr. S. Antarctic Lands", "Heard I. and McDonald Is.", "Indian Ocean Ter.",
        "N. Cyprus", "Norfolk Island", "Pitcairn Is.", "S. Geo. and the Is.", "Siachen Glacier", "Somaliland",
    ]
    assert table.drop_nulls("iso3")["iso3"].is_unique().all()
    assert table.filter(pl.col("iso3") == "XKX")["name"].to_list() == ["Kosovo"]


@pytest.mark.raw
def test_rings_are_closed_clockwise_and_on_the_globe(parsed) -> None:
    for name, polygons in parsed("shapes").select("name", "polygons").iter_rows():
        for ring in polygons:
            assert ring[0] == ring[-1], name
            assert all(-180.001 <= lon <= 180.001 and -90.001 <= lat <= 90.001 for lon, lat in ring), name
            lon, lat = np.array(ring).T
            lon = np.unwrap(lon, period=360)  # for the rings across the 180th meridian
            assert (lon[:-1] * lat[1:] - lon[1:] * lat[:-1]).sum() <= 0, name


@pytest.fixture(scope="module")
def lengths(raw: Path) -> pl.DataFrame:
    return shapes.borders({path: (raw / path).read_bytes() for path in shapes.FILES})


@pytest.mark.raw
@pytest.mark.parametrize(("a", "b", "surveyed_km", "low", "high"), [
    ("KAZ", "RUS", 7644, 0.85, 1.0), ("KAZ", "CHN", 1765, 0.85, 1.0), ("KAZ", "UZB", 2330, 0.9, 1.0),
    ("KAZ", "KGZ", 1212, 0.8, 1.0), ("KAZ", "TKM", 413, 0.9, 1.0), ("CHN", "MNG", 4630, 0.9, 1.0),
    ("USA", "CAN", 8891, 0.85, 1.0), ("ARG", "CHL", 6691, 0.7, 1.0), ("IND", "BGD", 4142, 0.5, 1.0),
])
def test_borders_are_a_little_short_of_the_surveyed_ones(
    lengths: pl.DataFrame, a: str, b: str, surveyed_km: float, low: float, high: float,
) -> None:
    both = lengths.filter(pl.col("iso3_a").is_in([a, b]) & pl.col("iso3_b").is_in([a, b]))["border_km"]
    assert both.len() == 2
    assert both[0] == both[1]
    assert low <= both[0] / surveyed_km <= high
