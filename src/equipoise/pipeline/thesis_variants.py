"""Variants and placebos of the hypotheses that need other data than the primary estimate: other powers, other votes."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack
from equipoise.measure.rivalry import ideal_point_component, to_pairs
from equipoise.measure.system import COMPONENTS, LEVERAGE
from equipoise.pipeline import thesis_coercion, thesis_exposure
from equipoise.pipeline.thesis_data import ThesisData, thesis_data
from equipoise.pipeline.thesis_rows import Estimate, Spec, common_variants
from equipoise.schema import CHANNELS

Array = NDArray[np.float64]

INDIA = ("RUS", "CHN", "USA", "EUU", "IND")
PLACEBO_POWERS = ("BRA", "ZAF", "IDN", "MEX", "AUS")

PERMUTATIONS = 30
"""Of the page's 500: each takes a fit of H2 anew, two to five seconds. With the placebos beside them there are enough
for rule 4."""

SEED = 31


def published(data: ThesisData, *, pack: Pack) -> ThesisData:
    """The data with rivalry from the published ideal points (Bailey, Strezhnev and Voeten 2017) in our own's place."""
    table = pack.table("panel_ideal_points").select("year", state="iso3", point="ideal_point").drop_nulls()
    place = {s: i for i, s in enumerate(data.states)}
    points = np.full((len(data.grid.years), len(data.states)), np.nan)
    for year, state, point in table.filter(pl.col("year").is_in(data.grid.years)).iter_rows():
        if state in place:
            points[year - data.grid.years[0], place[state]] = point
    seen = np.isfinite(points)
    spread = [float(np.ptp(p[k])) for p, k in zip(points, seen, strict=True) if k.any()]
    components = data.components.copy()
    for t, on in enumerate(data.belongs):
        known = on & seen[t]
        count = known.sum(1)
        mean = np.where(known, points[t], 0.0).sum(1) / np.maximum(count, 1)
        gap = ideal_point_component(np.where(count > 0, mean, np.nan), scale=max(spread))
        components[t, COMPONENTS.index("ideal_points")] = to_pairs(gap)
    return replace(data, components=components)


@lru_cache(maxsize=2)
def other_powers(pack: Pack, powers: tuple[str, ...]) -> ThesisData:
    """The data with other powers. Sanctions are known for the default powers only: other pairs go without them."""
    return thesis_data(pack, powers=powers)


def of_exposure(data: ThesisData, *, pack: Pack, kind: str) -> tuple[list[Estimate], list[Estimate]]:
    """H1 and H3: variants with published points and with India; placebo with powers that are none."""
    one, spec = thesis_exposure.estimate, Spec()
    variants = [one("published ideal points", published(data, pack=pack), spec, kind=kind),
                one("India in Japan's place", other_powers(pack, INDIA), spec, kind=kind)]
    return variants, [one("powers that are none", other_powers(pack, PLACEBO_POWERS), spec, kind=kind)]


def of_coercion(data: ThesisData, *, pack: Pack) -> list[Estimate]:
    """H2: rivalry, period, states, powers, leverage, the other instruments, and φ by power."""
    base, one = thesis_coercion.BASE, thesis_coercion.coercion
    alone = {f"{c} alone" for c in base.channels}
    found = [v for v in common_variants(data, base) if v[0] not in alone]
    found += [("leverage: border alone", data, replace(base, lever=("border",))),
              ("leverage ten years before", data, replace(base, lever_lag=10)),
              ("leverage with shares of trade", by_shares(data), base),
              ("published ideal points", published(data, pack=pack), base),
              ("India in Japan's place", other_powers(pack, INDIA), base)]
    out = [one(name, d, spec)[0] for name, d, spec in found]
    for kind, name in (("own first shares", "instrument: own first shares"),
                       ("shares of the region", "instrument: shares of the region")):
        out.append(one(name, data, base, instrument=kind)[0])
    return out


def by_shares(data: ThesisData) -> ThesisData:
    """The data with a power's share of a state's trade in the place of what the end of that trade would cost."""
    levers = data.levers.copy()
    levers[..., LEVERAGE.index("trade"), :] = data.shares[:, :, CHANNELS.index("trade"), 1:]
    return replace(data, levers=levers)


def by_power(data: ThesisData) -> list[Estimate]:
    """φ of each power alone, the leverage of the others being 0 (secondary: is it Russia only?)."""
    out = []
    for k, name in enumerate(data.grid.powers):
        levers = data.levers.copy()
        levers[..., [j for j in range(len(data.grid.powers)) if j != k]] *= 0.0
        out.append(thesis_coercion.coercion(f"leverage of {name} alone", replace(data, levers=levers),
                                            thesis_coercion.BASE)[0])
    return out


def placebo_of_coercion(data: ThesisData, *, pack: Pack) -> list[Estimate]:
    """H2: rivalry as it was 3 to 8 years later, and powers that are none."""
    base, one = thesis_coercion.BASE, thesis_coercion.coercion
    later = [one(f"rivalry {h} years later", data, replace(base, lag=-h))[0] for h in range(3, 9)]
    return [*later, one("powers that are none", other_powers(pack, PLACEBO_POWERS), base)[0]]


def placebo_pairs(data: ThesisData, *, draws: int | None = None) -> Array:
    """φ (D,) with the rivalry of pairs handed to other pairs, no pair keeping its own; NaN where a fit fails."""
    rng, n = np.random.default_rng(SEED), data.components.shape[2]
    out: list[float] = []
    while len(out) < (PERMUTATIONS if draws is None else draws):
        order = rng.permutation(n)
        if (order == np.arange(n)).any():
            continue
        made = replace(data, components=data.components[:, :, order])
        out.append(thesis_coercion.coercion("permuted", made, thesis_coercion.BASE)[0].estimate)
    return np.array(out)

