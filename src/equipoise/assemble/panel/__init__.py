"""Panels: the rows of a study, by state, dyad, state and power, or triad, and year, and what is added to them."""

from equipoise.assemble.panel.catalogue import adds
from equipoise.assemble.panel.panel import Panel, dyad_years, power_years, state_years, triads

__all__ = ["Panel", "adds", "dyad_years", "power_years", "state_years", "triads"]
