"""Synthetic reports for the tests of the view: one with every frame filled, one with hardly any data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from math import sin

import polars as pl

from equipoise.schema import CHANNELS, DEFAULT_POWERS, OUTSIDE, StateReport

YEARS = range(1992, 2024)
OPTIONS = (*DEFAULT_POWERS, OUTSIDE)
PAIRS = tuple(combinations(DEFAULT_POWERS, 2))
COMPONENTS = ("ideal_points", "sanctions", "alliances", "disputes", "strategic", "pooled")


def full() -> StateReport:
    """A report in which every chart has something to show, gaps included."""
    return StateReport(
        state="KAZ",
        powers=DEFAULT_POWERS,
        since=1991,
        until=2025,
        year=2023,
        tiers_power="RUS",
        tiers_region="Central Asia",
        tiers_on=date(2022, 1, 1),
        **_engagement(),
        **_order(),
        **_leeway(),
        **_trade(),
        **_rest(),
        **_region(),
        **_openings(),
        missing=(
            ("missing.channel_years", {"channel": "trade", "years": "1991, 2010–2011"}),
            ("missing.trade_zero_not_trade", {"power": "RUS", "years": "1992"}),
        ),
        assumptions={
            "coercion": (0.0, 4.0),
            "cross_pressure": (0.0, 4.0),
            "intolerance": (0.0, 1.0),
            "draws": 200,
            "left_out_draws": 40,
            "seed": 1,
            "rivalry_weights": {"sanctions": 0.4, "ideal_points": 0.2, "alliances": 0.4},
        },
        provenance={"equipoise": "0.1.0", "pack": "2026.11", "pack_sha256": "0" * 64},
    )


def poor() -> StateReport:
    """The same state without any data: every frame is empty."""
    report = full()
    frames = {
        name: getattr(report, name).clear()
        for name in StateReport.__dataclass_fields__
        if isinstance(getattr(report, name), pl.DataFrame)
    }
    return replace(report, state="TUV", year=None, missing=(), provenance={}, **frames)


def with_leeway(
    value: float, *, falls_to: str | None = "RUS", cause: str = "side_lost", pair: float = 0.3
) -> StateReport:
    """The full report with another leeway in the headline year; ``pair`` is the lowest leeway by pair."""
    report = full()
    now = pl.col("year") == 2023
    leeway = report.leeway.with_columns(
        value=pl.when(now).then(value).otherwise("value"),
        cause=pl.when(now).then(pl.lit(cause)).otherwise("cause"),
        falls_to=pl.when(now).then(pl.lit(falls_to, dtype=pl.String)).otherwise("falls_to"),
    )
    first = (pl.col("power_a") == "RUS") & (pl.col("power_b") == "USA")
    pairs = report.leeway_pairs.with_columns(
        value=pl.when(now & first).then(pair).when(now).then(1.0).otherwise("value"),
        mean=pl.when(now & first).then(pair).when(now).then(1.0).otherwise("mean"),
    )
    return replace(report, leeway=leeway, leeway_pairs=pairs)


def _frame(rows: list[dict[str, object]], **dtypes: pl.DataType | type[pl.DataType]) -> pl.DataFrame:
    known = {"year": pl.Int32} if "year" in rows[0] else {}
    return pl.DataFrame(rows, schema_overrides={**known, **dtypes}, infer_schema_length=None)


def _engagement() -> dict[str, pl.DataFrame]:
    weights = {"RUS": 4.0, "CHN": 2.0, "USA": 0.7, "EUU": 1.5, "JPN": 0.5, OUTSIDE: 1.3}
    shares, channels, index = [], [], []
    for year in YEARS:
        moved = {o: w * (1.2 + sin(year / 4 + i)) for i, (o, w) in enumerate(weights.items())}
        total = sum(moved.values())
        for option, weight in moved.items():
            share = weight / total
            shares.append(
                {
                    "year": year,
                    "option": option,
                    "share": share,
                    "low": 0.8 * share,
                    "high": min(1, 1.2 * share),
                    "channels": 4 if year < 2015 else 2,
                }
            )
            channels += [
                {"year": year, "channel": c, "option": option, "share": share, "source": "cow_trade"}
                for c in CHANNELS[: 4 if year < 2015 else 2]
            ]
        index.append(
            {
                "year": year,
                "index": 0.85,
                "index_low": 0.7,
                "index_high": 0.95,
                "spread": 0.8,
                "issue_splitting": 0.4,
                "straddle": None if year == 2000 else 0.3,
                "straddle_low": None if year == 2000 else 0.1,
                "straddle_high": None if year == 2000 else 0.5,
                "straddle_without_low": None if year == 2000 else 0.2,
                "straddle_without_high": None if year == 2000 else 0.35,
                "equidistance": None if year == 2000 else 0.45,
                "equidistance_low": None if year == 2000 else 0.4,
                "equidistance_high": None if year == 2000 else 0.5,
                "equidistance_without_low": None if year == 2000 else 0.42,
                "equidistance_without_high": None if year == 2000 else 0.47,
                "hedging_without_low": None if year == 2000 else 0.12,
                "hedging_without_high": None if year == 2000 else 0.18,
                "hedging": None if year == 2000 else 0.15,
                "hedging_low": None if year == 2000 else 0.1,
                "hedging_high": None if year == 2000 else 0.2,
            }
        )
    return {"engagement": _frame(shares), "channels": _frame(channels), "multi_vector": _frame(index)}


def _order() -> dict[str, pl.DataFrame]:
    rivalry = [
        {"year": y, "power_a": a, "power_b": b, "component": c, "value": abs(sin(y / 5 + i)), "low": None, "high": None,
         "without_low": 0.1 if c == "pooled" else None, "without_high": 0.9 if c == "pooled" else None}
        for y in YEARS
        for i, (a, b) in enumerate(PAIRS)
        for c in COMPONENTS
    ]
    without = [
        {"year": y, "power_a": a, "power_b": b, "component": c, "value": min(1, 0.1 * j + abs(sin(y / 5 + i)))}
        for y in YEARS
        for i, (a, b) in enumerate(PAIRS)
        for j, c in enumerate(COMPONENTS[:3])
    ]
    left_out = [
        {"year": y, "component": c, "stress": 0.1 + (y - 1992) / 150 + change, "straddle": 0.3, "hedging": 0.15,
         "leeway": None if y > 2020 else 0.6}
        for y in YEARS
        for c, change in (("ideal_points", 0.01), ("sanctions", -0.03), ("alliances", 0.02))
    ]
    spans = {
        f"{name}_{end}": value
        for name, (least, most) in {"frustration": (0.0, 0.2), "depth": (0.2, 0.6)}.items()
        for end, value in (("low", least), ("high", most), ("without_low", least + 0.05), ("without_high", most - 0.05))
    }
    stress = [
        {"year": y, "stress": 0.1 + (y - 1992) / 150, "low": 0.05, "high": 0.4, "stress_without_low": 0.07,
         "stress_without_high": 0.35, "frustration": 0.1, "depth": 0.4, **spans, "minima": 1, "agrees": y > 1993}
        for y in YEARS
    ]
    blocs = [
        {"year": y, "power": p, "bloc": 1 if p in ("RUS", "CHN") else 2, "loading": 0.4,
         "deepest": 1 if p == "CHN" or (p == "RUS" and y > 1993) else 2}
        for y in YEARS
        for p in DEFAULT_POWERS
    ]
    leverage = [
        {"year": y, "power": p, "leverage": 0.3, "trade": 0.2, "border": None, "alliance": 0.1}
        for y in YEARS
        for p in DEFAULT_POWERS
    ]
    return {
        "rivalry": _frame(rivalry, low=pl.Float64, high=pl.Float64),
        "rivalry_without": _frame(without),
        "left_out": _frame(left_out),
        "order": _frame(stress),
        "order_blocs": _frame(blocs, bloc=pl.Int32, deepest=pl.Int32),
        "leverage": _frame(leverage),
    }


def _leeway() -> dict[str, pl.DataFrame]:
    rows = [
        {
            "year": y,
            "value": 0.62,
            "low": 0.41,
            "high": 1.0,
            "mid_low": 0.5,
            "mid_high": 0.8,
            "falls_to": "RUS",
            "falls_to_power": "RUS",
            "cause": "side_lost",
            "not_stable": 0.02,
            "without_low": 0.55,
            "without_high": 0.7,
        }
        for y in YEARS
        if y not in (2010, 2022)
    ]
    pairs = [
        {"year": y, "power_a": a, "power_b": b, "value": 0.3 + 0.07 * i, "low": 0.1, "high": 1.0,
         "mean": 0.3 + 0.07 * i, "one_sided": 0.1}
        for y in YEARS
        for i, (a, b) in enumerate(PAIRS)
    ]
    mixed = [
        {"year": y, "strategy": s, "power": "RUS", "amount": 0.5 * x, "share": x, "low": 0.7 * x, "high": 1.2 * x}
        for y in YEARS
        for s, x in (("bandwagoning", 0.3), ("accommodation", 0.1), ("hedging", 0.4), ("neutrality", 0.15),
                     ("balancing", 0.05))
        if y not in (2010, 2022)
    ]
    return {"leeway": _frame(rows), "leeway_pairs": _frame(pairs), "strategies": _frame(mixed)}


def _trade() -> dict[str, pl.DataFrame]:
    flows = [
        {
            "year": y,
            "partner": p,
            "exports_musd": 1000.0 * (i + 1),
            "imports_musd": 900.0,
            "share": (i + 1) / 21,
            "source": "cow_trade" if y < 2015 else "kaz_trade",
            "note": "one_direction" if y == 1999 else None,
        }
        for y in YEARS
        if y not in (2010, 2011)
        for i, p in enumerate(OPTIONS)
    ]
    total = [
        {"year": y, "total_musd": 26000.0, "dependence": 0.6, "hhi": 0.12, "partners": 80, "source": "cow_trade"}
        for y in YEARS
    ]
    given = [{"date": date(2017, 1, 1), "power": "RUS", "share": 0.22, "document": "Lin", "place": "4"}]
    lost = [
        {"power": p, "year": y, "loss": 0.02 * (i + 1), "low": 0.01 * (i + 1), "high": 0.04 * (i + 1),
         "power_loss": 2e-4, "power_low": 1e-4, "power_high": 4e-4}
        for y in (*range(1992, 2015), 2023)
        for i, p in enumerate(DEFAULT_POWERS)
    ]
    return {"trade": _frame(flows, note=pl.String), "trade_summary": _frame(total), "document_shares": _frame(given),
            "decoupling": _frame(lost)}


def _rest() -> dict[str, pl.DataFrame]:
    economy = [
        {
            "year": y,
            "gdp_2015usd": 1.8e11,
            "growth_pct": 8 * sin(y),
            "population": 1.9e7,
            "oil_usd_bbl": 60.0 + 20 * sin(y / 3),
        }
        for y in YEARS
    ]
    distance = [
        {"year": y, "power": p, "distance": 0.5 * i, "low": 0.4 * i, "high": 0.6 * i, "published": 0.55 * i}
        for y in YEARS
        for i, p in enumerate(DEFAULT_POWERS)
    ]
    bodies = [
        ("CSTO", "Collective Security Treaty Organization", "集體安全條約組織", "security", "member", None, True),
        ("WTO", "World Trade Organization", "世界貿易組織", "economy;politics", "applicant", date(2015, 11, 29), True),
        ("ECO", "Economic Cooperation Organization", "經濟合作組織", "economy", "member", None, False),
    ]
    organisations = [
        {
            "organisation": o,
            "name_en": e,
            "name_zh": z,
            "function": f,
            "kind": k,
            "start": date(1996, 1, 1),
            "end": end,
            "source": "its register",
            "confidence": "high",
            "verified": v,
        }
        for o, e, z, f, k, end, v in bodies
    ]
    events = [
        ("crimea", date(2014, 3, 18), "Crimea", "克里米亞", True),
        ("eaeu", date(2015, 1, 1), "EAEU", "歐亞經濟聯盟", True),
        ("invasion", date(2022, 2, 24), "Invasion", "俄烏戰爭", True),
        ("tenge", date(1993, 11, 15), "Tenge", "堅戈", False),
    ]
    dated = [
        {
            "id": i,
            "date": d,
            "end": date(2022, 6, 30) if i == "invasion" else None,
            "precision": "month" if i == "tenge" else "day",
            "kind": {"crimea": "crisis", "eaeu": "organisation", "invasion": "war", "tenge": "currency"}[i],
            "title_en": f"{s} & <more>",
            "title_zh": z,
            "short_en": s,
            "short_zh": z,
            "source": "a newspaper",
            "on_axes": on,
        }
        for i, d, s, z, on in events
    ]
    leaders = [{"leader": "Tokayev", "start": date(2019, 3, 20), "end": None}]
    return {
        "economy": _frame(economy),
        "distance": _frame(distance),
        "events": _frame(dated, end=pl.Date),
        "organisations": _frame(organisations, end=pl.Date),
        "leaders": _frame(leaders, end=pl.Date),
    }


def _openings() -> dict[str, pl.DataFrame]:
    rows = [
        ("RUS", "security", date(1992, 5, 15), "day", False, "fact", True, 1),
        ("RUS", "trade", date(1994, 1, 1), "year", True, "measured", True, 2),
        ("USA", "energy", date(1993, 4, 6), "day", False, "fact", True, 1),
        ("USA", "security", date(1993, 12, 13), "day", False, "fact", True, 1),
        ("USA", "security", date(1996, 1, 1), "year", False, "measured", True, None),
        ("JPN", "technology", date(2006, 8, 1), "month", False, "fact", False, 1),
        ("CHN", "transit", date(2023, 5, 15), "day", False, "fact", True, 1),
    ]
    openings = [
        {"power": p, "channel": c, "date": d, "precision": f, "at_latest": late, "what_en": f"A <tie> of {c}",
         "what_zh": "聯繫", "kind": k, "source": "cow_trade" if k == "measured" else "general knowledge", "verified": v,
         "order": o}
        for p, c, d, f, late, k, v, o in rows
    ]
    claims = [
        {"claim": "usa_security", "power": "USA", "verdict": "undecidable", "reason": "tie", "channels": ["security"],
         "one": ["security"], "one_year": 1993, "other": ["energy"], "other_year": 1993},
        {"claim": "china_last", "power": "CHN", "verdict": "supported", "reason": "earlier", "channels": ["transit"],
         "one": ["transit"], "one_year": 2023, "other": ["RUS", "USA"], "other_year": 1994},
        {"claim": "japan_2006", "power": "JPN", "verdict": "supported", "reason": "tie", "channels": ["technology"],
         "one": ["technology"], "one_year": 2006, "other": [], "other_year": 2006},
    ]
    return {"openings": _frame(openings, order=pl.Int32), "opening_claims": _frame(claims, other=pl.List(pl.String))}


def _region() -> dict[str, pl.DataFrame]:
    tiers = [
        {"state": s, "tier": t, "because": b, "border": s == "KAZ", "capital_km": km}
        for s, t, b, km in (
            ("KAZ", 1, "CSTO", 2270.0),
            ("TJK", 1, "CSTO", 2980.0),
            ("KGZ", 1, "CSTO", 2990.0),
            ("UZB", 2, "CIS;SCO", 2790.0),
            ("TKM", 3, None, 2490.0),
        )
    ]
    lean = [
        {"state": s, "power": p, "share": 0.4, "margin": 0.1, "year": 2023}
        for s, p in (("KAZ", "CHN"), ("UZB", "RUS"), ("TKM", None))
    ]
    boxes = (
        ("KAZ", 50, 42, 85, 55),
        ("UZB", 57, 38, 70, 43),
        ("TKM", 53, 36, 64, 41),
        ("RUS", 30, 56, 175, 75),
        ("IRN", 45, 26, 60, 36),
    )
    shapes = [{"iso3": s, "name": s, "polygons": [[[a, b], [a, d], [c, d], [c, b], [a, b]]]} for s, a, b, c, d in boxes]
    sources = [
        {
            "source": i,
            "title": t,
            "version": "1",
            "coverage": "1816–2014",
            "licence": "CC BY 4.0",
            "home": "https://example.org/a?b=c",
            "used_for": u,
        }
        for i, t, u in (
            ("cow_trade", "Dyadic Trade", "trade"),
            ("kaz_trade", "Main indicators", "trade"),
            ("un_votes", "UN votes", "diplomacy;rivalry"),
            ("shapes", "Natural Earth", "map"),
        )
    ]
    return {
        "tiers": _frame(tiers, tier=pl.Int8),
        "lean": _frame(lean),
        "shapes": pl.DataFrame(
            shapes, schema={"iso3": pl.String, "name": pl.String, "polygons": pl.List(pl.List(pl.List(pl.Float32)))}
        ),
        "sources": _frame(sources),
    }
