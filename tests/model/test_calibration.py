"""Simulation-based calibration of the estimator (Talts and others 2018): are intervals as wide as they say?

Parameters are drawn, shares are drawn with them, the model is fitted, and the truth's rank among the posterior's draws
is kept: over many worlds ranks are even if the sampler is right. The noise and the spreads are drawn from narrower
distributions than the model's priors, under which shares would often leave what can be solved and held; draws of
the posterior are weighted by the ratio of the two, so the ranks are even all the same.

``python -m tests.model.test_calibration 100`` prints the table of ``docs/explanation/estimation.md``.
"""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from tests.model.test_hierarchy import world

from equipoise.errors import NotConverged
from equipoise.model.hierarchy import Design
from equipoise.model.posterior import summarise
from equipoise.model.sampling import run
from equipoise.model.simulate import World, simulate

Array = NDArray[np.float64]

DESIGN = Design(groups=(), freedom=5.0, width=1.0)
"""One φ and one ρ for all, so small that a choice has one solution."""

STATES, YEARS, CHAINS, WARMUP, DRAWS = 16, 10, 2, 300, 300

NARROW = {"power": stats.norm(0.4, 0.2), "level": stats.norm(-2.4, 0.3),
          "attraction_spread": stats.lognorm(0.4, scale=0.08),
          "scale_spread": stats.lognorm(0.4, scale=0.3), "year_spread": stats.lognorm(0.4, scale=0.05)}
WIDE = {"power": stats.norm(0.7, 0.7), "level": stats.norm(0.0, 2.0),
        **dict.fromkeys(list(NARROW)[2:], stats.halfnorm(0.0, 1.0))}
"""What the noise and the spreads are drawn from, and the model's priors of them."""

MIXED = 1.1
"""The largest R-hat of chains that agree: with 300 draws each it is often above 1.01."""

RANKED = ("coercion", "cross_pressure", "intolerance", "speed_base", "inertia_terms", "carry", *NARROW)


def prior(w: World, *, seed: int) -> dict[str, Array]:
    """A draw of each of the model's sites."""
    rng, (_, n, k) = np.random.default_rng(seed), w.first.shape
    s = {
        "coercion": rng.normal(), "cross_pressure": rng.normal(), "intolerance": rng.uniform(),
        "perception_base": rng.normal(0, 1.5), "perception": rng.normal(size=1), "speed_base": rng.normal(-1.4, 1, 1),
        "inertia_terms": rng.normal(size=1), "carry": rng.normal(0.5, 0.5, 1),
        **{name: d.rvs(1, random_state=rng) for name, d in NARROW.items()},
    }
    eta = 1 / (1 + np.exp(-s["speed_base"]))
    home = eta * rng.normal(size=(1, len(w.regions), k))
    mean = eta * s["carry"] * np.log(w.first[0]) + home[0, w.region]
    return s | {
        "home": home,
        "attraction": rng.normal(mean, s["attraction_spread"]),
        "log_scale": rng.normal(s["level"], s["scale_spread"], n),
        "year": rng.normal(0, s["year_spread"], (len(w.rivalry) - 1, k)),
    }


def ranks(seed: int) -> dict[str, float]:
    """Where the truth lies among the posterior's draws of one world, 0 to 1, by parameter.

    Raises NotConverged where chains disagree: the climb before them ends off the mode in some small worlds.
    """
    w = world(seed, states=STATES, years=YEARS, channels=1)
    # Streams of their own: noise that repeats the parameters' random numbers would lean towards them.
    true = prior(w, seed=10_000 + seed)
    panel = simulate(w, true, design=DESIGN, seed=20_000 + seed)
    found = run(panel, DESIGN, chains=CHAINS, warmup=WARMUP, draws=DRAWS, seed=seed)
    with np.errstate(divide="ignore", invalid="ignore"):  # of chains that do not move at all
        rhat = [summarise(n, "", found.sites[n].reshape(CHAINS, -1)).rhat for n in RANKED]
    if not all(r <= MIXED for r in rhat):
        raise NotConverged("chains disagree.")
    flat = {name: found.sites[name].ravel() for name in RANKED}
    log = sum(NARROW[n].logpdf(flat[n]) - WIDE[n].logpdf(flat[n]) for n in NARROW)
    weight = np.exp(log - log.max())
    return {n: float(weight[flat[n] < np.ravel(true[n])].sum() / weight.sum()) for n in RANKED}


def calibrated(count: int) -> tuple[dict[str, Array], int]:
    """Ranks by parameter over as many worlds, and how many were passed over: not drawn, or chains that disagree."""
    found, passed, seed = [], 0, 0
    while len(found) < count:
        try:
            found.append(ranks(seed))
        except NotConverged:
            passed += 1
        seed += 1
    return {n: np.array([f[n] for f in found]) for n in RANKED}, passed


@pytest.mark.slow
def test_the_truth_is_anywhere_among_the_draws() -> None:
    found, passed = calibrated(3)
    assert passed <= 4
    every = np.concatenate(list(found.values()))
    # Of 33 ranks, not independent: intervals too narrow put them at the ends, too wide in the middle.
    assert 0.25 < ((every > 0.25) & (every < 0.75)).mean() < 0.75
    assert ((every < 0.01) | (every > 0.99)).mean() < 0.15


if __name__ == "__main__":
    table, lost = calibrated(int(sys.argv[1]))
    sys.stdout.write(f"{len(table['coercion'])} worlds, {lost} passed over\n")
    for name, r in table.items():
        inside = [((r > (1 - p) / 2) & (r < (1 + p) / 2)).mean() for p in (0.5, 0.9)]
        sys.stdout.write(f"{name:18} mean {r.mean():.2f}  in 50 %: {inside[0]:.2f}  in 90 %: {inside[1]:.2f}  "
                         f"Kolmogorov–Smirnov p {stats.kstest(r, 'uniform').pvalue:.2f}\n")
