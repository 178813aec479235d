"""Panels as a user makes them: rows, additions, and what they say of themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.assemble.panel.made import numbers, with_step

import equipoise
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.panel import catalogue, dyad_years, panel_adds, power_years, state_years, triads
from equipoise.assemble.panel.citations import bibtex
from equipoise.assemble.panel.forms import Add, DyadForm, Variable
from equipoise.assemble.panel.step import Added
from equipoise.errors import BadYears, MissingSource, NotAPower, UnknownState, UsageError

KINDS = [
    (lambda **a: state_years(years=(1990, 1993), **a), ("ccode", "year")),
    (lambda **a: dyad_years(years=(1990, 1993), **a), ("ccode1", "ccode2", "year")),
    (lambda **a: dyad_years(years=(1990, 1993), directed=True, **a), ("ccode1", "ccode2", "year")),
    (lambda **a: power_years(states=["KAZ", "UZB"], **a), ("iso3", "power", "year")),
    (lambda **a: triads(states=["KAZ"], **a), ("iso3", "power_a", "power_b", "year")),
]
IDS = ["state-year", "dyad-year", "directed-dyad-year", "power-year", "triad-year"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path_factory.getbasetemp() / "panel-cache"))


# --- years and codes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("years", [(1990, 2010), [1990, 2010], range(1990, 2011), "1990:2010", (np.int64(1990), 2010)])
def test_years_may_be_given_in_several_ways(years: Any) -> None:
    panel = state_years(years=years)
    assert panel.years == (1990, 2010)
    assert (panel.frame["year"].min(), panel.frame["year"].max()) == (1990, 2010)


@pytest.mark.parametrize("years", [2000, "2000", range(2000, 2001), (2000, 2000)])
def test_one_year_may_be_given_alone(years: Any) -> None:
    assert state_years(years=years).frame["year"].unique().to_list() == [2000]


@pytest.mark.parametrize(("years", "told"), [
    ((2010, 1990), "2010 to 1990 are reversed. Try 1990:2010"), ("2010:1990", "reversed"), (range(5, 1), "reversed"),
    ((1815, 1900), "begin in 1816"), ((1990, 2101), "2100"), ("1990-2010", "not a span of years"),
    ("", "not a span"), ((1990,), "not a span"), ("1:2:3", "not a span"), (("a", "b"), "not a span"),
    (range(1990, 2011, 5), "not a span"),
])
def test_years_that_cannot_be_are_refused(years: Any, told: str) -> None:
    with pytest.raises(BadYears, match=told):
        state_years(years=years)


@pytest.mark.parametrize(("system", "last"), [("cow", 2016), ("gw", 2017), ("iso", 2016)])
def test_by_default_a_panel_ends_with_the_list_and_not_today(system: Any, last: int) -> None:
    assert state_years(system=system).years == dyad_years(system=system).years == (1816, last)
    assert last < dt.date.today().year
    assert power_years(system=system).years == triads(system=system).years == (1991, 2016)


def test_later_years_may_be_asked_for() -> None:
    frame = state_years(years=(2016, 2024)).frame
    assert frame.group_by("year").len()["len"].unique().to_list() == [195]


@pytest.mark.parametrize("system", ["COW", "iso3", None, 1])
def test_other_systems_are_refused(system: Any) -> None:
    with pytest.raises(UsageError, match=r"cow .* gw .* iso"):
        state_years(system=system)


# --- rows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "keys"), KINDS, ids=IDS)
def test_a_panel_has_its_keys_each_once_in_order(make: Any, keys: tuple[str, ...]) -> None:
    panel = make()
    assert panel.keys == keys and tuple(panel.frame.columns) == keys
    assert not panel.frame.is_duplicated().any() and not sum(panel.frame.null_count().row(0))
    if panel.kind.endswith("dyad-year") or panel.kind == "state-year":
        assert panel.frame.equals(panel.frame.sort(keys))


@pytest.mark.parametrize(("kind", "keys"), [("gw", ["gwcode1", "gwcode2"]), ("iso", ["iso3_1", "iso3_2"])])
def test_dyads_of_other_systems(kind: Any, keys: list[str]) -> None:
    frame = dyad_years(years=1990, system=kind).frame
    assert frame.columns == [*keys, "year"] and (frame[keys[0]] < frame[keys[1]]).all()


def test_powers_are_never_paired_with_themselves_or_their_members() -> None:
    frame = power_years(powers=["RUS", "USA", "EUU"], years=(1990, 2016)).frame
    assert frame.filter(pl.col("iso3") == pl.col("power")).is_empty()
    # The Soviet Union is no state beside its own heir's column, and a member is none beside the European Union.
    assert frame.filter(pl.col("iso3") == "SUN", pl.col("power") == "RUS").is_empty()
    french = frame.filter(pl.col("iso3") == "FRA")["power"].unique().sort().to_list()
    assert french == ["RUS", "USA"]
    polish = frame.filter(pl.col("iso3") == "POL", pl.col("power") == "EUU")["year"]
    assert (polish.min(), polish.max()) == (1990, 2003)


def test_a_triad_is_a_state_and_two_other_powers() -> None:
    frame = triads(states=["KAZ", "FRA"], powers=["RUS", "CHN", "EUU"], years=(2000, 2001)).frame
    kazakh, french = (frame.filter(pl.col("iso3") == s, pl.col("year") == 2000) for s in ("KAZ", "FRA"))
    assert kazakh.select("power_a", "power_b").rows() == [("RUS", "CHN"), ("RUS", "EUU"), ("CHN", "EUU")]
    assert french.select("power_a", "power_b").rows() == [("RUS", "CHN")]


def test_the_named_state_is_followed_through_its_codes() -> None:
    frame = power_years(states=["RUS"], powers=["USA", "CHN"], years=(1989, 1993)).frame
    assert frame.filter(pl.col("power") == "USA").select("iso3", "year").rows() == [
        ("RUS", 1991), ("RUS", 1992), ("RUS", 1993), ("SUN", 1989), ("SUN", 1990)]


def test_who_was_never_there_on_one_day_has_no_figure_together() -> None:
    """East Germany ended on the eve of the united Germany's first day, which has the code of 1990."""
    for system, east, west in (("cow", 265, 260), ("iso", "DDR", None)):
        own = pl.nth(0).is_in([east, west])
        pairs = power_years(powers=["DEU", "USA"], years=1990, system=system)  # type: ignore[arg-type]
        assert pairs.frame.filter(own)["power"].unique().to_list() == ["USA"]
        union = power_years(powers=["EUU", "USA"], years=1990, system=system).add("capital_distance", "capabilities")  # type: ignore[arg-type]
        frame = union.frame.filter(pl.nth(0) == east)
        assert frame["power"].to_list() == ["EUU", "USA"] and frame["capdist"].is_null().to_list() == [True, False]
        assert frame["tpop1"].to_list() == [16247, 16247]
        # Nor is a member one under the code that it had until October.
        assert union.frame.filter(pl.nth(0) == 255 if west else pl.nth(0) == "DEU")["power"].to_list() == ["USA"]
        assert west is None or union.frame.filter(pl.nth(0) == west)["power"].to_list() == ["USA"]
        three = triads(powers=["DEU", "USA", "RUS"], years=1990, system=system)  # type: ignore[arg-type]
        assert three.frame.filter(own).select("power_a", "power_b").unique().rows() == [("USA", "RUS")]


def test_where_nobody_is_a_power_yet_there_are_no_rows() -> None:
    panel = triads(powers=["EUU", "RUS"], years=(1900, 1901)).add("majors", "contiguity")
    assert panel.frame.is_empty() and panel.frame.schema["iso3"] == pl.String
    assert panel.frame.columns == [*panel.keys, *panel.labels]


def test_states_and_powers_that_are_none_are_refused() -> None:
    with pytest.raises(UnknownState, match="KAZ"):
        power_years(states=["Kazakstan"])
    with pytest.raises(UsageError, match="names no state"):
        triads(states=[])
    with pytest.raises(NotAPower):
        power_years(powers=["RUS"])
    with pytest.raises(NotAPower, match="EUU"):
        triads(powers=["EUU", "FRA", "RUS"])


# --- additions ---------------------------------------------------------------------------------------------------


def test_an_unknown_addition_is_met_with_near_ones() -> None:
    for word, near in (("capabilites", "capabilities"), ("nmc", "capabilities"), ("Major", "majors")):
        with pytest.raises(UsageError, match=f"Did you mean .*{near}"):
            state_years().add(word)


def test_an_addition_of_dyads_does_not_fit_states() -> None:
    form = DyadForm("cow", (Variable("tie", "a tie"),), lambda shelf: pl.DataFrame())
    step = Added(Add("ties", "Ties", (), 1816, 2016, dyad=form))
    with pytest.raises(UsageError, match=r"ties does not fit a state-year panel.*dyad_years"):
        with_step(state_years(), step)
    assert with_step(dyad_years(), step).labels.keys() == {"tie"}


def test_nothing_is_added_twice() -> None:
    panel = with_step(state_years(years=1990), numbers())
    with pytest.raises(UsageError, match="war has been added to this panel already"):
        with_step(panel, numbers())
    other = numbers()
    other = Added(replace(other.add, name="other"))
    with pytest.raises(UsageError, match="other brings the column war, which is there already"):
        with_step(panel, other)


def test_a_missing_source_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path))
    with pytest.raises(MissingSource, match="equipoise data pull min_distance") as caught:
        dyad_years(folder=tmp_path).add("minimum_distance")
    assert "\n" not in str(caught.value)


def test_where_the_source_lists_nothing_there_is_zero_only_if_it_lists_all() -> None:
    panel = state_years(years=(1990, 1991))
    listed = with_step(panel, numbers((2, 1990, 3), absent=0)).frame.filter(pl.col("ccode").is_in([2, 20]))
    assert listed["war"].to_list() == [3, 0, 0, 0]
    unlisted = with_step(panel, numbers((2, 1990, 3))).frame.filter(pl.col("ccode").is_in([2, 20]))
    assert unlisted["war"].to_list() == [3, None, None, None]


def test_outside_its_years_an_addition_is_null() -> None:
    step = numbers((2, 1990, 3), (2, 1993, 4), absent=0)
    step = Added(replace(step.add, first_year=1990, last_year=1992))
    frame = with_step(state_years(years=(1989, 1993)), step).frame.filter(pl.col("ccode") == 2)
    assert frame["war"].to_list() == [None, 3, 0, 0, None]


def test_the_order_of_additions_changes_columns_and_no_value() -> None:
    one, two = numbers((2, 1990, 1)), numbers((20, 1990, 2), name="peace")
    panel = dyad_years(years=1990, directed=True)
    first, second = with_step(with_step(panel, one), two), with_step(with_step(panel, two), one)
    assert first.frame.columns[3:] == ["war1", "war2", "peace1", "peace2"]
    assert first.frame.equals(second.frame.select(first.frame.columns))


def test_a_filter_before_an_addition_is_a_filter_after_it() -> None:
    step = numbers(*((c, y, c % 7) for c in (2, 20, 70, 200) for y in (1990, 1991)))
    for panel in (state_years(years=(1990, 1991)), dyad_years(years=(1990, 1991), directed=True)):
        key = panel.keys[0]
        choice = pl.col(key).is_in([2, 70]) & (pl.col("year") == 1991)
        assert with_step(panel.filter(choice), step).frame.equals(with_step(panel, step).filter(choice).frame)


def test_a_pair_is_found_in_whichever_order_the_panel_has_it() -> None:
    """The lower COW code is the United States', the first in ISO's order Canada's."""
    table = pl.DataFrame({"code_a": [2, 20], "code_b": [20, 2], "year": [1990, 1990], "owes": [1, 0]})
    form = DyadForm("cow", (Variable("owes", "owes"),), lambda shelf: table, either=True)
    for system, wanted in (("cow", [1]), ("gw", [1]), ("iso", [1])):
        panel = with_step(dyad_years(years=1990, system=system), Added(Add("o", "O", (), 1816, 2016, dyad=form)))  # type: ignore[arg-type]
        assert panel.frame.drop_nulls("owes")["owes"].to_list() == wanted


def test_two_panels_are_never_equal_but_can_be_compared() -> None:
    one, two = (state_years(years=1990).filter(pl.col("year") > y) for y in (1, 2))
    assert one != two and len({one, two, one}) == 2


def test_a_panel_may_be_the_start_of_several() -> None:
    base = state_years(years=1990)
    wide = with_step(base, numbers((2, 1990, 1)))
    assert base.frame.columns == ["ccode", "year"] and wide.frame.columns == ["ccode", "year", "war"]
    assert base.labels == {}


@pytest.mark.raw
def test_the_united_states_of_the_powers_are_put_together(raw: Path) -> None:
    frame = power_years(states=["KAZ"], powers=["RUS", "EUU"], years=(1994, 1996), folder=raw).add("capabilities").frame
    states = state_years(years=(1994, 1996), system="iso", folder=raw).add("capabilities").frame
    for year, members in ((1994, 12), (1995, 15)):
        own = frame.filter(pl.col("year") == year, pl.col("power") == "EUU").row(0, named=True)
        there = states.filter(pl.col("year") == year, pl.col("iso3").is_in(eu_members(year)))
        assert there.height == members
        assert own["tpop2"] == pytest.approx(there["tpop"].sum()) and own["cinc2"] == pytest.approx(there["cinc"].sum())
        assert own["tpop1"] == states.filter(pl.col("iso3") == "KAZ", pl.col("year") == year)["tpop"].item()


@pytest.mark.raw
def test_a_triad_has_the_figures_of_its_three(raw: Path) -> None:
    panel = triads(states=["KAZ"], powers=["RUS", "CHN", "USA"], years=(2000, 2001), folder=raw)
    frame = panel.add("capabilities", "majors").frame
    states = state_years(years=(2000, 2001), system="iso", folder=raw).add("capabilities").frame
    cinc = {(s, y): v for s, y, v in states.select("iso3", "year", "cinc").iter_rows()}
    for row in frame.iter_rows(named=True):
        for who, column in (("iso3", "cinc_s"), ("power_a", "cinc_a"), ("power_b", "cinc_b")):
            assert row[column] == cinc[row[who], row["year"]]
    assert frame.select("cowmaj_s", "cowmaj_a", "cowmaj_b").unique().rows() == [(0, 1, 1)]


@pytest.mark.raw
@pytest.mark.parametrize("system", ["cow", "gw", "iso"])
def test_relevant_dyads_are_contiguous_or_have_a_major_power(raw: Path, system: Any) -> None:
    panel = dyad_years(years=(2010, 2018), system=system, folder=raw)
    frame = panel.relevant().frame
    assert set(frame["year"]) == set(range(2010, 2017))  # neither list goes on
    assert ((frame["conttype"] > 0) & (frame["conttype"] < 6) | (frame["cowmaj1"] == 1) | (frame["cowmaj2"] == 1)).all()
    assert 0 < frame.height < panel.frame.height / 4
    assert panel.add("contiguity").relevant().frame.select(frame.columns).equals(frame)
    with pytest.raises(UsageError, match="relevance is a matter of dyads"):
        state_years(folder=raw).relevant()


# --- what a panel says of itself ---------------------------------------------------------------------------------


def test_a_panel_is_one_line() -> None:
    panel = with_step(dyad_years(years=(1990, 2010), directed=True), numbers()).filter(pl.col("year") > 1).lag("war1")
    assert repr(panel) == "Panel(directed-dyad-year, cow, 1990–2010, war, filter, lag)"


@pytest.mark.raw
def test_coverage_and_description_have_a_row_a_column(raw: Path) -> None:
    panel = dyad_years(years=(2014, 2018), folder=raw).add("majors", "capabilities")
    cover = {row["column"]: row for row in panel.coverage().iter_rows(named=True)}
    assert list(cover) == list(panel.labels) and set(cover) == set(panel.frame.columns) - set(panel.keys)
    row = cover["cowmaj1"]
    assert (row["added_by"], row["sources"], row["version"], row["source_years"]) == (
        "majors", "cow_states", "2016", "1816–2016")
    assert (row["first_year"], row["last_year"]) == (2014, 2016)
    assert row["missing"] == panel.frame.filter(pl.col("year") > 2016).height
    assert row["missing_share"] == pytest.approx(2 / 5, abs=0.01)
    told = {row["column"]: row for row in panel.describe().iter_rows(named=True)}
    assert list(told) == panel.frame.columns
    assert told["tpop2"]["unit"] == "thousand" and told["tpop2"]["max"] == panel.frame["tpop2"].max()
    assert told["cinc1"]["mean"] == pytest.approx(panel.frame["cinc1"].mean())


@pytest.mark.raw
def test_citations_are_of_all_sources_each_once(raw: Path) -> None:
    panel = state_years(folder=raw).add("capabilities", "majors")
    assert panel.sources == ("cow_states", "nmc")
    text = panel.citations()
    assert text == bibtex(["cow2017states", "singer1972capability"])
    assert [line.split("{")[1] for line in text.splitlines() if line.startswith("@")] == [
        "cow2017states,", "singer1972capability,"]
    assert state_years(system="gw").sources == ("gw_states",)


def test_bibtex_has_whole_entries_in_the_order_asked_for() -> None:
    text = bibtex(["singer1972capability", "bailey2017estimating", "singer1972capability"])
    first, second = text.strip().split("\n\n")
    assert first.startswith("@incollection{singer1972capability,\n") and first.endswith("\n}")
    assert second.startswith("@article{bailey2017estimating,\n") and second.endswith("\n}") and text.endswith("}\n")
    assert bibtex([]) == ""
    with pytest.raises(UsageError, match="no entry 'nobody2000'"):
        bibtex(["nobody2000"])


def test_every_source_of_an_addition_has_a_reference() -> None:
    from equipoise.acquire.registry import source

    for add in catalogue.catalogue().values():
        keys = [source(s).bibtex for s in add.sources]
        assert bibtex(keys).count("\n@") + bool(keys) == len(set(keys))


def test_the_table_of_additions_is_whole() -> None:
    frame = panel_adds()
    assert frame["name"].is_unique().all() and frame["name"].to_list() == list(catalogue.catalogue())
    assert frame.filter(pl.col("name") == "capabilities").select("panels", "years", "version").row(0) == (
        "state, dyad", "1816–2022", "7.0")
    assert not any((frame[c].str.strip_chars() == "").any() for c in ("title", "panels", "columns", "years"))


@pytest.mark.parametrize("name", sorted(catalogue.catalogue()))
def test_labels_are_short_and_names_are_stata_names(name: str) -> None:
    add = catalogue.catalogue()[name]
    for variable in (v for form in (add.state, add.dyad) if form for v in form.variables):
        assert 0 < len(variable.label) <= 80
        assert len(variable.name) <= 28 and variable.name.isidentifier()


def test_the_package_shows_panels_as_its_own() -> None:
    assert equipoise.state_years is state_years and equipoise.panel_adds is panel_adds
    assert {"Panel", "dyad_years", "power_years", "triads"} <= set(dir(equipoise))
    with pytest.raises(AttributeError, match="no attribute 'panels'"):
        _ = equipoise.panels  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", list(catalogue.catalogue()))
def test_no_side_s_column_bears_the_name_of_another_quantity(name: str) -> None:
    """A score called polity2 beside one called polity would be the second state's polity in a dyad."""
    add = catalogue.catalogue()[name]
    quantities = [v.name for form in (add.state, add.dyad) if form for v in form.variables]
    sides = {f"{q}{n}" for q in quantities for n in (1, 2)}
    assert not sides & set(quantities)
