"""`equipoise mediation` as a user meets it; what it writes is read back."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from equipoise.view.charts import mediation as chart
from equipoise.view.words import words


def test_a_pair_as_a_table_json_and_csv(command) -> None:
    code, out, err = command("mediation", "Russia", "TUR", "--year", "2016", "--top", "3")
    assert code == 0 and "CHE" in out and "trade of 2014" in err
    code, out, _ = command("mediation", "RUS", "TUR", "--year", "2016", "--top", "3", "--json")
    told = json.loads(out)
    assert [r["rank"] for r in told["rows"]] == [1, 2, 3] and told["units"]["value"] == "0 to 1"
    assert command("mediation", "RUS", "TUR", "--year", "2015:2016", "--top", "0", "--out", "m.csv")[0] == 0
    assert pl.read_csv("m.csv").filter(year=2016, state="KAZ").height == 1


def test_it_is_cited_with_what_it_is_from(command) -> None:
    code, out, _ = command("mediation", "RUS", "TUR", "--cite")
    assert code == 0 and all(f"{{{key}," in out for key in ("crescenzi2011supply", "young1967intermediaries"))


def test_the_list_of_a_state(command) -> None:
    code, out, _ = command("mediation", "--state", "kaz")
    assert code == 0 and "su-24" in out and "venue" in out


@pytest.mark.parametrize("asked", [["RUS", "TUR", "--year", "2016"], ["--state", "KAZ"]])
def test_charts_in_both_languages(command, asked: list[str]) -> None:
    assert command("mediation", *asked, "--out", "e.svg")[0] == 0
    assert "Sources: " in Path("e.svg").read_text(encoding="utf-8")
    assert command("mediation", *asked, "--out", "z.html", "--lang", "zh-Hant")[0] == 0
    page = Path("z.html").read_text(encoding="utf-8")
    assert "俄羅斯－土耳其" in page and "資料來源：" in page and "column." not in page


@pytest.mark.parametrize(("asked", "said"), [
    (["RUS"], "between two states"), (["RUS", "TUR", "--state", "KAZ"], "takes no pair"),
    (["--state", "LUX"], "no mediation by Luxembourg"), (["RUS", "TUR", "--year", "1980"], "1991 to 2025"),
    (["RUS", "Kazahstan"], "Did you mean KAZ"),
])
def test_wrong_use_says_what_to_do(command, asked: list[str], said: str) -> None:
    code, out, err = command("mediation", *asked)
    assert code == 2 and out == "" and said in err


def test_the_rule_stands_where_chance_would_put_a_state() -> None:
    frame = pl.DataFrame({"from_year": [2016, 2016], "side_a": "RUS", "side_b": "TUR", "kind": "venue",
                          "standing": [0.2, 0.9]})
    spec = chart.own(frame, words=words("en")).to_dict()
    rule, _, dots = (json.loads(spec["datasets"][layer["data"]["name"]]) for layer in spec["layer"])
    assert rule == [{"x": 0.5}] and [r["at"] for r in dots] == [0.2, 0.9]
    assert len({r["label"] for r in dots}) == 2    # a pair mediated twice in a year has two rows
