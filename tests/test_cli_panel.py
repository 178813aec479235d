"""The panel commands as a user meets them: in a process of their own; what they write is read back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from equipoise.assemble.panel import dyad_years, panel_adds, power_years
from equipoise.cli import main

START = "import sys; from equipoise.cli import main; sys.argv[0] = 'equipoise'; main()"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def run(*args: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", START, *args], cwd=cwd, capture_output=True, encoding="utf-8",
                          timeout=120, check=False,
                          env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100", **env})


def panel(*args: str, cwd: Path, raw: Path | None = None,
          cache: Path | None = None) -> subprocess.CompletedProcess[str]:
    where = ["--from", str(raw)] if raw else []
    return run("panel", *args, *where, cwd=cwd, EQUIPOISE_CACHE=str(cache or cwd / "no-cache"))


def test_without_a_file_the_first_rows_and_the_size_are_shown(tmp_path) -> None:
    done = panel("state-year", "--years", "1990:2000", cwd=tmp_path)
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert "Panel(state-year, cow, 1990–2000): 2025 rows, 2 columns" in done.stdout
    assert "ccode" in done.stdout and "equipoise panel adds" in done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.raw
def test_what_is_added_is_shown_with_its_coverage(tmp_path, raw, cache) -> None:
    done = panel("power-year", "--states", "KAZ, Uzbekistan", "--powers", "RUS,CHN,EUU", "--years", "2014:2018",
                 "--add", "capabilities,majors", cwd=tmp_path, raw=raw, cache=cache)
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert "Panel(power-year, iso, 2014–2018, capabilities, majors): 30 rows, 19 columns" in done.stdout
    assert "more columns" in done.stdout and "nmc 7.0" in done.stdout and "1816–2022" in done.stdout
    line = next(x for x in done.stdout.splitlines() if x.startswith("cowmaj1"))
    assert "2014–2016" in line and "40.0%" in line


@pytest.mark.raw
@pytest.mark.parametrize("suffix", ["parquet", "arrow", "csv", "dta"])
def test_a_file_holds_the_panel(tmp_path, raw, cache, suffix) -> None:
    done = panel("dyad-year", "--years", "2000:2001", "--directed", "--system", "gw", "--add", "majors", "--out",
                 f"d.{suffix}", cwd=tmp_path, raw=raw, cache=cache)
    assert done.returncode == 0 and done.stdout == f"d.{suffix}\n" and not done.stderr, done.stderr
    wanted = dyad_years(years=(2000, 2001), directed=True, system="gw", folder=raw).add("majors").frame
    path = tmp_path / f"d.{suffix}"
    if suffix == "dta":
        found = pl.DataFrame({c: s.to_numpy() for c, s in pd.read_stata(path).items()}).cast(wanted.schema)
    else:
        read = {"parquet": pl.read_parquet, "arrow": pl.read_ipc, "csv": pl.read_csv}[suffix]
        found = read(path).cast(wanted.schema)
    assert found.equals(wanted)


@pytest.mark.raw
def test_json_is_all_that_is_printed(tmp_path, raw, cache) -> None:
    done = panel("triad-year", "--states", "KAZ", "--years", "2000", "--add", "capabilities", "--json", "--cite",
                 "--out", "t.parquet", cwd=tmp_path, raw=raw, cache=cache)
    told = json.loads(done.stdout)
    assert done.returncode == 0 and not done.stderr
    assert (told["kind"], told["system"], told["years"], told["rows"], told["file"]) == (
        "triad-year", "iso", [2000, 2000], 10, "t.parquet")
    assert told["keys"] == ["iso3", "power_a", "power_b", "year"]
    columns = {c["column"]: c for c in told["columns"]}
    assert list(columns) == pl.read_parquet(tmp_path / "t.parquet").columns
    assert columns["tpop_s"]["unit"] == "thousand" and columns["tpop_s"]["source_years"] == "1816–2022"
    assert told["citations"].count("@") == 2


@pytest.mark.raw
def test_references_are_all_that_is_printed(tmp_path, raw, cache) -> None:
    done = panel("state-year", "--add", "capabilities", "--cite", cwd=tmp_path, raw=raw, cache=cache)
    assert done.stdout.startswith("@") and done.stdout.count("\n@") == 1 and "singer1972capability" in done.stdout
    done = panel("state-year", "--years", "2000", "--add", "capabilities", "--cite", "--out", "s.csv", cwd=tmp_path,
                 raw=raw, cache=cache)
    assert done.stdout.startswith("@") and done.stderr == "s.csv\n" and (tmp_path / "s.columns.csv").exists()


@pytest.mark.raw
def test_coverage_alone(tmp_path, raw, cache) -> None:
    done = panel("dyad-year", "--years", "2010", "--relevant", "--coverage", cwd=tmp_path, raw=raw, cache=cache)
    assert done.returncode == 0 and "conttype" in done.stdout and "Panel(" not in done.stdout


def test_a_users_sanctions(tmp_path) -> None:
    (tmp_path / "g.csv").write_text(
        "sanctioned_state,sanctioning_state,year,arms,military,trade,financial,travel,other\nRussia,EU,2014,1,0,1,1,1,0\n",
        encoding="utf-8")
    done = panel("power-year", "--states", "RUS", "--powers", "EUU,USA", "--years", "2014", "--sanctions", "g.csv",
                 "--out", "p.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    wanted = power_years(states=["RUS"], powers=["EUU", "USA"], years=2014).add_sanctions(tmp_path / "g.csv").frame
    assert pl.read_csv(tmp_path / "p.csv").cast(wanted.schema).equals(wanted)


@pytest.mark.parametrize(("args", "words"), [
    (["state-year", "--add", "capabilites"], "Did you mean capabilities"),
    (["state-year", "--add", ","], "--add is empty"), (["state-year", "--years", "long"], "not a span of years"),
    (["state-year", "--years", "2010:1990"], "Try 1990:2010"),
    (["state-year", "--system", "iso3"], "'cow', 'gw', 'iso'"), (["power-year", "--states", "Kazakstan"], "KAZ"),
    (["power-year", "--powers", "RUS"], "at least two"), (["triad-year", "--powers", ""], "--powers is empty"),
    (["state-year", "--out", "s.xlsx"], ".parquet, .arrow"), (["state-year", "--out", "absent/s.csv"], "no folder"),
    (["state-year", "--directed"], "No such option"), (["years"], "No such command"),
    (["state-year", "--years", "1815"], "the year 1815 is out"), (["state-year", "--add", "gsdb"], "--sanctions FILE"),
    (["state-year", "--add", "majors;capabilities"], "commas between"),
    (["state-year", "--out", "."], ". has no suffix"),
    (["state-year", "--add", "mids"], "Did you mean cow_disputes or gml_disputes?"),
    (["state-year", "--add", "trade"], "does not fit a state-year panel"),
    (["dyad-year", "--add", "cow_disputes,gml_disputes"], "there already, brought by cow_disputes"),
    (["state-year", "--years", "1816:2016", "--out", "absent/s.csv"], "absent/s.csv cannot be written"),
])
def test_wrong_use_is_one_line_and_code_2(tmp_path, args, words, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["equipoise", "panel", *args])
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    lines = said.err.strip().splitlines()
    assert left.value.code == 2 and not said.out, said
    assert len(lines) == 1 and lines[0].startswith("equipoise: ") and words in lines[0], said
    assert not list(tmp_path.iterdir())


def test_options_may_be_given_more_than_once_and_codes_in_any_letters(tmp_path) -> None:
    done = panel("power-year", "--states", "KAZ", "--states", "UZB,", "--powers", "RUS", "--powers", "CHN", "--years",
                 "2000", "--add", "majors", "--add", " capabilities,", "--system", "COW", "--out", "p.csv",
                 cwd=tmp_path)
    assert done.returncode == 0 and not done.stderr, done.stderr
    frame = pl.read_csv(tmp_path / "p.csv")
    assert set(frame["ccode"]) == {704, 705} and set(frame["power"]) == {"CHN", "RUS"}
    assert {"cowmaj1", "cinc2"} <= set(frame.columns)


def test_a_panel_without_rows_or_an_addition_without_values_is_remarked(tmp_path) -> None:
    done = panel("dyad-year", "--years", "2017:2018", "--relevant", "--out", "d.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "d.csv\n") and done.stderr == "equipoise: the panel has no rows.\n"
    done = panel("state-year", "--years", "2018", "--add", "majors,capabilities", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["rows"] == 195
    assert done.stderr == "equipoise: majors has no value here: its source covers 1816–2016.\n"


@pytest.mark.parametrize(("row", "words"), [
    ("Ruritania,EU,2014,1,0,1,1,1,0", "g.csv: no state is called 'Ruritania'"),
    (",EU,2014,1,0,1,1,1,0", "g.csv has 1 of 1 rows without sanctioned_state"),
])
def test_a_name_in_the_sanctions_that_is_no_state_is_told_with_its_file(tmp_path, row, words) -> None:
    head = "sanctioned_state,sanctioning_state,year,arms,military,trade,financial,travel,other"
    (tmp_path / "g.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    done = panel("state-year", "--sanctions", "g.csv", cwd=tmp_path)
    assert done.returncode == 3 and words in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_missing_source_is_code_3_and_names_the_command(tmp_path) -> None:
    done = panel("dyad-year", "--add", "minimum_distance", cwd=tmp_path)
    assert done.returncode == 3 and len(done.stderr.strip().splitlines()) == 1
    assert "equipoise data pull min_distance" in done.stderr and not done.stdout


def test_the_list_of_additions(tmp_path) -> None:
    done = panel("adds", "--json", cwd=tmp_path)
    rows = json.loads(done.stdout)
    assert [r["name"] for r in rows] == panel_adds()["name"].to_list()
    by_name = {r["name"]: r for r in rows}
    assert by_name["capabilities"]["version"] == "7.0" and by_name["capabilities"]["panels"] == "state, dyad"
    assert by_name["minimum_distance"]["here"] == "equipoise data pull min_distance"
    done = panel("adds", cwd=tmp_path)
    assert "equipoise data pull min_distance  # for minimum_distance" in done.stdout.splitlines()
    # A name is to be typed, so none is cut or folded, however narrow the terminal.
    assert done.returncode == 0 and {r["name"] for r in rows} <= set(done.stdout.split())


@pytest.mark.raw
def test_the_list_says_what_is_downloaded(tmp_path, raw) -> None:
    rows = json.loads(panel("adds", "--json", cwd=tmp_path, raw=raw).stdout)
    assert {r["here"] for r in rows} <= {"in the package", "downloaded"}


@pytest.mark.parametrize(("typed", "offered", "not_offered"), [
    ("cap", "capabilities", "majors"), ("majors,cap", "majors,capabilities", "majors,majors"),
    ("majors,", "majors,capabilities", "majors,majors"),
])
def test_tab_completes_the_last_of_the_additions(tmp_path, typed, offered, not_offered) -> None:
    done = run(cwd=tmp_path, _EQUIPOISE_COMPLETE="complete_bash", COMP_CWORD="4",
               COMP_WORDS=f"equipoise panel state-year --add {typed}")
    words = done.stdout.split()
    assert offered in words and not_offered not in words, done.stdout + done.stderr


@pytest.mark.parametrize(("words", "offered"), [
    ("report ka", "kaz"), ("report Uzb", "Uzbekistan"), ("panel power-year --states KAZ,K", "KAZ,KGZ"),
    ("panel power-year --powers RUS,EU", "RUS,EUU"),
])
def test_tab_completes_states_and_powers(tmp_path, words, offered) -> None:
    done = run(cwd=tmp_path, _EQUIPOISE_COMPLETE="complete_bash", COMP_WORDS=f"equipoise {words}",
               COMP_CWORD=str(len(words.split())))
    assert offered in done.stdout.split(), done.stdout + done.stderr


def test_help_teaches_by_example(tmp_path) -> None:
    for kind in ("state-year", "dyad-year", "power-year", "triad-year"):
        text = " ".join(panel(kind, "--help", cwd=tmp_path).stdout.split())
        assert f"equipoise panel {kind} --" in text and "--add" in text and "equipoise panel adds" in text
