"""A quick fit of the hierarchical model: mode and curvature, with the spreads of the many effects by empirical Bayes.

The joint mode of effects and their spread is where the spread is zero, so spreads are given, and updated from the
effects' modes and variances until they settle (an EM algorithm with a Laplace step in it: Laird and Ware 1982). The
mode is that with attraction integrated out, by half the log determinant of its curvature (Tierney and Kadane 1986); at
the joint mode of it and the scales of shocks these are too low, as a variance is without its degrees of freedom.
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
from equipoise.model.hierarchy import ALIKE, ALIKE_SD, FULL, LOCAL, SPREADS, Design, Panel, group_spreads

Array = NDArray[np.float64]

ROUNDS = 30
"""At most so many updates of the spreads."""

CLOSE = 2.0
"""How near the mode is near enough: the length of the next Newton step in units of the curvature. With some four
thousand parameters each of them is then within a few hundredths of its standard deviation."""

TURNED = 0.5
"""How far the mode may still go, in standard deviations, for what integrating out adds."""

SETTLED, OF_SD = 0.05, 0.25
"""A step of a spread's logarithm at which the updates end: so small, or so small a part of its standard deviation."""

NEARLY = 1.0
"""A largest step of a spread's logarithm from which on what integrating out adds is looked at."""

AT_ONCE = 20.0
"""At most so many standard deviations does that move the mode in a round."""

NEAR = 0.3
"""A step of a spread's logarithm after which the next may go further than it says."""

FURTHEST = 4.0
"""How many times as far as an EM step's Newton correction a step may go."""

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
    problem, z, held = _begun(panel, design, start)
    progress(f"a first climb: log joint {-problem.slope(z, held)[0]:.1f}")
    tilt, good, last = np.zeros(problem.size), z, {n: np.zeros_like(held[n]) for n in SPREADS}
    gain = {n: np.ones_like(held[n]) for n in SPREADS}
    for turn in range(ROUNDS):
        curved = problem.curvature(z, held)
        z, far = problem.settle(z, held, curved, tilt=tilt, steps=150)
        if not curved.definite and far > 10 * CLOSE:
            progress(f"round {turn + 1}: {far:.2f} from the mode, past a saddle")
            better = min(z, good, key=lambda x: problem.slope(x, held)[0])
            z, tilt = problem.approach(better, held, steps=100), np.zeros(problem.size)
            continue
        good, (tilted, bent) = z, _tilted(problem, z, held, curved)
        moved, enough = _steps(problem, z, curved, held, bent=bent)
        most = max(float(np.abs(v).max()) for v in moved.values())
        turned = float(np.linalg.norm(curved.gathered(tilted - tilt, problem)))
        if most < NEARLY or tilt.any():
            tilt = tilt + min(0.5 if tilt.any() else 1.0, AT_ONCE / turned) * (tilted - tilt)
        progress(f"round {turn + 1}: {far:.2f} and {turned:.2f} from the mode, spreads moved by {most:.1%}")
        # A step that turns back has gone too far, so less of it is taken; one that goes on as before goes further, for
        # η and its spread creep along a ridge together.
        gain = {n: _gain(gain[n], v, last[n]) for n, v in moved.items()}
        if far < CLOSE and turned < TURNED and all((np.abs(gain[n] * v) < enough[n]).all() for n, v in moved.items()):
            return problem, z, held, curved, ""
        held, last = held | {n: held[n] * np.exp(np.clip(gain[n] * v, -1.0, 1.0)) for n, v in moved.items()}, moved
    curved = problem.curvature(z, held)
    z, far = problem.settle(z, held, curved, tilt=tilt, steps=150)
    why = f"The spreads have not settled in {ROUNDS} rounds; the climb ended {far:.2g} standard deviations from a mode."
    return problem, z, held, problem.curvature(z, held), why


def _begun(panel: Panel, design: Design, start: Start | None) -> tuple[Problem, Array, dict[str, Array]]:
    """A first climb with first spreads."""
    if not panel.rows:
        raise UsageError("no moves of shares are left to estimate from.", hint="Widen years, states or channels.")
    c = len(panel.channels)
    held = dict(zip(SPREADS, (np.full(c, x) for x in (0.1, 0.6, 0.2)), strict=True))
    held |= {name: np.array(ALIKE) for name in group_spreads(design)}
    if start is not None:
        held |= {n: v for n, v in start.held.items() if n in held and np.shape(v) == np.shape(held[n])}
    problem = problem_of(panel, design, held)
    return problem, problem.approach(problem.begin(start.free if start else None), held, steps=100), held


def _gain(gain: Array, step: Array, last: Array) -> Array:
    """How much of a step is to be taken, by the secant of the last two, changed by no more than a half at once."""
    ratio = np.divide(step, last, out=np.zeros_like(step), where=last != 0)
    factor = np.clip(1 / np.maximum(1 - ratio, 0.1), 0.5, 1.5)
    return np.where(np.abs(last) > NEAR, np.minimum(gain, 1.0), np.clip(gain * factor, 0.1, FURTHEST))


def _tilted(problem: Problem, z: Array, held: dict[str, Array], curved: Curved) -> tuple[Array, dict[str, Array]]:
    """What integrating attraction out adds to the slope by all others (size,), and by the logarithms of spreads.

    Half the log determinant of attraction's curvature changes with the others, and with where attraction goes with
    them: scales of shocks at their joint mode with attraction would be too low, and power and ρ go with scales. Years
    are left as they are: all states tell of them, and one state's curvature that is nearly singular could move them.
    """
    bending, out = problem.bending(z, held, curved), np.zeros(problem.size)
    scale, goes = problem.local[:, -1], curved.led
    own = bending[problem.local[:, :-1]]
    out[scale] = bending[scale] - (own * goes[..., -1]).sum(1)
    out[problem.shared] = bending[problem.shared] - np.einsum("sb,sbg->g", own, goes[..., :-1])
    out[problem.places["year"]] = 0.0
    moves = curved.shift[problem.local[:, :-1]] + goes[..., -1:] * curved.shift[scale][:, None]
    moves += np.tensordot(goes[..., :-1], curved.shift[problem.shared], 1)
    slope = -np.tensordot(own, moves, 2)
    bent, column = {}, 0
    for name in sorted(held):
        if name in SPREADS:
            bent[name] = slope[column : column + held[name].size].reshape(held[name].shape)
        column += int(np.size(held[name]))
    return out, bent


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
            step += (1.0 - prior + bent[spread][c]) / (2 * mine.sum())
            told = 1.0 - min(after / prior, 1.0)
            steps[spread][c] = step / max(told**2, LEAST_TOLD)
            enough[spread][c] = max(SETTLED, OF_SD / np.sqrt(2 * mine.sum()) / max(told, 1e-3))
    return steps, enough


def reaches(problem: Problem, z: Array, curved: Curved, held: dict[str, Array]) -> dict[str, Array]:
    """Standard deviations of the spreads' logarithms: as their prior has it, or as their effects tell."""
    panel, c = problem.panel, len(problem.panel.channels)
    wide, loose = {n: np.full(np.shape(v), ALIKE_SD) for n, v in held.items()}, looseness(problem, z, curved, held)
    counts = (panel.series_on.sum(), len(panel.series_on), len(panel.cell_channel) * panel.series_on.shape[1])
    for name, count, site in zip(SPREADS, counts, (*LOCAL, None), strict=True):
        told = np.maximum(1 - loose[site], 0.05) if site else 1.0
        wide[name] = np.full(np.shape(held[name]), 1 / np.sqrt(2 * count / c)) / told
    return wide


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
    carried = eta * free["carry"][at][:, None] * panel.series_base
    mean = carried + free["home"][at, region]
    series, k = np.ogrid[: mean.shape[0], : mean.shape[1]]
    slopes = np.zeros((*problem.local.shape, problem.size))
    slopes[series, k, places["carry"][at][:, None]] = eta * panel.series_base
    slopes[series, k, places["home"][at, region]] = 1.0
    slopes[series, k, places["speed_base"][at][:, None]] = (1 - eta) * carried
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
    wide = reaches(problem, z, curved, held)
    moved = curved.shift * np.concatenate([np.ravel(wide[n]) for n in sorted(wide)])
    many = (z[:, None] + curved.spread_out(rng.normal(size=(problem.size, draws)), problem)
            + moved @ rng.normal(size=(moved.shape[1], draws))).T
    sites = jax.jit(jax.vmap(lambda x: problem.constrain(problem.unravel(x))))(jnp.asarray(many, jnp.float32))
    sd = problem.arrays(np.sqrt(curved.variance(problem) + (moved**2).sum(1)))
    return Quick({n: np.asarray(v) for n, v in sites.items()}, mode, held, free, sd, "not_converged" if why else "done",
                 why, -value)
