"""Alliance portfolios: what every state of a year owes every other, on one ordinal scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.packed import last_year
from equipoise.errors import BadYears, UnknownState

OBLIGATION = {"defense": 3, "offense": 3, "neutrality": 2, "consultation": 2, "nonaggression": 1}
"""Level of each obligation, of which the highest counts; none is 0: help, standing aside or a say, no attack."""

SCALE = (0, 3)
"""Range of the scale, for the measures that need it. A state's entry for itself is the highest."""


def alliance_portfolios(
    atop: pl.DataFrame, *, states: Mapping[int, Sequence[int]]
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield each year and its portfolios (n, n), levels of :data:`OBLIGATION`: row a is what a owes each state.

    ``atop`` has a row a directed pair and year (:func:`equipoise.acquire.atop.parse`), ``states`` the codes of the
    states of every year that is asked for, in the order of rows and columns. An ally that is not among the year's
    states does not count; a pair without a row owes nothing.

    Raises BadYears for a year that the alliances do not cover, since no row would then say nothing, and UnknownState
    where a year has no state or one twice.

    >>> pact = {"cow_a": [1, 2], "cow_b": [2, 1], "year": [1900] * 2, "defense": [1, 0], "offense": [0] * 2,
    ...         "neutrality": [0] * 2, "nonaggression": [1, 1], "consultation": [0] * 2}
    >>> for year, levels in alliance_portfolios(pl.DataFrame(pact), states={1900: [1, 2, 3]}):
    ...     print(year, levels.tolist())
    1900 [[3.0, 3.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 3.0]]
    """
    _check(atop, states=states)
    level = pl.max_horizontal(pl.col(name) * level for name, level in OBLIGATION.items()).cast(pl.Float32)
    rows = atop.filter(pl.col("year").is_in(list(states))).select("year", "cow_a", "cow_b", level.alias("level"))
    by_year = {key[0]: part for key, part in rows.partition_by("year", as_dict=True).items()}
    for year, codes in states.items():
        out = np.zeros((len(codes), len(codes)), dtype=np.float32)
        if year in by_year:
            a, b, value = (by_year[year][c].to_numpy() for c in ("cow_a", "cow_b", "level"))
            place = np.full(1 + max(*codes, int(a.max()), int(b.max())), -1)
            place[np.asarray(codes)] = np.arange(len(codes))
            inside = (place[a] >= 0) & (place[b] >= 0)
            np.maximum.at(out, (place[a[inside]], place[b[inside]]), value[inside])
        np.fill_diagonal(out, SCALE[1])
        yield year, out


def _check(atop: pl.DataFrame, *, states: Mapping[int, Sequence[int]]) -> None:
    first, last = int(atop.select(pl.col("year").min()).item()), last_year(atop)
    outside = [year for year in states if not first <= year <= last]
    if outside:
        raise BadYears(f"the alliances do not cover {outside[0]}.", hint=f"Ask for years from {first} to {last}.")
    for year, codes in states.items():
        if not len(codes) or len(set(codes)) != len(codes):
            raise UnknownState(f"{year} has no states, or one of them twice.", hint="Give each state's code once.")
