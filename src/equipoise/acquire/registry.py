"""The registry of sources: what each one is, who publishes it, its licence, and where its files come from.

The entries live in ``data/registry.toml``. A source's files are frozen: each has one size and one SHA-256, and a list
of addresses that are tried in order, the publisher's own first. A source without lasting addresses has no files, and
says how to take them by hand.
"""

from __future__ import annotations

import difflib
import functools
import tomllib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from equipoise import data
from equipoise.errors import UsageError

_Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
_Url = Annotated[str, StringConstraints(pattern=r"^https://[!-~]+$")]
# Relative, and never out of the folder it is put in.
_Path = Annotated[str, StringConstraints(pattern=r"^[^/\\.][^\\]*$")]
_Year = Annotated[int, Field(ge=1400, le=2100)]


class SourceFile(BaseModel):
    """One file of a source.

    Attributes:
        path: where it lies in the layout of downloaded sources, with forward slashes.
        bytes: its size.
        sha256: lower-case hex digits.
        urls: https addresses, tried in order.
        member: where the addresses serve a zip archive, the file's path inside it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: _Path
    bytes: Annotated[int, Field(gt=0)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    urls: Annotated[tuple[_Url, ...], Field(min_length=1)]
    member: _Path | None = None

    @model_validator(mode="after")
    def _stays_inside(self) -> SourceFile:
        if ".." in self.path.split("/"):
            raise ValueError(f"path {self.path} leaves its folder")
        return self


class Source(BaseModel):
    """One source: what a reader has to know before relying on it.

    Attributes:
        id: short name; connectors, panels and figures refer to it.
        title: its published title.
        publisher: who publishes it.
        version: the edition of the frozen files.
        home: the publisher's page.
        licence: the terms in a few words.
        licence_note: what they mean here.
        redistribute: whether figures taken from it may be in the embedded pack.
        first_year: first year covered; None where it has no years.
        last_year: last year covered; None where it has no years.
        cite: one line: authors, year, title.
        bibtex: its key in ``data/bibliography.bib``.
        by_hand: how a reader takes the files, where they have no lasting address.
        files: its files; none where they are taken by hand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: _Id
    title: _Text
    publisher: _Text
    version: _Text
    home: _Url
    licence: _Text
    licence_note: _Text
    redistribute: bool
    first_year: _Year | None = None
    last_year: _Year | None = None
    cite: _Text
    bibtex: _Text
    by_hand: _Text | None = None
    files: tuple[SourceFile, ...] = ()

    @model_validator(mode="after")
    def _reachable(self) -> Source:
        if bool(self.files) == bool(self.by_hand):
            raise ValueError("it has either files or a way to take them by hand")
        return self

    @model_validator(mode="after")
    def _years_in_order(self) -> Source:
        if (self.first_year is None) != (self.last_year is None):
            raise ValueError("one of first_year and last_year is missing")
        if self.first_year is not None and self.last_year is not None and self.first_year > self.last_year:
            raise ValueError(f"coverage runs backwards: {self.first_year} to {self.last_year}")
        return self

    @property
    def coverage(self) -> str:
        """The years covered, such as ``1960–2024``; ``undated`` where it has no years."""
        if self.first_year is None:
            return "undated"
        return str(self.first_year) if self.first_year == self.last_year else f"{self.first_year}–{self.last_year}"


@functools.cache
def sources() -> dict[str, Source]:
    """Return every source by its id, sorted by id.

    Examples:
        >>> "brent" in sources()
        True
    """
    entries = tomllib.loads(data.read("registry.toml").decode("utf-8"))["source"]
    found = {name: Source(id=name, **entry) for name, entry in sorted(entries.items())}
    owner: dict[str, SourceFile] = {}
    for entry in found.values():
        for file in entry.files:
            # Two sources may read one file, but then it must be the same file.
            if owner.setdefault(file.path, file) != file:
                raise ValueError(f"registry.toml describes {file.path} in two ways")
    return found


def source(name: str) -> Source:
    """Return one source by its id.

    Raises:
        UsageError: there is none with that id; the message names those that come near.

    Examples:
        >>> source("brent").title
        'Europe Brent spot price FOB'
    """
    known = sources()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known sources: {', '.join(known)}."
    raise UsageError(f"there is no source {name!r}.", hint=hint)
