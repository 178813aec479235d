"""How capability, trade or anything else is distributed: concentration, effective number, movement.

The capability of the members of a system, as shares *within the set*: every function divides by the sum first, so
world shares (CINC) or levels (GDP) serve alike. NaN marks a position that is no member that year.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadShares, UsageError
from equipoise.measure.simplex import entropy, normalised

Convention = Literal["union", "lagged", "common"]
Kind = Literal["herfindahl", "entropy"]


def concentration(shares: ArrayLike) -> NDArray[np.float64]:
    """Concentration CON of shares (…, N) → (…), 0 (all equal) to 1 (one has all), no unit.

    CON = √[(Σ s² − 1/N) / (1 − 1/N)], s normalised within the set, N the members that are not NaN (Singer, Bremer and
    Stuckey 1972; Ray and Singer 1973). NaN with fewer than two members or when nothing is positive.
    Raises BadShares for negative values.

    >>> concentration([0.5, 0.5]), concentration([1.0, 0.0, 0.0])
    (np.float64(0.0), np.float64(1.0))
    """
    return np.sqrt(normalised_hhi(shares))


def normalised_hhi(shares: ArrayLike) -> NDArray[np.float64]:
    """Normalised Herfindahl–Hirschman index of shares (…, N) → (…), 0 (all equal) to 1 (one has all), no unit.

    (Σ s² − 1/N) / (1 − 1/N), s normalised within the set (Hirschman 1964); it equals CON². NaN as in
    :func:`concentration`. Raises BadShares for negative values.

    >>> round(float(normalised_hhi([0.6, 0.3, 0.1])), 4)
    0.19
    """
    s = normalised(shares)
    n = np.sum(~np.isnan(s), axis=-1)
    floor = 1 / np.where(n > 1, n, np.nan)
    # Rounding can put equal shares a hair below 1/N.
    index: NDArray[np.float64] = np.maximum((np.nansum(s**2, axis=-1) - floor) / (1 - floor), 0.0)
    return index


def effective_number(shares: ArrayLike, *, kind: Kind = "herfindahl") -> NDArray[np.float64]:
    """Effective number of members of shares (…, N) → (…), 1 to N, a count.

    ``herfindahl``: 1/Σ s² (Laakso and Taagepera 1979); ``entropy``: exp(−Σ s log s) (Hill 1973, order 1). s is
    normalised within the set. NaN when nothing is positive. Raises BadShares for negative values.

    >>> float(effective_number([0.25, 0.25, 0.25, 0.25]))
    4.0
    >>> round(float(effective_number([3.0, 1.0], kind="entropy")), 4)
    1.7548
    """
    if kind not in ("herfindahl", "entropy"):
        raise UsageError(f"{kind!r} is no kind of effective number.", hint="Use 'herfindahl' or 'entropy'.")
    s = normalised(shares)
    empty = np.all(np.isnan(s), axis=-1)
    s = np.where(empty[..., None], np.nan, np.nan_to_num(s))
    return np.exp(entropy(s)) if kind == "entropy" else 1 / np.sum(s**2, axis=-1)


def movement(before: ArrayLike, after: ArrayLike, *, convention: Convention = "union") -> NDArray[np.float64]:
    """Movement MOVE between two dates, shares (…, N) each → (…), 0 (none) to 1 (everything changed hands), no unit.

    MOVE = Σ |s_after − s_before| / [2 (1 − s_min)] (Singer, Bremer and Stuckey 1972), s normalised at each date among
    its members; NaN is no member. Sources differ on who counts when membership changes, and on s_min:

    - ``union``: members of either date, an absent one holding 0; s_min the least share at either date (so 0 as soon as
      one enters or leaves).
    - ``lagged``: the same sum; s_min the least positive share at the former date.
    - ``common``: only members of both dates, normalised among themselves; s_min their least share at the former date.

    NaN with nothing positive at a date or, where a single member has everything, no share left to move.
    Raises BadShares for negative values or unequal shapes.

    >>> round(float(movement([0.5, 0.3, 0.2], [0.4, 0.4, 0.2])), 6)
    0.125
    >>> round(float(movement([0.6, 0.4, np.nan], [0.6, 0.3, 0.1], convention="lagged")), 6)
    0.166667
    """
    if convention not in ("union", "lagged", "common"):
        raise UsageError(f"{convention!r} is no convention of movement.", hint="Use 'union', 'lagged' or 'common'.")
    old, new = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if old.shape != new.shape:
        raise BadShares(f"before has the shape {old.shape} and after {new.shape}.", hint="Align them on one list.")
    outside = np.isnan(old) | np.isnan(new) if convention == "common" else np.isnan(old) & np.isnan(new)
    a, b = (_members(x, outside=outside, name=n) for x, n in ((old, "before"), (new, "after")))
    change = np.nansum(np.abs(b - a), axis=-1)
    room = 2 * (1 - _least(a, b, convention=convention))
    return np.where(np.isfinite(a + b).any(axis=-1) & (room > 0), change / np.where(room > 0, room, np.nan), np.nan)[()]


def _members(values: NDArray[np.float64], *, outside: NDArray[np.bool_], name: str) -> NDArray[np.float64]:
    s = normalised(np.where(outside, np.nan, values), name=name)
    gone = np.all(np.isnan(s), axis=-1, keepdims=True)
    return np.where(outside | gone, np.nan, np.nan_to_num(s))


def _least(a: NDArray[np.float64], b: NDArray[np.float64], *, convention: Convention) -> NDArray[np.float64]:
    if convention == "union":
        pool = np.concatenate([a, b], axis=-1)
    else:
        pool = np.where(a > 0, a, np.nan) if convention == "lagged" else a
    least: NDArray[np.float64] = np.min(np.where(np.isnan(pool), np.inf, pool), axis=-1)
    return least
