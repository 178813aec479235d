from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import rdata

from equipoise.acquire import r_text, tables
from equipoise.errors import BadSourceFile, MissingSource


def r_file(folder: Path, **objects: object) -> bytes:
    path = folder / "x.rda"
    rdata.write_rda(path, objects)
    return path.read_bytes()


def test_read_csv_reads_types_and_nulls() -> None:
    frame = tables.read_csv(b"\xef\xbb\xbfa;b\n1;\n2;x\n", name="x.csv", separator=";")
    assert frame.rows() == [(1, None), (2, "x")]


def test_read_csv_keeps_text_if_told() -> None:
    assert tables.read_csv(b"a\n01\n", name="x.csv", infer=False).rows() == [("01",)]


def test_read_csv_skips_a_preamble() -> None:
    assert tables.read_csv(b"title\n\na,b\n1,2\n", name="x.csv", skip_lines=2).columns == ["a", "b"]


def test_read_csv_takes_the_encoding_it_is_told() -> None:
    content = "name\nSão Tomé\n".encode("latin-1")
    assert tables.read_csv(content, name="x.csv", encoding="latin-1").item() == "São Tomé"
    with pytest.raises(BadSourceFile, match=r"x\.csv is not in utf-8: byte 6"):
        tables.read_csv(content, name="x.csv")


@pytest.mark.parametrize(("content", "message"), [
    (b"", r"x is empty"),
    (b" \n", r"x is empty"),
    (b"\n<!DOCTYPE html><title>Moved</title>", r"x is a web page, not a table"),
    (b"<HTML><body>", r"x is a web page, not a table"),
    (b"<?xml version='1.0'?><html>", r"x is a web page, not a table"),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", r"x is a Git LFS pointer"),
])
def test_every_reader_refuses_what_is_no_table(content: bytes, message: str) -> None:
    for read in (tables.read_csv, tables.read_r, tables.read_excel):
        with pytest.raises(BadSourceFile, match=message) as caught:
            read(content, name="x", source="nmc")
        assert "equipoise data pull nmc" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_read_csv_refuses_a_file_cut_off_in_its_last_line() -> None:
    with pytest.raises(BadSourceFile, match="cut off: its last line has 1 of 2 fields"):
        tables.read_csv(b"a,b\n1,2\n3", name="x.csv")


def test_read_csv_refuses_a_line_with_too_many_fields() -> None:
    with pytest.raises(BadSourceFile, match="is not a table separated by ','"):
        tables.read_csv(b"a,b\n1,2,3\n3,4\n", name="x.csv")


def test_read_r_turns_na_into_null(tmp_path: Path) -> None:
    frame = pd.DataFrame({"year": [1992.0, np.nan], "name": ["Қазақстан", None]})
    read = tables.read_r(r_file(tmp_path, x=frame), name="x.rda")
    assert read.rows() == [(1992.0, "Қазақстан"), (None, None)]
    assert read.schema == {"year": pl.Float64, "name": pl.String}


def test_read_r_reads_factors_as_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"kind": pd.Categorical(["b", "a", "b"])})
    assert tables.read_r(r_file(tmp_path, x=frame), name="x.rda")["kind"].to_list() == ["b", "a", "b"]


def test_read_r_chooses_a_member(tmp_path: Path) -> None:
    content = r_file(tmp_path, a=pd.DataFrame({"x": [1.0]}), b=pd.DataFrame({"y": [2.0]}))
    assert tables.read_r(content, name="x.rda", member="b").columns == ["y"]
    with pytest.raises(BadSourceFile, match=r"has no object c; it has \['a', 'b'\]"):
        tables.read_r(content, name="x.rda", member="c")
    with pytest.raises(BadSourceFile, match="holds a dict, not a data frame"):
        tables.read_r(content, name="x.rda")


def test_read_r_refuses_a_file_cut_off(tmp_path: Path) -> None:
    content = r_file(tmp_path, x=pd.DataFrame({"x": np.arange(99.0)}))
    with pytest.raises(BadSourceFile, match="cannot be read as an R file") as caught:
        tables.read_r(content[: len(content) // 2], name="x.rda")
    assert "\n" not in str(caught.value)


def test_read_excel_refuses_another_format() -> None:
    with pytest.raises(BadSourceFile, match="is not an Excel workbook"):
        tables.read_excel(b"a,b\n1,2\n", name="x.xlsx")


def test_require_columns_names_the_column_the_file_and_what_there_is() -> None:
    frame = pl.DataFrame({"a": [1], "b": [2]})
    with pytest.raises(BadSourceFile, match=r"x\.csv has no column c; it has a, b\. Try `equipoise data pull nmc`\."):
        tables.require_columns(frame, ["a", "c"], name="x.csv", source="nmc")


def test_require_columns_refuses_a_frame_without_rows() -> None:
    with pytest.raises(BadSourceFile, match=r"x\.csv has no rows"):
        tables.require_columns(pl.DataFrame({"a": []}), ["a"], name="x.csv")


def test_content_of_names_the_file_that_is_missing() -> None:
    with pytest.raises(MissingSource, match=r"a/x\.csv is not there\. Try `equipoise data pull nmc`"):
        tables.content_of({}, "a/x.csv", source="nmc")


@pytest.mark.raw
def test_read_r_reads_dates(raw: Path) -> None:
    frame = tables.read_r((raw / "peacesciencer/gw_states.rda").read_bytes(), name="gw_states.rda")
    assert frame.filter(pl.col("stateabb") == "KZK")["startdate"].item() == date(1991, 12, 16)


def test_read_r_falls_back_to_latin_1(tmp_path: Path) -> None:
    unzipped = gzip.decompress(r_file(tmp_path, x=pd.DataFrame({"name": ["Sxo", "b"]})))
    content = unzipped.replace(b"Sxo", b"S\xe3o")
    assert tables.read_r(content, name="x.rda")["name"].to_list() == ["São", "b"]


def test_equal_text_is_read_once_and_as_rdata_reads_it(tmp_path: Path) -> None:
    names = pd.DataFrame({"name": ["yes", "Қазақстан", None, "yes", ""] * 3, "kind": pd.Categorical(list("abcab") * 3)})
    content = r_file(tmp_path, x=names)
    found = r_text.parse(content)
    assert found == rdata.parser.parse_data(content)
    cells = found.object.value[0].value[0].value
    assert cells[0].value == b"yes" and cells[0] is cells[3] and len({id(c) for c in cells}) == 4
    frame = tables.read_r(content, name="x.rda")
    assert frame["name"].to_list() == names["name"].astype(object).where(names["name"].notna(), None).to_list()


@pytest.mark.raw
@pytest.mark.parametrize("file", ["archigos", "gw_states", "cow_mid_disps"])
def test_published_r_files_are_parsed_as_rdata_parses_them(raw: Path, file: str) -> None:
    content = (raw / f"peacesciencer/{file}.rda").read_bytes()
    assert r_text.parse(content) == rdata.parser.parse_data(content)
