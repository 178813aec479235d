from __future__ import annotations

import polars as pl
import pytest

from equipoise.acquire import polity, tables
from equipoise.errors import BadSourceFile

COMPONENTS = ("xrreg", "xrcomp", "xropen", "xconst", "parreg", "parcomp", "exrec", "exconst", "polcomp")
CODE = "polity_annual_ccode"


def _frame(*rows: tuple[float, str, float, float, float | None]) -> pl.DataFrame:
    """Polities of code, letters, year, polity and polity2; the components are as their polity."""
    frame = pl.DataFrame(rows, schema=[CODE, "scode", "year", "polity", "polity2"], orient="row")
    return frame.with_columns(
        democ=pl.when(pl.col("polity") < -10).then("polity").otherwise(1.0), autoc=pl.lit(7.0), durable=pl.lit(170.0),
    ).with_columns(pl.when(pl.col("polity") < -10).then("polity").otherwise(1.0).alias(c) for c in COMPONENTS)


@pytest.mark.parametrize("code", [-66.0, -77.0, -88.0])
def test_what_is_no_score_is_null_and_polity2_as_published(code: float) -> None:
    row = polity.tidy(_frame((700.0, "AFG", 1992.0, code, 0.0))).row(0, named=True)
    assert (row["cow"], row["year"], row["polity2"], row["durable"]) == (700, 1992, 0, 170)
    assert [row[c] for c in ("democ", "polity", *COMPONENTS)] == [None] * 11


def test_scores_below_zero_are_scores() -> None:
    frame = polity.tidy(_frame((700.0, "AFG", 1800.0, -10.0, -10.0)))
    assert frame.select("democ", "autoc", "polity", "polity2").row(0) == (1, 7, -10, -10)
    assert {frame.schema[c] for c in ("democ", "autoc", "polity", "polity2", *COMPONENTS)} == {pl.Int8}


def test_polity_codes_become_cow_codes() -> None:
    codes = {341: 347, 342: 345, 347: 345, 348: 341, 364: 365, 525: 626, 626: 625, 529: 530, 769: 770, 818: 816,
             324: 325, 679: 679, 678: 678, 255: 255, 260: 260}
    for theirs, cow in codes.items():
        assert polity.tidy(_frame((float(theirs), "X", 2000.0, 1.0, 1.0)))["cow"].to_list() == [cow]


def test_an_entity_that_cow_does_not_count_has_no_row() -> None:
    frame = polity.tidy(_frame((99.0, "GCL", 1822.0, -5.0, -5.0), (564.0, "OFS", 1860.0, 4.0, 4.0),
                               (89.0, "UPC", 1830.0, -4.0, -4.0), (2.0, "USA", 1822.0, 6.0, 6.0)))
    assert frame["cow"].to_list() == [2]


def test_of_two_regimes_in_one_year_the_one_that_began_stands() -> None:
    # Serbia's code is the older one here, and still the one that lasts.
    frame = polity.tidy(_frame((342.0, "SER", 1920.0, -8.0, -8.0), (342.0, "SER", 2006.0, 8.0, 8.0),
                               (342.0, "SER", 2007.0, 8.0, 8.0), (347.0, "YGS", 2005.0, 6.0, 6.0),
                               (347.0, "YGS", 2006.0, 6.0, 6.0)))
    assert frame.select("cow", "year", "scode").rows() == [
        (345, 1920, "SER"), (345, 2005, "YGS"), (345, 2006, "SER"), (345, 2007, "SER")]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadSourceFile, match="no column exrec"):
        polity.tidy(_frame((2.0, "USA", 2000.0, 10.0, 10.0)).drop("exrec"))


@pytest.mark.raw
def test_the_real_file(parsed) -> None:
    frame = parsed("polity")
    assert (frame.height, frame["year"].min(), frame["year"].max()) == (17491, 1776, 2020)
    assert set(frame.filter(pl.col("year") > 2018)["cow"]) == {2}
    assert frame.select("cow", "year").is_unique().all()
    assert frame["polity"].is_between(-10, 10).all() and frame["polity2"].is_between(-10, 10).all()
    assert frame.select(pl.max("democ", "autoc", "xrreg", "xrcomp", "xropen", "xconst", "parreg", "parcomp", "exrec",
                               "exconst", "polcomp")).row(0) == (10, 10, 3, 3, 4, 7, 5, 5, 8, 7, 10)
    known = frame.drop_nulls("polity")
    assert known.filter(pl.col("polity") != pl.col("democ") - pl.col("autoc")).is_empty()
    other = known.filter(pl.col("polity") != pl.col("polity2"))
    assert other.select("cow", "year", "polity", "polity2").rows() == [(950, 2018, 4, 2)]


@pytest.mark.raw
@pytest.mark.parametrize(("cow", "year", "scode"), [
    (365, 1921, "RUS"), (365, 1922, "USR"), (365, 1991, "USR"), (365, 1992, "RUS"), (325, 1861, "ITA"),
    (816, 1976, "VIE"), (345, 1920, "SER"), (345, 1921, "YUG"), (345, 1991, "YGS"), (345, 2006, "SER"),
    (530, 1993, "ETI"), (625, 2011, "SDN"), (626, 2011, "SSU"), (341, 2008, "MNT"), (347, 2008, "KOS"),
    (770, 1971, "PKS"), (770, 1972, "PAK"), (678, 1990, "YAR"), (679, 1990, "YEM"), (255, 1990, "GMY"),
    (260, 1990, "GFR"),
])
def test_states_that_split_or_merged(parsed, cow: int, year: int, scode: str) -> None:
    frame = parsed("polity").filter((pl.col("cow") == cow) & (pl.col("year") == year))
    assert frame["scode"].to_list() == [scode]


@pytest.mark.raw
def test_our_cow_codes_are_those_that_the_file_gives_beside(raw) -> None:
    path = polity.FILES[0]
    frame = tables.read_r((raw / path).read_bytes(), name=path).unique([CODE, "cown"])
    codes = [int(code) for code in frame[CODE]]
    assert [polity.SUCCESSORS.get(code, code) for code in codes] == frame["cown"].cast(pl.Int32).to_list()
