"""The commands of `equipoise measure` as a user meets them; what they write is read back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from equipoise.pipeline import measure_similarity, measure_system

START = "import sys; from equipoise.cli import main; sys.argv[0] = 'equipoise'; main()"


def run(*args: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", START, *args], cwd=cwd, capture_output=True, encoding="utf-8",
                          timeout=120, check=False,
                          env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "120", **env})


Said = tuple[int | str | None, str, str]


@pytest.fixture
def measure(command):
    """As `command`, for `equipoise measure`."""
    return partial(command, "measure")


def test_without_options_a_table_with_its_sources_is_shown(tmp_path) -> None:
    done = run("measure", "system", "--years", "1910:1915", cwd=tmp_path)
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert "con" in done.stdout and "1914" in done.stdout and "more columns" in done.stdout
    assert "Sources: National Material Capabilities, 7.0" in " ".join(done.stdout.split())
    assert not list(tmp_path.iterdir())


def test_of_many_rows_the_last_are_shown(measure) -> None:
    code, out, err = measure("similarity", "KAZ", "--on", "alliances", "--years", "2010")
    assert code == 0 and not err
    assert "The last 40 of 193 rows; --out FILE writes all." in out and out.count("KAZ") == 40


def test_json_is_all_that_is_printed_and_says_where_it_is_from(measure, tmp_path) -> None:
    code, out, err = measure("system", "--among", "RUS,CHN,USA", "--years", "2000:2001", "--json", "--cite", "--out",
                             "s.csv")
    told = json.loads(out)
    assert code == 0 and not err
    assert [r["year"] for r in told["rows"]] == [2000, 2001] and told["units"]["con"] == "0 to 1"
    assert told["provenance"]["options"] == {"among": ["RUS", "CHN", "USA"], "years": [2000, 2001]}
    assert told["file"] == "s.csv" and "laakso1979" in told["citations"]
    wanted = measure_system(among=["RUS", "CHN", "USA"], years=(2000, 2001)).frame
    assert pl.read_csv(tmp_path / "s.csv").cast(dict(wanted.schema)).equals(wanted)


def test_references_are_all_that_is_printed(measure) -> None:
    code, out, _ = measure("similarity", "KAZ", "RUS", "--on", "alliances", "--years", "2000", "--cite")
    assert code == 0 and out.startswith("@") and out.count("\n@") == 1
    code, out, err = measure("similarity", "KAZ", "RUS", "--on", "alliances", "--years", "2000", "--cite", "--out",
                             "s.parquet")
    assert code == 0 and out.startswith("@") and err == "s.parquet\n"


def test_a_chart_in_either_language(measure, tmp_path) -> None:
    args = ("similarity", "KAZ", "--powers", "RUS,USA,EUU", "--years", "2012:2014", "--measure", "S, agreement")
    code, out, err = measure(*args, "--out", "s.svg")
    assert (code, out, err) == (0, "s.svg\n", "")
    svg = (tmp_path / "s.svg").read_text(encoding="utf-8")
    assert all(w in svg for w in ("Kazakhstan: Agreement", "Share of equal entries", "EU", "Sources:"))
    assert measure(*args, "--out", "z.svg", "--lang", "zh-Hant")[0] == 0
    assert all(w in (tmp_path / "z.svg").read_text(encoding="utf-8") for w in ("哈薩克：一致率", "歐盟", "資料來源："))


def test_lists_may_be_given_in_parts(measure, tmp_path) -> None:
    assert measure("similarity", "kaz", "Uzbekistan", "--on", "alliances", "--years", "2000", "--measure", "S",
                   "--measure", "kappa,", "--powers", "RUS", "--powers", "CHN", "--out", "s.csv")[0] == 0
    wanted = measure_similarity(["KAZ", "UZB"], on="alliances", years=2000, measures=["S", "kappa"],
                                powers=["RUS", "CHN"]).frame
    assert pl.read_csv(tmp_path / "s.csv").cast(dict(wanted.schema)).equals(wanted)


def test_portfolios_of_one_s_own(measure, tmp_path) -> None:
    (tmp_path / "own.csv").write_text("who,a,b\nKAZ,1,3\nUZB,2,3\nMNG,3,1\n", encoding="utf-8")
    (tmp_path / "w.csv").write_text("entry,weight\na,1\nb,3\n", encoding="utf-8")
    code, out, err = measure("similarity", "--own", "own.csv", "--scale", "1,3", "--weights", "w.csv", "--measure",
                             "S,agreement", "--json")
    told = json.loads(out)
    assert code == 0 and not err
    assert told["rows"][0] == {"a": "KAZ", "b": "UZB", "entries": 2, "S": 0.75, "agreement": 0.75}
    assert told["provenance"]["options"]["scale"] == [1.0, 3.0] and told["provenance"]["sources"] == {}
    assert measure("similarity", "--own", "own.csv", "--scale", "1,3", "--out", "own.svg")[0] == 0
    assert "Sources" not in (tmp_path / "own.svg").read_text(encoding="utf-8")


def test_the_index_of_engagement_can_be_written(measure, tmp_path) -> None:
    code, out, _ = measure("engagement", "KAZ", "--years", "2013", "--index", "--out", "i.csv")
    frame = pl.read_csv(tmp_path / "i.csv")
    assert (code, out) == (0, "i.csv\n") and frame.height == 1 and {"index", "straddle"} <= set(frame.columns)
    code, out, _ = measure("engagement", "KAZ", "--years", "2013")
    assert code == 0 and "option" in out and "index" in out


@pytest.mark.parametrize(("args", "words"), [
    (["order", "--years", "long"], "not a span of years"), (["order", "--years", "1980:2000"], "1991 to 2025"),
    (["order", "--years", "2010:1995"], "Try 1995:2010"), (["order", "--powers", ","], "--powers is empty"),
    (["order", "--powers", "RUS"], "at least two"), (["order", "--lang", "fr"], "'en', 'zh-Hant'"),
    (["order", "--out", "o.xlsx"], "Use .csv, .parquet, .arrow, .dta for the rows, .svg, .png, .html for the chart"),
    (["order", "--out", "absent/o.csv"], "there is no folder absent"), (["order", "--out", "."], "has no suffix"),
    (["rivalry", "--components", "pooled,envy"], "'envy' is no component"),
    (["rivalry", "--components", ","], "--components is empty"),
    (["system", "--among", "RUS"], "at least two states"), (["system", "--years", "2020"], "1816 to 2016"),
    (["similarity", "Ruritania"], "no state is called 'Ruritania'"),
    (["similarity", "--measure", "tau"], "Use some of S, S2, kappa"),
    (["similarity", "--on", "speeches"], "'alliances'"),
    (["similarity", "KAZ", "--on", "alliances", "--years", "1950"], "KAZ (Kazakhstan) has no pair"),
    (["similarity", "--scale", "1,3"], "--own FILE.csv"), (["engagement"], "Missing argument"),
    (["engagement", "Kazakstan"], "Did you mean KAZ"), (["ideal-points", "--issue", "xx"], "'me', 'nu', 'di'"),
    (["ideal-points", "--method", "guess"], "'gibbs', 'variational'"), (["ideal-points", "--draws", "5"], "too few"),
    (["ideal-points", "--states", ",", "--draws", "100"], "--states is empty"), (["entropy"], "No such command"),
])
def test_wrong_use_is_one_line_and_code_2(measure, tmp_path, args, words) -> None:
    code, out, err = measure(*args)
    lines = err.strip().splitlines()
    assert code == 2 and not out, (out, err)
    assert len(lines) == 1 and lines[0].startswith("equipoise: ") and words in lines[0], err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("content", "more", "code", "words"), [
    ("who,a\nKAZ,1\nUZB,2\n", [], 2, "--scale 1,3"), ("who,a\nKAZ,1\nUZB,x\n", ["--scale", "1,3"], 3, "no number"),
    ("who,a\nKAZ,1\nUZB,9\n", ["--scale", "1,3"], 3, "outside the scale 1 to 3"),
    ("who,a\nKAZ,1\nUZB,2,3\n", ["--scale", "1,3"], 3, "line 3 has 3 cells"),
    ("who,a\nKAZ,1\nUZB,2\n", ["--scale", "1,3", "--weights", "own.csv"], 3, "2 weights for 1 entries"),
])
def test_a_matrix_that_cannot_be_used_is_one_line(measure, tmp_path, content, more, code, words) -> None:
    (tmp_path / "own.csv").write_text(content, encoding="utf-8")
    found, out, err = measure("similarity", "--own", "own.csv", "--out", "s.csv", *more)
    assert found == code and not out and words in err and len(err.splitlines()) == 1, err
    assert [p.name for p in tmp_path.iterdir()] == ["own.csv"]


@pytest.mark.parametrize(("words", "offered"), [
    ("measure similarity KAZ --measure S,kap", "S,kappa"),
    ("measure rivalry --components pooled,dis", "pooled,disputes"),
    ("measure system --among maj", "majors"), ("measure order --powers RUS,CH", "RUS,CHN"),
    ("measure similarity ka", "kaz"), ("measure ideal-points --issue h", "hr"),
])
def test_tab_completes(tmp_path, words, offered) -> None:
    done = run(cwd=tmp_path, _EQUIPOISE_COMPLETE="complete_bash", COMP_WORDS=f"equipoise {words}",
               COMP_CWORD=str(len(words.split())))
    assert offered in done.stdout.split(), done.stdout + done.stderr


@pytest.mark.parametrize("name", ["order", "rivalry", "system", "similarity", "engagement", "strategy", "ideal-points"])
def test_help_teaches_by_example(measure, name) -> None:
    code, out, _ = measure(name, "--help")
    assert code == 0 and f"equipoise measure {name}" in " ".join(out.split()) and "--out" in out
