"""The verdict by the page's table and its rules, each rule alone at its threshold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.errors import UsageError
from equipoise.model import verdicts
from equipoise.model.verdicts import Evidence, Instrument, Main, Reason, exceeds, holm, verdict

GOOD = Main(0.3, 0.2, 0.4, rhat=1.01, ess=400, divergences=0)
ALL = Evidence(0.05, GOOD, quick=(0.3, 0.5), variants=[0.1, 0.2, 0.3, -0.1], placebo=list(np.linspace(-0.2, 0.2, 40)),
               power=0.5)


def codes(e: Evidence) -> list[str]:
    return [r.code for r in verdict(e).reasons]


@pytest.mark.parametrize(("interval", "said"), [
    ((0.051, 0.4), "supported"), ((0.05, 0.4), "undecidable"), ((-0.4, 0.05), "not supported"),
    ((-0.4, -0.051), "contradicted"), ((-0.4, -0.05), "not supported"), ((-0.1, 0.051), "undecidable"),
])
def test_the_table_where_no_rule_bites(interval, said) -> None:
    low, high = interval
    main = replace(GOOD, estimate=np.sign(low + high) * 0.3, low=low, high=high)
    sure = verdict(replace(ALL, main=main, quick=interval, variants=[main.estimate] * 4))
    assert (sure.verdict, sure.reasons, sure.reads) == (said, (), said)


@pytest.mark.parametrize("failure", [dict(rhat=1.0101), dict(ess=399.9), dict(divergences=1), dict(rhat=np.nan)])
def test_rule_1_sampling_failed(failure) -> None:
    found = verdict(replace(ALL, main=replace(GOOD, **failure)))
    assert found.verdict == "undecidable" and found.reads == "supported"
    assert found.reasons[0].code == "sampling" and set(found.reasons[0].params) == {"rhat", "ess", "divergences"}
    assert not codes(replace(ALL, main=Main(0.3, 0.2, 0.4, sampled=False)))


def test_rule_2_a_weak_instrument_unless_the_robust_set_decides() -> None:
    assert not codes(replace(ALL, instrument=Instrument(10.0)))
    assert verdict(replace(ALL, instrument=Instrument(9.9))).reasons == (Reason("weak_instrument", {"f": 9.9}),)
    assert codes(replace(ALL, instrument=Instrument(np.nan))) == ["weak_instrument"]
    decided = verdict(replace(ALL, instrument=Instrument(9.9, (0.06, np.inf))))
    assert decided.verdict == "supported" and (decided.low, decided.high) == (0.06, np.inf) and not decided.reasons
    for open_set in ((0.0, 0.4), (-np.inf, np.inf), (np.nan, np.nan)):
        assert "weak_instrument" in codes(replace(ALL, instrument=Instrument(9.9, open_set)))


def test_rule_3_the_design_could_not_see_it() -> None:
    assert verdict(replace(ALL, power=0.499)).reasons == (Reason("no_power", {"share": 0.499}),)
    assert verdict(replace(ALL, power=0.499)).verdict == "undecidable"


def test_rule_4_fragile() -> None:
    assert codes(replace(ALL, variants=[0.1, 0.2, -0.1])) == ["fragile_variants"]
    assert not codes(replace(ALL, variants=[0.1, 0.2, 0.1, -0.1, np.nan]))
    wide = list(np.linspace(-0.4, 0.4, 40))
    assert codes(replace(ALL, placebo=wide)) == ["fragile_placebo"]
    assert not codes(replace(ALL, placebo=wide, placebo_of=0.39)) and not codes(replace(ALL, placebo=[-0.1, 0.1] * 10))
    few = verdict(replace(ALL, placebo=wide[:19]))
    assert few.verdict == "supported" and few.reasons == (Reason("not_checked", {"what": "placebo", "count": 19}),)


def test_rule_5_the_quick_look_disagrees() -> None:
    assert codes(replace(ALL, quick=(0.41, 0.6))) == codes(replace(ALL, quick=(-0.6, 0.19))) == ["disagrees"]
    assert not codes(replace(ALL, quick=(0.4, 0.6))) and not codes(replace(ALL, quick=(0.25, 0.26)))


def test_what_was_not_computed_is_named_and_replaces_nothing() -> None:
    bare = verdict(Evidence(0.05, Main(0.3, 0.2, 0.4)))
    assert bare.verdict == "supported" and not bare.replaced
    assert [r.params["what"] for r in bare.reasons] == ["sampling", "power", "variants", "placebo", "quick look"]


def test_no_estimate_is_undecidable_with_a_reason() -> None:
    named = Reason("no_data", {"source": "IMF"})
    assert verdict(Evidence(0.05, None, others=[named])).reasons == (named,)
    assert verdict(Evidence(0.05, None)).verdict == "undecidable" and codes(Evidence(0.05, None)) == ["no_estimate"]
    assert verdict(Evidence(0.05, Main(np.nan, np.nan, np.nan))).verdict == "undecidable"
    with pytest.raises(UsageError, match="above 0"):
        verdict(replace(ALL, smallest=0.0))


def test_a_loss_that_only_stays_with_the_others_is_not_supported() -> None:
    assert verdict(replace(ALL, rises=(0.001, 0.3))).verdict == "supported"
    stayed = verdict(replace(ALL, rises=(-0.001, 0.3)))
    assert stayed.verdict == "not supported" and stayed.reasons[0].code == "does_not_rise"
    against = replace(ALL, main=replace(GOOD, estimate=-0.3, low=-0.4, high=-0.1), quick=(-0.4, 0), variants=[-1.0],
                      rises=(-0.1, 0.3))
    assert verdict(against).verdict == "contradicted" and not codes(against)


def test_reasons_of_single_hypotheses() -> None:
    v = verdicts
    fine = [v.flat_exposure(0.02), v.not_identified(-0.9), v.stuck(0.5), v.off_branch(0.2), v.leads(0.1),
            v.oil(-1.0, se=1.0), v.psi_matters([(0.6, 1), (0.7, 2)], smallest=0.5),
            v.sign_differs([0.1, 0.2], parameter="coercion"), v.first_without_power(0.5)]
    assert not any(fine)
    bad = [v.flat_exposure(0.019), v.not_identified(-0.91), v.stuck(0.51), v.off_branch(0.21), v.leads(0.09),
           v.oil(1.1, se=1.0), v.psi_matters([(0.6, 1), (0.4, 2)], smallest=0.5),
           v.sign_differs([-0.1, 0.2], parameter="coercion"), v.first_without_power(0.49)]
    assert [b[0].code for b in bad] == ["flat_exposure", "not_identified", "stuck", "off_branch", "leads", "oil", "psi",
                                        "sign_by_posterior", "no_loss_seen"]
    told = [*v.oil(None, se=1.0), *v.first_without_power(None)]
    assert {r.code for r in told} == {"not_checked"}
    assert verdict(replace(ALL, others=bad[0])).verdict == "undecidable"


def test_levels_are_adjusted_over_all_seven() -> None:
    from statsmodels.stats.multitest import multipletests

    p = {f"H{i}": v for i, v in enumerate([0.2, 0.001, 0.04, 0.03, 0.9, 0.012, 0.5], 1)}
    assert list(holm(p).values()) == pytest.approx(multipletests(list(p.values()), method="holm")[1])
    assert holm({"a": 0.01, "b": np.nan})["a"] == 0.02
    assert exceeds(0.3, low=0.05, high=0.4, smallest=0.05) == pytest.approx(0.05)
    assert exceeds(0.0, low=-0.5, high=0.05, smallest=0.05) == pytest.approx(0.95)
    assert np.isnan(exceeds(np.nan, low=0, high=1, smallest=0.05))
