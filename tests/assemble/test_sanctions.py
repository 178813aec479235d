"""Sanctions between the powers."""

from __future__ import annotations

import polars as pl
import pytest

from equipoise.assemble.sanctions import KINDS, SCOPE_POWERS, in_force, sanctions


def value(a: str, b: str, year: int) -> int | None:
    return in_force([a, b], years=[year])["value"].item()


def test_every_row_is_sound() -> None:
    rows = sanctions()
    assert set(rows["kind"]) <= set(KINDS)
    assert set(rows["sender"]) | set(rows["target"]) <= set(SCOPE_POWERS)
    assert rows.filter(pl.col("sender") == pl.col("target")).is_empty()
    assert rows.filter(pl.col("start") >= pl.col("end")).is_empty()
    assert rows["source"].null_count() == 0
    memory = rows.filter(pl.col("source").str.contains("general knowledge"))
    assert not memory["verified"].any()
    assert "high" not in memory["confidence"].to_list()


@pytest.mark.parametrize(
    ("a", "b", "year", "expected"),
    [
        ("EUU", "RUS", 2013, 0), ("EUU", "RUS", 2014, 1), ("RUS", "EUU", 2014, 1), ("USA", "RUS", 2011, 0),
        ("USA", "RUS", 2014, 1), ("JPN", "RUS", 2013, 0), ("JPN", "RUS", 2014, 1), ("JPN", "RUS", 2022, 1),
        ("USA", "CHN", 1991, 1), ("EUU", "CHN", 1991, 1), ("RUS", "CHN", 2022, 0), ("USA", "EUU", 2022, 0),
        ("USA", "JPN", 2022, 0), ("EUU", "JPN", 2022, 0), ("JPN", "CHN", 2022, 0),
    ],
)
def test_known_pairs(a: str, b: str, year: int, expected: int) -> None:
    assert value(a, b, year) == expected


def test_outside_the_scope_nothing_is_known() -> None:
    assert value("RUS", "GBR", 2022) is None
    assert value("RUS", "USA", 1990) is None
    assert value("RUS", "USA", 2026) is None


def test_shape_and_order() -> None:
    out = in_force(["JPN", "RUS", "CHN"], years=[2014, 2013])
    assert out.schema == {"year": pl.Int32, "power_a": pl.String, "power_b": pl.String, "value": pl.Int8}
    assert out.select("year", "power_a", "power_b").rows() == [
        (2014, "JPN", "RUS"), (2014, "JPN", "CHN"), (2014, "RUS", "CHN"),
        (2013, "JPN", "RUS"), (2013, "JPN", "CHN"), (2013, "RUS", "CHN")]
    assert in_force(["RUS"], years=[2014]).is_empty()
