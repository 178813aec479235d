"""Downloads from a real HTTP server on this machine that misbehaves on request."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from equipoise.acquire.fetch import Pull, fetch
from equipoise.acquire.registry import Source, SourceFile, sources
from equipoise.errors import BadSourceFile, CannotWrite, SourceUnreachable, UsageError

CONTENT = bytes(range(256)) * 1000
ETAG = '"v1"'


def archive(member: str, content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(member, content)
    return held.getvalue()


ARCHIVE = archive("lib/b.bin", CONTENT)


class Server(ThreadingHTTPServer):
    """Serves CONTENT; ``plan`` says for each path what the next answers are, ``asked`` what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.plan: dict[str, list[str]] = {}
        self.asked: list[tuple[str, str | None, str | None]] = []

    def url(self, path: str, *plan: str) -> str:
        self.plan[path] = list(plan)
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Range"], self.headers["If-Range"]))
        plan = self.server.plan[self.path]
        getattr(self, "_" + (plan.pop(0) if plan else "whole"))()

    def _send(self, body: bytes, *, code: int = 200, promised: int | None = None, **headers: str) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _whole(self) -> None:
        asked = self.headers["Range"]
        if asked and self.headers["If-Range"] == ETAG:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            span = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
            self._send(CONTENT[start:], code=206, ETag=ETAG, Content_Range=span)
        else:
            self._send(CONTENT, ETag=ETAG)

    def _half(self) -> None:
        self._send(CONTENT[:100_000], promised=len(CONTENT), ETag=ETAG)

    def _half_without_mark(self) -> None:
        self._send(CONTENT[:100_000], promised=len(CONTENT))

    def _half_of_another(self) -> None:
        self._send(b"\xff" * 100_000, promised=len(CONTENT), ETag=ETAG)

    def _busy(self) -> None:
        self._send(b"later", code=503, Retry_After="0")

    def _gone(self) -> None:
        self._send(b"no such page", code=404)

    def _no_range(self) -> None:
        self._send(b"", code=416)

    def _elsewhere_in_the_file(self) -> None:
        self._send(CONTENT[7:], code=206, ETag=ETAG, Content_Range=f"bytes 7-{len(CONTENT) - 1}/{len(CONTENT)}")

    def _newer(self) -> None:
        self._send(CONTENT + b"2026")

    def _archive(self) -> None:
        self._send(ARCHIVE, ETag=ETAG)

    def _page(self) -> None:
        self._send(b"\xef\xbb\xbf\n<!DOCTYPE html><title>Moved</title>")

    def _moved(self) -> None:
        self._send(b"", code=302, Location="/target")

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def source(*urls: str, path: str = "a/b.bin") -> Source:
    # The registry takes https addresses only, so these are built without its checks.
    checksum = hashlib.sha256(CONTENT).hexdigest()
    file = SourceFile.model_construct(path=path, bytes=len(CONTENT), sha256=checksum, urls=urls)
    return Source.model_construct(id="a", files=(file,))


def pull(folder: Path, *urls: str, retries: int = 3) -> Pull:
    return fetch(source(*urls), into=folder, retries=retries, backoff_s=0.0)


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in (folder / "a").iterdir())


def test_a_file_arrives_and_is_kept_the_next_time(server: Server, tmp_path: Path) -> None:
    url, seen = server.url("/f"), []
    done = fetch(source(url), into=tmp_path, progress=lambda *at: seen.append(at))
    assert (tmp_path / "a/b.bin").read_bytes() == CONTENT
    assert done.source == "a"
    assert (done.files[0].url, done.files[0].resumed, done.files[0].refused) == (url, False, ())
    assert seen[-1] == ("a/b.bin", len(CONTENT), len(CONTENT))
    assert [s[1] for s in seen] == sorted({s[1] for s in seen})
    assert names(tmp_path) == ["b.bin"]
    assert pull(tmp_path, url).files[0].url is None
    assert len(server.asked) == 1


def test_what_is_taken_by_hand_says_how(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"icio has no lasting address to download from\. Take .*oecd\.org"):
        fetch(sources()["icio"], into=tmp_path)


def test_an_altered_file_is_fetched_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.bin").write_bytes(b"altered")
    pull(tmp_path, server.url("/f"))
    assert (tmp_path / "a/b.bin").read_bytes() == CONTENT


def test_a_broken_transfer_is_resumed_where_it_broke(server: Server, tmp_path: Path) -> None:
    done = pull(tmp_path, server.url("/f", "half"))
    assert done.files[0].resumed
    assert (tmp_path / "a/b.bin").read_bytes() == CONTENT
    assert server.asked == [("/f", None, None), ("/f", "bytes=100000-", ETAG)]


def test_a_transfer_is_resumed_by_a_later_call(server: Server, tmp_path: Path) -> None:
    url = server.url("/f", "half")
    with pytest.raises(SourceUnreachable, match=r"failed 1 times.*what has arrived is kept"):
        pull(tmp_path, url, retries=0)
    assert names(tmp_path) == ["b.bin.part", "b.bin.part.origin"]
    assert pull(tmp_path, url).files[0].resumed
    assert names(tmp_path) == ["b.bin"]


def test_what_came_from_one_address_is_not_continued_at_another(server: Server, tmp_path: Path) -> None:
    done = pull(tmp_path, server.url("/f", "half"), server.url("/g"), retries=0)
    assert not done.files[0].resumed
    assert server.asked[-1] == ("/g", None, None)


def test_a_server_without_a_mark_is_asked_from_the_start(server: Server, tmp_path: Path) -> None:
    assert not pull(tmp_path, server.url("/f", "half_without_mark")).files[0].resumed
    assert server.asked[-1] == ("/f", None, None)


@pytest.mark.parametrize("answer", ["no_range", "elsewhere_in_the_file"])
def test_a_refused_or_misplaced_range_starts_again(server: Server, tmp_path: Path, answer: str) -> None:
    assert not pull(tmp_path, server.url("/f", "half", answer)).files[0].resumed
    assert (tmp_path / "a/b.bin").read_bytes() == CONTENT


def test_a_resumed_file_with_a_wrong_checksum_starts_again(server: Server, tmp_path: Path) -> None:
    assert not pull(tmp_path, server.url("/f", "half_of_another")).files[0].resumed
    assert [asked[1] for asked in server.asked] == [None, "bytes=100000-", None]


def test_a_busy_server_is_asked_again(server: Server, tmp_path: Path) -> None:
    pull(tmp_path, server.url("/f", "busy", "busy"))
    assert len(server.asked) == 3


def test_a_server_that_stays_busy_is_given_up(server: Server, tmp_path: Path) -> None:
    with pytest.raises(SourceUnreachable, match=r"a/b\.bin \(source a\) .*failed 3 times, last: HTTP 503"):
        pull(tmp_path, server.url("/f", *["busy"] * 3), retries=2)


def test_pauses_grow_and_follow_the_server(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    fetch(source(server.url("/f", "half_without_mark", "half_without_mark", "busy")), into=tmp_path, backoff_s=1.0)
    assert waits == [1.0, 2.0, 0.0]


def test_a_newer_file_is_left_for_the_next_address_and_said(server: Server, tmp_path: Path) -> None:
    newer, pinned = server.url("/newer", "newer"), server.url("/pinned")
    done = pull(tmp_path, newer, pinned).files[0]
    assert done.url == pinned
    assert len(done.refused) == 1
    assert done.refused[0].startswith(f"{newer} served other bytes than the registry's: 256004 bytes with SHA-256 ")


def test_a_missing_page_is_not_asked_twice(server: Server, tmp_path: Path) -> None:
    done = pull(tmp_path, server.url("/gone", "gone"), server.url("/f"))
    assert done.files[0].refused[0].endswith("/gone answered HTTP 404")
    assert [asked[0] for asked in server.asked] == ["/gone", "/f"]


def test_a_web_page_in_place_of_the_file_is_named(server: Server, tmp_path: Path) -> None:
    with pytest.raises(BadSourceFile, match=r"served a web page \(HTML\).*--from DIR"):
        pull(tmp_path, server.url("/page", "page"), server.url("/gone", "gone"))
    assert names(tmp_path) == []


def test_only_wrong_files_raise_bad_source_file(server: Server, tmp_path: Path) -> None:
    with pytest.raises(BadSourceFile, match="served other bytes"):
        pull(tmp_path, server.url("/f", "newer"))


def test_no_server_is_unreachable(server: Server, tmp_path: Path) -> None:
    closed = httpx.URL(server.url("/f")).copy_with(port=9)
    with pytest.raises(SourceUnreachable, match="Check the connection"):
        pull(tmp_path, str(closed), retries=0)


def test_redirects_are_followed(server: Server, tmp_path: Path) -> None:
    server.url("/target")
    pull(tmp_path, server.url("/f", "moved"))
    assert [asked[0] for asked in server.asked] == ["/f", "/target"]


def test_a_clients_own_settings_are_used(server: Server, tmp_path: Path) -> None:
    with httpx.Client(headers={"X-Of": "caller"}) as client:
        fetch(source(server.url("/f")), into=tmp_path, client=client)
        assert not client.is_closed


def test_a_folder_that_cannot_be_made_is_named(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(CannotWrite):
        pull(tmp_path, server.url("/f"))


def packed(member: str, *urls: str) -> Source:
    file = source(*urls).files[0].model_copy(update={"member": member})
    return Source.model_construct(id="a", files=(file,))


def test_a_file_is_taken_out_of_the_archive_that_an_address_serves(server: Server, tmp_path: Path) -> None:
    url = server.url("/w", "archive")
    done = fetch(packed("lib/b.bin", url), into=tmp_path)
    assert (tmp_path / "a/b.bin").read_bytes() == CONTENT and done.files[0].url == url
    assert names(tmp_path) == ["b.bin"]


@pytest.mark.parametrize(("member", "plan"), [("lib/c.bin", "archive"), ("lib/b.bin", "whole"), ("lib/b.bin", "page")])
def test_an_address_without_the_archive_or_the_file_in_it_is_left(
    server: Server, tmp_path: Path, member: str, plan: str,
) -> None:
    with pytest.raises(BadSourceFile, match=f"served no archive with {member} in it"):
        fetch(packed(member, server.url("/w", plan)), into=tmp_path, backoff_s=0.0)
    assert names(tmp_path) == []
