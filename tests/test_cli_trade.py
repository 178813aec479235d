"""The commands of `equipoise trade` and `equipoise simulate` as a user meets them."""

from __future__ import annotations

import json

import polars as pl
import pytest


def test_a_loss_as_json_with_units_and_sources(command) -> None:
    code, out, err = command("trade", "loss", "Kazakhstan", "RUS", "EUU", "--year", "2014", "--json", "--cite")
    told = json.loads(out)
    assert code == 0 and not err
    assert [r["partner"] for r in told["rows"]] == ["EUU", "RUS"]
    assert "per cent of real income" in told["units"]["loss_pct"] and "simonovska2014elasticity" in told["citations"]
    assert told["provenance"]["options"]["elasticity"].startswith("2–8.28")


def test_losses_among_some_states_as_a_file_and_a_chart(command, tmp_path) -> None:
    for name in ("needs.csv", "needs.svg"):
        asked = ("--states", "KAZ,RUS,CHN", "--year", "2010", "--top", "0", "--out", name)
        code, out, _ = command("trade", "losses", *asked)
        assert code == 0 and out.strip() == name
    # Kazakhstan and Russia in 2010 are known by half only.
    assert pl.read_csv(tmp_path / "needs.csv").select("state", "partner").sort("state", "partner").rows() == [
        ("CHN", "KAZ"), ("CHN", "RUS"), ("KAZ", "CHN"), ("RUS", "CHN")]
    assert "Kazakhstan without China" in (tmp_path / "needs.svg").read_text(encoding="utf-8")


def test_a_scenario_of_ones_own(command, tmp_path) -> None:
    (tmp_path / "war.toml").write_text(
        'id = "war"\ntitle_en = "War of tariffs"\ntitle_zh = "關稅戰"\nyear = 2014\n[[measures]]\nkind = "trade_war"\n'
        'one = ["USA"]\nother = ["CHN"]\ntariff = 0.25\nstart = 2018-07-06\nassumed = true\nevents = ["pandemic"]\n',
        encoding="utf-8")
    code, out, err = command("simulate", "war.toml", "--state", "USA,CHN", "--on", "2019", "--json")
    (event,) = json.loads(out)["events"]
    assert (event["measure_kind"], event["id"], event["date"]) == ("trade_war", "pandemic", "2020-03-11")
    changes = {r["state"]: r["change_pct"] for r in json.loads(out)["rows"]}
    assert code == 0 and "sizes are assumed" in err and "the 1 of 1 measures in force on 2019-12-31" in err
    assert changes["CHN"] < changes["USA"] < 0
    code, out, _ = command("simulate", "war.toml", "--state", "USA", "--lang", "zh-Hant")
    assert code == 0 and "各項措施所本的事件" in out and "一般常識，未經查證" in out  # its source, in words


@pytest.mark.parametrize(("args", "message"), [
    (["trade", "loss", "KAZ", "--year", "2020"], "there is no matrix of world trade for 2020"),
    (["trade", "loss", "Kazahstan"], "Kazakhstan"),
    (["trade", "loss", "KAZ", "KAZ"], "KAZ cannot decouple from itself"),
    (["trade", "losses", "--states", "KAZ"], "pairs need two states"),
    (["simulate", "oil-halved"], "the price of oil cannot be changed in a world with one sector"),
    (["simulate", "russia-2015"], "there is no scenario russia-2015"),
    (["simulate", "russia-2014", "--on", "2014-01"], "no measure of russia-2014 is in force on 2014-01-31"),
    (["simulate", "russia-2014", "--on", "soon"], "'soon' is no date"),
])
def test_errors_are_one_line_and_exit_code_2(command, args, message) -> None:
    code, out, err = command(*args)
    assert code == 2 and not out
    assert message in err and err.count("\n") == 1
