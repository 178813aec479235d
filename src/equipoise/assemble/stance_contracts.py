"""The tables of the pack that hold the fitted stances on crises: votes, draws, scores and calibration.

The votes are counted from the pack's roll calls; the rest is estimated from coded crises and other tables of the pack
(:mod:`equipoise.pipeline.stance_build`), which takes minutes.
"""

from __future__ import annotations

import polars as pl

from equipoise.schema import Column, Table

_VOTES = "un_roll_calls;un_votes"
_ALL = f"{_VOTES};cow_trade;kaz_trade;imf_trade;atop;vdem;distances;shapes"
_OUTCOME = Column("outcome", pl.String, "first or firmest", _ALL)
_PARAMETER = Column("parameter", pl.String, "slope, power, cut, spread or vote", _ALL)
_GROUP = Column("group", pl.String, "a reason, a power, a cutpoint by outcome and rung, or what spreads", _ALL)

CRISIS_VOTES = Table(
    "crisis_votes",
    ("topic", "state"),
    (
        Column("topic", pl.String, "slug of place and year", _VOTES),
        Column("state", pl.String, "ISO 3166-1 alpha-3", _VOTES, "the code of the time"),
        Column("against", pl.Int16, "votes", _VOTES, "against the authority that governed the place"),
        Column("abstain", pl.Int16, "votes", _VOTES),
        Column("in_favour", pl.Int16, "votes", _VOTES, "of it; absences are not recorded"),
    ),
)

STANCE_DRAWS = Table(
    "stance_draws",
    ("parameter", "group", "draw"),
    (
        _PARAMETER,
        _GROUP,
        Column("draw", pl.Int16, "number of the draw", _ALL, "the same number is a joint draw of all parameters"),
        Column("value", pl.Float32, "logits; of a slope, per standard deviation of the reason", _ALL),
    ),
)

STANCE_FIT = Table(
    "stance_fit",
    ("parameter", "group"),
    (
        Column(
            "parameter",
            pl.String,
            "slope, power, cut, spread, vote or sampling",
            _ALL,
            "sampling has counts, indices of tails and what the check by other fits found, in mean",
        ),
        _GROUP,
        Column("mean", pl.Float64, "mean of the posterior, logits", _ALL),
        Column("sd", pl.Float64, "standard deviation of the posterior", _ALL),
        Column("low", pl.Float64, "5th percentile", _ALL),
        Column("high", pl.Float64, "95th percentile", _ALL),
        Column("rhat", pl.Float64, "split R-hat", _ALL),
        Column("ess", pl.Float64, "effective draws", _ALL),
    ),
)

STANCE_VOTE_SLOPES = Table(
    "stance_vote_slopes",
    ("without", "reason", "other"),
    (
        Column("without", pl.String, "ISO 3166-1 alpha-3", _VOTES, "the place whose votes are left out; empty: none"),
        Column("reason", pl.String, "name", _ALL),
        Column("other", pl.String, "name", _ALL, "empty: the value is the slope; else the covariance with the other's"),
        Column("value", pl.Float64, "logits, or logits squared", _ALL),
    ),
)

STANCE_SCALE = Table(
    "stance_scale",
    ("reason",),
    (
        Column("reason", pl.String, "name", _ALL),
        Column("centre", pl.Float64, "mean over the coded stances, unit of the reason", _ALL),
        Column("spread", pl.Float64, "standard deviation over them", _ALL),
        Column("missing", pl.Int32, "coded stances of which it is not known", _ALL, "they count as the mean"),
    ),
)

STANCE_SCORES = Table(
    "stance_scores",
    ("outcome", "model"),
    (
        _OUTCOME,
        Column(
            "model",
            pl.String,
            "reasons, reasons_without_votes, un_distance, frequencies…, mode…",
            _ALL,
            "each forecast is of a crisis that is left out",
        ),
        Column("n", pl.Int32, "stances", _ALL),
        Column("crises", pl.Int32, "crises", _ALL),
        Column("ranked_score", pl.Float64, "ranked probability score, 0 to 1", _ALL, "lower is better"),
        Column("log_score", pl.Float64, "nats a stance", _ALL, "higher is better; empty where it is not finite"),
        Column("hits", pl.Float64, "share, 0 to 1", _ALL, "stances on the forecast's most probable rung"),
        Column("gain", pl.Float64, "ranked score of the frequencies less the model's", _ALL),
        Column("gain_se", pl.Float64, "its standard error, by crisis", _ALL),
    ),
)

STANCE_CALIBRATION = Table(
    "stance_calibration",
    ("outcome", "bin"),
    (
        _OUTCOME,
        Column("bin", pl.Int8, "tenth of the forecast probability, from 0", _ALL),
        Column(
            "forecast",
            pl.Float64,
            "mean forecast probability, 0 to 1",
            _ALL,
            "that a stance is at a rung or further for the authority, over stances and rungs",
        ),
        Column("observed", pl.Float64, "share of these that were, 0 to 1", _ALL),
        Column("n", pl.Int32, "forecasts", _ALL),
    ),
)

STANCE: dict[str, Table] = {
    t.name: t
    for t in (
        CRISIS_VOTES,
        STANCE_VOTE_SLOPES,
        STANCE_DRAWS,
        STANCE_FIT,
        STANCE_SCALE,
        STANCE_SCORES,
        STANCE_CALIBRATION,
    )
}
"""Tables that a pack has or lacks together."""
