"""What is forecast of a crisis: whole distributions, reasons that add up, and scores that can be counted again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise.assemble.crises import ready
from equipoise.assemble.crisis_keys import RUNGS
from equipoise.assemble.packed import Pack, embedded
from equipoise.errors import DamagedPack, UsageError
from equipoise.measure.ladders import ranked_score
from equipoise.measure.left_out import without
from equipoise.pipeline.reasons import REASONS
from equipoise.pipeline.stance import crises, stance
from equipoise.pipeline.stance_rows import coded_rows, left_with
from equipoise.pipeline.stance_scores import counted_shares, left_out_shares, shares_of
from equipoise.pipeline.stances import posterior, stances_of

OWN = """
key = "nowhere-2030"
title = { en = "Unrest" }
place = "KAZ"
start = 2030-01-02
kind = "unrest"
subject = "the government"
force_on_people = false
border_change = false
"""


def test_every_power_has_a_whole_distribution_and_its_reasons() -> None:
    found = stance("kazakhstan-2022")
    sums = found.frame.group_by("power", "outcome").agg(pl.col("probability").sum(), pl.col("coded").sum())
    assert np.allclose(sums["probability"], 1) and (sums["coded"] == 1).all() and sums.height == 10
    assert set(found.more["reasons"]["reason"]) == {*REASONS, "own"}
    assert found.options["left_out"] is True
    assert found.more["coded"].height == 5


def test_parties_are_left_out_and_said_so() -> None:
    found = stance("ukraine-2022")
    assert "RUS" not in set(found.frame["power"])
    assert any("RUS is a party" in r for r in found.remarks)
    with pytest.raises(UsageError, match="parties to ukraine-2022"):
        stance("ukraine-2022", powers=["RUS"])


def test_a_file_of_ones_own_is_forecast_with_nothing_left_out(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    found = stance(str(path), powers=["CHN", "Turkey"])
    assert set(found.frame["power"]) == {"CHN", "TUR"}
    assert found.options["left_out"] is False and found.more["coded"].is_empty()
    asked = tmp_path / "asked.toml"
    asked.write_text(OWN + 'able = ["CSTO"]\nrequest = { on = 2030-01-03, to = ["CSTO"] }\n', encoding="utf-8")
    told = stance(str(asked), powers=["RUS"]).more["reasons"].filter(reason="request")
    assert told["value"].to_list() == [1.0]


@pytest.mark.slow
def test_the_packs_scores_are_those_of_its_draws() -> None:
    pack = embedded()
    rows, told = coded_rows(pack), posterior(pack)
    out, density = left_out_shares(told, rows, scale=pack.table("stance_scale"))
    table = {r["outcome"]: r for r in pack.table("stance_scores").filter(model="reasons").iter_rows(named=True)}
    for o, outcome in enumerate(("first", "firmest")):
        score = ranked_score(out[:, o], observed=rows[outcome].to_numpy()).mean()
        assert score == pytest.approx(table[outcome]["ranked_score"], abs=2e-3)  # the pack has its draws rounded
    assert min(without(d)[1] for d in density.values()) > 20


@pytest.mark.slow
def test_a_fit_without_a_crisis_forecasts_it_as_the_weighed_draws_do() -> None:
    pytest.importorskip("jax")
    from equipoise.pipeline.stance_build import coded_stances
    from equipoise.pipeline.stance_check import fitted_without

    pack, crisis = embedded(), "myanmar-2021"  # where leaving out changes much, and weighing is hardest
    rows, told, scale = coded_rows(pack), posterior(pack), pack.table("stance_scale")
    coded, weight = coded_stances(rows, sizes=scale)
    found, _ = fitted_without(told, rows, [crisis], coded=coded, weight=weight, seed=1, warmup=120, draws=150)
    weighed, _ = left_out_shares(told, rows, scale=scale, among=[crisis])
    fitted = shares_of(found[crisis], rows.filter(crisis=crisis), scale=scale)
    assert np.abs(weighed - fitted).mean() < 0.01
    seen = shares_of(told, rows.filter(crisis=crisis), scale=scale)
    assert np.abs(weighed - seen).mean() > 2 * np.abs(weighed - fitted).mean()


def test_baselines_have_not_seen_the_crisis_either() -> None:
    rows = coded_rows(embedded())
    one = rows.filter(crisis="kazakhstan-2022", power="CHN")
    shares = counted_shares(rows)["frequencies"][(rows["crisis"] == "kazakhstan-2022").to_numpy()]
    others = rows.filter(~left_with(rows, crisis="kazakhstan-2022"))
    taken = others.filter(first=one["first"].item()).height
    assert shares[1, 0, one["first"].item()] == pytest.approx((taken + 1) / (others.height + len(RUNGS)))
    crimea = rows.filter(left_with(rows, crisis="crimea-2014"))
    assert set(crimea["crisis"]) == {"crimea-2014", "donbas-2014"}


def test_two_crises_that_have_not_been() -> None:
    found = stances_of("KAZ", on=dt.date(2026, 1, 1), pack=embedded())
    sums = found.group_by("crisis", "power", "outcome").agg(pl.col("probability").sum())
    assert np.allclose(sums["probability"], 1)
    assert set(found.filter(crisis="attack")["power"]) == {"CHN", "USA", "EUU", "JPN"}  # Russia has the border
    support = (
        found.filter(pl.col("rung").is_in(RUNGS[5:]), outcome="firmest")
        .group_by("crisis", "power")
        .agg(pl.col("probability").sum())
    )
    by = {(c, p): v for c, p, v in support.iter_rows()}
    assert by["unrest", "RUS"] > by["unrest", "CHN"]  # its ally
    assert by["attack", "USA"] > by["attack", "CHN"]  # further from the attacker


def test_the_list_has_every_ready_crisis() -> None:
    assert set(crises()["key"]) == set(ready())


def test_a_pack_without_fitted_stances_says_so() -> None:
    with pytest.raises(DamagedPack, match="no fitted stances"):
        posterior(Pack(frames={}))
