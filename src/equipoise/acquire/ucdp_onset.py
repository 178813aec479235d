"""Outbreaks of armed conflict by state and year.

Source: Uppsala Conflict Data Program, UCDP Conflict Onset Dataset v19.1, after Pettersson, Högbladh and Öberg 2019,
"Organized Violence, 1989–2018 and Peace Agreements"; summed by state and year by Miller 2022 (peacesciencer).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "ucdp_onset"
FILES = ("peacesciencer/ucdp_onsets.rda",)

_COUNTS = ("sumnewconf", "sumonset1", "sumonset2", "sumonset3", "sumonset5", "sumonset10")


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the onsets.

    Returns:
        One row a state and year in the state system of Gleditsch and Ward, 1946–2017: ``gw``, ``year``, ``sumnewconf``
        (how many conflicts began that had not been active before) and ``sumonset1``, ``sumonset2``, ``sumonset3``,
        ``sumonset5``, ``sumonset10`` (how many episodes began: new conflicts, and old ones active again after at least
        so many years without), all Int16; zero is a finding.

        Conflicts of every kind count: within the state, colonial, and between states. A conflict between two states
        counts for one of them only in most cases, as a rule side a, so these figures miss that a state was attacked;
        the dates in :mod:`equipoise.acquire.ucdp` say it of both sides, and to a later year.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_r(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns.

    >>> row = {"gwcode": [220.0], "year": [1946.0]} | {count: [4.0] for count in _COUNTS}
    >>> tidy(pl.DataFrame(row)).row(0)
    (220, 1946, 4, 4, 4, 4, 4, 4)
    """
    tables.require_columns(frame, ("gwcode", "year", *_COUNTS), name=FILES[0], source=SOURCE)
    counts = [pl.col(count).cast(pl.Int16) for count in _COUNTS]
    return frame.select(*tables.integers(gw="gwcode", year="year"), *counts).sort("gw", "year")
