"""Trade by partner with its sources kept apart, dependence and concentration, growth and the price of oil."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.lines import named, single
from equipoise.view.charts.setting import Setting, values, year_position
from equipoise.view.style import ACCENT, INK, MUTED

WIDTH = 630
DASHES = ([1, 0], [5, 3], [2, 2], [9, 3, 2, 3], [1, 4])
"""One dash a source, in the order of first use."""


def shares(
    frame: pl.DataFrame, document: pl.DataFrame, *, setting: Setting, titles: dict[str, str]
) -> alt.VConcatChart:
    """Share of each partner in total trade; a line per source, broken where it has no data, and the article's shares.

    Parameters
    ----------
    titles
        Id of a source → how the legend names it.
    """
    m = setting.words.m
    rows, options = named(frame.filter(pl.col("share").is_not_null()), by="partner", setting=setting)
    order = rows.group_by(pl.col("source").cast(pl.String)).agg(pl.col("year").min()).sort("year", "source")["source"]
    sources = [titles.get(s, s) for s in order]
    axis: dict[str, Any] = {
        "title": m("axis_trade_share"),
        "axis": alt.Axis(format="%", tickCount=6),
        "scale": alt.Scale(zero=True),
    }
    base = alt.Chart(values(_broken(rows, titles=titles)))
    colour = setting.colour("name", options=options)
    dash = alt.StrokeDash(
        "source:N",
        scale=alt.Scale(domain=sources, range=[DASHES[i % 5] for i in range(len(sources))]),
        title=m("legend_source"),
        legend=alt.Legend(direction="vertical", symbolSize=500, symbolStrokeWidth=2, labelLimit=520),
    )
    line = base.mark_line(strokeWidth=1.9).encode(
        x=setting.x(), y=alt.Y("share:Q", **axis), color=colour, strokeDash=dash, detail="run:N"
    )
    point = base.mark_point(size=20, filled=True, opacity=1).encode(
        x=setting.x(), y=alt.Y("share:Q", **axis), color=colour, shape=setting.shape("name", options=options)
    )
    layers = [line, point]
    if document.height:
        layers.append(_document(document, setting=setting, axis=axis, options=options))
    return setting.over_time(setting.panel(*layers, width=WIDTH, height=300), width=WIDTH)


def summary(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Trade dependence, and how concentrated trade is on few partners."""
    m = setting.words.m
    share: dict[str, Any] = {
        "title": m("axis_dependence"),
        "axis": alt.Axis(format="%", tickCount=4),
        "scale": alt.Scale(zero=True),
    }
    hhi: dict[str, Any] = {"title": m("axis_hhi"), "axis": alt.Axis(tickCount=4), "scale": alt.Scale(zero=True)}
    yearly = frame.sort("year").unique("year", keep="last", maintain_order=True)
    top = single(yearly, setting=setting, value="dependence", colour=ACCENT, axis=share)
    low = single(yearly, setting=setting, value="hhi", colour="#7A2E1D", axis=hhi)
    return setting.over_time(
        setting.panel(*top, width=WIDTH, height=130, title=m("panel_dependence")),
        setting.panel(*low, width=WIDTH, height=130, title=m("panel_hhi")),
        width=WIDTH,
    )


def economy(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Growth above, the price of oil below, on one time axis."""
    m = setting.words.m
    bar_width = max(2.0, 0.7 * WIDTH / (setting.until - setting.since + 1))
    grown = frame.filter(pl.col("growth_pct").is_not_null())
    bars = (
        alt.Chart(values(grown.select("year", "growth_pct").to_dicts()))
        .mark_bar(size=bar_width, orient="vertical")
        .encode(
            x=setting.x(),
            y=alt.Y("growth_pct:Q", title=m("axis_growth"), axis=alt.Axis(tickCount=5)),
            color=alt.condition("datum.growth_pct < 0", alt.value("#A8432A"), alt.value("#40597A")),
        )
    )
    zero = alt.Chart(values([{"y": 0}])).mark_rule(color=MUTED).encode(y="y:Q")
    axis: dict[str, Any] = {"title": m("axis_oil"), "axis": alt.Axis(tickCount=5), "scale": alt.Scale(zero=True)}
    oil = single(frame, setting=setting, value="oil_usd_bbl", colour=INK, axis=axis)
    return setting.over_time(
        setting.panel(bars, zero, width=WIDTH, height=150, title=m("panel_growth")),
        setting.panel(*oil, width=WIDTH, height=130, title=m("panel_oil")),
        width=WIDTH,
    )


def _broken(rows: pl.DataFrame, *, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Points with a number for each run of consecutive years of one partner in one source."""
    done: list[dict[str, Any]] = []
    run, before = 0, ("", "", 0)
    for r in rows.sort("rank", "source", "year").to_dicts():
        here = (str(r["name"]), str(r["source"]), int(r["year"]))
        run += not (here[:2] == before[:2] and here[2] == before[2] + 1)
        before = here
        done.append(
            {
                "year": r["year"],
                "share": r["share"],
                "name": r["name"],
                "run": run,
                "source": titles.get(here[1], here[1]),
            }
        )
    return done


def _document(frame: pl.DataFrame, *, setting: Setting, axis: dict[str, Any], options: list[str]) -> alt.Chart:
    rows, _ = named(frame.filter(pl.col("share").is_not_null()), by="power", setting=setting)
    marks = [{"x": year_position(r["date"]), "share": r["share"], "name": r["name"]} for r in rows.to_dicts()]
    base: alt.Chart = alt.Chart(values(marks)).mark_point(
        shape="M-1,-1L1,1M-1,1L1,-1", size=110, strokeWidth=2.4, filled=False, opacity=1
    )
    return base.encode(x=setting.x("x"), y=alt.Y("share:Q", **axis), color=setting.colour("name", options=options))
