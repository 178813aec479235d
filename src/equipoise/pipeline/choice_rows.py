"""The rows on which the choice is estimated: moves of channel shares, with their equation's rivalry and leverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.measure.rivalry import to_matrix
from equipoise.model.hierarchy import Panel
from equipoise.model.policy import floor_of
from equipoise.model.transitions import prepare
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import Spec, base_shares, lagged, open_options
from equipoise.schema import CHANNELS

Array = NDArray[np.float64]

PERIODS = (2008, 2014, 2022)
"""The first years of the second and later periods."""

MEASURED = Spec(channels=("trade", "diplomacy"))
"""Security and institutions are left out: between treaties and accessions nothing moves there, see the hypotheses."""

LEAST = 5
"""A series of fewer moves is left out: its own effects would be all that it tells of."""

MOVED = {"security": 0.01}
"""The least move of a share that makes a year an outcome: security moves by treaty, and small moves there are changes
in the weights of a power's members; elsewhere a year without any move says nothing that a density could hold."""

AREAS = {
    "Europe": ("Eastern Europe", "Northern Europe", "Southern Europe", "Western Europe"),
    "Central Asia": ("Central Asia",),
    "Western Asia and Northern Africa": ("Western Asia", "Northern Africa"),
    "Sub-Saharan Africa": ("Eastern Africa", "Middle Africa", "Southern Africa", "Western Africa"),
    "Southern Asia": ("Southern Asia",),
    "Eastern and South-eastern Asia": ("Eastern Asia", "South-eastern Asia"),
    "Americas": ("Caribbean", "Central America", "South America", "Northern America"),
    "Oceania": ("Australia and New Zealand", "Melanesia", "Micronesia", "Polynesia"),
}
"""The regions of the hierarchy, from those of UN M49."""

Places = tuple[NDArray[np.int64], NDArray[np.int64]]

_AREA = {m49: name for name, parts in AREAS.items() for m49 in parts}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where each row comes from: state, year, channel as positions in the data (n,), and what it was made of.

    shares (n, K+1), at the floor at least; rivalry (n, K, K) of the year; leverage (n, K).
    """

    i: NDArray[np.int64]
    t: NDArray[np.int64]
    c: NDArray[np.int64]
    shares: Array
    rivalry: Array
    leverage: Array


def choice_rows(data: ThesisData, *, spec: Spec = MEASURED,
                attraction: Mapping[str, Array] | None = None) -> tuple[Panel, Origin]:
    """Return the panel of a variant, all channels together, and where its rows come from.

    ``attraction`` are terms (N, T, K) of what powers offer, by name, as of
    :func:`equipoise.pipeline.domestic.domestic_terms`; none by default.
    """
    parts = [_channel(data, name, spec=spec) for name in spec.channels]
    i, t, c, now, last, on, r, lever, base = (
        np.concatenate([p[j] for p in parts], axis=1 if j == 6 else 0) for j in range(9)
    )
    channels = np.searchsorted(np.unique(c), c)
    series, first, back = np.unique(np.stack([channels, i]), axis=1, return_index=True, return_inverse=True)
    cells, cell = np.unique(np.stack([channels, t]), axis=1, return_inverse=True)
    places = [_AREA[codes.region(s)] for s in data.states]
    regions = sorted({places[s] for s in series[1]})
    where = np.array([regions.index(places[s]) for s in series[1]])
    panel = Panel(
        moves=prepare(now, last=last, on=on, rivalry=r, leverage=lever),
        channel=channels, series=back.ravel(), cell=cell.ravel(), region=where[back.ravel()],
        period=np.searchsorted(PERIODS, data.years[t], side="right"),
        series_channel=series[0], series_region=where, series_on=_union(on, back.ravel()),
        series_base=np.log(base[first]), cell_channel=cells[0], inertia=_standard(inertia_of(data), i, t),
        perception=_standard(tenure_of(data), i, t),
        attraction=offered(attraction or {}, at=(i, t), like=(i, t), powers=now.shape[1] - 1),
        channels=tuple(spec.channels), regions=tuple(regions),
        periods=("to 2007", "2008–2013", "2014–2021", "2022 on"),
        inertia_terms=("leader_change", "log_tenure", "polyarchy", "capacity", "leader unknown"),
        perception_terms=("log_tenure",), attraction_terms=tuple(attraction or ()),
    )  # fmt: skip
    return panel, Origin(i, t, c, now, r[1], lever)


def finite(values: Array) -> NDArray[np.bool_]:
    """Whether all of the last axis is known."""
    return np.asarray(np.isfinite(values).all(-1))


def _channel(data: ThesisData, name: str, *, spec: Spec) -> tuple[NDArray[Any], ...]:
    """i, t, c, shares, last shares, on, rivalry, leverage and base shares of the rows of one channel."""
    raw, floor = data.channel(name), floor_of(name)
    s = np.maximum(raw, floor)
    s = s / s.sum(-1, keepdims=True)
    mean, first = base_shares(raw)
    open_ = open_options(raw, floor=floor)
    known = finite(s)
    before = lagged(s, 1)
    pairs = lagged(data.rivalry(without=spec.rivalry_left_out(name), only=spec.only), spec.lag, axis=0)
    lever = lagged(data.leverage(without=spec.lever_left_out(name), only=spec.lever), spec.lever_lag)
    keep: NDArray[np.bool_] = known & finite(before) & finite(mean)[:, None] & ~first
    keep &= finite(lever) & spec.years(data, name) & (open_.sum(-1) > 1)
    keep &= finite(pairs) & finite(lagged(pairs, 1, axis=0))
    keep &= np.abs(raw - lagged(raw, 1)).max(-1) > MOVED.get(name, 1e-9)
    if spec.states is not None:
        keep &= spec.states[:, None]
    keep &= keep.sum(1, keepdims=True) >= LEAST
    i, t = np.nonzero(keep)
    r = to_matrix(pairs, powers=len(data.grid.powers))
    c = np.full(len(i), CHANNELS.index(name))
    base = np.maximum(mean, floor)
    return i, t, c, s[i, t], before[i, t], open_[i, t], np.stack([r[t - 1], r[t]]), lever[i, t], base[i]


def tenure_of(data: ThesisData) -> Array:
    """The term of perception (1, N, T): log(1 + tenure of the leader in years)."""
    return np.log1p(data.covariates["leader_years"])[None]


def inertia_of(data: ThesisData) -> Array:
    """The terms of inertia (5, N, T): change of leader in t or t − 1, log(1 + tenure), polyarchy, log GDP per head, and
    whether the leader is unknown; polyarchy and income a year before."""
    v = data.covariates
    change = v["leader_changes"]
    recent = np.where(np.isfinite(change), (change > 0) | (np.nan_to_num(lagged(change, 1)) > 0), np.nan)
    rich = lagged(np.log(v["gdp_2015usd"]) - np.log(v["population"]), 1)
    unknown = (~np.isfinite(recent)).astype(float)
    return np.stack([recent, tenure_of(data)[0], lagged(v["polyarchy"], 1), rich, unknown])


def offered(terms: Mapping[str, Array], *, at: Places, like: Places, powers: int) -> Array:
    """Terms (J, K+1, n) at rows, in standard deviations about the mean of powers at the rows ``like``.

    0, the mean, where a term is unknown, and for the outside option.
    """
    out = np.zeros((len(terms), powers + 1, len(at[0])))
    for j, term in enumerate(terms.values()):
        known = term[like]
        x = (term[at] - np.nanmean(known)) / np.nanstd(known)
        out[j, 1:] = np.where(np.isfinite(x), x, 0.0).T
    return out


def _standard(terms: Array, i: NDArray[np.int64], t: NDArray[np.int64]) -> Array:
    """Terms (J, N, T) at rows (J, n), less their mean; what is unknown is at the mean."""
    x = terms[:, i, t]
    mean = np.nanmean(x, axis=1, keepdims=True)
    return np.where(np.isfinite(x), x - mean, 0.0)


def _union(on: NDArray[np.bool_], series: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The options (S, K+1) that any row of a series has."""
    found = np.zeros((int(series.max()) + 1, on.shape[1]), bool)
    np.logical_or.at(found, series, on)
    return found
