"""Which parameters observed shares admit: against eigenvalues, and against inverting and solving."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.errors import BadShares, UsageError
from equipoise.model.choice import extend, stability_margin
from equipoise.model.equilibria import solve_many
from equipoise.model.identification import admissible

RHO, PSI = np.linspace(0.5, 12, 24), np.linspace(0, 1, 11)


def state_years(seed: int, *, count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    r = np.triu(rng.random((count, 5, 5)), 1)
    return rng.dirichlet(np.ones(6) * 2, count) * 0.94 + 0.01, r + r.transpose(0, 2, 1)


def test_the_set_is_what_eigenvalues_say() -> None:
    w, r = state_years(1, count=40)
    found = admissible(w, rivalry=r, cross_pressure=RHO, intolerance=PSI)
    assert found.stable.shape == (40, 24, 11) and found.highest.shape == (40, 11)
    w = w / w.sum(1, keepdims=True)
    big = extend(r[:, None], intolerance=np.broadcast_to(PSI, (40, 11)))
    for k, rho in enumerate(RHO):
        room = stability_margin(w[:, None], rivalry=big, rho=np.full((40, 11), rho))
        clear = np.abs(room) > 1e-8
        np.testing.assert_array_equal(found.stable[:, k][clear], (room > 0)[clear])
    assert 0.05 < found.stable.mean() < 0.95


def test_neither_coercion_nor_leverage_changes_it() -> None:
    """For any φ and ℓ: inverting gives a v at which the shares stay as they are exactly where they are admissible."""
    w, r = state_years(2, count=60)
    w = w / w.sum(1, keepdims=True)
    rng = np.random.default_rng(0)
    psi = PSI[np.arange(60) % len(PSI)]
    highest = np.array(
        [
            admissible(a, rivalry=b, cross_pressure=[1.0], intolerance=[p]).highest[0]
            for a, b, p in zip(w, r, psi, strict=True)
        ]
    )
    assert np.isfinite(highest).all()
    big = extend(r, intolerance=psi)
    for factor, admitted in ((0.9, True), (1.1, False)):
        rho = factor * highest
        for phi in (0.0, 1.0, 5.0, 20.0):
            lever = rng.random((60, 5)) * 3
            full = np.concatenate([np.zeros((60, 1)), lever], 1)
            v = np.log(w) + (big @ (phi * full + rho[:, None] * w)[..., None])[..., 0]
            given = {"rivalry": r, "leverage": lever, "coercion": phi, "cross_pressure": rho, "intolerance": psi}
            near = w * np.exp(rng.normal(0, 1e-3, w.shape))
            end = solve_many(v, **given, start=near / near.sum(1, keepdims=True))
            stayed = np.abs(end.shares - w).max(1) < 1e-6
            assert stayed.all() if admitted else not stayed.any()


def test_the_admissible_intolerances_are_an_interval() -> None:
    w, r = state_years(3, count=60)
    found = admissible(w, rivalry=r, cross_pressure=RHO, intolerance=PSI)
    inverse = 1 / found.highest
    assert (inverse[:, 1:-1] <= (inverse[:, :-2] + inverse[:, 2:]) / 2 + 1e-9).all()
    changes = np.abs(np.diff(found.stable.astype(int), axis=-1)).sum(-1)
    ends = found.stable[..., 0] & found.stable[..., -1]
    assert (changes[ends] == 0).all() and (changes <= 2).all()


def test_two_equal_rivals_have_the_closed_form() -> None:
    r = np.array([0.2, 0.5, 1.0])
    matrix = np.array([[[0, x], [x, 0]] for x in r])
    found = admissible([0.2, 0.4, 0.4], rivalry=matrix, cross_pressure=[1], intolerance=[0])
    np.testing.assert_allclose(found.highest[:, 0], 1 / (0.4 * r), rtol=1e-12)


def test_without_rivalry_nothing_is_bounded_and_what_is_missing_says_nothing() -> None:
    w = np.array([[0.2, 0.4, 0.4], [0.2, 0.4, 0.4], [np.nan, 0.5, 0.5]])
    r = np.array([[[0, 0], [0, 0]], [[0, 1], [1, 0]], [[0, 1], [1, 0]]])
    found = admissible(w, rivalry=r, cross_pressure=[1, 5], intolerance=[0.0, 1.0])
    assert np.isposinf(found.highest[0]).all() and np.isnan(found.highest[2]).all()
    assert found.stable[0].all() and not found.stable[2].any()
    np.testing.assert_allclose(found.refused()[:, 0], [0, 0.5])
    assert found.bound()[0] == pytest.approx(2.5) and np.isposinf(found.bound(refused=0.5)[0])
    nothing = admissible(w[2], rivalry=r[2], cross_pressure=[1], intolerance=[0])
    assert np.isnan(nothing.refused()).all() and np.isnan(nothing.bound()).all()


def test_bounds_and_refusals_tell_the_same() -> None:
    w, r = state_years(4, count=200)
    found = admissible(w, rivalry=r, cross_pressure=RHO, intolerance=PSI)
    np.testing.assert_allclose(found.refused(), 1 - found.stable.mean(0))
    strict, lenient = found.bound(), found.bound(refused=0.05)
    assert (strict < lenient).all() and (strict == found.highest.min(0)).all()
    for q, rho in enumerate(lenient):
        assert (found.highest[:, q] < rho).mean() <= 0.05


def test_bad_input_has_its_own_message() -> None:
    given = {"rivalry": [[0, 1], [1, 0]], "cross_pressure": [1], "intolerance": [0]}
    with pytest.raises(BadShares, match="one entry more"):
        admissible([0.5, 0.5], **given)
    with pytest.raises(BadShares, match="positive"):
        admissible([0, 0.5, 0.5], **given)
    with pytest.raises(UsageError, match="between 0 and 1"):
        admissible([0.2, 0.4, 0.4], **{**given, "intolerance": [1.5]})
