"""Powers: which states make one up in a year, and whether a set of powers can be used."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.organisations import eu_members
from equipoise.errors import NotAPower, UnknownState
from equipoise.schema import MOST_POWERS

AGGREGATES = ("EUU",)
"""Powers that are several states: the European Union, with the members it had on 31 December."""


def members(powers: Sequence[str], *, years: Sequence[int]) -> pl.DataFrame:
    """Return year, power, state: the states that make up each power in each year.

    >>> members(["RUS", "EUU"], years=[1994]).group_by("power", maintain_order=True).len().rows()
    [('RUS', 1), ('EUU', 12)]
    """
    rows = [(y, p, s) for y in years for p in powers for s in (eu_members(y) if p in AGGREGATES else (p,))]
    return pl.DataFrame(rows, schema={"year": pl.Int16, "power": pl.String, "state": pl.String}, orient="row")


def resolve_powers(powers: Sequence[str], *, focal: str) -> tuple[str, ...]:
    """Return the powers' codes; raise NotAPower for a set that cannot be used with this focal state.

    >>> resolve_powers(["Russia", "chn"], focal="KAZ")
    ('RUS', 'CHN')
    """
    found = tuple(_one(p) for p in powers)
    for power in found:
        if power == focal:
            raise NotAPower(
                f"{focal} is the state itself, so it cannot be one of the powers.", hint="Leave it out of --powers."
            )
        if found.count(power) > 1:
            raise NotAPower(f"{power} is named twice among the powers.", hint="Name each power once.")
    if len(found) < 2:
        raise NotAPower("a state between powers needs at least two of them.", hint="For example --powers RUS,CHN,USA.")
    if len(found) > MOST_POWERS:
        raise NotAPower(f"{len(found)} powers are too many.", hint=f"Name {MOST_POWERS} at most.")
    if "EUU" in found and (double := sorted(set(found) & _ever_in_eu())):
        raise NotAPower(
            f"{double[0]} is or was a member of the EU, so it cannot be a power beside EUU.",
            hint="Name either EUU or its members.",
        )
    return found


def _one(power: str) -> str:
    text = power.strip()
    if text.upper() in (*AGGREGATES, "EU"):
        return "EUU"
    try:
        code = codes.resolve(text)
    except UnknownState as err:
        raise NotAPower(
            f"{text!r} is not a power.", hint=f"A power is a state, or EUU for the EU. {err.hint or ''}"
        ) from err
    if code not in codes.in_system(year=2016):
        raise NotAPower(
            f"{code} is not a power: it is not in the state system today.",
            hint="A power is a state of the present system, or EUU for the EU.",
        )
    return code


def _ever_in_eu() -> set[str]:
    return {s for y in range(1991, 2026) for s in eu_members(y)}
