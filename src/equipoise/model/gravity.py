"""Gravity by Poisson pseudo-maximum likelihood with high-dimensional fixed effects and clustered errors.

Sources: Santos Silva and Tenreyro (2006), *The Log of Gravity*, for the estimator; Correia, Guimarães and Zylkin
(2020), *Fast Poisson estimation with high-dimensional fixed effects*, for the algorithm and for rows that effects
separate. The estimation is pyfixest's (MIT), which comes with ``pip install equipoise[gravity]``.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.errors import MissingSource, UsageError

Array = NDArray[np.float64]

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class GravityFit:
    """Effects on log flows of the named variables.

    estimate, se, low, high: (M,), the bounds of 95 % intervals (normal); rows used, after those whose effects fit them
    without error (all-zero pairs) are left out, which ``separated`` counts with the rows alone in an effect.
    """

    names: tuple[str, ...]
    estimate: Array
    se: Array
    low: Array
    high: Array
    rows: int
    separated: int

    def of(self, name: str) -> tuple[float, float, float]:
        """Estimate, lower and upper bound of one variable."""
        i = self.names.index(name)
        return float(self.estimate[i]), float(self.low[i]), float(self.high[i])

    def change(self, name: str) -> tuple[float, float, float]:
        """What a variable does to flows, in per cent: 100 (e^β − 1), with its bounds."""
        estimate, low, high = (100 * float(np.expm1(x)) for x in self.of(name))
        return estimate, low, high


def ppml(
    rows: pl.DataFrame, *, flow: str, variables: Sequence[str], effects: Sequence[str], clusters: Sequence[str]
) -> GravityFit:
    """Fit E[flow] = exp(x·β + effects) to rows of non-negative flows.

    ``effects`` and ``clusters`` name columns of any type, each distinct value an effect or a cluster; one or two ways
    of clustering.

    Raises:
        UsageError: a column is missing, a flow is negative or missing, a variable is collinear with the effects.
        MissingSource: pyfixest is not installed.
    """
    _check(rows, flow=flow, variables=variables, others=[*effects, *clusters])
    codes = {c: rows[c].cast(pl.String).rank("dense").to_numpy() for c in dict.fromkeys([*effects, *clusters])}
    frame = _pandas(rows, [flow, *variables], codes)
    formula = f"{flow} ~ {' + '.join(variables)} | {' + '.join(effects)}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fepois = _pyfixest()
        fit = fepois(formula, data=frame, vcov={"CRV1": " + ".join(clusters)}, copy_data=False, lean=False)
    found = list(fit._coefnames)
    absorbed = [v for v in variables if v not in found]
    if absorbed:
        raise UsageError(f"{absorbed[0]} does not vary beside the fixed effects.", hint="Leave it out, or an effect.")
    order = [found.index(v) for v in variables]
    estimate, se = (np.asarray(x, float)[order] for x in (fit._beta_hat, fit._se))
    return GravityFit(tuple(variables), estimate, se, estimate - NORMAL_95 * se, estimate + NORMAL_95 * se,
                      int(fit._N), rows.height - int(fit._N))


def _check(rows: pl.DataFrame, *, flow: str, variables: Sequence[str], others: Sequence[str]) -> None:
    missing = [c for c in (flow, *variables, *others) if c not in rows.columns]
    if missing:
        raise UsageError(f"there is no column {missing[0]}.", hint=f"There are {', '.join(rows.columns)}.")
    for column in (flow, *variables):
        values = rows[column].cast(pl.Float64)
        if not values.is_finite().fill_null(value=False).all():
            raise UsageError(f"{column} has missing values.", hint="Leave such rows out: missing is not zero.")
    if (rows[flow] < 0).any():
        raise UsageError(f"{flow} has {int((rows[flow] < 0).sum())} negative flows.", hint="Flows are 0 or more.")


def _pandas(rows: pl.DataFrame, columns: Sequence[str], codes: dict[str, Any]) -> Any:
    import pandas as pd

    return pd.DataFrame({c: rows[c].cast(pl.Float64).to_numpy() for c in columns} | codes)


def _pyfixest() -> Any:
    try:
        from pyfixest.estimation import fepois
    except ImportError as error:
        raise MissingSource("pyfixest is not installed.", hint="Try `pip install equipoise[gravity]`.") from error
    return fepois
