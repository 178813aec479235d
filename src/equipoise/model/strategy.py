"""Which strategies a policy is made of: bandwagoning, accommodation, hedging, neutrality, balancing, as shares.

Three of the five are what the order does to engagement, against what attraction alone would make of it; they rest on
φ, ρ and ψ, and are an assumption as long as these are. Arrays may lead with any axes, years and draws among them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadMatrix, BadShares, UsageError
from equipoise.measure.multivector import straddle
from equipoise.measure.rivalry import checked_rivalry
from equipoise.measure.simplex import proper
from equipoise.model.choice import attraction, extend

Array = NDArray[np.float64]

LEAST = 1e-12
"""An excess no greater is rounding: without any effect of the order w and q agree to the last digits only."""

STRATEGIES = ("bandwagoning", "accommodation", "hedging", "neutrality", "balancing")
"""From nearest to the power with most leverage to farthest from it; the order of every last axis here."""


@dataclass(frozen=True, slots=True)
class Composition:
    """The five strategies in the order of :data:`STRATEGIES`: ``amount`` (…, 5), each 0…1; ``share`` (…, 5), sum 1.

    Both are NaN where an input is missing or no power has leverage; ``share`` also where all five amounts are 0.
    """

    amount: Array
    share: Array


def strategy_composition(
    shares: ArrayLike,
    *,
    rivalry: ArrayLike,
    leverage: ArrayLike,
    side: ArrayLike,
    diplomatic: ArrayLike,
    material: ArrayLike,
    coercion: ArrayLike,
    cross_pressure: ArrayLike,
    intolerance: ArrayLike,
    straddled: ArrayLike | None = None,
) -> Composition:
    """Return the strategies in a policy (own measure).

    Shares w (…, K+1) are positive, the outside option first, as are the shares ``diplomatic`` d and ``material`` m of
    the diplomatic and the material channels, in which a zero may stand; rivalry R (…, K, K) in 0…1; leverage ℓ (…, K);
    ``side`` (…, K) the blocs, −1 and 1 (0: neither); coercion φ, cross_pressure ρ and intolerance ψ (…). k* has most
    leverage, S is its bloc (k* alone if it is in none), B the other bloc. With the null q = softmax(v), v the
    attraction that inversion gives, and x over y = max(0, x − y)/(1 − y):

    bandwagoning w(S) over q(S); accommodation d_k* over m_k*; hedging the straddle of w; neutrality w_0 over q_0;
    balancing w(B) over q(B). A share is an amount over the sum of the five. Several k* count alike: the mean over them.
    ``straddled`` (…) is the straddle, where it has been computed before.

    Raises BadShares for shares that are no shares, or a share w of 0; BadMatrix for R, or inputs of unequal K;
    UsageError for leverage or parameters that are negative, or ψ above 1.

    >>> given = dict(rivalry=[[0, 0.6], [0.6, 0]], leverage=[0.5, 0.1], side=[1, -1], intolerance=0.5,
    ...              diplomatic=[0.2, 0.5, 0.3], material=[0.2, 0.5, 0.3])
    >>> strategy_composition([0.2, 0.5, 0.3], **given, coercion=2, cross_pressure=2).share.round(2)
    array([0.26, 0.  , 0.72, 0.02, 0.  ])
    >>> strategy_composition([0.2, 0.5, 0.3], **given, coercion=0, cross_pressure=0).share
    array([0., 0., 1., 0., 0.])
    """
    w, d, m = (proper(x, name=n) for x, n in
               ((shares, "shares"), (diplomatic, "diplomatic"), (material, "material")))
    r, lever, bloc = checked_rivalry(rivalry), np.asarray(leverage, float), np.asarray(side, float)
    _check(w, d, m, r=r, lever=lever, bloc=bloc)
    phi, rho, psi = _parameters(coercion, cross_pressure, intolerance)
    q = null_shares(w, rivalry=r, leverage=lever, coercion=phi, cross_pressure=rho, intolerance=psi)
    star = most_leverage(lever)
    near, far = _sides(bloc)
    parts = {
        "bandwagoning": (star * _over(_held(near, w), _held(near, q))).sum(-1),
        "accommodation": (star * _over(d[..., 1:], m[..., 1:])).sum(-1),
        "hedging": straddle(w, rivalry=r) if straddled is None else np.asarray(straddled, float),
        "neutrality": _over(w[..., 0], q[..., 0]),
        "balancing": (star * _over(_held(far, w), _held(far, q))).sum(-1),
    }
    amount = np.stack(np.broadcast_arrays(*(parts[name] for name in STRATEGIES)), axis=-1)
    # A strategy is towards a power or against it: without k*, or one of the five, there is none of them.
    amount = np.where(np.isfinite(amount).all(-1, keepdims=True), amount, np.nan)
    total = amount.sum(-1, keepdims=True)
    return Composition(amount, amount / np.where(total > 0, total, np.nan))


def null_shares(
    shares: Array,
    *,
    rivalry: Array,
    leverage: Array,
    coercion: ArrayLike,
    cross_pressure: ArrayLike,
    intolerance: ArrayLike,
) -> Array:
    """Return softmax(v) (…, K+1), v the attraction that inversion gives: the choice if the order had no effect.

    >>> none = dict(rivalry=np.array([[0, 1.0], [1, 0]]), leverage=np.array([1.0, 0.0]), intolerance=0.0)
    >>> null_shares(np.array([0.2, 0.4, 0.4]), **none, coercion=1, cross_pressure=0).round(3)
    array([0.119, 0.237, 0.644])
    """
    v = attraction(shares, rivalry=extend(rivalry, intolerance=intolerance), leverage=leverage, coercion=coercion,
                   cross_pressure=cross_pressure)
    e = np.exp(v - v.max(-1, keepdims=True))
    out: Array = e / e.sum(-1, keepdims=True)
    return out


def most_leverage(leverage: Array) -> Array:
    """Return weights (…, K) on the power with most leverage, alike on several; NaN without any or if one is missing.

    >>> most_leverage(np.array([[0.2, 0.5, 0.1], [0.3, 0.3, 0.0], [0.0, 0.0, 0.0]]))
    array([[0. , 1. , 0. ],
           [0.5, 0.5, 0. ],
           [nan, nan, nan]])
    """
    top = leverage.max(-1, keepdims=True)
    first = (leverage >= top).astype(float)
    known = np.isfinite(leverage).all(-1, keepdims=True) & (top > 0)
    return np.where(known, first / np.maximum(first.sum(-1, keepdims=True), 1.0), np.nan)


def _sides(bloc: Array) -> tuple[Array, Array]:
    """For every power (…, K, K): who is of its bloc, itself always, and who is of the other."""
    together = bloc[..., :, None] * bloc[..., None, :]
    return ((together > 0) | np.eye(bloc.shape[-1], dtype=bool)).astype(float), (together < 0).astype(float)


def _held(members: Array, shares: Array) -> Array:
    held: Array = (members @ shares[..., 1:, None])[..., 0]
    return held


def _over(x: Array, y: Array) -> Array:
    """How much of what y leaves x has taken, max(0, x − y)/(1 − y); 0 where y leaves nothing."""
    left = np.where(y < 1, 1 - y, 1.0)
    taken = np.where(x - y > LEAST, np.clip((x - y) / left, 0.0, 1.0), 0.0)
    return np.where(np.isnan(x) | np.isnan(y), np.nan, taken)


def _check(w: Array, d: Array, m: Array, *, r: Array, lever: Array, bloc: Array) -> None:
    k = r.shape[-1]
    sizes = {"shares": w.shape[-1] - 1, "diplomatic": d.shape[-1] - 1, "material": m.shape[-1] - 1,
             "leverage": lever.shape[-1], "side": bloc.shape[-1]}
    wrong = next((n for n, size in sizes.items() if size != k), None)
    if wrong:
        raise BadMatrix(f"rivalry is between {k} powers, but {wrong} is of {sizes[wrong]}.",
                        hint="Shares have one entry more than powers: the outside option, first.")
    if (r > 1 + 1e-9).any():
        raise BadMatrix(f"rivalry holds {np.nanmax(r):g}, above 1.", hint="Scale it to 0…1; 1 is full rivalry.")
    if (w <= 0).any():
        raise BadShares("shares must all be positive, but one is 0.",
                        hint="Replace a zero by a small share: inversion takes its logarithm.")
    if (lever < 0).any() or not np.isin(bloc, (-1, 0, 1)).all():
        raise UsageError("leverage must not be negative, and side must hold −1, 0 or 1.")


def _parameters(*values: ArrayLike) -> tuple[Array, Array, Array]:
    phi, rho, psi = (np.asarray(x, float) for x in values)
    if not all(np.isfinite(x).all() and (x >= 0).all() for x in (phi, rho, psi)) or (psi > 1).any():
        raise UsageError("coercion and cross_pressure must be at least 0, intolerance between 0 and 1.")
    return phi, rho, psi
