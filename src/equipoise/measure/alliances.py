"""Similarity of alliance portfolios of all pairs of states, year by year, every measure at once.

:func:`~equipoise.measure.similarity` serves any portfolios. Here they are complete and on a short scale, so that a
year takes three matrix products for all measures together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from equipoise.assemble.portfolios import SCALE, alliance_portfolios
from equipoise.errors import BadMatrix, BadShares, UsageError

Array = NDArray[np.float64]
Sums = NDArray[np.floating]

MEASURES = ("S", "S2", "kappa", "pi", "pi_nominal")
WEIGHTED = ("S", "S2")
"""Measures that the frame also gives weighted by capability."""

MOST_LEVELS = 16
"""Most distinct values of a portfolio: beyond, comparing level by level no longer pays."""


def similarities(portfolios: ArrayLike, *, scale: tuple[float, float], weights: ArrayLike | None = None,
                 measures: Sequence[str] = MEASURES) -> dict[str, Array]:
    """Similarity of every pair of complete portfolios (n, m) → a matrix (n, n) for each measure.

    The same values as :func:`~equipoise.measure.similarity`, which says what they are, for portfolios without missing
    entries on a short ordinal scale. ``weights`` (m,) are those of the entries.

    Raises BadMatrix for missing entries, entries outside the scale, more than ``MOST_LEVELS`` levels or weights that do
    not fit; UsageError for an unknown measure or an empty scale.

    >>> found = similarities([[3, 0, 1], [0, 3, 1]], scale=(0, 3), measures=["S", "pi"])
    >>> round(float(found["S"][0, 1]), 4), round(float(found["pi"][0, 1]), 4)
    (-0.3333, -0.9286)
    """
    x = _checked(portfolios, scale=scale, measures=measures)
    w = _weights(weights, entries=x.shape[1])
    # Sums of a few hundred small integers are exact in single precision.
    kind = np.float32 if weights is None and (x == np.round(x)).all() and x.size * scale[1] ** 2 < 2**24 else np.float64
    levels = np.unique(x)
    if len(levels) > MOST_LEVELS:
        raise BadMatrix(f"the portfolios have {len(levels)} levels.", hint="Use similarity() for measurements.")
    out: dict[str, Array] = {}
    if "S" in measures:
        out["S"] = 1 - 2 * _absolute(x, w=w, levels=levels, kind=kind) / ((scale[1] - scale[0]) * w.sum())
    if {"S2", "kappa", "pi"} & set(measures):
        out |= _squared(x.astype(kind), w=w, span=scale[1] - scale[0], measures=measures)
    if "pi_nominal" in measures:
        out["pi_nominal"] = _nominal(x, w=w, levels=levels, kind=kind)
    return {name: out[name] for name in measures}


def alliance_similarity(atop: pl.DataFrame, *, states: Mapping[int, Sequence[int]],
                        capability: pl.DataFrame | None = None) -> pl.DataFrame:
    """Similarity of the alliance portfolios of all pairs of states and years, each pair once.

    ``atop`` and ``states`` are those of :func:`~equipoise.assemble.portfolios.alliance_portfolios`. ``capability`` has
    ``cow``, ``year`` and ``cinc``; with it come the weighted measures, where a state of unknown capability weighs
    nothing.

    Returns:
        ``cow_a`` < ``cow_b``, ``year``, ``S``, ``S2`` (Signorino and Ritter 1999), ``kappa`` and ``pi`` (Häge 2011,
        squared weights), ``pi_nominal`` (Scott 1955), and with capability ``S_weighted``, ``S2_weighted``, all −1…1,
        Float64; null where undefined, as for two states whose portfolios are one constant. Sorted by year and codes.

    Raises BadYears, UnknownState (as there), and BadShares for a negative capability.
    """
    states = {year: sorted(codes) for year, codes in sorted(states.items())}
    known = _capability(capability)
    frames = []
    for year, levels in alliance_portfolios(atop, states=states):
        codes = np.asarray(states[year], dtype=np.int32)
        # Both sides' own row and column take part, as both hold an entry for every state.
        found = similarities(levels, scale=SCALE)
        if capability is not None:
            weights = np.array([known.get((int(c), year), 0.0) for c in codes])
            heavy = similarities(levels, scale=SCALE, weights=weights, measures=WEIGHTED) if weights.any() else {}
            found |= {f"{m}_weighted": heavy.get(m, np.full(levels.shape, np.nan)) for m in WEIGHTED}
        a, b = np.triu_indices(len(codes), 1)
        frames.append(pl.DataFrame({"cow_a": codes[a], "cow_b": codes[b], "year": np.full(len(a), year, np.int32),
                                    **{name: pl.Series(v[a, b], nan_to_null=True) for name, v in found.items()}}))
    return pl.concat(frames) if frames else pl.DataFrame()


def _capability(frame: pl.DataFrame | None) -> dict[tuple[int, int], float]:
    if frame is None:
        return {}
    rows = frame.select("cow", "year", "cinc").drop_nulls()
    if (rows["cinc"] < 0).any():
        raise BadShares("a capability is negative.", hint="Use null for what is not known.")
    return {(cow, year): value for cow, year, value in rows.iter_rows()}


def _checked(portfolios: ArrayLike, *, scale: tuple[float, float], measures: Sequence[str]) -> Sums:
    unknown = [m for m in measures if m not in MEASURES]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no measure of similarity.", hint=f"Use some of {', '.join(MEASURES)}.")
    if not scale[0] < scale[1]:
        raise UsageError(f"the scale {scale} is empty.", hint="Give the lowest value first.")
    x = np.asarray(portfolios)
    x = x if x.dtype in (np.float32, np.float64) else x.astype(np.float64)
    if x.ndim != 2 or not x.size:
        raise BadMatrix(f"portfolios have the shape {x.shape}.", hint="Give (states, entries).")
    if np.isnan(x).any():
        empty = np.flatnonzero(np.isnan(x).all(axis=1))
        what = f"portfolio {int(empty[0])} is missing throughout." if len(empty) else "a portfolio has a missing entry."
        raise BadMatrix(what, hint="Leave the state out, or use similarity(), which takes what both hold.")
    if x.min() < scale[0] or x.max() > scale[1]:
        raise BadMatrix(f"a portfolio holds a value outside the scale {scale[0]:g} to {scale[1]:g}.",
                        hint="Turn codes for absence into NaN.")
    return x


def _weights(weights: ArrayLike | None, *, entries: int) -> Array:
    w = np.ones(entries) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (entries,) or not (np.isfinite(w) & (w >= 0)).all() or not w.any():
        raise BadMatrix(f"weights of shape {w.shape} do not fit {entries} entries, or one is negative or missing.",
                        hint="Give one non-negative weight for each entry, not all of them 0.")
    return w


def _gram(x: Sums, *, w: Array) -> Array:
    """Σ_e w_e x_ie x_je for all pairs of rows."""
    product: Array = ((x * w.astype(x.dtype)) @ x.T).astype(np.float64)
    return product


def _both(x: Array) -> Array:
    """x_i + x_j for all pairs."""
    total: Array = x[:, None] + x
    return total


def _absolute(x: Sums, *, w: Array, levels: Sums, kind: type) -> Array:
    """Σ w|x − y| from the steps of the scale that lie between them: (t − t')² is 1 where a step does, else 0."""
    if len(levels) < 2:
        return np.zeros((len(x), len(x)))
    steps: Sums = np.hstack([(x >= high) for high in levels[1:]]).astype(kind)
    widths = np.repeat(np.diff(levels).astype(np.float64), x.shape[1]) * np.tile(w, len(levels) - 1)
    shared = _gram(steps, w=widths)
    return _both(np.diagonal(shared)) - 2 * shared


def _squared(x: Sums, *, w: Array, span: float, measures: Sequence[str]) -> dict[str, Array]:
    """S2, kappa and pi: all follow from Σ w x y, the means and the variances."""
    n = w.sum()
    product = _gram(x, w=w)
    mean = x.astype(np.float64) @ w / n
    own = np.diagonal(product)
    gap = _both(own) - 2 * product
    spread = _both(own - n * mean**2)
    apart = n * (mean[:, None] - mean) ** 2
    out = {}
    if "S2" in measures:
        out["S2"] = 1 - 2 * gap / (span**2 * n)
    if "kappa" in measures:
        out["kappa"] = _corrected(gap, expected=spread + apart)
    if "pi" in measures:
        out["pi"] = _corrected(gap, expected=spread + apart / 2)
    return out


def _nominal(x: Sums, *, w: Array, levels: Sums, kind: type) -> Array:
    """Scott's pi of equal entries: (A − E) / (1 − E)."""
    n = w.sum()
    held = [(x == level).astype(kind) for level in levels]
    equal = _gram(np.hstack(held), w=np.tile(w, len(levels))) / n
    share = np.stack([h.astype(np.float64) @ w / n for h in held], axis=1)
    chance = (_both((share**2).sum(axis=1)) + 2 * share @ share.T) / 4
    return _corrected(1 - equal, expected=1 - chance)


def _corrected(observed: Array, *, expected: Array) -> Array:
    # Both constant and equal leaves 0/0: no disagreement was possible, so none says anything.
    return 1 - observed / np.where(expected > 1e-9, expected, np.nan)
