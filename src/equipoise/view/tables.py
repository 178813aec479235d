"""Frames as small tables of text, so that the figures behind a chart can be read and copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from equipoise.schema import OUTSIDE, StateReport
from equipoise.view.formats import NOTHING
from equipoise.view.words import Words

Column = tuple[str, str, Callable[[Any], str]]
"""A column of a frame, its head, and how its values are written."""


@dataclass(frozen=True, slots=True)
class Table:
    """Column heads and rows of text; the columns from ``first`` to before ``last`` hold numbers."""

    head: list[str]
    rows: list[list[str]]
    first: int = 1
    last: int = 99


def by_year(frame: pl.DataFrame, *, columns: Sequence[Column], words: Words) -> Table:
    """One row a year.

    Parameters
    ----------
    columns
        Column, head, and how its values are written.
    """
    rows = [[str(r["year"]), *(write(r[c]) for c, _, write in columns)] for r in frame.sort("year").to_dicts()]
    return Table([words.m("axis_year"), *(head for _, head, _ in columns)], rows)


def wide(frame: pl.DataFrame, *, by: Sequence[str], value: str, write: Callable[[Any], str], words: Words) -> Table:
    """One row a year, one column a power or pair of powers."""

    def head(codes: Sequence[str]) -> str:
        return words.pair(*codes) if len(codes) == 2 else words.name(codes[0])

    cells = {(r["year"], tuple(str(r[b]) for b in by)): r[value] for r in frame.to_dicts()}
    keys = list(dict.fromkeys(k for _, k in cells))
    keys.sort(key=lambda k: k[0] == OUTSIDE)
    years = sorted({y for y, _ in cells})
    return Table(
        [words.m("axis_year"), *(head(k) for k in keys)],
        [[str(y), *(write(cells.get((y, k))) for k in keys)] for y in years],
    )


def engagement(report: StateReport, *, words: Words) -> Table:
    """Share of each option with its interval."""
    n = words.n
    rows = report.engagement.filter(pl.col("share").is_not_null()).with_columns(cell=pl.struct("share", "low", "high"))

    def write(cell: dict[str, float | None] | None) -> str:
        if cell is None:
            return n.share(None)
        if cell["low"] is None or cell["high"] is None:
            return n.share(cell["share"], digits=1)
        return f"{n.share(cell['share'], digits=1)} ({n.share(cell['low'])}–{n.share(cell['high'])})"

    return wide(rows, by=["option"], value="cell", write=write, words=words)


def multi_vector(report: StateReport, *, words: Words) -> Table:
    """The index, its interval and its parts; straddle, equidistance and the first hedging score with their ranges."""
    m, n = words.m, words.n
    columns: list[Column] = [
        ("index", m.pick("index", "index"), n.index),
        ("index_low", m("head_low"), n.index),
        ("index_high", m("head_high"), n.index),
    ]
    columns += [(c, m.pick("index", c), n.index) for c in ("spread", "issue_splitting", "straddle")]
    columns += [
        ("straddle_low", m("head_straddle_low"), n.index),
        ("straddle_high", m("head_straddle_high"), n.index),
        ("straddle_without_low", m("head_without_low"), n.index),
        ("straddle_without_high", m("head_without_high"), n.index),
        ("equidistance", m.pick("index", "equidistance"), n.index),
        ("equidistance_low", m("head_equidistance_low"), n.index),
        ("equidistance_high", m("head_equidistance_high"), n.index),
        ("equidistance_without_low", m("head_without_low"), n.index),
        ("equidistance_without_high", m("head_without_high"), n.index),
        ("hedging", m.pick("index", "hedging"), n.index),
        ("hedging_low", m("head_hedging_low"), n.index),
        ("hedging_high", m("head_hedging_high"), n.index),
        ("hedging_without_low", m("head_without_low"), n.index),
        ("hedging_without_high", m("head_without_high"), n.index),
    ]
    return by_year(report.multi_vector, columns=columns, words=words)


def order(report: StateReport, *, words: Words) -> Table:
    """Stress, its interval, its range without a component, and the two blocs."""
    m, n = words.m, words.n
    sides = blocs_by_year(report.order_blocs, column="bloc")
    rows = [
        [
            str(r["year"]),
            n.index(r["stress"], digits=3),
            n.interval(r["low"], r["high"], digits=3),
            n.interval(r["stress_without_low"], r["stress_without_high"], digits=3),
            *(words.names(s) or "–" for s in sides.get(r["year"], ([], []))),
        ]
        for r in report.order.sort("year").to_dicts()
    ]
    head = [m("axis_year"), m("head_stress"), m("head_interval"), m("head_without")]
    return Table([*head, m("bloc", number=1), m("bloc", number=2)], rows)


def blocs_by_year(frame: pl.DataFrame, *, column: str) -> dict[int, tuple[list[str], list[str]]]:
    """The powers of bloc 1 and of bloc 2 by year."""
    sides: dict[int, tuple[list[str], list[str]]] = {}
    for r in frame.filter(pl.col(column).is_not_null()).to_dicts():
        sides.setdefault(r["year"], ([], []))[int(r[column]) - 1].append(str(r["power"]))
    return sides


def leeway(report: StateReport, *, words: Words) -> Table:
    """Leeway, its interval, where the policy falls and why."""
    m, n = words.m, words.n
    columns: list[Column] = [
        ("value", m("head_leeway"), n.index),
        ("low", m("head_low"), n.index),
        ("high", m("head_high"), n.index),
        ("without_low", m("head_without_low"), n.index),
        ("without_high", m("head_without_high"), n.index),
        ("falls_to", m("panel_falls_to"), words.name),
        ("falls_to_power", m("head_falls_power"), words.name),
        ("cause", m("head_cause"), lambda c: m.pick("cause", str(c)) if c else "–"),
        ("not_stable", m("head_not_stable"), n.share),
    ]
    return by_year(report.leeway, columns=columns, words=words)


def leeway_pairs(report: StateReport, *, words: Words) -> Table:
    """Leeway by pair and year."""
    return wide(
        report.leeway_pairs.sort("year"), by=["power_a", "power_b"], value="value", write=words.n.index, words=words
    )


def strategies(report: StateReport, *, words: Words) -> Table:
    """Share of each strategy with its interval, and the power that it is towards or against."""
    m, n = words.m, words.n
    rows: dict[int, list[str]] = {}
    names = list(dict.fromkeys(report.strategies["strategy"]))
    for r in report.strategies.sort("year", maintain_order=True).to_dicts():
        cell = f"{n.share(r['share'], digits=1)} ({n.share(r['low'])}–{n.share(r['high'])})"
        rows.setdefault(r["year"], [str(r["year"]), words.name(r["power"])]).append(cell)
    head = [m("axis_year"), m("head_most_leverage"), *(m.pick("strategy", s) for s in names)]
    return Table(head, list(rows.values()), first=2)


def trade(report: StateReport, *, words: Words, titles: dict[str, str]) -> Table:
    """Exports, imports and share of each partner, with the source of every row."""
    m, n = words.m, words.n
    head = [
        m("axis_year"),
        m("head_partner"),
        m("head_exports"),
        m("head_imports"),
        m("head_share"),
        m("head_source"),
        m("head_note"),
    ]
    rows = [
        [
            str(r["year"]),
            words.name(str(r["partner"])),
            n.whole(r["exports_musd"]),
            n.whole(r["imports_musd"]),
            n.share(r["share"], digits=1),
            titles.get(str(r["source"]), str(r["source"] or "–")),
            m.pick("note", r["note"]) if r["note"] else "",
        ]
        for r in report.trade.to_dicts()
    ]
    return Table(head, rows, first=2, last=5)


def document_shares(report: StateReport, *, words: Words) -> Table:
    """The shares that the article gives."""
    m, n = words.m, words.n
    rows = [
        [
            n.month(r["date"]),
            words.name(str(r["power"])),
            n.share(r["share"], digits=1),
            str(r["document"]),
            str(r["place"] or ""),
        ]
        for r in report.document_shares.to_dicts()
    ]
    return Table(
        [m("head_date"), m("head_partner"), m("head_share"), m("head_document"), m("head_place")], rows, first=2, last=3
    )


def trade_summary(report: StateReport, *, words: Words, titles: dict[str, str]) -> Table:
    """Total trade, dependence and concentration."""
    m, n = words.m, words.n
    columns: list[Column] = [
        ("total_musd", m("head_total"), n.whole),
        ("dependence", m("panel_dependence"), n.share),
        ("hhi", m("panel_hhi"), n.index),
        ("partners", m("head_partners"), n.whole),
        ("source", m("head_source"), lambda s: titles.get(str(s), str(s or "–"))),
    ]
    return by_year(report.trade_summary, columns=columns, words=words)


def economy(report: StateReport, *, words: Words) -> Table:
    """Output, growth, population, and the price of oil."""
    m, n = words.m, words.n
    columns: list[Column] = [
        ("gdp_2015usd", m("head_gdp"), n.usd),
        ("growth_pct", m("axis_growth"), lambda v: n.index(v, digits=1)),
        ("population", m("head_population"), n.amount),
        ("oil_usd_bbl", m("axis_oil"), lambda v: n.index(v, digits=1)),
    ]
    return by_year(report.economy, columns=columns, words=words)


def distance(report: StateReport, *, words: Words) -> Table:
    """Distance to each power by year."""
    return wide(report.distance.sort("year"), by=["power"], value="distance", write=words.n.index, words=words)


def organisations(report: StateReport, *, words: Words) -> Table:
    """Every spell with the source of its dates."""
    m, n = words.m, words.n
    head = [
        m("head_organisation"),
        m("head_code"),
        m("head_kind"),
        m("head_from"),
        m("head_to"),
        m("head_verified"),
        m("head_source"),
    ]
    rows = [
        [
            r[f"name_{words.lang}"] or r["name_en"] or r["organisation"],
            r["organisation"],
            m.pick("kind", str(r["kind"])),
            n.date(r["start"]),
            n.date(r["end"]),
            m("yes") if r["verified"] else m("no"),
            words.cited(r["source"]),
        ]
        for r in report.organisations.to_dicts()
    ]
    return Table(head, rows, last=0)


def tiers(report: StateReport, *, words: Words) -> Table:
    """Each state's tier, the bodies that put it there, and how near it lies, the nearest first."""
    m = words.m
    rows = [
        [
            words.name(str(r["state"])),
            str(r["tier"]),
            (r["because"] or "–").replace(";", ", "),
            m("yes") if r["border"] else m("no"),
            words.n.whole(r["capital_km"]),
        ]
        for r in report.tiers.to_dicts()
    ]
    return Table([m("head_state"), m("head_tier"), m("head_because"), m("head_border"), m("head_capital_km")], rows,
                 first=4, last=5)


def lean(report: StateReport, *, words: Words) -> Table:
    """The power to which each state of the region leans."""
    m, n = words.m, words.n
    rows = [
        [
            words.name(str(r["state"])),
            words.name(r["power"]),
            n.share(r["share"]),
            n.share(r["margin"]),
            str(r["year"] or "–"),
        ]
        for r in report.lean.sort("state").to_dicts()
    ]
    return Table([m("head_state"), m("head_leans"), m("head_share"), m("head_margin"), m("axis_year")], rows, first=2)


def pair_bars(now: pl.DataFrame, *, words: Words) -> Table:
    """Leeway by pair in the headline year."""
    m, n = words.m, words.n
    rows = [
        [
            words.pair(str(r["power_a"]), str(r["power_b"])),
            n.index(r["value"]),
            n.interval(r["low"], r["high"]),
            n.index(r["mean"]),
        ]
        for r in now.to_dicts()
    ]
    return Table([m("axis_pair"), m("head_leeway"), m("head_interval"), m("head_mean")], rows)


def dated(day: date, *, precision: str | None, words: Words) -> str:
    """A day, or only the month or year of it that is known."""
    if precision == "year":
        return str(day.year)
    return words.n.month(day) if precision == "month" else words.n.date(day)


def when(day: date, *, end: date | None, precision: str | None, words: Words) -> str:
    """A day, month or year, and until when, where it lasts longer."""
    start = dated(day, precision=precision, words=words)
    return start if end in (None, day) else words.m("from_to", start=start, end=words.n.date(end))


def events(report: StateReport, *, words: Words) -> Table:
    """The dated events with their sources."""
    m = words.m
    rows = [
        [when(r["date"], end=r["end"], precision=r.get("precision"), words=words),
         r[f"title_{words.lang}"] or r["title_en"], words.cited(r["source"])]
        for r in report.events.sort("date").to_dicts()
    ]
    return Table([m("head_date"), m("head_event"), m("head_source")], rows, last=0)


def leaders(report: StateReport, *, words: Words) -> Table:
    """Who led the state, from when to when."""
    m, n = words.m, words.n
    rows = [[str(r["leader"]), n.date(r["start"]), n.date(r["end"])] for r in report.leaders.sort("start").to_dicts()]
    return Table([m("head_leader"), m("head_from"), m("head_to")], rows, last=0)


def trimmed(table: Table) -> Table:
    """The table without rows that hold no value."""
    return Table(table.head, [r for r in table.rows if any(c != NOTHING for c in r[1:])], table.first, table.last)
