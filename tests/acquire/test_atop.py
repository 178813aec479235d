from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import atop
from equipoise.errors import BadSourceFile

FRAME = pl.DataFrame({
    "ccode1": [705.0, 365.0], "ccode2": [365.0, 705.0], "year": [2018.0, 2018.0], "atop_defense": [1.0, 1.0],
    "atop_offense": [0.0, 0.0], "atop_neutral": [1.0, 0.0], "atop_nonagg": [1.0, 1.0], "atop_consul": [1.0, 1.0],
})


def test_both_directions_stay_apart() -> None:
    frame = atop.tidy(FRAME)
    assert frame.rows() == [(365, 705, 2018, 1, 0, 0, 1, 1), (705, 365, 2018, 1, 0, 1, 1, 1)]
    assert frame.columns[3:] == ["defense", "offense", "neutrality", "nonaggression", "consultation"]
    assert set(frame.dtypes[3:]) == {pl.Int8}


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column atop_consul"):
        atop.tidy(FRAME.drop("atop_consul"))


@pytest.mark.raw
def test_kazakhstan_owes_defence_to_seven_states_in_2018(parsed) -> None:
    frame = parsed("atop").filter((pl.col("cow_a") == 705) & (pl.col("year") == 2018) & (pl.col("defense") == 1))
    assert frame["cow_b"].to_list() == [365, 370, 371, 373, 702, 703, 704]


@pytest.mark.raw
def test_every_pair_comes_in_both_directions(parsed) -> None:
    frame = parsed("atop")
    keys = frame.select("cow_a", "cow_b", "year")
    swapped = frame.select(cow_a="cow_b", cow_b="cow_a", year="year")
    assert keys.is_unique().all()
    assert keys.join(swapped, on=keys.columns, how="anti").is_empty()
