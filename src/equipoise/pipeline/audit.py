"""The claims audit: claims files → verdicts, and documents → candidates for claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from equipoise import data, store
from equipoise.assemble.packed import Pack, embedded
from equipoise.audit import check
from equipoise.audit.candidates import Candidate, candidates
from equipoise.audit.documents import pages
from equipoise.audit.format import parse
from equipoise.audit.result import AuditResult, audit
from equipoise.errors import BadClaims

SHIPPED = ("lin", "chao")
"""The documents whose claims come with the package."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The verdicts on the claims of one or more documents."""

    results: tuple[AuditResult, ...]
    lang: str = "en"

    @property
    def data(self) -> dict[str, Any]:
        """Plain Python for JSON."""
        return {"documents": [r.data for r in self.results]}

    def frame(self) -> pl.DataFrame:
        """A row a claim: document, id, place, says, check, verdict, claimed, found, unit, source, confidence.

        Texts are in English where there are both; ``found`` is ``label: text``, ``; `` between two.
        """
        return pl.DataFrame([
            {"document": r.document.id, "id": x.claim.id, "place": x.claim.place.of("en"),
             "says": x.claim.says.of("en"), "check": x.claim.check.check, "verdict": x.verdict, "claimed": x.claimed,
             "found": "; ".join(f"{label}: {text}" for label, text in x.found.items()), "unit": x.unit,
             "source": x.source, "confidence": x.confidence} for r in self.results for x in r.rows])

    def html(self) -> str:
        """The verdicts as one self-contained HTML page."""
        from equipoise.view.audit import render_audit

        return render_audit(self.results, lang=self.lang)

    def markdown(self) -> str:
        """The verdicts as Markdown tables."""
        from equipoise.view.audit import markdown

        return markdown(self.results, lang=self.lang)


def audited(paths: Sequence[Path] = (), *, lang: str = "en", pack: Pack | None = None) -> Audit:
    """Return the verdicts on the claims of files; of the two documents of the package where none is named.

    Args:
        paths: claims files.
        lang: "en" or "zh-Hant".
        pack: where figures come from; the embedded one by default.

    Raises:
        BadClaims: a file cannot be read or used; the message has the line.
    """
    ground = pack or embedded()
    if paths:
        return Audit(tuple(check(p, pack=ground) for p in paths), lang)
    texts = ((name, data.read(f"claims/{name}.toml").decode("utf-8")) for name in SHIPPED)
    return Audit(tuple(audit(parse(text, name=f"{name}.toml"), pack=ground) for name, text in texts), lang)


def found_in(path: Path) -> list[Candidate]:
    """Return the candidates for claims in a document: text, PDF or DOCX, in English or Traditional Chinese.

    Raises:
        BadClaims: the file cannot be read, or holds no text.
    """
    try:
        content = store.read(path)
    except OSError as err:
        raise BadClaims(f"{path} cannot be read: {err.strerror}.") from err
    return candidates(pages(content, name=path.name))


def template() -> str:
    """Return the text of a first claims file, with one claim of every type of check."""
    return data.read("claims/template.toml").decode("utf-8")
