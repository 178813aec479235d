"""Ideal points from roll calls: the call, and the frame that it returns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, get_args

import numba
import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.errors import UsageError
from equipoise.measure.ideal import sampler
from equipoise.measure.ideal.estimation_set import Votes, arrays, standardised, start

Floats = NDArray[np.float64]
Method = Literal["gibbs", "variational"]

FEWEST_DRAWS = 100
START_SWEEPS, MOST_SWEEPS, SETTLED = 20, 120, 1e-3
"""Variational sweeps before the sampler; at most, for points only; and the mean change of the points that ends them."""


def ideal_points(votes: pl.DataFrame, *, method: Method = "gibbs", draws: int = 1000, burn_in: int = 250,
                 seed: int = 1, poles: tuple[object, object] | None = None,
                 threads: int | None = None) -> pl.DataFrame:
    """Where states stand, session by session, on the one dimension that explains their votes best.

    The model of Bailey, Strezhnev and Voeten 2017: state i answers item v in session t with z = β_v θ_it + ε, ε
    standard normal, and votes yes below γ_v1, no above γ_v2, abstains between; β_v ~ N(0, 1), γ flat on −7…7, and
    θ_it ~ N(θ_i,t−1, 0.5 n_it / (n_it + n_i,t−1)), n the votes cast, a first session being centred on the second.
    Items voted on again in later sessions share β and γ, which ties the sessions together. θ has mean 0 and standard
    deviation 1 over all states and sessions. As theirs, the sampler conditions a session on the one before only. So
    sessions that no repeated item ties to others, 1 to 5 of the General Assembly, have a level that little decides but
    the start: compare states within them, not across.

    Args:
        votes: one row a vote: ``state`` (text or COW code), ``session`` (whole number; gaps are allowed), ``item`` (one
            number for all roll calls on the same resolution), ``vote`` 1 yes, 2 abstain, 3 no. Any subset will do.
        method: ``gibbs`` draws from the posterior; ``variational`` gives points only, in a tenth of the time. Its
            standard deviations would be half of what they should be, and are null.
        draws: sweeps of the sampler that are kept, after ``burn_in`` that are not. At least 100; for intervals 1,000.
        seed: the same seed gives the same numbers, whatever the number of threads.
        poles: the states from which the estimation starts, the first of them positive; ``("USA", "RUS")``, or (2, 365)
            where states are COW codes, by default.
        threads: how many; all cores by default.

    Returns:
        One row a state and session in which it voted, sorted so: ``state``, ``session``, ``n_votes`` (on items that
        divide), ``mean``, ``sd``, ``low`` and ``high`` (the 5th and 95th percentile of the draws).

    Raises BadMatrix for votes other than 1, 2, 3, nulls or missing columns; UsageError for an unknown method, too few
    draws, threads, items or states, and poles that did not vote.

    >>> grid = [(s, 1 + t // 12, t, 1 + (x > t % 12)) for s, x in zip("ABCDE", (1, 4, 6, 8, 11)) for t in range(24)]
    >>> votes = pl.DataFrame(grid, schema=["state", "session", "item", "vote"], orient="row")
    >>> points = ideal_points(votes, method="variational", poles=("A", "E"))
    >>> points.filter(pl.col("session") == 1).sort("mean", descending=True)["state"].to_list()
    ['A', 'B', 'C', 'D', 'E']
    """
    if method not in get_args(Method):
        raise UsageError(f"{method!r} is no method for ideal points.", hint=f"Use {' or '.join(get_args(Method))}.")
    if draws < FEWEST_DRAWS or burn_in < 0:
        raise UsageError(f"{draws} draws after {burn_in} are too few.", hint=f"Ask for at least {FEWEST_DRAWS}.")
    laid = arrays(votes)
    named = poles or (("USA", "RUS") if votes.schema["state"] == pl.String else (2, 365))
    with _using(threads):
        if method == "variational":
            at = _at(laid, poles=named)
            _settle(laid, at, sweeps=MOST_SWEEPS)
            return _frame(laid, mean=_turned(laid, at.mean, pole=named[0]))
        kept = _gibbs(laid, poles=named, draws=draws, burn_in=burn_in, seed=seed)
    return _summary(laid, kept, pole=named[0])


@dataclass(slots=True)
class _At:
    """Where the sweeps have got to: points and their variance (U,), slopes and theirs (I,), cutpoints, responses."""

    mean: Floats
    spread: Floats
    slope: Floats
    doubt: Floats
    cuts: Floats
    latent: Floats


def _at(votes: Votes, *, poles: tuple[object, object]) -> _At:
    n_items = len(votes.order)
    at = _At(mean=start(votes, poles=poles), spread=np.full(len(votes.before), 0.1), slope=np.zeros(n_items),
             doubt=np.full(n_items, 0.1), cuts=votes.cuts.copy(), latent=np.empty(len(votes.vote)))
    # Slopes as large as those of a fitted model let the first sweeps hold on to the start.
    of_item = np.repeat(np.arange(n_items), np.diff(votes.first))
    tilt = np.bincount(of_item, weights=at.mean[votes.unit] * (votes.vote - 1.0), minlength=n_items)
    at.slope = np.sign(tilt)
    return at


def _settle(votes: Votes, at: _At, *, sweeps: int) -> None:
    """Variational sweeps until the points stay, in place."""
    for _ in range(sweeps):
        sampler.expect_items(votes.order, votes.first, votes.unit, votes.vote, votes.step, at.mean, at.spread, at.slope,
                             at.doubt, at.cuts, at.latent)
        past = at.mean.copy()
        sampler.expect_units(votes.unit_first, votes.where, votes.item, votes.before, votes.variance, at.slope,
                             at.doubt, at.latent, past, at.mean, at.spread)
        at.spread /= at.mean.var(ddof=1)
        at.mean[:] = standardised(at.mean)
        if np.abs(at.mean - past).mean() < SETTLED:
            return


def _gibbs(votes: Votes, *, poles: tuple[object, object], draws: int, burn_in: int, seed: int) -> NDArray[np.float32]:
    """Draws of the points (draws, U)."""
    at = _at(votes, poles=poles)
    _settle(votes, at, sweeps=START_SWEEPS)
    theta, centre = at.mean.copy(), at.mean.copy()
    kept = np.empty((draws, len(theta)), dtype=np.float32)
    key = np.uint64(seed % 2**64)
    for sweep in range(burn_in + draws):
        sampler.sample_items(votes.order, votes.first, votes.unit, votes.vote, votes.step, theta, at.slope, at.cuts,
                             at.latent, key, sweep)
        sampler.sample_units(votes.unit_first, votes.where, votes.item, votes.before, votes.variance, at.slope,
                             at.latent, centre.copy(), centre, theta, key, sweep)
        theta = standardised(theta)
        if sweep >= burn_in:
            kept[sweep - burn_in] = theta
    return kept


def _summary(votes: Votes, kept: NDArray[np.float32], *, pole: object) -> pl.DataFrame:
    mean = kept.mean(axis=0, dtype=np.float64)
    turned = _turned(votes, mean, pole=pole)
    low, high = np.quantile(kept, [0.05, 0.95], axis=0)
    if not np.array_equal(turned, mean):
        low, high = -high, -low
    return _frame(votes, mean=turned, sd=kept.std(axis=0, ddof=1, dtype=np.float64), low=low, high=high)


def _turned(votes: Votes, mean: Floats, *, pole: object) -> Floats:
    """The points with the pole positive."""
    own = (votes.units["state"] == pole).to_numpy()
    return -mean if mean[own].mean() < 0 else mean


def _frame(votes: Votes, **columns: NDArray[np.floating]) -> pl.DataFrame:
    given = {name: pl.Series(values, dtype=pl.Float64) for name, values in columns.items()}
    rest = {name: pl.lit(None, dtype=pl.Float64).alias(name) for name in ("sd", "low", "high") if name not in given}
    return votes.units.with_columns(**given, **rest).select("state", "session", "n_votes", "mean", "sd", "low", "high")


@contextmanager
def _using(threads: int | None) -> Iterator[None]:
    """Let the sweeps use so many threads, and no longer than the call."""
    most = int(numba.config.NUMBA_NUM_THREADS)     # type: ignore[attr-defined]
    before = numba.get_num_threads()
    if threads is not None and not 1 <= threads <= most:
        raise UsageError(f"{threads} threads cannot be had.", hint=f"Ask for 1 to {most}.")
    numba.set_num_threads(threads or most)
    try:
        yield
    finally:
        numba.set_num_threads(before)
