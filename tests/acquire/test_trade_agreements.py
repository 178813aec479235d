from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import polars as pl
import pytest

from equipoise.acquire import tables, trade_agreements
from equipoise.errors import BadSourceFile

FIRST = ("number", "base_treaty", "name", "entry_type", "year", "entryforceyear", "typememb")
HEAD = ";".join((*FIRST, *(f"c{i}" for i in range(1, 92)), *(f"mc{i}" for i in range(1, 92))))
ALB, ARM, BLR, DEU, FRA, KAZ, KGZ, RUS, VNM = 8, 51, 112, 276, 250, 398, 417, 643, 704


def entry(
    number: str, base: int, kind: str, year: int | str, force: int | str, sort: int, members: dict[int, int | str]
) -> str:
    """One line of the file: the members' codes, each with its mark."""
    pad = ["NA"] * (91 - len(members))
    fields = (number, base, f"Treaty {number}", kind, year, force, sort, *members, *pad, *members.values(), *pad)
    return ";".join(map(str, fields))


def pairs(*lines: str) -> list[tuple[object, ...]]:
    frame = trade_agreements.parse({trade_agreements.FILES[0]: "\n".join((HEAD, *lines)).encode()})
    return frame.drop("name").rows()


def test_a_treaty_binds_every_pair_of_its_members() -> None:
    assert pairs(entry("1", 1, "base_treaty", 1994, "NA", 2, {RUS: 0, KAZ: 0, BLR: 0})) == [
        ("BLR", "KAZ", 1, 1994, None, None, "base_treaty"),
        ("BLR", "RUS", 1, 1994, None, None, "base_treaty"),
        ("KAZ", "RUS", 1, 1994, None, None, "base_treaty"),
    ]


@pytest.mark.parametrize("armenia", [1, "NA"])
def test_a_group_and_a_state_are_bound_across(armenia: int | str) -> None:
    # In the real agreement with Vietnam Armenia has no mark.
    found = pairs(entry("915", 915, "base_treaty", 2015, 2016, 3, {VNM: 0, RUS: 1, ARM: armenia}))
    assert [row[:2] for row in found] == [("ARM", "VNM"), ("RUS", "VNM")]


def test_a_new_member_is_bound_to_the_old_and_to_others_that_join() -> None:
    lines = (
        entry("1", 1, "base_treaty", 1994, 1995, 2, {RUS: 0, BLR: 0}),
        entry("1+1", 1, "accession", 1999, 2000, 5, {RUS: 2, BLR: 2, KAZ: 1, KGZ: 1}),
    )
    found = pairs(*lines)
    joined = [row for row in found if row[-1] == "accession"]
    assert len(found) == 6
    assert [row[:2] for row in joined] == [
        ("BLR", "KAZ"),
        ("BLR", "KGZ"),
        ("KAZ", "KGZ"),
        ("KAZ", "RUS"),
        ("KGZ", "RUS"),
    ]
    assert {row[3:6] for row in joined} == {(1999, 2000, None)}


def test_a_state_that_joins_a_group_is_bound_to_the_other_side_only() -> None:
    found = pairs(entry("16+1", 16, "accession", 1985, "NA", 6, {ALB: 3, DEU: 2, FRA: 2}))
    assert [row[:2] for row in found] == [("ALB", "DEU"), ("ALB", "FRA")]


def test_a_withdrawal_ends_pairs_and_a_later_accession_begins_anew() -> None:
    three = {RUS: 2, KAZ: 2, BLR: 1}
    lines = (
        entry("9+1", 9, "accession", 2008, 2015, 5, three),
        entry("9_1", 9, "withdrawal", 2004, "NA", 7, three),
        entry("9", 9, "base_treaty", 1992, 1993, 2, {RUS: 0, KAZ: 0, BLR: 0}),
    )
    assert pairs(*lines) == [
        ("BLR", "KAZ", 9, 1992, 1993, 2004, "base_treaty"),
        ("BLR", "KAZ", 9, 2008, 2015, None, "accession"),
        ("BLR", "RUS", 9, 1992, 1993, 2004, "base_treaty"),
        ("BLR", "RUS", 9, 2008, 2015, None, "accession"),
        ("KAZ", "RUS", 9, 1992, 1993, None, "base_treaty"),
    ]


def test_what_is_said_of_a_protocol_is_said_of_the_treaty_that_it_amends() -> None:
    lines = (
        entry("9", 9, "base_treaty", 1992, 1993, 1, {RUS: 0, BLR: 0}),
        entry("10", 9, "protocol or amendment", 2000, 2001, 2, {RUS: 0, BLR: 0, KAZ: 0}),
        entry("11", 10, "protocol or amendment", 2001, 2001, 2, {RUS: 0, BLR: 0, KAZ: 0}),
        entry("11_1", 11, "withdrawal", 2005, "NA", 7, {RUS: 2, BLR: 2, KAZ: 1}),
    )
    assert pairs(*lines) == [
        ("BLR", "KAZ", 9, 2000, 2001, 2005, "protocol or amendment"),
        ("BLR", "RUS", 9, 1992, 1993, None, "base_treaty"),
        ("KAZ", "RUS", 9, 2000, 2001, 2005, "protocol or amendment"),
    ]


def test_repetitions_and_negotiations_are_left_out() -> None:
    assert pairs(
        entry("9", 9, "base_treaty", 1992, 1990, 1, {RUS: 0, BLR: 0}),
        entry("9a", 9, "consolidated", 1992, 1990, 1, {RUS: 0, ARM: 0}),
        entry("12", 12, "negotiation", "NA", "NA", 1, {RUS: 0, KAZ: 0}),
        # In force before it was signed: the year is not this entry's.
    ) == [("BLR", "RUS", 9, 1992, None, None, "base_treaty")]


def test_an_accession_belongs_to_the_treaty_in_its_number() -> None:
    found = pairs(entry("330+3", 331, "accession", 2011, "NA", 6, {484: 3, 191: 2}))
    assert found == [("HRV", "MEX", 330, 2011, None, None, "accession")]


def test_territories_are_left_out_and_other_unknown_codes_refused() -> None:
    whole = entry("985", 985, "base_treaty", 1970, 1971, 3, {FRA: 1, 533: 0, 86: 0, 900: 0})
    assert [row[:2] for row in pairs(whole)] == [("ABW", "FRA"), ("FRA", "XKX")]
    with pytest.raises(BadSourceFile, match="the country code 999,"):
        pairs(entry("985", 985, "base_treaty", 1970, 1971, 1, {FRA: 0, 999: 0}))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (entry("1", 1, "repeal", 1999, 1999, 1, {FRA: 0, DEU: 0}), "entries of the type 'repeal'"),
        (entry("1", 1, "base_treaty", "NA", 1999, 1, {FRA: 0, DEU: 0}), "no year for entry 1"),
        (entry("1", 1, "protocol or amendment", 1999, 1999, 1, {FRA: 0, DEU: 0}), "amend each other in a circle"),
    ],
)
def test_what_cannot_be_is_refused(line: str, says: str) -> None:
    with pytest.raises(BadSourceFile, match=says):
        pairs(line)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column mc91"):
        trade_agreements.parse({trade_agreements.FILES[0]: HEAD.replace(";mc91", "").encode() + b"\n" + b"1;" * 188})


@pytest.mark.raw
def test_the_real_file(parsed: Callable[[str], pl.DataFrame]) -> None:
    frame = parsed("trade_agreements")
    assert (frame.height, frame["agreement"].n_unique()) == (17531, 842)
    assert (frame["sign_year"].min(), frame["sign_year"].max()) == (1948, 2020)
    assert (frame["iso3_a"] < frame["iso3_b"]).all()
    assert frame.select("iso3_a", "iso3_b", "agreement", "sign_year").is_unique().all()
    assert frame.filter(pl.col("in_force_year") < pl.col("sign_year")).is_empty()
    assert frame.filter(pl.col("end_year") < pl.col("sign_year")).is_empty()
    assert frame["end_year"].count() == 358
    # A treaty with six members binds fifteen pairs.
    founders = ["BEL", "DEU", "FRA", "ITA", "LUX", "NLD"]
    first = frame.filter(pl.col("agreement") == 293, pl.col("entry_type") == "base_treaty")
    assert first.select("iso3_a", "iso3_b").rows() == list(combinations(founders, 2))


@pytest.mark.raw
def test_leaving_is_recorded(parsed: Callable[[str], pl.DataFrame]) -> None:
    frame = parsed("trade_agreements")

    def spells(agreement: int, a: str, b: str) -> list[tuple[int, int | None]]:
        pair = frame.filter(pl.col("agreement") == agreement, pl.col("iso3_a") == a, pl.col("iso3_b") == b)
        return pair.select("sign_year", "end_year").rows()

    assert spells(324, "FRA", "GBR") == [(2007, 2020)]  # Lisbon Treaty
    assert spells(324, "DEU", "FRA") == [(2007, None)]
    assert spells(671, "BWA", "SYC") == [(1997, 2004), (2008, None)]  # SADC, whose withdrawal names its protocol
    assert spells(192, "BGR", "POL") == [(1998, 2004)]  # CEFTA
    assert spells(192, "ALB", "BGR") == [(2006, 2007)]
    assert spells(375, "DNK", "GBR") == [(1960, 1973)]  # EFTA: both left for the European Community
    assert spells(244, "GEO", "KAZ") == [(1994, 2009)]  # free trade area of the CIS


@pytest.mark.raw
@pytest.mark.slow
def test_members_are_those_of_another_table_of_the_same_agreements(parsed, raw) -> None:
    path = raw / "desta" / "manytrade_memberships.rda"
    if not path.exists():
        pytest.skip("the table of members is no source of the registry")
    table = tables.read_r_object(path.read_bytes(), name=path.name)["DESTA_MEM"]
    table = table.filter(pl.col("destaID").str.contains(r"^\d+$")).drop_nulls("stateID")
    theirs = set(table.select(pl.col("destaID").cast(pl.Int32), "stateID").iter_rows())
    frame = parsed("trade_agreements")
    ours = {(n, s) for a, b, n in frame.select("iso3_a", "iso3_b", "agreement").iter_rows() for s in (a, b)}
    known = {n for n, _ in ours}
    # Missing here: the misplaced accession of Croatia, a negotiation, four territories.
    assert sorted((n, s) for n, s in theirs - ours if n in known) == [
        (331, "HRV"),
        (331, "MEX"),
        (864, "HND"),
        (985, "ATF"),
        (985, "IOT"),
        (985, "PCN"),
        (985, "SGS"),
    ]
