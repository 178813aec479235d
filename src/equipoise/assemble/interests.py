"""Regions in the order that document 004 gives them for Russia, and where Russian forces stood abroad about 2021."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

import polars as pl

from equipoise import data
from equipoise.assemble import codes
from equipoise.errors import UsageError


@cache
def regions() -> pl.DataFrame:
    """Return the document's regions: ``region``, ``rank``, ``name_en``, ``name_zh``, ``states`` (list), ``source``.

    The five that it ranks come first, in its order; then the three parts of the first (front, flank and rear), with a
    null ``rank``. Which states make up Europe and the Middle East the document does not say; ``source`` says what is
    taken for them.

    >>> regions()["region"].to_list()
    ['CIS', 'EUROPE', 'USA', 'CHINA', 'MIDDLEEAST', 'FRONT', 'FLANK', 'REAR']
    """
    raw = pl.read_csv(data.read("document_regions.csv"), infer_schema=False)
    return raw.with_columns(pl.col("rank").cast(pl.Int8), pl.col("states").str.split(";"))


@cache
def forces() -> pl.DataFrame:
    """Return Russian forces abroad: ``state``, ``what``, ``troops_low``, ``troops_high``, ``as_of``, ``source``,
    ``confidence``.

    Numbers are estimates of the year ``as_of`` by those who could count little; null where none was found, which is not
    none. Crimea is not in the table: Russia holds it as its own.

    >>> forces().filter(pl.col("state") == "ARM").select("troops_low", "troops_high").row(0)
    (3214, 5000)
    """
    raw = pl.read_csv(data.read("forces_abroad.csv"), infer_schema=False)
    return raw.with_columns(pl.col("troops_low", "troops_high", "as_of").cast(pl.Int32))


def states_of(region: str, *, year: int) -> tuple[str, list[str]]:
    """Return a region's name and its states in a year, by a name of UN M49 or a code of :func:`regions`.

    Raises:
        UsageError: no region is called so; the message offers the nearest.

    Examples:
        >>> states_of("central asia", year=2022)
        ('Central Asia', ['KAZ', 'KGZ', 'TJK', 'TKM', 'UZB'])
        >>> states_of("flank", year=2022)
        ('FLANK', ['ARM', 'AZE', 'GEO'])
    """
    own = dict(regions().select("region", "states").iter_rows())
    world = codes.states()["region"].unique().sort().to_list()
    index = {name.casefold(): name for name in (*world, *own)}
    found = index.get(region.strip().casefold())
    if found is None:
        near = [index[k] for k in get_close_matches(region.strip().casefold(), index, n=3, cutoff=0.5)]
        raise UsageError(
            f"no region is called {region!r}.",
            hint=f"Did you mean {', '.join(near)}?"
            if near
            else f"Use a region of UN M49, such as Central Asia, or {', '.join(own)}.",
        )
    return found, own[found] if found in own else codes.in_region(found, year=year)
