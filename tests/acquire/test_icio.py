from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from equipoise.acquire import icio
from equipoise.errors import BadSourceFile

# Two economies and two industries, in the official order: by country, then industry; final uses and totals last.
TEXT = """V1,KAZ_B06,KAZ_C19,ROW_B06,ROW_C19,KAZ_HFCE,KAZ_INVNT,ROW_HFCE,ROW_INVNT,OUT
KAZ_B06,1,2,3,4,5,-1,6,0,20
KAZ_C19,2,0,1,0,4,0,3,-4,6
ROW_B06,0,1,2,3,0,0,8,1,15
ROW_C19,1,1,0,2,2,0,9,0,15
TLS,0,0,1,0,1,0,1,0,
VA,16,2,8,6,,,,,
OUT,20,6,15,15,12,-1,27,-3,
"""


def packed(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv" if not name.endswith("_txt") else name, text)
    return buffer.getvalue()


def test_sectors_come_first_then_seller_and_buyer() -> None:
    table = icio.read(TEXT.encode(), name="2022_SML.csv")
    assert (table.countries, table.sectors) == (("KAZ", "ROW"), ("B06", "C19"))
    # What refining (1) in the rest of the world (1) buys of crude (0) from Kazakhstan (0).
    assert table.intermediate[0, 0, 1, 1] == 4
    assert table.intermediate[1, 1, 1, 0] == 1
    assert table.final is not None
    assert table.final[0].tolist() == [[4, 6], [0, 9]]


def test_falling_stocks_below_zero_are_cut_and_counted() -> None:
    table = icio.read(TEXT.encode(), name="x.csv")
    assert table.final is not None
    assert table.final[1, 0].tolist() == [4, 0]
    assert table.clipped == pytest.approx(1 / (4 + 6 + 9 + 4 + 1 + 2 + 9))
    np.testing.assert_array_equal(table.final_sales, table.final.sum(2))


def test_an_archive_with_one_table_is_read_and_one_with_several_is_not() -> None:
    one = icio.read(packed(**{"2022_SML": TEXT, "readme_txt": "notes"}), name="x.zip")
    assert one.intermediate[0, 0, 1, 1] == 4
    with pytest.raises(BadSourceFile, match="2 CSV files, not one"):
        icio.read(packed(a=TEXT, b=TEXT), name="x.zip")
    with pytest.raises(BadSourceFile, match="a damaged archive"):
        icio.read(packed(a=TEXT)[:40], name="x.zip")


@pytest.mark.parametrize(("old", "new", "message"), [
    ("KAZ_C19,2,0,1", "KAZ_C19,2,-7,1", "1 negative sales between industries"),
    ("KAZ_C19,2,0,1", "KAZ_C19,2,n/a,1", "a value in the column KAZ_C19 that is no number"),
    ("KAZ_HFCE", "CN1_HFCE", "a column CN1_HFCE, which is not of the small table"),
    ("ROW_HFCE,ROW_INVNT", "KAZ_GGFC,KAZ_GFCF", "no final use of ROW"),
    ("\nROW_C19,", "\nROW_C20,", "not have the same industries in its rows"),
    (",ROW_C19,KAZ_HFCE", ",ROW_C20,KAZ_HFCE", "not have every industry for every country"),
])
def test_another_layout_is_refused(old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(BadSourceFile, match=message):
        icio.read(TEXT.replace(old, new, 1).encode(), name="x.csv")


def network(**changes: np.ndarray) -> bytes:
    parts = {
        "A": np.array([[0.25, 0.5], [0.75, 0.5]]), "omb": np.array([0.4, 0.5]), "s": np.array([10.0, 20.0]),
        "z": np.array([4.0, 12.0]), "countries": np.array(["KAZ", "RUS"]), "sectors": np.array(["B06"]),
    }
    buffer = io.BytesIO()
    np.savez(buffer, **{k: v for k, v in (parts | changes).items() if v is not None})
    return buffer.getvalue()


def test_the_network_is_flows_again() -> None:
    table = icio.read_network(network(), name="bench_cache.npz")
    # A seller's share in a buyer's inputs, times its inputs: 0.25 × 0.4 × 10.
    assert table.intermediate[0, :, 0].tolist() == [[1.0, 5.0], [3.0, 5.0]]
    assert table.final is None and table.final_sales.tolist() == [[4.0, 12.0]]


def test_something_else_than_the_network_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="not a NumPy archive"):
        icio.read_network(b"PK nothing", name="x.npz")
    with pytest.raises(BadSourceFile, match="has no z"):
        icio.read_network(network(z=None), name="x.npz")
    with pytest.raises(BadSourceFile, match="do not fit its 2 countries and 1 sectors"):
        icio.read_network(network(s=np.ones(3)), name="x.npz")
