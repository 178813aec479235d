from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.assemble.majors import COVERED_TO, majors
from equipoise.assemble.packed import embedded
from equipoise.errors import BadShares, UsageError
from equipoise.measure import concentration, effective_number, movement, normalised_hhi

PUBLISHED = Path(__file__).parents[1] / "published" / "system" / "values.csv"
BY_YEAR = PUBLISHED.with_name("years.csv")
FIRST, LAST = 1816, 2022
MAJORS = ("USA", "UKG", "FRN", "GMY", "RUS", "CHN", "JPN")
ROWS = {int(r["year"]): r for r in csv.DictReader(PUBLISHED.read_text(encoding="utf-8").splitlines())}
levels = st.lists(st.floats(1e-3, 1e3), min_size=2, max_size=12)


def capability(year: int) -> np.ndarray:
    return np.array([float(ROWS[year][m] or "nan") for m in MAJORS])


@pytest.mark.parametrize("year", ROWS)
def test_concentration_and_effective_number_reproduce_reference_values(year):
    row, cinc = ROWS[year], capability(year)
    assert concentration(cinc) == pytest.approx(float(row["con"]), abs=1e-9)
    assert effective_number(cinc) == pytest.approx(float(row["effective_number"]), abs=1e-9)
    assert effective_number(cinc, kind="entropy") == pytest.approx(float(row["effective_number_entropy"]), abs=1e-9)


@pytest.mark.parametrize("year", [y for y, r in ROWS.items() if r["move_union_1"]])
def test_movement_reproduces_reference_values_also_when_membership_changes(year):
    row, before, after = ROWS[year], capability(year - 1), capability(year)
    assert movement(before, after) == pytest.approx(float(row["move_union_1"]), abs=1e-9)
    assert movement(before, after, convention="lagged") == pytest.approx(float(row["move_lagged_1"]), abs=1e-9)
    both = ~np.isnan(before) & ~np.isnan(after)
    room = 2 * (1 - (before[both] / before[both].sum()).min())
    assert movement(before, after, convention="common") * room == pytest.approx(float(row["change_common_1"]), abs=1e-9)


@pytest.mark.parametrize("year", [y for y, r in ROWS.items() if r["move_union_5"]])
def test_five_year_movement_reproduces_reference_values(year):
    found = movement(capability(year - 5), capability(year))
    assert found == pytest.approx(float(ROWS[year]["move_union_5"]), abs=1e-9)


@cache
def system(members: str) -> np.ndarray:
    """CINC (years, states) of all states, or NaN for who is no major power in the year."""
    table = embedded().table("panel_nmc").select("cow", "year", "cinc")
    states = {cow: i for i, cow in enumerate(table["cow"].unique().sort())}
    cinc = np.full((LAST - FIRST + 1, len(states)), np.nan)
    for cow, year, value in table.iter_rows():
        cinc[year - FIRST, states[cow]] = value
    if members == "all":
        return cinc
    member = np.zeros(cinc.shape, dtype=bool)
    for cow, start, end in majors().with_columns(pl.col("end_date").fill_null(COVERED_TO)).iter_rows():
        member[start.year - FIRST: end.year - FIRST + 1, states[cow]] = True
    return np.where(member, cinc, np.nan)


def reference(members: str) -> dict[str, np.ndarray]:
    """The published columns, in the order of years."""
    rows = [r for r in csv.DictReader(BY_YEAR.read_text(encoding="utf-8").splitlines()) if r["members"] == members]
    assert [int(r["year"]) for r in rows] == list(range(FIRST, (LAST if members == "all" else COVERED_TO.year) + 1))
    return {c: np.array([float(r[c] or "nan") for r in rows]) for c in rows[0] if c not in ("members", "year")}


@pytest.mark.parametrize("members", ["all", "majors"])
def test_every_year_of_two_centuries_has_its_reference_values(members):
    wanted = reference(members)
    cinc = system(members)[: len(wanted["n"])]
    close = {"rtol": 0, "atol": 1e-9, "equal_nan": True}
    assert np.array_equal(np.sum(~np.isnan(cinc), axis=1), wanted["n"])
    np.testing.assert_allclose(1 / effective_number(cinc), wanted["hhi"], **close)
    np.testing.assert_allclose(concentration(cinc), wanted["con"], **close)
    np.testing.assert_allclose(effective_number(cinc), wanted["effective_number"], **close)
    np.testing.assert_allclose(effective_number(cinc, kind="entropy"), wanted["effective_number_entropy"], **close)


@pytest.mark.parametrize("members", ["all", "majors"])
def test_every_year_of_two_centuries_has_its_reference_movement(members):
    wanted = reference(members)
    cinc = system(members)[: len(wanted["n"])]
    before, after = cinc[:-1], cinc[1:]
    close = {"rtol": 0, "atol": 1e-9}
    np.testing.assert_allclose(movement(before, after), wanted["move_union_1"][1:], **close)
    np.testing.assert_allclose(movement(before, after, convention="lagged"), wanted["move_lagged_1"][1:], **close)
    both = np.where(np.isnan(before) | np.isnan(after), np.nan, before)
    room = 2 * (1 - np.nanmin(both, axis=1) / np.nansum(both, axis=1))
    common = movement(before, after, convention="common") * room
    np.testing.assert_allclose(common, wanted["change_common_1"][1:], **close)
    # The reference has five-year steps to 2016.
    five = movement(cinc[:-5], cinc[5:])
    there = ~np.isnan(wanted["move_union_5"][5:])
    assert there.sum() == 2016 - 1821 + 1 and np.isnan(wanted["move_union_5"][:5]).all()
    np.testing.assert_allclose(five[there], wanted["move_union_5"][5:][there], **close)


@given(levels)
def test_con_squared_follows_from_the_effective_number(values):
    n = len(values)
    assert concentration(values) ** 2 == pytest.approx((n / effective_number(values) - 1) / (n - 1), abs=1e-9)
    assert normalised_hhi(values) == pytest.approx(concentration(values) ** 2, abs=1e-12)


@given(levels, st.floats(0.01, 100))
def test_scale_does_not_matter_and_bounds_hold(values, factor):
    scaled = np.array(values) * factor
    assert concentration(scaled) == pytest.approx(concentration(values), abs=1e-6)
    assert 1 - 1e-9 <= effective_number(values) <= effective_number(values, kind="entropy") + 1e-9 <= len(values) + 1e-8
    assert movement(values, scaled) == pytest.approx(0, abs=1e-9)


@given(levels, st.data())
def test_movement_is_within_bounds_in_every_convention(values, data):
    after = data.draw(st.lists(st.floats(1e-3, 1e3), min_size=len(values), max_size=len(values)))
    assert 0 <= movement(values, after) <= 1 + 1e-9
    assert movement(values, after, convention="lagged") == pytest.approx(movement(values, after, convention="common"))


def test_leading_axes_and_members_that_are_absent():
    shares = np.array([[0.5, 0.5, np.nan], [0.2, 0.3, 0.5], [np.nan, np.nan, np.nan]])
    con = concentration(shares)
    assert con.shape == (3,)
    assert con[0] == 0 and np.isnan(con[2])
    assert concentration([0.7, np.nan, 0.3]) == concentration([0.7, 0.3])
    assert concentration([0.7, 0.0, 0.3]) > concentration([0.7, 0.3])
    assert np.isnan(effective_number(shares)).tolist() == [False, False, True]


def test_undefined_cases_are_nan():
    assert np.isnan(concentration([1.0]))
    assert np.isnan(concentration([0.0, 0.0]))
    assert np.isnan(movement([1.0, np.nan], [np.nan, 1.0], convention="common"))
    assert np.isnan(movement([np.nan, np.nan], [0.5, 0.5]))
    assert movement([1.0, 0.0], [0.0, 1.0]) == 1


@pytest.mark.parametrize(("call", "error"), [
    (lambda: concentration([0.5, -0.1]), BadShares),
    (lambda: concentration([]), BadShares),
    (lambda: effective_number([1.0], kind="variance"), UsageError),
    (lambda: movement([0.5, 0.5], [0.2, 0.3, 0.5]), BadShares),
    (lambda: movement([0.5, 0.5], [0.5, 0.5], convention="any"), UsageError),
])
def test_bad_input_is_refused_in_one_line(call, error):
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert caught.value.hint
