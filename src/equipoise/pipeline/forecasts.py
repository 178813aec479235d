"""Scores on held-out years: models learn up to an origin, forecast a year ahead (or the whole path), and are compared.

A model is a function of (:class:`Train`, :class:`Test`) to :class:`Predicted`, called once a channel and origin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.thesis_contracts import FORECAST_SCORES
from equipoise.errors import BadMatrix, BadYears, UsageError
from equipoise.measure.scores import crps_of_shares, log_score, mean_gain
from equipoise.measure.system import LEVERAGE
from equipoise.model.baselines import Model, Predicted, Test, Train, floored, persistence
from equipoise.model.multinomial import multinomial, multinomial_lag
from equipoise.model.policy import floor_of
from equipoise.pipeline.thesis_data import ThesisData
from equipoise.pipeline.thesis_rows import LAST_MATRIX, lagged, open_options
from equipoise.schema import CHANNELS, Column, Table

Array = NDArray[np.float64]

ORIGINS = (2007, 2013)
"""The last years that models know."""

SINCE = 1997
"""The first year that models learn from, as in the hypotheses; option sets and last year's shares go back further."""

RIVALS: dict[str, Model] = {
    "persistence": persistence, "multinomial": multinomial, "multinomial_lag": multinomial_lag,
}
"""The rivals; the null, softmax(v), is the choice without coercion and cross-pressure and comes with it."""

AGAINST = "persistence"
"""The model that gains are over."""

STILL = 1e-9
"""Shares that change by no more have not moved, and are no outcome: a density has nothing to say of staying put."""

PATHS = ("trade", "diplomacy", "institutions")
"""Channels that move in nearly every year; a path of the others would take every year for one that moves."""

OWN = ("log GDP", "log GDP per head", "polyarchy")
TIES = ("log nearness", "border share", "alliance")
"""Covariates of the regression, a year before the outcome: of the state, and of state and power."""

SCORES = Table("scores", FORECAST_SCORES.key, (
    *FORECAST_SCORES.columns,
    Column("left_out", pl.Int64, "state-years that some model could not forecast", "", "left out for all"),
    Column("crps_gain", pl.Float64, "persistence's crps less the model's", "", "higher is better"),
    Column("crps_gain_se", pl.Float64, "its standard error", "", "clustered by state or year, the wider"),
))
"""What :func:`forecast_scores` returns: the pack's table, and what is not carried there."""

PATH_SCORES = Table("path_scores", (*SCORES.key, "ahead"), (
    *(c for c in SCORES.columns if c.name not in ("log_score", "log_score_gain", "gain_se")),
    Column("ahead", pl.Int32, "years after the origin"),
))
"""What :func:`path_scores` returns."""


def channel_rows(data: ThesisData, channel: str, *, trained_to: int, since: int = SINCE,
                 path: bool = False) -> tuple[Train, Test]:
    """The rows of a channel that models learn from, and those that they forecast.

    A row is a state-year observed twice running, within the sample of the hypotheses, trade to 2014, in which shares
    moved (:data:`STILL`). Its option set is that of the estimation: what is above the floor in the year or in the year
    before, two options at least, the same for all models, which are thus told what opens and closes. With ``path`` all
    years after the origin are forecast from the origin's shares and covariates, moved or not, with the options that
    the state was seen with up to it.

    Raises UsageError for a channel that is none, BadYears where no year lies on one side of the origin.
    """
    if channel not in CHANNELS:
        raise UsageError(f"{channel} is no channel.", hint=f"Choose of {', '.join(CHANNELS)}.")
    raw, years, floor = data.channel(channel), data.years, floor_of(channel)
    if channel == "trade":
        raw = np.where((years <= LAST_MATRIX)[None, :, None], raw, np.nan)
    seen: NDArray[np.bool_] = np.asarray(np.nan_to_num(raw) > floor)
    options = open_options(raw, floor=floor)
    if path:
        had: NDArray[np.bool_] = np.asarray(seen[:, years <= trained_to].any(axis=1))
        options = np.broadcast_to(had[:, None], raw.shape)
    known = np.isfinite(raw).all(-1) & (options.sum(-1) > 1)
    twice = known & (lagged(np.isfinite(raw).all(-1).astype(float), 1) == 1)
    w = np.nan_to_num(raw)
    moved = twice & (np.abs(np.maximum(w, floor) - np.maximum(lagged(w, 1), floor)).max(-1) > STILL)
    learnt, later = moved & (years >= since) & (years <= trained_to), (known if path else moved) & (years > trained_to)
    if not learnt.any() or not later.any():
        raise BadYears(f"{channel} has no year on one side of {trained_to}.",
                       hint=f"It has {_span(years[known.any(0)])}; models learn from {since} on.")
    parts = _Parts(channel, trained_to, w, np.asarray(options), *_covariates(data))
    i, t = np.nonzero(learnt)
    train = parts.rows(i, t, before=t - 1)
    origin = int(np.flatnonzero(years == trained_to)[0])
    i, t = np.nonzero(later & (known[:, [origin]] if path else True))
    before = np.full(len(t), origin) if path else t - 1
    later_on = parts.rows(i, t, before=before)
    return train, Test(**{f.name: getattr(later_on, f.name) for f in fields(later_on)}, ahead=t - before)


@dataclass(frozen=True, slots=True)
class _Parts:
    channel: str
    until: int
    shares: Array
    options: NDArray[np.bool_]
    own: Array
    ties: Array

    def rows(self, i: NDArray[np.intp], t: NDArray[np.intp], *, before: NDArray[np.intp]) -> Train:
        options, floor = self.options[i, t], floor_of(self.channel)
        now, last = (floored(self.shares[i, at], options=options, floor=floor) for at in (t, before))
        return Train(self.channel, self.until, i, t, now, last, options, self.own[i, before], self.ties[i, before])


def _covariates(data: ThesisData) -> tuple[Array, Array]:
    """:data:`OWN` (N, T, 3) and :data:`TIES` (N, T, K, 3), each at its last known value once it ends."""
    v = data.covariates
    with np.errstate(divide="ignore", invalid="ignore"):
        gdp = np.log(v["gdp_2015usd"])
        own = np.stack([gdp, gdp - np.log(v["population"]), v["polyarchy"]], -1)
        levers = [data.levers[1, :, :, LEVERAGE.index(n)] for n in ("border", "alliance")]
        ties = np.stack([np.log(data.near), *levers], -1)
    return _carried(own), _carried(ties)


def _carried(values: Array) -> Array:
    """Values (N, T, …) with what is unknown at the last known value before it."""
    out = np.where(np.isfinite(values), values, np.nan)
    for t in range(1, out.shape[1]):
        out[:, t] = np.where(np.isnan(out[:, t]), out[:, t - 1], out[:, t])
    return out


def forecast_scores(data: ThesisData, *, trained_to: Sequence[int] = ORIGINS, models: Mapping[str, Model] = RIVALS,
                    channels: Sequence[str] = CHANNELS, since: int = SINCE) -> pl.DataFrame:
    """Return :data:`SCORES`: each model's scores one year ahead on the years after each origin.

    Parameters are those learnt up to the origin, last year's shares are those observed. All models are scored on the
    same rows: one that some model gives NaN for is left out for all, and counted. A log score may be −∞, where a
    model rules out what happened. Where :data:`AGAINST` is not among the models there are no gains.

    Raises UsageError for a wrong channel or no model, BadYears for a wrong origin, BadMatrix for a forecast of another
    shape than the rows.
    """
    if not models:
        raise UsageError("no model is named.", hint="Give names and functions, such as forecasts.RIVALS.")
    frames = []
    for origin in trained_to:
        for channel in channels:
            train, test = channel_rows(data, channel, trained_to=origin, since=since)
            found = _found(models, train=train, test=test)
            density = {name: log_score(p.log_density) for name, p in found.items()}
            kept = np.logical_and.reduce([~np.isnan(density[n]) & ~np.isnan(p.draws).any((0, 2))
                                          for n, p in found.items()])
            distance = {n: _crps(p, test=test) for n, p in found.items()}
            count = {"n": int(kept.sum()), "left_out": int((~kept).sum())}
            frames += [{"trained_to": origin, "channel": channel, "model": name, **count,
                        **_log_scores(density, name, test=test, kept=kept),
                        **_crps_scores(distance, name, test=test, kept=kept)} for name in found]
    return SCORES.check(_frame(frames, SCORES))


def path_scores(data: ThesisData, *, models: Mapping[str, Model], trained_to: Sequence[int] = ORIGINS,
                channels: Sequence[str] = PATHS, since: int = SINCE) -> pl.DataFrame:
    """Return :data:`PATH_SCORES`: CRPS by years ahead, all forecast from the origin's shares; raises as the other.

    There is no log score: a density many years ahead is known only as draws.
    """
    if not models:
        raise UsageError("no model is named.", hint="Give names and functions, such as forecasts.RIVALS.")
    frames = []
    for origin in trained_to:
        for channel in channels:
            train, test = channel_rows(data, channel, trained_to=origin, since=since, path=True)
            found = _found(models, train=train, test=test)
            distance = {n: _crps(p, test=test) for n, p in found.items()}
            able = np.logical_and.reduce([np.isfinite(d) for d in distance.values()])
            for ahead in np.unique(test.ahead):
                at = test.ahead == ahead
                frames += [{"trained_to": origin, "channel": channel, "model": name, "ahead": int(ahead),
                            "n": int((at & able).sum()), "left_out": int((at & ~able).sum()),
                            **_crps_scores(distance, name, test=test, kept=at & able)} for name in found]
    return PATH_SCORES.check(_frame(frames, PATH_SCORES))


def _found(models: Mapping[str, Model], *, train: Train, test: Test) -> dict[str, Predicted]:
    out = {}
    for name, model in models.items():
        p = model(train, test)
        if p.draws.shape[1:] != test.options.shape or p.log_density.shape[-1] != len(test.state):
            raise BadMatrix(f"{name} forecasts {p.draws.shape[1:]} shares and {p.log_density.shape[-1:]} densities of "
                            f"{test.channel}, which has {test.options.shape}.", hint="One row each, in their order.")
        out[name] = p
    return out


def _crps(p: Predicted, *, test: Test) -> Array:
    return crps_of_shares(p.draws, observed=test.shares, options=test.options)


def _log_scores(score: Mapping[str, Array], name: str, *, test: Test, kept: NDArray[np.bool_]) -> dict[str, float]:
    mean = float(score[name][kept].mean()) if kept.any() else np.nan
    gain, se = _gain(score, name, test=test, kept=kept)
    return {"log_score": mean, "log_score_gain": gain, "gain_se": se}


def _crps_scores(score: Mapping[str, Array], name: str, *, test: Test, kept: NDArray[np.bool_]) -> dict[str, float]:
    mean = float(score[name][kept].mean()) if kept.any() else np.nan
    gain, se = _gain(score, name, test=test, kept=kept)
    return {"crps": mean, "crps_gain": 0.0 - gain, "crps_gain_se": se}


def _gain(score: Mapping[str, Array], name: str, *, test: Test, kept: NDArray[np.bool_]) -> tuple[float, float]:
    """Mean difference to :data:`AGAINST` and its error; nothing where there is no such model, row, or finite score."""
    if AGAINST not in score or not kept.any() or not all(np.isfinite(score[n][kept]).all() for n in (name, AGAINST)):
        return np.nan, np.nan
    ways = [test.state[kept], test.year[kept]]
    found = mean_gain(score[name][kept], rival=score[AGAINST][kept], ways=ways)
    return found.mean, found.se


def _frame(rows: Sequence[Mapping[str, object]], table: Table) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=table.dtypes)
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def _span(years: NDArray[np.int64]) -> str:
    return f"{years.min()} to {years.max()}" if years.size else "no year"
