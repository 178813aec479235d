"""Panels as files: what is written is read back, with what it means, and nothing is left half written."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise import store
from equipoise.assemble.panel import Panel, dyad_years, power_years, state_years, triads
from equipoise.assemble.panel.forms import Add, StateForm, Variable
from equipoise.assemble.panel.stata import stata, stata_names
from equipoise.assemble.panel.step import Added
from equipoise.assemble.panel.write import about, labels
from equipoise.errors import CannotWrite, UsageError

SUFFIXES = ["parquet", "arrow", "feather", "csv", "dta"]
OWN = pl.DataFrame({"ccode": [2, 20, 70], "year": [1990, 1990, 1991], "count": [5, None, 7], "share": [0.25, 0.5, None],
                    "name": ["Äpfel", None, ""], "yes": [True, None, False],
                    "day": [dt.date(1990, 5, 1), None, dt.date(1815, 6, 18)]})


def panel(**given: Any) -> Panel:
    return state_years(years=(1990, 1991), **given).add_table(OWN, name="own")


def read_stata(path: Path) -> tuple[pd.DataFrame, dict[str, str], str, dict[str, Any]]:
    with pd.read_stata(path, iterator=True) as reader:
        names, title = reader.variable_labels(), reader.data_label
        kinds = dict(zip(names, reader._typlist, strict=True))
        return reader.read(), names, title, kinds


def by_year(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    mine = frame[frame.ccode.isin([2, 20, 70])].set_index(["ccode", "year"])
    return [tuple(None if pd.isna(v) else v for v in mine.loc[key]) for key in ((2, 1990), (20, 1990), (70, 1991))]


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "feather"])
def test_parquet_and_arrow_give_back_the_frame(tmp_path, suffix) -> None:
    path = panel().write(tmp_path / f"p.{suffix}")
    read = pl.read_parquet if suffix == "parquet" else pl.read_ipc
    assert path == tmp_path / f"p.{suffix}" and read(path).equals(panel().frame)
    assert read(path).schema == panel().frame.schema


def test_csv_gives_back_the_values(tmp_path) -> None:
    path = panel().write(str(tmp_path / "p.csv"))
    found = pl.read_csv(path, schema=panel().frame.schema)
    assert found.drop("name").equals(panel().frame.drop("name"))
    text = path.read_text(encoding="utf-8")
    assert "2,1990,5,0.25,Äpfel,true,1990-05-01\n" in text and "20,1990,,0.5,,,\n" in text


def test_a_csv_has_its_columns_explained_beside_it(tmp_path) -> None:
    made = dyad_years(years=(1990, 1991)).add_table(OWN.select("ccode", "year", "count", "share"), name="own")
    made.write(tmp_path / "p.csv")
    told = {r["column"]: r for r in pl.read_csv(tmp_path / "p.columns.csv").iter_rows(named=True)}
    assert list(told) == made.frame.columns
    assert told["ccode1"]["label"] == "state 1: Correlates of War code"
    # Each label is its own column's, whatever the order in which the panel lists them.
    for column, row in told.items():
        if column not in made.keys:
            assert row["label"] == f"state {column[-1]}: {column[:-1]}, of own"
            assert (row["added_by"], row["source_years"]) == ("own", "1990–1991")
            assert row["missing"] == made.frame[column].null_count()


def test_stata_has_whole_numbers_texts_days_and_missing_values(tmp_path) -> None:
    path = panel().write(tmp_path / "p.dta")
    frame, _, _, kinds = read_stata(path)
    assert by_year(frame) == [
        (5, 0.25, "Äpfel", 1, pd.Timestamp("1990-05-01")), (None, 0.5, "", None, None),
        (7, None, "", 0, pd.Timestamp("1815-06-18"))]
    assert len(frame) == panel().frame.height
    # b is Stata's byte and h its int: a column of whole numbers with gaps has not become a double.
    assert kinds | {"name": None, "day": None} == {"ccode": "h", "year": "h", "count": "b", "share": "d", "name": None,
                                                  "yes": "b", "day": None}


def test_stata_has_labels_of_columns_and_of_the_data(tmp_path) -> None:
    table = OWN.select("ccode", "year", pl.col("count").alias("x" * 40))
    made = state_years(years=1990).add_table(table, name="n" * 90)
    _, names, title, _ = read_stata(made.write(tmp_path / "p.dta"))
    assert names["ccode"] == "Correlates of War code"
    assert title.startswith("state-year panel, 1990-1990, equipoise ")
    assert names["x" * 32].startswith("x" * 40 + ": ") and len(names["x" * 32]) == 80 and names["x" * 32].endswith("…")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=50), unique=True, max_size=8))
def test_names_for_stata_are_sound_and_no_two_alike(columns: list[str]) -> None:
    found = stata_names(columns)
    assert len(set(found)) == len(columns)
    for name in found:
        assert 0 < len(name) <= 32 and name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit()
        assert name not in ("if", "in", "using", "_n", "strL")
    assert stata_names(found) == found


def test_sound_names_stay_and_the_others_give_way() -> None:
    assert stata_names(["x" * 33, "x" * 32, "a b", "a_b", "if"]) == ["x" * 30 + "_2", "x" * 32, "a_b_2", "a_b", "_if"]


@pytest.mark.parametrize(("values", "kind"), [
    ([1, None, 100], "b"), ([1, None, 101], "h"), ([-32767, None], "h"), ([32741, None], "l"), ([2_147_483_620], "l"),
    ([2_147_483_621, None], "d"), ([2**53, None], "d"), ([None, None], "b"),
])
def test_whole_numbers_take_the_smallest_type_that_holds_them(values, kind) -> None:
    frame = pl.DataFrame({"x": values}, schema={"x": pl.Int64})
    with pd.read_stata(io.BytesIO(stata(frame, labels={}, title="")), iterator=True) as reader:
        reader._ensure_open()
        assert reader._typlist == [kind]
        assert [None if pd.isna(v) else int(v) for v in reader.read()["x"]] == values


@settings(max_examples=40, deadline=None)
@given(st.lists(st.none() | st.integers(-(2**53), 2**53), min_size=1), st.lists(st.none() | st.floats(
    allow_nan=False, allow_infinity=False, width=64, min_value=-1e300, max_value=1e300), min_size=1))
def test_numbers_are_read_back_as_they_were(whole: list[int | None], real: list[float | None]) -> None:
    for values, dtype in ((whole, pl.Int64), (real, pl.Float64)):
        raw = stata(pl.DataFrame({"x": values}, schema={"x": dtype}), labels={}, title="")
        found = pd.read_stata(io.BytesIO(raw))["x"]
        assert [None if pd.isna(v) else v for v in found] == values


@pytest.mark.parametrize(("column", "told"), [
    (pl.Series("x", [2**53 + 1]), "cannot hold exactly"), (pl.Series("x", [float("inf")]), "infinite"),
    (pl.Series("x", [[1, 2]]), "List"),
])
def test_what_stata_does_not_have_is_refused(tmp_path, column, told) -> None:
    with pytest.raises(UsageError, match=f"x (holds|is) .*{told}"):
        stata(column.to_frame(), labels={}, title="")


def test_a_long_text_and_no_rows_are_written_too() -> None:
    raw = stata(pl.DataFrame({"x": ["a" * 3000, None]}), labels={}, title="")
    assert pd.read_stata(io.BytesIO(raw))["x"].to_list() == ["a" * 3000, ""]
    raw = stata(pl.DataFrame({"x": [], "y": []}, schema={"x": pl.Int16, "y": pl.String}), labels={}, title="")
    assert list(pd.read_stata(io.BytesIO(raw)).columns) == ["x", "y"]


@pytest.mark.raw
@pytest.mark.parametrize("where", ["parquet", "arrow"])
def test_the_file_says_what_it_is(tmp_path, raw, where, monkeypatch) -> None:
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path / "cache"))
    made = power_years(states=["KAZ"], years=(2000, 2010), folder=raw).add("capabilities").lag("cinc2")
    path = made.write(tmp_path / f"p.{where}")
    beside = tmp_path / "p.json"
    text = pl.read_parquet_metadata(path)["equipoise"] if where == "parquet" else beside.read_text("utf-8")
    told = json.loads(text)
    assert told == about(made)
    assert (told["kind"], told["system"], told["years"], told["rows"]) == ("power-year", "iso", [2000, 2010], 55)
    assert list(told["sources"]) == ["cow_states", "nmc"] and told["sources"]["nmc"]["version"] == "7.0"
    assert told["columns"]["tpop2"] == {"label": "the power: total population", "unit": "thousand",
                                        "added_by": "capabilities", "source_years": "1816–2022"}
    assert told["columns"]["cinc2_lag1"]["unit"] == "share of the world"
    assert set(told["columns"]) == set(made.frame.columns)


def test_labels_say_whose_figure_it_is() -> None:
    table = pl.DataFrame({"iso3": ["KAZ"], "year": [1992], "x": [1]})
    assert labels(triads(states=["KAZ"], years=1992).add_table(table, name="t")) == {
        "iso3": "ISO 3166-1 alpha-3 code", "power_a": "power a: ISO 3166-1 alpha-3 code, or EUU",
        "power_b": "power b: ISO 3166-1 alpha-3 code, or EUU", "year": "year", "x_s": "the state: x, of t",
        "x_a": "power a: x, of t", "x_b": "power b: x, of t"}
    assert labels(dyad_years(years=1992, system="iso"))["iso3_2"] == "state 2: ISO 3166-1 alpha-3 code"


def test_labels_of_pairs_in_triads_say_which_of_the_two_has_the_figure(tmp_path, monkeypatch) -> None:
    file = tmp_path / "g.csv"
    file.write_text("sanctioned_state,sanctioning_state,year,arms,military,trade,financial,travel,other\n"
                    "Russia,EU,2014,1,0,1,1,1,0\n", encoding="utf-8")
    told = labels(triads(states=["KAZ"], powers=["RUS", "EUU"], years=2014).add_sanctions(file))
    assert told["gsdb_arms1_sa"] == "state with power a: has sanctions on arms on the other state"
    assert told["gsdb_arms2_sa"] == "power a with state: has sanctions on arms on the other state"
    assert told["gsdb_arms2_ab"] == "power b with power a: has sanctions on arms on the other state"


def test_labels_of_undirected_pairs_do_not_name_a_direction() -> None:
    told = {directed: labels(dyad_years(years=2000, directed=directed).add("alliances")) for directed in (False, True)}
    assert told[True]["atop_defense"] == "the first owes the second defence"
    assert told[False]["atop_defense"] == "either way, the first owes the second defence"
    assert told[False]["atop_alliance"] == told[True]["atop_alliance"]


def test_a_long_label_loses_its_words_before_its_unit(tmp_path) -> None:
    form = StateForm("cow", (Variable("x", "s" * 80, "thousand tons"),),
                     lambda shelf: pl.DataFrame({"code": [2], "year": [1990], "x": [1]}))
    made = state_years(years=1990)._with(Added(Add("long", "Long", (), 1816, 2100, state=form)))
    _, names, _, _ = read_stata(made.write(tmp_path / "p.dta"))
    assert names["x"] == "s" * 63 + "… (thousand tons)" and len(names["x"]) == 80


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_panel_gives_the_same_bytes(tmp_path, suffix) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        panel().write(tmp_path / folder / f"p.{suffix}")
    one, two = ({f.name: f.read_bytes() for f in (tmp_path / folder).iterdir()} for folder in ("a", "b"))
    assert one == two and f"p.{suffix}" in one


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nothing_is_left_half_written(tmp_path, suffix, monkeypatch) -> None:
    path = panel().write(tmp_path / f"p.{suffix}")
    before = {f.name: f.read_bytes() for f in tmp_path.iterdir()}

    def full(path: Path | str, *, content: bytes | str) -> Path:
        raise CannotWrite(f"{path} cannot be written: no space left.")

    monkeypatch.setattr(store, "atomic_write", full)
    with pytest.raises(CannotWrite):
        panel().filter(pl.col("ccode") == 2).write(path)
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", ["p", "p.xlsx", "p.CSV.gz", "p.rds"])
def test_other_suffixes_are_refused(tmp_path, name) -> None:
    with pytest.raises(UsageError, match=r"Use \.parquet, \.arrow, \.feather, \.csv, \.dta"):
        panel().write(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_places_that_cannot_be_written_are_told(tmp_path) -> None:
    for suffix in SUFFIXES:
        with pytest.raises(CannotWrite, match="no folder"):
            panel().write(tmp_path / "absent" / f"p.{suffix}")
        (tmp_path / f"d.{suffix}").mkdir()
        with pytest.raises(CannotWrite, match="is a folder"):
            panel().write(tmp_path / f"d.{suffix}")


def test_lists_are_refused_where_the_format_has_none(tmp_path) -> None:
    made = state_years(years=1990).add_table(pl.DataFrame({"ccode": [2], "year": [1990], "x": [[1, 2]]}))
    with pytest.raises(UsageError, match="x holds lists, which CSV"):
        made.write(tmp_path / "p.csv")
    with pytest.raises(UsageError, match="x is List"):
        made.write(tmp_path / "p.dta")
    assert not list(tmp_path.iterdir())
    assert pl.read_parquet(made.write(tmp_path / "p.parquet")).equals(made.frame)


def test_a_written_panel_can_be_added_to_another(tmp_path) -> None:
    for suffix in SUFFIXES:
        path = panel().write(tmp_path / f"p.{suffix}")
        again = state_years(years=(1990, 1991)).add_table(path, columns=["count", "share"])
        assert again.frame.equals(panel().frame.select("ccode", "year", "count", "share").cast(again.frame.schema))
