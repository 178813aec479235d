"""H4: whether long tenure steadies policy (the quick look)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.model.inference import slopes
from equipoise.model.quick import absorb, linear
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import (
    LAST_MATRIX,
    SOVIET,
    Estimate,
    Spec,
    among,
    base_shares,
    lagged,
    pair_weights,
    shown,
)

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

BASE = Spec(channels=("trade", "diplomacy"), since=1992, until=2020)

FIRST_LISTED = 1946
"""States that the list has in this year count as old ones."""

LEAST_TRADE = 100.0
"""Millions of dollars: shares that rest on less are noise."""


def rows(data: ThesisData, spec: Spec, *, over: int = 1) -> tuple[Array, Array, Codes, Codes, Codes]:
    """log d (n,), log(1 + tenure) and controls (n, M), and the codes of state, year and channel.

    d is between the shares of a year and of ``over`` years before; so are the changes among the controls.
    """
    parts = []
    v = data.covariates
    turnover = np.nan_to_num(v["leader_changes"], nan=0)
    changed = sum(np.nan_to_num(lagged(turnover, j), nan=0) for j in range(over + 1)) > 0
    known = np.isfinite(v["leader_changes"])
    democracy = v["polyarchy"]
    for c, name in enumerate(spec.channels):
        s = data.channel(name)
        before = lagged(s, over)
        distance = np.sqrt(np.maximum(1 - np.sqrt(s * before).sum(-1), 0.0))
        exposure = pair_weights(base_shares(s)[0]) @ data.rivalry(without=spec.rivalry_left_out(name), only=spec.only).T
        moved = np.abs(exposure - lagged(exposure, over))
        x = np.stack([np.log1p(v["leader_years"]), np.where(known, changed, np.nan), democracy,
                      democracy - lagged(democracy, over), v["conflict_intensity"], np.log(v["gdp_2015usd"]),
                      moved], -1)
        last = min(spec.until, LAST_MATRIX) if name == "trade" else spec.until
        good = (distance > 0) & np.isfinite(x).all(-1) & (data.years >= spec.since) & (data.years <= last)
        good &= ~np.isin(data.years, spec.dropped)
        if name == "trade":
            traded = np.where(np.isfinite(data.trade).any(-1), np.nansum(data.trade, -1), np.nan)
            good &= (traded >= LEAST_TRADE) & (lagged(traded, over) >= LEAST_TRADE)
        if spec.states is not None:
            good &= spec.states[:, None] if spec.states.ndim == 1 else spec.states
        i, t = np.nonzero(good)
        parts.append((np.log(distance[i, t]), x[i, t], i, t, np.full(len(i), c)))
    y, x, *codes_of = (np.concatenate(p) for p in zip(*parts, strict=True))
    state, year, channel = (v.astype(np.int64) for v in codes_of)
    return y, x, state, year, channel


NAMES = ("tenure", "change of leader", "polyarchy", "its change", "conflict", "log GDP", "change of exposure")


def estimate(name: str, data: ThesisData, spec: Spec, *, over: int = 1, within: bool = False) -> Estimate:
    """−∂ log d / ∂ log(1 + tenure), clustered by state, effects of state and of year by channel.

    ``within`` puts effects of leader in the place of those of state: only a leader's own years are compared.
    """
    y, x, i, t, c = rows(data, spec, over=over)
    x = np.column_stack([-x[:, 0], x[:, 1:]])
    who = i * 10_000 + entered(data)[i, t] if within else i
    fit = linear(y, x=x, names=NAMES, effects=[who * 10 + c, t * 10 + c], clusters=[i])
    return shown(name, fit, i=i, years=data.years[t], used=np.ones(len(i), bool))


def entered(data: ThesisData) -> Codes:
    """The year (N, T) in which the leader of the year's end had come to office; 0 where it is not known."""
    tenure = data.covariates["leader_years"]
    # Years in office are counted to the end of the year.
    year = np.floor(data.years + 1 - tenure - 1e-6)
    return np.where(np.isfinite(tenure), year, 0).astype(np.int64)


TERMS = ((2, 5), (5, 10), (10, 20), (20, np.inf))
"""Years in office of the dummies; under two is what they are compared with."""


def by_term(data: ThesisData) -> list[Estimate]:
    """−log d in each term of office less that of a leader's first two years (secondary; not per unit of log tenure)."""
    y, x, i, t, c = rows(data, BASE)
    years = np.expm1(x[:, 0])
    steps = np.stack([-((years >= a) & (years < b)).astype(float) for a, b in TERMS], 1)
    labels = [f"tenure of {a:g} to {b:g} years" if np.isfinite(b) else f"tenure of {a:g} years and more"
              for a, b in TERMS]
    # Without the dummy of a change of leader, which says the same as a tenure under two years.
    fit = linear(y, x=np.column_stack([steps, x[:, 2:]]), names=[*labels, *NAMES[2:]],
                 effects=[i * 10 + c, t * 10 + c], clusters=[i])
    used = np.ones(len(i), bool)
    return [shown(n, fit, i=i, years=data.years[t], used=used, at=j) for j, n in enumerate(labels)]


def since_independence(data: ThesisData) -> NDArray[np.bool_]:
    """Whether the leader of a state and year (N, T) came to office after the state had come into the system of states.

    Whoever came in the very year of independence counts as one who ruled before: most of them did.
    """
    listed = codes.code_years("cow").filter(pl.col("counted"), pl.col("year") >= FIRST_LISTED)
    began = dict(listed.group_by("iso3").agg(pl.col("year").min()).iter_rows())
    first = np.array([began.get(s, FIRST_LISTED) for s in data.states])[:, None]
    return np.asarray((entered(data) > first) | (first == FIRST_LISTED))


def left_of_tenure(data: ThesisData) -> float:
    """The share of the variance of log tenure that effects of state and year leave."""
    _, x, i, t, c = rows(data, BASE)
    left, kept = absorb(x[:, :1], effects=[i * 10 + c, t * 10 + c])
    return float(left[:, 0].var() / x[kept, 0].var())


def variants(data: ThesisData) -> list[Estimate]:
    """Channels, periods, states, regimes."""
    soviet, democratic = among(data, SOVIET), data.covariates["polyarchy"] >= 0.5
    found = [(f"{c} alone", replace(BASE, channels=(c,))) for c in BASE.channels]
    found += [("to 2007", replace(BASE, until=2007)), ("to 2013", replace(BASE, until=2013)),
              ("2008 on", replace(BASE, since=2008)), ("2014 on", replace(BASE, since=2014)),
              ("without 2014–15 and 2022–23", replace(BASE, dropped=(2014, 2015, 2022, 2023))),
              ("post-Soviet states", replace(BASE, states=soviet)),
              ("without post-Soviet states", replace(BASE, states=~soviet)),
              ("without Kazakhstan", replace(BASE, states=~among(data, ["KAZ"]))),
              ("democracies", replace(BASE, states=democratic)), ("autocracies", replace(BASE, states=~democratic))]
    found.append(("without rulers from before independence", replace(BASE, states=since_independence(data))))
    return [*(estimate(n, data, s) for n, s in found), estimate("within leaders", data, BASE, within=True),
            estimate("distance over five years", data, BASE, over=5)]


def placebo(data: ThesisData, *, draws: int, seed: int = 17) -> Array:
    """Estimates (D,) with the tenure of a leader in a state drawn from the same region and regime type that year."""
    y, x, i, t, c = rows(data, BASE)
    rng = np.random.default_rng(seed)
    where = np.unique([codes.region(s) for s in data.states], return_inverse=True)[1]
    regime = (data.covariates["polyarchy"][i, t] >= 0.5).astype(int)
    cell = (where[i] * 10 + regime) * 1000 + t * 10 + c
    order = np.argsort(cell, kind="stable")
    tried = np.empty((len(y), draws))
    for d in range(draws):
        shuffled = np.lexsort((rng.random(len(y)), cell))
        tried[order, d] = -x[shuffled, 0]
    return slopes(y, x=x[:, 1:], tried=tried, effects=[i * 10 + c, t * 10 + c])
