"""Alliances, shared organisations and rivalries."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from tests.assemble.panel.golden import differing, in_total, total_of

from equipoise.acquire import tables
from equipoise.acquire.registry import sources
from equipoise.assemble.panel import dyad_years, power_years
from equipoise.assemble.panel.adds import ties

NAMES = [add.name for add in ties.ADDS]
ATOP = ["atop_alliance", "atop_defense", "atop_offense", "atop_neutral", "atop_nonagg", "atop_consul"]
KINDS = ["positional", "spatial", "ideological", "interventionary"]
IGOS = ["sum_igo_full", "sum_igo_associate", "sum_igo_observer", "sum_igo_anytype"]

# The rivalries of which the list gives a code of another time, and which the reference leaves so (76 it splits, too).
RECODED = [19, 92, 140, 141, 158]


def shelf(**held: pl.DataFrame) -> Any:
    return SimpleNamespace(table=held.__getitem__)


# France owes Belgium help, Belgium owes France nothing; Monaco is no state of the system before 1993.
ALLIANCES = pl.DataFrame(
    [
        (211, 220, 1832, 0, 0, 0, 0, 0),
        (220, 211, 1832, 1, 0, 0, 0, 0),
        (220, 221, 1980, 0, 0, 0, 1, 0),
        (221, 220, 1980, 0, 0, 0, 1, 0),
        (220, 230, 1980, 0, 0, 0, 1, 1),
        (230, 220, 1980, 1, 0, 0, 1, 0),
    ],
    schema=["cow_a", "cow_b", "year", "defense", "offense", "neutrality", "nonaggression", "consultation"],
    orient="row",
)


def test_what_is_owed_has_a_direction_and_the_alliance_has_none() -> None:
    found = ties.obligations(shelf(atop=ALLIANCES)).filter(pl.col("year") == 1832).sort("code_a")
    assert found.select("code_a", "code_b", *ATOP).rows() == [
        (211, 220, 1, 0, 0, 0, 0, 0),
        (220, 211, 1, 1, 0, 0, 0, 0),
    ]


def test_allies_are_states_of_the_system_and_defenders_those_who_owe_it() -> None:
    found = ties.allies(shelf(atop=ALLIANCES)).sort("year", "code")
    assert found.select("code", "year", "n_allies", "n_allies_defense").rows() == [
        (211, 1832, 1, 1),
        (220, 1832, 1, 0),
        (220, 1980, 1, 1),
        (230, 1980, 1, 0),
    ]


MEMBERSHIPS = pl.DataFrame(
    [
        (2, 1990, "un", "member"),
        (2, 1990, "oas", "member"),
        (2, 1990, "aalco", "associate"),
        (20, 1990, "un", "member"),
        (20, 1990, "oas", "observer"),
        (20, 1990, "aalco", "member"),
        (705, 1990, None, None),
        (2, 1991, "un", "member"),
        (40, 1991, "oas", "member"),
    ],
    schema=["cow", "year", "igo", "status"],
    orient="row",
)


def test_shared_organisations_have_both_as_full_or_associate_members() -> None:
    found = ties.shared_organisations(shelf(cow_igo=MEMBERSHIPS)).sort("year", "code_a", "code_b")
    assert found.select("code_a", "code_b", "year", "dyadigos").rows() == [
        (2, 20, 1990, 2),
        (2, 705, 1990, 0),
        (20, 705, 1990, 0),
        (2, 40, 1991, 0),
    ]


def test_a_state_that_is_listed_without_a_tie_has_zeros() -> None:
    found = ties.organisations_of_states(shelf(cow_igo=MEMBERSHIPS)).filter(pl.col("year") == 1990).sort("code")
    assert found.select("code", *IGOS).rows() == [(2, 2, 1, 0, 3), (20, 2, 0, 1, 3), (705, 0, 0, 0, 0)]


def rivalries(*rows: tuple[int, int, int, int | None, int, str]) -> Any:
    names = ["cow_a", "cow_b", "start_year", "end_year", "tssr_id", "types"]
    return shelf(strategic_rivalries=pl.DataFrame(rows, schema=names, orient="row"))


def test_a_rivalry_that_goes_on_ends_with_the_list_and_has_its_kinds() -> None:
    found = ties.rivals(rivalries((2, 710, 2018, None, 240, "positional,ideological"))).sort("year")
    assert found.select("code_a", "code_b", "year", "tssr_id", *KINDS, "ongoingrivalry").rows() == [
        (2, 710, year, 240, 1, 0, 1, 0, 1) for year in (2018, 2019, 2020)
    ]


@pytest.mark.parametrize(
    ("row", "year", "pair"),
    [
        ((300, 345, 1903, 1920, 76, "spatial"), 1918, (300, 345)),
        ((300, 345, 1903, 1920, 76, "spatial"), 1919, (305, 345)),
        ((255, 305, 1740, 1870, 19, "spatial"), 1866, (255, 300)),
        ((670, 679, 1931, 1934, 92, "spatial"), 1934, (670, 678)),
        ((679, 698, 1967, 1982, 158, "spatial"), 1967, (680, 698)),
        ((670, 679, 1990, 2000, 198, "spatial"), 1990, (670, 679)),
    ],
)
def test_a_rival_has_the_code_of_its_time(row, year, pair) -> None:
    found = ties.rivals(rivalries(row)).filter(pl.col("year") == year)
    assert found.select("code_a", "code_b").rows() == [pair]


def test_rivalries_of_a_state_are_counted_by_kind_and_once_in_all() -> None:
    both = rivalries((2, 365, 2007, None, 237, "positional,spatial"), (2, 710, 1996, None, 240, "positional"))
    found = ties.rivalries_of_states(both).filter(pl.col("year") == 2010).sort("code")
    assert found.select("code", "n_rivalries", "n_positional", "n_spatial", "n_ideological").rows() == [
        (2, 2, 2, 1, 0),
        (365, 1, 1, 1, 0),
        (710, 1, 1, 0, 0),
    ]


@pytest.mark.parametrize("add", ties.ADDS, ids=NAMES)
def test_years_are_the_source_s_and_labels_are_short(add) -> None:
    (source,) = (sources()[s] for s in add.sources)
    assert (add.first_year, add.last_year) == (source.first_year, source.last_year)
    assert all(len(v.label) <= 80 for form in (add.state, add.dyad) for v in form.variables)


@pytest.mark.raw
@pytest.mark.slow
@pytest.mark.parametrize("column", [*ATOP, "dyadigos"])
def test_alliances_and_organisations_are_the_reference_s_in_every_year(dyads, column) -> None:
    assert differing(dyads, column, case="ddy_full") == {}
    assert in_total(dyads, column) == total_of("ddy_full", column)


@pytest.mark.raw
@pytest.mark.slow
@pytest.mark.parametrize("column", IGOS)
def test_memberships_are_the_reference_s_in_every_year(states, column) -> None:
    assert differing(states, column, case="sy_full") == {}
    assert in_total(states, column) == total_of("sy_full", column)


@pytest.mark.raw
@pytest.mark.slow
def test_shared_organisations_are_the_reference_s_pair_by_pair(raw, dyads) -> None:
    file = "peacesciencer/cow_igo_ndy.rda"
    theirs = tables.read_r((raw / file).read_bytes(), name=file).cast(pl.Int64)
    known = dyads.filter(pl.col("ccode1") < pl.col("ccode2"), pl.col("dyadigos").is_not_null())
    ours = known.select("ccode1", "ccode2", "year", "dyadigos").cast(pl.Int64)
    both = ours.join(theirs, on=["ccode1", "ccode2", "year"], how="left", suffix="_theirs")
    assert both["dyadigos"].equals(both["dyadigos_theirs"])
    # The other 22 are of states that were never in the system on one day of the year.
    assert (ours.height, theirs.height) == (917_673, 917_695)


@pytest.mark.raw
@pytest.mark.slow
def test_rivalries_are_the_reference_s_but_for_five_codes(dyads) -> None:
    recoded = pl.col("tssr_id").is_in(RECODED).fill_null(value=False)
    zeroed = [pl.when(recoded).then(0).otherwise(k).alias(k) for k in [*KINDS, "ongoingrivalry"]]
    without = dyads.with_columns(*zeroed, tssr_id=pl.when(~recoded).then("tssr_id"))
    for column in ("tssr_id", *KINDS):
        assert differing(without, column, case="ddy_full") == {}
        assert in_total(without, column) == total_of("ddy_full", column)
    found = dyads.filter(pl.col("tssr_id").is_in(RECODED)).group_by("tssr_id").len().sort("tssr_id").rows()
    assert found == [(19, 110), (92, 8), (140, 16), (141, 4), (158, 24)]


@pytest.mark.raw
@pytest.mark.slow
def test_the_reference_has_every_pair_in_a_rivalry_after_the_list_ends(dyads) -> None:
    later = dyads.filter(pl.col("year") > 2020)
    assert later["ongoingrivalry"].null_count() == later.height == 189_150
    without = dyads.filter(~pl.col("tssr_id").is_in(RECODED).fill_null(value=False))
    assert total_of("ddy_full", "ongoingrivalry")[1] == int(without["ongoingrivalry"].sum()) + later.height
    until = differing(without, "ongoingrivalry", case="ddy_full")["ongoingrivalry"]
    # A year with a recoded rivalry has fewer rows here; in the others only those after 2020 differ.
    of_recoded = set(dyads.filter(pl.col("tssr_id").is_in(RECODED))["year"])
    assert set(until) - of_recoded == {2021, 2022, 2023, 2024, 2025}


@pytest.mark.raw
@pytest.mark.slow
def test_numbers_of_rivalries_are_the_reference_s_but_for_five_codes(states) -> None:
    more = {"n_positional": 55, "n_spatial": 75, "n_ideological": 16, "n_interventionary": 81}
    # The years of the states that the list has under another code: Austria-Hungary and both Yemens.
    spans = [(300, 1816, 1870, [1, 1, 0, 1]), (678, 1931, 1934, [0, 1, 0, 0]), (678, 1962, 1969, [0, 0, 0, 1]),
             (678, 1962, 1963, [0, 0, 0, 1]), (680, 1967, 1982, [0, 1, 1, 1])]  # fmt: skip
    for at, kind in enumerate(KINDS):
        ours, extra = pl.col(f"n_{kind}"), pl.lit(0)
        for code, first, last, has in spans:
            there = (pl.col("ccode") == code) & pl.col("year").is_between(first, last)
            extra = extra + there.cast(pl.Int16) * has[at]
        without = states.with_columns(ours - extra)
        assert differing(without, f"n_{kind}", case="sy_full") == {}
        assert in_total(without, f"n_{kind}") == total_of("sy_full", f"n_{kind}")
        assert states[f"n_{kind}"].cast(pl.Int64).sum() - total_of("sy_full", f"n_{kind}")[1] == more[f"n_{kind}"]


@pytest.mark.raw
@pytest.mark.slow
def test_what_two_states_have_in_common_is_the_same_from_either_side(dyads) -> None:
    columns = ["ccode1", "ccode2", "year", "atop_alliance", "dyadigos", "tssr_id", *KINDS, "ongoingrivalry"]
    here = dyads.select(columns)
    turned = here.rename({"ccode1": "ccode2", "ccode2": "ccode1"}).select(columns)
    assert turned.sort("ccode1", "ccode2", "year").equals(here)


@pytest.mark.raw
@pytest.mark.slow
def test_some_obligations_are_owed_on_one_side_only(dyads) -> None:
    columns = ["ccode1", "ccode2", "year", *ATOP]
    there = dyads.select(columns).drop_nulls()
    back = there.rename({"ccode1": "ccode2", "ccode2": "ccode1"}).select(columns).sort("ccode1", "ccode2", "year")
    apart = pl.any_horizontal(pl.Series(there[c] != back[c]) for c in ATOP)
    assert int(there.select(apart).to_series().sum()) == 1_216


@pytest.mark.raw
@pytest.mark.slow
def test_allies_are_the_pairs_of_the_dyads(dyads, states) -> None:
    owed = pl.col("atop_defense").cast(pl.Int64).sum()
    own = dyads.group_by("year", ccode="ccode2").agg(n=pl.col("atop_alliance").cast(pl.Int64).sum(), d=owed)
    both = states.filter(pl.col("year") <= 2018).join(own, on=["ccode", "year"], how="left")
    assert both.height == 16_341
    assert (both["n_allies"] == both["n"]).all() and (both["n_allies_defense"] == both["d"]).all()


@pytest.mark.raw
def test_kazakhstan_s_ties_in_2014(raw, cache) -> None:
    frame = power_years(states=["KAZ"], years=2014, folder=raw).add(*NAMES).frame
    by = {row["power"]: row for row in frame.iter_rows(named=True)}
    assert [by[p]["atop_defense"] for p in ("RUS", "CHN", "USA", "EUU", "JPN")] == [1, 0, 0, 0, 0]
    assert [by[p]["atop_alliance"] for p in ("RUS", "CHN", "USA", "EUU", "JPN")] == [1, 1, 1, 1, 0]
    assert by["RUS"]["dyadigos"] == 47 and by["CHN"]["dyadigos"] == 36
    assert set(frame["ongoingrivalry"]) == {0}


@pytest.mark.raw
@pytest.mark.parametrize("system", ["gw", "iso"])
def test_other_systems_of_codes_have_them_too(raw, cache, system) -> None:
    code = {"gw": "gwcode", "iso": "iso3"}[system]
    names = {"gw": (2, 365), "iso": ("USA", "RUS")}[system]
    one, two = (f"{code}1", f"{code}2") if system == "gw" else (f"{code}_1", f"{code}_2")
    frame = dyad_years(years=(2007, 2012), system=system, directed=True, folder=raw).add(*NAMES).frame
    pair = frame.filter(pl.col(one) == names[0], pl.col(two) == names[1])
    assert pair["ongoingrivalry"].to_list() == [1] * 6 and pair["tssr_id"].n_unique() == 1
    assert pair["dyadigos"].is_between(50, 60).all()
