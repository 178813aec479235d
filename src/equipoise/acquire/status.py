"""What is on this machine: which sources' files are here, how old they are, and whether they are unaltered."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from equipoise import store
from equipoise.acquire.registry import Source, SourceFile, sources
from equipoise.errors import BadSourceFile, MissingSource

_STATUS = {"source": pl.String, "title": pl.String, "version": pl.String, "coverage": pl.String,
           "licence": pl.String, "files": pl.Int32, "present": pl.Int32, "age_days": pl.Int32, "state": pl.String}
_FILES = {"source": pl.String, "path": pl.String, "state": pl.String, "bytes": pl.Int64, "sha256": pl.String}


def status(directory: Path | str, *, verify: bool = False, now: float | None = None) -> pl.DataFrame:
    """Return one row a source, sorted by source.

    Args:
        directory: folder of downloaded sources, in the registry's layout.
        verify: also compare sizes and checksums; reads every file.
        now: seconds since 1970 from which ages count; the clock by default.

    Returns:
        ``source``, ``title``, ``version``, ``coverage`` (years), ``licence``, ``files`` (how many it has), ``present``
        (how many are here), ``age_days`` (of the oldest, null where none is here) and ``state``: ``present``,
        ``partial``, ``missing``, ``altered`` where ``verify`` finds other bytes, or ``by hand`` where the reader takes
        the files, of which nothing is known here.

    Examples:
        >>> status("/nowhere").select("source", "state").row(by_predicate=pl.col("source") == "brent")
        ('brent', 'missing')
    """
    now = time.time() if now is None else now
    rows = []
    for entry in sources().values():
        seen = [_look(file, directory=Path(directory), check=verify) for file in entry.files]
        here = [s for s in seen if s.state != "missing"]
        state = ("by hand" if entry.by_hand else "altered" if any(s.state == "altered" for s in seen)
                 else "missing" if not here else "present" if len(here) == len(seen) else "partial")
        age = int(max(0.0, now - min(s.modified for s in here)) // 86400) if here else None
        rows.append((entry.id, entry.title, entry.version, entry.coverage, entry.licence, len(seen), len(here), age,
                     state))
    return pl.DataFrame(rows, schema=_STATUS, orient="row")


def verify(directory: Path | str) -> pl.DataFrame:
    """Compare every file with the registry.

    Returns:
        One row a file: ``source``, ``path``, ``state`` (``present``, ``missing``, ``altered``), and the ``bytes`` and
        ``sha256`` found, null where the file is missing.
    """
    rows = []
    for entry in sources().values():
        for file in entry.files:
            seen = _look(file, directory=Path(directory), check=True)
            rows.append((entry.id, file.path, seen.state, seen.bytes, seen.sha256))
    return pl.DataFrame(rows, schema=_FILES, orient="row")


def read_files(source: Source, *, directory: Path | str, verify: bool = True) -> dict[str, bytes]:
    """Return a source's files by their path, ready for its connector's ``parse``.

    Args:
        source: the registry's entry.
        directory: folder of downloaded sources.
        verify: refuse a file whose SHA-256 is not the registry's.

    Raises:
        MissingSource: a file is not there; the message names the command that gets it.
        BadSourceFile: a file has other bytes than the registry's.
    """
    found: dict[str, bytes] = {}
    for file in source.files:
        path = Path(directory) / file.path
        try:
            found[file.path] = store.read(path)
        except OSError as err:
            raise MissingSource(f"{file.path} of the source {source.id} is not in {directory}.",
                                hint=f"Run: equipoise data pull {source.id}, or name a folder: --from DIR.") from err
        if verify and _look(file, directory=Path(directory), check=True).state == "altered":
            raise BadSourceFile(f"{path} has other bytes than the registry's {file.path}.",
                                hint=f"Delete it and run: equipoise data pull {source.id}")
    return found


@dataclass(frozen=True, slots=True)
class _Seen:
    state: str
    modified: float = 0.0
    bytes: int | None = None
    sha256: str | None = None


def _look(file: SourceFile, *, directory: Path, check: bool) -> _Seen:
    path = directory / file.path
    if not path.is_file():
        return _Seen("missing")
    info = path.stat()
    if not check:
        return _Seen("present", info.st_mtime, info.st_size)
    found = store.sha256(path)
    return _Seen("present" if found == file.sha256 else "altered", info.st_mtime, info.st_size, found)
