"""Branches of equilibria followed from one rivalry to another, in JAX, many at once: folds, and lost sides.

What :mod:`equipoise.model.continuation` does in NumPy for a report, with its constants and its rules, but for any
number of items, to 1e-6 in δ and with a status. A branch is followed by Newton's method from a secant predictor. It
ends at a fold or another bifurcation, where its margin of stability goes to zero, and beyond which Newton's method
fails, jumps, or meets a Hessian that is not definite; a step that does so is halved until it is shorter than wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadShares, UsageError
from equipoise.model.ascent import (
    CLIMB,
    LEAST,
    LONGEST,
    climb,
    extend,
    newton,
    normalise,
    pressure,
    relative_margin,
    residual,
    times,
)
from equipoise.model.choice import TOLERANCE
from equipoise.model.continuation import AFTER, CAUSES, JUMP, SIDE, STEP, confrontation
from equipoise.model.equilibria import AGAIN, STATUSES, Floats, by_piece

TRIALS = 8
"""Steps tried before the items that have come to an end are put aside."""

ROUNDS = 48
"""Rounds of trials before an item counts as not converged."""

NEWTONS = 5
SMALL = 1e-8
"""Newton steps of one trial, and how small the last must be."""

UNSTABLE = 4
"""While branches are followed: the code of the cause "already" where the shares were no stable solution at δ = 0."""

FLAT = 0.05
"""Largest relative margin at which the end of a branch counts as a bifurcation, and not as a failure to follow it."""


@dataclass(frozen=True, slots=True)
class Branches:
    """Ends of branches.

    value: (…,), the last δ at which the branch held, 1 if it never ended, 0 if it had ended before, NaN unless
    converged; upper: (…,), the first δ known not to hold (1 if it never ended); cause: (…,), codes of
    :data:`equipoise.model.continuation.CAUSES`; shares: (…, K+1), the last on the branch; margin: (…,), the relative
    margin there, 1 without rivalry and 0 at a bifurcation; after: (…, K+1), the shares just after the end (NaN if the
    way down is too long to follow); not_stable: (…,), whether the shares at δ = 0 were no stable solution; status:
    (…,), codes of :data:`equipoise.model.equilibria.STATUSES`.
    """

    value: Floats
    upper: Floats
    cause: NDArray[np.int8]
    shares: Floats
    margin: Floats
    after: Floats
    not_stable: NDArray[np.bool_]
    status: NDArray[np.int8]


def follow(
    shares: ArrayLike,
    *,
    rivalry: ArrayLike,
    leverage: ArrayLike,
    coercion: ArrayLike,
    cross_pressure: ArrayLike,
    intolerance: ArrayLike,
    side: ArrayLike | None = None,
    target: ArrayLike | None = None,
    pairwise: bool = False,
    finest: float = 1e-6,
) -> Branches:
    """Follow shares (…, K+1) from rivalry (…, K, K) at δ = 0 to ``target`` at δ = 1, v held, to ``finest`` in δ.

    ``side`` (…, K) names two sides by −1 and 1 (0: neither); a branch ends too where the weaker keeps less than
    :data:`equipoise.model.continuation.SIDE` of the engagement with powers, or with ``pairwise`` of that with the two
    sides. Without it only bifurcations end one. ``target`` is by default the confrontation of the sides. leverage
    (…, K) and the parameters (…,); leading axes broadcast. With the default target the value is leeway.

    >>> two = dict(leverage=[0, 0], coercion=0, cross_pressure=4.5, intolerance=0)
    >>> end = follow([0.02, 0.49, 0.49], rivalry=[[0, 0.1], [0.1, 0]], target=[[0, 1], [1, 0]], **two)
    >>> r = 0.1 + 0.9 * end.value
    >>> CAUSES[end.cause], round(float(4.5 * r * end.shares[1]), 5)         # two equal rivals part where ρrw = 1
    ('instability', 1.0)
    """
    w, r = np.asarray(shares, float), np.asarray(rivalry, float)
    sides = np.zeros(r.shape[-1]) if side is None else np.asarray(side, float)
    if side is None and target is None:
        raise UsageError("follow needs a target, or two sides whose confrontation is the target.")
    lever, *parameters = (np.asarray(x, float) for x in (leverage, coercion, cross_pressure, intolerance))
    k, own = r.shape[-1:], r if target is None else np.asarray(target, float)
    if not (
        w.shape[-1:] == (k[0] + 1,)
        and r.shape[-2:] == own.shape[-2:] == k * 2
        and sides.shape[-1:] == k
        and lever.shape[-1:] == k
    ):
        raise BadShares(
            f"shapes do not fit: shares {w.shape}, rivalry {r.shape}, target {own.shape}, side {sides.shape}, leverage "
            f"{lever.shape}.",
            hint="With K powers the last axes are K+1, K × K, K × K, K and K.",
        )
    goal = confrontation(r, side=sides) if target is None else own
    values = [np.asarray(pairwise), w, r, goal, sides, lever, *parameters]
    inner = (0, 1, 2, 2, 1, 1, 0, 0, 0)
    lead = np.broadcast_shapes(*(x.shape[: x.ndim - k] for x, k in zip(values, inner, strict=True)))
    wide = [np.broadcast_to(x, (lead or (1,)) + x.shape[x.ndim - k :]) for x, k in zip(values, inner, strict=True)]
    return _ends(wide, lead=lead, finest=finest)


class _Along(NamedTuple):
    """Where items are on their branches: log shares (K+1, B), now and one step before, δ, steps (B,), and codes."""

    log_w: Array
    before: Array
    delta: Array
    delta_before: Array
    step: Array
    eased: Array
    reason: Array
    cause: Array


class _Newton(NamedTuple):
    """Newton's method under way: steps taken, log shares and shares (K+1, B), its last step and concavity there."""

    taken: Array
    log_w: Array
    w: Array
    last: Array
    definite: Array


@dataclass(frozen=True, slots=True)
class _System:
    """What stays fixed for items (…, B)."""

    v: Array
    rivalry: Array
    target: Array
    side: Array
    leverage: Array
    coercion: Array
    cross_pressure: Array
    intolerance: Array
    pairwise: Array

    def at(self, delta: Array) -> tuple[Array, Array]:
        """Return net attraction (K+1, B) and ρR (K+1, K+1, B) at δ (B,)."""
        big = extend((1 - delta) * self.rivalry + delta * self.target, intolerance=self.intolerance)
        return self.v - pressure(big, leverage=self.leverage, coercion=self.coercion), self.cross_pressure * big

    def weaker(self, w: Array) -> Array:
        """The weaker side's share of engagement with powers (B,); 1 where there are no two sides."""
        ours, theirs = ((w[1:] * here).sum(0) for here in (self.side > 0, self.side < 0))
        two = (self.side > 0).any(0) & (self.side < 0).any(0)
        total = jnp.where(self.pairwise, ours + theirs, w[1:].sum(0))
        return jnp.where(two, jnp.minimum(ours, theirs) / jnp.maximum(total, 1e-300), 1.0)


def _system(values: Sequence[Array]) -> tuple[_System, Array]:
    """Return what stays fixed, and the log shares at the start, for arrays with the items last."""
    pairwise, w, r, goal, side, lever, phi, rho, psi = values
    log_w = jnp.log(jnp.maximum(w, LEAST))
    big = extend(r, intolerance=psi)
    v = log_w + pressure(big, leverage=lever, coercion=phi) + rho * times(big, w)
    return _System(v, r, goal, side, lever, phi, rho, psi, pairwise), log_w


def _split(arrays: Sequence[Array]) -> tuple[_System, _Along]:
    fixed = len(arrays) - len(_Along._fields)
    return _system(arrays[:fixed])[0], _Along(*arrays[fixed:])


def _begin(*values: Array) -> _Along:
    system, log_w = _system(values)
    net, cross = system.at(jnp.zeros_like(values[-1]))
    stable = newton(log_w, jnp.exp(log_w), net=net, cross=cross)[1]
    lost = system.weaker(jnp.exp(log_w)) < SIDE
    zero = jnp.zeros_like(values[-1])
    cause = jnp.where(stable & ~lost, 0, jnp.where(stable, 3, UNSTABLE))
    none = jnp.zeros_like(cause)
    return _Along(log_w, log_w, zero, zero - STEP, zero + STEP, none, none, cause)


def _advance(finest: Array, *arrays: Array) -> _Along:
    """Try :data:`TRIALS` steps for items that are not at their end."""
    system, at = _split(arrays)

    def on(carried: tuple[Array, _Along]) -> Array:
        return (carried[0] < TRIALS) & _live(carried[1]).any()

    def once(carried: tuple[Array, _Along]) -> tuple[Array, _Along]:
        return carried[0] + 1, _trial(carried[1], system=system, finest=finest)

    out: tuple[Array, _Along] = jax.lax.while_loop(on, once, (jnp.array(0), at))
    return out[1]


def _live(at: _Along) -> Array:
    return (at.delta < 1) & (at.cause == 0)


def _trial(at: _Along, *, system: _System, finest: Array) -> _Along:
    live = _live(at)
    delta = jnp.minimum(at.delta + at.step, 1.0)
    net, cross = system.at(delta)
    ahead = (at.log_w - at.before) * (delta - at.delta) / (at.delta - at.delta_before)
    guess = normalise(at.log_w + jnp.clip(ahead, -LONGEST, LONGEST))

    def rough(carried: _Newton) -> Array:
        return (carried.taken < NEWTONS) & (live & (carried.last >= SMALL)).any()

    def refine(carried: _Newton) -> _Newton:
        step, definite = newton(carried.log_w, carried.w, net=net, cross=cross)
        log_w, w = normalise(carried.log_w + jnp.clip(step, -LONGEST, LONGEST))
        return _Newton(carried.taken + 1, log_w, w, jnp.abs(step).max(0), definite)

    _, log_w, w, last, definite = jax.lax.while_loop(
        rough, refine, _Newton(jnp.array(0), *guess, jnp.full_like(delta, jnp.inf), live)
    )
    moved = jnp.abs(w - jnp.exp(at.log_w)).max(0)
    held = definite & (last < SMALL) & (moved < JUMP)
    good = held & (system.weaker(w) >= SIDE)
    on, off = live & good, live & ~good
    # Right after a step was halved a longer one would fail again.
    longer = jnp.where(at.eased > 0, at.step, jnp.minimum(2 * at.step, STEP))
    step = jnp.where(on, longer, jnp.where(off, at.step / 2, at.step))
    reason = jnp.where(off, jnp.where(held, 1, 2), at.reason)
    return _Along(
        log_w=jnp.where(on, log_w, at.log_w),
        before=jnp.where(on, at.log_w, at.before),
        delta=jnp.where(on, delta, at.delta),
        delta_before=jnp.where(on, at.delta, at.delta_before),
        step=step,
        eased=jnp.where(on, 0, jnp.where(off, 1, at.eased)),
        reason=reason,
        cause=jnp.where(off & (step < finest), reason, at.cause),
    )


def _room(*arrays: Array) -> tuple[Array]:
    """The relative margin at the end (B,)."""
    system, at = _split(arrays)
    return (relative_margin(jnp.exp(at.log_w), cross=system.at(at.delta)[1]),)


def _fall(steps: Array, *arrays: Array) -> tuple[Array, Array]:
    """The shares (K+1, B) to which the state falls where its branch ends, and how far (B,) they are from settled."""
    system, at = _split(arrays)
    net, cross = system.at(jnp.minimum(at.delta + AFTER, 1.0))
    w = jnp.exp(climb(at.log_w, net=net, cross=cross, steps=steps))
    return w, residual(w, net=net, cross=cross)


def _compiled(function: Callable[..., tuple[Array, ...]]) -> Callable[..., tuple[Array, ...]]:
    """The function for arrays with the items first."""

    def items_first(*arrays: Array) -> tuple[Array, ...]:
        turned = (jnp.moveaxis(x, 0, -1) if x.ndim else x for x in arrays)
        return tuple(jnp.moveaxis(x, -1, 0) for x in function(*turned))

    return jax.jit(items_first)


_BEGIN, _ADVANCE, _ROOM, _FALL = (_compiled(f) for f in (_begin, _advance, _room, _fall))


def _ends(wide: list[Floats], *, lead: tuple[int, ...], finest: float) -> Branches:
    """Follow all items of arrays (*lead, …), round by round, those at their end put aside after each."""
    every, places = np.arange(int(np.prod(lead))), wide[-1].shape

    def run(function: Callable[..., tuple[Array, ...]], rows: NDArray[np.intp], state: Sequence[Any]) -> list[Any]:
        def one(piece: NDArray[np.intp]) -> tuple[Array, ...]:
            at = np.unravel_index(piece, places)
            return function(*(x[at] for x in wide), *(x[piece] for x in state))

        return by_piece(one, rows)

    state = run(_BEGIN, every, [])
    known = np.all([np.isfinite(x).reshape(len(every), -1).all(-1) for x in wide], axis=0)
    at = dict(zip(_Along._fields, state, strict=True))
    for _ in range(ROUNDS):
        live = np.flatnonzero((at["delta"] < 1) & (at["cause"] == 0) & known)
        if not live.size:
            break
        for old, new in zip(state, run(partial(_ADVANCE, finest), live, state), strict=True):
            old[live] = new
    margin, after = run(_ROOM, every, state)[0], np.exp(at["log_w"])
    fallen = np.flatnonzero(at["cause"] == CAUSES.index("instability"))
    for steps in (CLIMB, *(long for long, _ in AGAIN)):
        if fallen.size:
            end, gap = run(partial(_FALL, steps), fallen, state)
            settled = (gap < TOLERANCE)[:, None]
            after[fallen], fallen = np.where(settled, end, np.nan), fallen[~settled[:, 0]]
    return _judged(at, known=known, margin=margin, after=after, lead=lead)


def _judged(
    at: dict[str, Any], *, known: NDArray[np.bool_], margin: Floats, after: Floats, lead: tuple[int, ...]
) -> Branches:
    """A branch that ends far from any bifurcation has not been followed to its end: no value."""
    delta, cause = at["delta"], at["cause"]
    ended = (delta >= 1) | (cause > 0)
    followed = ended & ~((cause == CAUSES.index("instability")) & (margin > FLAT))
    fine = known & followed
    status = np.where(known, np.where(followed, 0, STATUSES.index("not_converged")), STATUSES.index("missing"))
    # A trial at δ + step was refused before the step was halved.
    upper = np.where(cause == 0, 1.0, np.where(cause >= 3, 0.0, np.minimum(delta + 2 * at["step"], 1.0)))
    value, upper, margin = (np.where(fine, x, np.nan).reshape(lead) for x in (delta, upper, margin))
    shares, after = (np.where(fine[:, None], x, np.nan).reshape(*lead, -1) for x in (np.exp(at["log_w"]), after))
    return Branches(
        value=value,
        upper=upper,
        cause=np.minimum(cause, 3).astype(np.int8).reshape(lead),
        shares=shares,
        margin=margin,
        after=after,
        not_stable=(known & (cause == UNSTABLE)).reshape(lead),
        status=status.astype(np.int8).reshape(lead),
    )
