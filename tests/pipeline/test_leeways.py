"""Leeway of many states by the solver in JAX: what each state's report says."""

from __future__ import annotations

import numpy as np
import pytest

import equipoise
from equipoise.assemble.packed import embedded
from equipoise.errors import UnknownState
from equipoise.model.continuation import FINEST
from equipoise.pipeline.leeways import leeway_of_states


@pytest.mark.slow
def test_it_is_what_the_reports_say() -> None:
    states, years = ["KAZ", "UKR"], [2005, 2010, 2013]
    found = leeway_of_states(embedded(), states=states, years=years, draws=60)
    assert found.select("state", "year").rows() == [(s, y) for s in states for y in years]
    assert (found["failed"] == 0).all()
    for state in states:
        known = equipoise.report(state, since=years[0], until=years[-1], draws=60).figures.leeway
        both = found.filter(state=state).join(known, on="year", suffix="_report")
        assert len(both) == 3
        for name in ("value", "low", "high", "collapses", "not_stable"):
            np.testing.assert_allclose(both[name], both[f"{name}_report"], atol=2 * FINEST)
        assert both["cause"].to_list() == both["cause_report"].to_list()
        assert both["falls_to"].to_list() == both["falls_to_report"].to_list()


@pytest.mark.slow
def test_a_power_and_a_state_that_is_not_there_are_refused() -> None:
    with pytest.raises(UnknownState, match="CHN, XYZ"):
        leeway_of_states(embedded(), states=["KAZ", "CHN", "XYZ"], draws=2)
