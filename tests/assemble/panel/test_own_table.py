"""A user's own table in a panel: what is refused and in what words, and whose row each value reaches."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from equipoise.assemble.panel import Panel, dyad_years, power_years, state_years, triads
from equipoise.errors import BadSourceFile, UsageError

STATES = pl.DataFrame({"ccode": [705, 704, 365, 2], "year": [1992, 1992, 1993, 2000], "trust": [0.5, 0.6, 0.7, 0.8]})
DYADS = pl.DataFrame({"ccode1": [2, 20, 365], "ccode2": [20, 70, 2], "year": [1990, 1991, 1992], "x1": [1, 2, 3],
                      "x2": [4, 5, 6], "y": [7, 8, 9]})


def state(**given: Any) -> Panel:
    return state_years(years=(1985, 2010), **given)


def dyad(**given: Any) -> Panel:
    return dyad_years(years=(1985, 2010), **given)


def values(panel: Panel, *columns: str) -> list[tuple[Any, ...]]:
    """The rows in which not all of the columns are null, key first."""
    return panel.frame.filter(~pl.all_horizontal(pl.col(columns).is_null())).select(*panel.keys, *columns).rows()


def test_a_table_of_states_reaches_its_rows_and_leaves_the_others_null() -> None:
    before = state()
    panel = before.add_table(STATES.sample(fraction=1.0, shuffle=True, seed=1))
    assert panel.frame.select(before.keys).equals(before.frame)
    assert values(panel, "trust") == [(2, 2000, 0.8), (365, 1993, 0.7), (704, 1992, 0.6), (705, 1992, 0.5)]
    assert panel.steps[-1].coverage == "1992–2000"
    assert panel.coverage().select("column", "added_by", "missing").row(0) == ("trust", "the table", 4757 - 4)


def test_a_table_of_states_stands_on_both_sides_of_a_dyad() -> None:
    panel = dyad(directed=True).add_table(STATES, name="survey")
    assert list(panel.labels) == ["trust1", "trust2"] == panel.frame.columns[3:]
    both = panel.frame.filter(pl.col("year") == 1992, pl.col("ccode1").is_in([704, 705, 365]),
                              pl.col("ccode2").is_in([704, 705, 365])).select(*panel.labels, "ccode1", "ccode2")
    assert sorted(both.rows(), key=str) == sorted([
        (0.6, 0.5, 704, 705), (0.5, 0.6, 705, 704), (None, 0.6, 365, 704), (None, 0.5, 365, 705),
        (0.6, None, 704, 365), (0.5, None, 705, 365)], key=str)
    assert panel.labels["trust1"].label == "trust, of survey"


def test_a_table_of_states_stands_on_the_state_and_on_the_power_with_the_codes_of_its_year() -> None:
    table = pl.DataFrame({"ccode": [705, 365, 365, 2], "year": [1992, 1990, 1992, 1992], "trust": [1, 2, 3, 4]})
    panel = power_years(states=["KAZ", "MNG"], powers=["RUS", "USA", "EUU"], years=(1990, 1992), system="cow")
    found = {row[:3]: row[3:] for row in values(panel.add_table(table), "trust1", "trust2")}
    assert found[705, "RUS", 1992] == (1, 3) and found[705, "USA", 1992] == (1, 4)
    # In 1990 the Soviet Union stands for Russia; the European Union has no value unless the table has one.
    assert found[712, "RUS", 1990] == (None, 2)
    assert found[705, "EUU", 1992] == (1, None)
    iso = pl.DataFrame({"iso3": ["EUU", "SUN"], "year": [1992, 1990], "trust": [5, 6]})
    panel = power_years(states=["MNG"], powers=["RUS", "USA", "EUU"], years=(1990, 1992))
    assert values(panel.add_table(iso), "trust2") == [("MNG", "RUS", 1990, 6), ("MNG", "EUU", 1992, 5)]


def test_a_table_of_states_stands_on_the_three_of_a_triad() -> None:
    panel = triads(states=["KAZ"], powers=["RUS", "CHN"], years=(1992, 1993))
    table = pl.DataFrame({"iso3": ["KAZ", "RUS", "CHN"], "year": [1992] * 3, "trust": [1, 2, 3]})
    assert values(panel.add_table(table), "trust_s", "trust_a", "trust_b") == [("KAZ", "RUS", "CHN", 1992, 1, 2, 3)]


def test_a_table_by_the_keys_of_powers_and_triads() -> None:
    table = pl.DataFrame({"iso3": ["KAZ", "KAZ"], "power": ["RUS", "EUU"], "year": [1992, 1993], "visits": [3, 4]})
    panel = power_years(states=["KAZ"], years=(1992, 1993)).add_table(table)
    assert values(panel, "visits") == [("KAZ", "RUS", 1992, 3), ("KAZ", "EUU", 1993, 4)]
    table = table.rename({"power": "power_a"}).with_columns(power_b=pl.lit("JPN"))
    panel = triads(states=["KAZ"], years=(1992, 1993)).add_table(table)
    assert values(panel, "visits") == [("KAZ", "RUS", "JPN", 1992, 3), ("KAZ", "EUU", "JPN", 1993, 4)]


def test_keys_under_other_names_and_a_choice_of_columns() -> None:
    table = STATES.rename({"ccode": "COWcode", "year": "Year"}).with_columns(other=1)
    panel = state().add_table(table, keys={"ccode": "COWcode", "year": "Year"}, columns=["trust"])
    assert panel.frame.columns == ["ccode", "year", "trust"]
    with pytest.raises(UsageError, match=r'no column ccode: .* keys=\{"ccode": "COWcode", "year": "Year"\}'):
        state().add_table(table)


def test_whole_numbers_that_are_kept_as_floats_are_codes() -> None:
    assert values(state().add_table(STATES.cast({"ccode": pl.Float64, "year": pl.Float32})), "trust")


def test_rows_that_fit_nowhere_are_counted() -> None:
    table = pl.DataFrame({"ccode": [2, 2, 705, 260], "year": [1990, 2015, 1985, 1989], "x": [1, 2, 3, 4]})
    panel = state().add_table(table)
    assert panel.steps[-1].coverage == "1985–2015; 2 of 4 rows fit no row"
    # A filter takes rows away, but the table fits the panel as well as before.
    filtered = state().filter(pl.col("ccode") == 2).add_table(table)
    assert filtered.steps[-1].coverage == panel.steps[-1].coverage
    assert values(filtered, "x") == [(2, 1990, 1)] and filtered.frame.height == 26


# --- undirected and directed tables ------------------------------------------------------------------------------


def test_in_an_undirected_panel_a_pair_may_stand_in_either_order() -> None:
    panel = dyad().add_table(DYADS)
    # 365 and 2 are turned round, and what is each side's own with them.
    assert values(panel, "x1", "x2", "y") == [(2, 20, 1990, 1, 4, 7), (2, 365, 1992, 6, 3, 9), (20, 70, 1991, 2, 5, 8)]


def test_both_orders_in_an_undirected_panel_must_agree() -> None:
    turned = DYADS.rename({"ccode1": "ccode2", "ccode2": "ccode1", "x1": "x2", "x2": "x1"}).select(DYADS.columns)
    both = pl.concat([DYADS, turned])
    assert dyad().add_table(both).frame.equals(dyad().add_table(DYADS).frame)
    with pytest.raises(UsageError, match="other values for 2 and 20 than for 20 and 2 in 1990"):
        dyad().add_table(both.with_columns(y=pl.int_range(pl.len())))


def test_a_table_with_one_order_only_has_to_be_explained_in_a_directed_panel() -> None:
    with pytest.raises(UsageError, match="each pair in one order only"):
        dyad(directed=True).add_table(DYADS)
    directed = dyad(directed=True).add_table(DYADS, undirected=False)
    assert values(directed, "y") == [(2, 20, 1990, 7), (20, 70, 1991, 8), (365, 2, 1992, 9)]
    panel = dyad(directed=True).add_table(DYADS, undirected=True)
    assert values(panel, "x1", "x2", "y") == [
        (2, 20, 1990, 1, 4, 7), (2, 365, 1992, 6, 3, 9), (20, 2, 1990, 4, 1, 7), (20, 70, 1991, 2, 5, 8),
        (70, 20, 1991, 5, 2, 8), (365, 2, 1992, 3, 6, 9)]
    assert "undirected, put on both rows" in panel.steps[-1].coverage


def test_a_table_with_both_orders_is_directed() -> None:
    table = pl.DataFrame({"ccode1": [2, 20, 2], "ccode2": [20, 2, 70], "year": [1990, 1995, 1990], "aid": [1, 2, 3]})
    assert values(dyad(directed=True).add_table(table), "aid") == [(2, 20, 1990, 1), (2, 70, 1990, 3), (20, 2, 1995, 2)]


def test_undirected_is_refused_where_it_means_nothing() -> None:
    with pytest.raises(UsageError, match="undirected says nothing"):
        state().add_table(STATES, undirected=True)
    with pytest.raises(UsageError, match="is directed, and the panel is not"):
        dyad().add_table(DYADS, undirected=False)


# --- codes of another list ---------------------------------------------------------------------------------------


def test_codes_of_another_list_are_refused_and_translated_if_allowed() -> None:
    table = pl.DataFrame({"gwcode": [340, 345, 260, 678], "year": [2008, 2000, 1995, 1990], "x": [1, 2, 3, 4]})
    with pytest.raises(UsageError, match=r"gwcode, codes of Gleditsch and Ward; .* convert=True"):
        state().add_table(table)
    panel = state().add_table(table, convert=True)
    assert values(panel, "x") == [(255, 1995, 3), (345, 2000, 2), (345, 2008, 1), (679, 1990, 4)]
    assert panel.steps[-1].coverage == "1990–2008; codes translated from Gleditsch and Ward"
    iso = pl.DataFrame({"iso3": ["SUN", "RUS", "RUS"], "year": [1990, 1995, 1985], "x": [1, 2, 3]})
    panel = state().add_table(iso, convert=True)
    assert values(panel, "x") == [(365, 1990, 1), (365, 1995, 2)]
    assert "1 of 3 rows fit no row" in panel.steps[-1].coverage


def test_dyads_of_another_list_are_translated_on_both_sides() -> None:
    table = pl.DataFrame({"gwcode1": [340], "gwcode2": [260], "year": [2008], "x": [1]})
    assert values(dyad().add_table(table, convert=True), "x") == [(255, 345, 2008, 1)]


@pytest.mark.parametrize(("codes", "years", "told"), [
    ([340, 2, 20], [2008] * 3, "340 in 2008"), ([260, 2, 20], [1995] * 3, "260 in 1995"),
    ([678, 2, 365], [2000] * 3, "678 in 2000"), ([563, 200, 2], [1990] * 3, "563 in 1990"),
])
def test_codes_that_the_named_list_does_not_have_are_noticed(codes, years, told) -> None:
    table = pl.DataFrame({"ccode": codes, "year": years, "x": 1})
    with pytest.raises(UsageError, match=rf"{told}, which is a code of Gleditsch .* keys=\{{\"gwcode\": \"ccode\"\}}"):
        state().add_table(table)
    assert values(state().add_table(table, keys={"gwcode": "ccode"}, convert=True), "x")


def test_codes_of_correlates_of_war_under_gleditsch_and_wards_name_are_noticed() -> None:
    table = pl.DataFrame({"gwcode": [255, 2], "year": [1995, 1995], "x": 1})
    with pytest.raises(UsageError, match="255 in 1995, which is a code of Correlates of War"):
        state(system="gw").add_table(table)


def test_a_table_of_correlates_of_war_is_never_taken_for_another() -> None:
    """260 from 1949 is in many a table of COW's codes, and a stray code beside those that only COW has is no matter."""
    for codes, years in (([260, 2], [1952, 1952]), ([260, 260, 255], [1990, 1989, 1990]), ([679, 678], [1991, 1991]),
                         ([345, 816, 732], [2010, 1950, 1948])):
        state().add_table(pl.DataFrame({"ccode": codes, "year": years, "x": 1}))


@pytest.mark.parametrize(("table", "told"), [
    ({"ccode": [398, 643, 156]}, "ISO's numbers"),
    ({"ccode": ["KAZ", "RUS", "CHN"]}, "whole numbers are needed; row 1 has 'KAZ'"),
    ({"ccode": ["2", "20", "n/a"]}, "ccode of the table is text, .* row 3 has 'n/a'"),
    ({"ccode": [2.5, 20.0, 70.0]}, "2.5, which is no whole number"),
    ({"ccode": [2.0, float("nan"), 70.0]}, "nan, which is no whole number"),
    ({"ccode": [float("inf"), 20.0, 70.0]}, "inf, which is no whole number"),
    ({"ccode": [2, None, 20]}, "empty in 1 of 3 rows, first in row 2"),
    ({"ccode": [2, 2, 2]}, "1 key in more than one row, the first is ccode=2, year=1990"),
    ({"ccode": [[2], [3], [4]]}, "whole numbers are needed"),
])
def test_unsound_codes_are_told(table, told) -> None:
    with pytest.raises(UsageError, match=told):
        state().add_table(pl.DataFrame({**table, "year": [1990] * 3, "x": [1] * 3}))


@pytest.mark.parametrize(("codes", "told"), [
    (["KZ", "RU", "CN"], "alpha-2"), (["kaz", "rus", "chn"], "capitals"),
    (["Kazakhstan", "Russia", "China"], "Alpha-3"),
])
def test_other_texts_than_alpha_3_codes_are_told(codes, told) -> None:
    with pytest.raises(UsageError, match=told):
        state(system="iso").add_table(pl.DataFrame({"iso3": codes, "year": 1992, "x": 1}))


def test_numbers_where_alpha_3_codes_are_needed() -> None:
    with pytest.raises(UsageError, match="codes such as KAZ"):
        state(system="iso").add_table(pl.DataFrame({"iso3": [398], "year": [1992], "x": [1]}))


def test_one_code_in_small_letters_is_not_lost_unseen() -> None:
    table = pl.DataFrame({"iso3": ["KAZ", "RUS", "JPN", "chn", "WLD"], "year": 1992, "x": 1})
    with pytest.raises(UsageError, match="iso3 of the table holds 'chn', a code in small letters"):
        state(system="iso").add_table(table)


def test_powers_are_codes_and_not_names() -> None:
    table = pl.DataFrame({"iso3": ["KAZ", "KAZ"], "power": ["Russia", "EU"], "year": 1992, "x": 1})
    panel = power_years(states=["KAZ"], years=1992)
    with pytest.raises(UsageError, match=r"2 of the 2 codes in power of the table .* the first is 'EU'"):
        panel.add_table(table)
    assert values(panel.add_table(table.with_columns(power=pl.Series(["RUS", "EUU"]))), "x")


def test_a_table_by_state_and_power_does_not_fit_a_triad() -> None:
    table = pl.DataFrame({"iso3": ["KAZ"], "power": ["RUS"], "year": [1992], "x": [1]})
    with pytest.raises(UsageError, match=r"is by state and power.*power_years\(\)"):
        triads(states=["KAZ"], years=1992).add_table(table)


def test_pairs_of_a_state_with_itself_are_counted_as_rows_that_fit_nowhere() -> None:
    table = pl.DataFrame({"ccode1": [2, 2], "ccode2": [2, 20], "year": 1990, "x": [1, 2]})
    assert dyad().add_table(table).steps[-1].coverage == "1990–1990; 1 of 2 rows fit no row"


@pytest.mark.parametrize(("table", "told"), [
    (pd.DataFrame({"ccode": [2]}), r"this is a pandas\.DataFrame"), ({"ccode": [2]}, "this is a dict"),
    (pl.LazyFrame({"ccode": [2]}), r"polars\.LazyFrame.*collect"),
])
def test_other_things_than_tables_are_told(table, told) -> None:
    with pytest.raises(UsageError, match=told):
        state().add_table(table)


def test_a_few_aggregates_among_alpha_3_codes_are_rows_that_fit_nowhere() -> None:
    table = pl.DataFrame({"iso3": ["KAZ", "RUS", "WLD"], "year": 1992, "x": [1, 2, 3]})
    panel = state(system="iso").add_table(table)
    assert panel.steps[-1].coverage == "1992–1992; 1 of 3 rows fit no row"


# --- columns -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "told"), [
    ({"columns": ["trus"]}, "Did you mean trust"), ({"columns": ["year"]}, "brings no column besides its keys"),
    ({"keys": {"cow": "ccode"}}, "'cow' in keys is no key"), ({"keys": {"ccode": "cow"}}, "no column cow"),
    ({"keys": {"year": "ccode"}}, "a column year beside ccode"),
])
def test_wrong_columns_and_keys_are_told(given, told) -> None:
    with pytest.raises(UsageError, match=told):
        state().add_table(STATES, **given)


def test_a_column_that_is_there_is_refused() -> None:
    with pytest.raises(UsageError, match="brings the column trust, which is there already"):
        state().add_table(STATES).add_table(STATES)
    with pytest.raises(UsageError, match="brings the column trust1"):
        dyad().add_table(STATES).add_table(DYADS.rename({"y": "trust1"}))


def test_a_table_of_dyads_does_not_fit_a_panel_of_states() -> None:
    with pytest.raises(UsageError, match=r"no column ccode.*It is a table of dyads"):
        state().add_table(DYADS)


def test_other_names_of_the_sides_are_recognised_in_the_hint() -> None:
    table = DYADS.rename({"ccode1": "statea", "ccode2": "stateb"})
    with pytest.raises(UsageError, match=r'keys=\{"ccode1": "statea", "ccode2": "stateb"\}'):
        dyad().add_table(table)


# --- files -------------------------------------------------------------------------------------------------------


def save(frame: pl.DataFrame, path: Path) -> Path:
    match path.suffix:
        case ".csv":
            frame.write_csv(path)
        case ".parquet":
            frame.write_parquet(path)
        case ".arrow" | ".feather":
            frame.write_ipc(path)
        case ".dta":
            pd.DataFrame(frame.to_dict(as_series=False)).to_stata(
                path, write_index=False, variable_labels={"trust": "Trust in others"})
    return path


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow", "feather", "dta"])
def test_a_file_gives_what_the_frame_gives(tmp_path, suffix) -> None:
    panel = state().add_table(save(STATES, tmp_path / f"survey.{suffix}"))
    assert panel.frame.equals(state().add_table(STATES).frame)
    assert panel.steps[-1].name == f"survey.{suffix}" and repr(panel).endswith(f", survey.{suffix})")
    if suffix == "dta":
        assert panel.labels["trust"].label == "Trust in others"


def test_a_csv_of_r_with_row_numbers_and_na(tmp_path) -> None:
    path = tmp_path / "r.csv"
    path.write_text('"","ccode","year","x"\n"1",2,1990,NA\n"2",20,1990,.\n"3",70,1990,3\n')
    panel = state().add_table(path)
    assert panel.frame.columns == ["ccode", "year", "x"]
    assert values(panel, "x") == [(70, 1990, 3)]


def test_text_and_missing_values_of_stata(tmp_path) -> None:
    path = tmp_path / "s.dta"
    frame = pd.DataFrame({"ccode": [2, 20], "year": [1990, 1990], "x": [1.0, float("nan")], "name": ["USA", "Canada"],
                          "day": pd.to_datetime(["1990-05-01", None])})
    frame.to_stata(path, write_index=False)
    panel = state().add_table(path)
    assert values(panel, "x", "name") == [(2, 1990, 1.0, "USA"), (20, 1990, None, "Canada")]
    assert values(panel, "day") == [(2, 1990, dt.datetime(1990, 5, 1))]


def test_blanks_around_names_empty_columns_and_line_ends_of_an_old_mac(tmp_path) -> None:
    path = tmp_path / "e.csv"
    path.write_bytes(b"ccode , year,x,,\r2,1990,5,,\r")
    assert values(state().add_table(path), "x") == [(2, 1990, 5)]


def test_an_event_in_a_file_may_be_a_float_or_a_truth_value(tmp_path) -> None:
    table = pl.DataFrame({"ccode": 2, "year": range(1985, 1990), "war": [0.0, 1.0, 0.0, float("nan"), 0.0]})
    path = tmp_path / "w.dta"
    pd.DataFrame(table.to_dict(as_series=False)).to_stata(path, write_index=False)
    want = [(0.0, 0), (1.0, 1), (0.0, 0), (None, None), (0.0, 0)]
    panel = state().filter(pl.col("ccode") == 2, pl.col("year") < 1990)
    assert panel.add_table(path).peace_years("war").frame.select("war", "war_spell").rows() == want
    truth = table.select("ccode", "year", war=pl.Series([False, True, False, None, False]))
    assert panel.add_table(truth).peace_years("war").frame["war_spell"].to_list() == [w for _, w in want]
    with pytest.raises(UsageError, match="other values than 0 and 1"):
        _ = panel.add_table(table.with_columns(war=pl.col("war") / 2)).peace_years("war").frame


@pytest.mark.parametrize(("name", "content", "told"), [
    ("a.csv", b"ccode,year,x,x\n2,1990,1,2\n", "two columns called x"),
    ("a.csv", b"ccode,year,x, ccode\n2,1990,1,2\n", "two columns called ccode"),
    ("a.csv", b"", "is empty"), ("a.csv", b"<!doctype html><html>", "web page"),
    ("a.csv", b"ccode;year;x\n2;1990;1,5\n", "no comma in its header"),
    ("a.csv", "ccode,year,né\n2,1990,1\n".encode("latin-1"), "not in utf-8.*UTF-8"),
    ("a.csv", b"ccode,year,x\n", "no rows"), ("a.csv", b"ccode,year,x\n2,1990,1\n2,19", "cut off"),
    ("a.parquet", b"PAR1 no", "not a Parquet file"), ("a.arrow", b"ARROW1 no", "not an Arrow file"),
    ("a.dta", b"<stata_dta> no", "not a Stata file"), ("a.parquet", b"", "not a Parquet file"),
])
def test_unreadable_files_are_one_clear_error(tmp_path, name, content, told) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadSourceFile, match=told) as caught:
        state().add_table(tmp_path / name)
    assert "\n" not in str(caught.value) and "data pull" not in str(caught.value)


def test_files_that_are_not_there_and_other_kinds(tmp_path) -> None:
    with pytest.raises(BadSourceFile, match="no such file"):
        state().add_table(tmp_path / "none.csv")
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(BadSourceFile, match="is a directory"):
        state().add_table(tmp_path / "d.csv")
    with pytest.raises(UsageError, match=r"\.csv, \.parquet"):
        state().add_table(tmp_path / "own.xlsx")
