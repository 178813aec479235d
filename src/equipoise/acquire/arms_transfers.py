"""Deliveries of major conventional arms: who sent what to whom, and its volume.

Source: SIPRI 2026, Arms Transfers Database, register of deliveries 1995–2025 as made on 12 February 2026. Its last
deliveries are of 2024: SIPRI had not yet entered those of 2025.

Volumes are SIPRI's trend-indicator values (TIV), in millions. They measure military capability from known production
costs of a core set of weapons, not the price paid. The register gives two decimals, where SIPRI's tables show millions.

Names are SIPRI's own: states in English, armed groups with one star (``Houthi rebels (Yemen)*``), organisations with
two (``NATO**``), ``unknown supplier(s)`` and ``unknown recipient(s)``. They are turned into codes later on, in
:mod:`equipoise.assemble.arms`. The terms forbid passing on large parts, so nothing of it is in the embedded pack.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from equipoise.acquire import tables
from equipoise.errors import BadSourceFile

SOURCE = "arms_transfers"
FILES = ("sipri/trade_register.csv",)

_FIRST_HEADER = b"SIPRI AT Database ID"
_COLUMNS = (
    "SIPRI AT Database ID",
    "Supplier",
    "Recipient",
    "Designation",
    "Armament category",
    "Order date",
    "Numbers delivered",
    "Delivery year",
    "Delivery year is estimate",
    "TIV delivery values",
)


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Read the register.

    Returns:
        One row a delivery: part of a deal handed over in one year. ``deal`` (its number; a deal has as many rows as
        deliveries), ``supplier`` and ``recipient`` (SIPRI's names), ``designation`` of the weapon, ``category``,
        ``order_year``, ``delivery_year``, ``number`` of items, ``tiv_mn`` (volume of this delivery, million TIV) and
        ``delivery_estimated`` (whether its year is an estimate; null where the register does not say).

    Raises BadSourceFile and MissingSource.
    """
    content = tables.content_of(files, FILES[0], source=SOURCE)
    notes = _lines_before_header(content)
    # All columns as text: a column of numbers that is empty in some rows would else depend on the rows.
    return tidy(tables.read_csv(content, name=FILES[0], skip_lines=notes, infer=False, source=SOURCE))


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn the published columns, all text, into those that :func:`parse` returns."""
    tables.require_columns(frame, _COLUMNS, name=FILES[0], source=SOURCE)
    estimated = {"Yes": True, "No": False}
    return frame.select(
        deal=pl.col("SIPRI AT Database ID").cast(pl.Int32),
        supplier=pl.col("Supplier").str.strip_chars(),
        recipient=pl.col("Recipient").str.strip_chars(),
        designation=pl.col("Designation"),
        category=pl.col("Armament category"),
        order_year=pl.col("Order date").cast(pl.Int32),
        delivery_year=pl.col("Delivery year").cast(pl.Int32),
        number=pl.col("Numbers delivered").cast(pl.Int32),
        tiv_mn=pl.col("TIV delivery values").cast(pl.Float64),
        delivery_estimated=pl.col("Delivery year is estimate").replace_strict(
            estimated, default=None, return_dtype=pl.Boolean
        ),
    ).sort("supplier", "recipient", "delivery_year", "deal")


def _lines_before_header(content: bytes) -> int:
    """The register opens with lines of explanation, whose number differs between downloads."""
    tables.check_table(content, name=FILES[0], source=SOURCE)
    for number, line in enumerate(content.splitlines()):
        if line.removeprefix(b"\xef\xbb\xbf").startswith(_FIRST_HEADER):
            return number
    raise BadSourceFile(
        f"{FILES[0]} has no line that starts with {_FIRST_HEADER.decode()}.",
        hint=f"Try `equipoise data pull {SOURCE}`.",
    )
