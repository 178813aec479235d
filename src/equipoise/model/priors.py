"""The assumed intervals of the parameters, until they are estimated."""

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
