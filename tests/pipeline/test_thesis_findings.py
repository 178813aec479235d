"""From estimates to findings: which estimate leads, what the rules are put to, and what is adjusted over all seven."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.assemble.packed import embedded
from equipoise.model.inference import QUICK_ONLY
from equipoise.model.verdicts import Instrument, Reason, exceeds
from equipoise.pipeline import thesis, thesis_growth
from equipoise.pipeline.thesis_data import MISSING, thesis_data
from equipoise.pipeline.thesis_findings import TITLES, Finding, Main, judged, with_levels
from equipoise.pipeline.thesis_rows import Estimate, sells_no_oil
from equipoise.pipeline.thesis_tables import tables

QUICK = Estimate("primary", 0.2, 0.1, 0.3, 900, 20, (1997, 2014))
GOOD = Main(0.2, 0.1, 0.3, 800, 19, (1998, 2013), 1.001, 900.0, 0, {"psi": 0.4})
STEADY = [Estimate(n, 0.2, 0.1, 0.3) for n in "ab"]


def finding(h: str = "H1", *, quick: Estimate = QUICK, main: Main | None = GOOD, **rest) -> Finding:
    given = {"variants": STEADY, "tried": np.linspace(-0.1, 0.1, 40), "power": 0.9} | rest
    return judged(h, quick, main=main, **given)


def codes(f: Finding) -> list[str]:
    return [r.code for r in f.reasons]


@pytest.fixture(scope="module")
def data():
    return thesis_data(embedded())


def test_the_main_estimate_leads_and_the_quick_look_stands_beside() -> None:
    f = finding()
    assert (f.verdict, f.reads, f.reasons) == ("supported", "supported", ()) and f.rests_on == {"main psi": 0.4}
    made = tables(thesis.Thesis((f,), (), {}))
    kinds = made["thesis"].select("kind", "estimate", "rows", "first_year").rows()
    assert kinds[:2] == [("main", 0.2, 800, 1998), ("quick", 0.2, 900, 1997)]
    row = made["verdicts"].row(0, named=True)
    assert row["verdict"] == "supported" and row["power"] == 0.9 and row["holm"] is None and row["placebo_count"] == 40


def test_without_a_main_estimate_there_is_no_verdict() -> None:
    f = finding(main=None)
    assert f.verdict == QUICK_ONLY and f.reads == "supported"
    assert f.reasons == (Reason("not_checked", {"what": "main estimator"}),)
    assert tables(thesis.Thesis((f,), (), {}))["verdicts"]["verdict"].to_list() == [None]
    weak = finding(main=None, instrument=Instrument(2.0))
    assert weak.reads == "undecidable" and codes(weak) == ["weak_instrument", "not_checked"]
    none = finding(main=None, quick=Estimate("primary", np.nan, np.nan, np.nan, status="empty", reason="No rows."))
    assert none.reads == "undecidable" and none.reasons[0] == Reason("text", {"text": "No rows."})


def test_a_quick_look_that_failed_leaves_the_main_estimate_to_decide() -> None:
    f = finding(quick=Estimate("primary", np.nan, np.nan, np.nan, status="empty", reason="No rows."))
    assert f.verdict == "supported" and {r.params["what"] for r in f.reasons} == {"placebo", "quick look"}


def test_the_rules_are_put_to_the_right_estimates() -> None:
    assert codes(finding(main=replace(GOOD, rhat=1.2))) == ["sampling"]
    assert codes(finding(quick=replace(QUICK, low=0.31, high=0.4))) == ["disagrees"]
    # Placebos are made by the quick look, and stand beside its estimate, not beside the main one.
    assert codes(finding(quick=replace(QUICK, estimate=0.05, low=-0.1))) == ["fragile_placebo"]
    few = finding(tried=(), placebo=STEADY)
    assert few.verdict == "supported" and few.reasons == (Reason("not_checked", {"what": "placebo", "count": 2}),)
    assert few.placebo_range is None
    both = finding(tried=np.linspace(-0.1, 0.1, 18), placebo=[replace(QUICK, estimate=9.0)] * 2)
    assert both.placebo_range[0] == 20 and both.placebo_range[2] > 0.1 and codes(both) == ["fragile_placebo"]
    assert codes(finding("H3", rises=(-0.1, 0.2))) == ["does_not_rise"]
    assert codes(finding(power=np.nan)) == ["not_checked"] and codes(finding(power=0.2)) == ["no_power"]


def test_h2_s_own_rules_are_read_from_what_the_main_estimate_tells() -> None:
    told = {"correlation": 0.95, "psi_0_low": 0.6, "psi_0_high": 0.9, "psi_1_low": 0.1, "psi_1_high": 0.9}
    assert [r.code for r in thesis._coerced(replace(GOOD, told=told))] == ["not_identified", "psi"]
    calm = told | {"correlation": 0.1, "psi_1_low": 0.6}
    assert thesis._coerced(replace(GOOD, low=0.6, high=0.9, told=calm)) == []
    assert [r.params["what"] for r in thesis._coerced(GOOD)] == ["correlation", "psi"]


def test_levels_are_adjusted_over_all_seven_or_not_at_all() -> None:
    found = [finding(h, main=None if h == "H7" else GOOD) for h in TITLES]
    assert all(np.isnan(f.holm) for f in with_levels(found[:6]))
    assert all(np.isnan(f.holm) for f in with_levels([replace(f, main=None) for f in found]))
    level = {f.id: f.holm for f in with_levels(found)}
    p = exceeds(0.2, low=0.1, high=0.3, smallest=0.02)
    assert level["H5"] == pytest.approx(7 * p) and np.isnan(level["H7"]) and level["H2"] == 1


def test_draws_are_thinned_evenly_and_jointly() -> None:
    many = {"coercion": np.arange(100.0), "intolerance": np.arange(100.0) / 100}
    few = thesis._thinned(many, draws=5)
    assert few["coercion"].tolist() == [0, 25, 50, 74, 99] and np.allclose(few["intolerance"] * 100, few["coercion"])
    assert len(thesis._thinned(many, draws=500)["coercion"]) == 100


def test_who_exports_oil(data) -> None:
    without = dict(zip(data.states, sells_no_oil(data), strict=True))
    assert not any(without[s] for s in ("KAZ", "AZE", "SAU", "NGA")) and without["KGZ"] and without["BLR"]
    # Gas that is known to have flowed and was not reported: nobody can say that Turkmenistan sells none.
    assert not without["TKM"] and not without["UZB"]
    none = replace(data, covariates=data.covariates | {"fuel_exports_usd": np.full(data.sampled.shape, np.nan)})
    assert not sells_no_oil(none).any()
    assert not any("fuel" in m or "energy" in m for m in MISSING)


def test_the_control_for_oil_takes_what_the_price_of_oil_did(data) -> None:
    g = thesis_growth.growth_data(embedded(), data)
    assert g.fuels[data.states.index("AZE")] > 0.8 and np.isnan(g.fuels[data.states.index("TKM")])
    rng = np.random.default_rng(2)
    on = (data.years >= 2014) & (data.years <= 2016)
    d = np.nan_to_num(g.on["RUS"]) + 0.3 * np.nan_to_num(g.fuels)
    growth = 20 * np.nan_to_num(g.fuels)[:, None] * np.nan_to_num(g.oil) - 10 * d[:, None] * on
    made = replace(data, covariates=data.covariates | {
        "growth_pct": growth + 0.3 * rng.normal(size=data.sampled.shape)})
    spoilt = replace(g, on=g.on | {"RUS": d})
    found, naive = (thesis_growth.estimate("x", made, spoilt, oil=oil).estimate for oil in (True, False))
    assert found == pytest.approx(10, abs=1.5) and naive > 15
    moved, se = thesis_growth.oil_moves(made, spoilt)
    assert moved == pytest.approx(found - naive) and abs(moved) > se
    unknown = replace(g, fuels=np.full_like(g.fuels, np.nan))
    assert np.isnan(thesis_growth.oil_moves(data, unknown)).all()
