from __future__ import annotations

import numpy as np
import pytest

from equipoise.errors import BadShares
from equipoise.measure import dependence, intensity, normalised_hhi, trade_shares


def test_shares_count_both_directions_and_leave_missing_partners_out():
    found = trade_shares([[10, 20, np.nan], [0, 0, 0]], imports=[[30, 40, 50], [0, 0, 0]])
    np.testing.assert_allclose(found, [[0.4, 0.6, np.nan], [np.nan] * 3])
    np.testing.assert_allclose(trade_shares([10, 20], imports=[30, 40], total=200), [0.2, 0.3])
    assert normalised_hhi(trade_shares([10, 10], imports=[5, 5])) == 0


def test_dependence_is_trade_over_output():
    np.testing.assert_allclose(dependence([60, 10, 10], gdp=[100, 0, np.nan]), [0.6, np.nan, np.nan])


def test_intensity_is_one_where_every_partner_takes_its_part_of_the_market():
    flows = np.outer([1.0, 2, 3, 4], [4.0, 3, 2, 1])
    np.fill_diagonal(flows, 0)
    imports, i, j = flows.sum(axis=0), 0, 2
    # With proportional flows the share of j in i's exports is j's weight among i's possible markets.
    found = intensity(flows[i, j], total_exports=flows[i].sum(), partner_imports=2.0, world_imports=10.0,
                      own_imports=4.0)
    assert found == pytest.approx(1)
    whole = intensity(flows, total_exports=flows.sum(axis=1)[:, None], partner_imports=imports,
                      world_imports=imports.sum(), own_imports=imports[:, None])
    assert whole.shape == (4, 4)
    assert np.isnan(intensity(1.0, total_exports=0.0, partner_imports=1.0, world_imports=2.0, own_imports=0.0))


@pytest.mark.parametrize("call", [
    lambda: trade_shares([1, 2], imports=[1]),
    lambda: trade_shares([1, -2], imports=[1, 1]),
    lambda: trade_shares([1, 2], imports=[1, 1], total=3),
])
def test_bad_input_is_refused_in_one_line(call):
    with pytest.raises(BadShares) as caught:
        call()
    assert "\n" not in str(caught.value)
