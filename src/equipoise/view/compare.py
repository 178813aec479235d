"""Several states side by side as one self-contained HTML page: the same figures, computed the same way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt
import polars as pl
from markupsafe import Markup

from equipoise.errors import UsageError
from equipoise.schema import StateReport
from equipoise.view.charts import compare as charts
from equipoise.view.charts import order
from equipoise.view.charts.setting import Setting, marks_of
from equipoise.view.figures import source_line
from equipoise.view.formats import NOTHING
from equipoise.view.headline import facts, headline, tiles
from equipoise.view.report import page, provenance, sources
from equipoise.view.svg import inline
from equipoise.view.tables import Table, trimmed
from equipoise.view.terminal import falls_to
from equipoise.view.words import Words, words

PANELS_A_PAGE = 6
"""States in one drawing, so that none is cut between printed pages."""


_ENGAGED = ("trade", "diplomacy", "security", "institutions")
USES = {
    "leeway": (*_ENGAGED, "order", "rivalry", "leverage"),
    "multi_vector": _ENGAGED,
    "engagement": _ENGAGED,
    "order": ("order", "rivalry"),
    "trade": ("trade", "economy"),
    "growth": ("economy",),
}
"""What a source must be used for to stand under a figure."""


@dataclass(frozen=True, slots=True)
class _Drafts:
    reports: Sequence[StateReport]
    words: Words
    setting: Setting

    def drawing(
        self,
        key: str,
        *,
        frames: dict[str, pl.DataFrame],
        draw: Callable[[dict[str, pl.DataFrame]], Any],
        table: Table | None = None,
    ) -> dict[str, Any]:
        m = self.words.m
        caption = m(f"compare_caption.{key}")
        states = list(frames)
        text = m("alt_text", caption=caption, since=self.setting.since, until=self.setting.until)
        made = []
        for i in range(0, len(states), PANELS_A_PAGE):
            part = {s: frames[s] for s in states[i : i + PANELS_A_PAGE]}
            made.append(Markup(inline(draw(part), key=f"{key}{i}", alt_text=text, lang=self.words.lang)))
        return {
            "key": key,
            "caption": caption,
            "drawings": made,
            "empty": "" if made else m("compare_empty"),
            "sources": source_line(self.reports[0], uses=USES[key], words=self.words),
            "table": table,
        }


def render_compare(reports: Sequence[StateReport], *, lang: str = "en") -> str:
    """Return the comparison as one HTML page.

    Raises
    ------
    UsageError
        There are no reports, or there is none in that language.
    """
    if not reports:
        raise UsageError("there is nothing to compare.", hint="Name two or more states.")
    spoken = words(lang)
    drafts = _Drafts(reports, spoken, _setting(reports, words=spoken))
    figures = [f | {"number": i} for i, f in enumerate(_figures(drafts), start=1)]
    return page(
        "compare.html.j2",
        words=spoken,
        first=reports[0],
        states=spoken.join(spoken.name(r.state) for r in reports),
        count=len(reports),
        table=headline_table(reports, words=spoken),
        figures=figures,
        told=[(spoken.name(r.state), headline(r, words=spoken)) for r in reports],
        sources=_sources(reports, words=spoken),
        provenance=provenance(reports[0], words=spoken),
        parameters=reports[0].assumptions.get("parameters", "assumed"),
    )


def headline_table(reports: Sequence[StateReport], *, words: Words) -> Table:
    """The key figures, one row a state."""
    made = [tiles(r, words=words) for r in reports]
    first, *others = made[0]
    head = [
        words.m("head_state"),
        words.m("head_year"),
        first.label,
        words.m("head_interval"),
        *(t.label for t in others),
        words.m("panel_falls_to"),
    ]
    rows = [
        [
            words.name(r.state),
            str(r.year or NOTHING),
            own.value,
            _interval(r, words=words),
            *(t.value for t in rest),
            falls_to(r, words=words),
        ]
        for r, (own, *rest) in zip(reports, made, strict=True)
    ]
    return Table(head, rows, last=0)


def _interval(report: StateReport, *, words: Words) -> str:
    row = facts(report).leeway
    return words.n.interval(row["low"], row["high"]) if row else NOTHING


def _setting(reports: Sequence[StateReport], *, words: Words) -> Setting:
    since, until = min(r.since for r in reports), max(r.until for r in reports)
    events = pl.concat([r.events for r in reports]).unique("id", keep="first", maintain_order=True)
    # Events of one state alone would clutter the panels of the others.
    everywhere = [set(r.events["id"]) for r in reports]
    shared = events.filter(pl.col("id").is_in(list(set.intersection(*everywhere))))
    return Setting(
        words=words,
        powers=reports[0].powers,
        since=since,
        until=until,
        marks=marks_of(shared, since=since, until=until, words=words),
    )


def _figures(d: _Drafts) -> list[dict[str, Any]]:
    m, setting = d.words.m, d.setting
    return [
        _lines(d, "leeway", "leeway", value="value", title=m("axis_leeway"), domain=(0, 1), band=("low", "high")),
        _lines(
            d,
            "multi_vector",
            "multi_vector",
            value="index",
            title=m("axis_index"),
            domain=(0, 1),
            band=("index_low", "index_high"),
        ),
        d.drawing(
            "engagement",
            frames=_with(d.reports, "engagement", "share"),
            draw=lambda part: charts.engagement(part, setting=setting),
        ),
        _order(d),
        _lines(d, "trade", "trade_summary", value="dependence", title=m("axis_dependence"), number="%"),
        _lines(d, "growth", "economy", value="growth_pct", title=m("axis_growth")),
    ]


def _lines(
    d: _Drafts,
    key: str,
    attribute: str,
    *,
    value: str,
    title: str,
    domain: tuple[float, float] | None = None,
    band: tuple[str, str] | None = None,
    number: str = "",
) -> dict[str, Any]:
    def draw(part: dict[str, pl.DataFrame]) -> alt.VConcatChart:
        return charts.lines(part, setting=d.setting, value=value, title=title, domain=domain, band=band, number=number)

    frames = {
        s: f.sort("year").unique("year", keep="last", maintain_order=True)
        for s, f in _with(d.reports, attribute, value).items()
    }
    return d.drawing(
        key, frames=frames, draw=draw, table=_by_state(frames, value=value, percent=number == "%", words=d.words)
    )


def _order(d: _Drafts) -> dict[str, Any]:
    first = next((r for r in d.reports if r.order["stress"].drop_nulls().len()), None)
    if first is None:
        return d.drawing("order", frames={}, draw=lambda _: None)
    setting = replace(d.setting, powers=first.powers)
    return d.drawing(
        "order",
        frames={first.state: first.order},
        draw=lambda _: order.order(first.order, first.order_blocs, setting=setting),
    )


def _by_state(frames: dict[str, pl.DataFrame], *, value: str, percent: bool, words: Words) -> Table | None:
    if not frames:
        return None
    cells = {(s, r["year"]): r[value] for s, f in frames.items() for r in f.to_dicts()}
    years = sorted({y for _, y in cells})
    write = words.n.share if percent else words.n.index
    return trimmed(
        Table(
            [words.m("axis_year"), *(words.name(s) for s in frames)],
            [[str(y), *(write(cells.get((s, y))) for s in frames)] for y in years],
        )
    )


def _with(reports: Sequence[StateReport], attribute: str, column: str) -> dict[str, pl.DataFrame]:
    frames = {r.state: getattr(r, attribute) for r in reports}
    return {s: f for s, f in frames.items() if f[column].drop_nulls().len()}


def _sources(reports: Sequence[StateReport], *, words: Words) -> list[dict[str, str]]:
    rows = {row["title"]: row for r in reports for row in sources(r, words=words)}
    return list(rows.values())
