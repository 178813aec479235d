"""The tested hypotheses: estimates in units of what matters, the fitted parameters, and scores on held-out years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from equipoise.view.charts.setting import Setting, values
from equipoise.view.style import ACCENT, INK, MUTED, RANGE
from equipoise.view.thesis import PARAMETERS, group, interval, number
from equipoise.view.words import Words

WIDTH = 560
ROW = 17
LIMIT = 10.0
"""Estimates are drawn up to this many times the smallest effect of interest; what lies beyond is cut and said."""

BAND, LATER = "#C9D1D9", "#8793A0"
MODELS = {
    "choice": ("#173F5F", "circle"),
    "null": ("#B98E00", "square"),
    "domestic": ("#5B7F2B", "cross"),
    "multinomial": ("#A83200", "triangle-up"),
    "multinomial_lag": ("#6B4423", "diamond"),
}
"""Colour and shape of each model whose score is set against persistence."""

NINETY = 1.645


def forest(thesis: pl.DataFrame, verdicts: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """A panel a hypothesis: main estimate and quick look with intervals, variants as dots, placebo range as a band.

    Parameters
    ----------
    thesis, verdicts
        As :class:`equipoise.schema.StateReport` has them.
    """
    told = {r["hypothesis"]: r for r in verdicts.to_dicts() if r["smallest"]}
    found = [h for h in sorted(told) if thesis.filter(pl.col("hypothesis") == h)["estimate"].drop_nulls().len()]
    panels = [
        _hypothesis(thesis.filter(pl.col("hypothesis") == h), told[h], setting=setting, last=h == found[-1])
        for h in found
    ]
    return alt.vconcat(*panels, spacing=4)


def _hypothesis(rows: pl.DataFrame, told: dict[str, Any], *, setting: Setting, last: bool) -> alt.LayerChart:
    m, s, h = setting.words.m, float(told["smallest"]), str(told["hypothesis"])
    scaled = rows.with_columns(pl.col("estimate", "low", "high") / s)
    lanes = [k for k in ("main", "quick") if scaled.filter(pl.col("kind") == k)["estimate"].drop_nulls().len()]
    around = m("thesis_lane_around")
    names = [*(m.pick("thesis_kind", k) for k in lanes), around]
    y = alt.Y("lane:N", title=None, scale=alt.Scale(domain=names), axis=_lane_axis())
    x = _Axis(m("axis_thesis"), [-LIMIT, LIMIT], labels=last)
    layers = [_lines(x)]
    if told["placebo_low"] is not None:
        ends = [max(-LIMIT, min(LIMIT, told[f"placebo_{e}"] / s)) for e in ("low", "high")]
        if ends[0] < ends[1]:
            band = alt.Chart(values([{"from": ends[0], "to": ends[1], "lane": around}]))
            layers.append(band.mark_bar(color=BAND, height=ROW - 4).encode(x=x("from"), x2="to:Q", y=y))
    for kinds, filled in ((("variant", "secondary"), True), (("placebo",), False)):
        found = scaled.filter(pl.col("kind").is_in(kinds))["estimate"].drop_nulls().to_list()
        if dots := [{"at": max(-LIMIT, min(LIMIT, v)), "lane": around} for v in found]:
            mark = alt.Chart(values(dots)).mark_point(filled=filled, size=30, color=MUTED, opacity=0.4, strokeWidth=1)
            layers.append(mark.encode(x=x("at"), y=y))
    for kind, colour, shape in (("main", ACCENT, "diamond"), ("quick", LATER, "circle")):
        part = scaled.filter(pl.col("kind") == kind).drop_nulls("estimate").head(1).to_dicts()
        some = [{"lane": m.pick("thesis_kind", kind), **{k: r[k] for k in ("estimate", "low", "high")}} for r in part]
        layers += clipped(some, x=x, y=y, limits=(-LIMIT, LIMIT), look=Look(colour, shape), words=setting.words)
    title = m("numbered", number=h, text=m.pick("hypothesis", h))
    return alt.LayerChart(layer=layers, width=WIDTH, height=ROW * len(names), title=title)


class _Axis:
    """The x encoding of one panel, for any field."""

    def __init__(self, title: str, domain: Sequence[float], *, labels: bool = True) -> None:
        self.scale = alt.Scale(domain=list(domain), nice=False, zero=False)
        self.axis = alt.Axis(title=title if labels else None, labels=labels, ticks=labels, grid=False, tickCount=11)

    def __call__(self, field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=self.scale, axis=self.axis)


def _lane_axis() -> alt.Axis:
    return alt.Axis(ticks=False, domain=False, labelPadding=8, minExtent=130, labelLimit=180)


def _lines(x: _Axis) -> alt.Chart:
    """Zero solid; s and −s, from which on an effect matters, dashed."""
    rows = [{"x": 0.0, "dash": "0"}, *({"x": v, "dash": "1"} for v in (-1.0, 1.0))]
    dash = alt.StrokeDash("dash:N", scale=alt.Scale(domain=["0", "1"], range=[[1, 0], [3, 2]]), legend=None)
    made: alt.Chart = alt.Chart(values(rows)).mark_rule(color=MUTED, strokeWidth=0.9).encode(x=x("x"), strokeDash=dash)
    return made


@dataclass(frozen=True, slots=True)
class Look:
    """What estimates are drawn with: colour and shape, or encodings of them; ``offset`` within a lane."""

    colour: str | alt.Color
    shape: str | alt.Shape
    offset: Any = alt.Undefined

    def mark(self, shape: str | alt.Shape | None = None, **more: Any) -> dict[str, Any]:
        """Properties of a mark that are the same for all rows."""
        found = {"color": self.colour, "shape": shape}
        return {k: v for k, v in found.items() if isinstance(v, str)} | more

    def encoded(self, **more: Any) -> dict[str, Any]:
        """Encodings that every mark has."""
        return more | {"yOffset": self.offset} | ({} if isinstance(self.colour, str) else {"color": self.colour})


def clipped(
    rows: Sequence[dict[str, Any]], *, x: _Axis, y: alt.Y, limits: tuple[float, float], look: Look, words: Words
) -> list[alt.Chart]:
    """Intervals with their estimates; what lies beyond the limits ends in an arrow with the value that it goes to.

    Parameters
    ----------
    rows
        Each with estimate, low, high (None where there is no interval) and what ``y`` and ``look`` name.
    """
    spans, inside, arrows = _cut(rows, limits=limits, words=words)
    out: list[alt.Chart] = []
    if spans:
        rule = alt.Chart(values(spans)).mark_rule(**look.mark(strokeWidth=2.4, opacity=0.55))
        out.append(rule.encode(x=x("from"), x2="to:Q", **look.encoded(y=y)))
    if inside:
        shape = {} if isinstance(look.shape, str) else {"shape": look.shape}
        dot = alt.Chart(values(inside)).mark_point(**look.mark(look.shape, filled=True, size=62, opacity=1))
        out.append(dot.encode(x=x("estimate"), **look.encoded(y=y, **shape)))
    for side, tip, align, shift in (("<", "triangle-left", "left", 9), (">", "triangle-right", "right", -9)):
        for off in (False, True):
            if part := [a for a in arrows if a["side"] == side and a["off"] == off]:
                base = alt.Chart(values(part))
                arrow = base.mark_point(**look.mark(tip, filled=True, size=55, opacity=1))
                # Above the interval's line if that reaches the edge, else in its place.
                text: dict[str, Any] = {"align": align, "dx": shift, "dy": 0 if off else -7, "fontSize": 9}
                said = base.mark_text(color=INK, **text)
                out += [arrow.encode(x=x("at"), **look.encoded(y=y)),
                        said.encode(x=x("at"), y=y, yOffset=look.offset, text="said:N")]
    return out


def _cut(
    rows: Sequence[dict[str, Any]], *, limits: tuple[float, float], words: Words
) -> tuple[list[dict[str, Any]], ...]:
    """Intervals within the limits, rows whose estimate is, and an arrow for every end that is not."""
    spans, inside, arrows = [], [], []
    for r in rows:
        at = float(r["estimate"])
        low, high = (at if r[k] is None else r[k] for k in ("low", "high"))
        # Without the bounds: one that is infinite is no JSON.
        own = {k: v for k, v in r.items() if k not in ("low", "high")}
        if low < limits[1] and high > limits[0]:
            spans.append({**own, "from": max(limits[0], low), "to": min(limits[1], high)})
        if limits[0] <= at <= limits[1]:
            inside.append(own)
        for side, end, far in (("<", limits[0], min(low, at)), (">", limits[1], max(high, at))):
            sign = -1 if side == "<" else 1
            if sign * far > sign * end:
                off = sign * at > sign * end
                whole = f"{number(at)} ({interval(low, high, words=words)})"
                arrows.append({**own, "at": end, "side": side, "off": off, "said": whole if off else number(far)})
    return spans, inside, arrows


def posterior(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """A panel a parameter: prior, mean over channels and each channel, with 50 and 90 % intervals.

    Parameters
    ----------
    frame
        Quantiles as :class:`equipoise.schema.StateReport` has them.
    """
    panels = [_parameter(frame.filter(pl.col("parameter") == p), p, setting=setting) for p in PARAMETERS
              if frame.filter(pl.col("parameter") == p).height]
    return alt.vconcat(*panels, spacing=14)


def _parameter(frame: pl.DataFrame, parameter: str, *, setting: Setting) -> alt.LayerChart:
    w, m = setting.words, setting.words.m
    rows = []
    for r in frame.to_dicts():
        if r["prior"] == "restricted" and (r["group"] or r["what"] == "prior"):
            continue
        name = m("thesis_restricted") if r["prior"] == "restricted" else group(r, words=w)
        shade = "prior" if r["what"] == "prior" else "restricted" if r["prior"] == "restricted" else "posterior"
        rows.append({**r, "lane": name, "colour": {"prior": LATER, "restricted": RANGE, "posterior": ACCENT}[shade]})
    rank = {m("thesis_before"): 0, m("thesis_all_channels"): 1, m("thesis_restricted"): 9}
    rows.sort(key=lambda r: rank.get(r["lane"], 5))
    low, high = min(0.0, *(r["low"] for r in rows)), max(r["high"] for r in rows)
    pad = 0.03 * (high - low or 1.0)
    x = _Axis(m.pick("axis_parameter", parameter), [low - pad, high + pad])
    y = alt.Y("lane:N", title=None, sort=None, axis=_lane_axis())
    colour = alt.Color("colour:N", scale=None, legend=None)
    base = alt.Chart(values(rows))
    zero = alt.Chart(values([{"x": 0.0}])).mark_rule(color=MUTED, strokeWidth=0.9).encode(x=x("x"))
    wide = base.mark_rule(strokeWidth=2, opacity=0.6).encode(x=x("low"), x2="high:Q", y=y, color=colour)
    half = base.mark_rule(strokeWidth=6, opacity=0.55).encode(x=x("mid_low"), x2="mid_high:Q", y=y, color=colour)
    dot = base.mark_point(filled=True, size=45, opacity=1).encode(x=x("median"), y=y, color=colour)
    return alt.LayerChart(layer=[zero, wide, half, dot], width=WIDTH, height=ROW * len(rows),
                          title=m.pick("assumption", parameter))


def scores(frame: pl.DataFrame, *, setting: Setting) -> alt.VConcatChart:
    """Gain in log score over persistence, by channel and model, a panel for each year that training ends with.

    Parameters
    ----------
    frame
        ``forecast_scores`` of the report.
    """
    rows = frame.filter(pl.col("model") != "persistence").drop_nulls("log_score_gain").with_columns(
        low=pl.col("log_score_gain") - NINETY * pl.col("gain_se"),
        high=pl.col("log_score_gain") + NINETY * pl.col("gain_se"),
    )
    ours = rows.filter(pl.col("model") == "choice")
    reach = (ours if ours.height else rows).select(pl.max_horizontal(pl.col("low", "high").abs().max())).item() or 1.0
    limit = 2.5 * float(reach)
    models = [k for k in MODELS if k in set(rows["model"])] + sorted(set(rows["model"]) - set(MODELS))
    origins = sorted(set(rows["trained_to"]))
    panels = [_origin(rows.filter(pl.col("trained_to") == o), o, limit=limit, models=models, setting=setting)
              for o in origins]
    return alt.vconcat(*panels, spacing=14)


def _origin(rows: pl.DataFrame, year: int, *, limit: float, models: list[str], setting: Setting) -> alt.LayerChart:
    m = setting.words.m
    names = [m.pick("forecast_model", k) for k in models]
    looks = [MODELS.get(k, (INK, "cross")) for k in models]
    channels = [c for c in ("trade", "diplomacy", "security", "institutions") if c in set(rows["channel"])]
    shown = [{"lane": m.pick("channel", r["channel"]), "model": m.pick("forecast_model", r["model"]),
              "estimate": r["log_score_gain"], "low": r["low"], "high": r["high"]} for r in rows.to_dicts()]
    x = _Axis(m("axis_gain"), [-limit, limit])
    y = alt.Y("lane:N", title=None, scale=alt.Scale(domain=[m.pick("channel", c) for c in channels], paddingInner=0.3),
              axis=_lane_axis())
    offset = alt.YOffset("model:N", scale=alt.Scale(domain=names))
    colour = alt.Color("model:N", title=None, scale=alt.Scale(domain=names, range=[c for c, _ in looks]),
                       legend=alt.Legend(symbolOpacity=1))
    shape = alt.Shape("model:N", title=None, scale=alt.Scale(domain=names, range=[s for _, s in looks]))
    zero = alt.Chart(values([{"x": 0.0}])).mark_rule(color=MUTED, strokeWidth=0.9).encode(x=x("x"))
    layers = [zero, *clipped(shown, x=x, y=y, limits=(-limit, limit), look=Look(colour, shape, offset),
                             words=setting.words)]
    return alt.LayerChart(layer=layers, width=WIDTH, height=14 * len(models) * len(channels),
                          title=m("thesis_trained_to", year=year))
