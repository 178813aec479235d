"""The order of openings in words: by power, and beside what the article says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from equipoise.schema import StateReport
from equipoise.view.tables import Table
from equipoise.view.words import Words


def has_facts(report: StateReport) -> bool:
    """Whether dated facts are compiled for the state and these powers."""
    return report.openings.filter(pl.col("kind") == "fact").height > 0


def order(report: StateReport, *, words: Words) -> list[str]:
    """One line a power: the channels in the order of opening, those of one year together."""
    lines = []
    for power in report.powers:
        first = report.openings.filter(pl.col("power") == power).drop_nulls("order").sort("order", "date")
        steps = [_step(rows.to_dicts(), words=words) for _, rows in first.group_by("order", maintain_order=True)]
        if steps:
            semicolon = words.m("semicolon").join(steps)
            lines.append(words.m("openings_order", power=words.name(power), steps=semicolon))
    return lines


def claims(report: StateReport, *, words: Words) -> Table | None:
    """What the article says, the dates that bear on it, and the verdict with its reason; None without claims."""
    m = words.m
    rows = [
        [
            m.pick("opening_claim", r["claim"]),
            _dates(r, report=report, words=words),
            m.pick("verdict", r["verdict"]),
            m.pick("reason", r["reason"]),
        ]
        for r in report.opening_claims.to_dicts()
    ]
    heads = [m("head_claim"), m("head_dates"), m("head_verdict"), m("head_reason")]
    return Table(heads, rows, last=0) if rows else None


def table(report: StateReport, *, words: Words) -> Table:
    """Every opening with its place in the order, its date, what it was, and its source."""
    m = words.m
    titles = {str(r["source"]): str(r["title"]) for r in report.sources.to_dicts()}
    rows = [
        [
            words.name(str(r["power"])),
            m.pick("channel", str(r["channel"])),
            str(r["order"] or ""),
            _when(r, words=words),
            r[f"what_{words.lang}"] or r["what_en"],
            m.pick("opening_mark", "at_latest" if r["at_latest"] else str(r["kind"])),
            m("yes") if r["verified"] else m("no"),
            titles.get(str(r["source"])) or words.cited(r["source"]),
        ]
        for r in report.openings.to_dicts()
    ]
    head = [
        m("axis_power"),
        m("axis_channel"),
        m("head_order"),
        m("head_date"),
        m("head_what"),
        m("head_kind"),
        m("head_verified"),
        m("head_source"),
    ]
    return Table(head, rows, first=2, last=3)


def _step(rows: Sequence[dict[str, Any]], *, words: Words) -> str:
    names = words.join(_in_sentence(str(r["channel"]), words=words) for r in rows)
    given = {"place": rows[0]["order"], "channels": names, "year": rows[0]["date"].year}
    if all(r["at_latest"] for r in rows):
        return words.m("openings_step_latest", **given)
    if not any(r["verified"] for r in rows):
        return words.m("openings_step_memory", **given)
    return words.m("openings_step", **given)


def _dates(claim: dict[str, Any], *, report: StateReport, words: Words) -> str:
    """The first dates on both sides of a claim: channels with this power, or powers through these channels."""
    own = report.openings.filter(pl.col("power") == claim["power"])
    among = report.openings.filter(pl.col("channel").is_in(claim["channels"]))
    one = [_first(own, by="channel", value=c, words=words) for c in claim["one"]]
    powers = set(claim["other"]) <= set(report.powers)
    other = [
        _first(among if powers else own, by="power" if powers else "channel", value=o, words=words)
        for o in claim["other"]
    ]
    sides = [words.m("comma").join(side) for side in (one, other) if side]
    return words.m("semicolon").join(sides) or "–"


def _first(frame: pl.DataFrame, *, by: str, value: str, words: Words) -> str:
    rows = frame.filter(pl.col(by) == value).sort(pl.col("date").dt.year(), "kind", "date").to_dicts()
    name = words.name(value) if by == "power" else words.m.pick("channel", value)
    return words.m("openings_dated", name=name, date=_when(rows[0], words=words) if rows else "–")


def _in_sentence(channel: str, *, words: Words) -> str:
    name = words.m.pick("channel", channel)
    return name.lower() if words.lang == "en" else name


def _when(row: dict[str, Any], *, words: Words) -> str:
    n = words.n
    if row["precision"] == "year":
        year = row["date"].year
        return words.m("openings_year_latest", year=year) if row["at_latest"] else words.m("openings_year", year=year)
    return n.month(row["date"]) if row["precision"] == "month" else n.date(row["date"])
