"""Ideal points estimated from roll calls: votes as arrays, compiled sweeps, and the call that joins them."""

from __future__ import annotations

from equipoise.measure.ideal.result import Method, ideal_points

__all__ = ["Method", "ideal_points"]
