"""CINC from its components, and poles."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from equipoise.acquire import nmc
from equipoise.errors import BadShares, UsageError
from equipoise.measure import cinc, polarity

PUBLISHED = Path(__file__).parents[1] / "published" / "system" / "cinc_sums.csv"
COMPONENTS = ("milex_kusd", "milper_thousand", "irst_kt", "pec", "tpop_thousand", "upop_thousand")

amounts = arrays(np.float64, st.tuples(st.integers(2, 6), st.just(6)),
                 elements=st.one_of(st.floats(0.01, 1e3), st.just(np.nan)))
capabilities = st.lists(st.floats(0.01, 100), min_size=1, max_size=9)


def test_a_state_is_measured_by_the_components_it_has():
    found = cinc([[[8.0, 1.0, np.nan], [2.0, np.nan, np.nan], [np.nan, 3.0, np.nan], [np.nan, np.nan, np.nan]]])
    np.testing.assert_allclose(found, [[(0.8 + 0.25) / 2, 0.2, 0.75, np.nan]])


@given(amounts)
def test_complete_components_sum_to_one_and_units_do_not_matter(x):
    np.testing.assert_allclose(cinc(x * np.array([1, 10, 0.5, 3, 7, 1e3])), cinc(x), rtol=1e-9)
    whole = np.nan_to_num(x, nan=1.0)
    assert cinc(whole).sum() == pytest.approx(1)
    found = cinc(x)
    assert np.array_equal(np.isnan(found), np.isnan(x).all(axis=1))
    assert np.nanmax(np.append(found, 0)) <= 1 + 1e-12


def test_a_component_that_no_state_has_is_left_out():
    assert cinc([[1.0, 0.0], [3.0, 0.0]]).tolist() == [0.25, 0.75]


@pytest.mark.raw
def test_the_published_components_give_the_published_index_and_the_reference_sums(raw: Path) -> None:
    frame = nmc.parse({path: (raw / path).read_bytes() for path in nmc.FILES})
    sums = {int(r["year"]): float(r["cinc_sum"]) for r in csv.DictReader(PUBLISHED.read_text("utf-8").splitlines())}
    assert sorted(sums) == frame["year"].unique().sort().to_list() == list(range(1816, 2023))
    for (year,), rows in frame.partition_by("year", as_dict=True).items():
        found = cinc(rows.select(COMPONENTS).with_columns(pl.all().fill_null(np.nan)).to_numpy())
        assert found.sum() == pytest.approx(sums[year], abs=1e-9)
        # The file rounds its own index.
        np.testing.assert_allclose(found, rows["cinc"].to_numpy(), atol=5e-8)


@pytest.mark.parametrize(("shares", "kind", "number"), [
    ([0.6, 0.2, 0.2], "unipolar", 1),
    ([0.4, 0.2, 0.1], "bipolar", 2),
    ([0.4, 0.19, 0.3, 0.2], "tripolar", 3),
    ([1, 1, 1, 1, 0.49], "multipolar", 4),
    ([np.nan, 1.0], "unipolar", 1),
    ([np.nan, np.nan], "", np.nan),
    ([0.0, 0.0], "", np.nan),
])
def test_schweller_counts_those_with_half_of_the_strongest(shares, kind, number):
    found = polarity(shares)
    assert found.kind.item() == kind
    np.testing.assert_equal(float(found.number), float(number))


@pytest.mark.parametrize(("shares", "kind", "number"), [
    ([0.5, 0.3, 0.2], "unipolar", 1),
    ([0.47, 0.24, 0.2, 0.09], "near-unipolar", 1),
    ([0.47, 0.25, 0.2, 0.08], "bipolar", 2),
    ([0.5, 0.5], "bipolar", 2),
    ([0.3, 0.25, 0.22, 0.2, 0.03], "bipolar", 2),
    ([0.3, 0.24, 0.22, 0.21, 0.03], "multipolar", 4),
    ([0.4, 0.2, *[0.04] * 10], "", np.nan),
    ([1.0], "unipolar", 1),
    ([np.nan, np.nan], "", np.nan),
])
def test_thompson_goes_by_shares_of_the_whole(shares, kind, number):
    found = polarity(shares, rule="thompson")
    assert found.kind.item() == kind
    np.testing.assert_equal(float(found.number), float(number))


@given(capabilities, st.floats(0.01, 100), st.randoms(use_true_random=False))
def test_the_unit_the_order_and_the_absent_do_not_matter(values, unit, random):
    order = list(range(len(values)))
    random.shuffle(order)
    for rule in ("schweller", "thompson"):
        here = polarity(values, rule=rule)
        there = polarity([*(unit * values[i] for i in order), np.nan], rule=rule)
        np.testing.assert_equal(there.number, here.number)
        assert there.kind == here.kind
        assert there.poles.tolist() == [*(bool(here.poles[i]) for i in order), False]


@given(capabilities)
def test_the_strongest_is_a_pole_and_no_pole_is_weaker_than_one_that_is_none(values):
    x = np.array(values)
    poles = polarity(x).poles
    assert poles[x.argmax()]
    assert x[poles].min() >= np.max(x[~poles], initial=0)


def test_years_are_leading_axes():
    found = polarity([[0.6, 0.2, 0.2], [0.4, 0.4, 0.2]])
    assert found.kind.tolist() == ["unipolar", "tripolar"]
    assert polarity([[0.6, 0.2, 0.2], [0.4, 0.4, 0.2]], rule="thompson").kind.tolist() == ["unipolar", "bipolar"]


@pytest.mark.parametrize(("call", "error"), [
    (lambda: cinc([[1.0, -9.0], [1.0, 2.0]]), BadShares),
    (lambda: cinc([1.0, 2.0]), BadShares),
    (lambda: cinc([[np.inf], [1.0]]), BadShares),
    (lambda: polarity([0.5, -0.1]), BadShares),
    (lambda: polarity([]), BadShares),
    (lambda: polarity([0.5], rule="waltz"), UsageError),
])
def test_bad_input_is_refused_in_one_line(call, error):
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value) and caught.value.hint
