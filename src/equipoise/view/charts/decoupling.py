"""What the end of trade would cost: both sides of some pairs, a matrix of who needs whom, and both over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import polars as pl

from equipoise.errors import UsageError
from equipoise.view.charts.lines import by_power, named
from equipoise.view.charts.setting import Setting, values
from equipoise.view.style import ACCENT, INK, RAMP
from equipoise.view.words import Words

WIDTH, MOST_NAMES, MOST_BARS = 590, 40, 40
"""Pixels of a panel; names of a matrix and bars of a ranking: beyond them a chart cannot be read."""

FAINTEST = 0.01
"""Per cent at which the matrix's scale begins: what is below is no less faint."""

RISING = "#40597A"
"""Incomes that rise."""

_ROW, _DARK = 26, 1.0


def both_sides(frame: pl.DataFrame, *, words: Words) -> alt.VConcatChart:
    """A bar a partner with its interval: above what the state would lose, below what the partner would.

    Parameters
    ----------
    frame
        state, partner, loss_pct, low_pct, high_pct, and the same with ``partner_`` before it.
    """
    rows = frame.drop_nulls("loss_pct")
    if rows.is_empty():
        raise UsageError("there is nothing to draw: trade of these pairs is not recorded.", hint="Choose another year.")
    state = words.name(rows["state"][0])
    order = [words.name(p) for p in rows["partner"]]
    panels = [
        _bars(rows, start="", order=order, title=words.m("panel_loss_state", state=state), words=words),
        _bars(rows, start="partner_", order=order, title=words.m("panel_loss_partner", state=state), words=words),
    ]
    return alt.vconcat(*panels, spacing=18)


def who_needs_whom(
    frame: pl.DataFrame, *, names: Sequence[str], ranked: pl.DataFrame, words: Words
) -> alt.VConcatChart:
    """A tile a pair, rows losing the trade with columns, and below it the greatest losses as bars with intervals.

    Parameters
    ----------
    frame
        state, partner, loss_pct of all ordered pairs.
    names
        The countries of the matrix, in order.
    ranked
        Rows of the ranking, the greatest first, with low_pct and high_pct.
    """
    if len(names) > MOST_NAMES:
        raise UsageError(f"a matrix of {len(names)} countries cannot be read.",
                         hint=f"Name {MOST_NAMES} at most, or write the rows to .csv.")
    top = ranked.head(MOST_BARS).with_columns(
        pair=pl.struct("state", "partner").map_elements(
            lambda r: words.m("needs", state=words.name(r["state"]), partner=words.name(r["partner"])),
            return_dtype=pl.String)
    )
    bars = _bars(top.with_columns(name="pair"), start="", order=list(top["pair"]), words=words,
                 title=words.m("panel_loss_ranking"), name="name")
    panels = [_matrix(frame, names=names, words=words), bars]
    made: alt.VConcatChart = alt.vconcat(*panels, spacing=20).resolve_scale(color="independent")
    return made


def over_time(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Loss by power and year with its interval: above the state's, below the powers'.

    Parameters
    ----------
    frame
        power, year, and shares: loss, low, high, power_loss, power_low, power_high.
    """
    m, panels = setting.words.m, []
    for start, title, height in (("", "panel_state_loses", 190), ("power_", "panel_powers_lose", 150)):
        rows = frame.select("year", "power", value=pl.col(f"{start}loss"), low=pl.col(f"{start}low"),
                            high=pl.col(f"{start}high")).drop_nulls("value")
        shown, options = named(rows, by="power", setting=setting)
        axis: dict[str, Any] = {"title": m("axis_loss"), "axis": alt.Axis(format="~%", tickCount=5),
                                "scale": alt.Scale(zero=True)}
        layers = by_power(shown, setting=setting, options=options, value="value", axis=axis)
        panels.append(setting.panel(*layers, width=WIDTH, height=height, title=m(title)))
    return setting.over_time(*panels, width=WIDTH)


def changes(frame: pl.DataFrame, *, words: Words) -> alt.LayerChart:
    """A bar a state with its interval: change of real income, falls to the left.

    Parameters
    ----------
    frame
        state, change_pct, low_pct, high_pct, in the order of the bars.
    """
    data = [{"name": words.name(r["state"]), "value": r["change_pct"], "low": r["low_pct"], "high": r["high_pct"]}
            for r in frame.head(MOST_BARS).to_dicts()]
    base = alt.Chart(values(data))
    y = alt.Y("name:N", title=None, scale=alt.Scale(domain=[d["name"] for d in data]),
              axis=alt.Axis(ticks=False, labelLimit=230))
    x: dict[str, Any] = {"title": words.m("axis_income_pct"), "axis": alt.Axis(tickCount=6)}
    shade = alt.condition("datum.value < 0", alt.value(RAMP[3]), alt.value(RISING))
    bar = base.mark_bar(height={"band": 0.6}).encode(y=y, x=alt.X("value:Q", **x), color=shade)
    span = base.mark_rule(strokeWidth=1.6, color=INK).encode(y=y, x=alt.X("low:Q", **x), x2="high:Q")
    return alt.LayerChart(layer=[bar, span], width=WIDTH - 170, height=18 * len(data))


def _bars(
    rows: pl.DataFrame, *, start: str, order: Sequence[str], title: str, words: Words, name: str = ""
) -> alt.LayerChart:
    data = [{"name": r[name] if name else words.name(r["partner"]), "loss": r[f"{start}loss_pct"],
             "low": r[f"{start}low_pct"], "high": r[f"{start}high_pct"]} for r in rows.to_dicts()]
    base = alt.Chart(values(data))
    y = alt.Y("name:N", title=None, scale=alt.Scale(domain=list(order)), axis=alt.Axis(ticks=False, labelLimit=230))
    x: dict[str, Any] = {"title": words.m("axis_loss_pct"), "axis": alt.Axis(tickCount=6)}
    bar = base.mark_bar(height={"band": 0.6}, color=RAMP[2]).encode(y=y, x=alt.X("loss:Q", **x))
    span = base.mark_rule(strokeWidth=1.6, color=INK).encode(y=y, x=alt.X("low:Q", **x), x2="high:Q")
    return alt.LayerChart(layer=[bar, span], width=WIDTH - 170, height=(18 if name else _ROW) * len(order), title=title)


def _matrix(frame: pl.DataFrame, *, names: Sequence[str], words: Words) -> alt.LayerChart:
    inside = frame.filter(pl.col("state").is_in(names), pl.col("partner").is_in(names)).drop_nulls("loss_pct")
    rows = [{"state": words.name(r["state"]), "partner": words.name(r["partner"]),
             "value": max(r["loss_pct"], FAINTEST), "label": _short(r["loss_pct"])} for r in inside.to_dicts()]
    top = max(r["value"] for r in rows)
    domain, size = [words.name(s) for s in names], max(17, min(34, 560 // len(names)))
    base = alt.Chart(values(rows))
    y = alt.Y("state:N", title=words.m("axis_who_loses"), scale=alt.Scale(domain=domain))
    x = alt.X("partner:N", title=words.m("axis_trade_with"), scale=alt.Scale(domain=domain),
              axis=alt.Axis(labelAngle=-55))
    colour = alt.Color("value:Q", title=words.m("axis_loss_pct"), legend=alt.Legend(format="~g", gradientLength=220),
                       scale=alt.Scale(type="log", domain=[FAINTEST, top], range=list(RAMP), interpolate="rgb"))
    tiles = base.mark_rect().encode(x=x, y=y, color=colour)
    dark = alt.condition(f"datum.value > {_DARK}", alt.value("#FFFFFF"), alt.value(ACCENT))
    signs = base.mark_text(fontSize=8).encode(x=x, y=y, text="label:N", color=dark)
    layers = [tiles, signs] if size >= 22 else [tiles]
    return alt.LayerChart(layer=layers, width=size * len(names), height=size * len(names),
                          title=words.m("panel_loss_matrix"))


def _short(value: float) -> str:
    """A loss in a tile: two digits, nothing below a twentieth of a per cent.

    >>> _short(12.34), _short(1.234), _short(0.02)
    ('12', '1.2', '')
    """
    if value < 0.05:
        return ""
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"
