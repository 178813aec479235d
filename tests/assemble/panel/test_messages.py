"""What is typed wrong in Python is one line that says what to type; never an error of Polars or of Python."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from equipoise.assemble.panel import catalogue, dyad_years, power_years, state_years
from equipoise.errors import BadYears, UnknownState, UsageError


@pytest.mark.parametrize(("name", "told"), [
    ("mids", "Did you mean cow_disputes or gml_disputes?"), ("add_gml_mids", "Did you mean gml_disputes?"),
    ("democracy", "Did you mean regime or polity or democracy_scores?"), ("gsdb", r"add_sanctions\(file\)"),
    ("add_gsdb_sanctions", r"add_sanctions\(file\)"), ("majors capabilities", "commas between the names"),
    ("zzzz", "There are majors, capabilities"), (["majors", "capabilities"], r'add\("majors", "capabilities"\)'),
    (3, "named by its text"),
])
def test_names_of_additions(name: Any, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        state_years(years=2000).add(name)
    assert "\n" not in str(caught.value)


def test_every_other_name_of_an_addition_leads_to_it() -> None:
    known = catalogue.catalogue()
    for add in known.values():
        for other in set(add.also) - set(known):
            with pytest.raises(UsageError, match=rf"Did you mean (\w+ or )*{add.name}\b"):
                catalogue.find(other)


@pytest.mark.parametrize(("given", "told"), [
    ("year > 2000", "'year > 2000'"), (True, "this is True"), (pl.col("none") > 1, "no column none"),
])
def test_filters(given: Any, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        state_years(years=2000).filter(given)


@pytest.mark.parametrize(("years", "told"), [
    (1815, "the year 1815 is out of the lists"), ((1800, 1850), "the years 1800 to 1850 are out"),
    ("1990-2010", "Try 1990:2010, or one year such as 1990"), ((1990,), r"Try \(1990, 2010\)"),
])
def test_years(years: Any, told: str) -> None:
    with pytest.raises(BadYears, match=told):
        state_years(years=years)


def test_one_text_may_name_several_states_and_powers_as_on_the_command_line() -> None:
    one = power_years(states="KAZ, Uzbekistan", powers="RUS,CHN", years=2000).frame
    assert one.equals(power_years(states=["KAZ", "UZB"], powers=["RUS", "CHN"], years=2000).frame) and one.height == 4
    with pytest.raises(UnknownState, match="no state is called '705'"):
        power_years(states=[705], years=2000)  # type: ignore[list-item]


def test_a_column_that_is_there_is_told_with_what_has_brought_it() -> None:
    panel = dyad_years(years=2000).add("cow_disputes")
    with pytest.raises(UsageError, match="dispnum, which is there already, brought by cow_disputes"):
        panel.add("gml_disputes")
    panel = state_years(years=2000).add("majors").lag("cowmaj")
    with pytest.raises(UsageError, match="cowmaj_lag1, which is there already, brought by lag"):
        panel.lag("cowmaj")
    with pytest.raises(UsageError, match="year, which is there already, a key of the panel"):
        panel.peace_years("cowmaj", into="year")
