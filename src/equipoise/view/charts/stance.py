"""What each power would do in a crisis: a bar a power, from against to for, the rungs one after another."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from equipoise.assemble.crisis_keys import RUNGS
from equipoise.view.charts.setting import values
from equipoise.view.style import GRID, INK
from equipoise.view.words import Words

WIDTH, ROW, SQUARE = 560, 34, 380
PAIR = ["#0E3F63", "#B54A1E"]
"""The first stance and the firmest; unrest and an attack."""

COLUMN, LINE, ACROSS = 80, 24, 5
"""Width of a power's panel of reasons, height of a reason, panels in a row."""

COLOURS = dict(
    zip(
        RUNGS,
        ("#7A1E00", "#B54A1E", "#E0A07A", "#C9CED6", "#8F98A5", "#9CC3DC", "#5B9BC4", "#2A6F9E", "#0E3F63"),
        strict=True,
    )
)
"""From warm, against the authority, over grey to cold, for it; none is a power's colour."""


def stances(frame: pl.DataFrame, *, words: Words) -> alt.VConcatChart:
    """The first stance above, the firmest within a year below; a diamond marks the rung that was taken.

    Parameters
    ----------
    frame
        power, outcome, rung, probability, coded (null where nothing is coded).
    """
    m = words.m
    order = {rung: i for i, rung in enumerate(RUNGS)}
    rows = frame.with_columns(
        name=pl.col("power").map_elements(words.name, return_dtype=pl.String),
        said=pl.col("rung").replace_strict({r: m.pick("rung", r) for r in RUNGS}),
        place=pl.col("rung").replace_strict(order),
    ).with_columns(start=pl.col("probability").cum_sum().over("power", "outcome") - pl.col("probability"))
    rows = rows.with_columns(end=pl.col("start") + pl.col("probability"))
    panels = [
        _panel(rows.filter(outcome=outcome), title=m.pick("stance_outcome", outcome), words=words)
        for outcome in frame["outcome"].unique(maintain_order=True)
    ]
    return alt.vconcat(*panels, spacing=16)


def calibration(frame: pl.DataFrame, *, words: Words) -> Any:
    """What came about by what was forecast, a point a tenth of probability; on the diagonal forecasts are right.

    Parameters
    ----------
    frame
        outcome, bin, forecast, observed, n.
    """
    m = words.m
    said = {o: m.pick("stance_outcome", o) for o in ("first", "firmest")}
    names = list(said.values())
    rows = frame.with_columns(said=pl.col("outcome").replace_strict(said))
    axis, scale = alt.Axis(format="%", tickCount=5), alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("forecast:Q", scale=scale, axis=axis, title=m("axis_forecast"))
    y = alt.Y("observed:Q", scale=scale, axis=axis, title=m("axis_observed"))
    ends = [{"forecast": 0, "observed": 0}, {"forecast": 1, "observed": 1}]
    right = alt.Chart(values(ends)).mark_line(color=GRID, strokeWidth=2).encode(x=x, y=y)
    points = alt.Chart(values(rows.select("said", "forecast", "observed", "n").to_dicts()))
    marks = points.mark_point(filled=True, opacity=0.9).encode(
        x=x,
        y=y,
        size=alt.Size("n:Q", title=m("stance_forecasts"), scale=alt.Scale(range=[30, 360])),
        shape=alt.Shape("said:N", title=None, scale=alt.Scale(domain=names, range=["circle", "square"])),
        color=alt.Color("said:N", title=None, scale=alt.Scale(domain=names, range=PAIR)),
    )
    return alt.layer(right, marks).properties(width=SQUARE, height=SQUARE)


def reasons(frame: pl.DataFrame, *, words: Words) -> alt.VConcatChart:
    """What each reason does to each power's stance, with its 90 % interval; a panel a power, a colour a crisis.

    Parameters
    ----------
    frame
        crisis (``unrest``, ``attack``), power, reason, effect, low, high; a reason that does nothing is left out.
    """
    m = words.m
    acts = frame.group_by("reason").agg(pl.max_horizontal(pl.col("effect", "low", "high").abs()).max().alias("size"))
    kept = acts.filter(pl.col("size") > 0)["reason"]
    rows = frame.filter(pl.col("reason").is_in(kept.implode())).with_columns(
        said=pl.col("reason").map_elements(lambda r: m.pick("stance_reason", r), return_dtype=pl.String),
        scene=pl.col("crisis").map_elements(lambda c: m.pick("stance_imagined", c), return_dtype=pl.String),
    )
    ends = [min(0.0, *rows["low"]), max(0.0, *rows["high"])]
    powers = rows["power"].unique(maintain_order=True).to_list()
    lines = [powers[i : i + ACROSS] for i in range(0, len(powers), ACROSS)]
    made = [alt.hconcat(*(_why(rows, power=p, first=p == line[0], ends=ends, words=words) for p in line), spacing=8)
            for line in lines]  # fmt: skip
    return alt.vconcat(*made, spacing=14)


def _why(rows: pl.DataFrame, *, power: str, first: bool, ends: list[float], words: Words) -> Any:
    order = rows["said"].unique(maintain_order=True).to_list()
    scenes = rows["scene"].unique(maintain_order=True).to_list()
    shown = values(rows.filter(power=power).select("said", "scene", "effect", "low", "high").to_dicts())
    axis = alt.Axis(labelLimit=320) if first else None
    scale = alt.Scale(domain=ends, nice=True)
    x: dict[str, Any] = {"scale": scale, "title": words.m("axis_effect"), "axis": alt.Axis(tickCount=4)}
    y, apart = alt.Y("said:N", sort=order, title=None, axis=axis), alt.YOffset("scene:N", sort=scenes)
    colour = alt.Color("scene:N", title=None, scale=alt.Scale(domain=scenes, range=PAIR[: len(scenes)]))
    shape = alt.Shape("scene:N", title=None, scale=alt.Scale(domain=scenes, range=["circle", "square"][: len(scenes)]))
    base = alt.Chart(shown)
    zero = alt.Chart(values([{"at": 0}])).mark_rule(color=GRID, strokeWidth=1.5).encode(x=alt.X("at:Q", **x))
    spans = base.mark_rule(strokeWidth=1.6, opacity=0.6).encode(
        x=alt.X("low:Q", **x), x2="high:Q", y=y, yOffset=apart, color=colour
    )
    points = base.mark_point(filled=True, size=26, opacity=1).encode(
        x=alt.X("effect:Q", **x), y=y, yOffset=apart, color=colour, shape=shape
    )
    title = alt.TitleParams(words.name(power), fontSize=11, limit=COLUMN + 8)
    return alt.layer(zero, spans, points).properties(width=COLUMN, height=LINE * len(order), title=title)


def _panel(rows: pl.DataFrame, *, title: str, words: Words) -> Any:
    m = words.m
    names = rows["name"].unique(maintain_order=True).to_list()
    said = [m.pick("rung", r) for r in RUNGS]
    x = alt.X(
        "start:Q",
        scale=alt.Scale(domain=[0, 1], nice=False),
        title=m("axis_probability"),
        axis=alt.Axis(format="%", tickCount=5),
    )
    y = alt.Y("name:N", sort=names, title=None)
    colour = alt.Color(
        "said:N",
        title=m("rung_title"),
        sort=said,
        legend=alt.Legend(columns=5),
        scale=alt.Scale(domain=said, range=[COLOURS[r] for r in RUNGS]),
    )
    columns = ["name", "said", "start", "end", "probability"]
    bars = (
        alt.Chart(values(rows.select(columns).to_dicts())).mark_bar(size=20).encode(x=x, x2="end:Q", y=y, color=colour)
    )
    was = rows.filter(pl.col("coded")).with_columns(start=(pl.col("start") + pl.col("end")) / 2)
    mark = (
        alt.Chart(values(was.select("name", "start").to_dicts()))
        .mark_point(shape="diamond", size=70, filled=True, color="white", stroke=INK, strokeWidth=1.4, opacity=1)
        .encode(x=x, y=y)
    )
    return alt.layer(bars, mark).properties(width=WIDTH, height=ROW * len(names), title=title)
