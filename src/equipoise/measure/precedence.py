"""Which channel opened first with a power, and whether dates bear out what is claimed of the order.

All comparisons are by calendar year: sources mix days with years, and channels that open in one year are a tie.

An opening that is there when the data begin is dated *at the latest* (``at_latest``): it may be older. It can show that
a channel opened before another, not that it opened after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

VERDICTS = ("supported", "not_supported", "undecidable")
REASONS = ("earlier", "later", "tie", "at_latest", "missing", "memory")
"""Why: the dates say earlier or later; both in one year; one side dated at the latest; a side without any date; or the
verdict would be another without dates that rest on memory."""


@dataclass(frozen=True, slots=True)
class Side:
    """The first opening of some channels, or of some powers.

    ``year`` is None where nothing opened that the data know; ``who`` opened in it; ``open_start`` is true if anything
    on this side is dated at the latest, so that the side may have opened earlier.
    """

    year: int | None
    who: tuple[str, ...] = ()
    open_start: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What dates say to a claim that ``one`` came before ``other``."""

    verdict: str
    reason: str
    one: Side
    other: Side


def opening_order(openings: pl.DataFrame) -> pl.DataFrame:
    """Add ``order`` to openings: for the first of each channel with a power its place, from 1, ties sharing one.

    Args:
        openings: ``power``, ``channel``, ``date``, ``kind`` (``fact`` before ``measured`` where both have one year).

    Returns:
        The same rows by power and date; ``order`` is null in all but the first row of each channel.

    Examples:
        >>> from datetime import date
        >>> rows = [("USA", "energy", date(1993, 4, 6), "fact"), ("USA", "diplomacy", date(1991, 12, 25), "fact"),
        ...         ("USA", "security", date(1993, 12, 13), "fact"), ("USA", "energy", date(1997, 1, 1), "measured")]
        >>> frame = pl.DataFrame(rows, schema=["power", "channel", "date", "kind"], orient="row")
        >>> opening_order(frame).select("channel", "order").rows()
        [('diplomacy', 1), ('energy', 2), ('security', 2), ('energy', None)]
    """
    year = pl.col("date").dt.year()
    sorted_ = openings.sort("power", year, "kind", "date", "channel", maintain_order=True)
    first = pl.struct("power", "channel").is_first_distinct()
    ranked = sorted_.with_columns(first=first, year=year).with_columns(
        pl.when("first").then(pl.when("first").then("year").rank("dense").over("power")).cast(pl.Int32).alias("order")
    )
    return ranked.drop("first", "year").sort("power", "date", "channel", maintain_order=True)


def earliest(openings: pl.DataFrame, *, by: str, among: Sequence[str]) -> Side:
    """Return the first year in which any of some channels (or powers) opened, and which of them did in that year.

    Args:
        openings: of one state: ``date``, ``at_latest``, and the column ``by``.
        by: ``channel`` or ``power``.
        among: the channels or powers that count, in the order in which ties are named.

    Examples:
        >>> from datetime import date
        >>> frame = pl.DataFrame({"channel": ["trade", "energy"], "date": [date(1995, 1, 23), date(1995, 7, 1)],
        ...                       "at_latest": [False, False]})
        >>> earliest(frame, by="channel", among=["energy", "trade"])
        Side(year=1995, who=('energy', 'trade'), open_start=False)
        >>> earliest(frame, by="channel", among=["security"]).year is None
        True
    """
    rows = openings.filter(pl.col(by).is_in(list(among))).with_columns(year=pl.col("date").dt.year())
    if rows.is_empty():
        return Side(None)
    year = int(rows.select(pl.col("year").min().cast(pl.Int64)).item())
    now = rows.filter(pl.col("year") == year)
    there = set(now[by])
    return Side(year, tuple(w for w in among if w in there), bool(rows["at_latest"].any()))


def compare(one: Side, other: Side) -> Verdict:
    """Return whether ``one`` came before ``other``, in another calendar year.

    Examples:
        >>> compare(Side(1992), Side(1993)).verdict, compare(Side(1993), Side(1993)).reason
        ('supported', 'tie')
        >>> compare(Side(1994, open_start=True), Side(1993)).reason
        'at_latest'
    """
    if one.year is None or other.year is None:
        return Verdict("undecidable", "missing", one, other)
    if one.year == other.year:
        return Verdict("undecidable", "tie", one, other)
    if one.year < other.year:
        sure, verdict, reason = not other.open_start, "supported", "earlier"
    else:
        sure, verdict, reason = not one.open_start, "not_supported", "later"
    return Verdict(verdict, reason, one, other) if sure else Verdict("undecidable", "at_latest", one, other)


def judge_order(
    openings: pl.DataFrame,
    *,
    power: str,
    channels: Sequence[str],
    before: Sequence[str] = (),
    not_before: int | None = None,
    after: Sequence[str] = (),
) -> Verdict:
    """Return what the openings of one state say to a claim on their order.

    One of three is given: ``before``, the channels said to have opened later than ``channels`` with this power;
    ``not_before``, the year before which none of ``channels`` is said to have opened; ``after``, the powers with whom
    any of ``channels`` is said to have opened earlier.

    A verdict that would be another without the dates that rest on memory is undecidable, with the reason ``memory``.

    Args:
        openings: of one state: ``power``, ``channel``, ``date``, ``at_latest``, ``verified``.

    Examples:
        >>> from datetime import date
        >>> frame = pl.DataFrame({"power": ["USA", "USA"], "channel": ["energy", "security"],
        ...                       "date": [date(1993, 4, 6), date(1992, 5, 23)], "at_latest": False, "verified": True})
        >>> judge_order(frame, power="USA", channels=["security"], before=["energy"]).verdict
        'supported'
    """
    claim = {"power": power, "channels": channels, "before": before, "not_before": not_before, "after": after}
    found = _judge(openings, **claim)  # type: ignore[arg-type]
    sure = _judge(openings.filter("verified"), **claim)  # type: ignore[arg-type]
    return found if sure.verdict == found.verdict else replace(found, verdict="undecidable", reason="memory")


def _judge(
    openings: pl.DataFrame,
    *,
    power: str,
    channels: Sequence[str],
    before: Sequence[str],
    not_before: int | None,
    after: Sequence[str],
) -> Verdict:
    own = openings.filter(pl.col("power") == power)
    one = earliest(own, by="channel", among=channels)
    if not_before is not None:
        return _not_before(one, not_before)
    if after:
        return _after(openings.filter(pl.col("channel").is_in(list(channels))), one, after=after)
    return compare(one, earliest(own, by="channel", among=before))


def _not_before(one: Side, year: int) -> Verdict:
    limit = Side(year)
    if one.year is None:
        return Verdict("undecidable", "missing", one, limit)
    if one.year < year:
        return Verdict("not_supported", "earlier", one, limit)
    if one.open_start:
        return Verdict("undecidable", "at_latest", one, limit)
    return Verdict("supported", "tie" if one.year == year else "later", one, limit)


def _after(openings: pl.DataFrame, one: Side, *, after: Sequence[str]) -> Verdict:
    """The claim that all others came before: ``other`` is the last of them to open."""
    sides = {p: earliest(openings.filter(pl.col("power") == p), by="power", among=[p]) for p in after}
    if any(s.year is None for s in sides.values()):
        return Verdict("undecidable", "missing", one, Side(None, tuple(p for p, s in sides.items() if s.year is None)))
    last = max(s.year for s in sides.values() if s.year is not None)
    latest = [p for p, s in sides.items() if s.year == last]
    other = Side(last, tuple(latest), any(sides[p].open_start for p in latest))
    found = compare(other, one)  # supported if even the last of the others came before
    return replace(found, one=one, other=other)
