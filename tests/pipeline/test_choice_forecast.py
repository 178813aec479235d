"""The choice as a forecaster, on the embedded pack: rows as those of its fit, and nothing known of later years."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import polars as pl
import pytest

from equipoise.assemble.packed import embedded
from equipoise.assemble.thesis_contracts import FORECAST_SCORES
from equipoise.measure.system import LEVERAGE
from equipoise.model.baselines import Test
from equipoise.model.hierarchy import SPREADS, Design, Panel
from equipoise.model.laplace import Quick, Start
from equipoise.pipeline.choice_forecast import DESIGNS, Forecaster, all_scores, learnt, rows_ahead
from equipoise.pipeline.choice_rows import MEASURED
from equipoise.pipeline.forecasts import channel_rows
from equipoise.pipeline.thesis_data import ThesisData, thesis_data

GROUPS = ("region", "period")


@pytest.fixture(scope="module")
def data() -> ThesisData:
    return thesis_data(embedded())


def test_nothing_of_later_years_reaches_the_fit(data) -> None:
    after = data.years > 2007
    shares = data.shares.copy()
    shares[:, after] = np.roll(shares[:, after], 1, axis=-1)
    (one, here), (two, there) = (learnt(d, until=2007) for d in (data, replace(data, shares=shares)))
    assert data.years[here.t].max() == 2007 and np.array_equal(here.t, there.t)
    for name in ("series_on", "series_base", "inertia", "perception"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    for f in fields(one.moves):
        assert np.array_equal(getattr(one.moves, f.name), getattr(two.moves, f.name)), f.name


@pytest.mark.parametrize("channel", MEASURED.channels)
def test_rows_that_are_forecast_are_made_as_those_that_are_fitted(data, channel) -> None:
    terms = {"border": data.levers[1, :, :, LEVERAGE.index("border")]}
    panel, origin = learnt(data, until=2007, attraction=terms)
    train, _ = channel_rows(data, channel, trained_to=2007)
    asked = Test(**{f.name: getattr(train, f.name) for f in fields(train)}, ahead=np.ones(len(train.state), int))
    ahead = rows_ahead(data, asked, panel=panel, origin=origin, attraction=terms)
    own = panel.channel == panel.channels.index(channel)
    place = {(i, t): k for k, (i, t) in enumerate(zip(train.state, train.year, strict=True))}
    both = [(k, place[i, t]) for k, (i, t) in enumerate(zip(origin.i, origin.t, strict=True))
            if own[k] and (i, t) in place]
    fitted, made = np.array(both).T
    assert len(both) > 0.95 * own.sum()
    for f in fields(panel.moves):
        assert np.allclose(getattr(ahead.panel.moves, f.name)[..., made], getattr(panel.moves, f.name)[..., fitted]), f
    assert panel.attraction_terms == ahead.panel.attraction_terms == ("border",)
    for name in ("inertia", "perception", "attraction", *GROUPS):
        assert np.allclose(getattr(ahead.panel, name)[..., made], getattr(panel, name)[..., fitted]), name
    assert np.array_equal(ahead.seen[ahead.panel.series[made]], panel.series[fitted])
    used = np.unique(ahead.panel.series[made])
    for name in ("series_base", "series_region"):
        assert np.array_equal(getattr(ahead.panel, name)[used], getattr(panel, name)[ahead.seen[used]]), name


def test_rivalry_of_the_year_before_can_stand_for_that_of_the_year(data) -> None:
    panel, origin = learnt(data, until=2007)
    _, test = channel_rows(data, "diplomacy", trained_to=2007)
    one, two = (rows_ahead(data, test, panel=panel, origin=origin, known=k) for k in (0, 1))
    assert one.able.all() and np.array_equal(two.rivalry[0], two.rivalry[1])
    assert np.array_equal(one.rivalry[0], two.rivalry[0]) and np.abs(one.rivalry[1] - two.rivalry[1]).max() > 0.05
    assert set(one.panel.period) == {1, 2, 3} and (one.seen < 0).any()


def test_a_channel_that_the_model_does_not_have_is_not_forecast(data) -> None:
    train, test = channel_rows(data, "security", trained_to=2013)
    found = Forecaster(data).model("choice")(train, test)
    assert np.isnan(found.log_density).all() and np.isnan(found.draws).all()
    assert found.draws.shape[1:] == test.shares.shape


def plain(panel: Panel, design: Design, start: Start | None) -> Quick:
    """Parameters by hand: half of last year's log shares is kept, the rest is the mean of the first years."""
    c, k = len(panel.channels), panel.series_on.shape[1]
    one = {"speed_base": np.zeros(c), "power": np.full(c, 0.6), "level": np.full(c, -2.2),
           "carry": np.ones(c), "home": np.zeros((c, len(panel.regions), k)), "attraction": panel.series_base / 2,
           "log_scale": np.full(len(panel.series_on), -2.2), "coercion": 0.5, "cross_pressure": 0.5,
           "intolerance": 0.5, "perception_base": 0.0}
    for g in ("channel", "region", "period"):
        for n in ("coercion", "cross_pressure"):
            own = len(getattr(panel, f"{g}s"))
            one |= {f"{n}_{g}": np.zeros(own if g == "channel" else (c, own)), f"{n}_{g}_spread": np.array(0.3)}
    spread = {n: np.full(c, 0.3) for n in SPREADS}
    return Quick({n: np.broadcast_to(v, (50, *np.shape(v))) for n, v in one.items()}, {}, spread, {}, {}, "done", "", 0)


@pytest.mark.slow
def test_the_table_of_the_pack_has_all_five_models(data) -> None:
    one = Forecaster(data, spec=replace(MEASURED, channels=("trade",)), fit=plain)
    found = all_scores(data, trained_to=(2013,), forecaster=one)
    assert found.equals(FORECAST_SCORES.check(found)) and set(one.fits) == {(2013, "null"), (2013, "choice")}
    trade = found.filter(pl.col("channel") == "trade")
    assert trade.height == 5 and trade["left_out"].sum() == 0 and max(one.replaced.values()) < 0.001
    assert set(found.filter(pl.col("channel") != "trade")["model"]).isdisjoint(DESIGNS)
    scores = dict(zip(trade["model"], trade["log_score"], strict=True))
    assert np.isfinite(list(scores.values())).all() and scores["choice"] != scores["null"]
