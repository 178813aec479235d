"""States: names to codes, and the COW and GW lists across the changes of two hundred years."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from equipoise.acquire.tables import read_r
from equipoise.assemble import codes
from equipoise.errors import UnknownState, UsageError


def mapped(system: str, pairs: list[tuple[int | None, int]]) -> list[str | None]:
    frame = pl.DataFrame(pairs, schema={"code": pl.Int64, "year": pl.Int64}, orient="row")
    call = codes.from_cow if system == "cow" else codes.from_gw
    return call(frame, column="code", year="year", into="state")["state"].to_list()


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        ("KAZ", "KAZ"), ("kaz", "KAZ"), ("KZ", "KAZ"), ("Kazakhstan", "KAZ"), ("哈薩克", "KAZ"), ("哈薩克斯坦", "KAZ"),
        ("哈萨克斯坦", "KAZ"), ("KZK", "KAZ"), ("GMY", "DEU"), ("UKG", "GBR"), ("South Korea", "KOR"), ("ROK", "KOR"),
        ("Korea, Dem. People's", "PRK"), ("KoreaDemPeoples", "PRK"), ("Turkey", "TUR"), ("Türkiye", "TUR"),
        ("Turkiye", "TUR"), ("Czechia", "CZE"), ("Czech Republic", "CZE"), ("CzechRepublic", "CZE"), ("ROM", "ROU"),
        ("ZAR", "COD"), ("TMP", "TLS"), ("BLX", "BEL"), ("Côte d'Ivoire", "CIV"), ("Cote d'Ivoire", "CIV"),
        ("China, Taiwan Province", "TWN"), ("臺灣", "TWN"), ("台灣", "TWN"), ("ChinaHongKongSAR", "HKG"),
        ("TFYRofMacedonia", "MKD"), ("Burma/Myanmar", "MMR"), ("Kyrgyz Republic", "KGZ"), ("Kosovo", "XKX"),
        ("Soviet Union", "SUN"), ("Republic of Vietnam", "VDR"), (" united  states ", "USA"), ("美國", "USA"),
    ],
)
def test_resolve(text: str, iso3: str) -> None:
    assert codes.resolve(text) == iso3


@pytest.mark.parametrize("iso3", ["AUS", "SWZ", "MNG", "MAC", "SLV", "CZE", "YEM", "SRB"])
def test_iso_goes_before_the_abbreviations_of_cow(iso3: str) -> None:
    assert codes.resolve(iso3) == iso3


def test_every_state_is_found_by_its_own_names() -> None:
    for row in codes.states().iter_rows(named=True):
        for column in ("iso3", "name_en", "name_zh", "iso2"):
            if row[column]:
                assert codes.resolve(row[column], unions=True) == row["iso3"], row[column]


def test_a_misspelt_name_gets_three_suggestions() -> None:
    with pytest.raises(UnknownState) as caught:
        codes.resolve("Kazakstan")
    assert "KAZ (Kazakhstan)" in str(caught.value)
    assert str(caught.value).count("(") == 3
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "  ", "!!", "xqxqxqxqxq"])
def test_nonsense_gets_a_hint(text: str) -> None:
    with pytest.raises(UnknownState, match="Try an ISO code"):
        codes.resolve(text)


def test_the_european_union_is_a_power_and_no_state() -> None:
    with pytest.raises(UnknownState, match="EUU"):
        codes.resolve("European Union")
    assert codes.resolve("EU", unions=True) == "EUU"
    assert codes.name("EUU", lang="zh") == "歐盟"


@pytest.mark.parametrize(
    ("text", "on", "iso3"),
    [
        ("Russia", dt.date(1980, 1, 1), "SUN"), ("Soviet Union", dt.date(2000, 1, 1), "RUS"),
        ("Russia", dt.date(1991, 12, 25), "SUN"), ("Russia", dt.date(1991, 12, 26), "RUS"),
        ("Serbia", dt.date(1980, 1, 1), "YUG"), ("Yugoslavia", dt.date(2000, 1, 1), "SCG"),
        ("Germany", dt.date(1970, 1, 1), "DEU"), ("Kazakhstan", dt.date(2022, 1, 1), "KAZ"),
        ("Hong Kong", dt.date(1990, 1, 1), "HKG"),
    ],
)
def test_resolve_on_a_day(text: str, on: dt.date, iso3: str) -> None:
    assert codes.resolve(text, on=on) == iso3


@pytest.mark.parametrize(
    ("code", "year", "iso3"),
    [
        (255, 1914, "DEU"), (255, 1990, "DEU"), (260, 1989, "DEU"), (260, 1990, "DEU"), (265, 1989, "DDR"),
        (678, 1989, "YEM"), (679, 1990, "YEM"), (680, 1989, "YMD"), (345, 1900, "SRB"), (345, 1930, "YUG"),
        (345, 1991, "YUG"), (345, 1992, "SCG"), (345, 2005, "SCG"), (345, 2006, "SRB"), (365, 1914, "RUS"),
        (365, 1922, "SUN"), (365, 1990, "SUN"), (365, 1991, "RUS"), (365, 2022, "RUS"), (315, 1992, "CSK"),
        (316, 1993, "CZE"), (317, 1993, "SVK"), (816, 1960, "VNM"), (817, 1960, "VDR"), (625, 2010, "SDN"),
        (626, 2011, "SSD"), (347, 2008, "XKX"), (530, 1990, "ETH"), (531, 1993, "ERI"), (730, 1900, "KOR"),
        (732, 1950, "KOR"), (300, 1914, "AUH"), (370, 1946, "BLR"), (713, 1950, "TWN"), (341, 2006, "MNE"),
        (510, 1962, "TZA"), (511, 1964, "ZAN"),
    ],
)
def test_from_cow(code: int, year: int, iso3: str) -> None:
    assert mapped("cow", [(code, year)]) == [iso3]


@pytest.mark.parametrize(
    ("code", "year", "iso3"),
    [
        (260, 1949, "DEU"), (260, 2020, "DEU"), (255, 1944, "DEU"), (678, 1980, "YEM"), (678, 2015, "YEM"),
        (680, 1980, "YMD"), (340, 1900, "SRB"), (340, 2006, "SRB"), (345, 1991, "YUG"), (345, 1992, "SCG"),
        (345, 2006, "SCG"), (365, 1991, "RUS"), (530, 2020, "ETH"), (815, 1850, "VNM"), (816, 1980, "VNM"),
        (711, 1930, "TBT"), (89, 1830, "UPC"), (972, 2003, "TON"), (970, 2003, "KIR"),
    ],
)
def test_from_gw(code: int, year: int, iso3: str) -> None:
    assert mapped("gw", [(code, year)]) == [iso3]


def test_unknown_codes_and_nulls_are_null_and_rows_keep_their_order() -> None:
    assert mapped("cow", [(705, 2000), (None, 2000), (9999, 2000), (529, 1990), (2, 2000)]) == [
        "KAZ", None, None, None, "USA"]


def test_codes_of_any_number_type_are_read() -> None:
    frame = pl.DataFrame({"ccode": [705.0], "year": [2000]}, schema={"ccode": pl.Float64, "year": pl.Int16})
    out = codes.from_cow(frame, column="ccode", year="year", into="state")
    assert out.row(0) == (705.0, 2000, "KAZ")
    assert out.schema["year"] == pl.Int16


@pytest.mark.parametrize(
    ("iso3", "year", "cow", "gw"),
    [
        ("DEU", 1970, 260, 260), ("DEU", 1990, 255, 260), ("DEU", 1914, 255, 255), ("YEM", 1989, 678, 678),
        ("YEM", 1990, 679, 678), ("SUN", 1990, 365, 365), ("SUN", 1991, None, None), ("RUS", 1991, 365, 365),
        ("RUS", 1950, None, None), ("SRB", 2010, 345, 340), ("SCG", 2000, 345, 345), ("HKG", 2000, None, None),
        ("DMA", 2000, 54, 54), ("TON", 2000, 955, 972), ("KAZ", 2022, 705, 705),
    ],
)
def test_back_to_the_lists(iso3: str, year: int, cow: int | None, gw: int | None) -> None:
    assert codes.to_cow(iso3, year=year) == cow
    assert codes.to_gw(iso3, year=year) == gw


def test_in_system() -> None:
    now = codes.in_system(year=2022)
    assert now == sorted(set(now))
    assert {"KAZ", "TWN", "XKX", "SRB", "SSD"} <= set(now)
    assert not {"SUN", "YUG", "SCG", "HKG", "EUU", "PSE"} & set(now)
    assert {"DDR", "DEU", "YMD", "YEM", "SUN"} <= set(codes.in_system(year=1990))
    assert "TON" in codes.in_system(year=2000)
    assert "TON" not in codes.in_system(year=2000, system="gw")
    with pytest.raises(UsageError):
        codes.in_system(year=2000, system="un")  # type: ignore[arg-type]


def test_names_and_regions() -> None:
    taiwan_usage = {"KAZ": "哈薩克", "KGZ": "吉爾吉斯", "UZB": "烏茲別克", "TJK": "塔吉克", "TKM": "土庫曼",
                    "RUS": "俄羅斯", "CHN": "中國", "JPN": "日本", "USA": "美國", "LAO": "寮國", "NZL": "紐西蘭",
                    "SUN": "蘇聯"}
    assert {iso3: codes.name(iso3, lang="zh-Hant") for iso3 in taiwan_usage} == taiwan_usage
    assert codes.name("BIH") == "Bosnia and Herzegovina"
    assert (codes.region("KAZ"), codes.region("XKX"), codes.region("KEN")) == (
        "Central Asia", "Southern Europe", "Eastern Africa")
    assert codes.in_region("Central Asia", year=1990) == []
    with pytest.raises(UnknownState):
        codes.name("KZK")


def test_the_crosswalk_holds_together() -> None:
    states = codes.states()
    assert states["kind"].unique().sort().to_list() == ["dependency", "state", "union"]
    for system in ("cow", "gw"):
        spells = states.drop_nulls(f"{system}_start").sort(system, f"{system}_start")
        start, end = pl.col(f"{system}_start"), pl.col(f"{system}_end")
        assert spells.filter(pl.col(system).is_null()).is_empty()
        assert spells.filter(start >= end).is_empty()
        assert spells.filter(end.shift(1).over(system).fill_null(dt.date(1, 1, 1)) >= start).is_empty()
    assert states.select("iso3", "name_en", "name_zh", "kind", "region", "iso2").unique()["iso3"].is_unique().all()
    assert set(states["successor_of"].drop_nulls()) <= set(states["iso3"])
    assert states.filter(pl.any_horizontal(pl.col("name_en", "name_zh", "region").is_null())).is_empty()


def r_frame(raw: Path, member: str) -> pl.DataFrame:
    path = raw / "peacesciencer" / f"{member}.rda"
    return read_r(path.read_bytes(), name=path.name, member=member)


@pytest.mark.raw
def test_every_state_year_of_the_capabilities_maps_to_one_state_and_back(raw: Path) -> None:
    years = r_frame(raw, "cow_nmc").select(pl.col("ccode", "year").cast(pl.Int64))
    named = codes.from_cow(years, column="ccode", year="year", into="state")
    assert named["state"].null_count() == 0
    wrong = {(c, y) for c, y, s in named.iter_rows() if codes.to_cow(s, year=y) != c}
    assert wrong == {(260, 1990), (678, 1990)}  # COW counts both Germanies' and both Yemens' codes in 1990


@pytest.mark.raw
def test_every_state_year_of_the_conflicts_maps_to_one_state_and_back(raw: Path) -> None:
    acd = r_frame(raw, "ucdp_acd").filter(pl.col("year") >= 1991)
    sides = pl.concat([acd.select("year", code=c) for c in ("gwno_a", "gwno_a_2nd", "gwno_b", "gwno_b_2nd")])
    years = sides.select(pl.col("code", "year").cast(pl.Int64)).drop_nulls().unique()
    named = codes.from_gw(years, column="code", year="year", into="state")
    assert named.filter(pl.col("state").is_null())["code"].unique().to_list() == []
    assert [r for r in named.iter_rows() if codes.to_gw(r[2], year=r[1]) != r[0]] == []


@pytest.mark.raw
@pytest.mark.parametrize(("system", "member", "code"), [("cow", "cow_states", "ccode"), ("gw", "gw_states", "gwcode")])
def test_the_spells_are_those_of_the_lists(raw: Path, system: str, member: str, code: str) -> None:
    listed = r_frame(raw, member)
    if system == "cow":
        day = (pl.date(pl.col(f"{p}year"), pl.col(f"{p}month"), pl.col(f"{p}day")) for p in ("st", "end"))
        listed = listed.with_columns(start=next(day), end=next(day))
    else:
        listed = listed.rename({"startdate": "start", "enddate": "end"})
    listed = listed.select(pl.col(code).cast(pl.Int64).alias("code"), "start", "end")
    last = listed["end"].max()
    own = codes.states().drop_nulls(f"{system}_start").select(
        code=system, start=f"{system}_start", end=pl.col(f"{system}_end").fill_null(last))
    for year in range(1816, 2017):
        first, final = dt.date(year, 1, 1), dt.date(year, 12, 31)
        both = [set(f.filter(pl.col("start") <= final, pl.col("end") >= first)["code"]) for f in (listed, own)]
        assert both[0] == both[1], year
    assert own["start"].is_in(listed["start"].implode()).sum() >= listed.height - 1
