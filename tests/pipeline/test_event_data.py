"""Coded events of GDELT, ICEWS and POLECAT, summed by month."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.assemble.event_data import layout_of, monthly
from equipoise.errors import BadSourceFile, MissingSource, UnknownState, UsageError
from equipoise.pipeline.event_data import event_data

ICEWS = (
    "Event ID\tEvent Date\tSource Name\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Country"
)
POLECAT = "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tActor Country\tRecipient Country"


def gdelt(day: str, source: str, target: str, score: float | str, *, fields: int = 58) -> str:
    line = [""] * fields
    line[0], line[1], line[7], line[17], line[26], line[30] = "1", day, source, target, "043", str(score)
    return "\t".join(line)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "events.tsv"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_gdelt_by_month_and_direction(tmp_path) -> None:
    path = written(
        tmp_path,
        gdelt("20140301", "KAZ", "RUS", 4.0),
        gdelt("20140331", "KAZ", "RUS", -1.5),
        gdelt("20140302", "RUS", "KAZ", -2),
        gdelt("20140515", "ROM", "KAZ", 1.0),
        gdelt("20140515", "KAZ", "KAZ", 9),
        gdelt("20140515", "KAZ", "", 9),
    )
    frame, span, left = monthly(path, states=["KAZ", "RUS", "ROU"])
    assert frame.rows() == [
        (dt.date(2014, 3, 1), "KAZ", "RUS", 2, 4.0, 1.5),
        (dt.date(2014, 3, 1), "RUS", "KAZ", 1, 0.0, 2.0),
        (dt.date(2014, 5, 1), "ROU", "KAZ", 1, 1.0, 0.0),
    ]
    assert span == (dt.date(2014, 3, 1), dt.date(2014, 5, 15)) and left == {"unread": 0, "unknown": 0}


@pytest.mark.parametrize("fields", [57, 58, 61])
def test_every_version_of_gdelt_is_known(tmp_path, fields: int) -> None:
    path = written(tmp_path, gdelt("20140301", "KAZ", "RUS", 4.0, fields=fields))
    assert layout_of(path).name == "GDELT" and monthly(path, states=["KAZ", "RUS"])[0].height == 1


def test_icews_has_names_and_stray_quotes(tmp_path) -> None:
    path = written(
        tmp_path,
        ICEWS,
        '1\t2014-03-18\tA "half quote\tKazakhstan\tx\t040\t1.0\tb\tRussian Federation',
        "2\t2014-03-19\ta\tUkraine\tx\t112\t-2.0\tb\tKazakhstan",
        "3\t2014-03-19\ta\tAtlantis\tx\t1\t1\tb\tKazakhstan",
    )
    frame, _, left = monthly(path, states=["KAZ", "RUS", "UKR"])
    assert frame.select("from", "to", "cooperation", "conflict").rows() == [
        ("KAZ", "RUS", 1.0, 0.0),
        ("UKR", "KAZ", 0.0, 2.0),
    ]
    assert left == {"unread": 0, "unknown": 1}


def test_polecat_may_name_several_states(tmp_path) -> None:
    path = written(tmp_path, POLECAT, "1\t2022-01-06\tAID\t\t3.5\tRUS; BLR\tKAZ")
    assert monthly(path, states=["KAZ", "RUS", "BLR"])[0].select("from", "to").rows() == [
        ("BLR", "KAZ"),
        ("RUS", "KAZ"),
    ]


def test_what_cannot_be_read_is_counted(tmp_path) -> None:
    path = written(
        tmp_path,
        gdelt("20140301", "KAZ", "RUS", 1),
        gdelt("20141301", "KAZ", "RUS", 1),
        gdelt("20140301", "KAZ", "RUS", "many"),
        gdelt("20140301", "KAZ", "EUR", 1),
    )
    made = event_data(path, state="KAZ", powers=["RUS", "CHN"])
    assert made.frame["events"].sum() == 1
    assert "2 events have no date" in made.remarks[0] and "1 events name what is no state" in made.remarks[1]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 12),
            st.sampled_from(["KAZ", "RUS", "USA"]),
            st.sampled_from(["KAZ", "RUS", "USA"]),
            st.integers(-10, 10),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_sums_are_those_of_the_events(tmp_path_factory, events: list[tuple[int, str, str, int]]) -> None:
    path = written(tmp_path_factory.mktemp("e"), *(gdelt(f"2014{m:02d}05", a, b, s) for m, a, b, s in events))
    frame, _, _ = monthly(path, states=["KAZ", "RUS", "USA"])
    between = [(m, a, b, s) for m, a, b, s in events if a != b]
    assert frame["events"].sum() == len(between)
    for month, a, b, n, plus, minus in frame.iter_rows():
        here = [s for m, x, y, s in between if (m, x, y) == (month.month, a, b)]
        assert (n, plus, minus) == (len(here), sum(s for s in here if s > 0), -sum(s for s in here if s < 0))


def test_months_without_events_are_zero_and_the_union_is_its_members(tmp_path) -> None:
    path = written(
        tmp_path,
        gdelt("20191201", "KAZ", "GBR", 2.0),
        gdelt("20200301", "KAZ", "GBR", 5.0),
        gdelt("20200301", "DEU", "KAZ", -1.0),
    )
    made = event_data(path, state="Kazakhstan", powers=["EUU", "RUS"])
    frame = made.frame
    assert frame.height == 4 * 2 * 2 and frame.filter(power="RUS")["cooperation"].sum() == 0
    union = frame.filter(power="EUU", direction="out").select("month", "events", "cooperation", "score").rows()
    assert union[0] == (dt.date(2019, 12, 1), 1, 2.0, 2.0)  # the United Kingdom, in the Union to the end of January
    assert union[1:] == [(dt.date(2020, m, 1), 0, 0.0, None) for m in (1, 2, 3)]
    assert frame.filter(power="EUU", direction="in")["conflict"].to_list() == [0, 0, 0, 1.0]
    written_chart = made.write(tmp_path / "e.svg", lang="zh-Hant").read_text(encoding="utf-8")
    assert "哈薩克：GDELT事件" in written_chart and "合作" in written_chart


def test_bad_files_and_questions(tmp_path) -> None:
    with pytest.raises(MissingSource, match="nowhere"):
        event_data(tmp_path / "nowhere.csv", state="KAZ")
    with pytest.raises(BadSourceFile, match="3 fields"):
        event_data(written(tmp_path, "a\tb\tc"), state="KAZ")
    for begins in (b"PK\x03\x04", b"\xfd7zXZ\x00", b"\x1f\x8b\x08"):
        (tmp_path / "export.CSV.zip").write_bytes(begins + b"\x00" * 20)
        with pytest.raises(BadSourceFile, match="packed") as packed:
            event_data(tmp_path / "export.CSV.zip", state="KAZ")
        assert "Unpack it" in (packed.value.hint or "")
    with pytest.raises(BadSourceFile, match="no event with a date"):
        event_data(written(tmp_path, ICEWS), state="KAZ")
    good = written(tmp_path, gdelt("20140301", "FRA", "RUS", 1))
    with pytest.raises(UsageError, match="no event between KAZ"):
        event_data(good, state="KAZ")
    with pytest.raises(UnknownState, match="KAZ"):
        event_data(good, state="Kazakstan")
    assert isinstance(monthly(good, states=["FRA", "RUS"])[0], pl.DataFrame)
