"""What tells how acceptable a state is between two others, for all states of a year at once, from the pack."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import codes, igo
from equipoise.assemble.packed import Pack, last_year
from equipoise.measure.mediators import Acceptability, acceptability, memberships_in_common
from equipoise.schema import FIRST_YEAR, STEPS_PER_SD

Array = NDArray[np.float64]

POINTS_HOLD = 2
"""Years for which the last ideal points stand after the last session that the pack has."""

WHOLE = 10_000
"""Flows that a year has at least where the pack holds the whole matrix of trade, and not a few states' columns."""


@dataclass(frozen=True, slots=True)
class Ties:
    """All n states of a year and what they have in common; NaN where the pack does not know.

    points (1 + D, n): the mean ideal point, then its joint draws; trade (n, n): share of the row's trade that is with
    the column; member (n, m): organisations; capability (n,): share of the world's (CINC); km (n, n): between capitals.
    ``known`` says of which year ideal points, trade and organisations are.
    """

    year: int
    states: tuple[str, ...]
    points: Array
    trade: Array
    member: Array
    capability: Array
    km: Array
    known: dict[str, int]

    def between(self, a: str, b: str) -> Acceptability:
        """Acceptability (1 + D, n) of every state between two of them; NaN for the two."""
        sides = (self.states.index(a), self.states.index(b))
        apart = np.abs(self.points[:, :, None] - self.points[:, list(sides)][:, None, :])
        apart[:, list(sides)] = np.nan
        return acceptability(apart, dependence=self.trade[:, list(sides)],
                             common=memberships_in_common(self.member, sides=sides))

    def nearness(self, a: str, b: str) -> Array:
        """Minus the mean logarithm of the kilometres between capitals from each state (n,) to both."""
        sides = [self.states.index(a), self.states.index(b)]
        near: Array = -np.log(np.maximum(self.km[:, sides], 1.0)).mean(axis=1)
        return near


def years_covered(pack: Pack) -> tuple[int, int]:
    """Return the first and the last year for which states can be compared."""
    return FIRST_YEAR, last_year(pack.table("ideal_draws")) + POINTS_HOLD


@lru_cache(maxsize=40)
def ties(pack: Pack, *, year: int) -> Ties:
    """Return the ties of a year; what ends earlier stands at its last value, and ``known`` says of which year it is.

    Trade is that of the last year for which the pack holds the whole matrix, organisations those of the Correlates of
    War's list. A pair without a record of trade in either direction is missing, not zero.
    """
    states = tuple(codes.in_system(year=year))
    place = {s: i for i, s in enumerate(states)}
    points, points_of = _points(pack, place=place, year=year)
    trade, trade_of = _trade(pack, place=place, year=year)
    bodies = min(year, igo.LAST_YEAR)
    power = pack.table("state_year").select("state", "year", "cinc").drop_nulls().filter(pl.col("year") <= year)
    power = power.filter(pl.col("year") == last_year(power))
    return Ties(year, states, points, trade, _member(pack, place=place, year=bodies), _placed(power, "cinc", place),
                _km(pack, place=place), {"ideal points": points_of, "trade": trade_of, "organisations": bodies})


def _points(pack: Pack, *, place: dict[str, int], year: int) -> tuple[Array, int]:
    drawn = pack.table("ideal_draws")
    of = min(year, last_year(drawn))
    both = drawn.filter(pl.col("year") == of, pl.col("state").is_in(list(place))).join(
        pack.table("ideal_points").select("state", "year", "mean", "sd"), on=["state", "year"])
    mean, sd = both["mean"].to_numpy()[:, None], both["sd"].to_numpy()[:, None]
    steps = both["draws"].to_numpy()
    out = np.full((1 + steps.shape[1], len(place)), np.nan)
    out[:, _at(both["state"], place)] = np.hstack([mean, mean + sd * steps / STEPS_PER_SD]).T
    return out, of


def _trade(pack: Pack, *, place: dict[str, int], year: int) -> tuple[Array, int]:
    of = max(y for y in _whole_years(pack) if y <= year)
    named, flows = list(place), pack.table("trade").filter(pl.col("year") == of)
    kept = flows.filter(pl.col("importer").is_in(named), pl.col("exporter").is_in(named))
    kept = kept.drop_nulls("value_musd").group_by("importer", "exporter").agg(pl.col("value_musd").first())
    flow = np.full((len(place), len(place)), np.nan)
    flow[_at(kept["importer"], place), _at(kept["exporter"], place)] = kept["value_musd"].to_numpy()
    both = np.where(np.isnan(flow) & np.isnan(flow.T), np.nan, np.nan_to_num(flow) + np.nan_to_num(flow.T))
    whole = np.nansum(both, axis=1, keepdims=True)
    return both / np.where(whole > 0, whole, np.nan), of


@lru_cache(maxsize=4)
def _whole_years(pack: Pack) -> tuple[int, ...]:
    return tuple(pack.table("trade").group_by("year").len().filter(pl.col("len") >= WHOLE)["year"])


def _member(pack: Pack, *, place: dict[str, int], year: int) -> Array:
    held = pack.table("memberships").filter(
        pl.col("status").cast(pl.String) == "member", pl.col("start_year") <= year, pl.col("end_year") >= year,
        pl.col("state").cast(pl.String).is_in(list(place)))
    bodies = {o: i for i, o in enumerate(held["organisation"].cast(pl.String).unique().sort())}
    out = np.zeros((len(place), len(bodies)))
    out[_at(held["state"], place), _at(held["organisation"], bodies)] = 1.0
    return out


def _km(pack: Pack, *, place: dict[str, int]) -> Array:
    named = list(place)
    rows = pack.table("distances").filter(pl.col("state_a").is_in(named), pl.col("state_b").is_in(named))
    out = np.full((len(place), len(place)), np.nan)
    a, b = _at(rows["state_a"], place), _at(rows["state_b"], place)
    out[a, b] = out[b, a] = rows["capital_km"].to_numpy()
    return out


def _placed(frame: pl.DataFrame, column: str, place: dict[str, int]) -> Array:
    out = np.full(len(place), np.nan)
    kept = frame.filter(pl.col("state").is_in(list(place)))
    out[_at(kept["state"], place)] = kept[column].to_numpy()
    return out


def _at(column: pl.Series, place: dict[str, int]) -> NDArray[np.int64]:
    return column.cast(pl.String).replace_strict(place, return_dtype=pl.Int64).to_numpy()
