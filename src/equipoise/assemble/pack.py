"""Parsed sources → the tables of the pack. Pure: frames in, frames out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from equipoise.acquire.imf_trade import names
from equipoise.acquire.kaz_trade import partners
from equipoise.acquire.reign import COVERED_TO as RULED_TO
from equipoise.acquire.strategic_rivalries import COVERED_TO
from equipoise.assemble import codes
from equipoise.assemble.contracts import PACK, VOTES
from equipoise.assemble.fuels import fuels
from equipoise.assemble.packed import last_year
from equipoise.assemble.stance_contracts import STANCE
from equipoise.assemble.thesis_contracts import THESIS
from equipoise.assemble.trade_contracts import SOLVED
from equipoise.schema import FIRST_YEAR

Parsed = Mapping[str, pl.DataFrame]

SOURCES = (
    "cow_states", "nmc", "world_bank", "penn", "vdem", "ucdp", "un_roll_calls", "reign", "cow_trade", "imf_trade",
    "kaz_trade", "atop", "cow_igo", "mid", "strategic_rivalries", "distances", "fuels", "shapes", "borders",
    "brent", "un_votes",
)
"""What the pack is made of; ``borders`` is the second table that the map's connector yields."""

LAST_YEAR = 2025

# Trade that the source shows as zero, or by half, where the neighbouring years and the states' own figures say that
# there was trade: between Soviet successors to 1993, in single years between two large ones (Afghanistan's imports from
# the United States in 2012), in 1991 between Russia and partners with which its trade of 1992 is large (nobody gave
# figures of what the Soviet Union traded with Bulgaria, Cuba or Mongolia), and within the customs union when it was
# founded. It is missing, not zero.
SOVIET = ("ARM", "AZE", "BLR", "EST", "GEO", "KAZ", "KGZ", "LTU", "LVA", "MDA", "RUS", "TJK", "TKM", "UKR", "UZB")
HALVED = (("KAZ", "RUS", 2010), ("KAZ", "RUS", 2011), ("BLR", "RUS", 2011))

LARGE_MUSD = 100.0
"""A zero between two years of so much or more is taken as missing."""


def tables(parsed: Parsed) -> dict[str, pl.DataFrame]:
    """Return the pack's base tables (all but the computed ``channels`` and ``rivalry``) from parsed sources by id.

    ``own_points`` and ``own_draws`` are no sources but the estimates of :mod:`equipoise.pipeline.points`.
    """
    out = {
        "state_year": state_year(parsed),
        "ideal_points": parsed["own_points"],
        "ideal_draws": parsed["own_draws"],
        "trade": trade(parsed),
        "alliances": alliances(parsed["atop"]),
        "memberships": memberships(parsed["cow_igo"]),
        "disputes": disputes(parsed["mid"]),
        "rivalries": rivalries(parsed["strategic_rivalries"]),
        "distances": distances(parsed["distances"], borders=parsed["borders"]),
        "fuels": fuels(parsed["fuels"]),
        "leaders": leaders(parsed["reign"]),
        "oil": oil(parsed["brent"]),
        "shapes": parsed["shapes"],
        "votes": votes(parsed["un_votes"]),
    }
    return {name: PACK[name].check(frame) if name in PACK else frame for name, frame in out.items()}


def state_year(parsed: Parsed) -> pl.DataFrame:
    """One row a state and year in the state system, with what is known of it."""
    base = pl.concat([pl.DataFrame({"state": codes.in_system(year=y), "year": y}) for y in _years()])
    base = base.with_columns(pl.col("year").cast(pl.Int16)).unique().sort("state", "year")
    joins = (
        _cow(parsed["nmc"]).select("state", "year", "cinc"),
        _bank(parsed["world_bank"]),
        _penn(parsed["penn"]),
        _vdem(parsed["vdem"]),
        _ideal(parsed["own_points"]),
        _ruled(parsed["reign"]),
    )
    for frame in joins:
        base = base.join(frame.with_columns(pl.col("year").cast(pl.Int16)), on=["state", "year"], how="left")
    return _conflict(base, parsed["ucdp"])


def trade(parsed: Parsed) -> pl.DataFrame:
    """Directed flows, importer and exporter; a flow known to be wrong in its source is null, with a note."""
    return pl.concat(
        [_flows_cow(parsed["cow_trade"]), _flows_kaz(parsed["kaz_trade"]), _flows_imf(parsed["imf_trade"])]
    )


def alliances(atop: pl.DataFrame) -> pl.DataFrame:
    """Obligations of one state to another by year, where there is any."""
    kinds = ["defense", "offense", "neutrality", "nonaggression", "consultation"]
    return (
        _pairs(_since(atop)).filter(pl.any_horizontal(pl.col(kinds) > 0)).select("state_a", "state_b", "year", *kinds)
    )


def memberships(igo: pl.DataFrame) -> pl.DataFrame:
    """Runs of years in which a state had one status in one organisation."""
    rows = codes.from_cow(_since(igo), column="cow", year="year", into="state").drop_nulls(["state", "igo"])
    rows = rows.unique(["state", "igo", "status", "year"]).sort("state", "igo", "status", "year")
    run = (pl.col("year").diff().over("state", "igo", "status") != 1).fill_null(True).cum_sum()
    runs = rows.with_columns(run.alias("run")).group_by("run", "state", pl.col("igo").alias("organisation"), "status")
    return runs.agg(pl.col("year").min().alias("start_year"), pl.col("year").max().alias("end_year")).drop("run")


def disputes(mid: pl.DataFrame) -> pl.DataFrame:
    """Militarised disputes by pair and year from 1986 on, so that five years lie behind the pack's first year."""
    recent = mid.filter(pl.col("year") >= FIRST_YEAR - 5)
    # A dispute of the years before counts for the state that carries on: the Soviet Union's for Russia.
    pairs = _pairs(recent.with_columns(pl.max_horizontal("year", pl.lit(FIRST_YEAR)).alias("named")), year="named")
    a, b = pl.col("state_a"), pl.col("state_b")
    levels = [pl.col("hostlev_a"), pl.col("hostlev_b")]
    known = pl.all_horizontal(level.is_not_null() for level in levels)
    return (
        pairs.with_columns(pl.min_horizontal(a, b).alias("state_a"), pl.max_horizontal(a, b).alias("state_b"))
        .group_by("state_a", "state_b", "year", pl.col("dispnum").alias("dispute"))
        .agg(pl.when(known).then(pl.max_horizontal(levels)).max().alias("hostility"))
    )


def rivalries(tss: pl.DataFrame) -> pl.DataFrame:
    """Strategic rivalries that were on in 1991 or later."""
    # An end that is empty means that the rivalry goes on in the source's last year, and nothing is known after it.
    late = tss.with_columns(pl.col("end_year").fill_null(COVERED_TO)).filter(pl.col("end_year") >= FIRST_YEAR)
    # Year by year, since a code may pass to another state in the meantime (Serbia's did in 1992 and 2006).
    years = pl.int_ranges(pl.max_horizontal("start_year", pl.lit(FIRST_YEAR)), pl.col("end_year") + 1)
    pairs = _pairs(late.with_columns(years.alias("year")).explode("year"))
    a, b = pl.col("state_a"), pl.col("state_b")
    first = pl.col("year").min()
    return (
        pairs.with_columns(pl.min_horizontal(a, b).alias("state_a"), pl.max_horizontal(a, b).alias("state_b"))
        .group_by("state_a", "state_b", "start_year")
        .agg(
            pl.when(first > FIRST_YEAR).then(first).otherwise(pl.col("start_year").first()).alias("since"),
            pl.col("year").max().alias("end_year"),
        )
        .select("state_a", "state_b", pl.col("since").alias("start_year"), "end_year")
    )


def distances(cepii: pl.DataFrame, *, borders: pl.DataFrame) -> pl.DataFrame:
    """Distances between today's states, and the length of their land borders."""
    known = cepii.rename({"iso3_a": "state_a", "iso3_b": "state_b"}).filter(pl.col("state_a") != pl.col("state_b"))
    lines = borders.rename({"iso3_a": "state_a", "iso3_b": "state_b"}).drop_nulls()
    return known.join(lines, on=["state_a", "state_b"], how="full", coalesce=True)


def leaders(reign: pl.DataFrame) -> pl.DataFrame:
    """Leaders in office in 1991 or later, under every state that they led (Serbia and Montenegro, then Serbia)."""
    return _in_office(reign).select("state", "leader", "start", "end").unique(["state", "start", "leader"])


def oil(brent: pl.DataFrame) -> pl.DataFrame:
    """Mean price of each year's months; a year under way has fewer than twelve."""
    year = pl.col("month").dt.year().cast(pl.Int16)
    return (
        _since(brent.with_columns(year.alias("year")))
        .group_by("year")
        .agg(pl.col("price_usd_bbl").mean().alias("oil_usd_bbl"), pl.len().cast(pl.Int8).alias("months"))
    )


def votes(wide: pl.DataFrame) -> pl.DataFrame:
    """Roll calls since 1991; one column a state: 1 yes, 2 abstain, 3 no, null where it cast none of these."""
    late = wide.filter(pl.col("date").dt.year() >= FIRST_YEAR)
    states = [c for c in late.columns if len(c) == 3 and c.isupper()]
    cast = [pl.when(pl.col(s) <= 3).then(pl.col(s)).cast(pl.Int8).alias(s) for s in states]
    return late.select(
        "rcid", "date", *(c for c in ("me", "nu", "di", "hr", "co", "ec") if c in late.columns), *cast
    ).sort("date", "rcid")


def notes(frames: Mapping[str, pl.DataFrame], *, sources: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what each column of each table is: unit, source, the source's version and licence, coverage, note.

    ``sources`` gives version, licence and coverage by id; a column made from several has them in the order of
    ``source``, ``;`` between two. ``first_year`` and ``last_year`` are of the rows with a value, null in a table
    without time, where ``coverage`` is what the source says of itself. The states' columns of ``votes`` are one, ``*``.
    """
    out = []
    tested = {name: table for name, table in (THESIS | SOLVED | STANCE).items() if name in frames}
    for name, table in sorted((PACK | {VOTES.name: VOTES} | tested).items()):
        for column in table.columns:
            known = frames[name]
            if column.name in known.columns:
                known = known.filter(pl.col(column.name).is_not_null())
            first, last = _covered(known)
            about = [sources.get(s, {}) for s in column.source.split(";")]
            told = {key: ";".join(str(s.get(key, "")) for s in about) for key in ("version", "licence", "coverage")}
            if first is not None:
                told["coverage"] = f"{first}–{last}"
            out.append(
                {
                    "table": name,
                    "column": column.name,
                    "unit": column.unit,
                    "source": column.source,
                    **told,
                    "first_year": first,
                    "last_year": last,
                    "values": known.height,
                    "note": column.note,
                }
            )
    return out


def _covered(frame: pl.DataFrame) -> tuple[int | None, int | None]:
    """The first and the last year of a table's rows, by whichever columns tell their time."""
    ends = ("year", "start_year", "end_year", "start", "end", "date")
    found = [frame[c].drop_nulls() for c in ends if c in frame.columns]
    years = [int(y) for s in found for y in (s.dt.year() if s.dtype == pl.Date else s).unique()]
    return (min(years), max(years)) if years else (None, None)


def _years() -> range:
    return range(FIRST_YEAR, LAST_YEAR + 1)


def _since(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("year") >= FIRST_YEAR)


def _cow(frame: pl.DataFrame) -> pl.DataFrame:
    return codes.from_cow(_since(frame), column="cow", year="year", into="state").drop_nulls("state")


def _pairs(frame: pl.DataFrame, *, year: str = "year") -> pl.DataFrame:
    named = codes.from_cow(frame, column="cow_a", year=year, into="state_a")
    named = codes.from_cow(named, column="cow_b", year=year, into="state_b")
    return named.drop_nulls(["state_a", "state_b"])


def _bank(bank: pl.DataFrame) -> pl.DataFrame:
    names = {"NY.GDP.MKTP.CD": "gdp_usd", "NY.GDP.MKTP.KD": "gdp_2015usd", "SP.POP.TOTL": "population"}
    known = bank.filter(pl.col("indicator").is_in(list(names))).with_columns(pl.col("indicator").replace_strict(names))
    wide = (
        known.rename({"iso3": "state"})
        .pivot(on="indicator", index=["state", "year"], values="value", aggregate_function="first")
        .sort("state", "year")
    )
    before = pl.col("gdp_2015usd").shift().over("state")
    follows = pl.col("year").diff().over("state") == 1
    growth = pl.when(follows).then((pl.col("gdp_2015usd") / before - 1) * 100)
    return wide.with_columns(growth.alias("growth_pct"))


def _penn(penn: pl.DataFrame) -> pl.DataFrame:
    return penn.select(
        pl.col("iso3").alias("state"), "year", pl.col("rgdpna_musd2021").alias("gdp_musd2021"), "exchange_lcu_per_usd"
    )


def _vdem(vdem: pl.DataFrame) -> pl.DataFrame:
    return (
        _cow(vdem.drop_nulls("cow"))
        .select("state", "year", "polyarchy", "polyarchy_low", "polyarchy_high", "libdem")
        .unique(["state", "year"], keep="first", maintain_order=True)
    )


def _ideal(points: pl.DataFrame) -> pl.DataFrame:
    return points.select("state", "year", ideal_point="mean", ideal_low="low", ideal_high="high", ideal_votes="n_votes")


def _ruled(reign: pl.DataFrame) -> pl.DataFrame:
    """Who is in office on 31 December, for how long, and how many entered in the year; only within the source."""
    all_ = _in_office(reign).filter(pl.col("year") < RULED_TO.year)
    end_of = pl.date(pl.col("year"), 12, 31)
    # Mean Gregorian year, so that ten years in office count as ten.
    held = (end_of - pl.col("start")).dt.total_days() / 365.2425
    # Who leaves on the last day still counts, unless a successor took over that day, who then comes last.
    within = (pl.col("start") <= end_of) & (pl.col("end").is_null() | (pl.col("end") >= end_of))
    office = all_.filter(within).sort("state", "year", "start").group_by("state", "year", maintain_order=True).last()
    entered = (
        all_.filter(pl.col("start").dt.year() == pl.col("year"))
        .group_by("state", "year")
        .agg(pl.len().cast(pl.Int8).alias("leader_changes"))
    )
    return (
        office.with_columns(held.alias("leader_years"))
        .join(entered, on=["state", "year"], how="left")
        .select("state", "year", "leader", "leader_years", pl.col("leader_changes").fill_null(0))
    )


def _in_office(reign: pl.DataFrame) -> pl.DataFrame:
    """One row a leader and year in office since 1991, with the state that the code stood for in that year."""
    last = pl.col("end").dt.year().fill_null(RULED_TO.year)
    years = pl.int_ranges(pl.max_horizontal(pl.col("start").dt.year(), pl.lit(FIRST_YEAR)), last + 1)
    each = reign.filter(last >= FIRST_YEAR).with_columns(years.alias("year")).explode("year").drop_nulls("year")
    named = codes.from_cow(each, column="cow", year="year", into="state").drop_nulls("state")
    return named.with_columns(pl.col("year").cast(pl.Int32))


def _conflict(base: pl.DataFrame, ucdp: pl.DataFrame) -> pl.DataFrame:
    """UCDP lists conflicts only, so within its coverage a state-year that it does not list had none."""
    last = last_year(ucdp)
    named = codes.from_gw(_since(ucdp), column="gw", year="year", into="state").drop_nulls("state")
    seen = named.group_by("state", pl.col("year").cast(pl.Int16)).agg(
        pl.col("conflict").n_unique().cast(pl.Int16).alias("conflicts"),
        pl.col("intensity").max().cast(pl.Int8).alias("conflict_intensity"),
    )
    joined = base.join(seen, on=["state", "year"], how="left")
    covered = pl.col("year") <= last
    return joined.with_columns(
        pl.when(covered).then(pl.col(c).fill_null(0)).alias(c) for c in ("conflicts", "conflict_intensity")
    )


def _flows_cow(cow: pl.DataFrame) -> pl.DataFrame:
    late = _since(cow)
    named = codes.from_cow(late, column="importer_cow", year="year", into="importer")
    named = codes.from_cow(named, column="exporter_cow", year="year", into="exporter").drop_nulls(
        ["importer", "exporter"]
    )
    young = (pl.col("year") <= 1993) & pl.col("importer").is_in(SOVIET) & pl.col("exporter").is_in(SOVIET)
    zero = (young | _gap() | _soviet_year()) & (pl.col("value_musd") == 0)
    half = pl.any_horizontal(
        (pl.col("year") == y)
        & pl.concat_list("importer", "exporter").list.sort().list.join("-").eq("-".join(sorted((a, b))))
        for a, b, y in HALVED
    )
    note = pl.when(zero).then(pl.lit("zero_not_trade")).when(half).then(pl.lit("one_direction"))
    value = pl.when(zero | half).then(None).otherwise(pl.col("value_musd"))
    return named.select(
        "importer",
        "exporter",
        pl.col("year").cast(pl.Int16),
        value.alias("value_musd"),
        pl.lit("cow_trade").cast(pl.Categorical).alias("source"),
        note.cast(pl.Categorical).alias("note"),
    )


def _gap() -> pl.Expr:
    """Whether a flow is known to be large in the year before and the year after."""
    year, value, pair = pl.col("year"), pl.col("value_musd"), ("importer_cow", "exporter_cow")
    beside = [(year.shift(n).over(pair) == year - n) & (value.shift(n).over(pair) >= LARGE_MUSD) for n in (1, -1)]
    return pl.all_horizontal(beside).fill_null(False)


def _soviet_year() -> pl.Expr:
    """Whether it is a pair of Russia's in 1991 with zeros both ways and a large flow either way a year later."""
    year, value = pl.col("year"), pl.col("value_musd")
    pair = (pl.min_horizontal("importer_cow", "exporter_cow"), pl.max_horizontal("importer_cow", "exporter_cow"))
    nothing = value.filter(year == 1991).max().over(pair) == 0
    large = value.filter(year == 1992).max().over(pair) >= LARGE_MUSD
    russian = pl.any_horizontal(pl.col("importer", "exporter") == "RUS")
    return ((year == 1991) & russian & nothing & large).fill_null(False)


def _flows_kaz(kaz: pl.DataFrame) -> pl.DataFrame:
    """Kazakhstan's own report of both directions; its total stands as a flow with WLD."""
    known = kaz.join(partners(), on="partner_ru", how="left")
    total = pl.col("partner_ru").is_null()
    named = (
        known.with_columns(pl.when(total).then(pl.lit("WLD")).otherwise(pl.col("iso3")).alias("partner"))
        .drop_nulls("partner")
        .group_by("partner", "year")
        .agg(pl.col("exports_kusd").sum(), pl.col("imports_kusd").sum())
    )
    inward = named.select(
        pl.lit("KAZ").alias("importer"),
        pl.col("partner").alias("exporter"),
        "year",
        (pl.col("imports_kusd") / 1000).alias("value_musd"),
    )
    outward = named.select(
        pl.col("partner").alias("importer"),
        pl.lit("KAZ").alias("exporter"),
        "year",
        (pl.col("exports_kusd") / 1000).alias("value_musd"),
    )
    return _sourced(pl.concat([inward, outward]), source="kaz_trade")


def _flows_imf(imf: pl.DataFrame) -> pl.DataFrame:
    for end in ("importer", "exporter"):
        code = names().rename({"name": end})
        imf = imf.join(code, on=end, how="left").drop(end).rename({"iso3": end})
    return _sourced(
        imf.drop_nulls(["importer", "exporter"]).select("importer", "exporter", "year", "value_musd"),
        source="imf_trade",
    )


def _sourced(frame: pl.DataFrame, *, source: str) -> pl.DataFrame:
    return frame.with_columns(
        pl.col("year").cast(pl.Int16),
        pl.lit(source).cast(pl.Categorical).alias("source"),
        pl.lit(None, dtype=pl.Categorical).alias("note"),
    )
