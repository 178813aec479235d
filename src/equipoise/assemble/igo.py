"""The organisations that our own registry does not hold, from the Correlates of War's list, to its last year.

``data/igo_names.csv`` gives the list's short names (``igo``), the code that a user writes, and in ``registry`` the
bodies of :mod:`equipoise.assemble.organisations` that stand in its place: those have days, statuses and sources of
their own, and the list's mistakes on them are known (it keeps Uzbekistan in the CSTO from 2002 on, and joins the
Shanghai Five to the SCO).
"""

from __future__ import annotations

from functools import cache

import polars as pl

from equipoise import data
from equipoise.schema import FIRST_YEAR

LAST_YEAR = 2014
"""The last year of the Correlates of War's list, version 3.0; what its members did after it is not known from it."""

SOURCE = "Correlates of War, Intergovernmental Organizations 3.0 (Pevehouse et al. 2020)"


@cache
def names() -> pl.DataFrame:
    """Return the list's organisations: ``igo``, ``code``, ``name_en``, ``name_zh``, ``registry``; sorted by ``igo``.

    ``name_en`` is the list's own short form, written out for the best known; ``name_zh`` is null for most.

    >>> names().filter(pl.col("igo") == "unesco").select("code", "name_zh", "registry").row(0)
    ('UNESCO', '聯合國教科文組織', None)
    """
    return pl.read_csv(data.read("igo_names.csv"), infer_schema=False).sort("igo")


def rest(memberships: pl.DataFrame) -> pl.DataFrame:
    """Return the spells of the organisations that the registry does not hold, in the registry's columns.

    Args:
        memberships: ``state``, ``organisation`` (the list's short name), ``status`` (member, associate, observer),
            ``start_year``, ``end_year``: the pack's table of that name.

    Returns:
        Columns as :func:`equipoise.assemble.organisations.spells`. A spell of whole years, from 1 January of the first
        to 31 December of the last. One that reaches :data:`LAST_YEAR` or begins in the pack's first year says so in its
        ``note``, since the state may have been in before or after.
    """
    own = names().filter(pl.col("registry").is_null())
    found = memberships.with_columns(pl.col("organisation").cast(pl.String)).join(
        own, left_on="organisation", right_on="igo", how="inner"
    )
    first, last = pl.col("start_year").cast(pl.Int32), pl.col("end_year").cast(pl.Int32)
    open_ended = [
        (first == FIRST_YEAR, f"since {FIRST_YEAR} or before"),
        (last == LAST_YEAR, f"list ends in {LAST_YEAR}"),
    ]
    said = [pl.when(where).then(pl.lit(text)) for where, text in open_ended]
    return found.select(
        pl.col("code").alias("organisation"),
        "name_en",
        "name_zh",
        pl.lit("other").alias("function"),
        pl.col("state").cast(pl.String),
        pl.col("status").cast(pl.String).alias("kind"),
        pl.date(first, 1, 1).alias("start"),
        pl.date(last, 12, 31).alias("end"),
        pl.lit("year").alias("precision"),
        pl.lit("year").alias("end_precision"),
        pl.concat_str(said, separator="; ", ignore_nulls=True).replace("", None).alias("note"),
        pl.lit(SOURCE).alias("source"),
        pl.lit("medium").alias("confidence"),
        pl.lit(True).alias("verified"),
    ).sort("organisation", "state", "start", "kind")
