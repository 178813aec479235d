"""The fitted choice as the pack has it: draws of what is reported, and how the sampling went."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack
from equipoise.assemble.thesis_contracts import CHOICE_FIT, CHOICE_POSTERIOR
from equipoise.errors import NotConverged
from equipoise.model.hierarchy import GROUPS, Panel
from equipoise.model.laplace import Start, quick_fit
from equipoise.model.posterior import averaged, quantities, summarise
from equipoise.model.sampling import Chains
from equipoise.pipeline.choice_rows import MEASURED, PERIODS, choice_rows
from equipoise.pipeline.domestic import domestic_terms, of_kind
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import Spec

Array = NDArray[np.float64]

DRAWN = ("coercion", "cross_pressure", "intolerance")
"""Parameters whose draws the pack has; of the others it has summaries."""

PREDICTIVE = ("inside_50", "inside_90", "kurtosis", "kurtosis_replicated", "kurtosis_p", "failed")
"""Of the predictive check, what the pack has by channel."""

SINCE = 2014
"""The first year of those whose coercion and cross-pressure leeway takes: those of today's order."""

DOMESTIC_DRAWS = 2000
"""Draws behind the intervals of the domestic terms."""

KEPT = 500
"""Draws of either prior in the pack."""


def choice_tables(chains: Chains, *, panel: Panel, check: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the pack's ``choice_posterior`` and ``choice_fit`` of chains of the free prior.

    The ``restricted`` draws are what leeway takes: φ and ρ averaged over the rows of :data:`SINCE` and later, where
    neither is under 0. ``check`` is what :func:`equipoise.model.simulate.predictive_check` returns.
    """
    found = {(n, g): np.asarray(x, float) for n, g, x in quantities(chains.sites, panel, GROUPS)}
    latest = parameters(chains, panel=panel)
    drawn = [_draws(found, prior="free"), _draws({(n, ""): x for n, x in latest.items()}, prior="restricted")]
    fit = [{"prior": "free", **_summary(n, g, x)} for (n, g), x in found.items()]
    fit += [{"prior": "restricted", **_summary(n, "", x[None])} for n, x in latest.items()]
    shape = found["intolerance", ""].shape
    count = {"divergences": chains.divergences, "draws": shape[1], "chains": shape[0]}
    fit += [{"prior": "free", "parameter": "sampling", "group": g, "mean": float(v)} for g, v in count.items()]
    fit.append({"prior": "restricted", "parameter": "sampling", "group": "draws",
                "mean": float(len(latest["intolerance"]))})
    fit += [{"prior": "free", "parameter": f"predictive {name}", "group": r["channel"], "mean": float(r[name])}
            for r in check.to_dicts() for name in PREDICTIVE]
    return {
        "choice_posterior": CHOICE_POSTERIOR.check(_rounded(pl.concat(drawn))),
        "choice_fit": CHOICE_FIT.check(_rounded(pl.DataFrame(fit, schema=CHOICE_FIT.dtypes))),
    }


def parameters(chains: Chains, *, panel: Panel) -> dict[str, Array]:
    """Joint draws (D,) of φ and ρ, each averaged over the rows of :data:`SINCE` and later, neither under 0, and of ψ.

    Raises NotConverged where no draw has both at 0 or more.
    """
    rows = panel.period >= np.searchsorted(PERIODS, SINCE, side="right")
    found = {n: averaged(chains.sites, n, panel, GROUPS, rows).ravel() for n in DRAWN[:2]}
    found["intolerance"] = np.asarray(chains.sites["intolerance"], float).ravel()
    inside = (found["coercion"] >= 0) & (found["cross_pressure"] >= 0)
    if not inside.any():
        raise NotConverged("no draw has φ and ρ of at least 0.", hint="Leeway is not defined for such parameters.")
    return {n: x[inside] for n, x in found.items()}


def attraction_of(data: ThesisData, *, pack: Pack) -> dict[str, Array]:
    """Return the domestic terms (N, T, K) of what powers offer, by name; ``pack`` is the one ``data`` was made of."""
    return of_kind(domestic_terms(data, pack=pack), "attraction")


def domestic_fit(data: ThesisData, *, attraction: Mapping[str, Array], start: Start | None = None,
                 spec: Spec = MEASURED) -> pl.DataFrame:
    """Return rows of ``choice_fit``: what terms of attraction are worth.

    By mode and curvature; no rows if that has not converged. A coefficient is in utils per standard deviation of its
    term over powers and the rows where it is known.
    """
    panel, _ = choice_rows(data, spec=spec, attraction=attraction)
    fit = quick_fit(panel, draws=DOMESTIC_DRAWS, start=start)
    sites = {n: v[None] for n, v in fit.sites.items()} if fit.status == "done" else {}
    found = [{"prior": "domestic", **_summary(n, g, x)} for n, g, x in quantities(sites, panel, GROUPS)
             if n == "attraction_terms"]
    return CHOICE_FIT.check(_rounded(pl.DataFrame(found, schema=CHOICE_FIT.dtypes)))


def worst(fit: pl.DataFrame) -> dict[str, float]:
    """The largest R-hat and the smallest effective number of draws of φ, ρ and ψ in ``choice_fit``."""
    own = fit.filter(pl.col("prior") == "free", pl.col("parameter").is_in(DRAWN))
    each = own.select(pl.max("rhat"), pl.min("ess_bulk"), pl.min("ess_tail")).row(0, named=True)
    return {n: float(v) for n, v in each.items()}


def _draws(found: Mapping[tuple[str, str], Array], *, prior: str) -> pl.DataFrame:
    size = found["intolerance", ""].size
    chosen = np.unique(np.linspace(0, size - 1, min(KEPT, size)).astype(int))
    return pl.concat([
        pl.DataFrame({"prior": prior, "draw": np.arange(len(chosen)), "parameter": n, "group": g,
                      "value": x.ravel()[chosen]}, schema=CHOICE_POSTERIOR.dtypes)
        for (n, g), x in found.items() if n in DRAWN])


def _summary(name: str, group: str, draws: Array) -> dict[str, object]:
    s = summarise(name, group, draws)
    return {"parameter": name, "group": group, "mean": s.mean, "sd": s.sd, "low": s.low, "high": s.high,
            **({"rhat": s.rhat, "ess_bulk": s.ess_bulk, "ess_tail": s.ess_tail} if len(draws) > 1 else {})}


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.selectors.float().round_sig_figs(7))
