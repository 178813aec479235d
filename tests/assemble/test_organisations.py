"""The registry of organisations: its rows, memberships on a day, and tiers of interest."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from equipoise.assemble import codes
from equipoise.assemble import organisations as orgs
from equipoise.errors import UnknownState, UsageError

CENTRAL_ASIA = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
NEW_YEAR_2022 = dt.date(2022, 1, 1)


def test_every_row_is_sound() -> None:
    spells = orgs.spells()
    assert spells.height == 1293
    assert set(spells["kind"]) <= set(orgs.KINDS)
    assert set(spells["state"]) <= set(codes.states()["iso3"])
    assert set(spells["organisation"]) == set(orgs.bodies()["organisation"])
    assert spells.filter(pl.col("start") >= pl.col("end")).is_empty()
    assert set(spells["confidence"]) == {"high", "medium", "low"}
    for column in ("name_en", "name_zh", "function", "start", "precision", "source", "confidence", "verified"):
        assert spells[column].null_count() == 0, column
    assert spells.filter(pl.struct("organisation", "state", "kind", "start").is_duplicated()).is_empty()


def test_what_rests_on_memory_is_not_verified_and_never_sure() -> None:
    memory = orgs.spells().filter(pl.col("source").str.contains("general knowledge|unverified"))
    assert memory.height == 140  # settle one, and lower this
    assert not memory["verified"].any()
    alone = memory.filter(pl.col("source") == "general knowledge")
    assert "high" not in alone["confidence"].to_list()


def test_bodies() -> None:
    bodies = orgs.bodies()
    assert bodies.height == 49
    assert set(bodies["body"]) == {"organisation", "treaty", "agreement", "forum"}
    names = dict(bodies.select("organisation", "name_zh").iter_rows())
    assert names["CIS"] == "獨立國家國協"
    assert names["OSCE"] == "歐洲安全與合作組織"
    assert names["OTS"] == "突厥國家組織"
    assert names["CICA"] == "亞洲相互協作與信任措施會議"
    assert {f for row in bodies["function"] for f in row.split(";")} <= {
        "politics", "economy", "security", "finance", "energy", "culture"}


def test_dates_less_exact_than_a_day_say_so() -> None:
    indonesia = orgs.spells().filter(pl.col("organisation") == "OPEC", pl.col("state") == "IDN").row(0, named=True)
    assert (indonesia["start"], indonesia["precision"]) == (dt.date(1962, 1, 1), "year")
    assert (indonesia["end"], indonesia["end_precision"]) == (dt.date(2009, 1, 31), "month")


@pytest.mark.parametrize(
    ("organisation", "on", "members"),
    [
        ("CSTO", NEW_YEAR_2022, ["ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"]),
        ("CST", dt.date(1998, 1, 1), ["ARM", "AZE", "BLR", "GEO", "KAZ", "KGZ", "RUS", "TJK", "UZB"]),
        ("EAEU", dt.date(2015, 1, 1), ["BLR", "KAZ", "RUS"]),
        ("EAEU", NEW_YEAR_2022, ["ARM", "BLR", "KAZ", "KGZ", "RUS"]),
        ("SCO", NEW_YEAR_2022, ["CHN", "IND", "KAZ", "KGZ", "PAK", "RUS", "TJK", "UZB"]),
        ("UNIONSTATE", NEW_YEAR_2022, ["BLR", "RUS"]),
    ],
)
def test_members(organisation: str, on: dt.date, members: list[str]) -> None:
    assert orgs.members(organisation, on=on) == members


def test_members_of_other_kinds() -> None:
    assert "TKM" not in orgs.members("CIS", on=NEW_YEAR_2022)
    assert "TKM" in orgs.members("CIS", on=NEW_YEAR_2022, kinds=("member", "associate"))
    assert orgs.members("OSCE", on=dt.date(2010, 6, 1), kinds=("chair",)) == ["KAZ"]
    assert "KAZ" in orgs.members("UNSC", on=dt.date(2018, 12, 31))
    assert "KAZ" not in orgs.members("UNSC", on=dt.date(2019, 1, 1))


def test_an_unknown_code_or_kind_is_refused_with_a_hint() -> None:
    with pytest.raises(UsageError, match="CSTO"):
        orgs.members("CTSO", on=NEW_YEAR_2022)
    with pytest.raises(UsageError, match="CSTO is"):
        orgs.members("csto", on=NEW_YEAR_2022)
    with pytest.raises(UsageError, match="dialogue_partner"):
        orgs.members("CSTO", on=NEW_YEAR_2022, kinds=("friend",))


@pytest.mark.parametrize(
    ("text", "code"), [("csto", "CSTO"), (" EAEU ", "EAEU"), ("獨立國家國協", "CIS"), ("european union (european "
                       "communities until 1993)", "EU"), ("c5+1", "C5+1")])
def test_a_body_is_found_by_code_or_name(text: str, code: str) -> None:
    assert orgs.body_of(text) == code


def test_centres_are_states_or_bodies() -> None:
    bodies = orgs.bodies()
    centres = dict(bodies.drop_nulls("centre").select("organisation", "centre").iter_rows())
    assert set(centres.values()) <= {*codes.states()["iso3"], *bodies["organisation"]}
    assert centres["EU-PCA"] == "EU" and centres["BRI"] == "CHN" and centres["PFP"] == "NATO"
    assert "CSTO" not in centres


@pytest.mark.parametrize(
    ("year", "count"), [(1991, 12), (1994, 12), (1995, 15), (2003, 15), (2004, 25), (2007, 27), (2013, 28), (2019, 28),
                        (2020, 27), (2025, 27)])
def test_the_european_union_by_year(year: int, count: int) -> None:
    members = orgs.eu_members(year)
    assert len(members) == count
    assert ("GBR" in members) == (year < 2020)


def test_portfolio() -> None:
    kaz = orgs.portfolio("KAZ")
    assert kaz["start"].is_sorted()
    assert {"CIS", "CSTO", "SCO", "EAEU", "OSCE", "WTO", "UNSC", "AIIB"} <= set(kaz["organisation"])
    with pytest.raises(UnknownState):
        orgs.portfolio("KZK")


def test_the_closest_tie_counts_and_chairing_alone_does_not() -> None:
    ties = orgs.closest(orgs.ties_on(orgs.spells(), day=dt.date(2010, 6, 1)))
    assert ties.select("organisation", "state").is_unique().all()
    assert ties.filter(organisation="OSCE", state="KAZ")["kind"].to_list() == ["participant"]
    assert "chair" not in set(ties["kind"])


def test_tiers_of_russia_in_central_asia() -> None:
    tiers = orgs.tiers("RUS", states=CENTRAL_ASIA, on=NEW_YEAR_2022)
    assert tiers.rows() == [("KAZ", 1, "CSTO"), ("KGZ", 1, "CSTO"), ("TJK", 1, "CSTO"), ("UZB", 2, "CIS;SCO"),
                            ("TKM", 3, "CIS")]


def test_tiers_follow_the_dates() -> None:
    first = {on: dict(orgs.tiers("RUS", states=CENTRAL_ASIA, on=on).select("state", "tier").iter_rows()) for on in (
        dt.date(1991, 6, 1), dt.date(1998, 1, 1), dt.date(2008, 1, 1))}
    assert set(first[dt.date(1991, 6, 1)].values()) == {3}
    assert first[dt.date(1998, 1, 1)]["UZB"] == 1
    assert first[dt.date(2008, 1, 1)]["UZB"] == 1
    assert first[dt.date(2008, 1, 1)]["TKM"] == 3


def test_tiers_of_other_powers() -> None:
    china = orgs.tiers("CHN", states=[*CENTRAL_ASIA, "CHN"], on=NEW_YEAR_2022)
    assert china.rows() == [("KAZ", 2, "SCO"), ("KGZ", 2, "SCO"), ("TJK", 2, "SCO"), ("UZB", 2, "SCO"),
                            ("TKM", 3, None)]
    assert orgs.tiers("USA", states=["TUR", "KAZ"], on=NEW_YEAR_2022).rows() == [("TUR", 1, "NATO"), ("KAZ", 3, None)]
    assert orgs.tiers("EUU", states=["POL", "UKR"], on=NEW_YEAR_2022).rows() == [("POL", 2, "EU"), ("UKR", 3, None)]
    assert orgs.tiers("JPN", states=["KAZ"], on=NEW_YEAR_2022)["tier"].to_list() == [3]
    assert orgs.tiers("RUS", states=[], on=NEW_YEAR_2022).is_empty()
