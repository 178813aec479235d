"""How acceptable third states are to both sides of a pair, and how high the states that did mediate stand in it.

Arrays have n third states; sides, the last axis of what is given, are two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix, UsageError

Array = NDArray[np.float64]

TERMS = ("closeness", "evenness", "freedom", "common")
"""What acceptability is made of, in the order of :class:`Acceptability`."""


@dataclass(frozen=True, slots=True)
class Acceptability:
    """The value and its four terms, each (…, n), 0…1, NaN where what it is made of is missing."""

    value: Array
    closeness: Array
    evenness: Array
    freedom: Array
    common: Array


def acceptability(distance: ArrayLike, *, dependence: ArrayLike, common: ArrayLike) -> Acceptability:
    """Acceptability of n states to both sides of a pair → :class:`Acceptability`, 0…1, no unit.

    With d_a, d_b the distances of the state's ideal point from the sides' in the United Nations (Bailey, Strezhnev and
    Voeten 2017), s_a, s_b their shares of its trade and o_a, o_b of organisations that it has in common with them:

    - closeness = exp(−(d_a + d_b) / 2): offers come from and are taken by states with ties to the sides (Greig and
      Regan 2008; Crescenzi et al. 2011);
    - evenness = exp(−abs(d_a − d_b)), the nearer 1 the less one side is preferred: impartiality (Young 1967). Others
      hold that a biased mediator is the one believed (Kydd 2003; Svensson 2009);
    - freedom = 1 − max(s_a, s_b): neither side has a hold on it. The mediator's own hold on them, which Touval and
      Zartman (1985) call leverage, is not in this measure;
    - common = √(o_a o_b): organisations give standing and occasion (Crescenzi et al. 2011).

    The value is the geometric mean of the four, own use: no term makes up for the lack of another, and none is fitted.

    Args:
        distance: (…, n, 2), standard deviations; draws may lead.
        dependence: (n, 2), shares 0…1.
        common: (n, 2), shares 0…1.

    Raises:
        BadMatrix: shapes that do not fit, or a share outside 0…1.

    Examples:
        >>> found = acceptability([[0.5, 0.5], [0.0, 1.0]], dependence=[[0.1, 0.1]] * 2, common=[[0.5, 0.5]] * 2)
        >>> found.closeness.round(3).tolist(), found.evenness.round(3).tolist(), found.value.round(3).tolist()
        ([0.607, 0.607], [1.0, 0.368], [0.723, 0.563])
    """
    d, s, o = (np.asarray(v, dtype=np.float64) for v in (distance, dependence, common))
    if d.ndim < 2 or d.shape[-1] != 2 or any(x.shape != d.shape[-2:] for x in (s, o)):
        raise BadMatrix(f"distances have the shape {d.shape}, trade {s.shape}, organisations {o.shape}.",
                        hint="Give (…, n, 2), (n, 2) and (n, 2).")
    if np.nanmin(d, initial=0.0) < 0 or any(np.nanmin(x, initial=0.0) < 0 or np.nanmax(x, initial=0.0) > 1
                                            for x in (s, o)):
        raise BadMatrix("a distance is negative, or a share is not between 0 and 1.", hint="Missing values are NaN.")
    parts = (np.exp(-d.mean(axis=-1)), np.exp(-np.abs(d[..., 0] - d[..., 1])),
             np.broadcast_to(1.0 - s.max(axis=-1), d.shape[:-1]),
             np.broadcast_to(np.sqrt(o[..., 0] * o[..., 1]), d.shape[:-1]))
    product: Array = parts[0] * parts[1] * parts[2] * parts[3]
    return Acceptability(product ** 0.25, *parts)


def memberships_in_common(member: ArrayLike, *, sides: tuple[int, int]) -> Array:
    """Share of organisations that states have in common with each of two of them, members (n, m) → (n, 2), 0…1.

    The number both are in over the number either is in (Jaccard 1912). NaN where one of them is in none at all, since
    then nothing is known of it.

    >>> memberships_in_common([[1, 1, 0], [0, 1, 1], [0, 0, 0]], sides=(0, 1))[:2].round(3).tolist()
    [[1.0, 0.333], [0.333, 1.0]]
    """
    m = np.asarray(member, dtype=np.float64)
    theirs, size = m[list(sides)], m.sum(axis=1)
    both = m @ theirs.T
    either = size[:, None] + theirs.sum(axis=1) - both
    known = (size[:, None] > 0) & (theirs.sum(axis=1) > 0)
    out: Array = np.where(known, both / np.where(either > 0, either, 1.0), np.nan)
    return out


def standing(scores: ArrayLike, *, chosen: ArrayLike) -> Array:
    """Share of the others (n,) that each state lies above, scores (…, n) → (…, n), 0…1, ties half.

    For a state that was chosen the others are those that were not: the mean over the chosen is the area under the ROC
    curve (Hanley and McNeil 1982), ½ where scores tell nothing. For one that was not, they are the rest of those. NaN
    where the state's score is missing, or that of all others; a missing score is in no comparison.

    >>> standing([3.0, 1.0, 2.0, np.nan], chosen=[True, False, False, False]).tolist()
    [1.0, 0.0, 1.0, nan]
    """
    x, took = np.asarray(scores, dtype=np.float64), np.asarray(chosen, dtype=np.bool_)
    if took.shape != x.shape[-1:]:
        raise BadMatrix(f"scores are of {x.shape[-1]} states, the choice of {took.size}.", hint="Align both.")
    other = x[..., ~took]
    counted = (~np.isnan(other)).sum(axis=-1)[..., None] - (~took & ~np.isnan(x))
    above = (x[..., :, None] > other[..., None, :]).sum(axis=-1)
    ties = (x[..., :, None] == other[..., None, :]).sum(axis=-1) - (~took & ~np.isnan(x))
    share: Array = (above + 0.5 * ties) / np.where(counted > 0, counted, np.nan)
    return np.where(np.isnan(x), np.nan, share)


def clustered_means(values: ArrayLike, *, clusters: ArrayLike, draws: int, seed: int) -> Array:
    """Bootstrap of the mean of values (n,) or (n, k) → (draws,) or (draws, k): whole clusters (n,) are drawn anew.

    With replacement, as many as there are (Cameron, Gelbach and Miller 2008, pairs cluster bootstrap). The same seed
    gives the same draws. Raises UsageError without values or draws, BadMatrix where lengths differ.

    >>> clustered_means([0.0, 0.0, 1.0, 1.0], clusters=["a", "a", "b", "b"], draws=4, seed=2).tolist()
    [0.5, 0.5, 0.0, 1.0]
    """
    x, by = np.asarray(values, dtype=np.float64), np.asarray(clusters)
    if by.shape != x.shape[:1]:
        raise BadMatrix(f"{len(x)} values are in {by.size} clusters' rows.", hint="Give each value its cluster.")
    if not len(x) or draws < 1:
        raise UsageError("there is nothing to draw from, or no draw is asked for.", hint="Ask for one at least.")
    names, place = np.unique(by, return_inverse=True)
    sums = np.zeros((len(names), *x.shape[1:]))
    np.add.at(sums, place, x)
    size = np.bincount(place).astype(np.float64)
    taken = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    count = (taken @ size).reshape(draws, *(1,) * (x.ndim - 1))
    mean: Array = (taken @ sums) / count
    return mean


def rank_correlation(first: ArrayLike, *, other: ArrayLike, given: ArrayLike | None = None) -> float:
    """Rank correlation of two rows of values (n,) → −1…1, NaN where one has no variation; NaN rows are left out.

    Spearman's (1904), with mean ranks for ties. With ``given`` (n,) the partial one: that of what is left of both
    ranks once a straight line in the third's ranks is taken out. Raises BadMatrix for unequal lengths.

    >>> rank_correlation([1, 2, 3], other=[2, 4, 9]), rank_correlation([1, 2, 3], other=[3, 2, 1])
    (1.0, -1.0)
    """
    rows = [np.asarray(v, dtype=np.float64).ravel() for v in (first, other, *(() if given is None else (given,)))]
    if len({r.size for r in rows}) > 1:
        raise BadMatrix(f"the rows have {[r.size for r in rows]} values.", hint="Give as many of each.")
    known = ~np.isnan(rows).any(axis=0)
    ranks = [_ranks(r[known]) for r in rows]
    x, y = (r - r.mean() for r in ranks[:2])
    if given is not None:
        z = ranks[2] - ranks[2].mean()
        x, y = (v - z * (v @ z) / (z @ z) if z @ z > 0 else v for v in (x, y))
    scale = float(np.sqrt((x @ x) * (y @ y)))
    return round(float(x @ y) / scale, 12) if scale > 0 else float("nan")


def _ranks(values: Array) -> Array:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    mean: Array = np.cumsum(count) - (count - 1) / 2
    return mean[place]
