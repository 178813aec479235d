"""A claims file: what a document says, in the auditor's own words, and how each claim is to be checked.

The file is TOML: ``format``, a table ``document``, optional ``groups`` of states, and a list of ``claim``. Unknown keys
are refused. See docs/how-to/audit.md for the keys of each check.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from equipoise.audit.forms import CHECKS, Check, Names, Strict, Text, Words
from equipoise.audit.lines import Lines
from equipoise.errors import BadClaims

FORMAT = 1
WITHDRAWN: tuple[Any, ...] = ("", None, [])
"""What a key of a reading is set to, to take it out of the claim's own check."""

_WHOLE = ("id", "place", "says", "note", "reading")


class Document(Strict):
    """What is audited; facts that rest on nothing but the document, under a name of ``cited_as``, do not count."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    title: Words
    author: Words | None = None
    year: int | None = None
    cited_as: Names = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Another definition under which a claim may hold: in words, and as a check."""

    says: Text
    check: Check


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: where it stands, what it says, its check, other readings of it; ``line`` is that of ``[[claim]]``."""

    id: str
    place: Text
    says: Text
    check: Check
    readings: tuple[Reading, ...]
    line: int


@dataclass(frozen=True, slots=True)
class ClaimsFile:
    """A claims file that has been read: the document, its groups of states, the claims in order, and where they are."""

    name: str
    document: Document
    groups: Mapping[str, tuple[str, ...]]
    claims: tuple[Claim, ...]
    lines: Lines


def parse(text: str, *, name: str) -> ClaimsFile:
    """Return the claims of a file's text.

    Args:
        text: TOML.
        name: what the file is called in errors.

    Raises:
        BadClaims: it is not TOML, or a key, check or date is not what it should be; the message has the line.

    Examples:
        >>> parse("format = 2", name="a.toml")
        Traceback (most recent call last):
        ...
        equipoise.errors.BadClaims: a.toml, line 1: the format is 2. This version reads format 1.
    """
    lines = Lines(text, name=name)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise _not_toml(err, lines=lines) from err
    if raw.get("format") != FORMAT:
        given = raw.get("format", "not given")
        raise lines.error(f"the format is {given}.", hint=f"This version reads format {FORMAT}.", key="format")
    for key in raw:
        if key not in ("format", "document", "groups", "claim"):
            raise lines.error(f"there is no key {key!r} at the top of the file.",
                              hint="There are format, document, groups and claim.", key=key)
    document = _valid(TypeAdapter(Document), raw.get("document", {}), lines=lines, what="document")
    groups = _valid(TypeAdapter(dict[str, Names]), raw.get("groups", {}), lines=lines, what="groups")
    found = raw.get("claim", [])
    if not isinstance(found, list) or not found or not all(isinstance(c, dict) for c in found):
        raise lines.error("there is no claim.", hint="Each begins with a line [[claim]].")
    claims = tuple(_claim(c, number=n, lines=lines) for n, c in enumerate(found))
    ids = [c.id for c in claims]
    for n, one in enumerate(claims):
        if one.id in ids[:n]:
            raise lines.error(f"two claims have the id {one.id!r}.", hint="Give each its own.", claim=n, key="id")
    return ClaimsFile(name, document, groups, claims, lines)


def _claim(raw: dict[str, Any], *, number: int, lines: Lines) -> Claim:
    about = f"claim {raw.get('id', number + 1)!r}"
    head = {k: raw[k] for k in ("id", "place", "says") if k in raw}
    told = _valid(TypeAdapter(_Head), head, lines=lines, what=about, claim=number)
    own = {k: v for k, v in raw.items() if k not in _WHOLE}
    readings = []
    listed = raw.get("reading", [])
    for extra in listed if isinstance(listed, list) else [listed]:
        if not isinstance(extra, dict) or "says" not in extra:
            raise lines.error(f"{about}: a reading needs the key says.", claim=number, key="reading")
        says = _valid(TypeAdapter(Words), extra["says"], lines=lines, what=about, claim=number, under="reading")
        merged = {k: v for k, v in {**own, **extra}.items() if k != "says" and v not in WITHDRAWN}
        readings.append(Reading(says, _check(merged, about=about, number=number, lines=lines, under="reading")))
    return Claim(told.id, told.place, told.says, _check(own, about=about, number=number, lines=lines), tuple(readings),
                 lines.of(claim=number))


class _Head(Strict):
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
    place: Words
    says: Words


def _check(own: dict[str, Any], *, about: str, number: int, lines: Lines, under: str | None = None) -> Check:
    kind = own.get("check")
    if kind is None:
        raise lines.error(f"{about} has no check.", hint=f"Use one of {', '.join(CHECKS)}.", claim=number)
    if not isinstance(kind, str) or kind not in CHECKS:
        raise lines.error(f"{about}: there is no check {kind!r}.", hint=near(str(kind), CHECKS), claim=number,
                          key=under or "check")
    checked: Check = _valid(TypeAdapter(CHECKS[kind]), own, lines=lines, what=f"{about}, a check of the type {kind}",
                            claim=number, under=under)
    return checked


def near(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """A hint: the names that look like a word, or all of them.

    >>> near("valeu", ("value", "share"))
    'Did you mean value?'
    """
    names = sorted(known)
    close = get_close_matches(word, names, n=3, cutoff=0.5)
    return f"Did you mean {', '.join(close)}?" if close else f"There are {', '.join(names)}."


def _valid(adapter: TypeAdapter[Any], raw: object, *, lines: Lines, what: str, claim: int | None = None,
           under: str | None = None) -> Any:
    try:
        return adapter.validate_python(raw)
    except ValidationError as err:
        first = err.errors(include_url=False)[0]
        named = re.match(r"Value error, (\w+): ", str(first["msg"]))
        key = named[1] if named else next((str(k) for k in first["loc"] if isinstance(k, str)), None)
        said, hint = _said(first, key=key)
        at = under or (key if first["type"] != "missing" else None)
        raise lines.error(f"{what}: {said}", hint=hint, claim=claim, key=at) from err


def _said(error: Any, *, key: str | None) -> tuple[str, str | None]:
    """What is wrong in our own words, and a hint."""
    kind, given = error["type"], error["input"]
    if kind == "extra_forbidden":
        return f"there is no key {key!r}.", "See docs/how-to/audit.md for the keys of each check."
    if kind == "missing":
        return f"the key {key!r} is missing.", None
    if kind == "string_pattern_mismatch" and key in ("claimed", "until", "period", "from", "to"):
        return f"{key}: {given!r} is no date.", "Write 2015, 2015-07 or, for a day, 2015-07-31."
    told = {
        "string_pattern_mismatch": f"{given!r} is not written as it should be",
        "literal_error": f"{given!r} is none of {error.get('ctx', {}).get('expected')}",
        "string_type": f"{given!r} is no text; put it in quotation marks",
        "model_type": "it must be a table of keys", "dict_type": "it must be a table of keys",
    }.get(kind, re.sub(rf"^Value error, (?:{key}: )?", "", str(error["msg"])).replace("Input should be", "it must be"))
    return (f"{key}: {told.rstrip('.')}." if key else f"{told.rstrip('.')}."), None


def _not_toml(err: tomllib.TOMLDecodeError, *, lines: Lines) -> BadClaims:
    found = re.match(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(err))
    said = found[1] if found else str(err)
    line = int(found[2]) if found and found[2] else len(lines)
    if "date" in said.lower():
        return lines.error("a date that never was.", hint="Look at the day and the month.", line=line)
    return lines.error(f"this is not TOML: {said}.", hint="Put texts in quotation marks, one key a line.", line=line)
