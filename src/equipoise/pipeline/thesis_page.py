"""What the tests of the hypotheses found, as a page of text and as rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl

from equipoise.pipeline.thesis import Finding, Thesis
from equipoise.pipeline.thesis_rows import Estimate

KINDS = ("primary", "secondary", "variant", "placebo")

HEAD = """\
# The hypotheses: a quick look

**Dated {date}. No hypothesis has a verdict yet.** The [page of hypotheses](hypotheses.md) gives the verdict to the
hierarchical model, which is not there; until it is, every verdict reads *undecided: quick look only*. This page is
written by `equipoise test-thesis --out FILE.md`.

Each estimate is written so that a positive value agrees with the article; s is the smallest effect of interest, the
interval is of 90 %. *The quick look reads* is what the page's table, and those of its rules that a quick look can
answer, say of the quick look alone; it is no verdict.

| | hypothesis | estimate | 90 % interval | s | states | years | rows | the quick look reads | verdict |
|---|---|---|---|---|---|---|---|---|---|
{rows}

## How the page was read where it leaves room

- H1 and H3: effects of state and of year are by channel, since the channels are stacked. The 90 % interval rests on the
  wider of two errors: clustered by state, and robust to exposure (by pair of powers). w̄ is the mean of the channel's
  own first five observed years.
- H2: diplomacy and security have more than a fifth of their shares at the floor, so the stack is fitted by the
  fractional quasi-likelihood; the instrument enters as a control function. ψ is ½, its prior's mean. Measurement draws
  are not in the interval.
- H4: effects of state and of year by channel.
- H5 and H6 rest on the assumed prior of φ, ρ and ψ. A power of several states sits in an organisation where more than
  half of them do. H6 takes the last five years with trade, diplomacy and institutions observed, and their mean as w.
- H7: the general sample, without the powers and members of the European Union; the wider one is a variant. Its interval
  is that of the wild cluster bootstrap. States under broad sanctions are not left out: the pack does not name them.
"""


def frame(thesis: Thesis) -> pl.DataFrame:
    """Return a row an estimate: hypothesis, kind (of :data:`KINDS`), name, estimate, low, high, smallest, rows, …"""
    rows = []
    for f in thesis.findings:
        for kind, found in zip(KINDS, ((f.primary,), f.secondary, f.variants, f.placebo), strict=True):
            rows += [(f.id, kind, e.name, e.estimate, e.low, e.high, f.smallest, e.rows, e.states,
                      *(e.years or (None, None)), e.status, e.reason) for e in found]
    schema = {"hypothesis": pl.String, "kind": pl.String, "name": pl.String, "estimate": pl.Float64,
              "low": pl.Float64, "high": pl.Float64, "smallest": pl.Float64, "rows": pl.Int64, "states": pl.Int64,
              "first": pl.Int64, "last": pl.Int64, "status": pl.String, "reason": pl.String}
    return pl.DataFrame(rows, orient="row", schema=schema).with_columns(pl.selectors.float().fill_nan(None))


def number(value: float) -> str:
    """A number to three digits; a dash where there is none.

    >>> number(0.123456), number(-12.3456), number(float("nan"))
    ('0.123', '−12.3', '–')
    """
    if not np.isfinite(value):
        return "–"
    return f"{value:.3g}".replace("-", "−")


def interval(e: Estimate) -> str:
    """The bounds, or why there are none."""
    return f"{number(e.low)} … {number(e.high)}" if np.isfinite(e.low) else e.status.replace("_", " ")


def span(e: Estimate) -> str:
    """The first and last year; a dash where there are none."""
    return f"{e.years[0]}–{e.years[1]}" if e.years else "–"


def page(thesis: Thesis, *, on: dt.date) -> str:
    """The page in Markdown."""
    rows = "\n".join(
        f"| {f.id} | {f.title} | {number(e.estimate)} | {interval(e)} | {number(f.smallest)} | {e.states} | "
        f"{span(e)} | {e.rows} | {f.reads} | {f.verdict} |" for f in thesis.findings for e in [f.primary])
    parts = [HEAD.format(date=on.isoformat(), rows=rows), *(_section(f) for f in thesis.findings),
             "## What the pack lacks\n\n" + "".join(f"- {m}\n" for m in thesis.missing)]
    told = thesis.provenance
    parts.append(f"Made with equipoise {told['equipoise']}, pack {told['pack']} ({told['pack_sha256'][:12]}).\n")
    return "\n".join(parts)


def _section(f: Finding) -> str:
    lines = [f"## {f.id}. {f.title}\n", f"Unit: {f.unit}; s = {number(f.smallest)}.\n"]
    if f.rests_on:
        told = "; ".join(f"{k.replace('_', ' ')} {number(v)}" for k, v in f.rests_on.items())
        lines.append(f"Rests on: {told}.\n")
    if f.concerns:
        lines += ["Would make the verdict undecidable already:\n", *(f"- {c}" for c in f.concerns), ""]
    if f.placebo_range:
        n, low, high = f.placebo_range
        lines.append(f"Of {n} placebo estimates the central 90 % lie in {number(low)} … {number(high)}.\n")
    table = [("primary", f.primary), *(("secondary", e) for e in f.secondary), *(("variant", e) for e in f.variants),
             *(("placebo", e) for e in f.placebo)]
    lines += ["| kind | | estimate | 90 % interval | states | years | rows |", "|---|---|---|---|---|---|---|"]
    for kind, e in table:
        cells = (kind, e.name, number(e.estimate), interval(e), str(e.states), span(e), str(e.rows))
        lines.append(f"| {' | '.join(cells)} |")
    why = _reasons([e for _, e in table])
    lines += ["", *why, "Not done: " + "; ".join(f.pending) + ".", ""]
    return "\n".join(lines)


def _reasons(found: Sequence[Estimate]) -> list[str]:
    failures = [f"- {e.name}: {e.reason}" for e in found if e.status != "done"]
    return ["Without a number:\n", *failures, ""] if failures else []
