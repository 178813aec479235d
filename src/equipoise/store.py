"""The disk: where files are kept, and writing them so that a crash leaves the old file or the new one, never half.

Nothing else in the package writes to disk, and files outside the package are read here (a download's own part aside).
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from equipoise.errors import CannotWrite


def cache_dir() -> Path:
    """Return the folder for downloaded sources; it is not created here.

    ``EQUIPOISE_CACHE`` names it. Otherwise it is ``equipoise`` in the platform's cache folder: ``XDG_CACHE_HOME`` or
    ``~/.cache``, ``~/Library/Caches`` on macOS, ``LOCALAPPDATA`` on Windows.

    Examples:
        >>> isinstance(cache_dir(), Path)
        True
    """
    if named := os.environ.get("EQUIPOISE_CACHE"):
        return Path(named).expanduser()
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "equipoise"


def check_place(path: Path | str) -> Path:
    """Return the path of a file to be written, if its folder is there: asked before work that may take minutes.

    Raises:
        CannotWrite: the folder is missing, or the path is a folder.

    Examples:
        >>> check_place("absent/report.html")
        Traceback (most recent call last):
        ...
        equipoise.errors.CannotWrite: absent/report.html cannot be written: there is no folder absent. ...
    """
    path = Path(path)
    if path.is_dir():
        raise _refusal(path, err=IsADirectoryError())
    if not path.parent.is_dir():
        raise _refusal(path, err=FileNotFoundError())
    return path


def atomic_write(path: Path | str, *, content: bytes | str) -> Path:
    """Write a file whole or not at all, and return its path.

    The content goes to a temporary file in the same folder, which then takes the place of the old file in one step.
    Text is written as UTF-8 with the line ends it has.

    Raises:
        CannotWrite: the folder is missing, may not be written to, or the path is a folder.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     atomic_write(Path(folder) / "a.txt", content="вектор").read_text(encoding="utf-8")
        'вектор'
    """
    path = check_place(path)
    raw = content.encode("utf-8") if isinstance(content, str) else content
    part = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        part = Path(name)
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except OSError as err:
        if part is not None:
            part.unlink(missing_ok=True)
        raise _refusal(path, err=err) from err
    return path


def read(path: Path | str) -> bytes:
    """Return a file's bytes; OSError where it cannot be read, for the caller knows what the file was to be.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     read(atomic_write(Path(folder) / "a", content=b"abc"))
        b'abc'
    """
    return Path(path).read_bytes()


def make_dir(path: Path | str) -> Path:
    """Create a folder with its parents and return it; raise CannotWrite if that is not possible."""
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as err:
        raise CannotWrite(f"{path} is a file, not a folder.", hint="Name another folder.") from err
    except OSError as err:
        raise _refusal(path, err=err) from err
    return path


def append(path: Path, *, chunks: Iterable[bytes], fresh: bool) -> None:
    """Write the chunks to the end of a file as they arrive, or to an emptied file where ``fresh``.

    What arrived before a failure stays on disk, so that a download can be resumed. Errors of the chunks' own source
    pass through unchanged.

    Raises:
        CannotWrite: the file cannot be opened or the disk is full.
    """
    try:
        out = path.open("wb" if fresh else "ab")
    except OSError as err:
        raise _refusal(path, err=err) from err
    with out:
        for chunk in chunks:
            try:
                out.write(chunk)
            except OSError as err:
                raise _refusal(path, err=err) from err


def move(path: Path, *, to: Path) -> Path:
    """Put a finished file in its place in one step and return the new path; raise CannotWrite if that fails."""
    try:
        path.replace(to)
    except OSError as err:
        raise _refusal(to, err=err) from err
    return to


def remove(path: Path) -> None:
    """Delete a file; nothing happens where there is none."""
    try:
        path.unlink(missing_ok=True)
    except OSError as err:
        raise _refusal(path, err=err) from err


def sha256(path: Path | str) -> str:
    """Return a file's SHA-256 in lower-case hex digits; OSError where it cannot be read.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     sha256(atomic_write(Path(folder) / "a", content=b"abc"))[:12]
        'ba7816bf8f01'
    """
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _umask() -> int:
    # The mask can only be read by setting it; mkstemp makes files that nobody else may read.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _refusal(path: Path, *, err: OSError) -> CannotWrite:
    match err:
        case FileNotFoundError() | NotADirectoryError():
            return CannotWrite(f"{path} cannot be written: there is no folder {path.parent}.",
                               hint="Create it first, or name another folder.")
        case PermissionError():
            return CannotWrite(f"{path} cannot be written: permission denied.",
                               hint="Name a folder that you may write to.")
        case IsADirectoryError():
            return CannotWrite(f"{path} is a folder.", hint="Name a file inside it.")
    return CannotWrite(f"{path} cannot be written: {err.strerror or err}.", hint="Check the disk and the path.")
