"""The order of openings from the embedded pack, with and without a user's own file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import equipoise
from equipoise.assemble.openings import CLAIMS
from equipoise.assemble.packed import embedded
from equipoise.errors import UsageError
from equipoise.pipeline.openings import openings_of
from equipoise.schema import DEFAULT_POWERS


@pytest.fixture(scope="module")
def kazakhstan() -> tuple[pl.DataFrame, pl.DataFrame]:
    return openings_of(embedded(), state="KAZ", powers=DEFAULT_POWERS, until=2025)


def test_every_channel_has_one_first_opening(kazakhstan: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    openings, _ = kazakhstan
    first = openings.drop_nulls("order")
    assert first.select(pl.struct("power", "channel").is_duplicated().any()).item() is False
    assert first.height == openings.select(pl.struct("power", "channel").n_unique()).item()
    assert openings["power"].unique(maintain_order=True).to_list() == list(DEFAULT_POWERS)
    early = first.filter(pl.col("order") == 1).group_by("power").agg(pl.col("date").dt.year().max())
    every = openings.group_by("power").agg(first=pl.col("date").dt.year().min())
    assert early.join(every, on="power").select((pl.col("date") == pl.col("first")).all()).item() is True
    assert set(openings["kind"]) == {"fact", "measured"}


def test_claims_of_the_article(kazakhstan: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    """The verdicts that docs/explanation/engagement.md explains one by one."""
    _, claims = kazakhstan
    assert claims["claim"].to_list() == [c.name for c in CLAIMS]
    said = dict(claims.select("claim", "verdict").iter_rows())
    assert {k for k, v in said.items() if v == "not_supported"} == {"japan_technology", "china_last", "china_loans"}
    assert "supported" not in said.values()
    years = {r["claim"]: (r["one_year"], r["other_year"]) for r in claims.to_dicts()}
    assert years["usa_security"] == (1992, 1992)
    assert years["china_loans"] == (2008, 1992)


def test_claims_need_their_powers_and_their_state() -> None:
    _, some = openings_of(embedded(), state="KAZ", powers=["RUS", "CHN", "USA"], until=2025)
    assert some["claim"].to_list() == ["usa_security", "china_loans", "china_channels"]
    openings, none = openings_of(embedded(), state="UZB", powers=DEFAULT_POWERS, until=2025)
    assert none.is_empty()
    assert set(openings["kind"]) == {"measured"}


def test_nothing_opens_after_the_last_year() -> None:
    openings, claims = openings_of(embedded(), state="KAZ", powers=DEFAULT_POWERS, until=2000)
    assert openings["date"].dt.year().max() <= 2000
    assert claims.filter(pl.col("claim") == "china_loans")["reason"].item() == "missing"


def test_own_openings_stand_in_the_report(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("state,power,channel,date,what_en,source\nMNG,JPN,energy,1999-05,A power plant,a newspaper\n"
                    "KAZ,JPN,energy,1993,Elsewhere,a newspaper\n")  # fmt: skip
    made = equipoise.report("MNG", powers=["RUS", "JPN"], draws=8, openings=path)
    own = made.figures.openings.filter(pl.col("kind") == "fact")
    assert own.select("power", "channel", "precision", "what_zh").rows() == [
        ("JPN", "energy", "month", "A power plant")
    ]
    assert own["order"].item() is not None
    assert made.figures.provenance["openings"] == "mine.csv"
    with pytest.raises(UsageError, match=r"mine\.csv has no row on MNG with RUS, CHN"):
        equipoise.report("MNG", powers=["RUS", "CHN"], draws=8, openings=path)
