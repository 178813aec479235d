"""The order in which channels opened between a state and each power: dated facts, and the first ties that data show.

``data/openings.csv`` holds facts compiled for Kazakhstan; :func:`read` takes a user's own file in the same form, for
any state. :mod:`equipoise.assemble.first_ties` finds first ties in the pack. Both come as one frame.

An opening is dated by the signature of an agreement, a preliminary one included and then named so, or by the event
itself where nothing is signed. ``finance`` is loans, on whatever terms, and insurance; ``aid`` gifts and technical
assistance; ``energy`` fields, mines, their products and pipelines; ``transit`` railways, roads and ports;
``technology`` nuclear, space and materials.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from equipoise import data
from equipoise.assemble import codes
from equipoise.assemble.dates import first_day, precision
from equipoise.assemble.panel.own_file import read_own
from equipoise.assemble.powers import AGGREGATES
from equipoise.errors import BadSourceFile, UnknownState

OPENING_CHANNELS = (
    "diplomacy",
    "security",
    "trade",
    "energy",
    "finance",
    "aid",
    "technology",
    "transit",
    "institutions",
)
"""What can open. They are more than the channels of engagement, since a date can be had where a share cannot."""

SCHEMA = pl.Schema(
    {
        "state": pl.String,
        "power": pl.String,
        "channel": pl.String,
        "date": pl.Date,
        "precision": pl.String,
        "at_latest": pl.Boolean,
        "what_en": pl.String,
        "what_zh": pl.String,
        "kind": pl.String,
        "source": pl.String,
        "verified": pl.Boolean,
    }
)
"""Columns of openings. ``precision`` is day, month or year, of which ``date`` is the first day; ``kind`` is ``fact`` or
``measured``; ``source`` a text, or the id of a source of the pack; ``verified`` is false where a date, or a part of it,
rests on memory; ``at_latest`` is true where the tie was there when the data begin, so that it opened then or before."""

_NEEDED = ("state", "power", "channel", "date", "what_en", "source")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_MEMORY = "general knowledge"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a document says on the order of openings.

    Args:
        name: its key in the catalogue of messages.
        state, power: whom it is about.
        channels: the channels said to come first, or of which the claim speaks.
        before: the channels said to come later; empty if the claim is of another kind.
        not_before: the year before which it says that none of the channels opened.
        after: the powers said to have come earlier through the same channels.
    """

    name: str
    state: str
    power: str
    channels: tuple[str, ...]
    before: tuple[str, ...] = ()
    not_before: int | None = None
    after: tuple[str, ...] = ()


_ECONOMY = ("trade", "energy")
_POLITICS = ("diplomacy", "security", "institutions")

CLAIMS = (
    Claim("usa_security", "KAZ", "USA", ("security",), before=_ECONOMY),
    Claim("eu_economy", "KAZ", "EUU", _ECONOMY, before=_POLITICS),
    Claim("eu_trade", "KAZ", "EUU", ("trade",), before=_POLITICS),
    Claim(
        "japan_technology",
        "KAZ",
        "JPN",
        ("energy", "technology"),
        before=("trade", "finance", "transit", "security", "institutions"),
    ),
    Claim("japan_2006", "KAZ", "JPN", (*_ECONOMY, "technology"), not_before=2006),
    Claim("china_last", "KAZ", "CHN", (*_ECONOMY, "finance", "transit"), after=("RUS", "USA", "EUU", "JPN")),
    Claim("china_oil_loans", "KAZ", "CHN", ("energy", "finance"), after=("RUS", "USA", "EUU", "JPN")),
    Claim("china_loans", "KAZ", "CHN", ("finance",), before=("trade", "energy", "transit")),
    Claim(
        "china_channels",
        "KAZ",
        "CHN",
        ("finance", "energy", "transit"),
        before=("trade", "security", "technology", "institutions"),
    ),
)
"""The order as Lin's second section tells it, each in the form in which dates can bear on it. On Russia it tells
none: those ties were inherited."""


@cache
def curated() -> pl.DataFrame:
    """Return the dated facts that come with the package, columns as :data:`SCHEMA`, sorted by state, power and date.

    >>> facts = curated().filter(pl.col("power") == "JPN", pl.col("channel") == "technology")
    >>> facts.select("date", "what_en").row(0)
    (datetime.date(2006, 8, 28), 'Memorandum on the peaceful use of nuclear energy')
    """
    return _finished(pl.read_csv(data.read("openings.csv"), infer_schema=False))


def read(path: Path | str) -> pl.DataFrame:
    """Return a user's own dated facts, in the form of ``data/openings.csv``; columns as :data:`SCHEMA`.

    The file needs the columns ``state``, ``power``, ``channel``, ``date`` (a day, ``1994-02``, or ``1994``),
    ``what_en`` and ``source``. ``what_zh`` is ``what_en`` where it is left out, ``verified`` true, unless the source is
    "general knowledge". States and powers may be codes or names.

    Raises:
        UsageError: the file's suffix is not one that can be read.
        BadSourceFile: no such file; a column is missing; or a row has an unknown state, power or channel, an impossible
            date, no text or no source. The message names the row, the first below the header being 1.

    Examples:
        >>> import tempfile
        >>> from equipoise import store
        >>> text = "state,power,channel,date,what_en,source\\nMNG,Japan,energy,1997,First loan,a newspaper\\n"
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     read(store.atomic_write(Path(folder) / "own.csv", content=text)).row(0)[:5]
        ('MNG', 'JPN', 'energy', datetime.date(1997, 1, 1), 'year')
    """
    frame, _ = read_own(path)
    name = Path(path).name
    if missing := [c for c in _NEEDED if c not in frame.columns]:
        raise BadSourceFile(f"{name} lacks the column {missing[0]}.", hint=f"It needs {', '.join(_NEEDED)}.")
    rows = frame.with_columns(pl.all().cast(pl.String).str.strip_chars().replace("", None)).to_dicts()
    done = [_checked(row, where=f"row {i} of {name}") for i, row in enumerate(rows, start=1)]
    return _finished(pl.DataFrame(done, schema=dict.fromkeys(done[0], pl.String)))


def facts(state: str, *, powers: Sequence[str], own: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the dated facts of a state with these powers, its own file's beside those of the package.

    >>> facts("KAZ", powers=["USA"])["channel"][0], facts("MNG", powers=["USA"]).height
    ('diplomacy', 0)
    """
    known = curated() if own is None else pl.concat([curated(), own])
    return known.filter(pl.col("state") == state, pl.col("power").is_in(list(powers))).sort("power", "date")


def _finished(raw: pl.DataFrame) -> pl.DataFrame:
    dated = raw.with_columns(
        precision("date").alias("precision"),
        first_day("date"),
        at_latest=pl.lit(value=False),
        kind=pl.lit("fact"),
        verified=pl.col("verified") == "true",
    )
    return dated.select(SCHEMA.names()).sort("state", "power", "date", "channel")


def _checked(row: dict[str, str | None], *, where: str) -> dict[str, str]:
    """One row of a user's file with codes in place of names, every cell filled."""
    for column in _NEEDED:
        if row[column] is None:
            raise BadSourceFile(f"{where} has no {column}.", hint=f"Fill {', '.join(_NEEDED)} in every row.")
    told = {column: str(row[column]) for column in _NEEDED}
    state, power = _state(told["state"], where=where), _power(told["power"], where=where)
    if state == power:
        raise BadSourceFile(f"{where} has {state} as the state and as the power.", hint="They must be two.")
    if told["channel"] not in OPENING_CHANNELS:
        raise BadSourceFile(
            f"{where} has the channel {told['channel']!r}, which is not known.",
            hint=f"Use {', '.join(OPENING_CHANNELS)}.",
        )
    _check_date(told["date"], where=where)
    given = row.get("verified") or ("false" if _MEMORY in told["source"] else "true")
    if given.lower() not in ("true", "false"):
        raise BadSourceFile(f"{where} has {given!r} under verified.", hint="Write true or false.")
    return {
        **told,
        "state": state,
        "power": power,
        "what_zh": row.get("what_zh") or told["what_en"],
        "verified": given.lower(),
    }


def _state(text: str, *, where: str) -> str:
    try:
        return codes.resolve(text)
    except UnknownState as err:
        raise BadSourceFile(f"{where}: {err.what}", hint=err.hint) from err


def _power(text: str, *, where: str) -> str:
    if text.upper() in (*AGGREGATES, "EU"):
        return "EUU"
    try:
        return codes.resolve(text)
    except UnknownState as err:
        raise BadSourceFile(
            f"{where} has {text!r} as the power, which is neither a state nor EUU.", hint=err.hint
        ) from err


def _check_date(text: str, *, where: str) -> None:
    hint = "Write a day as 1994-02-14, a month as 1994-02, a year as 1994."
    if not _DATE.fullmatch(text):
        raise BadSourceFile(f"{where} has {text!r} as the date.", hint=hint)
    try:
        dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError as err:
        raise BadSourceFile(f"{where} has the date {text}, which the calendar does not know.", hint=hint) from err
