"""What claims can be checked against: every quantity as a table of state, partner and period, with its source.

Most are taken from the pack; what it lacks stands in ``data/claims/facts.csv``, each figure with its source and how far
it can be trusted. :func:`catalogue` lists them with units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial

import polars as pl

from equipoise import data
from equipoise.acquire.registry import sources
from equipoise.assemble import codes
from equipoise.assemble.organisations import eu_members, spells
from equipoise.assemble.packed import Pack

WORLD = "WLD"
"""All partners together."""

UNION = "EUU"
"""The European Union as one partner."""

COLUMNS = {
    "state": pl.String, "partner": pl.String, "period": pl.String, "value": pl.Float64, "source": pl.String,
    "confidence": pl.String,
}
"""Of the table of a quantity; ``partner`` and ``state`` are empty texts where there is none."""

EPOCH = "days since 1970-01-01"
"""The unit of quantities that are dates."""


@cache
def catalogue() -> pl.DataFrame:
    """Return the quantities: ``quantity``, ``unit``, ``about``, ``timed``, ``en``, ``zh``.

    ``about`` is state, pair, world, or dates (of states, to be put in order only); ``timed`` says whether figures are
    of a year or month, yes or no.

    >>> catalogue().filter(pl.col("quantity") == "population").row(0)[:3]
    ('population', 'persons', 'state')
    """
    return pl.read_csv(data.read("claims/quantities.csv"), infer_schema=False)


@cache
def facts() -> pl.DataFrame:
    """Return the hand-kept figures: ``quantity`` and the columns of :data:`COLUMNS`; empty values are null.

    A quantity that is a date has the day as a number of :data:`EPOCH`.
    """
    raw = pl.read_csv(data.read("claims/facts.csv"), infer_schema=False).with_columns(
        pl.col("state", "partner", "period").fill_null(""))
    day = pl.col("value").str.to_date("%Y-%m-%d", strict=False).to_physical().cast(pl.Float64)
    return raw.with_columns(value=pl.coalesce(pl.col("value").cast(pl.Float64, strict=False), day))


@cache
def table(pack: Pack, *, quantity: str) -> pl.DataFrame:
    """Return the table of a quantity of :func:`catalogue`, columns as :data:`COLUMNS`; empty where nothing is known.

    A figure of ``facts.csv`` stands beside those of the pack for other states and periods.
    """
    own = facts().filter(pl.col("quantity") == quantity).select(list(COLUMNS)).drop_nulls("value")
    made = [MADE[quantity](pack)] if quantity in MADE else []
    return pl.concat([f.select(pl.col(n).cast(t) for n, t in COLUMNS.items()) for f in (*made, own)])


def _column(pack: Pack, *, column: str, source: str, scale: float = 1.0) -> pl.DataFrame:
    frame = pack.table("state_year").drop_nulls(column)
    return _of_states(frame, value=pl.col(column).cast(pl.Float64) * scale, source=source)


def _of_states(frame: pl.DataFrame, *, value: pl.Expr, source: str) -> pl.DataFrame:
    return frame.select("state", pl.lit("").alias("partner"), pl.col("year").cast(pl.String).alias("period"),
                        value.alias("value"), pl.lit(_title(source)).alias("source"), pl.lit("").alias("confidence")
                        ).drop_nulls("value")


def _title(source: str) -> str:
    entry = sources()[source]
    return f"{entry.publisher}: {entry.title}, {entry.version}"


def _per_head(pack: Pack) -> pl.DataFrame:
    frame = pack.table("state_year").drop_nulls(["gdp_usd", "population"])
    return _of_states(frame, value=pl.col("gdp_usd") / pl.col("population"), source="world_bank")


def _change(pack: Pack) -> pl.DataFrame:
    frame = pack.table("state_year").sort("state", "year")
    before = pl.col("gdp_usd").shift().over("state")
    follows = pl.col("year").diff().over("state") == 1
    return _of_states(frame, value=pl.when(follows).then((pl.col("gdp_usd") / before - 1) * 100), source="world_bank")


def _since_1992(pack: Pack) -> pl.DataFrame:
    frame = pack.table("state_year")
    base = frame.filter(pl.col("year") == 1992).select("state", base="gdp_2015usd")
    ratio = (pl.col("gdp_2015usd") / pl.col("base") - 1) * 100
    return _of_states(frame.join(base, on="state"), value=ratio, source="world_bank")


def _as_party(pack: Pack) -> pl.DataFrame:
    """As ``conflict_intensity``, without the conflicts to which the state only sends troops."""
    sides = pack.table("panel_ucdp").filter(pl.col("side").is_in(["a", "b"]))
    own = codes.from_gw(sides, column="gw", year="year", into="state").group_by(
        "state", pl.col("year").cast(pl.Int16)).agg(pl.col("intensity").max())
    covered = pack.table("state_year").drop_nulls("conflict_intensity").select("state", "year")
    frame = covered.join(own, on=["state", "year"], how="left")
    return _of_states(frame, value=pl.col("intensity").cast(pl.Float64).fill_null(0.0), source="ucdp")


def _oil(pack: Pack) -> pl.DataFrame:
    frame = pack.table("oil").with_columns(state=pl.lit(""))
    return _of_states(frame, value=pl.col("oil_usd_bbl"), source="brent")


def _trade(pack: Pack, *, way: str) -> pl.DataFrame:
    """Flows by partner in US dollars, the Union and the world among the partners; turnover needs both directions."""
    flows = pack.table("trade").with_columns(pl.col("source").cast(pl.String), value=pl.col("value_musd") * 1e6)
    inward = flows.select("year", "source", "value", state="importer", partner="exporter")
    outward = flows.select("year", "source", "value", state="exporter", partner="importer")
    if way == "trade":
        keys = ["state", "partner", "year", "source"]
        both = inward.join(outward, on=keys, suffix="_out", how="inner")
        frame = both.select(*keys, value=pl.col("value") + pl.col("value_out"))
    else:
        frame = inward if way == "imports" else outward
    frame = frame.filter(pl.col("state") != WORLD, pl.col("partner").is_not_null())
    named = {s: _title(s) for s in frame["source"].unique()}
    own = frame.select("state", "partner", "year", "value", "source")
    return pl.concat([own, _union(frame), _world(frame)]).select(
        "state", "partner", pl.col("year").cast(pl.String).alias("period"), "value",
        pl.col("source").replace_strict(named, return_dtype=pl.String), confidence=pl.lit("")).drop_nulls("value")


def _union(frame: pl.DataFrame) -> pl.DataFrame:
    """The Union's part: null where the flow of a member is known to be missing."""
    years = frame["year"].unique().to_list()
    rows = [(y, m) for y in years for m in eu_members(y)]
    inside = pl.DataFrame(rows, schema={"year": pl.Int16, "partner": pl.String}, orient="row")
    return _summed(frame.join(inside, on=["year", "partner"]), partner=UNION)


def _world(frame: pl.DataFrame) -> pl.DataFrame:
    """The sum over all partners, where the source has no total of its own and no flow is known to be missing."""
    told = frame.filter(pl.col("partner") == WORLD).select("state", "year", "source")
    return _summed(frame.join(told, on=["state", "year", "source"], how="anti"), partner=WORLD)


def _summed(frame: pl.DataFrame, *, partner: str) -> pl.DataFrame:
    whole = pl.when(pl.col("value").null_count() == 0).then(pl.col("value").sum())
    return frame.group_by("state", "year", "source").agg(whole.alias("value")).select(
        "state", pl.lit(partner).alias("partner"), "year", "value", "source")


def _border(pack: Pack) -> pl.DataFrame:
    frame = pack.table("distances").drop_nulls("border_km")
    return frame.select("state_a", "state_b", pl.lit("").alias("period"), pl.col("border_km").cast(pl.Float64),
                        pl.lit(_title("shapes")).alias("source"), pl.lit("").alias("confidence")
                        ).rename({"state_a": "state", "state_b": "partner", "border_km": "value"})


def _unbroken(_: Pack) -> pl.DataFrame:
    raw = pl.read_csv(data.read("claims/border_pieces.csv"), schema_overrides={"longest_km": pl.Float64})
    one = raw.select("state", "partner", pl.lit("").alias("period"), pl.col("longest_km").alias("value"),
                     pl.lit(_title("shapes")).alias("source"), pl.lit("").alias("confidence"))
    other = one.select(pl.col("partner").alias("state"), pl.col("state").alias("partner"), *one.columns[2:])
    return pl.concat([one, other])


def first_entries(*, organisation: str, kind: str = "member") -> pl.DataFrame:
    """The day on which each state first was in a body, as a table of a quantity with the unit :data:`EPOCH`."""
    own = spells().filter(pl.col("organisation") == organisation, pl.col("kind") == kind).sort("start")
    first = own.unique("state", keep="first", maintain_order=True)
    return first.select("state", pl.lit("").alias("partner"), pl.lit("").alias("period"),
                        pl.col("start").to_physical().cast(pl.Float64).alias("value"), "source", "confidence")


MADE: Mapping[str, Callable[[Pack], pl.DataFrame]] = {
    "population": partial(_column, column="population", source="world_bank"),
    "gdp_usd": partial(_column, column="gdp_usd", source="world_bank"),
    "gdp_real": partial(_column, column="gdp_2015usd", source="world_bank"),
    "gdp_growth": partial(_column, column="growth_pct", source="world_bank"),
    "gdp_per_head": _per_head,
    "gdp_usd_growth": _change,
    "gdp_growth_since_1992": _since_1992,
    "leader_years": partial(_column, column="leader_years", source="reign"),
    "conflict_intensity": partial(_column, column="conflict_intensity", source="ucdp"),
    "conflict_as_party": _as_party,
    "oil_price": _oil,
    "trade": partial(_trade, way="trade"),
    "imports": partial(_trade, way="imports"),
    "exports": partial(_trade, way="exports"),
    "border": _border,
    "border_unbroken": _unbroken,
}
"""The quantities that come from the pack or are computed."""
