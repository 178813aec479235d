"""Landscape of alignments: which splits of a system into two blocs are stable when states move one at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix, BadShares

MOST_STATES = 20
"""Most states of which every split is looked at: half a million."""

TOLERANCE = 1e-12
"""Energies closer than this part of Σ s_i s_j |p_ij| count as equal."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Landscape:
    """The stable splits of n states into two blocs, the deepest first.

    ``energy`` (m,), in sizes² times propensity; ``configurations`` (m, n): 1 for the first state's bloc, −1 for the
    other; ``basins`` (m,): share of all 2ⁿ⁻¹ splits from which steepest descent ends in it, summing to one.
    """

    energy: Array
    configurations: NDArray[np.int8]
    basins: Array


def landscape(propensity: ArrayLike, *, sizes: ArrayLike) -> Landscape:
    """All local minima of the energy of alignment, for propensities (n, n) and sizes (n,) of up to 20 states.

    p_ij > 0 is how much i and j would rather be together, p_ij < 0 apart; s_i > 0 how much i weighs, any unit. The
    energy of a split X is E(X) = Σ_i Σ_j s_i s_j p_ij d_ij(X), over ordered pairs, d_ij = 1 in different blocs and 0 in
    the same (Axelrod and Bennett 1993). A split is a local minimum if no single state can lower it by changing
    sides; with symmetric propensities no state would then be less frustrated on the other side. Ties count as minima,
    so a state without any propensity doubles them.

    Descent takes the state whose change lowers E most, the first of equals: a rule of ours, on which minima do
    not depend but basins do.

    Raises BadMatrix if propensities are not square, symmetric, complete with a zero diagonal, or of more than
    ``MOST_STATES`` states; BadShares if sizes do not fit or are not positive.

    >>> found = landscape([[0, 1, -1], [1, 0, -2], [-1, -2, 0]], sizes=[1, 1, 1])
    >>> found.energy.tolist(), found.configurations.tolist(), found.basins.tolist()
    ([-6.0], [[1, 1, -1]], [1.0])
    """
    j = _weighted(propensity, sizes=sizes)
    n = len(j)
    energy = _energies(j)
    here = np.arange(len(energy))
    # Bit b is the state b + 1; the first state's change is everybody else's.
    moves = [len(energy) - 1, *(1 << b for b in range(n - 1))]
    lowest, to = energy - TOLERANCE * float(np.abs(j).sum()), here.copy()
    for move in moves:
        there = energy[here ^ move]
        lower = there < lowest
        lowest, to = np.where(lower, there, lowest), np.where(lower, here ^ move, to)
    minima = np.flatnonzero(to == here)
    minima = minima[np.argsort(energy[minima], kind="stable")]
    while (to[to] != to).any():
        to = to[to]
    count = np.bincount(to, minlength=len(energy))[minima]
    sides = 1 - 2 * (minima[:, None] >> np.arange(n - 1) & 1)
    first = np.ones((len(minima), 1))
    return Landscape(energy[minima], np.hstack([first, sides]).astype(np.int8), count / len(energy))


def alignment_energy(configuration: ArrayLike, *, propensity: ArrayLike, sizes: ArrayLike) -> Array:
    """Energy of given splits (…, n), one sign for each bloc, as :func:`landscape` has it; any number of states → (…).

    Raises BadMatrix and BadShares as there, and BadShares for a split that is not of n signs.

    >>> alignment_energy([[1, 1, -1], [1, -1, -1]], propensity=[[0, 1, -1], [1, 0, -2], [-1, -2, 0]], sizes=[1, 2, 3])
    array([-30.,  -2.])
    """
    j = _weighted(propensity, sizes=sizes, most=None)
    x = np.sign(np.asarray(configuration, dtype=np.float64))
    if x.ndim == 0 or x.shape[-1] != len(j) or not np.isin(x, (-1, 1)).all():
        raise BadShares(f"a split of shape {x.shape} does not fit {len(j)} states, or has an entry without a sign.",
                        hint="Give a positive number for one bloc and a negative for the other.")
    energy: Array = (j.sum() - np.einsum("...i,ij,...j->...", x, j, x)) / 2
    return energy


def _weighted(propensity: ArrayLike, *, sizes: ArrayLike, most: int | None = MOST_STATES) -> Array:
    """s_i s_j p_ij (n, n), both checked."""
    p, s = np.asarray(propensity, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    if p.ndim != 2 or p.shape[0] != p.shape[1] or len(p) < 2:
        raise BadMatrix(f"propensities have the shape {p.shape}.", hint="Give a square matrix of at least two states.")
    if most is not None and len(p) > most:
        raise BadMatrix(f"{len(p)} states have too many splits to look at each.",
                        hint=f"Take at most {most} states, or frustration() for the best split only.")
    if not np.isfinite(p).all() or not np.allclose(p, p.T, rtol=1e-12, atol=0) or np.diagonal(p).any():
        raise BadMatrix("propensities are not symmetric, not complete, or have a diagonal that is not zero.",
                        hint="Give one finite number for each pair, 0 where there is none.")
    if s.shape != (len(p),) or not (np.isfinite(s) & (s > 0)).all():
        raise BadShares(f"sizes of shape {s.shape} do not fit {len(p)} states, or one is not positive.",
                        hint="Give each state's size, and leave out states without any.")
    j: Array = np.outer(s, s) * (p + p.T) / 2
    return j


def _energies(j: Array) -> Array:
    """E of all 2ⁿ⁻¹ splits, state by state: bit b of the position is whether state b + 1 is not with the first."""
    energy = np.zeros(1)
    for k in range(1, len(j)):
        away = np.zeros(1)
        for tie in j[k, 1:k]:
            away = np.concatenate([away, away + tie])
        energy = np.concatenate([energy + 2 * away, energy + 2 * (j[k, :k].sum() - away)])
    return energy
