"""Scores on held-out years, on the embedded pack: the same rows for all models, nothing known from after the origin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from equipoise.assemble.packed import embedded
from equipoise.errors import BadMatrix, BadYears, UsageError
from equipoise.measure import crps_of_shares
from equipoise.model.baselines import Predicted, Test, Train, fit_persistence, persistence
from equipoise.model.policy import floor_of
from equipoise.pipeline.forecasts import (
    PATH_SCORES,
    RIVALS,
    SCORES,
    channel_rows,
    forecast_scores,
    path_scores,
)
from equipoise.pipeline.thesis_data import ThesisData, thesis_data
from equipoise.schema import CHANNELS


@pytest.fixture(scope="module")
def data() -> ThesisData:
    return thesis_data(embedded())


def half_blind(train: Train, test: Test) -> Predicted:
    """Persistence that has no forecast for every other row."""
    p = persistence(train, test)
    return replace(p, log_density=np.where(np.arange(len(test.state)) % 2, np.nan, p.log_density))


@pytest.mark.parametrize(("channel", "last"), [("trade", 2014), ("diplomacy", 2023), ("security", 2018),
                                               ("institutions", 2014)])
def test_rows_are_on_their_side_of_the_origin(data, channel, last) -> None:
    train, test = channel_rows(data, channel, trained_to=2007)
    learnt, later = data.years[train.year], data.years[test.year]
    assert learnt.min() == 1997 and learnt.max() == 2007 and later.min() == 2008 and later.max() == last
    assert (test.ahead == 1).all() and test.options.sum(1).min() >= 2
    s = data.channel(channel)
    for rows in (train, test):
        for seen, year in ((rows.shares, rows.year), (rows.last, rows.year - 1)):
            kept = np.maximum(s[rows.state, year], floor_of(channel)) * rows.options
            assert np.allclose(seen, kept / kept.sum(1, keepdims=True))
        assert (np.abs(rows.shares - rows.last).max(1) > 0).all()
        two = np.stack([s[rows.state, rows.year], s[rows.state, rows.year - 1]])
        assert np.array_equal(rows.options, (two > floor_of(channel)).any(0))


def test_nothing_from_after_the_origin_reaches_what_models_learn_from(data) -> None:
    after = data.years > 2007
    changed = {k: np.where(after, np.nan, v) for k, v in data.covariates.items()}
    shares = data.shares.copy()
    shares[:, after] = np.roll(shares[:, after], 1, axis=-1)
    other = replace(data, shares=shares, covariates=changed)
    for channel in CHANNELS:
        (one, asked), (two, _) = (channel_rows(d, channel, trained_to=2007) for d in (data, other))
        for name in ("state", "year", "shares", "last", "options", "own", "ties"):
            assert np.array_equal(getattr(one, name), getattr(two, name), equal_nan=name in ("own", "ties")), name
        assert asked.until == 2007


def test_covariates_are_those_of_the_year_before(data) -> None:
    _, test = channel_rows(data, "trade", trained_to=2007)
    gdp = np.log(data.covariates["gdp_2015usd"][test.state, test.year - 1])
    near = np.log(data.near[test.state, test.year - 1])
    assert np.isfinite(gdp).mean() > 0.9
    for given, seen in ((gdp, test.own[:, 0]), (near, test.ties[..., 0])):
        assert np.array_equal(seen[np.isfinite(given)], given[np.isfinite(given)])
    _, path = channel_rows(data, "trade", trained_to=2007, path=True)
    far = path.ahead == 7
    assert far.sum() > 100 and np.array_equal(path.own[far, 0], np.log(
        data.covariates["gdp_2015usd"][path.state[far], data.years == 2007]), equal_nan=True)


def test_alliances_stand_at_their_last_known_year(data) -> None:
    _, test = channel_rows(data, "diplomacy", trained_to=2013)
    assert data.years[test.year].max() == 2023 and np.isfinite(test.ties[..., 2]).all()


@pytest.fixture(scope="module")
def scores(data) -> pl.DataFrame:
    return forecast_scores(data, trained_to=(2007,), channels=("security",), models={**RIVALS, "half": half_blind})


def test_all_models_are_scored_on_the_rows_that_each_can_forecast(data, scores) -> None:
    train, test = channel_rows(data, "security", trained_to=2007)
    n = len(test.state)
    assert scores.equals(SCORES.check(scores)) and scores.height == 4
    assert set(scores["n"]) == {(n + 1) // 2} and set(scores["left_out"]) == {n // 2}
    one = scores.filter(pl.col("model") == "half").row(0, named=True)
    two = scores.filter(pl.col("model") == "persistence").row(0, named=True)
    assert {**one, "model": ""} == {**two, "model": ""} and one["log_score_gain"] == one["gain_se"] == 0
    p = fit_persistence(train).predict(test)
    assert two["log_score"] == pytest.approx(p.log_density[::2].mean())
    each = crps_of_shares(p.draws, observed=test.shares, options=test.options)
    assert two["crps"] == pytest.approx(each[::2].mean())


def test_gains_are_over_persistence(scores) -> None:
    by = {r["model"]: r for r in scores.iter_rows(named=True)}
    for row in by.values():
        assert row["log_score_gain"] == pytest.approx(row["log_score"] - by["persistence"]["log_score"])
        assert row["crps_gain"] == pytest.approx(by["persistence"]["crps"] - row["crps"])
    assert by["multinomial"]["gain_se"] > 0 and by["multinomial"]["log_score_gain"] < 0


def test_without_persistence_there_is_no_gain(data) -> None:
    found = forecast_scores(data, trained_to=(2013,), channels=("security",), models={"half": half_blind})
    row = found.row(0, named=True)
    assert row["log_score_gain"] is None and row["gain_se"] is None and np.isfinite(row["log_score"])


def test_a_path_is_forecast_from_the_origin(data) -> None:
    _, test = channel_rows(data, "trade", trained_to=2007, path=True)
    origin = data.years[test.year - test.ahead]
    assert (origin == 2007).all() and test.ahead.max() == 7
    first = np.unique(test.state, return_index=True)[1]
    assert np.array_equal(test.last, test.last[first][np.searchsorted(test.state[first], test.state)])
    found = path_scores(data, trained_to=(2007,), channels=("trade",), models={"persistence": persistence})
    assert found.equals(PATH_SCORES.check(found)) and found["ahead"].to_list() == list(range(1, 8))
    assert found["crps"][-1] > 2 * found["crps"][0] and set(found["left_out"]) == {0}


def test_wrong_calls_are_refused(data) -> None:
    with pytest.raises(UsageError, match="no channel"):
        channel_rows(data, "energy", trained_to=2007)
    for year in (1950, 1996, 2014, 2030):
        with pytest.raises(BadYears):
            channel_rows(data, "trade", trained_to=year)
    for score in (forecast_scores, path_scores):
        with pytest.raises(UsageError, match="no model"):
            score(data, models={})
    short = {"short": lambda train, test: replace(persistence(train, test), log_density=np.zeros(3))}
    with pytest.raises(BadMatrix, match="short"):
        forecast_scores(data, models=short, channels=("security",))
