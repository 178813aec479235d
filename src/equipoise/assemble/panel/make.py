"""Making a panel: of states, dyads, states and powers, or triads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from equipoise.assemble import codes
from equipoise.assemble.panel.panel import Panel
from equipoise.assemble.panel.rows import dyad_keys, dyad_rows, power_rows, state_rows, triad_rows
from equipoise.assemble.panel.shelf import Shelf
from equipoise.assemble.panel.spine import CODE, FIRST_YEAR, LAST_YEAR, Axes, System, axes
from equipoise.assemble.powers import resolve_powers
from equipoise.assemble.spans import Span, read_span
from equipoise.errors import BadYears, UsageError
from equipoise.schema import DEFAULT_POWERS

Years = Span | None


def state_years(*, years: Years = None, system: System = "cow", folder: Path | str | None = None) -> Panel:
    """Return the panel of every state in every year.

    Args:
        years: first and last year, both included: ``(1990, 2010)``, ``"1990:2010"``, a range, or one year. By default
            1816 to the last year that the list of states covers, whatever today's date: 2016 (``cow``, ``iso``) or 2017
            (``gw``). Later years may be asked for: the lists are then taken to run on unchanged.
        system: ``cow`` Correlates of War, ``gw`` Gleditsch and Ward, or ``iso``: the states of the former under their
            ISO 3166-1 alpha-3 codes.
        folder: of downloaded sources; the cache by default.

    Raises:
        BadYears: the years are reversed, or out of 1816 to 2100; UsageError: no such system.

    Examples:
        >>> state_years().frame.height
        15951
    """
    system, (first, last) = _system(system), _years(years, system=_system(system))
    return Panel("state-year", system, (first, last), (CODE[system], "year"), shelf=Shelf(folder),
                 _rows=cache(lambda: state_rows(_axes(system, first, last))))


def dyad_years(*, years: Years = None, system: System = "cow", directed: bool = False,
               folder: Path | str | None = None) -> Panel:
    """Return the panel of every pair of states in every year.

    Args:
        years, system, folder: as in :func:`state_years`.
        directed: whether each pair has two rows, one from each side; else the lower code stands first.

    Raises:
        As :func:`state_years`.

    Examples:
        >>> dyad_years(years=(2014, 2016), directed=True).frame.height
        113490
    """
    system, (first, last) = _system(system), _years(years, system=_system(system))
    return Panel("directed-dyad-year" if directed else "dyad-year", system, (first, last),
                 (*dyad_keys(system), "year"), shelf=Shelf(folder),
                 _rows=cache(lambda: dyad_rows(_axes(system, first, last), directed=directed)))


def power_years(*, states: Sequence[str] | None = None, powers: Sequence[str] = DEFAULT_POWERS,
                years: Years = (1991, 2016), system: System = "iso", folder: Path | str | None = None) -> Panel:
    """Return the panel of states with each of several powers in every year.

    In the columns' names 1 is the state and 2 the power. Where ``EUU`` is a power, its members' values are put together
    as the variable says (a sum, the least, the greatest, the mean, or whether any has it), and are null if it says
    nothing or a member's value is missing.

    Args:
        states: codes or names; all states by default.
        powers: codes or names; ``EUU`` is the European Union with the members of each year.
        years, system, folder: as in :func:`state_years`.

    Raises:
        NotAPower: the powers cannot be used together; UnknownState: there is no such state; and as :func:`state_years`.

    Examples:
        >>> power_years(states=["KAZ"], years=2016).frame["power"].to_list()
        ['RUS', 'CHN', 'USA', 'EUU', 'JPN']
    """
    system, (first, last) = _system(system), _years(years, system=_system(system))
    named, found = _states(states), resolve_powers(_list(powers), focal="")
    return Panel("power-year", system, (first, last), (CODE[system], "power", "year"), shelf=Shelf(folder),
                 _rows=cache(lambda: power_rows(_axes(system, first, last), states=named, powers=found)))


def triads(*, states: Sequence[str] | None = None, powers: Sequence[str] = DEFAULT_POWERS, years: Years = (1991, 2016),
           system: System = "iso", folder: Path | str | None = None) -> Panel:
    """Return the panel of states with each pair of powers in every year.

    A quantity of dyads has ``_sa``, ``_sb`` and ``_ab`` after its name: of the state with the first power, with the
    second, and of the two powers; a quantity of states has ``_s``, ``_a`` and ``_b``. Powers and arguments are those of
    :func:`power_years`.

    Examples:
        >>> triads(states=["KAZ"], years=2016).frame.height
        10
    """
    system, (first, last) = _system(system), _years(years, system=_system(system))
    named, found = _states(states), resolve_powers(_list(powers), focal="")
    return Panel("triad-year", system, (first, last), (CODE[system], "power_a", "power_b", "year"), shelf=Shelf(folder),
                 _rows=cache(lambda: triad_rows(_axes(system, first, last), states=named, powers=found)))


def _axes(system: System, first: int, last: int) -> Axes:
    return axes(system=system, first=first, last=last)


def _states(states: Sequence[str] | None) -> list[str] | None:
    if states is not None and not len(states):
        raise UsageError("states names no state.", hint="Leave it out for all states.")
    return None if states is None else [codes.resolve(str(s)) for s in _list(states)]


def _list(named: Sequence[str]) -> Sequence[str]:
    """The names; one text may hold several with commas between them, as on the command line."""
    return [n.strip() for n in named.split(",")] if isinstance(named, str) else named


def _system(system: Any) -> System:
    found: dict[str, System] = {"cow": "cow", "gw": "gw", "iso": "iso"}
    if system not in found:
        raise UsageError(f"no system of codes is called {system!r}.",
                         hint="Use cow (Correlates of War), gw (Gleditsch and Ward) or iso.")
    return found[system]


def _years(years: Years, *, system: System) -> tuple[int, int]:
    first, last = _pair(years, system=system)
    if first > last:
        raise BadYears(f"the years {first} to {last} are reversed.", hint=f"Try {last}:{first}.")
    if first < FIRST_YEAR or last > 2100:
        asked = f"the year {first} is" if first == last else f"the years {first} to {last} are"
        raise BadYears(f"{asked} out of the lists of states.",
                       hint=f"They begin in {FIRST_YEAR}; panels end in 2100 at the latest.")
    return first, last


def _pair(years: Years, *, system: System) -> tuple[int, int]:
    if years is None:
        return FIRST_YEAR, LAST_YEAR[system]
    return read_span(years)
