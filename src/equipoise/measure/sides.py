"""Equidistance: not taking sides between rival powers while dealing with both.

Shares have the outside option first, then the powers: (…, K+1). A row with a missing share is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix, BadShares
from equipoise.measure.rivalry import checked_rivalry
from equipoise.measure.simplex import proper

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SidesParts:
    """By pair of powers (…, K, K), zero diagonal: ``both`` 0 or 1, ``untaken`` 0…1, ``even`` 0…1 (NaN without)."""

    both: Array
    untaken: Array
    even: Array


def pledges_of(security: ArrayLike) -> Array:
    """Strongest pledge with each power, 0…1, of security shares (…, K+1) → (…, K): s_k / (s_0 + max_j s_j).

    Undoes the security channel's division: there s_k ∝ o_k and s_0 ∝ 1 − max o, o_k being the pledge (1 defence, ½
    neutrality, ¼ consultation). Raises BadShares for shares that are negative or do not sum to one.

    >>> pledges_of([0, 0.5, 0.5]), pledges_of([0.75, 0.25, 0])
    (array([1., 1.]), array([0.25, 0.  ]))
    """
    s = proper(security, name="security")
    if s.shape[-1] < 2:
        raise BadShares("security holds the outside option and no power.", hint="Give K+1 shares, the outside first.")
    pledges: Array = s[..., 1:] / (s[..., :1] + s[..., 1:].max(axis=-1, keepdims=True))
    return pledges


def equidistance(dealings: ArrayLike, *, security: ArrayLike, rivalry: ArrayLike, usual: ArrayLike) -> Array:
    """Equidistance between rivals → (…), 0…1, no unit.

    ``dealings`` (…, C, K+1) are shares by channel, ``security`` (…, K+1) those of alliances, ``rivalry`` (…, K, K),
    ``usual`` (…, C, K+1) the average state's dealings. The mean over pairs, weighted by their rivalry, of

        b · (1 − |o_k − o_l|) · d

    (own formula, after Kuik 2008, and Lim and Cooper 2015): b is 1 if some channel has a share with both, o_k the
    pledge with k, d the mean over channels of 1 − |p − p̄| / max(p̄, 1 − p̄), p = s_k/(s_k + s_l) and p̄ the same of the
    average state. 1 without pacts and with the average state's division between all rivals; 0 with one partner, or a
    defence pact with one of two. What goes to the outside does not count.

    A channel with a NaN, or with no share in either power, is left out. NaN where security, all channels or a rivalry
    is missing, or rivalry is 0 throughout. Raises BadShares for shares that are negative or do not sum to one, and
    BadMatrix for a bad R or sizes that do not fit.

    >>> usual = [[0.2, 0.6, 0.2]]
    >>> for trade, pact in (([0.6, 0.3, 0.1], [1, 0, 0]), ([0.6, 0.3, 0.1], [0, 1, 0]), ([0.6, 0, 0.4], [1, 0, 0])):
    ...     print(equidistance([trade], security=pact, rivalry=[[0, 1], [1, 0]], usual=usual))
    1.0
    0.0
    0.0
    """
    r = checked_rivalry(rivalry)
    parts = sides_parts(dealings, security=security, usual=usual)
    if r.shape[-1] != parts.both.shape[-1]:
        raise BadMatrix(
            f"rivalry between {r.shape[-1]} powers does not fit shares of {parts.both.shape[-1]}.",
            hint="Give rivalry between the powers of the shares, in their order.",
        )
    return over_rivals(parts.both * parts.untaken * np.where(parts.both > 0, parts.even, 0.0), rivalry=r)


def over_rivals(by_pair: Array, *, rivalry: ArrayLike) -> Array:
    """Mean of values by pair (…, K, K) weighted by rivalry (…, K, K) → (…); NaN where either has one, or R is 0.

    >>> over_rivals(np.array([[0, 0.5], [0.5, 0]]), rivalry=[[0, 0.2], [0.2, 0]])
    np.float64(0.5)
    """
    r = checked_rivalry(rivalry)
    total = r.sum(axis=(-1, -2))
    mean: Array = np.einsum("...kl,...kl->...", r, by_pair) / np.where(total > 0, total, np.nan)
    return mean


def sides_parts(dealings: ArrayLike, *, security: ArrayLike, usual: ArrayLike) -> SidesParts:
    """What :func:`equidistance` is made of, by pair of powers; arguments, missing values and errors as there.

    >>> parts = sides_parts([[0.6, 0.4, 0]], security=[0.75, 0.25, 0], usual=[[0.8, 0.1, 0.1]])
    >>> float(parts.both[0, 1]), float(parts.untaken[0, 1]), float(parts.even[0, 1])
    (0.0, 0.75, 0.0)
    """
    s, m = proper(dealings, name="dealings"), proper(usual, name="usual")
    if min(s.ndim, m.ndim) < 2:
        raise BadShares("dealings or usual have no axis of channels.", hint="Give (C, K+1).")
    pledges = pledges_of(security)
    if s.shape[-2:] != m.shape[-2:] or s.shape[-1] != pledges.shape[-1] + 1:
        raise BadMatrix(
            f"dealings of {s.shape[-2:]}, usual ones of {m.shape[-2:]} and {pledges.shape[-1]} pledges do not fit.",
            hint="Give (C, K+1) twice, and K+1 shares of security.",
        )
    own, all_states = _division(s[..., 1:]), _division(m[..., 1:])
    even = 1 - np.abs(own - all_states) / np.maximum(all_states, 1 - all_states)
    counted = ~np.isnan(even)
    count = counted.sum(axis=-3)
    mean = np.where(counted, even, 0.0).sum(axis=-3) / np.where(count > 0, count, np.nan)
    known = (np.isfinite(s) & np.isfinite(m)).any(axis=(-2, -1), keepdims=True)
    shared = np.minimum(s[..., :, 1:, None], s[..., :, None, 1:]) > 0
    # A state about whose dealings nothing is known is not one that deals with nobody.
    both = np.where(known, (shared & counted).any(axis=-3), np.nan)
    untaken = 1 - np.abs(pledges[..., :, None] - pledges[..., None, :])
    apart = 1 - np.eye(pledges.shape[-1])
    return SidesParts(both * apart, untaken * apart, mean * apart)


def _division(powers: Array) -> Array:
    """Part of k in what goes to k and l, shares (…, K) → (…, K, K); NaN where neither has any."""
    both = powers[..., :, None] + powers[..., None, :]
    part: Array = powers[..., :, None] / np.where(both > 0, both, np.nan)
    return part
