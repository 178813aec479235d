"""Roll calls of the UN General Assembly: how every state voted.

Source: Voeten 2013, "Data and Analyses of Voting in the UN General Assembly", roll-call file to June 2024.

What the file lacks: the eleventh emergency special session (Ukraine, since 2022), votes of resumed sessions, and the
states that no longer exist (East Germany, Czechoslovakia, both former Yemens). ``RUS`` is the Soviet Union to 1991,
``SRB`` Yugoslavia to 2006, ``DEU`` the Federal Republic from 1973. A state that may not vote for want of payment
(Venezuela in 2022–24) reads as absent. Days before 2000 are not exact. :data:`CORRECTIONS` says what is changed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from equipoise.acquire import tables
from equipoise.acquire.correction import Correction
from equipoise.errors import BadSourceFile

SOURCE = "un_votes"
FILES = ("unga/ungaVoting_003.csv",)

YES, ABSTAIN, NO, ABSENT, NOT_A_MEMBER = 1, 2, 3, 8, 9
ISSUES = ("me", "nu", "di", "hr", "co", "ec")
"""The Middle East, nuclear weapons, disarmament, human rights, colonialism, economic development."""

CORRECTIONS = (
    Correction(SOURCE, "Roll calls 411, 427, 449 and 495 of 2023 become 9411, 9427, 9449 and 9495.",
               "They lost their first digit: votes of 1954–57 have these numbers, and 2023 lacks the longer ones."),
    Correction(SOURCE, "Roll call 4829 (resolution 62/249) is dated 2008-05-15, not 2008-04-14.",
               "The Assembly adopted 62/249 on 15 May 2008."),
    Correction(SOURCE, "Turkey is null from 2023-11-01.",
               "All 85 roll calls since have it absent (66) or not a member (19): its name was lost, not its vote."),
    Correction(SOURCE, "Vietnam's and Yemen's 9 (not a member) are null from 1977-09-20 and 1990-05-22.",
               "Both have been members without a break since; the file lacks 128 and 153 of their votes."),
    Correction(SOURCE, "Switzerland's and South Sudan's 8 (absent) are 9 before 2002-09-01 and 2011-07-14.",
               "They were not yet members; Switzerland's day allows for the file's inexact ones."),
)

_DATES = {4829: date(2008, 5, 15)}
_NOT_RECORDED = {"TUR": date(2023, 11, 1)}
_MEMBER_SINCE = {"VNM": date(1977, 9, 20), "YEM": date(1990, 5, 22)}
_NO_MEMBER_BEFORE = {"CHE": date(2002, 9, 1), "SSD": date(2011, 7, 14)}


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the roll calls.

    Returns:
        One row a roll call, 1946-01-01 to 2024-06-04: ``rcid`` (Int32, unique), ``date``, whether it concerns each of
        :data:`ISSUES` (Boolean), then one Int8 column a state, named by its ISO code in alphabetical order: 1 yes,
        2 abstain, 3 no, 8 absent, 9 not a member, null where the file does not have the state's vote. Sorted by
        ``date`` and ``rcid``.

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    return tidy(tables.read_csv(content, name=FILES[0], infer=False, source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns, all text, into those that :func:`parse` returns."""
    tables.require_columns(frame, ("rcid", "date", *ISSUES), name=FILES[0], source=SOURCE)
    states = sorted(c for c in frame.columns if c not in ("rcid", "date", *ISSUES))
    typed = frame.select(
        pl.col("rcid").cast(pl.Int32),
        pl.col("date").str.to_date("%Y-%m-%d"),
        pl.col(ISSUES) == "TRUE",
        # Some columns are written as 1.0.
        pl.col(states).str.strip_suffix(".0").cast(pl.Int8),
    )
    _check_codes(typed, states=states)
    return _correct(typed).sort("date", "rcid")


def _check_codes(frame: pl.DataFrame, *, states: list[str]) -> None:
    known = [YES, ABSTAIN, NO, ABSENT, NOT_A_MEMBER]
    for state in states:
        odd = set(frame[state].drop_nulls().unique()) - set(known)
        if odd:
            raise BadSourceFile(f"{FILES[0]} has the vote {min(odd)} for {state}; votes are 1, 2, 3, 8 and 9.",
                                hint=f"Try `equipoise data pull {SOURCE}`.")


def _correct(frame: pl.DataFrame) -> pl.DataFrame:
    """Apply :data:`CORRECTIONS`."""
    rcid, day = pl.col("rcid"), pl.col("date")
    digit = pl.when((day >= date(2023, 1, 1)) & (rcid < 1000)).then(9000).otherwise(0).cast(pl.Int32)
    right = pl.col("rcid").replace_strict(_DATES, default=None, return_dtype=pl.Date)
    frame = frame.with_columns(rcid=rcid + digit, date=pl.coalesce(right, "date"))
    lost = [pl.when(day < first).then(s) for s, first in _NOT_RECORDED.items()]
    broken = [pl.when((day < first) | (pl.col(s) != NOT_A_MEMBER)).then(s) for s, first in _MEMBER_SINCE.items()]
    early = [pl.when(day < first).then(pl.lit(NOT_A_MEMBER, dtype=pl.Int8)).otherwise(s).alias(s)
             for s, first in _NO_MEMBER_BEFORE.items()]
    return frame.with_columns(e for e in (*lost, *broken, *early) if e.meta.output_name() in frame.columns)
