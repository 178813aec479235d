"""Panels for the command line: one call from words to a panel, and what is to be printed of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.assemble.panel import Panel, dyad_years, panel_adds, power_years, state_years, triads
from equipoise.assemble.panel.shelf import Shelf, carried
from equipoise.assemble.panel.write import about, columns_table
from equipoise.errors import MissingSource

_KINDS = {"state-year": state_years, "dyad-year": dyad_years, "power-year": power_years, "triad-year": triads}


def panel(kind: str, *, add: Sequence[str] | None = None, relevant: bool = False, sanctions: Path | str | None = None,
          **given: Any) -> Panel:
    """Return the panel of a kind with what is to be added; nothing is joined yet.

    Args:
        kind: ``state-year``, ``dyad-year``, ``power-year`` or ``triad-year``.
        add: names of additions.
        relevant: whether only politically relevant dyads are kept.
        sanctions: a copy of the Global Sanctions Data Base.
        given: arguments of the kind's function; those that are None keep its defaults.

    Raises:
        As the functions and :meth:`Panel.add` do.

    Examples:
        >>> panel("dyad-year", years="2000:2010", system=None)
        Panel(dyad-year, cow, 2000–2010)
    """
    made = _KINDS[kind](**{k: v for k, v in given.items() if v is not None})
    made = made.add(*add or ())
    if sanctions is not None:
        made = made.add_sanctions(sanctions)
    return made.relevant() if relevant else made


def remarks(made: Panel) -> list[str]:
    """Return what a user would be surprised to find in the file: no rows, or additions that bring no value at all.

    Examples:
        >>> remarks(panel("state-year", years="2017", add=["majors"]))
        ['majors has no value here: its source covers 1816–2016.']
        >>> remarks(panel("dyad-year", years="2017", relevant=True))
        ['the panel has no rows.']
    """
    if made.frame.is_empty():
        return ["the panel has no rows."]
    known: dict[tuple[str, str], bool] = {}
    for row in made.coverage().iter_rows(named=True):
        step = row["added_by"], row["source_years"]
        known[step] = known.get(step, False) or row["first_year"] is not None
    return [f"{name} has no value here: its source covers {years}." for (name, years), any_ in known.items()
            if not any_]


def described(made: Panel, *, file: Path | None = None, cite: bool = False) -> dict[str, Any]:
    """Return a panel's description as plain Python.

    Returns:
        ``kind``, ``system``, ``years``, ``keys``, ``rows``, ``sources`` and ``equipoise`` as in the metadata of its
        files, ``columns`` as a list of rows of its description and coverage, ``file`` where it was written, and
        ``citations`` (BibTeX) if asked for.
    """
    out = about(made) | {"columns": columns_table(made).to_dicts()}
    if file:
        out["file"] = str(file)
    if cite:
        out["citations"] = made.citations()
    return out


def additions(folder: Path | str | None = None) -> pl.DataFrame:
    """Return every addition as :func:`equipoise.panel_adds` does, with ``here``: whether its sources are.

    ``here`` is ``in the package``, ``downloaded``, or the command that gets what is missing.
    """
    frame, shelf = panel_adds(), Shelf(folder)
    here = [_here(shelf, sources=s.split(", ") if s else []) for s in frame["sources"].to_list()]
    return frame.insert_column(frame.get_column_index("note"), pl.Series("here", here, dtype=pl.String))


def _here(shelf: Shelf, *, sources: Sequence[str]) -> str:
    missing = []
    for source in sources:
        try:
            shelf.require(source)
        except MissingSource:
            missing.append(source)
    if missing:
        return f"equipoise data pull {' '.join(missing)}"
    return "in the package" if all(map(carried, sources)) else "downloaded"
