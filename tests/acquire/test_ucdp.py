from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import ucdp
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "conflict_id": [13243.0, 13243.0, 299.0], "year": [2024.0, 2024.0, 2023.0], "gwno_a": [365.0, 365.0, 652.0],
    "gwno_a_2nd": [731.0, None, 365.0], "gwno_b": [369.0, 369.0, None], "gwno_b_2nd": [None, None, 640.0],
    "intensity_level": [2.0, 2.0, 2.0], "type_of_conflict": ["interstate", "interstate", "II"],
})


def test_every_state_involved_has_one_row_a_side() -> None:
    assert ucdp.tidy(FRAME).rows() == [
        (365, 2023, 299, "internationalized", 2, "a_2nd"),
        (365, 2024, 13243, "interstate", 2, "a"),
        (369, 2024, 13243, "interstate", 2, "b"),
        (640, 2023, 299, "internationalized", 2, "b_2nd"),
        (652, 2023, 299, "internationalized", 2, "a"),
        (731, 2024, 13243, "interstate", 2, "a_2nd"),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column gwno_b"):
        ucdp.tidy(FRAME.drop("gwno_b"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("ucdp")
    assert (frame["year"].min(), frame["year"].max()) == (1946, 2024)
    assert set(frame["kind"]) == {"interstate", "intrastate", "internationalized", "extrasystemic"}
    assert set(frame["intensity"]) == {1, 2}
    assert frame.select("gw", "year", "conflict", "side").is_unique().all()
