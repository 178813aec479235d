"""The world of trade of a year, from the pack: recorded flows, and home sales from output.

What is assumed: output is gross domestic product, and home sales are output less exports. A one-sector model without
inputs then loses about as much as one with a share of value added γ in gross output: exports over gross output are γ
times those over GDP, and the exponent is 1/(γθ) in the place of 1/θ (Costinot & Rodríguez-Clare 2014). Where goods pass
through, exports can exceed GDP; home sales are then held at :data:`FLOOR` of it, so that output counts more than GDP.
States without GDP are left out, with all their trade. A flow that nobody has recorded counts as zero, which hat algebra
keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.assemble.packed import Pack
from equipoise.assemble.powers import AGGREGATES, members
from equipoise.errors import BadYears, UsageError
from equipoise.model.trade_world import World

FLOOR = 0.2
"""Home sales at least, of GDP: assumed. It binds for hubs such as Singapore and Malaysia."""

LAG = 2
"""Years by which GDP may be older than trade: the last matrix is of 2025, the last GDP of 2023."""

SOURCES = ("cow_trade", "imf_trade", "kaz_trade", "world_bank")

FEWEST = 100
"""States that a year's matrix must have: from 2018 to 2023 the pack has only what Kazakhstan reports."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A year's world, in million current US dollars, and what had to be assumed for it.

    wrong: pairs (a, b), in both orders, of which a direction is known to be wrong in the source; recorded: pairs
    (exporter, importer) with a figure above zero; floored: states whose home sales are at the floor; left_out: those
    that trade and have no GDP; borrowed: pairs (exporter, importer) whose flow is Kazakhstan's own figure, of
    ``borrowed_year``; gdp_year: the oldest GDP that enters.
    """

    year: int
    world: World
    wrong: frozenset[tuple[str, str]]
    recorded: frozenset[tuple[str, str]]
    floored: tuple[str, ...]
    left_out: tuple[str, ...]
    borrowed: tuple[tuple[str, str], ...]
    borrowed_year: int | None
    gdp_year: int

    def states_of(self, partner: str) -> tuple[str, ...]:
        """The states that a partner is made of, those of them that are in the world."""
        inside = members([partner], years=[self.year])["state"].to_list()
        return tuple(s for s in inside if s in self.world.countries)

    def known(self, state: str, partner: str) -> bool:
        """Whether trade of a state with a partner is recorded above zero, one way at least, and no part of it wrong."""
        others = [s for s in self.states_of(partner) if s != state]
        some = any((a, b) in self.recorded for s in others for a, b in ((state, s), (s, state)))
        return some and not any((state, s) in self.wrong for s in others)


def trade_years(pack: Pack) -> list[int]:
    """Return the years with a matrix of world trade.

    >>> from equipoise.assemble.packed import embedded
    >>> years = trade_years(embedded())
    >>> years[0], years[-2:]
    (1991, [2014, 2025])
    """
    whole = pack.table("trade").filter(pl.col("source").cast(pl.String) != "kaz_trade")
    counts = whole.drop_nulls("value_musd").group_by("year").agg(pl.col("exporter").n_unique())
    return sorted(int(y) for y in counts.filter(pl.col("exporter") >= FEWEST)["year"])


def trade_world(pack: Pack, *, year: int) -> Recorded:
    """Return the world of a year.

    Raises:
        BadYears: the pack has no matrix of that year; the hint names those that it has.

    >>> from equipoise.assemble.packed import embedded
    >>> found = trade_world(embedded(), year=2014)
    >>> len(found.world.countries), found.left_out
    (183, ('ERI', 'PRK', 'TWN'))
    """
    if year not in (years := trade_years(pack)):
        raise BadYears(f"there is no matrix of world trade for {year}.",
                       hint=f"There are {years[0]} to {years[-2]} and {years[-1]}.")
    flows, borrowed, when = _flows(pack, year=year)
    gdp = _gdp(pack, year=year)
    trading = sorted(set(flows["importer"]) | set(flows["exporter"]))
    names = [s for s in trading if s in gdp]
    matrix, here = _matrix(flows, names=names)
    output = np.array([gdp[s][0] for s in names]) / 1e6
    home = output - matrix.sum(1)
    floor = FLOOR * output
    np.fill_diagonal(matrix, np.maximum(home, floor))
    # Some zeros of the source stand for no report (Bulgaria and Mongolia with Russia in 1991), so none is a record.
    known = here.filter(pl.col("value_musd") > 0)
    wrong = here.filter(pl.col("value_musd").is_null()).select("exporter", "importer").rows()
    alone = (matrix > 0).sum(0) + (matrix > 0).sum(1) == 2
    left = sorted({*trading} - {*names} | {names[i] for i in np.flatnonzero(alone)})
    kept = np.flatnonzero(~alone)
    return Recorded(
        year=year, world=World(tuple(names[i] for i in kept), matrix[np.ix_(kept, kept)]),
        wrong=frozenset(wrong) | frozenset((b, a) for a, b in wrong),
        recorded=frozenset(known.select("exporter", "importer").rows()),
        floored=tuple(names[i] for i in kept if home[i] < floor[i]), left_out=tuple(left), borrowed=borrowed,
        borrowed_year=when, gdp_year=min(gdp[s][1] for s in names),
    )


def partners_in(found: Recorded, names: Sequence[str]) -> None:
    """Refuse names that the year's world has not.

    Raises:
        UsageError: a state without trade or without GDP in that year.
    """
    for name in names:
        inside = found.states_of(name) if name in AGGREGATES else [s for s in found.world.countries if s == name]
        if not inside:
            why = "no GDP" if name in found.left_out else "no trade"
            raise UsageError(f"{name} has {why} in the pack's figures for {found.year}.",
                             hint="Choose another year, or another state.")


def _flows(pack: Pack, *, year: int) -> tuple[pl.DataFrame, tuple[tuple[str, str], ...], int | None]:
    """The year's matrix; pairs of Kazakhstan's that it lacks both ways are filled from Kazakhstan's last figures."""
    trade = pack.table("trade").with_columns(pl.col("source").cast(pl.String))
    own = trade.filter(pl.col("source") == "kaz_trade", pl.col("importer") != "WLD", pl.col("exporter") != "WLD")
    flows = trade.filter(pl.col("year") == year, pl.col("source") != "kaz_trade")
    last = own.filter(pl.col("year") < year)["year"].max()
    if last is None:
        return flows, (), None
    pair = pl.concat_list("importer", "exporter").list.sort().list.join("-")
    there = flows.select(pair=pair)["pair"].implode()
    both = sorted({*flows["importer"], *flows["exporter"]})
    missing = own.filter(pl.col("year") == last, pl.col("value_musd") > 0, ~pair.is_in(there),
                         pl.col("importer").is_in(both), pl.col("exporter").is_in(both))
    pairs = tuple(sorted(missing.select("exporter", "importer").rows()))
    return pl.concat([flows, missing]), pairs, int(str(last))


def _gdp(pack: Pack, *, year: int) -> dict[str, tuple[float, int]]:
    """State → GDP in US dollars of the last year that is known and not too old, and that year."""
    rows = pack.table("state_year").filter(pl.col("year").is_between(year - LAG, year), pl.col("gdp_usd") > 0)
    last = rows.sort("year").group_by("state", maintain_order=True).last()
    return {r["state"]: (float(r["gdp_usd"]), int(r["year"])) for r in last.iter_rows(named=True)}


def _matrix(flows: pl.DataFrame, *, names: Sequence[str]) -> tuple[np.ndarray, pl.DataFrame]:
    """Flows (n, n) between the named, exporter × importer, and the rows behind them."""
    here = flows.filter(pl.col("exporter").is_in(names), pl.col("importer").is_in(names),
                        pl.col("exporter") != pl.col("importer"))
    row = {s: i for i, s in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    matrix[[row[s] for s in here["exporter"]], [row[s] for s in here["importer"]]] = (
        here["value_musd"].fill_null(0.0).to_numpy()
    )
    return matrix, here
