"""The parts of a report that are looked up rather than modelled: trade, tiers, the map, sources, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.acquire.registry import sources
from equipoise.assemble import codes
from equipoise.assemble.documents import document_shares
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.packed import Pack
from equipoise.assemble.sanctions import SCOPE_YEARS
from equipoise.measure.distribution import normalised_hhi
from equipoise.measure.engagement import COMMON_VOTES, turnover
from equipoise.measure.system import COMPONENTS
from equipoise.pipeline.estimates import Estimates
from equipoise.pipeline.interests import tiers_of
from equipoise.pipeline.stance import SOURCES as STANCE_SOURCES
from equipoise.schema import CHANNELS, DEFAULT_POWERS, OUTSIDE

Array = NDArray[np.float64]
Missing = tuple[str, dict[str, Any]]

TIERS_ON = date(2022, 1, 1)
"""The day for which the documents draw Russia's tiers of Central Asia."""

USES = {
    "trade": ("cow_trade", "kaz_trade", "imf_trade"),
    "economy": ("world_bank", "brent"),
    "diplomacy": ("un_votes",),
    "distance": ("un_roll_calls", "un_votes", "ideal_points"),
    "security": ("atop",),
    "institutions": ("cow_igo",),
    "rivalry": ("un_roll_calls", "un_votes", "atop", "mid", "strategic_rivalries"),
    "order": ("nmc",),
    "leverage": ("shapes", "atop", "cow_trade", "kaz_trade", "imf_trade", "world_bank"),
    "decoupling": ("cow_trade", "kaz_trade", "imf_trade", "world_bank"),
    "openings": ("dca", "atop", "trade_agreements", "cow_trade", "kaz_trade", "imf_trade", "cow_igo"),
    "tiers": ("distances", "shapes"),
    "map": ("shapes",),
    "stances": STANCE_SOURCES,
    "leaders": ("reign",),
    "states": ("cow_states",),
}
"""What each source is used for in a report, by the key of the wording."""


def trade_figures(
    pack: Pack, *, state: str, years: Sequence[int], by_option: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return trade by power, its summary by year, and the shares that the documents give for the state."""
    both = turnover()
    incomplete = both.is_null().any().over("year")
    share = pl.when(~incomplete).then(both / both.sum().over("year"))
    trade = by_option.with_columns(pl.col("year").cast(pl.Int32)).select(
        "year",
        pl.col("option").alias("partner"),
        "exports_musd",
        "imports_musd",
        share.alias("share"),
        "source",
        "note",
    )
    total = trade.group_by("year", "source").agg(
        pl.when(both.is_null().any()).then(None).otherwise(both.sum()).alias("total_musd")
    )
    gdp = pack.table("state_year").filter(pl.col("state") == state).select(pl.col("year").cast(pl.Int32), "gdp_usd")
    partners = _partners(pack, state=state, years=years)
    summary = (
        total.join(gdp, on="year", how="left")
        .join(partners, on="year", how="left")
        .select(
            "year",
            "total_musd",
            (pl.col("total_musd") * 1e6 / pl.col("gdp_usd")).alias("dependence"),
            pl.when(pl.col("total_musd").is_not_null()).then(pl.col("hhi")).alias("hhi"),
            "partners",
            "source",
        )
        .sort("year")
    )
    return trade, summary, document_shares(state)


def decoupled(pack: Pack, *, state: str, powers: Sequence[str], years: Sequence[int]) -> pl.DataFrame:
    """Return what the end of trade with each power would have cost the state, and it; none unless the pack knows."""
    if not pack.has("decoupling"):
        return pl.DataFrame()
    own = pack.table("decoupling").filter(
        pl.col("state") == state, pl.col("power").is_in(list(powers)), pl.col("year").is_in(list(years))
    )
    return own.drop("state").with_columns(pl.col("year").cast(pl.Int32), pl.selectors.float().cast(pl.Float64))


def tiers(
    pack: Pack, *, state: str, powers: Sequence[str], lever: Array, years: Sequence[int], year: int | None
) -> tuple[pl.DataFrame, str, str, date]:
    """Return the tiers of the state's region for one power: Russia in Central Asia, else who has most leverage."""
    region = codes.region(state)
    own = lever[years.index(year)] if year in years else np.full(len(powers), np.nan)
    most = powers[int(np.nan_to_num(own, nan=-1).argmax())]
    power = "RUS" if region == "Central Asia" and "RUS" in powers else most
    around = [s for s in codes.in_region(region, year=TIERS_ON.year) if s != power]
    return tiers_of(pack, power=power, states=around, on=TIERS_ON), power, region, TIERS_ON


def map_shapes(pack: Pack, *, states: Sequence[str]) -> pl.DataFrame:
    """Return the outlines of states and of everything that borders them."""
    lines = pack.table("distances").filter((pl.col("border_km") > 0) & pl.col("state_a").is_in(list(states)))
    wanted = sorted({*states, *lines["state_b"]})
    return pack.table("shapes").filter(pl.col("iso3").is_in(wanted))


def sources_used() -> pl.DataFrame:
    """Return one row a source of the report, our own dated tables last, with the keys of what it is used for."""
    rows = []
    for name, entry in sorted(sources().items()):
        uses = [use for use, ids in USES.items() if name in ids]
        if uses:
            rows.append((name, entry.title, entry.version, entry.coverage, entry.licence, entry.home, ";".join(uses)))
    first, last = SCOPE_YEARS
    title = "equipoise: dated tables of organisations, openings, sanctions, events and crises"
    own = ("equipoise", title, version("equipoise"), f"{first}–{last}",
           "CC BY 4.0", None, "organisations;openings;tiers;rivalry;stances;events")  # fmt: skip
    return pl.DataFrame(
        [*rows, own], orient="row", schema=["source", "title", "version", "coverage", "licence", "home", "used_for"]
    )


def missing(pack: Pack, *, state: str, e: Estimates, flows: pl.DataFrame) -> tuple[tuple[str, dict[str, Any]], ...]:
    """Return what is missing or assumed, as message keys with their parameters."""
    years = e.grid.years
    out = [*_missing_channels(e), *_missing_trade(flows), *_missing_system(pack, e)]
    for column in ("leader", "polyarchy", "gdp_2015usd"):
        if _last(pack, column, state=state) is None:
            out.append((f"missing.{column}_none", {}))
    if "EUU" in e.grid.powers and (inside := [y for y in years if state in eu_members(y)]):
        out.append(("missing.eu_member", {"years": spans(inside)}))
    if state in DEFAULT_POWERS:
        out.append(("missing.power_itself", {"power": state}))
    return tuple(out)


def _missing_channels(e: Estimates) -> Iterator[Missing]:
    seen = np.asarray(np.isfinite(e.table).all(-1))
    for c, channel in enumerate(CHANNELS):
        gone = [y for t, y in enumerate(e.grid.years) if not seen[t, c]]
        if len(gone) == len(e.grid.years):
            yield "missing.channel_none", {"channel": channel}
        elif gone:
            yield "missing.channel_years", {"channel": channel, "years": spans(gone)}


def _missing_trade(flows: pl.DataFrame) -> Iterator[Missing]:
    notes = flows.filter(pl.col("note").is_not_null() & (pl.col("option") != OUTSIDE))
    for (note, power), rows in notes.group_by("note", "option", maintain_order=True):
        yield f"missing.trade_{note}", {"power": power, "years": spans(sorted(set(rows["year"])))}
    if thin := sorted(set(flows.filter(pl.col("source") == "imf_trade")["year"])):
        yield "missing.trade_thin", {"years": spans(thin)}


def _missing_system(pack: Pack, e: Estimates) -> Iterator[Missing]:
    """What rivalry and order stress lack: ended components, capabilities held at their last year, few votes."""
    years = e.grid.years
    seen = np.asarray(np.isfinite(e.components).any(-1))
    for c, component in enumerate(COMPONENTS):
        known = np.flatnonzero(seen[:, c])
        if not known.size:
            yield "missing.component_none", {"component": component}
        elif known[-1] < len(years) - 1:
            yield "missing.component_end", {"component": component, "year": years[known[-1]]}
    last = _last(pack, "cinc")
    if last is not None and max(years) > last:
        yield "missing.capability", {"year": last}
    votes = (
        pack.table("state_year").filter(pl.col("year").is_in(years)).group_by("year").agg(pl.col("ideal_votes").max())
    )
    if few := sorted(votes.filter(pl.col("ideal_votes") < COMMON_VOTES)["year"]):
        yield "missing.few_votes", {"years": spans(few)}


def spans(years: Sequence[int]) -> str:
    """Write years as runs.

    >>> spans([1991, 1992, 1993, 2010])
    '1991–1993, 2010'
    """
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)


def _last(pack: Pack, column: str, *, state: str | None = None) -> int | None:
    table = pack.table("state_year").filter(pl.col(column).is_not_null())
    if state is not None:
        table = table.filter(pl.col("state") == state)
    return int(table["year"].max()) if table.height else None  # type: ignore[arg-type]


def _partners(pack: Pack, *, state: str, years: Sequence[int]) -> pl.DataFrame:
    """Concentration of the state's trade over partner states: normalised HHI, and the number of partners."""
    each = trade_by_partner(pack, state=state, years=years)
    rows = []
    for (year,), now in each.group_by("year", maintain_order=True):
        values = now["both"].to_numpy()
        rows.append((year, float(normalised_hhi(values / values.sum())) if len(values) > 1 else None, len(values)))
    return pl.DataFrame(rows, orient="row", schema={"year": pl.Int32, "hhi": pl.Float64, "partners": pl.Int32})


def trade_by_partner(pack: Pack, *, state: str, years: Sequence[int]) -> pl.DataFrame:
    """Return year, partner, both (exports plus imports, millions of current US dollars) where there is any trade."""
    flows = pack.table("trade").filter(pl.col("year").is_in(list(years)))
    own = (pl.col("source") != "kaz_trade") | pl.lit(state == "KAZ")
    partner = pl.when(pl.col("importer") == state).then(pl.col("exporter")).otherwise(pl.col("importer"))
    here = flows.filter(own & ((pl.col("importer") == state) | (pl.col("exporter") == state)))
    return (
        here.with_columns(partner.alias("partner"))
        .filter(pl.col("partner") != "WLD")
        .group_by("year", "partner")
        .agg(pl.col("value_musd").sum().alias("both"))
        .filter(pl.col("both") > 0)
        .sort("year", "partner")
    )
