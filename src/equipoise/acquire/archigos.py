"""Leaders of states, and how they came to office and left it, to 2015.

Source: Goemans, Gleditsch and Chiozza 2009, "Introducing Archigos: A Dataset of Political Leaders", v4.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from equipoise.acquire import tables

SOURCE = "archigos"
FILES = ("peacesciencer/archigos.rda",)
COVERED_TO = date(2015, 12, 31)
"""The last day covered."""

_IN_OFFICE = "Still in Office"
_PERSON = ("obsid", "leadid", "yrborn", "gender")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the leaders.

    Returns:
        One row a leader's term, 1840–2015, sorted by ``gw`` and ``start``: ``gw``, ``leader``, ``start`` and ``end``
        (dates; ``end`` is null for a leader in office on :data:`COVERED_TO`), ``entry`` (``Regular``, ``Irregular``,
        ``Foreign Imposition``, ``Unknown``), ``exit`` (``Regular``, ``Natural Death``, ``Still in Office`` …),
        ``exitcode`` (the exit in more detail, such as ``Popular Protest, without Foreign Support``), ``obsid`` (the
        term, such as ``USA-1869``), ``leadid`` (the person, the same in all terms), ``yrborn`` (Int16; null for 19
        terms) and ``gender`` (``M``, ``F``).

        As published, two pairs of persons share a ``leadid`` (both Bildts of Sweden; King of Canada and Buenaventura
        Báez), and six others have different ``yrborn`` in different terms: use ``yrborn`` of the term.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    columns = ("gwcode", "leader", "startdate", "enddate", "entry", "exit", "exitcode", *_PERSON)
    tables.require_columns(frame, columns, name=FILES[0], source=SOURCE)
    return frame.select(
        *tables.integers(gw="gwcode"),
        pl.col("leader").str.strip_chars(),
        start="startdate",
        end=pl.when(pl.col("exit") != _IN_OFFICE).then("enddate"),
        entry="entry",
        exit="exit",
        exitcode="exitcode",
        obsid="obsid",
        leadid="leadid",
        yrborn=pl.col("yrborn").cast(pl.Int16),
        gender="gender",
    ).sort("gw", "start", "leader")
