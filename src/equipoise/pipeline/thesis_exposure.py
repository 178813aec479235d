"""H1 and H3: what exposure to rivalry among the powers does to a state's policy (the quick look)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from equipoise.measure.multivector import multi_vector
from equipoise.model.inference import exposure_robust, over_draws, slopes
from equipoise.model.quick import Fit, linear
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import (
    Estimate,
    Rows,
    Spec,
    common_variants,
    controls,
    exposure_draws,
    lagged,
    pairs_of,
    rows,
    shown,
)

Array = NDArray[np.float64]

LEAST_LEVERAGE = 0.05
"""A power with less leverage is not the most influential one: the state has none."""

OUTCOMES = {"multi-vector index": -1.0, "k* less outside": 1.0, "k*": 1.0}
"""Outcomes, and the sign that turns the coefficient of Z into the estimand."""

SEED = 11


def outcome(data: ThesisData, spec: Spec, r: Rows, *, kind: str) -> Array:
    """The outcome (n,): the multi-vector index of the channel, or the share of the most influential power k*."""
    if kind == "multi-vector index":
        return multi_vector(r.shares)
    out = np.full(len(r.i), np.nan)
    for c, name in enumerate(spec.channels):
        lever = lagged(data.leverage(without=spec.lever_left_out(name), only=spec.lever), spec.lever_lag)
        on = r.c == c
        own, s = np.nan_to_num(lever[r.i[on], r.t[on]], nan=-1.0), r.shares[on]
        best = own.argmax(1)
        value = s[np.arange(len(s)), best + 1] - (s[:, 0] if kind == "k* less outside" else 0.0)
        out[on] = np.where(own.max(1) >= LEAST_LEVERAGE, value, np.nan)
    return out


def _parts(data: ThesisData, spec: Spec, kind: str) -> tuple[Rows, Array, Array]:
    r = rows(data, spec)
    return r, outcome(data, spec, r, kind=kind), controls(data)[r.i, r.t]


def _names(x: Array) -> list[str]:
    return ["Z", *(f"control {j}" for j in range(x.shape[1]))]


def estimate(name: str, data: ThesisData, spec: Spec, *, kind: str) -> Estimate:
    """One variant, clustered by state."""
    r, y, x = _parts(data, spec, kind)
    z = OUTCOMES[kind] * (r.pairs * pairs_of(data, spec, r)).sum(1)
    fit = linear(y, x=np.column_stack([z, x]), names=_names(x), effects=r.effects, clusters=[r.i])
    return shown(name, fit, i=r.i, years=data.years[r.t], used=np.isfinite(np.column_stack([y, z, x])).all(1))


def primary(data: ThesisData, *, kind: str, draws: int, name: str = "primary") -> tuple[Estimate, dict[str, float]]:
    """The estimate over draws of R's components, with the wider of two errors; and what it rests on.

    Errors are clustered by state, and by pair of powers through the exposure; the wider counts.
    """
    spec = Spec()
    r, y, x = _parts(data, spec, kind)
    sign = OUTCOMES[kind]
    pairs = pairs_of(data, spec, r)
    z = sign * (r.pairs * pairs).sum(1)
    base = linear(y, x=np.column_stack([z, x]), names=_names(x), effects=r.effects, clusters=[r.i])
    fit = over_draws(y, x=x, drawn=sign * exposure_draws(data, spec, r, draws=draws, seed=SEED), names=_names(x),
                     effects=r.effects, cluster=r.i)
    robust = exposure_robust(y, x=x, shares=r.pairs, shocks=sign * pairs, effects=r.effects, years=r.effects[1])
    used = np.isfinite(np.column_stack([y, z, x])).all(1)
    told = {"se_by_state": float(base.se[0]), "se_exposure_robust": robust.se, "effective_shocks": robust.shocks,
            "sd_of_exposure": robust.left}
    return shown(name, _wider(fit, base, robust.se, robust.df), i=r.i, years=data.years[r.t], used=used), told


def _wider(fit: Fit, base: Fit, se: float, df: int) -> Fit:
    from scipy import stats

    if fit.status != "done" or not se > base.se[0]:
        return fit
    wide = float(np.sqrt(fit.se[0] ** 2 - base.se[0] ** 2 + se**2))
    half = float(stats.t.ppf(0.95, df)) * wide
    return replace(fit, low=fit.estimate - half, high=fit.estimate + half)


def variants(data: ThesisData, *, kind: str) -> list[Estimate]:
    """The page's variants."""
    base = Spec()
    found = common_variants(data, base)
    if kind != "multi-vector index":
        found += [("leverage: border alone", data, replace(base, lever=("border",))),
                  ("leverage ten years before", data, replace(base, lever_lag=10))]
    return [estimate(name, d, spec, kind=kind) for name, d, spec in found]


def placebo_pairs(data: ThesisData, *, kind: str, draws: int) -> Array:
    """Estimates (D,) with the rivalry of pairs handed to other pairs, no pair keeping its own."""
    spec = Spec()
    r, y, x = _parts(data, spec, kind)
    pairs = OUTCOMES[kind] * pairs_of(data, spec, r)
    rng, n = np.random.default_rng(SEED), r.pairs.shape[1]
    orders: list[NDArray[np.int64]] = []
    while len(orders) < draws:
        order = rng.permutation(n)
        if not (order == np.arange(n)).any():
            orders.append(order)
    tried = np.stack([(r.pairs * pairs[:, o]).sum(1) for o in orders], 1)
    return slopes(y, x=x, tried=tried, effects=r.effects)


def placebo_future(data: ThesisData, *, kind: str) -> list[Estimate]:
    """Estimates with rivalry as it was 3 to 8 years later."""
    return [estimate(f"rivalry {h} years later", data, replace(Spec(), lag=-h), kind=kind) for h in range(3, 9)]
