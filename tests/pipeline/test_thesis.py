"""The data of the hypotheses and what is made of them: the embedded pack's properties, and invented inputs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from equipoise.assemble.packed import embedded
from equipoise.errors import UsageError
from equipoise.measure.rivalry import pair_positions
from equipoise.measure.system import COMPONENTS, leverage_components
from equipoise.model.inference import QUICK_ONLY
from equipoise.pipeline import thesis_coercion, thesis_exposure, thesis_growth, thesis_simulated
from equipoise.pipeline.decoupling import losses_to
from equipoise.pipeline.thesis import hypotheses
from equipoise.pipeline.thesis_data import LONG, joint_seats, thesis_data
from equipoise.pipeline.thesis_findings import TITLES
from equipoise.pipeline.thesis_page import frame, number, page
from equipoise.pipeline.thesis_rows import Spec, base_shares, controls, lagged, pairs_of, rows, without_power
from equipoise.pipeline.thesis_tables import found_now as tables_of
from equipoise.schema import CHANNELS


@pytest.fixture(scope="module")
def data():
    return thesis_data(embedded())


def test_shares_are_those_of_the_pack_and_never_carried_on(data) -> None:
    table = embedded().table("channels").with_columns(pl.col("channel", "option").cast(pl.String))
    kept = table.filter(pl.col("state") == "KAZ", pl.col("channel") == "institutions", pl.col("option") == "RUS")
    own = data.shares[data.states.index("KAZ"), :, CHANNELS.index("institutions"), 1]
    assert np.isfinite(own).sum() == kept.height and np.isnan(own[data.years > kept["year"].max()]).all()
    long = data.long()
    assert long.equals(LONG.check(long)) and long["year"].min() == 1992
    assert not set(long["state"]) & {"RUS", "CHN", "USA", "JPN", "FRA"}
    ratio = long.filter(pl.col("at_floor"))["log_ratio"]
    assert ratio.is_finite().all() and ratio.max() <= 0


def test_members_of_the_union_leave_when_they_join(data) -> None:
    lithuania = data.sampled[data.states.index("LTU")]
    assert lithuania[data.years == 2003].all() and not lithuania[data.years >= 2004].any()


@pytest.mark.parametrize("state", ["KAZ", "LTU", "MNG"])
def test_leverage_of_all_at_once_is_that_of_one(data, state) -> None:
    losses = losses_to(embedded(), states=[state], powers=data.grid.powers, years=data.grid.years)[:, 0]
    one = leverage_components(embedded(), state=state, powers=data.grid.powers, years=data.grid.years, losses=losses)
    assert np.allclose(data.levers[:, data.states.index(state)], one, atol=1e-6, equal_nan=True)


def test_an_equation_goes_without_the_component_of_its_own_source(data) -> None:
    spoilt = data.components.copy()
    spoilt[:, COMPONENTS.index("ideal_points")] = 0.5
    other, spec = replace(data, components=spoilt), Spec()
    r = rows(data, spec)
    changed = np.abs(pairs_of(data, spec, r) - pairs_of(other, spec, r)).max(1) > 0
    assert not changed[r.c == spec.channels.index("diplomacy")].any()
    assert changed[r.c == spec.channels.index("trade")].any()


def test_the_first_five_years_are_exposure_and_no_outcome(data) -> None:
    s = data.channel("diplomacy")
    mean, first = base_shares(s)
    i = data.states.index("KAZ")
    assert first[i].sum() == 5 and np.allclose(mean[i], s[i, first[i]].mean(0))
    r = rows(data, Spec(since=1992))
    assert not first[r.i[r.c == 1], r.t[r.c == 1]].any()
    assert np.allclose(r.pairs.sum(1), 1) and (data.years[r.t[r.c == 0]] <= 2014).all()


def test_lags_shift_and_leave_nothing_behind() -> None:
    v = np.arange(6.0).reshape(1, 6)
    assert lagged(v, 2)[0, 2:].tolist() == [0, 1, 2, 3] and np.isnan(lagged(v, 2)[0, :2]).all()
    assert lagged(v, -2)[0, :4].tolist() == [2, 3, 4, 5] and np.isnan(lagged(v, -2)[0, 4:]).all()


def test_a_power_left_out_is_part_of_the_outside(data) -> None:
    less = without_power(data, "JPN")
    assert np.allclose(np.nansum(less.shares, -1), np.nansum(data.shares, -1), atol=1e-6)
    assert less.components.shape[2] == 6 and "JPN" not in less.grid.powers


def test_shared_seats_have_a_mean_of_one(data) -> None:
    side = np.tile(np.array([1, 1, -1, -1, -1], np.int8), (len(data.years), 1))
    shared, every = joint_seats(data, side=side)
    t = list(data.years).index(2010)
    assert np.nanmean(shared[:, t]) == pytest.approx(1) and np.nanmin(every[:, t]) >= 1
    assert np.isnan(shared[:, data.years > 2014]).all()
    none, _ = joint_seats(data, side=np.abs(side))
    assert np.isnan(none).all()


def planted(data, *, effect: float):
    """The data with the multi-vector index of each channel lowered by an effect of exposure, through its shares."""
    shares = np.full(data.shares.shape, np.nan)
    first, second = pair_positions(5)
    rng = np.random.default_rng(4)
    base = rng.dirichlet(np.ones(5), len(data.states))
    weights = base[:, first] * base[:, second]
    z = weights / weights.sum(1, keepdims=True) @ data.rivalry().T
    even = 0.5 - effect * (z - z.mean(1, keepdims=True))
    shares[:] = (0.02 + even[..., None] * base[:, None])[:, :, None, [0, 0, 1, 2, 3, 4]]
    shares[..., 0] = 1 - shares[..., 1:].sum(-1)
    return replace(data, shares=np.where(np.isfinite(data.shares), shares, np.nan))


def test_an_effect_of_exposure_is_found_with_its_sign(data) -> None:
    kinds = {}
    for effect in (-0.3, 0.3):
        found = thesis_exposure.estimate("planted", planted(data, effect=effect), Spec(), kind="multi-vector index")
        kinds[effect] = found.estimate
        assert found.status == "done" and found.high - found.low < 1
    assert kinds[0.3] > 0 > kinds[-0.3]


def test_a_channel_at_the_floor_is_not_put_in_logarithms(data) -> None:
    spec = replace(thesis_coercion.BASE, channels=("security",))
    r = thesis_coercion.choices(data, spec, psi=0.5, instrument="none")
    found, fit = thesis_coercion.coercion("security", data, spec, instrument="none")
    assert fit.status == "done" and fit.rows < len(r.share) and found.years == (1997, 2018)


def test_a_single_year_is_taken_up_by_its_effects(data) -> None:
    single = replace(thesis_coercion.BASE, channels=("trade",), since=2014, until=2014)
    r = thesis_coercion.choices(data, single, psi=0.5, instrument="none")
    gone = thesis_coercion.by_ratios(r, options=6, instrumented=False)
    assert gone.status == "empty" and np.isnan(gone.estimate).all()


def test_growth_lost_to_dependence_is_found(data) -> None:
    g = thesis_growth.growth_data(embedded(), data)
    on = (data.years >= 2014) & (data.years <= 2016)
    rng = np.random.default_rng(2)
    growth = -20 * np.nan_to_num(g.on["RUS"])[:, None] * on + rng.normal(size=data.sampled.shape) * 0.5
    made = replace(data, covariates=data.covariates | {"growth_pct": growth})
    found = thesis_growth.estimate("planted", made, g, wild=True)
    assert found.low < 20 < found.high and found.low > 10
    assert thesis_growth.leads(made, g) > 0.01


def test_a_rift_costs_more_where_there_is_more_of_both(data) -> None:
    shares = data.shares.copy()
    i = data.states.index("KAZ")
    known = np.isfinite(shares[i])
    shares[i] = np.where(known, np.array([0.2, 0.35, 0.35, 0.04, 0.03, 0.03]), np.nan)
    east = thesis_simulated.rift(replace(data, shares=shares), draws=20, states=("KAZ",))
    shares[i] = np.where(known, np.array([0.2, 0.35, 0.03, 0.2, 0.19, 0.03]), np.nan)
    west = thesis_simulated.rift(replace(data, shares=shares), draws=20, states=("KAZ",))
    assert east.value.mean() > 0.02 and west.value.mean() < east.value.mean() - 0.02
    none = thesis_simulated.rift(data, draws=5, states=("KAZ",), amount=1.5)
    assert thesis_simulated.as_estimate("x", none).status == "empty"


def test_what_is_found_has_no_verdict_yet() -> None:
    done = hypotheses(["h7", "H4"])
    assert [f.id for f in done.findings] == ["H4", "H7"] and {f.verdict for f in done.findings} == {QUICK_ONLY}
    assert all(f.primary.low <= f.primary.estimate <= f.primary.high and f.main is None for f in done.findings)
    for f in done.findings:
        assert "main estimator" in [r.params.get("what") for r in f.reasons] and f.power > 0 and np.isnan(f.holm)
    made = tables_of(done)
    assert set(frame(made)["kind"]) == {"quick", "secondary", "variant", "placebo"}
    text = page(made, on=dt.date(2026, 11, 21))
    assert "2026-11-21" in text and text.count("no verdict") >= 2 and "{" not in text and "nan" not in text
    assert done.data["provenance"]["pack_sha256"] == embedded().fingerprint


def test_only_hypotheses_that_there_are() -> None:
    assert list(TITLES) == [f"H{i}" for i in range(1, 8)]
    with pytest.raises(UsageError, match="H1 to H7"):
        hypotheses(["H8"])
    assert number(None) == "–"


def test_controls_are_of_the_year_before(data) -> None:
    i, t = data.states.index("KAZ"), list(data.years).index(2005)
    assert controls(data)[i, t, 2] == data.covariates["polyarchy"][i, t - 1]
