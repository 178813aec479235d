from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import dca
from equipoise.errors import BadSourceFile

HEAD = (
    "ccode1,ccode2,signYear,EIFYear,type,category1,category2,category3,terminated,durationActual,endYearEstimate,"
    "asymmetry,DCAid"
)
# Invented treaties, two of them under ids that have a correction.
ROWS = (
    "705,2,1997,,general,DCA,DIC,,0,,2010,1,T-1",
    "365,705,1994,1996,sector,TREX,,,1,12,2006,0,T-2",
    "40,365,1993,-99,general,DCA,,,-88,,1999,2,T-3",
    "145,145,2006,,general,DCA,,,-99,,2010,1,DCADv1.0-0297",
    "2,652,1998,1998,sector,RESEARCH,,,0,,2010,0,DCADv1.0-0108",
    "750,750,2006,,sector,PROCUREMENT,,,-88,,2010,0,DCADv1.0-1847",
)


def treaties(*rows: str, head: str = HEAD) -> pl.DataFrame:
    return dca.parse({dca.FILES[0]: "\n".join((head, *rows)).encode()})


def test_a_treaty_is_one_row_with_the_lower_code_first() -> None:
    found = treaties(*ROWS[:2])
    assert found.rows() == [
        ("T-1", 2, 705, 1997, None, None, False, "general", "dca", "dic", None, 1),
        ("T-2", 365, 705, 1994, 1996, 2006, True, "sector", "trex", None, None, 0),
    ]
    assert found.schema["cow_a"] == pl.Int32
    assert found.schema["asymmetry"] == pl.Int8


def test_codes_of_missing_values_are_null() -> None:
    row = treaties(*ROWS[:3]).row(by_predicate=pl.col("treaty") == "T-3", named=True)
    assert (row["in_force_year"], row["terminated"], row["end_year"]) == (None, None, 1999)


def test_wrong_partners_are_put_right_or_left_out() -> None:
    found = treaties(*ROWS[3:]).select("treaty", "cow_a", "cow_b").rows()
    assert found == [("DCADv1.0-0108", 2, 651), ("DCADv1.0-0297", 101, 145)]
    assert all(c.source == dca.SOURCE for c in dca.CORRECTIONS)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column endYearEstimate"):
        treaties(*ROWS, head=HEAD.replace("endYearEstimate", "end"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("dca")
    assert (frame.height, frame["sign_year"].min(), frame["sign_year"].max()) == (1869, 1980, 2010)
    assert frame["treaty"].is_unique().all()
    assert (frame["cow_a"] < frame["cow_b"]).all()
    assert frame["end_year"].max() == dca.COVERED_TO - 1
    assert frame.filter(pl.col("end_year") < pl.col("sign_year")).is_empty()
    assert frame["terminated"].value_counts().sort("terminated").rows() == [(None, 1097), (False, 729), (True, 43)]
    # A treaty that is known not to have ended has no end.
    assert frame.filter(~pl.col("terminated"))["end_year"].null_count() == 729
    assert set(frame["category1"]) == {"dca", "dic", "trex", "procurement", "research", "commission"}
    kazakh = frame.filter((pl.col("cow_a") == 705) | (pl.col("cow_b") == 705))
    partner = kazakh.select(pl.col("cow_a") + pl.col("cow_b") - 705).to_series()
    assert (kazakh.height, (partner == 365).sum(), (partner == 640).sum(), (partner == 2).sum()) == (45, 5, 4, 3)


@pytest.mark.raw
def test_an_end_that_nothing_is_known_of_is_six_years_after_the_signature(raw) -> None:
    frame = pl.read_csv(raw / dca.FILES[0], infer_schema_length=None)
    unknown = frame.filter(pl.col("terminated") < 0, pl.col("span").is_null() | (pl.col("span") == -88))
    by_rule = (unknown["signYear"] + 6).clip(upper_bound=dca.COVERED_TO)
    assert (unknown.height, (unknown["endYearEstimate"] == by_rule).all()) == (924, True)
