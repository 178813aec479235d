"""Trade, input-output and final-demand tables of one year that a model of sectors starts from, checked.

Sectors come first, then the seller, then the buyer: ``flows[j, i, n]`` is what country n buys of sector j from country
i, net of tariffs; ``inputs[k, j, n]`` what sector j of country n buys of sector k.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise import data
from equipoise.acquire.icio import InterCountry
from equipoise.errors import UsageError

Array = NDArray[np.float64]

BALANCE = 0.01
"""The largest gap, as a share of a country's sales, that counts as rounding."""


@dataclass(frozen=True, slots=True)
class SectorTables:
    """J sectors and N countries, all in one currency unit.

    flows: (J, N, N), seller × buyer, domestic sales on the diagonal, net of tariffs; inputs: (J, J, N), input × using
    sector × country, at buyers' prices; value_added, final: (J, N); tariffs: (J, N, N), 0.05 for five per cent.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: Array
    inputs: Array
    value_added: Array
    final: Array
    tariffs: Array

    @property
    def deficits(self) -> Array:
        """Imports less exports of each country (N,)."""
        return np.asarray(self.flows.sum((0, 1)) - self.flows.sum((0, 2)))


def check_tables(tables: SectorTables) -> None:
    """Raise UsageError unless the tables fit each other, are not negative, and balance.

    Balance means that each sector of a country sells for what it costs (inputs and value added), and that each country
    spends in final demand what it earns (value added, tariff revenue) plus its deficit; gaps above :data:`BALANCE` of
    the country's sales are named with their size. That a country's purchases of a good are what its industries and its
    final demand use is not asked for: the model solves its own baseline from these tables, in which they are.
    """
    j, n = len(tables.sectors), len(tables.countries)
    shapes = {"flows": (j, n, n), "inputs": (j, j, n), "value_added": (j, n), "final": (j, n), "tariffs": (j, n, n)}
    for what, shape in shapes.items():
        found = getattr(tables, what)
        if found.shape != shape:
            raise UsageError(
                f"sectors do not match: {what} is {found.shape}, but {j} sectors and {n} countries need {shape}.",
                hint="Put sectors first, then seller and buyer, in the order of `sectors` and `countries`.",
            )
        lowest = -1.0 if what == "tariffs" else 0.0
        bad = ~np.isfinite(found) | (found < lowest)
        if bad.any():
            raise UsageError(f"{what} has {_value(found[bad][0])} {_place(tables, what, np.argwhere(bad)[0])}.",
                             hint="Flows, inputs and demand are 0 or more; missing figures must be filled first.")
    if (tables.value_added.sum(0) <= 0).any():
        who = tables.countries[int((tables.value_added.sum(0) <= 0).argmax())]
        raise UsageError(f"{who} has no value added.", hint="Every country needs some: leave it out.")
    _check_balance(tables)


def _check_balance(tables: SectorTables) -> None:
    sales = tables.flows.sum(2)
    size = np.maximum(sales.sum(0), 1e-300)
    gap = np.abs(sales - tables.inputs.sum(0) - tables.value_added) / size
    if gap.max() > BALANCE:
        at = np.unravel_index(int(gap.argmax()), gap.shape)
        raise UsageError(
            f"the tables do not balance: sales and costs of {tables.sectors[at[0]]} in {tables.countries[at[1]]} are "
            f"{gap[at]:.1%} of the country's sales apart.",
            hint="Sales (flows over buyers) must be inputs plus value added.",
        )
    earned = tables.value_added.sum(0) + (tables.tariffs * tables.flows).sum((0, 1)) + tables.deficits
    apart = np.abs(earned - tables.final.sum(0)) / size
    if apart.max() > BALANCE:
        raise UsageError(
            f"the tables do not balance: final demand and income of {tables.countries[int(apart.argmax())]} are "
            f"{apart.max():.1%} of its sales apart.",
            hint="Final demand must be value added plus tariff revenue plus imports less exports.",
        )


def _value(value: float) -> str:
    return "a negative value" if value < 0 else f"the value {value}"


def _place(tables: SectorTables, what: str, at: NDArray[np.intp]) -> str:
    """Where a cell is, in words."""
    names = {"inputs": (tables.sectors, tables.sectors, tables.countries)}
    axes = names.get(what, (tables.sectors, tables.countries, tables.countries))
    words = [axes[i][int(k)] for i, k in enumerate(at)]
    return "at " + ", ".join(words)


def from_icio(table: InterCountry) -> SectorTables:
    """Return the tables of an inter-country input-output table, without tariffs (ICIO has none).

    Flows add what industries and final demand buy. Where the source has only each seller's final sales, they are spread
    over buyers as its sales to their industries are (all at home where it sells to none): states that mostly process
    imports are then given too much final demand, as Vietnam and Luxembourg are, and exporters of materials too little.
    Value added is sales less inputs; where inputs exceed sales (falling stocks set to 0) they are scaled to them.

    >>> one = np.array([[[[1.0, 0.0]], [[1.0, 1.0]]]])
    >>> made = from_icio(InterCountry(("A", "B"), ("x",), one, None, np.array([[3.0, 2.0]])))
    >>> made.flows[0].tolist(), made.value_added.tolist()
    ([[4.0, 0.0], [2.0, 2.0]], [[2.0, 3.0]])
    """
    between = table.intermediate.sum(2)
    if table.final is None:
        sold = between.sum(2, keepdims=True)
        home = np.eye(len(table.countries))[None]
        spread = np.where(sold > 0, between / np.where(sold > 0, sold, 1.0), home)
        final = table.final_sales[:, :, None] * spread
    else:
        final = table.final
    flows = between + final
    inputs, sales = table.intermediate.sum(1), flows.sum(2)
    cost = inputs.sum(0)
    inputs = inputs * np.where(cost > sales, sales / np.where(cost > 0, cost, 1.0), 1.0)
    return SectorTables(
        table.countries, table.sectors, flows, inputs, np.maximum(sales - inputs.sum(0), 0.0), final.sum(1),
        np.zeros_like(flows),
    )


@cache
def sector_elasticities() -> pl.DataFrame:
    """Return the trade elasticity θ of each ICIO sector with its source: ``sector``, ``name_en``, ``name_zh`` (our own
    words), ``theta``, ``energy`` (Boolean), ``mapped_from``, ``source``, ``confidence``.

    >>> sector_elasticities().filter(pl.col("energy"))["sector"].to_list()
    ['B05', 'B06', 'C19', 'D']
    """
    return pl.read_csv(data.read("sector_elasticities.csv"), schema_overrides={"energy": pl.Boolean})


def elasticities_for(sectors: tuple[str, ...]) -> Array:
    """Return θ (J,) of ICIO sectors, in their order.

    Raises:
        UsageError: a sector that the table of elasticities does not have.

    >>> elasticities_for(("C10T12", "C23"))
    array([2.62, 2.41])
    """
    known = dict(sector_elasticities().select("sector", "theta").iter_rows())
    unknown = [s for s in sectors if s not in known]
    if unknown:
        raise UsageError(f"there is no elasticity for the sector {unknown[0]}.",
                         hint=f"Sectors are those of ICIO's edition of 2025: {', '.join(known)}.")
    return np.array([known[s] for s in sectors])
