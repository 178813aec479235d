"""What the tests of the hypotheses found, as a page of text and as rows."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import polars as pl

from equipoise.pipeline.thesis_findings import TITLES
from equipoise.pipeline.thesis_tables import TOLD, Findings
from equipoise.view.thesis import KINDS, interval, label, number, reasons, verdict
from equipoise.view.words import Words, words

HEAD = """\
# The hypotheses, tested

**Dated {date}.** The [page of hypotheses](hypotheses.md) says what is estimated and which result leads to which
verdict; it was written before any of these estimates. This page is written by `equipoise test-thesis --out FILE.md`.
{standing}

Each estimate is written so that a positive value agrees with the article; s is the smallest effect of interest, the
interval is of 90 %.

| | hypothesis | estimate | 90 % interval | s | states | years | rows | power | Holm's level | verdict |
|---|---|---|---|---|---|---|---|---|---|---|
{rows}

## How the page was read where it leaves room

- H1 and H3, quick look: effects of state and of year are by channel, since the channels are stacked. The 90 % interval
  rests on the wider of two errors: clustered by state, and robust to exposure (by pair of powers). w̄ is the mean of the
  channel's own first five observed years.
- H2, quick look: diplomacy and security have more than a fifth of their shares at the floor, so the stack is fitted by
  the fractional quasi-likelihood; the instrument enters as a control function. ψ is ½, its prior's mean. Measurement
  draws are not in the interval.
- H4, quick look: effects of state and of year by channel.
- H5 and H6: the quick look rests on the assumed prior of φ, ρ and ψ. A power of several states sits in an organisation
  where more than half of them do. H6 takes the last five years with trade, diplomacy and institutions observed, and
  their mean as w.
- H7: the general sample, without the powers and members of the European Union; the wider one is a variant. The quick
  look's interval is that of the wild cluster bootstrap. States under broad sanctions are not left out: the pack does
  not name them. The control for oil is the log of its price by the share of fuels in exports, mean of 2009–2013, and
  apart by whether that share is unknown.
- An exporter of oil sells coal, crude oil and gas for over a tenth of its product, mean of 2005–2013. Who may be one
  but has flows that nobody reported is left out with them.
- Variants and placebos are made by the quick look. Placebo estimates of one hypothesis are judged together, beside the
  quick look's estimate; of fewer than 20 nothing is said. H2's permutations of pairs are 30, not 500.
"""

STANDING = {
    True: "The verdicts rest on the main estimators; the quick look by fixed effects stands beside them.",
    False: "No hypothesis has a verdict yet: only the quick look by fixed effects was made.",
}


def frame(tested: Findings) -> pl.DataFrame:
    """Return a row an estimate: the table ``thesis`` with the smallest effect of interest and the verdict."""
    return tested.thesis.join(tested.verdicts.select("hypothesis", "smallest", "verdict"), on="hypothesis", how="left")


def leading(tested: Findings) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Of every hypothesis its verdict and the estimate that stands for it: the main one, or else the quick look."""
    out = []
    for v in tested.verdicts.sort("hypothesis").to_dicts():
        own = tested.thesis.filter(pl.col("hypothesis") == v["hypothesis"], pl.col("kind").is_in(["main", "quick"]))
        out.append((v, own.sort("kind").row(0, named=True)))
    return out


def span(row: dict[str, Any]) -> str:
    """The first and last year; a dash where there are none."""
    return f"{row['first_year']}–{row['last_year']}" if row["first_year"] else "–"


def bounds(row: dict[str, Any], *, spoken: Words) -> str:
    """The interval, or why there is no estimate."""
    return interval(row["low"], row["high"], words=spoken) if row["estimate"] is not None else row["status"].replace(
        "_", " ")


def page(tested: Findings, *, on: dt.date) -> str:
    """The page in Markdown."""
    en = words("en")
    rows = "\n".join(
        f"| {v['hypothesis']} | {TITLES[v['hypothesis']][0]} | {number(e['estimate'])} | {bounds(e, spoken=en)} | "
        f"{number(v['smallest'])} | {e['states']} | {span(e)} | {e['rows']} | {number(v['power'])} | "
        f"{number(v['holm'])} | {verdict(v['verdict'], words=en)} |" for v, e in leading(tested))
    judged = tested.verdicts["verdict"].drop_nulls().len() > 0
    parts = [HEAD.format(date=on.isoformat(), rows=rows, standing=STANDING[judged]),
             *(_section(v, tested, spoken=en) for v, _ in leading(tested)), *_scores(tested.scores, spoken=en)]
    if tested.missing:
        parts.append("## What the pack lacks\n\n" + "".join(f"- {m}\n" for m in tested.missing))
    told = tested.provenance
    parts.append(f"Made with equipoise {told['equipoise']}, pack {told['pack']} ({told['pack_sha256'][:12]}).\n")
    return "\n".join(parts)


def _section(v: dict[str, Any], tested: Findings, *, spoken: Words) -> str:
    h = v["hypothesis"]
    lines = [f"## {h}. {TITLES[h][0]}\n", f"Unit: {v['unit']}; s = {number(v['smallest'])}. "
             f"Verdict: {verdict(v['verdict'], words=spoken)}.\n"]
    if told := [r["params"] for r in json.loads(v["reasons"]) if r["code"] == TOLD]:
        lines.append("Rests on: " + "; ".join(f"{k.replace('_', ' ')} {number(x)}" for k, x in told[0].items()) + ".\n")
    if why := reasons(v["reasons"], words=spoken):
        lines += ["Reasons and what was not checked:\n", *(f"- {c}" for c in why), ""]
    if v["placebo_count"]:
        lines.append(f"Of {v['placebo_count']} placebo estimates the central 90 % lie in "
                     f"{interval(v['placebo_low'], v['placebo_high'], words=spoken)}.\n")
    lines += ["| kind | | estimate | 90 % interval | states | years | rows |", "|---|---|---|---|---|---|---|"]
    own = tested.thesis.filter(pl.col("hypothesis") == h).to_dicts()
    own.sort(key=lambda e: KINDS.index(e["kind"]))
    for e in own:
        cells = (e["kind"], label(e["name"], words=spoken), number(e["estimate"]), bounds(e, spoken=spoken),
                 str(e["states"]), span(e), str(e["rows"]))
        lines.append(f"| {' | '.join(cells)} |")
    failures = [f"- {label(e['name'], words=spoken)}: {e['reason']}" for e in own if e["status"] != "done"]
    return "\n".join([*lines, "", *(["Without a number:\n", *failures, ""] if failures else [])])


def _scores(scores: pl.DataFrame, *, spoken: Words) -> list[str]:
    if not scores.height:
        return []
    head = ["## Scores on held-out years\n", "A year ahead. The gain in log score is over persistence; lower CRPS is "
            "better.\n", "| trained to | channel | model | log score | gain | its error | CRPS | state-years |",
            "|---|---|---|---|---|---|---|---|"]
    columns = ("log_score", "log_score_gain", "gain_se", "crps", "n")
    rows = [f"| {r['trained_to']} | {r['channel']} | {spoken.m.pick('forecast_model', r['model'])} | "
            f"{' | '.join(number(r[c]) for c in columns)} |" for r in scores.to_dicts()]
    return ["\n".join([*head, *rows, ""])]
