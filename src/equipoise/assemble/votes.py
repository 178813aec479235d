"""Likeness of votes in the UN General Assembly, for every pair of states and year at once."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.acquire.un_votes import ABSTAIN, NO, YES
from equipoise.assemble.held import in_year

Array = NDArray[np.float64]

_NAMED_AFTER_SUCCESSOR = ("RUS", "SRB")
"""Columns of the roll calls that hold other states' votes before: the Soviet Union's, and Yugoslavia's and Serbia and
Montenegro's."""

_SCHEMA = {
    "iso3_a": pl.String,
    "iso3_b": pl.String,
    "year": pl.Int32,
    "n_votes": pl.Int16,
    "agree3": pl.Float64,
    "s_score": pl.Float64,
}


def agreement(votes: pl.DataFrame, *, years: Collection[int] | None = None) -> pl.DataFrame:
    """Measure how alike two states vote in a year, over the roll calls on which both voted yes, no or abstained.

    Args:
        votes: roll calls as :func:`equipoise.acquire.un_votes.parse` or the pack's table ``votes`` has them: ``date``
            and one column a state, 1 yes, 2 abstain, 3 no, anything else no vote.
        years: calendar years; all years of ``votes`` by default. A year without roll calls has no rows.

    Returns:
        ``iso3_a`` < ``iso3_b``, ``year`` (Int32), ``n_votes`` (Int16, the common roll calls n; a pair with none has no
        row), ``agree3`` (share of n on which both cast the same of the three votes, 0…1: an abstention beside a yes or
        a no counts as no agreement) and ``s_score`` = 1 − 2 Σ|x−y| / (2n), −1…1, with yes 1, abstain 2, no 3 and equal
        weights (Signorino and Ritter 1999). Sorted by year and pair. The agreement score that counts an abstention
        beside a yes or a no as half is (1 + ``s_score``) / 2. A state has the code that was its own on 31 December of
        the year: ``SUN`` to 1990, ``YUG`` to 1991, ``SCG`` to 2005.

    Published agreement scores differ in how they count abstentions: compare definitions before mixing them. All such
    shares move with the agenda, too, as Bailey, Strezhnev and Voeten 2017 show; their ideal points are made not to.

    Examples:
        >>> import datetime as dt
        >>> day = dt.date(1992, 5, 1)
        >>> calls = pl.DataFrame({"date": [day] * 4, "KAZ": [1, 1, 2, 8], "USA": [1, 3, 1, 1], "RUS": [1, 1, 1, None]})
        >>> agreement(calls).with_columns(pl.col("agree3", "s_score").round(3)).rows()[:2]
        [('KAZ', 'RUS', 1992, 3, 0.667, 0.667), ('KAZ', 'USA', 1992, 3, 0.333, 0.0)]
    """
    states = [c for c in votes.columns if len(c) == 3 and c.isupper()]
    dated = votes.select(*states, year=pl.col("date").dt.year()).sort("year")
    if years is not None:
        dated = dated.filter(pl.col("year").is_in(list(years)))
    found, starts = dated["year"].to_numpy(), []
    if found.size:
        starts = [0, *(np.flatnonzero(np.diff(found)) + 1).tolist(), found.size]
    calls = dated.select(pl.col(states).fill_null(0)).to_numpy()
    frames = [_year(calls[a:b], columns=states, year=int(found[a])) for a, b in pairwise(starts)]
    return pl.concat(frames) if frames else pl.DataFrame(schema=_SCHEMA)


def _year(calls: NDArray[np.int8], *, columns: list[str], year: int) -> pl.DataFrame:
    """All pairs of one year's roll calls, shape (calls, columns)."""
    # Sorted by the year's own codes, so that the upper triangle has the first code of a pair before the second.
    names = sorted((_state(c, year), at) for at, c in enumerate(columns))
    n, equal, apart = _sums(calls[:, [at for _, at in names]])
    i, j = np.triu_indices(len(names), k=1)
    common = n[i, j] > 0
    i, j = i[common], j[common]
    count = n[i, j]
    code = pl.Series([name for name, _ in names], dtype=pl.String)
    return pl.DataFrame(
        {
            "iso3_a": code.gather(i),
            "iso3_b": code.gather(j),
            "year": pl.repeat(year, len(i), dtype=pl.Int32, eager=True),
            "n_votes": count.astype(np.int16),
            "agree3": equal[i, j] / count,
            "s_score": 1 - apart[i, j] / count,
        },
        schema=_SCHEMA,
    )


def _sums(cast: NDArray[np.int8]) -> tuple[Array, Array, Array]:
    """Of every pair of columns: common roll calls, same votes, and the sum of distances, as matrices."""
    yes, abstain, no = (_words(cast == v) for v in (YES, ABSTAIN, NO))
    present = yes | abstain | no
    n = _both(present, present)
    equal = _both(yes, yes) + _both(abstain, abstain) + _both(no, no)
    opposed = _both(yes, no)
    opposed = opposed + opposed.T
    # What is neither equal nor opposed is an abstention beside a yes or a no, at distance 1; opposed votes are at 2.
    return n, equal, n - equal + opposed


def _words(true: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """A bit a row, 64 to a word; shape (columns, words).

    What two columns share is counted in bits without a matrix product, whose threads cost far more than they save where
    the machine has other work to do.
    """
    room = np.zeros((true.shape[1], 64 * (len(true) // 64 + 1)), dtype=bool)
    room[:, : len(true)] = true.T
    return np.packbits(room, axis=1).view(np.uint64)


def _both(one: NDArray[np.uint64], two: NDArray[np.uint64]) -> Array:
    shared = np.zeros((len(one), len(two)))
    for a, b in zip(one.T, two.T, strict=True):
        shared += np.bitwise_count(a[:, None] & b)
    return shared


def _state(column: str, year: int) -> str:
    return in_year(column, year) if column in _NAMED_AFTER_SUCCESSOR else column
