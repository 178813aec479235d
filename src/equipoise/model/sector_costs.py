"""Changes of trade costs that stand for sanctions, sector by sector, for :mod:`equipoise.model.caliendo_parro`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import UsageError
from equipoise.model.caliendo_parro import Baseline

Array = NDArray[np.float64]

DIRECTIONS = ("exports", "imports", "both")


def cost_of_block(share: float, *, elasticity: float | Array) -> Array:
    """Return the change of trade cost that, at given prices, removes a share of a flow: (1 − share)^(−1/θ).

    1 removes all of it: infinity.

    Raises:
        UsageError: the share is outside 0–1, or NaN.

    >>> cost_of_block(0.5, elasticity=4.0).round(4), cost_of_block(1.0, elasticity=4.0)
    (np.float64(1.1892), np.float64(inf))
    """
    if not 0 <= share <= 1:
        raise UsageError(f"the share blocked is {share}.", hint="It is between 0 and 1.")
    with np.errstate(divide="ignore"):
        return np.asarray((1 - np.float64(share)) ** (-1 / np.asarray(elasticity, float)))[()]


def sanctions(
    start: Baseline,
    *,
    senders: Sequence[str],
    targets: Sequence[str],
    sectors: Sequence[str] | None = None,
    share: float = 1.0,
    direction: str = "both",
) -> Array:
    """Return cost changes (J, N, N), seller × buyer, of sanctions that block a share of trade.

    direction: "exports" of the senders to the targets, their "imports" from them, or "both". Sectors: all by default.

    Raises:
        UsageError: an unknown country, sector or direction; a sender that is a target; a share outside 0–1.
    """
    both = sorted(set(senders) & set(targets))
    if both:
        raise UsageError(f"{both[0]} is both sender and target.", hint="A state cannot sanction itself.")
    if direction not in DIRECTIONS:
        raise UsageError(f"the direction cannot be {direction!r}.", hint=f"Known: {', '.join(DIRECTIONS)}.")
    who, whom = (_places(c, start.countries, "country") for c in (senders, targets))
    what = _places(start.sectors if sectors is None else sectors, start.sectors, "sector")
    change = np.ones((len(start.sectors), len(start.countries), len(start.countries)))
    rise = cost_of_block(share, elasticity=start.economy.elasticity[what])[:, None, None]
    if direction != "imports":
        change[np.ix_(what, who, whom)] = rise
    if direction != "exports":
        change[np.ix_(what, whom, who)] = rise
    return change


def _places(names: Sequence[str], known: tuple[str, ...], kind: str) -> NDArray[np.intp]:
    missing = [n for n in names if n not in known]
    if missing:
        raise UsageError(f"sectors do not match: there is no sector {missing[0]}." if kind == "sector"
                         else f"the tables have no country {missing[0]}.", hint=f"Known: {', '.join(known)}.")
    if not len(names):
        raise UsageError(f"no {kind} is named.", hint="Name at least one.")
    return np.array([known.index(n) for n in names])
