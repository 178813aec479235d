"""The places of regions in several orders, side by side."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.setting import values
from equipoise.view.style import SPARE
from equipoise.view.words import Words

WIDTH, HEIGHT = 520, 250


def ranks(frame: pl.DataFrame, *, names: pl.DataFrame, words: Words) -> alt.LayerChart:
    """A line a region through its places: in the document, then in the order that each measure gives; 1 is on top.

    Parameters
    ----------
    frame
        region, document, measure, rank, year; a measure without values is left out.
    names
        region, name_en, name_zh, in the document's order.
    """
    called = {r["region"]: r[f"name_{words.lang}"] for r in names.to_dicts()}
    first = words.m.pick("priority", "document")
    known = frame.filter(pl.col("value").is_not_null())
    years = dict(known.select("measure", "year").unique().iter_rows())
    orders = [
        first,
        *(_head(m, years[m], words=words) for m in frame["measure"].unique(maintain_order=True) if m in years),
    ]
    rows: list[dict[str, Any]] = [
        {"region": called[r["region"]], "order": first, "rank": r["document"]}
        for r in frame.unique("region", maintain_order=True).to_dicts()
    ]
    rows += [
        {"region": called[r["region"]], "order": _head(r["measure"], r["year"], words=words), "rank": r["rank"]}
        for r in known.to_dicts()
    ]
    for place, order in enumerate(orders):  # lines that share a place are drawn a little apart
        here = [r for r in rows if r["order"] == order]
        for r in here:
            same = [s for s in here if s["rank"] == r["rank"]]
            r["at"] = float(r["rank"]) + 0.11 * (same.index(r) - (len(same) - 1) / 2)
            r["place"] = place
    x = alt.X(
        "order:N",
        title=words.m("axis_order_of"),
        scale=alt.Scale(domain=orders),
        axis=alt.Axis(labelAngle=0, labelLimit=130, domain=False, ticks=False),
    )
    y = alt.Y(
        "at:Q",
        title=words.m("axis_rank"),
        scale=alt.Scale(domain=[names.height + 0.4, 0.6], nice=False),
        axis=alt.Axis(values=list(range(1, names.height + 1)), format="d"),
    )
    colour = alt.Color(
        "region:N",
        title=None,
        legend=alt.Legend(columns=5),
        scale=alt.Scale(domain=[called[r] for r in names["region"]], range=list(SPARE[: names.height])),
    )
    base = alt.Chart(values(rows)).encode(x=x, y=y, color=colour)
    layers = [base.mark_line(strokeWidth=2.2), base.mark_circle(size=90, opacity=1)]
    return alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT)


def _head(measure: str, year: int, *, words: Words) -> str:
    return f"{words.m.pick('priority', measure)} {year}"
