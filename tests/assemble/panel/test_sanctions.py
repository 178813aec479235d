"""Sanctions of a user's own file in every kind of panel. The file is made up; the data base itself is not ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from equipoise.assemble.panel import dyad_years, power_years, state_years, triads
from equipoise.errors import BadSourceFile, DataError, UsageError

HEAD = "case_id,sanctioned_state,sanctioning_state,year,arms,military,trade,financial,travel,other"
ROWS = """\
1,Russia,EU,2014,1,0,1,1,1,0
2,Russia,United States,2014,1,0,1,1,1,0
3,Russia,United States,2014,0,1,0,0,0,0
4,EU,Russia,2014,0,0,1,0,1,0
5,Iran,United Nations,2014,1,0,0,0,,0
6,Iran,United States,2016,1,1,1,1,1,
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "gsdb.csv"
    path.write_text(f"{HEAD}\n{ROWS}", encoding="utf-8")
    return path


def row(frame: pl.DataFrame, *columns: str, **key: Any) -> tuple[Any, ...]:
    return frame.filter(*(pl.col(k) == v for k, v in key.items())).select(columns).row(0)


def test_each_side_of_a_dyad_has_its_own_sanctions_on_the_other(file: Path) -> None:
    frame = dyad_years(years=(2013, 2017), directed=True).add_sanctions(file).frame
    sides = ["gsdb_any1", "gsdb_any2", "gsdb_military1", "gsdb_military2", "gsdb_other1"]
    assert row(frame, *sides, ccode1=2, ccode2=365, year=2014) == (1, 0, 1, 0, 0)
    assert row(frame, *sides, ccode1=365, ccode2=2, year=2014) == (0, 1, 0, 1, 0)
    # A year of the file in which it lists nothing is a zero; other years are unknown.
    assert row(frame, *sides, ccode1=2, ccode2=365, year=2015) == (0, 0, 0, 0, 0)
    assert row(frame, *sides, ccode1=2, ccode2=365, year=2013) == (None,) * 5
    assert row(frame, *sides, ccode1=2, ccode2=365, year=2017) == (None,) * 5
    assert frame["gsdb_any1"].dtype == pl.Int8


def test_an_empty_cell_is_unknown_and_the_kinds_beside_it_are_not(file: Path) -> None:
    frame = dyad_years(years=2016).add_sanctions(file).frame
    columns = ["gsdb_any1", "gsdb_travel1", "gsdb_other1", "gsdb_other2"]
    assert row(frame, *columns, ccode1=2, ccode2=630) == (1, 1, None, 0)


def test_sanctions_of_and_on_the_union_are_those_of_its_members_in_the_year(file: Path) -> None:
    frame = dyad_years(years=(2014, 2014), system="iso").add_sanctions(file).frame
    on_russia = frame.filter(pl.col("iso3_2") == "RUS", pl.col("gsdb_financial1") == 1)["iso3_1"].to_list()
    assert {"DEU", "HRV", "GBR"} < set(on_russia) and "SRB" not in on_russia
    everyone = frame.filter((pl.col("gsdb_travel1") == 1) | (pl.col("gsdb_travel2") == 1))
    assert everyone.height == 28 + 1
    assert row(frame, "gsdb_travel1", "gsdb_travel2", iso3_1="DEU", iso3_2="RUS") == (1, 1)


def test_in_a_panel_of_powers_the_state_is_first_and_the_power_second(file: Path) -> None:
    frame = power_years(states=["RUS", "IRN"], powers=["EUU", "USA"], years=(2014, 2016)).add_sanctions(file).frame
    columns = ["gsdb_any1", "gsdb_any2", "gsdb_arms1", "gsdb_arms2"]
    assert row(frame, *columns, iso3="RUS", power="EUU", year=2014) == (1, 1, 0, 1)
    assert row(frame, *columns, iso3="RUS", power="USA", year=2014) == (0, 1, 0, 1)
    # The United Nations' sanctions are nobody's.
    assert row(frame, *columns, iso3="IRN", power="USA", year=2014) == (0, 0, 0, 0)
    frame = triads(states=["RUS"], powers=["EUU", "USA", "CHN"], years=2014).add_sanctions(file).frame
    found = row(frame, "gsdb_any1_sa", "gsdb_any2_sa", "gsdb_any2_sb", "gsdb_any1_ab", power_a="EUU", power_b="USA")
    assert found == (1, 1, 1, 0)


def test_a_panel_of_states_counts_senders_each_once(file: Path) -> None:
    frame = state_years(years=(2013, 2016)).add_sanctions(file).frame
    columns = ["gsdb_any_senders", "gsdb_arms_senders", "gsdb_military_senders"]
    assert row(frame, *columns, ccode=365, year=2014) == (2, 2, 1)
    assert row(frame, *columns, ccode=630, year=2014) == (1, 1, 0)
    assert row(frame, *columns, ccode=255, year=2014) == (1, 0, 0)
    assert row(frame, *columns, ccode=365, year=2015) == (0, 0, 0)
    assert row(frame, *columns, ccode=365, year=2013) == (None, None, None)


def test_the_panel_says_where_they_come_from(file: Path) -> None:
    panel = dyad_years(years=(2013, 2017)).add_sanctions(file)
    assert repr(panel) == "Panel(dyad-year, cow, 2013–2017, gsdb)"
    cover = panel.coverage().row(0, named=True)
    assert (cover["added_by"], cover["source_years"], cover["first_year"]) == ("gsdb", "2014–2016", 2014)
    with pytest.raises(UsageError, match="gsdb has been added to this panel already"):
        panel.add_sanctions(file)


def test_files_that_cannot_be_used_are_one_clear_error(tmp_path: Path) -> None:
    panel = dyad_years(years=2014)
    with pytest.raises(BadSourceFile, match="no such file"):
        panel.add_sanctions(tmp_path / "none.csv")
    for content, told, error in ((HEAD.replace("travel", "trips") + "\n" + ROWS, "no column travel", BadSourceFile),
                                 (HEAD + "\n1,Ruritania,EU,2014,1,0,1,1,1,0\n", "Ruritania", DataError)):
        (tmp_path / "g.csv").write_text(content, encoding="utf-8")
        with pytest.raises(error, match=told):
            panel.add_sanctions(tmp_path / "g.csv")
