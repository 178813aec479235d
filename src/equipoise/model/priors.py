"""What parameters are drawn from: assumed intervals, or the posterior where a pack has one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Prior:
    """Uniform intervals (low, high), an assumption and not an estimate.

    coercion φ and cross_pressure ρ in utils per unit of rivalry, intolerance ψ without unit. They start at no systemic
    effect at all (the null that the thesis must beat). Cross-pressure ends where trials found many observed portfolios
    to be no stable solution any more (ρ = 4), which bounds it from above; stability does not depend on coercion, which
    ends at 4 only to be of the same order.
    """

    coercion: tuple[float, float] = (0.0, 4.0)
    cross_pressure: tuple[float, float] = (0.0, 4.0)
    intolerance: tuple[float, float] = (0.0, 1.0)

    def draw(self, *, draws: int, seed: int) -> dict[str, NDArray[np.float64]]:
        """Return draws (D,) of each parameter, stratified so that few draws cover the intervals evenly.

        >>> np.sort(Prior().draw(draws=4, seed=1)["coercion"]).astype(int)
        array([0, 1, 2, 3])
        """
        rng = np.random.default_rng(seed)
        out = {}
        for name in ("coercion", "cross_pressure", "intolerance"):
            low, high = getattr(self, name)
            strata = (rng.permutation(draws) + rng.random(draws)) / draws
            out[name] = low + (high - low) * strata
        return out


@dataclass(frozen=True, slots=True)
class Posterior(Prior):
    """Draws (D,) of the estimated parameters in the place of assumed ones; the intervals are their central 90 %.

    >>> p = posterior({n: np.array([0.1, 0.2, 0.3]) for n in ("coercion", "cross_pressure", "intolerance")})
    >>> p.draw(draws=2, seed=1)["coercion"].size
    2
    """

    drawn: tuple[tuple[str, NDArray[np.float64]], ...] = ()

    def draw(self, *, draws: int, seed: int) -> dict[str, NDArray[np.float64]]:
        """Return joint draws (D,), each of the posterior's as often as any other, give or take one."""
        count = len(self.drawn[0][1])
        rng = np.random.default_rng(seed)
        turns = [rng.permutation(count) for _ in range(-(-draws // count))]
        at = np.concatenate(turns)[:draws]
        return {name: values[at] for name, values in self.drawn}


def posterior(drawn: dict[str, NDArray[np.float64]]) -> Posterior:
    """Make it of joint draws (D,) of each parameter."""
    names = ("coercion", "cross_pressure", "intolerance")
    spans = {n: tuple(float(q) for q in np.quantile(drawn[n], [0.05, 0.95])) for n in names}
    return Posterior(**spans, drawn=tuple((n, drawn[n]) for n in names))  # type: ignore[arg-type]
