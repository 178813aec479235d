"""Measures: pure functions from arrays to indices, one family a module; NumPy (and Numba, in ``ideal``) only, no disk.

Names are imported on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from equipoise.measure.alignment import Landscape, alignment_energy, landscape
    from equipoise.measure.alliances import alliance_similarity, similarities
    from equipoise.measure.capability import Polarity, cinc, polarity
    from equipoise.measure.distribution import concentration, effective_number, movement, normalised_hhi
    from equipoise.measure.ideal import ideal_points
    from equipoise.measure.multivector import greatest_straddle, issue_splitting, multi_vector, spread, straddle
    from equipoise.measure.order import OrderPath, OrderStress, order_stress, order_stress_path
    from equipoise.measure.pooling import Pooled, pool, pool_draws
    from equipoise.measure.portfolios import similarity, similarity_to
    from equipoise.measure.rivalry import (
        alliance_component,
        disputes_component,
        highest_recent,
        ideal_point_component,
        pair_positions,
        sanctions_component,
        strategic_component,
        to_matrix,
        to_pairs,
    )
    from equipoise.measure.signed import Frustration, frustration
    from equipoise.measure.simplex import to_simplex
    from equipoise.measure.trade import dependence, intensity, trade_shares

# No module bears the name of a function: importing it would put the module where the function is expected.
_HOMES = {
    "alignment": ("Landscape", "alignment_energy", "landscape"),
    "alliances": ("alliance_similarity", "similarities"),
    "capability": ("Polarity", "cinc", "polarity"),
    "distribution": ("concentration", "effective_number", "movement", "normalised_hhi"),
    "ideal": ("ideal_points",),
    "multivector": ("greatest_straddle", "issue_splitting", "multi_vector", "spread", "straddle"),
    "order": ("OrderPath", "OrderStress", "order_stress", "order_stress_path"),
    "pooling": ("Pooled", "pool", "pool_draws"),
    "portfolios": ("similarity", "similarity_to"),
    "rivalry": ("alliance_component", "disputes_component", "highest_recent", "ideal_point_component",
                "pair_positions", "sanctions_component", "strategic_component", "to_matrix", "to_pairs"),
    "signed": ("Frustration", "frustration"),
    "simplex": ("to_simplex",),
    "trade": ("dependence", "intensity", "trade_shares"),
}
_MODULE = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Frustration",
    "Landscape",
    "OrderPath",
    "OrderStress",
    "Polarity",
    "Pooled",
    "alignment_energy",
    "alliance_component",
    "alliance_similarity",
    "cinc",
    "concentration",
    "dependence",
    "disputes_component",
    "effective_number",
    "frustration",
    "greatest_straddle",
    "highest_recent",
    "ideal_point_component",
    "ideal_points",
    "intensity",
    "issue_splitting",
    "landscape",
    "movement",
    "multi_vector",
    "normalised_hhi",
    "order_stress",
    "order_stress_path",
    "pair_positions",
    "polarity",
    "pool",
    "pool_draws",
    "sanctions_component",
    "similarities",
    "similarity",
    "similarity_to",
    "spread",
    "straddle",
    "strategic_component",
    "to_matrix",
    "to_pairs",
    "to_simplex",
    "trade_shares",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
