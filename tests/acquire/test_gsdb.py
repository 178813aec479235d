from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import gsdb
from equipoise.errors import BadSourceFile

# Columns of the published dyadic version; the rows are invented.
HEAD = (
    "case_id,sanctioned_state,sanctioning_state,sanctioned_state_iso3,sanctioning_state_iso3,year,arms,military,"
    "trade,descr_trade,financial,travel,other,target_mult,sender_mult,objective,success"
)
ROWS = (
    '12,"Korea, North",United States,PRK,USA,1999,1,0,1,"exp_compl,imp_part",1,0,0,0,1,policy_change,ongoing',
    "3,Some group,France,,FRA,2003,0,0,0,,1.0,TRUE,,0,0,terrorism,failed",
)


def read(*rows: str, head: str = HEAD) -> pl.DataFrame:
    return gsdb.read("\n".join((head, *rows)).encode(), name="my.csv")


def test_the_dyadic_version_is_read() -> None:
    assert read(*ROWS).rows() == [
        ("3", "France", "Some group", "FRA", None, 2003, False, False, False, True, True, None),
        ("12", "United States", "Korea, North", "USA", "PRK", 1999, True, False, True, True, False, False),
    ]


def test_a_release_without_codes_and_cases_is_read() -> None:
    head = "Year,Sanctioned_State,Sanctioning_State,arms,military,trade,financial,travel,other"
    found = read("1960,Cuba,United States,0,0,1,0,0,0", head=head)
    assert found.rows() == [(None, "United States", "Cuba", None, None, 1960, False, False, True, False, False, False)]
    assert found.schema == read(*ROWS).schema


def test_windows_1252_is_read() -> None:
    text = "\n".join((HEAD, ROWS[1].replace("France", "Curaçao")))
    assert gsdb.read(text.encode("cp1252"), name="my.csv")["sender"].item() == "Curaçao"


@pytest.mark.parametrize(
    ("head", "row", "says"),
    [
        (HEAD.replace("financial", "finance"), ROWS[0], r"my\.csv has no column financial"),
        (HEAD.replace("sanctioning_state,", "sender,"), ROWS[0], "no column sanctioning_state"),
        (HEAD, ROWS[0].replace("1999,1", "1999,2"), "'2' in the column arms, which is neither 0 nor 1"),
        (HEAD, ROWS[0].replace("1999", "soon"), "'soon' where a year should be"),
        (HEAD.replace("year", "begin").replace("success", "end"), ROWS[0], "is the case version"),
    ],
)
def test_what_is_wrong_is_named(head: str, row: str, says: str) -> None:
    with pytest.raises(BadSourceFile, match=says) as caught:
        read(row, head=head)
    assert caught.value.hint is not None
    assert "data pull" not in caught.value.hint, "there is nothing to download"


@pytest.mark.parametrize("start", [b"<stata_dta><header>", b"\x73\x02\x01\x00"])
def test_a_stata_file_is_refused_with_the_way_out(start: bytes) -> None:
    with pytest.raises(BadSourceFile, match=r"is a Stata file.*as CSV"):
        gsdb.read(start + b"\x00" * 40, name="my.dta")
