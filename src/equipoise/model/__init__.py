"""The choice between powers: equations, solver, inversion, leeway."""

from __future__ import annotations

from equipoise.model.choice import Equilibria, invert_choice, solve_choice
from equipoise.model.continuation import Leeway, leeway
from equipoise.model.priors import Prior

__all__ = ["Equilibria", "Leeway", "Prior", "invert_choice", "leeway", "solve_choice"]
