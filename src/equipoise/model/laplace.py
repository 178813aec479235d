"""A quick fit of the hierarchical model: mode and curvature, with the spreads of the many effects by empirical Bayes.

The joint mode of effects and their spread is where the spread is zero, so spreads are given, and updated from the
effects' modes and variances until they settle (an EM algorithm with a Laplace step in it: Laird and Ware 1982), with
what the curvature's own change adds to the slope of the marginal likelihood. What the fit leaves out: the uncertainty
of the spreads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from equipoise.errors import UsageError
from equipoise.model.curvature import Curved, Problem, problem_of
from equipoise.model.hierarchy import ALIKE, FULL, LOCAL, SPREADS, Design, Panel, group_spreads

Array = NDArray[np.float64]

ROUNDS = 30
"""At most so many updates of the spreads."""

CLOSE = 2.0
"""How near the mode is near enough: the length of the next Newton step in units of the curvature. With some four
thousand parameters each of them is then within a few hundredths of its standard deviation."""

SETTLED, OF_SD = 0.05, 0.25
"""A step of a spread's logarithm at which the updates end: so small, or so small a part of its standard deviation."""

NEARLY = 0.5
"""A largest step from which on the curvature's own change is looked at."""

STALE = 0.3
"""How far a spread's logarithm may go before that change is looked at again."""

NUDGE = 0.1
"""The step of that, in the spread's logarithm."""

LEAST_TOLD = 0.03
"""The least share of a step that an EM step is taken for."""


@dataclass(frozen=True, slots=True)
class Quick:
    """A fit by mode and curvature.

    sites: posterior draws (D, …) by site; mode, sd, unconstrained: by site, the latter two before constraints; spread:
    the spreads of effects that were settled on; status: "done", "not_converged" (the spreads did not settle) or
    "indefinite" (no maximum, so no draws), reason in words; log_joint at the mode.
    """

    sites: dict[str, Array]
    mode: dict[str, Array]
    spread: dict[str, Array]
    unconstrained: dict[str, Array]
    sd: dict[str, Array]
    status: str
    reason: str
    log_joint: float

    @property
    def end(self) -> Start:
        """Where the fit ended, as a start of another."""
        return Start(self.unconstrained, self.spread)


def quick_fit(panel: Panel, design: Design = FULL, *, draws: int = 1000, seed: int = 0,
              start: Start | None = None, progress: Callable[[str], None] | None = None) -> Quick:
    """Fit the model of a panel by mode and curvature, in 32 bits but for the linear algebra.

    ``start`` is a place to begin at, from :attr:`Quick.end` of a like panel. Raises UsageError for an empty panel.
    """
    with jax.enable_x64(False):
        problem, z, held, curved, why = climbed(panel, design, start=start, progress=progress or (lambda _: None))
        return _quick(problem, z, curved, held=held, why=why, draws=draws, seed=seed)


@dataclass(frozen=True, slots=True)
class Start:
    """Unconstrained values and spreads by site."""

    free: dict[str, Array]
    held: dict[str, Array]


def climbed(panel: Panel, design: Design, *, progress: Callable[[str], None],
            start: Start | None = None) -> tuple[Problem, Array, dict[str, Array], Curved, str]:
    """The mode with settled spreads, the curvature there, and what has not settled; call with 32 bits set."""
    if not panel.rows:
        raise UsageError("no moves of shares are left to estimate from.", hint="Widen years, states or channels.")
    c = len(panel.channels)
    held = dict(zip(SPREADS, (np.full(c, x) for x in (0.05, 0.6, 0.1)), strict=True))
    held |= {name: np.array(ALIKE) for name in group_spreads(design)}
    if start is not None:
        held |= {n: v for n, v in start.held.items() if n in held and np.shape(v) == np.shape(held[n])}
    problem = problem_of(panel, design, held)
    z = problem.approach(problem.begin(start.free if start else None), held, steps=40 if start else 400)
    progress(f"a first climb: log joint {-problem.slope(z, held)[0]:.1f}")
    bent: dict[str, Array] = {}
    seen, last = held, {n: np.zeros_like(held[n]) for n in SPREADS}
    gain = {n: np.ones_like(held[n]) for n in SPREADS}
    for turn in range(ROUNDS):
        curved = problem.curvature(z, held)
        z, far = problem.settle(z, held, curved, steps=150)
        if not curved.definite and far > 10 * CLOSE:
            progress(f"round {turn + 1}: {far:.2f} from the mode, past a saddle")
            z = problem.approach(z, held, steps=100)
            continue
        moved, enough = _steps(problem, z, curved, held, bent=bent)
        most = max(float(np.abs(v).max()) for v in moved.values())
        progress(f"round {turn + 1}: {far:.2f} from the mode, spreads moved by {most:.1%}")
        if bent and far < CLOSE and all((np.abs(v) < enough[n]).all() for n, v in moved.items()):
            return problem, z, held, curved, ""
        if (most < NEARLY and far < CLOSE) if not bent else _apart(held, seen) > STALE:
            curved, seen = problem.curvature(z, held), held
            bent = _bent(problem, z, held, curved)
            moved, _ = _steps(problem, z, curved, held, bent=bent)
        # A step that turns back has gone too far, so half of it is taken; one that goes on may go further.
        gain = {n: np.where(v * last[n] < 0, gain[n] / 2, np.minimum(1.5 * gain[n], 1.0)) for n, v in moved.items()}
        held, last = held | {n: held[n] * np.exp(gain[n] * np.clip(v, -1.0, 1.0)) for n, v in moved.items()}, moved
    curved = problem.curvature(z, held)
    z, far = problem.settle(z, held, curved, steps=150)
    why = f"The spreads have not settled in {ROUNDS} rounds; the climb ended {far:.2g} standard deviations from a mode."
    return problem, z, held, problem.curvature(z, held), why


def _apart(held: dict[str, Array], seen: dict[str, Array]) -> float:
    """The largest difference between the logarithms of spreads."""
    return max(float(np.abs(np.log(held[n] / seen[n])).max()) for n in SPREADS)


def _bent(problem: Problem, z: Array, held: dict[str, Array], curved: Curved) -> dict[str, Array]:
    """How much log det H^(−½) rises per unit of each spread's logarithm because the mode goes, and so the curvature.

    The gradient of the marginal likelihood has this beside what an EM step counts, which takes H as it is.
    """
    out, column = {}, 0
    for name in sorted(held):
        if name in SPREADS:
            out[name] = np.zeros_like(held[name])
            for c in range(len(out[name])):
                there = problem.curvature(z + NUDGE * curved.shift[:, column + c], held)
                out[name][c] = (curved.half_log_det - there.half_log_det) / NUDGE
        column += int(np.size(held[name]))
    return out


def _steps(problem: Problem, z: Array, curved: Curved, held: dict[str, Array], *,
           bent: dict[str, Array]) -> tuple[dict[str, Array], dict[str, Array]]:
    """How far the logarithms of the spreads are to go: to the root mean square of the effects about their means; and
    steps that are small enough.

    With variances added this is an EM step, which goes (1 − l)² of the way where a share l of the effects' prior
    variance is left after the data; so it is divided by that. It goes to the mode of the logarithm: the slope of its
    prior, 1 − spread², keeps a spread from zero where the data say no more than that it is small.
    """
    free, (mean, level, _) = problem.arrays(z), _means(problem, z)
    about = {"attraction": free["attraction"] - mean, "log_scale": free["log_scale"] - level, "year": free["year"]}
    left, steps, enough = _left(problem, z, curved), {}, {}
    for site, spread in zip(about, SPREADS, strict=True):
        steps[spread], enough[spread] = np.zeros_like(held[spread]), np.full_like(held[spread], SETTLED)
        for c, mine in enumerate(_effects(problem.panel, site)):
            prior, after = held[spread][c] ** 2, left[site][mine].mean()
            step = 0.5 * np.log(((about[site][mine] ** 2).mean() + after) / prior)
            step += (1.0 - prior + (bent[spread][c] if bent else 0.0)) / (2 * mine.sum())
            told = 1.0 - min(after / prior, 1.0)
            steps[spread][c] = step / max(told**2, LEAST_TOLD)
            enough[spread][c] = max(SETTLED, OF_SD / np.sqrt(2 * mine.sum()) / max(told, 1e-3))
    return steps, enough


def looseness(problem: Problem, z: Array, curved: Curved, held: dict[str, Array]) -> dict[str, Array]:
    """How much of an effect's prior variance is left after the data, 0 to 1, by local site and channel (C,)."""
    left, out = _left(problem, z, curved), {}
    for site, spread in zip(LOCAL, SPREADS, strict=False):
        mean = np.array([left[site][mine].mean() for mine in _effects(problem.panel, site)])
        out[site] = np.clip(mean / held[spread] ** 2, 0.0, 1.0)
    return out


def _effects(panel: Panel, site: str) -> list[NDArray[np.bool_]]:
    """Which of a site's effects are those of each channel and of options in the choice."""
    of = panel.cell_channel if site == "year" else panel.series_channel
    seen = {"attraction": panel.series_on, "log_scale": np.ones(len(of), bool),
            "year": np.ones((len(of), panel.series_on.shape[1]), bool)}[site]
    return [seen & (of == c).reshape(-1, *[1] * (seen.ndim - 1)) for c in range(len(panel.channels))]


def _left(problem: Problem, z: Array, curved: Curved) -> dict[str, Array]:
    """Posterior variances of the effects about their prior means, by site."""
    variance = curved.variance(problem, means=_means(problem, z)[2])
    return {site: variance[problem.places[site]] for site in (*LOCAL, "year")}


def _means(problem: Problem, z: Array) -> tuple[Array, Array, Array]:
    """Prior means of attraction (S, K+1) and log scale (S,), and their slopes (S, b, g) by the shared parameters."""
    panel, free, places = problem.panel, problem.arrays(z), problem.places
    at, region = panel.series_channel, panel.series_region
    eta = (1.0 / (1.0 + np.exp(-free["speed_base"])))[at][:, None]
    mean = eta * (free["carry"][at][:, None] * panel.series_base + free["home"][at, region])
    series, k = np.ogrid[: mean.shape[0], : mean.shape[1]]
    slopes = np.zeros((*problem.local.shape, problem.size))
    slopes[series, k, places["carry"][at][:, None]] = eta * panel.series_base
    slopes[series, k, places["home"][at, region]] = eta
    slopes[series, k, places["speed_base"][at][:, None]] = (1 - eta) * mean
    slopes[series[:, 0], -1, places["level"][at]] = 1.0
    return mean, free["level"][at], slopes[..., problem.shared]


def _quick(problem: Problem, z: Array, curved: Curved, *, held: dict[str, Array], why: str, draws: int,
           seed: int) -> Quick:
    value, _ = problem.slope(z, held)
    free = problem.arrays(z)
    mode = {n: np.asarray(v) for n, v in problem.constrain(problem.unravel(jnp.asarray(z))).items()}
    if not curved.definite:
        return Quick({}, mode, held, free, {}, "indefinite", "The curvature at the mode is indefinite or singular: the "
                     "data do not tell some of the parameters apart.", -value)
    rng = np.random.default_rng(seed)
    many = (z[:, None] + curved.spread_out(rng.normal(size=(problem.size, draws)), problem)).T
    sites = jax.jit(jax.vmap(lambda x: problem.constrain(problem.unravel(x))))(jnp.asarray(many, jnp.float32))
    return Quick({n: np.asarray(v) for n, v in sites.items()}, mode, held, free,
                 problem.arrays(np.sqrt(curved.variance(problem))), "not_converged" if why else "done", why, -value)
