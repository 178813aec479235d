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
    assert rest["organisation"].n_unique() == igo.names().height - replaced.height == 401


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
