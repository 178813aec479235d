"""Scenario files: the ready ones are valid, and each thing that can be wrong has its own message."""

from __future__ import annotations

from datetime import date

import pytest

from equipoise.assemble.events import events
from equipoise.errors import BadSourceFile, EquipoiseError, UnknownState, UsageError
from equipoise.simulate.scenario import Sanction, parse, ready, scenario

GOOD = """
id = "one"
title_en = "One"
title_zh = "一"
year = 2014

[[measures]]
kind = "sanction"
senders = ["USA"]
targets = ["RUS"]
direction = "exports"
share_blocked = 0.5
start = 2022-02-25
assumed = true
"""
UNION = """
id = "one"
title_en = "One"
title_zh = "一"
year = 2014

[[measures]]
kind = "union_exit"
state = "KAZ"
members = ["RUS"]
cost = 0.05
start = 2022-02-25
assumed = true
"""


def test_the_ready_ones_are_those_of_the_plan_and_valid() -> None:
    assert set(ready()) == {
        "russia-2014", "russia-2022", "fossil-embargo", "secondary-sanctions-on-kazakhstan", "eaeu-exit",
        "china-russia-rift", "oil-halved", "rouble-2014"}
    for name in ready():
        found = scenario(name)
        assert found.id == name
        assert all(m.source or m.assumed for m in found.measures)


def test_a_file_of_ones_own(tmp_path) -> None:
    path = tmp_path / "one.toml"
    path.write_text(GOOD, encoding="utf-8")
    measure = scenario(str(path)).measures[0]
    assert isinstance(measure, Sanction) and measure.share_blocked == 0.5


@pytest.mark.parametrize(("old", "new", "message"), [
    ("0.5", "1.5", r"measures\.0.*share_blocked: Input should be less than or equal to 1"),
    ("0.5", "-0.1", r"share_blocked: Input should be greater than or equal to 0"),
    ('["USA"]', '["RUS"]', "RUS is sender and target at once"),
    ("start = 2022-02-25", "start = 2022-02-25\nend = 2022-01-01",
     "it ends on 2022-01-01, before it starts on 2022-02-25"),
    ("start = 2022-02-25", "start = 2022-02-30", "is not TOML"),
    ("assumed = true", "", "its size has no source and is not marked as assumed"),
    ("assumed = true", "assumed = true\nsize = 3", r"size: Extra inputs are not permitted"),
    ('"sanction"', '"blockade"', "blockade"),
    ('"exports"', '"sideways"', "direction: Input should be 'exports', 'imports' or 'both'"),
    ("share_blocked = 0.5", 'share_blocked = 0.5\nsectors = ["steel"]', "there is no sector steel"),
    ('["USA"]', '["United States"]', "United States is not a code"),
    ('["USA"]', "[]", "senders"),
    ('id = "one"', 'id = "One!"', "id: String should match pattern"),
    ("[[measures]]", "[measures]", "measures: Input should be a valid tuple"),
    ("assumed = true", 'assumed = true\n[measures.reroute]\nvia = ["USA"]\nextra_cost = 0.1\ncapacity_musd = 5.0',
     "USA reroutes trade that is its own"),
    ("assumed = true", "assumed = true\nrange = { cost = [0.1, 0.2] }", "it has no size cost that could have a range"),
    ("assumed = true", "assumed = true\nrange = { direction = [0.1, 0.2] }", "it has no size direction"),
    ("assumed = true", "assumed = true\nrange = { share_blocked = [0.6, 0.9] }",
     "its share_blocked of 0.5 is not in its range from 0.6 to 0.9"),
    ("assumed = true", "assumed = true\nrange = { share_blocked = [0.1, 1.5] }",
     "its range has a share_blocked of 1.5, which cannot be"),
])
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(BadSourceFile, match=message) as failed:
        parse(GOOD.replace(old, new, 1), name="one.toml")
    assert str(failed.value).startswith("one.toml") and failed.value.hint


@pytest.mark.parametrize(("day", "there"), [
    (date(2022, 2, 24), None), (date(2022, 2, 25), [0.5]), (date(2023, 1, 1), [0.5, 0.2]),
    (date(2023, 6, 30), [0.5, 0.2]), (date(2023, 7, 1), [0.5])])
def test_measures_are_in_force_from_their_start_to_their_end(day: date, there: list[float] | None) -> None:
    second = GOOD[GOOD.index("[[measures]]"):].replace("0.5", "0.2")
    two = parse(GOOD + second.replace("start = 2022-02-25", "start = 2023-01-01\nend = 2023-06-30"), name="one.toml")
    if there is None:
        with pytest.raises(UsageError, match=r"no measure of one is in force on 2022-02-24.*sanction from 2022-02-25; "
                                             r"sanction from 2023-01-01 to 2023-06-30"):
            two.on(day)
    else:
        assert [m.share_blocked for m in two.on(day).measures] == there


def test_bounds_are_of_all_sizes_that_have_a_range_rerouting_included() -> None:
    ranged = parse(GOOD.replace("assumed = true", """assumed = true
range = { share_blocked = [0.2, 0.9] }
[measures.reroute]
via = ["KAZ"]
extra_cost = 0.1
range = { extra_cost = [0.0, 0.3] }
capacity_musd = 5.0"""), name="one.toml")
    low, high = (s.measures[0] for s in ranged.bounds())
    assert (low.share_blocked, low.reroute.extra_cost) == (0.2, 0.0)
    assert (high.share_blocked, high.reroute.extra_cost, high.reroute.capacity_musd) == (0.9, 0.3, 5.0)
    assert ranged.ranges() == ["share_blocked 0.5 (0.2 to 0.9)", "extra_cost 0.1 (0 to 0.3)"]
    assert parse(GOOD, name="one.toml").bounds() == []


def test_sizes_of_the_ready_ones_are_assumed_only_where_the_scenario_asks_for_them() -> None:
    assert {name for name in ready() if any(m.assumed for m in scenario(name).measures)} == {"fossil-embargo"}


@pytest.mark.parametrize("wrong", ["0.0", "-0.05"])
def test_a_cost_that_is_none(wrong: str) -> None:
    with pytest.raises(BadSourceFile, match="cost: Input should be greater than 0"):
        parse(UNION.replace("0.05", wrong), name="one.toml")


def test_an_event_that_is_not_in_the_table_is_answered_with_the_near_ones() -> None:
    with pytest.raises(BadSourceFile, match=r"no event 'sanction-2014'.*Did you mean sanctions-2014"):
        parse(GOOD + 'events = ["sanction-2014"]\n', name="a.toml")


def test_measures_rest_on_events_before_they_end() -> None:
    """An event that comes after its measure is over could not be what it rests on."""
    dated = dict(events().select("id", "date").iter_rows())
    measures = [m for name in ready() for m in scenario(name).measures if m.events]
    assert len(measures) >= 6
    assert all(dated[e] <= (m.end or date.max) for m in measures for e in m.events)


def test_unknown_states_are_answered_with_suggestions() -> None:
    with pytest.raises(UnknownState, match="Kazahstan"):
        parse(UNION.replace('"KAZ"', '"Kazahstan"'), name="one.toml")


@pytest.mark.parametrize(("name", "kind", "message"), [
    ("russia-2015", UsageError, "there is no scenario russia-2015.*russia-2014"),
    ("missing.toml", BadSourceFile, r"missing.toml cannot be read"),
])
def test_a_scenario_that_is_not_there(name: str, kind: type[EquipoiseError], message: str) -> None:
    with pytest.raises(kind, match=message):
        scenario(name)
