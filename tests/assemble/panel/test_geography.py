"""Contiguity and distances."""

from __future__ import annotations

from datetime import date
from math import pi
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from tests.assemble.panel.golden import by_year, differing, in_total, summed, total_of

from equipoise.acquire import contiguity, tables
from equipoise.acquire.registry import sources
from equipoise.assemble.panel import Panel, dyad_years, power_years
from equipoise.assemble.panel.adds import geography

NAMES = [add.name for add in geography.ADDS]


def shelf(**held: pl.DataFrame) -> Any:
    return SimpleNamespace(table=held.__getitem__)


def spells(*rows: tuple[int, int, int, date, date]) -> pl.DataFrame:
    both = [*rows, *((b, a, kind, start, end) for a, b, kind, start, end in rows)]
    return pl.DataFrame(both, schema=["cow_a", "cow_b", "conttype", "start_date", "end_date"], orient="row")


# Poland and Germany: 150 miles of water to May 1990, a border in that May and after; Poland and Russia one border.
CONTIGUITY = spells(
    (255, 290, 4, date(1989, 3, 1), date(1990, 5, 31)),
    (255, 290, 1, date(1990, 5, 1), date(1991, 12, 31)),
    (290, 365, 1, date(1990, 1, 1), date(1990, 12, 31)),
)


def capitals(*rows: tuple[int, date, date, float, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["cow", "start_date", "end_date", "lat_deg", "lon_deg"], orient="row")


DAY = date(1816, 1, 1), date(2024, 12, 31)


def test_a_year_of_change_has_the_closer_type_and_each_pair_one_row() -> None:
    found = geography.contiguous_pairs(shelf(contiguity=CONTIGUITY)).sort("code_a", "code_b", "year")
    assert found.select("code_a", "code_b", "year", "conttype").rows() == [
        (255, 290, 1989, 4),
        (255, 290, 1990, 1),
        (255, 290, 1991, 1),
        (290, 365, 1990, 1),
    ]


def test_neighbours_by_land_and_by_sea_are_counted_once_each() -> None:
    found = geography.neighbours(shelf(contiguity=CONTIGUITY)).filter(pl.col("code") == 290).sort("year")
    assert found.select("year", "land", "sea").rows() == [(1989, 0, 1), (1990, 2, 0), (1991, 1, 0)]


def test_a_year_in_which_the_capital_moved_has_that_of_the_first_of_january() -> None:
    moved = capitals(
        (705, date(1998, 1, 1), date(2024, 12, 31), 0.0, 90.0), (705, date(1991, 1, 1), date(1997, 6, 1), 0.0, 0.0)
    )
    found = geography.capitals(shelf(capitals=moved)).sort("year")
    assert found["year"].to_list() == [*range(1991, 1998), *range(1998, 2025)]
    twice = capitals(
        (705, date(1997, 6, 2), date(1999, 12, 31), 0.0, 90.0), (705, date(1991, 1, 1), date(1997, 6, 1), 0.0, 0.0)
    )
    found = geography.capitals(shelf(capitals=twice)).filter(pl.col("year").is_between(1997, 1998)).sort("year")
    assert found.select("x", "y").rows() == [(1.0, 0.0), (pytest.approx(0.0, abs=1e-15), 1.0)]


def sides(one: tuple[float, float], two: tuple[float, float]) -> pl.DataFrame:
    points = capitals((2, *DAY, *one), (20, *DAY, *two))
    found = geography.capitals(shelf(capitals=points)).filter(pl.col("year") == 2000).sort("code")
    (first, second) = (dict(zip("xyz", row, strict=True)) for row in found.select("x", "y", "z").rows())
    return pl.DataFrame({f"{k}1": [v] for k, v in first.items()} | {f"{k}2": [v] for k, v in second.items()})


@pytest.mark.parametrize(
    ("one", "two", "degrees"),
    [
        ((0, 0), (0, 90), 90),
        ((0, 0), (90, 40), 90),
        ((10, 20), (10, 20), 0),
        ((0, 0), (0, 180), 180),
        ((0, 179.5), (0, -179.5), 1),
        ((89, 0), (89, 180), 2),
        ((0, 0), (0, 1e-6), 1e-6),
        ((0, 0), (0, 179.9999), 179.9999),
    ],
)
def test_distances_follow_the_great_circle(one, two, degrees) -> None:
    found = geography.apart(sides(one, two))["capdist"].item()
    assert found == pytest.approx(geography.RADIUS_KM * pi * degrees / 180, rel=1e-10, abs=1e-9)


def test_no_capital_no_distance() -> None:
    known = sides((0, 0), (0, 90))
    unknown = known.with_columns(x2=None, y2=None, z2=None).cast(pl.Float64)
    assert geography.apart(unknown)["capdist"].to_list() == [None]


def test_the_nearest_capital_is_of_a_state_in_the_system_on_the_same_day() -> None:
    # The Yemen Arab Republic's capital lies nearest to Ethiopia's in the table for ever, but the state ends in 1990;
    # in that year the two Germanies are never in the system together with the united one.
    points = capitals(
        (530, *DAY, 9.0, 38.7), (678, *DAY, 15.3, 44.2), (679, *DAY, 30.0, 44.2),
        (260, *DAY, 50.7, 7.1), (255, *DAY, 52.5, 13.4), (390, *DAY, 55.7, 12.6),
    )  # fmt: skip
    found = geography.nearest_capital(shelf(capitals=points))
    km = {(code, year): d for code, year, d in found.select("code", "year", "mincapdist").iter_rows()}

    def between(a: int, b: int) -> float:
        place = {c: (lat, lon) for c, _, _, lat, lon in points.iter_rows()}
        return float(geography.apart(sides(place[a], place[b]))["capdist"].item())

    assert km[530, 1989] == pytest.approx(between(530, 678))
    assert km[530, 1991] == pytest.approx(between(530, 679))
    assert km[255, 1990] == pytest.approx(between(255, 390))
    assert km[260, 1990] == pytest.approx(between(260, 390))
    assert (678, 1991) not in km


def test_a_state_alone_has_no_nearest_capital() -> None:
    found = geography.nearest_capital(shelf(capitals=capitals((2, *DAY, 38.9, -77.0))))
    assert found["mincapdist"].null_count() == found.height == 209


def test_the_nearest_border_is_sought_on_both_sides_of_a_pair() -> None:
    rows = [(2, 20, 2000, 0.0), (2, 70, 2000, 5.0), (20, 70, 2000, 9.0), (20, 70, 2001, 9.0)]
    pairs = pl.DataFrame(rows, schema=["cow_a", "cow_b", "year", "min_km"], orient="row")
    found = geography.nearest_border(shelf(min_distance=pairs)).sort("code", "year")
    assert found.select("code", "year", "minmindist").rows() == [
        (2, 2000, 0.0),
        (20, 2000, 0.0),
        (20, 2001, 9.0),
        (70, 2000, 5.0),
        (70, 2001, 9.0),
    ]


@pytest.mark.parametrize("add", geography.ADDS, ids=NAMES)
def test_years_are_the_source_s_and_labels_are_short(add) -> None:
    (source,) = (sources()[s] for s in add.sources)
    assert (add.first_year, add.last_year) == (source.first_year, source.last_year)
    assert all(len(v.label) <= 80 for form in (add.state, add.dyad) for v in form.variables)


@pytest.fixture(scope="module")
def peer(raw: Path, dyads: pl.DataFrame) -> pl.DataFrame:
    """The dyads with ``theirs``: of the spells that touch a year, the one that stands first in the file, type 0 too."""
    file = contiguity.FILES[0]
    spells = tables.read_r((raw / file).read_bytes(), name=file)
    years = pl.int_ranges(pl.col("stdate").dt.year(), pl.col("enddate").dt.year() + 1, dtype=pl.Int16)
    each = spells.with_columns(pl.col("ccode1", "ccode2").cast(pl.Int16), year=years).explode("year")
    first = each.unique(["ccode1", "ccode2", "year"], keep="first", maintain_order=True)
    theirs = first.select("ccode1", "ccode2", "year", theirs=pl.col("conttype").cast(pl.Int64))
    within = pl.when(pl.col("year") <= 2016).then(pl.col("theirs").fill_null(0))
    keys = ["ccode1", "ccode2", "year"]
    return dyads.join(theirs, on=keys, how="left", maintain_order="left").with_columns(within.alias("theirs"))


@pytest.mark.raw
@pytest.mark.slow
@pytest.mark.parametrize("column", ["capdist", "mindist"])
def test_distances_are_the_reference_s_in_every_year(dyads, column) -> None:
    assert differing(dyads, column, case="ddy_full", tolerance=1e-9) == {}
    assert in_total(dyads, column) == pytest.approx(total_of("ddy_full", column), rel=1e-9)


@pytest.mark.raw
@pytest.mark.slow
def test_contiguity_is_the_reference_s_but_for_its_type_0_and_its_first_spell(dyads, peer) -> None:
    told = summed(peer.rename({"conttype": "ours", "theirs": "conttype"}), "conttype")
    theirs = by_year("ddy_full").select("year", "conttype_sum", "conttype_nn")
    assert told.select(theirs.columns).equals(theirs)
    assert dyads["conttype"].count() == total_of("ddy_full", "conttype")[0]
    apart = peer.filter(pl.col("conttype") != pl.col("theirs"))
    ended = apart.filter(pl.col("theirs") > pl.col("conttype"))
    assert (apart.height, ended.height, apart.filter(pl.col("theirs") == 0).height) == (1410, 30, 1380)
    more = int((apart["conttype"] - apart["theirs"]).sum())
    assert dyads["conttype"].cast(pl.Int64).sum() == total_of("ddy_full", "conttype")[1] + more == 193_976


@pytest.mark.raw
@pytest.mark.slow
@pytest.mark.parametrize(("column", "kind", "more"), [("land", pl.col("theirs") == 1, 1040),
                                                      ("sea", pl.col("theirs") > 1, 340)])  # fmt: skip
def test_neighbours_are_the_reference_s_but_for_the_same(states, peer, column, kind, more) -> None:
    counted = peer.group_by("year", ccode="ccode1").agg(kind.sum().alias("n"))
    theirs = states.select("ccode", "year").join(counted, on=["ccode", "year"], how="left").group_by("year")
    told = theirs.agg(pl.col("n").sum()).filter(pl.col("year") <= 2016).sort("year")
    listed = by_year("sy_full").filter(pl.col("year") <= 2016)
    assert told["n"].to_list() == listed[f"{column}_sum"].to_list()
    count, total, *_ = total_of("sy_full", column)
    assert (states[column].count(), states[column].cast(pl.Int64).sum()) == (count, total + more)


@pytest.mark.raw
@pytest.mark.slow
def test_the_nearest_border_is_the_reference_s_in_every_year(states) -> None:
    assert differing(states, "minmindist", case="sy_full", tolerance=1e-9) == {}
    assert in_total(states, "minmindist") == pytest.approx(total_of("sy_full", "minmindist"), rel=1e-9)


@pytest.mark.raw
@pytest.mark.slow
def test_a_pair_is_as_far_apart_from_either_side(dyads) -> None:
    columns = ["conttype", "capdist", "mindist"]
    turned = dyads.select("year", *columns, ccode1="ccode2", ccode2="ccode1").sort("ccode1", "ccode2", "year")
    assert turned.select(dyads.columns).equals(dyads)


@pytest.mark.raw
@pytest.mark.slow
def test_a_state_s_figures_are_those_of_its_dyads(dyads, states) -> None:
    own = dyads.group_by("year", ccode="ccode1").agg(
        land=(pl.col("conttype") == 1).sum(), sea=(pl.col("conttype") > 1).sum(),
        mincapdist=pl.col("capdist").min(), minmindist=pl.col("mindist").min(),
    )  # fmt: skip
    both = states.join(own, on=["ccode", "year"], how="left", suffix="_own")
    assert both.height == states.height
    for column in ("land", "sea"):
        there = both.filter(pl.col(column).is_not_null())
        assert (there[column] == there[f"{column}_own"]).all()
    for column in ("mincapdist", "minmindist"):
        assert both[column].count() > 13_000
        assert both[column].is_null().equals(both[f"{column}_own"].is_null())
        assert ((both[column] - both[f"{column}_own"]).abs().max() or 0.0) < 1e-9


@pytest.mark.raw
def test_kazakhstan_and_its_capitals(raw, cache) -> None:
    frame = dyad_years(years=(1992, 2016), folder=raw).add(*NAMES).frame.filter(pl.col("ccode1") == 705)
    china = frame.filter(pl.col("ccode2") == 710)
    assert set(china["conttype"]) == {1} and set(china["mindist"]) == {0.0}
    # The source has the capital move from Almaty to Astana in 1998: the first year that begins there is 1999.
    assert china["capdist"].round(0).rle().struct.field("len").to_list() == [7, 18]
    assert china["capdist"].round(0).unique(maintain_order=True).to_list() == [3267.0, 3637.0]


@pytest.mark.raw
@pytest.mark.parametrize("system", ["gw", "iso"])
def test_other_systems_of_codes_have_them_too(raw, cache, system) -> None:
    def germany(panel: Panel) -> pl.DataFrame:
        two = ("gwcode1", "gwcode2") if system == "gw" else ("iso3_1", "iso3_2")
        names = (260, 290) if system == "gw" else ("DEU", "POL")
        return panel.frame.filter(pl.col(two[0]) == names[0], pl.col(two[1]) == names[1])

    found = germany(dyad_years(years=(1985, 2016), system=system, folder=raw).add(*NAMES))
    after = found.filter(pl.col("year") > 1990)
    assert after.height == 26 and set(after["conttype"]) == {1} and set(after["mindist"]) == {0.0}
    assert after["capdist"].is_between(500, 540).all()


@pytest.mark.raw
def test_the_european_union_is_as_near_as_its_nearest_member(raw, cache) -> None:
    frame = power_years(states=["KAZ", "RUS"], powers=["EUU", "CHN"], years=(2010, 2016), folder=raw).add(*NAMES).frame
    assert set(frame.filter(pl.col("iso3") == "RUS", pl.col("power") == "EUU")["conttype"]) == {1}
    union = frame.filter(pl.col("iso3") == "KAZ", pl.col("power") == "EUU")
    assert union["mindist"].is_between(1000, 1500).all() and union["capdist"].is_between(2500, 3500).all()
    assert set(union["conttype"]) == {0}
