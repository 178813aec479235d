"""Decoupling losses and scenarios from the pack's trade."""

from __future__ import annotations

import re
from importlib.resources import files

import numpy as np
import polars as pl
import pytest

from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.trade_contracts import DECOUPLING
from equipoise.errors import BadYears, UsageError
from equipoise.model.trade_elasticity import elasticity_at
from equipoise.pipeline.decoupling import decoupling, every_pair, losses_to, pair_losses
from equipoise.pipeline.scenarios import fuel_shares, simulate
from equipoise.pipeline.trade import trade_loss, trade_losses
from equipoise.pipeline.trade_worlds import FLOOR, trade_world, trade_years

SMALL = {"AAA": 100.0, "BBB": 400.0, "CCC": 50.0, "DDD": 10.0}
FLOWS = {("AAA", "BBB"): 20.0, ("BBB", "AAA"): 10.0, ("CCC", "BBB"): 60.0, ("BBB", "CCC"): 30.0, ("AAA", "CCC"): 5.0,
         ("CCC", "AAA"): None}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Pack:
    """A pack of three states with GDP, of which CCC re-exports more than it makes, and one without trade."""
    monkeypatch.setattr("equipoise.pipeline.trade_worlds.FEWEST", 2)
    trade = pl.DataFrame([(b, a, 2010, v, "cow_trade", None) for (a, b), v in FLOWS.items()], orient="row", schema={
        "importer": pl.String, "exporter": pl.String, "year": pl.Int16, "value_musd": pl.Float64,
        "source": pl.Categorical, "note": pl.Categorical})
    state_year = pl.DataFrame([(s, 2010, v * 1e6) for s, v in SMALL.items()], orient="row",
                              schema={"state": pl.String, "year": pl.Int16, "gdp_usd": pl.Float64})
    return Pack(frames={"trade": trade, "state_year": state_year})


def test_home_sales_are_output_less_exports_with_a_floor(small: Pack) -> None:
    found = trade_world(small, year=2010)
    assert found.world.countries == ("AAA", "BBB", "CCC")
    assert np.diag(found.world.flows).tolist() == [75.0, 360.0, FLOOR * 50.0]
    assert found.floored == ("CCC",)
    assert found.world.flows[0, 1] == 20.0 and found.world.flows[2, 1] == 60.0


def test_a_flow_known_to_be_wrong_leaves_its_pair_without_a_loss(small: Pack) -> None:
    found = trade_world(small, year=2010)
    assert found.known("AAA", "BBB") and not found.known("AAA", "CCC") and not found.known("CCC", "AAA")
    frame = pair_losses(found, every_pair(found))
    assert frame.filter(pl.col("loss").is_null()).select("state", "partner").rows() == [("AAA", "CCC")]


def test_losses_for_leverage_are_those_of_the_pack_and_of_others_solved(small: Pack) -> None:
    kept = embedded().table("decoupling").row(by_predicate=(pl.col("state") == "KAZ") & (pl.col("power") == "RUS")
                                              & (pl.col("year") == 2014), named=True)
    found = losses_to(embedded(), states=["KAZ", "PRK"], powers=("CHN", "RUS"), years=[2014, 2018])
    assert found.shape == (3, 2, 2, 2)
    assert found[:, 0, 0, 1].tolist() == pytest.approx([kept["low"], kept["loss"], kept["high"]])
    # Nobody's losses of 2018 are in the pack, and North Korea has no GDP.
    assert np.isnan(found[:, :, 1]).all() and np.isnan(found[:, 1]).all()
    none = embedded().table("decoupling").clear()
    own = Pack(frames={"trade": small.table("trade"), "state_year": small.table("state_year"), "decoupling": none})
    solved = pair_losses(trade_world(own, year=2010), [("AAA", "BBB")])
    three = losses_to(own, states=["AAA"], powers=("BBB", "CCC"), years=[2010])[:, 0, 0]
    assert three[:, 0].tolist() == pytest.approx(list(solved.select("low", "loss", "high").row(0)), rel=1e-4)
    assert np.isnan(three[:, 1]).all()


@pytest.mark.slow
def test_losses_fall_with_the_elasticity_in_the_packs_worlds() -> None:
    from equipoise.model.decoupling import decoupling_losses

    found = trade_world(embedded(), year=2014)
    pairs = [(a, b) for a in ("KAZ", "MNG", "SGP", "DEU") for b in ("RUS", "CHN", "USA")]
    thetas = [elasticity_at(q) for q in (0.02, 0.2, 0.5, 0.8, 0.98)]
    end = decoupling_losses(found.world, elasticity=thetas, pairs=pairs)
    assert end.solved.all()
    assert (np.diff(end.loss, axis=0) < 0).all() and (np.diff(end.partner_loss, axis=0) < 0).all()


def test_years_with_a_matrix_and_others() -> None:
    assert trade_years(embedded()) == [*range(1991, 2015), 2025]
    with pytest.raises(BadYears, match=r"no matrix of world trade for 2020\. There are 1991 to 2014 and 2025"):
        trade_world(embedded(), year=2020)


def test_trade_of_russia_and_kazakhstan_in_2025_is_kazakhstans_own() -> None:
    found = trade_world(embedded(), year=2025)
    assert ("RUS", "KAZ") in found.borrowed and found.borrowed_year == found.gdp_year == 2023
    made = trade_loss("KAZ", ["RUS"], year=2025)
    assert any("Kazakhstan's figure of 2023" in r for r in made.remarks)
    assert {"imf_trade", "kaz_trade", "world_bank"} == set(made.sources)


def test_who_needs_whom_between_kazakhstan_and_its_partners() -> None:
    frame = trade_loss("Kazakhstan", year=2014).frame
    assert frame["partner"][0] == "EUU" and frame["loss_pct"].is_sorted(descending=True)
    assert (frame["low_pct"] < frame["loss_pct"]).all() and (frame["loss_pct"] < frame["high_pct"]).all()
    assert (frame["asymmetry"] > 1).all()
    russia = frame.filter(pl.col("partner") == "RUS").to_dicts()[0]
    assert russia["exports_musd"] == 7097.0 and russia["imports_musd"] == 15524.0


def test_the_ranking_has_both_sides_of_each_pair() -> None:
    made = trade_losses(["KAZ", "RUS", "CHN", "KGZ"], year=2014, top=0)
    assert made.frame.height == 12 and made.frame["loss_pct"].is_sorted(descending=True)
    both = made.frame.filter(pl.col("state").is_in(["KAZ", "RUS"]), pl.col("partner").is_in(["KAZ", "RUS"]))
    assert both["loss_pct"].to_list() == both["partner_loss_pct"].reverse().to_list()
    assert made.frame.filter(pl.col("state") == "KGZ")["rank"].min() == 1
    for lang in ("en", "zh-Hant"):
        assert made.chart(lang).to_dict(validate=True)["title"]
        assert trade_loss("KAZ", ["RUS", "CHN"], year=2014).chart(lang).to_dict(validate=True)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: trade_loss("KAZ", ["KAZ"]), "KAZ cannot decouple from itself"),
    (lambda: trade_loss("TWN", year=2014), "TWN has no GDP in the pack's figures for 2014"),
    (lambda: trade_loss("KAZ", ["SSD"], year=2000), "SSD has no trade in the pack's figures for 2000"),
    (lambda: trade_losses(["KAZ"]), "pairs need two states"),
    (lambda: trade_losses(top=-1), "-1 rows cannot be shown"),
    (lambda: simulate("oil-halved"), "the price of oil cannot be changed"),
    (lambda: simulate("eaeu-exit", states=["TWN"]), "TWN is not among the 183 countries"),
])
def test_what_cannot_be_asked(call, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        call()


def test_the_packs_table_is_what_its_trade_gives() -> None:
    table = embedded().table("decoupling")
    assert sorted(table["year"].unique()) == trade_years(embedded())
    made = DECOUPLING.check(decoupling(years=[2014]))
    assert (table["loss"] > 0).all()  # a zero of the source may be a missing report, and is no loss of nothing
    there = table.filter(pl.col("year") == 2014)
    assert there.select("state", "power").equals(made.select("state", "power"))
    for column in DECOUPLING.columns[3:]:
        assert there[column.name].to_numpy() == pytest.approx(made[column.name].to_numpy(), rel=1e-5, abs=1e-9)


@pytest.mark.slow
def test_a_scenario_moves_those_whom_it_names() -> None:
    made = simulate("russia-2014", states=["RUS", "KAZ", "USA"])
    change = dict(made.frame.select("state", "change_pct").iter_rows())
    assert change["RUS"] < -0.1 < change["USA"] < 0 and change["RUS"] < change["KAZ"]
    assert (made.frame["low_pct"] <= made.frame["change_pct"]).all()
    assert made.chart("zh-Hant").to_dict(validate=True)
    assert any("with all 2 measures at once" in r for r in made.remarks)
    early = simulate("russia-2014", states=["RUS"], on="2014-08-01")
    assert change["RUS"] < early.frame["change_pct"][0] < 0
    assert any("the 1 of 2 measures in force on 2014-08-01" in r for r in early.remarks)


def test_fuels_are_a_part_of_each_flow() -> None:
    found = trade_world(embedded(), year=2014)
    share = fuel_shares(embedded(), found)
    at = found.world.at
    assert share.min() == 0 and share.max() == 1
    assert 0.4 < share[at("RUS"), at("POL")] <= 1 and share[at("DEU"), at("RUS")] < 0.05


def test_leaving_the_union_hurts_kazakhstan_most() -> None:
    frame = simulate("eaeu-exit", top=4).frame
    assert frame["state"][0] == "KAZ" and (frame["high_pct"] < 0).sum() >= 3


@pytest.mark.slow
def test_the_interval_covers_the_ranges_of_sizes(tmp_path) -> None:
    text = (files("equipoise.data") / "scenarios/eaeu-exit.toml").read_text(encoding="utf-8")
    assert "range = { cost" in text
    kept = re.sub(r"range = .*\n", "", text)
    ends = []
    for cost in ("0.026", "0.05", "0.092"):
        path = tmp_path / f"exit-{cost}.toml"
        path.write_text(kept.replace("cost = 0.05", f"cost = {cost}"), encoding="utf-8")
        ends.append(simulate(str(path), states=["KAZ"]).frame.row(0, named=True))
    ranged = simulate("eaeu-exit", states=["KAZ"]).frame.row(0, named=True)
    assert ranged["change_pct"] == pytest.approx(ends[1]["change_pct"], rel=1e-9)
    assert ranged["low_pct"] == pytest.approx(ends[2]["low_pct"], rel=1e-9)
    assert ranged["high_pct"] == pytest.approx(ends[0]["high_pct"], rel=1e-9)
