"""The figures of a report: chart, caption, sources, and the table behind each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import altair as alt
import polars as pl
from altair.utils.schemapi import debug_mode

from equipoise.schema import StateReport
from equipoise.view import dates, decoupling, sensitivity, stance_page, tables
from equipoise.view import openings as opening_words
from equipoise.view import thesis as thesis_words
from equipoise.view.charts import distance, engagement, leeway, order, organisations, strategy, tiers, trade
from equipoise.view.charts import map as region_map
from equipoise.view.charts import openings as opening_chart
from equipoise.view.charts import thesis as thesis_chart
from equipoise.view.charts.setting import Setting, marks_of
from equipoise.view.headline import one_sided_pairs, ranked_pairs
from equipoise.view.svg import inline
from equipoise.view.tables import Table
from equipoise.view.words import Words

_ENGAGED = ("trade", "diplomacy", "security", "institutions", "rivalry")
_GDP = "world_bank"
"""The source of the output that trade is set against."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart as it stands on the page; without drawings, ``empty`` says why there is none."""

    key: str
    caption: str
    sources: str
    drawings: tuple[str, ...] = ()
    table: Table | None = None
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a report's figures are made with."""

    report: StateReport
    words: Words
    setting: Setting
    titles: dict[str, str]

    def figure(
        self,
        key: str,
        *,
        has: bool,
        draw: Callable[[], alt.TopLevelMixin | Sequence[alt.TopLevelMixin]],
        table: Callable[[], Table],
        uses: tuple[str, ...] = (),
        ids: tuple[pl.Series, ...] = (),
        note: str = "",
    ) -> Figure:
        """Draw one figure, or say that there are no data for it.

        Parameters
        ----------
        uses
            What a source must be used for to stand under the figure.
        ids
            Columns with ids of sources that stand under it too.
        note
            A sentence that follows the caption.
        """
        m, state = self.words.m, self.words.said(self.report.state)
        caption, sources = m(f"caption.{key}", state=state), self.sources(uses=uses, ids=ids)
        if note:
            caption = m("sentences", one=caption, other=note)
        if not has:
            return Figure(key, caption, "", empty=m(f"empty.{key}", state=state))
        # Altair would check every part against its schema while it is put together; the tests do that.
        with debug_mode(False):
            made = draw()
        text = m("alt_text", caption=caption, since=self.report.since, until=self.report.until)
        drawings = tuple(
            inline(c, key=f"{key}{i}", alt_text=text, lang=self.words.lang)
            for i, c in enumerate(made if isinstance(made, Sequence) else [made])
        )
        return Figure(key, caption, sources, drawings, table())

    def sources(self, *, uses: tuple[str, ...], ids: tuple[pl.Series, ...] = ()) -> str:
        """The sources behind a figure, in the order of the table of sources."""
        return source_line(self.report, uses=uses, ids=ids, words=self.words)


def source_line(report: StateReport, *, uses: tuple[str, ...], ids: tuple[pl.Series, ...] = (), words: Words) -> str:
    """Titles and versions of the sources that are used for something, or whose ids stand in a column."""
    named = {str(i) for column in ids for i in column.drop_nulls().unique()}
    titles = [
        words.m("source_version", title=r["title"], version=r["version"])
        for r in report.sources.to_dicts()
        if str(r["source"]) in named or set(uses_of(r["used_for"])) & set(uses)
    ]
    return words.m("semicolon").join(dict.fromkeys(titles))


def draft(report: StateReport, *, words: Words) -> Draft:
    """Bring together what the figures of one report share."""
    marks = marks_of(report.events, since=report.since, until=report.until, words=words)
    setting = Setting(words=words, powers=report.powers, since=report.since, until=report.until, marks=marks)
    titles = {str(r["source"]): r["title"] for r in report.sources.to_dicts()}
    return Draft(report, words, setting, titles)


def uses_of(used_for: str | list[str] | None) -> list[str]:
    """What a source is used for, as a list, whether it came as one or as text with semicolons."""
    if used_for is None:
        return []
    return [u.strip() for u in (used_for.split(";") if isinstance(used_for, str) else used_for) if u.strip()]


def figures_of(d: Draft) -> dict[str, Figure]:
    """Every figure of a report by its key; those of the hypotheses only where they are tested."""
    makers = (
        _engagement,
        _multi_vector,
        _order,
        _structure,
        _rivalry,
        _leeway,
        _pair_bars,
        _pairs,
        *((_forest, _posterior, _scores) if d.report.verdicts.height else ()),
        _strategy,
        _trade,
        _trade_summary,
        *((decoupling.figure,) if d.report.decoupling.height else ()),
        _economy,
        _distance,
        _organisations,
        *stance_page.makers(d.report),
        _openings,
        _tiers,
        _map,
        dates.figure,
    )
    return {f.key: f for f in (make(d) for make in makers)}


def _has(frame: pl.DataFrame, *columns: str) -> bool:
    return any(frame[c].drop_nulls().len() for c in columns)


def _engagement(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "engagement",
        has=_has(r.engagement, "share"),
        uses=("diplomacy", "security", "institutions"),
        draw=lambda: engagement.engagement(r.engagement, r.channels, setting=d.setting),
        ids=(r.channels["source"],),
        table=lambda: tables.engagement(r, words=d.words),
    )


def _multi_vector(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "multi_vector",
        has=_has(r.multi_vector, "index"),
        uses=("diplomacy", "security", "institutions", "rivalry"),
        draw=lambda: engagement.multi_vector(r.multi_vector, setting=d.setting),
        ids=(r.channels["source"],),
        table=lambda: tables.multi_vector(r, words=d.words),
    )


def _order(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "order",
        has=_has(r.order, "stress"),
        note=sensitivity.on_components(r, words=d.words),
        uses=("order", "rivalry"),
        draw=lambda: order.order(r.order, r.order_blocs, setting=d.setting),
        table=lambda: tables.order(r, words=d.words),
    )


def _structure(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "structure",
        has=_has(r.order, "depth"),
        note=sensitivity.on_agreement(r, words=d.words),
        uses=("order", "rivalry"),
        draw=lambda: order.structure(r.order, r.order_blocs, setting=d.setting),
        table=lambda: sensitivity.structure(r, words=d.words),
    )


def _rivalry(d: Draft) -> Figure:
    r = d.report
    pooled = r.rivalry.filter(pl.col("component").cast(pl.String) == "pooled")
    most = order.MOST_PAIRS
    note = d.words.m("pairs_shown", count=most) if pooled.select("power_a", "power_b").n_unique() > most else ""
    return d.figure(
        "rivalry",
        has=_has(pooled, "value"),
        note=note,
        uses=("rivalry",),
        draw=lambda: [
            order.rivalry(r.rivalry, setting=d.setting),
            order.rivalry_lines(r.rivalry, setting=d.setting),
        ],
        table=lambda: sensitivity.rivalry(r, words=d.words),
    )


def _parameters(d: Draft) -> str:
    return d.words.m.pick("parameters_note", d.report.assumptions.get("parameters", "assumed"))


def _leeway(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "leeway",
        has=_has(r.leeway, "value"),
        note=_parameters(d),
        uses=("map", "decoupling", "order", "rivalry", "security"),
        draw=lambda: leeway.leeway(r.leeway, setting=d.setting),
        ids=(r.channels["source"], r.trade["source"]),
        table=lambda: tables.leeway(r, words=d.words),
    )


def _pair_bars(d: Draft) -> Figure:
    r = d.report
    rows = r.leeway_pairs.filter(pl.col("year") == r.year) if r.year is not None else r.leeway_pairs.clear()
    now, left = ranked_pairs(rows), one_sided_pairs(rows)
    names = d.words.join(d.words.pair(a, b) for a, b in left)
    return d.figure(
        "pair_bars",
        has=now.height > 0,
        note=d.words.m("pairs_one_sided", pairs=names) if left else "",
        uses=("map", "decoupling", "rivalry", "security"),
        draw=lambda: leeway.pair_bars(now, setting=d.setting),
        ids=(r.channels["source"], r.trade["source"]),
        table=lambda: tables.pair_bars(now, words=d.words),
    )


def _pairs(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "pairs",
        has=_has(r.leeway_pairs, "value"),
        uses=("map", "decoupling", "rivalry", "security"),
        draw=lambda: leeway.pairs(r.leeway_pairs, setting=d.setting),
        ids=(r.channels["source"], r.trade["source"]),
        table=lambda: tables.leeway_pairs(r, words=d.words),
    )


def _forest(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "thesis",
        has=_has(r.thesis, "estimate"),
        uses=(*_ENGAGED, "map", "decoupling", "economy", "leaders"),
        draw=lambda: thesis_chart.forest(r.thesis, r.verdicts, setting=d.setting),
        table=lambda: thesis_words.estimates(r, words=d.words),
    )


def _posterior(d: Draft) -> Figure:
    found = d.report.choice_posterior
    return d.figure("posterior", has=found.height > 0, uses=(*_ENGAGED, "map", "decoupling"),
                    draw=lambda: thesis_chart.posterior(found, setting=d.setting),
                    table=lambda: thesis_words.fitted(d.report, words=d.words))


def _scores(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "scores",
        has=_has(r.forecast_scores, "log_score_gain"),
        uses=(*_ENGAGED, "map", "decoupling"),
        draw=lambda: thesis_chart.scores(r.forecast_scores, setting=d.setting),
        table=lambda: thesis_words.scores(r, words=d.words),
    )


def _strategy(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "strategy",
        has=_has(r.strategies, "share"),
        note=_parameters(d),
        uses=("diplomacy", "security", "institutions", "map", "decoupling", "order", "rivalry"),
        draw=lambda: strategy.strategies(r.strategies, setting=d.setting),
        ids=(r.channels["source"], r.trade["source"]),
        table=lambda: tables.strategies(r, words=d.words),
    )


def _trade(d: Draft) -> Figure:
    r = d.report
    note = d.words.m("document_crosses") if r.document_shares.height else ""
    return d.figure(
        "trade",
        has=_has(r.trade, "share"),
        note=note,
        ids=(r.trade["source"],),
        draw=lambda: trade.shares(r.trade, r.document_shares, setting=d.setting, titles=d.titles),
        table=lambda: tables.trade(r, words=d.words, titles=d.titles),
    )


def _trade_summary(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "trade_summary",
        has=_has(r.trade_summary, "dependence", "hhi"),
        draw=lambda: trade.summary(r.trade_summary, setting=d.setting),
        ids=(r.trade_summary["source"], pl.Series([_GDP])),
        table=lambda: tables.trade_summary(r, words=d.words, titles=d.titles),
    )


def _economy(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "economy",
        has=_has(r.economy, "growth_pct", "oil_usd_bbl"),
        uses=("economy", "oil"),
        draw=lambda: trade.economy(r.economy, setting=d.setting),
        table=lambda: tables.economy(r, words=d.words),
    )


def _distance(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "distance",
        has=_has(r.distance, "distance", "published"),
        uses=("distance",),
        draw=lambda: distance.distance(r.distance, setting=d.setting),
        table=lambda: tables.distance(r, words=d.words),
    )


def _organisations(d: Draft) -> Figure:
    r = d.report
    first, last = pl.date(r.since, 1, 1), pl.date(r.until, 12, 31)
    shown = r.organisations.filter(pl.col("start") <= last, pl.col("end").is_null() | (pl.col("end") >= first))
    return d.figure(
        "organisations",
        has=shown.height > 0,
        uses=("organisations",),
        draw=lambda: organisations.timeline(shown, setting=d.setting),
        table=lambda: tables.organisations(r, words=d.words),
    )


def _openings(d: Draft) -> Figure:
    r = d.report
    shown = r.openings.filter(pl.col("date").dt.year().is_between(r.since, r.until)).drop_nulls("order")
    return d.figure(
        "openings",
        has=shown.height > 0,
        note="" if opening_words.has_facts(r) else d.words.m("openings_no_facts"),
        uses=("openings",),
        draw=lambda: opening_chart.timeline(r.openings, setting=d.setting),
        table=lambda: opening_words.table(r, words=d.words),
    )


def _tiers(d: Draft) -> Figure:
    r = d.report
    return d.figure("tiers", has=r.tiers.height > 0, uses=("tiers",), table=lambda: tables.tiers(r, words=d.words),
                    draw=lambda: tiers.rings(r.tiers, power=r.tiers_power, state=r.state, setting=d.setting))


def _map(d: Draft) -> Figure:
    r = d.report
    return d.figure(
        "map",
        has=r.shapes.height > 0,
        uses=("map", "diplomacy", "security", "institutions"),
        ids=(r.trade["source"],),
        draw=lambda: region_map.region(r.shapes, r.lean, state=r.state, setting=d.setting),
        table=lambda: tables.lean(r, words=d.words),
    )
