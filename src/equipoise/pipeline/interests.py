"""Tiers of a power's interest in a region, by institutional depth and geography, and the order of its regions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from equipoise.assemble import codes, interests, organisations
from equipoise.assemble.dates import read_day
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import AGGREGATES
from equipoise.errors import UsageError
from equipoise.measure.ranking import rank_agreement
from equipoise.pipeline.measured import Measured, made
from equipoise.view import headings

POWER = "RUS"
"""Whose order of regions document 004 gives."""

COW_LAST = 2014
"""The last year of the Correlates of War's trade."""

FORCES_FROM, FORCES_TO = 2020, 2022
"""Years of which the table of forces is taken to tell."""

MEASURES = ("votes", "trade", "forces", "defence")
"""What an order of regions is read from; visits have no source that counts them all."""

_UNITS = {
    "tier": "1 to 3",
    "border": "whether it has a land border with the power",
    "capital_km": "kilometres",
    "document": "place in document 004, from 1",
    "value": "see the measure",
    "rank": "place, from 1; mean place of ties",
    "year": "year of the data",
    "tau": "Kendall's tau-b with document 004, -1 to 1",
    "regions": "regions known to both",
}


def tiers_of(pack: Pack, *, power: str, states: Sequence[str], on: dt.date) -> pl.DataFrame:
    """Return the tiers of a power's interest: :func:`equipoise.assemble.organisations.tiers`, nearest first in each.

    Geography orders within a tier: states with a land border with the power first, then by distance of the capitals.
    Of the European Union it is any member's border and the nearest member's capital.

    Returns:
        ``state``, ``tier``, ``because``, ``border``, ``capital_km``.

    Examples:
        >>> from equipoise.assemble.packed import embedded
        >>> near = tiers_of(embedded(), power="RUS", states=["UZB", "TJK", "KAZ", "KGZ"], on=dt.date(2022, 1, 1))
        >>> near.select("state", "tier", "border").rows()
        [('KAZ', 1, True), ('KGZ', 1, False), ('TJK', 1, False), ('UZB', 2, False)]
    """
    made_of = organisations.members("EU", on=on) if power in AGGREGATES else [power]
    near = pack.table("distances").filter(pl.col("state_a").is_in(made_of), ~pl.col("state_b").is_in(made_of))
    ground = near.group_by(pl.col("state_b").alias("state")).agg(
        border=(pl.col("border_km") > 0).fill_null(value=False).any(), capital_km=pl.col("capital_km").min()
    )
    found = organisations.tiers(power, states=states, on=on).join(ground, on="state", how="left")
    return found.sort("tier", pl.col("border").fill_null(value=False).not_(), "capital_km", "state", nulls_last=True)


def tiers(
    power: str,
    *,
    region: str | None = None,
    states: Sequence[str] | None = None,
    on: str | dt.date,
    pack: Pack | None = None,
) -> Measured:
    """Return how deep the ties of a power reach in a region on a day, as rings.

    Args:
        power: a state, or ``EUU``.
        region: of UN M49 (Central Asia), or of document 004 (CIS, EUROPE, USA, CHINA, MIDDLEEAST, FRONT, FLANK, REAR).
        states: codes or names, in the place of a region.
        on: the day.

    Returns:
        The columns of :func:`tiers_of`.

    Raises:
        UnknownState; UsageError for an unknown region, none or both, a day that never was, or no state left.

    Examples:
        >>> tiers("RUS", region="Central Asia", on="2022-01-01").frame.group_by("tier").len().sort("tier").rows()
        [(1, 3), (2, 1), (3, 1)]
    """
    pack, day = pack or embedded(), read_day(on)
    who = power.upper() if power.upper() in AGGREGATES else codes.resolve(power)
    if (region is None) == (states is None):
        raise UsageError(
            "tiers are of one region, or of states that are named.",
            hint="For example --region 'Central Asia', or --states KAZ,UZB.",
        )
    name, around = (
        interests.states_of(region, year=day.year) if region else ("", [codes.resolve(s) for s in states or ()])
    )
    frame = tiers_of(pack, power=who, states=around, on=day)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import tiers as chart
        from equipoise.view.charts.setting import Setting

        return chart.rings(frame, power=who, state="", setting=Setting(words, (who,), day.year, day.year))

    return made(
        "tiers",
        frame,
        sources=["distances", "shapes"],
        pack=pack,
        draw=draw,
        units=_UNITS,
        heading=lambda words: headings.tiers(who, day=day, words=words),
        own=("organisations",),
        options={"power": who, "region": name or None, "states": around, "day": str(day)},
    )


def priorities(*, on: str | dt.date, pack: Pack | None = None) -> Measured:
    """Compare Russia's order of regions in document 004 with the orders that data imply on a day.

    For each of the document's five regions: ``votes``, the mean distance of its states' ideal points in the UN from
    Russia's (the nearest first); ``trade``, its share of Russia's trade; ``forces``, Russian troops there, the middle
    of the estimates; ``defence``, the share of its states that Russia owes defence to. Each from the last year before
    the day that its source covers; forces from a table of about 2021. Visits are missing: no source at hand counts
    them all.

    Returns:
        A row a region and measure: ``region``, ``document``, ``measure``, ``value``, ``rank``, ``year``. ``more`` has
        ``agreement``: ``measure``, ``tau``, ``regions``.

    Raises:
        UsageError: a day that never was, or before the data begin.

    Examples:
        >>> made = priorities(on="2022-01-01")
        >>> made.frame.filter(measure="forces").select("region", "rank").rows()[:2]
        [('CIS', 1.0), ('EUROPE', 4.0)]
    """
    pack, day = pack or embedded(), read_day(on)
    last = day.year - 1
    ranked = interests.regions().drop_nulls("rank")
    found = [
        _votes(pack, ranked, last=last),
        _trade(pack, ranked, last=last),
        _forces(ranked, last=last),
        _defence(pack, ranked, last=last),
    ]
    rows = pl.concat(found)
    if rows["value"].is_null().all():
        raise UsageError(f"nothing that orders regions is known before {day}.", hint="Choose a later day.")
    best_first = pl.when(pl.col("measure") == "votes").then(pl.col("value")).otherwise(-pl.col("value"))
    frame = (
        ranked.select("region", document="rank")
        .join(rows, on="region", maintain_order="left")
        .with_columns(rank=best_first.rank("average").over("measure"))
    )
    agreement = _agreement(frame)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import priorities as chart

        return chart.ranks(frame, names=ranked, words=words)

    return made(
        "priorities",
        frame,
        sources=_used(frame),
        pack=pack,
        draw=draw,
        units=_UNITS,
        own=("regions", *(["forces"] if frame.filter(measure="forces")["value"].count() else [])),
        more={"agreement": agreement},
        options={"day": str(day)},
        remarks=["visits are missing: no source at hand counts them all.", *_gone(frame)],
        literature=("kendall1945treatment",),
    )


def _agreement(frame: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for measure in MEASURES:
        known = frame.filter(pl.col("measure") == measure).drop_nulls("value")
        tau = rank_agreement(known["document"].to_numpy(), other=known["rank"].to_numpy()) if known.height > 1 else None
        rows.append((measure, tau, known.height))
    return pl.DataFrame(rows, schema={"measure": pl.String, "tau": pl.Float64, "regions": pl.Int32}, orient="row")


def _used(frame: pl.DataFrame) -> list[str]:
    """The sources of the measures that have values."""
    known = set(frame.drop_nulls("value").select("measure", "year").iter_rows())
    traded = {year for measure, year in known if measure == "trade"}
    ids = {
        "votes": ["un_roll_calls", "un_votes"],
        "defence": ["atop"],
        "trade": ["imf_trade"] if max(traded, default=0) > COW_LAST else ["cow_trade"],
    }
    return [i for m in MEASURES for i in ids.get(m, []) if m in {measure for measure, _ in known}]


def _gone(frame: pl.DataFrame) -> list[str]:
    return [
        f"{m} has no data before this day."
        for m in MEASURES
        if frame.filter(pl.col("measure") == m)["value"].is_null().all()
    ]


def _valued(regions: pl.DataFrame, values: Sequence[float | None], *, measure: str, year: int | None) -> pl.DataFrame:
    return regions.select(
        "region", measure=pl.lit(measure), value=pl.Series(values, dtype=pl.Float64), year=pl.lit(year, dtype=pl.Int32)
    )


def _votes(pack: Pack, regions: pl.DataFrame, *, last: int) -> pl.DataFrame:
    points = pack.table("state_year").select("state", pl.col("year").cast(pl.Int32), "ideal_point").drop_nulls()
    own = points.filter(pl.col("state") == POWER, pl.col("year") <= last).sort("year").tail(1)
    if own.is_empty():
        return _valued(regions, [None] * regions.height, measure="votes", year=None)
    year, place = int(own["year"][0]), float(own["ideal_point"][0])
    now = points.filter(pl.col("year") == year)
    each = [now.filter(pl.col("state").is_in(s))["ideal_point"] for s in regions["states"].to_list()]
    gaps = [float(np.abs(e.to_numpy() - place).mean()) if len(e) else None for e in each]
    return _valued(regions, gaps, measure="votes", year=year)


def _trade(pack: Pack, regions: pl.DataFrame, *, last: int) -> pl.DataFrame:
    flows = (
        pack.table("trade")
        .select("importer", "exporter", pl.col("year").cast(pl.Int32), "value_musd", pl.col("source").cast(pl.String))
        .filter(pl.col("source") != "kaz_trade")
    )
    partner = pl.when(pl.col("importer") == POWER).then(pl.col("exporter")).otherwise(pl.col("importer"))
    own = flows.filter((pl.col("importer") == POWER) | (pl.col("exporter") == POWER), pl.col("year") <= last)
    own = own.with_columns(partner=partner).filter(pl.col("partner") != "WLD").drop_nulls("value_musd")
    if own.is_empty():
        return _valued(regions, [None] * regions.height, measure="trade", year=None)
    year = int(own["year"].max())  # type: ignore[arg-type]
    now = own.filter(pl.col("year") == year)
    total = float(now["value_musd"].sum())
    shares = [
        float(now.filter(pl.col("partner").is_in(s))["value_musd"].sum()) / total for s in regions["states"].to_list()
    ]
    return _valued(regions, shares, measure="trade", year=year)


def _forces(regions: pl.DataFrame, *, last: int) -> pl.DataFrame:
    if not FORCES_FROM <= last + 1 <= FORCES_TO:
        return _valued(regions, [None] * regions.height, measure="forces", year=None)
    known = interests.forces().with_columns(middle=pl.mean_horizontal("troops_low", "troops_high"))
    troops = [float(known.filter(pl.col("state").is_in(s))["middle"].sum()) for s in regions["states"].to_list()]
    return _valued(regions, troops, measure="forces", year=int(known["as_of"].median()))  # type: ignore[arg-type]


def _defence(pack: Pack, regions: pl.DataFrame, *, last: int) -> pl.DataFrame:
    owed = pack.table("alliances").filter(pl.col("state_a") == POWER, pl.col("year") <= last)
    if owed.is_empty():
        return _valued(regions, [None] * regions.height, measure="defence", year=None)
    year = int(owed["year"].max())  # type: ignore[arg-type]
    now = set(owed.filter(pl.col("year") == year, pl.col("defense") > 0)["state_b"])
    shares = [len(now & set(s)) / len(s) for s in regions["states"].to_list()]
    return _valued(regions, shares, measure="defence", year=year)
