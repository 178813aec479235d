from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, BadShares
from equipoise.measure import (
    alignment_energy,
    frustration,
    landscape,
    order_stress,
    same_split,
    signed_components,
    system_structure,
    to_matrix,
)
from equipoise.measure.structure import turned


@st.composite
def systems(draw: st.DrawFn, most: int = 7) -> tuple[np.ndarray, np.ndarray]:
    k = draw(st.integers(2, most))
    n = k * (k - 1) // 2
    ties = draw(st.lists(st.floats(-1, 1).map(lambda x: round(x, 3)), min_size=n, max_size=n))
    sizes = draw(st.lists(st.floats(0.05, 1), min_size=k, max_size=k))
    return to_matrix(ties, powers=k), np.array(sizes)


@settings(max_examples=60, deadline=None)
@given(systems())
def test_it_is_what_the_two_measures_by_year_say(system):
    """Two algorithms: here every split is looked at, there branch and bound, and descent from every split."""
    p, c = system
    found = system_structure(p, capability=c)
    weight = np.abs(np.triu(p)).sum()
    if weight:
        assert found.frustration == pytest.approx(frustration(p).index / weight, abs=1e-9)
        assert 0 <= found.frustration <= 0.5 + 1e-12
    else:
        assert np.isnan(found.frustration)
    there = landscape(p, sizes=c / c.sum())
    assert found.depth == pytest.approx(-2 * there.energy[0], abs=1e-9) and 0 <= found.depth <= 1 + 1e-12
    assert found.minima == len(there.energy)
    assert alignment_energy(found.side, propensity=p, sizes=c / c.sum()) == pytest.approx(there.energy[0], abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(systems(), st.floats(0.1, 1000), st.randoms(use_true_random=False))
def test_neither_the_unit_of_capability_nor_the_order_of_powers_matters(system, unit, random):
    p, c = system
    order = list(range(len(c)))
    random.shuffle(order)
    here, there = system_structure(p, capability=c), system_structure(p[np.ix_(order, order)],
                                                                      capability=unit * c[order])
    np.testing.assert_allclose(there.frustration, here.frustration, atol=1e-9)
    np.testing.assert_allclose(there.depth, here.depth, atol=1e-9)
    assert there.minima == here.minima


def test_friends_only_do_not_divide_and_two_equal_hostile_blocs_are_as_deep_as_can_be():
    friends = system_structure(1 - np.eye(4), capability=[1, 2, 3, 4])
    assert (friends.frustration, friends.depth, friends.side.tolist(), friends.minima) == (0, 0, [1, 1, 1, 1], 1)
    camps = np.kron([[1, -1], [-1, 1]], np.ones((2, 2))) - np.eye(4)
    split = system_structure(camps, capability=[3, 1, 2, 2])
    assert (split.frustration, split.depth, split.side.tolist()) == (0, 1, [1, 1, -1, -1])
    assert system_structure(camps, capability=[3, 3, 1, 1]).depth == pytest.approx(0.75)


def test_three_mutual_foes_frustrate_one_tie_of_three():
    foes = system_structure(np.eye(3) - 1, capability=[1, 1, 1])
    assert foes.frustration == pytest.approx(1 / 3) and foes.minima == 3
    assert foes.depth == pytest.approx(-2 * -4 / 9)


def test_where_only_rivalry_acts_the_best_split_is_that_of_order_stress():
    """With p = −r both maximise what is cut, one over signs, the other over all unit vectors."""
    r = to_matrix([0.1, 0.8, 0.7, 0.9, 0.6, 0.2], powers=4)
    c = np.array([0.3, 0.2, 0.4, 0.1])
    stress, found = order_stress(r, capability=c), system_structure(-r, capability=c)
    side = np.zeros(4, dtype=int)
    side[list(stress.blocs[0])], side[list(stress.blocs[1])] = 1, -1
    assert same_split(found.side, side) == 1
    assert stress.value >= -found.side @ (np.outer(c, c) * r) @ found.side - 1e-12


def test_a_missing_input_is_a_missing_date_and_leading_axes_stay():
    p = np.broadcast_to(to_matrix([-1.0, 0.5, -0.5], powers=3), (2, 4, 3, 3)).copy()
    c = np.ones((4, 3))
    p[0, 1, 0, 1] = p[0, 1, 1, 0] = np.nan
    c[2, 1] = np.nan
    c[3] = 0
    found = system_structure(p, capability=c)
    assert found.frustration.shape == (2, 4) and found.side.shape == (2, 4, 3)
    known = np.array([[True, False, False, False], [True, True, False, False]])
    for values in (found.frustration, found.depth):
        np.testing.assert_array_equal(np.isfinite(values), known)
    np.testing.assert_array_equal(found.minima > 0, known)
    np.testing.assert_array_equal((found.side != 0).all(-1), known)


def test_many_dates_are_cut_into_blocks_without_a_seam(monkeypatch):
    p = to_matrix(np.random.default_rng(2).uniform(-1, 1, (50, 10)), powers=5)
    whole = system_structure(p, capability=np.ones(5))
    monkeypatch.setattr("equipoise.measure.structure._CELLS", 100)
    parts = system_structure(p, capability=np.ones(5))
    np.testing.assert_array_equal(whole.side, parts.side)
    np.testing.assert_array_equal(whole.depth, parts.depth)


def test_a_power_without_capability_stands_in_neither_bloc_and_adds_no_minimum():
    p = to_matrix([0.5, -1.0, -0.7, -1.0, 0.4, -0.2], powers=4)
    for nobody in range(4):
        rest = [k for k in range(4) if k != nobody]
        c = np.where(np.arange(4) == nobody, 0.0, 1.0)
        with_it = system_structure(p, capability=c)
        without = system_structure(p[np.ix_(rest, rest)], capability=c[rest])
        assert with_it.side[nobody] == 0 and with_it.side[rest].tolist() == without.side.tolist()
        assert with_it.minima == without.minima and with_it.depth == pytest.approx(float(without.depth))


def test_no_tie_has_no_share_that_is_frustrated():
    nothing = system_structure(np.zeros((2, 2)), capability=[1, 1])
    assert np.isnan(nothing.frustration) and nothing.depth == 0


def test_absence_of_hostile_acts_is_no_friendship():
    quiet = signed_components(np.zeros((3, 2, 1)), closeness=[True, False])
    assert quiet[:, 0, 0].tolist() == [1, 1, 1] and not quiet[:, 1].any()
    missing = signed_components([[np.nan], [0.5]], closeness=[True, False])
    assert np.isnan(missing[0, 0]) and missing[1, 0] == -0.5


def test_a_split_turns_to_the_side_where_more_stand():
    split = np.array([[1, 1, -1], [1, -1, -1]], dtype=np.int8)
    assert turned(split, towards=np.array([-1, 1, 1], dtype=np.int8)).tolist() == [[-1, -1, 1], [-1, 1, 1]]


@pytest.mark.parametrize(("call", "error"), [
    (lambda: system_structure([[0, 1], [0.5, 0]], capability=[1, 1]), BadMatrix),
    (lambda: system_structure([[0, 1]], capability=[1, 1]), BadMatrix),
    (lambda: system_structure([[0]], capability=[1]), BadMatrix),
    (lambda: system_structure([[0, 2], [2, 0]], capability=[1, 1]), BadMatrix),
    (lambda: system_structure([[0, np.inf], [np.inf, 0]], capability=[1, 1]), BadMatrix),
    (lambda: system_structure([[1, 0], [0, 1]], capability=[1, 1]), BadMatrix),
    (lambda: system_structure(np.zeros((13, 13)), capability=np.ones(13)), BadMatrix),
    (lambda: system_structure([[0, 1], [1, 0]], capability=[1, 1, 1]), BadMatrix),
    (lambda: system_structure([[0, 1], [1, 0]], capability=[1, -1]), BadShares),
    (lambda: signed_components([[0.5], [0.5]], closeness=[True]), BadMatrix),
    (lambda: signed_components([0.5], closeness=[True]), BadMatrix),
])
def test_bad_input_is_refused_in_one_line(call, error):
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value)
