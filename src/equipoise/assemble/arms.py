"""Arms transfers between states: SIPRI's names turned into codes, and deliveries summed by pair and year."""

from __future__ import annotations

from functools import cache

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.held import in_year
from equipoise.errors import UnknownState

# Names of states that are gone, as SIPRI writes them and no other source does.
_NAMES = {
    "East Germany (GDR)": "DDR",
    "Germany (West)": "DEU",
    "West Germany (FRG)": "DEU",
    "Yemen Arab Republic (North Yemen)": "YEM",
    "South Yemen (PDRY)": "YMD",
}


def transfers(frame: pl.DataFrame) -> pl.DataFrame:
    """Sum deliveries by supplier, recipient and year.

    Args:
        frame: as :func:`equipoise.acquire.arms_transfers.parse` returns it.

    Returns:
        ``supplier_iso3``, ``recipient_iso3``, ``year`` (of delivery, Int32), ``tiv_mn`` (million TIV): one row a pair
        and year with at least one delivery, sorted. A code is that of the state which held its place on 31 December
        of the year. Deliveries to or from anyone who is not a state are left out; :func:`unresolved` lists them.

    Examples:
        >>> register = pl.DataFrame({"supplier": ["Russia"] * 3, "recipient": ["Viet Nam", "Viet Nam", "NATO**"],
        ...                          "delivery_year": [2008] * 3, "tiv_mn": [1.5, 2.0, 0.1]})
        >>> transfers(register).row(0)
        ('RUS', 'VNM', 2008, 3.5)
    """
    return (
        _coded(frame)
        .drop_nulls(["supplier_iso3", "recipient_iso3"])
        .group_by("supplier_iso3", "recipient_iso3", pl.col("delivery_year").alias("year"))
        .agg(pl.col("tiv_mn").sum())
        .sort("supplier_iso3", "recipient_iso3", "year")
    )


def unresolved(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the names that are no state's: ``name``, ``deliveries``, ``tiv_mn``, sorted by name.

    >>> unresolved(pl.DataFrame({"supplier": ["Iran"], "recipient": ["Hamas*"], "delivery_year": [2008],
    ...                          "tiv_mn": [0.1]})).row(0)
    ('Hamas*', 1, 0.1)
    """
    coded = _coded(frame)
    sides = [
        coded.filter(pl.col(f"{s}_iso3").is_null()).select(pl.col(s).alias("name"), "tiv_mn")
        for s in ("supplier", "recipient")
    ]
    totals = (pl.len().alias("deliveries"), pl.col("tiv_mn").sum())
    return pl.concat(sides).group_by("name").agg(*totals).sort("name")


def _coded(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with ``supplier_iso3`` and ``recipient_iso3``, null where the name is no state's."""
    for side in ("supplier", "recipient"):
        pairs = frame.select(side, "delivery_year").unique()
        named = [(n, y, _state(n, y)) for n, y in pairs.iter_rows()]
        keys = {column: pairs.schema[column] for column in pairs.columns}
        table = pl.DataFrame(named, schema={**keys, f"{side}_iso3": pl.String()}, orient="row")
        frame = frame.join(table, on=pairs.columns, how="left", maintain_order="left")
    return frame


@cache
def _state(name: str, year: int) -> str | None:
    if name.endswith("*"):  # an armed group or an organisation, never a state
        return None
    try:
        iso3 = codes.resolve(_NAMES.get(name, name))
    except UnknownState:
        return None
    return in_year(iso3, year)
