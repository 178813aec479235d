"""H7: whether sanctions on Russia lower growth more where dependence on Russia is larger (the quick look)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.assemble.packed import Pack
from equipoise.model.inference import wild_bootstrap
from equipoise.model.quick import Codes, linear
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import SOVIET, Estimate, among, sells_no_oil, shown

if TYPE_CHECKING:
    from equipoise.model.growth import Slope

Array = NDArray[np.float64]

BEFORE = (2009, 2013)
"""The years of which dependence is the mean."""

PER_UNIT = 10.0
"""Points of growth at a dependence of 0.1, of which the smallest effect of interest is stated, into points a unit."""


@dataclass(frozen=True, slots=True)
class Window:
    """Years of the sample and years in which S is 1."""

    since: int
    until: int
    on: tuple[int, int]


FIRST_WAVE = Window(2005, 2016, (2014, 2016))
SECOND_WAVE = Window(2015, 2024, (2022, 2024))


@dataclass(frozen=True, slots=True)
class Growth:
    """Dependence (N, M) on each partner of interest, the growth of partners (N, T), and the states that count (N,).

    fuels: their share (N,) in exports, the mean of :data:`BEFORE`, NaN where it is not known; oil: log price (T,).
    """

    on: dict[str, Array]
    partners: Array
    states: NDArray[np.bool_]
    fuels: Array
    oil: Array


def growth_data(pack: Pack, data: ThesisData) -> Growth:
    """Dependence as trade over GDP, 2009–2013, and the growth of partners other than Russia, weighted by that trade."""
    flows = pack.table("trade").filter(pl.col("year").is_between(*BEFORE)).select(
        "importer", "exporter", "year", "value_musd").drop_nulls()
    place = {s: i for i, s in enumerate(data.states)}
    n = len(data.states)
    bought = np.zeros((n, n))
    years = BEFORE[1] - BEFORE[0] + 1
    sums = flows.group_by("importer", "exporter").agg(pl.col("value_musd").sum())
    for a, b, value in sums.iter_rows():
        if a in place and b in place:
            bought[place[a], place[b]] = value / years
    span = (data.years >= BEFORE[0]) & (data.years <= BEFORE[1])
    known = np.isfinite(data.covariates["gdp_usd"][:, span])
    total = np.where(known, data.covariates["gdp_usd"][:, span], 0.0).sum(1) / np.maximum(known.sum(1), 1)
    gdp = np.where(total > 0, total, np.nan) / 1e6
    both = bought + bought.T
    on = {name: both[:, place[name]] / gdp for name in ("RUS", "CHN", "DEU", "TUR")}
    on["imports"], on["exports"] = bought[:, place["RUS"]] / gdp, bought[place["RUS"]] / gdp
    europe = data.belongs[list(data.years).index(BEFORE[1]), data.grid.powers.index("EUU")]
    on["EUU"] = (both * europe).sum(1) / gdp
    others = both * (np.arange(n) != place["RUS"])
    growth = data.covariates["growth_pct"]
    weight = others @ np.isfinite(growth).astype(float)
    partners = others @ np.nan_to_num(growth) / np.where(weight > 0, weight, np.nan)
    sold = data.covariates["fuel_exports_usd"][:, span]
    mean = np.where(np.isfinite(sold), sold, 0.0).sum(1) / np.maximum(np.isfinite(sold).sum(1), 1) / 1e6
    there = np.isfinite(sold).any(1) & (bought.sum(0) > 0)
    fuels = np.where(there, np.minimum(mean / np.where(there, bought.sum(0), 1.0), 1.0), np.nan)
    price = dict(pack.table("oil").select("year", "oil_usd_bbl").iter_rows())
    oil = np.log(np.array([price.get(y, np.nan) for y in data.grid.years], float))
    return Growth(on, partners, ~among(data, ["RUS", "UKR"]) & (both.sum(1) > 0), fuels, oil)


def columns(data: ThesisData, g: Growth, *, d: Array, w: Window, states: NDArray[np.bool_] | None,
             everywhere: bool = False, oil: bool = True) -> tuple[Array, Array, Codes, Codes]:
    """Growth and regressors (n, M), the first −D·S, with the positions of states and years.

    The last are the price of oil by the share of fuels in exports and, apart, by whether that share is unknown, unless
    nothing differs between states.
    """
    s = ((data.years >= w.on[0]) & (data.years <= w.on[1])).astype(float)
    conflict = data.covariates["conflict_intensity"]
    x = np.stack([-d[:, None] * s, g.on["EUU"][:, None] * s, conflict, g.partners], -1)
    keep = np.isfinite(x).all(-1) & np.isfinite(data.covariates["growth_pct"])
    keep &= (g.states if states is None else g.states & states)[:, None]
    keep &= (data.years >= w.since) & (data.years <= w.until)
    if not everywhere:
        keep &= data.sampled
    i, t = np.nonzero(keep)
    apart = np.stack([np.nan_to_num(g.fuels), (~np.isfinite(g.fuels)).astype(float)], 1)[i]
    apart = apart[:, np.ptp(apart, axis=0) > 0] if oil and len(i) else apart[:, :0]
    return data.covariates["growth_pct"][i, t], np.column_stack([x[i, t], apart * g.oil[t, None]]), i, t


NAMES = ("dependence", "trade with the EU", "conflict", "growth of partners", "oil", "oil, share unknown")


def estimate(name: str, data: ThesisData, g: Growth, *, on: str = "RUS", w: Window = FIRST_WAVE,
             states: NDArray[np.bool_] | None = None, everywhere: bool = False, wild: bool = False,
             oil: bool = True) -> Estimate:
    """Points of growth lost a year for each unit of dependence; effects of state and year, clustered by state."""
    y, x, i, t = columns(data, g, d=g.on[on], w=w, states=states, everywhere=everywhere, oil=oil)
    fit = linear(y, x=x, names=NAMES[: x.shape[1]], effects=[i, t], clusters=[i])
    out = shown(name, fit, i=i, years=data.years[t], used=np.ones(len(i), bool))
    if wild and fit.status == "done":
        low, high = wild_bootstrap(y, x=x, effects=[i, t], cluster=i)
        return Estimate(out.name, out.estimate, low, high, out.rows, out.states, out.years)
    return out


def main(data: ThesisData, g: Growth, *, w: Window = FIRST_WAVE, warmup: int = 500, draws: int = 1000,
         seed: int = 0) -> Slope:
    """The main estimate of H7, on the rows of :func:`estimate`, with slopes pooled over regions: a minute or two.

    Raises:
        UsageError: dependence does not vary in the sample.
    """
    from equipoise.model.growth import slope

    y, x, i, t = columns(data, g, d=g.on["RUS"], w=w, states=None)
    names, where = np.unique([codes.region(s) for s in data.states], return_inverse=True)
    return slope(y, x=x, state=i, year=t, region=where[i], names=dict(enumerate(names.tolist())),
                 warmup=warmup, draws=draws, seed=seed)


def oil_moves(data: ThesisData, g: Growth) -> tuple[float, float]:
    """By how much the control for oil moves θ₇, and the standard error of θ₇ with it; NaN without such a control."""
    found = []
    for oil in (False, True):
        y, x, i, t = columns(data, g, d=g.on["RUS"], w=FIRST_WAVE, states=None, oil=oil)
        if oil and x.shape[1] < len(NAMES) - 1:
            return float("nan"), float("nan")
        found.append(linear(y, x=x, names=NAMES[: x.shape[1]], effects=[i, t], clusters=[i]))
    return float(found[1].estimate[0] - found[0].estimate[0]), float(found[1].se[0])


def leads(data: ThesisData, g: Growth) -> float:
    """The level of a joint test that dependence says nothing of growth in 2010–2013, against 2005–2009."""
    from scipy import stats

    y, x, i, t = columns(data, g, d=g.on["RUS"], w=FIRST_WAVE, states=None)
    year, d = data.years[t], g.on["RUS"][i]
    ahead = np.stack([d * (year == a) for a in range(2010, 2014)], 1)
    fit = linear(y, x=np.column_stack([ahead, x]), names=[*"abcd", *NAMES[: x.shape[1]]], effects=[i, t], clusters=[i])
    if fit.status != "done":
        return float("nan")
    b, v = fit.estimate[:4], fit.covariance[:4, :4]
    return float(stats.f.sf(b @ np.linalg.solve(v, b) / 4, 4, fit.clusters[0] - 1))


def variants(data: ThesisData, g: Growth) -> list[Estimate]:
    """Exports and imports apart, states, no control for oil, and the wider sample."""
    people = data.covariates["population"]
    small = np.where(np.isfinite(people), people, 0.0).max(1) < 1e5
    soviet = among(data, SOVIET)
    picked = [("post-Soviet states", soviet), ("without post-Soviet states", ~soviet),
              ("without the smallest", ~small), ("without oil exporters", sells_no_oil(data)),
              ("without Belarus", ~among(data, ["BLR"])),
              ("without Kazakhstan", ~among(data, ["KAZ"]))]
    out = [estimate(f"{o} alone", data, g, on=o) for o in ("exports", "imports")]
    out += [estimate(n, data, g, states=s) for n, s in picked]
    out.append(estimate("without the control for oil", data, g, oil=False))
    return [*out, estimate("with members of the EU and the other powers", data, g, everywhere=True)]


def placebo(data: ThesisData, g: Growth) -> list[Estimate]:
    """Dependence on others in Russia's place, and years without sanctions."""
    others = [estimate(f"dependence on {o}", data, g, on=o) for o in ("CHN", "DEU", "TUR")]
    early = [estimate(f"S = 1 in {a}–{b}", data, g, w=Window(2005, 2013, (a, b)))
             for a, b in ((2005, 2007), (2010, 2012))]
    return [*others, *early]
