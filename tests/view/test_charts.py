"""Charts follow the schema, keep each power's colour, put a unit on every axis and the events on every time axis."""

from __future__ import annotations

import itertools
import json
from datetime import date, timedelta
from typing import Any

import altair as alt
import polars as pl
import pytest

from equipoise.schema import DEFAULT_POWERS, OUTSIDE, StateReport
from equipoise.view.charts import (
    compare,
    distance,
    engagement,
    lanes,
    leeway,
    order,
    organisations,
    strategy,
    tiers,
    trade,
)
from equipoise.view.charts import map as region_map
from equipoise.view.charts.lines import alone
from equipoise.view.charts.setting import Mark, Setting, placed, with_gaps
from equipoise.view.figures import draft
from equipoise.view.style import COLOURS, SPARE, palette
from equipoise.view.words import words


@pytest.fixture(scope="module", params=["en", "zh"])
def setting(request: pytest.FixtureRequest, full: StateReport) -> Setting:
    return draft(full, words=words(request.param)).setting


def _charts(r: StateReport, s: Setting) -> dict[str, alt.TopLevelMixin]:
    return {
        "engagement": engagement.engagement(r.engagement, r.channels, setting=s),
        "multi_vector": engagement.multi_vector(r.multi_vector, setting=s),
        "order": order.order(r.order, r.order_blocs, setting=s),
        "structure": order.structure(r.order, r.order_blocs, setting=s),
        "rivalry": order.rivalry(r.rivalry, setting=s),
        "rivalry_lines": order.rivalry_lines(r.rivalry, setting=s),
        "leeway": leeway.leeway(r.leeway, setting=s),
        "pairs": leeway.pairs(r.leeway_pairs, setting=s),
        "strategies": strategy.strategies(r.strategies, setting=s),
        "trade": trade.shares(r.trade, r.document_shares, setting=s, titles={}),
        "summary": trade.summary(r.trade_summary, setting=s),
        "economy": trade.economy(r.economy, setting=s),
        "distance": distance.distance(r.distance, setting=s),
        "organisations": organisations.timeline(r.organisations, setting=s)[0],
        "events": lanes.lanes(r.events, setting=s),
        "compare": compare.engagement({"KAZ": r.engagement, "UZB": r.engagement}, setting=s),
    }


def test_time_charts_are_valid_and_carry_events_and_units(full: StateReport, setting: Setting) -> None:
    for name, chart in _charts(full, setting).items():
        spec = chart.to_dict()
        rules = [
            v for v in _walk(spec) if _mark(v) == "rule" and v.get("encoding", {}).get("x", {}).get("field") == "x"
        ]
        assert rules, name
        titled = [e["x"] for v in _walk(spec) if (e := v.get("encoding")) and e.get("x", {}).get("title")]
        assert name == "x" or titled or any(a["title"] for a in _axes(spec) if "title" in a), name


def test_other_charts_are_valid(full: StateReport, setting: Setting) -> None:
    tiers.rings(full.tiers, power="RUS", state="KAZ", setting=setting).to_dict()
    region_map.region(full.shapes, full.lean, state="KAZ", setting=setting).to_dict()
    leeway.pair_bars(full.leeway_pairs.filter(pl.col("year") == 2023), setting=setting).to_dict()


def test_a_power_has_one_colour_everywhere(full: StateReport, setting: Setting) -> None:
    seen: dict[str, set[str]] = {}
    for chart in _charts(full, setting).values():
        for scale in _scales(chart.to_dict(validate=False)):
            for name, colour in zip(scale["domain"], scale["range"], strict=False):
                seen.setdefault(str(name), set()).add(str(colour))
    for power in DEFAULT_POWERS:
        assert seen[setting.words.name(power)] == {COLOURS[power]}


def test_spare_colours_do_not_change_the_fixed_ones() -> None:
    assert palette(("IND", "RUS", "TUR")) == {
        "IND": SPARE[0],
        "RUS": COLOURS["RUS"],
        "TUR": SPARE[1],
        OUTSIDE: COLOURS[OUTSIDE],
    }
    assert len(palette([f"X{i}" for i in range(30)])) == 31


@pytest.mark.parametrize(
    "seen_by",
    [
        ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        # Machado, Oliveira and Fernandes (2009), severity 1: protanopia, deuteranopia.
        ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
        ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    ],
)
def test_colours_can_be_told_apart(seen_by: tuple[tuple[float, ...], ...]) -> None:
    shown = {
        p: _lab(tuple(sum(w * c for w, c in zip(row, _linear(h), strict=True)) for row in seen_by))
        for p, h in COLOURS.items()
    }
    for a, b in itertools.combinations(shown, 2):
        assert sum((x - y) ** 2 for x, y in zip(shown[a], shown[b], strict=True)) ** 0.5 > 20, (a, b)


def test_colours_stand_out_from_white() -> None:
    for colour in (*COLOURS.values(), *SPARE):
        r, g, b = _linear(colour)
        assert 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) >= 3, colour


def test_gaps_break_lines(setting: Setting) -> None:
    frame = pl.DataFrame({"year": [2000, 2002], "k": ["a", "a"], "v": [1.0, 2.0]}, schema_overrides={"year": pl.Int32})
    rows = with_gaps(frame, setting=setting, by="k").filter(pl.col("year").is_between(2000, 2002))
    assert rows["v"].to_list() == [1.0, None, 2.0]
    assert alone(frame, by="k")["year"].to_list() == [2000, 2002]


def test_event_labels_never_overlap() -> None:
    marks = [Mark(2010 + 0.4 * i, "a rather long label") for i in range(8)] + [
        Mark(1995.0, "x"),
        Mark(2019.9, "at the edge"),
    ]
    rows = placed(marks, span=(1990, 2020), width=600)
    assert len(rows) == len(marks)
    same = [(a, b) for a, b in itertools.combinations(rows, 2) if a["row"] == b["row"] and a["side"] == b["side"]]
    assert all(
        abs(a["x"] - b["x"]) * 20 > 100 for a, b in same if len(str(a["label"])) > 15 and len(str(b["label"])) > 15
    )


def test_rings_are_clockwise_also_across_the_date_line() -> None:
    ring = [[179.0, 0.0], [-179.0, 0.0], [-179.0, 2.0], [179.0, 2.0], [179.0, 0.0]]
    turned = region_map.clockwise(region_map.unwrapped(ring))
    assert turned == region_map.unwrapped(ring)[::-1]
    assert max(p[0] for p in turned) == 181.0


def test_map_greys_out_states_without_data(full: StateReport, setting: Setting) -> None:
    chart = region_map.region(full.shapes, full.lean, state="KAZ", setting=setting).to_dict()
    names = next(s["domain"] for s in _scales(chart))
    assert names[-2:] == [setting.words.m("no_data"), setting.words.m("not_compared")]


def test_rivalry_without_its_last_component(full: StateReport, setting: Setting) -> None:
    some = full.rivalry.filter(pl.col("component").is_in(["pooled", "ideal_points"]))
    assert len(order.rivalry(some, setting=setting).to_dict()["vconcat"]) == 3


def _walk(spec: Any) -> list[dict[str, Any]]:
    if isinstance(spec, dict):
        return [spec, *(d for v in spec.values() for d in _walk(v))]
    return [d for v in spec for d in _walk(v)] if isinstance(spec, list) else []


def _mark(view: dict[str, Any]) -> str | None:
    mark = view.get("mark")
    return mark.get("type") if isinstance(mark, dict) else mark


def _axes(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [d["axis"] for d in _walk(spec) if isinstance(d.get("axis"), dict)]


def _scales(spec: dict[str, Any]) -> list[dict[str, Any]]:
    colours = [d["color"] for d in _walk(spec) if isinstance(d.get("color"), dict)]
    return [
        c["scale"] for c in colours if isinstance(c.get("scale"), dict) and isinstance(c["scale"].get("domain"), list)
    ]


def _linear(colour: str) -> tuple[float, float, float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return r, g, b


def _lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    r, g, b = (min(1.0, max(0.0, c)) for c in rgb)
    x, y, z = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    fx, fy, fz = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def test_dots_of_events_keep_apart_and_are_hollow_where_the_day_is_not_known(full: StateReport) -> None:
    s = Setting(words("en"), DEFAULT_POWERS, 1991, 2023)
    days = [date(2022, 1, 1) + timedelta(days=30 * i) for i in range(12)]
    events = pl.DataFrame({"id": [f"e{i:02}" for i in range(12)], "date": days, "kind": "crisis", "precision": "day",
                           "end": [date(2023, 12, 31), *[None] * 11]}).with_columns(
        precision=pl.when(pl.col("id") == "e05").then(pl.lit("month")).otherwise("precision"))
    spec = lanes.lanes(events, setting=s).to_dict()
    bars, filled, hollow = (json.loads(v) for v in spec["datasets"].values())
    dots = sorted(filled + hollow, key=lambda r: r["at"])
    assert len(dots) == 12 and [r["row"] for r in bars] == [0] and len(hollow) == 1
    apart = lanes.STEP / lanes.WIDTH * 33
    for a, b in itertools.combinations(dots, 2):
        assert a["row"] != b["row"] or b["at"] - a["to"] >= apart


def test_events_that_do_not_touch_the_years_are_not_drawn() -> None:
    events = pl.DataFrame({"id": ["a", "b", "c"], "date": [date(1980, 1, 1), date(1980, 1, 1), date(2030, 1, 1)],
                           "end": [None, date(1995, 1, 1), None]})
    assert lanes.shown(events, since=1991, until=2023)["id"].to_list() == ["b"]
