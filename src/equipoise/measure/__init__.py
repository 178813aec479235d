"""Measures: pure functions from arrays to indices, one family a module; NumPy (and Numba, in ``ideal``) only, no disk.

Names are imported on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from equipoise.measure.affiliation import overlap, shared_by_year, shared_ties
    from equipoise.measure.alignment import Landscape, alignment_energy, landscape
    from equipoise.measure.alliances import alliance_similarity, similarities
    from equipoise.measure.capability import Polarity, cinc, polarity
    from equipoise.measure.distribution import concentration, effective_number, movement, normalised_hhi
    from equipoise.measure.ideal import IdealPosterior, ideal_points, ideal_posterior
    from equipoise.measure.mediators import (
        Acceptability,
        acceptability,
        clustered_means,
        memberships_in_common,
        rank_correlation,
        standing,
    )
    from equipoise.measure.multivector import greatest_straddle, issue_splitting, multi_vector, spread, straddle
    from equipoise.measure.order import OrderPath, OrderStress, order_stress, order_stress_path
    from equipoise.measure.pooling import Pooled, leave_one_out, pool, pool_draws
    from equipoise.measure.portfolios import similarity, similarity_to
    from equipoise.measure.precedence import judge_order, opening_order
    from equipoise.measure.ranking import rank_agreement, superiority, superiority_draws
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
    from equipoise.measure.scores import Gain, crps, crps_of_shares, log_score, mean_gain
    from equipoise.measure.sides import SidesParts, equidistance, over_rivals, pledges_of, sides_parts
    from equipoise.measure.signed import Frustration, frustration
    from equipoise.measure.simplex import to_simplex
    from equipoise.measure.strategies import HedgingParts, hedging, hedging_parts
    from equipoise.measure.structure import Structure, same_split, signed_components, system_structure
    from equipoise.measure.trade import dependence, intensity, trade_shares

# No module bears the name of a function: importing it would put the module where the function is expected.
_HOMES = {
    "affiliation": ("overlap", "shared_by_year", "shared_ties"),
    "alignment": ("Landscape", "alignment_energy", "landscape"),
    "alliances": ("alliance_similarity", "similarities"),
    "capability": ("Polarity", "cinc", "polarity"),
    "distribution": ("concentration", "effective_number", "movement", "normalised_hhi"),
    "ideal": ("IdealPosterior", "ideal_points", "ideal_posterior"),
    "mediators": ("Acceptability", "acceptability", "clustered_means", "memberships_in_common", "rank_correlation",
                  "standing"),
    "multivector": ("greatest_straddle", "issue_splitting", "multi_vector", "spread", "straddle"),
    "order": ("OrderPath", "OrderStress", "order_stress", "order_stress_path"),
    "pooling": ("Pooled", "leave_one_out", "pool", "pool_draws"),
    "portfolios": ("similarity", "similarity_to"),
    "ranking": ("rank_agreement", "superiority", "superiority_draws"),
    "precedence": ("judge_order", "opening_order"),
    "rivalry": ("alliance_component", "disputes_component", "highest_recent", "ideal_point_component",
                "pair_positions", "sanctions_component", "strategic_component", "to_matrix", "to_pairs"),
    "scores": ("Gain", "crps", "crps_of_shares", "log_score", "mean_gain"),
    "sides": ("SidesParts", "equidistance", "over_rivals", "pledges_of", "sides_parts"),
    "signed": ("Frustration", "frustration"),
    "simplex": ("to_simplex",),
    "strategies": ("HedgingParts", "hedging", "hedging_parts"),
    "structure": ("Structure", "same_split", "signed_components", "system_structure"),
    "trade": ("dependence", "intensity", "trade_shares"),
}
_MODULE = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Acceptability",
    "Frustration",
    "Gain",
    "HedgingParts",
    "IdealPosterior",
    "Landscape",
    "OrderPath",
    "OrderStress",
    "Polarity",
    "Pooled",
    "SidesParts",
    "Structure",
    "acceptability",
    "alignment_energy",
    "alliance_component",
    "alliance_similarity",
    "cinc",
    "clustered_means",
    "concentration",
    "crps",
    "crps_of_shares",
    "dependence",
    "disputes_component",
    "effective_number",
    "equidistance",
    "frustration",
    "greatest_straddle",
    "hedging",
    "hedging_parts",
    "highest_recent",
    "ideal_point_component",
    "ideal_points",
    "ideal_posterior",
    "intensity",
    "issue_splitting",
    "judge_order",
    "landscape",
    "leave_one_out",
    "log_score",
    "mean_gain",
    "memberships_in_common",
    "movement",
    "multi_vector",
    "normalised_hhi",
    "opening_order",
    "order_stress",
    "order_stress_path",
    "over_rivals",
    "overlap",
    "pair_positions",
    "pledges_of",
    "polarity",
    "pool",
    "pool_draws",
    "rank_agreement",
    "rank_correlation",
    "same_split",
    "sanctions_component",
    "shared_by_year",
    "shared_ties",
    "sides_parts",
    "signed_components",
    "similarities",
    "similarity",
    "similarity_to",
    "spread",
    "standing",
    "straddle",
    "strategic_component",
    "superiority",
    "superiority_draws",
    "system_structure",
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
