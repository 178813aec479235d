"""What a scenario means in a world with many sectors: trade costs, tariffs, and the price of oil.

Sanctions are as in :mod:`equipoise.simulate.costs`, sector by sector, so that a full embargo stops the flows of the
sectors that it names and no others. Unions, corridors and trade wars are about goods: agriculture, mining and
manufactures; a trade war's tariffs have revenue, which is spent. A currency changes the costs of all that its state
sells and buys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import UsageError
from equipoise.model.caliendo_parro import Baseline
from equipoise.simulate.costs import Rows, dearer, kept_of
from equipoise.simulate.scenario import Depreciation, Measure, OilPrice, Sanction, TradeWar

Floats = NDArray[np.float64]

FUELS = ("B05", "B06", "C19")
"""Coal, crude oil and natural gas, refined products."""

OIL = ("B06", "C19")
"""Crude oil and natural gas, which the tables have in one, and what is refined from them."""

_GOODS = "ABC"
"""First letters of the codes of agriculture, mining and manufactures."""


@dataclass(frozen=True, slots=True)
class SectorShock:
    """What measures change, seller × buyer: cost, tariffs (J, N, N), and the world price of oil, as new over old."""

    cost: Floats
    tariffs: Floats
    oil_price: float


def sectors_of(words: Sequence[str], *, known: Sequence[str]) -> tuple[str, ...]:
    """Return the sectors that a measure's words stand for.

    Raises:
        UsageError: the tables have no such sector.

    >>> sectors_of(["goods"], known=("A01", "B06", "C19", "G")), sectors_of(["G", "fuels"], known=("B06", "C19", "G"))
    (('A01', 'B06', 'C19'), ('B06', 'C19', 'G'))
    """
    words_for = {"all": known, "goods": [s for s in known if s[0] in _GOODS], "fuels": [s for s in known if s in FUELS]}
    found = {s for w in words for s in words_for.get(w, [w])}
    if missing := sorted(found - set(known)):
        raise UsageError(f"sectors do not match: there is no sector {missing[0]}.", hint=f"Known: {', '.join(known)}.")
    if not found:
        raise UsageError(f"sectors do not match: the tables have none of {', '.join(words)}.",
                         hint=f"Known: {', '.join(known)}.")
    return tuple(s for s in known if s in found)


def sector_shock(measures: Sequence[Measure], *, start: Baseline, rows: Callable[[Measure], Rows]) -> SectorShock:
    """Return what measures change in an economy, all of them together.

    rows: of each measure's parties, the groups by their members then.

    Raises:
        UsageError: a sector that the tables do not have.
    """
    theta = start.economy.elasticity[:, None, None]
    tariffs = start.economy.tariffs.transpose(0, 2, 1).copy()
    cost, oil = np.ones_like(tariffs), 1.0
    goods = _mask(["goods"], start=start)
    for measure in measures:
        if isinstance(measure, OilPrice):
            oil *= measure.ratio
        elif isinstance(measure, Sanction):
            part = _mask(measure.sectors, start=start)
            kept = kept_of(measure, flows=start.flows, part=part, rows=rows(measure), theta=theta)
            with np.errstate(divide="ignore"):
                cost *= kept ** (-1 / theta)
        else:
            factor = dearer(measure, n=len(start.countries), rows=rows(measure))
            if isinstance(measure, TradeWar):
                tariffs = (1 + tariffs) * factor**goods - 1
            else:
                cost *= factor if isinstance(measure, Depreciation) else factor**goods
    return SectorShock(cost, tariffs, oil)


def _mask(words: Sequence[str], *, start: Baseline) -> Floats:
    """1 for each sector that words stand for, else 0 (J, 1, 1)."""
    return np.isin(start.sectors, sectors_of(words, known=start.sectors)).astype(float)[:, None, None]
