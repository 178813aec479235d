"""The main estimates of H1 to H4, from draws of the hierarchical model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from equipoise.model.hierarchy import GROUPS, Design, Panel, pooled
from equipoise.model.laplace import Start, quick_fit
from equipoise.model.posterior import Summary, averaged, quantities, responses, summarise
from equipoise.pipeline.choice_rows import Origin
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_findings import BY_MAIN, Main, as_estimate
from equipoise.pipeline.thesis_rows import Estimate

Array = NDArray[np.float64]

EFFECT_DRAWS = 800
"""Draws behind effects on shares, each of all rows; they are taken evenly from all chains."""

WIDTHS = (1.0, 4.0)
"""Standard deviations of the prior of φ and ρ in variants; the main estimates have 2."""

INFLUENCE = 0.05
"""A state whose largest leverage is under this has no most influential power (H3)."""


def main_estimates(sites: dict[str, Array], *, panel: Panel, origin: Origin, data: ThesisData,
                   divergences: int) -> dict[str, Main]:
    """Return H1, H2, H3, H3* (the share of the most influential power itself) and H4 from draws by site (C, D, …).

    H2 is without trade, where a null was expected beforehand; that of trade stands beside it.
    """
    found = effects(sites, panel=panel, origin=origin)
    every, old = np.ones(panel.rows, bool), panel.channel == panel.channels.index("trade")
    slow = {g: v for n, g, v in quantities(sites, panel, GROUPS) if n == "inertia_terms"}["log_tenure"]
    # The coefficient is one of logit η; movement is in proportion to η, and d log η = (1 − η) d logit η.
    base = 1.0 / (1.0 + np.exp(-np.asarray(sites["speed_base"], float)))
    tenure = -slow * (1.0 - base @ (np.bincount(panel.channel, minlength=len(panel.channels)) / panel.rows))
    fresh, known = (averaged(sites, "coercion", panel, GROUPS, rows) for rows in (~old, old))
    of = {
        "H1": (found["index"], every), "H3": (found["gap"], found["led"]), "H3*": (found["first"], found["led"]),
        "H2": (fresh, ~old), "H2: trade to 2014": (known, old), "H4": (tenure, every),
    }
    rho = averaged(sites, "cross_pressure", panel, GROUPS, ~old)
    unstable = {"unstable": float(found["unstable"])}
    told = {"H1": unstable, "H3": unstable, "H3*": unstable,
            "H2": {"correlation": float(np.corrcoef(fresh.ravel(), rho.ravel())[0, 1])}}
    return {h: _main(summarise(h, "", d), rows, origin=origin, data=data, divergences=divergences,
                     told=told.get(h, {})) for h, (d, rows) in of.items()}


def with_intolerance_held(main: dict[str, Main], *, panel: Panel, start: Start,
                          progress: Callable[[str], None]) -> dict[str, Main]:
    """Main estimates with H2's interval at ψ = 0 and at ψ = 1, which its rules ask for, from quick fits."""
    told, fresh = dict(main["H2"].told), panel.channel != panel.channels.index("trade")
    for psi in (0.0, 1.0):
        progress(f"H2 with intolerance held at {psi:g}")
        fit = quick_fit(panel, Design(intolerance=psi), draws=2000, start=start)
        if fit.status == "done":
            phi = averaged({n: v[None] for n, v in fit.sites.items()}, "coercion", panel, GROUPS, fresh)
            low, high = np.quantile(phi, [0.05, 0.95])
            told |= {f"psi_{psi:g}_low": float(low), f"psi_{psi:g}_high": float(high)}
    return main | {"H2": replace(main["H2"], told=told)}


def by_prior(panel: Panel, *, origin: Origin, data: ThesisData, start: Start,
             progress: Callable[[str], None]) -> dict[str, list[Estimate]]:
    """Return H1 to H4 with other priors of φ and ρ, from quick fits: variants of the main estimates, by hypothesis."""
    out: dict[str, list[Estimate]] = {h: [] for h in ("H1", "H2", "H3", "H4")}
    for width in WIDTHS:
        name = f"prior width {width:g}{BY_MAIN}"
        progress(f"H1 to H4 with a prior of standard deviation {width:g}")
        fit = quick_fit(panel, Design(width=width), draws=EFFECT_DRAWS, start=start)
        if fit.status != "done":
            failed = Estimate(name, np.nan, np.nan, np.nan, panel.rows, 0, status=fit.status, reason=fit.reason)
            out = {h: [*rest, failed] for h, rest in out.items()}
            continue
        found = main_estimates({n: v[None] for n, v in fit.sites.items()}, panel=panel, origin=origin, data=data,
                               divergences=0)
        out = {h: [*rest, as_estimate(found[h], name=name)] for h, rest in out.items()}
    return out


def effects(sites: dict[str, Array], *, panel: Panel, origin: Origin) -> dict[str, Array]:
    """Mean derivatives by exposure, in the long run: ``index`` (C, D') of the multi-vector index with its sign turned,
    ``gap`` of w_k* − w_0, ``first`` of w_k*; ``led`` (n,), the rows with a most influential power k*; ``unstable``, the
    share of rows and draws at which the shares seen are no stable solution, which have no derivative.
    """
    chains, draws = sites["intolerance"].shape[:2]
    at = np.unique(np.linspace(0, draws - 1, max(EFFECT_DRAWS // chains, 8)).astype(int))
    lead, led = origin.leverage.argmax(1), origin.leverage.max(1) >= INFLUENCE
    out = {n: np.full((chains, len(at)), np.nan) for n in ("index", "gap", "first")}
    lost, log = [], np.log(origin.shares) + 1.0
    for c, j in np.ndindex(chains, len(at)):
        one = {n: v[c, at[j]] for n, v in sites.items() if n.startswith(("coercion", "cross", "intoler"))}
        dw = responses(
            origin.shares, rivalry=origin.rivalry, leverage=origin.leverage,
            coercion=pooled(one, "coercion", panel=panel), cross_pressure=pooled(one, "cross_pressure", panel=panel),
            intolerance=np.full(panel.rows, one["intolerance"]))
        lost.append(float(np.isnan(dw[:, 0]).mean()))
        out["index"][c, j] = np.nanmean((log * dw).sum(1)) / np.log(dw.shape[1])
        first = np.take_along_axis(dw, lead[:, None] + 1, 1)[:, 0]
        out["first"][c, j], out["gap"][c, j] = np.nanmean(first[led]), np.nanmean((first - dw[:, 0])[led])
    return out | {"led": led, "unstable": np.array(np.mean(lost))}


def _main(s: Summary, rows: NDArray[np.bool_], *, origin: Origin, data: ThesisData, divergences: int,
          told: dict[str, float]) -> Main:
    years = data.years[origin.t[rows]]
    return Main(s.mean, s.low, s.high, int(rows.sum()), len(np.unique(origin.i[rows])),
                (int(years.min()), int(years.max())), s.rhat, min(s.ess_bulk, s.ess_tail), divergences, told)
