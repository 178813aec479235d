from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import distances
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "iso_o": ["KAZ", "ROM"], "iso_d": ["ZAR", "YUG"], "contig": [0.0, 1.0], "distcap": [6000.0, 450.0],
    "distw": [".", "431.5"],
})


def test_old_codes_are_modern_and_a_dot_is_null() -> None:
    assert distances.tidy(FRAME).rows() == [("KAZ", "COD", False, 6000.0, None), ("ROU", "SRB", True, 450.0, 431.5)]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column distw"):
        distances.tidy(FRAME.drop("distw"))


@pytest.mark.raw
@pytest.mark.slow
def test_every_pair_occurs_once_both_ways_and_alike(parsed) -> None:
    pairs = parsed("distances")
    assert pairs.height == 224**2
    assert pairs.select(pl.struct("iso3_a", "iso3_b").is_unique().all()).item()
    back = pairs.join(pairs, left_on=["iso3_a", "iso3_b"], right_on=["iso3_b", "iso3_a"])
    assert back.filter(pl.col("contiguous") != pl.col("contiguous_right")).is_empty()
    assert pairs.null_count().row(0) == (0, 0, 0, 0, 2215)


@pytest.mark.raw
@pytest.mark.slow
@pytest.mark.parametrize(("other", "contiguous", "km"), [
    ("CHN", True, 3656), ("RUS", True, 2271), ("DEU", False, 3885), ("USA", False, 9553),
])
def test_kazakhstan_has_the_published_distances(parsed, other: str, contiguous: bool, km: int) -> None:
    row = parsed("distances").row(by_predicate=(pl.col("iso3_a") == "KAZ") & (pl.col("iso3_b") == other), named=True)
    assert row["contiguous"] is contiguous
    assert row["capital_km"] == pytest.approx(km, abs=1)
