"""What stances are estimated from: the coded crises and the votes on crises, each with its reasons."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise import data
from equipoise.assemble import codes
from equipoise.assemble.crises import Crisis, ready, shipped
from equipoise.assemble.crisis_keys import RUNGS
from equipoise.assemble.packed import Pack
from equipoise.assemble.roll_calls import roll_calls
from equipoise.pipeline.reasons import REASONS, Scene, reasons, scene
from equipoise.schema import DEFAULT_POWERS

Array = NDArray[np.float64]

BESIDE_YEARS = 2
"""Crises on the same soil that begin within so many years of one that is left out are left out with it."""

_SIDES = {"yes": 1, "abstain": 2, "no": 3}


def coded_rows(pack: Pack, *, place: str | None = None) -> pl.DataFrame:
    """Return the coded stances of all shipped crises, or of those in one place; powers that are parties left out.

    Returns:
        ``crisis``, ``place``, ``start``, ``power``, ``first``, ``firmest`` (rungs by number, from 0), ``confidence``,
        and a column for each of :data:`equipoise.pipeline.reasons.REASONS`, null where it is not known. Sorted by
        crisis, in the order of the powers.
    """
    parts = [_of_crisis(pack, at) for at in map(shipped, ready()) if place in (None, at.place)]
    return pl.concat([p for p in parts if p is not None])


def _of_crisis(pack: Pack, crisis: Crisis) -> pl.DataFrame | None:
    told = [s for s in crisis.stances if not s.party and s.power in DEFAULT_POWERS]
    if not told:
        return None
    told.sort(key=lambda s: DEFAULT_POWERS.index(s.power))
    values = reasons(pack, scene(crisis), actors=[s.power for s in told])
    frame = pl.DataFrame(
        {
            "crisis": [crisis.key] * len(told),
            "place": crisis.place,
            "start": crisis.start,
            "power": [s.power for s in told],
            "first": [RUNGS.index(s.first or "") for s in told],
            "firmest": [RUNGS.index(s.firmest or "") for s in told],
            "confidence": [s.confidence for s in told],
        }
    )
    return frame.with_columns(pl.Series(name, values[:, i], nan_to_null=True) for i, name in enumerate(REASONS))


def resolutions() -> pl.DataFrame:
    """Return the resolutions of the UN General Assembly about crises.

    Returns:
        ``resolution``, ``rcid`` (number of the roll call; null where the sources have none), ``topic``, ``place``,
        ``year`` (in which the crisis began, or the Assembly first voted on it where that was much later), ``against``
        (iso3 or null: who acts against the place), ``force_on_people``, ``border_change``, ``yes`` (``for`` or
        ``against``: what a yes is to the authority that governed the place), ``source``, ``confidence``.

    Examples:
        >>> resolutions().filter(resolution="68/262").select("topic", "yes").row(0)
        ('crimea-2014', 'for')
    """
    raw = pl.read_csv(io.BytesIO(data.read("crisis_votes.csv")), infer_schema=False)
    return raw.with_columns(
        pl.col("rcid").cast(pl.Int32),
        pl.col("year").cast(pl.Int32),
        pl.col("force_on_people", "border_change") == "true",
    )


def crisis_votes(pack: Pack) -> pl.DataFrame:
    """Return how every state voted on each crisis, by the side of a vote: the pack's table ``crisis_votes``.

    The vote of 2 March 2022 (ES-11/1) is not in the roll calls and comes from a table of our own, ``es11_votes.csv``.
    """
    told = resolutions()
    rolls = (
        roll_calls(pack)
        .select("rcid", "state", "vote")
        .join(told.drop_nulls("rcid").select("rcid", "topic", "yes"), on="rcid")
    )
    own = pl.read_csv(io.BytesIO(data.read("es11_votes.csv")), infer_schema=False).select(
        "resolution", "state", vote=pl.col("vote").replace_strict(_SIDES, return_dtype=pl.Int8)
    )
    rest = own.join(told.filter(pl.col("rcid").is_null()).select("resolution", "topic", "yes"), on="resolution")
    both = pl.concat([f.select("topic", "state", "vote", "yes") for f in (rolls, rest)]).drop_nulls("state")
    side = pl.when(pl.col("yes") == "for").then(pl.col("vote")).otherwise(4 - pl.col("vote"))
    counts = [
        (side == n).sum().cast(pl.Int16).alias(name) for n, name in ((3, "against"), (2, "abstain"), (1, "in_favour"))
    ]
    return both.group_by("topic", "state").agg(counts).sort("topic", "state")


def vote_rows(pack: Pack, *, votes: pl.DataFrame) -> pl.DataFrame:
    """Return the votes of states with their reasons; the powers and whoever is a party are left out.

    The powers' votes would tell what is coded of them. A request and a body that could act are not told of votes.

    Args:
        pack: the pack.
        votes: what :func:`crisis_votes` returns.

    Returns:
        ``topic``, ``place``, ``state``, the shares ``against``, ``abstain`` and ``in_favour``, and the reasons.
    """
    parts = []
    for about in resolutions().unique("topic", keep="first", maintain_order=True).iter_rows(named=True):
        against = (about["against"],) if about["against"] else ()
        parties = {about["place"], *against, *DEFAULT_POWERS}
        here = votes.filter(pl.col("topic") == about["topic"], ~pl.col("state").is_in(parties))
        at = Scene(
            about["place"], dt.date(about["year"], 7, 1), against, about["force_on_people"], about["border_change"]
        )
        values = reasons(pack, at, actors=here["state"].to_list())
        cast = pl.sum_horizontal("against", "abstain", "in_favour")
        frame = here.select(
            "topic",
            pl.lit(about["place"]).alias("place"),
            "state",
            *(pl.col(c) / cast for c in ("against", "abstain", "in_favour")),
        )
        parts.append(frame.with_columns(pl.Series(n, values[:, i], nan_to_null=True) for i, n in enumerate(REASONS)))
    return pl.concat(parts)


def scale(rows: pl.DataFrame) -> pl.DataFrame:
    """Return each reason's mean and standard deviation over the coded stances: the table ``stance_scale``."""
    out = []
    for name in REASONS:
        known = rows[name].drop_nulls()
        sd = float(known.std() or 0.0) if known.len() > 1 else 0.0  # type: ignore[arg-type]
        out.append((name, float(known.mean() or 0.0), sd or 1.0, rows.height - known.len()))  # type: ignore[arg-type]
    return pl.DataFrame(out, orient="row", schema=["reason", "centre", "spread", "missing"])


def standardised(values: Array, *, scale: pl.DataFrame) -> Array:
    """Return reasons (n, reasons) in standard deviations from their mean; what is not known counts as the mean."""
    by = {row["reason"]: row for row in scale.iter_rows(named=True)}
    centre, spread = (np.array([by[r][c] for r in REASONS]) for c in ("centre", "spread"))
    return np.asarray(np.nan_to_num((values - centre) / spread, nan=0.0))


def left_with(rows: pl.DataFrame, *, crisis: str) -> pl.Series:
    """Whether a coded stance is left out with a crisis: its own, and those on the same soil at nearly the same time."""
    one = rows.filter(pl.col("crisis") == crisis).row(0, named=True)
    near = (pl.col("start").dt.year() - one["start"].year).abs() <= BESIDE_YEARS
    beside = (pl.col("place") == one["place"]) & near
    return rows.select(left=(pl.col("crisis") == crisis) | beside)["left"]


def same_soil(place: str, other: str) -> bool:
    """Whether two codes are the same place, a state and its predecessor (Serbia, Serbia and Montenegro) included."""
    day = dt.date(2000, 1, 1)
    return place == other or codes.resolve(place, on=day) == codes.resolve(other, on=day)
