"""Monthly cooperation and conflict between a state and each power, from a file of coded events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.event_data import layout_of, monthly
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import AGGREGATES, resolve_powers
from equipoise.errors import UsageError
from equipoise.pipeline.measured import Measured, made
from equipoise.schema import DEFAULT_POWERS
from equipoise.view import headings

_UNITS = {
    "month": "first day of the month",
    "direction": "out: the state acts; in: the power does",
    "events": "events",
    "cooperation": "sum of the positive scores, each to 10",
    "conflict": "sum of the negative scores without sign",
    "score": "mean score of an event, -10 to 10",
}


def event_data(
    path: Path | str, *, state: str, powers: Sequence[str] | None = None, pack: Pack | None = None
) -> Measured:
    """Return monthly cooperation and conflict between a state and each power, from a file of coded events.

    The file is scanned and may be larger than memory; see :mod:`equipoise.assemble.event_data` for what it may be. The
    European Union is its members of the year.

    Args:
        path: a file of GDELT, ICEWS or POLECAT.
        state: a code or a name.
        powers: codes; by default RUS, CHN, USA, EUU and JPN.

    Returns:
        A row a month of the file, power and direction: ``month``, ``power``, ``direction``, ``events``,
        ``cooperation``, ``conflict``, ``score``. Where there is no event the sums are 0 and the mean null.

    Raises:
        UnknownState, NotAPower; MissingSource or BadSourceFile for the file; UsageError if nothing in it is about them.
    """
    code, file = codes.resolve(state), Path(path)
    named = resolve_powers(powers or [p for p in DEFAULT_POWERS if p != code], focal=code)
    whole = layout_of(file).name
    union = (
        sorted({s for y in range(1979, dt.date.today().year + 1) for s in eu_members(y)})
        if set(AGGREGATES) & set(named)
        else []
    )
    sums, (first, last), left = monthly(file, states=sorted({code, *named, *union} - set(AGGREGATES)))
    own = _by_power(sums.filter((pl.col("from") == code) | (pl.col("to") == code)), state=code, powers=named)
    if own.is_empty():
        raise UsageError(
            f"{file.name} has no event between {code} and {', '.join(named)}.", hint=f"It runs from {first} to {last}."
        )
    frame = _every_month(own, powers=named, first=first, last=last)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import coded

        return coded.by_month(frame, powers=named, words=words)

    return made(
        "event-data",
        frame,
        sources=[],
        units=_UNITS,
        pack=pack or embedded(),
        draw=draw,
        heading=lambda words: headings.event_data(code, source=whole, words=words),
        options={"state": code, "powers": list(named), "file": file.name, "format": whole},
        remarks=_left_out(left),
        literature=("goldstein1992conflict",),
    )


def _by_power(sums: pl.DataFrame, *, state: str, powers: Sequence[str]) -> pl.DataFrame:
    """Sums by month, power and direction; the members of the Union together."""
    partner = pl.when(pl.col("from") == state).then(pl.col("to")).otherwise(pl.col("from"))
    rows = sums.with_columns(
        partner=partner, direction=pl.when(pl.col("from") == state).then(pl.lit("out")).otherwise(pl.lit("in"))
    )
    parts = [rows.filter(_is(power, rows)).with_columns(power=pl.lit(power)) for power in powers]
    return (
        pl.concat(parts).group_by("month", "power", "direction").agg(pl.col("events", "cooperation", "conflict").sum())
    )


def _is(power: str, rows: pl.DataFrame) -> pl.Expr:
    if power not in AGGREGATES:
        return pl.col("partner") == power
    years = rows["month"].dt.year().unique().to_list()
    return pl.any_horizontal(
        pl.lit(False), *((pl.col("month").dt.year() == y) & pl.col("partner").is_in(eu_members(y)) for y in years)
    )


def _every_month(sums: pl.DataFrame, *, powers: Sequence[str], first: dt.date, last: dt.date) -> pl.DataFrame:
    """With the months without an event, whose sums are 0: within its span the file is taken to be whole."""
    months = pl.date_range(first.replace(day=1), last.replace(day=1), "1mo", eager=True).alias("month").to_frame()
    grid = months.join(pl.DataFrame({"power": list(powers)}), how="cross").join(
        pl.DataFrame({"direction": ["out", "in"]}), how="cross"
    )
    full = grid.join(sums, on=["month", "power", "direction"], how="left", maintain_order="left").with_columns(
        pl.col("events", "cooperation", "conflict").fill_null(0)
    )
    score = (pl.col("cooperation") - pl.col("conflict")) / pl.col("events")
    return full.with_columns(score=pl.when(pl.col("events") > 0).then(score))


def _left_out(left: dict[str, int] | Any) -> list[str]:
    said = {
        "unread": "events have no date or score that can be read",
        "unknown": "events name what is no state we know",
    }
    return [f"{left[key]} {text}; they are left out." for key, text in said.items() if left[key]]
