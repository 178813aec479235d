"""Kin abroad: the share of a state's people who count as the people of a power, hand-kept from censuses.

``data/kin.csv`` has a row for each state, people and count: the people by the state that is named for it (``kin``),
the share of all inhabitants, the regions where they mostly live, the source, how sure it is, and ``verified``, false
where the figure is from memory of the census and was not read again. An empty share says that there is such a people
and that no count of it can be used. A state ``*`` stands for every state without rows of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise import data
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.powers import AGGREGATES
from equipoise.schema import DEFAULT_POWERS

Array = NDArray[np.float64]

HOLD = 15
"""Years for which the first and the last count stand before and after it; beyond them nothing is known."""

LEAST = 0.01
"""A state's counts are entered whole down to this share, so a people of a power without a row is taken as none."""

SCOPE_POWERS = DEFAULT_POWERS
"""The powers whose peoples were looked for; of any other nothing is known but the rows."""

EVERYWHERE = "*"


@cache
def counts() -> pl.DataFrame:
    """Return the rows, sorted by ``state``, ``kin`` and ``year`` (Int32), with ``share`` (0 to 1, or null),
    ``regions``, ``source``, ``confidence`` (high, medium, low), ``verified`` and ``note``.

    >>> counts().filter(pl.col("state") == "KAZ", pl.col("kin") == "RUS", pl.col("year") == 2009)["share"].item()
    0.237
    """
    raw = pl.read_csv(data.read("kin.csv"), infer_schema=False)
    typed = raw.with_columns(pl.col("year").cast(pl.Int32), pl.col("share").cast(pl.Float64),
                             verified=pl.col("verified") == "true")
    return typed.sort("state", "kin", "year")


def kin_shares(states: Sequence[str], *, powers: Sequence[str], years: Sequence[int]) -> Array:
    """Return the share (N, T, K) of each state's people who are a power's, 0 to 1; NaN where it is not known.

    Straight lines run between counts; the first and the last stand for :data:`HOLD` years. The European Union's are
    those of its members of the year together.

    >>> kin_shares(["KAZ", "TWN"], powers=["RUS", "CHN"], years=[2009])[:, 0].round(3).tolist()
    [[0.237, 0.0], [0.0, nan]]
    """
    out = np.full((len(states), len(years), len(powers)), np.nan)
    for t, year in enumerate(years):
        parts = [eu_members(year) if p in AGGREGATES else [p] for p in powers]
        for i, state in enumerate(states):
            known = {kin: _at(count, year) for kin, count in _series().get(state, {}).items()}
            # Where one of a state's peoples is counted, its census was read, and all of them would be there.
            read = any(np.isfinite(list(known.values())))
            for k, (power, people) in enumerate(zip(powers, parts, strict=True)):
                found = [known[p] for p in people if p in known]
                none = (read and power in SCOPE_POWERS) or power in _series()[EVERYWHERE]
                out[i, t, k] = sum(found) if found else 0.0 if none else np.nan
    return out


def _at(count: tuple[Array, Array], year: int) -> float:
    years, share = count
    within = years[0] - HOLD <= year <= years[-1] + HOLD
    return float(np.interp(year, years, share)) if within else np.nan


@cache
def _series() -> dict[str, dict[str, tuple[Array, Array]]]:
    """Years and shares by state and people; a single NaN where it cannot be known."""
    out: dict[str, dict[str, tuple[Array, Array]]] = {}
    for (state, kin), g in counts().group_by("state", "kin", maintain_order=True):
        share = g["share"].fill_null(np.nan).to_numpy()
        out.setdefault(str(state), {})[str(kin)] = g["year"].to_numpy().astype(float), share
    return out
