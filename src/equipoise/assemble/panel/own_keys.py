"""The key columns of a user's own table: which they are, whether they are sound, and whose codes they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

import numpy as np
import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.panel.rows import dyad_keys
from equipoise.assemble.panel.spine import CODE, Axes, System
from equipoise.errors import UsageError

LISTS = {"cow": "Correlates of War", "gw": "Gleditsch and Ward", "iso": "ISO 3166-1 alpha-3"}
_ALSO = {
    "cow": ("cowcode", "cow_code", "cow", "cown", "ccodecow", "statenum"),
    "gw": ("gwno", "gw_code", "gw", "gwn", "country_id_gw"),
    "iso": ("iso3c", "iso", "iso_code", "isocode", "country_code", "countrycode", "country_text_id", "code"),
}


@dataclass(frozen=True)
class Keys:
    """The keys of a table.

    Attributes:
        columns: their names, as the panel or another system calls them; the year last.
        codes: those that hold codes of states; the rest are powers and the year.
        system: whose codes they are.
        by_state: whether the table is by state and year while the panel's rows hold several states.
    """

    columns: tuple[str, ...]
    codes: tuple[str, ...]
    system: System
    by_state: bool

    def own(self, system: System) -> tuple[str, ...]:
        """The names of the code columns in the panel's system."""
        return _code_names(len(self.codes), system)


def renamed(frame: pl.DataFrame, *, keys: Mapping[str, str] | None, name: str) -> pl.DataFrame:
    """Return the table with its key columns under the panel's names.

    Raises:
        UsageError: a name on the left is no key, one on the right no column, or another column has the key's name.
    """
    known = [*(c for s in _systems() for n in (1, 2) for c in _code_names(n, s)), "power", "power_a", "power_b", "year"]
    for key, column in (keys or {}).items():
        if key not in known:
            raise UsageError(f"{key!r} in keys is no key of a panel.",
                             hint=f"The panel's key goes first, the table's column second; keys: {', '.join(known)}.")
        refuse_missing(column, frame=frame, name=name)
        if key != column and key in frame.columns:
            raise UsageError(f"{name} has a column {key} beside {column}, which is to be {key}.",
                             hint=f"Drop one of the two, or leave {key} out of keys.")
    return frame.rename({column: key for key, column in (keys or {}).items()})


def find(frame: pl.DataFrame, *, wanted: Sequence[str], system: System, name: str) -> Keys:
    """Return the keys that the table has: the panel's, or state and year, of its system first and else of another.

    Raises:
        UsageError: it has neither; the message names what is missing.
    """
    number = sum(c.startswith(CODE[system]) for c in wanted)
    rest = tuple(wanted[number:])
    for by_state in ((False, True) if len(wanted) > 2 else (False,)):
        for other in sorted(_systems(), key=lambda s: s != system):
            names = _code_names(1 if by_state else number, other)
            columns = (*names, "year") if by_state else (*names, *rest)
            if set(columns) <= set(frame.columns):
                if by_state and "power" in frame.columns:
                    raise UsageError(f"{name} is by state and power, and the panel's keys are {', '.join(wanted)}.",
                                     hint=f"Add it to a panel made with power_years(), or give it {', '.join(rest)}.")
                return Keys(columns, names, other, by_state)
    raise _no_keys(frame, wanted=wanted, system=system, name=name)


def refuse_unsound(frame: pl.DataFrame, *, keys: Keys, name: str) -> pl.DataFrame:
    """Return the table with its codes and years as Int64; text of codes and powers stays.

    Raises:
        UsageError: a key is null, of the wrong type or no whole number, or two rows have one key.
    """
    for column in keys.columns:
        frame = frame.with_columns(_typed(frame[column], text=column.startswith(("iso3", "power")), name=name))
    twice = frame.filter(frame.select(keys.columns).is_duplicated())
    if twice.height:
        first = ", ".join(f"{c}={v}" for c, v in zip(keys.columns, twice.select(keys.columns).row(0), strict=True))
        count = twice.select(keys.columns).unique().height
        raise UsageError(f"{name} has {count} {'key' if count == 1 else 'keys'} in more than one row, the first is "
                         f"{first}.", hint="Keep one row a key, or put the rows together before adding.")
    return frame


def refuse_foreign(frame: pl.DataFrame, *, keys: Keys, system: System, convert: bool, name: str) -> None:
    """Raise UsageError if the codes are not the panel's, by the columns' names or by what they hold."""
    if keys.system != system and not convert:
        raise UsageError(
            f"{name} has {keys.codes[0]}, codes of {LISTS[keys.system]}; the panel has those of {LISTS[system]}.",
            hint=f"Say convert=True to translate them by year, or make the panel with system={keys.system!r}.",
        )
    pairs = pl.concat([frame.select("year", code=c) for c in keys.codes]).unique()
    _refuse_unknown(pairs["code"], column=keys.codes[0], system=keys.system, name=name)
    for column in keys.columns:
        if column.startswith("power"):
            _refuse_unknown(frame[column], column=column, system="iso", name=name)
    other: dict[System, System] = {"cow": "gw", "gw": "cow"}
    if keys.system not in other:
        return
    odd = _telling(pairs, of=other[keys.system], against=keys.system)
    if odd.height and not _telling(pairs, of=keys.system, against=other[keys.system]).height:
        code, year = odd.sort("code", "year").select("code", "year").row(0)
        theirs = _code_names(len(keys.codes), other[keys.system])
        mapped = ", ".join(f'"{t}": "{o}"' for t, o in zip(theirs, keys.codes, strict=True))
        raise UsageError(f"{keys.codes[0]} of {name} holds {code} in {year}, which is a code of "
                         f"{LISTS[other[keys.system]]} and not of {LISTS[keys.system]}.",
                         hint=f"If all its codes are, say keys={{{mapped}}}, convert=True; else correct it.")


def _refuse_unknown(found: pl.Series, *, column: str, system: System, name: str) -> None:
    """Raise UsageError if half of the codes are none of the list, or one is but for its small letters."""
    distinct, known = found.unique().sort(), _known(system).to_list()
    unknown = distinct.filter(~distinct.is_in(known))
    if unknown.len() * 2 >= distinct.len() > 0:
        raise UsageError(f"{unknown.len()} of the {distinct.len()} codes in {column} of {name} are none of "
                         f"{LISTS[system]}; the first is {unknown[0]!r}.", hint=_looks_like(distinct, system=system))
    small = unknown.filter(unknown.str.to_uppercase().is_in(known)) if system == "iso" else unknown.clear()
    if small.len():
        raise UsageError(f"{column} of {name} holds {small[0]!r}, a code in small letters.",
                         hint="Write all of them in capitals, such as KAZ.")


def converted(frame: pl.DataFrame, *, keys: Keys, on: Axes) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the table with the panel's codes and key columns, without rows whose code has no counterpart then."""
    own = keys.own(on.system)
    columns = (*own, *keys.columns[len(own):])
    if keys.system == on.system:
        return frame, columns
    for old, new in zip(keys.codes, own, strict=True):
        place, at = on.locate(frame[old], year=frame["year"], native=keys.system)
        there = (place >= 0) & (at >= 0)
        found = pl.Series(new, on.codes[np.where(there, place, 0)])
        frame = frame.drop(old).insert_column(0, found).filter(pl.Series(there))
    return frame, columns


def refuse_missing(column: str, *, frame: pl.DataFrame, name: str) -> None:
    """Raise UsageError if the table has no such column; the message offers near names."""
    if column not in frame.columns:
        near = get_close_matches(column, frame.columns, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"It has {_listed(frame)}."
        raise UsageError(f"{name} has no column {column}.", hint=hint)


def _systems() -> tuple[System, ...]:
    return get_args(System)


def _code_names(number: int, system: System) -> tuple[str, ...]:
    return dyad_keys(system) if number == 2 else (CODE[system],)


def _listed(frame: pl.DataFrame) -> str:
    return ", ".join(frame.columns[:12]) + (" …" if frame.width > 12 else "")


def _no_keys(frame: pl.DataFrame, *, wanted: Sequence[str], system: System, name: str) -> UsageError:
    or_states = "" if len(wanted) == 2 else f", or {CODE[system]} and year"
    lower = {c.lower(): c for c in reversed(frame.columns)}
    near = {key: next((lower[n] for n in _spellings(key, system=system) if n in lower), None)
            for key in dict.fromkeys([CODE[system], *wanted])}
    guess = {k: c for k, c in near.items() if c and c != k}
    missing = [k for k in wanted if k not in frame.columns]
    if len(wanted) == 2 and any(set(dyad_keys(s)) <= set(frame.columns) for s in _systems()):
        hint = "It is a table of dyads: add it to a panel made with dyad_years()."
    elif guess:
        mapped = ", ".join(f'"{k}": "{c}"' for k, c in guess.items())
        hint = f"Say which column is which: keys={{{mapped}}}."
    else:
        other = next((c for c in frame.columns if c not in wanted), frame.columns[0])
        hint = f"It has {_listed(frame)}; say which is which: keys={{\"{missing[0]}\": \"{other}\"}}."
    return UsageError(f"{name} has no column {missing[0]}: the panel's keys are {', '.join(wanted)}{or_states}.",
                      hint=hint)


def _spellings(key: str, *, system: System) -> list[str]:
    """Other names that a key column has in published tables, in lower case."""
    if key == CODE[system]:
        return [key, *_ALSO[system]]
    if key in dyad_keys(system):
        side, letter = key[-1], "a" if key[-1] == "1" else "b"
        names = (CODE[system], *_ALSO[system])
        ends = (side, f"_{side}", letter, f"_{letter}")
        return [key, *(f"{n}{end}" for n in names for end in ends), f"state{letter}"]
    return [key]


def _typed(column: pl.Series, *, text: bool, name: str) -> pl.Series:
    if column.null_count():
        row = int(column.is_null().arg_max() or 0) + 1
        raise UsageError(f"{column.name} of {name} is empty in {column.null_count()} of {column.len()} rows, first in "
                         f"row {row}.", hint="Leave those rows out.")
    if text:
        if isinstance(column.dtype, (pl.Categorical, pl.Enum)):
            return column.cast(pl.String)
        if column.dtype != pl.String:
            raise UsageError(f"{column.name} of {name} is {column.dtype}, where codes such as KAZ are needed.",
                             hint="If it is a code of another list, name it ccode or gwcode in keys.")
        return column
    if column.dtype.is_integer():
        return column.cast(pl.Int64)
    if not column.dtype.is_float():
        raise _no_numbers(column, name=name)
    whole = (column.round() == column) & column.is_finite()
    if not whole.all():
        odd = column.filter(~whole)[0]
        raise UsageError(f"{column.name} of {name} holds {odd}, which is no whole number.", hint="Correct that row.")
    return column.cast(pl.Int64)


def _no_numbers(column: pl.Series, *, name: str) -> UsageError:
    text = column.dtype == pl.String
    odd = column.cast(pl.Int64, strict=False).is_null() if text else None
    row = int(odd.arg_max() or 0) if odd is not None and odd.any() else 0
    value = repr(column[row]) if text else str(column[row])
    return UsageError(f"{column.name} of {name} is {'text' if text else column.dtype}, where whole numbers are needed; "
                      f"row {row + 1} has {value}.", hint="Turn it into numbers, or name in keys what it is.")


def _known(system: System) -> pl.Series:
    states = codes.states()
    if system == "iso":
        return pl.concat([states["iso3"].unique(), pl.Series("iso3", ["EUU"])]).unique()
    return states[system].drop_nulls().unique()


def _looks_like(distinct: pl.Series, *, system: System) -> str:
    if system == "iso":
        states = codes.states()
        two = distinct.str.to_uppercase().is_in(states["iso2"].drop_nulls().unique().to_list())
        if two.sum() * 2 > distinct.len():
            return "They look like alpha-2 codes; alpha-3 codes such as KAZ are needed."
        return "Alpha-3 codes in capitals are needed, such as KAZ."
    numeric = codes.states()["iso_numeric"].drop_nulls().cast(pl.Int64).unique()
    if distinct.is_in(numeric.to_list()).sum() * 2 > distinct.len():
        return "They look like ISO's numbers; alpha-3 codes can be added to a panel with system='iso'."
    return f"Which codes are they? Name them in keys as {', '.join(CODE.values())}."


def _telling(pairs: pl.DataFrame, *, of: System, against: System) -> pl.DataFrame:
    """Those codes and years that are ``of`` one list and cannot be of the other.

    They are codes that the other never had (340 is no code of Correlates of War), or, since 1991, codes that it gave up
    (260 and 678). Earlier years say nothing: many tables give West Germany 260 from 1949 on, whatever their list.
    """
    assert of != "iso"
    there = codes.code_years(of).join(pairs, on=["code", "year"], how="semi")
    never = ~pl.col("code").is_in(_known(against).to_list())
    assert against != "iso"
    theirs = codes.code_years(against).select("code", "year")
    return there.join(theirs, on=["code", "year"], how="anti").filter(never | (pl.col("year") > 1990))
