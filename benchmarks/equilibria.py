"""Many choices at once in JAX: one branch of each, ends of branches, all states; beside them a fixed piece of NumPy.

The plain way is NumPy's solver of one choice, one after the other. The fixed piece of work is the same on every machine
and in every state of it, so that ``times_fixed`` can be compared where seconds cannot, because others use the cores.
"""

from __future__ import annotations

import os
import resource
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from harness import best, compare, options, show
from numpy.typing import NDArray

from equipoise.assemble.packed import embedded
from equipoise.model.bifurcation import follow
from equipoise.model.choice import climb, extend, polish, pressure
from equipoise.model.continuation import Given, carry, confrontation
from equipoise.model.equilibria import STATUSES, solve_many
from equipoise.pipeline.leeways import leeway_of_states

Array = NDArray[np.float64]
POWERS = 5


def main() -> None:
    """Time solutions and ends of branches."""
    given = options(__doc__ or "")
    count, times = (300, 1) if given.quick else (100_000, 5)
    some = choices(count)
    call = partial(solve_many, **some)
    start = perf_counter()
    call()
    first = perf_counter() - start
    rows: list[dict[str, Any]] = []
    for _ in range(times):
        fixed, solved = best(fixed_work, times=1), best(call, times=1)
        rows.append(
            {
                "what": f"one branch of {count} choices, K = {POWERS}",
                "seconds": round(solved.seconds, 3),
                "fixed_s": round(fixed.seconds, 3),
                "times_fixed": round(solved.seconds / fixed.seconds, 2),
                "first_call_s": round(first, 2),
                "load": round(os.getloadavg()[0], 1),
                "converged": int((solved.result.status == STATUSES.index("converged")).sum()),
            }
        )
    show("equilibria", rows, out=given.out)
    few = {name: x[: 200 if given.quick else 2000] for name, x in some.items()}
    ends = ways(few)
    solve_many(**few)
    follow(**ends)
    n, again = len(few["start"]), 1 if given.quick else 3
    show(
        "equilibria_ratio",
        [
            compare(
                "solution",
                ours=lambda: solve_many(**few).shares,
                plain=partial(one_by_one, few),
                gap=largest,
                size=f"{n} choices",
                times=again,
            ),
            # What NumPy finds to 2e-4 in δ is found to 1e-6 here.
            compare(
                "leeway",
                ours=lambda: follow(**ends).value,
                plain=partial(numpys, ends),
                gap=lambda a, b: max(0.0, largest(a, b) - 4e-4),
                size=f"{n} policies",
                times=again,
            ),
        ],
        out=given.out,
    )
    show("leeway_of_states", [everyone(quick=given.quick)], out=given.out)


def everyone(*, quick: bool) -> dict[str, Any]:
    """Leeway of every state and year with 200 draws (a few for the quick run), after compilation."""
    pack, draws = embedded(), 5 if quick else 200
    leeway_of_states(pack, states=["KAZ"], draws=draws)
    fixed = best(fixed_work, times=1)
    timed = best(lambda: leeway_of_states(pack, states=["KAZ", "MNG"] if quick else None, draws=draws), times=1)
    found = timed.result
    return {
        "what": f"{len(found)} state-years, {draws} draws",
        "policies": len(found) * draws,
        "seconds": round(timed.seconds, 1),
        "fixed_s": round(fixed.seconds, 3),
        "times_fixed": round(timed.seconds / fixed.seconds),
        "load": round(os.getloadavg()[0], 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
        "failed": float(found["failed"].max()),
    }


def choices(count: int) -> dict[str, Array]:
    """Random choices between five powers; most have one solution only, some are close to a bifurcation."""
    rng = np.random.default_rng(1)
    r = np.triu(rng.random((count, POWERS, POWERS)), 1)
    return {
        "attraction": np.concatenate([np.zeros((count, 1)), rng.normal(0, 1, (count, POWERS))], axis=1),
        "rivalry": r + r.transpose(0, 2, 1),
        "leverage": rng.random((count, POWERS)),
        "coercion": 4 * rng.random(count),
        "cross_pressure": 4 * rng.random(count),
        "intolerance": rng.random(count),
        "start": rng.dirichlet(np.full(POWERS + 1, 3.0), count),
    }


def ways(some: dict[str, Array]) -> dict[str, Array]:
    """Policies between two sides of two and three powers, well inside what is stable at the beginning."""
    shares = some["start"] * 0.7 + 0.05
    kept = {name: some[name] for name in ("leverage", "coercion", "cross_pressure", "intolerance")}
    return {"shares": shares, "rivalry": some["rivalry"] / 2, "side": np.array([1.0, 1, -1, -1, -1]), **kept}


def one_by_one(some: dict[str, Array]) -> Array:
    """Each choice by itself: ascent, then Newton's method."""
    out = []
    for v, r, lever, phi, rho, psi, start in zip(*some.values(), strict=True):
        big = extend(r, intolerance=psi)
        net = v - pressure(big, leverage=lever, coercion=phi)
        end = climb(start[None], net=net, rivalry=big, cross_pressure=rho)
        out.append(polish(end, net=net, rivalry=big, cross_pressure=rho)[0][0])
    return np.array(out)


def numpys(p: dict[str, Array]) -> Array:
    """The same policies by the continuation in NumPy, all at once."""
    side = np.broadcast_to(p["side"], p["leverage"].shape)
    given = Given(p["leverage"], p["coercion"], p["cross_pressure"], p["intolerance"])
    target = confrontation(p["rivalry"], side=side)
    return carry(p["shares"], rivalry=p["rivalry"], target=target, side=side, given=given).value


def largest(a: Array, b: Array) -> float:
    return float(np.abs(a - b).max())


def fixed_work() -> float:
    """About as much as a core does in a third of a second, in NumPy."""
    x = np.random.default_rng(0).random((700, 700))
    for _ in range(30):
        x = np.sqrt(np.abs(np.sin(x) + x.T))
    return float(x.sum())


if __name__ == "__main__":
    main()
