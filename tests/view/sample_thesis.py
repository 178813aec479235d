"""Invented frames of the tested hypotheses, as a report has them."""

from __future__ import annotations

import json

import polars as pl

from equipoise.schema import CHANNELS


def thesis() -> dict[str, pl.DataFrame]:
    """All five frames."""
    s = {"H1": 0.05, "H2": 0.5, "H3": 0.05, "H4": 0.06, "H5": 0.02, "H6": 0.02, "H7": 3.0}
    middle = {"H1": -1.0, "H2": 0.4, "H3": 3.5, "H4": 1.8, "H5": 13.0, "H6": 2.9, "H7": -2.0}
    rows = []
    for h, unit in s.items():
        made = [("main", "primary", 1.0, 0.5), ("quick", "primary", 1.3, 2.0)]
        made += [("variant", name, 0.5 + 0.2 * i, 1.0) for i, name in enumerate(
            ("rivalry_without_sanctions", "to_2013", "post_soviet_states", "trade_alone", "unheard_of"))]
        made += [("placebo", f"rivalry_{n}_years_later", 0.1 * n, 1.0) for n in (3, 4)]
        for kind, name, factor, wide in made:
            if h == "H5" and kind == "main":
                continue
            value = middle[h] * factor
            rows.append({"hypothesis": h, "kind": kind, "name": name, "estimate": value * unit,
                         "low": (value - 2 * wide) * unit, "high": (value + 2 * wide) * unit, "rows": 7324,
                         "states": 152, "first_year": 1997, "last_year": 2023, "status": "done", "reason": ""})
    rows.append(rows[0] | {"hypothesis": "H7", "kind": "variant", "name": "without_belarus", "estimate": None,
                           "low": None, "high": None, "rows": 0, "status": "singular", "reason": "no variance"})
    said = {
        "H1": ("undecidable", [{"code": "fragile_variants", "params": {"share": 0.28}},
                               {"code": "not_checked", "params": {"what": "quick look"}}]),
        "H2": ("not_supported", []),
        "H3": ("supported", [{"code": "not_checked", "params": {"what": "an odd thing"}}]),
        "H4": ("undecidable", [{"code": "sampling", "params": {"rhat": 1.02, "ess": 312.0, "divergences": 3}}]),
        "H5": (None, [{"code": "stuck", "params": {"share": 0.816}}]),
        "H6": ("undecidable", [{"code": "psi", "params": {"readings": ["supported", "not supported"]}}]),
        "H7": ("contradicted", [{"code": "never_heard_of", "params": {"x": 0.5}}, {"code": "oil", "params": {}}]),
    }
    verdicts = [
        {"hypothesis": h, "verdict": v, "smallest": s[h], "unit": "units", "power": None if h == "H5" else 0.63,
         "holm": None if h == "H5" else 0.12, "placebo_count": 0 if h == "H2" else 500,
         "placebo_low": None if h == "H2" else -4 * s[h], "placebo_high": None if h == "H2" else 3.5 * s[h],
         "reasons": json.dumps(why)}
        for h, (v, why) in said.items()
    ]
    fitted, fit = [], []
    spans = {"coercion": (0.4, 0.3), "cross_pressure": (1.2, 0.5), "intolerance": (0.5, 0.2)}
    for prior in ("free", "restricted"):
        for p, (centre, wide) in spans.items():
            groups = ["", *(CHANNELS if p != "intolerance" else ())]
            for i, g in enumerate(groups):
                q = {"low": centre - 1.6 * wide, "mid_low": centre - 0.7 * wide, "median": centre,
                     "mid_high": centre + 0.7 * wide, "high": centre + 1.6 * wide}
                at = {k: v - 0.2 * i for k, v in q.items()}
                fitted.append({"prior": prior, "parameter": p, "group": g, "what": "posterior", **at})
                fit.append({"prior": prior, "parameter": p, "group": g, "mean": at["median"], "sd": wide,
                            "low": at["low"], "high": at["high"], "rhat": 1.002, "ess_bulk": 1800.0,
                            "ess_tail": 1500.0})
            known = (0.05, 0.25, 0.5, 0.75, 0.95) if p == "intolerance" else (-3.3, -1.3, 0.0, 1.3, 3.3)
            before = dict(zip(("low", "mid_low", "median", "mid_high", "high"), known, strict=True))
            fitted.append({"prior": prior, "parameter": p, "group": "", "what": "prior", **before})
        fit.append({"prior": prior, "parameter": "sampling", "group": "divergences", "mean": 0.0, "sd": None,
                    "low": None, "high": None, "rhat": None, "ess_bulk": None, "ess_tail": None})
    scores = [
        {"trained_to": o, "channel": c, "model": m, "log_score": 3.0 + g, "crps": 0.02, "n": 900,
         "left_out": 3, "log_score_gain": g, "gain_se": 0.1, "crps_gain": g / 100, "crps_gain_se": 0.002}
        for o in (2007, 2013)
        for i, c in enumerate(CHANNELS)
        for m, g in (("choice", 0.2 - 0.1 * i), ("null", 0.1), ("persistence", 0.0), ("multinomial", -8.0))
    ]
    frames = {"thesis": rows, "verdicts": verdicts, "choice_posterior": fitted, "choice_fit": fit,
              "forecast_scores": scores}
    return {name: pl.DataFrame(found, infer_schema_length=None) for name, found in frames.items()}
