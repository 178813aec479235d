"""Sanctions of the Global Sanctions Data Base: its names and codes turned into those used here."""

from __future__ import annotations

from functools import cache

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.held import in_year
from equipoise.errors import DataError, UnknownState

BODIES = (
    "UN",
    "United Nations",
    "League of Arab States",
    "Arab League",
    "African Union",
    "Organization of African Unity",
    "ECOWAS",
    "Commonwealth",
    "OAS",
    "OPEC",
    "NATO",
    "OSCE",
)
"""Senders that are neither a state nor the European Union."""

# Names as this data base writes them and no other source does.
_NAMES = {
    "Congo, Democratic Republic of the": "COD",
    "Congo, Republic of the": "COG",
    "EEC": "EUU",
    "EC": "EUU",
    "EU": "EUU",
    "European Community": "EUU",
    "Southern Rhodesia": "ZWE",
    "Vietnam, North": "VNM",
    "Vietnam, South": "VDR",
}


def resolve(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the codes of senders and targets.

    Args:
        frame: as :func:`equipoise.acquire.gsdb.read` returns it.

    Returns:
        The frame with ``iso3_sender`` and ``iso3_target``: the code of the state that held the named one's place on 31
        December of the year, ``EUU`` for the European Union, and null for one of :data:`BODIES` and for a name without
        a code in a release that has codes (groups, not states).

    Raises:
        DataError: a name that is none of these; the message has up to three of them, the hint the nearest states.

    Examples:
        >>> blank = {"sender_code": [None], "target_code": [None]}
        >>> frame = pl.DataFrame({"sender": ["EU"], "target": ["Russia"], **blank, "year": [2014]},
        ...                      schema_overrides={"sender_code": pl.String, "target_code": pl.String})
        >>> resolve(frame).select("iso3_sender", "iso3_target").row(0)
        ('EUU', 'RUS')
    """
    unknown: dict[str, str] = {}
    for side in ("sender", "target"):
        frame = _with_codes(frame, side=side, unknown=unknown)
    if unknown:
        raise _unknown(unknown)
    return frame


def _with_codes(frame: pl.DataFrame, *, side: str, unknown: dict[str, str]) -> pl.DataFrame:
    """Add one side's codes; names that cannot be resolved are put into ``unknown`` with their hints."""
    # A release that leaves a code empty says that the name is no state's; one without codes says nothing.
    coded = frame[f"{side}_code"].is_not_null().any()
    keys = frame.select(side, f"{side}_code", "year").unique()
    found: list[str | None] = []
    for name, code, year in keys.iter_rows():
        try:
            found.append(None if name in BODIES else in_year(_iso3(name, code), year))
        except UnknownState as error:
            found.append(None)
            if code or not coded:
                unknown[str(name)] = error.hint or ""
    table = keys.with_columns(pl.Series(f"iso3_{side}", found, dtype=pl.String))
    return frame.join(table, on=keys.columns, how="left", nulls_equal=True, maintain_order="left")


@cache
def _iso3(name: str | None, code: str | None) -> str:
    """The code of a name, or, where it is not known, of the code beside it."""
    text = name or ""
    try:
        return codes.resolve(_NAMES.get(text, text), unions=True)
    except UnknownState:
        if not code:
            raise
        return codes.resolve(_NAMES.get(code, code), unions=True)


def _unknown(names: dict[str, str]) -> DataError:
    first = sorted(names)[:3]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    listed = ", ".join(repr(n) for n in first)
    return DataError(f"no state is called {listed}{more}.", hint="; ".join(f"{n}: {names[n]}" for n in first))
