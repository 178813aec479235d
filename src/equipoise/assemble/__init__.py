"""Parsed tables → keyed tables: states, dyads, organisations, powers, and the pack made of them."""
