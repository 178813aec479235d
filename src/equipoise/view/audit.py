"""The verdicts on a document's claims: as a page, as a Markdown table, as rows for the terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from equipoise.assemble import codes
from equipoise.audit.amounts import SCALES
from equipoise.audit.result import AuditResult, Row
from equipoise.view.report import page
from equipoise.view.words import Words, words

LISTED = ("members", "missing", "extra", "inside", "outside", "with", "without")
"""Labels of what was found that stand before lists of states."""

NEAREST = "nearest"
"""The label of a figure that decides nothing; it is shown once."""

LOW = "low"
"""The confidence that is told beside a source."""

_AMOUNT = re.compile(r"(-?[\d,]+(?:\.\d+)?)(?: (thousand|million|billion|trillion))? (persons|years|USD|km)\b")


@dataclass(frozen=True, slots=True)
class Line:
    """One claim in the reader's language; ``readings`` are told one by one."""

    id: str
    place: str
    says: str
    verdict: str
    said: str
    claimed: str
    found: str
    readings: tuple[str, ...]
    source: str


def render_audit(results: Sequence[AuditResult], *, lang: str = "en") -> str:
    """Return the verdicts as one HTML page.

    Raises:
        UsageError: there is no such language.
    """
    spoken = words(lang)
    told = [(titled(r, words=spoken), counted(r, words=spoken), lines(r, words=spoken)) for r in results]
    return page("audit.html.j2", words=spoken, told=told)


def markdown(results: Sequence[AuditResult], *, lang: str = "en") -> str:
    """Return the verdicts as Markdown, a heading and a table for each document."""
    spoken = words(lang)
    m = spoken.m
    head = [m("audit_head_place"), m("audit_head_claim"), m("audit_head_claimed"), m("audit_head_found"),
            m("audit_head_verdict"), m("audit_head_source")]
    parts = []
    for result in results:
        rows = [[x.place, x.says, x.claimed, "<br>".join(filter(None, (x.found, *x.readings))), f"**{x.said}**",
                 x.source] for x in lines(result, words=spoken)]
        table = [_bar(head), _bar(["---"] * len(head)), *map(_bar, rows)]
        title, told = titled(result, words=spoken), counted(result, words=spoken)
        parts.append(f"### {title}\n\n{told}\n\n" + "\n".join(table) + "\n")
    return "\n".join(parts)


def lines(result: AuditResult, *, words: Words) -> list[Line]:
    """The claims of a result in the order of the file."""
    return [_line(row, words=words) for row in result.rows]


def _line(row: Row, *, words: Words) -> Line:
    lang = "zh-Hant" if words.lang == "zh" else "en"
    source = words.m("semicolon").join(words.cited(s) for s in row.sources)
    if row.confidence == LOW:
        source = words.m("semicolon").join((source, words.m("audit_low")))
    readings = []
    for says, outcome in row.readings:
        said = says.of(lang)
        told = (words.m("audit_open_as", reading=said) if outcome.holds is None
                else words.m("audit_holds_as", reading=said) if outcome.holds
                else words.m("audit_fails_as", reading=said))
        found = _found({k: v for k, v in outcome.found.items() if k != NEAREST}, words=words)
        readings.append(f"{told} ({found})" if found else told)
    return Line(row.claim.id, row.claim.place.of(lang), row.claim.says.of(lang), row.verdict,
                words.m.pick("claim_verdict", row.verdict), _spoken(row.claimed, words=words),
                _found(row.found, words=words) or "–", tuple(readings), source or "–")


def _found(found: Mapping[str, str], *, words: Words) -> str:
    return words.m("semicolon").join(
        words.m(f"found.{label}", value=_spoken(value, listed=label in LISTED, words=words))
        for label, value in found.items())


def _spoken(text: str, *, words: Words, listed: bool = False) -> str:
    """Codes of states as names, in Chinese also amounts; codes with nothing but blanks between are a list."""
    comma = words.m("comma")
    if listed or all(part in _codes() for part in text.split()):
        text = re.sub(r"(?<=\b[A-Z]{3}) (?=[A-Z]{3}\b)", comma, text)
    text = re.sub(r"\b[A-Z]{3}\b", lambda code: words.name(code[0]) if code[0] in _codes() else code[0], text)
    if words.lang == "en":
        return text
    return _AMOUNT.sub(lambda found: _amount(found, words=words), text)


def _amount(found: re.Match[str], *, words: Words) -> str:
    """An amount as it is written in Chinese, in units of ten thousand and of a hundred million."""
    value = float(found[1].replace(",", "")) * (SCALES[found[2]] if found[2] else 1)
    named = words.m.pick("audit_unit", found[3])
    for unit, size in (("hundred_million", 1e8), ("ten_thousand", 1e4)):
        if found[2] and abs(value) >= size:
            return f"{value / size:,.6g} {words.m.pick('audit_unit', unit)}{named}"
    return f"{value if found[2] else found[1]} {named}"


@cache
def _codes() -> frozenset[str]:
    return frozenset((*codes.states()["iso3"], "EUU"))


def titled(result: AuditResult, *, words: Words) -> str:
    """The document by author and title."""
    lang = "zh-Hant" if words.lang == "zh" else "en"
    title = result.document.title.of(lang)
    author = result.document.author
    return words.m("audit_by", author=author.of(lang), title=title) if author else title


def counted(result: AuditResult, *, words: Words) -> str:
    """How many claims have each verdict, as a sentence."""
    return words.m("audit_lead", count=len(result.rows), **result.counts)


def _bar(cells: Sequence[str]) -> str:
    return "| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |"
