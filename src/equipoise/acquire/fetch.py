"""Downloading: from a source's addresses to verified files. The only place that uses the network.

A file arrives in ``NAME.part``; what has arrived survives an interruption and is resumed. It takes its name only when
its SHA-256 is the registry's.
"""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from equipoise import store
from equipoise.acquire.registry import Source, SourceFile
from equipoise.errors import BadSourceFile, SourceUnreachable, UsageError

Progress = Callable[[str, int, int], None]
"""Called with a file's path, the bytes that have arrived, and the bytes expected."""

_PASSING = {408, 425, 429, 500, 502, 503, 504}
_LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Pulled:
    """How one file came.

    Attributes:
        path: in the layout of sources.
        bytes: its size.
        url: the address that served it; None where it was already here.
        resumed: whether an interrupted download was continued.
        refused: what was wrong with the addresses tried before, one line each.
    """

    path: str
    bytes: int
    url: str | None
    resumed: bool = False
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pull:
    """What :func:`fetch` did for one source."""

    source: str
    files: tuple[Pulled, ...]


def fetch(source: Source, *, into: Path, progress: Progress | None = None, client: httpx.Client | None = None,
          retries: int = 3, backoff_s: float = 1.0) -> Pull:
    """Download the files of a source into a folder and verify them.

    Files that are there already and have the right SHA-256 are kept. An address is tried ``retries`` times more after a
    failure that may pass (a broken connection, HTTP 429 or 503), with pauses of ``backoff_s``, 2, 4 … times that, or
    what the server asks for up to 30 s. An address that serves other bytes than the registry's is left for the next.

    Args:
        source: the registry's entry.
        into: folder of the layout; it is created.
        progress: called as bytes arrive.
        client: the HTTP client to use; a new one with a 30 s timeout by default.
        retries: further tries for each address.
        backoff_s: first pause in seconds.

    Raises:
        UsageError: its files are taken by hand.
        SourceUnreachable: no address of a file could be read to its end.
        BadSourceFile: addresses answered, but none with the registry's bytes.
        CannotWrite: the folder cannot be written to.
    """
    if source.by_hand:
        raise UsageError(f"{source.id} has no lasting address to download from.", hint=source.by_hand)
    with _client(client) as http:
        job = _Job(http=http, source=source.id, tries=retries + 1, backoff_s=backoff_s, progress=progress)
        return Pull(source.id, tuple(_pull(job, file=f, path=Path(into) / f.path) for f in source.files))


@dataclass(frozen=True, slots=True)
class _Job:
    http: httpx.Client
    source: str
    tries: int
    backoff_s: float
    progress: Progress | None


class _Passing(Exception):
    """A failure that may pass when tried again."""

    def __init__(self, why: str, *, wait_s: float | None = None) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class _Refused(Exception):
    """An address that cannot be used; ``answered`` where it served a whole file that is not ours."""

    def __init__(self, why: str, *, answered: bool = False) -> None:
        super().__init__(why)
        self.answered = answered


@contextmanager
def _client(given: httpx.Client | None) -> Iterator[httpx.Client]:
    if given is not None:
        yield given
        return
    with httpx.Client(timeout=30.0, follow_redirects=True, headers={"User-Agent": "equipoise"}) as own:
        yield own


def _pull(job: _Job, *, file: SourceFile, path: Path) -> Pulled:
    if path.is_file() and store.sha256(path) == file.sha256:
        return Pulled(file.path, file.bytes, None)
    store.make_dir(path.parent)
    part = path.with_name(path.name + ".part")
    refused: list[str] = []
    answered = False
    for url in file.urls:
        try:
            resumed = _try(job, file=file, url=url, part=part)
        except _Refused as err:
            refused.append(f"{url} {err}")
            answered = answered or err.answered
            continue
        store.move(part, to=path)
        _discard(part)
        return Pulled(file.path, file.bytes, url, resumed, tuple(refused))
    what = f"no address of {file.path} (source {job.source}) gave the file: {'; '.join(refused)}."
    if answered:
        raise BadSourceFile(what, hint="Get the file by hand and name its folder with --from DIR.")
    raise SourceUnreachable(what, hint="Check the connection and try again; what has arrived is kept.")


def _try(job: _Job, *, file: SourceFile, url: str, part: Path) -> bool:
    """Bring a verified ``part`` from one address; return whether an earlier one was continued."""
    for turn in range(job.tries):
        try:
            resumed = _stream(job, file=file, url=url, part=part)
            if file.member is not None:
                _unpack(part, member=file.member, resumed=resumed)
            return _verify(part, file=file, resumed=resumed)
        except (httpx.TransportError, _Passing) as err:
            if turn + 1 == job.tries:
                why = str(err) or type(err).__name__
                raise _Refused(f"failed {job.tries} times, last: {why}") from err
            wait = getattr(err, "wait_s", None)
            time.sleep(min(wait if wait is not None else job.backoff_s * 2**turn, _LONGEST_WAIT_S))
        except (httpx.HTTPError, httpx.InvalidURL) as err:
            raise _Refused(str(err) or type(err).__name__) from err
    raise AssertionError("the loop above returns or raises")


def _stream(job: _Job, *, file: SourceFile, url: str, part: Path) -> bool:
    held, validator = _held(part, url=url)
    # Compressed transfer would make a byte range count something other than the file's bytes.
    headers = {"Accept-Encoding": "identity"}
    if held:
        headers |= {"Range": f"bytes={held}-", "If-Range": validator}
    with job.http.stream("GET", url, headers=headers) as answer:
        if answer.status_code == 416:
            _discard(part)
            raise _Passing("the server refused to continue the download", wait_s=0.0)
        _raise_for_status(answer)
        resumed = bool(held) and answer.status_code == 206
        if resumed and not answer.headers.get("Content-Range", "").startswith(f"bytes {held}-"):
            _discard(part)
            raise _Passing("the server continued at another byte", wait_s=0.0)
        if not resumed:
            _remember(part, url=url, answer=answer)
        store.append(part, chunks=_counted(job, answer=answer, file=file, done=held if resumed else 0),
                     fresh=not resumed)
    return resumed


def _counted(job: _Job, *, answer: httpx.Response, file: SourceFile, done: int) -> Iterator[bytes]:
    for chunk in answer.iter_bytes():
        done += len(chunk)
        if job.progress is not None:
            job.progress(file.path, done, file.bytes)
        yield chunk


def _raise_for_status(answer: httpx.Response) -> None:
    if answer.status_code in _PASSING:
        asked = answer.headers.get("Retry-After", "")
        raise _Passing(f"HTTP {answer.status_code}", wait_s=float(asked) if asked.isdigit() else None)
    if answer.status_code not in (200, 206):
        raise _Refused(f"answered HTTP {answer.status_code}")


def _unpack(part: Path, *, member: str, resumed: bool) -> None:
    """Put the archive's member in the archive's place."""
    try:
        with zipfile.ZipFile(part) as archive:
            content = archive.read(member)
    except (zipfile.BadZipFile, KeyError, OSError, zlib.error) as err:
        _discard(part)
        if resumed:
            raise _Passing("the continued archive cannot be read", wait_s=0.0) from err
        raise _Refused(f"served no archive with {member} in it", answered=True) from err
    store.append(part, chunks=[content], fresh=True)


def _verify(part: Path, *, file: SourceFile, resumed: bool) -> bool:
    found = store.sha256(part)
    if found == file.sha256:
        return resumed
    size, start = part.stat().st_size, _start(part)
    _discard(part)
    if resumed:
        raise _Passing("the continued file has another checksum", wait_s=0.0)
    if start.lower().startswith((b"<!doctype html", b"<html")):
        raise _Refused("served a web page (HTML) in place of the file", answered=True)
    raise _Refused(f"served other bytes than the registry's: {size} bytes with SHA-256 {found[:12]}…, "
                   f"expected {file.bytes} with {file.sha256[:12]}…", answered=True)


def _discard(part: Path) -> None:
    store.remove(part)
    store.remove(_origin_file(part))


def _start(part: Path) -> bytes:
    with part.open("rb") as opened:
        return opened.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")


def _origin_file(part: Path) -> Path:
    return part.with_name(part.name + ".origin")


def _held(part: Path, *, url: str) -> tuple[int, str]:
    """The bytes of an interrupted download that can be continued at this address, and the mark it must still bear."""
    try:
        origin, validator = _origin_file(part).read_text(encoding="utf-8").split("\n")
        size = part.stat().st_size
    except (OSError, ValueError):
        return 0, ""
    return (size, validator) if origin == url and validator else (0, "")


def _remember(part: Path, *, url: str, answer: httpx.Response) -> None:
    # Only a strong ETag promises equal bytes; the date is the second best, and the checksum decides in the end.
    tag = answer.headers.get("ETag", "")
    mark = tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")
    encoded = answer.headers.get("Content-Encoding", "identity") != "identity"
    store.atomic_write(_origin_file(part), content=f"{url}\n{'' if encoded else mark}")
