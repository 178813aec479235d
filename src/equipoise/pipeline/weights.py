"""Weights of the components of rivalry, as a user gives them: by name, or as text on the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import UsageError
from equipoise.measure.system import COMPONENTS

NAMES = f"The components are {', '.join(COMPONENTS)}."
EXAMPLE = "For example sanctions=2,alliances=0; components that are not named weigh 1."


def component_weights(given: Mapping[str, Any] | None) -> NDArray[np.float64]:
    """Weights (C,) in the order of the components of rivalry, summing to one; a component not named weighs 1.

    Raises UsageError for an unknown component, a weight that is no number or negative, and weights that are all 0.

    >>> component_weights({"sanctions": 2, "alliances": 0, "disputes": 0}).tolist()
    [0.25, 0.5, 0.0, 0.0, 0.25]
    """
    weights = dict.fromkeys(COMPONENTS, 1.0)
    for name, weight in (given or {}).items():
        if name not in weights:
            near = get_close_matches(str(name), COMPONENTS, n=1)
            raise UsageError(f"there is no component of rivalry {str(name)!r}.",
                             hint=f"Did you mean {near[0]}? {NAMES}" if near else NAMES)
        # True is a number to Python, and no weight.
        if isinstance(weight, bool) or not isinstance(weight, Real) or not math.isfinite(weight):
            raise UsageError(f"the weight of {name}, {weight!r}, is not a number.", hint=f"{NAMES} {EXAMPLE}")
        if weight < 0:
            raise UsageError(f"the weight of {name}, {weight:g}, is negative.",
                             hint=f"Take 0 to leave a component out. {NAMES}")
        weights[name] = float(weight)
    out = np.array(list(weights.values()))
    if not out.any():
        raise UsageError("all components of rivalry have a weight of 0.", hint=f"One has to stay. {NAMES}")
    share: NDArray[np.float64] = out / out.max() / (out / out.max()).sum()
    return share


def parsed_weights(text: str | None) -> dict[str, float] | None:
    """Weights by name from ``name=number,name=number``; None for None.

    Raises UsageError where that is not what the text is; names and signs are for :func:`component_weights` to check.

    >>> parsed_weights("sanctions=2, alliances=0")
    {'sanctions': 2.0, 'alliances': 0.0}
    """
    if text is None:
        return None
    out: dict[str, float] = {}
    for part in text.split(","):
        name, sign, number = (x.strip() for x in part.partition("="))
        if not (name and sign and number):
            raise UsageError(f"--rivalry-weights has {part.strip()!r} where a component and its weight should be.",
                             hint=f"{EXAMPLE} {NAMES}")
        if name in out:
            raise UsageError(f"--rivalry-weights names {name} twice.", hint=f"{EXAMPLE} {NAMES}")
        try:
            out[name] = float(number)
        except ValueError:
            raise UsageError(f"the weight of {name}, {number!r}, is not a number.", hint=f"{NAMES} {EXAMPLE}") from None
    return out
