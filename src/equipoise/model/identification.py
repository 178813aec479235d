"""What observed shares say about the parameters without a likelihood: a policy that exists must be possible.

Whatever the attraction, shares w can be chosen only where they are a stable solution, that is, where diag(1/w) + ρR is
positive definite on Σ dw = 0. Inversion gives an attraction for any parameters, so nothing else is asked. The condition
holds neither coercion φ nor leverage ℓ: **only ρ and, through R's extension, ψ are bounded**, and neither φ nor ℓ is an
argument here.

For a given ψ the condition is 1 + ρμ > 0, μ the least eigenvalue of W½RW½ on the space orthogonal to √w, so the bound
is exact: ρ < ρ*(ψ) = −1/μ, and none where μ ≥ 0. For any dw the form is linear in ψ, hence μ concave and 1/ρ* convex:
at a given ρ the admissible ψ are an interval, and what is admissible at both ψ = 0 and ψ = 1 is so at every ψ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadShares, UsageError
from equipoise.model.ascent import LEAST, extend, relative_margin
from equipoise.model.equilibria import Floats, by_piece


@dataclass(frozen=True, slots=True)
class Admissible:
    """Which parameters the shares of each item admit, on a grid of P values of ρ and Q of ψ.

    stable: (…, P, Q), whether the shares are a stable solution (false where an input is missing); highest: (…, Q), the
    bound ρ*, infinite where there is none, NaN where an input is missing; cross_pressure: (P,); intolerance: (Q,).
    """

    stable: NDArray[np.bool_]
    highest: Floats
    cross_pressure: Floats
    intolerance: Floats

    def refused(self) -> Floats:
        """Return the share of items, (P, Q), that could not be as they are; NaN if all are missing."""
        bound = self.highest.reshape(-1, len(self.intolerance))
        known = np.isfinite(bound[:, 0]) | np.isposinf(bound[:, 0])
        refused = self.cross_pressure[:, None, None] >= bound[known].T
        return refused.mean(-1) if known.any() else np.full(refused.shape[:-1], np.nan)

    def bound(self, *, refused: float = 0.0) -> Floats:
        """Return the largest ρ, (Q,), at which no more than a share ``refused`` of items could not be as they are.

        0 takes every item at its word; a small share allows for shares that were measured wrongly.
        """
        bound = self.highest.reshape(-1, len(self.intolerance))
        known = np.sort(bound[~np.isnan(bound[:, 0])], axis=0)
        if not len(known):
            return np.full(len(self.intolerance), np.nan)
        return np.asarray(known[min(int(np.floor(refused * len(known))), len(known) - 1)])


def admissible(
    shares: ArrayLike, *, rivalry: ArrayLike, cross_pressure: ArrayLike, intolerance: ArrayLike
) -> Admissible:
    """Return which ρ and ψ admit shares (…, K+1), entry 0 the outside option, under rivalry (…, K, K).

    ``cross_pressure`` (P,) and ``intolerance`` (Q,) are the grid. Shares must be positive: a share of 0 makes any ρ
    admissible, and is no proof of it.

    >>> found = admissible([0.2, 0.4, 0.4], rivalry=[[0, 1], [1, 0]], cross_pressure=[2, 3], intolerance=[0.0])
    >>> found.stable[:, 0].tolist(), found.highest.round(6).tolist()         # two equal rivals: ρ* = 1/(rw)
    ([True, False], [2.5])
    """
    w, r = np.asarray(shares, float), np.asarray(rivalry, float)
    rho, psi = (np.atleast_1d(np.asarray(x, float)) for x in (cross_pressure, intolerance))
    if w.shape[-1:] != (r.shape[-1] + 1,) or r.ndim < 2 or r.shape[-2] != r.shape[-1]:
        raise BadShares(
            f"shares must have one entry more than rivalry has rows, but their shapes are {w.shape} and {r.shape}.",
            hint="Put the outside option first, then the powers in the order of rivalry.",
        )
    if (w <= 0).any():
        raise BadShares("shares must all be positive.", hint="Put a floor under them, as equipoise's reports do.")
    if rho.ndim != 1 or psi.ndim != 1 or (psi < 0).any() or (psi > 1).any():
        raise UsageError("cross_pressure and intolerance must be vectors, intolerance between 0 and 1.")
    lead = np.broadcast_shapes(w.shape[:-1], r.shape[:-2])
    cells = (*lead, len(psi))
    wide = (
        np.broadcast_to(w[..., None, :], (*cells, w.shape[-1])),
        np.broadcast_to(r[..., None, :, :], (*cells, *r.shape[-2:])),
        np.broadcast_to(psi, cells),
    )

    def one(piece: NDArray[np.intp]) -> tuple[Array]:
        at = np.unravel_index(piece, cells)
        return (_compiled()(*(x[at] for x in wide)),)

    least = by_piece(one, np.arange(int(np.prod(cells))))[0].reshape(cells)
    with np.errstate(divide="ignore"):
        highest = np.where(least < 0, -1 / least, np.where(np.isnan(least), np.nan, np.inf))
    return Admissible(rho[:, None] < highest[..., None, :], highest, rho, psi)


@lru_cache
def _compiled() -> Callable[..., Array]:
    def least(w: Array, r: Array, psi: Array) -> Array:
        """μ for items first; NaN where an input is."""
        w, r = jnp.moveaxis(w, 0, -1), jnp.moveaxis(r, 0, -1)
        known = jnp.isfinite(w).all(0) & jnp.isfinite(r).all((0, 1))
        w = jnp.where(known, w, 1.0)
        big = extend(jnp.where(known, r, 0.0), intolerance=psi)
        mu = relative_margin(jnp.maximum(w / w.sum(0), LEAST), cross=big) - 1
        # Without rivalry rounding leaves either sign.
        return jnp.where(known, jnp.where(jnp.abs(mu) < LEAST, 0.0, mu), jnp.nan)

    return jax.jit(least)
