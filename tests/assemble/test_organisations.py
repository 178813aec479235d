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
    assert spells.height == 1622
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
    assert memory.height == 242  # settle one, and lower this
    assert not memory["verified"].any()
    alone = memory.filter(pl.col("source") == "general knowledge")
    assert "high" not in alone["confidence"].to_list()


def test_bodies() -> None:
    bodies = orgs.bodies()
    assert bodies.height == 58
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


EURASIA = ["AFG", "ARM", "AZE", "BLR", "CHN", "GEO", "KAZ", "KGZ", "MDA", "MNG", "RUS", "TJK", "TKM", "UKR", "UZB"]


@pytest.mark.parametrize("state", EURASIA)
def test_stages_of_entry_to_the_world_trade_organization_follow_without_a_gap(state: str) -> None:
    own = orgs.spells().filter(pl.col("organisation") == "WTO", pl.col("state") == state, pl.col("kind") != "observer")
    stages = ["applicant", "negotiating", "acceding", "member"]
    assert own["kind"].to_list() == stages[: 2 if state in ("AZE", "BLR", "TKM", "UZB") else 4]
    ends = own.filter(pl.col("end_precision") == "day")["end"].to_list()
    assert [e + dt.timedelta(days=1) for e in ends] == own["start"].to_list()[-len(ends) :]
    assert own["end"][-1] is None


def test_a_stage_on_a_day() -> None:
    for year, month, day, kind in ((1996, 2, 5, "applicant"), (2015, 7, 26, "negotiating"), (2015, 7, 27, "acceding"),
                                   (2015, 11, 30, "member")):
        assert "KAZ" in orgs.members("WTO", on=dt.date(year, month, day), kinds=[kind])


@pytest.mark.parametrize(
    ("organisation", "on", "members", "suspended"),
    [
        ("AU", "2017-01-30", 54, []),
        ("AU", "2017-01-31", 55, []),
        ("AU", "2023-09-01", 49, ["BFA", "GAB", "GIN", "MLI", "NER", "SDN"]),
        ("ECOWAS", "2025-01-28", 11, ["BFA", "GIN", "MLI", "NER"]),
        ("ECOWAS", "2025-01-29", 11, ["GIN"]),
        ("OAS", "2010-01-01", 33, ["CUB", "HND"]),
        ("OAS", "2024-01-01", 32, ["CUB"]),
        ("LAS", "2012-01-01", 21, ["SYR"]),
        ("LAS", "2023-05-08", 22, []),
        ("ASEAN", "2025-10-26", 11, []),
        ("GCC", "2000-01-01", 6, []),
        ("SADC", "2010-01-01", 14, ["MDG"]),
        ("IGAD", "2024-06-01", 7, ["SDN"]),
    ],
)
def test_regional_bodies(organisation: str, on: str, members: int, suspended: list[str]) -> None:
    day = dt.date.fromisoformat(on)
    assert len(orgs.members(organisation, on=day)) == members
    assert orgs.members(organisation, on=day, kinds=["suspended"]) == suspended


def test_nobody_is_a_member_and_suspended_on_one_day() -> None:
    spells = orgs.spells().filter(pl.col("kind").is_in(["member", "suspended"])).sort("organisation", "state", "start")
    stayed = spells.filter(kind="suspended").select("organisation", "state").unique()
    there = spells.join(stayed, on=["organisation", "state"], how="semi")
    until = pl.col("end").fill_null(dt.date.max).shift(1).over("organisation", "state")
    assert there.height > 70 and there.filter(until >= pl.col("start")).is_empty()


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
