"""Hedging: engagement with rivals at once, on the absolute scale of rivalry, and where between channels it lies.

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
class HedgingParts:
    """Hedging on the scale of :func:`hedging`: ``within`` channels (…), 0…1; ``across`` them (…), 0…K/(K − 1)."""

    within: Array
    across: Array


def hedging(shares: ArrayLike, *, rivalry: ArrayLike) -> Array:
    """Hedging score of shares (…, K+1), the outside option first, and rivalry (…, K, K) in 0…1 → (…), 0…1, no unit.

    h = Σ_{k≠l} r_kl w_k w_l / (1 − 1/K): the rivalry to be expected between the powers on which two units of
    engagement fall, over its largest value (own use of the quadratic entropy of Rao 1982, rivalry being the distance).
    1 if all engagement is with powers, equal, and every pair fully rival; 0 with one power, or without rivalry.
    Equal to (1 − w_0)² · (1 − Σ u²)/(1 − 1/K) · r̄ with u = w_k/(1 − w_0) and r̄ the mean rivalry of two powers, weighted
    by u_k u_l: how much goes to powers, how evenly, how rival they are. Unlike the straddle it rises with R.

    NaN where an input is missing. Raises BadShares for shares that are negative or do not sum to one; BadMatrix for a
    bad R, one above 1, with fewer than two powers, or of another size.

    >>> hedging([0, 0.5, 0.5], rivalry=[[0, 1], [1, 0]]), hedging([0.5, 0.25, 0.25], rivalry=[[0, 1], [1, 0]])
    (np.float64(1.0), np.float64(0.25))
    """
    w, r = proper(shares), _bounded(rivalry)
    powers = _powers(w, r)
    return _scaled(np.einsum("...k,...kl,...l->...", powers, r, powers), r)


def hedging_parts(shares_by_channel: ArrayLike, *, rivalry: ArrayLike) -> HedgingParts:
    """Hedging inside and between channels, of shares (…, C, K+1) and rivalry (…, K, K) in 0…1 → two of (…), no unit.

    As :func:`hedging`, the two units of engagement being taken from the same channel (``within``, mean over channels)
    or from two different ones (``across``, mean over pairs). With C channels, none missing, h of their mean is
    within/C + across·(C − 1)/C. Channels that are alike have both the same; across is the larger where rivals are kept
    in different channels (issue-splitting, Contessi 2015), and K/(K − 1) where no channel has two of them and r = 1.
    A channel with a NaN is left out: NaN without any, and across also with one only. Raises as :func:`hedging`.

    >>> parts = hedging_parts([[0, 1, 0], [0, 0, 1]], rivalry=[[0, 1], [1, 0]])
    >>> parts.within, parts.across
    (np.float64(0.0), np.float64(2.0))
    """
    s, r = proper(shares_by_channel, name="shares_by_channel"), _bounded(rivalry)
    if s.ndim < 2:
        raise BadShares("shares_by_channel has no axis of channels.", hint="Give (C, K+1).")
    powers = _powers(s, r)
    seen = np.asarray(~np.isnan(powers).any(axis=-1))
    known = np.where(seen[..., None], powers, 0.0)
    each = np.einsum("...ck,...kl,...cl->...c", known, r, known)
    total = known.sum(axis=-2)
    pairs = np.einsum("...k,...kl,...l->...", total, r, total) - each.sum(axis=-1)
    count = seen.sum(axis=-1)
    return HedgingParts(
        within=_scaled(each.sum(axis=-1) / np.where(count > 0, count, np.nan), r),
        across=_scaled(pairs / np.where(count > 1, count * (count - 1), np.nan), r),
    )


def _scaled(expected: Array, r: Array) -> Array:
    scaled: Array = expected / (1 - 1 / r.shape[-1])
    return scaled


def _powers(shares: Array, r: Array) -> Array:
    """The powers' part of shares, whether or not they hold the outside option."""
    k = r.shape[-1]
    if shares.shape[-1] not in (k, k + 1):
        raise BadMatrix(
            f"rivalry between {k} powers does not fit {shares.shape[-1]} shares.",
            hint=f"Give {k + 1} shares, the outside option first.",
        )
    return shares[..., -k:]


def _bounded(rivalry: ArrayLike) -> Array:
    r = checked_rivalry(rivalry)
    if r.shape[-1] < 2:
        raise BadMatrix("rivalry is of one power alone.", hint="Hedging takes at least two powers.")
    if np.any(r > 1 + 1e-9):
        raise BadMatrix(f"rivalry holds {np.nanmax(r):g}, above 1.", hint="Scale it to 0…1; 1 is full rivalry.")
    return np.minimum(r, 1.0)
