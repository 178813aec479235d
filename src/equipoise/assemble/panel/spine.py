"""The rows of a panel, and where a table's rows belong among them.

States stand on an *axis* in the order of their codes, years on another. ``number`` is a cube that holds the row of each
state (or pair of states) and year, or -1: so a table of any size finds its place by indexing, without a join.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.panel.forms import Native

System = Literal["cow", "gw", "iso"]

CODE = {"cow": "ccode", "gw": "gwcode", "iso": "iso3"}
"""The name that each system's code has in a panel; the sides of a dyad add 1 and 2 (``iso3`` adds _1 and _2)."""

FIRST_YEAR = 1816
LAST_YEAR = {"cow": 2016, "gw": 2017, "iso": 2016}
"""The last year that each list of states covers (COW v2016, which gives the ISO panels their states; GW of 2017)."""

Ints = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Axes:
    """The states and years that a panel is made from.

    Attributes:
        system: whose codes they are.
        codes: of all states that are in the system in one of the years, sorted; shape (n,).
        first: the first year.
        present: whether a state is in the system on a day of the year; shape (n, T).
        days: the first and the last day of the year in the system, from 1 on; 0 in other years; shape (2, n, T).
    """

    system: System
    codes: npt.NDArray[Any]
    first: int
    present: npt.NDArray[np.bool_]
    days: Ints

    @property
    def years(self) -> Ints:
        """The years, shape (T,)."""
        return np.arange(self.first, self.first + self.present.shape[1])

    def locate(self, code: pl.Series, *, year: pl.Series, native: Native) -> tuple[Ints, Ints]:
        """Return the positions of codes on the axis and of years; -1 where the panel has no such state or year.

        Codes of another system are translated by year, with the state that holds the code on 31 December.
        """
        at = year.to_numpy().astype(np.int32) - self.first
        inside = (at >= 0) & (at < self.present.shape[1])
        at[~inside] = -1
        known = self._position(code, native=native)
        if native == self.system:
            return known, at
        found = self._lookup(native)[0][known, at]  # an index of -1 meets a row or a column that is cut off below
        found[(known < 0) | ~inside] = -1
        return found, at

    def _position(self, code: pl.Series, *, native: Native) -> Ints:
        """The position of each code among the sorted codes of its system, -1 if it is none of them."""
        keys = self.codes if native == self.system else self._lookup(native)[1]
        if keys.dtype.kind == "i":
            # Codes are below 1000: a table is ten times as fast as a search in a million rows. Its two ends hold -1.
            table = np.full(int(keys[-1]) + 3, -1, dtype=np.int16)
            table[keys + 1] = np.arange(len(keys), dtype=np.int16)
            found: Ints = table[np.clip(code.to_numpy().astype(np.int64), -1, int(keys[-1]) + 1) + 1]
            return found
        places = {name: at for at, name in enumerate(keys.tolist())}
        return code.replace_strict(places, default=-1, return_dtype=pl.Int16).to_numpy()

    def counted(self, native: Native) -> npt.NDArray[np.bool_]:
        """Whether the system ``native`` counts the state of the axis in the year; shape (n, T)."""
        if native == self.system:
            return self.present
        return self._counted[native]

    @cached_property
    def _counted(self) -> dict[str, npt.NDArray[np.bool_]]:
        out = {}
        for native in ("cow", "gw", "iso"):
            there = self._translated(native).filter("counted")
            mask = np.zeros(self.present.shape, dtype=bool)
            mask[there["place"].to_numpy(), there["year"].to_numpy() - self.first] = True
            out[native] = mask & self.present
        return out

    def _lookup(self, native: Native) -> tuple[Ints, npt.NDArray[Any]]:
        """The axis position of each code of another system in each year, shape (codes, T), and those codes, sorted."""
        return self._lookups[native]

    @cached_property
    def _lookups(self) -> dict[str, tuple[Ints, npt.NDArray[Any]]]:
        out: dict[str, tuple[Ints, npt.NDArray[Any]]] = {}
        for native in {"cow", "gw", "iso"} - {self.system}:
            table = self._translated(native)  # type: ignore[arg-type]
            keys = table["native"].unique().sort().to_numpy()
            lookup = np.full((len(keys), self.present.shape[1]), -1, dtype=np.int16)
            rows = np.searchsorted(keys, table["native"].to_numpy())
            lookup[rows, table["year"].to_numpy() - self.first] = table["place"].to_numpy()
            out[native] = lookup, keys
        return out

    def _translated(self, native: Native) -> pl.DataFrame:
        """``place`` on the axis, ``year``, ``native`` code, and whether the native list counts it."""
        own = _named(self.system).filter(pl.col("year").is_between(self.first, int(self.years[-1])))
        axis = pl.DataFrame({"code": self.codes, "place": np.arange(len(self.codes))})
        own = own.join(axis, on="code").select("place", "iso3", "year")
        there = _named(native).select("iso3", "year", "counted", native="code")
        return own.join(there, on=["iso3", "year"])


def _named(system: Native) -> pl.DataFrame:
    if system != "iso":
        return codes.code_years(system)
    return codes.code_years("cow").select(pl.col("iso3").alias("code"), "year", "iso3", "counted")


def axes(*, system: System, first: int, last: int) -> Axes:
    """Return the axes of a panel.

    An ISO panel holds the states of the Correlates of War list under their alpha-3 codes: a year of a code that two
    states held one after the other belongs to the one that held it on 31 December.
    """
    listed = codes.system_years(first=first, last=last, system="gw" if system == "gw" else "cow")
    if system == "iso":
        named = codes.code_years("cow").select("code", "year", "iso3")
        listed = listed.join(named, on=["code", "year"]).select("year", "from_day", "to_day", code="iso3")
    axis = listed["code"].unique().sort()
    days = np.zeros((2, axis.len(), last - first + 1), dtype=np.int16)
    place = (axis.search_sorted(listed["code"]).to_numpy(), listed["year"].to_numpy() - first)
    days[0][place], days[1][place] = listed["from_day"].to_numpy(), listed["to_day"].to_numpy()
    found = axis.to_numpy() if system == "iso" else axis.to_numpy().astype(np.int16)
    return Axes(system, found, first, days[0] > 0, days)


@dataclass(frozen=True)
class Spine:
    """The rows of a panel of states (``j`` is None) or of pairs of states, in the order of codes and years.

    Attributes:
        axes: the states and years.
        i, j: the position of the first and of the second state on the axis; shape (rows,).
        y: the position of the year; shape (rows,).
        number: the row of each (state, year) or (state, state, year), -1 where there is none.
        directed: whether a pair of states has a row from each side.
    """

    axes: Axes
    i: Ints
    j: Ints | None
    y: Ints
    number: Ints
    directed: bool = True

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.i)

    @property
    def years(self) -> Ints:
        """The year of each row, shape (rows,)."""
        return (self.axes.first + self.y).astype(np.int16)

    @cached_property
    def of_states(self) -> tuple[pl.Series, pl.Series]:
        """The row of each side of a pair in the panel of states on the same axes."""
        assert self.j is not None
        rows = state_spine(self.axes).number
        return tuple(pl.Series(rows[at, self.y].astype(np.uint32)) for at in (self.i, self.j))  # type: ignore[return-value]

    def covered(self, native: Native, *, first: int, last: int) -> npt.NDArray[np.bool_]:
        """Whether a source covers a row: its years do, and its list of states counts the row's states then."""
        years = (self.axes.years >= first) & (self.axes.years <= last)
        if native == self.axes.system:
            return years[self.y]
        there = self.axes.counted(native) & years
        one = there[self.i, self.y]
        return one if self.j is None else one & there[self.j, self.y]

    def rows_of(self, frame: pl.DataFrame, *, native: Native, both: bool = False) -> list[Ints]:
        """Return the row of the spine that each row of a table belongs to, -1 where to none; shape (table's height,).

        A table of states has ``code`` and ``year``, one of pairs ``code_a``, ``code_b`` and ``year``; ``both`` asks for
        the row of the pair in the other order too.
        """
        sides = ["code"] if self.j is None else ["code_a", "code_b"]
        places = [self.axes.locate(frame[s], year=frame["year"], native=native) for s in sides]
        at = places[0][1]
        outside = np.logical_or.reduce([at < 0, *(place < 0 for place, _ in places)])
        orders = [[place for place, _ in places]]
        if both:
            orders.append(orders[0][::-1])
        out = []
        for order in orders:
            found = self.number[(*order, at)]  # -1 as an index takes the last row; what is outside is undone below
            found[outside] = -1
            out.append(found)
        return out


def state_spine(on: Axes) -> Spine:
    """Return the spine of a panel of states."""
    return _spine(on, on.present)


def pair_spine(on: Axes, *, directed: bool, wanted: npt.NDArray[np.bool_] | None = None) -> Spine:
    """Return the spine of a panel of pairs; a pair is there in a year if both are in the system on one day of it.

    Args:
        on: the axes.
        directed: both orders of each pair, or only the one in which the first code is the lower.
        wanted: shape (n, n, T): the pairs to keep; all by default.
    """
    begins, ends = on.days
    there = on.present[:, None, :] & on.present[None, :, :]
    there &= np.maximum(begins[:, None], begins[None]) <= np.minimum(ends[:, None], ends[None])
    n = len(on.codes)
    there &= (~np.eye(n, dtype=bool) if directed else np.triu(np.ones((n, n), dtype=bool), 1))[:, :, None]
    return _spine(on, there if wanted is None else there & wanted, directed=directed)


def _spine(on: Axes, there: npt.NDArray[np.bool_], *, directed: bool = True) -> Spine:
    at = np.flatnonzero(there)
    number = np.full(there.size, -1, dtype=np.int32)
    number[at] = np.arange(len(at), dtype=np.int32)
    places, rest = [], at.astype(np.int32)
    for size in reversed(there.shape):
        above = rest // size
        places.append((rest - above * size).astype(np.int16))
        rest = above
    y, *others = places
    i, j = others[-1], others[0] if there.ndim == 3 else None
    return Spine(on, i, j, y, number.reshape(there.shape), directed)
