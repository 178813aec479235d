"""What sanctions, the Eurasian union, the WTO and distance do to trade: rows of gravity, and two fits of them.

Flows are those between states, of COW in the embedded pack (goods, 1992–2014) or of ITPD-E (goods and services, from
2000 to 2016; :mod:`equipoise.acquire.itpd`). Sales at home are left out although theory wants them: ITPD-E's break off,
Russia's from 364 billion in 2014 to 33 billion in 2015, and COW has none. Effects are therefore relative to trade with
other states.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache

import polars as pl

from equipoise.assemble.organisations import eu_members, members
from equipoise.assemble.packed import embedded
from equipoise.assemble.sanctions import sanctions
from equipoise.model.gravity import GravityFit, ppml

TRADE_KINDS = ("finance", "food ban", "technology", "trade")
"""Kinds of sanctions that bear on trade; embargoes on arms alone and measures on persons are left out."""

POLICIES = ("sanctions", "eurasian_union", "wto")
GEOGRAPHY = ("log_distance", "contiguous")


def packed_flows() -> pl.DataFrame:
    """Return COW's trade between states as the pack has it: ``exporter``, ``importer``, ``year``, ``value`` (million
    USD of the year).

    >>> packed_flows().filter(exporter="RUS", importer="KAZ", year=2013)["value"].round().item()
    19395.0
    """
    table = embedded().table("trade").filter(pl.col("source").cast(pl.String) == "cow_trade")
    return table.select("exporter", "importer", pl.col("year").cast(pl.Int32), value="value_musd")


def gravity_rows(flows: pl.DataFrame, *, years: Sequence[int]) -> pl.DataFrame:
    """Return one row for each flow between two states that has a figure, with what may explain it.

    Args:
        flows: ``exporter``, ``importer``, ``year``, ``value``, such as :func:`packed_flows` gives them. A flow without
            a row is not known, and not 0; sales of a state to itself are left out.
        years: the years to keep.

    Returns:
        ``exporter``, ``importer``, ``year``, ``flow``; ``sanctions`` (in force between the two on 31 December, by
        :mod:`equipoise.assemble.sanctions`, which knows Russia, China, the United States, Japan and the European Union,
        whose members count as it does), ``eurasian_union`` (both in the customs union of 2010 or the EAEU on 1 July),
        ``wto`` (both members on 1 July), ``contiguous``, ``log_distance`` (of population-weighted km; null where
        unknown), and ``exporter_year``, ``importer_year``, ``pair`` (the same both ways).
    """
    kept = flows.filter(
        pl.col("year").is_in(list(years)), pl.col("exporter") != pl.col("importer"), pl.col("value").is_not_null()
    )
    key = ["exporter", "importer", "year"]
    facts = pl.concat([_policies(year) for year in sorted(set(years))])
    joined = kept.join(facts, on=key, how="left").with_columns(pl.col(POLICIES).fill_null(value=False))
    placed = joined.join(_places(), on=key[:2], how="left")
    low, high = pl.min_horizontal("exporter", "importer"), pl.max_horizontal("exporter", "importer")
    return placed.select(
        *key, *POLICIES, *GEOGRAPHY, flow="value", pair=pl.format("{} {}", low, high),
        exporter_year=pl.format("{} {}", "exporter", "year"), importer_year=pl.format("{} {}", "importer", "year"),
    ).sort(key)


def policy_effects(rows: pl.DataFrame, *, of: Sequence[str] = POLICIES) -> GravityFit:
    """Effects of some of :data:`POLICIES` beside effects of exporter-year, importer-year and pair; errors by pair."""
    return ppml(rows, flow="flow", variables=of, effects=("exporter_year", "importer_year", "pair"),
                clusters=("pair",))


def distance_effects(rows: pl.DataFrame) -> GravityFit:
    """Effects of :data:`GEOGRAPHY` beside effects of exporter-year and importer-year; errors clustered by pair.

    Pairs whose distance is unknown are left out.
    """
    return ppml(rows.drop_nulls(["log_distance", "contiguous"]), flow="flow", variables=GEOGRAPHY,
                effects=("exporter_year", "importer_year"), clusters=("pair",))


def _policies(year: int) -> pl.DataFrame:
    """Pairs, both ways, between which something of :data:`POLICIES` holds in a year."""
    summer = dt.date(year, 7, 1)
    unions = [members(body, on=summer) for body in ("CU2010", "EAEU")]
    eurasian = {(a, b) for union in unions for a in union for b in union if a != b}
    wto = members("WTO", on=summer)
    world = {(a, b) for a in wto for b in wto if a != b}
    punished = _punished(year)
    rows = [(a, b, year, (a, b) in punished, (a, b) in eurasian, (a, b) in world)
            for a, b in sorted(eurasian | world | punished)]
    schema = {"exporter": pl.String, "importer": pl.String, "year": pl.Int32, **dict.fromkeys(POLICIES, pl.Boolean)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _punished(year: int) -> set[tuple[str, str]]:
    """Ordered pairs of states with a sanction in force between them, either way, on 31 December."""
    last = dt.date(year, 12, 31)
    here = sanctions().filter(
        pl.col("kind").is_in(TRADE_KINDS), pl.col("start") <= last, (pl.col("end") >= last).fill_null(value=True)
    )
    found = set()
    for sender, target in here.select("sender", "target").iter_rows():
        for a in eu_members(year) if sender == "EUU" else [sender]:
            for b in eu_members(year) if target == "EUU" else [target]:
                found |= {(a, b), (b, a)}
    return found


@cache
def _places() -> pl.DataFrame:
    """Contiguity and log distance of ordered pairs."""
    known = embedded().table("distances").select("state_a", "state_b", "contiguous", "weighted_km")
    named = known.select(
        exporter="state_a", importer="state_b", contiguous="contiguous",
        log_distance=pl.when(pl.col("weighted_km") > 0).then(pl.col("weighted_km").log()),
    )
    return named.unique(["exporter", "importer"])
