"""Membership of states in intergovernmental organisations.

Source: Pevehouse, Nordstrom, McManus and Jamison 2020, "Tracking Organizations in the World", COW IGO v3.0.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "cow_igo"
FILES = ("igo/state_year_format3.rda",)
STATUS = {1: "member", 2: "associate", 3: "observer"}
"""The published codes that are kept. Dropped: 0 none, -1 the state or organisation did not exist, -9 not known."""


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the memberships.

    Returns:
        One row a state, year and organisation, 1816–2014: ``cow``, ``year``, ``igo`` (the published acronym in lower
        case) and ``status`` (``member``, ``associate`` or ``observer``); both are null in the one row of a state that
        the file lists in the year without any tie. A tie that is missing means either that there is none or that it is
        not known: the file's 138 874 unknown entries (-9) are left out with the others.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns, one an organisation, into those that :func:`parse` returns."""
    tables.require_columns(frame, ("ccode", "year", "state"), name=FILES[0], source=SOURCE)
    organisations = [c for c in frame.columns if c not in ("ccode", "year", "state")]
    listed = frame.select(*tables.integers(cow="ccode", year="year"), pl.col(organisations).cast(pl.Int8))
    ties = (
        listed.unpivot(index=["cow", "year"], variable_name="igo", value_name="status")
        .filter(pl.col("status") > 0)
        .with_columns(pl.col("igo").str.to_lowercase(),
                      pl.col("status").replace_strict(STATUS, return_dtype=pl.String))
    )
    alone = listed.select("cow", "year").join(ties, on=["cow", "year"], how="anti")
    return pl.concat([ties, alone], how="diagonal").sort("cow", "year", "igo")
