from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from equipoise.acquire import un_votes
from equipoise.errors import BadSourceFile

HEAD = "rcid,date,me,nu,di,hr,co,ec,KAZ,TUR,VNM,YEM,CHE,SSD"
ROWS = (
    "411,1954-12-03,FALSE,FALSE,FALSE,FALSE,FALSE,FALSE,9,1,9,9.0,9,9",
    "411,2023-12-04,FALSE,FALSE,TRUE,FALSE,TRUE,TRUE,1,8,1,1.0,1,8",
    "4829,2008-04-14,FALSE,FALSE,FALSE,FALSE,FALSE,FALSE,2,3,8,8.0,2,9",
    "5647,1997-11-25,TRUE,FALSE,FALSE,FALSE,FALSE,FALSE,1,1,9,9.0,8,9",
    "9477,2023-12-19,FALSE,FALSE,FALSE,TRUE,FALSE,FALSE,1,9,1,9.0,1,1",
    "9600,2011-05-03,FALSE,FALSE,FALSE,FALSE,FALSE,FALSE,1,2,1,1.0,1,8",
)


def votes(*rows: str, head: str = HEAD) -> pl.DataFrame:
    return un_votes.parse({un_votes.FILES[0]: "\n".join((head, *rows)).encode()})


def test_columns_and_types() -> None:
    frame = votes(*ROWS)
    states = ["CHE", "KAZ", "SSD", "TUR", "VNM", "YEM"]
    assert frame.columns == ["rcid", "date", *un_votes.ISSUES, *states]
    assert frame.dtypes == [pl.Int32, pl.Date, *[pl.Boolean] * 6, *[pl.Int8] * 6]
    assert frame["date"].is_sorted()
    assert frame.filter(pl.col("rcid") == 9411).select("di", "co", "ec", "me").row(0) == (True, True, True, False)


def test_numbers_that_lost_a_digit_get_it_back() -> None:
    assert votes(*ROWS).filter(pl.col("date") != date(2008, 5, 15))["rcid"].to_list() == [411, 5647, 9600, 9411, 9477]


def test_the_wrong_date_of_a_resolution_is_put_right() -> None:
    assert votes(*ROWS).filter(pl.col("rcid") == 4829)["date"].item() == date(2008, 5, 15)


@pytest.mark.parametrize(("state", "codes"), [
    ("TUR", {411: 1, 4829: 3, 9411: None, 9477: None}),   # lost from November 2023
    ("VNM", {411: 9, 5647: None, 4829: 8, 9411: 1}),      # a member since 1977
    ("YEM", {411: 9, 5647: None, 4829: 8, 9477: None}),   # united in 1990
    ("CHE", {5647: 9, 4829: 2}),                          # joined in 2002
    ("SSD", {9600: 9, 9411: 8}),                          # joined in July 2011
    ("KAZ", {411: 9, 4829: 2, 5647: 1}),
])
def test_a_vote_that_was_not_recorded_is_null(state: str, codes: dict[int, int | None]) -> None:
    found = dict(votes(*ROWS).select("rcid", state).rows())
    assert {rcid: found[rcid] for rcid in codes} == codes


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="has the vote 4 for KAZ"):
        votes("3,1992-01-01,FALSE,FALSE,FALSE,FALSE,FALSE,FALSE,4,1,1,1,1,1")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column hr"):
        votes(*ROWS, head=HEAD.replace("hr", "xx"))


@pytest.mark.raw
def test_kazakhstan_s_votes_are_counted_as_published(parsed) -> None:
    counts = dict(parsed("un_votes")["KAZ"].value_counts().rows())
    assert (counts[1], counts[2], counts[3]) == (2310, 353, 62)


@pytest.mark.raw
@pytest.mark.parametrize(("state", "share"), [("RUS", 0.608), ("CHN", 0.781), ("USA", 0.243), ("DEU", 0.473)])
def test_agreement_with_kazakhstan_in_2022(parsed, state: str, share: float) -> None:
    frame = parsed("un_votes").filter(pl.col("date").dt.year() == 2022)
    both = frame.filter(pl.col("KAZ") <= 3, pl.col(state) <= 3)
    assert (both["KAZ"] == both[state]).mean() == pytest.approx(share, abs=5e-4)


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("un_votes")
    assert frame.shape == (6551, 202)
    assert frame["rcid"].is_unique().all()
    assert frame["date"].max() == date(2024, 6, 4)
    nulls = {name: n for name, n in frame.null_count().row(0, named=True).items() if n}
    assert nulls == {"TUR": 85, "VNM": 128, "YEM": 153}
