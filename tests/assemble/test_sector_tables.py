from __future__ import annotations

import numpy as np
import pytest

from equipoise.acquire.icio import InterCountry
from equipoise.assemble.sector_tables import check_tables, elasticities_for, from_icio, sector_elasticities
from equipoise.errors import UsageError

BETWEEN = np.zeros((2, 2, 2, 2))
BETWEEN[0, 0, 1] = [3.0, 1.0]   # A sells x to y at home and in B
BETWEEN[1, 1, 0] = [0.5, 2.0]


def test_final_demand_by_buyer_is_taken_as_it_is() -> None:
    final = np.array([[[5.0, 1.0], [0.0, 6.0]], [[4.0, 0.0], [2.0, 8.0]]])
    made = from_icio(InterCountry(("A", "B"), ("x", "y"), BETWEEN, final, final.sum(2)))
    assert made.flows[0].tolist() == [[8.0, 2.0], [0.0, 6.0]]
    assert made.flows[1].tolist() == [[4.0, 0.0], [2.5, 10.0]]
    assert made.inputs[0, 1].tolist() == [3.0, 1.0] and made.inputs[1, 0].tolist() == [0.5, 2.0]
    assert made.value_added.tolist() == [[9.5, 4.0], [1.0, 11.5]]
    np.testing.assert_allclose(made.deficits, [2.5 - 2.0, 2.0 - 2.5])
    check_tables(made)


def test_totals_of_sellers_are_spread_as_they_sell_to_industries() -> None:
    made = from_icio(InterCountry(("A", "B"), ("x", "y"), BETWEEN, None, np.array([[8.0, 6.0], [4.0, 10.0]])))
    # A's 8 of x as its 3 and 1; B sells x to no industry, so at home; y of A likewise; y of B as 0.5 and 2.
    assert made.flows[0].tolist() == [[9.0, 3.0], [0.0, 6.0]]
    assert made.flows[1].tolist() == [[4.0, 0.0], [2.5, 10.0]]
    assert made.final.sum() == 28.0
    check_tables(made)


def test_inputs_above_sales_are_scaled_down_to_them() -> None:
    final = np.zeros((2, 2, 2))
    final[:, [0, 1], [0, 1]] = [[9.0, 9.0], [0.5, 9.0]]
    made = from_icio(InterCountry(("A", "B"), ("x", "y"), BETWEEN, final, final.sum(2)))
    assert made.inputs[:, 1, 0].tolist() == [0.5, 0.0] and made.value_added[1, 0] == 0.0


def test_every_sector_of_the_edition_has_an_elasticity_with_its_source() -> None:
    frame = sector_elasticities()
    assert (frame.height, frame["sector"].n_unique()) == (50, 50)
    assert frame["theta"].is_between(1, 70).all() and frame["source"].null_count() == 0
    assert frame.filter(theta=8.22)["confidence"].unique().to_list() == ["low"]


def test_an_unknown_sector_has_no_elasticity() -> None:
    with pytest.raises(UsageError, match="no elasticity for the sector C99"):
        elasticities_for(("C19", "C99"))
