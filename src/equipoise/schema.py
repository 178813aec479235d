"""What the tables and results look like: panel contracts and result types.

A :class:`Table` declares its key and its columns; :meth:`Table.check` refuses a frame that breaks the contract. The
tables of the embedded pack are declared in :data:`PACK`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from equipoise.errors import DataError

DEFAULT_POWERS = ("RUS", "CHN", "USA", "EUU", "JPN")
"""The five partners of the Kazakh case; ``EUU`` is the European Union, its membership by year."""

MOST_POWERS = 12
"""The greatest straddle is found by looking at every set of powers, 4,095 of them for twelve."""

OUTSIDE = "0"
"""The outside option: autonomy, neutrality, the rest of the world."""

CHANNELS = ("trade", "diplomacy", "security", "institutions")

FIRST_YEAR = 1991
"""The first year of the embedded pack."""

JOINT_DRAWS, STEPS_PER_SD = 200, 16
"""Draws of ideal points that the pack carries, and how many of the steps they are written in make a deviation."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its dtype, unit, and the source it comes from (an id of the registry)."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    unit: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table's contract: name, key columns, columns in order."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...] = field(default=())

    @property
    def dtypes(self) -> dict[str, pl.DataType | type[pl.DataType]]:
        """Column name to dtype, in order."""
        return {c.name: c.dtype for c in self.columns}

    def check(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame with the contract's columns and dtypes, sorted by key; raise DataError if it cannot be."""
        missing = [c.name for c in self.columns if c.name not in frame.columns]
        if missing:
            raise DataError(f"table {self.name} lacks the column {missing[0]}.", hint=f"It has {frame.columns}.")
        out = frame.select(pl.col(n).cast(t) for n, t in self.dtypes.items())
        for k in self.key:
            if out[k].null_count():
                raise DataError(f"table {self.name} has {out[k].null_count()} empty values in its key {k}.")
        double = out.filter(pl.struct(self.key).is_duplicated()).select(self.key)
        if double.height:
            raise DataError(
                f"table {self.name} has {double.height} rows with a key that is not unique.",
                hint=f"The first is {double.row(0, named=True)}.",
            )
        return out.sort(self.key)


@dataclass(frozen=True, slots=True)
class StateReport:
    """All figures of one state's report; every frame is in long form, and a value that does not exist is null.

    ``option`` is a power's code or :data:`OUTSIDE`; shares run from 0 to 1; ``low`` and ``high`` are the 5th and 95th
    percentile; ``…without_low`` and ``…without_high`` the range over the components of rivalry that are left out one at
    a time. ``left_out`` and ``rivalry_without`` have the values without each. ``year`` is the headline year: the last
    whose engagement rests on trade or on two channels. The frames from ``thesis`` on are the same for every state and
    empty where the pack does not have them; ``choice_posterior`` has quantiles of the draws in the place of draws.
    ``decoupling`` is empty, too, where the pack has no losses; the frames from ``stances`` on, which
    :func:`equipoise.pipeline.stance_page.stance_frames` tells of, where it has no fitted stances.
    """

    state: str
    powers: tuple[str, ...]
    since: int
    until: int
    year: int | None
    engagement: pl.DataFrame
    channels: pl.DataFrame
    multi_vector: pl.DataFrame
    rivalry: pl.DataFrame
    rivalry_without: pl.DataFrame
    left_out: pl.DataFrame
    order: pl.DataFrame
    order_blocs: pl.DataFrame
    leverage: pl.DataFrame
    leeway: pl.DataFrame
    leeway_pairs: pl.DataFrame
    strategies: pl.DataFrame
    trade: pl.DataFrame
    trade_summary: pl.DataFrame
    document_shares: pl.DataFrame
    economy: pl.DataFrame
    distance: pl.DataFrame
    organisations: pl.DataFrame
    openings: pl.DataFrame
    opening_claims: pl.DataFrame
    tiers: pl.DataFrame
    tiers_power: str
    tiers_region: str
    tiers_on: date
    lean: pl.DataFrame
    shapes: pl.DataFrame
    events: pl.DataFrame
    leaders: pl.DataFrame
    sources: pl.DataFrame
    missing: tuple[tuple[str, dict[str, Any]], ...]
    assumptions: dict[str, Any]
    provenance: dict[str, str]
    thesis: pl.DataFrame = field(default_factory=pl.DataFrame)
    verdicts: pl.DataFrame = field(default_factory=pl.DataFrame)
    choice_posterior: pl.DataFrame = field(default_factory=pl.DataFrame)
    choice_fit: pl.DataFrame = field(default_factory=pl.DataFrame)
    forecast_scores: pl.DataFrame = field(default_factory=pl.DataFrame)
    decoupling: pl.DataFrame = field(default_factory=pl.DataFrame)
    stances: pl.DataFrame = field(default_factory=pl.DataFrame)
    stance_reasons: pl.DataFrame = field(default_factory=pl.DataFrame)
    stance_crises: pl.DataFrame = field(default_factory=pl.DataFrame)
    stance_deeds: pl.DataFrame = field(default_factory=pl.DataFrame)
    stance_events: pl.DataFrame = field(default_factory=pl.DataFrame)
    stance_scores: pl.DataFrame = field(default_factory=pl.DataFrame)
