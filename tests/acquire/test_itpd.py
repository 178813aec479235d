from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from equipoise.acquire import itpd
from equipoise.errors import BadSourceFile

UNITS = pl.DataFrame({"V1": ["Kosovo", "Kazakhstan", "NATO**"], "iso3": ["KOS", "KAZ", "0"]})


@dataclass
class Axis:
    values: np.ndarray


class Matrix(np.ndarray):
    """A matrix with names, as R files give it."""

    coords: dict[str, Axis]


def matrix(values: list[list[float]], *, names: list[str] | None = None) -> Matrix:
    made = np.array(values).view(Matrix)
    axis = Axis(np.array(UNITS["V1"].to_list() if names is None else names))
    made.coords = {"dim_0": axis, "dim_1": axis}
    return made


def test_positive_cells_become_rows_with_codes_of_today() -> None:
    years = [matrix([[0, 1, 0], [2, 3, 0], [0, 0, 0]]), matrix([[4, 0, 0], [0, 0, 0], [0, 0, 0]])]
    assert itpd.tidy(years, units=UNITS).rows() == [
        ("KAZ", "KAZ", 2000, 3.0), ("KAZ", "XKX", 2000, 2.0), ("XKX", "KAZ", 2000, 1.0), ("XKX", "XKX", 2001, 4.0),
    ]


def test_a_figure_of_a_unit_without_code_is_refused_rather_than_lost() -> None:
    with pytest.raises(BadSourceFile, match="2000 has trade of a unit without an ISO code"):
        itpd.tidy([matrix([[0, 0, 1], [0, 0, 0], [0, 0, 0]])], units=UNITS)


@pytest.mark.parametrize("years", [
    [matrix([[1.0]], names=["Kosovo"])], [matrix([[1.0, 0, 0]] * 3, names=["Kazakhstan", "Kosovo", "NATO**"])],
])
def test_matrices_of_other_units_are_refused(years: list[Matrix]) -> None:
    with pytest.raises(BadSourceFile, match="does not fit the units"):
        itpd.tidy(years, units=UNITS)


def test_something_else_than_a_list_of_matrices_is_refused() -> None:
    with pytest.raises(BadSourceFile, match="not a list of matrices"):
        itpd.tidy(UNITS, units=UNITS)


@pytest.mark.raw
def test_kazakhstan_2014_is_the_known_one(parsed) -> None:
    flows = parsed("itpd").filter(pl.col("year") == 2014)
    home = (pl.col("exporter") == "KAZ") & (pl.col("importer") == "KAZ")
    assert flows.filter(home)["value_usd2010"].item() == pytest.approx(89.5e9, rel=1e-3)
    abroad = flows.filter(~home)
    assert abroad.filter(pl.col("exporter") == "KAZ")["value_usd2010"].sum() == pytest.approx(60.6e9, rel=1e-3)
    assert abroad.filter(pl.col("importer") == "KAZ")["value_usd2010"].sum() == pytest.approx(39.4e9, rel=1e-3)


@pytest.mark.raw
def test_codes_are_those_of_states(parsed) -> None:
    flows = parsed("itpd")
    assert flows["exporter"].n_unique() == 196
    assert flows["exporter"].str.contains(r"^[A-Z]{3}$").all()
    assert flows.select(pl.struct("exporter", "importer", "year").is_unique().all()).item()
    assert (flows["year"].min(), flows["year"].max()) == (2000, 2016)
