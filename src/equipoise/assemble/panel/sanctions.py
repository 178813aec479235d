"""Sanctions of the Global Sanctions Data Base, from a user's own copy of it, as columns of a panel."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from equipoise import store
from equipoise.acquire import gsdb
from equipoise.assemble.gsdb import resolve
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.panel.forms import Add, DyadForm, StateForm, Variable
from equipoise.assemble.panel.shelf import Shelf
from equipoise.assemble.panel.step import Added
from equipoise.errors import BadSourceFile, DataError

if TYPE_CHECKING:
    from equipoise.assemble.panel.panel import Panel

KINDS = ("any", *gsdb.KINDS)

_WORDS = {"any": "sanctions of any kind", "arms": "sanctions on arms", "military": "sanctions on military assistance",
          "trade": "sanctions on trade", "financial": "financial sanctions", "travel": "sanctions on travel",
          "other": "other sanctions"}


def sanctions(file: Path | str, *, panel: Panel) -> Added:
    """Return the step that adds a user's copy of the Global Sanctions Data Base (dyadic version, CSV).

    In panels of dyads, powers and triads it brings ``gsdb_any1``, ``gsdb_any2``, ``gsdb_arms1`` … (also military,
    trade, financial, travel, other): 1 where the first (the second) state has such sanctions in force on the other.
    Within the file's years, states without any have 0; outside, and where a cell is empty, there is null. Sanctions of
    and on the European Union are its members' of the year; those of other bodies (the United Nations …) are nobody's.

    In panels of states it brings ``gsdb_any_senders``, ``gsdb_arms_senders`` …: how many senders have such sanctions on
    the state, where the European Union, the United Nations and any other body count as one each.

    Raises:
        BadSourceFile: the file cannot be read, is another version, or names a state that is not known.

    Source: Felbermayr, Kirilakha, Syropoulos, Yalcin and Yotov 2020, "The Global Sanctions Data Base", European
    Economic Review 129; Syropoulos and others 2022 for the third release.
    """
    path = Path(file)
    try:
        content = store.read(path)
    except OSError as err:
        raise BadSourceFile(f"{path} cannot be read: {(err.strerror or str(err)).lower()}.",
                            hint="Ask its authors for the dyadic version, and save it as CSV.") from err
    frame = gsdb.read(content, name=path.name)
    for side, column in (("sender", "sanctioning_state"), ("target", "sanctioned_state")):
        if frame[side].null_count():
            raise BadSourceFile(f"{path.name} has {frame[side].null_count()} of {frame.height} rows without {column}.",
                                hint="Fill it in, or leave those rows out.")
    try:
        frame = resolve(frame)
    except DataError as err:
        raise BadSourceFile(f"{path.name}: {err.what}", hint=err.hint) from err
    any_kind = pl.any_horizontal(gsdb.KINDS).alias("any")
    return Added(addition(frame.with_columns(any_kind)))


def addition(frame: pl.DataFrame) -> Add:
    """Return the addition that a table of sanctions makes, with ``iso3_sender``, ``iso3_target`` and the kinds."""
    years = frame["year"].unique().sort()
    sided = tuple(Variable(f"gsdb_{k}", f"has {_WORDS[k]} on the other state", sided=True, absent=0, union="any")
                  for k in KINDS)
    counts = tuple(Variable(f"gsdb_{k}_senders", f"number of senders with {_WORDS[k]} on the state", absent=0)
                   for k in KINDS)
    return Add(
        name="gsdb", title="Sanctions in force (Global Sanctions Data Base, your copy)", sources=(),
        first_year=years[0], last_year=years[-1],
        state=StateForm("iso", counts, partial(senders, frame=frame)),
        dyad=DyadForm("iso", sided, partial(both_ways, frame=frame)),
        note="Sanctions of the European Union are its members'; those of other bodies are nobody's.",
    )


def both_ways(shelf: Shelf, *, frame: pl.DataFrame) -> pl.DataFrame:
    """Return each directed pair and year in which either has sanctions: ``code_a``, ``code_b``, ``year``, values."""
    keys = ["code_a", "code_b", "year"]
    sent = _members(_members(frame, column="iso3_sender"), column="iso3_target")
    sent = sent.rename({"iso3_sender": "code_a", "iso3_target": "code_b"}).drop_nulls(keys)
    sent = sent.filter(pl.col("code_a") != pl.col("code_b")).group_by(keys).agg(_any(k).cast(pl.Int8) for k in KINDS)
    there = sent.select(*keys, *(pl.col(k).alias(f"gsdb_{k}1") for k in KINDS), listed1=True)
    back = sent.select("year", *(pl.col(k).alias(f"gsdb_{k}2") for k in KINDS), code_a="code_b", code_b="code_a",
                       listed2=True)
    both = there.join(back, on=keys, how="full", coalesce=True)
    # A pair that is listed in the other direction only has none in this one; an empty cell stays null.
    none = [pl.when(pl.col(f"listed{side}").is_null()).then(0).otherwise(f"gsdb_{k}{side}").cast(pl.Int8)
            .alias(f"gsdb_{k}{side}") for k in KINDS for side in (1, 2)]
    return both.with_columns(none).drop("listed1", "listed2").sort(keys)


def senders(shelf: Shelf, *, frame: pl.DataFrame) -> pl.DataFrame:
    """Return how many senders have sanctions on a state: ``code``, ``year``, ``gsdb_any_senders`` …."""
    on = _members(frame, column="iso3_target").drop_nulls("iso3_target")
    each = on.group_by("iso3_target", "year", "sender").agg(_any(k) for k in KINDS)
    counts = [pl.col(k).sum().cast(pl.Int16).alias(f"gsdb_{k}_senders") for k in KINDS]
    return each.group_by("year", code="iso3_target").agg(counts).sort("code", "year")


def _members(frame: pl.DataFrame, *, column: str) -> pl.DataFrame:
    """Put the members of the year in the place of the European Union; a row for each."""
    years = frame.filter(pl.col(column) == "EUU")["year"].unique().sort().to_list()
    of = pl.DataFrame([("EUU", y, m) for y in years for m in eu_members(y)], orient="row",
                      schema={column: pl.String, "year": frame.schema["year"], "member": pl.String})
    out = frame.join(of, on=[column, "year"], how="left", maintain_order="left")
    return out.with_columns(pl.coalesce("member", column).alias(column)).drop("member")


def _any(kind: str) -> pl.Expr:
    """Whether one of several cases has the kind; unknown where none is known to and one is unknown."""
    value = pl.col(kind)
    return pl.when(value.any()).then(True).when(value.null_count() == 0).then(False).alias(kind)
