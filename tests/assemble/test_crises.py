"""Crisis files: the shipped ones are whole, and every fault of a file is named with its key and what to try."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.assemble import organisations
from equipoise.assemble.crises import parse, read, ready, shipped
from equipoise.errors import BadSourceFile, UsageError
from equipoise.schema import DEFAULT_POWERS

OWN = """
key = "nowhere-2030"
title = { en = "Unrest" }
place = "KAZ"
start = 2030-01-02
kind = "unrest"
subject = "the government"
force_on_people = false
border_change = false
"""

CHINA = """
[stance.CHN]
first = "calm"
firmest = "help-after"
source = "made up"
"""


CONTINENTAL = {"AU", "ECOWAS", "SADC", "IGAD", "OAU", "OAS", "LAS", "GCC", "ASEAN"}
BESIDE = {("yemen-2015", "GCC")}
"""Bodies that were asked, or whose members fought, for a state that is none of theirs."""


def test_a_body_of_a_continent_is_able_where_the_place_is_its_member() -> None:
    named, strangers = 0, set()
    for crisis in map(shipped, ready()):
        for body in CONTINENTAL.intersection(crisis.able):
            here = organisations.members(body, on=crisis.start, kinds=("member", "suspended"))
            named += crisis.place in here
            strangers |= {(crisis.key, body)} if crisis.place not in here else set()
    assert strangers == BESIDE and named >= 20


def test_shipped_crises_are_whole_and_many() -> None:
    found = [shipped(key) for key in ready()]
    assert len(found) >= 30
    for crisis in found:
        told = [s for s in crisis.stances if s.power in DEFAULT_POWERS]
        assert crisis.title_zh and crisis.sources
        assert all(s.party or (s.what and s.what_zh and s.source) for s in told)
    assert sum(not s.party for c in found for s in c.stances) >= 150


def test_the_parties_of_a_war_have_no_rung() -> None:
    crisis = shipped("ukraine-2022")
    assert crisis.is_party("RUS") and crisis.is_party("UKR") and not crisis.is_party("CHN")
    assert crisis.year == 2021


def test_a_file_of_ones_own_needs_no_stances(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    assert read(str(path)).stances == ()
    path.write_text(OWN + CHINA, encoding="utf-8")
    coded = read(str(path)).stance_of("CHN")
    assert coded is not None
    assert (coded.first, coded.firmest, coded.confidence) == ("calm", "help-after", "medium")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('first = "calm"', 'first = "clam"', "stance.CHN.first: there is no 'clam'. Did you mean calm?"),
        ('place = "KAZ"', 'place = "Kazakstan"', "place: no state has the code 'Kazakstan'. Did you mean KAZ"),
        ('place = "KAZ"', 'place = "Kazakhstan"', "'Kazakhstan' is not a code. Write KAZ."),
        ('kind = "unrest"', 'kind = "unrets"', "there is no 'unrets'. Did you mean unrest?"),
        ('kind = "unrest"', 'kind = "unrest"\nabel = ["CSTO"]', "there is no key 'abel'. Did you mean able?"),
        (
            'kind = "unrest"',
            'kind = "unrest"\nable = ["CTSO"]',
            "able: no organisation is called 'CTSO'. Did you mean CSTO",
        ),
        ("start = 2030-01-02", "start = 2030-02-30", "a date that never was"),
        ("start = 2030-01-02", "start = 2030-01-02\nend = 2029-01-02", "end: 2029-01-02 is before the start"),
        ('kind = "unrest"', 'kind = "unrest"\nagainst = ["CHN"]', "CHN is a party, and a party has no rung"),
        ('first = "calm"\n', "", "stance.CHN: the key 'first' is missing. Use one of oppose-force"),
        ('source = "made up"\n', "", "stance.CHN: the key 'source' is missing"),
        ('subject = "the government"\n', "", "the key 'subject' is missing"),
        ("[stance.CHN]", "[stance.CHM]", "stance.CHM: no state has the code 'CHM'"),
        (
            'kind = "unrest"',
            'kind = "unrest"\nrequest = { on = 2030-01-03, to = ["CSTOO"] }',
            "'CSTOO' is neither a state nor an organisation. Did you mean CSTO",
        ),
        (
            'kind = "unrest"',
            'kind = "unrest"\nrequest = { on = 2003-01-03, to = ["CSTO"] }',
            "request.on: 2003-01-03 is more than a year off",
        ),
        ('key = "nowhere-2030"', "key = nowhere", "is not TOML"),
    ],
)
def test_faults_are_named_with_the_key_and_what_to_try(old: str, new: str, said: str) -> None:
    text = OWN + CHINA
    assert old in text
    with pytest.raises(BadSourceFile) as caught:
        parse(text.replace(old, new), name="mine.toml")
    assert str(caught.value).startswith("mine.toml")
    assert said in str(caught.value)


def test_an_unknown_key_offers_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean kazakhstan-2022"):
        shipped("kazakstan-2022")
    with pytest.raises(BadSourceFile, match="cannot be read"):
        read("not-there.toml")
