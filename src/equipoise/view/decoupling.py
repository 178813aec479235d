"""What losing each power would cost, as a figure of a report and the table behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.schema import StateReport
from equipoise.view.charts import decoupling
from equipoise.view.tables import Table
from equipoise.view.words import Words

if TYPE_CHECKING:
    from equipoise.view.figures import Draft, Figure

DIGITS = 2
"""Of per cent, of the state's losses; a power's are smaller by a hundred times or so and get two more."""


def figure(d: Draft) -> Figure:
    """The losses over the years."""
    return d.figure("decoupling", has=True, uses=("decoupling",), table=lambda: table(d.report, words=d.words),
                    draw=lambda: decoupling.over_time(d.report.decoupling, setting=d.setting))


def table(report: StateReport, *, words: Words) -> Table:
    """Losses of the state and of each power by year, with their intervals."""
    m, n = words.m, words.n
    dash = "–" if words.lang == "en" else "～"

    def span(low: float | None, high: float | None, digits: int) -> str:
        return n.share(low, digits=digits) + dash + n.share(high, digits=digits)

    head = [m("axis_year"), m("head_partner"), m("head_loss"), m("head_loss_interval"), m("head_power_loss"),
            m("head_loss_interval")]
    rows = [
        [
            str(r["year"]),
            words.name(r["power"]),
            n.share(r["loss"], digits=DIGITS),
            span(r["low"], r["high"], DIGITS),
            n.share(r["power_loss"], digits=DIGITS + 2),
            span(r["power_low"], r["power_high"], DIGITS + 2),
        ]
        for r in report.decoupling.sort("year", "power").to_dicts()
    ]
    return Table(head, rows, first=2)
