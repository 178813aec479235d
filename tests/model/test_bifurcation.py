"""Branches followed in JAX: against NumPy's continuation, closed forms, and what is true on either side of an end."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.errors import BadShares, UsageError
from equipoise.model import bifurcation
from equipoise.model.bifurcation import follow
from equipoise.model.choice import attraction, extend, stability_margin
from equipoise.model.continuation import AFTER, CAUSES, FINEST, JUMP, SIDE, Given, by_pair, carry, confrontation
from equipoise.model.equilibria import STATUSES, solve_many

CAUSE = {name: i for i, name in enumerate(CAUSES)}
FINE = 1e-6


def policies(seed: int, *, count: int, powers: int = 5) -> dict[str, np.ndarray]:
    """Random policies between two sides."""
    rng = np.random.default_rng(seed)
    r = np.triu(rng.random((count, powers, powers)) * 0.6, 1)
    side = np.where(rng.random((count, powers)) < 0.5, 1.0, -1.0)
    side[np.abs(side.sum(1)) == powers, 0] *= -1
    return {
        "shares": rng.dirichlet(np.full(powers + 1, 3.0), count) * 0.94 + 0.06 / (powers + 1),
        "rivalry": r + r.transpose(0, 2, 1),
        "leverage": rng.random((count, powers)),
        "coercion": 4 * rng.random(count),
        "cross_pressure": 2 + 5 * rng.random(count),
        "intolerance": rng.random(count),
        "side": side,
    }


def given_of(p: dict[str, np.ndarray]) -> Given:
    return Given(p["leverage"], p["coercion"], p["cross_pressure"], p["intolerance"])


def at(p: dict[str, np.ndarray], delta: np.ndarray) -> np.ndarray:
    """Rivalry on the way, (B, K, K)."""
    d = delta[:, None, None]
    return (1 - d) * p["rivalry"] + d * confrontation(p["rivalry"], side=p["side"])


def attraction_of(p: dict[str, np.ndarray]) -> np.ndarray:
    return attraction(
        p["shares"],
        rivalry=extend(p["rivalry"], intolerance=p["intolerance"]),
        leverage=p["leverage"],
        coercion=p["coercion"],
        cross_pressure=p["cross_pressure"],
    )


@pytest.fixture(scope="module")
def many() -> dict[str, np.ndarray]:
    return policies(1, count=500)


@pytest.mark.slow
def test_it_agrees_with_the_continuation_in_numpy(many: dict[str, np.ndarray]) -> None:
    ours = follow(**many)
    target = confrontation(many["rivalry"], side=many["side"])
    theirs = carry(many["shares"], rivalry=many["rivalry"], target=target, side=many["side"], given=given_of(many))
    assert (ours.status == 0).all() and set(ours.cause) == {0, 1, 2, 3}
    np.testing.assert_array_equal(ours.not_stable, theirs.not_stable)
    # The coarser steps of a report may leap over a fold that lies within the first of them.
    same = (ours.cause != CAUSE["instability"]) | (ours.value > FINEST)
    assert same.mean() > 0.98
    np.testing.assert_array_equal(ours.cause[same], theirs.cause[same])
    assert np.abs(ours.value - theirs.value)[same].max() < 2 * FINEST
    np.testing.assert_allclose(ours.after[same], theirs.after[same], atol=0.01)


def test_by_pair_it_agrees_too() -> None:
    p = policies(2, count=6)
    i, j = np.triu_indices(5, 1)
    side = np.zeros((len(i), 5))
    side[np.arange(len(i)), i], side[np.arange(len(i)), j] = 1, -1
    wide = {name: x[:, None] for name, x in p.items() if name != "side"}
    ours = follow(**wide, side=side, pairwise=True)
    theirs = by_pair(p["shares"], rivalry=p["rivalry"], given=given_of(p))
    assert ours.value.shape == (6, 10)
    np.testing.assert_allclose(ours.value, theirs.value, atol=2 * FINEST)
    np.testing.assert_array_equal(ours.cause, theirs.cause)


def test_equal_rivals_part_where_the_closed_form_says() -> None:
    # On the way (0, 1, −1) the curvature is 2/w − 2ρr, w the share of each: the branch forks at ρrw = 1.
    rho = np.array([4.0, 4.5, 6.0, 8.0])
    r = np.zeros((5, 5))
    r[0, 1] = r[1, 0] = 0.1
    start = {"shares": [0.02, 0.475, 0.475, 0.01, 0.01, 0.01], "rivalry": r, "target": 10 * r}
    end = follow(**start, leverage=np.zeros(5), coercion=0, cross_pressure=rho, intolerance=0)
    assert (end.cause == CAUSE["instability"]).all()
    assert (end.upper - end.value <= 2 * FINE).all() and (end.upper > end.value).all()
    for delta, sign in ((end.value, 1), (end.upper, -1)):
        # v is held, so w at δ solves one equation: its odds against the others are what they were, less ρrw.
        rival, w = 0.1 + 0.9 * delta, np.full(4, 0.475)
        for _ in range(200):
            odds = 0.475 / 0.05 * np.exp(-rho * (rival * w - 0.1 * 0.475))
            w = 0.5 * w + 0.5 * odds / (1 + 2 * odds)
        assert (sign * (1 / (rival * w) - rho) > -1e-4).all()


def test_the_margin_goes_to_zero_at_an_instability(many: dict[str, np.ndarray]) -> None:
    end = follow(**many)
    unstable = end.cause == CAUSE["instability"]
    assert unstable.sum() > 5
    assert end.margin[unstable].min() > 0 and end.margin[unstable].max() < 0.01
    assert (end.upper[unstable] - end.value[unstable]).max() <= 2 * FINE


def test_on_one_side_of_an_end_there_is_a_branch_and_on_the_other_none(many: dict[str, np.ndarray]) -> None:
    end = follow(**many)
    v = attraction_of(many)
    rest = {name: many[name] for name in ("leverage", "coercion", "cross_pressure", "intolerance")}
    on = end.cause != CAUSE["already"]
    before = solve_many(v, rivalry=at(many, end.value), **rest, start=end.shares)
    gap = np.abs(before.shares - end.shares).max(1)
    assert gap[on].max() < 1e-5 and (before.status[on] == 0).all()
    folded = end.cause == CAUSE["instability"]
    beyond = solve_many(v, rivalry=at(many, np.minimum(end.upper + AFTER, 1)), **rest, start=end.shares)
    assert (np.abs(beyond.shares - end.shares).max(1) > JUMP)[folded].all()


def test_a_side_is_lost_where_it_has_a_tenth(many: dict[str, np.ndarray]) -> None:
    end = follow(**many)
    lost = end.cause == CAUSE["side_lost"]
    w, side = end.shares[lost, 1:], many["side"][lost]
    weak = np.minimum((w * (side > 0)).sum(1), (w * (side < 0)).sum(1)) / w.sum(1)
    assert lost.sum() > 50
    np.testing.assert_allclose(weak, SIDE, atol=1e-4)


def test_nothing_ends_without_force_and_without_sides_only_bifurcations_do(many: dict[str, np.ndarray]) -> None:
    free = follow(**{**many, "coercion": 0.0, "cross_pressure": 0.0})
    held = free.cause != CAUSE["already"]
    assert (free.value[held] == 1).all() and (free.upper[held] == 1).all() and (free.margin > 0.999).all()
    target = confrontation(many["rivalry"], side=many["side"])
    bare = follow(**{k: v for k, v in many.items() if k != "side"}, target=target)
    assert set(bare.cause) <= {CAUSE["none"], CAUSE["instability"], CAUSE["already"]}
    np.testing.assert_array_equal(bare.cause == CAUSE["already"], bare.not_stable)


def test_shares_that_are_no_stable_solution_have_ended_already(many: dict[str, np.ndarray]) -> None:
    strong = {**many, "cross_pressure": np.full(500, 12.0)}
    end = follow(**strong)
    big = extend(many["rivalry"], intolerance=many["intolerance"])
    room = stability_margin(many["shares"], rivalry=big, rho=np.full(500, 12.0))
    np.testing.assert_array_equal(end.not_stable, room < 0)
    assert end.not_stable.any() and (end.value[end.not_stable] == 0).all()


def test_who_has_fallen_does_not_return_on_the_same_way(many: dict[str, np.ndarray]) -> None:
    end = follow(**many)
    fell = (end.cause == CAUSE["instability"]) & (end.value > AFTER)
    rest = {name: many[name] for name in ("leverage", "coercion", "cross_pressure", "intolerance")}
    before = {"rivalry": at(many, end.value - np.where(fell, AFTER, 0)), **rest}
    stayed = solve_many(attraction_of(many), **before, start=end.shares)
    back = solve_many(attraction_of(many), **before, start=end.after)
    assert fell.sum() > 5 and (stayed.status[fell] == 0).all() and (back.status[fell] == 0).all()
    assert (np.abs(back.shares - stayed.shares).max(1)[fell] > JUMP).all()


def test_what_cannot_be_followed_has_no_value(monkeypatch: pytest.MonkeyPatch, many: dict[str, np.ndarray]) -> None:
    some = {name: x[:40].copy() for name, x in many.items()}
    some["shares"][0, 2] = np.nan
    some["intolerance"][1] = np.nan
    end = follow(**some)
    assert [STATUSES[s] for s in end.status[:2]] == ["missing"] * 2 and (end.status[2:] == 0).all()
    assert np.isnan(end.value[:2]).all() and np.isnan(end.after[:2]).all() and not end.not_stable[:2].any()
    monkeypatch.setattr(bifurcation, "ROUNDS", 1)
    short = follow(**some)
    failed = short.status == STATUSES.index("not_converged")
    assert failed.any() and np.isnan(short.value[failed]).all() and np.isnan(short.shares[failed]).all()
    np.testing.assert_array_equal(short.value[2:][~failed[2:]], end.value[2:][~failed[2:]])
    monkeypatch.undo()
    monkeypatch.setattr(bifurcation, "FLAT", 0.0)  # an end by failure with any margin left is not called a fold
    strict = follow(**some)
    assert (strict.status[end.cause == CAUSE["instability"]] != 0).all()


def test_bad_input_has_its_own_message() -> None:
    p = {name: x[0] for name, x in policies(3, count=1).items()}
    with pytest.raises(UsageError, match="target"):
        follow(**{k: x for k, x in p.items() if k != "side"})
    with pytest.raises(BadShares, match=r"K\+1"):
        follow(**{**p, "shares": p["shares"][:5]})
    with pytest.raises(BadShares, match="side"):
        follow(**{**p, "side": [1.0, -1.0]})
