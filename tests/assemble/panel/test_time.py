"""Filters, earlier and later years, and spells; a gap is never bridged unseen."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from tests.assemble.panel.made import numbers, with_step

from equipoise.assemble.panel import Panel, dyad_years, state_years
from equipoise.errors import UsageError


def test_a_filter_keeps_what_is_true_and_not_what_is_null() -> None:
    panel = with_step(state_years(years=1990), numbers((2, 1990, 1), (20, 1990, 0)))
    assert panel.filter(pl.col("war") >= 0).frame["ccode"].to_list() == [2, 20]
    assert panel.filter(pl.col("war") == 1, pl.col("ccode") < 20).frame.height == 1
    assert panel.filter(pl.col("war") > 1).frame.is_empty()
    # What is one for all rows holds for each of them.
    assert panel.filter(pl.col("war").max() == 1, pl.lit(value=True)).frame.equals(panel.frame)
    with pytest.raises(UsageError, match=r"no column wars\. Did you mean war"):
        panel.filter(pl.col("wars") == 1)


def test_an_empty_panel_still_describes_itself() -> None:
    panel = with_step(state_years(years=1990), numbers((2, 1990, 1))).filter(pl.col("ccode") < 0)
    assert panel.coverage().select("first_year", "missing", "missing_share").row(0) == (None, 0, None)
    assert panel.describe().select("column", "missing", "min").rows() == [
        ("ccode", 0, None), ("year", 0, None), ("war", 0, None)]
    assert panel.lag("war").peace_years("war").frame.is_empty()


# Germany has no row from 1946 to 1954 in COW's list under 255 or 260, and 260 begins in 1955; Austria is away 1939–54.
AUSTRIA = [(305, y, int(y in (1936, 1957))) for y in (*range(1935, 1939), *range(1955, 1960))]


def austria(panel: Panel) -> pl.DataFrame:
    return panel.filter(pl.col("ccode") == 305).frame


def test_earlier_and_later_years_never_bridge_a_gap() -> None:
    panel = with_step(state_years(years=(1935, 1959)), numbers(*AUSTRIA))
    frame = austria(panel.lag("war").lead("war").lag("war", by=3).lead("war", by=17))
    assert frame["year"].to_list() == [1935, 1936, 1937, 1938, 1955, 1956, 1957, 1958, 1959]
    assert frame["war_lag1"].to_list() == [None, 0, 1, 0, None, 0, 0, 1, 0]
    assert frame["war_lead1"].to_list() == [1, 0, 0, None, 0, 1, 0, 0, None]
    assert frame["war_lag3"].to_list() == [None, None, None, 0, None, None, None, 0, 0]
    # Seventeen years on there is a row again, on the other side of the gap.
    assert frame["war_lead17"].to_list() == [None, None, None, 0, None, None, None, None, None]
    assert panel.lag("war").labels["war_lag1"].unit == "pieces"
    assert panel.lag("war").coverage()["unit"].to_list() == ["pieces", "pieces"]


def test_earlier_years_are_the_units_own() -> None:
    panel = with_step(dyad_years(years=(1990, 1992)), numbers((2, 1990, 1), (20, 1990, 2), (20, 1991, 3))).lag("war2")
    frame = panel.filter(pl.col("ccode1") == 2, pl.col("ccode2") == 20).frame
    assert frame["war2_lag1"].to_list() == [None, 2, 3]
    first = panel.frame.filter(pl.col("year") == 1990)
    assert first["war2_lag1"].null_count() == first.height


def test_no_number_of_years_leads_to_another_unit() -> None:
    panel = state_years(years=(1990, 2000)).lag("ccode", by=9_995).lead("ccode", by=10_000)
    assert panel.frame.select(pl.all().exclude("ccode", "year").null_count()).row(0) == (panel.frame.height,) * 2


def test_a_lag_after_a_filter_sees_the_rows_that_are_left() -> None:
    panel = with_step(state_years(years=(1990, 1993)), numbers(*((2, y, y - 1990) for y in range(1990, 1994))))
    frame = panel.filter(pl.col("year") != 1991).lag("war").filter(pl.col("ccode") == 2).frame
    assert frame.select("year", "war_lag1").rows() == [(1990, None), (1992, None), (1993, 2)]


def test_keys_may_be_shifted_too() -> None:
    panel = state_years(years=(1990, 1991)).lag("year")
    assert panel.frame.filter(pl.col("ccode") == 2)["year_lag1"].to_list() == [None, 1990]
    assert panel.describe()["label"].to_list()[-1] == "year, 1 year before"


@pytest.mark.parametrize(("call", "told"), [
    (lambda p: p.lag(), "needs a column"), (lambda p: p.lag("war", by=0), "other than 0"),
    (lambda p: p.lag("war", by=0.5), "whole number"), (lambda p: p.lag("war", "war"), "named twice"),
    (lambda p: p.lag("wor"), "Did you mean war"), (lambda p: p.lag("war").lag("war"), "war_lag1, which is there"),
    (lambda p: p.peace_years("wor"), "Did you mean war"), (lambda p: p.peace_years("war", gaps="none"), "restart"),
    (lambda p: p.peace_years("war", into="year"), "there already"),
])
def test_shifts_and_spells_that_cannot_be_are_refused(call: Any, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        call(with_step(state_years(years=1990), numbers()))


@pytest.mark.parametrize(("gaps", "wanted"), [
    ("restart", [0, 1, 0, 1, 0, 1, 2, 0, 1]),
    ("count", [0, 1, 0, 1, 18, 19, 20, 0, 1]),
    ("rows", [0, 1, 0, 1, 2, 3, 4, 0, 1]),
])
def test_peace_years_begin_anew_after_an_event_and_treat_gaps_as_asked(gaps: Any, wanted: list[int]) -> None:
    panel = with_step(state_years(years=(1935, 1959)), numbers(*AUSTRIA)).peace_years("war", gaps=gaps)
    assert austria(panel)["war_spell"].to_list() == wanted


def test_a_year_without_a_value_has_no_count_and_ends_the_spell() -> None:
    rows = [(2, 1990, 0), (2, 1991, 0), (2, 1993, 0), (2, 1994, 0)]
    panel = with_step(state_years(years=(1990, 1994)), numbers(*rows)).peace_years("war", into="calm")
    assert panel.filter(pl.col("ccode") == 2).frame["calm"].to_list() == [0, 1, None, 0, 1]


def test_other_values_than_0_and_1_have_no_spells() -> None:
    panel = with_step(state_years(years=1990), numbers((2, 1990, 2))).peace_years("war")
    with pytest.raises(UsageError, match="other values than 0 and 1"):
        _ = panel.frame


@pytest.mark.parametrize(("predicates", "told"), [
    ((pl.col("year"),), "Int16 where true or false is needed"), ((), "needs a predicate"),
    ((pl.col("ccode") == "KAZ",), "a filter cannot be used: cannot compare string"),
    ((pl.col("ccode", "year") > 300,), "a filter cannot be used: .*duplicate"),
])
def test_filters_that_cannot_be_used_are_one_clear_error(predicates: Any, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        _ = state_years(years=1990).filter(*predicates).frame
    assert "\n" not in str(caught.value)
