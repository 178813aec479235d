from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import BadShares, UsageError
from equipoise.measure import concentration, effective_number, movement, normalised_hhi

PUBLISHED = Path(__file__).parents[1] / "published" / "system" / "values.csv"
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
