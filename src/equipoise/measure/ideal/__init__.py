"""Ideal points estimated from roll calls: votes as arrays, compiled sweeps, and the call that joins them."""

from __future__ import annotations

from equipoise.measure.ideal.result import IdealPosterior, Method, ideal_points, ideal_posterior

__all__ = ["IdealPosterior", "Method", "ideal_points", "ideal_posterior"]
