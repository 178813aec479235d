"""Trade in many sectors with intermediate inputs, tariffs and their revenue, and deficits, by exact hat algebra.

Source: Caliendo and Parro (2015), *Estimates of the Trade and Welfare Effects of NAFTA*; the algebra of changes is that
of Dekle, Eaton and Kortum (2008). For sector j, exporter i, importer n, with hats for new over old, κ the change of
iceberg cost times (1 + new tariff)/(1 + old tariff):

    ĉ_i^j = ŵ_i^(γ_i^j) Π_k (P̂_i^k)^(γ_i^kj)            P̂_n^j = (Σ_i π_ni^j (κ_ni^j ĉ_i^j)^(−θ_j))^(−1/θ_j)
    π′_ni^j = π_ni^j (κ_ni^j ĉ_i^j / P̂_n^j)^(−θ_j)       Y_i^k = Σ_n π′_ni^k X_n^k / (1 + τ′_ni^k)
    X_n^j = Σ_k γ_n^jk Y_n^k + α_n^j I_n                 I_n = ŵ_n w_n L_n + tariff revenue + D_n
    ŵ_n w_n L_n = Σ_j γ_n^j Y_n^j                        numeraire: world value added

The tables need not be an equilibrium to the last digit: the model first solves its own baseline from them, with the
deficits kept or set to zero, and every change is measured from that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components

from equipoise.assemble.sector_tables import SectorTables, check_tables
from equipoise.errors import NotConverged, UsageError
from equipoise.model.sector_sweep import TOLERANCE, Economy, State, settle

Array = NDArray[np.float64]

STATUSES = ("solved", "not_converged", "no_supply", "no_balance")
DEFICITS = ("kept", "zero")
FACTORS = ("mobile", "specific")

LEFT = 1e-9
"""A deficit under this share of a country's value added is none."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """An economy in equilibrium before any change, with the names of its countries and sectors."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    economy: Economy
    income: Array

    @property
    def flows(self) -> Array:
        """Sales net of tariffs (J, N, N), seller × buyer."""
        return _flows(self.economy.share, self.economy.tariffs, self.economy.spending)


@dataclass(frozen=True, slots=True)
class SectorResult:
    """What a change of trade costs or tariffs does, as ratios of new to old unless said otherwise.

    status: "solved"; "not_converged", with ``residual`` the largest gap left and ``worst`` the country where labour
    earns least what it is paid; "no_supply", where a country has nobody left to buy a good from that it needs;
    "no_balance", where a group of countries that trade with nobody else must run a deficit, or a country must pay a
    surplus above what it earns. Unless solved, all numbers are NaN and ``reason`` says why in words.

    real_income, real_wage, wage: (N,), the wage a mean over sectors by value added where factors are specific; price:
    (J, N), what buyers pay; cost: (J, N), what a sector's own goods cost at its gate; flows: (J, N, N), seller × buyer,
    new values net of tariffs; terms_of_trade, volume_of_trade, efficiency:
    (N,), per cent of income, the first-order parts of the authors' welfare formula: export and import prices,
    tariff-bearing volumes, iceberg costs (NaN for a change without bound).
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    status: str
    residual: float
    worst: str
    reason: str
    real_income: Array
    real_wage: Array
    wage: Array
    price: Array
    cost: Array
    flows: Array
    terms_of_trade: Array
    volume_of_trade: Array
    efficiency: Array

    @property
    def welfare(self) -> Array:
        """The authors' welfare effect in per cent (N,), the sum of its first-order parts."""
        return self.terms_of_trade + self.volume_of_trade + self.efficiency

    def loss(self, country: str) -> float:
        """The fall of a country's real income, in per cent."""
        return 100 * (1 - float(self.real_income[self.countries.index(country)]))


def baseline(
    tables: SectorTables, *, elasticity: ArrayLike, deficits: str = "kept", factors: str = "mobile"
) -> Baseline:
    """Return the equilibrium that the tables lead to before any change.

    elasticity: (J,), each sector's θ > 0. deficits: "kept" at their values (the numeraire is world value added), or
    "zero": the world as it would be with balanced trade, from which changes are then measured. factors: "mobile"
    between the sectors of a country, as the authors have them (the long run), or "specific" to each (the short run).

    Raises:
        UsageError: tables that do not fit or do not balance (:func:`equipoise.assemble.sector_tables.check_tables`),
            elasticities that are not positive or of another number of sectors, an unknown word for deficits or factors.
        NotConverged: no equilibrium was found; the message has the residual and the worst country.
    """
    check_tables(tables)
    theta = np.asarray(elasticity, float)
    if theta.shape != (len(tables.sectors),):
        raise UsageError(f"sectors do not match: {theta.size} elasticities for {len(tables.sectors)} sectors.",
                         hint="Give one elasticity for each sector, in their order.")
    if not (np.isfinite(theta) & (theta > 0)).all():
        bad = int((~(np.isfinite(theta) & (theta > 0))).argmax())
        raise UsageError(f"the elasticity of {tables.sectors[bad]} is {theta[bad]}.", hint="It must be above 0.")
    for what, word, known in (("deficits", deficits, DEFICITS), ("factors", factors, FACTORS)):
        if word not in known:
            raise UsageError(f"{what} cannot be {word!r}.", hint=f"Known: {', '.join(known)}.")
    economy = _economy(tables, theta, zero=deficits == "zero", specific=factors == "specific")
    found = settle(economy, economy.share, 1 / (1 + economy.tariffs))
    if found.gap >= TOLERANCE:
        who = tables.countries[int(np.nan_to_num(found.gap_of, nan=np.inf).argmax())]
        raise NotConverged(f"no baseline was found: the largest gap left is {found.gap:.1e}, the worst country {who}.",
                           hint="Look for a country that sells or buys almost nothing; deficits='zero' may help.")
    settled = replace(
        economy, share=found.share, spending=found.spending, labour=economy.labour * np.exp(found.wage)
    )
    return Baseline(tables.countries, tables.sectors, settled, found.income)


def caliendo_parro(
    start: Baseline, *, cost_change: ArrayLike = 1.0, tariffs: ArrayLike | None = None,
    demand: ArrayLike | None = None,
) -> SectorResult:
    """Return the equilibrium after a change of trade costs, tariffs or demand.

    cost_change: (J, N, N) or what broadcasts to it, seller × buyer, new over old iceberg costs, 1 for no change and
    infinity for an embargo (:mod:`equipoise.model.sector_costs` makes some); tariffs: the new ones, (J, N, N), the old
    ones by default. A flow that is zero stays zero. demand: (J,), the weight of each good in what final users and the
    industries that make none of the reweighted goods spend, new over old, shares adding up as before; at old prices the
    change costs them nothing.

    Raises:
        UsageError: a cost change below zero or NaN, or of a country with itself infinite; a tariff of −100 % or less;
            a weight of demand that is not above zero; shapes that do not match.

    >>> half = np.array([[[60.0, 40.0], [40.0, 60.0]]])
    >>> two = SectorTables(("A", "B"), ("x",), half, np.full((1, 1, 2), 50.0), np.full((1, 2), 50.0),
    ...                    np.full((1, 2), 50.0), np.zeros((1, 2, 2)))
    >>> cut = np.where(np.eye(2) > 0, 1.0, np.inf)
    >>> apart = caliendo_parro(baseline(two, elasticity=[4.0]), cost_change=cut)
    >>> apart.status, round(apart.loss("A"), 2), round(100 * (1 - 0.6 ** (1 / 4 / 0.5)), 2)
    ('solved', 22.54, 22.54)
    """
    e = start.economy if demand is None else _reweighted(start, np.asarray(demand, float))
    change, new = _checked(start, cost_change, tariffs)
    factor = change * (1 + new) / (1 + e.tariffs)
    with np.errstate(divide="ignore", over="ignore"):
        kernel = e.share * factor ** -e.elasticity[:, None, None]
    kernel[e.share == 0] = 0.0
    if not e.deficits.any():
        # Who is sold to but cannot sell back, by any way round, cannot pay: balanced trade leaves no such flow.
        _, group = connected_components((kernel > 0).any(0), connection="strong")
        kernel *= group[:, None] == group
    reason = _impossible(start, kernel)
    if reason is not None:
        return _failed(start, *reason)
    if len(e.labour) > 1:
        # A factor of a sector that nobody can buy from any more earns nothing, in any equilibrium.
        e = replace(e, labour=np.where(kernel.sum(1) > 0, e.labour, 0.0))
    found = settle(e, kernel, 1 / (1 + new))
    if not found.gap < TOLERANCE:
        who = start.countries[int(np.nan_to_num(found.gap_of, nan=np.inf).argmax())]
        return _failed(start, "not_converged", who, f"the largest gap left is {found.gap:.1e}", residual=found.gap)
    if (found.income <= 0).any():
        who = start.countries[int(found.income.argmin())]
        return _failed(start, "no_balance", who, f"{who} would have to pay a surplus above all that it earns")
    return _result(start, found, change=change, tariffs=new, final_share=e.final_share)


def _economy(tables: SectorTables, theta: Array, *, zero: bool, specific: bool) -> Economy:
    """Shares of the tables, importer × exporter."""
    paid = (tables.flows * (1 + tables.tariffs)).transpose(0, 2, 1)
    spending = paid.sum(2)
    output = tables.inputs.sum(0) + tables.value_added
    safe = np.where(output > 0, output, 1.0)
    return Economy(
        elasticity=theta,
        share=np.ascontiguousarray(paid / np.where(spending > 0, spending, 1.0)[:, :, None]),
        tariffs=np.ascontiguousarray(tables.tariffs.transpose(0, 2, 1)),
        input_share=np.ascontiguousarray((tables.inputs / safe).transpose(2, 0, 1)),
        labour_share=np.where(output > 0, tables.value_added / safe, 1.0),
        final_share=tables.final / tables.final.sum(0),
        labour=tables.value_added if specific else tables.value_added.sum(0, keepdims=True),
        world=float(tables.value_added.sum()),
        spending=spending,
        deficits=np.zeros(len(tables.countries)) if zero else tables.deficits,
    )


def _reweighted(start: Baseline, weight: Array) -> Economy:
    """The economy with other weights of goods in demand."""
    e = start.economy
    if weight.shape != e.elasticity.shape or not (np.isfinite(weight) & (weight > 0)).all():
        raise UsageError("demand is not one weight above 0 for each sector.", hint="1 leaves a good's weight as it is.")
    final = weight[:, None] * e.final_share
    inputs = weight[:, None] * e.input_share
    total, scaled = e.input_share.sum(1, keepdims=True), inputs.sum(1, keepdims=True)
    inputs *= np.divide(total, scaled, out=np.ones_like(total), where=scaled > 0)
    # A refinery needs its crude whatever others want.
    inputs[:, :, weight != 1] = e.input_share[:, :, weight != 1]
    return replace(e, final_share=final / final.sum(0), input_share=inputs)


def _checked(start: Baseline, cost_change: ArrayLike, tariffs: ArrayLike | None) -> tuple[Array, Array]:
    """Cost changes and new tariffs, importer × exporter."""
    shape = start.economy.share.shape
    given = {"cost_change": cost_change, "tariffs": 0.0 if tariffs is None else tariffs}
    made = {}
    for what, value in given.items():
        try:
            made[what] = np.broadcast_to(np.asarray(value, float), shape)
        except ValueError:
            raise UsageError(f"sectors do not match: {what} is {np.shape(value)}, not {shape}.",
                             hint="Put sectors first, then seller and buyer.") from None
    change, new = made["cost_change"], made["tariffs"]
    if np.isnan(change).any() or np.isnan(new).any():
        raise UsageError("a cost change or tariff is NaN.", hint="Leave unchanged costs at 1.")
    if (change <= 0).any():
        raise UsageError(f"a cost change is {change.min():g}.",
                         hint="It is new over old cost, so above 0: 1 is no change, infinity an embargo.")
    if (new <= -1).any() or np.isinf(new).any():
        raise UsageError("a tariff is −100 % or less, or infinite.", hint="An embargo is an infinite cost change.")
    if np.isinf(np.diagonal(change, axis1=1, axis2=2)).any():
        raise UsageError("the cost change of a country with itself is infinite.", hint="Home sales stay possible.")
    old = start.economy.tariffs
    return change.transpose(0, 2, 1), old if tariffs is None else new.transpose(0, 2, 1)


def _impossible(start: Baseline, kernel: Array) -> tuple[str, str, str] | None:
    """Status, country and reason where no finite prices or no balance can exist."""
    e = start.economy
    cut_off = (e.spending > 0) & (kernel.sum(2) == 0)
    if cut_off.any():
        j, n = np.argwhere(cut_off)[0]
        return "no_supply", start.countries[n], f"nobody is left to sell {start.sectors[j]} to {start.countries[n]}"
    _, group = connected_components((kernel > 0).any(0), directed=False)
    for g in np.argsort(np.bincount(group)):
        inside = group == g
        left, size = e.deficits[inside].sum(), e.labour[:, inside].sum()
        if not inside.all() and abs(left) > LEFT * size:
            who = start.countries[int(inside.argmax())]
            what = f"{who} is isolated" if inside.sum() == 1 else f"{inside.sum()} countries around {who} are isolated"
            return "no_balance", who, f"{what} with a deficit of {left / size:.1%} of value added: set deficits to zero"
    return None


def _failed(start: Baseline, status: str, worst: str, reason: str, *, residual: float = np.nan) -> SectorResult:
    j, n = start.economy.spending.shape
    country, good = np.full(n, np.nan), np.full((j, n), np.nan)
    return SectorResult(start.countries, start.sectors, status, residual, worst, reason, country, country, country,
                        good, good, np.full((j, n, n), np.nan), country, country, country)


def _result(start: Baseline, found: State, *, change: Array, tariffs: Array, final_share: Array) -> SectorResult:
    e = start.economy
    consumer = np.exp((final_share * found.price).sum(0))
    old, new = _flows(e.share, e.tariffs, e.spending), _flows(found.share, tariffs, found.spending)
    cost = np.exp(found.cost)
    # An idle factor's wage is 0, whatever the sweeps have left it at.
    earning = (found.share > 0).any(1) if len(e.labour) > 1 else True
    wage = (np.exp(found.wage) * e.labour * earning).sum(0) / e.labour.sum(0)
    exports, imports = (cost - 1) * old.sum(2), ((cost - 1)[:, :, None] * old).sum((0, 1))
    grown = np.divide(new, old, out=np.zeros_like(new), where=old > 0)
    volume = e.tariffs.transpose(0, 2, 1) * old * (grown - cost[:, :, None])
    with np.errstate(invalid="ignore"):
        lost = np.where(old > 0, old * (1 + e.tariffs.transpose(0, 2, 1)) * (change.transpose(0, 2, 1) - 1), 0.0)
    efficiency = -100 * lost.sum((0, 1)) / start.income
    return SectorResult(
        start.countries, start.sectors, "solved", found.gap,
        start.countries[int(found.gap_of.argmax())], "",
        real_income=found.income / start.income / consumer, real_wage=wage / consumer, wage=wage,
        price=np.exp(found.price), cost=cost, flows=new,
        terms_of_trade=100 * (exports.sum(0) - imports) / start.income,
        volume_of_trade=100 * volume.sum((0, 1)) / start.income,
        efficiency=np.where(np.isfinite(efficiency), efficiency, np.nan),
    )


def _flows(share: Array, tariffs: Array, spending: Array) -> Array:
    """Sales net of tariffs, seller × buyer."""
    return np.asarray((share / (1 + tariffs) * spending[:, :, None]).transpose(0, 2, 1))
