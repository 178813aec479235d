from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.acquire import tables, ucdp
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "conflict_id": [13243.0, 13243.0, 299.0], "year": [2024.0, 2024.0, 2023.0], "gwno_a": [365.0, 365.0, 652.0],
    "gwno_a_2nd": [731.0, None, 365.0], "gwno_b": [369.0, 369.0, None], "gwno_b_2nd": [None, None, 640.0],
    "intensity_level": [2.0, 2.0, 2.0], "type_of_conflict": ["interstate", "interstate", "II"],
    "incompatibility": ["territory", "territory", "government"],
    "start_date": [date(2022, 2, 24), date(2022, 2, 24), date(2011, 3, 18)], "start_prec": [1.0, 1.0, 2.0],
    "start_date2": [date(2022, 2, 24), date(2022, 2, 24), date(2011, 11, 1)], "start_prec2": [1.0, 1.0, 3.0],
    "ep_end": [0.0, 0.0, 1.0], "ep_end_date": [None, None, date(2023, 12, 31)],
})
SIDES = ("gw", "year", "conflict", "kind", "intensity", "side")


def test_every_state_involved_has_one_row_a_side() -> None:
    assert ucdp.tidy(FRAME).select(SIDES).rows() == [
        (365, 2023, 299, "internationalized", 2, "a_2nd"),
        (365, 2024, 13243, "interstate", 2, "a"),
        (369, 2024, 13243, "interstate", 2, "b"),
        (640, 2023, 299, "internationalized", 2, "b_2nd"),
        (652, 2023, 299, "internationalized", 2, "a"),
        (731, 2024, 13243, "interstate", 2, "a_2nd"),
    ]


def test_the_facts_of_the_conflict_stand_in_each_of_its_rows() -> None:
    frame = ucdp.tidy(FRAME).drop(SIDES[3:]).unique(["conflict", "year"]).sort("year")
    assert frame.drop("gw").rows() == [
        (2023, 299, "government", date(2011, 3, 18), 2, date(2011, 11, 1), 3, True, date(2023, 12, 31)),
        (2024, 13243, "territory", date(2022, 2, 24), 1, date(2022, 2, 24), 1, None, None),
    ]


def test_whether_an_episode_ends_is_not_known_in_the_last_year() -> None:
    earlier = FRAME.with_columns(year=pl.when(conflict_id=13243.0).then(2022.0).otherwise("year"))
    ends = ucdp.tidy(earlier).unique(["conflict", "ep_end"]).sort("conflict")
    assert ends.select("conflict", "ep_end").rows() == [(299, None), (13243, False)]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column gwno_b"):
        ucdp.tidy(FRAME.drop("gwno_b"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("ucdp")
    assert (frame["year"].min(), frame["year"].max()) == (1946, 2024)
    assert set(frame["kind"]) == {"interstate", "intrastate", "internationalized", "extrasystemic"}
    assert set(frame["intensity"]) == {1, 2}
    assert frame.select("gw", "year", "conflict", "side").is_unique().all()


@pytest.mark.raw
def test_both_sides_are_there(parsed, raw) -> None:
    frame = parsed("ucdp")
    states = frame.filter((pl.col("gw") == 2) & (pl.col("year") == 2001))
    assert states.select("conflict", "side").rows() == [(418, "a"), (13692, "b")]
    published = tables.read_r((raw / ucdp.FILES[0]).read_bytes(), name="x").drop_nulls("gwno_b")
    wanted = set(published.select("gwno_b", "conflict_id", "year").rows())
    assert set(frame.filter(side="b").select("gw", "conflict", "year").rows()) == wanted


@pytest.mark.raw
def test_an_episode_begins_after_a_lull_and_ends_before_one(parsed) -> None:
    active = parsed("ucdp").unique(["conflict", "year"]).sort("conflict", "year").with_columns(
        since=pl.col("year") - pl.col("year").shift().over("conflict"),
        until=pl.col("year").shift(-1).over("conflict") - pl.col("year"),
    )
    begins = pl.col("since").fill_null(99) > 1
    assert active.filter(begins != (pl.col("start_date2").dt.year() == pl.col("year"))).is_empty()
    known = active.filter(pl.col("year") < 2024)
    assert known.filter(pl.col("ep_end") != (pl.col("until").fill_null(99) > 1)).is_empty()
    assert (active["ep_end"].is_null() == (active["year"] == 2024)).all()
    assert (active["start_date"] <= active["start_date2"]).all()
    assert known.filter(pl.col("ep_end") != pl.col("ep_end_date").is_not_null()).is_empty()
    assert set(active["incompatibility"]) == {"government", "territory", "both"}
