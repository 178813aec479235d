"""Leaders of states to March 2021.

Source: Bell 2016, *The Rulers, Elections, and Irregular Governance Dataset (REIGN)*, leader list of March 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from equipoise.acquire import tables

SOURCE = "reign"
FILES = ("reign/leaderlist_3_21.csv",)
COVERED_TO = date(2021, 2, 28)
"""The last month with a change of leader."""

_NUMBERS = ("ccode", "sdate", "smonth", "syear", "emonth", "eyear")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the leaders.

    The file gives the day of a leader's start (``sdate``, before month and year) but only the month of the end. The end
    is the day the state's next leader starts if that is in the same month, else the month's last day.

    Returns:
        One row a leader's term, 1950–2021: ``cow``, ``leader``, ``start`` and ``end`` (dates; ``end`` is null for a
        leader in office on :data:`COVERED_TO`), sorted by ``cow`` and ``start``.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    # One note holds a byte that is not UTF-8; names are repaired below.
    return tidy(tables.read_csv(content, name=FILES[0], encoding="latin-1", infer=False, source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns, all text, into those that :func:`parse` returns."""
    tables.require_columns(frame, (*_NUMBERS, "leader"), name=FILES[0], source=SOURCE)
    terms = frame.with_columns(pl.col(_NUMBERS).cast(pl.Int32)).select(
        cow="ccode",
        leader=pl.col("leader").map_elements(_reread, return_dtype=pl.String).str.strip_chars(),
        start=pl.date("syear", "smonth", "sdate"),
        month_end=pl.date("eyear", "emonth", 1).dt.month_end(),
    ).sort("cow", "start", maintain_order=True)
    successor = pl.col("start").shift(-1).over("cow")
    in_month = successor.dt.month_end() == pl.col("month_end")
    return terms.select("cow", "leader", "start", end=pl.when(in_month).then(successor).otherwise("month_end"))


def _reread(name: str) -> str:
    """Undo reading UTF-8 as Latin-1."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name
