"""How multi-vector an engagement is, and its three parts: spread, issue-splitting, straddle.

Shares have the outside option first, then the powers: (…, K+1). A row with a missing share is missing.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix, BadShares
from equipoise.measure.rivalry import checked_rivalry
from equipoise.measure.simplex import entropy, hellinger, normalised, proper
from equipoise.schema import MOST_POWERS

Array = NDArray[np.float64]


def multi_vector(shares: ArrayLike) -> Array:
    """Multi-vector index M of shares (…, K+1), the outside option among them → (…), 0…1, no unit.

    M = H(w) / log(K+1), H(w) = −Σ w log w: 0 when one option has everything, 1 when all have the same (Pielou 1966,
    evenness; own use). NaN where a share is missing or there is one option only. Raises BadShares for shares that are
    negative or do not sum to one.

    >>> multi_vector([[0.25, 0.25, 0.25, 0.25], [0, 1, 0, 0]])
    array([1., 0.])
    """
    w = proper(shares)
    return entropy(w) / (np.log(w.shape[-1]) if w.shape[-1] > 1 else np.nan)


def spread(shares: ArrayLike) -> Array:
    """Spread over the powers only, shares (…, K+1) with the outside option first → (…), 0…1, no unit.

    H(u) / log K with u = (w_1, …, w_K) / Σ w_k: evenness of what goes to powers, however much that is. 0 with one
    power; NaN where a share is missing or no power has any. Raises BadShares as :func:`multi_vector`.

    >>> spread([0.6, 0.2, 0.2]), spread([0.0, 1.0, 0.0])
    (np.float64(1.0), np.float64(0.0))
    """
    w = proper(shares)
    if w.shape[-1] < 2:
        raise BadShares("shares hold the outside option and no power.", hint="Give K+1 shares, the outside first.")
    u = normalised(w[..., 1:])
    return entropy(u) / (np.log(u.shape[-1]) if u.shape[-1] > 1 else 1.0)


def issue_splitting(shares_by_channel: ArrayLike) -> Array:
    """Issue-splitting: mean Hellinger distance between pairs of channels, shares (…, C, K+1) → (…), 0…1, no unit.

    h(p, q)² = 1 − Σ_k √(p_k q_k): 0 when every channel is divided alike, 1 when no two channels have an option in
    common (own measure of what Contessi 2015 describes). A channel with a NaN is left out; NaN with fewer than two.
    Raises BadShares for shares that are negative or do not sum to one.

    >>> round(float(issue_splitting([[0, 1, 0], [0, 0, 1], [np.nan, 0.5, 0.5]])), 6)
    1.0
    """
    s = proper(shares_by_channel, name="shares_by_channel")
    if s.ndim < 2:
        raise BadShares("shares_by_channel has no axis of channels.", hint="Give (C, K+1).")
    first, second = np.triu_indices(s.shape[-2], k=1)
    apart = hellinger(s)[..., first, second]
    pairs = np.sum(~np.isnan(apart), axis=-1)
    mean: Array = np.nansum(apart, axis=-1) / np.where(pairs > 0, pairs, np.nan)
    return mean


def straddle(shares: ArrayLike, *, rivalry: ArrayLike) -> Array:
    """Straddle: engagement with rivals at once, shares (…, K+1) and rivalry (…, K, K) → (…), 0…1, no unit.

    Σ_{k<l} r_kl w_k w_l over powers, divided by the largest value it can take for this R, max over the simplex of
    power shares (own measure; the maximum of a quadratic form on a simplex: Motzkin and Straus 1965). 1 asks for no
    outside option and the most rivalrous division of the rest; 0 with one partner, or where R is 0. Shares for the K
    powers alone are taken as without an outside option. NaN where an input is missing.
    Raises BadShares as :func:`multi_vector`; BadMatrix for a bad R, one of another size, or more than 12 powers.

    >>> float(straddle([0.0, 0.5, 0.5], rivalry=[[0, 1], [1, 0]]))
    1.0
    >>> float(straddle([0.5, 0.25, 0.25], rivalry=[[0, 1], [1, 0]]))
    0.25
    """
    w, r = proper(shares), checked_rivalry(rivalry)
    k = r.shape[-1]
    if w.shape[-1] not in (k, k + 1):
        raise BadMatrix(f"rivalry between {k} powers does not fit {w.shape[-1]} shares.",
                        hint=f"Give {k + 1} shares, the outside option first.")
    powers = w[..., -k:]
    tension = _tension(powers, rivalry=r)
    most = greatest_straddle(r)
    return np.where(most > 0, tension / np.where(most > 0, most, 1.0), tension * 0.0)[()]


def greatest_straddle(rivalry: ArrayLike) -> Array:
    """The largest Σ_{k<l} r_kl x_k x_l over shares x of the powers, rivalry (…, K, K) → (…), at most ½(1 − 1/K)·max r.

    Exact for K ≤ 12. Among the maximisers take one that uses the fewest powers: on its set the form is strictly
    concave (else one could move along a flat direction until a share is 0), so that it is the only solution there of
    R x = μ 1, Σ x = 1. Hence solving that for every set, and keeping the solutions without a negative share, meets it.
    Raises BadMatrix for a bad R or more than 12 powers; NaN where R has one.

    >>> round(float(greatest_straddle([[0, 1, 1], [1, 0, 1], [1, 1, 0]])), 6)
    0.333333
    """
    r = checked_rivalry(rivalry)
    k = r.shape[-1]
    if k > MOST_POWERS:
        raise BadMatrix(f"rivalry is between {k} powers, {MOST_POWERS} at most.", hint="Choose fewer powers.")
    best = np.where(np.isnan(r).any(axis=(-1, -2)), np.nan, 0.0)
    known = np.nan_to_num(r)
    for size in range(2, k + 1):
        sets = np.array(list(combinations(range(k), size)))
        block = known[..., sets[:, :, None], sets[:, None, :]]
        x = _stationary(block)
        value = np.where((x >= 0).all(axis=-1), _tension(x, rivalry=block), 0.0)
        best = np.maximum(best, value.max(axis=-1))
    return best


def _tension(powers: Array, *, rivalry: Array) -> Array:
    tension: Array = 0.5 * np.einsum("...k,...kl,...l->...", powers, rivalry, powers)
    return tension


def _stationary(block: Array) -> Array:
    """x (…, s) with R x = μ 1 and Σ x = 1 for R (…, s, s); −1 throughout where there is no single solution."""
    size = block.shape[-1]
    bordered = np.ones((*block.shape[:-2], size + 1, size + 1))
    bordered[..., :size, :size] = block
    bordered[..., size, size] = 0.0
    singular = np.linalg.det(bordered) == 0
    bordered[singular] = np.eye(size + 1)
    target = np.zeros((size + 1, 1))
    target[size] = 1.0
    x = np.linalg.solve(bordered, np.broadcast_to(target, (*bordered.shape[:-1], 1)))[..., :size, 0]
    # A nearly singular system may return shares that do not sum to one; they prove nothing.
    usable = ~singular & (np.abs(x.sum(axis=-1) - 1) < 1e-9)
    return np.where(usable[..., None], x, -1.0)
