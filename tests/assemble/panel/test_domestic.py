"""Regimes, leaders, armed conflict and ethnic composition."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from equipoise.acquire.archigos import COVERED_TO
from equipoise.acquire.registry import sources
from equipoise.assemble.panel import dyad_years, power_years, state_years
from equipoise.assemble.panel.adds import domestic

NAMES = [add.name for add in domestic.ADDS]


def shelf(**held: pl.DataFrame) -> Any:
    return SimpleNamespace(table=held.__getitem__)


def terms(*rows: tuple[Any, ...]) -> pl.DataFrame:
    schema = {"leader": pl.String, "start": pl.Date, "end": pl.Date, "entry": pl.String, "leadid": pl.String,
              "yrborn": pl.Int16, "gender": pl.String, "gw": pl.Int16}
    return pl.DataFrame([(*row, 2) for row in rows], schema=schema, orient="row")


# A rules, B takes over on the last day of 2000 by force, A returns on 1 January 2002 and stays; nobody rules in 2003.
LEADERS = terms(
    ("A", date(1870, 5, 1), date(2000, 12, 31), "Regular", "a", 1840, "M"),
    ("B", date(2000, 12, 31), date(2002, 1, 1), "Irregular", "b", 1950, "F"),
    ("A", date(2002, 1, 1), date(2002, 6, 30), "Unknown", "a", 1840, "M"),
    ("C", date(2004, 3, 1), None, "Foreign Imposition", "c", None, "M"),
)


def led(year: int) -> dict[str, Any]:
    return domestic.leaders(shelf(archigos=LEADERS)).filter(pl.col("year") == year).row(0, named=True)


def test_the_leader_of_31_december_is_the_successor_of_that_day() -> None:
    found = led(2000)
    assert (found["leader"], found["leader_tenure_days"], found["leader_entry"]) == ("B", 0, "Irregular")
    assert (found["jan1leadid"], found["dec31leadid"]) == ("a", "b")
    assert (found["leader_changes"], found["leader_irregular"], found["leadertransition"]) == (1, 1, 1)
    assert (found["leader_age"], found["leader_female"], found["n_leaders"]) == (50, 1, 2)


def test_tenure_runs_over_year_ends_and_a_return_is_a_new_term() -> None:
    assert led(2001)["leader_tenure_days"] == 365 and led(2001)["leader_changes"] == 0
    back = led(2002)
    assert (back["leader"], back["dec31leadid"], back["leader_tenure_days"]) == (None, None, None)
    assert (back["leader_changes"], back["jan1leadid"], back["leadertransition"]) == (1, "b", 1)
    assert back["leader_irregular"] is None  # how A came back is not known


def test_a_year_without_a_leader_has_no_row_and_the_first_is_1875() -> None:
    found = domestic.leaders(shelf(archigos=LEADERS))["year"]
    assert 2003 not in found.to_list() and found.min() == 1875 and found.max() == COVERED_TO.year
    assert led(2015)["leader"] == "C" and led(2015)["leader_age"] is None and led(2004)["leader_irregular"] == 1


def conflicts(*rows: tuple[Any, ...]) -> pl.DataFrame:
    names = ["gw", "year", "conflict", "kind", "intensity", "side", "incompatibility", "start_date", "start_date2"]
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col("gw", "year").cast(pl.Int16))


def fought(*rows: tuple[Any, ...]) -> dict[tuple[int, int], dict[str, Any]]:
    found = domestic.civil_conflict(shelf(ucdp=conflicts(*rows)))
    return {(row["code"], row["year"]): row for row in found.iter_rows(named=True)}


def test_an_episode_begins_also_where_another_conflict_goes_on() -> None:
    old, new, again = date(1950, 1, 1), date(1952, 5, 1), date(1954, 2, 1)
    found = fought(
        (2, 1950, 9, "intrastate", 1, "a", "territory", old, old),
        (2, 1951, 9, "internationalized", 2, "a", "territory", old, old),
        (2, 1952, 9, "intrastate", 1, "a", "territory", old, old),
        (2, 1952, 10, "intrastate", 1, "a", "government", new, new),
        (2, 1954, 10, "intrastate", 1, "a", "government", new, again),
    )
    years = (1950, 1951, 1952, 1954)
    assert [found[2, y]["ucdponset"] for y in years] == [1, 0, 1, 1]
    assert [found[2, y]["ucdpnewconflict"] for y in years] == [1, 0, 1, 0]
    assert [found[2, y]["ucdpwar"] for y in years] == [0, 1, 0, 0]
    assert [found[2, y]["maxintensity"] for y in years] == [1, 2, 1, 1]
    assert [found[2, y]["conflict_ids"] for y in years] == ["9", "9", "9; 10", "10"]


def test_an_issue_that_is_both_counts_as_either() -> None:
    day = date(1960, 1, 1)
    row = fought((2, 1960, 1, "intrastate", 1, "a", "both", day, day))[2, 1960]
    assert (row["ucdp_territory"], row["ucdp_government"]) == (1, 1)


def test_sides_have_their_parts() -> None:
    day, facts = date(1960, 1, 1), ("government", date(1960, 1, 1), date(1960, 1, 1))
    found = fought(
        (2, 1960, 1, "interstate", 2, "a", *facts),
        (20, 1960, 1, "interstate", 2, "b", *facts),
        (40, 1960, 1, "interstate", 2, "b_2nd", *facts),
        (41, 1960, 2, "extrasystemic", 1, "a", "territory", day, day),
        (345, 1990, 3, "internationalized", 1, "a_2nd", *facts),
        (345, 2014, 3, "internationalized", 1, "a_2nd", *facts),
    )
    parts = ("ucdp_interstate", "ucdp_foreign_support", "ucdp_extrasystemic", "ucdpongoing")
    assert [found[2, 1960][p] for p in parts] == [found[20, 1960][p] for p in parts] == [1, 0, 0, 0]
    assert [found[40, 1960][p] for p in parts] == [0, 1, 0, 0]
    assert [found[41, 1960][p] for p in parts] == [0, 0, 1, 0]
    assert found[2, 1960]["maxintensity"] == 0 and found[2, 1960]["conflict_ids"] is None
    assert (345, 1990) in found and (340, 2014) in found and (345, 2014) not in found


def test_what_the_first_year_cannot_know_is_null() -> None:
    before, within = date(1945, 3, 1), date(1946, 6, 1)
    found = fought(
        (2, 1946, 1, "intrastate", 1, "a", "government", before, date(1946, 12, 31)),
        (20, 1946, 2, "intrastate", 1, "a", "government", within, within),
    )
    assert (found[2, 1946]["ucdponset"], found[2, 1946]["ucdpnewconflict"]) == (None, None)
    assert (found[20, 1946]["ucdponset"], found[20, 1946]["ucdpnewconflict"]) == (1, 1)


def test_a_state_under_two_codes_keeps_its_own_figure_where_it_has_one() -> None:
    table = pl.DataFrame({"cow": [260, 255, 260, 678, 255], "year": [1989, 1990, 1990, 1990, 1991],
                          "efindex": [0.1, 0.2, 0.3, 0.4, 0.5]})
    found = domestic.hief(shelf(hief=table)).sort("code", "year").rows()
    assert found == [(1989, 0.1, 255), (1990, 0.2, 255), (1991, 0.5, 255), (1989, 0.1, 260), (1990, 0.3, 260),
                     (1990, 0.4, 678), (1990, 0.4, 679)]


def test_sardinia_is_italy_until_italy_is_coded() -> None:
    values = [f"{i}{end}" for i in domestic._REGIMES for end in ("", "_low", "_high")]
    rows = [("HKG", None, 1990, 0.4), ("ITA", 325, 1861, None), ("SPD", None, 1860, 0.1), ("SPD", None, 1861, 0.2)]
    table = pl.DataFrame([(*row[:3], *[row[3]] * 15) for row in rows], schema=["iso3", "cow", "year", *values],
                         orient="row")
    found = domestic.regime(shelf(vdem=table)).select("code", "year", "v2x_egaldem_codehigh").rows()
    assert found == [(325, 1860, 0.1), (325, 1861, 0.2)]
    own = table.with_columns(pl.when(pl.col("iso3") == "ITA").then(0.3).otherwise(values[0]).alias(values[0]))
    assert domestic.regime(shelf(vdem=own)).filter(pl.col("year") == 1861)["v2x_polyarchy"].to_list() == [0.3]


@pytest.mark.parametrize("add", domestic.ADDS, ids=NAMES)
def test_what_it_declares(add) -> None:
    names = [v.name for v in add.state.variables]
    assert len(set(names)) == len(names) and all(len(v.label) <= 80 for v in add.state.variables)
    assert add.note and set(add.sources) <= set(sources())


@pytest.fixture(scope="module")
def gw(raw: Path, cache: Path) -> pl.DataFrame:
    return state_years(years=(1816, 2025), system="gw", folder=raw).add(*NAMES).frame


def value(frame: pl.DataFrame, code: int | str, year: int, column: str) -> Any:
    return frame.filter(pl.nth(0) == code, pl.col("year") == year)[column].item()


@pytest.mark.raw
def test_columns_and_years(states) -> None:
    declared = [v.name for add in domestic.ADDS for v in add.state.variables]
    assert states.columns == ["ccode", "year", *declared]
    for add in domestic.ADDS:
        held = states.filter(pl.any_horizontal(pl.col(v.name).is_not_null() for v in add.state.variables))["year"]
        assert (held.min(), held.max()) == (max(add.first_year, 1816), add.last_year), add.name


@pytest.mark.raw
def test_germany_and_yemen_have_both_codes_in_1990(states) -> None:
    for column in ("v2x_polyarchy", "polity2", "ethfrac", "efindex"):
        for code in (255, 260, 678, 679):
            assert value(states, code, 1990, column) is not None, (column, code)
    assert [value(states, c, 1990, "polity2") for c in (255, 260, 678, 679)] == [10, 10, -5, 0]
    assert [value(states, c, 1990, "v2x_polyarchy") for c in (255, 260, 678, 679)] == [0.895, 0.895, 0.225, 0.225]
    assert [value(states, c, 1990, "leader") for c in (255, 260, 265)] == ["Kohl", None, None]
    assert value(states, 265, 1990, "leader_changes") == 0 and value(states, 260, 1990, "leader_changes") is None


@pytest.mark.raw
def test_gleditsch_and_ward_s_germany_runs_through(gw) -> None:
    own = gw.filter(pl.col("gwcode") == 260, pl.col("year").is_between(1949, 2011))
    assert own.height == 63
    assert own.select("v2x_polyarchy", "polity2", "leader", "ucdpongoing", "efindex").null_count().row(0) == (0,) * 5
    assert value(gw, 260, 1991, "leader_tenure_days") - value(gw, 260, 1989, "leader_tenure_days") == 730


@pytest.mark.raw
def test_states_that_share_a_code_follow_each_other(states, gw) -> None:
    assert [value(states, 365, y, "leader") for y in (1990, 1991)] == ["Gorbachev", "Yeltsin"]
    assert [value(states, 365, y, "polity2") for y in (1990, 1991, 1992)] == [0, 0, 5]
    assert [value(states, 345, y, "leader") for y in (2005, 2006)] == ["Svetozar Marovic", "Kostunica"]
    assert [value(gw, c, 2006, "leader") for c in (345, 340)] == [None, "Kostunica"]
    assert [value(f, c, 2014, "ucdp_foreign_support") for f, c in ((states, 345), (gw, 340))] == [1, 1]
    assert [value(states, c, 2011, "polity2") for c in (625, 626)] == [-4, 0]
    assert value(states, 816, 1975, "polity2") == value(states, 816, 1977, "polity2") == -7


@pytest.mark.raw
def test_italy_to_1861_is_sardinia_in_v_dem(states, raw, cache) -> None:
    vdem = state_years(folder=raw).shelf.table("vdem").filter(pl.col("iso3") == "SPD", pl.col("year") >= 1816)
    own = states.filter(pl.col("ccode") == 325, pl.col("year") <= 1861)
    assert own["v2x_polyarchy"].to_list() == vdem.sort("year")["polyarchy"].to_list()
    assert own.height == 46 and own["v2x_polyarchy"].null_count() == 0


@pytest.mark.raw
def test_who_rules_on_31_december_is_who_the_source_has_in_office(gw, raw, cache) -> None:
    terms = state_years(folder=raw).shelf.table("archigos").with_columns(pl.col("end").fill_null(COVERED_TO))
    known = gw.filter(pl.col("year").is_between(1875, 2015))
    by_code = {code: list(own.select("start", "end", "leadid").iter_rows())
               for (code,), own in terms.sort("start", "end").group_by("gw", maintain_order=True)}
    for code, year, found, tenure in known.select("gwcode", "year", "dec31leadid", "leader_tenure_days").iter_rows():
        eve = date(year, 12, 31)
        there = [(who, (eve - start).days) for start, end, who in by_code.get(code, []) if start <= eve <= end]
        assert (found, tenure) == (there[-1] if there else (None, None)), (code, year)
    assert known["leader"].null_count() == 132
    assert value(gw, 520, 2000, "leader_changes") is None  # Somalia: Archigos has nobody


@pytest.mark.raw
def test_leaders_who_are_known(gw) -> None:
    assert [value(gw, 200, y, "leader_female") for y in (1978, 1979, 1989, 1990)] == [0, 1, 1, 0]
    assert value(gw, 200, 1990, "leader_tenure_days") == (date(1990, 12, 31) - date(1990, 11, 28)).days
    assert value(gw, 680, 1978, "leader_changes") == 2 and value(gw, 680, 1978, "leader_irregular") == 1
    assert value(gw, 365, 1999, "leader") == "Yeltsin" and value(gw, 365, 2000, "leader_age") == 48
    assert (gw.filter(pl.col("n_leaders") == 1)["leadertransition"] == 0).all()


@pytest.mark.raw
def test_irregular_years_are_those_of_the_irregular_entries(gw, raw, cache) -> None:
    terms = state_years(folder=raw).shelf.table("archigos").filter(pl.col("start") >= date(1875, 1, 1))
    forced = terms.filter(pl.col("entry").is_in(["Irregular", "Foreign Imposition"]))
    want = set(forced.select("gw", pl.col("start").dt.year().cast(pl.Int64)).iter_rows())
    known = gw.filter(pl.col("leader_irregular").is_not_null()).select("gwcode", pl.col("year").cast(pl.Int64))
    found = set(gw.filter(pl.col("leader_irregular") == 1).select("gwcode", pl.col("year").cast(pl.Int64)).iter_rows())
    assert found == want & set(known.iter_rows()) and len(found) == 490


@pytest.mark.raw
def test_the_two_sources_of_ethnic_composition_are_one(states) -> None:
    both = states.drop_nulls(["ethfrac", "efindex"])
    apart = both.filter((pl.col("ethfrac") - pl.col("efindex")).abs() > 0.0011)
    assert both.height > 8_600 and apart.select("ccode", "year").rows() == [(345, 1991)]
    assert states.filter(pl.col("ccode").is_in([220, 750]))["ethfrac"].null_count() == states.filter(
        pl.col("ccode").is_in([220, 750])).height


@pytest.mark.raw
def test_side_b_and_supporters_are_there(states) -> None:
    us = states.filter(pl.col("ccode") == 2, pl.col("year").is_between(2000, 2003)).sort("year")
    assert us["ucdp_interstate"].to_list() == [0, 1, 0, 1]  # Afghanistan 2001 from side b, Iraq 2003 from side a
    assert us["ucdp_foreign_support"].to_list() == [0, 0, 0, 1]
    assert us["conflict_ids"].to_list() == [None, "418", "418", "418"] and us["ucdponset"].to_list() == [0, 1, 0, 0]


@pytest.mark.raw
def test_zero_is_said_of_states_that_are_covered_only(states, gw) -> None:
    flags = [v.name for v in next(a for a in domestic.ADDS if a.name == "civil_conflict").state.variables][:-1]
    within = gw.filter(pl.col("year").is_between(1946, 2024))
    assert within.select(flags).null_count().row(0) == (0,) * len(flags)
    assert gw.filter(~pl.col("year").is_between(1946, 2024)).select(flags).null_count().row(0) == (
        gw.height - within.height,) * len(flags)
    assert [value(states, 55, y, "ucdp_interstate") for y in (1983, 1984)] == [1, None]  # Grenada, not in GW's list
    assert (within["conflict_ids"].is_not_null() == (within["ucdpongoing"] == 1)).all()
    assert ((within["maxintensity"] > 0) == (within["ucdpongoing"] == 1)).all()
    either = pl.max_horizontal("ucdp_territory", "ucdp_government")
    assert within.select((either == pl.col("ucdpongoing")).all()).item()


@pytest.mark.raw
def test_onsets_are_those_that_ucdp_counts_itself(gw) -> None:
    # Its own counts take all kinds of conflict and are of an older version, so a few years of revisions differ.
    calm = gw.filter(pl.col("ucdp_interstate") == 0, pl.col("ucdp_extrasystemic") == 0, pl.col("year") <= 2017)
    seen = calm.group_by(mine=pl.col("ucdponset") == 1, theirs=pl.col("sumonset1") > 0).len()
    assert {(m, t): n for m, t, n in seen.iter_rows()} == {
        (True, True): 363, (True, False): 11, (False, True): 7, (False, False): 9451}
    assert int(((calm["ucdpnewconflict"] == 1) != (calm["sumnewconf"] > 0)).sum()) == 6


@pytest.mark.raw
def test_each_side_of_a_dyad_and_each_power_has_its_own(raw, cache) -> None:
    frame = dyad_years(years=(1989, 1992), directed=True, folder=raw).add(*NAMES).frame
    back = frame.select(pl.col("ccode1").alias("ccode2"), pl.col("ccode2").alias("ccode1"), "year",
                        pl.col("polity21").alias("p"), pl.col("leader1").alias("l"))
    both = frame.join(back, on=["ccode1", "ccode2", "year"])
    assert both.height == frame.height
    assert both["polity22"].equals(both["p"], null_equal=True) and both["leader2"].equals(both["l"], null_equal=True)
    powers = power_years(states=["KAZ"], years=2016, folder=raw).add("civil_conflict", "regime").frame
    held = {row["power"]: row for row in powers.iter_rows(named=True)}
    assert [held[p]["ucdpongoing2"] for p in ("RUS", "CHN", "EUU")] == [1, 0, 0]
    assert held["EUU"]["ucdp_foreign_support2"] == 1 and held["EUU"]["v2x_polyarchy2"] is None
    assert held["EUU"]["v2x_polyarchy1"] == held["RUS"]["v2x_polyarchy1"]
