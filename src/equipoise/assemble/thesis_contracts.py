"""The tables of the pack that hold the tested hypotheses, the fitted choice, and its scores on held-out years.

A pack may lack them: they are estimated from its other tables, which takes far longer than building those.
"""

from __future__ import annotations

import polars as pl

from equipoise.schema import Column, Table

_DATA = "cow_trade;kaz_trade;imf_trade;un_roll_calls;un_votes;atop;cow_igo;nmc;mid;strategic_rivalries"
_ALL = f"{_DATA};distances;shapes;world_bank;vdem;ucdp;reign;cow_states"

HYPOTHESIS = Column("hypothesis", pl.String, "H1 to H7", _ALL)

THESIS_ROWS = Table(
    "thesis",
    ("hypothesis", "kind", "name"),
    (
        HYPOTHESIS,
        Column("kind", pl.String, "main, quick, secondary, variant or placebo", _ALL,
               "main gives the verdict; quick is the same by fixed effects"),
        Column("name", pl.String, "slug", _ALL, "what the estimate is of; the report has a label for each"),
        Column("estimate", pl.Float64, "unit of the hypothesis, see verdicts", _ALL,
               "positive agrees with the article; empty where there is none, see status"),
        Column("low", pl.Float64, "5 % bound, unit of the hypothesis", _ALL),
        Column("high", pl.Float64, "95 % bound, unit of the hypothesis", _ALL),
        Column("rows", pl.Int64, "observations", _ALL),
        Column("states", pl.Int64, "states", _ALL),
        Column("first_year", pl.Int16, "year", _ALL),
        Column("last_year", pl.Int16, "year", _ALL),
        Column("status", pl.String, "done, or what failed", _ALL),
        Column("reason", pl.String, "sentence", _ALL, "why there is no estimate"),
    ),
)

VERDICTS = Table(
    "verdicts",
    ("hypothesis",),
    (
        HYPOTHESIS,
        Column("verdict", pl.String, "supported, not_supported, contradicted or undecidable", _ALL,
               "empty where the main estimator was not run"),
        Column("smallest", pl.Float64, "smallest effect of interest s, in the unit", _ALL),
        Column("unit", pl.String, "unit of estimate, low, high and smallest", _ALL),
        Column("power", pl.Float64, "share, 0 to 1", _ALL,
               "of panels simulated with an effect of twice s, how many read supported"),
        Column("holm", pl.Float64, "level, 0 to 1", _ALL,
               "one-sided p-value of an effect of at most s, adjusted over all hypotheses (Holm 1979)"),
        Column("placebo_count", pl.Int64, "placebo estimates", _ALL),
        Column("placebo_low", pl.Float64, "their 5th percentile, in the unit", _ALL),
        Column("placebo_high", pl.Float64, "their 95th percentile, in the unit", _ALL),
        Column("reasons", pl.String, "JSON: list of {code, params}", _ALL, "what replaced or surrounds the verdict"),
    ),
)

_PRIOR = Column("prior", pl.String, "free, restricted or domestic", _DATA,
                "free: of either sign, all years; restricted: of 2014 and later, neither under 0; "
                "domestic: as free, by mode and curvature, with terms of what powers offer (fit only)")
_PARAMETER = Column("parameter", pl.String, "name", _DATA, "coercion, cross_pressure, intolerance, …")
_GROUP = Column("group", pl.String, "a channel, region or period", _DATA, "empty text: the mean over all of them")

CHOICE_POSTERIOR = Table(
    "choice_posterior",
    ("prior", "parameter", "group", "draw"),
    (
        _PRIOR,
        Column("draw", pl.Int32, "number of the draw", _DATA, "the same number is a joint draw of all parameters"),
        _PARAMETER,
        _GROUP,
        Column("value", pl.Float64, "utils per unit of rivalry; intolerance 0 to 1", _DATA),
    ),
)

CHOICE_FIT = Table(
    "choice_fit",
    ("prior", "parameter", "group"),
    (
        _PRIOR,
        Column("parameter", pl.String, "name, sampling, or predictive …", _DATA,
               "sampling: divergences, draws and chains, named in group; predictive: checks by channel; both in mean"),
        _GROUP,
        Column("mean", pl.Float64, "mean of the posterior, unit of the parameter", _DATA),
        Column("sd", pl.Float64, "standard deviation of the posterior", _DATA),
        Column("low", pl.Float64, "5th percentile", _DATA),
        Column("high", pl.Float64, "95th percentile", _DATA),
        Column("rhat", pl.Float64, "rank-normalised split R-hat", _DATA),
        Column("ess_bulk", pl.Float64, "effective draws, of the bulk", _DATA),
        Column("ess_tail", pl.Float64, "effective draws, of the tails", _DATA),
    ),
)

FORECAST_SCORES = Table(
    "forecast_scores",
    ("trained_to", "channel", "model"),
    (
        Column("trained_to", pl.Int16, "last year of the fit", _ALL),
        Column("channel", pl.String, "trade, diplomacy, security or institutions", _ALL),
        Column("model", pl.String, "choice, null, persistence or multinomial…", _ALL,
               "null: the choice without coercion and cross-pressure"),
        Column("log_score", pl.Float64, "nats a state-year", _ALL, "mean log density; higher is better"),
        Column("crps", pl.Float64, "share, 0 to 1", _ALL, "mean over shares; lower is better"),
        Column("n", pl.Int64, "state-years", _ALL, "the same for all models"),
        Column("left_out", pl.Int64, "state-years", _ALL, "that some model could not forecast, left out for all"),
        Column("log_score_gain", pl.Float64, "nats a state-year", _ALL, "over persistence"),
        Column("gain_se", pl.Float64, "standard error of the gain", _ALL, "by state or year, the wider"),
        Column("crps_gain", pl.Float64, "share, 0 to 1", _ALL, "persistence's crps less the model's"),
        Column("crps_gain_se", pl.Float64, "its standard error", _ALL, "by state or year, the wider"),
    ),
)

THESIS: dict[str, Table] = {
    t.name: t for t in (THESIS_ROWS, VERDICTS, CHOICE_POSTERIOR, CHOICE_FIT, FORECAST_SCORES)
}
"""Tables that a pack has or lacks together with their estimates."""
