"""The hierarchical model of the choice: attraction by state and power, coercion and cross-pressure pooled over groups.

The equations are :mod:`equipoise.model.transitions`; this module has the priors and wraps the likelihood for NumPyro.
Which terms are in is a :class:`Design`. Importing this module imports JAX and NumPyro.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpy.typing import NDArray

from equipoise.model.transitions import Forces, Transitions, log_density

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

GROUPS = ("channel", "region", "period")
"""What coercion and cross-pressure vary by; regions and periods within a channel, so that the channel with the least
noise does not speak for the others."""

LOCAL = ("attraction", "log_scale")
"""Sites with a row for each series of a state and channel; given the others, series are independent."""

ALIKE = 1.0
"""The prior's median of the standard deviation of φ's and ρ's deviations, in utils per unit of rivalry."""

ALIKE_SD = 0.5
"""The prior's standard deviation of its logarithm."""

SPREADS = ("attraction_spread", "scale_spread", "year_spread")
"""Spreads of the many effects. At their joint mode they are zero, so a Laplace fit needs them given."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["moves", "channel", "series", "cell", "region", "period", "series_channel", "series_region",
                 "series_on", "series_base", "cell_channel", "inertia", "perception", "attraction"],
    meta_fields=["channels", "regions", "periods", "inertia_terms", "perception_terms", "attraction_terms"],
)
@dataclass(frozen=True, slots=True)
class Panel:
    """Moves of shares and their groups: n rows, S series (a state's channel), G cells (channel × year).

    channel, series, cell, region, period: codes (n,); series_channel, series_region (S,); series_on (S, K+1): options
    in the choice; series_base (S, K+1): log of the mean shares of the first years; cell_channel (G,); inertia (J, n),
    perception (J', n), attraction (J″, K+1, n): terms, centred, 0 where unknown; the rest: names.
    """

    moves: Transitions
    channel: Codes
    series: Codes
    cell: Codes
    region: Codes
    period: Codes
    series_channel: Codes
    series_region: Codes
    series_on: NDArray[np.bool_]
    series_base: Array
    cell_channel: Codes
    inertia: Array
    perception: Array
    attraction: Array
    channels: tuple[str, ...]
    regions: tuple[str, ...]
    periods: tuple[str, ...]
    inertia_terms: tuple[str, ...] = ()
    perception_terms: tuple[str, ...] = ()
    attraction_terms: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Number of moves."""
        return len(self.channel)

    def take(self, rows: NDArray[Any]) -> Panel:
        """Some of the rows, with all series and cells."""
        chosen = {name: getattr(self, name)[rows] for name in ("channel", "series", "cell", "region", "period")}
        for name in ("inertia", "perception", "attraction"):
            chosen[name] = getattr(self, name)[..., rows]
        return replace(self, moves=self.moves.take(rows), **chosen)


@dataclass(frozen=True, slots=True)
class Design:
    """Which terms are in, and the priors that a variant may change.

    systemic: coercion and cross-pressure (without them: softmax(v), no effect of the order); restricted: φ, ρ ≥ 0;
    width: the standard deviation of their prior, in utils per unit of rivalry; intolerance: a value if it is fixed;
    freedom: the shock's degrees of freedom, None to estimate them, when the posterior has many modes where shares
    rarely move; groups: what φ and ρ vary by; inertia, perception and attraction: terms by name, others left out.
    """

    systemic: bool = True
    restricted: bool = False
    width: float = 2.0
    intolerance: float | None = None
    freedom: float | None = 4.0
    groups: tuple[str, ...] = GROUPS
    inertia: tuple[str, ...] | None = None
    perception: tuple[str, ...] | None = None
    attraction: tuple[str, ...] | None = None


FULL = Design()
"""All terms, both signs."""


def group_spreads(design: Design) -> tuple[str, ...]:
    """Sites of the spreads of φ's and ρ's deviations."""
    return tuple(f"{n}_{g}_spread" for n in ("coercion", "cross_pressure") for g in design.groups if design.systemic)


def model(panel: Panel, design: Design = FULL) -> None:
    """The NumPyro model of a panel."""
    s = _sample_forces(panel, design)
    s |= _sample_effects(panel, design)
    # Without the barrier XLA gathers effects anew in every loop over rows, which takes five times as long.
    given = jax.lax.optimization_barrier(forces(s, panel=panel, design=design))  # type: ignore[no-untyped-call]
    numpyro.factor("moves", log_density(panel.moves, given).sum())


def _sample_forces(panel: Panel, design: Design) -> dict[str, Any]:
    s: dict[str, Any] = {}
    if not design.systemic:
        return s
    wide = dist.HalfNormal(design.width) if design.restricted else dist.Normal(0.0, design.width)
    for name in ("coercion", "cross_pressure"):
        s[name] = numpyro.sample(name, wide)
        for g in design.groups:
            # With three to eight groups the data say little of a spread; near zero it would be a trap for a sampler.
            spread = numpyro.sample(f"{name}_{g}_spread", dist.LogNormal(np.log(ALIKE), ALIKE_SD))
            shape = _deviations(panel, g)
            s[f"{name}_{g}"] = numpyro.sample(f"{name}_{g}", dist.Normal(0, spread).expand(shape).to_event(len(shape)))
    if design.intolerance is None:
        s["intolerance"] = numpyro.sample("intolerance", dist.Uniform(0.0, 1.0))
    s["perception_base"] = numpyro.sample("perception_base", dist.Normal(0.0, 1.5))
    count = len(_picked(panel.perception_terms, design.perception))
    if count:
        s["perception"] = numpyro.sample("perception", dist.Normal(0, 1).expand([count]).to_event(1))
    return s


def _sample_effects(panel: Panel, design: Design) -> dict[str, Any]:
    c, k = len(panel.channels), panel.series_on.shape[1]
    s: dict[str, Any] = {}

    def take(name: str, d: Any, *shape: int) -> None:
        s[name] = numpyro.sample(name, d.expand(shape).to_event(len(shape)))

    take("speed_base", dist.Normal(-1.4, 1.0), c)
    for name in ("inertia", "attraction"):
        count = len(_picked(getattr(panel, f"{name}_terms"), getattr(design, name)))
        if count:
            take(f"{name}_terms", dist.Normal(0.0, 1.0), count)
    if design.freedom is None:
        take("freedom", dist.LogNormal(1.5, 0.7), c)
    take("power", dist.Normal(0.7, 0.7), c)
    take("level", dist.Normal(0.0, 2.0), c)
    take("carry", dist.Normal(0.5, 0.5), c)
    eta = jax.nn.sigmoid(s["speed_base"])[:, None, None]
    s["home"] = numpyro.sample("home", dist.Normal(0.0, eta).expand([c, len(panel.regions), k]).to_event(3))
    take("attraction_spread", dist.HalfNormal(1.0), c)
    take("scale_spread", dist.HalfNormal(1.0), c)
    take("year_spread", dist.HalfNormal(1.0), c)
    at = panel.series_channel
    mean = attraction_mean(s, panel=panel)
    spread = s["attraction_spread"][at][:, None]
    s["attraction"] = numpyro.sample("attraction", dist.Normal(mean, spread).to_event(2))
    s["log_scale"] = numpyro.sample("log_scale", dist.Normal(s["level"][at], s["scale_spread"][at]).to_event(1))
    year = dist.Normal(0.0, s["year_spread"][panel.cell_channel][:, None]).expand([len(panel.cell_channel), k])
    s["year"] = numpyro.sample("year", year.to_event(2))
    return s


def attraction_mean(s: dict[str, Any], *, panel: Panel) -> Any:
    """The prior mean (S, K+1) of attraction at a draw ``s`` of the model's sites.

    Effects and shocks are sampled as what a year's move shows of them, η times what they are in attraction: the data
    know that far better than η, so the two do not pull at each other, and a joint mode is near the mean.
    """
    at = panel.series_channel
    eta = jax.nn.sigmoid(s["speed_base"])[at][:, None]
    return eta * s["carry"][at][:, None] * panel.series_base + s["home"][at, panel.series_region]


def forces(s: dict[str, Any], *, panel: Panel, design: Design = FULL) -> Forces:
    """The parameters by row that a draw ``s`` of the model's sites gives."""
    c = panel.channel
    speed = s["speed_base"][c]
    if "inertia_terms" in s:
        speed = speed + s["inertia_terms"] @ panel.inertia[_picked(panel.inertia_terms, design.inertia)]
    eta = jax.nn.sigmoid(s["speed_base"])
    of_series, of_cell = eta[panel.series_channel], eta[panel.cell_channel]
    v = (s["attraction"] / of_series[:, None])[panel.series].T + (s["year"] / of_cell[:, None])[panel.cell].T
    if "attraction_terms" in s:
        terms = panel.attraction[_picked(panel.attraction_terms, design.attraction)]
        v = v + jnp.einsum("j,jkn->kn", s["attraction_terms"], terms)
    given = {"speed": jax.nn.sigmoid(speed), "attraction": v,
             "scale": (jnp.exp(s["log_scale"]) / of_series)[panel.series], "power": s["power"][c],
             "freedom": s["freedom"][c] if design.freedom is None else design.freedom}
    if not design.systemic:
        return Forces(coercion=0.0, cross_pressure=0.0, intolerance=0.0, perceived=1.0, **given)
    seen = s["perception_base"]
    if "perception" in s:
        seen = seen + s["perception"] @ panel.perception[_picked(panel.perception_terms, design.perception)]
    psi = s["intolerance"] if design.intolerance is None else design.intolerance
    two = {name: pooled(s, name, panel=panel, design=design) for name in ("coercion", "cross_pressure")}
    return Forces(**two, intolerance=psi, perceived=jax.nn.sigmoid(seen), **given)


def pooled(s: dict[str, Any], name: str, *, panel: Panel, design: Design = FULL) -> Any:
    """φ or ρ by row: the mean and the deviations of the row's channel, and of its region and period within it."""
    value = s[name]
    for g in design.groups:
        value = value + s[f"{name}_{g}"][_places(panel, g)]
    return value


def _deviations(panel: Panel, group: str) -> tuple[int, ...]:
    """The shape of a group's deviations: by channel, else by channel and group."""
    own = len(getattr(panel, f"{group}s"))
    return (own,) if group == "channel" else (len(panel.channels), own)


def _places(panel: Panel, group: str) -> Any:
    """Where a row's deviation is."""
    return panel.channel if group == "channel" else (panel.channel, getattr(panel, group))


def _picked(names: tuple[str, ...], wanted: tuple[str, ...] | None) -> NDArray[np.intp]:
    return np.array([i for i, n in enumerate(names) if wanted is None or n in wanted], dtype=np.intp)
