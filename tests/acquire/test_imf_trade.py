from __future__ import annotations

import json

import polars as pl
import pytest

from equipoise.acquire import imf_trade
from equipoise.errors import BadSourceFile

EDGES = [{"source": "Italy", "target": "Egypt", "value": 3255.0}, {"source": "Chad", "target": "Algeria", "value": 2.1}]


def parse(content: object) -> pl.DataFrame:
    return imf_trade.parse({imf_trade.FILES[0]: json.dumps(content).encode()})


def test_edges_become_rows_of_the_one_year() -> None:
    assert parse({"nodes": [], "edges": EDGES}).rows() == [
        ("Chad", "Algeria", 2025, 2.1), ("Italy", "Egypt", 2025, 3255.0),
    ]


@pytest.mark.parametrize("content", [[], {"nodes": []}, {"edges": [{"source": "Italy"}]}])
def test_another_layout_is_refused(content: object) -> None:
    with pytest.raises(BadSourceFile, match="not the JSON of nodes and edges"):
        parse(content)


def test_a_pair_that_occurs_twice_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="twice"):
        parse({"edges": EDGES + EDGES[:1]})


def test_a_web_page_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="web page"):
        imf_trade.parse({imf_trade.FILES[0]: b"<!doctype html>"})


def test_every_name_has_one_code() -> None:
    names = imf_trade.names()
    assert names.height == names["iso3"].n_unique() == names["name"].n_unique() == 196
    assert names["iso3"].str.contains(r"^[A-Z]{3}$").all()


@pytest.mark.raw
def test_the_names_are_exactly_those_of_the_file(parsed) -> None:
    flows = parsed("imf_trade")
    assert flows.height == 22_100
    assert set(flows["exporter"]) | set(flows["importer"]) == set(imf_trade.names()["name"])


@pytest.mark.raw
def test_kazakhstan_has_the_known_totals_and_no_russia(parsed) -> None:
    flows = parsed("imf_trade")
    exports, imports = (flows.filter(pl.col(side) == "Kazakhstan") for side in ("exporter", "importer"))
    assert exports["value_musd"].sum() == pytest.approx(67_500, rel=1e-3)
    assert imports["value_musd"].sum() == pytest.approx(59_600, rel=1e-3)
    assert "Russia" not in {*exports["importer"], *imports["exporter"]}
    assert "Taiwan" not in set(flows["exporter"])
