"""Who could mediate between two states, and where a state has: rows, chart, sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.mediations import mediations
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.spans import Span, within
from equipoise.errors import UsageError
from equipoise.measure.mediators import TERMS
from equipoise.pipeline.measured import Measured, made
from equipoise.pipeline.mediation_cases import cases
from equipoise.pipeline.mediation_data import Ties, ties, years_covered
from equipoise.view import headings

TOP = 20
"""States that are listed a year, unless another number is asked for."""

LITERATURE = ("bailey2017estimating", "crescenzi2011supply", "greig2008willingness", "kydd2003side",
              "svensson2009peace", "touval1985mediation", "young1967intermediaries")

_UNITS = {
    "rank": "place among the states with a value, 1 is first",
    "rank_low": "5th percentile over draws of the ideal points",
    "rank_high": "95th percentile over draws of the ideal points",
    **dict.fromkeys(("value", *TERMS), "0 to 1"),
    "from_year": "year", "to_year": "year; null is open",
    "standing": "share of the states that did not mediate it lies above, 0 to 1; null if not known",
    "others": "states compared with",
}


def mediators(
    a: str, b: str, *, years: Span | None = None, top: int | None = TOP, pack: Pack | None = None
) -> Measured:
    """Return the third states by how acceptable they are to both of two states, year by year.

    Args:
        a, b: the two sides, codes or names.
        years: a year or a span; by default the last for which there are votes.
        top: states that are listed a year; None lists all that have a value.

    Returns:
        ``year``, ``rank``, ``state``, ``value`` (:func:`equipoise.measure.acceptability`), ``low``, ``high``,
        ``rank_low``, ``rank_high`` (90 % intervals over joint draws of the ideal points), and the four terms
        ``closeness``, ``evenness``, ``freedom``, ``common``.

    Raises:
        UnknownState, BadYears; UsageError for one state twice, a side that is not known in any of the years, or a
            number below one.

    Examples:
        >>> found = mediators("RUS", "TUR", years=2016, top=None).frame
        >>> found.filter(state="KAZ").select("year", "rank").row(0)
        (2016, 60)
    """
    pack, sides = pack or embedded(), [codes.resolve(a), codes.resolve(b)]
    if sides[0] == sides[1]:
        raise UsageError(f"{sides[0]} is named twice; a mediator stands between two.", hint="Name two states.")
    if top is not None and top < 1:
        raise UsageError(f"the best {top} states are none.", hint="Ask for one at least, or leave --top out.")
    covered = years_covered(pack)
    first, last = within(years if years is not None else ties(pack, year=covered[1]).known["ideal points"],
                         covered=covered, what="the comparison")
    parts = [(t, _ranked(t, sides=sides)) for t in (ties(pack, year=y) for y in range(first, last + 1))]
    every = pl.concat(f for _, f in parts)
    if every.is_empty():
        raise UsageError(f"nothing is known of {' and '.join(sides)} from {first} to {last}: votes or trade of one of "
                         "them are missing.", hint="Choose other years, or other states.")
    frame = every if top is None else every.filter(pl.col("rank") <= top)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import mediation as chart

        return chart.ranked(frame.filter(pl.col("year") == frame["year"].max()), words=words)

    return made(
        "mediators", frame, sources=_sources([t for t, f in parts if f.height]), pack=pack, draw=draw, units=_UNITS,
        heading=lambda words: headings.mediators(sides, year=int(frame["year"].max()), words=words),  # type: ignore[arg-type]
        options={"states": sides, "years": [first, last], "top": top}, literature=LITERATURE,
        remarks=_remarks([t for t, f in parts if f.height], every),
    )


def _ranked(t: Ties, *, sides: Sequence[str]) -> pl.DataFrame:
    """All states with a value in one year; none if a side is no state then."""
    schema = {"year": pl.Int32, "rank": pl.Int32, "state": pl.String,
              **dict.fromkeys(("value", "low", "high"), pl.Float64), "rank_low": pl.Int32, "rank_high": pl.Int32,
              **dict.fromkeys(TERMS, pl.Float64)}
    if any(s not in t.states for s in sides):
        return pl.DataFrame(schema=schema)
    found = t.between(*sides)
    known = np.flatnonzero(np.isfinite(found.value).all(axis=0))
    if not known.size:
        return pl.DataFrame(schema=schema)
    value = found.value[:, known]
    place = (-value).argsort(axis=1, kind="stable").argsort(axis=1) + 1
    low, high = np.quantile(value[1:], [0.05, 0.95], axis=0)
    rank_low, rank_high = np.quantile(place[1:], [0.05, 0.95], axis=0, method="nearest")
    rows = {"year": [t.year] * known.size, "rank": place[0], "state": [t.states[i] for i in known], "value": value[0],
            "low": low, "high": high, "rank_low": rank_low, "rank_high": rank_high,
            **{name: getattr(found, name)[0, known] for name in TERMS}}
    return pl.DataFrame(rows, schema_overrides=schema).sort("rank")


def _sources(used: Sequence[Ties]) -> list[str]:
    traded = {"imf_trade" if t.known["trade"] > 2014 else "cow_trade" for t in used}
    return ["un_roll_calls", "un_votes", *sorted(traded), "cow_igo"]


def _remarks(used: Sequence[Ties], frame: pl.DataFrame) -> list[str]:
    t = used[-1]
    old = [f"{name} of {y}" for name, y in t.known.items() if y < t.year]
    left = len(t.states) - 2 - frame.filter(pl.col("year") == t.year).height
    return [*([f"for {t.year} the last that is known stands: {', '.join(old)}."] if old else []),
            *([f"{left} states of {t.year} have no value, for want of votes or of a record of trade."] if left else [])]


def mediations_of(state: str, *, pack: Pack | None = None) -> Measured:
    """Return where a state has stood between others since 1990, and how high it stood in acceptability then.

    Returns:
        ``from_year``, ``kind`` (mediation, good_offices, venue), ``side_a``, ``side_b``, ``rank`` and ``others`` (its
        place among itself and the states that did not mediate, and their number), ``standing`` (the share of them that
        it lay above), ``dispute``, ``sides`` (states, civil), ``to_year``, ``what``, ``source``, ``confidence``. Rank,
        others and standing are null in a civil conflict and where votes or trade are missing.

    Raises:
        UnknownState; UsageError if the list has none of this state.

    Examples:
        >>> mediations_of("Kazakhstan").frame["dispute"].unique().sort().to_list()
        ['iran-nuclear', 'karabakh', 'su-24', 'syria', 'turkey-syria', 'ukraine-russia']
    """
    pack, code = pack or embedded(), codes.resolve(state)
    own = mediations().filter(pl.col("mediator") == code)
    if own.is_empty():
        raise UsageError(f"the list has no mediation by {codes.name(code)}.",
                         hint="It is not complete; data/mediations.csv says what it holds.")
    keys = ["start", "kind", "side_a", "side_b", "conflict"]
    placed = cases(state=code, pack=pack).select(*keys, "others", standing="acceptability").unique(keys)
    rank = (1 + pl.col("others") * (1 - pl.col("standing"))).alias("rank")
    frame = own.join(placed, on=keys, how="left", maintain_order="left", nulls_equal=True).select(
        pl.col("start").alias("from_year"), "kind", "side_a", "side_b", rank, "others", "standing",
        pl.col("conflict").alias("dispute"), "sides", pl.col("end").alias("to_year"), "what", "source", "confidence")

    def draw(words: Any) -> Any:
        from equipoise.view.charts import mediation as chart

        if not frame["standing"].drop_nulls().len():
            raise UsageError(f"no mediation of {codes.name(code)} between two states can be compared.",
                             hint="--out FILE.csv writes the list.")
        return chart.own(frame.drop_nulls("standing"), words=words)

    return made(
        "mediations", frame, sources=["un_roll_calls", "un_votes", "cow_trade", "imf_trade", "cow_igo"], pack=pack,
        draw=draw, units=_UNITS, own=("mediations",), options={"state": code},
        heading=lambda words: headings.mediations(code, words=words), literature=LITERATURE,
        remarks=["the list holds what could be sourced; it is no census of mediations."],
    )
