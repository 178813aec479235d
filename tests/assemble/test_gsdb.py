from __future__ import annotations

import polars as pl
import pytest

from equipoise.assemble import gsdb
from equipoise.errors import DataError

SCHEMA = {
    "sender": pl.String,
    "sender_code": pl.String,
    "target": pl.String,
    "target_code": pl.String,
    "year": pl.Int32,
}


def codes(*rows: tuple[str, str | None, str, str | None, int]) -> list[tuple[str | None, str | None]]:
    """Resolve invented rows: sender and its code, target and its code, year."""
    return gsdb.resolve(pl.DataFrame(rows, schema=SCHEMA, orient="row")).select("iso3_sender", "iso3_target").rows()


def test_names_become_the_codes_of_their_year() -> None:
    assert codes(
        ("United States", "USA", "Korea, North", "PRK", 1999),
        ("EU", None, "Russia", "RUS", 2014),
        ("France", "FRA", "Congo, Democratic Republic of the", "COD", 1995),
        ("Serbia", "SRB", "Vietnam, South", "VDR", 1970),
        ("Russia", "RUS", "Cuba", "CUB", 1980),
    ) == [("USA", "PRK"), ("EUU", "RUS"), ("FRA", "COD"), ("YUG", "VDR"), ("SUN", "CUB")]


def test_the_code_helps_where_the_name_is_not_known() -> None:
    assert codes(("France", "FRA", "Ivory Coast (south)", "CIV", 2004)) == [("FRA", "CIV")]


def test_who_is_no_state_is_null() -> None:
    assert codes(("UN", None, "Iraq", "IRQ", 1991), ("France", "FRA", "A group", None, 2003)) == [
        (None, "IRQ"),
        ("FRA", None),
    ]


def test_unknown_names_are_listed_with_those_that_come_near() -> None:
    rows = [("France", None, name, None, 2003) for name in ("Kazakstan", "Iraq", "Xx", "Yy", "Zz")]
    with pytest.raises(DataError, match=r"no state is called 'Kazakstan', 'Xx', 'Yy' and 1 more\..*KAZ \(Kazakhstan\)"):
        codes(*rows)
