"""Ordered logits by their mode: the slopes of reasons in votes, and forecasts by a few columns alone.

Rows have a share on each of K levels in order; a row that is on one level has a share of 1 there (McCullagh 1980).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from equipoise.errors import NotConverged

Array = NDArray[np.float64]
Index = NDArray[np.int64]

WIDE = 3.0
"""Standard deviation, in logits, of the weak prior that slopes and cutpoints have here."""


@dataclass(frozen=True, slots=True)
class Voted:
    """Votes on crises: reasons (m, V), topic and state (m,) by number, shares against, abstaining and for (m, 3).

    A state's votes on one topic count together as one vote, for they repeat each other from year to year.
    """

    reasons: Array
    topic: Index
    state: Index
    shares: Array


def vote_slopes(voted: Voted, *, among: NDArray[np.bool_] | None = None) -> tuple[Array, Array]:
    """Return the slopes of the reasons in votes (V,) in logits, and their covariance (V, V).

    Every topic has a level of its own. The covariance allows a state to err alike on all topics (clustered by state:
    Liang and Zeger 1986), since its votes are not so many independent pieces of evidence.

    Args:
        voted: the votes.
        among: which rows count (m,); all by default.

    Raises:
        NotConverged: no mode was found.
    """
    keep = np.ones(len(voted.topic), dtype=bool) if among is None else among
    x, shares, state = voted.reasons[keep], voted.shares[keep], voted.state[keep]
    topics = np.unique(voted.topic[keep])
    design = np.hstack([x, (voted.topic[keep][:, None] == topics[None, :]).astype(float)])
    at = ordered_mode(design, shares)
    bread = np.linalg.inv(_curvature(lambda a: _loss(a, design, shares)[1], at))
    by_state = np.zeros((int(state.max()) + 1, len(at)))
    np.add.at(by_state, state, _rows(at, design, shares)[1])
    spread = bread @ (by_state.T @ by_state + np.eye(len(bread)) / WIDE**2) @ bread
    many = x.shape[1]
    return at[:many], spread[:many, :many]


def ordered_mode(design: Array, shares: Array) -> Array:
    """Return the mode: slopes (V,), the lowest cutpoint, and the logarithms of the steps to the next (K − 2,).

    Raises:
        NotConverged: no mode was found.

    Examples:
        >>> at = ordered_mode(np.zeros((4, 1)), np.array([[1.0, 0], [1, 0], [1, 0], [0, 1]]))
        >>> round(float(1 / (1 + np.exp(-at[1]))), 2)
        0.72
    """
    start = np.zeros(design.shape[1] + shares.shape[1] - 1)
    start[design.shape[1]] = -1.0
    found = minimize(_loss, start, args=(design, shares), jac=True, method="BFGS",
                     options={"gtol": 1e-4, "maxiter": 2000})  # fmt: skip
    if np.abs(found.jac).max() > 1e-2:
        raise NotConverged("an ordered logit has no mode.", hint="Are all rows on one level?")
    return np.asarray(found.x)


def levels(at: Array, design: Array) -> Array:
    """Return the probability of each level (m, K) at parameters as :func:`ordered_mode` returns them."""
    many = design.shape[1]
    cuts = at[many] + np.concatenate([[0.0], np.cumsum(np.exp(at[many + 1 :]))])
    below = 1 / (1 + np.exp(np.clip((design @ at[:many])[:, None] - cuts, -700, 700)))
    edge = np.ones((len(design), 1))
    return np.maximum(np.diff(np.hstack([0 * edge, below, edge]), axis=1), 1e-12)


def _loss(at: Array, design: Array, shares: Array) -> tuple[float, Array]:
    value, score = _rows(at, design, shares)
    return float(0.5 * ((at / WIDE) ** 2).sum() - value.sum()), at / WIDE**2 - score.sum(axis=0)


def _rows(at: Array, design: Array, shares: Array) -> tuple[Array, Array]:
    """Log likelihood (m,) and score (m, parameters) of each row."""
    level = levels(at, design)
    below = np.cumsum(level, axis=1)[:, :-1]
    over = shares / level
    to_cut = (over[:, :-1] - over[:, 1:]) * below * (1 - below)
    after = np.cumsum(to_cut[:, ::-1], axis=1)[:, ::-1]
    steps = np.exp(at[design.shape[1] + 1 :])
    score = np.hstack([-design * after[:, :1], after[:, :1], after[:, 1:] * steps])
    return (shares * np.log(level)).sum(axis=1), score


def _curvature(slope: Callable[[Array], Array], at: Array) -> Array:
    """The symmetric matrix of second derivatives, from differences of first ones."""
    step = 1e-5
    rows = np.array([(slope(at + step * e) - slope(at - step * e)) / (2 * step) for e in np.eye(len(at))])
    return np.asarray((rows + rows.T) / 2)
