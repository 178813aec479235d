"""The kinds of panel: what a row is, its key columns, and how an addition's columns are put beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.held import in_year
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.panel.fill import of_pairs, of_states, variables
from equipoise.assemble.panel.forms import Add, Variable
from equipoise.assemble.panel.shelf import Shelf
from equipoise.assemble.panel.spine import CODE, Axes, Ints, Spine, pair_spine, state_spine
from equipoise.assemble.powers import AGGREGATES


class Rows(Protocol):
    """The rows of one kind of panel."""

    @property
    def axes(self) -> Axes:
        """The states and years that the rows are made from."""
        ...

    def keys(self) -> pl.DataFrame:
        """Return the key columns."""
        ...

    def fill(self, add: Add, *, shelf: Shelf) -> pl.DataFrame:
        """Return the columns of an addition, in the order of the rows."""
        ...

    def labels(self, add: Add) -> dict[str, Variable]:
        """Return the variable behind each column that :meth:`fill` yields."""
        ...

    def fits(self, add: Add) -> bool:
        """Whether the addition can be made to this kind of panel."""
        ...

    def kept(self, mask: npt.NDArray[np.bool_]) -> Rows:
        """Return the rows for which the mask is true."""
        ...


@dataclass(frozen=True)
class StateRows:
    """A row is a state and a year."""

    spine: Spine

    @property
    def axes(self) -> Axes:
        """As :class:`Rows` says."""
        return self.spine.axes

    def keys(self) -> pl.DataFrame:
        """Return the state's code and the year."""
        return pl.DataFrame({CODE[self.axes.system]: self.axes.codes[self.spine.i], "year": self.spine.years})

    def fill(self, add: Add, *, shelf: Shelf) -> pl.DataFrame:
        """As :class:`Rows` says."""
        assert add.state is not None
        return of_states(add, form=add.state, shelf=shelf, spine=self.spine)

    def labels(self, add: Add) -> dict[str, Variable]:
        """As :class:`Rows` says."""
        return {v.name: v for v in variables(add, pairs=False)}

    def fits(self, add: Add) -> bool:
        """Whether it has a form by state."""
        return add.state is not None

    def kept(self, mask: npt.NDArray[np.bool_]) -> StateRows:
        """As :class:`Rows` says."""
        return StateRows(_kept(self.spine, mask))


@dataclass(frozen=True)
class DyadRows:
    """A row is a pair of states and a year; in a directed panel each pair has two."""

    spine: Spine

    @property
    def axes(self) -> Axes:
        """As :class:`Rows` says."""
        return self.spine.axes

    def keys(self) -> pl.DataFrame:
        """Return the codes of both states and the year."""
        one, two = dyad_keys(self.axes.system)
        names = self.axes.codes
        return pl.DataFrame({one: names[self.spine.i], two: names[self.spine.j], "year": self.spine.years})

    def fill(self, add: Add, *, shelf: Shelf) -> pl.DataFrame:
        """As :class:`Rows` says."""
        return of_pairs(add, shelf=shelf, spine=self.spine)

    def labels(self, add: Add) -> dict[str, Variable]:
        """As :class:`Rows` says."""
        return {c: v for v in variables(add, pairs=True) for c in v.columns}

    def fits(self, add: Add) -> bool:
        """Always: what has no form by dyad is added for each side."""
        return True

    def kept(self, mask: npt.NDArray[np.bool_]) -> DyadRows:
        """As :class:`Rows` says."""
        return DyadRows(_kept(self.spine, mask))


@dataclass(frozen=True)
class Parties:
    """Pairs of actors by year, where an actor may be several states: the member pairs behind each row.

    Attributes:
        spine: all member pairs.
        row: the panel's row that a member pair is part of, ascending; shape (members,).
        pair: the spine's row of the member pair, -1 where the two are in the system on no one day; shape (members,).
        height: the number of the panel's rows.
    """

    spine: Spine
    row: Ints
    pair: Ints
    height: int

    def united(self, frame: pl.DataFrame, *, add: Add) -> pl.DataFrame:
        """Return an addition's columns of the spine's rows in the panel's, members put together by the union rule.

        A sum or a mean, and a least or greatest value, is null where it is for a member; whether any member has
        something is known as soon as one has.
        """
        place = pl.Series(self.pair).cast(pl.UInt32, strict=False)  # -1 becomes null, and so do the pair's values
        frame = frame.select(pl.all().gather(place))
        many = np.bincount(self.row, minlength=self.height) > 1
        if not many.any():
            return frame
        kinds = {c: v for v in variables(add, pairs=True) for c in v.columns}
        own = {v.name for v in add.state.variables} if add.state and not add.dyad else set()
        put = [_united(c, kinds[c], first=c[:-1] in own and c.endswith("1")) for c in frame.columns]
        assert self.spine.j is not None
        sides = {"_row": self.row, "_side1": self.spine.i[self.pair], "_side2": self.spine.j[self.pair]}
        grouped = frame.with_columns(**{k: pl.Series(v) for k, v in sides.items()})
        return grouped.group_by("_row", maintain_order=True).agg(put).drop("_row")

    @property
    def met(self) -> npt.NDArray[np.bool_]:
        """Whether the actors of a row, or members of theirs, are in the system on one day; shape (height,)."""
        return np.bincount(self.row[self.pair >= 0], minlength=self.height) > 0

    def kept(self, mask: npt.NDArray[np.bool_]) -> Parties:
        """Return the rows for which the mask is true, numbered anew."""
        stays = mask[self.row]
        number = np.cumsum(mask) - 1
        return Parties(self.spine, number[self.row[stays]], self.pair[stays], int(mask.sum()))


@dataclass(frozen=True)
class PowerRows:
    """A row is a state, a power and a year; 1 stands for the state, 2 for the power."""

    frame: pl.DataFrame
    parties: Parties

    @property
    def axes(self) -> Axes:
        """As :class:`Rows` says."""
        return self.parties.spine.axes

    def keys(self) -> pl.DataFrame:
        """Return the state's code, the power and the year."""
        return self.frame

    def fill(self, add: Add, *, shelf: Shelf) -> pl.DataFrame:
        """As :class:`Rows` says."""
        return self.parties.united(of_pairs(add, shelf=shelf, spine=self.parties.spine), add=add)

    def labels(self, add: Add) -> dict[str, Variable]:
        """As :class:`Rows` says."""
        return {c: v for v in variables(add, pairs=True) for c in v.columns}

    def fits(self, add: Add) -> bool:
        """Always, as for dyads."""
        return True

    def kept(self, mask: npt.NDArray[np.bool_]) -> PowerRows:
        """As :class:`Rows` says."""
        return PowerRows(self.frame.filter(pl.Series(mask)), self.parties.kept(mask))


@dataclass(frozen=True)
class TriadRows:
    """A row is a state, two powers and a year; ``_sa`` is the state with power a, ``_sb`` with b, ``_ab`` the two."""

    frame: pl.DataFrame
    sides: dict[str, Parties]

    @property
    def axes(self) -> Axes:
        """As :class:`Rows` says."""
        return self.sides["sa"].spine.axes

    def keys(self) -> pl.DataFrame:
        """Return the state's code, the two powers and the year."""
        return self.frame

    def fill(self, add: Add, *, shelf: Shelf) -> pl.DataFrame:
        """As :class:`Rows` says."""
        pairs = of_pairs(add, shelf=shelf, spine=self.sides["sa"].spine)  # the three sides have one spine
        filled = {s: self.sides[s].united(pairs, add=add) for s in (self.sides if add.dyad else ("sa", "sb"))}
        if add.dyad:
            return pl.concat([f.rename({c: f"{c}_{side}" for c in f.columns}) for side, f in filled.items()],
                             how="horizontal")
        states = [filled["sa"].select(pl.col(f"{v}1").alias(f"{v}_s"), pl.col(f"{v}2").alias(f"{v}_a"))
                  for v in _names(add)]
        powers = [filled["sb"].select(pl.col(f"{v}2").alias(f"{v}_b")) for v in _names(add)]
        return pl.concat([f for pair in zip(states, powers, strict=True) for f in pair], how="horizontal")

    def labels(self, add: Add) -> dict[str, Variable]:
        """As :class:`Rows` says."""
        found = variables(add, pairs=True)
        if add.dyad:
            return {f"{c}_{side}": v for side in self.sides for v in found for c in v.columns}
        return {f"{v.name}_{who}": v for v in found for who in ("s", "a", "b")}

    def fits(self, add: Add) -> bool:
        """Always, as for dyads."""
        return True

    def kept(self, mask: npt.NDArray[np.bool_]) -> TriadRows:
        """As :class:`Rows` says."""
        return TriadRows(self.frame.filter(pl.Series(mask)), {s: p.kept(mask) for s, p in self.sides.items()})


def dyad_keys(system: str) -> tuple[str, str]:
    """Return the names of the two codes of a dyad.

    >>> dyad_keys("cow"), dyad_keys("iso")
    (('ccode1', 'ccode2'), ('iso3_1', 'iso3_2'))
    """
    name = CODE[system]
    return (f"{name}_1", f"{name}_2") if system == "iso" else (f"{name}1", f"{name}2")


def power_rows(on: Axes, *, states: Sequence[str] | None, powers: Sequence[str]) -> PowerRows:
    """Return the rows of every state with every power; a power is not paired with itself or with its members."""
    actors = _actors(on, powers=powers)
    own = actors.select("power", "t", "iso3")
    long = _state_years(on, states=states).join(actors.drop("iso3"), on="t")
    long = long.join(own, on=["power", "t", "iso3"], how="anti").sort("i", "power", "t", "m")
    row = long.select(pl.struct("i", "power", "t").rle_id()).to_series().to_numpy()
    frame = long.unique(["i", "power", "t"], keep="first", maintain_order=True)
    spine = _needed(on, pairs=[(long["i"], long["m"], long["t"])])
    parties = Parties(spine, row, spine.number[long["i"], long["m"], long["t"]], frame.height)
    keys = pl.DataFrame({CODE[on.system]: _codes(on, frame),
                         "power": np.array(powers)[frame["power"].to_numpy()], "year": _years(on, frame)})
    return PowerRows(keys, parties).kept(parties.met)


def triad_rows(on: Axes, *, states: Sequence[str] | None, powers: Sequence[str]) -> TriadRows:
    """Return the rows of every state with every pair of powers that it is no part of."""
    actors = _actors(on, powers=powers)
    there = actors.select("power", "t").unique()
    both = there.join(there, on="t", suffix="_b").filter(pl.col("power") < pl.col("power_b"))
    base = _state_years(on, states=states).join(both.rename({"power": "power_a"}), on="t")
    own = actors.select("power", "t", "iso3")
    base = base.join(own.rename({"power": "power_a"}), on=["power_a", "t", "iso3"], how="anti")
    base = base.join(own.rename({"power": "power_b"}), on=["power_b", "t", "iso3"], how="anti")
    base = base.sort("i", "power_a", "power_b", "t").with_row_index("row")
    member = {p: actors.select("t", pl.col("power").alias(f"power_{p}"), pl.col("m").alias(f"m_{p}")) for p in "ab"}
    one = base.join(member["a"], on=["power_a", "t"]).sort("row", "m_a")
    two = base.join(member["b"], on=["power_b", "t"]).sort("row", "m_b")
    cross = one.join(member["b"], on=["power_b", "t"]).sort("row", "m_a", "m_b")
    pairs = {"sa": (one, "i", "m_a"), "sb": (two, "i", "m_b"), "ab": (cross, "m_a", "m_b")}
    spine = _needed(on, pairs=[(f[x], f[y], f["t"]) for f, x, y in pairs.values()])
    sides = {side: Parties(spine, f["row"].to_numpy(), spine.number[f[x], f[y], f["t"]], base.height)
             for side, (f, x, y) in pairs.items()}
    names: npt.NDArray[Any] = np.array(powers)
    keys = pl.DataFrame({CODE[on.system]: _codes(on, base),
                         "power_a": names[base["power_a"].to_numpy()], "power_b": names[base["power_b"].to_numpy()],
                         "year": _years(on, base)})
    return TriadRows(keys, sides).kept(np.logical_and.reduce([parties.met for parties in sides.values()]))


def _names(add: Add) -> list[str]:
    return [v.name for v in add.state.variables] if add.state else []


def _codes(on: Axes, frame: pl.DataFrame) -> pl.Series:
    return pl.Series(on.codes[frame["i"].to_numpy()], dtype=pl.String if on.system == "iso" else pl.Int16)


def _years(on: Axes, frame: pl.DataFrame) -> Ints:
    return (on.first + frame["t"].to_numpy()).astype(np.int16)


def _actors(on: Axes, *, powers: Sequence[str]) -> pl.DataFrame:
    """``power`` (its position), ``t`` (the year's) and each state it is made of: ``m`` (on the axis) and ``iso3``.

    In a year before a power's state began, the state that held its code stands for it: the Soviet Union for Russia.
    """
    rows = []
    for year in on.years.tolist():
        for p, power in enumerate(powers):
            held = eu_members(year) if power in AGGREGATES else (in_year(power, year),)
            rows += [(p, year, state) for state in held]
    found = pl.DataFrame(rows, schema={"power": pl.Int64, "year": pl.Int64, "iso3": pl.String}, orient="row")
    place, at = on.locate(found["iso3"], year=found["year"], native="iso")
    out = found.select("power", "iso3", t=pl.Series(at, dtype=pl.Int64), m=pl.Series(place, dtype=pl.Int64))
    there = (place >= 0) & on.present[np.maximum(place, 0), at]
    return out.filter(pl.Series(there))


def _state_years(on: Axes, *, states: Sequence[str] | None) -> pl.DataFrame:
    """``i`` (on the axis), ``t`` (the year's position) and ``iso3``: the states, under whichever code, of each year."""
    i, t = np.nonzero(on.present)
    frame = pl.DataFrame({"i": i.astype(np.int64), "t": t.astype(np.int64)})
    frame = frame.with_columns(iso3=_codes(on, frame), year=on.first + pl.col("t"))
    if on.system != "iso":
        name = codes.from_gw if on.system == "gw" else codes.from_cow
        frame = name(frame, column="iso3", year="year", into="iso3")
    frame = frame.drop("year")
    if states is None:
        return frame
    wanted = []
    for state in states:
        years = pl.Series(on.years, dtype=pl.Int64)
        held = pl.Series([in_year(state, y) for y in years.to_list()])
        place, at = on.locate(held, year=years, native="iso")
        wanted.append(pl.DataFrame({"i": place.astype(np.int64), "t": at.astype(np.int64)}))
    return frame.join(pl.concat(wanted).unique(), on=["i", "t"], how="semi")


def _needed(on: Axes, *, pairs: list[tuple[pl.Series, pl.Series, pl.Series]]) -> Spine:
    n = len(on.codes)
    wanted = np.zeros((n, n, on.present.shape[1]), dtype=bool)
    for a, b, t in pairs:
        wanted[a, b, t] = True
    return pair_spine(on, directed=True, wanted=wanted)


def _kept(spine: Spine, mask: npt.NDArray[np.bool_]) -> Spine:
    i, y, j = spine.i[mask], spine.y[mask], None if spine.j is None else spine.j[mask]
    number = np.full(spine.number.shape, -1, dtype=np.int32)
    number[(i, y) if j is None else (i, j, y)] = np.arange(len(i), dtype=np.int32)
    return replace(spine, i=i, j=j, y=y, number=number)


def _united(column: str, variable: Variable, *, first: bool) -> pl.Expr:
    value = pl.col(column)
    if first:
        return value.drop_nulls().first()  # null beside a member whom the state never met, else the same beside all
    whole = value.null_count() == 0
    rules = {
        "sum": pl.when(whole).then(value.sum()),
        "mean": pl.when(whole).then(value.mean()),
        "min": pl.when(whole).then(value.min()),
        "max": pl.when(whole).then(value.max()),
        "share": pl.when(whole & (pl.col(f"_side{column[-1]}").n_unique() == 1)).then(value.sum())
        if variable.sided
        else value.first(),
        "nearest": pl.when(whole).then(pl.coalesce(value.filter(value > 0).min(), value.min())),
        "any": pl.when(whole | (value.max() > 0)).then(value.max()),
    }
    alone = pl.when(pl.len() == 1).then(value.first())
    return (alone.otherwise(rules[variable.union]) if variable.union else alone).alias(column)


def state_rows(on: Axes) -> StateRows:
    """Return the rows of every state in every year."""
    return StateRows(state_spine(on))


def dyad_rows(on: Axes, *, directed: bool) -> DyadRows:
    """Return the rows of every pair of states in every year."""
    return DyadRows(pair_spine(on, directed=directed))
