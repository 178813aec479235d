"""Product and population, trade, and transfers of arms."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from equipoise.acquire import tables
from equipoise.acquire.registry import sources
from equipoise.assemble.panel import dyad_years, power_years, state_years, triads
from equipoise.assemble.panel.adds import economy

NAMES = [add.name for add in economy.ADDS]


def shelf(**held: pl.DataFrame) -> Any:
    return SimpleNamespace(table=held.__getitem__)


def bank(*rows: tuple[str, str, int, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["indicator", "iso3", "year", "value"], orient="row").with_columns(
        pl.col("year").cast(pl.Int16))


def flows(*rows: tuple[int, int, int, float]) -> pl.DataFrame:
    schema = {"importer_cow": pl.Int16, "exporter_cow": pl.Int16, "year": pl.Int16, "value_musd": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


# The USA and Canada trade both ways; of the USA and Cuba one flow is known, and Cuba and Haiti know of none but zeros.
FLOWS = flows((2, 20, 2000, 30.0), (20, 2, 2000, 50.0), (2, 40, 2000, 20.0), (40, 41, 2000, 0.0), (41, 40, 2000, 0.0))
GDP = bank(("NY.GDP.MKTP.CD", "USA", 2000, 800e6), ("NY.GDP.MKTP.KD", "CAN", 2000, 1e6))


def traded(one: int, two: int) -> dict[str, Any]:
    found = economy.trade(shelf(cow_trade=FLOWS, world_bank=GDP))
    return found.filter(pl.col("code_a") == one, pl.col("code_b") == two).row(0, named=True)


def test_flows_have_both_directions_and_weights() -> None:
    row = traded(2, 20)
    assert (row["flow1"], row["flow2"], row["year"]) == (30.0, 50.0, 2000)
    assert (row["trade_share1"], row["trade_share2"]) == (80 / 100, 80 / 80)
    assert (row["trade_gdp1"], row["trade_gdp2"]) == (80 / 800, None)
    back = traded(20, 2)
    assert all(back[f"{v}1"] == row[f"{v}2"] and back[f"{v}2"] == row[f"{v}1"]
               for v in ("flow", "trade_share", "trade_gdp"))


def test_an_unknown_flow_is_null_and_so_is_what_needs_it() -> None:
    row = traded(40, 2)
    assert (row["flow1"], row["flow2"], row["trade_share1"], row["trade_gdp2"]) == (None, 20.0, None, None)
    assert traded(40, 41)["flow1"] == 0.0 and traded(40, 41)["trade_share1"] == 0.0  # Cuba has other trade, Haiti none
    assert traded(41, 40)["trade_share1"] is None


def test_totals_are_of_known_flows_and_say_how_many() -> None:
    found = {r["code"]: r for r in economy.trade_totals(shelf(cow_trade=FLOWS)).iter_rows(named=True)}
    assert (found[2]["imports_sum"], found[2]["imports_partners"]) == (50.0, 2)
    assert (found[40]["imports_sum"], found[40]["exports_sum"], found[40]["exports_partners"]) == (0.0, 20.0, 2)
    only = economy.trade_totals(shelf(cow_trade=flows((2, 20, 1999, 1.0)))).sort("code").to_dicts()
    assert only[0]["exports_sum"] is None and only[0]["exports_partners"] == 0 and only[0]["imports_sum"] == 1.0


def test_the_bank_s_figure_of_other_borders_is_not_the_state_s() -> None:
    gdp, people = "NY.GDP.MKTP.CD", "SP.POP.TOTL"
    held = bank((gdp, "DEU", 1989, 1.0), (gdp, "DEU", 1990, 2.0), (gdp, "SDN", 2010, 3.0), (people, "SDN", 2010, 4.0),
                (people, "SDN", 2011, 5.0), ("XX", "SDN", 2011, 6.0))
    found = economy.world_bank(shelf(world_bank=held)).sort("code", "year")
    assert found.select("code", "year", "gdp_usd", "gdp_2015usd", "population").rows() == [
        ("DEU", 1990, 2.0, None, None), ("SDN", 2010, 3.0, None, None), ("SDN", 2011, None, None, 5.0)]


def deliveries(*rows: tuple[str, str, int, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["supplier", "recipient", "delivery_year", "tiv_mn"], orient="row")


def test_arms_are_summed_by_direction_and_those_of_groups_left_out() -> None:
    held = deliveries(("Russia", "Kazakhstan", 2010, 0.1), ("Russia", "Kazakhstan", 2010, 0.2),
                      ("Kazakhstan", "Russia", 2010, 4.0), ("Russia", "Hezbollah (Lebanon)*", 2010, 8.0))
    found = economy.arms_transfers(shelf(arms_transfers=held)).sort("code_a")
    assert found.select("code_a", "code_b", "year", "arms_tiv1to2", "arms_tiv2to1").rows() == [
        ("KAZ", "RUS", 2010, 4.0, 0.3), ("RUS", "KAZ", 2010, 0.3, 4.0)]
    totals = economy.arms_totals(shelf(arms_transfers=held)).sort("code")
    summed = totals.select("code", "arms_imports_tiv", "arms_exports_tiv").rows()
    assert summed == [("KAZ", 0.3, 4.0), ("RUS", 4.0, 0.3)]


@pytest.mark.parametrize("add", economy.ADDS, ids=NAMES)
def test_what_it_declares(add) -> None:
    for form in filter(None, (add.state, add.dyad)):
        names = [v.name for v in form.variables]
        assert len(set(names)) == len(names) and all(len(v.label) <= 80 for v in form.variables)
    assert add.note and set(add.sources) <= set(sources())


@pytest.fixture(scope="module")
def states(raw: Path, cache: Path) -> pl.DataFrame:
    return state_years(years=(1816, 2025), folder=raw).add(*(n for n in NAMES if n != "trade")).frame


@pytest.fixture(scope="module")
def dyads(raw: Path, cache: Path) -> pl.DataFrame:
    return dyad_years(years=(1860, 2025), directed=True, folder=raw).add("trade", "arms_transfers").frame


def value(frame: pl.DataFrame, code: int | str, year: int, column: str) -> Any:
    return frame.filter(pl.nth(0) == code, pl.col("year") == year)[column].item()


@pytest.mark.raw
def test_columns_and_years(states, dyads) -> None:
    for add in economy.ADDS:
        for frame, form in ((states, add.state if add.name != "trade" else None), (dyads, add.dyad)):
            names = [c for v in form.variables for c in (v.columns if frame is dyads else (v.name,))] if form else []
            held = frame.filter(pl.any_horizontal(pl.col(n).is_not_null() for n in names))["year"] if names else None
            assert held is None or (held.min(), held.max()) == (add.first_year, add.last_year), add.name


@pytest.mark.raw
def test_germany_and_yemen_in_1990(states, dyads) -> None:
    assert [value(states, c, 1990, "pwtpop") is None for c in (255, 260, 678, 679)] == [False] * 4
    assert [value(states, c, 1990, "population") is None for c in (255, 260, 678, 679)] == [False, True, True, False]
    assert value(states, 260, 1985, "gdp_usd") is None and value(states, 255, 1990, "population") == 79_433_029.0
    us = dyads.filter(pl.col("ccode2") == 2, pl.col("year") == 1990, pl.col("ccode1").is_in([255, 260, 678, 679]))
    assert us.select("ccode1", "flow1").rows() == [(255, 22922.0), (260, None), (678, None), (679, 122.0)]


@pytest.mark.raw
def test_states_that_are_gone_have_no_figures_of_their_successors(states) -> None:
    assert [value(states, 365, y, "gdp_usd") is None for y in (1989, 1990, 1991)] == [True, True, False]
    assert [value(states, 345, y, "population") is None for y in (1990, 2005, 2007, 2008)] == [True, True, True, False]
    assert [value(states, 625, y, "population") is None for y in (2010, 2011)] == [True, False]
    assert value(states, 625, 2010, "gdp_usd") > 5e10 and value(states, 626, 2011, "population") > 1e7
    assert [value(states, 530, y, "population") is None for y in (1992, 1993)] == [True, False]
    assert [value(states, 816, y, "population") is None for y in (1975, 1976)] == [True, False]
    # Malaya to 1963, then with Sabah, Sarawak and Singapore; half of Jordan's people lived on the West Bank to 1967.
    assert [value(states, 820, y, "population") is None for y in (1960, 1962, 1964, 1965)] == [True] * 3 + [False]
    assert [value(states, 663, y, "population") is None for y in (1966, 1967)] == [True, False]
    assert value(states, 663, 1966, "gdp_usd") > 6e8
    assert [value(states, 471, y, "gdp_usd") is None for y in (1960, 1961)] == [True, False]
    assert [value(states, 510, y, "population") is None for y in (1963, 1964)] == [True, False]


@pytest.mark.raw
def test_trade_is_the_file_s_own(dyads, raw) -> None:
    path = "cow_trade/cow_trade_ddy.rds"
    file = tables.read_r((raw / path).read_bytes(), name=path, source="cow_trade")
    keys = [pl.col(c).cast(pl.Int16) for c in ("ccode1", "ccode2", "year")]
    both = dyads.select("ccode1", "ccode2", "year", "flow1", "flow2").join(
        file.select(*keys, a="flow1", b="flow2"), on=["ccode1", "ccode2", "year"])
    assert (file.height, both.height) == (1_347_308, 1_347_298)  # ten rows of pairs that were never there on one day
    assert (both["flow1"].eq_missing(both["a"])).all() and (both["flow2"].eq_missing(both["b"])).all()
    assert int(dyads["flow1"].count()) == int(both["a"].count())
    assert (file["flow1"].drop_nulls() % 1 == 0).all()  # whole millions, as the note says


@pytest.mark.raw
def test_sides_swap(dyads) -> None:
    some = dyads.filter(pl.col("year").is_in([1913, 1990, 2011]))
    back = some.rename({"ccode1": "ccode2", "ccode2": "ccode1"}).select(*some.columns).sort("ccode1", "ccode2", "year")
    for one, two in (("flow1", "flow2"), ("trade_share1", "trade_share2"), ("trade_gdp1", "trade_gdp2"),
                     ("arms_tiv1to2", "arms_tiv2to1")):
        assert some[one].eq_missing(back[two]).all()


@pytest.mark.raw
def test_shares_add_up_to_what_is_known_both_ways(dyads, states) -> None:
    shares = dyads.group_by("ccode1", "year").agg(pl.col("trade_share1").sum(), n=pl.col("trade_share1").count())
    assert shares["trade_share1"].max() < 1 + 1e-9
    known = dyads.filter(pl.col("ccode1") == 2, pl.col("year") == 2014)
    total = value(states, 2, 2014, "imports_sum") + value(states, 2, 2014, "exports_sum")
    assert known["trade_share1"].sum() == pytest.approx((known["flow1"].sum() + known["flow2"].sum()) / total)
    assert value(states, 2, 2014, "imports_partners") == known["flow1"].count()


@pytest.mark.raw
def test_sums_are_not_cow_s_national_totals(states, raw) -> None:
    path = "peacesciencer/cow_trade_sy.rda"
    theirs = tables.read_r((raw / path).read_bytes(), name=path, source="cow_trade")
    theirs = theirs.select(pl.col("ccode", "year").cast(pl.Int16), "imports", "exports")
    both = states.join(theirs, on=["ccode", "year"])
    for way, median in (("imports", 0.91), ("exports", 0.98)):
        part = both.select(pl.col(f"{way}_sum") / pl.col(way)).to_series().drop_nulls().drop_nans()
        assert part.median() == pytest.approx(median, abs=0.006) and part.quantile(0.1) < 0.5


@pytest.mark.raw
def test_the_traps_that_the_note_names_are_there(dyads) -> None:
    pair = dyads.filter(pl.col("ccode1") == 705, pl.col("ccode2") == 365).sort("year")
    held = {y: (a, b) for y, a, b in pair.select("year", "flow1", "flow2").iter_rows()}
    assert held[1992] == held[1993] == (0.0, 0.0) and held[1994] == (1293.0, 1996.0)
    assert held[2011][0] < held[2012][0] / 2 and held[2011][1] < held[2012][1] / 2
    serbia = dyads.filter(pl.col("ccode1") == 345, pl.col("year") > 1996)
    assert serbia["flow1"].null_count() == serbia["flow2"].null_count() == serbia.height
    assert dyads.filter(pl.col("ccode1") == 345, pl.col("year") == 1993)["flow1"].count() == 2
    west = dyads.filter(pl.col("ccode1") == 260).drop_nulls("flow1")
    assert west.filter(pl.col("year") == 1959).height > 80
    assert west.filter(pl.col("year") > 1959)["ccode2"].unique().sort().to_list() == [211, 212]
    # In the years of the war it would be the North that bought from the United States, and the South from nobody.
    with_us = dyads.filter(pl.col("ccode1") == 816, pl.col("ccode2") == 2, pl.col("year").is_between(1960, 1974))
    assert with_us["flow1"].min() > 60 and with_us.height == 15
    assert dyads.filter(pl.col("ccode1") == 817, pl.col("year") > 1959)["flow1"].count() == 0


@pytest.mark.raw
def test_a_union_s_flows_are_its_members_and_so_is_its_part_in_the_other_s_trade(raw, cache) -> None:
    panel = power_years(states=["KAZ"], years=2014, folder=raw).add("trade", "trade_totals", "arms_transfers")
    by = {row["power"]: row for row in panel.frame.iter_rows(named=True)}
    whole = by["EUU"]["imports_sum1"] + by["EUU"]["exports_sum1"]
    share = {p: (row["flow1"] + row["flow2"]) / whole for p, row in by.items()}
    assert share == pytest.approx({"RUS": 0.208, "CHN": 0.219, "USA": 0.023, "EUU": 0.372, "JPN": 0.014}, abs=5e-4)
    assert {p: row["trade_share1"] for p, row in by.items()} == pytest.approx(share)
    assert by["EUU"]["trade_share2"] is None and by["RUS"]["trade_share2"] is not None
    assert by["RUS"]["arms_tiv2to1"] == 29.2 and by["EUU"]["arms_tiv1to2"] == 0.0
    three = triads(states=["KAZ"], years=2014, folder=raw).add("trade").frame
    pair = three.filter(pl.col("power_a") == "RUS", pl.col("power_b") == "EUU").row(0, named=True)
    assert (pair["flow1_sa"], pair["flow1_sb"]) == (by["RUS"]["flow1"], by["EUU"]["flow1"])
    assert pair["flow1_ab"] > 100_000 and pair["trade_share1_ab"] > 0.4 and pair["trade_share2_ab"] is None


@pytest.mark.raw
def test_arms_are_zero_where_the_register_lists_none(states, dyads) -> None:
    covered = states.filter(pl.col("year").is_between(1995, 2024))
    assert covered.select("arms_imports_tiv", "arms_exports_tiv").null_count().row(0) == (0, 0)
    assert states.filter(pl.col("year") == 2025)["arms_exports_tiv"].null_count() == 195  # not yet entered
    pair = dyads.filter(pl.col("ccode1") == 365, pl.col("ccode2") == 705, pl.col("year") == 2016).row(0, named=True)
    assert (pair["arms_tiv1to2"], pair["arms_tiv2to1"]) == (199.0, 0.0)
    sent = dyads.group_by("ccode1", "year").agg(pl.col("arms_tiv1to2").sum())
    us = sent.filter(pl.col("ccode1") == 2, pl.col("year") == 2010)["arms_tiv1to2"].item()
    assert us == pytest.approx(value(states, 2, 2010, "arms_exports_tiv"))


@pytest.mark.raw
@pytest.mark.parametrize("system", ["gw", "iso"])
def test_other_systems_of_codes_have_them_too(raw, cache, system) -> None:
    germany = {"gw": 260, "iso": "DEU"}[system]
    frame = state_years(years=(1989, 1991), system=system, folder=raw).add(*(n for n in NAMES if n != "trade")).frame
    own = frame.filter(pl.nth(0) == germany).sort("year")
    assert own["population"].is_null().to_list() == [True, False, False]
    assert own["imports_sum"].null_count() == 0 and own["pwtpop"].null_count() == 0
