"""Variants, placebos, power and draws of a posterior, on the embedded pack: what they change, and what they leave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.assemble.packed import embedded
from equipoise.errors import UsageError
from equipoise.measure.system import COMPONENTS
from equipoise.pipeline import (
    thesis_coercion,
    thesis_power,
    thesis_seats,
    thesis_simulated,
    thesis_tenure,
    thesis_variants,
)
from equipoise.pipeline.thesis_data import joint_seats, sitting, thesis_data


@pytest.fixture(scope="module")
def data():
    return thesis_data(embedded())


def draws(**changed: np.ndarray) -> dict[str, np.ndarray]:
    base = {"coercion": [-1.0, 0.5], "cross_pressure": [-0.5, 1.0], "intolerance": [0.2, 0.8]}
    return {k: np.array(v) for k, v in base.items()} | changed


def test_published_points_replace_one_component_only(data) -> None:
    other = thesis_variants.published(data, pack=embedded())
    at = COMPONENTS.index("ideal_points")
    moved = np.nan_to_num(np.abs(other.components - data.components))
    assert 0.001 < moved[:, at].max() < 0.3 and not np.delete(moved, at, 1).any()
    known = np.isfinite(other.components[:, at]) & np.isfinite(data.components[:, at])
    assert np.corrcoef(other.components[:, at][known], data.components[:, at][known])[0, 1] > 0.95


def test_permuted_pairs_change_no_sample(data) -> None:
    first, again = (thesis_variants.placebo_pairs(data, draws=1) for _ in range(2))
    assert np.isfinite(first).all() and np.array_equal(first, again)
    own = thesis_coercion.coercion("own", data, thesis_coercion.BASE)[0].estimate
    assert abs(first[0] - own) > 1e-6


def test_the_robust_set_is_for_ratios_only(data) -> None:
    fractions = replace(thesis_coercion.BASE, channels=("diplomacy",))
    assert np.isnan(thesis_coercion.robust_set(data, fractions)).all()
    ratios = replace(thesis_coercion.BASE, channels=("institutions",))
    low, high = thesis_coercion.robust_set(data, ratios, instrument="own first shares")
    found = thesis_coercion.coercion("x", data, ratios, instrument="own first shares")[0]
    assert low < found.low < found.high < high < 5
    told = thesis_coercion.robust(data)
    assert told.status == "unbounded" and "unbounded" in told.reason and np.isnan(told.estimate)


def test_a_leader_is_known_by_the_year_of_entry(data) -> None:
    i = data.states.index("KAZ")
    at = thesis_tenure.entered(data)[i]
    assert set(at[data.years <= 2018]) == {1990} and at[data.years == 2019] == 2019
    after = thesis_tenure.since_independence(data)
    assert not after[i, data.years <= 2018].any() and after[i, data.years == 2020].all()
    assert after[data.states.index("FRA"), data.years == 2005].all()


def test_tenure_within_leaders_and_over_five_years(data) -> None:
    one = thesis_tenure.estimate("x", data, thesis_tenure.BASE)
    within = thesis_tenure.estimate("x", data, thesis_tenure.BASE, within=True)
    assert within.rows < one.rows and within.high - within.low > one.high - one.low
    y, *_ = thesis_tenure.rows(data, thesis_tenure.BASE)
    y5, _, _, t5, _ = thesis_tenure.rows(data, thesis_tenure.BASE, over=5)
    assert y5.mean() > y.mean() and data.years[t5].min() == 1997
    terms = thesis_tenure.by_term(data)
    assert len(terms) == 4 and all(e.status == "done" for e in terms)


def test_seats_by_whom_and_when(data) -> None:
    sits, powers = sitting(data)
    t = list(data.years).index(2010)
    assert sits[t, data.states.index("KAZ")].sum() > 40 and powers[t].any(-1).all()
    side = np.tile(np.array([1, 1, -1, -1, -1], np.int8), (len(data.years), 1))
    shared, _ = joint_seats(data, side=side)
    rng = np.random.default_rng(0)
    level = np.clip(0.5 + 0.1 * np.nan_to_num(shared - 1) + 0.02 * rng.normal(size=(3, *shared.shape)), 0.01, 0.99)
    leeway = np.where((data.years <= 2014) & np.isfinite(shared), level, np.nan)
    found = thesis_simulated.on_seats(data, leeway=leeway, side=side)
    assert found.found.estimate == pytest.approx(0.1, abs=0.02) and found.stuck == 0
    fractions, accession = thesis_seats.variants(data, leeway=leeway, side=side)
    assert fractions.estimate == pytest.approx(0.1, abs=0.03) and fractions.rows == found.found.rows
    assert accession.low < 0.1 < accession.high and accession.estimate > 0.03
    ahead, none = thesis_seats.placebo(data, leeway=leeway, side=side)
    assert ahead.years[1] == 2009 and abs(none.estimate) < 0.05


def test_draws_of_a_posterior_take_the_place_of_the_prior(data) -> None:
    given = thesis_simulated.rift(data, draws=7, states=("KAZ",), parameters=draws())
    assert given.value.shape == (2,) and np.isfinite(given.value).all() and given.psi.tolist() == [0.2, 0.8]
    # Against a state that seeks what is at odds, a rift in the east is a gain.
    assert given.value[0] < 0 < given.value[1]
    leeway, _ = thesis_simulated.leeway_of_all(embedded(), data, draws=7, years=(2013, 2014), parameters=draws())
    seen = np.isfinite(leeway)
    assert len(leeway) == 2 and seen.any() and (leeway[seen] >= 0).all() and (leeway[seen] <= 1).all()


@pytest.mark.parametrize(("wrong", "words"), [
    ({"coercion": np.array([1.0])}, "one length"), ({"coercion": np.array([np.nan, 1.0])}, "finite"),
    ({"intolerance": np.array([0.5, 1.1])}, "between 0 and 1"),
])
def test_draws_that_cannot_be(data, wrong, words) -> None:
    with pytest.raises(UsageError, match=words):
        thesis_simulated.rift(data, draws=1, parameters=draws(**wrong))
    with pytest.raises(UsageError, match="no intolerance"):
        thesis_simulated.drawn({"coercion": np.ones(1), "cross_pressure": np.ones(1)}, draws=1, seed=0)


def test_noise_comes_from_before_the_sample(data) -> None:
    shares = data.shares.copy()
    shares[:, data.years >= 1997] = np.nan
    for kind in thesis_power.KINDS.values():
        both = (data, replace(data, shares=shares))
        own, same = (thesis_power.changes_before(d, kind=kind, channel="trade") for d in both)
        assert len(own) > 100 and np.array_equal(own, same)
    found = thesis_power.simulated("H4", data, pack=embedded(), smallest=0.06, panels=60)
    blind = thesis_power.simulated("H4", data, pack=embedded(), smallest=0.006, panels=60)
    assert found.share > 0.6 > 0.2 > blind.share and set(found.scale) == {"trade", "diplomacy"}


def test_h1_and_h7_have_power_for_large_effects_only(data) -> None:
    seen = thesis_power.simulated("H1", data, pack=embedded(), smallest=5.0, panels=20, draws=5)
    blind = thesis_power.simulated("H1", data, pack=embedded(), smallest=0.001, panels=20, draws=5)
    assert seen.share >= 0.8 and blind.share < 0.3
    assert thesis_power.simulated("H7", data, pack=embedded(), smallest=60.0, panels=20).share == 1
