"""States that merge, split, or change their code: which rows each list has, and whose figure stands in each.

Figures are total populations (thousand) of National Material Capabilities 7.0, which has the codes of Correlates of
War; they tell the states apart. ``None`` is a row without a value. The rule is that of :mod:`equipoise.assemble.codes`:
a year of a code belongs to the state that holds it on 31 December.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from equipoise.assemble.panel import dyad_years, state_years

pytestmark = pytest.mark.raw

KEY = {"cow": "ccode", "gw": "gwcode", "iso": "iso3"}
Wanted = dict[int | str, dict[int, int | None]]


@pytest.fixture(scope="module")
def panels(raw: Path, cache: Path) -> dict[str, pl.DataFrame]:
    return {system: state_years(system=system, folder=raw).add("capabilities").frame.rename({key: "code"})  # type: ignore[arg-type]
            for system, key in KEY.items()}


# Each case: the years, and by list of states what each code has; a year that is not named has no row.
CASES: list[tuple[str, tuple[int, int], dict[str, Wanted]]] = [
    # COW ends 260 and 265 on 2 October and begins 255 on the next day: three rows, each with its own figure. GW and ISO
    # have one Germany throughout, and the year of the union counts as the united state's.
    ("Germany 1990", (1989, 1991), {
        "cow": {255: {1990: 79402, 1991: 79984}, 260: {1989: 62062, 1990: 63253}, 265: {1989: 16630, 1990: 16247}},
        "gw": {255: {}, 260: {1989: 62062, 1990: 79402, 1991: 79984}, 265: {1989: 16630, 1990: 16247}},
        "iso": {"DEU": {1989: 62062, 1990: 79402, 1991: 79984}, "DDR": {1989: 16630, 1990: 16247}},
    }),
    # GW counts both Germanies from 1949, COW from 1955 and 1954: GW's earlier rows have no figure, and never another's.
    ("Germany 1945 to 1955", (1945, 1955), {
        "cow": {255: {1945: 89697}, 260: {1955: 52364}, 265: {1954: 18059, 1955: 17944}},
        "gw": {255: {1945: 89697}, 260: {**dict.fromkeys(range(1949, 1955)), 1955: 52364},
               265: {**dict.fromkeys(range(1949, 1954)), 1954: 18059, 1955: 17944}},
        "iso": {"DEU": {1945: 89697, 1955: 52364}, "DDR": {1954: 18059, 1955: 17944}},
    }),
    # As Germany: 678 and 680 become 679 in COW; in GW and ISO the North's code goes on.
    ("Yemen 1990", (1989, 1991), {
        "cow": {678: {1989: 8857, 1990: 9196}, 679: {1990: 11279, 1991: 11613}, 680: {1989: 2398, 1990: 2460}},
        "gw": {678: {1989: 8857, 1990: 11279, 1991: 11613}, 679: {}, 680: {1989: 2398, 1990: 2460}},
        "iso": {"YEM": {1989: 8857, 1990: 11279, 1991: 11613}, "YMD": {1989: 2398, 1990: 2460}},
    }),
    # Both lists have both states from 1954 and the South to 30 April 1975; the union's figure begins in 1976.
    ("Vietnam 1954", (1953, 1955), {
        "cow": {816: {1954: 13077, 1955: 13550}, 817: {1954: 12200, 1955: 12420}},
        "gw": {815: {}, 816: {1954: 13077, 1955: 13550}, 817: {1954: 12200, 1955: 12420}},
        "iso": {"VNM": {1954: 13077, 1955: 13550}, "VDR": {1954: 12200, 1955: 12420}},
    }),
    ("Vietnam 1975", (1974, 1976), {
        "cow": {816: {1974: 23244, 1975: 24032, 1976: 49160}, 817: {1974: 19652, 1975: 19941}},
        "gw": {816: {1974: 23244, 1975: 24032, 1976: 49160}, 817: {1974: 19652, 1975: 19941}},
        "iso": {"VNM": {1974: 23244, 1975: 24032, 1976: 49160}, "VDR": {1974: 19652, 1975: 19941}},
    }),
    # One code in COW and GW throughout; ISO tells Yugoslavia from Serbia and Montenegro, who holds it in December 1992.
    ("Yugoslavia 1992", (1991, 1993), {
        "cow": {345: {1991: 23931, 1992: 10448, 1993: 10482}, 341: {}},
        "gw": {345: {1991: 23931, 1992: 10448, 1993: 10482}, 340: {}, 341: {}},
        "iso": {"YUG": {1991: 23931}, "SCG": {1992: 10448, 1993: 10482}, "SRB": {}, "MNE": {}},
    }),
    # The change of name in 2003 is no change of state.
    ("Serbia and Montenegro 2003", (2002, 2003), {
        "cow": {345: {2002: 10154, 2003: 10090}},
        "gw": {345: {2002: 10154, 2003: 10090}},
        "iso": {"SCG": {2002: 10154, 2003: 10090}, "YUG": {}, "SRB": {}},
    }),
    # In GW 345 ends on 4 June 2006 and 340 begins: COW's one figure of the year is Serbia's, so 345 has none.
    ("Serbia 2006", (2005, 2007), {
        "cow": {345: {2005: 9956, 2006: 9889, 2007: 9824}, 341: {2006: 617, 2007: 618}, 340: {}},
        "gw": {345: {2005: 9956, 2006: None}, 340: {2006: 9889, 2007: 9824}, 341: {2006: 617, 2007: 618}},
        "iso": {"SCG": {2005: 9956}, "SRB": {2006: 9889, 2007: 9824}, "MNE": {2006: 617, 2007: 618}},
    }),
    # The kingdom of Serbia is COW's 345 and GW's 340; in 1918 the code is Yugoslavia's on 31 December.
    ("Serbia 1918", (1917, 1919), {
        "cow": {345: {1917: 4084, 1918: 4104, 1919: 11710}},
        "gw": {340: {}, 345: {1918: 4104, 1919: 11710}},
        "iso": {"SRB": {1917: 4084}, "YUG": {1918: 4104, 1919: 11710}},
    }),
    ("Kosovo 2008", (2007, 2009), {
        "cow": {347: {2008: 1747, 2009: 1761}},
        "gw": {347: {2008: 1747, 2009: 1761}},
        "iso": {"XKX": {2008: 1747, 2009: 1761}},
    }),
    # The dissolution falls on a New Year, so no year has the old state and the new ones.
    ("Czechoslovakia 1992", (1991, 1994), {
        "cow": {315: {1991: 15583, 1992: 15731}, 316: {1993: 10331, 1994: 10336}, 317: {1993: 5325, 1994: 5347}},
        "gw": {315: {1991: 15583, 1992: 15731}, 316: {1993: 10331, 1994: 10336}, 317: {1993: 5325, 1994: 5347}},
        "iso": {"CSK": {1991: 15583, 1992: 15731}, "CZE": {1993: 10331, 1994: 10336}, "SVK": {1993: 5325, 1994: 5347}},
    }),
    # COW's own figure of 1991 is Russia's, as is the code on 31 December.
    ("Soviet Union 1991", (1990, 1992), {
        "cow": {365: {1990: 281344, 1991: 148245, 1992: 148310}, 705: {1991: 16451, 1992: 16518}},
        "gw": {365: {1990: 281344, 1991: 148245, 1992: 148310}, 705: {1991: 16451, 1992: 16518}},
        "iso": {"SUN": {1990: 281344}, "RUS": {1991: 148245, 1992: 148310}, "KAZ": {1991: 16451, 1992: 16518}},
    }),
    ("Soviet Union 1922", (1921, 1923), {
        "cow": {365: {1921: 136876, 1922: 136508, 1923: 136102}},
        "gw": {365: {1921: 136876, 1922: 136508, 1923: 136102}},
        "iso": {"RUS": {1921: 136876}, "SUN": {1922: 136508, 1923: 136102}},
    }),
    # Sudan keeps its code; the source gives both states a figure of their own in 2011 already.
    ("Sudan 2011", (2010, 2012), {
        "cow": {625: {2010: 35652, 2011: 36431, 2012: 37195}, 626: {2011: 10381, 2012: 10838}},
        "gw": {625: {2010: 35652, 2011: 36431, 2012: 37195}, 626: {2011: 10381, 2012: 10838}},
        "iso": {"SDN": {2010: 35652, 2011: 36431, 2012: 37195}, "SSD": {2011: 10381, 2012: 10838}},
    }),
    # GW counts the South from August 1948, COW from June 1949.
    ("Korea 1948", (1947, 1949), {
        "cow": {730: {}, 731: {1948: 9369, 1949: 9620}, 732: {1949: 20200}},
        "gw": {730: {}, 731: {1948: 9369, 1949: 9620}, 732: {1948: None, 1949: 20200}},
        "iso": {"PRK": {1948: 9369, 1949: 9620}, "KOR": {1949: 20200}},
    }),
    # One Korea before: under 730 in both lists, and KOR; COW ends it with the protectorate, GW with the annexation.
    ("Korea 1905", (1904, 1910), {
        "cow": {730: {1904: 11690, 1905: 11793}, 731: {}, 732: {}},
        "gw": {730: {1904: 11690, 1905: 11793, **dict.fromkeys(range(1906, 1911))}, 731: {}, 732: {}},
        "iso": {"KOR": {1904: 11690, 1905: 11793}, "PRK": {}},
    }),
    # Prussia, the North German Confederation and the Empire are one state in both lists, and Bavaria ends in 1871.
    ("Germany 1871", (1866, 1872), {
        "cow": {255: {1866: 24342, 1867: 30457, 1868: 30701, 1869: 30946, 1870: 31194, 1871: 41030, 1872: 41185}},
        "gw": {255: {1866: 24342, 1867: 30457, 1868: 30701, 1869: 30946, 1870: 31194, 1871: 41030, 1872: 41185}},
        "iso": {"DEU": {1866: 24342, 1867: 30457, 1868: 30701, 1869: 30946, 1870: 31194, 1871: 41030, 1872: 41185}},
    }),
    # Sardinia is Italy's row before 1861; the source's figure is the kingdom's of Italy from 1860 on.
    ("Italy 1860", (1859, 1861), {
        "cow": {325: {1859: 5054, 1860: 23927, 1861: 24108}},
        "gw": {325: {1859: 5054, 1860: 23927, 1861: 24108}},
        "iso": {"ITA": {1859: 5054, 1860: 23927, 1861: 24108}},
    }),
    # GW has Austria two days after the empire, COW in September 1919 only: GW's row of 1918 has no figure.
    ("Austria-Hungary 1918", (1917, 1919), {
        "cow": {300: {1917: 53898, 1918: 54340}, 305: {1919: 6420}, 310: {1918: 7811, 1919: 7880}},
        "gw": {300: {1917: 53898, 1918: 54340}, 305: {1918: None, 1919: 6420}, 310: {1918: 7811, 1919: 7880}},
        "iso": {"AUH": {1917: 53898, 1918: 54340}, "AUT": {1919: 6420}, "HUN": {1918: 7811, 1919: 7880}},
    }),
    ("Ethiopia and Eritrea 1993", (1992, 1994), {
        "cow": {530: {1992: 55117, 1993: 53236, 1994: 54938}, 531: {1993: 3017, 1994: 3084}},
        "gw": {530: {1992: 55117, 1993: 53236, 1994: 54938}, 531: {1993: 3017, 1994: 3084}},
        "iso": {"ETH": {1992: 55117, 1993: 53236, 1994: 54938}, "ERI": {1993: 3017, 1994: 3084}},
    }),
]


@pytest.mark.parametrize("system", ["cow", "gw", "iso"])
@pytest.mark.parametrize(("years", "wanted"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_whose_figure_stands_in_which_row(panels, years, wanted, system) -> None:
    frame = panels[system].filter(pl.col("year").is_between(*years))
    for code, values in wanted[system].items():
        found = dict(frame.filter(pl.col("code") == code).select("year", "tpop").iter_rows())
        assert found == values, code


def test_no_figure_is_used_twice_and_none_is_lost_in_translation(panels) -> None:
    """Every figure in a GW or ISO panel is that of one COW row, and ISO lacks those of two COW rows only."""
    cow = panels["cow"].drop_nulls("tpop")
    for system in ("gw", "iso"):
        there = panels[system].drop_nulls("tpop").filter(pl.col("year") <= 2016)
        # Two small states have the same figures in a year of the source itself; nothing else may repeat.
        assert there.height - there.drop("code").n_unique() == cow.height - cow.drop("code").n_unique() == 1
        assert there.join(cow, on=["year", "tpop", "cinc", "milper"], how="anti", nulls_equal=True).is_empty()
    iso = panels["iso"].drop_nulls("tpop")
    lost = cow.join(iso, on=["year", "tpop", "cinc", "milper"], how="anti", nulls_equal=True).select("code", "year")
    # The codes that end with a union within its year: the united state's figure stands in ISO's one row.
    assert sorted(lost.rows()) == [(260, 1990), (678, 1990)]


# Whether two codes are in the system on one day of the year.
TOGETHER = [
    ("cow", 260, 265, 1990, True), ("cow", 255, 260, 1990, False), ("cow", 255, 265, 1990, False),
    ("cow", 678, 680, 1990, True), ("cow", 678, 679, 1990, False), ("cow", 679, 680, 1990, False),
    ("cow", 816, 817, 1975, True), ("cow", 300, 310, 1918, False), ("cow", 345, 341, 2006, True),
    ("cow", 625, 626, 2011, True), ("cow", 365, 705, 1991, True), ("cow", 731, 732, 1948, False),
    ("gw", 340, 345, 2006, False), ("gw", 341, 345, 2006, True), ("gw", 340, 341, 2006, True),
    ("gw", 260, 265, 1990, True), ("gw", 300, 305, 1918, False), ("gw", 731, 732, 1948, True),
]


@pytest.mark.parametrize(("system", "a", "b", "year", "together"), TOGETHER)
def test_a_dyad_is_there_if_both_are_on_one_day(system, a, b, year, together) -> None:
    one, two = ("ccode1", "ccode2") if system == "cow" else ("gwcode1", "gwcode2")
    frame = dyad_years(years=year, system=system).frame
    low, high = min(a, b), max(a, b)
    assert frame.filter(pl.col(one) == low, pl.col(two) == high).height == int(together)
