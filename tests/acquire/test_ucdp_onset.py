from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import ucdp_onset as onset
from equipoise.errors import BadSourceFile

COUNTS = ("sumnewconf", "sumonset1", "sumonset2", "sumonset3", "sumonset5", "sumonset10")
FRAME = pl.DataFrame({"gwcode": [775.0, 220.0], "year": [2005.0, 1946.0]}).with_columns(
    pl.Series(count, values) for count, values in zip(COUNTS, ([0.0, 4.0], [3.0, 4.0], [3.0, 4.0], [2.0, 4.0],
                                                                [1.0, 4.0], [0.0, 4.0]), strict=True)
)


def test_counts_are_whole_numbers_under_their_own_names() -> None:
    frame = onset.tidy(FRAME)
    assert frame.columns == ["gw", "year", *COUNTS]
    assert frame.rows() == [(220, 1946, 4, 4, 4, 4, 4, 4), (775, 2005, 0, 3, 3, 2, 1, 0)]
    assert {frame.schema[count] for count in COUNTS} == {pl.Int16}


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column sumonset10"):
        onset.tidy(FRAME.drop("sumonset10"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("ucdp_onset")
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (10142, 1946, 2017)
    assert frame.select("gw", "year").is_unique().all()
    # The longer the lull that is asked for, the fewer the onsets.
    for more, fewer in zip(COUNTS[1:], (*COUNTS[2:], COUNTS[0]), strict=True):
        assert (frame[more] >= frame[fewer]).all()


@pytest.mark.raw
def test_onsets_are_those_that_the_conflicts_show(parsed) -> None:
    began = (
        parsed("ucdp").filter((pl.col("side") == "a") & (pl.col("start_date2").dt.year() == pl.col("year")))
        .group_by("gw", "year").agg(pl.len().alias("began"))
    )
    both = parsed("ucdp_onset").join(began, on=["gw", "year"], how="left").with_columns(pl.col("began").fill_null(0))
    assert (both["began"] == both["sumonset1"]).mean() > 0.995
