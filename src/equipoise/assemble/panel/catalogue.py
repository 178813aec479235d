"""The additions by name."""

from __future__ import annotations

import importlib
from difflib import get_close_matches
from functools import cache

import polars as pl

from equipoise.acquire.registry import sources as registry
from equipoise.assemble.panel.forms import Add, Variable
from equipoise.errors import UsageError

FAMILIES = ("power", "geography", "ties", "conflict", "domestic", "economy", "diplomacy")
"""The modules in ``adds``; each has a tuple ``ADDS``."""


@cache
def catalogue() -> dict[str, Add]:
    """Return all additions by name, in the order of the families."""
    found: dict[str, Add] = {}
    for family in FAMILIES:
        module = importlib.import_module(f"equipoise.assemble.panel.adds.{family}")
        found |= {add.name: add for add in module.ADDS}
    return found


def find(name: str) -> Add:
    """Return an addition; raise UsageError that offers near names if there is none.

    >>> find("majors").title
    'Major powers'
    >>> find("nmc")
    Traceback (most recent call last):
    ...
    equipoise.errors.UsageError: there is no addition 'nmc'. Did you mean capabilities?
    """
    known = catalogue()
    if name in known:
        return known[name]
    key = name.strip().lower().replace("-", "_")
    also = {n: add.name for add in known.values() for n in (add.name, *add.also)}
    near = list(dict.fromkeys(also[n] for n in get_close_matches(key, also, n=6, cutoff=0.6)))[:3]
    if key in also:
        near = [also[key]]
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(known)}."
    raise UsageError(f"there is no addition {name!r}.", hint=hint)


def adds() -> pl.DataFrame:
    """Return every addition: ``name``, ``title``, ``panels``, ``columns``, ``years``, ``sources``, ``version``,
    ``note``.

    ``panels`` says where it fits: ``state`` (state-years), ``dyad``, or ``state, dyad``; what fits dyads fits powers
    and triads. ``columns`` are the names there, a dyad's before the numbers of its sides.

    >>> adds().filter(pl.col("name") == "majors")["years"].item()
    '1816–2016'
    """
    rows = []
    for add in catalogue().values():
        fits = ", ".join(w for w, form in (("state", add.state), ("dyad", add.dyad or add.state)) if form)
        variables: dict[str, Variable] = {v.name: v for form in (add.state, add.dyad) if form for v in form.variables}
        versions = ", ".join(registry()[s].version for s in add.sources)
        rows.append((add.name, add.title, fits, ", ".join(variables), f"{add.first_year}–{add.last_year}",
                     ", ".join(add.sources), versions, add.note))
    names = ["name", "title", "panels", "columns", "years", "sources", "version", "note"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
