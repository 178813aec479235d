"""The pack's tables: small sources by hand, and figures of the embedded pack against what their publishers print."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.assemble import codes, pack
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.packed import embedded

KAZ, RUS, USA, CHN, AFG, SRB = 705, 365, 2, 710, 700, 345


def flows(rows: list[tuple[int, int, int, float]]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        orient="row",
        schema={"importer_cow": pl.Int32, "exporter_cow": pl.Int32, "year": pl.Int32, "value_musd": pl.Float64},
    )


def trade(
    *,
    cow: list[tuple[int, int, int, float]] | None = None,
    kaz: list[tuple[str | None, int, float, float]] | None = None,
    imf: list[tuple[str, str, int, float]] | None = None,
) -> dict[tuple[str, str, int], tuple[float | None, str, str | None]]:
    parsed = {
        "cow_trade": flows(cow or []),
        "kaz_trade": pl.DataFrame(
            kaz or [],
            orient="row",
            schema={"partner_ru": pl.String, "year": pl.Int32, "exports_kusd": pl.Float64, "imports_kusd": pl.Float64},
        ),
        "imf_trade": pl.DataFrame(
            imf or [],
            orient="row",
            schema={"exporter": pl.String, "importer": pl.String, "year": pl.Int32, "value_musd": pl.Float64},
        ),
    }
    return {(m, x, y): (v, s, n) for m, x, y, v, s, n in pack.trade(parsed).iter_rows()}


@pytest.mark.parametrize(("back", "later", "missing"), [(0.0, 100.0, True), (0.0, 99.0, False), (3.0, 100.0, False)])
def test_a_zero_of_russia_in_1991_is_missing_where_both_ways_are_zero_and_a_year_later_is_large(back, later, missing):
    found = trade(cow=[(AFG, RUS, 1991, 0.0), (RUS, AFG, 1991, back), (AFG, RUS, 1992, 1.0), (RUS, AFG, 1992, later),
                       (AFG, USA, 1991, 0.0), (USA, AFG, 1991, 0.0), (USA, AFG, 1992, 500.0)])
    assert found["AFG", "RUS", 1991] == ((None, "cow_trade", "zero_not_trade") if missing else (0.0, "cow_trade", None))
    assert found["AFG", "USA", 1991] == (0.0, "cow_trade", None)


def test_a_zero_between_soviet_successors_is_missing_until_1993_only():
    found = trade(cow=[(KAZ, RUS, 1993, 0.0), (KAZ, RUS, 1994, 0.0), (KAZ, USA, 1993, 0.0)])
    assert found["KAZ", "RUS", 1993] == (None, "cow_trade", "zero_not_trade")
    assert found["KAZ", "RUS", 1994] == (0.0, "cow_trade", None)
    assert found["KAZ", "USA", 1993] == (0.0, "cow_trade", None)


@pytest.mark.parametrize(
    ("before", "after", "year_after", "missing"),
    [(3210.0, 1552.0, 2013, True), (99.0, 1552.0, 2013, False), (3210.0, 1552.0, 2014, False)],
)
def test_a_zero_between_two_large_years_is_missing(before, after, year_after, missing):
    """Afghanistan's imports from the United States in 2012: 0 in COW, 1.15 bn (2010 USD) in the USITC's ITPD."""
    found = trade(cow=[(AFG, USA, 2011, before), (AFG, USA, 2012, 0.0), (AFG, USA, year_after, after)])
    assert found["AFG", "USA", 2012] == ((None, "cow_trade", "zero_not_trade") if missing else (0.0, "cow_trade", None))


def test_halved_years_are_missing_and_their_neighbours_are_not():
    rows = [(a, b, y, 5000.0) for a, b in ((KAZ, RUS), (RUS, KAZ), (370, RUS)) for y in (2009, 2010, 2011, 2012)]
    found = trade(cow=rows)
    gone = {key for key, (value, _, note) in found.items() if value is None and note == "one_direction"}
    assert gone == {
        ("KAZ", "RUS", 2010),
        ("RUS", "KAZ", 2010),
        ("KAZ", "RUS", 2011),
        ("RUS", "KAZ", 2011),
        ("BLR", "RUS", 2011),
    }


def test_the_bureaus_thousands_become_millions_and_its_total_the_world():
    found = trade(kaz=[("Россия", 2020, 4_000.0, 1_000.0), (None, 2020, 9_000.0, 2_000.0)])
    assert {key: value for key, (value, _, _) in found.items()} == {
        ("RUS", "KAZ", 2020): 4.0,
        ("KAZ", "RUS", 2020): 1.0,
        ("WLD", "KAZ", 2020): 9.0,
        ("KAZ", "WLD", 2020): 2.0,
    }


def test_names_of_the_fund_become_codes():
    found = trade(imf=[("Russia", "Mongolia", 2025, 2.5), ("Nowhere", "Mongolia", 2025, 1.0)])
    assert found == {("MNG", "RUS", 2025): (2.5, "imf_trade", None)}


def pair(a: int, b: int, year: int, **more: int) -> dict[str, int]:
    return {"cow_a": a, "cow_b": b, "year": year} | more


def test_soviet_disputes_count_for_russia_and_the_worst_side_for_the_pair():
    found = pack.disputes(
        pl.DataFrame(
            [
                pair(USA, RUS, 1989, dispnum=1, hostlev_a=3, hostlev_b=1),
                pair(RUS, USA, 1992, dispnum=2, hostlev_a=4, hostlev_b=2),
                pair(USA, RUS, 1992, dispnum=2, hostlev_a=2, hostlev_b=4),
                pair(USA, RUS, 1980, dispnum=3, hostlev_a=5, hostlev_b=5),
            ]
        )
    ).sort("year")
    assert found.select("state_a", "state_b", "year", "hostility").rows() == [
        ("RUS", "USA", 1989, 3),
        ("RUS", "USA", 1992, 4),
    ]


def test_rivalries_pass_to_successors_and_stop_at_the_sources_end():
    rows = [(SRB, 346, 1992, None), (USA, RUS, 1948, 1989), (2, 40, 1959, None)]
    tss = pl.DataFrame(rows, orient="row", schema=["cow_a", "cow_b", "start_year", "end_year"])
    assert sorted(pack.rivalries(tss).rows()) == [
        ("BIH", "SCG", 1992, 2005),
        ("BIH", "SRB", 2006, 2020),
        ("CUB", "USA", 1959, 2020),
    ]


REIGN = pl.DataFrame(
    [
        (SRB, "Milosevic", date(1989, 5, 15), date(2000, 10, 8)),
        (SRB, "Kostunica", date(2000, 10, 8), date(2003, 3, 31)),
        (RUS, "Gorbachev", date(1985, 3, 11), date(1991, 8, 31)),
        (RUS, "Yeltsin", date(1991, 8, 21), date(1999, 12, 31)),
        (RUS, "Putin", date(2000, 1, 1), None),
        (USA, "Reagan", date(1981, 1, 20), date(1989, 1, 20)),
    ],
    orient="row",
    schema=["cow", "leader", "start", "end"],
)


def test_a_leader_stands_under_every_state_he_led():
    found = set(pack.leaders(REIGN).select("state", "leader").rows())
    assert found == {
        ("YUG", "Milosevic"),
        ("SCG", "Milosevic"),
        ("SCG", "Kostunica"),
        ("RUS", "Gorbachev"),
        ("RUS", "Yeltsin"),
        ("RUS", "Putin"),
    }


def test_who_is_in_office_at_the_end_of_the_year():
    """A leader whose last day is 31 December is the year's, though the next is not in yet (Yeltsin 1999)."""
    found = {(s, y): (who, n) for s, y, who, _, n in pack._ruled(REIGN).iter_rows()}
    assert found["RUS", 1991] == ("Yeltsin", 1)
    assert found["RUS", 1999] == ("Yeltsin", 0)
    assert found["RUS", 2000] == ("Putin", 1)
    assert found["SCG", 1999] == ("Milosevic", 0)
    assert found["SCG", 2000] == ("Kostunica", 1)
    assert ("SCG", 2003) not in found
    assert max(y for _, y in found) == 2020  # the source ends in February 2021


def test_growth_needs_the_year_before():
    rows = [("NY.GDP.MKTP.KD", "KAZ", y, v) for y, v in ((2000, 100.0), (2001, 110.0), (2003, 120.0))]
    bank = pl.DataFrame(
        [
            *rows,
            ("NY.GDP.MKTP.CD", "KAZ", 2003, 1.0),
            ("SP.POP.TOTL", "KAZ", 2003, 1.0),
            ("SP.POP.TOTL", "UZB", 2001, 1),
        ],
        orient="row",
        schema={"indicator": pl.String, "iso3": pl.String, "year": pl.Int32, "value": pl.Float64},
    )
    found = {(s, y): g for s, y, g in pack._bank(bank).select("state", "year", "growth_pct").iter_rows()}
    assert found["KAZ", 2001] == pytest.approx(10.0)
    assert found["KAZ", 2000] is None and found["KAZ", 2003] is None and found["UZB", 2001] is None


def test_runs_of_membership_break_where_a_year_is_missing():
    rows = [(KAZ, y, "cis", "member") for y in (1992, 1993, 1995)]
    rows += [(KAZ, 1995, "eu", "observer"), (347, 2008, None, None)]
    igo = pl.DataFrame(rows, orient="row", schema=["cow", "year", "igo", "status"])
    found = pack.memberships(igo).select("organisation", "status", "start_year", "end_year").rows()
    assert sorted(found) == [
        ("cis", "member", 1992, 1993),
        ("cis", "member", 1995, 1995),
        ("eu", "observer", 1995, 1995),
    ]


def test_a_year_of_oil_is_the_mean_of_its_months():
    brent = pl.DataFrame(
        {"month": [date(1990, 12, 1), date(1991, 1, 1), date(1991, 2, 1)], "price_usd_bbl": [1.0, 10, 20]}
    )
    assert pack.oil(brent).rows() == [(1991, 15.0, 2)]


def test_absent_and_not_yet_a_member_are_no_votes():
    wide = pl.DataFrame(
        {
            "rcid": [1, 2],
            "date": [date(1990, 1, 1), date(1992, 5, 1)],
            "me": [True, False],
            "KAZ": pl.Series([9, 1], dtype=pl.Int8),
            "USA": pl.Series([3, 8], dtype=pl.Int8),
        }
    )
    assert pack.votes(wide).rows() == [(2, date(1992, 5, 1), False, 1, None)]


# From here on: the embedded pack.


def row(state: str, year: int) -> dict:
    return (
        embedded().table("state_year").filter((pl.col("state") == state) & (pl.col("year") == year)).row(0, named=True)
    )


def test_cinc_is_what_the_correlates_of_war_publish():
    """National Material Capabilities 7.0, column cinc, read from the published file; the EU is the sum of its 28."""
    published = {"RUS": 0.0392, "CHN": 0.2290, "USA": 0.1297, "JPN": 0.0336, "KAZ": 0.0029}
    assert {s: round(row(s, 2014)["cinc"], 4) for s in published} == published
    assert sum(row(s, 2014)["cinc"] for s in eu_members(2014)) == pytest.approx(0.0981, abs=5e-5)


def test_growth_of_kazakhstan_is_the_official_one():
    """World Bank, from the workbook of NY.GDP.MKTP.KD: growth of 1996, 2009 (the crisis year), 2023 and 2024."""
    official = {1996: 0.5, 2009: 1.2, 2023: 5.1, 2024: 5.0}
    assert {y: round(row("KAZ", y)["growth_pct"], 1) for y in official} == official


def test_oil_of_2023_is_the_published_mean():
    """EIA, Europe Brent spot: the mean of the twelve monthly means of 2023."""
    oil = embedded().table("oil").filter(pl.col("year") == 2023).row(0, named=True)
    assert round(oil["oil_usd_bbl"], 2) == 82.47 and oil["months"] == 12


def test_conflicts_of_the_uppsala_program():
    """UCDP/PRIO 25.1; 2025 is past its end."""
    assert (row("YEM", 2015)["conflicts"], row("YEM", 2015)["conflict_intensity"]) == (5, 2)
    assert (row("KAZ", 1994)["conflicts"], row("KAZ", 1994)["conflict_intensity"]) == (0, 0)
    assert row("KAZ", 2025)["conflicts"] is None and row("KAZ", 2025)["conflict_intensity"] is None


@pytest.mark.parametrize(
    ("column", "last"),
    [
        ("cinc", 2022),
        ("gdp_2015usd", 2024),
        ("polyarchy", 2024),
        ("conflicts", 2024),
        ("ideal_point", 2023),
        ("leader", 2020),
    ],
)
def test_nothing_runs_past_its_source(column, last):
    known = embedded().table("state_year").filter(pl.col(column).is_not_null())
    assert known["year"].max() == last


def test_every_source_of_trade_keeps_to_its_years_and_states():
    trade = embedded().table("trade").with_columns(pl.col("source").cast(pl.String))
    spans = {
        s: (a, b)
        for s, a, b in trade.group_by("source")
        .agg(pl.col("year").min(), pl.col("year").max().alias("last"))
        .iter_rows()
    }
    assert spans == {"cow_trade": (1991, 2014), "kaz_trade": (2018, 2023), "imf_trade": (2025, 2025)}
    own = trade.filter(pl.col("source") == "kaz_trade")
    assert own.filter((pl.col("importer") != "KAZ") & (pl.col("exporter") != "KAZ")).is_empty()
    assert trade.filter((pl.col("importer") == "WLD") | (pl.col("exporter") == "WLD")).height == 12
    assert trade.filter(pl.col("importer") == pl.col("exporter")).is_empty()
    assert trade.filter(pl.col("note").is_not_null() & pl.col("value_musd").is_not_null()).is_empty()


def test_states_that_changed_are_there_once_a_year():
    held = embedded().table("state_year").select("state", "year")
    assert held.is_unique().all()
    for state, years in {
        "YUG": {1991},
        "SCG": set(range(1992, 2006)),
        "SRB": set(range(2006, 2026)),
        "MNE": set(range(2006, 2026)),
        "XKX": set(range(2008, 2026)),
        "SSD": set(range(2011, 2026)),
        "CSK": {1991, 1992},
        "RUS": set(range(1991, 2026)),
        "YEM": set(range(1991, 2026)),
    }.items():
        assert set(held.filter(pl.col("state") == state)["year"]) == years
    for year in (1991, 2006, 2016):
        assert held.filter(pl.col("year") == year)["state"].to_list() == codes.in_system(year=year)


def test_the_manifest_describes_every_column():
    about = embedded().manifest["columns"]
    assert {(c["table"], c["column"]) for c in about} >= {
        (name, column)
        for name in embedded().manifest["tables"]
        if name != "votes"
        for column in embedded().table(name).columns
    }
    for column in about:
        assert all(column[key] for key in ("unit", "source", "version", "licence", "coverage")), column
