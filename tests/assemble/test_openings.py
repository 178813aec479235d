"""Dated openings: the table, users' own files with all that can be wrong in them, and first ties in the pack."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from equipoise.assemble import codes
from equipoise.assemble.first_ties import SMALL, TRADE_SHARE, first_ties
from equipoise.assemble.openings import CLAIMS, OPENING_CHANNELS, SCHEMA, curated, facts, read
from equipoise.assemble.packed import Pack, embedded
from equipoise.errors import BadSourceFile, UsageError

HEAD = "state,power,channel,date,what_en,source"
GOOD = "Mongolia,EU,energy,1997-03,A loan,a newspaper"
NO_SHARES = pl.DataFrame(schema={"year": pl.Int32, "option": pl.String, "share": pl.Float64, "source": pl.String})


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "own.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def shares(**by_year: float) -> pl.DataFrame:
    rows = [(int(y[1:]), "CHN", s, "cow_trade") for y, s in by_year.items()]
    return pl.DataFrame(rows, schema=NO_SHARES.schema, orient="row")


def tie(frame: pl.DataFrame, power: str, source: str) -> dict[str, object]:
    return frame.filter(pl.col("power") == power, pl.col("source") == source).row(0, named=True)


def test_every_fact_is_sound() -> None:
    rows = curated()
    assert rows.schema == SCHEMA
    assert set(rows["channel"]) <= set(OPENING_CHANNELS)
    assert {*rows["state"], *rows["power"]} <= {*codes.states()["iso3"], "EUU"}
    for column in ("date", "precision", "what_en", "what_zh", "source", "verified"):
        assert rows[column].null_count() == 0, column
    assert not rows.filter(pl.col("source").str.contains("general knowledge"))["verified"].any()
    assert rows.select(pl.struct("state", "power", "channel", "date", "what_en").is_duplicated().any()).item() is False
    assert rows["date"].min() >= dt.date(1991, 1, 1)
    longest = rows.select(pl.col("what_en").str.len_chars().max()).item()
    assert longest <= 65, "a longer text does not fit beside its mark"


def test_claims_name_what_exists() -> None:
    assert len({c.name for c in CLAIMS}) == len(CLAIMS)
    for claim in CLAIMS:
        assert {*claim.channels, *claim.before} <= set(OPENING_CHANNELS)
        assert not set(claim.channels) & set(claim.before)
        assert sum((bool(claim.before), claim.not_before is not None, bool(claim.after))) == 1


@pytest.mark.parametrize(
    ("power", "channel", "date", "precision"),
    [
        ("USA", "security", dt.date(1992, 5, 23), "day"), ("USA", "trade", dt.date(1992, 5, 1), "month"),
        ("EUU", "trade", dt.date(1995, 1, 23), "day"), ("JPN", "institutions", dt.date(2004, 8, 28), "day"),
        ("CHN", "energy", dt.date(1997, 6, 1), "month"), ("CHN", "transit", dt.date(1992, 8, 1), "month"),
        ("RUS", "security", dt.date(1992, 5, 15), "day"),
    ],
)  # fmt: skip
def test_first_facts(power: str, channel: str, date: dt.date, precision: str) -> None:
    first = facts("KAZ", powers=[power]).filter(pl.col("channel") == channel)
    assert first.select("date", "precision").row(0) == (date, precision)


def test_own_file_is_read_and_filled(tmp_path: Path) -> None:
    more = "MNG,japan,finance,1991,Aid,general knowledge"
    rows = read(written(tmp_path, GOOD, more)).sort("date")
    assert rows.schema == SCHEMA
    assert rows.select("state", "power", "channel", "date", "precision", "what_zh", "verified").rows() == [
        ("MNG", "JPN", "finance", dt.date(1991, 1, 1), "year", "Aid", False),
        ("MNG", "EUU", "energy", dt.date(1997, 3, 1), "month", "A loan", True),
    ]
    assert facts("MNG", powers=["EUU"], own=rows)["what_en"].to_list() == ["A loan"]
    assert facts("KAZ", powers=["EUU"], own=rows).equals(facts("KAZ", powers=["EUU"]))


def test_own_file_says_what_is_verified_and_in_chinese(tmp_path: Path) -> None:
    head = HEAD + ",what_zh,verified"
    row = read(written(tmp_path, GOOD + ",貸款,FALSE", head=head)).row(0, named=True)
    assert (row["what_zh"], row["verified"]) == ("貸款", False)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Atlantis,EU,energy,1997,A loan,a newspaper", "row 2 of own.csv: no state"),
        ("MNG,Narnia,energy,1997,A loan,a newspaper", "row 2 of own.csv has 'Narnia' as the power"),
        ("MNG,MNG,energy,1997,A loan,a newspaper", "row 2 of own.csv has MNG as the state and as the power"),
        ("MNG,EU,culture,1997,A loan,a newspaper", "the channel 'culture'"),
        ("MNG,EU,energy,1997-02-30,A loan,a newspaper", "the date 1997-02-30, which the calendar does not know"),
        ("MNG,EU,energy,1997-13,A loan,a newspaper", "the date 1997-13, which"),
        ("MNG,EU,energy,3/4/1997,A loan,a newspaper", "'3/4/1997' as the date"),
        ("MNG,EU,energy,,A loan,a newspaper", "has no date"),
        ("MNG,EU,energy,1997,A loan,", "has no source"),
        ("MNG,EU,energy,1997, ,a newspaper", "has no what_en"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(BadSourceFile, match=r"row 2 of own\.csv") as err:
        read(written(tmp_path, GOOD, row))
    assert said in str(err.value)


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSourceFile, match="lacks the column source"):
        read(written(tmp_path, "MNG,EU,energy,1997,A loan", head="state,power,channel,date,what_en"))
    with pytest.raises(BadSourceFile, match="'perhaps' under verified"):
        read(written(tmp_path, GOOD + ",perhaps", head=HEAD + ",verified"))
    with pytest.raises(BadSourceFile, match="no rows"):
        read(written(tmp_path))
    with pytest.raises(BadSourceFile, match="cannot be read"):
        read(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="not a kind of file"):
        read(tmp_path / "own.docx")


def test_first_ties_of_kazakhstan() -> None:
    found = first_ties(embedded(), state="KAZ", powers=["RUS", "CHN", "USA", "EUU", "JPN"], shares=NO_SHARES)
    assert found.schema == SCHEMA
    assert set(found["kind"]) == {"measured"}
    # Kinne: the first agreement with Russia is of 1993, with the United States of 1996.
    assert [tie(found, p, "dca")["date"].year for p in ("RUS", "USA")] == [1993, 1996]
    # ATOP: the Collective Security Treaty; DESTA: free trade with Russia signed in 1992, the EU's agreement of 2015.
    assert tie(found, "RUS", "atop")["what_en"] == "Alliance pledge in force: defence"
    assert [tie(found, p, "trade_agreements")["date"].year for p in ("RUS", "EUU")] == [1992, 2015]
    assert "(" not in tie(found, "EUU", "trade_agreements")["what_en"], "all members are bound"
    assert tie(found, "EUU", "dca")["what_en"].endswith("(United Kingdom)")
    lisbon = found.filter(pl.col("what_en") == "Lisbon Protocol to START I")
    assert lisbon.select("power", "channel", "date").rows() == [("USA", "security", dt.date(1992, 5, 23))]
    # Non-aggression pledges (Helsinki, Paris) bind the United States to Kazakhstan in ATOP; they are no tie here.
    assert found.filter(pl.col("power") == "USA", pl.col("source") == "atop").is_empty()
    assert not found["at_latest"].any(), "a state that entered the system in 1991 opened nothing before"
    assert found.filter(pl.col("power") == "JPN")["what_en"].to_list() == ["Central Asia plus Japan Dialogue"]


def test_an_older_state_has_ties_that_may_be_older() -> None:
    found = first_ties(embedded(), state="MNG", powers=["RUS", "USA"], shares=NO_SHARES)
    assert tie(found, "RUS", "atop")["at_latest"] is True
    assert tie(found, "USA", "dca")["at_latest"] is False


@pytest.mark.parametrize(
    ("series", "year", "at_latest"),
    [
        ({"y1994": 0.03, "y1995": TRADE_SHARE, "y1996": 0.2}, 1995, False),
        ({"y1994": 0.06, "y1995": 0.2}, 1994, True),
        ({"y1994": 0.0, "y1995": 0.2}, 1995, True),
        ({"y1991": 0.4, "y1992": 0.2}, 1991, False),
    ],
)
def test_trade_opens_where_the_share_passes_the_threshold(series: dict[str, float], year: int, at_latest: bool) -> None:
    found = first_ties(embedded(), state="KAZ", powers=["CHN"], shares=shares(**series))
    row = found.filter(pl.col("source") == "cow_trade").row(0, named=True)
    assert (row["date"].year, row["at_latest"]) == (year, at_latest)


def test_a_share_below_the_threshold_opens_nothing() -> None:
    found = first_ties(embedded(), state="KAZ", powers=["CHN"], shares=shares(y1994=0.01, y1995=0.0499))
    assert found.filter(pl.col("source") == "cow_trade").is_empty()


def test_only_small_organisations_tie() -> None:
    names = [f"S{i}" for i in range(SMALL - 2)]
    rows = [("big", s) for s in ("KAZ", "CHN", "USA", *names)] + [("small", s) for s in ("KAZ", "USA", *names)]
    spells = pl.DataFrame(
        [(s, o, "member", 2000 if o == "big" else 2005, 2014) for o, s in rows],
        schema={"state": pl.String, "organisation": pl.String, "status": pl.String, "start_year": pl.Int16,
                "end_year": pl.Int16}, orient="row",
    )  # fmt: skip
    real = embedded()
    frames = {n: real.table(n) for n in ("state_year", "panel_dca", "alliances", "panel_trade_agreements")}
    found = first_ties(Pack(frames={**frames, "memberships": spells}), state="KAZ", powers=["CHN", "USA"],
                       shares=NO_SHARES)  # fmt: skip
    shared = found.filter(pl.col("source") == "cow_igo")
    assert shared.select("power", pl.col("date").dt.year(), "what_en").rows() == [
        ("USA", 2005, "Small organisation shared: SMALL")
    ]


def test_a_power_is_not_tied_to_itself() -> None:
    found = first_ties(embedded(), state="POL", powers=["EUU", "USA"], shares=NO_SHARES)
    assert found.filter(pl.col("what_en").str.contains("Poland")).is_empty()
    accession = found.filter(pl.col("what_en").str.starts_with("European Union"))
    assert accession.select("power", "date").rows() == [("EUU", dt.date(2004, 5, 1))]
