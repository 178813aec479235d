"""Power: major powers and material capabilities."""

from __future__ import annotations

import polars as pl

from equipoise.assemble.majors import COVERED_TO
from equipoise.assemble.majors import majors as spells
from equipoise.assemble.panel.forms import Add, StateForm, Variable
from equipoise.assemble.panel.shelf import Shelf

_QUANTITIES = {"milex": "milex_kusd", "milper": "milper_thousand", "irst": "irst_kt", "pec": "pec",
               "tpop": "tpop_thousand", "upop": "upop_thousand", "cinc": "cinc"}


def majors(shelf: Shelf) -> pl.DataFrame:
    """Return the years in which a state was a major power on a day: ``code``, ``year``, ``cowmaj`` (always 1)."""
    end = pl.col("end_date").fill_null(COVERED_TO).dt.year()
    years = pl.int_ranges(pl.col("start_date").dt.year(), end + 1, dtype=pl.Int16)
    return (
        spells()
        .select(code="cow", year=years)
        .explode("year")
        .unique()
        .with_columns(cowmaj=pl.lit(1, dtype=pl.Int8))
    )


def capabilities(shelf: Shelf) -> pl.DataFrame:
    """Return the six components and the index under the codebook's names; counts are whole numbers."""
    table = shelf.table("nmc")
    named = table.select("year", *(pl.col(old).alias(new) for new, old in _QUANTITIES.items()), code="cow")
    whole = [s.name for s in named if s.dtype == pl.Float64 and (s == s.floor()).all()]
    return named.cast(dict.fromkeys(whole, pl.Int32))


ADDS = (
    Add(
        name="majors", title="Major powers", sources=("cow_states",), first_year=1816, last_year=2016,
        state=StateForm("cow", (Variable("cowmaj", "is a major power on a day of the year", absent=0),), majors),
        note="Null after 2016, the list's last year; neighbouring tools carry the last list forward.",
        also=("cow_majors", "major", "great_powers"),
    ),
    Add(
        name="capabilities", title="National material capabilities and CINC", sources=("nmc",),
        first_year=1816, last_year=2022,
        state=StateForm("cow", (
            Variable("milex", "military expenditure", "thousand current USD (GBP before 1914)", union="sum"),
            Variable("milper", "military personnel", "thousand", union="sum"),
            Variable("irst", "iron and steel production", "thousand tons", union="sum"),
            Variable("pec", "primary energy consumption", "thousand tons of coal equivalent", union="sum"),
            Variable("tpop", "total population", "thousand", union="sum"),
            Variable("upop", "urban population", "thousand", union="sum"),
            Variable("cinc", "Composite Index of National Capability", "share of the world", union="sum"),
        ), capabilities),
        note="CINC is the mean of the shares in the six components, of those present where some are missing.",
        also=("nmc", "cinc", "national_material_capabilities"),
    ),
)
