from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import gml
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame(
    {
        "dispnum": [4.0, 4.0],
        "ccode1": [339.0, 200.0],
        "ccode2": [200.0, 339.0],
        "year": [1946.0, 1946.0],
        "midongoing": [1.0, 1.0],
        "midonset": [1.0, 1.0],
        "sidea1": [1.0, 0.0],
        "sidea2": [0.0, 1.0],
        "fatality1": [-9.0, 2.0],
        "fatality2": [2.0, -9.0],
        "fatalpre1": [-9.0, 44.0],
        "fatalpre2": [44.0, -9.0],
        "hiact1": [16.0, 7.0],
        "hiact2": [7.0, 16.0],
        "hostlev1": [4.0, 3.0],
        "hostlev2": [3.0, 4.0],
        "orig1": [1.0, 1.0],
        "orig2": [1.0, 1.0],
        "fatality": [2.0, 2.0],
        "hostlev": [4.0, 4.0],
        "mindur": [183.0, 183.0],
        "maxdur": [183.0, 183.0],
        "recip": [1.0, 1.0],
        "stmon": [5.0, 5.0],
        "version": ["gml-2.2.1", "gml-2.2.1"],
    }
)


def test_a_pair_has_a_row_in_each_direction() -> None:
    assert gml.tidy(FRAME).rows() == [
        (200, 339, 1946, 4, 1, 1, 0, 1, 2, None, 44, None, 7, 16, 3, 4, 1, 1, 2, 4, 183, 183, 1, 5),
        (339, 200, 1946, 4, 1, 1, 1, 0, None, 2, None, 44, 16, 7, 4, 3, 1, 1, 2, 4, 183, 183, 1, 5),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match=r"gml_dirdisp\.rda has no column midonset"):
        gml.tidy(FRAME.drop("midonset"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("gml")
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (10276, 1816, 2010)
    assert frame.schema == parsed("mid").schema
    assert frame.select("cow_a", "cow_b", "year", "dispnum").is_unique().all()
    assert frame.null_count().select("fatality_a", "fatalpre_a", "fatality").row(0) == (72, 1878, 412)
    assert frame["fatalpre_a"].max() == 7_500_000
    assert frame.filter(pl.col("stmon") > 12)["dispnum"].unique().to_list() == [1272]


@pytest.mark.raw
def test_one_direction_is_the_other_with_the_sides_swapped(parsed) -> None:
    frame = parsed("gml")
    other = {"a": "b", "b": "a"}
    swapped = frame.rename({c: c[:-1] + other[c[-1]] for c in frame.columns if c.endswith(("_a", "_b"))})
    assert swapped.select(frame.columns).sort("cow_a", "cow_b", "year", "dispnum").equals(frame)
