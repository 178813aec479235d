"""Political regimes: democracy and autocracy, and how executives are recruited, bound and contested.

Source: Marshall and Gurr 2020, *Polity5: Political Regime Characteristics and Transitions, 1800–2018*.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "polity"
FILES = ("polity/polity5.rda",)

SUCCESSORS: Mapping[int, int | None] = {
    89: None, 99: None, 564: None,  # United Provinces of Central America, Gran Colombia, Orange Free State
    324: 325,  # Sardinia, before Italy
    341: 347,  # Kosovo; Polity's 347 is Serbia and Montenegro
    342: 345,  # Serbia to 1920 and from 2006
    347: 345,  # Yugoslavia from 1991, then Serbia and Montenegro
    348: 341,  # Montenegro; Polity's 341 is Kosovo
    364: 365,  # the Soviet Union; Polity's 365 is Russia
    525: 626,  # South Sudan; Polity's 626 is Sudan after the partition
    529: 530,  # Ethiopia after Eritrea
    626: 625,  # Sudan after the partition
    769: 770,  # Pakistan with Bangladesh
    818: 816,  # Vietnam, united
}
"""Polity's codes that are not the COW code of the same state, with that; null where COW counts no such state."""

_CODE = "polity_annual_ccode"
_CODED = (
    "democ", "autoc", "polity", "xrreg", "xrcomp", "xropen", "xconst", "parreg", "parcomp", "exrec", "exconst",
    "polcomp",
)
_ORDER = ("democ", "autoc", "polity", "polity2", "durable", *_CODED[3:])


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the regimes.

    Returns:
        One row a state and year, 1776–2018, the United States to 2020: ``cow``, ``year``, ``scode`` (Polity's letters
        for the state, which tell the Soviet Union, ``USR``, from Russia, ``RUS``), ``democ`` and ``autoc`` (0 to 10),
        ``polity`` (their difference, -10 to 10), ``polity2`` (the same with transitions filled in and anarchy as 0, as
        published), ``durable`` (years since the last change of regime, Int16) and the components ``xrreg``,
        ``xrcomp``, ``xropen``, ``xconst``, ``parreg``, ``parcomp``, ``exrec``, ``exconst``, ``polcomp`` (ordinal), all
        but ``durable`` Int8. What Polity marks as foreign rule (-66), anarchy (-77) or transition (-88) is null in all
        of these but ``polity2``, which is null under foreign rule and in seven years of transition (India 1947–51, East
        Germany 1989–90) and differs from a known ``polity`` once, as published (Fiji 2018).

        Polity gives the states that split or merged codes of its own, some of which are another state's in COW
        (:data:`SUCCESSORS`): they are turned into COW's. Seven times that leaves a state with two rows in a year, the
        regime that ended and the one that began (Italy 1861, Russia 1922, Vietnam 1976, Yugoslavia 1991, Ethiopia 1993,
        Serbia 2006, Sudan 2011): the one that began stands, as Polity codes the regime on 31 December. Entities that
        COW does not count at any time have no row; a state's years before COW counts it do.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published rows, one a polity and year, into those that :func:`parse` returns."""
    columns = (_CODE, "scode", "year", "polity2", "durable", *_CODED)
    tables.require_columns(frame, columns, name=FILES[0], source=SOURCE)
    code, year = pl.col(_CODE).cast(pl.Int32), pl.col("year")
    # Of two regimes in one year the one that began is that which has a row for the next year too.
    lasts = (year.shift(-1).over(_CODE, order_by="year") == year + 1).fill_null(False)
    return (
        frame.with_columns(lasts.alias("lasts"), code.replace(dict(SUCCESSORS)).alias("cow"))
        .drop_nulls("cow")
        .sort("cow", "year", "lasts")
        .unique(["cow", "year"], keep="last", maintain_order=True)
        .select("cow", *tables.integers(year="year"), "scode", *(_value(column) for column in _ORDER))
    )


def _value(column: str) -> pl.Expr:
    """A published value; null where it is one of the codes for interruption, anarchy and transition."""
    if column == "durable":
        return pl.col(column).cast(pl.Int16)
    return pl.when(pl.col(column) >= -10).then(pl.col(column)).cast(pl.Int8).alias(column)
