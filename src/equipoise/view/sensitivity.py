"""What a report says of the components of rivalry and of the structure of the system, in sentences and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from equipoise.schema import StateReport
from equipoise.view.tables import Table, blocs_by_year, wide
from equipoise.view.words import Words


@dataclass(frozen=True, slots=True)
class Weightiest:
    """The component that matters most, the mean change without it, and the mean of order stress, over the years."""

    component: str
    change: float
    mean: float
    since: int
    until: int


def weightiest(report: StateReport) -> Weightiest | None:
    """The component without which order stress differs most, by the mean of the size of the change.

    Over the years in which each component can be left out; None where there is none.
    """
    each = report.left_out.select("year", "component", "stress").drop_nulls()
    each = each.join(report.order.select("year", whole="stress"), on="year")
    each = each.filter(pl.len().over("year") == each["component"].n_unique())
    if not each.height:
        return None
    change = (pl.col("stress") - pl.col("whole")).abs().mean().alias("change")
    ranked = each.group_by(pl.col("component").cast(pl.String)).agg(change, mean=pl.col("whole").mean())
    first = ranked.sort("change", "component", descending=[True, False]).row(0, named=True)
    years = each["year"].to_list()
    return Weightiest(first["component"], first["change"], first["mean"], min(years), max(years))


def on_components(report: StateReport, *, words: Words) -> str:
    """One sentence: which component of rivalry matters most to order stress; empty where none can be left out."""
    found = weightiest(report)
    if found is None:
        return ""
    return words.m(
        "matters_most",
        component=words.m.pick("component", found.component),
        change=words.n.index(found.change, digits=3),
        since=found.since,
        until=found.until,
        mean=words.n.index(found.mean, digits=3),
    )


def on_agreement(report: StateReport, *, words: Words) -> str:
    """One sentence: in how many years the deepest split is that of order stress; empty where none is known."""
    known = report.order["agrees"].drop_nulls()
    return words.m("same_split", count=known.sum(), years=known.len()) if known.len() else ""


def structure(report: StateReport, *, words: Words) -> Table:
    """Frustration and depth with intervals and ranges, number of minima, blocs, and whether order stress agrees."""
    m, n = words.m, words.n
    sides = blocs_by_year(report.order_blocs, column="deepest")
    rows = []
    for r in report.order.sort("year").to_dicts():
        cells = [
            text
            for name in ("frustration", "depth")
            for text in (
                n.index(r[name], digits=3),
                n.interval(r[f"{name}_low"], r[f"{name}_high"]),
                n.interval(r[f"{name}_without_low"], r[f"{name}_without_high"]),
            )
        ]
        agrees = "–" if r["agrees"] is None else m("yes") if r["agrees"] else m("no")
        blocs = (words.names(s) or "–" for s in sides.get(r["year"], ([], [])))
        rows.append([str(r["year"]), *cells, n.whole(r["minima"]), *blocs, agrees])
    spans = [m("head_interval"), m("head_without")]
    head = [m("axis_year"), m("head_frustration"), *spans, m("head_depth"), *spans, m("head_minima")]
    return Table([*head, m("bloc", number=1), m("bloc", number=2), m("head_agrees")], rows, last=8)


def rivalry(report: StateReport, *, words: Words) -> Table:
    """Pooled rivalry by pair with its interval and range; its components are in the machine-readable output."""
    pooled = report.rivalry.filter(pl.col("component").cast(pl.String) == "pooled").sort("year", maintain_order=True)
    cells = pooled.with_columns(cell=pl.struct("value", "low", "high", "without_low", "without_high"))

    def write(cell: dict[str, Any] | None) -> str:
        if cell is None or cell["value"] is None:
            return "–"
        bounds = [words.n.interval(cell[a], cell[b]) for a, b in (("low", "high"), ("without_low", "without_high"))]
        return f"{words.n.index(cell['value'])} ({words.m('semicolon').join(bounds)})"

    return wide(cells, by=["power_a", "power_b"], value="cell", write=write, words=words)
