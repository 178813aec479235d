"""Capability of states from its components, and the poles that it makes of some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import BadShares, UsageError
from equipoise.measure.simplex import non_negative, normalised

Rule = Literal["schweller", "thompson"]
Array = NDArray[np.float64]

HALF = 0.5
"""Schweller: a pole has at least this part of the strongest's capability. Thompson: the share that rules alone."""

NEARLY, SECOND, LEAST = 0.45, 0.25, 0.05
"""Thompson: share of a nearly single pole, of either of two poles, and of each of several."""

_NAMES = np.array(["", "unipolar", "bipolar", "tripolar", "multipolar"])


@dataclass(frozen=True, slots=True)
class Polarity:
    """Poles of a system: ``poles`` (…, N) which members they are, ``number`` (…) of them, ``kind`` (…) in a word.

    ``kind`` is unipolar, near-unipolar, bipolar, tripolar or multipolar. It is empty, and the number NaN, where the
    rule fits nothing or nothing is known.
    """

    poles: NDArray[np.bool_]
    number: Array
    kind: NDArray[np.str_]


def cinc(components: ArrayLike) -> Array:
    """Composite index of national capability from components (…, n, 6) of n states → (…, n), share of the world.

    The mean over the components of a state's share in the total of all states (Singer, Bremer and Stuckey 1972). NaN is
    not known: it adds nothing to a total, and a state's mean is over the components it has. So the index sums to
    one if all is known, and to more where states lack components in which they would have little. NaN for a state
    with none. A component that is 0 for all, or known of none, says nothing and is left out. Any number of components
    will do. Raises BadShares for negative values or without the two axes.

    >>> cinc([[6.0, 1.0], [2.0, np.nan]])
    array([0.875, 0.25 ])
    """
    x = non_negative(components, name="components")
    if x.ndim < 2:
        raise BadShares(f"components have the shape {x.shape}.", hint="Give (…, states, components).")
    total = np.nansum(x, axis=-2, keepdims=True)
    share = x / np.where(total > 0, total, np.nan)
    known = np.sum(~np.isnan(share), axis=-1)
    index: Array = np.nansum(share, axis=-1) / np.where(known > 0, known, np.nan)
    return index


def polarity(shares: ArrayLike, *, rule: Rule = "schweller") -> Polarity:
    """Poles among members with capability (…, N), in any unit, normalised within the set; NaN is no member.

    - ``schweller``: a pole has at least half the capability of the strongest (Schweller 1993); one is unipolar, two
      bipolar, three tripolar, more multipolar.
    - ``thompson``: unipolar if one alone has half of all or more; near-unipolar if it has 45 % and no other a quarter;
      bipolar if two have a quarter each and half together; else multipolar if three or more have 5 % (Thompson
      1986, after Modelski 1974 and Rapkin, Thompson and Christopherson 1979). The first that holds counts; the order is
      ours where a case fits two. It is meant for the great powers, not for all states.

    The set matters to the second, not to the first. See also :func:`~equipoise.measure.effective_number` and
    :func:`~equipoise.measure.concentration`, which need no threshold. Raises BadShares for negative values.

    >>> found = polarity([0.30, 0.26, 0.10, 0.05])
    >>> found.kind.item(), found.poles.tolist()
    ('bipolar', [True, True, False, False])
    >>> polarity([0.5, 0.2, 0.2, 0.2], rule="thompson").kind.item()
    'near-unipolar'
    """
    if rule not in get_args(Rule):
        raise UsageError(f"{rule!r} is no rule of polarity.", hint=f"Use one of {', '.join(get_args(Rule))}.")
    s = np.nan_to_num(normalised(shares))
    top: Array = s.max(axis=-1, keepdims=True)
    if rule == "thompson":
        return _thompson(s, top=top)
    # Rounding must not decide over exactly half.
    poles = (s >= HALF * top * (1 - 1e-12)) & (top > 0)
    count = poles.sum(axis=-1)
    return Polarity(poles, np.where(count > 0, count, np.nan), _NAMES[np.minimum(count, 4)])


def _thompson(s: Array, *, top: Array) -> Polarity:
    slack = 1e-12
    first = np.sort(s, axis=-1)[..., ::-1]
    one, two = first[..., 0], first[..., 1] if s.shape[-1] > 1 else np.zeros(s.shape[:-1])
    several = s >= LEAST - slack
    cases = {
        "unipolar": (one >= HALF - slack) & (two < HALF - slack),
        "near-unipolar": (one >= NEARLY - slack) & (two < SECOND - slack),
        "bipolar": (two >= SECOND - slack) & (one + two >= HALF - slack),
        "multipolar": several.sum(axis=-1) >= 3,
    }
    kind = np.select(list(cases.values()), list(cases), default="")
    by_kind = {"unipolar": s >= top, "near-unipolar": s >= top, "bipolar": s >= two[..., None], "multipolar": several}
    poles = np.select([(kind == k)[..., None] for k in by_kind], list(by_kind.values()), default=False)
    count = poles.sum(axis=-1)
    return Polarity(poles, np.where(count > 0, count, np.nan), kind)
