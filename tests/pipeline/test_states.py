"""Engagement of many states at once: what each would have alone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from equipoise.assemble.packed import embedded
from equipoise.errors import BadYears, NotAPower, UnknownState, UsageError
from equipoise.measure import hedging, issue_splitting, multi_vector, spread, straddle, to_matrix
from equipoise.model import policy
from equipoise.pipeline import engagement_of
from equipoise.pipeline.estimates import Grid, channel_array, channels_of, covered_years, rivalry_array
from equipoise.pipeline.states import channel_tables, pooled_engagement
from equipoise.schema import DEFAULT_POWERS

SOME = ["KAZ", "MNG", "TUV", "DEU", "SSD"]
DRAWS, SEED = 30, 7


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return engagement_of(SOME, draws=DRAWS, seed=SEED)


@pytest.mark.parametrize("state", SOME)
def test_each_state_has_what_it_would_have_alone(frame, state):
    f = Grid(covered_years(embedded()), DEFAULT_POWERS)
    shares = channels_of(embedded(), states=[state], powers=f.powers, years=f.years)
    table = channel_array(shares, f)
    w = policy.engagement(table, draws=DRAWS, seed=SEED)
    r = policy.rivalry(rivalry_array(embedded(), f), draws=DRAWS, seed=SEED + 1)
    known = np.isfinite(w.value).all(-1)
    own = frame.filter(pl.col("state") == state)
    assert own["year"].to_list() == [y for y, k in zip(f.years, known, strict=True) if k]
    point, draws = to_matrix(r.value, powers=5), to_matrix(r.draws, powers=5)
    expected = {f"share_{o}": w.value[:, i] for i, o in enumerate(f.options)}
    expected |= {"index": multi_vector(w.value), "spread": spread(w.value), "issue_splitting": issue_splitting(table),
                 "straddle": straddle(w.value, rivalry=point), "hedging": hedging(w.value, rivalry=point)}
    drawn = {"index": multi_vector(w.draws), "spread": spread(w.draws),
             "straddle": straddle(w.draws, rivalry=draws), "hedging": hedging(w.draws, rivalry=draws)}
    for name, of in drawn.items():
        low, high = np.quantile(of, [0.05, 0.95], axis=0)
        expected |= {f"{name}_low": low, f"{name}_high": high}
    for name, value in expected.items():
        found = own[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        np.testing.assert_allclose(found, value[known], atol=1e-12, err_msg=name)
    assert own["channels"].to_list() == np.isfinite(table).all(-1).sum(-1)[known].tolist()


@pytest.mark.slow
def test_a_power_is_measured_between_the_others():
    frame = engagement_of(["RUS", "KAZ"], powers=["RUS", "CHN", "USA"], since=2005, until=2008, draws=0)
    russia, kazakhstan = (frame.filter(pl.col("state") == s) for s in ("RUS", "KAZ"))
    assert russia["share_RUS"].null_count() == russia.height == kazakhstan.height == 4
    assert kazakhstan["share_RUS"].null_count() == 0
    for own in (russia, kazakhstan):
        total = own.select(pl.sum_horizontal(pl.col("^share_.*$"))).to_series()
        assert total.to_list() == pytest.approx([1.0] * 4)


def test_all_states_and_no_power_by_default():
    frame = engagement_of(since=2003, until=2003, draws=0)
    assert frame.height == frame["state"].n_unique() > 180
    assert not set(frame["state"]) & set(DEFAULT_POWERS)
    for name in ("index", "spread", "issue_splitting", "straddle", "equidistance", "hedging"):
        assert frame[name].drop_nulls().is_between(-1e-12, 1 + 1e-12).all(), name
    assert frame["hedging_low"].null_count() == frame.height


def test_the_years_shown_change_no_value():
    whole, part = (engagement_of(["KAZ"], since=a, until=2010, draws=10) for a in (1991, 2008))
    assert whole.filter(pl.col("year") >= 2008).equals(part)


def test_a_state_is_pooled_by_itself():
    f = Grid(covered_years(embedded()), DEFAULT_POWERS)
    shares = channels_of(embedded(), states=SOME, powers=f.powers, years=f.years)
    table = channel_tables(shares, states=SOME, f=f)
    alone = np.concatenate([pooled_engagement(t[None]) for t in table])
    np.testing.assert_array_equal(pooled_engagement(table), alone)


@pytest.mark.parametrize(("call", "error"), [
    (lambda: engagement_of(["Atlantis"]), UnknownState),
    (lambda: engagement_of([]), UsageError),
    (lambda: engagement_of(["KAZ"], draws=-1), UsageError),
    (lambda: engagement_of(["KAZ"], powers=["RUS"]), NotAPower),
    (lambda: engagement_of(["RUS"], powers=["RUS", "CHN"]), NotAPower),
    (lambda: engagement_of(["KAZ"], since=2010, until=2005), BadYears),
    (lambda: engagement_of(["KAZ"], since=1900), BadYears),
])
def test_bad_input_is_refused_in_one_line(call, error):
    with pytest.raises(error) as caught:
        call()
    assert "\n" not in str(caught.value)
