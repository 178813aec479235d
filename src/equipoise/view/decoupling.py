"""What losing each power would cost, as a table of a report."""

from __future__ import annotations

from equipoise.schema import StateReport
from equipoise.view.tables import Table
from equipoise.view.words import Words

DIGITS = 2
"""Of per cent, of the state's losses; a power's are smaller by a hundred times or so and get two more."""


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
