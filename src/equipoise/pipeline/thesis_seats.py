"""H5's variants and placebos, on leeway that has been computed once: fractional logit, accession, other seats."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.model.quick import fractional, linear
from equipoise.pipeline.thesis_data import ThesisData, joint_seats, sitting
from equipoise.pipeline.thesis_rows import Estimate, shown
from equipoise.pipeline.thesis_simulated import beside_seats, on_seats

Array = NDArray[np.float64]

AROUND = 5
"""Years before and after an accession."""

LEAST_JOINING = 3
"""An organisation is looked at in a year in which as many states join it."""

NAMES = ("O", "log GDP", "log GDP per head", "polyarchy", "all organisations", "Z")


def variants(data: ThesisData, *, leeway: Array, side: NDArray[np.int8]) -> list[Estimate]:
    """Fractional logit, and years around accession; leeway (D, N, T) and blocs (T, K) as H5's estimate has them."""
    return [by_fractions(data, leeway=leeway, side=side), around_accession(data, leeway=leeway, side=side)]


def placebo(data: ThesisData, *, leeway: Array, side: NDArray[np.int8]) -> list[Estimate]:
    """Seats five years ahead, and in organisations without any power."""
    early = data.memberships.with_columns(pl.col("start_year", "end_year") - AROUND)
    ahead = on_seats(replace(data, memberships=early), leeway=_to(data, leeway, last=2014 - AROUND), side=side).found
    shared, every = joint_seats(data, side=side)
    sits, powers = sitting(data)
    none = sits[:, :, ~powers.any((0, 1))].sum(-1).T.astype(float)
    mean = np.where(np.isfinite(shared), none, 0.0).sum(0) / np.maximum(np.isfinite(shared).sum(0), 1)
    o = np.where(np.isfinite(shared) & (mean > 0), none / np.where(mean > 0, mean, 1.0), np.nan)
    apart = _linear("organisations without any power", data, o=o, every=every, leeway=leeway)
    return [replace(ahead, name="seats five years ahead"), apart]


def _to(data: ThesisData, leeway: Array, *, last: int) -> Array:
    return np.where(data.years <= last, leeway, np.nan)


def _rows(data: ThesisData, *, o: Array, every: Array, leeway: Array) -> tuple[Array, Array, NDArray[np.int64],
                                                                              NDArray[np.int64]]:
    x = np.concatenate([o[..., None], beside_seats(data, every=every)], -1)
    i, t = np.nonzero(np.isfinite(x).all(-1) & np.isfinite(leeway).all(0))
    return leeway[:, i, t].mean(0), x[i, t], i, t


def _linear(name: str, data: ThesisData, *, o: Array, every: Array, leeway: Array) -> Estimate:
    y, x, i, t = _rows(data, o=o, every=every, leeway=leeway)
    fit = linear(y, x=x, names=NAMES, effects=[i, t], clusters=[i])
    return shown(name, fit, i=i, years=data.years[t], used=np.ones(len(i), bool))


def by_fractions(data: ThesisData, *, leeway: Array, side: NDArray[np.int8]) -> Estimate:
    """The mean effect on leeway in a fractional logit (Papke and Wooldridge 1996) of its mean over draws.

    Leeway and what it lacks to 1 are the two options of a choice.
    """
    shared, every = joint_seats(data, side=side)
    y, x, i, t = _rows(data, o=shared, every=every, leeway=leeway)
    n = len(y)
    option, once = np.tile([0, 1], n), np.repeat(np.arange(n), 2)
    wide = np.where(option[:, None] == 1, np.repeat(x, 2, 0), 0.0)
    fit = fractional(np.column_stack([1 - y, y]).ravel(), x=wide, names=NAMES, clusters=[np.repeat(i, 2)],
                     effects=[once, np.repeat(i, 2) * 2 + option, np.repeat(t, 2) * 2 + option])
    found = shown("fractional logit", fit, i=i, years=data.years[t], used=np.ones(n, bool))
    slope = float((y * (1 - y)).mean())
    return replace(found, estimate=found.estimate * slope, low=found.low * slope, high=found.high * slope, rows=n)


def around_accession(data: ThesisData, *, leeway: Array, side: NDArray[np.int8]) -> Estimate:
    """What O adds to leeway where an accession raises it, in the five years after, against states that join later.

    For each organisation that powers of both blocs sit in and year in which :data:`LEAST_JOINING` states join: those
    states and the ones that join more than five years later, five years before and after; effects of state and of
    year, both by organisation and year of accession; clustered by state. Who joins one often joins others, so having
    joined is the instrument of O, not its measure.
    """
    sits, powers = sitting(data)
    both = np.logical_and(*((powers & (side == s)[..., None]).any(1) for s in (-1, 1)))
    years, mean, shared = data.years, leeway.mean(0), joint_seats(data, side=side)[0]
    seen = np.isfinite(mean) & np.isfinite(shared)
    parts: list[tuple[NDArray[Any], ...]] = []
    for o in np.flatnonzero(both.any(0)):
        on = sits[:, :, o] > 0
        joined = np.where(on.any(0) & ~on[0], years[on.argmax(0)], 9999)
        for e in np.unique(joined[joined < 9999]):
            now, later = joined == e, (joined > e + AROUND) & (joined < 9999)
            if now.sum() < LEAST_JOINING or not both[years == e, o].all() or not later.any():
                continue
            i, t = np.nonzero((now | later)[:, None] & (np.abs(years - e) <= AROUND) & seen)
            parts.append((mean[i, t], shared[i, t], (now[i] & (years[t] >= e)).astype(float), i, t,
                          np.full(len(i), o * 10_000 + e)))
    if not parts:
        return Estimate("around accession", np.nan, np.nan, np.nan, status="empty", reason="No accession qualifies.")
    y, own, after = (np.concatenate([p[j] for p in parts]) for j in (0, 1, 2))
    i, t, stack = (np.concatenate([p[j] for p in parts]).astype(np.int64) for j in (3, 4, 5))
    who, when = (np.unique(np.column_stack([stack, v]), axis=0, return_inverse=True)[1].ravel() for v in (i, t))
    fit = linear(y, x=own[:, None], names=["O"], effects=[who, when], clusters=[i], endogenous="O", instrument=after)
    return shown("around accession", fit, i=i, years=years[t], used=np.ones(len(i), bool))


