from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
from pydantic import ValidationError

from equipoise import data
from equipoise.acquire import CONNECTORS
from equipoise.acquire.registry import Source, SourceFile, source, sources
from equipoise.errors import UsageError

FILE = {"path": "a/b.csv", "bytes": 3, "sha256": "0" * 64, "urls": ["https://example.org/b.csv"]}
ENTRY = {"id": "a", "title": "A", "publisher": "P", "version": "1", "home": "https://example.org/", "licence": "L",
         "licence_note": "N", "redistribute": True, "cite": "A (2020), A.", "bibtex": "a2020", "files": [FILE]}


def test_every_connector_has_an_entry_with_its_files_and_no_others() -> None:
    assert {name for name, entry in sources().items() if entry.files} == set(CONNECTORS)
    for name, connector in CONNECTORS.items():
        assert [f.path for f in sources()[name].files] == list(connector.files)


def test_every_entry_is_in_the_bibliography() -> None:
    keys = re.findall(r"^@\w+\{(\w+),$", data.read("bibliography.bib").decode(), flags=re.MULTILINE)
    assert len(keys) == len(set(keys))
    assert {s.bibtex for s in sources().values()} <= set(keys)


def test_copies_are_pinned_to_a_commit_or_version() -> None:
    for entry in sources().values():
        for file in entry.files:
            last = file.urls[-1]
            pinned = (r"githubusercontent\.com/[^/]+/[^/]+/[0-9a-f]{12,40}/|world-atlas@2\.0\.2/|"
                      r"files\.pythonhosted\.org/packages/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{60}/")
            assert re.search(pinned, last), last
            assert unquote(file.member or last).rsplit(".", 1)[-1].lower() == file.path.rsplit(".", 1)[-1].lower()


def test_what_must_not_be_passed_on_is_marked() -> None:
    marked = [name for name, entry in sources().items() if not entry.redistribute]
    assert marked == ["arms_transfers", "itpd", "min_distance"]


def test_coverage_reads_as_years() -> None:
    assert source("world_bank").coverage == "1960–2024"
    assert source("imf_trade").coverage == "2025"
    assert source("shapes").coverage == "undated"


def test_an_unknown_source_is_answered_with_those_that_come_near() -> None:
    with pytest.raises(UsageError, match=r"no source 'cow_trad'\. Did you mean cow_trade"):
        source("cow_trad")
    with pytest.raises(UsageError, match="Known sources: archigos, arms_transfers"):
        source("zzz")


@pytest.mark.parametrize(("change", "says"), [
    ({"colour": "red"}, "Extra inputs are not permitted"),
    ({"title": " "}, "at least 1 character"),
    ({"home": "ftp://example.org"}, "String should match pattern"),
    ({"first_year": 2000}, "one of first_year and last_year is missing"),
    ({"first_year": 2000, "last_year": 1999}, "coverage runs backwards"),
    ({"files": []}, "either files or a way to take them by hand"),
    ({"by_hand": "Ask."}, "either files or a way to take them by hand"),
])
def test_an_entry_that_is_not_one_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Source.model_validate(ENTRY | change)


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../b", "a\\b", ".hidden", ""])
def test_a_path_stays_in_its_folder(path: str) -> None:
    with pytest.raises(ValidationError):
        SourceFile.model_validate(FILE | {"path": path})


def test_entries_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Source.model_validate(ENTRY).title = "B"  # type: ignore[misc]


def test_one_file_described_in_two_ways_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = data.read("registry.toml").decode()
    start = text.index("[source.brent]")
    entry = text[start:text.index("\n[source.", start)]
    doubled = text + "\n" + entry.replace("source.brent", "source.again").replace("bytes = 8497", "bytes = 8498")
    assert "again" in tomllib.loads(doubled)["source"]
    monkeypatch.setattr(data, "read", lambda _: doubled.encode())
    sources.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"oil/brent-monthly\.csv in two ways"):
            sources()
    finally:
        sources.cache_clear()


@pytest.mark.raw
def test_sizes_are_those_of_the_files(raw: Path) -> None:
    for entry in sources().values():
        for file in entry.files:
            assert (raw / file.path).stat().st_size == file.bytes


@pytest.mark.live
@pytest.mark.parametrize(("name", "url"), [(s.id, u) for s in sources().values() for f in s.files for u in f.urls])
def test_every_address_answers(name: str, url: str) -> None:
    import httpx

    answer = httpx.head(url, follow_redirects=True, timeout=30.0, headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200, f"{name}: {url}"
    assert not answer.headers.get("Content-Type", "").startswith("text/html"), f"{name}: {url} is a web page"
