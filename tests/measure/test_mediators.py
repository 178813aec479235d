"""Acceptability of third states, and the statistics of its test, against what they must be and against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from equipoise.errors import BadMatrix, UsageError
from equipoise.measure import (
    acceptability,
    clustered_means,
    memberships_in_common,
    rank_correlation,
    standing,
    superiority,
)

SHARES = hnp.arrays(np.float64, (6, 2), elements=st.floats(0, 1))
GAPS = hnp.arrays(np.float64, (3, 6, 2), elements=st.floats(0, 6))


@given(GAPS, SHARES, SHARES)
def test_acceptability_is_the_same_from_both_sides_and_between_0_and_1(d, s, o) -> None:
    found, turned = (acceptability(x, dependence=y, common=z).value
                     for x, y, z in ((d, s, o), (d[..., ::-1], s[:, ::-1], o[:, ::-1])))
    np.testing.assert_array_equal(found, turned)
    assert found.shape == (3, 6) and np.all((found >= 0) & (found <= 1))


def test_a_term_moves_only_with_what_it_is_made_of() -> None:
    plain = acceptability([[1.0, 2.0]], dependence=[[0.2, 0.1]], common=[[0.25, 1.0]])
    assert plain.closeness[0] == pytest.approx(np.exp(-1.5)) and plain.evenness[0] == pytest.approx(np.exp(-1.0))
    assert plain.freedom[0] == pytest.approx(0.8) and plain.common[0] == pytest.approx(0.5)
    assert plain.value[0] == pytest.approx((np.exp(-2.5) * 0.8 * 0.5) ** 0.25)
    nearer = acceptability([[1.0, 1.0]], dependence=[[0.2, 0.1]], common=[[0.25, 1.0]])
    assert nearer.evenness[0] == 1.0 and nearer.freedom[0] == plain.freedom[0] and nearer.value[0] > plain.value[0]


def test_what_is_missing_stays_missing_and_leaves_the_other_terms() -> None:
    found = acceptability([[1.0, 1.0]], dependence=[[np.nan, 0.1]], common=[[1.0, 1.0]])
    assert np.isnan(found.freedom[0]) and np.isnan(found.value[0]) and found.evenness[0] == 1.0


@pytest.mark.parametrize(("d", "s"), [([[1.0]], [[0.1, 0.1]]), ([[-1.0, 1.0]], [[0.1, 0.1]]),
                                      ([[1.0, 1.0]], [[1.2, 0.1]]), ([[1.0, 1.0]], [[0.1, 0.1], [0.1, 0.1]])])
def test_bad_input_is_refused(d, s) -> None:
    with pytest.raises(BadMatrix):
        acceptability(d, dependence=s, common=[[0.5, 0.5]])


def test_organisations_in_common_are_those_of_sets() -> None:
    rng = np.random.default_rng(3)
    member = rng.random((8, 20)) < 0.3
    member[7] = False
    found = memberships_in_common(member, sides=(2, 5))
    sets = [set(np.flatnonzero(row)) for row in member]
    wanted = [[len(a & sets[k]) / len(a | sets[k]) for k in (2, 5)] for a in sets[:7]]
    np.testing.assert_allclose(found[:7], wanted)
    assert np.isnan(found[7]).all()


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, np.nan]), min_size=4, max_size=12), st.data())
def test_the_mean_standing_of_the_chosen_is_the_area_under_the_curve(scores, data) -> None:
    x = np.array(scores)
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=len(x), max_size=len(x))))
    placed = standing(x, chosen=chosen)[chosen]
    if np.isfinite(x[chosen]).any() and np.isfinite(x[~chosen]).any():
        assert np.nanmean(placed) == pytest.approx(superiority(x[chosen], lower=x[~chosen]))
    else:
        assert np.isnan(placed).all()


def test_clusters_are_drawn_whole() -> None:
    values, clusters = np.repeat([0.0, 1.0] * 10, 5), np.repeat(np.arange(20), 5)
    whole = clustered_means(values, clusters=clusters, draws=4000, seed=1)
    alone = clustered_means(values, clusters=np.arange(100), draws=4000, seed=1)
    assert whole.std() == pytest.approx(0.5 / np.sqrt(20), rel=0.06)
    assert alone.std() == pytest.approx(0.5 / np.sqrt(100), rel=0.06)
    with pytest.raises(UsageError):
        clustered_means([], clusters=[], draws=5, seed=1)
    with pytest.raises(BadMatrix):
        clustered_means([1.0], clusters=[1, 2], draws=5, seed=1)


def test_rank_correlations_agree_with_scipy() -> None:
    rng = np.random.default_rng(5)
    x, y, z = rng.integers(0, 6, (3, 80)).astype(float) + np.array([[0.0], [0.0], [0.0]])
    y, z = y + x, z + 0.5 * x
    assert rank_correlation(x, other=y) == pytest.approx(stats.spearmanr(x, y).statistic)
    a, b, c = (stats.rankdata(v) for v in (x, y, z))
    left = [v - np.polyval(np.polyfit(c, v, 1), c) for v in (a, b)]
    assert rank_correlation(x, other=y, given=z) == pytest.approx(np.corrcoef(left)[0, 1])
    assert rank_correlation([*x, np.nan], other=[*y, 3.0]) == rank_correlation(x, other=y)
    assert np.isnan(rank_correlation([1.0, 1.0], other=[1.0, 2.0]))
