from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import arms_transfers
from equipoise.errors import BadSourceFile

HEAD = (
    "SIPRI AT Database ID,Supplier,Recipient,Designation,Description,Armament category,Order date,"
    "Order date is estimate,Numbers delivered,Numbers delivered is estimate,Delivery year,"
    "Delivery year is estimate,Status,SIPRI estimate,TIV deal unit,TIV delivery values,Local production;"
)
# Invented deliveries in the register's form: each line ends with a semicolon.
ROWS = (
    "7,Russia,Kazakhstan,Boat-1,patrol boat,Ships,2005,Yes,2,No,2006,No,New,17,6.8,13.6,No;",
    "7,Russia,Kazakhstan,Boat-1,patrol boat,Ships,2005,Yes,1,No,2007,,New,17,6.8,0.01,No;",
    "9,unknown supplier(s),Some rebels (Chad)*,Gun-1,mortar,Artillery,2001,Yes,10,Yes,2002,Yes,New,1,0.1,1,No;",
)
NOTES = "Transfers of weapons, for the years '1995' to '2025';\r\n;\r\nSource: SIPRI;\r\n"


def register(*rows: str, notes: str = NOTES, head: str = HEAD) -> pl.DataFrame:
    return arms_transfers.parse({arms_transfers.FILES[0]: (notes + "\r\n".join((head, *rows))).encode()})


def test_a_delivery_is_one_row() -> None:
    assert register(*ROWS).rows() == [
        (7, "Russia", "Kazakhstan", "Boat-1", "Ships", 2005, 2006, 2, 13.6, False),
        (7, "Russia", "Kazakhstan", "Boat-1", "Ships", 2005, 2007, 1, 0.01, None),
        (9, "unknown supplier(s)", "Some rebels (Chad)*", "Gun-1", "Artillery", 2001, 2002, 10, 1.0, True),
    ]


def test_the_number_of_notes_does_not_matter() -> None:
    assert register(*ROWS, notes="").equals(register(*ROWS))


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (HEAD.replace("TIV delivery values", "TIV"), "no column TIV delivery values"),
        (HEAD.removeprefix("SIPRI AT "), "no line that starts with SIPRI AT Database ID"),
    ],
)
def test_another_table_is_refused(head: str, says: str) -> None:
    with pytest.raises(BadSourceFile, match=says):
        register(*ROWS, head=head)


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("arms_transfers")
    assert frame.height == 25024
    assert (frame["delivery_year"].min(), frame["delivery_year"].max()) == (1995, 2024)
    assert frame.null_count().row(0) == (0, 0, 0, 0, 0, 0, 0, 0, 0, 774)
    assert (frame["order_year"] <= frame["delivery_year"]).all()
    assert frame["tiv_mn"].min() == 0.01
    assert frame["tiv_mn"].sum() == pytest.approx(769810.94)
    assert frame["category"].n_unique() == 11
