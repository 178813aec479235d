from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import vdem
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "vdem_cowcode": [705.0, None], "country_text_id": ["KAZ", "HKG"], "year": [2024.0, 2024.0],
    "v2x_polyarchy": [0.272, None], "v2x_polyarchy_codelow": [0.25, None], "v2x_polyarchy_codehigh": [0.3, None],
    "v2x_libdem": [0.134, 0.2], "v2x_libdem_codelow": [0.11, 0.1], "v2x_libdem_codehigh": [0.16, 0.3],
})


def test_columns_are_named_and_unknown_values_stay_null() -> None:
    frame = vdem.tidy(FRAME)
    assert frame.columns == ["cow", "iso3", "year", "polyarchy", "polyarchy_low", "polyarchy_high", "libdem",
                             "libdem_low", "libdem_high"]
    assert frame.rows() == [(None, "HKG", 2024, None, None, None, 0.2, 0.1, 0.3),
                            (705, "KAZ", 2024, 0.272, 0.25, 0.3, 0.134, 0.11, 0.16)]


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
