from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.errors import BadShares, UsageError
from equipoise.model import invert_choice, leeway, solve_choice
from equipoise.model.continuation import SIDE, confrontation
from equipoise.model.priors import Prior

RIVALS = {
    "rivalry": [[0, 0.3], [0.3, 0]],
    "leverage": [0.5, 0.2],
    "coercion": 3.0,
    "cross_pressure": 3.0,
    "intolerance": 0.5,
}


def slow_leeway(w, *, rivalry, leverage, coercion, cross_pressure, intolerance, blocs, steps):
    """The definition taken literally: small steps of δ, solve_choice from the last shares, the weaker bloc's share."""
    r = np.array(rivalry, float)
    side = np.zeros(len(r))
    side[list(blocs[0])], side[list(blocs[1])] = 1, -1
    target = confrontation(r, side=side)
    rest = {"leverage": leverage, "coercion": coercion, "cross_pressure": cross_pressure, "intolerance": intolerance}
    v = invert_choice(w, rivalry=r, **rest)
    now = np.array(w, float)
    for d in np.linspace(0, 1, steps + 1):
        found = solve_choice(v, rivalry=(1 - d) * r + d * target, **rest, start=now)
        new = found.shares[found.branch]
        weak = min(new[1:][side > 0].sum(), new[1:][side < 0].sum()) / new[1:].sum()
        if weak < SIDE or np.abs(new - now).max() > 0.05:
            return d
        now = new / new.sum()
    return 1.0


@pytest.mark.parametrize("seed", range(8))
def test_it_agrees_with_the_definition_taken_literally(seed):
    rng = np.random.default_rng(seed)
    k = 3 + seed % 2
    r = np.triu(rng.random((k, k)) * 0.5, 1)
    given_ = {
        "rivalry": r + r.T,
        "leverage": rng.random(k),
        "coercion": 1 + 2 * rng.random(),
        "cross_pressure": 1 + 3 * rng.random(),
        "intolerance": rng.random(),
    }
    w = rng.dirichlet(np.full(k + 1, 6.0)) * 0.8 + 0.2 / (k + 1)
    blocs = ((0,), tuple(range(1, k)))
    steps = 400
    assert leeway(w, **given_, blocs=blocs).value == pytest.approx(
        slow_leeway(w, **given_, blocs=blocs, steps=steps), abs=2 / steps
    )


def test_without_systemic_effect_nothing_collapses():
    free = leeway([0.2, 0.4, 0.4], **{**RIVALS, "coercion": 0.0, "cross_pressure": 0.0})
    assert (free.value, free.cause, free.falls_to, free.falls_to_power) == (1.0, "none", None, None)
    assert free.by_pair.min() == 1.0


def test_a_state_that_has_chosen_a_side_has_none():
    aligned = leeway([0.2, 0.77, 0.03], **RIVALS)
    assert (aligned.value, aligned.cause, aligned.falls_to) == (0.0, "already", 1)


def test_shares_that_are_no_stable_solution_leave_none():
    unstable = leeway(
        [0.02, 0.49, 0.49], rivalry=[[0, 0.9], [0.9, 0]], leverage=[0, 0], coercion=0, cross_pressure=8, intolerance=0
    )
    assert (unstable.value, unstable.cause) == (0.0, "already")


def test_collapse_by_instability_falls_to_one_side():
    # Halves of w: the margin on the way (0, 1, −1) is 2/w − 2ρr, so it ends where r = 1/(ρw), δ = (r − 0.1)/0.9.
    end = leeway(
        [0.02, 0.49, 0.49], rivalry=[[0, 0.1], [0.1, 0]], leverage=[0, 0], coercion=0, cross_pressure=4.5, intolerance=0
    )
    assert end.cause == "instability" and end.falls_to in (1, 2)
    r = 0.1 + 0.9 * end.value
    assert r * 4.5 * end.path[-1, 1:][1] == pytest.approx(1, abs=0.02)


def test_falls_to_the_outside_option_names_a_power_too():
    out = leeway(
        [0.6, 0.2, 0.2],
        rivalry=[[0, 0], [0, 0]],
        leverage=[1, 0.5],
        coercion=5,
        cross_pressure=1,
        intolerance=0,
        blocs=((0,), (1,)),
    )
    assert out.falls_to == 0 and out.falls_to_power == 1


def test_the_path_runs_from_now_to_the_collapse():
    end = leeway([0.2, 0.4, 0.4], **RIVALS)
    assert end.path[0, 0] == 0 and end.path[0, 1:] == pytest.approx([0.2, 0.4, 0.4])
    assert end.path[-1, 0] == pytest.approx(end.value) and (np.diff(end.path[:, 0]) > 0).all()
    assert end.path[:, 1:].sum(1) == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_relabelling_powers_changes_nothing(seed):
    rng = np.random.default_rng(seed)
    r = np.triu(rng.random((4, 4)), 1)
    r, lever = r + r.T, rng.random(4)
    w = rng.dirichlet(np.full(5, 5.0)) * 0.9 + 0.02
    turn = rng.permutation(4)
    back = np.argsort(turn)
    rest = {"coercion": 2.0, "cross_pressure": 2.0, "intolerance": 0.5}
    one = leeway(w, rivalry=r, leverage=lever, blocs=((0, 1), (2, 3)), **rest)
    two = leeway(
        np.r_[w[0], w[1:][turn]],
        rivalry=r[np.ix_(turn, turn)],
        leverage=lever[turn],
        blocs=(tuple(back[[0, 1]]), tuple(back[[2, 3]])),
        **rest,
    )
    assert two.value == pytest.approx(one.value, abs=1e-3)
    np.testing.assert_allclose(two.by_pair, one.by_pair[np.ix_(turn, turn)], atol=1e-3)


def test_blocs_default_to_those_of_order_stress():
    r = np.array([[0, 0.1, 0.8], [0.1, 0, 0.7], [0.8, 0.7, 0]])
    given_ = {"rivalry": r, "leverage": [0.4, 0.2, 0.1], "coercion": 2, "cross_pressure": 2, "intolerance": 0.5}
    w = [0.1, 0.3, 0.3, 0.3]
    assert leeway(w, **given_).value == leeway(w, **given_, blocs=((0, 1), (2,))).value


def test_bad_blocs_and_sizes_are_refused():
    with pytest.raises(UsageError, match="blocs"):
        leeway([0.2, 0.4, 0.4], **RIVALS, blocs=((0,), (0, 1)))
    with pytest.raises(UsageError, match="blocs"):
        leeway([0.2, 0.4, 0.4], **RIVALS, blocs=((0,), (2,)))
    with pytest.raises(BadShares, match="K\\+1"):
        leeway([0.2, 0.3, 0.3, 0.2], **RIVALS)


def test_draws_of_the_prior_cover_its_intervals_and_repeat():
    prior = Prior(coercion=(1.0, 3.0))
    one, two = prior.draw(draws=50, seed=4), prior.draw(draws=50, seed=4)
    assert all((one[k] == two[k]).all() for k in one)
    assert sorted(((one["coercion"] - 1) / 2 * 50).astype(int)) == list(range(50))
