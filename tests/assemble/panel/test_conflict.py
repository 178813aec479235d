"""Militarised disputes and wars."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from tests.assemble.panel.golden import by_year, differing, in_total, summed, total_of

from equipoise.acquire import archigos, gml, mid, tables, wars
from equipoise.acquire.mid import OF_DISPUTE, OF_STATE
from equipoise.assemble.panel import Panel, dyad_years, power_years, state_years
from equipoise.assemble.panel.adds import conflict
from equipoise.assemble.panel.adds.conflict import dyad_disputes, dyad_wars, one_a_year, state_disputes, state_wars
from equipoise.errors import UsageError

SIDED = [f"{c}{n}" for c in OF_STATE for n in (1, 2)]
TOLD = [*SIDED, *OF_DISPUTE]
CASES = [("cow_disputes", "cowmid", "ddy_full", TOLD), ("gml_disputes", "gmlmid", "ddy_gml", [*TOLD, "init1", "init2"])]
WARS = ["war_side", "war_initiator", "war_outcome", "war_batdeath"]


def shelf(**held: pl.DataFrame) -> Any:
    return SimpleNamespace(table=held.__getitem__)


def dispute(number: int, **other: int | None) -> dict[str, int | None]:
    """France's dispute with Italy in 1860, of the least weight; ``other`` says what differs."""
    row: dict[str, int | None] = {"cow_a": 220, "cow_b": 325, "year": 1860, "dispnum": number, "ongoing": 1, "onset": 0}
    row |= {f"{c}_{side}": 0 for c in OF_STATE for side in "ab"}
    row |= {"sidea_a": 1, "orig_a": 1, "orig_b": 1}
    return row | dict.fromkeys(OF_DISPUTE, 0) | {"stmon": 9} | other


def turned(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with the other state first."""
    other = {"a": "b", "b": "a", "1": "2", "2": "1"}
    sided = [c for c in frame.columns if c[:-1] + other.get(c[-1], "?") in frame.columns]
    return frame.select(pl.col(c[:-1] + other[c[-1]]).alias(c) if c in sided else c for c in frame.columns)


def disputes(*rows: dict[str, int | None]) -> pl.DataFrame:
    one = pl.DataFrame(rows, schema=dict.fromkeys(dispute(1), pl.Int16))
    return pl.concat([one, turned(one)]).sort("cow_a", "cow_b", "year", "dispnum")


def kept(*rows: dict[str, int | None]) -> int:
    numbers = one_a_year(disputes(*rows))["dispnum"]
    assert numbers.len() == 2 and numbers.n_unique() == 1
    return int(numbers[0])


# France and Italy in 1860 as the two codings have them: mindur, recip and stmon are the same in both.
COW_1860 = [dispute(112, onset=1, fatality=6, hostlev=5, mindur=23, maxdur=23, recip=1),
            dispute(113, onset=1, fatality=6, hostlev=5, mindur=149, maxdur=149, recip=1),
            dispute(306, onset=1, fatality=0, hostlev=3, mindur=125, maxdur=125, recip=0)]  # fmt: skip
GML_1860 = [COW_1860[0] | {"fatality": 4, "hostlev": 4}, COW_1860[1] | {"fatality": 5, "hostlev": 4}, COW_1860[2]]


@pytest.mark.parametrize("rows", [COW_1860, GML_1860])
def test_of_the_three_disputes_of_1860_the_longest_of_the_two_deadliest_is_kept(rows) -> None:
    assert kept(*rows) == 113


RULES: list[tuple[str, int | None, int | None]] = [
    ("onset", 1, 0), ("fatality", 2, 1), ("fatality", 1, None), ("fatality", None, 0), ("hostlev", 4, 3),
    ("mindur", 9, 8), ("maxdur", 9, 8), ("recip", 1, 0), ("stmon", 3, 4),
]  # fmt: skip


@pytest.mark.parametrize(("column", "better", "worse"), RULES)
def test_each_rule_decides_where_all_before_it_tie_whatever_those_after_it_say(column, better, worse) -> None:
    names = ["onset", *OF_DISPUTE]
    assert names == ["onset", "fatality", "hostlev", "mindur", "maxdur", "recip", "stmon"]
    later = {c: 1 if c == "stmon" else 99 for c in names[names.index(column) + 1 :]}
    assert kept(dispute(7, **{column: better}), dispute(3, **{column: worse}, **later)) == 7


def test_the_lower_number_is_kept_of_what_is_the_same() -> None:
    assert kept(dispute(8), dispute(3), dispute(5)) == 3


def test_a_year_and_a_pair_keep_their_own() -> None:
    found = one_a_year(
        disputes(dispute(1), dispute(2, year=1861), dispute(3, cow_b=300), dispute(1, year=1861, onset=1))
    )
    assert found.select("cow_a", "cow_b", "year", "dispnum").rows() == [
        (220, 300, 1860, 3), (220, 325, 1860, 1), (220, 325, 1861, 1),
        (300, 220, 1860, 3), (325, 220, 1860, 1), (325, 220, 1861, 1),
    ]  # fmt: skip


def test_an_initiator_acted_first_or_joined() -> None:
    rows = [dispute(1), dispute(2, year=1861, orig_b=0), dispute(3, year=1862, sidea_a=0, orig_a=0, sidea_b=1)]
    found = dyad_disputes(disputes(*rows), name="gmlmid").filter(pl.col("code_a") == 220).sort("year")
    assert found.select("init1", "init2").rows() == [(1, 0), (1, 1), (1, 1)]


def states(*rows: dict[str, int | None]) -> dict[tuple[int, int], tuple[int, ...]]:
    found = state_disputes(disputes(*rows), name="cowmid")
    values = ("cowmidongoing", "cowmidonset", "cowmidongoing_init", "cowmidonset_init")
    return {row[:2]: row[2:] for row in found.select("code", "year", *values).rows()}


def test_a_state_enters_a_dispute_once_however_many_join_against_it() -> None:
    found = states(dispute(1, onset=1), dispute(1, year=1861), dispute(1, year=1861, cow_b=300, onset=1, orig_b=0),
                   dispute(1, year=1863, onset=1))  # fmt: skip
    assert {k: v for k, v in found.items() if k[0] == 220} == {
        (220, 1860): (1, 1, 1, 1), (220, 1861): (1, 0, 1, 0), (220, 1863): (1, 1, 1, 1),
    }  # fmt: skip
    assert found[325, 1861] == (1, 0, 0, 0)
    assert found[300, 1861] == (1, 1, 1, 1), "who joins has initiated, on whichever side"


def test_a_state_enters_again_where_all_its_pairs_begin_anew_or_it_changes_sides() -> None:
    again = states(dispute(1, onset=1), dispute(1, year=1861, onset=1))
    assert again[220, 1861] == (1, 1, 1, 1)
    other = states(
        dispute(1, onset=1), dispute(1, year=1861, onset=1), dispute(1, cow_b=300), dispute(1, year=1861, cow_b=300)
    )
    assert other[220, 1861] == (1, 0, 1, 0), "one opponent left and came back, the other stayed"
    new = states(dispute(1, onset=1), dispute(1, year=1861, cow_b=300, onset=1))
    assert new[220, 1861] == (1, 0, 1, 0), "another opponent took the first one's place"
    turn = states(dispute(1, onset=1), dispute(1, year=1861, cow_b=300, onset=1, sidea_a=0, sidea_b=1))
    assert turn[220, 1861] == (1, 1, 0, 0)


def test_a_state_in_two_disputes_enters_in_a_year_in_which_it_enters_one() -> None:
    found = states(dispute(1), dispute(1, year=1861), dispute(2, year=1861, onset=1, sidea_a=0, sidea_b=1))
    assert found[220, 1861] == (1, 1, 1, 0) and found[325, 1861] == (1, 1, 1, 1)


def war(number: int, **other: int | None) -> dict[str, int | None]:
    row: dict[str, int | None] = {"cow_a": 2, "cow_b": 816, "year": 1968, "warnum": number, "ongoing": 1, "onset": 0}
    row |= {"side_a": 1, "side_b": 2, "initiator_a": 1, "initiator_b": 0, "outcome_a": 1, "outcome_b": 2}
    return row | {"battle_deaths_a": 10, "battle_deaths_b": 20, "resume": 0} | other


def held(*rows: dict[str, int | None]) -> Any:
    one = pl.DataFrame(rows, schema=dict.fromkeys(war(1), pl.Int32))
    return shelf(wars=pl.concat([one, turned(one)]))


@pytest.mark.parametrize(
    ("better", "worse"),
    [({"onset": 1}, {"battle_deaths_a": 90}), ({"battle_deaths_b": 30, "resume": 1}, {}),
     ({"battle_deaths_b": 40, "battle_deaths_a": None, "resume": 1}, {}), ({}, {"resume": 1})],
)  # fmt: skip
def test_of_two_wars_the_new_one_is_kept_then_the_deadlier_then_the_first_bout(better, worse) -> None:
    found = dyad_wars(held(war(7, **better), war(3, **worse)))
    assert found.select("code_a", "code_b", "warnum").sort("code_a").rows() == [(2, 816, 7), (816, 2, 7)]


def test_of_equal_wars_the_lower_number_is_kept_and_sides_are_told_from_the_first_state() -> None:
    found = dyad_wars(held(war(7), war(3))).sort("code_a")
    assert found["warnum"].to_list() == [3, 3]
    told = [f"{c}{n}" for c in WARS for n in (1, 2)]
    assert found.select(told).rows() == [(1, 2, 1, 0, 1, 2, 10, 20), (2, 1, 0, 1, 2, 1, 20, 10)]


def test_a_state_enters_a_war_and_each_bout_of_it() -> None:
    rows = [
        war(1, onset=1),
        war(1, year=1969),
        war(1, year=1969, cow_b=817, onset=1),
        war(1, year=1969, onset=1, resume=1),
    ]
    found = state_wars(held(*rows[:3])).sort("code", "year")
    assert found.select("code", "year", "cowinterongoing", "cowinteronset").rows() == [
        (2, 1968, 1, 1), (2, 1969, 1, 0), (816, 1968, 1, 1), (816, 1969, 1, 0), (817, 1969, 1, 1),
    ]  # fmt: skip
    assert state_wars(held(*rows)).filter(pl.col("code") == 2).sort("year")["cowinteronset"].to_list() == [1, 1]


@pytest.mark.parametrize("add", conflict.ADDS, ids=lambda a: a.name)
def test_labels_fit_in_a_stata_file_and_notes_end_in_a_stop(add) -> None:
    said = [v for form in (add.state, add.dyad) if form for v in form.variables]
    assert {v.name: v.label for v in said if not 0 < len(v.label) <= 80} == {}
    assert add.note.endswith(".")


@pytest.fixture(scope="module")
def dyads(raw, cache) -> Panel:
    return dyad_years(years=(1816, 2025), directed=True, folder=raw)


def files(raw: Path, source: Any) -> dict[str, bytes]:
    return {path: (raw / path).read_bytes() for path in source.FILES}


@pytest.mark.raw
@pytest.mark.slow
@pytest.mark.parametrize(("name", "short", "case", "told"), CASES)
def test_dyads_are_the_reference_s_with_minus_9_for_null(dyads, name, short, case, told) -> None:
    frame = dyads.add(name).frame
    there = pl.col("dispnum").is_not_null()
    # The reference has -9 where a figure of a dispute is not known, so its sums are ours less nine a null.
    coded = frame.with_columns(pl.when(there).then(pl.col(c).fill_null(-9)).alias(c) for c in told)
    columns = ["dispnum", f"{short}ongoing", f"{short}onset", *told]
    assert differing(coded, *columns, case=case) == {}
    assert {c: in_total(coded, c) for c in columns} == {c: total_of(case, c) for c in columns}
    nulls = frame.filter(there).null_count()
    assert {c for c in told if nulls[c].item()} == {"fatality1", "fatality2", "fatalpre1", "fatalpre2", "fatality"}
    assert in_total(frame, "fatality1")[1] == total_of(case, "fatality1")[1] + 9 * nulls["fatality1"].item()


@pytest.mark.raw
@pytest.mark.slow
@pytest.mark.parametrize(("name", "short", "case", "told"), CASES)
def test_a_pair_s_dispute_is_the_same_from_either_side(raw, dyads, name, short, case, told) -> None:
    frame = dyads.add(name).frame
    assert set(SIDED) <= set(frame.columns)
    assert turned(frame).sort("ccode1", "ccode2", "year").equals(frame)
    undirected = dyad_years(years=(1816, 2025), folder=raw).add(name).frame
    assert undirected.equals(frame.filter(pl.col("ccode1") < pl.col("ccode2")))


@pytest.mark.raw
def test_pair_by_pair_the_disputes_are_the_reference_s(raw) -> None:
    path = "peacesciencer/gml_mid_ddydisps.rda"
    peer = tables.read_r((raw / path).read_bytes(), name=path)
    ours = dyad_disputes(gml.parse(files(raw, gml)), name="gmlmid").rename({"code_a": "ccode1", "code_b": "ccode2"})
    theirs = peer.select(pl.when(pl.col(c) != -9).then(pl.col(c)).cast(ours.schema[c]).alias(c) for c in peer.columns)
    key = ["ccode1", "ccode2", "year"]
    assert ours.select(peer.columns).sort(key).equals(theirs.sort(key))
    assert ours.height == 9284


@pytest.mark.raw
def test_every_rule_is_needed_and_they_leave_no_tie(raw) -> None:
    rules = ["onset", "fatality", "hostlev", "mindur", "maxdur", "recip", "stmon"]
    key, decided = ["cow_a", "cow_b", "year"], {}
    left = mid.parse(files(raw, mid)).filter(pl.len().over(key) > 1)
    for rule in rules:
        value = pl.col(rule).cast(pl.Float64).fill_null(0.5) * (-1 if rule == "stmon" else 1)
        several = left.filter(pl.len().over(key) > 1).select(key).n_unique()
        left = left.filter(value == value.max().over(key))
        decided[rule] = several - left.filter(pl.len().over(key) > 1).select(key).n_unique()
    assert list(decided.values()) == [412, 294, 90, 186, 2, 6, 6]
    assert sum(decided.values()) == left.height == 996


def led(raw: Path, table: pl.DataFrame) -> pl.DataFrame:
    """The disputes in which somebody's leader is known, when it began and when it ended.

    The reference makes its state-years from participations with leaders, and leaves out the disputes in which it knows
    no leader of any participant. It goes by the day; here by the year, and by name where that is too coarse.
    """
    terms = archigos.parse(files(raw, archigos))
    years = pl.int_ranges(pl.col("start").dt.year(), pl.col("end").dt.year().fill_null(archigos.COVERED_TO.year) + 1)
    known = terms.select(cow_a="gw", year=years).explode("year").unique().with_columns(known=pl.lit(value=True))
    run = ["cow_a", "dispnum", "sidea_a"]
    there = conflict.entered(table.with_columns(initiated=False), event=["dispnum"], side="sidea_a")
    spells = there.with_columns(n=pl.col("entered").cum_sum().over(run)).group_by(*run, "n").agg(
        first=pl.col("year").min(), last=pl.col("year").max()
    )  # fmt: skip
    for end in ("first", "last"):
        spells = spells.join(known.rename({"year": end, "known": f"known_{end}"}), on=["cow_a", end], how="left")
    flags = pl.col("known_first", "known_last").fill_null(value=False).any()
    some = spells.group_by("dispnum").agg(flags).filter("known_first", "known_last")
    # These two began in March 1848, and the first leader known of a participant took office that December.
    return table.join(some, on="dispnum", how="semi").filter(~pl.col("dispnum").is_in([19, 374]))


@pytest.mark.raw
def test_states_are_the_reference_s_but_for_disputes_without_leaders(raw, cache) -> None:
    columns = [f"gmlmid{c}" for c in ("ongoing", "onset", "ongoing_init", "onset_init")]
    table = gml.parse(files(raw, gml))
    frame = state_years(years=(1816, 2025), folder=raw).add("gml_disputes").frame
    assert frame.filter(pl.col("year") > 2010).select(columns).null_count().row(0) == (2925,) * 4
    assert [in_total(frame, c)[:2] for c in columns] == [(14781, 4392), (14781, 3448), (14781, 2829), (14781, 2108)]
    known = led(raw, table)
    less = state_disputes(known, name="gmlmid").with_columns(pl.col("year").cast(pl.Int64))
    told = summed(less, *columns).select("year", *(f"{c}_sum" for c in columns))
    theirs = by_year("sy_full").select("year", *(f"{c}_sum" for c in columns))
    both = theirs.join(told, on="year", how="left", suffix="_ours").fill_null(0)
    apart = both.filter(pl.any_horizontal(pl.col(f"{c}_sum") != pl.col(f"{c}_sum_ours") for c in columns))
    # Kuwait's second time in dispute 4273 begins in 2002 in the list of participants, in 2003 in that of the pairs.
    assert apart["year"].to_list() == [2002, 2003]
    more = [[row[f"{c}_sum_ours"] - row[f"{c}_sum"] for c in columns] for row in apart.iter_rows(named=True)]
    assert more == [[0, -1, 0, -1], [0, 1, 0, 1]]
    gone = table.filter(~pl.col("dispnum").is_in(known["dispnum"].unique().to_list()))
    assert gone["dispnum"].n_unique() == 99 and gone["year"].max() == 1867


@pytest.mark.raw
def test_states_are_those_of_the_participants_list(raw, cache) -> None:
    source = pl.read_csv(raw / "mid" / "MIDB_5.0.csv")
    years = pl.int_ranges("styear", pl.col("endyear") + 1)
    first = (pl.col("sidea") == 1) | (pl.col("orig") == 0)
    listed = source.select("ccode", "styear", year=years, first=first).explode("year")
    onset = pl.col("year") == pl.col("styear")
    listed = listed.group_by(pl.col("ccode").cast(pl.Int16), pl.col("year").cast(pl.Int16)).agg(
        v.any().cast(pl.Int8).alias(f"cowmid{name}")
        for name, v in {"ongoing": pl.lit(value=True), "onset": onset, "ongoing_init": pl.col("first"),
                        "onset_init": onset & pl.col("first")}.items()
    )  # fmt: skip
    frame = state_years(years=(1816, 2025), folder=raw).add("cow_disputes").frame
    ours = frame.filter(pl.col("cowmidongoing") == 1).sort("ccode", "year")
    both = ours.join(listed, on=["ccode", "year"], suffix="_listed")
    apart = both.filter(pl.any_horizontal(pl.col(c) != pl.col(f"{c}_listed") for c in listed.columns[2:]))
    # Canada, in dispute 197 from 1918 on, joined the system of states in 1920.
    key = ["ccode", "year"]
    assert listed.join(ours, on=key, how="anti").sort(key).select(key).rows() == [(20, 1918), (20, 1919)]
    assert ours.height == both.height == listed.height - 2 == 4772
    # Finland left dispute 4678 in 2013 and came back in 2014; the list of pairs does not count that as an onset.
    assert apart.select(key).rows() == [(375, 2014)]
    assert frame.filter(pl.col("cowmidongoing").is_null())["year"].min() == 2015


@pytest.mark.raw
@pytest.mark.slow
def test_two_codings_of_disputes_in_one_panel(raw, dyads) -> None:
    frame = dyads.filter(pl.col("year") <= 2014).add("gml_disputes", "cow_dispute_onset").frame
    flags = ["ongoing", "onset"]
    assert [in_total(frame, f"{s}mid{f}")[1] for s in ("cow", "gml") for f in flags] == [10230, 6922, 9284, 6248]
    whole = dyads.add("cow_disputes").frame.filter(pl.col("year") <= 2014)
    assert frame.select("cowmidongoing", "cowmidonset").equals(whole.select("cowmidongoing", "cowmidonset"))
    with pytest.raises(UsageError, match="gml_disputes brings the column dispnum, which is there already"):
        dyads.add("cow_disputes", "gml_disputes")
    with pytest.raises(UsageError, match="cow_dispute_onset does not fit a state-year panel"):
        state_years(folder=raw).add("cow_disputes", "gml_disputes", "cow_dispute_onset")


@pytest.mark.raw
@pytest.mark.slow
def test_wars_of_pairs_and_of_states(raw, dyads) -> None:
    frame = dyads.add("wars").frame
    table = wars.parse(files(raw, wars))
    key = ["cow_a", "cow_b", "year"]
    there = frame.filter(pl.col("cowinterongoing") == 1)
    assert there.height == table.select(key).n_unique() == 1876
    assert in_total(frame, "cowinteronset")[1] == table.group_by(key).agg(pl.col("onset").max())["onset"].sum() == 748
    assert frame.filter(pl.col("cowinterongoing").is_null())["year"].min() == 2008
    assert turned(frame).sort("ccode1", "ccode2", "year").equals(frame)
    america = there.filter(pl.col("ccode1") == 2, pl.col("ccode2") == 816).select("year", "warnum").rows()
    assert america == [*((y, 163) for y in range(1965, 1968)), (1968, 170), (1969, 163), (1970, 176),
                       *((y, 163) for y in range(1971, 1974))]  # fmt: skip
    assert there.filter(pl.col("ccode1") == 365, pl.col("year") == 1900)["warnum"].to_list() == [83]
    states = state_years(years=(1816, 2025), folder=raw).add("wars").frame
    fought = there.select("year", ccode="ccode1").unique()
    assert states.filter(pl.col("cowinterongoing") == 1).select("year", "ccode").sort("year", "ccode").equals(
        fought.sort("year", "ccode")
    )  # fmt: skip
    entered = states.filter(pl.col("cowinteronset") == 1, pl.col("ccode") == 2)["year"].to_list()
    assert entered == [1846, 1898, 1900, 1917, 1941, 1950, 1965, 1968, 1970, 1991, 1999, 2001, 2003]


@pytest.mark.raw
@pytest.mark.parametrize(("system", "known"), [("gw", [5085, 4610, 926]), ("iso", [5115, 4642, 938])])
def test_other_codes_lose_few_disputes(raw, cache, system, known) -> None:
    frame = dyad_years(system=system, folder=raw).add("cow_disputes", "gml_dispute_onset", "wars").frame
    assert [in_total(frame, c)[1] for c in ("cowmidongoing", "gmlmidongoing", "cowinterongoing")] == known


@pytest.mark.raw
def test_the_european_union_has_a_dispute_where_a_member_has(raw, cache) -> None:
    panel = power_years(powers=["EUU", "USA"], years=(1993, 2014), folder=raw).add("cow_disputes", "wars")
    union = panel.frame.filter(pl.col("power") == "EUU", pl.col("iso3") == "RUS")
    assert union.filter(pl.col("cowmidongoing") == 1)["year"].len() > 0
    assert union["dispnum"].null_count() == union.height
    assert set(panel.frame.filter(pl.col("power") == "USA", pl.col("iso3") == "IRQ")["dispnum"].drop_nulls())
