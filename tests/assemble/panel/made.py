"""Additions whose values a test knows, and panels that have them."""

from __future__ import annotations

from typing import Any

import polars as pl

from equipoise.assemble.panel import Panel
from equipoise.assemble.panel.forms import Add, StateForm, Variable
from equipoise.assemble.panel.step import Added


def numbers(*rows: tuple[int, int, int], name: str = "war", **given: Any) -> Added:
    """An addition by state and year, of values that the test knows."""
    table = pl.DataFrame(rows, schema={"code": pl.Int64, "year": pl.Int64, name: pl.Int8}, orient="row")
    form = StateForm("cow", (Variable(name, "a number", "pieces", **given),), lambda shelf: table)
    return Added(Add(name, "Numbers", (), 1816, 2100, state=form))


def with_step(panel: Panel, step: Added) -> Panel:
    return panel._with(step)
