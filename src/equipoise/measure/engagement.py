"""Engagement: the observed shares of every channel over the powers and the outside option (model.md §3).

Each channel's rule is one function over the pack; :func:`channel_shares` joins them. A share vector exists only where
its source covers the state, the year and every power; otherwise it is missing, never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import Pack, last_year
from equipoise.assemble.powers import members
from equipoise.measure.portfolios import similarity
from equipoise.schema import OUTSIDE

Array = NDArray[np.float64]

OBLIGATION = {"defense": 1.0, "offense": 1.0, "neutrality": 0.5, "consultation": 0.25}
"""Weight of an alliance's obligations, of which the highest counts. Non-aggression weighs nothing: the pledges of
Helsinki and Paris bind the whole OSCE alike and promise no one help."""

_VOTES_AS = {"YUG": "SRB", "SCG": "SRB"}
"""The file of roll calls keeps Yugoslavia's votes, and Serbia and Montenegro's, under its last successor."""

COMMON_VOTES = 10
"""Fewest roll calls in which both must have voted."""

_SCHEMA = pl.Schema(
    {
        "state": pl.String,
        "year": pl.Int16,
        "channel": pl.String,
        "option": pl.String,
        "share": pl.Float64,
        "source": pl.String,
    }
)


@dataclass(frozen=True, slots=True)
class World:
    """One year's states (n,) and which of them make up each power (K, n); capability (n,), NaN where unknown."""

    year: int
    states: tuple[str, ...]
    belongs: NDArray[np.bool_]
    capability: Array

    @property
    def weights(self) -> Array:
        """Each member's weight in its power (K, n), by capability, alike where none is known; 0 without members."""
        known = self.belongs * np.nan_to_num(self.capability)
        raw = np.where(known.sum(1, keepdims=True) > 0, known, self.belongs)
        share: Array = raw / np.maximum(raw.sum(1, keepdims=True), 1e-300)
        return share

    def alike(self) -> Array:
        """The same with one weight for all members."""
        share: Array = self.belongs / np.maximum(self.belongs.sum(1, keepdims=True), 1)
        return share


def worlds(pack: Pack, *, powers: Sequence[str], years: Sequence[int]) -> Iterator[World]:
    """Yield the states of the system by year, with the powers' members and capabilities among them."""
    yield from _worlds(pack, tuple(powers), tuple(years))


@lru_cache(maxsize=8)
def _worlds(pack: Pack, powers: tuple[str, ...], years: tuple[int, ...]) -> tuple[World, ...]:
    """They are the same for every state, and a report asks for them more than once."""
    found: list[World] = []
    parts, table = members(powers, years=years), pack.table("state_year")
    for year in years:
        now = table.filter(pl.col("year") == year)
        states = tuple(now["state"])
        of = {p: set(parts.filter((pl.col("year") == year) & (pl.col("power") == p))["state"]) for p in powers}
        belongs = np.array([[s in of[p] for s in states] for p in powers]).reshape(len(powers), len(states))
        belongs.setflags(write=False)
        found.append(World(year, states, belongs, now["cinc"].to_numpy()))
    return tuple(found)


def channel_shares(
    pack: Pack, *, powers: Sequence[str], years: Sequence[int], states: Sequence[str] | None = None
) -> pl.DataFrame:
    """Return state, year, channel, option, share and source for every channel that a source covers.

    ``states`` are the focal states (all by default). Shares run from 0 to 1 and sum to one over the options of a
    channel; option "0" is the rest of the world, and no one.
    """
    frames = [trade_channel(trade_by_option(pack, powers=powers, years=years, states=states))]
    for world in worlds(pack, powers=powers, years=years):
        for name, source, rule in _CHANNELS:
            shares = rule(pack, world)
            if shares is not None:
                frames.append(_long(shares, world=world, channel=name, source=source, powers=powers, states=states))
    return pl.concat(frames).sort("state", "year", "channel", maintain_order=True)


def trade_by_option(
    pack: Pack, *, powers: Sequence[str], years: Sequence[int], states: Sequence[str] | None = None
) -> pl.DataFrame:
    """Return state, year, option, exports_musd, imports_musd, source and note, for every state-year a source has.

    A direction without any record is null. A power's trade is null both ways where either direction is known to be
    wrong, where no flow at all is recorded, or where an exporter concerned reports nothing that year; the note says
    which.
    """
    flows = (
        pack.table("trade")
        .filter(pl.col("year").is_in(list(years)))
        .with_columns(pl.col("source", "note").cast(pl.String))
    )
    ends = _ends(flows, states=states)
    parts = members(powers, years=years).rename({"state": "partner", "power": "option"})
    sums = ends.join(parts, on=["year", "partner"], how="left").with_columns(pl.col("option").fill_null(OUTSIDE))
    world = (
        sums.filter(pl.col("partner") == "WLD")
        .group_by("state", "year")
        .agg(pl.col("exports").sum().alias("all_exports"), pl.col("imports").sum().alias("all_imports"))
    )
    by_option = (
        sums.filter(pl.col("partner") != "WLD")
        .group_by("state", "year", "source", "option")
        .agg(
            _known_sum("exports").alias("exports_musd"),
            _known_sum("imports").alias("imports_musd"),
            pl.col("note").drop_nulls().first(),
        )
    )
    grid = (
        by_option.select("state", "year", "source")
        .unique()
        .join(pl.DataFrame({"option": [OUTSIDE, *powers]}), how="cross")
    )
    out = grid.join(by_option, on=["state", "year", "source", "option"], how="left")
    out = _silent(out, flows=flows, parts=parts)
    wrong = pl.col("note").is_not_null() & (pl.col("option") != OUTSIDE)
    out = out.with_columns(
        pl.when(wrong).then(None).otherwise(pl.col(c)).alias(c) for c in ("exports_musd", "imports_musd")
    )
    return _rest(out, world=world).sort("state", "year", "option")


def trade_channel(by_option: pl.DataFrame) -> pl.DataFrame:
    """Return the trade channel: exports plus imports with each option over the total, if no power's is missing."""
    both = by_option.with_columns(turnover().alias("both"))
    total = pl.col("both").sum().over("state", "year")
    whole = both.filter((pl.col("both").is_null().sum().over("state", "year") == 0) & (total > 0))
    return whole.select(
        "state", "year", pl.lit("trade").alias("channel"), "option", (pl.col("both") / total).alias("share"), "source"
    ).cast(_SCHEMA)


def turnover() -> pl.Expr:
    """Exports plus imports in millions of US dollars, of which one may be unrecorded; null if both are."""
    ways = ("exports_musd", "imports_musd")
    return pl.when(pl.any_horizontal(pl.col(ways).is_not_null())).then(pl.sum_horizontal(ways))


def diplomacy(pack: Pack, world: World) -> Array | None:
    """Shares (n, K+1) from UN votes: ∝ max(0, π) with each power, and with the median other state.

    π is the weighted, chance-corrected agreement of Scott with squared distances (Häge 2011) over the year's roll
    calls in which both voted; π with a power of several states is the mean of theirs.
    """
    close = _agreement(pack, world.year, world.states)
    if close is None:
        return None
    power = np.any(world.belongs, axis=0)
    shares = np.column_stack([_median(close[:, ~power]), _mean(close, world.alike())])
    return _normalise(np.maximum(shares, 0.0))


@lru_cache(maxsize=64)
def _agreement(pack: Pack, year: int, states: tuple[str, ...]) -> Array | None:
    """π (n, n) of a year's roll calls, whoever the powers are; NaN for too few in common and for a state itself."""
    rolls = pack.table("votes").filter(pl.col("date").dt.year() == year)
    if rolls.height < COMMON_VOTES:
        return None
    cast = np.full((len(states), rolls.height), np.nan)
    for i, state in enumerate(states):
        column = _VOTES_AS.get(state, state)
        if column in rolls.columns:
            cast[i] = rolls[column].cast(pl.Float64).to_numpy()
    seen = ~np.isnan(cast)
    common = seen.astype(float) @ seen.T.astype(float)
    close = similarity(cast, measure="pi", scale=(1, 3))
    close[common < COMMON_VOTES] = np.nan
    np.fill_diagonal(close, np.nan)
    close.setflags(write=False)
    return close


def security(pack: Pack, world: World) -> Array | None:
    """Shares (n, K+1) from alliances: the obligation to each power, and what the strongest leaves to the outside."""
    alliances = pack.table("alliances")
    if world.year > last_year(alliances):
        return None
    owed = _mean(obligations(alliances, world), world.weights)
    return _normalise(np.column_stack([1.0 - owed.max(1), owed]))


def obligations(alliances: pl.DataFrame, world: World) -> Array:
    """The weight (n, n) of what row owes column by alliance, 0…1; 0 where the source lists no alliance."""
    now = alliances.filter(
        (pl.col("year") == world.year)
        & pl.col("state_a").is_in(list(world.states))
        & pl.col("state_b").is_in(list(world.states))
    )
    weight = pl.max_horizontal(pl.col(k) * w for k, w in OBLIGATION.items())
    index = {s: i for i, s in enumerate(world.states)}
    out = np.zeros((len(index), len(index)))
    rows = now.select(
        pl.col("state_a").replace_strict(index, return_dtype=pl.Int32),
        pl.col("state_b").replace_strict(index, return_dtype=pl.Int32),
        weight.alias("w"),
    )
    out[rows["state_a"].to_numpy(), rows["state_b"].to_numpy()] = rows["w"].to_numpy()
    return out


def institutions(pack: Pack, world: World) -> Array | None:
    """Shares (n, K+1) from full memberships: organisations shared with each power, and those without any power.

    A member of a power of several states is no power to itself: what it shares with none of the others is outside.
    """
    spells = pack.table("memberships")
    if world.year > last_year(spells, column="end_year"):
        return None
    now = spells.filter(
        (pl.col("status") == "member")
        & (pl.col("start_year") <= world.year)
        & (pl.col("end_year") >= world.year)
        & pl.col("state").is_in(list(world.states))
    )
    bodies = {o: j for j, o in enumerate(sorted(now["organisation"].unique()))}
    index = {s: i for i, s in enumerate(world.states)}
    belongs = np.zeros((len(index), len(bodies)))
    belongs[[index[s] for s in now["state"]], [bodies[o] for o in now["organisation"]]] = 1.0
    shared = _mean(belongs @ belongs.T, world.alike())
    power = np.any(world.belongs, axis=0)
    others = belongs[power].sum(0) - belongs * power[:, None]
    alone = (belongs * (others == 0)).sum(1)
    alone[belongs.sum(1) == 0] = np.nan
    return _normalise(np.column_stack([alone, shared]))


_Rule = Callable[[Pack, World], Array | None]
_CHANNELS: tuple[tuple[str, str, _Rule], ...] = (
    ("diplomacy", "un_votes", diplomacy),
    ("security", "atop", security),
    ("institutions", "cow_igo", institutions),
)


def _mean(pairs: Array, weight: Array) -> Array:
    """Mean (n, K) of pairs (n, n), weighted by members' weights (K, n), leaving out the state itself and NaN."""
    n = len(pairs)
    each = weight[None] * (1 - np.eye(n))[:, None, :] * np.isfinite(pairs)[:, None, :]
    total = each.sum(2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, (each * np.nan_to_num(pairs)[:, None, :]).sum(2) / total, np.nan)


def _median(rows: Array) -> Array:
    """Median (n,) of what is known in each row (n, m); NaN where nothing is."""
    known = np.isfinite(rows).sum(1)
    # NaN are sorted to the end, and one more stands where a row has nothing.
    ordered, each = np.sort(np.column_stack([rows, np.full(len(rows), np.nan)]), axis=1), np.arange(len(rows))
    middle: Array = (ordered[each, np.maximum(known - 1, 0) // 2] + ordered[each, known // 2]) / 2
    return middle


def _known_sum(column: str) -> pl.Expr:
    """The sum of what is known; null, not 0, where nothing is."""
    return pl.when(pl.col(column).count() > 0).then(pl.col(column).sum())


def _normalise(affinity: Array) -> Array:
    total = affinity.sum(1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, affinity / total, np.nan)


def _long(
    shares: Array, *, world: World, channel: str, source: str, powers: Sequence[str], states: Sequence[str] | None
) -> pl.DataFrame:
    rows = np.isfinite(shares).all(1)
    if states is not None:
        rows &= np.isin(world.states, list(states))
    options, n = [OUTSIDE, *powers], int(rows.sum())
    return pl.DataFrame(
        {
            "state": np.repeat(np.array(world.states)[rows], len(options)),
            "year": world.year,
            "channel": channel,
            "option": options * n,
            "share": shares[rows].ravel(),
            "source": source,
        },
        schema=_SCHEMA,
    )


def _ends(flows: pl.DataFrame, *, states: Sequence[str] | None) -> pl.DataFrame:
    """Every flow seen from both its ends: state, partner, year, exports, imports, source, note."""
    value, none = pl.col("value_musd"), pl.lit(None, dtype=pl.Float64)
    if states is not None:
        flows = flows.filter(pl.any_horizontal(pl.col("importer", "exporter").is_in(list(states))))
    inward = flows.select(
        pl.col("importer").alias("state"),
        pl.col("exporter").alias("partner"),
        "year",
        none.alias("exports"),
        value.alias("imports"),
        "source",
        "note",
    )
    outward = flows.select(
        pl.col("exporter").alias("state"),
        pl.col("importer").alias("partner"),
        "year",
        value.alias("exports"),
        none.alias("imports"),
        "source",
        "note",
    )
    both = pl.concat([inward, outward])
    # A state's own report of its trade says nothing of its partners' total trade.
    both = both.filter(((pl.col("source") != "kaz_trade") | (pl.col("state") == "KAZ")) & (pl.col("state") != "WLD"))
    return both if states is None else both.filter(pl.col("state").is_in(list(states)))


def _silent(out: pl.DataFrame, *, flows: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Mark options without any flow, and state-years in which the state or the power exports nothing at all."""
    spoke = flows.filter(pl.col("source") != "kaz_trade").select(pl.col("exporter").alias("state"), "year").unique()
    heard = (
        parts.rename({"partner": "state"})
        .join(spoke, on=["state", "year"], how="semi")
        .select("year", "option")
        .unique()
    )
    deaf = (
        out.filter(pl.col("source") != "kaz_trade")
        .join(spoke, on=["state", "year"], how="anti")
        .select("state", "year")
        .unique()
        .with_columns(pl.lit(True).alias("mute"))
    )
    known = heard.with_columns(pl.lit(True).alias("heard"))
    out = out.join(deaf, on=["state", "year"], how="left").join(known, on=["year", "option"], how="left")
    power = (pl.col("option") != OUTSIDE) & (pl.col("source") != "kaz_trade")
    note = (
        pl.when(pl.col("mute"))
        .then(pl.lit("no_report"))
        .when(power & pl.col("heard").is_null())
        .then(pl.lit("no_report"))
        .when(turnover().is_null() & pl.col("note").is_null() & (pl.col("option") != OUTSIDE))
        .then(pl.lit("no_flow"))
        .otherwise(pl.col("note"))
    )
    return out.with_columns(note.alias("note")).drop("mute", "heard")


def _rest(out: pl.DataFrame, *, world: pl.DataFrame) -> pl.DataFrame:
    """Where a total is reported, the outside option is what the powers leave of it, unallocated trade included."""
    out = out.join(world, on=["state", "year"], how="left")
    outside = pl.col("option") == OUTSIDE
    for c, whole in (("exports_musd", "all_exports"), ("imports_musd", "all_imports")):
        named = pl.col(c).filter(~outside).sum().over("state", "year")
        out = out.with_columns(
            pl.when(outside & pl.col(whole).is_not_null())
            .then(pl.col(whole) - named)
            .when(outside)
            .then(pl.col(c).fill_null(0.0))
            .otherwise(pl.col(c))
            .alias(c)
        )
    return out.drop("all_exports", "all_imports")
