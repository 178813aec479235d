"""Militarised disputes between pairs of states, as revised by Gibler, Miller and Little.

Source: Gibler, Miller and Little 2016, "An Analysis of the Militarized Interstate Dispute (MID) Dataset, 1816–2001";
v2.2.1. They looked every dispute up again, dropped or merged those that they could not find or tell apart, and
corrected participants, dates and fatalities.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables
from equipoise.acquire.mid import OF_DISPUTE, OF_STATE, directed

SOURCE = "gml"
FILES = ("peacesciencer/gml_dirdisp.rda",)


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the disputes.

    Returns:
        One row a pair of opponents in either direction, year and dispute, 1816–2010, with the columns and meanings of
        :func:`equipoise.acquire.mid.parse`. One dispute (1272) starts in a month 13, as published.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published directed pairs, which carry their dispute's figures, into what :func:`parse` returns."""
    of_states = [f"{name}{side}" for name in OF_STATE for side in (1, 2)]
    columns = ("dispnum", "ccode1", "ccode2", "year", "midongoing", "midonset", *of_states, *OF_DISPUTE)
    tables.require_columns(frame, columns, name=FILES[0], source=SOURCE)
    return directed(frame, ongoing="midongoing", onset="midonset")
