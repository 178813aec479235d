"""`equipoise audit` as a user meets it."""

from __future__ import annotations

import json
import tomllib
from functools import partial

import polars as pl
import pytest


@pytest.fixture
def command(command):
    """As `command`, for `equipoise audit`."""
    return partial(command, "audit")


def test_a_first_file_its_verdicts_and_what_they_are_written_to(command, tmp_path) -> None:
    code, out, err = command("--new", "c.toml")
    assert code == 0 and not out and err.strip() == "c.toml"
    code, out, _ = command("c.toml")
    assert code == 0 and "matter of definition" in out and "holds as: the Shanghai Five" in " ".join(out.split())
    code, out, _ = command("c.toml", "--json")
    assert code == 0 and json.loads(out)["documents"][0]["counts"]["not_comparable"] == 1
    for name in ("v.html", "v.json", "v.md"):
        code, out, err = command("c.toml", "--out", name, "--lang", "zh-Hant")
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert code == 0 and not out and err.strip() == name and "上海合作組織" in text
    code, _, _ = command("c.toml", "--out", "v.csv")
    rows = pl.read_csv(tmp_path / "v.csv")
    assert code == 0 and rows.height == 8 and dict(rows.select("id", "found").iter_rows())["founding"] == (
        "date: 2001-06-15")
    code, _, err = command("--new", "c.toml")
    assert code == 2 and "is there already" in err


def test_the_claims_that_come_with_the_package(command) -> None:
    code, out, _ = command("--json")
    assert code == 0 and [d["document"]["id"] for d in json.loads(out)["documents"]] == ["lin", "chao"]


def test_candidates_of_a_document_and_stubs(command, tmp_path) -> None:
    text = "哈薩克於 2015 年加入了世界貿易組織。Nothing here. It had 3 % of trade."
    (tmp_path / "p.txt").write_text(text, encoding="utf-8")
    code, out, _ = command("--from", "p.txt")
    assert code == 0 and "2 candidates" in out and "WTO" in out and "KAZ" in out
    code, out, _ = command("--from", "p.txt", "--json")
    rows = json.loads(out)
    assert code == 0 and [r["kinds"] for r in rows] == [["date", "membership"], ["share"]] and rows[0]["paragraph"] == 1
    code, _, err = command("--from", "p.txt", "--out", "s.toml")
    assert code == 0 and "2 candidates" in err
    assert len(tomllib.loads((tmp_path / "s.toml").read_text(encoding="utf-8"))["claim"]) == 2
    code, _, err = command("s.toml")
    assert code == 3 and "s.toml, line 15: " in err and "the text is empty" in err


@pytest.mark.parametrize(("args", "code", "words"), [
    (["none.toml"], 3, "none.toml cannot be read"), (["--from", "none.pdf"], 3, "none.pdf cannot be read"),
    (["--from", "a.txt", "--new", "b.toml"], 2, "cannot be used together"),
    (["--out", "v.xlsx"], 2, ".html, .json, .md"), (["--out", "absent/v.md"], 2, "there is no folder absent"),
    (["--from", "a.txt", "--out", "v.html"], 2, ".toml, .json"),
])
def test_wrong_use_is_one_line(command, args, code, words) -> None:
    left, out, err = command(*args)
    lines = err.strip().splitlines()
    assert left == code and not out and lines[-1].startswith("equipoise: ") and words in lines[-1]
