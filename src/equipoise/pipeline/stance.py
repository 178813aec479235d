"""The stances of powers, or any states, on one crisis: what is forecast, why, and what is coded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.assemble.crises import Crisis, read, ready, shipped
from equipoise.assemble.crisis_events import crisis_events
from equipoise.assemble.crisis_keys import RUNGS
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import AGGREGATES
from equipoise.errors import UsageError
from equipoise.pipeline.measured import Measured, made
from equipoise.pipeline.reasons import REASONS, reasons, scene
from equipoise.pipeline.stances import (
    OUTCOMES,
    Posterior,
    distributions,
    effects,
    left_out_weights,
    posterior,
    values_of,
)
from equipoise.schema import DEFAULT_POWERS

Array = NDArray[np.float64]

SOURCES = ("un_roll_calls", "un_votes", "cow_trade", "imf_trade", "kaz_trade", "atop", "vdem", "distances", "shapes")

_UNITS = {
    "probability": "0 to 1",
    "coded": "whether the power took this rung",
    "value": "unit of the reason, see the explanation of stances; null where it is not known",
    "effect": "logits up the ladder, against the reason's absence; of trade, near and likeness against the mean",
    "low": "5th percentile",
    "high": "95th percentile",
}


_SCORE_UNITS = {
    "ranked_score": "ranked probability score, 0 to 1; lower is better",
    "log_score": "nats a stance; higher is better",
    "hits": "share of stances on the most probable rung",
    "gain": "ranked score of the frequencies less the model's",
    "gain_se": "standard error of the gain, by crisis",
    "forecast": "mean forecast probability, 0 to 1",
    "observed": "share, 0 to 1",
    "n": "stances; of calibration, forecasts",
}


def crises() -> pl.DataFrame:
    """Return the ready crises: ``key``, ``start``, ``place``, ``kind``, ``title_en``, ``title_zh``.

    >>> crises().filter(key="kazakhstan-2022")["place"].to_list()
    ['KAZ']
    """
    rows = [(c.key, c.start, c.place, c.kind, c.title, c.title_zh) for c in map(shipped, ready())]
    columns = {
        "key": pl.String,
        "start": pl.Date,
        "place": pl.String,
        "kind": pl.String,
        "title_en": pl.String,
        "title_zh": pl.String,
    }
    return pl.DataFrame(rows, schema=columns, orient="row").sort("start", "key")


def stance(crisis: str, *, powers: Sequence[str] | None = None, pack: Pack | None = None) -> Measured:
    """What each power does in a crisis: the chance of every rung, the reasons with sign and size, the coding.

    Of a crisis that comes with the package the forecast is made without it, without others on the same soil at nearly
    the same time, and without votes about the place.

    Args:
        crisis: a key such as ``kazakhstan-2022``, or the path of a TOML file.
        powers: codes or names of powers or any other states; the five powers by default, parties left out.

    Returns:
        A row a power, stance (``first``, ``firmest``) and rung: ``probability``, ``coded``. In ``more``: ``reasons``
        (``value``, ``effect`` with bounds, a row a power and reason; ``own`` is the power's own level), ``coded``
        (what the crisis's file says of each), and ``events``, the dated ones around the crisis, if any are known.

    Raises:
        UsageError: no such crisis, or nobody is left who is no party; BadSourceFile: a file that is no crisis;
        UnknownState.

    Examples:
        >>> found = stance("kazakhstan-2022", powers=["CHN"])
        >>> found.frame.filter(outcome="first").sort("probability")["rung"][-1]
        'calm'
    """
    pack = pack or embedded()
    at = read(crisis)
    actors = _actors(at, powers)
    raw = reasons(pack, scene(at), actors=actors)
    told, values = posterior(pack), values_of(pack, scene(at), actors=actors, raw=raw)
    weights, worth = left_out_weights(pack, told, at)
    frame = _frame(at, distributions(told, values, actors=actors, weights=weights), actors=actors)
    why = reason_rows(told, raw, values, actors=actors, scale=pack.table("stance_scale"), weights=weights)

    happened = crisis_events(at, powers=actors)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import stance as charts

        return charts.stances(frame, words=words)

    return made(
        "stance",
        frame,
        sources=SOURCES,
        pack=pack,
        draw=draw,
        units=_UNITS,
        own=("crises", *(("events",) if happened.height else ())),
        more={"reasons": why, "coded": _coded(at, actors), **({"events": happened} if happened.height else {})},
        heading=lambda words: str(at.named("zh-Hant" if words.lang == "zh" else "en")),
        options={"crisis": at.key, "powers": actors, "left_out": weights is not None, "draws": round(worth)},
        remarks=_remarks(at, actors, raw),
    )


def stance_scores(*, pack: Pack | None = None) -> Measured:
    """How good the forecasts of the coded stances are, each crisis as if it had not been seen.

    Returns:
        The pack's table ``stance_scores``; in ``more`` the ``calibration``, which the chart shows.

    Examples:
        >>> stance_scores().frame["crises"].unique().to_list()
        [47]
    """
    pack = pack or embedded()
    calibration = pack.table("stance_calibration")

    def draw(words: Any) -> Any:
        from equipoise.view.charts import stance as charts

        return charts.calibration(calibration, words=words)

    return made(
        "stance-scores",
        pack.table("stance_scores").sort("outcome", "ranked_score"),
        sources=SOURCES,
        pack=pack,
        draw=draw,
        units=_SCORE_UNITS,
        own=("crises",),
        more={"calibration": calibration},
        options={},
    )


def _actors(at: Crisis, powers: Sequence[str] | None) -> list[str]:
    named = [_code(p) for p in powers] if powers else list(DEFAULT_POWERS)
    left = [p for p in dict.fromkeys(named) if not at.is_party(p)]
    if not left:
        raise UsageError(
            f"{', '.join(named)} are parties to {at.key}; a party has no stance on the ladder.",
            hint="Name another power with --power.",
        )
    return left


def _code(text: str) -> str:
    return "EUU" if text.strip().upper() in (*AGGREGATES, "EU") else codes.resolve(text)


def _frame(at: Crisis, shares: Array, *, actors: Sequence[str]) -> pl.DataFrame:
    rows = []
    for i, power in enumerate(actors):
        coded = at.stance_of(power)
        for o, outcome in enumerate(OUTCOMES):
            was = getattr(coded, outcome) if coded else None
            rows += [
                (power, outcome, r, float(shares[i, o, k]), None if was is None else was == r)
                for k, r in enumerate(RUNGS)
            ]
    schema = {
        "power": pl.String,
        "outcome": pl.String,
        "rung": pl.String,
        "probability": pl.Float64,
        "coded": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def reason_rows(
    told: Posterior, raw: Array, values: Array, *, actors: Sequence[str], scale: pl.DataFrame, weights: Array | None
) -> pl.DataFrame:
    """Return what each reason is and does: ``power``, ``reason``, ``value``, ``effect``, ``low``, ``high``.

    ``raw`` and ``values`` (actors, reasons) are the reasons as measured and standardised; the effect is in logits.
    """
    parts = []
    for i, power in enumerate(actors):
        known = {r: (float(v) if np.isfinite(v) else None) for r, v in zip(REASONS, raw[i], strict=True)}
        why = effects(told, values[i], actor=power, scale=scale, weights=weights)
        parts.append(
            why.select(
                pl.lit(power).alias("power"),
                "reason",
                pl.Series("value", [known.get(r) for r in why["reason"]], dtype=pl.Float64),
                "effect",
                "low",
                "high",
            )
        )
    return pl.concat(parts)


def _coded(at: Crisis, actors: Sequence[str]) -> pl.DataFrame:
    found = [s for s in map(at.stance_of, actors) if s is not None]
    columns = ("power", "first", "firmest", "what", "what_zh", "source", "confidence")
    return pl.DataFrame(
        [[getattr(s, c) for c in columns] for s in found], schema=dict.fromkeys(columns, pl.String), orient="row"
    )


def _remarks(at: Crisis, actors: Sequence[str], raw: Array) -> list[str]:
    out = [f"{p} is a party to {at.key} and is left out." for p in DEFAULT_POWERS if at.is_party(p)]
    for i, power in enumerate(actors):
        if gone := [r for r, v in zip(REASONS, raw[i], strict=True) if not np.isfinite(v)]:
            out.append(f"{power}: {', '.join(gone)} not known before {at.start}; counted as middling.")
    return out
