"""Militarised disputes between pairs of states.

Source: Palmer and others 2022, "The MID5 Dataset, 2011–2014", MID v5.0, as dyads by Miller 2022 (peacesciencer).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables

SOURCE = "mid"
FILES = ("peacesciencer/cow_mid_dirdisps.rda", "peacesciencer/cow_mid_disps.rda")

OF_STATE = ("sidea", "fatality", "fatalpre", "hiact", "hostlev", "orig")
"""What is known of each of the two states in a dispute."""
OF_DISPUTE = ("fatality", "hostlev", "mindur", "maxdur", "recip", "stmon")
"""What is known of the dispute as a whole."""

_WIDE = {"fatalpre": pl.Int32, "mindur": pl.Int16, "maxdur": pl.Int16}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the disputes.

    Returns:
        One row a pair of opponents in either direction, year and dispute, 1816–2014, sorted by these: ``cow_a``,
        ``cow_b``, ``year``, ``dispnum`` (the dispute's number), ``ongoing`` (always 1), ``onset`` (1 where the pair
        enters it, or enters it again). Of each state, in the whole dispute and not in the year alone: ``sidea_a`` (1:
        on the side that acted first), ``fatality_a`` (level of its military deaths: 0 none, 1 to 25, 2 to 100, 3 to
        250, 4 to 500, 5 to 999, 6 more), ``fatalpre_a`` (their number), ``hiact_a`` (code of its strongest action, 0
        none to 21), ``hostlev_a`` (1 no militarised action, 2 threat, 3 display, 4 use of force, 5 war), ``orig_a``
        (1: in it from its first day), and the same with ``_b``. Of the dispute, all its states taken together:
        ``fatality``, ``hostlev``, ``mindur`` and ``maxdur`` (least and greatest length in days), ``recip`` (1: both
        sides acted), ``stmon`` (month of its start). What is not known is null.

    Raises BadSourceFile and MissingSource.
    """
    dyads, disputes = (
        tables.read_r(tables.content_of(files, path, source=SOURCE), name=path, source=SOURCE) for path in FILES
    )
    return tidy(dyads, disputes=disputes)


def tidy(frame: pl.DataFrame, *, disputes: pl.DataFrame) -> pl.DataFrame:
    """Turn the published directed pairs, and the disputes themselves, into the table that :func:`parse` returns."""
    of_states = [f"{name}{side}" for name in OF_STATE for side in (1, 2)]
    columns = ("dispnum", "ccode1", "ccode2", "year", "dispongoing", "disponset", *of_states)
    tables.require_columns(frame, columns, name=FILES[0], source=SOURCE)
    tables.require_columns(disputes, ("dispnum", *OF_DISPUTE), name=FILES[1], source=SOURCE)
    joined = frame.join(disputes.select("dispnum", *OF_DISPUTE), on="dispnum", how="left")
    return directed(joined, ongoing="dispongoing", onset="disponset")


def directed(frame: pl.DataFrame, *, ongoing: str, onset: str) -> pl.DataFrame:
    """Turn pairs with their dispute's own figures beside them into the columns that :func:`parse` returns.

    ``ongoing`` and ``onset`` are the published names of these two columns; the other names are the codebook's.
    """
    sides = [_known(f"{name}{n}", new=f"{name}_{side}") for name in OF_STATE for n, side in ((1, "a"), (2, "b"))]
    return frame.select(
        *tables.integers(cow_a="ccode1", cow_b="ccode2", year="year", dispnum="dispnum"),
        _known(ongoing, new="ongoing"),
        _known(onset, new="onset"),
        *sides,
        *(_known(name, new=name) for name in OF_DISPUTE),
    ).sort("cow_a", "cow_b", "year", "dispnum")


def _known(column: str, *, new: str) -> pl.Expr:
    """The value in the smallest type that holds it; null where it is not known (-9)."""
    value = pl.when(pl.col(column) >= 0).then(pl.col(column))
    return value.cast(_WIDE.get(new.removesuffix("_a").removesuffix("_b"), pl.Int8)).alias(new)
