"""The ground that a state stands on: how it lies to the sea, how thinly it is peopled, what lies on its way out.

Arrays have N states, T years, K powers. Borders and areas are those of today's map, in all years.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.assemble.landlocked import is_landlocked
from equipoise.assemble.packed import Pack

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""


def landlocked(states: Sequence[str], *, years: Sequence[int]) -> Flags:
    """Return whether each state has no coast in each year (N, T)."""
    return np.array([[is_landlocked(s, year=y) for y in years] for s in states]).reshape(len(states), len(years))


def areas(pack: Pack, *, states: Sequence[str]) -> Array:
    """Return areas (N,) in km² from the map's outlines, enclaves included; NaN for a state that is not on it."""
    km2: dict[str, float] = {}
    for name, polygons in pack.table("shapes").select("iso3", "polygons").drop_nulls().iter_rows():
        km2[name] = km2.get(name, 0.0) + sum(ring_area(np.array(ring)) for ring in polygons)
    return np.array([km2.get(s, np.nan) for s in states])


def ring_area(ring: Array) -> float:
    """Return the area (km²) inside a ring (n, 2) of longitudes and latitudes in degrees.

    >>> round(ring_area(np.array([[0, 0], [90, 0], [90, 90], [0, 90]])) / (4 * np.pi * EARTH_KM**2), 3)
    0.125
    """
    lon, lat = np.radians(ring).T
    along = (np.roll(lon, -1) - lon + np.pi) % (2 * np.pi) - np.pi
    return float(abs(np.sum(along * (np.sin(lat) + np.sin(np.roll(lat, -1)))) / 2) * EARTH_KM**2)


def ways_out(km: Array, *, dry: Flags, belongs: Flags) -> Array:
    """Return the share (N, K), 0 to 1, of a landlocked state's ways to the open sea that lead through each power.

    A way crosses a land border from each state without a coast, drawn in proportion to its length, until it comes to a
    state with a coast or to a member of a power. A state with a coast has 0; NaN for powers' members, and where no way
    leads out. ``km`` (N, N): lengths of common borders; ``dry`` (N,): without a coast; ``belongs`` (K, N): members.

    >>> line = np.array([[0, 3, 1], [3, 0, 0], [1, 0, 0]], float)   # the first lies between the two others
    >>> ways_out(line, dry=np.array([True, False, False]), belongs=np.array([[False, True, False]]))[0]
    array([0.75])
    """
    ends = ~dry | belongs.any(0)
    total = km[~ends].sum(1, keepdims=True)
    step = km[~ends] / np.where(total > 0, total, 1.0)
    last = np.column_stack([belongs.T, ends]).astype(float)
    # A hair more than one on the diagonal: states that border on one another only would have no solution.
    reached = np.linalg.solve(np.eye(len(step)) * (1 + 1e-12) - step[:, ~ends], step @ last)
    out = np.zeros((len(km), len(belongs)))
    out[~ends] = np.where(reached[:, -1:] > 0.5, reached[:, :-1], np.nan)
    out[belongs.any(0)] = np.nan
    return out


def transit(pack: Pack, *, states: Sequence[str], years: Sequence[int], belongs: Flags) -> Array:
    """Return :func:`ways_out` by year (N, T, K) along today's borders; ``belongs`` (T, K, N): the powers' members."""
    km, dry = borders(pack, states=states), landlocked(states, years=years)
    out = np.empty((len(states), len(years), belongs.shape[1]))
    for t in range(len(years)):
        same = t > 0 and (dry[:, t] == dry[:, t - 1]).all() and (belongs[t] == belongs[t - 1]).all()
        out[:, t] = out[:, t - 1] if same else ways_out(km, dry=dry[:, t], belongs=belongs[t])
    out[~np.isin(states, pack.table("shapes")["iso3"].drop_nulls().to_list())] = np.nan
    return out


def borders(pack: Pack, *, states: Sequence[str]) -> Array:
    """Return the length (N, N) in km of common land borders."""
    place = {s: i for i, s in enumerate(states)}
    out = np.zeros((len(states), len(states)))
    for a, b, km in pack.table("distances").select("state_a", "state_b", "border_km").drop_nulls().iter_rows():
        if a in place and b in place:
            out[place[a], place[b]] = km
    return out
