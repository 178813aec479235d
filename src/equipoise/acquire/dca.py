"""Defence cooperation agreements: treaties by which two states plan routine work of their militaries.

Source: Kinne 2020, "The Defense Cooperation Agreement Dataset (DCAD)", v1.0, main file: treaties signed in 1980–2010.

What the file says of ends: ``endYearEstimate`` is given for every treaty and never later than :data:`COVERED_TO`, so
that year means that the treaty was in force to the end of the coverage. Earlier years rest on a known end
(``terminated`` 1; some of those ended after the coverage), on the stated term with its renewals, or, where neither is
known, on a rule that holds in all 924 such rows: six years after the signature.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables
from equipoise.acquire.correction import Correction

SOURCE = "dca"
FILES = ("dcad/DCAD-v1.0-main.csv",)
COVERED_TO = 2010
"""The last year covered: a treaty whose estimated end is this year had not ended before it."""

CORRECTIONS = (
    Correction(
        SOURCE,
        "DCADv1.0-0297 is between Bolivia and Venezuela (101).",
        "Both sides have Bolivia's code (145), but the second is named VEN.",
    ),
    Correction(
        SOURCE,
        "DCADv1.0-0108 is between the United States and Egypt (651).",
        "The second side has Syria's code (652), but is named EGY.",
    ),
    Correction(
        SOURCE,
        "DCADv1.0-1625 and DCADv1.0-1847 are left out.",
        "Both sides are the same state (Mozambique, India), in code and name.",
    ),
)

_PARTNERS = {"DCADv1.0-0297": 101, "DCADv1.0-0108": 651}
_CATEGORIES = ("category1", "category2", "category3")
_COLUMNS = (
    "DCAid",
    "ccode1",
    "ccode2",
    "signYear",
    "EIFYear",
    "endYearEstimate",
    "terminated",
    "type",
    *_CATEGORIES,
    "asymmetry",
)
# Not applicable, not found, unknown; the columns read here have them in ``terminated`` only.
_MISSING = (-77, -88, -99)


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the treaties.

    Returns:
        One row a treaty, which always has two sides: ``treaty`` (its id), ``cow_a`` < ``cow_b``, ``sign_year``,
        ``in_force_year`` (null where not known), ``end_year`` (the last year, most often an estimate, as the module
        says; null where it had not ended before :data:`COVERED_TO`), ``terminated`` (whether it is known to have ended,
        at any time; null where nobody knows), ``type`` (``general`` framework or ``sector``), ``category1`` to
        ``category3`` (lower case: ``dca`` general agreement, ``dic`` information, ``trex`` training and exercises,
        ``procurement``, ``research``, ``commission``; null where there are fewer) and ``asymmetry`` (0, 1 or 2 as
        published). :data:`CORRECTIONS` says what is changed here.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_csv(content, name=FILES[0], source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns into those that :func:`parse` returns."""
    tables.require_columns(frame, _COLUMNS, name=FILES[0], source=SOURCE)
    known = [pl.when(~pl.col(c).is_in(_MISSING)).then(c) for c in ("EIFYear", "terminated", "asymmetry")]
    partner = pl.col("DCAid").replace_strict(_PARTNERS, default=None, return_dtype=pl.Int64)
    return (
        frame.with_columns(*known, ccode2=pl.coalesce(partner, "ccode2"))
        .filter(pl.col("ccode1") != pl.col("ccode2"))
        .select(
            treaty=pl.col("DCAid"),
            cow_a=pl.min_horizontal("ccode1", "ccode2").cast(pl.Int32),
            cow_b=pl.max_horizontal("ccode1", "ccode2").cast(pl.Int32),
            sign_year=pl.col("signYear").cast(pl.Int32),
            in_force_year=pl.col("EIFYear").cast(pl.Int32),
            end_year=pl.when(pl.col("endYearEstimate") < COVERED_TO).then("endYearEstimate").cast(pl.Int32),
            terminated=pl.col("terminated") == 1,
            type=pl.col("type"),
            **{c: pl.col(c).str.to_lowercase() for c in _CATEGORIES},
            asymmetry=pl.col("asymmetry").cast(pl.Int8),
        )
        .sort("cow_a", "cow_b", "sign_year", "treaty")
    )
