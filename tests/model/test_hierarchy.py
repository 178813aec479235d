"""The hierarchical model: shares drawn from it are judged right by its own density, and its terms can be left out."""

from __future__ import annotations

from dataclasses import replace

import jax
import numpy as np
import pytest

from equipoise.errors import NotConverged, UsageError
from equipoise.model.choice import extend
from equipoise.model.hierarchy import Design, Panel, forces
from equipoise.model.laplace import quick_fit
from equipoise.model.simulate import World, predictive_check, simulate
from equipoise.model.transitions import log_density

ONE = Design(groups=(), freedom=5.0)
"""One φ and one ρ for all."""

ETA = 1 / (1 + np.exp(1.4))
"""The speed that shares are drawn with, in which unit effects and scales are sampled."""

Sites = dict[str, np.ndarray]


def world(seed: int, *, states: int, years: int, channels: int, powers: int = 2) -> World:
    """Random rivalry that differs between years, leverage that differs between states, and random first shares."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.uniform(0.2, 0.8, (years + 1, powers, powers)), 1)
    lever = rng.dirichlet(np.ones(powers), (states, 1)) * rng.uniform(0.2, 1.5, (states, years, 1))
    tenure = rng.normal(0, 1, (1, states, years))
    return World(
        upper + np.swapaxes(upper, 1, 2), lever, rng.dirichlet(np.full(powers + 1, 3.0), (channels, states)),
        rng.integers(0, 2, states), np.arange(years) * 2 // years, ("trade", "diplomacy")[:channels], ("x", "y"),
        ("early", "late"), tenure, tenure, ("log_tenure",), ("log_tenure",),
    )  # fmt: skip


def truth(w: World, *, seed: int) -> Sites:
    """A value of each of the model's sites."""
    rng = np.random.default_rng(seed)
    c, n, k = w.first.shape
    home = rng.normal(0, 0.3, (c, 2, k))
    own = 0.5 * np.log(w.first.reshape(c * n, k)) + home[np.repeat(np.arange(c), n), np.tile(w.region, c)]
    s = {
        "coercion": 1.5, "cross_pressure": 1.0, "intolerance": 0.5, "perception_base": 0.0, "perception": [0.0],
        "speed_base": [-1.4] * c, "inertia_terms": [-0.4], "power": [0.5] * c,
        "level": [-0.5 + np.log(ETA)] * c, "carry": [0.5] * c, "home": ETA * home,
        "log_scale": rng.normal(-0.5, 0.3, c * n) + np.log(ETA),
        "attraction": ETA * (own + rng.normal(0, 0.4, (c * n, k))),
        "year": ETA * rng.normal(0, 0.2, (c * (len(w.rivalry) - 1), k)),
    }  # fmt: skip
    return {name: np.asarray(v, float) for name, v in s.items()}


@pytest.fixture(scope="module")
def drawn() -> tuple[World, Sites, Panel]:
    w = world(0, states=40, years=15, channels=2)
    s = truth(w, seed=0)
    return w, s, simulate(w, s, design=ONE)


def test_drawn_shares_solve_the_choice_and_last_shares_are_those_of_the_year_before(
    drawn: tuple[World, Sites, Panel],
) -> None:
    w, s, panel = drawn
    now, last = panel.moves.now.T.reshape(2, 40, 15, 3), panel.moves.last.T.reshape(2, 40, 15, 3)
    np.testing.assert_allclose(last[:, :, 1:], now[:, :, :-1], atol=1e-12)
    np.testing.assert_allclose(np.exp(last[:, :, 0]), w.first, atol=1e-12)
    # Without shocks and effects the equation, written out for the last year of one state, holds exactly.
    quiet = s | {"log_scale": np.full(80, -40.0), "year": np.zeros((30, 3))}
    x = simulate(w, quiet, design=ONE).moves
    at = 5 * 15 + 14
    r = [extend(w.rivalry[t], intolerance=0.5) for t in (14, 15)]
    seen = (r[0] + r[1]) / 2
    eta = 1 / (1 + np.exp(1.4 + 0.4 * w.inertia[0, 5, 14]))
    force = 1.5 * seen[:, 1:] @ w.leverage[5, 14] + 1.0 * seen @ np.exp(x.now[:, at])
    gap = x.now[:, at] - (1 - eta) * x.last[:, at] - eta * (s["attraction"][5] / ETA - force)
    assert np.ptp(gap) < 1e-9


def test_at_the_truth_predictions_hold_what_their_intervals_promise(drawn: tuple[World, Sites, Panel]) -> None:
    _, s, panel = drawn
    found = predictive_check(panel, {n: np.repeat(v[None], 60, 0) for n, v in s.items()}, design=ONE, draws=60)
    assert found["channel"].to_list() == ["trade", "diplomacy"] and found["observations"].to_list() == [1800, 1800]
    assert (found["failed"] == 0).all()
    np.testing.assert_allclose(found["inside_50"], 0.5, atol=0.05)
    np.testing.assert_allclose(found["inside_90"], 0.9, atol=0.03)
    np.testing.assert_allclose(found["pit"].to_list(), 0.1, atol=0.04)
    np.testing.assert_allclose(found["kurtosis"], found["kurtosis_replicated"], atol=0.15)


def test_too_small_a_scale_is_found_out(drawn: tuple[World, Sites, Panel]) -> None:
    _, s, panel = drawn
    wrong = s | {"log_scale": s["log_scale"] - np.log(2)}
    found = predictive_check(panel, {n: np.repeat(v[None], 40, 0) for n, v in wrong.items()}, design=ONE, draws=40)
    assert (found["inside_90"] < 0.8).all() and (found["inside_50"] < 0.4).all()


def test_without_the_order_only_inertia_and_attraction_are_left(drawn: tuple[World, Sites, Panel]) -> None:
    _, s, panel = drawn
    with jax.enable_x64(True):
        off = forces({n: s[n] for n in ("speed_base", "inertia_terms", "power", "log_scale", "attraction",
                                        "year")}, panel=panel, design=Design(systemic=False, freedom=5.0))
        none = forces(s | {"coercion": np.zeros(()), "cross_pressure": np.zeros(())}, panel=panel, design=ONE)
        full = forces(s, panel=panel, design=ONE)
        d_off, d_none, d_full = (np.asarray(log_density(panel.moves, f)) for f in (off, none, full))
    np.testing.assert_allclose(d_off, d_none, atol=1e-9)
    assert d_full.sum() > d_off.sum() + 5


def test_terms_that_a_design_leaves_out_are_not_in_the_speed(drawn: tuple[World, Sites, Panel]) -> None:
    _, s, panel = drawn
    with jax.enable_x64(True):
        rest = {n: v for n, v in s.items() if n not in ("inertia_terms", "perception", "intolerance")}
        held = forces(rest, panel=panel,
                      design=replace(ONE, inertia=(), perception=(), intolerance=0.25))
        full = forces(s, panel=panel, design=ONE)
    assert held.intolerance == 0.25
    np.testing.assert_allclose(held.speed, 1 / (1 + np.exp(1.4)), atol=1e-6)
    assert np.ptp(np.asarray(full.speed)) > 0.1


def test_what_cannot_be_used_is_refused(drawn: tuple[World, Sites, Panel]) -> None:
    w, s, panel = drawn
    with pytest.raises(UsageError, match="no moves"):
        quick_fit(panel.take(np.arange(0)), ONE)
    with pytest.raises(UsageError, match="same number of draws"):
        predictive_check(panel, {"coercion": np.zeros(3), "cross_pressure": np.zeros(4)}, design=ONE)
    with pytest.raises(NotConverged, match="not solved"):
        simulate(w, s | {"log_scale": np.full(80, np.nan)}, design=ONE)
