"""Forecasts of the choice against simulated years, brute force, and the density that the fit itself has."""

from __future__ import annotations

from dataclasses import replace

import jax
import numpy as np
import pytest

from equipoise.measure.scores import crps_of_shares, log_score
from equipoise.model.baselines import Test, Train, fit_persistence
from equipoise.model.choice import climb, extend, polish, pressure
from equipoise.model.forecast import Ahead, log_densities, refilled, share_draws
from equipoise.model.hierarchy import Design, Panel, forces
from equipoise.model.transitions import log_density, prepare

STATES, YEARS, HELD = 40, 16, 6
DESIGN = Design(groups=("channel",), freedom=None)
TRUE = {"eta": 0.6, "coercion": 1.5, "cross_pressure": 0.8, "intolerance": 0.5, "perceived": 0.7, "scale": 0.08,
        "power": 0.4, "freedom": 5.0, "year_spread": 0.05}


def simulated(seed: int = 0):
    """Shares (N, T, 3) that states choose year by year, rivalry (T, 2, 2), leverage (N, 2), attraction (N, 3)."""
    rng = np.random.default_rng(seed)
    r = np.zeros((YEARS, 2, 2))
    r[:, 0, 1] = r[:, 1, 0] = rng.random(YEARS)
    lever = rng.random((STATES, 2))
    v = rng.normal(size=(STATES, 3)) * 0.8
    w = np.full((STATES, YEARS, 3), 1 / 3)
    eta, p = TRUE["eta"], TRUE
    for t in range(1, YEARS):
        seen = extend(r[t - 1] + p["perceived"] * (r[t] - r[t - 1]), intolerance=np.array(p["intolerance"]))
        seen = np.broadcast_to(seen, (STATES, 3, 3))
        e = rng.standard_normal((STATES, 3)) / np.sqrt(rng.chisquare(p["freedom"], (STATES, 1)) / p["freedom"])
        e = e * p["scale"] * w[:, t - 1] ** (-p["power"] / 2) + p["year_spread"] * rng.standard_normal(3)
        net = (1 - eta) * np.log(w[:, t - 1]) + eta * (v + e - pressure(seen, leverage=lever, coercion=p["coercion"]))
        given = dict(net=net, rivalry=seen, cross_pressure=np.full(STATES, eta * p["cross_pressure"]))
        w[:, t], good = polish(climb(w[:, t - 1], **given), **given)
        assert good.all()
    return w, r, lever, v


def ahead_of(w, r, lever, *, years, on=None, seen=None) -> Ahead:
    i, t = (x.ravel() for x in np.meshgrid(np.arange(STATES), years, indexing="ij"))
    options = np.ones((STATES, 3), bool) if on is None else on
    pairs, levers = np.stack([r[t - 1], r[t]]), lever[i]
    zero = np.zeros(len(i), int)
    moves = prepare(w[i, t], last=w[i, t - 1], on=options[i], rivalry=pairs, leverage=levers)
    panel = Panel(moves=moves, channel=zero, series=i, cell=t - min(years), region=zero, period=zero,
                  series_channel=np.zeros(STATES, int), series_region=np.zeros(STATES, int), series_on=options,
                  series_base=np.log(np.full((STATES, 3), 1 / 3)), cell_channel=np.zeros(len(years), int),
                  inertia=np.zeros((0, len(i))), perception=np.zeros((0, len(i))),
                  attraction=np.zeros((0, 3, len(i))), channels=("trade",), regions=("all",), periods=("all",))
    return Ahead(panel, np.arange(STATES) if seen is None else seen, pairs, levers)


def true_sites(v, *, draws: int, **other):
    logit = lambda x: np.log(x / (1 - x))  # noqa: E731
    p = TRUE | other
    eta, size = p["eta"], np.log(p["eta"] * p["scale"])
    one = {"speed_base": [logit(p["eta"])], "freedom": [p["freedom"]], "power": [p["power"]],
           "level": [size], "carry": [0.0], "home": np.zeros((1, 1, 3)), "scale_spread": [0.0],
           "attraction_spread": [0.8 * eta], "year_spread": [p["year_spread"] * eta], "attraction": v * eta,
           "log_scale": np.full(STATES, size), "coercion": p["coercion"],
           "cross_pressure": p["cross_pressure"], "coercion_channel": [0.0], "cross_pressure_channel": [0.0],
           "coercion_channel_spread": 1.0, "cross_pressure_channel_spread": 1.0, "intolerance": p["intolerance"],
           "perception_base": logit(p["perceived"])}
    return {n: np.broadcast_to(x, (draws, *np.shape(x))) for n, x in one.items()}


@pytest.fixture(scope="module")
def world():
    return simulated()


def test_the_true_model_beats_persistence_and_a_wrong_one(world) -> None:
    w, r, lever, v = world
    held = range(YEARS - HELD, YEARS)
    ahead = ahead_of(w, r, lever, years=held)
    on = np.ones((STATES, 1, 3), bool)

    def rows(years):
        i, t = (x.ravel() for x in np.meshgrid(np.arange(STATES), years, indexing="ij"))
        return "trade", YEARS, i, t, w[i, t], w[i, t - 1], on[i, 0], np.zeros((len(i), 0)), np.zeros((len(i), 2, 0))

    test = Test(*rows(held), ahead=np.ones(STATES * HELD, int))
    still = fit_persistence(Train(*rows(range(4, YEARS - HELD)))).predict(test)
    scores, apart = {}, {}
    for name, other in {"true": {}, "reversed": {"coercion": -1.5}, "stiff": {"eta": 0.1, "scale": 0.5}}.items():
        sites = true_sites(v, draws=200, **other)
        scores[name] = log_score(log_densities({n: x[:2] for n, x in sites.items()}, ahead=ahead, design=DESIGN))
        draws, lost = refilled(share_draws(sites, ahead=ahead, design=DESIGN))
        assert lost == 0
        apart[name] = crps_of_shares(draws, observed=test.shares)
    assert scores["true"].mean() > max(log_score(still.log_density).mean(), scores["reversed"].mean(),
                                       scores["stiff"].mean()) + 0.5
    assert apart["true"].mean() < 0.8 * min(crps_of_shares(still.draws, observed=test.shares).mean(),
                                            apart["reversed"].mean(), apart["stiff"].mean())


def test_without_effects_of_years_it_is_the_density_of_the_fit(world) -> None:
    w, r, lever, v = world
    ahead = ahead_of(w, r, lever, years=[8, 9])
    sites = true_sites(v, draws=2, year_spread=1e-9)
    with jax.enable_x64(True):
        f = forces({n: x[0] for n, x in sites.items()} | {"year": np.zeros((2, 3))}, panel=ahead.panel, design=DESIGN)
        plain = np.asarray(log_density(ahead.panel.moves, f))
    assert np.allclose(log_densities(sites, ahead=ahead, design=DESIGN)[1], plain, atol=1e-5)


@pytest.mark.parametrize("new", [False, True])
def test_effects_that_are_not_in_the_fit_are_integrated_out(world, new) -> None:
    w, r, lever, v = world
    ahead = ahead_of(w, r, lever, years=[8], seen=np.full(STATES, -1) if new else None)
    sites = true_sites(v, draws=2, scale=0.4, year_spread=0.3)
    if new:
        sites["attraction_spread"] = np.full((2, 1), 0.4 * TRUE["eta"])
    spread = TRUE["eta"] * np.hypot(0.3, 0.4 * new)
    rng = np.random.default_rng(0)
    with jax.enable_x64(True):
        one = {n: np.asarray(x[0], float) for n, x in sites.items()}
        center = 0.0 * v if new else TRUE["eta"] * v
        many = jax.jit(jax.vmap(lambda a: log_density(ahead.panel.moves, forces(
            one | {"year": np.zeros((1, 3)), "attraction": a}, panel=ahead.panel, design=DESIGN))))(
            center + spread * rng.standard_normal((20_000, *v.shape)))
    found = log_densities(sites, ahead=ahead, design=DESIGN)[0]
    assert np.allclose(found, log_score(np.asarray(many)), atol=0.15) and abs(found - log_score(many)).mean() < 0.04


def test_draws_have_the_density_that_is_scored(world) -> None:
    w, r, lever, v = world
    on = np.tile([True, False, True], (STATES, 1))
    share = np.linspace(0.005, 0.995, 199)
    given = share_draws(true_sites(v, draws=4000), ahead=ahead_of(w, r, lever, years=[8], on=on), design=DESIGN)
    assert (given[..., 1] == 0).all() and np.allclose(given.sum(-1), 1)
    chance = np.empty((len(share), STATES))
    for j, s in enumerate(share):
        seen = w.copy()
        seen[:, 8] = [1 - s, 0, s]
        chance[j] = np.exp(log_densities(true_sites(v, draws=1), ahead=ahead_of(seen, r, lever, years=[8], on=on),
                                         design=DESIGN)[0]) / (s * (1 - s))
    total = (chance[1:] + chance[:-1]).sum(0) / 2 * 0.005
    inside = ((given[..., 2] > 0.005) & (given[..., 2] < 0.995)).mean(0)
    assert np.allclose(total, inside, atol=0.02)
    mean = (chance * share[:, None]).sum(0) * 0.005
    assert np.allclose(mean, given[..., 2].mean(0), atol=0.01)


def test_shares_that_are_no_stable_solution_have_no_density(world) -> None:
    w, r, lever, v = world
    ahead = ahead_of(w, r, lever, years=[8])
    found = log_densities(true_sites(v, draws=2, cross_pressure=60.0), ahead=ahead, design=DESIGN)
    assert np.isneginf(found).any() and not np.isnan(found).any()
    hole = replace(ahead, leverage=np.where(np.arange(STATES)[:, None] == 3, np.nan, ahead.leverage))
    found = log_densities(true_sites(v, draws=2), ahead=hole, design=DESIGN)
    assert np.isnan(found[:, 3]).all() and np.isfinite(np.delete(found, 3, 1)).all()
    assert np.isnan(share_draws(true_sites(v, draws=2), ahead=hole, design=DESIGN)[:, 3]).all()


def test_lost_draws_are_replaced_by_others_of_their_row() -> None:
    draws = np.full((4, 3, 2), 0.5)
    draws[1, 0], draws[:, 1] = np.nan, np.nan
    draws[0, 0] = [0.2, 0.8]
    out, lost = refilled(draws)
    assert out[1, 0].tolist() == [0.2, 0.8] and np.isnan(out[:, 1]).all() and lost == pytest.approx(1 / 8)
