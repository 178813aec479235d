"""The axioms of equidistance, as tests/published/hedging_cases_2/README.md states them, on invented states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadMatrix, BadShares
from equipoise.measure import equidistance, over_rivals, pledges_of, sides_parts, to_matrix

seeds, sizes = st.integers(0, 10_000), st.integers(2, 5)


def full(powers: int) -> np.ndarray:
    return np.ones((powers, powers)) - np.eye(powers)


def rivalry_of(powers: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return to_matrix(rng.uniform(0.05, 1, size=powers * (powers - 1) // 2), powers=powers)


def state(powers: int, seed: int, channels: int = 3) -> dict[str, np.ndarray]:
    """An invented state: its dealings, alliances and rivalry, and the average state's dealings."""
    rng = np.random.default_rng(seed)
    s, m = (rng.dirichlet(np.ones(powers + 1), size=channels) for _ in range(2))
    return {"dealings": s, "security": security_of(rng.choice([0, 0.25, 0.5, 1], size=powers)),
            "rivalry": rivalry_of(powers, seed), "usual": m}


def security_of(pledges) -> np.ndarray:
    raw = np.r_[1 - np.max(pledges), pledges]
    return raw / raw.sum()


def of(given_) -> np.ndarray:
    return equidistance(given_["dealings"], **{k: v for k, v in given_.items() if k != "dealings"})


@settings(max_examples=80, deadline=None)
@given(sizes, seeds, st.integers(1, 4))
def test_between_0_and_1(powers, seed, channels):
    assert 0 <= of(state(powers, seed, channels)) <= 1


@settings(max_examples=60, deadline=None)
@given(sizes, seeds, st.randoms(use_true_random=False))
def test_free_of_labels(powers, seed, random):
    one, order, rows = state(powers, seed), list(range(powers)), list(range(3))
    random.shuffle(order)
    random.shuffle(rows)
    columns = [0, *(1 + k for k in order)]
    moved = {"dealings": one["dealings"][np.ix_(rows, columns)], "usual": one["usual"][np.ix_(rows, columns)],
             "security": one["security"][columns], "rivalry": one["rivalry"][np.ix_(order, order)]}
    assert of(moved) == pytest.approx(of(one), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(sizes, seeds)
def test_one_partner_is_zero(powers, seed):
    one = state(powers, seed)
    own = seed % powers
    only = np.zeros((3, powers + 1))
    only[:, 0], only[:, 1 + own] = 0.4, 0.6
    pledge = np.eye(powers)[own]
    for pacts in (pledge, 0 * pledge):
        assert of(one | {"dealings": only, "security": security_of(pacts)}) == 0


@settings(max_examples=60, deadline=None)
@given(sizes, seeds, st.sampled_from([0, 0.25, 0.5, 1]))
def test_the_average_division_without_a_side_in_security_is_the_maximum(powers, seed, pledge):
    one = state(powers, seed)
    same = security_of(np.full(powers, pledge))
    assert of(one | {"dealings": one["usual"], "security": same}) == pytest.approx(1)
    even = sides_parts(one["dealings"], security=same, usual=one["usual"]).even
    assert of(one | {"security": same}) == pytest.approx(over_rivals(even, rivalry=one["rivalry"]))


@settings(max_examples=60, deadline=None)
@given(sizes, seeds, st.floats(0.05, 1))
def test_what_goes_to_the_outside_does_not_count(powers, seed, part):
    one = state(powers, seed)
    fewer = one["dealings"] * part
    fewer[:, 0] = 1 - fewer[:, 1:].sum(axis=1)
    assert of(one | {"dealings": fewer}) == pytest.approx(of(one), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0, 1), st.floats(0, 1))
def test_a_pact_with_one_rival_alone_lowers_and_with_both_does_not(seed, low, high):
    one = state(2, seed)
    low, high = sorted((low, high))
    weak, strong = (of(one | {"security": security_of([p, 0])}) for p in (low, high))
    assert strong <= weak + 1e-12
    free, both = (of(one | {"security": security_of([p, p])}) for p in (0, high))
    assert free == pytest.approx(both)
    assert of(one | {"security": security_of([1, 0])}) == 0
    assert free > 0


@settings(max_examples=40, deadline=None)
@given(sizes, seeds, st.floats(0.01, 1))
def test_only_the_proportions_of_rivalry_count(powers, seed, factor):
    one = state(powers, seed)
    assert of(one | {"rivalry": factor * one["rivalry"]}) == pytest.approx(of(one))


def test_pairs_count_by_their_rivalry():
    # A pact with the first: it has taken a side against the second (rivalry 3/4), and none between second and third.
    usual = np.full((1, 4), 0.25)
    r = to_matrix([0.75, 0.0, 0.25], powers=3)
    found = equidistance(usual, security=[0, 1, 0, 0], rivalry=r, usual=usual)
    assert found == pytest.approx(0.25)


def test_the_division_is_compared_with_the_usual_one():
    # Usually ¼ and ¾ of what goes to the two; three states: as usual, ½ and ½, and wholly with the first.
    usual = np.array([[0.2, 0.2, 0.6]])
    dealings = np.array([[[0.6, 0.1, 0.3]], [[0.6, 0.2, 0.2]], [[0.4, 0.6, 0.0]], [[0.4, 0.0, 0.6]]])
    even = sides_parts(dealings, security=[1, 0, 0], usual=usual).even[:, 0, 1]
    assert even.tolist() == pytest.approx([1, 2 / 3, 0, 2 / 3])
    found = equidistance(dealings, security=[1, 0, 0], rivalry=full(2), usual=usual)
    assert found.tolist() == pytest.approx([1, 2 / 3, 0, 0])


def test_missing_stays_missing():
    one = state(3, 5)
    gap = one["dealings"].copy()
    gap[1, 2] = np.nan
    without = {k: one[k][[0, 2]] for k in ("dealings", "usual")}
    assert of(one | {"dealings": gap}) == pytest.approx(of(one | without))
    assert np.isnan(of(one | {"dealings": gap * np.nan}))
    assert np.isnan(of(one | {"security": np.full(4, np.nan)}))
    assert np.isnan(of(one | {"rivalry": np.where(np.eye(3) > 0, 0, np.nan)}))
    assert np.isnan(of(one | {"rivalry": np.zeros((3, 3))}))


def test_a_channel_with_neither_power_tells_nothing():
    usual = np.full((2, 3), 1 / 3)
    dealings = np.array([[0.5, 0.25, 0.25], [1, 0, 0]])
    assert equidistance(dealings, security=[1, 0, 0], rivalry=full(2), usual=usual) == 1
    assert equidistance(dealings[1:], security=[1, 0, 0], rivalry=full(2), usual=usual[1:]) == 0


def test_leading_axes():
    many = [state(3, seed) for seed in range(4)]
    found = equidistance(np.stack([m["dealings"] for m in many]), security=np.stack([m["security"] for m in many]),
                         rivalry=np.stack([m["rivalry"] for m in many]), usual=np.stack([m["usual"] for m in many]))
    assert found.tolist() == pytest.approx([float(of(m)) for m in many])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([0, 0.25, 0.5, 0.9, 1]), min_size=1, max_size=6))
def test_pledges_come_back_from_shares(pledges):
    assert pledges_of(security_of(pledges)).tolist() == pytest.approx(pledges)


def test_what_the_score_gets_wrong():
    usual = np.full((3, 3), 1 / 3)
    # A state of which neither power wants anything looks like one that both court.
    far = np.tile([0.98, 0.01, 0.01], (3, 1))
    assert equidistance(far, security=[1, 0, 0], rivalry=full(2), usual=usual) == pytest.approx(1)
    # A state with a pact with one and all else even, as Kazakhstan or Thailand, is no hedger between the two.
    assert equidistance(usual, security=[0, 1, 0], rivalry=full(2), usual=usual) == 0
    # Who is with one power in everything, but for a trace, is as equidistant as the average state's division lets.
    trace = np.tile([0, 0.999, 0.001], (3, 1))
    lopsided = np.tile([0, 0.9, 0.1], (3, 1))
    assert equidistance(trace, security=[1, 0, 0], rivalry=full(2), usual=lopsided) == pytest.approx(0.89)


ONE = state(2, 1)


@pytest.mark.parametrize(("change", "error"), [
    ({"dealings": ONE["dealings"] * 2}, BadShares),
    ({"security": [0.5, 0.6, 0]}, BadShares),
    ({"security": [1.0]}, BadShares),
    ({"dealings": ONE["dealings"][0]}, BadShares),
    ({"usual": ONE["usual"][:2]}, BadMatrix),
    ({"security": [1, 0, 0, 0]}, BadMatrix),
    ({"rivalry": full(3)}, BadMatrix),
    ({"rivalry": [[0, 1], [0, 0]]}, BadMatrix),
])
def test_bad_input_is_refused_in_one_line(change, error):
    with pytest.raises(error) as caught:
        of(ONE | change)
    assert "\n" not in str(caught.value)
