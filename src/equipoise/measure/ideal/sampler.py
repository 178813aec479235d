"""The compiled part of the ideal points: variational sweeps for a start or for points, Gibbs sweeps for a posterior.

Everything random is drawn from a counter: the bits for an item, or for a state in a session, depend on the seed, the
sweep and its number only, so that the number of threads and the order in which they run change nothing. Nor does the
processor: a chain drifts apart from another once they differ by a last digit, and the last digits of a system's own
exponential and logarithm depend on where it runs, so these two are made here of sums and products alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import ParamSpec, TypeVar, cast

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
P = ParamSpec("P")
R = TypeVar("R")

FAR = 50.0
"""A cutpoint beyond every vote: that of a category which nobody chose."""

_EDGE, _PER_UNIT = 8.0, 64
_GRID = np.linspace(-_EDGE, _EDGE, int(2 * _EDGE * _PER_UNIT) + 1)
# Ten digits of them, which are the same everywhere.
_BELOW = np.array([float(f"{0.5 * math.erfc(-x / math.sqrt(2)):.10g}") for x in _GRID])
_DENSITY = np.array([float(f"{NormalDist().pdf(x):.10g}") for x in _GRID])
_LIMIT = 7.0      # of the cutpoints, as the authors': the prior is flat between −7 and 7
_WIDEST = 9.0     # of the latent responses
_FARTHEST = 0.5   # that a Newton step moves a cutpoint

_INCREMENT = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_STREAMS = np.uint64(0xD1342543DE82EF95)


def _inner(function: Callable[P, R]) -> Callable[P, R]:
    return cast("Callable[P, R]", njit(cache=True, error_model="numpy")(function))


def _plain(function: Callable[P, R]) -> Callable[P, R]:
    return cast("Callable[P, R]", njit(cache=True, error_model="numpy")(function))


def _sweep(function: Callable[P, R]) -> Callable[P, R]:
    return cast("Callable[P, R]", njit(cache=True, parallel=True, nogil=True, error_model="numpy")(function))


@_inner
def mix(state: np.uint64) -> np.uint64:
    """Scramble 64 bits (SplitMix64: Steele, Lea and Flood 2014)."""
    state = (state ^ (state >> _S30)) * _FIRST
    state = (state ^ (state >> _S27)) * _SECOND
    return state ^ (state >> _S31)


@_inner
def stream(seed: np.uint64, sweep: int, number: int) -> np.uint64:
    """Return the first state of the stream of one item, or of one state in one session, in one sweep."""
    return mix(mix(seed + np.uint64(sweep) * _INCREMENT) + np.uint64(number) * _STREAMS)


@_inner
def uniform(state: np.uint64) -> float:
    """Return a number between 0 and 1, neither of them included."""
    return (float(mix(state) >> _S11) + 0.5) * 1.1102230246251565e-16


@_inner
def exponential(x: float) -> float:
    """Exponential function of x ≤ 0, 1e-15 of the value."""
    if x < -700:
        return 0.0
    k = math.floor(x * 1.4426950408889634 + 0.5)
    r = x - k * 0.6931471803691238 - k * 1.9082149292705877e-10
    total = 1.0
    for n in range(13, 0, -1):
        total = 1 + total * r / n
    return math.ldexp(total, int(k))


@_inner
def logarithm(x: float) -> float:
    """Natural logarithm of x > 0, 1e-15 of the value."""
    m, e = math.frexp(x)
    if m < 0.7071067811865476:
        m, e = m * 2, e - 1
    s = (m - 1) / (m + 1)
    total = 0.0
    for n in range(21, 0, -2):
        total = total * s * s + 1 / n
    return 2 * s * total + e * 0.6931471805599453


@_inner
def density(x: float) -> float:
    """Standard normal density."""
    return 0.3989422804014327 * exponential(-0.5 * x * x)


@_inner
def below(x: float) -> float:
    """Standard normal distribution function: a cubic about the nearest of 1,025 points, 1e-9 from the exact value."""
    if not -_EDGE < x < _EDGE:
        far = abs(x)     # the tail as a continued fraction (Laplace)
        tail = density(far) / (far + 1 / (far + 2 / (far + 3 / (far + 4 / far))))
        return tail if x < 0 else 1 - tail
    i = int((x + _EDGE) * _PER_UNIT + 0.5)
    near = i / _PER_UNIT - _EDGE
    d = x - near
    return float(_BELOW[i] + _DENSITY[i] * d * (1 - d / 2 * (near - d * (near * near - 1) / 3)))


@_inner
def quantile(p: float) -> float:
    """Inverse of the standard normal distribution function (Acklam's rational approximation, 1e-9 of the value)."""
    if p < 0.02425 or p > 0.97575:
        q = math.sqrt(-2 * logarithm(min(p, 1 - p)))
        top = (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q
                 - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783)
        bottom = ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q
                   + 3.754408661907416) * q + 1)
        return top / bottom if p < 0.5 else -top / bottom
    q = p - 0.5
    r = q * q
    top = (((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r
            - 30.66479806614716) * r + 2.506628277459239) * q
    bottom = (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r
               - 13.28068155288572) * r + 1)
    return top / bottom


@_inner
def chance(vote: int, low: float, high: float) -> float:
    """Probability of a vote (0 yes, 1 abstain, 2 no) between cutpoints that are measured from its expectation."""
    if vote == 0:
        return below(low)
    if vote == 2:
        return below(-high)
    # Differences are taken in the left tail, where they do not cancel.
    if low > 0:
        return below(-low) - below(-high)
    return below(high) - below(low)


@_inner
def response(vote: int, low: float, high: float, u: float) -> float:
    """Draw the latent response, measured from its expectation, that a vote allows; u is uniform."""
    if vote == 0:
        return quantile(max(u * below(low), 1e-300))
    if vote == 2:
        return -quantile(max(u * below(-high), 1e-300))
    if low > 0:
        far = below(-high)
        return -quantile(max(far + u * (below(-low) - far), 1e-300))
    far = below(low)
    return quantile(max(far + u * (below(high) - far), 1e-300))


@_inner
def expectation(vote: int, low: float, high: float) -> float:
    """Mean of the latent response, measured from its expectation, given the vote."""
    p = max(chance(vote, low, high), 1e-12)
    if vote == 0:
        return -density(low) / p
    if vote == 2:
        return density(high) / p
    return (density(low) - density(high)) / p


@_sweep
def sample_items(order: Integers, first: Integers, unit: NDArray[np.int32], vote: NDArray[np.int8], step: Floats,
                 theta: Floats, slope: Floats, cuts: Floats, latent: Floats, seed: np.uint64, sweep: int) -> None:
    """One Gibbs sweep over the items: cutpoints (Metropolis), latent responses, slopes; in place.

    The cutpoints move before the responses are drawn (Cowles 1996): given the responses they could hardly move.
    ``order`` (I,) only spreads large items over threads. ``step`` (I, 2) is 0 for a cutpoint that stays.
    """
    for place in prange(len(order)):
        i = order[place]
        state = stream(seed, sweep, i)
        low, high, b = cuts[i, 0], cuts[i, 1], slope[i]
        state += _INCREMENT
        new_low = low + step[i, 0] * quantile(uniform(state))
        state += _INCREMENT
        # A negative step: nobody abstained, and both cutpoints are one.
        new_high = high + step[i, 1] * quantile(uniform(state)) if step[i, 1] >= 0 else new_low
        state += _INCREMENT
        inside = (step[i, 0] == 0 or abs(new_low) < _LIMIT) and (step[i, 1] == 0 or abs(new_high) < _LIMIT)
        if inside and new_low <= new_high:
            ratio = 1.0
            for k in range(first[i], first[i + 1]):
                m = b * theta[unit[k]]
                ratio *= chance(vote[k], new_low - m, new_high - m) / chance(vote[k], low - m, high - m)
            if uniform(state) < ratio:
                low, high = new_low, new_high
        cuts[i, 0], cuts[i, 1] = low, high
        squares, products = 1.0, 0.0
        for k in range(first[i], first[i + 1]):
            t = theta[unit[k]]
            state += _INCREMENT
            z = b * t + response(vote[k], low - b * t, high - b * t, uniform(state))
            latent[k] = min(max(z, -_WIDEST), _WIDEST)
            squares += t * t
            products += t * latent[k]
        state += _INCREMENT
        slope[i] = products / squares + quantile(uniform(state)) / math.sqrt(squares)


@_sweep
def sample_units(first: Integers, where: Integers, item: NDArray[np.int32], before: Integers, variance: Floats,
                 slope: Floats, latent: Floats, past: Floats, centre: Floats, theta: Floats, seed: np.uint64,
                 sweep: int) -> None:
    """Draw every state's point in every session, given the ``past`` means of all; sets ``centre`` and ``theta``.

    ``before`` is the state's session before (or, in its first, after), −1 where it has one only.
    """
    for u in prange(len(before)):
        lag = past[before[u]] if before[u] >= 0 else 0.0
        precision = 1 / variance[u]
        total = lag * precision
        for k in range(first[u], first[u + 1]):
            b = slope[item[k]]
            precision += b * b
            total += b * latent[where[k]]
        state = stream(seed, sweep, -1 - u) + _INCREMENT
        centre[u] = total / precision
        theta[u] = centre[u] + quantile(uniform(state)) / math.sqrt(precision)


@_plain
def better_cuts(low: float, high: float, b: float, steps: Floats, votes: NDArray[np.int8],
                at: Floats) -> tuple[float, float]:
    """Cutpoints after a Newton step towards the likeliest, for ``votes`` by states that stand ``at`` some points."""
    g0, g1, h00, h01, h11 = 0.0, 0.0, 1e-9, 0.0, 1e-9
    for k in range(len(votes)):
        m = b * at[k]
        p = max(chance(votes[k], low - m, high - m), 1e-12)
        # Slopes of log p in the two cutpoints, and their products for the curvature.
        d0 = density(low - m) / p * (1.0 if votes[k] == 0 else -1.0) if votes[k] < 2 else 0.0
        d1 = density(high - m) / p * (1.0 if votes[k] == 1 else -1.0) if votes[k] > 0 else 0.0
        g0, g1 = g0 + d0, g1 + d1
        h00, h01, h11 = h00 + d0 * d0, h01 + d0 * d1, h11 + d1 * d1
    if steps[1] < 0:
        low += min(max((g0 + g1) / (h00 + 2 * h01 + h11), -_FARTHEST), _FARTHEST)
        return low, low
    if steps[0] == 0 or steps[1] == 0:
        h01 = 0.0
    det = h00 * h11 - h01 * h01
    new_low, new_high = low, high
    if steps[0] > 0:
        new_low = max(low + min(max((h11 * g0 - h01 * g1) / det, -_FARTHEST), _FARTHEST), -_LIMIT)
    if steps[1] > 0:
        new_high = min(high + min(max((h00 * g1 - h01 * g0) / det, -_FARTHEST), _FARTHEST), _LIMIT)
    return (new_low, new_high) if new_low + 1e-3 < new_high else (low, high)


@_sweep
def expect_items(order: Integers, first: Integers, unit: NDArray[np.int32], vote: NDArray[np.int8], step: Floats,
                 mean: Floats, spread: Floats, slope: Floats, doubt: Floats, cuts: Floats, latent: Floats) -> None:
    """One variational sweep over the items: cutpoints, expected responses, slopes; in place."""
    for place in prange(len(order)):
        i = order[place]
        start, end, b = first[i], first[i + 1], slope[i]
        low, high = better_cuts(cuts[i, 0], cuts[i, 1], b, step[i], vote[start:end], mean[unit[start:end]])
        cuts[i, 0], cuts[i, 1] = low, high
        squares, products = 1.0, 0.0
        for k in range(start, end):
            t = mean[unit[k]]
            latent[k] = b * t + expectation(vote[k], low - b * t, high - b * t)
            squares += t * t + spread[unit[k]]
            products += t * latent[k]
        slope[i] = products / squares
        doubt[i] = 1 / squares


@_sweep
def expect_units(first: Integers, where: Integers, item: NDArray[np.int32], before: Integers, variance: Floats,
                 slope: Floats, doubt: Floats, latent: Floats, past: Floats, mean: Floats, spread: Floats) -> None:
    """One variational sweep over states in sessions: sets ``mean`` and ``spread`` (a variance) of their points."""
    for u in prange(len(before)):
        precision = 1 / variance[u]
        total = (past[before[u]] if before[u] >= 0 else 0.0) * precision
        for k in range(first[u], first[u + 1]):
            b = slope[item[k]]
            precision += b * b + doubt[item[k]]
            total += b * latent[where[k]]
        mean[u] = total / precision
        spread[u] = 1 / precision
