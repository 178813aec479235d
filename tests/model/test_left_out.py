"""Rivalry, order stress and leeway without each component of rivalry, on invented inputs."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.measure import order_stress, to_matrix
from equipoise.model import policy
from equipoise.model.left_out import LEFT_OUT_DRAWS, leeway_without, representatives, rivalry_without
from equipoise.model.priors import Prior

DRAWS, YEARS = 60, 6
PRIOR = Prior((2.0, 8.0), (1.0, 4.0), (0.3, 1.0))
CAPABILITY = np.tile([0.5, 0.3, 0.2], (YEARS, 1))


def components(*, apart: float = 0.3) -> np.ndarray:
    """Three components (T, 3, 3) of rivalry between three powers; ``apart`` is how much they differ."""
    base = np.linspace(0.2, 0.6, YEARS)[:, None, None] * np.array([1.0, 0.5, 0.2])
    return np.clip(base + apart * np.array([-1.0, 0.0, 1.0])[:, None], 0, 1)


def without(table: np.ndarray, **given):
    return rivalry_without(table, draws=DRAWS, seed=3, capability=CAPABILITY, **given)


def path(table: np.ndarray):
    w = policy.engagement(np.tile([0.2, 0.3, 0.3, 0.2], (YEARS, 2, 1)), draws=DRAWS, seed=1)
    lever = policy.leverage(np.tile([0.6, 0.2, 0.1], (3, YEARS, 2, 1)), draws=DRAWS, seed=2)
    r = policy.rivalry(table, draws=DRAWS, seed=3)
    side = policy.order(r, capability=CAPABILITY)[1].side
    found = policy.leeway_path(w, r=r, lever=lever, side=side, prior=PRIOR, seed=5)
    return found, {"w": w, "lever": lever, "prior": PRIOR, "seed": 5, "span": slice(None)}


def test_draws_without_a_component_are_those_of_the_whole_with_its_weight_gone():
    """Of components that never change a draw is Σ w r: with the third at 1 it is its weight."""
    table = np.zeros((YEARS, 3, 3))
    table[:, 2] = 1
    whole = policy.rivalry(table, draws=DRAWS, seed=3).draws[:, 0, 0]
    left = without(table)
    first, second = left.draws[0, :, 0, 0], left.draws[1, :, 0, 0]
    np.testing.assert_allclose(1 / whole - 1, (1 / first - 1) + (1 / second - 1))
    np.testing.assert_allclose(left.draws[2], 0)


def test_rivalry_and_stress_without_a_component_are_those_of_the_others():
    table = components()
    left = without(table)
    np.testing.assert_allclose(left.value[1], table[:, [0, 2]].mean(axis=1))
    stress = left.stress()
    for c, t in ((0, 0), (2, 5)):
        alone = order_stress(to_matrix(left.value[c, t], powers=3), capability=CAPABILITY[t])
        assert stress[c, t] == pytest.approx(alone.value)


def test_weights_keep_their_proportions_and_a_component_of_none_leaves_nothing_out():
    table = components()
    left = without(table, weights=[3, 1, 0])
    np.testing.assert_allclose(left.value[0], table[:, 1])
    assert np.isnan(left.value[2]).all() and np.isnan(left.draws[2]).all() and np.isnan(left.stress()[2]).all()
    table[:, 1] = np.nan
    assert np.isnan(without(table).stress()).any(axis=1).tolist() == [False, True, False]


def test_a_component_like_the_others_changes_nothing():
    table = components(apart=0.0)
    found, given = path(table)
    leeway = leeway_without(found, left=without(table), **given)
    rows = representatives(found.main.value, count=LEFT_OUT_DRAWS)
    np.testing.assert_allclose(leeway, np.broadcast_to(np.median(np.take_along_axis(found.main.value, rows, 0), 0),
                                                       (3, YEARS)), atol=1e-9)


def test_leeway_without_a_component_is_between_the_bounds_and_missing_where_nothing_is_left():
    table = components()
    table[:, 1] = np.nan
    table[4, 0] = np.nan
    found, given = path(table)
    leeway = leeway_without(found, left=without(table), **given)
    assert np.isnan(leeway[1]).all()
    assert np.isfinite(leeway[0]).all() and np.isnan(leeway[2]).tolist() == [False] * 4 + [True, False]
    assert np.nanmin(leeway) >= 0 and np.nanmax(leeway) <= 1


def test_with_all_draws_it_is_the_leeway_of_the_others_alone(monkeypatch):
    monkeypatch.setattr("equipoise.model.left_out.LEFT_OUT_DRAWS", DRAWS)
    table = components()
    found, given = path(table)
    left = without(table)
    leeway = leeway_without(found, left=left, **given)
    for c in range(3):
        r = policy.Band(left.value[c], left.draws[c])
        side = policy.order(r, capability=CAPABILITY)[1].side
        alone = policy.leeway_path(given["w"], r=r, lever=given["lever"], side=side, prior=PRIOR, seed=5)
        np.testing.assert_allclose(leeway[c], np.median(alone.main.value, axis=0), atol=1e-9)
    assert (leeway[0] != leeway[2]).any()


def test_the_years_that_are_shown_do_not_matter():
    table = components()
    found, given = path(table)
    whole = leeway_without(found, left=without(table), **given)
    some = slice(2, 5)
    w, lever = given["w"].years(some), given["lever"].years(some)
    r = policy.rivalry(table, draws=DRAWS, seed=3)
    side = policy.order(r, capability=CAPABILITY)[1].side[:, some]
    short = policy.leeway_path(w, r=r.years(some), lever=lever, side=side, prior=PRIOR, seed=5)
    part = leeway_without(short, left=without(table), w=w, lever=lever, prior=PRIOR, seed=5, span=some)
    np.testing.assert_allclose(part, whole[:, some])


def test_few_draws_stand_for_all_year_by_year():
    values = np.random.default_rng(4).random((200, 9))
    rows = representatives(values, count=40)
    assert rows.shape == (40, 9)
    few = np.take_along_axis(values, rows, axis=0)
    for level in (0.1, 0.5, 0.9):
        np.testing.assert_allclose(np.quantile(few, level, axis=0), np.quantile(values, level, axis=0), atol=0.03)
    assert sorted(representatives(values[:7], count=40)[:, 0].tolist()) == list(range(7))
