"""Claims of a document checked against data: the file's format, the checks, and candidates found in a text.

:func:`check` reads a claims file and returns the verdicts.
"""

from __future__ import annotations

from pathlib import Path

from equipoise import store
from equipoise.assemble.packed import Pack, embedded
from equipoise.audit.format import ClaimsFile, parse
from equipoise.audit.result import AuditResult, audit
from equipoise.errors import BadClaims

__all__ = ["AuditResult", "check", "read"]


def check(path: str | Path, *, pack: Pack | None = None) -> AuditResult:
    """Return the verdicts on the claims of a file.

    Args:
        path: a claims file, see docs/how-to/audit.md.
        pack: where figures come from; the embedded one by default.

    Raises:
        BadClaims: the file cannot be read or used; the message has the line.
    """
    return audit(read(path), pack=pack or embedded())


def read(path: str | Path) -> ClaimsFile:
    """Return a claims file as it was read. Raises BadClaims where it cannot be."""
    try:
        text = store.read(path).decode("utf-8")
    except UnicodeDecodeError as err:
        raise BadClaims(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from err
    except OSError as err:
        raise BadClaims(f"{path} cannot be read: {err.strerror}.",
                        hint="Write a first one with `equipoise audit --new FILE`.") from err
    return parse(text, name=str(path))
