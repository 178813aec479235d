from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from equipoise.errors import BadMatrix, UsageError
from equipoise.measure import similarity, similarity_to

PUBLISHED = Path(__file__).parents[1] / "published"
MEASURES = ("S", "S2", "kappa", "pi", "pi_nominal", "agreement")
shapes = st.tuples(st.integers(2, 6), st.integers(1, 9))
tables = arrays(np.float64, shapes, elements=st.sampled_from([1, 2, 3, np.nan])).filter(
    lambda table: not np.isnan(table).all())


def rows(*parts: str) -> list[dict[str, str]]:
    return list(csv.DictReader(PUBLISHED.joinpath(*parts).read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("row", rows("alliances1914", "values.csv"), ids=lambda r: f"{r['measure']}-{r['weighted']}")
def test_germany_and_russia_1914(row):
    table = rows("alliances1914", "portfolios.csv")
    portfolios = np.array([[float(r["germany"]) for r in table], [float(r["russia"]) for r in table]])
    weights = np.array([float(r["capability"]) for r in table]) if row["weighted"] == "1" else None
    found = similarity(portfolios, measure=row["measure"], scale=(0, 3), weights=weights)[0, 1]
    assert found == pytest.approx(float(row["value"]), abs=5e-5 if row["measure"] == "pi" else 1e-9)


@pytest.mark.parametrize("row", rows("un_similarity", "values.csv"), ids=lambda r: r["state_a"] + r["state_b"])
@pytest.mark.parametrize("measure", ["S", "S2", "kappa", "pi_nominal", "agreement"])
def test_votes_in_the_general_assembly(row, measure):
    cells = [(i, j) for i in (1, 2, 3) for j in (1, 2, 3) for _ in range(int(row[f"n{i}{j}"]))]
    found = similarity(np.array(cells).T, measure=measure, scale=(1, 3))[0, 1]
    assert found == pytest.approx(float(row[measure] or "nan"), abs=1e-9, nan_ok=True)


def by_definition(x: np.ndarray, y: np.ndarray, w: np.ndarray, measure: str) -> float:
    """Every measure straight from observed and expected disagreement over all cells of the table of x and y."""
    keep = ~np.isnan(x) & ~np.isnan(y)
    x, y, w = x[keep], y[keep], w[keep]
    if w.sum() == 0:
        return np.nan
    if measure == "agreement":
        return float(np.sum(w * (x == y)) / w.sum())
    if measure in ("S", "S2"):
        power = 1 if measure == "S" else 2
        return float(1 - 2 * np.sum(w * np.abs(x - y) ** power) / (2**power * w.sum()))
    values = np.array([1.0, 2.0, 3.0])
    apart = (values[:, None] != values) * 1.0 if measure == "pi_nominal" else (values[:, None] - values) ** 2 / 4
    p, q = (np.array([np.sum(w * (z == v)) for v in values]) / w.sum() for z in (x, y))
    if measure != "kappa":
        p = q = (p + q) / 2
    expected = p @ apart @ q
    if expected < 1e-12:
        return np.nan
    observed = sum(wi * apart[int(a) - 1, int(b) - 1] for a, b, wi in zip(x, y, w, strict=True)) / w.sum()
    return float(1 - observed / expected)


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from(MEASURES), st.randoms(use_true_random=False))
def test_matrix_products_equal_the_definition(table, measure, random):
    weights = np.array([random.choice([0.0, 0.5, 1.0, 2.5]) for _ in range(table.shape[1])])
    found = similarity(table, measure=measure, scale=(1, 3), weights=weights)
    wanted = [[by_definition(x, y, weights, measure) for y in table] for x in table]
    np.testing.assert_allclose(found, wanted, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(tables, st.sampled_from(MEASURES))
def test_symmetric_bounded_and_one_on_itself(table, measure):
    found = similarity(table, measure=measure, scale=(1, 3))
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    defined = found[~np.isnan(found)]
    assert np.all(defined <= 1 + 1e-12) and np.all(defined >= -1 - 1e-12)
    own = np.diag(found)
    np.testing.assert_allclose(own[~np.isnan(own)], 1.0, atol=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
def test_one_against_others_and_leading_axes_agree_with_all_pairs(measure):
    rng = np.random.default_rng(3)
    table = rng.integers(1, 4, (2, 5, 30)).astype(float)
    table[rng.random(table.shape) < 0.1] = np.nan
    whole = similarity(table, measure=measure, scale=(1, 3))
    assert whole.shape == (2, 5, 5)
    np.testing.assert_allclose(whole[1], similarity(table[1], measure=measure, scale=(1, 3)))
    np.testing.assert_allclose(whole[:, 2], similarity_to(table[:, 2], others=table, measure=measure, scale=(1, 3)))


def test_the_scale_not_the_observed_range_sets_the_distance():
    portfolios = [[0, 0, 1, 1], [0, 1, 0, 1]]
    assert similarity(portfolios, measure="S", scale=(0, 3))[0, 1] == pytest.approx(2 / 3)
    assert similarity(portfolios, measure="S", scale=(0, 1))[0, 1] == pytest.approx(0)


def test_nothing_in_common_and_constant_portfolios_are_nan():
    apart = [[1, np.nan], [np.nan, 2]]
    assert np.isnan(similarity(apart, measure="agreement")[0, 1])
    assert np.isnan(similarity([[1, 1], [1, 1]], measure="kappa")).all()
    assert similarity([[1, 1], [1, 1]], measure="S", scale=(1, 3))[0, 1] == 1
    gone = similarity([[1, 2], [np.nan, np.nan]], measure="S", scale=(1, 3))
    assert gone[0, 0] == 1 and np.isnan(gone[1]).all()


def test_portfolios_that_are_all_missing_are_refused():
    with pytest.raises(BadMatrix, match="portfolios is missing throughout"):
        similarity(np.full((2, 3), np.nan), measure="S", scale=(1, 3))
    with pytest.raises(BadMatrix, match="portfolio is missing throughout"):
        similarity_to([np.nan], others=[[1.0]], measure="pi")


@pytest.mark.parametrize(("call", "error"), [
    (lambda: similarity([[1, 9], [1, 3]], measure="S", scale=(1, 3)), BadMatrix),
    (lambda: similarity([1, 2, 3], measure="pi"), BadMatrix),
    (lambda: similarity([[1, 2], [1, 3]], measure="S"), UsageError),
    (lambda: similarity([[1, 2], [1, 3]], measure="S", scale=(3, 1)), UsageError),
    (lambda: similarity([[1, 2], [1, 3]], measure="tau"), UsageError),
    (lambda: similarity([[1, 2], [1, 3]], measure="pi", weights=[1]), BadMatrix),
    (lambda: similarity([[1, 2], [1, 3]], measure="pi", weights=[1, -1]), BadMatrix),
    (lambda: similarity_to([1, 2], others=[[1, 2, 3]], measure="pi"), BadMatrix),
])
def test_bad_input_is_refused_in_one_line(call, error):
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value)
