from __future__ import annotations

import numpy as np
import pytest

from equipoise.errors import UsageError
from equipoise.measure import superiority, superiority_draws


def test_it_counts_pairs_with_ties_as_half():
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 6, 30), rng.integers(0, 6, 20)
    counted = np.mean([1.0 if x > y else 0.5 if x == y else 0.0 for x in a for y in b])
    assert superiority(a, lower=b) == pytest.approx(counted)
    assert superiority(b, lower=a) == pytest.approx(1 - counted)
    assert superiority(np.exp(a), lower=np.exp(b)) == pytest.approx(counted)
    assert superiority([1, 2, np.nan], lower=[0, np.nan]) == 1


def test_the_bootstrap_has_the_spread_that_theory_gives():
    # Under one distribution the variance of the AUC is (n + m + 1) / (12 n m) (Mann and Whitney 1947).
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=60), rng.normal(size=80)
    drawn = superiority_draws(a, lower=b, draws=4000, seed=1)
    assert drawn.mean() == pytest.approx(superiority(a, lower=b), abs=0.01)
    assert drawn.std() == pytest.approx(np.sqrt((60 + 80 + 1) / (12 * 60 * 80)), rel=0.15)
    assert np.array_equal(drawn, superiority_draws(a, lower=b, draws=4000, seed=1))
    assert drawn.min() >= 0 and drawn.max() <= 1


@pytest.mark.parametrize("call", [
    lambda: superiority([], lower=[1]),
    lambda: superiority([1], lower=[np.nan]),
    lambda: superiority_draws([1], lower=[0], draws=0, seed=1),
])
def test_bad_input_is_refused_in_one_line(call):
    with pytest.raises(UsageError) as caught:
        call()
    assert "\n" not in str(caught.value)
