"""The organisations that the Correlates of War's list adds to the registry."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
import rdata

from equipoise.assemble import igo
from equipoise.assemble import organisations as orgs
from equipoise.assemble.packed import embedded


@pytest.fixture(scope="module")
def rest() -> pl.DataFrame:
    return igo.rest(embedded().table("memberships"))


def test_every_organisation_of_the_list_has_a_name() -> None:
    listed = set(embedded().table("memberships")["organisation"])
    names = igo.names()
    assert listed == set(names["igo"])
    assert names["igo"].is_unique().all() and names["code"].is_unique().all()
    assert names.select("code", "name_en").null_count().row(0) == (0, 0)


def test_nothing_is_there_twice(rest: pl.DataFrame) -> None:
    assert not set(rest["organisation"]) & set(orgs.bodies()["organisation"])
    replaced = igo.names().drop_nulls("registry")
    assert {code for row in replaced["registry"] for code in row.split(";")} <= set(orgs.bodies()["organisation"])
    assert rest["organisation"].n_unique() == igo.names().height - replaced.height == 392


WE_DIFFER = {
    ("AU", "COD"), ("AU", "GNQ"), ("OAU", "COD"), ("OAS", "HND"),  # the list drops them for good
    ("AU", "ESH"), ("OAU", "ESH"), ("LAS", "PSE"),  # are no states to the list
    ("OAS", "CUB"), ("SADC", "MDG"),  # out to the list while they were suspended; Madagascar in from 1992
    ("ECOWAS", "MRT"), ("IGAD", "SSD"), ("SADC", "COD"), ("SADC", "MUS"), ("SADC", "ZAF"),  # later there
}  # fmt: skip
"""Where our years of membership from 1991 to 2014 are not the list's."""


def test_the_regional_bodies_are_the_list_s_but_for_what_is_told() -> None:
    regional = ("ASEAN", "AU", "ECOWAS", "GCC", "IGAD", "LAS", "OAS", "OAU", "SADC")
    listed = embedded().table("memberships").with_columns(pl.col("state", "organisation", "status").cast(pl.String))
    listed = listed.join(igo.names(), left_on="organisation", right_on="igo").filter(
        pl.col("registry").is_in(regional), pl.col("status") == "member"
    )
    own = orgs.spells().filter(pl.col("organisation").is_in(regional), pl.col("kind").is_in(["member", "suspended"]))
    until = pl.col("end").dt.year().fill_null(igo.LAST_YEAR).clip(upper_bound=igo.LAST_YEAR)
    theirs = _years(listed, body="registry", first=pl.col("start_year"), last=pl.col("end_year"))
    ours = _years(own, body="organisation", first=pl.col("start").dt.year().clip(lower_bound=1991), last=until)
    assert len(theirs) > 200
    assert {who for who in {*ours, *theirs} if ours.get(who) != theirs.get(who)} == WE_DIFFER


def _years(spells: pl.DataFrame, *, body: str, first: pl.Expr, last: pl.Expr) -> dict[tuple[str, str], list[int]]:
    """Body and state → the years of any spell from 1991 to the list's last."""
    span = pl.int_ranges(first.cast(pl.Int32), last.cast(pl.Int32) + 1, dtype=pl.Int32).alias("year")
    each = spells.select(body, "state", span).explode("year").drop_nulls("year").unique().sort("year")
    return {(b, s): g["year"].to_list() for (b, s), g in each.group_by(body, "state", maintain_order=True)}


def test_the_columns_are_the_registry_s(rest: pl.DataFrame) -> None:
    assert rest.schema == orgs.spells().schema
    assert set(rest["kind"]) == {"member", "associate", "observer"}
    assert rest.filter(pl.col("start") >= pl.col("end")).is_empty()


def test_an_end_of_the_list_says_that_it_is_none(rest: pl.DataFrame) -> None:
    unesco = rest.filter(organisation="UNESCO", state="KAZ").row(0, named=True)
    assert (unesco["start"], unesco["end"]) == (dt.date(1992, 1, 1), dt.date(2014, 12, 31))
    assert unesco["note"] == "list ends in 2014" and unesco["precision"] == "year"
    left = rest.filter(organisation="INTELSAT", state="KAZ").row(0, named=True)
    assert left["end"] == dt.date(2001, 12, 31) and left["note"] is None
    assert rest.filter(organisation="UN", state="USA")["note"].to_list() == ["since 1991 or before; list ends in 2014"]


@pytest.mark.raw
def test_names_are_the_source_s(raw) -> None:
    table = rdata.read_rda(raw / "igo" / "igo_year_format3.rda")["igo_year_format3"]
    theirs = table.groupby(table["ioname"].str.lower())["orgname"].last()
    ours = dict(igo.names().select("igo", "name_en").iter_rows())
    same = [k for k, name in ours.items() if name.replace(" ", "") == theirs[k].strip().replace(" ", "")]
    assert len(same) > 390  # the rest are written out: "Intl Monetary Fund"
    assert ours["caecc"] == "Central Asian Cooperation Organization"
