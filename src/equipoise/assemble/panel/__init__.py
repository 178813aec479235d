"""Panels: the rows of a study, by state, dyad, state and power, or triad, and year, and what is added to them."""

from equipoise.assemble.panel.catalogue import adds as panel_adds  # not `adds`: that is the folder of additions
from equipoise.assemble.panel.make import dyad_years, power_years, state_years, triads
from equipoise.assemble.panel.panel import Panel

__all__ = ["Panel", "dyad_years", "panel_adds", "power_years", "state_years", "triads"]
