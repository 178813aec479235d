"""The command `equipoise stance` as a user meets it."""

from __future__ import annotations

import json

from equipoise.assemble.crises import ready


def test_the_ready_crises_are_listed(command) -> None:
    code, out, err = command("stance", "--json")
    assert code == 0 and not err
    assert {r["key"] for r in json.loads(out)} == set(ready())


def test_a_forecast_in_both_languages(command) -> None:
    code, out, _ = command("stance", "kazakhstan-2022", "--power", "CHN")
    assert code == 0
    assert "Unrest in Kazakhstan" in out and "supports in words" in out and "helps afterwards" in out
    assert "tier: shared organisations" in out
    code, out, _ = command("stance", "kazakhstan-2022", "--power", "CHN", "--lang", "zh-Hant")
    assert code == 0 and "言詞支持" in out and "事後援助" in out and "層次" in out


def test_rows_as_json_and_as_files(command, tmp_path) -> None:
    code, out, _ = command("stance", "ukraine-2022", "--power", "CHN,TUR", "--json")
    told = json.loads(out)
    assert code == 0 and {r["power"] for r in told["rows"]} == {"CHN", "TUR"}
    assert {r["reason"] for r in told["reasons"]} >= {"tie", "sides", "integrity"}
    assert told["provenance"]["options"]["left_out"] is True
    for name in ("stances.csv", "stances.svg"):
        assert command("stance", "ukraine-2022", "--out", name)[0] == 0
        assert (tmp_path / name).stat().st_size > 1000
    assert "Probability" in (tmp_path / "stances.svg").read_text(encoding="utf-8")


def test_mistakes_are_answered(command, tmp_path) -> None:
    code, _, err = command("stance", "kazakstan-2022")
    assert code == 2 and "Did you mean kazakhstan-2022" in err
    (tmp_path / "bad.toml").write_text('key = "a"\nplace = "KAZ"\n', encoding="utf-8")
    code, _, err = command("stance", "bad.toml")
    assert code == 3 and "the key 'title' is missing" in err
    code, _, err = command("stance", "ukraine-2022", "--power", "RUS")
    assert code == 2 and "parties to ukraine-2022" in err


def test_scores_and_their_calibration_plot(command, tmp_path) -> None:
    code, out, _ = command("stance", "--scores", "--json")
    told = json.loads(out)
    assert code == 0 and {r["model"] for r in told["rows"]} >= {"reasons", "un_distance", "mode", "frequencies"}
    assert sum(r["n"] for r in told["calibration"] if r["outcome"] == "first") == 8 * told["rows"][0]["n"]
    assert command("stance", "--scores", "--out", "scores.svg")[0] == 0
    assert "Forecast probability" in (tmp_path / "scores.svg").read_text(encoding="utf-8")


def test_dated_events_stand_below_with_their_sources(command) -> None:
    code, out, _ = command("stance", "kazakhstan-2022", "--power", "CHN")
    assert code == 0 and "Dated events around this crisis" in out and "CSTO peacekeepers enter" in " ".join(out.split())
    code, out, _ = command("stance", "mali-2012", "--power", "CHN", "--json")
    assert code == 0 and "events" not in json.loads(out)
