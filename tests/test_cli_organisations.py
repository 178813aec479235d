"""`equipoise organisations` and `equipoise events` as a user meets them; what they write is read back."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

Said = tuple[int | str | None, str, str]


def test_members_as_a_table_a_file_and_json(command) -> None:
    code, out, err = command("organisations", "members", "CSTO", "--on", "2022-01-06")
    assert code == 0 and out.count("member") == 6 and "observer" in out
    assert "dated table of organisations" in out and "1 of 7 spells rest on memory" in err
    args = ("organisations", "members", "CSTO", "--on", "2022-01-06", "--kind", "member")
    code, out, _ = command(*args, "--json")
    told = json.loads(out)
    assert [r["state"] for r in told["rows"]] == ["ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"]
    assert told["rows"][0]["since"] == "2003-09-18" and told["provenance"]["options"]["day"] == "2022-01-06"
    for name in ("m.csv", "m.dta", "m.parquet"):
        code, out, err = command(*args, "--out", name)
        assert (code, out, err) == (0, f"{name}\n", "")
    assert pl.read_csv("m.csv")["state"].to_list() == [r["state"] for r in told["rows"]]
    assert pl.read_parquet("m.parquet")["source"].null_count() == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["members", "CSTO", "--on", "2022-01-06"], ["Collective Security Treaty Organization", "Belarus", "observer"]),
        (["portfolio", "UZB", "--years", "1992:2012"], ["Uzbekistan", "GUAM", "Security"]),
        (
            ["overlap", "CSTO", "SCO", "EAEU", "--on", "2022-01-01"],
            ["How they overlap on 1 January", "CSTO + SCO: Tajik"],
        ),
        (["shared", "KAZ", "--on", "2000-01-01"], ["Both full members", "Russia", "Year"]),
        (["tiers", "RUS", "--region", "Central Asia", "--on", "2022-01-01"], ["Kazakhstan*", "Turkmenistan", "Tier 3"]),
        (["priorities", "--on", "2022-01-01"], ["Document 004", "Votes 2021", "Middle East"]),
    ],
)
def test_every_question_has_a_chart_in_both_languages(command, args: list[str], words: list[str]) -> None:
    assert command("organisations", *args, "--out", "e.svg")[0] == 0
    svg = Path("e.svg").read_text(encoding="utf-8")
    assert [w for w in (*words, "Sources: ", "equipoise:") if w not in svg] == []
    assert command("organisations", *args, "--out", "z.svg", "--lang", "zh-Hant")[0] == 0
    chinese = Path("z.svg").read_text(encoding="utf-8")
    assert "資料來源：" in chinese and words[0] not in chinese
    assert "國際組織年表" in chinese or "文件004所列區域表" in chinese


def test_a_page_has_the_rows(command) -> None:
    asked = ("tiers", "RUS", "--states", "KAZ,UZB", "--on", "2022-01-01", "--out", "t.html")
    assert command("organisations", *asked)[0] == 0
    page = Path("t.html").read_text(encoding="utf-8")
    assert "CIS;SCO" in page and "Between capitals (km)" in page and ">yes</td>" in page


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["members", "CTSO"], "Did you mean CSTO"),
        (["members", "CSTO", "--on", "2022-02-30"], "never was"),
        (["members", "CSTO", "--kind", ","], "--kind is empty"),
        (["overlap", "CSTO"], "two organisations"),
        (["portfolio", "Kazakstan"], "KAZ"),
        (["shared", "KAZ", "--powers", "RUS"], "at least two"),
        (["shared", "KAZ", "--all", "--on", "2022-01-01"], "1991 to 2014"),
        (["tiers", "RUS", "--region", "Atlantis"], "no region"),
        (["tiers", "RUS"], "--region"),
        (["members", "CSTO", "--out", "x.xlsx"], ".csv"),
    ],
)
def test_wrong_use_is_one_line_with_a_hint(command, args: list[str], words: str) -> None:
    code, out, err = command("organisations", *args)
    assert code == 2 and not out and words in err and err.startswith("equipoise: ") and err.count("\n") == 1


def test_the_list_has_the_registry_first(command) -> None:
    code, out, _ = command("organisations", "list", "--json")
    rows = json.loads(out)
    assert code == 0 and len(rows) == 450 and rows[0]["organisation"] == "AIIB" and rows[0]["known"] == "dated"
    assert next(r for r in rows if r["organisation"] == "UNESCO")["known"] == "1991–2014"


def test_events_as_a_table_in_both_languages(command) -> None:
    args = ("events", "--from", "2022-01-05", "--to", "2022-01-06", "--state", "KAZ")
    code, out, err = command(*args)
    assert code == 0 and not err
    assert "5 January 2022" in out and "CSTO peacekeepers" in out and "dated table of events" in out
    assert "集體安全條約組織" in command(*args, "--lang", "zh-Hant")[1]
    rows = json.loads(command(*args, "--json")[1])["rows"]
    assert [r["id"] for r in rows] == ["january-2022", "cabinet-resigns", "csto-in"] and all(r["source"] for r in rows)


def test_events_as_a_chart(command) -> None:
    args = ("events", "--from", "2013-11", "--to", "2022-02", "--state", "KAZ")
    assert command(*args, "--out", "e.svg")[1] == "e.svg\n"
    svg = Path("e.svg").read_text(encoding="utf-8")
    assert "Russia invades Ukraine" in svg and "texts cited" in svg and "Events from 1 November 2013" in svg
    assert command(*args, "--out", "z.svg", "--lang", "zh-Hant")[0] == 0
    assert "俄羅斯入侵烏克蘭" in Path("z.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--from", "2023", "--to", "2022"], "Swap --from and --to"),
        (["--from", "2014-02-29"], "28 days"),
        (["--state", "KZZ"], "KAZ"),
        (["--kind", "wars"], "Use crisis"),
        (["--to", "1800"], "after the last"),
        (["--from", "yesterday"], "no date"),
    ],
)
def test_bad_spans_of_events(command, args: list[str], words: str) -> None:
    code, out, err = command("events", *args)
    assert code == 2 and not out and words in err and err.count("\n") == 1


def test_coded_events(command) -> None:
    line = ["1", "20140301", *[""] * 5, "KAZ", *[""] * 9, "RUS", *[""] * 12, "4.0", *[""] * 27]
    Path("g.csv").write_text("\t".join(line) + "\n", encoding="utf-8")
    code, out, err = command("event-data", "g.csv", "KAZ", "--json")
    rows = json.loads(out)["rows"]
    assert code == 0 and not err and len(rows) == 10
    assert [(r["power"], r["cooperation"]) for r in rows if r["events"]] == [("RUS", 4.0)]
    assert command("event-data", "g.csv", "KAZ", "--powers", "RUS,CHN", "--out", "g.svg")[1] == "g.svg\n"
    code, out, err = command("event-data", "none.csv", "KAZ")
    assert code == 3 and not out and "none.csv cannot be read" in err and err.count("\n") == 1


def test_completion_offers_organisations_kinds_and_regions() -> None:
    from equipoise.view import completion

    assert [o for o, _ in completion.body("EU-")] == ["EU-AA", "EU-EPCA", "EU-PCA", "EU-RAWMAT"]
    assert completion.body("nato") == [("nato", "North Atlantic Treaty Organization")]
    assert ("member,observer", "observer") in completion.kinds("member,o")
    assert "Central Asia" in dict(completion.region("Cent")) and completion.region("zz") == []
