"""Agreements on defence and trade, votes in the United Nations, threats to territory."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from equipoise.assemble.held import in_year
from equipoise.assemble.panel import Panel, dyad_years, power_years, state_years
from equipoise.assemble.panel.adds import diplomacy
from equipoise.assemble.panel.fill import variables
from equipoise.errors import UsageError

DCA = ["dca_any", "dca_general", "dca_n", "dca_signed"]
PTA = ["pta", "pta_n", "pta_signed"]
UN = ["un_n_votes", "un_agree3", "un_s"]


def shelf(**held: pl.DataFrame) -> Any:
    return SimpleNamespace(table=held.__getitem__)


def treaties(*rows: tuple[int, int, int, int | None, int | None, str]) -> Any:
    names = ["cow_a", "cow_b", "sign_year", "in_force_year", "end_year", "type"]
    frame = pl.DataFrame(rows, schema=names, orient="row").cast({"in_force_year": pl.Int16, "end_year": pl.Int16})
    return shelf(dca=frame.with_columns(treaty=pl.int_range(pl.len()).cast(pl.String)))


def defence(*rows: tuple[int, int, int, int | None, int | None, str]) -> list[tuple[int, ...]]:
    found = diplomacy.defence_agreements(treaties(*rows))
    return found.sort("code_a", "code_b", "year").select("year", *DCA).rows()


def test_an_agreement_is_in_force_from_its_entry_or_else_its_signature_to_its_end() -> None:
    assert defence((2, 705, 2003, 2005, 2006, "general")) == [
        (2003, 0, 0, 0, 1), (2005, 1, 1, 1, 0), (2006, 1, 1, 1, 0),
    ]
    assert defence((2, 705, 2003, None, 2004, "sector")) == [(2003, 1, 0, 1, 1), (2004, 1, 0, 1, 0)]


def test_an_agreement_without_an_end_lasts_to_the_end_of_the_coverage_and_may_begin_after_it() -> None:
    assert defence((2, 705, 2009, 2009, None, "general")) == [(2009, 1, 1, 1, 1), (2010, 1, 1, 1, 0)]
    assert defence((2, 705, 2010, 2013, None, "general")) == [(2010, 0, 0, 0, 1)]


def test_no_agreement_is_in_force_before_it_is_signed() -> None:
    assert defence((2, 705, 2010, 2008, None, "sector")) == [(2010, 1, 0, 1, 1)]


def test_agreements_of_a_year_add_up() -> None:
    rows = defence((2, 705, 2009, None, 2009, "sector"), (2, 705, 2009, None, None, "general"))
    assert rows == [(2009, 1, 1, 2, 2), (2010, 1, 1, 1, 0)]


def test_west_germanys_agreements_bind_the_united_state() -> None:
    rows = diplomacy.defence_agreements(treaties((220, 260, 1989, None, 1991, "general"))).sort("code_b", "year")
    assert rows.select("code_a", "code_b", "year", *DCA).rows() == [
        (220, 255, 1990, 1, 1, 1, 0), (220, 255, 1991, 1, 1, 1, 0),
        (220, 260, 1989, 1, 1, 1, 1), (220, 260, 1990, 1, 1, 1, 0), (220, 260, 1991, 1, 1, 1, 0),
    ]
    # A pair keeps its place once, whichever of its codes is the lower then.
    turned = diplomacy.defence_agreements(treaties((257, 260, 1990, None, 1990, "sector"), (255, 257, 1990, None, 1990,
                                                                                            "sector")))
    assert turned.filter(pl.col("code_b") == 257).select("code_a", "year", "dca_n").rows() == [(255, 1990, 2)]


def test_partners_are_states_of_the_system_and_each_counts_once() -> None:
    # Brunei (835) is in the system from 1984 on; Malaysia has two agreements with Singapore, which has one with Brunei.
    found = diplomacy.defence_partners(treaties(
        (820, 830, 1983, None, 1984, "general"), (820, 830, 1983, None, 1984, "sector"),
        (830, 835, 1981, None, 1984, "general"),
    ))
    assert found.sort("year", "code").select("year", "code", "n_dca_partners").rows() == [
        (1983, 820, 1), (1983, 830, 1), (1984, 820, 1), (1984, 830, 2), (1984, 835, 1),
    ]


Row = tuple[str, str, int, int, int | None, int | None, str]


def trade(*rows: Row) -> list[tuple[Any, ...]]:
    names = ["iso3_a", "iso3_b", "agreement", "sign_year", "in_force_year", "end_year", "entry_type"]
    frame = pl.DataFrame(rows, schema=names, orient="row").cast({"in_force_year": pl.Int16, "end_year": pl.Int16})
    found = diplomacy.trade_agreements(shelf(trade_agreements=frame))
    return found.sort("code_a", "code_b", "year").select("code_a", "code_b", "year", *PTA).rows()


def test_a_treaty_binds_from_its_entry_into_force_to_the_withdrawal() -> None:
    assert trade(("ARM", "KAZ", 7, 2012, 2014, 2015, "base_treaty")) == [
        ("ARM", "KAZ", 2012, 0, 0, 1), ("ARM", "KAZ", 2014, 1, 1, 0), ("ARM", "KAZ", 2015, 1, 1, 0),
    ]


def test_a_treaty_that_never_entered_into_force_is_signed_only() -> None:
    assert trade(("KAZ", "RUS", 7, 1998, None, None, "base_treaty")) == [("KAZ", "RUS", 1998, 0, 0, 1)]


def test_an_accession_without_a_year_counts_from_its_signature_but_not_before_the_treaty() -> None:
    base: Row = ("DEU", "EGY", 7, 2001, 2004, 2006, "base_treaty")
    joined = [row for row in trade(base, ("EGY", "POL", 7, 2003, None, 2005, "accession"),
                                   ("EGY", "ROU", 7, 2005, None, 2005, "accession")) if row[0] == "EGY"]
    assert joined == [
        ("EGY", "POL", 2003, 0, 0, 1), ("EGY", "POL", 2004, 1, 1, 0), ("EGY", "POL", 2005, 1, 1, 0),
        ("EGY", "ROU", 2005, 1, 1, 1),
    ]
    never: Row = ("BLR", "RUS", 8, 1995, None, None, "base_treaty")
    assert trade(never, ("KAZ", "RUS", 8, 1996, None, None, "accession"))[1:] == [("KAZ", "RUS", 1996, 0, 0, 1)]


def test_a_state_that_leaves_and_joins_again_in_a_year_is_bound_once() -> None:
    rows = trade(("HTI", "JAM", 7, 2000, 2000, 2001, "base_treaty"), ("HTI", "JAM", 7, 2001, 2001, 2002, "accession"))
    assert [row[2:] for row in rows] == [(2000, 1, 1, 1), (2001, 1, 1, 1), (2002, 1, 1, 0)]


def test_what_codes_of_today_stand_for_has_its_own() -> None:
    def pairs(*row: Any) -> list[tuple[Any, ...]]:
        return [found[:3] for found in trade(row)]

    assert pairs("FIN", "RUS", 7, 1990, 1990, 1991, "base_treaty") == [("FIN", "RUS", 1991), ("FIN", "SUN", 1990)]
    assert pairs("CZE", "FIN", 7, 1992, 1992, 1993, "base_treaty") == [("CSK", "FIN", 1992), ("CZE", "FIN", 1993)]
    assert pairs("EGY", "SRB", 7, 1991, 1991, 1992, "base_treaty") == [("EGY", "SCG", 1992), ("EGY", "YUG", 1991)]
    assert pairs("EGY", "SRB", 7, 2005, 2005, 2006, "base_treaty") == [("EGY", "SCG", 2005), ("EGY", "SRB", 2006)]
    assert pairs("DEU", "FIN", 446, 1989, 1989, None, "base_treaty") == [("DDR", "FIN", 1989), ("DDR", "FIN", 1990)]
    assert pairs("DEU", "FIN", 447, 2019, 2019, None, "base_treaty") == [("DEU", "FIN", 2019), ("DEU", "FIN", 2020)]


def test_the_table_of_those_codes_agrees_with_the_rule_for_31_december() -> None:
    for iso3, held, since, until in diplomacy._HELD.rows():
        if iso3 != "CZE":  # not one code with Czechoslovakia in any list
            assert {in_year(iso3, year) for year in range(since, until + 1)} == {held}
            assert in_year(iso3, until + 1) != held


def test_votes_of_a_year_have_the_codes_of_its_last_day() -> None:
    calls = pl.DataFrame({"date": [date(1990, 11, 1), date(1991, 11, 1)], "KAZ": [None, 1], "RUS": [1, 3],
                          "DEU": [1, 2]})
    found = diplomacy.similarity(shelf(un_votes=calls)).sort("year", "code_a", "code_b")
    assert found.select("code_a", "code_b", "year", *UN).rows() == [
        ("DEU", "SUN", 1990, 1, 1.0, 1.0), ("DEU", "KAZ", 1991, 1, 0.0, 0.0), ("DEU", "RUS", 1991, 1, 0.0, 0.0),
        ("KAZ", "RUS", 1991, 1, 0.0, -1.0),
    ]


def test_labels_are_short_enough_for_stata() -> None:
    for add in diplomacy.ADDS:
        labels = [v.label for pairs in (False, True) for v in variables(add, pairs=pairs)]
        assert labels and max(map(len, labels)) <= 80, add.name


def test_what_is_of_pairs_only_does_not_fit_a_panel_of_states() -> None:
    with pytest.raises(UsageError, match="un_similarity does not fit"):
        state_years().add("un_similarity")


@pytest.fixture(scope="module")
def dyads(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Panel]]:
    """Directed dyad-years from the real files with the additions named, by default all five."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EQUIPOISE_CACHE", str(tmp_path_factory.mktemp("cache")))

        @cache
        def make(first: int, last: int, *names: str, system: Any = "cow") -> Panel:
            panel = dyad_years(years=(first, last), system=system, directed=True, folder=raw)
            return panel.add(*(names or (add.name for add in diplomacy.ADDS)))

        yield make


def of(panel: Panel, one: int | str, two: int | str, *columns: str) -> dict[int, tuple[Any, ...]]:
    a, b, year = panel.keys
    rows = panel.frame.filter(pl.col(a) == one, pl.col(b) == two)
    return {row[0]: row[1:] for row in rows.select(year, *columns).iter_rows()}


@pytest.mark.raw
def test_kazakhstan_and_russia(dyads) -> None:
    panel = dyads(1991, 2025)
    # Signed 1993, 1994 (three, one in force from 1998) and 2009 (in force from 2013); none has ended.
    dca = of(panel, 705, 365, *DCA)
    assert dca[1992] == (0, 0, 0, 0)
    assert [dca[y][2] for y in (1993, 1994, 1997, 1998, 2009, 2010)] == [1, 3, 3, 4, 4, 4]
    assert {y: row[3] for y, row in dca.items() if row[3]} == {1993: 1, 1994: 3, 2009: 1}
    assert dca[2011] == (None,) * 4
    # In force: the free trade areas of 1994, 1998 and 2012, and five treaties on the way to the union of 2015.
    pta = of(panel, 705, 365, *PTA)
    assert pta[1993] == (0, 0, 0)
    assert {y: pta[y][1] for y in pta if 1993 < y < 2021 and pta[y][1] != pta[y - 1][1]} == {
        1994: 1, 1997: 2, 1998: 3, 2001: 4, 2004: 5, 2010: 6, 2012: 7, 2015: 8,
    }
    assert {y: row[2] for y, row in pta.items() if row[2]} == {
        1992: 1, 1994: 1, 1996: 2, 1998: 1, 1999: 1, 2003: 1, 2009: 1, 2011: 1, 2014: 1,
    }
    # The six roll calls of 2024, the state's own and the other's: 1 1, 8 3, 8 3, 1 1, 2 3, 2 3.
    un = of(panel, 705, 365, *UN)
    assert (un[1991], un[2024], un[2025]) == ((None,) * 3, (4, 0.5, 0.5), (None,) * 3)
    points = of(panel, 705, 365, "ideal_point1", "ideal_point2", "ideal_distance")
    assert points[1992] == pytest.approx((0.5997177, 1.128483, 0.5287653))
    assert points[1991] == pytest.approx((None, 0.750455, None))
    threat = of(panel, 705, 365, "lterrthreat1", "lterrthreat2", "m_lterrthreat_upr1")
    assert (threat[1991], threat[2011]) == (pytest.approx((0.237088, 0.236341, 0.317676), abs=1e-6), (None,) * 3)


@pytest.mark.raw
def test_an_agreement_of_which_nothing_is_known_ends_after_six_years(dyads) -> None:
    # Kazakhstan and the United States signed a sector treaty in 1996 and 2002 and a general one in 1997.
    dca = of(dyads(1980, 2010, "defence_agreements"), 2, 705, *DCA)
    assert [dca[y] for y in (1996, 1997, 2002, 2003, 2004, 2008, 2009)] == [
        (1, 0, 1, 1), (1, 1, 2, 1), (1, 1, 3, 1), (1, 1, 2, 0), (1, 0, 1, 0), (1, 0, 1, 0), (0, 0, 0, 0),
    ]


@pytest.mark.raw
def test_states_that_ended_have_the_agreements_of_their_time(dyads) -> None:
    panel = dyads(1973, 1993, "trade_agreements", "un_similarity")
    # Finland and the EC since 1974, and East Germany, which the list of treaties files under Germany, since 1975.
    assert [of(panel, 375, code, "pta_n")[1980] for code in (260, 265)] == [(1,), (1,)]
    assert of(panel, 375, 265, *PTA)[1974] == (0, 0, 0)
    # 260 ends in October 1990: the year is 255's, and 260's is unknown, not zero.
    assert [of(panel, 220, code, "pta")[1990] for code in (260, 255)] == [(None,), (1,)]
    assert [of(panel, 220, code, "un_n_votes")[1990][0] is None for code in (260, 255)] == [True, False]
    assert [of(panel, 375, code, "pta_n") for code in (315, 316)] == [
        {1973: (0,), 1974: (0,)} | dict.fromkeys(range(1975, 1992), (1,)) | {1992: (2,)},
        {1993: (2,)},
    ]
    assert of(panel, 220, 345, "pta")[1985] == (1,)


@pytest.mark.raw
@pytest.mark.parametrize(("system", "russia", "serbia", "germany"), [("cow", 365, 345, 255), ("gw", 365, 340, 260),
                                                                    ("iso", "RUS", "SRB", "DEU")])
def test_all_systems_have_the_same_figures(dyads, system, russia, serbia, germany) -> None:
    panel, cow = dyads(2006, 2010, system=system), dyads(2006, 2010, system="cow")
    columns = [c for c in cow.frame.columns if c not in cow.keys]
    for one, two, c1, c2 in ((germany, serbia, 255, 345), (russia, germany, 365, 255)):
        assert of(panel, one, two, *columns)[2010] == of(cow, c1, c2, *columns)[2010]
    # Signed in 2006, in force in 2010.
    assert of(panel, germany, serbia, "dca_n") == dict.fromkeys(range(2006, 2010), (0,)) | {2010: (1,)}


@pytest.mark.raw
def test_the_soviet_unions_votes_are_its_own(dyads) -> None:
    iso = dyads(1989, 1992, system="iso")
    assert set(of(iso, "SUN", "USA", "un_s")) == {1989, 1990}
    assert set(of(iso, "RUS", "USA", "un_s")) == {1991, 1992}
    assert None not in of(iso, "SUN", "USA", "un_s", "ideal_distance", "lterrthreat1")[1990]


@pytest.mark.raw
def test_pairs_are_symmetric_and_sides_change_places(dyads) -> None:
    panel = dyads(1980, 1992)
    a, b, year = panel.keys
    sided = [c for c in panel.frame.columns if c[-1] in "12" and c not in panel.keys]
    other = {c: c[:-1] + {"1": "2", "2": "1"}[c[-1]] for c in (a, b, *sided)}
    assert len(sided) == 18
    assert panel.frame.rename(other).select(panel.frame.columns).sort(a, b, year).equals(panel.frame)


@pytest.mark.raw
def test_nothing_is_known_outside_the_coverage(dyads) -> None:
    frame = dyads(1940, 2024).frame
    names = {"dca_n": (1980, 2010), "pta": (1948, 2020), "un_s": (1946, 2024), "ideal_distance": (1946, 2024),
             "lterrthreat1": (1940, 2010)}
    for name, span in names.items():
        years = frame.filter(pl.col(name).is_not_null())["year"]
        assert (years.min(), years.max()) == span, name
    assert frame.filter(pl.col("year") == 1964).select("un_s", "ideal_distance").null_count().row(0) == (
        (frame["year"] == 1964).sum(),) * 2
    covered = frame.filter(pl.col("year").is_between(1980, 2010))
    assert covered.select(DCA).null_count().row(0) == (0,) * 4
    # 260 and 678 end in 1990, and the name that the source has passes to 255 and 679.
    unknown = covered.filter(pl.col("pta").is_null())
    assert set(unknown["year"]) == {1990}
    assert unknown.filter(~pl.col("ccode1").is_in([260, 678]), ~pl.col("ccode2").is_in([260, 678])).is_empty()


@pytest.mark.raw
def test_every_defence_agreement_is_counted_as_the_file_has_it(dyads, raw) -> None:
    """Count by a loop over the file's own lines, but for the four that the connector corrects."""
    frame = dyads(1980, 2010, "defence_agreements").frame
    there = set(frame.select("ccode1", "ccode2", "year").iter_rows())
    in_force: Counter[tuple[int, int, int]] = Counter()
    with (raw / "dcad/DCAD-v1.0-main.csv").open() as file:
        for row in csv.DictReader(file):
            one, two = int(row["ccode1"]), int(row["ccode2"])
            if one == two or row["DCAid"] in ("DCADv1.0-0297", "DCADv1.0-0108"):
                continue
            entry, signed = int(row["EIFYear"] or -99), int(row["signYear"])
            for year in range(max(entry, signed), int(row["endYearEstimate"]) + 1):
                in_force[one, two, year] += 1
                in_force[two, one, year] += 1
                if two == 260 and year >= 1990:  # West Germany's, which is the second state in its three lines
                    in_force[one, 255, year] += 1
                    in_force[255, one, year] += 1
    corrected = ((pl.col("ccode1") + pl.col("ccode2")).is_in([101 + 145, 2 + 651, 2 + 652])) | (
        pl.col("ccode1") == pl.col("ccode2"))
    found = frame.filter(pl.col("dca_n") > 0, ~corrected).select("ccode1", "ccode2", "year", "dca_n").rows()
    wanted = {key: n for key, n in in_force.items() if key in there and sum(key[:2]) not in (246, 653, 654)}
    assert {row[:3]: row[3] for row in found} == wanted
    assert len(wanted) > 20_000


@pytest.mark.raw
@pytest.mark.parametrize(("system", "west", "united"), [("cow", 260, 255), ("gw", 260, 260), ("iso", "DEU", "DEU")])
def test_germany_has_the_agreements_of_the_federal_republic(dyads, system, west, united) -> None:
    panel = dyads(1980, 2010, "defence_agreements", system=system)
    france, spain = ("FRA", "ESP") if system == "iso" else (220, 230)
    # A treaty with France of 1988 and two with Spain of 1989, of which nothing is known, run for six years.
    assert of(panel, france, west, "dca_n")[1988] == (1,) and of(panel, spain, west, "dca_n")[1989] == (2,)
    assert [of(panel, france, united, "dca_n")[y] for y in (1990, 1994)] == [(1,), (1,)]
    assert [of(panel, spain, united, "dca_any")[y] for y in (1990, 1995)] == [(1,), (1,)]


@pytest.mark.raw
def test_partners_are_the_states_with_an_agreement(dyads, raw) -> None:
    frame = dyads(1980, 2010, "defence_agreements").frame
    by_state = frame.group_by("ccode1", "year").agg(pl.col("dca_any").sum().cast(pl.Int64)).sort("ccode1", "year")
    states = state_years(years=(1980, 2010), folder=raw).add("defence_agreements").frame
    both = states.join(by_state, left_on=["ccode", "year"], right_on=["ccode1", "year"])
    assert both.height == states.height
    assert (both["n_dca_partners"] == both["dca_any"]).all()
    assert states.filter(pl.col("ccode") == 705, pl.col("year") == 2010)["n_dca_partners"].item() == 16


@pytest.mark.raw
def test_states_have_their_points_and_threats_with_intervals(dyads, raw) -> None:
    frame = state_years(years=(1816, 2025), folder=raw).add("ideal_points", "territorial_threat").frame
    for low, middle, high in (("ideal_low", "ideal_point", "ideal_high"),
                              ("lterrthreat_lwr", "lterrthreat", "lterrthreat_upr"),
                              ("m_lterrthreat_lwr", "m_lterrthreat", "m_lterrthreat_upr")):
        ordered = frame.drop_nulls(middle)
        assert (ordered[low] < ordered[middle]).all() and (ordered[middle] < ordered[high]).all()
    # Every row of the source has its place: the list of states is the panel's own.
    assert frame["lterrthreat"].count() == 14781
    assert frame.filter(pl.col("year") <= 2010)["lterrthreat"].null_count() == 0
    # China's seat was Taiwan's; there is one Germany in 1990.
    points = {(code, year): value for code, year, value in frame.select("ccode", "year", "ideal_point").iter_rows()}
    assert points[710, 1970] is None and points[713, 1970] is not None
    assert points[260, 1990] is None and points[255, 1990] is not None


@pytest.mark.raw
def test_the_members_of_the_european_union_are_put_together(dyads, raw) -> None:
    names = ("defence_agreements", "trade_agreements", "un_similarity", "ideal_points")
    panel = power_years(states=["KAZ"], powers=["EUU", "RUS"], years=(2010, 2010), folder=raw).add(*names)
    eu = panel.frame.filter(pl.col("power") == "EUU").row(0, named=True)
    rows = dyads(2010, 2010, system="iso").frame.filter(pl.col("iso3_1") == "KAZ")
    members = rows.filter(pl.col("iso3_2").is_in(
        ["AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR", "GRC", "HUN", "IRL", "ITA",
         "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE"]))
    assert members.height == 27
    assert (eu["dca_any"], eu["dca_n"], eu["pta"]) == (1, members["dca_n"].sum(), 0)
    assert (eu["un_n_votes"], eu["un_s"]) == (members["un_n_votes"].min(), pytest.approx(members["un_s"].mean()))
    assert eu["ideal_distance"] == pytest.approx(members["ideal_distance"].mean())
    assert eu["ideal_point1"] == pytest.approx(-0.229193)
