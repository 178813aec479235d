"""The tested hypotheses as the pack's tables: made of what was found, or read from a pack that has them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import polars as pl

from equipoise.assemble.packed import Pack
from equipoise.assemble.thesis_contracts import FORECAST_SCORES, THESIS, THESIS_ROWS, VERDICTS
from equipoise.errors import UsageError
from equipoise.model.inference import VERDICTS as WORDS
from equipoise.pipeline.thesis_findings import TITLES, Finding, Thesis
from equipoise.pipeline.thesis_rows import Estimate
from equipoise.view.data import plain

TOLD = "rests_on"
"""The code under which numbers behind an estimate stand among the reasons; it is none."""


@dataclass(frozen=True, slots=True)
class Findings:
    """The tables ``thesis``, ``verdicts`` and ``forecast_scores`` (empty where there are none), and what is missing."""

    thesis: pl.DataFrame
    verdicts: pl.DataFrame
    scores: pl.DataFrame
    missing: tuple[str, ...]
    provenance: dict[str, str]

    @property
    def data(self) -> dict[str, Any]:
        """Plain Python for JSON: a dict a hypothesis with its estimates and reasons, the scores, what is missing."""
        told = []
        for v in self.verdicts.to_dicts():
            own = self.thesis.filter(pl.col("hypothesis") == v["hypothesis"]).drop("hypothesis")
            told.append({**v, "title": TITLES[v["hypothesis"]][0], "reasons": json.loads(v["reasons"]),
                         "estimates": own})
        found: dict[str, Any] = plain({"hypotheses": told, "scores": self.scores, "missing": self.missing,
                                       "provenance": self.provenance})
        return found


def slug(name: str) -> str:
    """The name of an estimate as the pack has it.

    >>> slug("without 2014–15 and 2022–23"), slug("psi = 0")
    ('without_2014_15_and_2022_23', 'psi_0')
    """
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def thesis_rows(parts: Iterable[tuple[str, str, Sequence[Estimate]]]) -> pl.DataFrame:
    """The table ``thesis`` of hypothesis, kind and estimates.

    Raises:
        DataError: two estimates of a hypothesis and kind have the same name.
    """
    rows = [(h, kind, slug(e.name), e.estimate, e.low, e.high, e.rows, e.states, *(e.years or (None, None)), e.status,
             e.reason) for h, kind, found in parts for e in found]
    schema = THESIS_ROWS.dtypes
    return THESIS_ROWS.check(pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.selectors.float().fill_nan(None)))


def tables(thesis: Thesis) -> dict[str, pl.DataFrame]:
    """The tables ``thesis`` and ``verdicts`` of what was found.

    Raises:
        DataError: two estimates of a hypothesis and kind have the same name.
    """
    parts = [(f.id, kind, found) for f in thesis.findings for kind, found in (
        ("main", (f.main,) if f.main else ()), ("quick", (f.primary,)),
        ("secondary", f.secondary), ("variant", f.variants), ("placebo", f.placebo))]
    rows = []
    for f in thesis.findings:
        said = f.verdict.replace(" ", "_") if f.verdict in WORDS else None
        rows.append((f.id, said, f.smallest, f.unit, _known(f.power), _known(f.holm),
                     *(f.placebo_range or (0, None, None)), json.dumps(_reasons(f), ensure_ascii=False)))
    verdicts = pl.DataFrame(rows, schema=VERDICTS.dtypes, orient="row")
    return {"thesis": thesis_rows(parts), "verdicts": VERDICTS.check(verdicts)}


def _reasons(f: Finding) -> list[dict[str, Any]]:
    told = {k: float(f"{v:.6g}") for k, v in f.rests_on.items() if math.isfinite(v)}
    found: list[dict[str, Any]] = plain([{"code": r.code, "params": dict(r.params)} for r in f.reasons])
    return [*found, *([{"code": TOLD, "params": told}] if told else [])]


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def found_now(thesis: Thesis) -> Findings:
    """What was found now."""
    made = tables(thesis)
    none = pl.DataFrame(schema=FORECAST_SCORES.dtypes)
    return Findings(made["thesis"], made["verdicts"], none, thesis.missing, thesis.provenance)


def packed(pack: Pack, *, only: Sequence[str] | None = None) -> Findings | None:
    """What the pack has of the hypotheses, all or some; None if it has none.

    Raises:
        UsageError: there is no hypothesis of that name.
    """
    wanted = [h.strip().upper() for h in only] if only else list(TITLES)
    if unknown := [h for h in wanted if h not in TITLES]:
        raise UsageError(f"there is no hypothesis {unknown[0]}.", hint="They are H1 to H7.")
    if not all(pack.has(name) for name in THESIS):
        return None
    some = {n: pack.table(n).filter(pl.col("hypothesis").is_in(wanted)) for n in ("thesis", "verdicts")}
    told = {"equipoise": version("equipoise"), "pack": pack.manifest["version"], "pack_sha256": pack.fingerprint}
    return Findings(some["thesis"], some["verdicts"], pack.table("forecast_scores"), (), told)
