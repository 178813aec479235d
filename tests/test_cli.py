"""The command line as a user meets it: in a process of its own, with its exit codes and one-line errors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from equipoise.assemble import codes
from equipoise.assemble.packed import pack_folder
from equipoise.view import completion


def run(*args: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "equipoise", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100", **env},
    )


def refused(done: subprocess.CompletedProcess[str], *, code: int, words: str, cwd: Path) -> None:
    """One line on standard error that starts with the program's name, the exit code, and nothing written."""
    lines = done.stderr.strip().splitlines()
    assert done.returncode == code, done.stderr
    assert len(lines) == 1 and lines[0].startswith("equipoise: ") and words in lines[0], done.stderr
    assert not done.stdout
    assert not list(cwd.glob("*.html")) and not list(cwd.glob(".*.html*"))


def test_report_writes_a_page_and_a_summary(tmp_path):
    done = run("report", "KAZ", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "equipoise-KAZ.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>") and 'lang="en"' in page
    assert "Kazakhstan" in done.stdout and "equipoise-KAZ.html" in done.stdout


def test_json_prints_figures_and_nothing_else(tmp_path):
    done = run("report", "KAZ", "--until", "2014", "--json", cwd=tmp_path)
    data = json.loads(done.stdout)
    assert done.returncode == 0 and data["state"] == "KAZ" and data["leeway"]
    assert not list(tmp_path.iterdir())


def test_chinese_report_and_comparison(tmp_path):
    done = run("report", "烏茲別克", "--lang", "zh-Hant", "--out", "u.html", cwd=tmp_path)
    assert done.returncode == 0 and "烏茲別克" in (tmp_path / "u.html").read_text(encoding="utf-8")
    done = run("compare", "KAZ", "UZB", "BLR", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "equipoise-KAZ-UZB-BLR.html").exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["report", "Kazakstan"], "KAZ"),
        (["report", "KAZ", "--powers", "RUS,OPEC"], "not a power"),
        (["report", "KAZ", "--powers", "RUS,KAZ"], "itself"),
        (["report", "KAZ", "--powers", ""], "--powers is empty"),
        (["report", "KAZ", "--since", "2015", "--until", "2001"], "after the last"),
        (["report", "KAZ", "--since", "1899"], "outside the years"),
        (["report", "KAZ", "--lang", "fr"], "zh-Hant"),
        (["report", "KAZ", "--out", "absent/r.html"], "no folder"),
        (["report", "KAZ", "--out", "."], "is a folder"),
        (["report", "KAZ", "--rivalry-weights", "sanction=2"], "Did you mean sanctions"),
        (["report", "KAZ", "--rivalry-weights", "sanctions=-2"], "is negative"),
        (["report", "KAZ", "--rivalry-weights", "sanctions"], "a component and its weight"),
        (["report"], "STATE"),
        (["raport"], "No such command"),
        (["data", "pull", "nmcc"], "nmc"),
    ],
)
def test_wrong_use_is_one_line_and_code_2(tmp_path, args, words):
    done = run(*args, cwd=tmp_path)
    refused(done, code=2, words=words if words != "STATE" else "Missing argument", cwd=tmp_path)


def test_a_bad_file_of_openings_is_one_line(tmp_path):
    refused(run("report", "KAZ", "--openings", "none.csv", cwd=tmp_path), code=3, words="cannot be read", cwd=tmp_path)
    text = "state,power,channel,date,what_en,source\nKAZ,USA,energy,1994,x,\n"
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    words = "row 1 of mine.csv has no source"
    refused(run("report", "KAZ", "--openings", "mine.csv", cwd=tmp_path), code=3, words=words, cwd=tmp_path)


@pytest.mark.parametrize("harm", ["cut", "changed", "absent", "manifest", "empty"])
def test_a_damaged_pack_is_code_3(tmp_path, harm):
    pack = tmp_path / "pack"
    shutil.copytree(pack_folder(), pack)
    file = pack / ("pack.json" if harm == "manifest" else "state_year.parquet")
    raw = file.read_bytes()
    if harm == "absent":
        file.unlink()
    elif harm == "empty":
        shutil.rmtree(pack)
    else:
        file.write_bytes(raw[: len(raw) // 2] if harm != "changed" else raw[:-9] + b"x" + raw[-8:])
    out = tmp_path / "out"
    out.mkdir()
    refused(run("report", "KAZ", cwd=out, EQUIPOISE_PACK=str(pack)), code=3, words="equipoise data build", cwd=out)


def test_data_status_and_verify_of_an_empty_folder(tmp_path):
    done = run("data", "status", "--from", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 0 and "cow_trade" in done.stdout and "missing" in done.stdout
    done = run("data", "status", "--from", str(tmp_path), "--json", cwd=tmp_path)
    assert {row["state"] for row in json.loads(done.stdout)} == {"missing", "by hand"}
    assert run("data", "verify", "--from", str(tmp_path), cwd=tmp_path).returncode == 0


def test_build_without_sources_says_what_to_do(tmp_path):
    refused(
        run("data", "build", "--from", str(tmp_path / "nowhere"), cwd=tmp_path), code=3, words="data pull", cwd=tmp_path
    )
    (tmp_path / "some").mkdir()
    refused(
        run("data", "build", "--from", str(tmp_path / "some"), "--out", str(tmp_path / "p"), cwd=tmp_path),
        code=3,
        words="equipoise data pull cow_states",
        cwd=tmp_path,
    )
    assert not (tmp_path / "p").exists()


@pytest.mark.raw
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("worldbank/gdp.csv", "<!DOCTYPE html><html><body>Not found</body></html>", "web page"),
        ("worldbank/gdp.csv", "Country Name,Country Code,Jahr,Value\nKazakhstan,KAZ,2000,1\n", "Year"),
        ("oil/brent-monthly.csv", "Date,Price\n2000-01-15,\udcff\udcfe\n", "oil/brent-monthly.csv"),
    ],
)
def test_a_spoilt_source_is_named(tmp_path, raw, name, content, words):
    """A changed file has another checksum, which is said first; without the check the file's own fault is."""
    from equipoise.acquire import CONNECTORS
    from equipoise.errors import BadSourceFile

    source = {"worldbank/gdp.csv": "world_bank", "oil/brent-monthly.csv": "brent"}[name]
    files = {p: (raw / p).read_bytes() for p in CONNECTORS[source].files}
    files[name] = content.encode("utf-8", "surrogateescape")
    with pytest.raises(BadSourceFile, match=words) as caught:
        CONNECTORS[source].parse(files)
    assert "\n" not in str(caught.value)
    folder = tmp_path / "raw"
    shutil.copytree(raw / Path(name).parts[0], folder / Path(name).parts[0], copy_function=shutil.copyfile)
    target = folder / name
    target.chmod(0o644)
    target.write_bytes(files[name])
    done = run("data", "verify", "--from", str(folder), cwd=tmp_path)
    assert done.returncode == 3 and name in done.stderr


def test_help_teaches(tmp_path):
    for args in ([], ["report"], ["compare"], ["data"], ["data", "build"], ["data", "pull"]):
        done = run(*args, "--help", cwd=tmp_path)
        assert done.returncode == 0 and "Usage" in done.stdout
    assert "equipoise report KAZ" in run("report", "--help", cwd=tmp_path).stdout


def test_states_complete_by_code_and_name():
    assert ("KAZ", "Kazakhstan") in completion.state("KA") and ("kaz", "Kazakhstan") in completion.state("ka")
    assert completion.state("kazakh") == [("kazakhstan", "KAZ")]
    for iso3 in codes.in_system(year=2016):
        # What is offered is what the commands take, and begins as what was typed, or the shell drops it.
        for offered, named in completion.state(codes.name(iso3).replace(" ", "")):
            assert codes.resolve(offered) == named


@pytest.mark.parametrize("words", [[], ["data"], ["panel"]])
def test_a_group_without_a_command_shows_its_help(tmp_path, words):
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2 and not done.stdout
    lines = done.stderr.splitlines()
    assert lines[0].startswith("Usage: ") and "Commands:" in lines and len(lines) > 8


def test_an_unknown_option_names_the_help_of_its_command(tmp_path):
    done = run("panel", "state-year", "--yeers", "2000", cwd=tmp_path)
    assert "panel state-year --help`." in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_terminal_without_a_letter_shows_another_in_its_place(tmp_path):
    done = run("panel", "state-year", "--years", "2000", "--add", "majors", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "2000?2000" in done.stdout and not done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_behind_a_pipe_is_one_line(tmp_path):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([sys.executable, "-m", "equipoise", "panel", "adds", "--json"], stdout=full, cwd=tmp_path,
                              stderr=subprocess.PIPE, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 2 and done.stderr == "equipoise: the output cannot be written: no space left on device.\n"


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
def test_an_interrupted_command_says_so_and_leaves_nothing(tmp_path):
    words = [sys.executable, "-c", "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
             "from equipoise import cli, pipeline; import equipoise.pipeline.panels as p; "
             "p.panel = lambda *a, **k: signal.raise_signal(signal.SIGINT); cli.main()", "panel", "state-year",
             "--out", "s.csv"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert (done.returncode, done.stderr) == (130, "equipoise: stopped.\n") and not list(tmp_path.iterdir())
