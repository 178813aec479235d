"""The text of a document by page: plain text, PDF or DOCX."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import PurePath
from typing import TypeVar
from xml.etree import ElementTree

from equipoise.errors import BadClaims

SUFFIXES = (".txt", ".md", ".pdf", ".docx")
LARGEST = 200_000_000
"""Bytes of a DOCX file's text beyond which it is refused: a small file can unfold without end."""

T = TypeVar("T")

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def pages(content: bytes, *, name: str) -> list[str]:
    """Return the text of a document, a page each; what has no pages is one.

    In plain text a form feed ends a page. Of a DOCX file the paragraphs of body and tables are read, without footnotes
    and what was struck out.

    Args:
        content: the file's bytes.
        name: its name; the suffix says what it is.

    Raises:
        BadClaims: it is of another kind, damaged, locked with a password, or holds no text.

    Examples:
        >>> pages("One.\\fTwo.".encode(), name="a.txt")
        ['One.', 'Two.']
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise BadClaims(f"{name} is not of a kind that can be read.", hint=f"Use {', '.join(SUFFIXES)}.")
    found = _pdf(content, name=name) if suffix == ".pdf" else [_docx(content, name=name)] if suffix == ".docx" else (
        _text(content, name=name).split("\f"))
    if not any(page.strip() for page in found):
        hint = "A scan has no text: run it through character recognition first." if suffix == ".pdf" else None
        raise BadClaims(f"{name} holds no text.", hint=hint)
    return found


def _text(content: bytes, *, name: str) -> str:
    for encoding in ("utf-8-sig", "big5hkscs"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadClaims(f"{name} is neither UTF-8 nor Big5 text.", hint="Save it as UTF-8.")


def _pdf(content: bytes, *, name: str) -> list[str]:
    from pypdf import PdfReader

    def read() -> list[str]:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadClaims(f"{name} is locked with a password.", hint="Save a copy without one.")
        return [page.extract_text() for page in reader.pages]

    return _guarded(read, name=name, kind="PDF")


def _docx(content: bytes, *, name: str) -> str:
    def read() -> str:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.getinfo("word/document.xml").file_size > LARGEST:
                raise BadClaims(f"{name} unfolds to more than {LARGEST // 1_000_000} MB.")
            root = ElementTree.fromstring(archive.read("word/document.xml"))
        return "\n\n".join(map(_run, root.iter(f"{_W}p")))

    return _guarded(read, name=name, kind="DOCX")


def _guarded(read: Callable[[], T], *, name: str, kind: str) -> T:
    try:
        return read()
    except BadClaims:
        raise
    except Exception as err:  # a damaged file makes the libraries fail in any way there is
        raise BadClaims(f"{name} is not a {kind} file that can be read: {err!r}.", hint="Save it anew.") from err


def _run(element: ElementTree.Element) -> str:
    """The text below an element, without that of paragraphs in it (text boxes), which come by themselves."""
    own = element.text or "" if element.tag == f"{_W}t" else {f"{_W}tab": "\t", f"{_W}br": "\n"}.get(element.tag, "")
    return own + "".join(_run(child) for child in element if child.tag != f"{_W}p")
