"""Questions to the registry of organisations: members on a date, a state's portfolio, overlaps, what powers share.

The registry is :mod:`equipoise.assemble.organisations`; for what it does not hold, the Correlates of War's list answers
to 2014 (:mod:`equipoise.assemble.igo`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import polars as pl

from equipoise.assemble import codes, igo
from equipoise.assemble import organisations as registry
from equipoise.assemble.dates import read_day
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import AGGREGATES, resolve_powers
from equipoise.assemble.spans import Span, within
from equipoise.errors import BadYears, UsageError
from equipoise.measure.affiliation import overlap, shared_by_year, shared_ties
from equipoise.pipeline.measured import Measured, made
from equipoise.schema import DEFAULT_POWERS, FIRST_YEAR
from equipoise.view import headings

Day = str | dt.date

TABLE = ("organisations",)
_DATED = ("kind", "since", "until", "verified", "confidence", "source", "note", "precision", "end_precision")
MEMBER = ("state", *_DATED, "organisation")
TIE = ("organisation", "name_en", *_DATED, "name_zh", "function", "state")
_UNITS = {
    "since": "first day",
    "until": "last day; null is open",
    "precision": "what the source gives: day, month or year",
    "end_precision": "what the source gives: day, month or year",
    "state": "ISO 3166-1 alpha-3",
    "count": "states",
    "members": "bodies in which both are full members",
    "ties": "bodies in which both have any tie",
    "founded": "day or year",
    "verified": "whether a source that was read gives the whole date",
}
_LIST = "cow_igo"


def list_bodies(*, pack: Pack | None = None) -> pl.DataFrame:
    """Return every organisation that can be asked for, the registry's first.

    Returns:
        ``organisation`` (code), ``name_en``, ``name_zh``, ``function``, ``body``, ``founded``, ``known``: ``dated`` in
        the registry, or the years of the Correlates of War's list.

    Examples:
        >>> list_bodies().filter(pl.col("organisation").is_in(["CSTO", "UNESCO"]))["known"].to_list()
        ['dated', '1991–2014']
    """
    pack = pack or embedded()
    columns = ["organisation", "name_en", "name_zh", "function", "body", "founded"]
    own = registry.bodies().select(*columns, known=pl.lit("dated"))
    rest = (
        igo.rest(pack.table("memberships"))
        .group_by("organisation")
        .agg(pl.col("name_en", "name_zh").first(), pl.col("start").min().dt.year(), pl.col("end").max().dt.year())
    )
    empty = [pl.lit(None, dtype=pl.String).alias(c) for c in columns[3:]]
    years = pl.format("{}–{}", "start", "end").alias("known")
    return pl.concat([own, rest.select(*columns[:3], *empty, years).sort("organisation")])


def members_of(organisation: str, *, on: Day, kinds: Sequence[str] | None = None, pack: Pack | None = None) -> Measured:
    """Return who is in an organisation on a day, as what, since when and by which source.

    Args:
        organisation: a code or a name, in English or Chinese.
        on: the day.
        kinds: the ties that count, some of :data:`equipoise.assemble.organisations.KINDS`; all by default.

    Returns:
        A row a state and tie, the closest ties first; columns :data:`MEMBER`.

    Raises:
        UsageError: unknown organisation or tie, a day that never was, a day of which nothing is known or on which
            nobody was in it.

    Examples:
        >>> members_of("CSTO", on="2022-01-06", kinds=["member"]).frame["state"].to_list()
        ['ARM', 'BLR', 'KAZ', 'KGZ', 'RUS', 'TJK']
    """
    pack, day = pack or embedded(), read_day(on)
    registry.check_kinds(kinds or ())
    code, spells = _spells_of(organisation, pack=pack)
    _covered(code, day=day, spells=spells)
    rank = pl.col("kind").replace_strict({k: i for i, k in enumerate(registry.KINDS)}, return_dtype=pl.Int8)
    frame = registry.ties_on(spells, day=day, kinds=kinds).sort(rank, "state", "start")
    if frame.is_empty():
        raise UsageError(f"nobody was {_any_of(kinds)} {code} on {day}.", hint=_when(spells, kinds=kinds))

    def draw(words: Any) -> Any:
        from equipoise.view.charts import membership

        return membership.of_organisation(spells, day=day, words=words)

    return _made(
        "members",
        _dated(frame).select(MEMBER),
        pack=pack,
        draw=draw,
        heading=lambda words: headings.members(spells, words=words),
        options={"organisation": code, "day": str(day), "kinds": kinds},
        remarks=[*_from_memory(frame), *_list_ends(frame)],
    )


def portfolio_of(
    state: str, *, years: Span | None = None, everything: bool = False, pack: Pack | None = None
) -> Measured:
    """Return what a state has belonged to, as what, and when.

    Args:
        state: a code or a name.
        years: spells that touch them; all by default.
        everything: also the organisations of the Correlates of War's list, to its last year.

    Returns:
        A row a spell, sorted by start; columns :data:`TIE`.

    Raises:
        UnknownState, BadYears; UsageError if it is in nothing.

    Examples:
        >>> portfolio_of("Kazakhstan", years="1991:1992").frame["organisation"].unique().sort().to_list()[:2]
        ['CIS', 'CST']
    """
    pack, code = pack or embedded(), codes.resolve(state)
    frame = _everything(pack, everything=everything).filter(pl.col("state") == code)
    first, last = within(years, covered=(1945, dt.date.today().year), what="the registry")
    touched = (pl.col("start").dt.year() <= last) & (pl.col("end").dt.year() >= first).fill_null(value=True)
    frame = frame.filter(touched).sort("start", "organisation", "kind")
    if frame.is_empty():
        raise UsageError(f"no tie of {codes.name(code)} is known in these years.", hint="Leave --years out for all.")
    shown = (max(first, int(frame["start"].dt.year().min() or first)), last)  # type: ignore[arg-type]

    def draw(words: Any) -> Any:
        from equipoise.view.charts import organisations
        from equipoise.view.charts.setting import Setting

        return organisations.timeline(frame, setting=Setting(words, (), *shown))

    return _made(
        "portfolio",
        _dated(frame).select(TIE),
        pack=pack,
        draw=draw,
        sources=[_LIST] if everything else [],
        heading=lambda words: headings.portfolio(code, words=words),
        options={"state": code, "years": [first, last], "everything": everything},
        remarks=[*_from_memory(frame), *_list_ends(frame)],
    )


def overlap_of(
    organisations: Sequence[str], *, on: Day, kinds: Sequence[str] = ("member",), pack: Pack | None = None
) -> Measured:
    """Return how organisations overlap on a day: which states are in exactly which of them.

    Args:
        organisations: two codes or names or more.
        on: the day.
        kinds: the ties that count as being in.

    Returns:
        A row a combination, the largest first: ``organisations`` and ``states`` (``;`` between several), ``count``.

    Raises:
        UsageError: as for :func:`members_of`, and for fewer than two organisations.

    Examples:
        >>> overlap_of(["CSTO", "SCO", "EAEU"], on="2022-01-01").frame.row(1)
        ('CSTO;SCO;EAEU', 3, 'KAZ;KGZ;RUS')
    """
    pack, day = pack or embedded(), read_day(on)
    registry.check_kinds(kinds)
    found = [_spells_of(o, pack=pack) for o in organisations]
    for code, spells in found:
        _covered(code, day=day, spells=spells)
    named = [code for code, _ in found]
    ties = registry.ties_on(pl.concat([s for _, s in found] or [registry.spells().clear()]), day=day, kinds=kinds)
    sets = overlap(ties, organisations=named)
    if sets.is_empty():
        raise UsageError(f"nobody was {_any_of(kinds)} {', '.join(named)} on {day}.", hint="Choose another day.")

    def draw(words: Any) -> Any:
        from equipoise.view.charts import membership

        return membership.upset(sets, organisations=named, names=_names([s for _, s in found]), words=words)

    return _made(
        "overlap",
        sets.select(pl.col("organisations").list.join(";"), "count", pl.col("states").list.join(";")),
        pack=pack,
        draw=draw,
        heading=lambda words: headings.overlap(day, words=words),
        options={"organisations": named, "day": str(day), "kinds": list(kinds)},
        sources=[_LIST] if _from_list([s for _, s in found]) else [],
        literature=("lex2014upset",),
        remarks=_from_memory(ties),
    )


def shared_with(
    state: str, *, powers: Sequence[str] | None = None, on: Day, everything: bool = False, pack: Pack | None = None
) -> Measured:
    """Return the organisations that a state shares with each power on a day, and how many they were year by year.

    Args:
        state: a code or a name.
        powers: codes; ``EUU`` is in a body when more than half of its members are. By default RUS, CHN, USA, EUU, JPN.
        on: the day.
        everything: also the organisations of the Correlates of War's list, to its last year; the day must be in it.

    Returns:
        ``power``, ``organisation``, ``name_en``, ``name_zh``, ``kind_state``, ``kind_power`` (``centre`` for the party
        that a body's other parties are tied to). ``more`` has ``by_year``: ``year``, ``power``, ``members``, ``ties``,
        from 1991, or from the year of the day where that is earlier, to that year.

    Raises:
        UnknownState, NotAPower; UsageError for a day that never was, or nothing shared.

    Examples:
        >>> with_china = shared_with("KAZ", powers=["CHN", "RUS"], on="2022-01-01").frame.filter(power="CHN")
        >>> with_china["organisation"].to_list()
        ['AIIB', 'BRI', 'BUDMEMO', 'CA+CHN', 'CICA', 'EAEU-TRADE', 'KAZ-SP', 'SCO', 'WTO']
    """
    pack, day, code = pack or embedded(), read_day(on), codes.resolve(state)
    named = resolve_powers(powers or [p for p in DEFAULT_POWERS if p != code], focal=code)
    if everything and not FIRST_YEAR <= day.year <= igo.LAST_YEAR:
        raise BadYears(
            f"the Correlates of War's list is known from {FIRST_YEAR} to {igo.LAST_YEAR} only, not on {day}.",
            hint="Leave --all out, or choose an earlier day.",
        )
    spells = _everything(pack, everything=everything)
    centres = dict(registry.bodies().drop_nulls("centre").select("organisation", "centre").iter_rows())
    found = shared_ties(registry.ties_on(spells, day=day), state=code, powers=_made_of(named, day=day), centres=centres)
    ends = {y: _made_of(named, day=dt.date(y, 12, 31)) for y in range(min(FIRST_YEAR, day.year), day.year + 1)}
    by_year = shared_by_year(spells, state=code, powers=ends, centres=centres)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import membership

        return membership.shared(by_year, powers=named, words=words)

    frame = found.join(_names([spells]), on="organisation", how="left", maintain_order="left").select(
        "power", "organisation", "name_en", "name_zh", "kind_state", "kind_power"
    )
    return _made(
        "shared",
        frame,
        pack=pack,
        draw=draw,
        more={"by_year": by_year},
        sources=[_LIST] if everything else [],
        heading=lambda words: headings.shared(code, words=words),
        options={"state": code, "powers": list(named), "day": str(day), "everything": everything},
    )


def _made_of(powers: Sequence[str], *, day: dt.date) -> dict[str, list[str]]:
    return {p: registry.members("EU", on=day) if p in AGGREGATES else [p] for p in powers}


def _spells_of(organisation: str, *, pack: Pack) -> tuple[str, pl.DataFrame]:
    """The code and all spells of one body, of the registry or else of the Correlates of War's list."""
    rows = list_bodies(pack=pack).select("organisation", "name_en", "name_zh").rows()
    code = registry.body_of(organisation, among=rows)
    own = registry.spells().filter(pl.col("organisation") == code)
    return code, own if own.height else igo.rest(pack.table("memberships")).filter(pl.col("organisation") == code)


def _everything(pack: Pack, *, everything: bool) -> pl.DataFrame:
    own = registry.spells()
    return pl.concat([own, igo.rest(pack.table("memberships"))]) if everything else own


def _from_list(spells: Sequence[pl.DataFrame]) -> bool:
    return any((s["source"] == igo.SOURCE).any() for s in spells)


def _dated(spells: pl.DataFrame) -> pl.DataFrame:
    """With names of columns that Stata takes, whose own word ``end`` is."""
    return spells.rename({"start": "since", "end": "until"})


def _names(spells: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([s.select("organisation", "name_en", "name_zh") for s in spells]).unique("organisation")


def _covered(code: str, *, day: dt.date, spells: pl.DataFrame) -> None:
    if _from_list([spells]) and not FIRST_YEAR <= day.year <= igo.LAST_YEAR:
        raise BadYears(
            f"who was in {code} is known from {FIRST_YEAR} to {igo.LAST_YEAR} only, not on {day}.",
            hint="It is not in the dated registry, and the Correlates of War's list ends there.",
        )


def _when(spells: pl.DataFrame, *, kinds: Sequence[str] | None) -> str:
    """Between which days somebody had such a tie."""
    such = spells if kinds is None else spells.filter(pl.col("kind").is_in(list(kinds)))
    if such.is_empty():
        return f"Its ties are: {', '.join(spells['kind'].unique().sort())}."
    first, last = such["start"].sort()[0], such["end"].sort(nulls_last=True)[-1]
    return f"Such ties are known from {first} to {last or 'today'}."


def _any_of(kinds: Sequence[str] | None) -> str:
    return "in" if kinds is None else f"{' or '.join(k.replace('_', ' ') for k in kinds)} of"


def _from_memory(frame: pl.DataFrame) -> list[str]:
    doubtful = frame.filter(~pl.col("verified"))
    if doubtful.is_empty():
        return []
    return [f"{doubtful.height} of {frame.height} spells rest on memory in part; the column verified says which."]


def _list_ends(frame: pl.DataFrame) -> list[str]:
    listed = frame.filter(pl.col("source") == igo.SOURCE)
    if listed.is_empty():
        return []
    return [
        f"{listed.height} spells are from the Correlates of War's list, which ends in {igo.LAST_YEAR}: an end there "
        "is no exit."
    ]


def _made(kind: str, frame: pl.DataFrame, *, sources: Sequence[str] = (), **rest: Any) -> Measured:
    from_list = "source" in frame.columns and _from_list([frame])
    ids = list(dict.fromkeys([*sources, *([_LIST] if from_list else [])]))
    return made(kind, frame, sources=ids, units=_UNITS, own=TABLE, **rest)
