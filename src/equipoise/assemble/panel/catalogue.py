"""The additions by name."""

from __future__ import annotations

import importlib
import re
from difflib import get_close_matches
from functools import cache

import polars as pl

from equipoise.acquire.registry import sources as registry
from equipoise.assemble.panel.forms import Add, Variable
from equipoise.errors import UsageError

FAMILIES = ("power", "geography", "ties", "conflict", "domestic", "economy", "diplomacy")
"""The modules in ``adds``; each has a tuple ``ADDS``."""

_DISPUTES, _DEMOCRACY = ("cow_disputes", "gml_disputes"), ("regime", "polity", "democracy_scores")
_SEVERAL = {"mids": _DISPUTES, "mid": _DISPUTES, "disputes": _DISPUTES, "democracy": _DEMOCRACY}
"""Words that could mean any of several additions."""


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
    if not isinstance(name, str):
        raise UsageError(f"an addition is named by its text, and this is {name!r}.",
                         hint='Name them one after the other: add("majors", "capabilities").')
    if name in known:
        return known[name]
    raise UsageError(f"there is no addition {name!r}.", hint=_nearest(name))


def _nearest(name: str) -> str:
    """What a user may have meant: additions of that other name or of a near one, else all there are."""
    key = name.strip().lower().replace("-", "_").removeprefix("add_")
    if any(word in key for word in ("sanction", "gsdb")):
        return "Sanctions come from your own copy of the data base: add_sanctions(file), or --sanctions FILE."
    if re.search(r"[\s;]", key):
        return "Put commas between the names on the command line; in Python each is a text of its own."
    known = catalogue()
    also: dict[str, list[str]] = {word: list(names) for word, names in _SEVERAL.items()}
    for add in known.values():
        for other in (add.name, *add.also):
            if other not in _SEVERAL:
                also.setdefault(other, []).append(add.name)
    words = [key] if key in also else get_close_matches(key, also, n=6, cutoff=0.6)
    near = list(dict.fromkeys(n for word in words for n in also[word]))[:3]
    return f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(known)}."


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
