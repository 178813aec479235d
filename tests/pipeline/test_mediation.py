"""Mediators from the pack: ranks, the list of one state, and the test of the measure."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from equipoise.assemble.packed import embedded
from equipoise.errors import BadYears, UnknownState, UsageError
from equipoise.measure import superiority
from equipoise.pipeline.mediation import mediations_of, mediators
from equipoise.pipeline.mediation_cases import SCORES, article, cases, scored, vectors
from equipoise.pipeline.mediation_data import ties


def test_every_state_with_a_value_is_ranked_once_and_intervals_hold_the_order() -> None:
    frame = mediators("Russia", "Turkey", years=2016, top=None).frame
    assert frame["rank"].to_list() == list(range(1, frame.height + 1)) and frame["state"].n_unique() == frame.height
    assert frame["value"].is_sorted(descending=True) and not {"RUS", "TUR"} & set(frame["state"])
    assert frame.filter(pl.col("rank_low") > pl.col("rank_high")).is_empty()
    inside = (pl.col("low") <= pl.col("high")) & (pl.col("high") < 1) & (pl.col("low") > 0)
    assert frame.filter(~inside).is_empty()
    terms = frame["closeness"] * frame["evenness"] * frame["freedom"] * frame["common"]
    np.testing.assert_allclose(frame["value"].to_numpy() ** 4, terms.to_numpy(), rtol=1e-9)


def test_it_is_the_same_whichever_side_is_named_first() -> None:
    one, other = (mediators(a, b, years=2000).frame for a, b in (("IND", "PAK"), ("PAK", "IND")))
    assert one["state"].to_list() == other["state"].to_list()


def test_a_span_is_ranked_year_by_year_and_says_what_is_held() -> None:
    made = mediators("ARM", "AZE", years="2013:2016", top=3)
    assert made.frame.group_by("year", maintain_order=True).len().rows() == [(y, 3) for y in range(2013, 2017)]
    assert "trade of 2014" in made.remarks[0] and "ideal points" not in made.remarks[0]
    assert set(made.sources) == {"un_roll_calls", "un_votes", "cow_trade", "cow_igo"}


def test_ties_are_shares_and_symmetric_where_they_must_be() -> None:
    t = ties(embedded(), year=2010)
    n = len(t.states)
    assert t.trade.shape == t.km.shape == (n, n) and t.points.shape[1] == n and set(np.unique(t.member)) == {0.0, 1.0}
    np.testing.assert_allclose(np.nansum(t.trade, axis=1)[np.isfinite(t.trade).any(axis=1)], 1.0)
    np.testing.assert_array_equal(t.km, t.km.T)
    assert t.known == {"ideal points": 2010, "trade": 2010, "organisations": 2010}


def test_a_state_that_cast_no_votes_is_missing_and_not_last() -> None:
    t = ties(embedded(), year=1999)
    assert np.isnan(t.between("RUS", "USA").value[0, t.states.index("CHE")])    # joined the United Nations in 2002
    assert "CHE" not in mediators("RUS", "USA", years=1999, top=None).frame["state"].to_list()


@pytest.mark.parametrize(("a", "b", "rest", "error"), [
    ("RUS", "Russia", {}, UsageError), ("RUS", "XYZ", {}, UnknownState), ("RUS", "TUR", {"years": 1985}, BadYears),
    ("RUS", "TUR", {"top": 0}, UsageError), ("SCG", "USA", {"years": 1999}, UsageError),
])
def test_bad_questions_are_refused(a, b, rest, error) -> None:
    with pytest.raises(error):
        mediators(a, b, **rest)


def test_the_list_of_a_state_has_its_place_where_it_can_be_compared() -> None:
    frame = mediations_of("KAZ").frame
    almaty = frame.filter(dispute="karabakh", from_year=2024).row(0, named=True)
    ranked = mediators("ARM", "AZE", years=2024, top=None).frame
    assert almaty["rank"] == ranked.filter(state="KAZ")["rank"].item() == 1
    assert frame.filter(pl.col("sides") == "civil")["rank"].null_count() == frame.filter(sides="civil").height
    with pytest.raises(UsageError, match="Luxembourg"):
        mediations_of("LUX")


def test_a_case_is_the_state_s_place_among_those_that_did_not_mediate() -> None:
    of_qatar = cases(state="QAT").filter(conflict="djibouti-eritrea").row(0, named=True)
    t = ties(embedded(), year=2010)
    found = t.between("DJI", "ERI")
    shared = np.isfinite(found.value[0]) & np.isfinite(t.capability) & np.isfinite(t.nearness("DJI", "ERI"))
    own, rest = t.states.index("QAT"), shared.copy()
    rest[own] = False
    assert of_qatar["others"] == rest.sum()
    for name, score in (("acceptability", found.value[0]), ("capability", t.capability)):
        assert of_qatar[name] == pytest.approx(superiority([score[own]], lower=score[rest]))


@pytest.mark.slow
def test_the_test_of_all_cases() -> None:
    frame = cases()
    assert frame.height >= 80 and frame["conflict"].n_unique() >= 25
    made = scored(frame, draws=2000)
    assert made["score"].to_list() == list(SCORES)
    np.testing.assert_allclose(made["mean"], frame.select(SCORES).mean().row(0))
    assert made.filter((pl.col("low") > pl.col("mean")) | (pl.col("high") < pl.col("mean"))).is_empty()
    assert made.row(0, named=True)["gap"] == 0
    # Of scores that know nothing of who mediated, nine intervals in ten hold ½.
    rng = np.random.default_rng(1)
    blind = pl.concat(scored(frame.with_columns(pl.Series(c, rng.random(frame.height)) for c in SCORES), draws=400)
                      for _ in range(20))
    held = blind.filter(pl.col("low") < 0.5, pl.col("high") > 0.5).height / blind.height
    assert 0.8 < held < 0.97


def test_the_article_s_question_is_a_rank_correlation_across_states() -> None:
    frame = vectors()
    assert not {"RUS", "CHN", "USA", "JPN", "FRA"} & set(frame["state"]) and frame["conflicts"].sum() > 50
    made = article(frame, draws=200)
    wanted = stats.spearmanr(frame["index"], frame["conflicts"]).statistic
    assert made["rho"][0] == pytest.approx(wanted)
    assert made.filter((pl.col("low") > pl.col("rho")) | (pl.col("high") < pl.col("rho"))).is_empty()
