"""Leeway of many policies: our continuation of all at once against the same steps, one policy after the other.

The plain one is what one would write first: NumPy's solver for each small system, its Cholesky factor for stability.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from harness import compare, options, show
from harness.kazakhstan import Policies, policies
from numpy.typing import NDArray

from equipoise.model.continuation import Given, carry, confrontation

Array = NDArray[np.float64]
SIDE, STEP, FINEST, JUMP = 0.10, 1 / 16, 2e-4, 0.05


def main() -> None:
    given = options(__doc__ or "")
    rows = []
    for draws, years in ((2, 2),) if given.quick else ((5, 2), (10, 10), (40, 30)):
        some = policies(draws=draws, years=years)
        rows.append(compare("leeway", ours=partial(batched, some), plain=partial(one_by_one, some),
                            gap=lambda a, b: float(np.abs(a - b).max()), size=f"{len(some.shares)} policies",
                            times=1 if given.quick else 3))
    show("solver", rows, out=given.out)


def batched(p: Policies) -> Array:
    given = Given(p.leverage, p.coercion, p.cross_pressure, p.intolerance)
    target = confrontation(p.rivalry, side=p.side)
    return carry(p.shares, rivalry=p.rivalry, target=target, side=p.side, given=given).value


def one_by_one(p: Policies) -> Array:
    rows = zip(p.shares, p.rivalry, p.side, p.leverage, p.coercion, p.cross_pressure, p.intolerance, strict=True)
    return np.array([plain_leeway(*row) for row in rows])


def plain_leeway(w: Array, r: Array, side: Array, lever: Array, phi: float, rho: float, psi: float) -> float:
    target = np.where(np.outer(side, side) < 0, 1.0, r)
    big = extended(r, psi)
    v = np.log(w) + phi * big[:, 1:] @ lever + rho * big @ w
    if not definite(w, rho * big) or weaker(w, side) < SIDE:
        return 0.0
    delta, step = 0.0, STEP
    while delta < 1:
        trial = min(delta + step, 1.0)
        big = extended((1 - trial) * r + trial * target, psi)
        moved = solved(w, v - phi * big[:, 1:] @ lever, rho * big)
        if moved is not None and weaker(moved, side) >= SIDE:
            w, delta, step = moved, trial, min(2 * step, STEP)
        elif (step := step / 2) < FINEST:
            return delta
    return 1.0


def solved(w: Array, net: Array, cross: Array) -> Array | None:
    """Newton's method from w on the first-order condition; None where it fails, jumps or is not stable."""
    new = w
    for _ in range(8):
        slope = net - np.log(new) - cross @ new
        stable = definite(new, cross)
        step = np.linalg.solve(hessian(new, cross), slope[1:] - slope[0])
        step = np.append(-step.sum(), step) / new
        new = np.exp(np.log(new) + np.clip(step, -1, 1))
        new = new / new.sum()
        small = np.abs(step).max() < 1e-7
        if small or not stable:
            break
    return new if small and stable and np.abs(new - w).max() < JUMP else None


def hessian(w: Array, cross: Array) -> Array:
    full = np.diag(1 / w) + cross
    basis = np.vstack([-np.ones(len(w) - 1), np.eye(len(w) - 1)])
    return basis.T @ full @ basis


def definite(w: Array, cross: Array) -> bool:
    try:
        np.linalg.cholesky(hessian(w, cross))
    except np.linalg.LinAlgError:
        return False
    return True


def extended(r: Array, psi: float) -> Array:
    edge = psi * r.max(axis=1)
    return np.block([[np.zeros((1, 1)), edge[None]], [edge[:, None], r]])


def weaker(w: Array, side: Array) -> float:
    ours, theirs = w[1:][side > 0].sum(), w[1:][side < 0].sum()
    return min(ours, theirs) / w[1:].sum() if (side > 0).any() and (side < 0).any() else 1.0


if __name__ == "__main__":
    main()
