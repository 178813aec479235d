"""The world of trade that a shock is put to, and what may be wrong with it or with the shock.

A world is a matrix of flows, exporter × importer, whose diagonal is what a country sells at home. Its rows sum to
output, its columns to spending; the difference is the trade deficit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components

from equipoise.errors import BadMatrix, UsageError

Floats = NDArray[np.float64]

DEFICITS = ("multiplicative", "additive", "none")

TOLERANCE = 1e-11
"""Largest gap |log(income / value of output)| at which a world counts as solved."""


@dataclass(frozen=True, slots=True)
class World:
    """Flows between n countries in one year, in any unit of money; checked when it is made.

    countries: n names, no two alike; flows: (n, n), exporter × importer, home sales on the diagonal, all at least zero
    and those at home above it. Raises BadMatrix for flows that are none, UsageError for names that do not fit them and
    for a country that trades with nobody.

    >>> World(("AAA", "BBB"), np.array([[9.0, 1.0], [2.0, 8.0]])).deficit.tolist()
    [1.0, -1.0]
    """

    countries: tuple[str, ...]
    flows: Floats

    def __post_init__(self) -> None:
        flows = np.array(self.flows, dtype=float)
        flows.setflags(write=False)
        object.__setattr__(self, "flows", flows)
        object.__setattr__(self, "countries", tuple(self.countries))
        _check_flows(flows, countries=self.countries)

    @property
    def output(self) -> Floats:
        """Sales of each country (n,), to itself and to others."""
        return np.asarray(self.flows.sum(1))

    @property
    def spending(self) -> Floats:
        """Purchases of each country (n,), from itself and from others."""
        return np.asarray(self.flows.sum(0))

    @property
    def deficit(self) -> Floats:
        """Spending less output (n,)."""
        return self.spending - self.output

    @property
    def home_share(self) -> Floats:
        """The share of spending that stays at home (n,)."""
        return np.asarray(np.diag(self.flows) / self.spending)

    def at(self, country: str) -> int:
        """Return a country's row; raise UsageError with the names nearest to it."""
        if country not in self.countries:
            near = ", ".join(c for c in self.countries if c[:1] == country[:1])
            raise UsageError(f"{country} is not among the {len(self.countries)} countries of this world.",
                             hint=f"With the same first letter there are: {near}." if near else None)
        return self.countries.index(country)


def _check_flows(flows: Floats, *, countries: tuple[str, ...]) -> None:
    n = len(countries)
    if flows.shape != (n, n) or n < 2:
        raise BadMatrix(f"flows are {flows.shape}, but {n} countries are named.",
                        hint="Rows are exporters, columns importers, in the order of the names; two at least.")
    if len(set(countries)) < n:
        double = next(c for c in countries if countries.count(c) > 1)
        raise UsageError(f"the country {double} is named twice.", hint="Add up its rows and columns first.")
    for bad, what, hint in (
        (~np.isfinite(flows), "is not a number", "A missing flow must be settled before the world is made."),
        (flows < 0, "is negative", "Flows are sales; a reversal belongs into the opposite direction."),
    ):
        if bad.any():
            i, j = np.argwhere(bad)[0]
            raise BadMatrix(f"the flow from {countries[i]} to {countries[j]} {what}.", hint=hint)
    home = np.diag(flows)
    if not (home > 0).all():
        raise BadMatrix(f"{countries[int(np.argmin(home))]} sells nothing at home.",
                        hint="Home sales are output less exports; a hub whose exports exceed its output needs a floor.")
    alone = (flows.sum(0) == home) & (flows.sum(1) == home)
    if alone.any():
        raise UsageError(f"{countries[int(np.argmax(alone))]} trades with nobody.",
                         hint="Leave it out: no change in the costs of trade can reach it.")


def check_shock(
    cost_change: ArrayLike, *, elasticity: ArrayLike, deficits: str, countries: Sequence[str]
) -> tuple[Floats, Floats]:
    """Return the cost changes (…, n, n) and the elasticity (…,) as arrays that broadcast, or say what is wrong.

    A cost change is the new cost over the old: 1 changes nothing, infinity stops a flow.

    Raises:
        UsageError: NaN, not positive, or infinite at home; an elasticity that is not positive; an unknown treatment of
            deficits; BadMatrix: the cost changes do not fit the countries.
    """
    cost, theta, n = np.asarray(cost_change, dtype=float), np.asarray(elasticity, dtype=float), len(countries)
    if cost.shape[-2:] != (n, n):
        raise BadMatrix(f"cost changes are {cost.shape}, but there are {n} countries.",
                        hint="The last two axes are exporters and importers, in the order of the world.")
    for bad, what in ((np.isnan(cost), "is not a number"), (cost <= 0, "is not above zero")):
        if bad.any():
            *_, i, j = np.argwhere(bad)[0]
            raise UsageError(f"the cost change from {countries[i]} to {countries[j]} {what}.",
                             hint="It is the new cost over the old: 1 changes nothing, infinity stops the flow.")
    home = np.isinf(np.diagonal(cost, axis1=-2, axis2=-1))
    if home.any():
        *_, i = np.argwhere(home)[0]
        raise UsageError(f"home sales of {countries[i]} are stopped.", hint="An embargo is on trade with others.")
    if not (np.isfinite(theta) & (theta > 0)).all():
        raise UsageError("the trade elasticity must be a number above zero.",
                         hint="It is σ − 1, with σ the elasticity of substitution between origins; often 4 or 5.")
    if deficits not in DEFICITS:
        raise UsageError(f"deficits cannot be {deficits}.", hint=f"Use {', '.join(DEFICITS)}.")
    try:
        np.broadcast_shapes(cost.shape[:-2], theta.shape)
    except ValueError as err:
        raise UsageError(f"cost changes have the leading axes {cost.shape[:-2]}, the elasticity {theta.shape}.",
                         hint="They must broadcast, for example (1, scenarios) and (draws, 1).") from err
    return cost, theta


def components(trading: NDArray[np.bool_], *, strong: bool = False) -> Floats:
    """Return (n, n), 1 where two countries are in one component of a graph of flows, else 0.

    ``strong``: only where goods can get from each to the other and back.

    >>> components(np.array([[True, True], [False, True]])).tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    >>> components(np.array([[True, True], [False, True]]), strong=True).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    _, label = connected_components(trading, directed=True, connection="strong" if strong else "weak")
    return np.asarray(label[:, None] == label, dtype=float)
