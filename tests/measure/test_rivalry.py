from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, UsageError
from equipoise.measure import (
    alliance_component,
    disputes_component,
    highest_recent,
    ideal_point_component,
    pair_positions,
    sanctions_component,
    strategic_component,
    to_matrix,
    to_pairs,
)
from equipoise.measure.rivalry import checked_rivalry


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=6), st.floats(0.5, 6))
def test_ideal_points_are_symmetric_capped_and_shift_free(points, scale):
    found = ideal_point_component(points, scale=scale)
    assert np.all((found >= 0) & (found <= 1))
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diag(found), 0)
    np.testing.assert_allclose(ideal_point_component(np.array(points) + 1, scale=scale), found, atol=1e-9)


def test_a_missing_ideal_point_leaves_only_its_own_pairs_missing():
    found = ideal_point_component([[0.0, np.nan, 1.0]], scale=2.0)[0]
    assert np.isnan(found[0, 1]) and found[0, 2] == 0.5 and found[1, 1] == 0


def test_sanctions_count_either_way_and_missing_is_not_peace():
    found = sanctions_component([[0, 1, 0], [np.nan, 0, np.nan], [0, 0, 0]])
    assert found[0, 1] == found[1, 0] == 1
    assert np.isnan(found[1, 2]) and np.isnan(found[2, 1])
    assert found[0, 2] == 0


def test_alliances_disputes_and_strategic_rivals_are_scaled_to_one():
    s = np.array([[1, -1, 0], [-1, 1, 0.5], [0, 0.5, 1]])
    np.testing.assert_allclose(to_pairs(alliance_component(s)), [1, 0.5, 0.25])
    np.testing.assert_allclose(to_pairs(disputes_component(to_matrix([5, 0, 3], powers=3))), [1, 0, 0.6])
    np.testing.assert_allclose(to_pairs(strategic_component(to_matrix([1, 0, np.nan], powers=3))), [1, 0, np.nan])


def test_the_window_looks_back_and_stops_where_the_source_stops():
    level = np.array([4, 0, 0, np.nan, 0, 0, np.nan])
    np.testing.assert_array_equal(highest_recent(level, years=5), [4, 4, 4, np.nan, 4, 0, np.nan])
    np.testing.assert_array_equal(highest_recent(level, years=1), level)
    np.testing.assert_array_equal(highest_recent(level[:2, None] * [1, 2], years=9), [[4, 8], [4, 8]])


@given(st.integers(2, 6), st.integers(0, 99))
def test_pairs_and_matrices_are_one_thing(powers, seed):
    pairs = np.random.default_rng(seed).random((3, powers * (powers - 1) // 2))
    matrix = to_matrix(pairs, powers=powers)
    assert matrix.shape == (3, powers, powers)
    np.testing.assert_array_equal(to_pairs(matrix), pairs)
    np.testing.assert_array_equal(matrix, np.swapaxes(matrix, 1, 2))
    first, second = pair_positions(powers)
    np.testing.assert_array_equal(matrix[:, second, first], pairs)


@pytest.mark.parametrize(("call", "error"), [
    (lambda: ideal_point_component([0.0, 1.0], scale=0), UsageError),
    (lambda: sanctions_component([[0, 2], [0, 0]]), BadMatrix),
    (lambda: alliance_component([[1, 1.5], [1.5, 1]]), BadMatrix),
    (lambda: disputes_component([[0, 6], [6, 0]]), BadMatrix),
    (lambda: strategic_component([1, 0]), BadMatrix),
    (lambda: highest_recent([1.0], years=0), UsageError),
    (lambda: to_matrix([1.0, 2.0], powers=3), BadMatrix),
    (lambda: to_pairs(np.zeros((2, 3))), BadMatrix),
])
def test_bad_input_is_refused_in_one_line(call, error):
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("matrix", "words"), [
    ([[0, 1, 0]], r"rivalry of shape \(1, 3\) is not square"),
    ([[0, 0.5], [0.25, 0]], r"rivalry is not symmetric: 0.5 at \(0, 1\), 0.25 at \(1, 0\)"),
    ([[[0, 0], [0, 0]], [[0, np.nan], [1, 0]]], r"not symmetric: nan at \(1, 0, 1\), 1 at \(1, 1, 0\)"),
    ([[0, -0.5], [-0.5, 0]], r"rivalry holds -0.5 at \(0, 1\), negative or infinite"),
    ([[0.5, 0], [0, 0]], "diagonal that is not zero"),
])
def test_a_rivalry_that_is_none_is_refused_with_the_place(matrix, words):
    with pytest.raises(BadMatrix, match=words):
        checked_rivalry(matrix)
