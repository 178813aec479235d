"""The table of the pack that holds decoupling losses: what the end of trade with a power would cost.

It is solved from other tables of the pack (:mod:`equipoise.pipeline.decoupling`).
"""

from __future__ import annotations

import polars as pl

from equipoise.schema import Column, Table

_TRADE = "cow_trade;imf_trade;kaz_trade;world_bank"
_LOSS = "share of real income"
_MIDDLE = "computed: one-sector trade, at the median of the trade elasticity"

DECOUPLING = Table(
    "decoupling",
    ("state", "power", "year"),
    (
        Column("state", pl.String, "ISO 3166-1 alpha-3", _TRADE),
        Column("power", pl.String, "a power's code", _TRADE, "EUU: the members of the year"),
        Column("year", pl.Int16, "year", _TRADE, "1991–2014 and 2025; the GDP of 2025 is that of 2023"),
        Column("loss", pl.Float32, _LOSS, _TRADE, _MIDDLE),
        Column("low", pl.Float32, _LOSS, _TRADE, "at the elasticity's 95th percentile"),
        Column("high", pl.Float32, _LOSS, _TRADE, "at the elasticity's 5th percentile"),
        Column("power_loss", pl.Float32, _LOSS, _TRADE, "of the power, if trade with the state ends; as loss"),
        Column("power_low", pl.Float32, _LOSS, _TRADE),
        Column("power_high", pl.Float32, _LOSS, _TRADE),
    ),
)

SOLVED: dict[str, Table] = {DECOUPLING.name: DECOUPLING}
"""Tables that a pack may lack: they are solved from its others."""
