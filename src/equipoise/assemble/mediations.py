"""Mediations since 1990: who stood between whom, when and how, each row with its source, hand-kept.

``data/mediations.csv`` has a row for each mediation and state that took part as a third party. It is a list of cases
that could be sourced, not a census: what was secret, or done by the United Nations and other organisations, is not in
it.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from equipoise import data

KINDS = ("mediation", "good_offices", "venue")
"""What a third party did: proposed terms or carried them; brought the sides together; lent the place."""

SIDES = ("states", "civil")
"""Who the sides are: two states, or a government and its opponents at home."""


@cache
def mediations() -> pl.DataFrame:
    """Return the rows, sorted by start, conflict and mediator.

    Columns: ``start``, ``end`` (years; a null end is open), ``kind`` (one of :data:`KINDS`), ``mediator`` (iso3),
    ``sides`` (one of :data:`SIDES`), ``side_a``, ``side_b`` (iso3; in a civil conflict the government and the outside
    state most involved, which may be null), ``conflict`` (rows of one name are not independent), ``what``, ``source``,
    ``confidence`` (high, medium, low).

    Examples:
        >>> of_kazakhstan = mediations().filter(mediator="KAZ")
        >>> of_kazakhstan.select("start", "kind", "conflict").row(0)
        (1991, 'mediation', 'karabakh')
    """
    raw = pl.read_csv(data.read("mediations.csv"), infer_schema=False)
    return raw.with_columns(pl.col("start", "end").cast(pl.Int32)).sort("start", "conflict", "what", "mediator")
