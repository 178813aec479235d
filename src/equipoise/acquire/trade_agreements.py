"""Trade agreements between pairs of states: who is bound to whom by which, since when and until when.

Source: Dür, Baccini and Elsig 2014, "The Design of International Trade Agreements: Introducing a New Dataset", DESTA,
list of treaties to 2020.

**Entries.** The file has one row an entry: a treaty, a later change of it, or a change of its members. They are joined
to agreements, and to pairs, by these rules:

- A protocol or amendment belongs to the treaty that it amends, also over several steps. It adds the pairs that were
  not bound before and no others. Consolidated texts repeat it and negotiations were not concluded: both are left out.
- An agreement of one state or group with another (European Community and Algeria) binds pairs across its two sides.
  Pairs within a side are bound by that group's own treaty, which is in the list as well.
- All other treaties bind all pairs of their members.
- An accession binds each new member to those listed with it: to all old members where it joins the treaty, to the other
  side where it joined a group that had the treaty.
- A withdrawal ends the pairs of those who leave, with the others and with each other. A later accession begins anew.

**Limits.** A treaty that replaces an earlier one does not end it here: the file has no such entry, so the European
Community of 1957 still binds the United Kingdom after its withdrawal of 2020, which is recorded for the Lisbon Treaty
only. Most accessions (159 of 199) have no year of entry into force. States have today's codes throughout: ``RUS``
stands for the Soviet Union in 1960, ``SRB`` for Yugoslavia, ``CZE`` for Czechoslovakia.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import polars as pl

from equipoise import data
from equipoise.acquire import tables
from equipoise.acquire.correction import Correction
from equipoise.errors import BadSourceFile

SOURCE = "trade_agreements"
FILES = ("desta/DESTA.csv",)

CORRECTIONS = (
    Correction(
        SOURCE,
        "Entry 330+3 belongs to agreement 330 (EC Mexico), not to 331.",
        "Its number and name say so; 331 is the agreement of the EC and Montenegro.",
    ),
    Correction(
        SOURCE,
        "The year of entry into force is null for 243+2, 243+4, 419 and 1011.",
        "It lies before the signature of the entry: those years are of an earlier text.",
    ),
)

NOT_STATES = {
    86: "British Indian Ocean Territory",
    239: "South Georgia",
    260: "French Southern Territories",
    612: "Pitcairn",
}
"""Territories without a code in the crosswalk, all in the EC's rules of 1970 for overseas territories; left out."""

_OWN_CODES = {900: "XKX"}  # ISO has no number for Kosovo
_BASE, _PROTOCOL, _ACCESSION, _WITHDRAWAL = "base_treaty", "protocol or amendment", "accession", "withdrawal"
_ORDER = (_BASE, _PROTOCOL, _ACCESSION, _WITHDRAWAL)
"""Entries that make or end pairs, in the order in which those of one year take effect."""
_LEFT_OUT = ("consolidated", "negotiation")
_TWO_SIDED = (3, 4, 6)  # a group and a state, two groups, a state that joined a group with a treaty
_MOVING = 1  # the mark of those who join or leave
_MEMBERS = range(1, 92)
_COLUMNS = (
    "number",
    "base_treaty",
    "name",
    "entry_type",
    "year",
    "entryforceyear",
    "typememb",
    *(f"{mark}{i}" for mark in ("c", "mc") for i in _MEMBERS),
)


@dataclass(frozen=True, slots=True)
class _Entry:
    number: str
    agreement: int
    name: str
    kind: str
    year: int
    in_force: int | None
    pairs: frozenset[tuple[str, str]]


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the agreements.

    Returns:
        One row an agreement and pair (two where a state left and joined again): ``iso3_a`` < ``iso3_b``, ``agreement``
        (the number of its base treaty), ``name`` (the base treaty's), ``sign_year`` and ``in_force_year`` (of the entry
        that bound the pair; null where not in force by 2020 or not recorded), ``end_year`` (the year of a withdrawal,
        the last in which the pair was bound; null otherwise) and ``entry_type``: ``base_treaty``,
        ``protocol or amendment`` or ``accession``. The module's rules say which pairs an entry binds;
        :data:`CORRECTIONS` what is changed here.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_csv(content, name=FILES[0], separator=";", null_values=("NA",), source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published entries into the pairs that :func:`parse` returns."""
    tables.require_columns(frame, _COLUMNS, name=FILES[0], source=SOURCE)
    published = list(frame.iter_rows(named=True))
    odd = sorted({r["entry_type"] for r in published} - {*_ORDER, *_LEFT_OUT})
    if odd:
        raise _bad(f"{FILES[0]} has entries of the type {odd[0]!r}; known are {', '.join((*_ORDER, *_LEFT_OUT))}.")
    # A protocol's own number can be what other entries belong to; it leads to the treaty that the protocol amends.
    amends = {int(r["number"]): r["base_treaty"] for r in published if r["entry_type"] == _PROTOCOL}
    entries = [_entry(r, amends=amends) for r in published if r["entry_type"] in _ORDER]
    schema = {
        "iso3_a": pl.String,
        "iso3_b": pl.String,
        "agreement": pl.Int32,
        "name": pl.String,
        "sign_year": pl.Int32,
        "in_force_year": pl.Int32,
        "end_year": pl.Int32,
        "entry_type": pl.String,
    }
    rows = [row for _, group in sorted(_by_agreement(entries).items()) for row in _bound(group)]
    return pl.DataFrame(rows, schema=schema, orient="row").sort("iso3_a", "iso3_b", "sign_year", "agreement")


def _by_agreement(entries: Iterable[_Entry]) -> dict[int, list[_Entry]]:
    groups: dict[int, list[_Entry]] = {}
    for entry in sorted(entries, key=lambda e: (e.year, _ORDER.index(e.kind))):
        groups.setdefault(entry.agreement, []).append(entry)
    return groups


def _bound(entries: list[_Entry]) -> list[list[Any]]:
    """The pairs that one agreement's entries, in order of time, bind and release."""
    name = next((e.name for e in entries if e.kind == _BASE), entries[0].name)
    bound: dict[tuple[str, str], list[Any]] = {}
    rows = []
    for entry in entries:
        for pair in sorted(entry.pairs):
            if entry.kind == _WITHDRAWAL:
                if pair in bound:
                    bound.pop(pair)[6] = entry.year
            elif pair not in bound:
                bound[pair] = [*pair, entry.agreement, name, entry.year, entry.in_force, None, entry.kind]
                rows.append(bound[pair])
    return rows


def _entry(row: Mapping[str, Any], *, amends: Mapping[int, int]) -> _Entry:
    number, year, in_force = str(row["number"]), row["year"], row["entryforceyear"]
    if year is None:
        raise _bad(f"{FILES[0]} has no year for entry {number}.")
    # The number of an accession or withdrawal (17+2, 22_1) starts with that of its treaty, and is right in 330+3.
    own = row["entry_type"] in (_ACCESSION, _WITHDRAWAL)
    treaty = int(number.replace("_", "+").partition("+")[0]) if own else row["base_treaty"]
    return _Entry(
        number=number,
        agreement=_root(treaty, amends=amends),
        name=row["name"],
        kind=row["entry_type"],
        year=year,
        in_force=in_force if in_force is not None and in_force >= year else None,
        pairs=frozenset(_pairs(row)),
    )


def _root(treaty: int, *, amends: Mapping[int, int]) -> int:
    seen = set()
    while treaty in amends:
        if treaty in seen:
            raise _bad(f"{FILES[0]} has protocols that amend each other in a circle, {treaty} among them.")
        seen.add(treaty)
        treaty = amends[treaty]
    return treaty


def _pairs(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The pairs of one entry, each in alphabetical order."""
    marks = [row[f"mc{i}"] for i in _MEMBERS if row[f"c{i}"] is not None and row[f"mc{i}"] is not None]
    # Three members have no mark. Each is one of a group, whose mark is the higher of the two.
    unmarked = max(marks, default=0)
    sides = {
        _iso3(row[f"c{i}"]): unmarked if row[f"mc{i}"] is None else row[f"mc{i}"]
        for i in _MEMBERS
        if row[f"c{i}"] is not None
    }
    sides.pop("", None)
    changes = row["entry_type"] in (_ACCESSION, _WITHDRAWAL) and _MOVING in sides.values()
    across = row["typememb"] in _TWO_SIDED and len(set(sides.values())) > 1
    for a, b in combinations(sorted(sides), 2):
        if changes:
            if _MOVING in (sides[a], sides[b]):
                yield a, b
        elif not across or sides[a] != sides[b]:
            yield a, b


def _iso3(code: int) -> str:
    """The iso3 code of a country's number; empty for what is no state."""
    found = _numbers().get(code)
    if found is None:
        raise _bad(f"{FILES[0]} has the country code {code}, which is not in the list of states.")
    return found


@cache
def _numbers() -> dict[int, str]:
    states = pl.read_csv(data.read("states.csv"), infer_schema=False).drop_nulls("iso_numeric")
    numbers = {int(number): iso3 for number, iso3 in states.select("iso_numeric", "iso3").iter_rows()}
    return numbers | _OWN_CODES | dict.fromkeys(NOT_STATES, "")


def _bad(what: str) -> BadSourceFile:
    return BadSourceFile(what, hint=f"Try `equipoise data pull {SOURCE}`.")
