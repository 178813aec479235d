from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from equipoise import store
from equipoise.errors import CannotWrite

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX")


def test_the_cache_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path))
    assert store.cache_dir() == tmp_path


@pytest.mark.parametrize(("platform", "variable", "tail"), [
    ("linux", "XDG_CACHE_HOME", "set/equipoise"), ("linux", None, ".cache/equipoise"),
    ("darwin", None, "Library/Caches/equipoise"), ("win32", "LOCALAPPDATA", "set/equipoise"),
    ("win32", None, "AppData/Local/equipoise"),
])
def test_the_cache_is_in_the_platforms_folder(
    monkeypatch: pytest.MonkeyPatch, platform: str, variable: str | None, tail: str,
) -> None:
    for name in ("EQUIPOISE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "/set")
    monkeypatch.setattr(sys, "platform", platform)
    assert store.cache_dir().as_posix().endswith(tail)


def test_text_and_bytes_are_written_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    assert store.atomic_write(path, content="old") == path
    store.atomic_write(path, content="вектор\n")
    assert path.read_bytes() == "вектор\n".encode()
    store.atomic_write(path, content=b"\x00\r\n")
    assert path.read_bytes() == b"\x00\r\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@POSIX
def test_a_new_file_has_the_users_usual_permissions(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        path = store.atomic_write(tmp_path / "a", content="")
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = store.atomic_write(tmp_path / "a", content="old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(CannotWrite, match="No space left on device"):
        store.atomic_write(path, content="new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match=r"there is no folder .*none"):
        store.atomic_write(tmp_path / "none" / "a", content="")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match=r"is a folder\. Name a file inside it"):
        store.atomic_write(tmp_path, content="")


@POSIX
def test_a_folder_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)  # root, who runs some test machines, may write anywhere
    with pytest.raises(CannotWrite, match=r"permission denied\. Name a folder that you may write to"):
        store.atomic_write(tmp_path / "a", content="")


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    file = store.atomic_write(tmp_path / "a", content="")
    assert store.make_dir(tmp_path / "b" / "c").is_dir()
    for folder in (file, file / "below"):
        with pytest.raises(CannotWrite, match="a"):
            store.make_dir(folder)


def test_what_arrived_before_a_failure_stays(tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"first"
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        store.append(tmp_path / "a", chunks=chunks(), fresh=True)
    store.append(tmp_path / "a", chunks=[b" second"], fresh=False)
    assert (tmp_path / "a").read_bytes() == b"first second"
    with pytest.raises(CannotWrite):
        store.append(tmp_path, chunks=[b""], fresh=True)


def test_files_are_moved_and_removed(tmp_path: Path) -> None:
    a = store.atomic_write(tmp_path / "a", content="x")
    b = store.move(a, to=tmp_path / "b")
    assert not a.exists()
    store.remove(b)
    store.remove(b)
    with pytest.raises(CannotWrite):
        store.move(a, to=b)
