"""What an addition to a panel declares: its columns, where they come from, and how its rows are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from equipoise.assemble.panel.shelf import Shelf

Native = Literal["cow", "gw", "iso"]
Union = Literal["sum", "min", "max", "mean", "any", "nearest", "share"]


@dataclass(frozen=True, slots=True)
class Variable:
    """One quantity that an addition brings.

    Attributes:
        name: its column; the sides of a dyad add ``1`` and ``2`` to it.
        label: what it is, in at most 80 characters (Stata keeps no more).
        unit: of the values; empty for codes and counts that the label explains.
        sided: in a dyad, whether each side has its own: the frame then holds ``name1`` and ``name2``.
        absent: the value where the source covers a row and lists nothing; None leaves it null.
        union: how the values of the members of the European Union make one value of it; None: they do not. ``nearest``
            is the least value above zero, where zero stands for none; ``share`` adds up shares in one side's total,
            which is right as long as that side is a single state.
    """

    name: str
    label: str
    unit: str = ""
    sided: bool = False
    absent: int | float | None = None
    union: Union | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Its columns in the frame of a dyad: the name, or the name with each side's number."""
        return (f"{self.name}1", f"{self.name}2") if self.sided else (self.name,)


@dataclass(frozen=True, slots=True)
class StateForm:
    """A table by state and year.

    ``build`` returns ``code`` (of the system ``native``), ``year`` and the variables, one row a state and year.
    """

    native: Native
    variables: tuple[Variable, ...]
    build: Callable[[Shelf], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class DyadForm:
    """A table by pair of states and year.

    ``build`` returns ``code_a``, ``code_b`` (of the system ``native``), ``year`` and the variables' columns, one row a
    pair and year. A ``symmetric`` table has each pair once, in any order; it must have no sided variable. Of a directed
    table, a panel of undirected pairs shows the side of the lower code, or with ``either`` the larger of both
    directions.
    """

    native: Native
    variables: tuple[Variable, ...]
    build: Callable[[Shelf], pl.DataFrame]
    symmetric: bool = False
    either: bool = False


@dataclass(frozen=True, slots=True)
class PairForm:
    """Figures of a pair that follow from one table by state and year, such as the distance of two capitals.

    ``build`` returns what :class:`StateForm` does; ``combine`` makes the variables of the pairs from that table's
    columns, which it finds with ``1`` and ``2`` added to their names.
    """

    native: Native
    variables: tuple[Variable, ...]
    build: Callable[[Shelf], pl.DataFrame]
    combine: Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Add:
    """An addition: its name, its sources and years, and its form by state, by dyad, or both.

    Attributes:
        name: what :meth:`Panel.add` takes.
        title: one line on what it brings.
        sources: ids of the registry; empty where the user supplies the data.
        first_year: the first year covered.
        last_year: the last year covered; outside, every column is null.
        state: its form in a panel of states, and of each side of a dyad where it has no form for dyads.
        dyad: its form in a panel of dyads.
        note: rules of merging, and weaknesses that a user has to know.
        also: other names that users of neighbouring tools look for; they serve suggestions only.
    """

    name: str
    title: str
    sources: tuple[str, ...]
    first_year: int
    last_year: int
    state: StateForm | None = None
    dyad: DyadForm | PairForm | None = None
    note: str = ""
    also: tuple[str, ...] = ()
