"""Questions to the registry, tiers with geography, the order of regions, and the timeline of events."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from equipoise.assemble.packed import embedded
from equipoise.errors import BadYears, UnknownState, UsageError
from equipoise.pipeline import interests
from equipoise.pipeline import organisations as asked
from equipoise.pipeline.timeline import timeline

CENTRAL_ASIA = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]


def states(organisation: str, on: str, *kinds: str) -> list[str]:
    return asked.members_of(organisation, on=on, kinds=kinds or None).frame["state"].to_list()


def test_members_of_the_collective_security_treaty_organization() -> None:
    # Uzbekistan left the treaty in 1999, was back from 2006, and left again at the end of 2012.
    assert "UZB" in states("CST", "1999-04-20", "member") and "UZB" not in states("CST", "1999-04-21", "member")
    assert "UZB" not in states("CSTO", "2006-06-22", "member") and "UZB" in states("CSTO", "2006-06-23", "member")
    assert "UZB" in states("CSTO", "2012-12-19", "member") and "UZB" not in states("CSTO", "2012-12-20", "member")


def test_statuses_on_a_day() -> None:
    sco = asked.members_of("SCO", on="2022-01-01").frame
    of = dict(sco.select("state", "kind").iter_rows())
    assert of["BLR"] == of["MNG"] == "observer" and of["ARM"] == "dialogue_partner" and of["IND"] == "member"
    assert states("CIS", "2022-01-01", "associate") == ["TKM"]
    assert states("OSCE", "2010-05-01", "chair") == ["KAZ"]
    assert states("WTO", "2015-11-29", "acceding") == ["KAZ"]


def test_the_list_answers_for_what_the_registry_does_not_hold() -> None:
    made = asked.members_of("unesco", on="2010-01-01")
    assert "KAZ" in made.frame["state"] and list(made.sources) == ["cow_igo"]
    assert any("2014" in r for r in made.remarks)
    with pytest.raises(BadYears, match="1991 to 2014 only"):
        asked.members_of("UNESCO", on="2020-01-01")


@pytest.mark.parametrize(
    ("organisation", "on", "kinds", "words"),
    [
        ("CTSO", "2022-01-01", None, "Did you mean CSTO"),
        ("CSTO", "2022-02-30", None, "February 2022 had 28 days"),
        ("CSTO", "2022-13-01", None, "12 months"),
        ("CSTO", "soon", None, "no date"),
        ("CSTO", "2022-01", None, "not a day"),
        ("CSTO", "2199-01-01", None, "not come yet"),
        ("CSTO", "2022-01-01", ["friend"], "dialogue_partner"),
        ("CES", "2020-01-01", None, "from 2012-01-01 to 2015-01-01"),
        ("CSTO", "2022-01-01", ["chair"], "Its ties are"),
    ],
)
def test_bad_questions_are_refused(organisation: str, on: str, kinds: list[str] | None, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        asked.members_of(organisation, on=on, kinds=kinds)


def test_overlap_of_the_three() -> None:
    made = asked.overlap_of(["CSTO", "SCO", "EAEU"], on=dt.date(2022, 1, 1))
    assert dict(made.frame.select("organisations", "states").iter_rows()) == {
        "SCO": "CHN;IND;PAK;UZB",
        "CSTO;SCO;EAEU": "KAZ;KGZ;RUS",
        "CSTO;EAEU": "ARM;BLR",
        "CSTO;SCO": "TJK",
    }
    with_observers = asked.overlap_of(["CSTO", "SCO"], on="2022-01-01", kinds=["member", "observer"])
    assert "BLR" in dict(with_observers.frame.select("organisations", "states").iter_rows())["CSTO;SCO"]
    with pytest.raises(UsageError, match="two organisations"):
        asked.overlap_of(["CSTO"], on="2022-01-01")


def test_a_portfolio_with_and_without_the_list() -> None:
    own = asked.portfolio_of("KAZ").frame
    every = asked.portfolio_of("KAZ", everything=True)
    assert {"CIS", "CSTO", "SCO", "EAEU", "UNSC"} <= set(own["organisation"]) and "UNESCO" not in own["organisation"]
    assert set(own["organisation"]) < set(every.frame["organisation"]) and "UNESCO" in every.frame["organisation"]
    assert set(asked.portfolio_of("KAZ", years="2017:2018").frame["organisation"]) >= {"UNSC", "EAEU"}
    with pytest.raises(UnknownState, match="KAZ"):
        asked.portfolio_of("Kazakstan")


def test_what_is_shared_with_each_power() -> None:
    made = asked.shared_with("KAZ", on="2022-01-01")
    by_power = {p: set(g["organisation"]) for (p,), g in made.frame.group_by("power")}
    assert {"CIS", "CSTO", "EAEU", "SCO"} <= by_power["RUS"] and "EU-EPCA" in by_power["EUU"]
    assert {"SCO", "BRI"} <= by_power["CHN"] and "SCO" not in by_power["USA"] and "BRI" not in by_power["RUS"]
    counts = made.more["by_year"]
    last = counts.filter(year=2021)
    assert dict(last.select("power", "members").iter_rows()) == {"RUS": 9, "CHN": 4, "USA": 2, "EUU": 2, "JPN": 1}
    assert set(counts["year"]) == set(range(1991, 2023))
    with pytest.raises(BadYears, match="to 2014 only"):
        asked.shared_with("KAZ", on="2022-01-01", everything=True)


def test_every_body_can_be_asked_for() -> None:
    listed = asked.list_bodies()
    assert listed["organisation"].is_unique().all() and listed.height == 58 + 392
    assert listed.filter(known="dated").height == 58


def test_russias_tiers_in_central_asia_with_the_nearest_first() -> None:
    frame = interests.tiers("RUS", region="Central Asia", on="2022-01-01").frame
    assert frame.group_by("tier").agg(pl.col("state").sort()).sort("tier").rows() == [
        (1, ["KAZ", "KGZ", "TJK"]),
        (2, ["UZB"]),
        (3, ["TKM"]),
    ]
    assert frame["state"][0] == "KAZ" and frame["border"].to_list() == [True, False, False, False, False]
    assert (frame["capital_km"].is_between(2000, 3200)).all()
    named = interests.tiers("rus", states=CENTRAL_ASIA, on="2022-01-01").frame
    assert named.equals(frame)


def test_tiers_of_any_power_in_any_region() -> None:
    union = interests.tiers_of(embedded(), power="EUU", states=["POL", "UKR", "GEO"], on=dt.date(2022, 1, 1))
    assert union.select("state", "tier", "border").rows() == [("POL", 2, None), ("UKR", 3, True), ("GEO", 3, False)]
    flank = interests.tiers("RUS", region="FLANK", on="2022-01-01").frame
    assert dict(flank.select("state", "tier").iter_rows()) == {"ARM": 1, "AZE": 2, "GEO": 3}
    for given in ({}, {"region": "CIS", "states": ["KAZ"]}):
        with pytest.raises(UsageError, match="one region, or of states"):
            interests.tiers("RUS", on="2022-01-01", **given)


def test_russias_order_of_regions_beside_the_documents() -> None:
    made = interests.priorities(on="2022-01-01")
    frame = made.frame
    places = {m: dict(g.select("region", "rank").iter_rows()) for (m,), g in frame.group_by("measure")}
    assert places["forces"]["CIS"] == places["defence"]["CIS"] == 1
    assert places["forces"]["MIDDLEEAST"] == 2 and places["trade"]["EUROPE"] == 1
    assert places["votes"]["USA"] == 5
    assert dict(frame.select("measure", "year").unique().iter_rows()) == {
        "votes": 2021,
        "trade": 2014,
        "forces": 2020,
        "defence": 2018,
    }
    shares = frame.filter(measure="trade")["value"]
    assert 0 < shares.sum() < 1
    tau = dict(made.more["agreement"].select("measure", "tau").iter_rows())
    assert tau["defence"] > tau["trade"] > tau["votes"]
    assert any("visits are missing" in r for r in made.remarks) and "imf_trade" not in made.sources


def test_an_order_of_regions_says_what_is_missing() -> None:
    early = interests.priorities(on="2000-06-01")
    assert early.frame.filter(measure="forces")["value"].null_count() == 5
    assert any("forces" in r for r in early.remarks)
    assert early.more["agreement"].filter(measure="forces")["tau"].to_list() == [None]
    with pytest.raises(UsageError, match="nothing that orders"):
        interests.priorities(on="1990-01-01")


def test_events_of_a_span() -> None:
    made = timeline(first="2013-11", last="2022-02", states=["KAZ"])
    assert {"crimea", "eaeu", "csto-in", "invasion"} <= set(made.frame["id"])
    assert "zhanaozen-2011" not in made.frame["id"] and made.frame["source"].null_count() == 0
    votes = timeline(kinds=["vote"]).frame
    assert set(votes["kind"]) == {"vote"} and votes.height >= 10


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"first": "2023", "last": "2022"}, "Swap --from and --to"),
        ({"first": "2022-02-30"}, "28 days"),
        ({"states": ["KZZ"]}, "Did you mean KAZ"),
        ({"kinds": ["wars"]}, "Use crisis"),
        ({"first": "1700", "last": "1800"}, "run from 1904-01-01"),
    ],
)
def test_bad_spans_are_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        timeline(**given)
