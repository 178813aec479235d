"""Rows and estimates that the tests of the hypotheses share: which years, states and components a variant rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from equipoise.measure.rivalry import pair_positions
from equipoise.measure.system import COMPONENTS, LEVERAGE
from equipoise.model.quick import Codes, Fit
from equipoise.pipeline.estimates import Grid
from equipoise.pipeline.thesis_data import SHARES_SOURCE, ThesisData

Array = NDArray[np.float64]

BASE_YEARS = 5
"""A state's first observed years, whose mean shares are its exposure; they are no outcomes."""

LAST_MATRIX = 2014
"""The last year with the trade of all states; later years have that of single states only, or stand alone."""

SOVIET = ("ARM", "AZE", "BLR", "EST", "GEO", "KAZ", "KGZ", "LTU", "LVA", "MDA", "TJK", "TKM", "UKR", "UZB")
CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")

FUELS_FROM, FUELS_TO, FUELS = 2005, 2013, 0.1
"""Who sells fuels for more than a tenth of its product, in the mean of these years, counts as an exporter of oil."""

CONTROLS = ("log GDP", "log GDP per head", "polyarchy", "conflict")


@dataclass(frozen=True, slots=True)
class Spec:
    """What a variant rests on; the defaults are the primary estimate of H1 and H3."""

    channels: tuple[str, ...] = ("trade", "diplomacy", "institutions")
    since: int = 1997
    until: int = 9999
    dropped: tuple[int, ...] = ()
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = COMPONENTS
    lag: int = 0
    states: NDArray[np.bool_] | None = None
    lever: tuple[str, ...] = LEVERAGE
    lever_lag: int = 5
    own: bool = False

    def rivalry_left_out(self, channel: str) -> tuple[str, ...]:
        """Components of rivalry that the channel's equation goes without."""
        return self.without if self.own else (*self.without, *SHARES_SOURCE[channel][0])

    def lever_left_out(self, channel: str) -> tuple[str, ...]:
        """Components of leverage that the channel's equation goes without."""
        return () if self.own else SHARES_SOURCE[channel][1]

    def years(self, data: ThesisData, channel: str) -> NDArray[np.bool_]:
        """Whether each year (T,) is among the variant's."""
        last = min(self.until, LAST_MATRIX) if channel == "trade" else self.until
        return (data.years >= self.since) & (data.years <= last) & ~np.isin(data.years, self.dropped)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate as it is shown: its interval, its sample, and why there is none where there is none."""

    name: str
    estimate: float
    low: float
    high: float
    rows: int = 0
    states: int = 0
    years: tuple[int, int] | None = None
    status: str = "done"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Observed state-years of channels: codes of state, year and channel (n,), shares (n, K+1), exposure (n, P)."""

    i: Codes
    t: Codes
    c: Codes
    shares: Array
    pairs: Array

    @property
    def effects(self) -> list[Codes]:
        """State and year, each by channel."""
        return [self.i * 10 + self.c, self.t * 10 + self.c]


def lagged(values: Array, by: int, *, axis: int = 1) -> Array:
    """Values as they were some years before, NaN where that is before the first; a negative lag looks ahead."""
    out = np.full(values.shape, np.nan)
    source, target = [slice(None)] * values.ndim, [slice(None)] * values.ndim
    source[axis], target[axis] = (slice(None, -by), slice(by, None)) if by > 0 else (slice(-by, None), slice(None, by))
    if by == 0:
        return values.copy()
    out[tuple(target)] = values[tuple(source)]
    return out


def base_shares(shares: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Mean shares (N, K+1) of each state's first five observed years, and which years (N, T) they are."""
    seen = np.isfinite(shares).all(-1)
    first = seen & (np.cumsum(seen, axis=1) <= BASE_YEARS)
    count = first.sum(1)
    total = np.where(first[..., None], shares, 0.0).sum(1)
    return np.where(count[:, None] == BASE_YEARS, total / np.maximum(count, 1)[:, None], np.nan), first


def open_options(shares: Array, *, floor: float) -> NDArray[np.bool_]:
    """Which options (N, T, K+1) are in each move's choice: those above the floor in the year or in the year before.

    What is tied in neither is not chosen from: its log share would be the floor's twice, a move of exactly zero.
    """
    seen = np.asarray(np.nan_to_num(shares) > floor)
    return np.asarray(seen | np.nan_to_num(lagged(seen.astype(float), 1)).astype(bool))


def pair_weights(shares: Array) -> Array:
    """The share (…, P) of each pair of powers in what a state with shares (…, K+1) has between them."""
    first, second = pair_positions(shares.shape[-1] - 1)
    both = shares[..., 1:][..., first] * shares[..., 1:][..., second]
    total = both.sum(-1, keepdims=True)
    return np.where(total > 0, both / np.where(total > 0, total, 1.0), np.nan)


def rows(data: ThesisData, spec: Spec) -> Rows:
    """The state-years of a variant."""
    parts = []
    for c, name in enumerate(spec.channels):
        s = data.channel(name)
        mean, first = base_shares(s)
        weights = pair_weights(mean)
        seen = np.isfinite(s).all(-1) & np.asarray(np.isfinite(weights).all(-1))[:, None]
        good = seen & ~first & spec.years(data, name)
        if spec.states is not None:
            good &= spec.states[:, None]
        i, t = np.nonzero(good)
        parts.append((i, t, np.full(len(i), c), s[i, t], weights[i]))
    return Rows(*(np.concatenate(p) for p in zip(*parts, strict=True)))


def pairs_of(data: ThesisData, spec: Spec, r: Rows, *, levels: Sequence[Array] | None = None) -> Array:
    """Rivalry (n, P) of each row's year, as its channel's equation has it; ``levels`` (T, P) a channel, if given."""
    out = np.full((len(r.i), r.pairs.shape[1]), np.nan)
    for c, name in enumerate(spec.channels):
        level = levels[c] if levels is not None else data.rivalry(without=spec.rivalry_left_out(name), only=spec.only)
        on = r.c == c
        out[on] = lagged(level, spec.lag, axis=0)[r.t[on]]
    return out


def exposure_draws(data: ThesisData, spec: Spec, r: Rows, *, draws: int, seed: int) -> Array:
    """Exposure Z (n, D) over draws of the weights of rivalry's components, the same weights in all channels."""
    out = np.full((len(r.i), draws), np.nan)
    for c, name in enumerate(spec.channels):
        on = r.c == c
        level = data.rivalry_draws(without=spec.rivalry_left_out(name), draws=draws, seed=seed)
        out[on] = np.einsum("np,dnp->nd", r.pairs[on], level[:, r.t[on]])
    return out


def controls(data: ThesisData, *, lag: int = 1) -> Array:
    """:data:`CONTROLS` (N, T, 4), a year before."""
    v = data.covariates
    gdp = np.log(v["gdp_2015usd"])
    both = [gdp, gdp - np.log(v["population"]), v["polyarchy"], v["conflict_intensity"]]
    return np.stack([lagged(b, lag) for b in both], -1)


def without_power(data: ThesisData, power: str) -> ThesisData:
    """The data with one power counted as outside."""
    k = data.grid.powers.index(power)
    first, second = pair_positions(len(data.grid.powers))
    kept, pairs = [j for j in range(len(data.grid.powers)) if j != k], (first != k) & (second != k)
    shares, trade = (np.delete(a, k + 1, -1) for a in (data.shares, data.trade))
    shares[..., 0] = data.shares[..., 0] + data.shares[..., k + 1]
    trade[..., 0] = data.trade[..., 0] + np.nan_to_num(data.trade[..., k + 1])
    return replace(data, grid=Grid(data.grid.years, tuple(data.grid.powers[j] for j in kept)), shares=shares,
                   components=data.components[:, :, pairs], levers=data.levers[..., kept], near=data.near[..., kept],
                   power_growth=data.power_growth[:, kept], trade=trade, belongs=data.belongs[:, kept])


def among(data: ThesisData, names: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each state (N,) is one of some."""
    return np.isin(data.states, list(names))


def sells_no_oil(data: ThesisData) -> NDArray[np.bool_]:
    """Whether each state (N,) is known to be no exporter of oil, coal or gas, see :data:`FUELS`."""
    v, span = data.covariates, (data.years >= FUELS_FROM) & (data.years <= FUELS_TO)
    share = v["fuel_exports_usd"][:, span] / v["gdp_usd"][:, span]
    known = np.isfinite(share)
    return np.asarray((np.where(known, share, 0.0).sum(1) <= FUELS * known.sum(1)) & known.any(1))


def shown(name: str, fit: Fit, *, i: Codes, years: Codes, used: NDArray[np.bool_], at: int = 0) -> Estimate:
    """A coefficient of a fit as an estimate; ``used`` (n,) are the rows that went in."""
    span = (int(years[used].min()), int(years[used].max())) if used.any() else None
    return Estimate(name, float(fit.estimate[at]), float(fit.low[at]), float(fit.high[at]), fit.rows,
                    len(np.unique(i[used])), span, fit.status, fit.reason)


def common_variants(data: ThesisData, base: Spec) -> list[tuple[str, ThesisData, Spec]]:
    """The page's list of variants, as far as the quick look has them."""
    out = [(f"rivalry without {c}", data, replace(base, without=(c,))) for c in COMPONENTS]
    out.append(("ideal points alone", data, replace(
        base, only=("ideal_points",), channels=tuple(c for c in base.channels if c != "diplomacy"))))
    out.append(("hostile acts alone", data, replace(base, only=("sanctions", "disputes", "strategic"))))
    out.append(("rivalry a year before", data, replace(base, lag=1)))
    out += [(f"{c} alone", data, replace(base, channels=(c,))) for c in base.channels if len(base.channels) > 1]
    out.append(("all four channels", data, replace(base, channels=("trade", "diplomacy", "security", "institutions"))))
    out.append(("without diplomacy", data, replace(base, channels=tuple(c for c in base.channels if c != "diplomacy"))))
    out += [("to 2007", data, replace(base, until=2007)), ("to 2013", data, replace(base, until=2013)),
            ("2008 on", data, replace(base, since=2008)), ("2014 on", data, replace(base, since=2014)),
            ("without 2014–15 and 2022–23", data, replace(base, dropped=(2014, 2015, 2022, 2023)))]
    soviet, people = among(data, SOVIET), data.covariates["population"]
    small = np.nan_to_num(np.nanmax(np.where(np.isfinite(people), people, 0.0), axis=1)) < 1e5
    out += [("post-Soviet states", data, replace(base, states=soviet)),
            ("without post-Soviet states", data, replace(base, states=~soviet)),
            ("without the smallest", data, replace(base, states=~small)),
            ("without oil exporters", data, replace(base, states=sells_no_oil(data))),
            ("without Kazakhstan", data, replace(base, states=~among(data, ["KAZ"])))]
    out += [(f"without {n}", without_power(data, p), base) for p, n in (("JPN", "Japan"), ("EUU", "the EU"))]
    out.append(("with the outcome's own component", data, replace(base, own=True)))
    return out


NOT_DONE = ("priors",)
"""Of the page's list, what only variants of the main estimator can do: a regression has no prior."""
