"""Leeway of all states at once, by the solver in JAX; the leeway of one state is part of its report.

Importing this module imports JAX, so :mod:`equipoise.pipeline` does not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack
from equipoise.errors import UnknownState
from equipoise.measure.rivalry import to_matrix
from equipoise.measure.system import capabilities
from equipoise.model import policy
from equipoise.model.bifurcation import Branches, follow
from equipoise.model.continuation import CAUSES, FINEST
from equipoise.model.equilibria import STATUSES
from equipoise.model.policy import Band
from equipoise.model.priors import Prior
from equipoise.pipeline.parameters import parameters_of
from equipoise.pipeline.thesis_data import ThesisData, thesis_data
from equipoise.schema import DEFAULT_POWERS

Array = NDArray[np.float64]

STATES = 8
"""States whose draws are in memory at once: with 200 draws of 35 years, a tenth of a gigabyte."""

SCHEMA = {
    "state": pl.String,
    "year": pl.Int32,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "falls_to": pl.String,
    "cause": pl.String,
    "collapses": pl.Float64,
    "not_stable": pl.Float64,
    "failed": pl.Float64,
}


def leeway_of_states(
    pack: Pack,
    *,
    states: Sequence[str] | None = None,
    powers: Sequence[str] = DEFAULT_POWERS,
    years: Sequence[int] | None = None,
    prior: Prior | None = None,
    draws: int = 200,
    seed: int = 1991,
) -> pl.DataFrame:
    """Return leeway by state and year, with the draws, the seed and so the values of a report.

    Columns: state, year; value, low and high (0…1, the median over draws and the 5th and 95th percentile); falls_to
    and cause, what most of the collapsing draws say; collapses, not_stable and failed, shares of draws: those that
    collapse, those in which the shares are no stable solution to begin with, and those that could not be followed,
    which are in none of the others. States are all of the pack but the powers; years without engagement, rivalry or
    leverage are left out. Raises UnknownState for a state that the pack does not have, or that is a power.
    """
    data = thesis_data(pack, powers=powers)
    free = [s for s in data.states if s not in powers]
    chosen = free if states is None else list(states)
    if unknown := [s for s in chosen if s not in free]:
        raise UnknownState(
            f"no leeway between {', '.join(powers)} can be computed for {', '.join(unknown)}.",
            hint="Name states of the pack by ISO 3166-1 alpha-3 that are no powers.",
        )
    r = policy.rivalry(data.components, draws=draws, seed=seed + 1)
    side = policy.order(r, capability=_capability(pack, data))[1].side.astype(np.float64)
    parameters = (prior or parameters_of(pack)).draw(draws=draws, seed=seed + 3)
    wanted = np.isin(data.years, data.years if years is None else list(years))
    blocks = [chosen[first : first + STATES] for first in range(0, len(chosen), STATES)]
    frames = [
        _block(data, states=some, r=r, side=side, parameters=parameters, wanted=wanted, seed=seed) for some in blocks
    ]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *frames])


def _block(
    data: ThesisData,
    *,
    states: Sequence[str],
    r: Band,
    side: Array,
    parameters: dict[str, Array],
    wanted: NDArray[np.bool_],
    seed: int,
) -> pl.DataFrame:
    """The frame of some states, their draws followed together."""
    draws = len(r.draws)
    w, lever, rows = [], [], []
    for i in (data.states.index(s) for s in states):
        engaged = policy.engagement(data.shares[i], draws=draws, seed=seed)
        levered = policy.leverage(data.levers[:, i], draws=draws, seed=seed + 2)
        bands = (engaged, levered, r)
        t = np.flatnonzero(wanted & np.all([np.isfinite(b.value).all(-1) for b in bands], axis=0))
        w.append(engaged.draws[:, t])
        lever.append(levered.draws[:, t])
        rows += [(i, year) for year in t]
    if not rows:
        return pl.DataFrame(schema=SCHEMA)
    at = np.array([year for _, year in rows])
    ends = follow(
        np.concatenate(w, 1),
        rivalry=to_matrix(r.draws[:, at], powers=side.shape[-1]),
        leverage=np.concatenate(lever, 1),
        side=side[:, at],
        finest=FINEST,
        coercion=parameters["coercion"][:, None],
        cross_pressure=parameters["cross_pressure"][:, None],
        intolerance=parameters["intolerance"][:, None],
    )
    return pl.DataFrame(
        [
            (data.states[i], data.grid.years[t], *_summary(ends, column=c, options=data.grid.options))
            for c, (i, t) in enumerate(rows)
        ],
        schema=SCHEMA,
        orient="row",
    )


def _summary(ends: Branches, *, column: int, options: Sequence[str]) -> tuple[float | str | None, ...]:
    """Value, low, high, falls_to, cause, collapses, not_stable and failed, over the draws (D,) of a state-year."""
    good = ends.status[:, column] == STATUSES.index("converged")
    failed = float(1 - good.mean())
    if not good.any():
        return None, None, None, None, None, None, None, failed
    low, mid, high = np.quantile(ends.value[good, column], [0.05, 0.5, 0.95])
    cause, after = ends.cause[good, column], ends.after[good, column]
    ended = cause > 0
    told = ended & np.isfinite(after).all(-1)
    to = options[int(np.bincount(after[told].argmax(-1)).argmax())] if told.any() else None
    why = CAUSES[int(np.bincount(cause[ended]).argmax())] if ended.any() else CAUSES[0]
    return (
        float(mid),
        float(low),
        float(high),
        to,
        why,
        float(ended.mean()),
        float(ends.not_stable[good, column].mean()),
        failed,
    )


def _capability(pack: Pack, data: ThesisData) -> Array:
    out = np.full((len(data.grid.years), len(data.grid.powers)), np.nan)
    strengths = capabilities(pack, powers=data.grid.powers, years=data.grid.years)
    for year, power, value in strengths.select("year", "power", "capability").iter_rows():
        out[year - data.grid.years[0], data.grid.powers.index(power)] = np.nan if value is None else value
    return out
