"""Which rows a panel has, and where a table's rows belong among them."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.assemble import codes
from equipoise.assemble.panel.spine import LAST_YEAR, Axes, Spine, axes, pair_spine, state_spine

SYSTEMS: Any = st.sampled_from(["cow", "gw", "iso"])
SPANS = st.tuples(st.integers(1816, 2016), st.integers(0, 12)).map(lambda p: (p[0], min(p[0] + p[1], 2016)))


@cache
def axes_of(system: Any, first: int, last: int) -> Axes:
    return axes(system=system, first=first, last=last)


def keys(spine: Spine) -> pl.DataFrame:
    names = spine.axes.codes
    sides = {"code": names[spine.i]} if spine.j is None else {"code_a": names[spine.i], "code_b": names[spine.j]}
    return pl.DataFrame({**sides, "year": spine.years})


@settings(max_examples=40, deadline=None)
@given(system=SYSTEMS, span=SPANS)
def test_every_row_finds_itself(system: Any, span: tuple[int, int]) -> None:
    on = axes_of(system, *span)
    for spine in (state_spine(on), pair_spine(on, directed=False), pair_spine(on, directed=True)):
        table = keys(spine)
        assert not table.is_duplicated().any()
        assert table.sort(table.columns).equals(table)
        (rows,) = spine.rows_of(table, native=system)
        assert (rows == np.arange(spine.height)).all()


@settings(max_examples=25, deadline=None)
@given(system=SYSTEMS, span=SPANS, seed=st.integers(0, 2**32 - 1))
def test_a_table_in_any_order_finds_its_rows(system: Any, span: tuple[int, int], seed: int) -> None:
    spine = pair_spine(axes_of(system, *span), directed=True)
    order = np.random.default_rng(seed).permutation(spine.height)
    (rows,) = spine.rows_of(keys(spine)[order], native=system)
    assert (rows == order).all()


@settings(max_examples=25, deadline=None)
@given(system=SYSTEMS, span=SPANS)
def test_an_undirected_panel_is_half_of_the_directed_one(system: Any, span: tuple[int, int]) -> None:
    on = axes_of(system, *span)
    both, half = keys(pair_spine(on, directed=True)), keys(pair_spine(on, directed=False))
    assert both.height == 2 * half.height
    turned = half.select("year", code_a="code_b", code_b="code_a").select(half.columns)
    assert pl.concat([half, turned]).sort(half.columns).equals(both)
    assert (half["code_a"] < half["code_b"]).all()


@settings(max_examples=25, deadline=None)
@given(system=SYSTEMS, year=st.integers(1816, 2016))
def test_the_two_of_a_dyad_coexist_on_a_day(system: Any, year: int) -> None:
    """Compared with the list's own spells, day by day, in another way than the spine's."""
    on = axes_of(system, year, year)
    listed = codes.system_years(first=year, last=year, system="gw" if system == "gw" else "cow")
    if system == "iso":
        named = codes.code_years("cow").select("code", "year", "iso3")
        listed = listed.join(named, on=["code", "year"]).drop("code").rename({"iso3": "code"})
    days = {code: (2 << b) - (1 << a) for code, a, b in listed.select("code", "from_day", "to_day").iter_rows()}  # bits
    wanted = {(a, b) for a in days for b in days if a < b and days[a] & days[b]}
    assert set(keys(pair_spine(on, directed=False)).select("code_a", "code_b").iter_rows()) == wanted


@pytest.mark.parametrize(("system", "rows"), [("cow", 15951), ("gw", 17767), ("iso", 15949)])
def test_the_state_years_are_the_lists_own(system: Any, rows: int) -> None:
    """In ISO's codes 1990 has one Germany and one Yemen, where COW has 255 and 260, 678 and 679."""
    assert state_spine(axes_of(system, 1816, LAST_YEAR[system])).height == rows


def test_a_symmetric_table_finds_both_rows_of_a_pair() -> None:
    on = axes_of("cow", 2000, 2000)
    table = pl.DataFrame({"code_a": [20, 2], "code_b": [2, 70], "year": [2000, 2000]})
    one_way, other_way = pair_spine(on, directed=True).rows_of(table, native="cow", both=True)
    there = keys(pair_spine(on, directed=True))
    assert there[one_way].rows() == [(20, 2, 2000), (2, 70, 2000)]
    assert there[other_way].rows() == [(2, 20, 2000), (70, 2, 2000)]


def test_codes_of_no_state_and_years_outside_find_no_row() -> None:
    on = axes_of("cow", 2000, 2002)
    table = pl.DataFrame({"code": [2, 2, 2, 260, 9999, -9], "year": [1999, 2000, 2003, 2000, 2000, 2000]})
    (rows,) = state_spine(on).rows_of(table, native="cow")
    assert rows.tolist() == [-1, 0, -1, -1, -1, -1]
    # -9 counted from the end of COW's codes is the Marshall Islands' 983; and a number is no length of a table.
    odd = pl.Series([-9, 2, 10**12])
    place, _ = axes_of("iso", 2000, 2000).locate(odd, year=pl.Series([2000] * 3), native="cow")
    assert (place >= 0).tolist() == [False, True, False]


@pytest.mark.parametrize(("native", "code", "year", "held"), [
    ("gw", 260, 2000, 255), ("gw", 340, 2010, 345), ("gw", 678, 2000, 679), ("iso", "SUN", 1985, 365),
    ("iso", "RUS", 1985, None), ("iso", "SCG", 2000, 345), ("gw", 563, 1880, None),
])
def test_codes_of_another_list_are_translated_by_year(native: Any, code: Any, year: int, held: int | None) -> None:
    on = axes_of("cow", 1870, 2016)
    place, at = on.locate(pl.Series([code]), year=pl.Series([year]), native=native)
    assert (int(on.codes[place[0]]) if place[0] >= 0 else None) == held
    assert at[0] == year - 1870


@pytest.mark.parametrize("system", ["cow", "gw", "iso"])
def test_translation_there_and_back_is_where_it_began(system: Any) -> None:
    """No two codes of a list are translated into one of another in the same year."""
    on = axes_of(system, 1816, 2016)
    for native in ({"cow", "gw", "iso"} - {system}):
        table = codes.code_years("gw" if native == "gw" else "cow").filter(pl.col("year").is_between(1816, 2016))
        place, at = on.locate(table["iso3" if native == "iso" else "code"], year=table["year"], native=native)
        there = place >= 0
        assert there.any()
        assert len(set(zip(place[there].tolist(), at[there].tolist(), strict=True))) == there.sum()
