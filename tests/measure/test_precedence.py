"""The order of openings, and verdicts on claims about it, on invented dates."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from equipoise.measure.precedence import REASONS, VERDICTS, Side, compare, earliest, judge_order, opening_order


def frame(*rows: tuple[object, ...]) -> pl.DataFrame:
    """Rows of power, channel, ISO date, and optionally at_latest and verified."""
    filled = [(p, c, dt.date.fromisoformat(str(d)), *(rest or (False, True)), "fact") for p, c, d, *rest in rows]
    columns = ["power", "channel", "date", "at_latest", "verified", "kind"]
    return pl.DataFrame(filled, schema=columns, orient="row")


BASE = frame(("USA", "security", "1992-05-23"), ("USA", "energy", "1993-04-06"), ("USA", "trade", "1995-01-01"),
             ("CHN", "trade", "1994-01-01"), ("CHN", "energy", "1997-06-01"))  # fmt: skip


def test_order_is_dense_by_year_and_by_power() -> None:
    rows = frame(("A", "trade", "1992-12-31"), ("A", "energy", "1992-01-01"), ("A", "security", "1995-01-01"),
                 ("A", "trade", "1991-01-01"), ("B", "security", "2001-01-01"))  # fmt: skip
    found = opening_order(rows)
    assert found.select("power", "channel", "order").rows() == [
        ("A", "trade", 1), ("A", "energy", 2), ("A", "trade", None), ("A", "security", 3), ("B", "security", 1)
    ]  # fmt: skip


def test_a_fact_goes_before_data_of_the_same_year() -> None:
    rows = frame(("A", "trade", "1992-01-01"), ("A", "trade", "1992-09-01")).with_columns(
        kind=pl.Series(["measured", "fact"])
    )
    assert opening_order(rows).drop_nulls("order")["kind"].to_list() == ["fact"]


@pytest.mark.parametrize(
    ("one", "other", "verdict", "reason"),
    [
        (Side(1992), Side(1993), "supported", "earlier"),
        (Side(1994), Side(1993), "not_supported", "later"),
        (Side(1993), Side(1993), "undecidable", "tie"),
        (Side(None), Side(1993), "undecidable", "missing"),
        (Side(1993), Side(None), "undecidable", "missing"),
        # What may be older can come first, but not come second, for certain.
        (Side(1992, open_start=True), Side(1993), "supported", "earlier"),
        (Side(1992), Side(1993, open_start=True), "undecidable", "at_latest"),
        (Side(1994, open_start=True), Side(1993), "undecidable", "at_latest"),
        (Side(1994), Side(1993, open_start=True), "not_supported", "later"),
    ],
)
def test_verdicts(one: Side, other: Side, verdict: str, reason: str) -> None:
    found = compare(one, other)
    assert (found.verdict, found.reason) == (verdict, reason)
    assert verdict in VERDICTS
    assert reason in REASONS


def test_supported_one_way_is_not_supported_the_other() -> None:
    kwargs = {"power": "USA"}
    assert judge_order(BASE, channels=["security"], before=["energy", "trade"], **kwargs).verdict == "supported"
    assert judge_order(BASE, channels=["trade"], before=["security"], **kwargs).verdict == "not_supported"


def test_days_do_not_decide() -> None:
    rows = frame(("USA", "trade", "1992-05-19"), ("USA", "security", "1992-05-23"))
    assert judge_order(rows, power="USA", channels=["trade"], before=["security"]).reason == "tie"


def test_the_first_of_several_counts_and_ties_are_named() -> None:
    rows = frame(("USA", "trade", "1992-01-01"), ("USA", "energy", "1992-02-01"), ("USA", "trade", "1990-01-01", True,
                 True))  # fmt: skip
    side = earliest(rows.filter(~pl.col("at_latest")), by="channel", among=["energy", "trade"])
    assert side == Side(1992, ("energy", "trade"))
    assert earliest(rows, by="channel", among=["energy", "trade"]) == Side(1990, ("trade",), open_start=True)


def test_another_channel_that_may_be_older_leaves_it_open() -> None:
    rows = frame(("USA", "energy", "1995-01-01"), ("USA", "trade", "1998-01-01", True, True),
                 ("USA", "security", "1993-01-01"))  # fmt: skip
    found = judge_order(rows, power="USA", channels=["energy", "trade"], before=["security"])
    assert (found.verdict, found.reason) == ("undecidable", "at_latest")


def test_a_verdict_that_hangs_on_memory_is_none() -> None:
    rows = frame(("JPN", "energy", "1998-01-01", False, False), ("JPN", "energy", "2006-01-01"),
                 ("JPN", "trade", "2001-01-01"))  # fmt: skip
    found = judge_order(rows, power="JPN", channels=["energy"], before=["trade"])
    assert (found.verdict, found.reason, found.one.year) == ("undecidable", "memory", 1998)
    sure = judge_order(rows, power="JPN", channels=["trade"], not_before=1999)
    assert sure.verdict == "supported"


@pytest.mark.parametrize(("year", "verdict"), [(1992, "supported"), (1993, "supported"), (1994, "not_supported")])
def test_not_before_a_year(year: int, verdict: str) -> None:
    assert judge_order(BASE, power="USA", channels=["energy"], not_before=year).verdict == verdict


def test_not_before_a_year_of_what_may_be_older() -> None:
    rows = frame(("USA", "trade", "1995-01-01", True, True))
    assert judge_order(rows, power="USA", channels=["trade"], not_before=1990).reason == "at_latest"
    assert judge_order(rows, power="USA", channels=["trade"], not_before=1999).verdict == "not_supported"
    assert judge_order(rows, power="USA", channels=["energy"], not_before=1999).reason == "missing"


def test_the_last_of_several_powers() -> None:
    china = {"power": "CHN", "after": ["USA"]}
    assert judge_order(BASE, channels=["energy"], **china).verdict == "supported"
    assert judge_order(BASE, channels=["trade"], **china).verdict == "not_supported"
    late = judge_order(BASE, channels=["energy"], power="CHN", after=["USA", "JPN"])
    assert (late.reason, late.other.who) == ("missing", ("JPN",))
    both = judge_order(BASE, channels=["trade", "energy"], power="USA", after=["CHN"])
    assert (both.verdict, both.one.year, both.other.year) == ("not_supported", 1993, 1994)
