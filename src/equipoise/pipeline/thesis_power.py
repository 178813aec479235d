"""Rule 3 of the hypotheses for H1, H3, H4 and H7: could the design see an effect of twice s?

200 panels with the design's own regressors and effect θ = 2s, and noise whose scale is read off years before the
sample: no outcome of the sample goes in. Noise is a first-order autoregression by state (and channel); how persistent
it is is assumed, since a few years cannot tell (:data:`PERSISTENCE`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack
from equipoise.model.power import Design, power, series
from equipoise.model.quick import LEVEL, absorb
from equipoise.pipeline import thesis_exposure, thesis_growth, thesis_tenure
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import Rows, Spec, controls, exposure_draws, pairs_of, rows

Array = NDArray[np.float64]

PERSISTENCE = {"H1": 0.8, "H3": 0.8, "H4": 0.0, "H7": 0.3}
"""Assumed: levels of shares move slowly, distances between years are changes already, growth lasts a little."""

BEFORE = (1992, 1996)
"""Years before the sample of H1 and H3, and the first of H4's: their noise is that of all."""

GROWTH_BEFORE = (1995, 2004)

KINDS = {"H1": "multi-vector index", "H3": "k* less outside"}


@dataclass(frozen=True, slots=True)
class Power:
    """The share of panels that read *supported*, their number, and the noise they were made with.

    scale: standard deviation of the noise, by channel, or its median over states.
    """

    share: float
    panels: int
    scale: dict[str, float]
    persistence: float


def simulated(h: str, data: ThesisData, *, pack: Pack, smallest: float, panels: int = 200, draws: int = 50,
              seed: int = 29) -> Power:
    """Return the power of H1, H3, H4 or H7 at θ = 2s; ``draws`` are of measurement (H1, H3).

    Raises:
        KeyError: another hypothesis.
    """
    if h in KINDS:
        design, noise, scale = _exposed(KINDS[h], data, persistence=PERSISTENCE[h], panels=panels, draws=draws,
                                        seed=seed)
    elif h == "H4":
        design, noise, scale = _tenure(data, panels=panels, seed=seed)
    else:
        design, noise, scale = _growth(data, pack, persistence=PERSISTENCE[h], panels=panels, seed=seed)
    share = power(noise, design=design, effect=2 * smallest, smallest=smallest, seed=seed)
    return Power(share, panels, scale, PERSISTENCE[h])


def by_width(low: float, high: float, *, smallest: float) -> float:
    """Return the power at θ = 2s of an estimate, roughly normal, whose 90 % interval has the width of a given one.

    So H2's is had: 200 fits of the main estimator would take a day, and its width hardly hangs on where θ is.

    >>> [round(by_width(-w, w, smallest=0.5), 2) for w in (0.2, 0.5, 1.0)]
    [0.99, 0.5, 0.21]
    """
    sd = (high - low) / 2 / NormalDist().inv_cdf((1 + LEVEL) / 2)
    return NormalDist(2 * smallest, sd).cdf(3 * smallest - (high - low) / 2)


def changes_before(data: ThesisData, *, kind: str, channel: str) -> Array:
    """Changes (m,) of an outcome from year to year in :data:`BEFORE`, less the mean of the year."""
    s = data.channel(channel)
    on = np.isfinite(s).all(-1) & ((data.years >= BEFORE[0]) & (data.years <= BEFORE[1]))
    i, t = np.nonzero(on)
    # There is no leverage of five years before: that of the same year says who k* is.
    spec = Spec(channels=(channel,), lever_lag=0)
    r = Rows(i, t, np.zeros(len(i), np.int64), s[i, t], np.empty((len(i), 0)))
    level = np.full(on.shape, np.nan)
    level[i, t] = thesis_exposure.outcome(data, spec, r, kind=kind)
    moved = np.diff(level, axis=1)
    known = np.isfinite(moved)
    mean = np.where(known, moved, 0.0).sum(0) / np.maximum(known.sum(0), 1)
    return np.asarray((moved - mean)[known], float)


def _exposed(kind: str, data: ThesisData, *, persistence: float, panels: int, draws: int,
             seed: int) -> tuple[Design, Array, dict[str, float]]:
    spec = Spec()
    r = rows(data, spec)
    pairs = pairs_of(data, spec, r)
    # The variance of a change is 2 (1 − persistence) times that of the level.
    scale = {c: float(changes_before(data, kind=kind, channel=c).std() / np.sqrt(2 * (1 - persistence)))
             for c in spec.channels}
    sd = np.array(list(scale.values()))[r.c]
    # A state that has no k* in a year is no row of H3.
    noise = series(r.i * 10 + r.c, r.t, sd=sd, persistence=persistence, panels=panels, seed=seed)
    noise[~np.isfinite(thesis_exposure.outcome(data, spec, r, kind=kind))] = np.nan
    sign = thesis_exposure.OUTCOMES[kind]
    design = Design(sign * (r.pairs * pairs).sum(1), controls(data)[r.i, r.t], r.effects, r.i,
                    sign * exposure_draws(data, spec, r, draws=draws, seed=thesis_exposure.SEED), r.pairs, sign * pairs)
    return design, noise, scale


def _tenure(data: ThesisData, *, panels: int, seed: int) -> tuple[Design, Array, dict[str, float]]:
    _, x, i, t, c = thesis_tenure.rows(data, thesis_tenure.BASE)
    y0, _, i0, t0, c0 = thesis_tenure.rows(data, replace(thesis_tenure.BASE, until=BEFORE[1]))
    left, kept = absorb(y0[:, None], effects=[i0 * 10 + c0, t0 * 10 + c0])
    scale = {}
    for at, name in enumerate(thesis_tenure.BASE.channels):
        on = c0[kept] == at
        spent = len(np.unique(i0[kept][on])) + len(np.unique(t0[kept][on])) - 1
        scale[name] = float(np.sqrt((left[on, 0] ** 2).sum() / max(on.sum() - spent, 1)))
    sd = np.array(list(scale.values()))[c]
    noise = series(i * 10 + c, t, sd=sd, persistence=PERSISTENCE["H4"], panels=panels, seed=seed)
    return Design(-x[:, 0], x[:, 1:], [i * 10 + c, t * 10 + c], i), noise, scale


def _growth(data: ThesisData, pack: Pack, *, persistence: float, panels: int,
            seed: int) -> tuple[Design, Array, dict[str, float]]:
    g = thesis_growth.growth_data(pack, data)
    _, x, i, t = thesis_growth.columns(data, g, d=g.on["RUS"], w=thesis_growth.FIRST_WAVE, states=None)
    span = (data.years >= GROWTH_BEFORE[0]) & (data.years <= GROWTH_BEFORE[1])
    past = data.covariates["growth_pct"][:, span]
    j, u = np.nonzero(np.isfinite(past))
    left, kept = absorb(past[j, u][:, None], effects=[j, u])
    count = np.bincount(j[kept], minlength=len(past))
    own = np.sqrt(np.bincount(j[kept], left[:, 0] ** 2, minlength=len(past)) / np.maximum(count - 1, 1))
    middle = float(np.median(own[count >= 5]))
    sd = np.where(count >= 5, own, middle)[i]
    noise = series(i, t, sd=sd, persistence=persistence, panels=panels, seed=seed)
    return Design(x[:, 0], x[:, 1:], [i, t], i, wild=True), noise, {"median of states": middle}
