"""Organisations, treaties and forums: who took part in what, as what, and when, with the source of every date.

``data/organisations.csv`` holds the spells, ``data/organisation_names.csv`` the bodies. A spell includes its first and
its last day. ``verified`` is false where a date, or a part of it, rests on memory and not on a source that was read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache

import polars as pl

from equipoise import data
from equipoise.assemble import codes
from equipoise.assemble.dates import first_day, last_day, precision
from equipoise.errors import UsageError

KINDS = ("member", "associate", "participant", "signatory", "suspended", "partner", "dialogue_partner", "observer",
         "acceding", "negotiating", "applicant", "chair")
"""What a state can be in a body, from the closest tie down; ``chair`` comes on top of another tie.

``suspended`` is a member whose part in the body is stayed, by the body or by itself. The stages of entry to the World
Trade Organization are ``applicant`` from the application, ``negotiating`` from the day a working party is set up,
``acceding`` from the day the terms are approved, and ``member``."""

MUTUAL_DEFENCE = ("CSTO", "CST", "NATO")
"""Bodies whose members owe each other help against an attack."""

REGIONAL = ("CIS", "UNIONSTATE", "EURASEC", "CES", "CU2010", "EAEU", "SCO", "EU", "CAU", "CAEC", "CACO", "GUAM", "OTS",
            "ECO", "OAU", "AU", "ECOWAS", "SADC", "IGAD", "OAS", "LAS", "GCC", "ASEAN")
"""Bodies in which the states of a region bind their policy to each other's under organs of their own. Left out: world
bodies (WTO, UNSC, NPT), banks, producers' cartels, conferences open to all (OSCE, CICA, BRICS, NACC, EAPC), agreements
with one power (PFP, BRI, EU-PCA, C5+1), since sharing them says little about the depth of a tie."""

_SEAT = {"EUU": "EU"}


@cache
def spells() -> pl.DataFrame:
    """Return all spells, sorted by organisation, state and start.

    Columns: ``organisation`` (code), ``name_en``, ``name_zh``, ``function`` (``;`` between several), ``state`` (iso3),
    ``kind`` (one of :data:`KINDS`), ``start``, ``end`` (dates; a null end is open), ``precision``, ``end_precision``
    (``day``, ``month``, ``year``: a source that gives ``1994`` stands as 1994-01-01 for a start and as 1994-12-31 for
    an end), ``note``, ``source``, ``confidence`` (high, medium, low), ``verified``.

    Examples:
        >>> kaz = spells().filter(pl.col("organisation") == "WTO", pl.col("state") == "KAZ", pl.col("kind") == "member")
        >>> kaz["start"].item()
        datetime.date(2015, 11, 30)
    """
    raw = pl.read_csv(data.read("organisations.csv"), infer_schema=False)
    dated = raw.with_columns(
        precision("start").alias("precision"), precision("end").alias("end_precision"),
        first_day("start"), last_day("end"), verified=pl.col("verified") == "true",
    )
    named = dated.join(bodies(), on="organisation", how="left", maintain_order="left")
    return named.select(
        "organisation", "name_en", "name_zh", "function", "state", "kind", "start", "end", "precision",
        "end_precision", "note", "source", "confidence", "verified",
    ).sort("organisation", "state", "start", "kind")


@cache
def bodies() -> pl.DataFrame:
    """Return the bodies: ``organisation``, ``name_en``, ``name_zh``, ``function``, ``body``, ``founded``, ``centre``.

    ``body`` is organisation, treaty, agreement or forum; ``founded`` a date of day or year precision, as text.
    ``centre`` names the one other party where states are tied to it and not to each other: a state (``CHN`` in the Belt
    and Road) or a body (``EU`` in its agreements, ``NATO`` in the Partnership for Peace), which stands for its members;
    else null.

    >>> bodies().filter(pl.col("organisation") == "CSTO").row(0)[2:4]
    ('集體安全條約組織', 'security')
    """
    return pl.read_csv(data.read("organisation_names.csv"), infer_schema=False).sort("organisation")


def body_of(text: str, *, among: Sequence[tuple[str, ...]] | None = None) -> str:
    """Return the code of a body that is given by its code or name, in English or Chinese; case does not matter.

    Args:
        text: the code or name.
        among: rows of code and names to look in; by default those of :func:`bodies`.

    Raises:
        UsageError: there is none; the message offers the nearest.

    Examples:
        >>> body_of("csto"), body_of("上海合作組織"), body_of("world trade organization")
        ('CSTO', 'SCO', 'WTO')
        >>> body_of("CTSO")
        Traceback (most recent call last):
        ...
        equipoise.errors.UsageError: no organisation is called 'CTSO'. Did you mean CSTO (Collective Security Treaty ...
    """
    rows = among or bodies().select("organisation", "name_en", "name_zh").rows()
    index = {name.casefold(): row for row in reversed(rows) for name in reversed(row) if name}
    found = index.get(text.strip().casefold())
    if found is None:
        near = [index[k] for k in get_close_matches(text.strip().casefold(), index, n=6, cutoff=0.5)]
        near.sort(key=lambda row: row[0] not in bodies()["organisation"])  # those with dates first
        three = list(dict.fromkeys(f"{row[0]} ({row[1]})" for row in near))[:3]
        hint = f"Did you mean {', '.join(three)}?" if three else "`equipoise organisations list` prints them all."
        raise UsageError(f"no organisation is called {text!r}.", hint=hint)
    return found[0]


def members(organisation: str, *, on: dt.date, kinds: Sequence[str] = ("member",)) -> list[str]:
    """Return the states that are in a body on a day, sorted.

    Args:
        organisation: a code such as ``CSTO``.
        on: the day.
        kinds: the ties that count.

    Raises:
        UsageError: no body has this code, or no tie is called so.

    Examples:
        >>> members("CSTO", on=dt.date(2022, 1, 6))
        ['ARM', 'BLR', 'KAZ', 'KGZ', 'RUS', 'TJK']
    """
    if organisation not in bodies()["organisation"]:
        raise UsageError(f"{organisation!r} is not a code; {body_of(organisation)} is.", hint="Codes are in capitals.")
    check_kinds(kinds)
    here = ties_on(spells(), day=on, kinds=kinds).filter(pl.col("organisation") == organisation)
    return here["state"].unique().sort().to_list()


def ties_on(frame: pl.DataFrame, *, day: dt.date, kinds: Sequence[str] | None = None) -> pl.DataFrame:
    """Return the spells of a frame such as :func:`spells` that hold on a day, all or those of some kinds.

    >>> ties_on(spells(), day=dt.date(2012, 12, 19), kinds=["member"]).filter(organisation="CSTO", state="UZB").height
    1
    """
    here = frame.filter(pl.col("start") <= day, (pl.col("end") >= day).fill_null(value=True))
    return here if kinds is None else here.filter(pl.col("kind").is_in(list(kinds)))


def closest(ties: pl.DataFrame) -> pl.DataFrame:
    """Return one row per body and state of a frame: the closest tie by :data:`KINDS`; chairing alone does not count.

    >>> now = closest(ties_on(spells(), day=dt.date(2010, 6, 1)))
    >>> now.filter(organisation="OSCE", state="KAZ")["kind"].to_list()
    ['participant']
    """
    rank = pl.col("kind").replace_strict({kind: i for i, kind in enumerate(KINDS)}, return_dtype=pl.Int8)
    ordered = ties.filter(pl.col("kind") != "chair").sort("organisation", "state", rank)
    return ordered.unique(["organisation", "state"], keep="first", maintain_order=True)


def eu_members(year: int) -> list[str]:
    """Return the members of the European Union (before 1993-11-01, of the Communities) on 31 December, sorted.

    >>> [len(eu_members(y)) for y in (1991, 1995, 2004, 2013, 2020)]
    [12, 15, 25, 28, 27]
    """
    return list(_eu_members(year))


def portfolio(state: str) -> pl.DataFrame:
    """Return the spells of one state, sorted by start; columns as :func:`spells`.

    >>> portfolio("KAZ")["organisation"][0]
    'CIS'
    """
    codes.region(state)  # refuses an unknown code
    return spells().filter(pl.col("state") == state).sort("start", "organisation", "kind")


def tiers(power: str, *, states: Sequence[str], on: dt.date) -> pl.DataFrame:
    """Return how deep each state's institutional tie with a power is on a day.

    Tier 1: both are members of a body of :data:`MUTUAL_DEFENCE`. Tier 2: not that, but both are full members of a body
    of :data:`REGIONAL`. Tier 3: the rest, associates and observers among them. Alliances between two states are not in
    the registry, so that a treaty such as Japan's with the United States does not count here. The European Union as a
    power (``EUU``) is in the ``EU`` only.

    Args:
        power: the power, left out of the states if named there.
        states: iso3 codes.
        on: the day.

    Returns:
        ``state``, ``tier`` (1, 2, 3), ``because``: the codes that put it there, ``;`` between several; in tier 3 the
        bodies of the two lists in which the state has a lesser tie beside the power, else null. Sorted by both.

    Examples:
        >>> central_asia = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
        >>> tiers("RUS", states=central_asia, on=dt.date(2022, 1, 1)).rows()[2:]
        [('TJK', 1, 'CSTO'), ('UZB', 2, 'CIS;SCO'), ('TKM', 3, 'CIS')]
    """
    codes.region(power)
    ties = closest(ties_on(spells(), day=on)).filter(pl.col("organisation").is_in(_full(power, on=on)))
    rows = [(s, *_tier(ties.filter(pl.col("state") == s))) for s in dict.fromkeys(states) if s != power]
    return pl.DataFrame(rows, schema={"state": pl.String, "tier": pl.Int8, "because": pl.String}, orient="row").sort(
        "tier", "state")


def _tier(ties: pl.DataFrame) -> tuple[int, str | None]:
    full = ties.filter(pl.col("kind") == "member")["organisation"].to_list()
    for tier, bodies_of_tier in ((1, MUTUAL_DEFENCE), (2, REGIONAL)):
        if because := [o for o in bodies_of_tier if o in full]:
            return tier, ";".join(because)
    return 3, ";".join(ties["organisation"].unique().sort()) or None


def _full(power: str, *, on: dt.date) -> list[str]:
    """The bodies that a tier can rest on, in which the power itself is a full member."""
    if power in _SEAT:
        return [_SEAT[power]]
    own = ties_on(spells(), day=on, kinds=["member"]).filter(pl.col("state") == power)["organisation"].to_list()
    return [o for o in MUTUAL_DEFENCE + REGIONAL if o in own]


@cache
def _eu_members(year: int) -> tuple[str, ...]:
    """Kept, since every figure of the Union asks for each year again."""
    return tuple(members("EU", on=dt.date(year, 12, 31)))


def check_kinds(kinds: Sequence[str]) -> None:
    """Raise UsageError for a tie that is none of :data:`KINDS`.

    >>> check_kinds(["friend"])
    Traceback (most recent call last):
    ...
    equipoise.errors.UsageError: no tie is called 'friend'. Use member, associate, participant, ...
    """
    wrong = [k for k in kinds if k not in KINDS]
    if wrong:
        raise UsageError(f"no tie is called {wrong[0]!r}.", hint=f"Use {', '.join(KINDS)}.")
