"""Scenarios: what could happen to trade, as data, and what it does."""
