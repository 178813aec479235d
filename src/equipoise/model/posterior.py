"""What draws of the hierarchical model say: parameters by group, their convergence, and effects on shares.

Pure NumPy on draws; nothing here imports JAX.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BY_CHANNEL = ("speed_base", "freedom", "power", "level", "carry", "attraction_spread", "scale_spread", "year_spread")
"""Sites with a value for each channel."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One parameter: mean, sd, 5th and 95th percentile, rank-normalised split R-hat, bulk and tail effective draws."""

    parameter: str
    group: str
    mean: float
    sd: float
    low: float
    high: float
    rhat: float
    ess_bulk: float
    ess_tail: float


def summarise(parameter: str, group: str, draws: Array) -> Summary:
    """Summarise draws (chains, draws) of one parameter.

    >>> s = summarise("coercion", "", np.random.default_rng(1).normal(2, 1, (4, 500)))
    >>> round(s.mean, 1), s.rhat < 1.01, s.ess_bulk > 1000
    (2.0, True, True)
    """
    from arviz_stats.base.array import array_stats  # takes a second to import

    x, of = np.asarray(draws, float), cast(Any, array_stats)
    rhat = float(of.rhat(x)) if x.shape[0] > 1 else np.nan
    bulk, tail = float(of.ess(x, method="bulk")), float(of.ess(x, method="tail", prob=(0.05, 0.95)))
    low, high = np.quantile(x, [0.05, 0.95])
    return Summary(parameter, group, float(x.mean()), float(x.std()), float(low), float(high), rhat, bulk, tail)


def quantities(sites: dict[str, Array], panel: Any, groups: tuple[str, ...]) -> Iterator[tuple[str, str, Array]]:
    """Name, group and draws (C, D) of what is reported: φ and ρ averaged over all rows and over those of each group.

    ``panel`` is a :class:`equipoise.model.hierarchy.Panel`, ``groups`` those that φ and ρ vary by in its design.
    """
    for name in ("coercion", "cross_pressure"):
        if name not in sites:
            continue
        yield name, "", averaged(sites, name, panel, groups, np.ones(panel.rows, bool))
        for g in ("channel", "region", "period"):
            for code, label in enumerate(getattr(panel, f"{g}s")):
                rows = getattr(panel, g) == code
                if rows.any():
                    yield name, label, averaged(sites, name, panel, groups, rows)
    for name in ("intolerance", "perception_base"):
        if name in sites:
            yield name, "", sites[name]
    for name in (n for n in BY_CHANNEL if n in sites):
        for code, label in enumerate(panel.channels):
            yield name, label, sites[name][..., code]
    for site, names in (("inertia_terms", panel.inertia_terms), ("perception", panel.perception_terms),
                        ("attraction_terms", panel.attraction_terms)):
        for j in range(sites[site].shape[-1] if site in sites else 0):
            yield site, names[j], sites[site][..., j]


def averaged(sites: dict[str, Array], name: str, panel: Any, groups: tuple[str, ...], rows: NDArray[np.bool_]) -> Array:
    """Draws (C, D) of φ or ρ with its deviations, averaged over some rows (n,) of a panel."""
    value = np.asarray(sites[name], float)
    for g in groups:
        own = sites[f"{name}_{g}"]
        of = (panel.channel,) if g == "channel" else (panel.channel, getattr(panel, g))
        weight = np.zeros(own.shape[2:])
        np.add.at(weight, tuple(code[rows] for code in of), 1 / rows.sum())
        value = value + np.tensordot(own, weight, weight.ndim)
    return value


def responses(shares: Array, *, rivalry: Array, leverage: Array, coercion: Array, cross_pressure: Array,
              intolerance: Array) -> Array:
    """Derivative (…, K+1) of the chosen shares if rivalry rises evenly on all pairs of powers, attraction held.

    shares (…, K+1), rivalry (…, K, K) without the outside, leverage (…, K), parameters (…,). From the first-order
    condition, (diag(1/w) + ρR) dw + (φℓ′ + ρw′) dR = const on Σ dw = 0. NaN where the shares are no stable solution in
    the long run, where there is no derivative to speak of.

    >>> w, r = np.array([0.4, 0.4, 0.2]), np.zeros((2, 2))
    >>> given = dict(rivalry=r, leverage=np.zeros(2), coercion=np.array(0.0), intolerance=np.array(0.0))
    >>> responses(w, cross_pressure=np.array(1.0), **given).round(3)  # two rivals, each pushed away by the other
    array([ 0.064, -0.016, -0.048])
    """
    from equipoise.model.choice import extend, pressure, stability_margin

    big = extend(rivalry, intolerance=intolerance)
    more = extend(np.broadcast_to(1.0 - np.eye(rivalry.shape[-1]), rivalry.shape), intolerance=intolerance)
    rho = np.asarray(cross_pressure)[..., None]
    push = pressure(more, leverage=leverage, coercion=coercion) + rho * (more @ shares[..., None])[..., 0]
    k = shares.shape[-1]
    system = np.zeros((*np.broadcast_shapes(shares.shape[:-1], push.shape[:-1]), k + 1, k + 1))
    system[..., :k, :k] = rho[..., None] * big
    system[..., range(k), range(k)] += 1.0 / shares
    system[..., :k, k] = system[..., k, :k] = 1.0
    right = np.zeros(system.shape[:-1])
    right[..., :k] = -push
    dw = np.linalg.solve(system, right[..., None])[..., :k, 0]
    stable = stability_margin(shares, rivalry=big, rho=cross_pressure) > 0
    return np.where(stable[..., None], dw, np.nan)
