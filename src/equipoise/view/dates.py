"""The figure of a report's key dates: events by kind on one time axis, with the list of them behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.view import tables
from equipoise.view.charts import lanes

if TYPE_CHECKING:
    from equipoise.view.figures import Draft, Figure


def figure(d: Draft) -> Figure:
    """The events of the years shown; the table has those before and after, too."""
    r = d.report
    return d.figure(
        "events",
        has=lanes.shown(r.events, since=r.since, until=r.until).height > 0,
        uses=("events",),
        draw=lambda: lanes.lanes(r.events, setting=d.setting),
        table=lambda: tables.events(r, words=d.words),
    )
