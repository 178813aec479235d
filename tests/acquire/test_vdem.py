from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import vdem
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "vdem_cowcode": [705.0, None], "country_text_id": ["KAZ", "HKG"], "year": [2024.0, 2024.0],
    "v2x_polyarchy": [0.272, None], "v2x_polyarchy_codelow": [0.25, None], "v2x_polyarchy_codehigh": [0.3, None],
    "v2x_libdem": [0.134, 0.2], "v2x_libdem_codelow": [0.11, 0.1], "v2x_libdem_codehigh": [0.16, 0.3],
    "v2x_partipdem": [0.1, None], "v2x_partipdem_codelow": [0.09, None], "v2x_partipdem_codehigh": [0.11, None],
    "v2x_delibdem": [0.12, 0.4], "v2x_delibdem_codelow": [0.08, 0.3], "v2x_delibdem_codehigh": [0.15, 0.5],
    "v2x_egaldem": [0.14, None], "v2x_egaldem_codelow": [0.13, None], "v2x_egaldem_codehigh": [0.17, None],
})


def test_columns_are_named_and_unknown_values_stay_null() -> None:
    frame = vdem.tidy(FRAME)
    assert frame.columns == [
        "cow", "iso3", "year", "polyarchy", "polyarchy_low", "polyarchy_high", "libdem", "libdem_low", "libdem_high",
        "partipdem", "partipdem_low", "partipdem_high", "delibdem", "delibdem_low", "delibdem_high",
        "egaldem", "egaldem_low", "egaldem_high",
    ]
    assert frame.rows() == [
        (None, "HKG", 2024, None, None, None, 0.2, 0.1, 0.3, None, None, None, 0.4, 0.3, 0.5, None, None, None),
        (705, "KAZ", 2024, 0.272, 0.25, 0.3, 0.134, 0.11, 0.16, 0.1, 0.09, 0.11, 0.12, 0.08, 0.15, 0.14, 0.13, 0.17),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column v2x_libdem"):
        vdem.tidy(FRAME.drop("v2x_libdem"))


@pytest.mark.raw
@pytest.mark.parametrize(("year", "value"), [(1991, 0.290), (2010, 0.238), (2024, 0.272)])
def test_electoral_democracy_of_kazakhstan(parsed, year: int, value: float) -> None:
    row = parsed("vdem").filter((pl.col("iso3") == "KAZ") & (pl.col("year") == year))
    assert (row["cow"].item(), row["polyarchy"].item()) == (705, pytest.approx(value, abs=5e-4))


@pytest.mark.raw
def test_the_keys_are_unique(parsed) -> None:
    frame = parsed("vdem")
    assert frame.select("iso3", "year").is_unique().all()
    assert frame.drop_nulls("cow").select("cow", "year").is_unique().all()


@pytest.mark.raw
def test_bounds_enclose_each_index_within_its_years(parsed) -> None:
    frame = parsed("vdem")
    for index, first in (("polyarchy", 1789), ("libdem", 1789), ("partipdem", 1789), ("delibdem", 1900),
                         ("egaldem", 1900)):
        known = frame.drop_nulls(index)
        assert (known["year"].min(), known["year"].max()) == (first, 2024)
        assert ((known[f"{index}_low"] <= known[index]) & (known[index] <= known[f"{index}_high"])).all()
