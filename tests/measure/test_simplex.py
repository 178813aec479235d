from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import BadShares
from equipoise.measure.simplex import entropy, hellinger, normalised, proper, to_simplex


@given(st.integers(2, 6), st.integers(0, 99))
def test_hellinger_is_a_distance(options, seed):
    h = hellinger(np.random.default_rng(seed).dirichlet(np.ones(options), size=4))
    np.testing.assert_allclose(h, h.T)
    np.testing.assert_array_equal(np.diag(h), 0)
    assert np.all((h >= 0) & (h <= 1 + 1e-12))
    assert np.all(h[:, None, :] <= h[:, :, None] + h[None] + 1e-12)


@given(st.lists(st.floats(-1, 2), min_size=2, max_size=6))
def test_to_simplex_gives_positive_shares(values):
    found = to_simplex(values, floor=0.001)
    assert found.sum() == pytest.approx(1)
    assert found.min() > 0


def test_entropy_counts_nothing_as_nothing_and_missing_as_missing():
    assert entropy(np.array([1.0, 0.0])) == 0
    assert np.isnan(entropy(np.array([0.5, np.nan])))


def test_rows_with_a_gap_are_missing_and_rows_that_do_not_sum_are_refused():
    assert np.isnan(proper([[0.5, np.nan]])).all()
    assert np.isnan(normalised([0.0, 0.0])).all()
    with pytest.raises(BadShares, match=r"sums to 0.9, not to 1, at row \(1,\)"):
        proper([[0.5, 0.5], [0.4, 0.5]])
    with pytest.raises(BadShares, match=r"holds -0.5 at position \(0,\)"):
        proper([-0.5, 1.5])
