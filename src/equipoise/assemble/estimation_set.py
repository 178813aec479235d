"""Which roll calls ideal points are estimated from, and which of them are votes on the same resolution.

The rules are those of Bailey, Strezhnev and Voeten 2017 and of their published work: votes on paragraphs and amendments
count to 1989 only; session 19 (one vote) is out, so are Zanzibar (two votes) and South Africa's lone vote of session
48; resolutions that came back in a later session with the same text are one item; items on which all voted alike say
nothing. The pairs of roll calls on the same resolution, ``data/un_links.csv``, are theirs.
"""

from __future__ import annotations

import io
from typing import Literal, get_args

import polars as pl

from equipoise import data
from equipoise.acquire.un_votes import NO
from equipoise.assemble import codes
from equipoise.errors import UsageError

Issue = Literal["me", "nu", "di", "hr", "co", "ec"]

LAST_TIED = 74
"""The last session for which it is known which of its roll calls repeat earlier ones."""

_FIRST_YEAR = 1945
_OPENS_BY = 14   # September: sessions open in its third week at the earliest


def links() -> pl.DataFrame:
    """Return the pairs of roll calls on the same resolution: ``rcid`` and ``earlier``, the one that it repeats.

    >>> links().head(2).rows()
    [(331, 299), (423, 392)]
    """
    raw = pl.read_csv(io.BytesIO(data.read("un_links.csv")))
    return raw.select(pl.col("rcid", "earlier").cast(pl.Int32))


def select(calls: pl.DataFrame, *, repeats: pl.DataFrame | None = None, issue: Issue | None = None,
           important: bool = False) -> pl.DataFrame:
    """Choose the votes of an estimation.

    Args:
        calls: votes as :func:`equipoise.acquire.un_roll_calls.parse` has them, or these with those of :func:`later`.
        repeats: pairs as :func:`links` has them, the default.
        issue: only roll calls on it: ``me`` the Middle East, ``nu`` nuclear weapons, ``di`` disarmament, ``hr`` human
            rights, ``co`` colonialism, ``ec`` economic development. Early sessions have few of most.
        important: only those that the State Department named important.

    Returns:
        One row a vote, sorted by ``item``, ``session`` and ``state``: ``state`` (COW code), ``session``, ``rcid``,
        ``item`` (the first roll call on the same resolution) and ``vote`` (1 yes, 2 abstain, 3 no).

    Raises UsageError for an unknown issue, or if no vote is left.
    """
    if issue is not None and issue not in get_args(Issue):
        raise UsageError(f"{issue!r} is no issue of roll calls.", hint=f"Use one of {', '.join(get_args(Issue))}.")
    part = pl.col("para").fill_null(False) | pl.col("amend").fill_null(False)
    kept = calls.filter(
        pl.col("vote") <= NO, pl.col("session") != 19, pl.col("cow") != 511,
        ~((pl.col("cow") == 560) & (pl.col("session") == 48)), ~(part & (pl.col("date").dt.year() > 1989)),
        pl.col(issue) if issue else True, pl.col("important").fill_null(False) if important else True,
    )
    first = _first_calls(links() if repeats is None else repeats)
    items = kept.select("session", "rcid", "vote", state="cow", item=pl.col("rcid").replace(first))
    divided = items.filter(pl.col("vote").n_unique().over("item") > 1)
    if divided.is_empty():
        raise UsageError("no roll call is left on which states differed.", hint="Choose another issue, or all.")
    return divided.select("state", "session", "rcid", "item", "vote").sort("item", "session", "state")


def later(calls: pl.DataFrame, *, after: int = LAST_TIED) -> pl.DataFrame:
    """Turn roll calls in columns into votes in rows, of the sessions after ``after``.

    Args:
        calls: as :func:`equipoise.acquire.un_votes.parse` has them.
        after: the last session that is known otherwise.

    Returns:
        The columns of :func:`equipoise.acquire.un_roll_calls.parse`. The session is told from the date; what was a vote
        on a paragraph or an important vote is not known and null. No pairs of the same resolution are known, so that
        these sessions hang on the ones before by what each state's own points were.
    """
    issues = list(get_args(Issue))
    opened = pl.col("date").dt.offset_by(f"-{_OPENS_BY}d")
    session = opened.dt.year() - _FIRST_YEAR - (opened.dt.month() < 9).cast(pl.Int32)
    states = [c for c in calls.columns if len(c) == 3 and c.isupper()]
    rows = calls.with_columns(session=session.cast(pl.Int16)).filter(pl.col("session") > after).unpivot(
        on=states, index=["rcid", "date", "session", *issues], variable_name="iso3", value_name="vote")
    cast = rows.filter(pl.col("vote") <= NO)
    year = int(calls["date"].dt.year().max() or 0) if calls.height else 0      # type: ignore[arg-type]
    cow = {iso3: codes.to_cow(iso3, year=year) for iso3 in states}
    unknown = pl.lit(None, dtype=pl.Boolean)
    return cast.with_columns(cow=pl.col("iso3").replace_strict(cow, default=None, return_dtype=pl.Int32)).select(
        "rcid", "cow", pl.col("vote").cast(pl.Int8), "session", "date", unknown.alias("amend"), unknown.alias("para"),
        unknown.alias("important"), *issues).sort("rcid", "cow")


def all_calls(early: pl.DataFrame, *, recent: pl.DataFrame) -> pl.DataFrame:
    """Join the votes of :mod:`~equipoise.acquire.un_roll_calls` with later ones (:func:`later`) in columns.

    >>> from equipoise.assemble.packed import embedded
    >>> pack = embedded()
    >>> calls = all_calls(pack.table("panel_un_roll_calls"), recent=pack.table("votes"))
    >>> calls["session"].min(), calls["session"].max()
    (1, 78)
    """
    last = int(early["session"].max() or 0)     # type: ignore[arg-type]
    return pl.concat([early, later(recent, after=last)], how="vertical_relaxed")


def named(points: pl.DataFrame) -> pl.DataFrame:
    """Add ``year``, in which the session opened, and ``iso3`` of that year to points by COW code and ``session``.

    >>> points = pl.DataFrame({"state": [365, 365, 678], "session": [45, 46, 10], "mean": [-0.1, 0.7, -0.5]})
    >>> named(points).select("year", "iso3").rows()
    [(1990, 'SUN'), (1991, 'RUS'), (1955, 'YEM')]
    """
    dated = points.with_columns(year=pl.col("session").cast(pl.Int32) + _FIRST_YEAR)
    return codes.from_cow(dated, column="state", year="year", into="iso3")


def _first_calls(repeats: pl.DataFrame) -> dict[int, int]:
    """From every repeated roll call to the first on the same resolution."""
    earlier: dict[int, int] = {}
    for rcid, before in repeats.select("rcid", "earlier").rows():
        earlier[rcid] = min(before, earlier.get(rcid, before))
    first: dict[int, int] = {}
    for rcid in sorted(earlier):
        first[rcid] = first.get(earlier[rcid], earlier[rcid])
    return first
