"""Lines by power with interval bands: the form that engagement and distances share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.setting import Setting, values, with_gaps
from equipoise.view.style import RANGE

DASH = [4, 2]
"""The dash of ranges, which no interval has."""


def named(frame: pl.DataFrame, *, by: str, setting: Setting) -> tuple[pl.DataFrame, list[str]]:
    """Add the option's name and rank to a frame; return it with the options it holds, in the report's order."""
    present = set(frame[by])
    options = [o for o in setting.options if o in present]
    rows = frame.filter(pl.col(by).is_in(options)).with_columns(
        name=pl.col(by).cast(pl.String).replace_strict({o: setting.words.name(o) for o in options}, default=None),
        rank=pl.col(by).cast(pl.String).replace_strict({o: i for i, o in enumerate(options)}, default=None),
    )
    return rows, options


def by_power(
    frame: pl.DataFrame,
    *,
    setting: Setting,
    options: Sequence[str],
    value: str,
    axis: dict[str, Any],
) -> list[alt.Chart]:
    """Band, line and points of each power; a year without a value breaks the line.

    Parameters
    ----------
    frame
        year, name, ``value``, low, high.
    axis
        What the y encoding takes: title, scale, axis.
    """
    columns = ["year", "name", value, "low", "high"]
    base = alt.Chart(values(with_gaps(frame.select(columns), setting=setting, by="name").to_dicts()))
    colour = setting.colour("name", options=options)
    band = base.mark_area(opacity=0.16).encode(x=setting.x(), y=alt.Y("low:Q", **axis), y2="high:Q", color=colour)
    line = base.mark_line(strokeWidth=1.9).encode(x=setting.x(), y=alt.Y(f"{value}:Q", **axis), color=colour)
    point = base.mark_point(size=24, filled=True, opacity=1).encode(
        x=setting.x(), y=alt.Y(f"{value}:Q", **axis), color=colour, shape=setting.shape("name", options=options)
    )
    span = (
        alt.Chart(values(alone(frame.select(columns), by="name").to_dicts()))
        .mark_rule(strokeWidth=3, opacity=0.3)
        .encode(x=setting.x(), y=alt.Y("low:Q", **axis), y2="high:Q", color=colour)
    )
    return [band, span, line, point]


def single(
    frame: pl.DataFrame,
    *,
    setting: Setting,
    value: str,
    colour: str,
    axis: dict[str, Any],
    band: tuple[str, str] | None = None,
) -> list[alt.Chart]:
    """One line with points, and its band if it has one."""
    columns = ["year", value, *(band or ())]
    rows = with_gaps(frame.select(columns).with_columns(_all=pl.lit(1)), setting=setting, by="_all").drop("_all")
    base = alt.Chart(values(rows.to_dicts()))
    layers = [
        base.mark_line(strokeWidth=2, color=colour).encode(x=setting.x(), y=alt.Y(f"{value}:Q", **axis)),
        base.mark_point(size=24, filled=True, opacity=1, color=colour).encode(
            x=setting.x(), y=alt.Y(f"{value}:Q", **axis)
        ),
    ]
    if band:
        low, high = band
        layers.insert(
            0,
            base.mark_area(opacity=0.18, color=colour).encode(
                x=setting.x(), y=alt.Y(f"{low}:Q", **axis), y2=f"{high}:Q"
            ),
        )
        lonely = alone(frame.select(columns).with_columns(_all=pl.lit(1)), by="_all").drop("_all")
        layers.insert(
            1,
            alt.Chart(values(lonely.to_dicts()))
            .mark_rule(strokeWidth=3, opacity=0.3, color=colour)
            .encode(x=setting.x(), y=alt.Y(f"{low}:Q", **axis), y2=f"{high}:Q"),
        )
    return layers


def outline(
    frame: pl.DataFrame, *, setting: Setting, low: str, high: str, axis: dict[str, Any]
) -> list[alt.Chart]:
    """Two thin dashed lines, the range over the components of rivalry that are left out; two ticks for a year alone."""
    label = setting.words.m("legend_without")
    rows = with_gaps(frame.select("year", low, high).with_columns(what=pl.lit(label)), setting=setting, by="what")
    lonely = alone(rows, by="what")
    base, ticks = (
        alt.Chart(values(part.unpivot([low, high], index=["year", "what"], variable_name="bound").to_dicts()))
        for part in (rows, lonely)
    )
    x, y = setting.x(), alt.Y("value:Q", **axis)
    line = base.mark_line(strokeWidth=1.2, strokeDash=DASH)
    line = line.encode(x=x, y=y, detail="bound:N", stroke=range_colour("what", label=label))
    return [line, ticks.mark_tick(thickness=1.2, width=9, color=RANGE).encode(x=x, y=y)] if lonely.height else [line]


def range_colour(field: str, *, label: str) -> alt.Stroke:
    """The colour of ranges, with its legend; as stroke, since panels that stand together share their scale of colour.

    ``field`` holds the label in every row.
    """
    return alt.Stroke(
        f"{field}:N",
        title=None,
        scale=alt.Scale(domain=[label], range=[RANGE]),
        legend=alt.Legend(symbolType="stroke", symbolDash=DASH, symbolSize=500, symbolStrokeWidth=1.4),
    )


def alone(frame: pl.DataFrame, *, by: str) -> pl.DataFrame:
    """The rows without a neighbour in the year before or after: an area shows no interval for them.

    >>> alone(pl.DataFrame({"year": [1, 2, 4], "k": ["a", "a", "a"]}), by="k")["year"].to_list()
    [4]
    """
    years = frame.drop_nulls().sort(by, "year")
    before, after = pl.col("year").diff().over(by), pl.col("year").diff(-1).over(by)
    return years.filter(before.fill_null(9) != 1, after.fill_null(-9) != -1)
