"""The order in which channels opened between a state and each power, and what is claimed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from equipoise.assemble import openings
from equipoise.assemble.first_ties import first_ties
from equipoise.assemble.packed import Pack
from equipoise.errors import UsageError
from equipoise.measure.engagement import trade_by_option, trade_channel
from equipoise.measure.precedence import judge_order, opening_order
from equipoise.pipeline.estimates import channels_of, covered_years
from equipoise.schema import DEFAULT_POWERS, StateReport

_CLAIMS: dict[str, pl.DataType | type[pl.DataType]] = {
    "claim": pl.String,
    "power": pl.String,
    "verdict": pl.String,
    "reason": pl.String,
    "channels": pl.List(pl.String),
    "one": pl.List(pl.String),
    "one_year": pl.Int32,
    "other": pl.List(pl.String),
    "other_year": pl.Int32,
}


def openings_of(
    pack: Pack, *, state: str, powers: Sequence[str], until: int, own: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the openings of a state to the end of a year, and the verdict on each claim about them.

    Openings have the columns of :data:`equipoise.assemble.openings.SCHEMA` less ``state``, and ``order``. Claims are
    judged where all the powers that they name are there: ``claim``, ``power``, ``verdict``, ``reason``, ``channels``
    that it names, ``one`` (of them, those that opened in ``one_year``), ``other`` (those that opened in ``other_year``;
    powers, where the claim is about powers).
    """
    ties = first_ties(pack, state=state, powers=powers, shares=_trade(pack, state=state, powers=powers))
    found = pl.concat([openings.facts(state, powers=powers, own=own), ties])
    shown = opening_order(found.filter(pl.col("date").dt.year() <= until)).drop("state")
    place = {power: i for i, power in enumerate(powers)}
    shown = shown.sort(pl.col("power").replace_strict(place, return_dtype=pl.Int32), "date", maintain_order=True)
    return shown, _judged(shown, state=state, powers=powers)


def _trade(pack: Pack, *, state: str, powers: Sequence[str]) -> pl.DataFrame:
    """The state's trade channel in all years: a share must not become the first one because of the years shown."""
    years = covered_years(pack)
    if tuple(powers) == DEFAULT_POWERS:
        return channels_of(pack, states=[state], powers=powers, years=years).filter(pl.col("channel") == "trade")
    return trade_channel(trade_by_option(pack, powers=powers, years=years, states=[state]))


def own_openings(path: Path | str, *, state: str, powers: Sequence[str]) -> pl.DataFrame:
    """Return a user's own dated facts.

    Raises:
        UsageError: the file says nothing of this state and these powers, or has another suffix than it may.
        BadSourceFile: the file cannot be used; see :func:`equipoise.assemble.openings.read`.
    """
    own = openings.read(path)
    if own.filter(pl.col("state") == state, pl.col("power").is_in(list(powers))).is_empty():
        raise UsageError(
            f"{Path(path).name} has no row on {state} with {', '.join(powers)}.",
            hint="Its columns state and power say whom a row is about.",
        )
    return own


def with_own_openings(figures: StateReport, own: pl.DataFrame, *, name: str, pack: Pack) -> StateReport:
    """Return a report's figures with a user's own dated facts among its openings; its provenance names their file."""
    found, claims = openings_of(pack, state=figures.state, powers=figures.powers, until=figures.until, own=own)
    return replace(figures, openings=found, opening_claims=claims, provenance=figures.provenance | {"openings": name})


def _judged(shown: pl.DataFrame, *, state: str, powers: Sequence[str]) -> pl.DataFrame:
    rows = []
    for claim in openings.CLAIMS:
        if claim.state != state or not {claim.power, *claim.after} <= set(powers):
            continue
        said = judge_order(
            shown,
            power=claim.power,
            channels=claim.channels,
            before=claim.before,
            not_before=claim.not_before,
            after=claim.after,
        )
        rows.append(
            (
                claim.name,
                claim.power,
                said.verdict,
                said.reason,
                list(claim.channels),
                list(said.one.who),
                said.one.year,
                list(said.other.who),
                said.other.year,
            )
        )
    return pl.DataFrame(rows, schema=_CLAIMS, orient="row")
