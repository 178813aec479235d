from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, BadShares
from equipoise.measure import order_stress, order_stress_path, to_matrix


@st.composite
def systems(draw: st.DrawFn, most: int = 6) -> tuple[np.ndarray, np.ndarray]:
    k = draw(st.integers(2, most))
    n = k * (k - 1) // 2
    pairs = draw(st.lists(st.floats(0, 1), min_size=n, max_size=n))
    capability = draw(st.lists(st.floats(0.05, 1), min_size=k, max_size=k))
    return to_matrix(pairs, powers=k), np.array(capability)


def test_without_rivalry_there_is_no_stress_and_no_bloc():
    stress = order_stress(np.zeros((3, 3)), capability=[1, 2, 3])
    assert stress.value == 0
    assert stress.blocs == ((), ())
    assert not stress.eigenvector.any()


def test_two_equal_blocs_reach_the_maximum():
    rivalry = np.kron([[0, 1], [1, 0]], np.ones((2, 2)))
    stress = order_stress(rivalry, capability=[3, 1, 2, 2])
    assert stress.value == pytest.approx(0.5)
    assert stress.blocs == ((0, 1), (2, 3))
    lopsided = order_stress(rivalry, capability=[3, 3, 1, 1])
    assert lopsided.value == pytest.approx(np.sqrt(0.75 * 0.25))


def test_a_power_without_rivals_or_capability_is_in_neither_bloc():
    rivalry = to_matrix([0, 1, 0, 0, 0, 0], powers=4)
    assert order_stress(rivalry, capability=[1, 1, 1, 1]).blocs == ((0,), (2,))
    assert order_stress([[0, 1, 1], [1, 0, 1], [1, 1, 0]], capability=[2, 1, 0]).blocs == ((0,), (1,))


def test_a_tie_between_splits_is_resolved_by_a_rule():
    stress = order_stress(np.ones((3, 3)) - np.eye(3), capability=[1, 1, 1])
    assert stress.value == pytest.approx(1 / 3)
    assert stress.blocs == ((0,), (1, 2))
    np.testing.assert_allclose(stress.eigenvector, np.array([2, -1, -1]) / np.sqrt(6), atol=1e-9)


@settings(max_examples=80, deadline=None)
@given(systems(), st.randoms(use_true_random=False))
def test_relabelling_the_powers_changes_nothing(system, random):
    rivalry, capability = system
    order = list(range(len(capability)))
    random.shuffle(order)
    here = order_stress(rivalry, capability=capability)
    there = order_stress(rivalry[np.ix_(order, order)], capability=capability[order])
    assert there.value == pytest.approx(here.value, abs=1e-9)
    values = np.linalg.eigvalsh(np.sqrt(np.outer(capability, capability)) * rivalry)
    loading = np.sort(np.abs(here.eigenvector))
    if values[1] - values[0] > 1e-3 and loading[-1] - loading[-2] > 1e-3 and loading[0] > 1e-3:
        renamed = tuple(tuple(sorted(order[p] for p in bloc)) for bloc in there.blocs)
        assert renamed == here.blocs


@settings(max_examples=80, deadline=None)
@given(systems(), st.floats(0, 1), st.floats(0.1, 1000))
def test_linear_in_rivalry_free_of_the_unit_of_capability_and_bounded(system, part, unit):
    rivalry, capability = system
    whole = order_stress(rivalry, capability=capability).value
    assert 0 <= whole <= 0.5 + 1e-12
    assert order_stress(part * rivalry, capability=unit * capability).value == pytest.approx(part * whole, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(systems())
def test_value_is_minus_the_least_eigenvalue_and_the_vector_attains_it(system):
    rivalry, capability = system
    stress = order_stress(rivalry, capability=capability)
    c = capability / capability.sum()
    m = np.diag(np.sqrt(c)) @ rivalry @ np.diag(np.sqrt(c))
    assert stress.value == pytest.approx(max(-np.linalg.eigvalsh(m)[0], 0), abs=1e-9)
    v = stress.eigenvector
    assert v @ m @ v == pytest.approx(-stress.value * (v @ v), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 10_000))
def test_more_rivalry_between_two_blocs_never_lowers_it(first, second, seed):
    rng, side = np.random.default_rng(seed), np.arange(first + second) < first
    pairs, capability = rng.random((2, first + second, first + second)), rng.uniform(0.1, 1, first + second)
    less, extra = (np.triu(p) + np.triu(p).T for p in pairs * (side[:, None] != side))
    before = order_stress(less / 2, capability=capability).value
    assert order_stress((less + extra) / 2, capability=capability).value >= before - 1e-12


def test_rivalry_within_a_bloc_lowers_it():
    bloc, quarrel = to_matrix([0, 1, 1], powers=3), to_matrix([0.2, 1, 1], powers=3)
    assert order_stress(quarrel, capability=[1, 1, 2]).value < order_stress(bloc, capability=[1, 1, 2]).value - 0.01


def test_a_path_keeps_every_power_on_its_side():
    rng = np.random.default_rng(1)
    split = np.array([1, 1, -1, -1, 1])
    rivalry = (split[:, None] != split) * 1.0
    capability = rng.uniform(0.5, 2, (30, 5))
    path = order_stress_path(np.broadcast_to(rivalry, (30, 5, 5)), capability=capability)
    assert path.value.shape == (30,)
    assert len({tuple(s) for s in path.side.tolist()}) == 1
    for t in (0, 17):
        assert path.value[t] == pytest.approx(order_stress(rivalry, capability=capability[t]).value)


def test_a_path_carries_sides_over_quiet_and_missing_years_and_takes_draws():
    r = np.array([[0, 1.0], [1.0, 0]])
    years = np.stack([r, 0 * r, np.full((2, 2), np.nan) * (1 - np.eye(2)), r])
    years[2][[0, 1], [0, 1]] = 0
    capability = np.array([[1, 3], [1, 1], [1, 1], [3, 1.0]])
    path = order_stress_path(years, capability=capability)
    assert path.side.tolist() == [[1, -1], [0, 0], [0, 0], [1, -1]]
    assert path.value[1] == 0 and np.isnan(path.value[2])
    assert np.isnan(path.eigenvector[2]).all()
    draws = order_stress_path(np.stack([years, years / 2]), capability=capability)
    np.testing.assert_allclose(draws.value[1], path.value / 2)


@pytest.mark.parametrize(("call", "error"), [
    (lambda: order_stress([[0, 1], [0, 0]], capability=[1, 1]), BadMatrix),
    (lambda: order_stress([[0, 1]], capability=[1, 1]), BadMatrix),
    (lambda: order_stress([[0, -1], [-1, 0]], capability=[1, 1]), BadMatrix),
    (lambda: order_stress([[1, 1], [1, 1]], capability=[1, 1]), BadMatrix),
    (lambda: order_stress([[0, np.nan], [np.nan, 0]], capability=[1, 1]), BadMatrix),
    (lambda: order_stress([[0, 1], [1, 0]], capability=[1, 1, 1]), BadMatrix),
    (lambda: order_stress([[0, 1], [1, 0]], capability=[0, 0]), BadMatrix),
    (lambda: order_stress([[0, 1], [1, 0]], capability=[1, -1]), BadShares),
])
def test_bad_input_is_refused_in_one_line(call, error):
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value)
