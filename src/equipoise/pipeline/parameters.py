"""What leeway draws its parameters from, and the tables of the tested hypotheses as a report has them."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import polars as pl

from equipoise.assemble.packed import Pack
from equipoise.assemble.thesis_contracts import THESIS
from equipoise.model.priors import Posterior, Prior, posterior
from equipoise.schema import CHANNELS

NAMES = ("coercion", "cross_pressure", "intolerance")

LEEWAY_PRIOR = "restricted"
"""Those of 2014 and later, neither under 0: leeway asks what today's order would do."""

QUANTILES = {"low": 0.05, "mid_low": 0.25, "median": 0.5, "mid_high": 0.75, "high": 0.95}

SPREAD = 2.0
"""The standard deviation of the priors of coercion and cross-pressure; of the restricted ones, before folding at 0."""


def parameters_of(pack: Pack) -> Prior:
    """The posterior of the parameters of 2014 and later, neither force under 0; without one, the assumed.

    >>> from equipoise.assemble.packed import Pack
    >>> parameters_of(Pack(frames={}))
    Prior(coercion=(0.0, 4.0), cross_pressure=(0.0, 4.0), intolerance=(0.0, 1.0))
    """
    if not pack.has("choice_posterior"):
        return Prior()
    draws = pack.table("choice_posterior").filter(pl.col("prior") == LEEWAY_PRIOR, pl.col("group") == "")
    wide = draws.filter(pl.col("parameter").is_in(NAMES)).pivot("parameter", index="draw", values="value").sort("draw")
    if not set(NAMES) <= set(wide.columns) or not wide.height:
        return Prior()
    return posterior({n: wide[n].to_numpy() for n in NAMES})


def basis(prior: Prior) -> str:
    """``posterior`` or ``assumed``: the key of what a report says of its parameters."""
    return "posterior" if isinstance(prior, Posterior) else "assumed"


def thesis_frames(pack: Pack) -> dict[str, pl.DataFrame]:
    """The frames of a report from ``thesis`` on; none unless the pack has them all."""
    if not all(pack.has(name) for name in THESIS):
        return {}
    return {name: pack.table(name) for name in THESIS} | {"choice_posterior": summary(pack.table("choice_posterior"))}


def summary(draws: pl.DataFrame) -> pl.DataFrame:
    """Quantiles of the posterior and of the prior: prior, parameter, group, what, low, mid_low, median, mid_high, high.

    ``draws`` is the pack's ``choice_posterior``. Groups are the channels and their mean (empty text); ``what`` is
    prior or posterior.
    """
    kept = draws.filter(pl.col("parameter").is_in(NAMES), pl.col("group").is_in(["", *CHANNELS]))
    each = kept.group_by("prior", "parameter", "group", maintain_order=True).agg(
        *(pl.col("value").quantile(q, "linear").alias(name) for name, q in QUANTILES.items()))
    found = each.with_columns(what=pl.lit("posterior"))
    before = [{"prior": p, "parameter": n, "group": "", "what": "prior", **_prior(p, n)}
              for p, n in each.select("prior", "parameter").unique(maintain_order=True).rows()]
    columns = ["prior", "parameter", "group", "what", *QUANTILES]
    return pl.concat([pl.DataFrame(before, schema={c: found.schema[c] for c in columns}), found.select(columns)])


def _prior(prior: str, parameter: str) -> dict[str, Any]:
    if parameter == "intolerance":
        return dict(QUANTILES)
    normal = NormalDist(0, SPREAD)
    return {name: normal.inv_cdf((1 + q) / 2 if prior == LEEWAY_PRIOR else q) for name, q in QUANTILES.items()}
