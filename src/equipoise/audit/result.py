"""Verdicts: what a document claims and what the data say, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from equipoise.assemble.packed import Pack
from equipoise.audit import rankings  # noqa: F401  registers the check of a ranking
from equipoise.audit.checks import Outcome, check
from equipoise.audit.format import Claim, ClaimsFile, Document
from equipoise.audit.forms import Text
from equipoise.audit.ground import Ground, evidence
from equipoise.audit.names import resolved

VERDICTS = ("confirmed", "contradicted", "not_comparable", "no_data")
"""``not_comparable``: what is said does not hold as it stands, but does under another definition that is named."""


@dataclass(frozen=True, slots=True)
class Row:
    """One claim and its verdict.

    ``found`` is by label, of the claim as it stands; ``readings`` are the other definitions, each with what was found
    under it; ``holds_as`` the number of the first that holds, from 0, None where none is needed or none holds.
    """

    claim: Claim
    verdict: str
    claimed: str
    found: dict[str, str]
    unit: str
    sources: tuple[str, ...]
    confidence: str
    readings: tuple[tuple[Text, Outcome], ...] = ()
    holds_as: int | None = None

    @property
    def source(self) -> str:
        """The sources, ``;`` between two."""
        return "; ".join(self.sources)


@dataclass(frozen=True, slots=True)
class AuditResult:
    """The verdicts on a document's claims, in the order of the file."""

    document: Document
    rows: tuple[Row, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each verdict."""
        return {v: sum(r.verdict == v for r in self.rows) for v in VERDICTS}

    @property
    def data(self) -> dict[str, Any]:
        """Plain Python for JSON."""
        return {
            "document": self.document.model_dump(by_alias=True, exclude_none=True), "counts": self.counts,
            "claims": [_plain(r) for r in self.rows],
        }


def audit(file: ClaimsFile, *, pack: Pack) -> AuditResult:
    """Return the verdicts on the claims of a file.

    A claim is *confirmed* where its check holds. Where it does not, or cannot be decided, but a reading of it holds,
    the claim is *not comparable*: it depends on the definition. Else it is *contradicted*, or *no data* where what is
    known does not decide it.

    Raises:
        BadClaims: a state, quantity, body, event or unit is not known, with its line.
    """
    known = resolved(file)
    ground = Ground(pack, without=known.document.cited_as)
    return AuditResult(known.document, tuple(_row(c, ground=ground, file=known) for c in known.claims))


def _row(claim: Claim, *, ground: Ground, file: ClaimsFile) -> Row:
    own = check(claim.check, ground=ground, groups=file.groups)
    read = tuple((r.says, check(r.check, ground=ground, groups=file.groups)) for r in claim.readings)
    holds_as = next((i for i, (_, o) in enumerate(read) if o.holds), None) if not own.holds else None
    verdict = ("confirmed" if own.holds else "not_comparable" if holds_as is not None
               else "contradicted" if own.holds is False else "no_data")
    told = read[holds_as][1] if holds_as is not None else own
    return Row(claim, verdict, claimed(claim.check), own.found, getattr(claim.check, "unit", ""),
               _evidence((*own.sources, *told.sources), document=file.document), told.confidence or own.confidence,
               read, holds_as)


def _evidence(sources: tuple[str, ...], *, document: Document) -> tuple[str, ...]:
    """The sources, each once, less what is the document itself."""
    return tuple(dict.fromkeys(p for s in sources for p in evidence(s, without=document.cited_as)))


SIGNS = {"more_than": "> ", "at_least": "≥ ", "less_than": "< ", "at_most": "≤ ", "by": "≤ ", "after": "> "}


def claimed(asserted: Any) -> str:
    """What a check asserts, in words that need no translation: numbers, dates and codes.

    >>> from equipoise.audit.forms import GrowthCheck
    >>> claimed(GrowthCheck.model_validate({"check": "growth", "quantity": "gdp_real", "state": "KAZ", "from": 2012,
    ...                                     "to": 2016, "claimed": 60, "relation": "more_than"}))
    '> 60 %'
    """
    sign = SIGNS.get(getattr(asserted, "relation", ""), "")
    match asserted.check:
        case "value" | "share" | "growth":
            return f"{sign}{asserted.claimed:,.10g} {asserted.unit}"
        case "date":
            return f"{sign}{asserted.claimed}" + (f"/{asserted.until}" if asserted.until else "")
        case "count":
            return f"{sign}{asserted.claimed}"
        case "ranking":
            between = " > " if asserted.in_order else " "
            return between.join(asserted.partners) if asserted.partners else str(asserted.claimed)
        case "border":
            return " ".join(asserted.with_)
    return " ".join(asserted.states) or asserted.group.replace("_", " ")


def _plain(row: Row) -> dict[str, Any]:
    return {
        "id": row.claim.id, "place": row.claim.place.model_dump(by_alias=True), "check": row.claim.check.check,
        "says": row.claim.says.model_dump(by_alias=True), "verdict": row.verdict, "claimed": row.claimed,
        "found": row.found, "unit": row.unit, "source": row.source, "confidence": row.confidence,
        "readings": [{"says": says.model_dump(by_alias=True), "holds": o.holds, "found": o.found,
                      "source": "; ".join(o.sources)} for says, o in row.readings],
        "holds_as": row.holds_as,
    }
