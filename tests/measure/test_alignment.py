"""Landscape of alignments.

Axelrod and Bennett (1993) find two minima among the 65,536 splits of seventeen European states of 1936, the deeper with
Poland and Portugal on the wrong side. Their sizes and propensities are not among public figures that could be had, so
that case is not repeated here. TOY is invented.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, BadShares
from equipoise.measure import alignment_energy, frustration, landscape

# Two hostile pairs, {0, 1} and {3, 4}; 2 likes both and the first somewhat more, 5 the second; 2 and 5 keep together.
TOY = np.array([
    [0, 2, 1, -2, -2, 0],
    [2, 0, 1, -2, -1, 0],
    [1, 1, 0, 1, 1, 3],
    [-2, -2, 1, 0, 2, 1],
    [-2, -1, 1, 2, 0, 1],
    [0, 0, 3, 1, 1, 0],
])
TOY_SIZES = np.array([3.0, 2.0, 2.0, 3.0, 1.0, 1.0])


@st.composite
def systems(draw: st.DrawFn, most: int = 7) -> tuple[np.ndarray, np.ndarray]:
    n = draw(st.integers(2, most))
    pairs = draw(st.lists(st.integers(-4, 4), min_size=n * (n - 1) // 2, max_size=n * (n - 1) // 2))
    p = np.zeros((n, n))
    p[np.triu_indices(n, 1)] = pairs
    return p + p.T, np.array(draw(st.lists(st.integers(1, 5), min_size=n, max_size=n)), dtype=float)


def energy_by_definition(p: np.ndarray, sizes: np.ndarray, x: np.ndarray) -> float:
    n = len(sizes)
    return float(sum(sizes[i] * sizes[j] * p[i, j] * (x[i] != x[j]) for i in range(n) for j in range(n)))


def by_hand(p: np.ndarray, sizes: np.ndarray) -> tuple[dict[tuple[int, ...], float], dict[tuple[int, ...], int]]:
    """Energies of the minima, and how many splits end in each, one split after the other."""
    n = len(sizes)
    minima: dict[tuple[int, ...], float] = {}
    ends: dict[tuple[int, ...], int] = {}
    for code in range(2 ** (n - 1)):
        x = np.array([1, *(-1 if code >> b & 1 else 1 for b in range(n - 1))])
        while True:
            energy = energy_by_definition(p, sizes, x)
            tries = []
            for i in range(n):
                y = x.copy()
                y[i] *= -1
                tries.append((energy_by_definition(p, sizes, y), i, y * y[0]))
            best = min(tries, key=lambda t: (t[0], t[1]))
            if best[0] >= energy - 1e-9:
                break
            x = best[2]
        minima[tuple(x.tolist())] = energy
        ends[tuple(x.tolist())] = ends.get(tuple(x.tolist()), 0) + 1
    return minima, ends


def test_the_toy_has_two_stable_splits_as_those_between_go_together():
    found = landscape(TOY, sizes=TOY_SIZES)
    assert found.configurations.tolist() == [[1, 1, -1, -1, -1, -1], [1, 1, 1, -1, -1, 1]]
    # Across are 0 and 1 against 3 and 4 in both, 38 in each direction, and those between from who they left.
    assert found.energy.tolist() == [-2 * 38 + 20, -2 * 38 + 24]
    np.testing.assert_allclose(found.energy, alignment_energy(found.configurations, propensity=TOY, sizes=TOY_SIZES))
    assert found.basins.sum() == 1


@settings(max_examples=60, deadline=None)
@given(systems())
def test_minima_energies_and_basins_are_those_of_walking_by_hand(system):
    p, sizes = system
    found = landscape(p, sizes=sizes)
    minima, ends = by_hand(p, sizes)
    there = {tuple(x): e for x, e in zip(found.configurations.tolist(), found.energy, strict=True)}
    assert there == pytest.approx(minima)
    basins = dict(zip(there, found.basins, strict=True))
    assert basins == pytest.approx({x: k / 2 ** (len(sizes) - 1) for x, k in ends.items()})
    assert np.all(np.diff(found.energy) >= 0)


@settings(max_examples=30, deadline=None)
@given(systems(), st.floats(0.5, 4))
def test_the_unit_of_size_scales_the_energy_and_nothing_else(system, unit):
    p, sizes = system
    here, there = landscape(p, sizes=sizes), landscape(p, sizes=unit * sizes)
    np.testing.assert_allclose(there.energy, unit**2 * here.energy, atol=1e-9)
    assert len(here.energy) == len(there.energy)


@settings(max_examples=30, deadline=None)
@given(systems())
def test_the_deepest_split_is_the_least_frustrated_of_the_weighted_network(system):
    p, sizes = system
    ties = np.outer(sizes, sizes) * p
    found = frustration(ties)
    # E counts every pair twice, and the hostile weight across as gain.
    deepest = 2 * (found.index - np.abs(ties[ties < 0]).sum() / 2)
    assert landscape(p, sizes=sizes).energy[0] == pytest.approx(deepest)


def test_the_energy_is_that_of_the_definition():
    rng = np.random.default_rng(0)
    x = rng.choice([-1, 1], (4, 6))
    wanted = [energy_by_definition(TOY, TOY_SIZES, row) for row in x]
    np.testing.assert_allclose(alignment_energy(x, propensity=TOY, sizes=TOY_SIZES), wanted)
    many = np.ones((25, 25)) - np.eye(25)
    assert alignment_energy(np.ones(25), propensity=many, sizes=np.ones(25)) == 0


def test_twenty_states_are_within_reach():
    rng = np.random.default_rng(1)
    p = np.triu(rng.normal(size=(20, 20)), 1)
    found = landscape(p + p.T, sizes=rng.random(20) + 0.1)
    assert found.configurations.shape == (len(found.energy), 20)
    assert found.basins.sum() == pytest.approx(1)
    assert frustration(np.outer(s := np.ones(20), s) * (p + p.T)).exact


def test_a_state_without_propensities_doubles_the_minima():
    p = np.zeros((4, 4))
    p[:3, :3] = [[0, 1, -1], [1, 0, -2], [-1, -2, 0]]
    found = landscape(p, sizes=np.ones(4))
    assert found.energy.tolist() == [-6.0, -6.0]


@pytest.mark.parametrize(("propensity", "sizes", "error", "what"), [
    (np.zeros((21, 21)), np.ones(21), BadMatrix, "21 states"),
    (np.zeros((2, 3)), np.ones(2), BadMatrix, "shape"),
    (np.zeros((1, 1)), np.ones(1), BadMatrix, "shape"),
    ([[0, 1], [2, 0]], [1, 1], BadMatrix, "not symmetric"),
    ([[0, np.nan], [np.nan, 0]], [1, 1], BadMatrix, "not complete"),
    ([[1, 0], [0, 0]], [1, 1], BadMatrix, "diagonal"),
    (np.zeros((2, 2)), [1, -1], BadShares, "not positive"),
    (np.zeros((2, 2)), [1, 0], BadShares, "not positive"),
    (np.zeros((2, 2)), [1, 1, 1], BadShares, "do not fit 2 states"),
])
def test_bad_input_is_refused_in_one_line(propensity, sizes, error, what):
    with pytest.raises(error, match=what) as caught:
        landscape(propensity, sizes=sizes)
    assert "\n" not in str(caught.value) and caught.value.hint


@pytest.mark.parametrize("split", [[1, 1, 1], [1, 0], 1.0, [1, np.nan]])
def test_a_split_that_does_not_fit_is_refused(split):
    with pytest.raises(BadShares, match="does not fit 2 states"):
        alignment_energy(split, propensity=np.zeros((2, 2)), sizes=[1, 1])
