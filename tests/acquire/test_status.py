from __future__ import annotations

import hashlib
import os
from pathlib import Path

import polars as pl
import pytest

from equipoise.acquire import status as module
from equipoise.acquire.registry import Source
from equipoise.acquire.status import read_files, status, verify
from equipoise.errors import BadSourceFile, MissingSource

CONTENT = {"x/one.csv": b"one", "x/two.csv": b"two"}
SOURCE = Source.model_validate({
    "id": "x", "title": "X", "publisher": "P", "version": "1", "home": "https://example.org/", "licence": "CC0",
    "licence_note": "N", "redistribute": True, "first_year": 1990, "last_year": 2000, "cite": "C", "bibtex": "x",
    "files": [{"path": p, "bytes": len(b), "sha256": hashlib.sha256(b).hexdigest(), "urls": ["https://example.org/"]}
              for p, b in CONTENT.items()],
})


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "sources", lambda: {"x": SOURCE})


def put(folder: Path, *paths: str) -> None:
    (folder / "x").mkdir(exist_ok=True)
    for path in paths:
        (folder / path).write_bytes(CONTENT[path])
        os.utime(folder / path, (0, 0))


def row(folder: Path, **how: object) -> dict[str, object]:
    return status(folder, now=10.5 * 86400, **how).row(0, named=True)  # type: ignore[arg-type]


def test_nothing_there_is_missing_and_has_no_age(tmp_path: Path) -> None:
    assert row(tmp_path / "none") == {
        "source": "x", "title": "X", "version": "1", "coverage": "1990–2000", "licence": "CC0", "files": 2,
        "present": 0, "age_days": None, "state": "missing",
    }


def test_one_of_two_is_partial_and_two_are_present(tmp_path: Path) -> None:
    put(tmp_path, "x/one.csv")
    assert row(tmp_path)["state"] == "partial"
    put(tmp_path, "x/two.csv")
    os.utime(tmp_path / "x/two.csv", (86400, 86400))
    found = row(tmp_path)
    assert (found["state"], found["present"], found["age_days"]) == ("present", 2, 10)


def test_other_bytes_are_altered_when_they_are_looked_at(tmp_path: Path) -> None:
    put(tmp_path, *CONTENT)
    assert row(tmp_path, verify=True)["state"] == "present"
    (tmp_path / "x/two.csv").write_bytes(b"2wo")
    assert row(tmp_path)["state"] == "present"
    assert row(tmp_path, verify=True)["state"] == "altered"
    assert verify(tmp_path).select("path", "state", "bytes").rows() == [
        ("x/one.csv", "present", 3), ("x/two.csv", "altered", 3),
    ]
    assert verify(tmp_path / "none").select("state", "sha256").unique().rows() == [("missing", None)]


def test_files_are_read_by_path(tmp_path: Path) -> None:
    put(tmp_path, *CONTENT)
    assert read_files(SOURCE, directory=tmp_path) == CONTENT


def test_a_missing_file_names_the_command_that_gets_it(tmp_path: Path) -> None:
    with pytest.raises(MissingSource, match=r"x/one\.csv .* equipoise data pull x, .*--from DIR"):
        read_files(SOURCE, directory=tmp_path)


def test_an_altered_file_is_refused_unless_it_is_wanted(tmp_path: Path) -> None:
    put(tmp_path, *CONTENT)
    (tmp_path / "x/two.csv").write_bytes(b"2wo")
    with pytest.raises(BadSourceFile, match="other bytes than the registry's"):
        read_files(SOURCE, directory=tmp_path)
    assert read_files(SOURCE, directory=tmp_path, verify=False)["x/two.csv"] == b"2wo"


@pytest.mark.raw
def test_the_real_files_are_unaltered(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert verify(raw).filter(pl.col("state") != "present").is_empty()
