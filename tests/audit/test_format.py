"""A claims file that cannot be used is refused in one line that points at the line."""

from __future__ import annotations

import datetime as dt

import pytest

from equipoise.assemble.packed import embedded
from equipoise.audit import check, read
from equipoise.audit.format import parse
from equipoise.audit.forms import CHECKS
from equipoise.audit.result import audit
from equipoise.errors import BadClaims

HEAD = """format = 1
[document]
id = "d"
title = "D"
"""
CLAIM = """[[claim]]
id = "a"
place = "p. 1"
says = "It is so."
"""


def refused(body: str, *, head: str = HEAD + CLAIM) -> str:
    with pytest.raises(BadClaims) as left:
        audit(parse(head + body, name="c.toml"), pack=embedded())
    assert "\n" not in str(left.value)
    return str(left.value)


VALUE = ('check = "value"\nquantity = "population"\nstate = "KAZ"\nperiod = 2017\nclaimed = 18\n'
         'unit = "million persons"\n')
DATE = 'check = "date"\norganisation = "SCO"\n'
MEMBERS = 'check = "membership"\norganisations = ["SCO"]\nstates = ["KAZ"]\nrelation = "include"\non = 2019-01-01\n'


@pytest.mark.parametrize(("body", "line", "said"), [
    ('check = "valeu"\n', 9, "there is no check 'valeu'. Did you mean value?"),
    ("", 5, "has no check"),
    (DATE + 'claimed = "2019-02-30"\n', 11, "2019-02-30 never was"),
    (DATE + 'claimed = "2019-13"\n', 11, "2019-13 never was"),
    (DATE + 'claimed = "spring"\n', 11, "'spring' is no date"),
    (MEMBERS.replace("2019-01-01", "2019-02-30"), 13, "a date that never was"),
    (MEMBERS.replace("2019-01-01", '"2019-02-30"'), 13, "2019-02-30 is no day"),
    (VALUE.replace("million persons", "km"), 14, "the unit 'km' does not fit population, which is in persons"),
    (VALUE.replace("million persons", "billion USD"), 14, "does not fit population"),
    (VALUE.replace("population", "populatoin"), 10, "there is no quantity 'populatoin'. Did you mean population"),
    (VALUE.replace("KAZ", "Kazakstan"), 11, "no state is called 'Kazakstan'. Did you mean KAZ"),
    (VALUE.replace("population", "independence"), 10, "can only be put in order"),
    (VALUE + "tolerance = -1\n", 15, "negative"),
    (VALUE + 'tolerance = "a bit"\n', 15, "'a bit' is no tolerance"),
    (VALUE + "partners = []\n", 15, "there is no key 'partners'"),
    (VALUE.replace("period = 2017\n", ""), 5, "the key 'period' is missing"),
    (VALUE.replace("period = 2017", "period = 17"), 12, "'17' is no date"),
    (MEMBERS.replace("SCO", "SCOO"), 10, "there is no organisation 'SCOO'. Did you mean SCO"),
    (MEMBERS + 'kinds = ["guest"]\n', 14, "there is no kind of membership 'guest'"),
    (MEMBERS.replace('states = ["KAZ"]', 'group = "Central Asai"'), 11, "no group or region 'Central Asai'"),
    (MEMBERS + 'group = "Central Asia"\n', 5, "give one of the keys states and group"),
    ('check = "date"\nevent = "no-such-thing"\nclaimed = "2019"\n', 10, "there is no event 'no-such-thing'"),
    ('check = "growth"\nquantity = "gdp_real"\nstate = "KAZ"\nfrom = 2016\nto = 2012\nclaimed = 1\n', 5,
     "does not go forward"),
    ('check = "share"\nquantity = "trade"\nstate = "KAZ"\nperiod = 2019\nclaimed = 20\n', 5,
     "of partners or of a whole"),
    ('check = "border"\nstate = "RUS"\nwith = ["ARM"]\nrelation = "all_but"\n', 5, "all_but goes with"),
    ('check = "ranking"\nquantity = "gdp_usd"\nstate = "KAZ"\norder = "largest"\nperiod = 2018\n', 5,
     "a place from 1"),
    ('check = "count"\nof = "votes"\nstate = "CHN"\nclaimed = 0\n', 5, "needs the key resolutions"),
    (VALUE + 'to = 2010\n', 15, "2010 is before 2017"),
    (VALUE.replace("18", "nan"), 13, "finite number"),
    (VALUE + 'partner = "RUS"\n', 15, "population is of a state, and takes no partner"),
    (VALUE.replace("population", "trade").replace("million persons", "USD"), 10, "the key partner is missing"),
    (VALUE.replace('state = "KAZ"\n', ""), 5, "population needs the key state"),
    (VALUE + 'relation = "about"\n', 15, "'about' is none of 'equals', 'more_than'"),
    ('check = ["value"]\n', 9, "there is no check ['value']"),
    ('check = "ranking"\nquantity = "gdp_usd"\nstate = "KAZ"\norder = "largest"\nclaimed = 1\n', 5,
     "needs the key period"),
    (DATE + 'claimed = "1996"\ntolerance = "a month"\n', 12, "'a month' is not written as it should be"),
    (VALUE + 'reading = 3\n', 15, "a reading needs the key says"),
    (VALUE + 'reading = [{ period = 2016 }]\n', 15, "a reading needs the key says"),
    (VALUE + 'reading = [{ says = "x", unit = "km" }]\n', 15, "the unit 'km' does not fit"),
    ("check = value\n", 9, "this is not TOML"),
])
def test_what_is_wrong_and_on_which_line(body: str, line: int, said: str) -> None:
    text = refused(body)
    assert text.startswith(f"c.toml, line {line}: ") and said in text


def test_what_is_wrong_outside_a_claim() -> None:
    assert "line 1: the format is not given" in refused("", head="")
    assert "there is no claim" in refused("", head=HEAD)
    assert "there is no claim" in refused("", head="format = 1\nclaim = [3]\n" + HEAD.split("\n", 1)[1])
    assert "document: it must be a table" in refused("", head="format = 1\ndocument = 3\n" + CLAIM)
    assert "line 5: there is no key 'groop' at the top" in refused("[groop]\n", head=HEAD)
    assert "line 16: two claims have the id 'a'" in refused(VALUE + CLAIM + VALUE)
    assert "line 6: groups: no state is called 'Atlantis'" in refused(
        "[groups]\nlost = [\"Atlantis\"]\n" + CLAIM + VALUE, head=HEAD)


def test_a_file_that_is_not_there_or_not_text(tmp_path) -> None:
    with pytest.raises(BadClaims, match="No such file"):
        check(tmp_path / "none.toml")
    (tmp_path / "big5.toml").write_bytes("format = 1 # 哈薩克".encode("big5"))
    with pytest.raises(BadClaims, match="not UTF-8"):
        read(tmp_path / "big5.toml")


def test_states_by_any_name_texts_in_one_language_and_readings_that_take_a_key_out() -> None:
    body = VALUE.replace("KAZ", "哈薩克") + 'reading = [{ says = "in dollars", quantity = "gdp_usd", unit = "USD" }]\n'
    (claim,) = parse(HEAD + CLAIM + body, name="c.toml").claims
    assert claim.says.of("zh-Hant") == "It is so." and claim.line == 5
    assert claim.readings[0].check.quantity == "gdp_usd" and claim.readings[0].check.period == "2017"
    both = 'check = "date"\norganisation = "SCO"\nclaimed = 1996-04-26\n' \
           'reading = [{ says = "x", organisation = "", event = "shanghai-five" }]\n'
    (claim,) = parse(HEAD + CLAIM + both, name="c.toml").claims
    assert claim.check.claimed == "1996-04-26" and claim.readings[0].check.organisation == ""


def test_the_types_of_check_are_the_eight() -> None:
    assert set(CHECKS) == {"value", "share", "date", "membership", "border", "ranking", "growth", "count"}
    body = MEMBERS.replace("on = 2019-01-01", 'on = "2019-01-01"')
    assert parse(HEAD + CLAIM + body, name="c").claims[0].check.on == dt.date(2019, 1, 1)
