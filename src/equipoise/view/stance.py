"""Stances in the terminal: a table of rungs and powers, and under it each power's reasons and what is coded."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from equipoise.assemble.crisis_keys import RUNGS
from equipoise.view.terminal import sourced
from equipoise.view.words import Words, words

STRONG, NOTED = 0.5, 0.15
"""Logits from which a reason weighs, and from which it is told."""


def told(
    frame: pl.DataFrame,
    *,
    reasons: pl.DataFrame,
    coded: pl.DataFrame,
    events: pl.DataFrame | None,
    left_out: bool,
    title: str,
    sources: Sequence[str],
    lang: str,
) -> RenderableType:
    """The distribution of each power over the ladder, its reasons with sign and size, what it did; dated events."""
    spoken = words(lang)
    m = spoken.m
    parts: list[RenderableType] = [Text(title, style="bold"), Text(m("stance_without" if left_out else "stance_own"))]
    for outcome in frame["outcome"].unique(maintain_order=True):
        parts += [
            Text(""),
            Text(m.pick("stance_outcome", outcome), style="bold"),
            _ladder(frame.filter(outcome=outcome), spoken),
        ]
    for power in frame["power"].unique(maintain_order=True):
        parts += [Text(""), Text(spoken.name(power), style="bold"), _why(reasons.filter(power=power), spoken)]
        parts += [_did(row, spoken) for row in coded.filter(power=power).iter_rows(named=True)]
    if events is not None:
        parts += [Text(""), Text(m("stance_events"), style="bold"), sourced(events, spoken)]
    parts += [Text(""), Text(m("stance_unit")), Text(m("source_line", sources="; ".join(sources)))]
    return Group(*parts)


def _ladder(rows: pl.DataFrame, spoken: Words) -> Table:
    powers = rows["power"].unique(maintain_order=True).to_list()
    made = Table(header_style="bold", box=None, pad_edge=False)
    made.add_column(spoken.m("rung_title"))
    for power in powers:
        made.add_column(spoken.name(power), justify="right")
    by = {(r["power"], r["rung"]): r for r in rows.iter_rows(named=True)}
    best = {p: max((by[p, r]["probability"], r) for r in RUNGS)[1] for p in powers}
    for rung in reversed(RUNGS):
        cells = [
            Text(
                f"{by[p, rung]['probability']:.0%}{' ◆' if by[p, rung]['coded'] else '  '}",
                style="bold" if best[p] == rung else "",
            )
            for p in powers
        ]
        made.add_row(spoken.m.pick("rung", rung), *cells)
    return made


def _why(rows: pl.DataFrame, spoken: Words) -> Table:
    """The reasons, the strongest first; those too small to matter are left to the files."""
    made = Table(box=None, pad_edge=False, show_header=False)
    strong = rows.sort(pl.col("effect").abs(), descending=True).filter(pl.col("effect").abs() >= NOTED)
    for row in strong.iter_rows(named=True):
        sign = (
            "++" if row["effect"] >= STRONG else "+" if row["effect"] > 0 else "−−" if row["effect"] <= -STRONG else "−"
        )
        size = f"{row['effect']:+.2f} ({row['low']:+.2f} … {row['high']:+.2f})".replace("-", "−")
        made.add_row(sign, spoken.m.pick("stance_reason", row["reason"]), size)
    return made


def _did(row: dict[str, str | None], spoken: Words) -> Text:
    m = spoken.m
    if row["first"] is None:
        return Text("")
    steps = [m.pick("rung", str(row["first"])), m.pick("rung", str(row["firmest"]))]
    what = row["what_zh"] if spoken.lang == "zh" and row["what_zh"] else row["what"]
    return Text(m("stance_did", steps=" → ".join(dict.fromkeys(steps)), what=what or "", source=row["source"] or ""))
