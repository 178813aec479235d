"""A report as plain Python, ready to be written as JSON: what ``--json`` prints."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import date
from typing import Any

import polars as pl

from equipoise.schema import StateReport
from equipoise.view.headline import Facts, facts

UNITS = {
    "year": "year",
    "share": "share, 0 to 1",
    "low": "5th percentile, unit of the value",
    "high": "95th percentile, unit of the value",
    "index": "0 to 1",
    "index_low": "0 to 1",
    "index_high": "0 to 1",
    "spread": "0 to 1",
    "issue_splitting": "0 to 1",
    "straddle": "0 to 1",
    "straddle_low": "5th percentile, 0 to 1",
    "straddle_high": "95th percentile, 0 to 1",
    "straddle_without_low": "lowest without one component of rivalry, 0 to 1",
    "straddle_without_high": "highest without one component of rivalry, 0 to 1",
    "equidistance": "0 to 1",
    "equidistance_low": "5th percentile over rivalry, 0 to 1",
    "equidistance_high": "95th percentile over rivalry, 0 to 1",
    "equidistance_without_low": "lowest without one component of rivalry, 0 to 1",
    "equidistance_without_high": "highest without one component of rivalry, 0 to 1",
    "hedging": "0 to 1",
    "hedging_low": "5th percentile, 0 to 1",
    "hedging_high": "95th percentile, 0 to 1",
    "value": "0 to 1",
    "stress": "0 to 0.5",
    "stress_without_low": "lowest without one component of rivalry, 0 to 0.5",
    "stress_without_high": "highest without one component of rivalry, 0 to 0.5",
    "hedging_without_low": "lowest without one component of rivalry, 0 to 1",
    "hedging_without_high": "highest without one component of rivalry, 0 to 1",
    "frustration": "share of the weight of ties, 0 to 0.5",
    "frustration_low": "5th percentile, 0 to 0.5",
    "frustration_high": "95th percentile, 0 to 0.5",
    "frustration_without_low": "lowest without one component of rivalry, 0 to 0.5",
    "frustration_without_high": "highest without one component of rivalry, 0 to 0.5",
    "depth": "energy of the deepest minimum over the greatest possible, 0 to 1",
    "depth_low": "5th percentile, 0 to 1",
    "depth_high": "95th percentile, 0 to 1",
    "depth_without_low": "lowest without one component of rivalry, 0 to 1",
    "depth_without_high": "highest without one component of rivalry, 0 to 1",
    "minima": "number of local minima",
    "bloc": "1 or 2: bloc of order stress",
    "deepest": "1 or 2: bloc of the deepest minimum",
    "leeway": "median, 0 to 1",
    "without_low": "lowest without one component of rivalry, 0 to 1",
    "without_high": "highest without one component of rivalry, 0 to 1",
    "loading": "eigenvector entry",
    "leverage": "0 to 1",
    "not_stable": "share of parameter draws",
    "collapses": "share of parameter draws",
    "amount": "mean over draws, 0 to 1; assumed parameters",
    "mean": "0 to 1",
    "exports_musd": "million current US dollars",
    "imports_musd": "million current US dollars",
    "total_musd": "million current US dollars",
    "dependence": "total trade over GDP",
    "hhi": "0 to 1, normalised",
    "partners": "number of partner states",
    "gdp_2015usd": "constant 2015 US dollars",
    "growth_pct": "per cent a year",
    "population": "persons",
    "oil_usd_bbl": "current US dollars a barrel, annual mean",
    "distance": "standard deviations of ideal points over all states and sessions",
    "published": "standard deviations of the published ideal points",
    "channels": "number of channels observed",
    "tier": "1 to 3",
    "border": "whether it has a land border with the power",
    "capital_km": "kilometres between capitals",
    "order": "place among a power's channels, from 1; null after the first opening of a channel",
    "margin": "share, 0 to 1",
    "probability": "0 to 1",
    "effect": "logits up the ladder, against the reason's absence; of trade, near and likeness against the mean",
    "measured": "unit of the reason",
    "ranked_score": "ranked probability score, 0 to 1; lower is better",
    "hits": "share of stances on the most probable rung",
    "date": "ISO 8601",
    "start": "ISO 8601",
    "end": "ISO 8601; null is open",
    "polygons": "degrees, [longitude, latitude]",
}
"""Unit of every column that has one."""


def as_dict(report: StateReport) -> dict[str, Any]:
    """Return every figure of a report; frames become lists of rows, dates ISO text, and what has no value None.

    The outlines of the map are left out: they are no figures of the report. ``headline`` holds the key figures and
    ``units`` the unit of every column.
    """
    out: dict[str, Any] = {"state": report.state, "headline": _headline(facts(report))}
    for f in fields(report):
        if f.name != "shapes":
            out[f.name] = plain(getattr(report, f.name))
    columns = {
        c
        for f in fields(report)
        if isinstance(frame := getattr(report, f.name), pl.DataFrame) and f.name != "shapes"
        for c in frame.columns
    }
    out["units"] = {c: UNITS[c] for c in sorted(columns & UNITS.keys())}
    return out


def plain(value: Any) -> Any:
    """A value as JSON knows it.

    >>> plain({"a": (float("nan"), date(2022, 1, 6))})
    {'a': [None, '2022-01-06']}
    """
    if isinstance(value, pl.DataFrame):
        return [plain(row) for row in value.to_dicts()]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def _headline(found: Facts) -> dict[str, Any]:
    made: dict[str, Any] = plain(
        {
            "year": found.year,
            "engagement": dict(found.shares),
            "multi_vector": found.multi_vector,
            "order": found.stress,
            "blocs": list(found.blocs),
            "leeway": found.leeway,
            "most_threatening_pairs": found.threat,
            "leeway_of_most_threatening_pair": found.threat_value,
        }
    )
    return made
