"""States: one code each over two hundred years, and the way to it from names and from the COW and GW lists.

A state is known by its ISO 3166-1 alpha-3 code. Withdrawn ISO codes stand for states that are gone (``SUN``, ``YUG``,
``SCG``, ``CSK``, ``DDR``, ``YMD``), own codes for those ISO never had (``VDR`` South Vietnam, ``ZAN`` Zanzibar,
``AUH`` Austria-Hungary and others, named in ``data/states.csv``); Kosovo is ``XKX``. ``EUU`` is the European Union.

``data/states.csv`` has one row per spell of a state: its codes in the Correlates of War list (``cow``, State System
Membership v2016) and in the Gleditsch and Ward list (``gw``, 1999, as of 2017), and the days between which each list
counts it. Where one list breaks a spell and the other does not, the longer spell stands in the first of the rows. Both
lists are taken to run on unchanged after their last day.

**Years.** Both lists keep one code while the state behind it changes: 365 is Russia, the Soviet Union and Russia again,
345 Serbia, Yugoslavia, Serbia and Montenegro, and Serbia. A year of such a code belongs to the state that holds it on
31 December: 365 in 1991 is ``RUS``, 345 in 1992 is ``SCG`` and in 2006 ``SRB``. The lists' own annual figures agree:
COW counts 148 million people under 365 in 1991 and 10 million under 345 in 1992. A code with one state only maps in
every year, also where data run outside the spell, as Belarus does, which voted in the United Nations from 1946.

The other way about, two codes may name one state: 260 and 255 are both ``DEU``, 678 and 679 both ``YEM``. COW counts
both in 1990, so that year is there twice; the later code holds on 31 December.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from difflib import get_close_matches
from functools import cache
from typing import Literal

import polars as pl

from equipoise import data
from equipoise.errors import UnknownState, UsageError

System = Literal["cow", "gw"]

_FIRST, _LAST = 1800, 2100
_DATES = ("cow_start", "cow_end", "gw_start", "gw_end")


@cache
def states() -> pl.DataFrame:
    """Return the crosswalk: a row per state and spell, sorted by ``iso3`` and start.

    Columns: ``iso3``, ``iso2``, ``iso_numeric`` (three digits), ``cow``, ``gw``, ``name_en``, ``name_zh`` (Traditional
    Chinese, Taiwan usage, after the Unicode CLDR), ``kind`` (state, dependency, union), ``region`` (UN M49, in words),
    ``cow_start``, ``cow_end``, ``gw_start``, ``gw_end`` (dates; an open end is null), ``successor_of``, ``note``.

    Examples:
        >>> states().filter(pl.col("iso3") == "SUN").select("cow", "cow_start", "cow_end").row(0)
        (365, datetime.date(1922, 12, 30), datetime.date(1991, 12, 25))
    """
    raw = pl.read_csv(data.read("states.csv"), infer_schema=False)
    return raw.with_columns(pl.col("cow", "gw").cast(pl.Int64), pl.col(_DATES).str.to_date("%Y-%m-%d"))


def resolve(text: str, *, on: dt.date | None = None, unions: bool = False) -> str:
    """Return the iso3 code of a state named in any way.

    Accepts alpha-3 and alpha-2 codes, abbreviations of the COW and GW lists, and names in English or Chinese as
    sources write them; case, accents, blanks and punctuation do not matter. Where an abbreviation of COW is the alpha-3
    code of another state (``AUS``, ``SWZ``, ``MNG``, ``MAC``, ``SLV``, ``CZE``), ISO goes first.

    Args:
        text: a code or a name.
        on: a day; the state that then held the place of the one named is returned: ``RUS`` in 1980 is ``SUN``.
        unions: whether ``EUU`` may be named too.

    Raises:
        UnknownState: no state has this name or code; the message offers the three nearest.

    Examples:
        >>> resolve("Türkiye"), resolve("哈薩克"), resolve("kzk"), resolve("BosniaandHerzegovina")
        ('TUR', 'KAZ', 'KAZ', 'BIH')
        >>> resolve("Russia", on=dt.date(1980, 1, 1))
        'SUN'
        >>> resolve("Kazakstan")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        equipoise.errors.UnknownState: no state is called 'Kazakstan'. Did you mean KAZ (Kazakhstan), ...
    """
    iso3 = _index().get(_key(text))
    if iso3 is None:
        raise UnknownState(f"no state is called {text!r}.", hint=_suggest(_key(text)))
    if _first(iso3)["kind"] == "union" and not unions:
        raise UnknownState(f"{name(iso3, lang='en')} is not a state.", hint=f"It can be a power: {iso3}.")
    return _held_by(iso3, on=on) if on else iso3


def from_cow(frame: pl.DataFrame, *, column: str, year: str, into: str) -> pl.DataFrame:
    """Add the iso3 code that a COW code has in a year; rows and their order stay.

    Args:
        frame: any table.
        column: its column of COW codes.
        year: its column of years.
        into: the name of the new column. Codes that the list does not know, and nulls, are null there.

    Examples:
        >>> frame = pl.DataFrame({"cow": [365, 365, 345, 345, 255], "year": [1990, 1991, 1991, 1992, 1990]})
        >>> from_cow(frame, column="cow", year="year", into="state")["state"].to_list()
        ['SUN', 'RUS', 'YUG', 'SCG', 'DEU']
    """
    return _add(frame, column=column, year=year, into=into, system="cow")


def from_gw(frame: pl.DataFrame, *, column: str, year: str, into: str) -> pl.DataFrame:
    """Add the iso3 code that a Gleditsch and Ward code has in a year; as :func:`from_cow`.

    Examples:
        >>> frame = pl.DataFrame({"gw": [260, 678, 340, None], "year": [2000, 2015, 2010, 2010]})
        >>> from_gw(frame, column="gw", year="year", into="state")["state"].to_list()
        ['DEU', 'YEM', 'SRB', None]
    """
    return _add(frame, column=column, year=year, into=into, system="gw")


def to_cow(iso3: str, *, year: int) -> int | None:
    """Return the COW code that names a state in a year (on 31 December); None if no code does.

    Examples:
        >>> to_cow("DEU", year=1989), to_cow("DEU", year=1990), to_cow("SUN", year=2000)
        (260, 255, None)
    """
    return _code(iso3, year=year, system="cow")


def to_gw(iso3: str, *, year: int) -> int | None:
    """Return the Gleditsch and Ward code that names a state in a year (on 31 December); None if no code does.

    Examples:
        >>> to_gw("DEU", year=1990), to_gw("SRB", year=2010)
        (260, 340)
    """
    return _code(iso3, year=year, system="gw")


@cache
def code_years(system: System = "cow") -> pl.DataFrame:
    """Return every code and year of a list with the state that it names, each state under one code only.

    Where two codes name one state in a year (260 and 255 are both ``DEU`` in 1990), the one that holds on 31 December
    is kept; this is what makes the lists convertible row by row.

    Returns:
        ``code``, ``year`` (1800–2100), ``iso3``, and ``counted``: whether the list has the code in its system on a day
        of the year.

    Examples:
        >>> code_years("cow").filter(pl.col("iso3") == "DEU", pl.col("year") == 1990).row(0)
        (255, 1990, 'DEU', True)
    """
    start, end = _span(system)
    spells = states().drop_nulls(system).select("iso3", start, end, code=system).sort("iso3", start)
    began = pl.col(start).dt.year().cast(pl.Int64)
    first = pl.when(pl.col("iso3").is_first_distinct()).then(_FIRST).otherwise(began)
    after = began.shift(-1, fill_value=_LAST + 1).over("iso3")
    own = spells.select("code", "iso3", year=pl.int_ranges(first, after)).explode("year").drop_nulls("year")
    closed = pl.col(end).dt.year().cast(pl.Int64).fill_null(_LAST)
    counted = spells.select("code", year=pl.int_ranges(began, closed + 1)).explode("year").unique()
    named = own.join(_by_year(system), on=["code", "year", "iso3"], how="semi")
    return named.join(counted.with_columns(counted=True), on=["code", "year"], how="left").select(
        "code", "year", "iso3", pl.col("counted").fill_null(value=False)
    ).unique(["code", "year"], keep="first", maintain_order=True).sort("code", "year")


def system_years(*, first: int, last: int, system: System = "cow") -> pl.DataFrame:
    """Return every code and year that a list counts, sorted by both.

    Both lists are taken to run on unchanged after their last day.

    Returns:
        ``code``, ``year``, and ``from_day`` and ``to_day``: the first and the last day of the year in the system,
        counted from 1 (1 January).

    Examples:
        >>> system_years(first=1990, last=1990).filter(pl.col("code").is_in([255, 260])).rows()
        [(255, 1990, 276, 365), (260, 1990, 1, 275)]
        >>> system_years(first=1816, last=2016).height
        15951
    """
    start, end = _span(system)
    spells = states().filter(pl.col(start).is_not_null()).select(pl.col(start), pl.col(end), code=system)
    begins = pl.max_horizontal(start, pl.date(first, 1, 1))
    ends = pl.min_horizontal(pl.col(end).fill_null(dt.date(_LAST, 12, 31)), pl.date(last, 12, 31))
    spells = spells.select("code", begins=begins, ends=ends).filter(pl.col("begins") <= pl.col("ends"))
    years = pl.int_ranges(pl.col("begins").dt.year().cast(pl.Int64), pl.col("ends").dt.year().cast(pl.Int64) + 1)
    rows = spells.with_columns(year=years).explode("year")
    from_day = pl.max_horizontal("begins", pl.date("year", 1, 1)).dt.ordinal_day()
    to_day = pl.min_horizontal("ends", pl.date("year", 12, 31)).dt.ordinal_day()
    days = rows.select("code", "year", from_day=from_day, to_day=to_day)
    return days.group_by("code", "year").agg(pl.col("from_day").min(), pl.col("to_day").max()).sort("code", "year")


def coexisting(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose two COW codes are in the system on one same day of the year, in no certain order.

    Args:
        pairs: ``code_a``, ``code_b``, ``year`` and any other columns; at least one row.

    Examples:
        >>> unions = pl.DataFrame({"code_a": [255, 260], "code_b": [260, 265], "year": [1990, 1990]})
        >>> coexisting(unions).select("code_a", "code_b").rows()
        [(260, 265)]
    """
    first, last = pairs.select(a=pl.col("year").min().cast(pl.Int64), b=pl.col("year").max().cast(pl.Int64)).row(0)
    days = system_years(first=first, last=last)
    found = pairs.cast({"code_a": pl.Int64, "code_b": pl.Int64, "year": pl.Int64})
    for side in ("a", "b"):
        found = found.join(days.select("year", pl.exclude("year").name.suffix(f"_{side}")), on=[f"code_{side}", "year"])
    together = pl.max_horizontal("from_day_a", "from_day_b") <= pl.min_horizontal("to_day_a", "to_day_b")
    return found.filter(together).select(pairs.columns)


def in_system(*, year: int, system: System = "cow") -> list[str]:
    """Return the states that a list counts in a year (its code is in the list on at least one day), sorted.

    The microstates of GW have codes, which :func:`from_gw` knows, but are not in its system.

    Raises:
        UsageError: the list is not ``cow`` or ``gw``.

    Examples:
        >>> "KAZ" in in_system(year=1991), "KAZ" in in_system(year=1990), len(in_system(year=2016))
        (True, False, 195)
    """
    start, end = _span(system)
    open_end = pl.col(end).fill_null(dt.date(_LAST, 12, 31))
    there = states().filter(pl.col(start) <= dt.date(year, 12, 31), open_end >= dt.date(year, 1, 1))
    named = _add(there.select(system, year=pl.lit(year)), column=system, year="year", into="state", system=system)
    return named["state"].unique().sort().to_list()


def in_region(region: str, *, year: int) -> list[str]:
    """Return the states of a region of UN M49 that COW or GW counts in a year, sorted; dependencies left out.

    Examples:
        >>> in_region("Central Asia", year=2022)
        ['KAZ', 'KGZ', 'TJK', 'TKM', 'UZB']
    """
    there = {*in_system(year=year), *in_system(year=year, system="gw")}
    return sorted(there & set(states().filter(pl.col("region") == region)["iso3"]))


def name(iso3: str, *, lang: str = "en") -> str:
    """Return the short name of a state or of ``EUU`` in English (``en``) or Traditional Chinese (``zh``, ``zh-Hant``).

    Raises:
        UnknownState: the code is not in the crosswalk.

    Examples:
        >>> name("KAZ"), name("KAZ", lang="zh-Hant")
        ('Kazakhstan', '哈薩克')
    """
    return str(_first(iso3)["name_zh" if lang.startswith("zh") else "name_en"])


def region(iso3: str) -> str:
    """Return the region of UN M49 that a state lies in; raise UnknownState for a code that is not in the crosswalk.

    >>> region("KAZ")
    'Central Asia'
    """
    return str(_first(iso3)["region"])


def _add(frame: pl.DataFrame, *, column: str, year: str, into: str, system: System) -> pl.DataFrame:
    keys = frame.select(code=pl.col(column).cast(pl.Int64), year=pl.col(year).cast(pl.Int64))
    found = keys.join(_by_year(system), on=["code", "year"], how="left", maintain_order="left")
    return frame.with_columns(found["iso3"].alias(into))


@cache
def _by_year(system: System) -> pl.DataFrame:
    """A row per code and year, each with the state whose spell under that code began last by 31 December."""
    start, _ = _span(system)
    spells = states().drop_nulls(system).select("iso3", start, code=system).sort("code", start)
    began = pl.col(start).dt.year().cast(pl.Int64)
    first = pl.when(pl.col("code").is_first_distinct()).then(_FIRST).otherwise(began)
    after = began.shift(-1, fill_value=_LAST + 1).over("code")
    return spells.select("code", "iso3", year=pl.int_ranges(first, after)).explode("year").drop_nulls("year")


@cache
def _lookup(system: System) -> dict[tuple[int, int], str]:
    return {(code, year): iso3 for code, iso3, year in _by_year(system).iter_rows()}


def _code(iso3: str, *, year: int, system: System) -> int | None:
    """The code of the spell that began last by the end of the year, if the code is this state's in that year."""
    _first(iso3)
    own = _spells(iso3, system)
    begun = [code for start, code in own if start and start <= dt.date(year, 12, 31)]
    codes = begun[-1:] or [code for _, code in own[:1]]
    return next((c for c in codes if _lookup(system).get((c, year)) == iso3), None)


@cache
def _spells(iso3: str, system: System) -> list[tuple[dt.date | None, int]]:
    start, _ = _span(system)
    own = states().filter(pl.col("iso3") == iso3).drop_nulls(system).sort(start)
    return own.select(start, system).rows()


def _held_by(iso3: str, *, on: dt.date) -> str:
    """The state that shares a COW or GW code with this one and holds it on the day; else the state itself."""
    own = states().filter(pl.col("iso3") == iso3)
    for system in ("cow", "gw"):
        start, end = _span(system)
        rows = states().filter(pl.col(system).is_in(own[system].drop_nulls().to_list()))
        held = rows.filter(pl.col(start) <= on, (pl.col(end) >= on).fill_null(value=True))["iso3"].to_list()
        if held:
            return iso3 if iso3 in held else str(held[0])
    return iso3


def _span(system: System) -> tuple[str, str]:
    if system not in ("cow", "gw"):
        raise UsageError(f"no list of states is called {system!r}.", hint="Use cow or gw.")
    return f"{system}_start", f"{system}_end"


@cache
def _rows() -> dict[str, dict[str, object]]:
    once = states().unique("iso3", keep="first", maintain_order=True)
    return {row["iso3"]: row for row in once.iter_rows(named=True)}


def _first(iso3: str) -> dict[str, object]:
    try:
        return _rows()[iso3]
    except KeyError:
        raise UnknownState(f"no state has the code {iso3!r}.", hint=_suggest(_key(iso3))) from None


@cache
def _index() -> dict[str, str]:
    """Every spelling to its iso3; alpha-3 codes go first, then names, alpha-2 codes and aliases."""
    index = {_key(iso3): iso3 for iso3 in _rows()}
    for column in ("name_en", "name_zh", "iso2"):
        for iso3, row in _rows().items():
            if row[column]:
                index.setdefault(_key(str(row[column])), iso3)
    for alias, iso3 in pl.read_csv(data.read("aliases.csv"), infer_schema=False).iter_rows():
        index.setdefault(_key(alias), iso3)
    return index


def _key(text: str) -> str:
    """Letters and digits only, without accents or case: sources differ in all the rest."""
    plain = unicodedata.normalize("NFKD", text.replace("&", "and")).casefold()
    return "".join(c for c in plain if c.isalnum())


def _suggest(key: str) -> str:
    near = get_close_matches(key, _index(), n=12, cutoff=0.5)
    three = list(dict.fromkeys(_index()[k] for k in near))[:3]
    if not three:
        return "Try an ISO code such as KAZ, or a name in English or Chinese."
    return f"Did you mean {', '.join(f'{iso3} ({name(iso3)})' for iso3 in three)}?"
