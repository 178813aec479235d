"""The tables of the tested hypotheses as the pack has them: quick look and main estimates together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack
from equipoise.pipeline.thesis import SAMPLED, hypotheses
from equipoise.pipeline.thesis_data import thesis_data
from equipoise.pipeline.thesis_findings import Main
from equipoise.pipeline.thesis_rows import Estimate
from equipoise.pipeline.thesis_tables import tables

Progress = Callable[[str], None]

CHAINS, WARMUP, DRAWS = 4, 400, 1000
"""Of the choice."""


def estimated(pack: Pack, *, progress: Progress = lambda _: None) -> dict[str, pl.DataFrame]:
    """Return all tables that are estimated from a pack's others: the choice, its scores, the hypotheses.

    Some twenty minutes on two cores; imports JAX and NumPyro.
    """
    from equipoise.model import sampling
    from equipoise.model.simulate import predictive_check
    from equipoise.pipeline.choice_fit import attraction_of, choice_tables, domestic_fit, parameters, worst
    from equipoise.pipeline.choice_forecast import Forecaster, all_scores
    from equipoise.pipeline.choice_rows import choice_rows
    from equipoise.pipeline.thesis_main import by_prior, main_estimates, with_intolerance_held

    data = thesis_data(pack)
    panel, origin = choice_rows(data)
    chains = sampling.run(panel, chains=CHAINS, warmup=WARMUP, draws=DRAWS, progress=progress)
    progress("checking what the fit predicts")
    flat = {n: v.reshape(-1, *v.shape[2:]) for n, v in chains.sites.items()}
    made = choice_tables(chains, panel=panel, check=predictive_check(panel, flat))
    progress("computing effects on shares")
    main = main_estimates(chains.sites, panel=panel, origin=origin, data=data, divergences=chains.divergences)
    main = with_intolerance_held(main, panel=panel, start=chains.start, progress=progress)
    variants = by_prior(panel, origin=origin, data=data, start=chains.start, progress=progress)
    how = worst(made["choice_fit"])
    main[SAMPLED] = Main(np.nan, np.nan, np.nan, panel.rows, 0, (0, 0), how["rhat"],
                         min(how["ess_bulk"], how["ess_tail"]), chains.divergences)
    made |= thesis_tables(pack, main=main, parameters=parameters(chains, panel=panel), variants=variants,
                          progress=progress)
    progress("fitting the domestic terms of attraction")
    attraction = attraction_of(data, pack=pack)
    terms = domestic_fit(data, attraction=attraction, start=chains.start)
    made["choice_fit"] = pl.concat([made["choice_fit"], terms])
    progress("scoring held-out years")
    return made | {"forecast_scores": all_scores(data, forecaster=Forecaster(data, attraction=attraction))}


def thesis_tables(
    pack: Pack, *, main: Mapping[str, Main] | None, parameters: Mapping[str, NDArray[np.float64]] | None,
    variants: Mapping[str, Sequence[Estimate]] | None = None, progress: Progress | None = None,
) -> dict[str, pl.DataFrame]:
    """Return the tables ``thesis`` and ``verdicts`` of a pack, its own tables being all that they are made of.

    ``main``, ``parameters`` and ``variants`` as :func:`equipoise.pipeline.thesis.hypotheses` has them. The figures are
    at twelve digits, so that the pack's bytes do not hang on the processor's last bits.
    """
    made = tables(hypotheses(pack=pack, main=main, parameters=parameters, variants=variants, progress=progress))
    return {name: t.with_columns(pl.selectors.float().round_sig_figs(12)) for name, t in made.items()}
