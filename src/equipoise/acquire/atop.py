"""Alliance obligations between states.

Source: Leeds, Ritter, Mitchell and Long 2002, "Alliance Treaty Obligations and Provisions, 1815–1944", ATOP v5.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "atop"
FILES = ("peacesciencer/atop_alliance.rda",)

_OBLIGATIONS = {"atop_defense": "defense", "atop_offense": "offense", "atop_neutral": "neutrality",
                "atop_nonagg": "nonaggression", "atop_consul": "consultation"}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the alliances.

    Returns:
        One row a directed pair of allied states and year, 1815–2018: ``cow_a``, ``cow_b``, ``year``, and whether ``a``
        owes ``b`` ``defense``, ``offense``, ``neutrality``, ``nonaggression`` and ``consultation`` (Int8, 0 or 1).
        Each pair comes in both directions, and the two may differ. A pair without a row has no alliance that year.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, ("ccode1", "ccode2", "year", *_OBLIGATIONS), name=FILES[0], source=SOURCE)
    obligations = [pl.col(old).cast(pl.Int8).alias(new) for old, new in _OBLIGATIONS.items()]
    keys = tables.integers(cow_a="ccode1", cow_b="ccode2", year="year")
    return frame.select(*keys, *obligations).sort("cow_a", "cow_b", "year")
