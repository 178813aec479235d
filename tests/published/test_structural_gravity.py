"""Equal to the fixed point of structural gravity, and in its own closure to what gegravity 0.3 returns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.published.structural_gravity import CASES

from equipoise.model.endowment import Gravity, structural_gravity

EXACT = 1e-8
"""Percentage points."""


@pytest.fixture(scope="module")
def experiments(raw: Path) -> dict[str, dict[str, Any]]:
    """The experiments on 2 to 30 countries that are kept beside the source files, by name."""
    folder = raw.parents[1] / "golden" / "trade"
    found = [json.loads(p.read_text()) for p in sorted(folder.glob("g*.json"))]
    cases = {d["id"]: d for d in found if "full_ge" in d}
    if not cases:
        pytest.skip("the experiments are not beside the source files")
    return cases


@pytest.mark.parametrize("name", CASES)
def test_full_equilibrium_is_the_fixed_point(name: str) -> None:
    case = CASES[name]
    end, want = run(case, closure="full_ge"), case["full_ge"]
    assert end.status == "solved"
    assert 100 * (end.real_income - 1) == pytest.approx(want["real_income_pct"], abs=EXACT)
    for field in ("price", "new_inward", "new_outward"):
        assert 100 * getattr(end, field) == pytest.approx(100 * np.array(want[field]), abs=EXACT)
    assert np.diag(end.new_flows) / end.new_flows.sum(0) == pytest.approx(want["home_share"], abs=EXACT / 100)


@pytest.mark.parametrize("name", CASES)
def test_one_step_is_what_the_package_returns(name: str) -> None:
    case = CASES[name]
    end, want = run(case, closure="one_step"), case["one_step"]
    for field in ("price", "new_inward", "new_outward"):
        assert 100 * getattr(end, field) == pytest.approx(100 * np.array(want[field]), abs=EXACT)


def test_the_two_closures_differ() -> None:
    case = CASES["kaz5_sanctions"]
    full, step = (run(case, closure=c).real_income for c in ("full_ge", "one_step"))
    assert np.abs(full - step).max() > 1e-5


@pytest.mark.raw
def test_all_experiments(experiments: dict[str, dict[str, Any]]) -> None:
    for name, d in experiments.items():
        given = d["inputs"]
        case = {**given, "output": given["Y"], "spending": given["E"], "log_cost": given["log_T0"],
                "change": given["dlog_T"]}
        end, want = run(case, closure="full_ge"), d["full_ge"]
        assert 100 * (end.real_income - 1) == pytest.approx(want["real_income_change_pct"], abs=EXACT), name
        assert 100 * end.price == pytest.approx(100 * np.array(want["p_refP1"]), abs=EXACT), name
        share = end.flows.sum() / end.new_flows.sum()        # this column of the files is in shares of world output
        assert exports(end, scale=share) == pytest.approx(want["foreign_exports_change_pct"], abs=1e-7), name
        end, want = run(case, closure="one_step"), d["one_step"]
        assert 100 * (end.price * end.inward / end.new_inward - 1) == pytest.approx(want["gdp_change_pct"], abs=EXACT)
        assert 1 / end.real_income == pytest.approx(want["welfare_stat"], abs=EXACT / 100), name
        assert exports(end) == pytest.approx(want["foreign_exports_change_pct"], abs=1e-7), name


def run(case: dict[str, Any], *, closure: str) -> Gravity:
    names = case["countries"]
    change = np.zeros((len(names), len(names)))
    for seller, buyer, by in case["change"]:
        change[names.index(seller), names.index(buyer)] = by
    return structural_gravity(case["output"], spending=case["spending"], log_cost=case["log_cost"], change=change,
                              elasticity=case["sigma"] - 1, countries=names, reference=case["reference"],
                              closure=closure)


def exports(end: Gravity, *, scale: float = 1.0) -> np.ndarray:
    """Change of sales abroad in per cent."""
    old, new = (x.sum(1) - np.diag(x) for x in (end.flows, end.new_flows))
    return 100 * (scale * new / old - 1)
