"""Ideal points from roll calls: the call, and the frame that it returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, get_args

import numba
import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.errors import UsageError
from equipoise.measure.ideal import sampler
from equipoise.measure.ideal.estimation_set import FEWEST_STATES, Votes, arrays, standardised, start

Floats = NDArray[np.float64]
Method = Literal["gibbs", "variational"]

FEWEST_DRAWS = 100
START_SWEEPS, MOST_SWEEPS, SETTLED = 20, 120, 1e-3
"""Variational sweeps before the sampler; at most, for points only; and the mean change of the points that ends them."""

FAR_STARTS = 1.0
"""How far from there the points of a second and further chain may start, either way."""

RESULTS = ("mean", "sd", "low", "high", "rhat", "ess")
Progress = Callable[[float], None]


def ideal_points(votes: pl.DataFrame, *, method: Method = "gibbs", draws: int = 1000, burn_in: int = 250,
                 chains: int = 2, seed: int = 1, poles: tuple[object, object] | None = None,
                 anchor: int | None = None, threads: int | None = None,
                 progress: Progress | None = None) -> pl.DataFrame:
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
        draws: sweeps of each chain that are kept, after ``burn_in`` that are not. At least 100; for intervals 1,000.
        chains: runs from different starts, by which to see whether they arrive at the same; one after the other.
        seed: the same seed gives the same numbers, whatever the number of threads.
        poles: the states from which the estimation starts, the first of them positive; ``("USA", "RUS")``, or (2, 365)
            where states are COW codes, by default.
        anchor: the last session that repeated items tie to others; later ones are put on its scale
            (:meth:`IdealPosterior.anchored`).
        threads: how many; all cores by default.
        progress: is called with the share that is done, 0…1, now and then.

    Returns:
        One row a state and session in which it voted, sorted so: ``state``, ``session``, ``n_votes`` (on items that
        divide), ``mean``, ``sd``, ``low`` and ``high`` (the 5th and 95th percentile of the draws), ``rhat`` and ``ess``
        (rank-normalised split R-hat and bulk effective sample size, Vehtari and others 2021, of the point less the mean
        of its session: what states are compared by. R-hat above 1.01 says that more draws are needed). The level of
        whole sessions moves far more slowly, and a thousand draws do not cover it.

    Raises BadMatrix for votes other than 1, 2, 3, nulls or missing columns; UsageError for an unknown method, too few
    draws, chains, threads, items or states, and poles that did not vote.

    >>> grid = [(s, 1 + t // 12, t, 1 + (x > t % 12)) for s, x in zip("ABCDE", (1, 4, 6, 8, 11)) for t in range(24)]
    >>> votes = pl.DataFrame(grid, schema=["state", "session", "item", "vote"], orient="row")
    >>> points = ideal_points(votes, method="variational", poles=("A", "E"))
    >>> points.filter(pl.col("session") == 1).sort("mean", descending=True)["state"].to_list()
    ['A', 'B', 'C', 'D', 'E']
    """
    if method not in get_args(Method):
        raise UsageError(f"{method!r} is no method for ideal points.", hint=f"Use {' or '.join(get_args(Method))}.")
    if method == "gibbs":
        posterior = ideal_posterior(votes, draws=draws, burn_in=burn_in, chains=chains, seed=seed, poles=poles,
                                    threads=threads, progress=progress)
        return (posterior if anchor is None else posterior.anchored(after=anchor)).summary()
    laid, named = arrays(votes), _poles(votes, poles)
    with _using(threads):
        at = _at(laid, poles=named)
        _settle(laid, at, sweeps=MOST_SWEEPS)
    points = IdealPosterior(laid.units, (at.mean * _sign(laid, at.mean, pole=named[0]))[None, None])
    return _frame(laid.units, mean=(points if anchor is None else points.anchored(after=anchor)).draws[0, 0])


@dataclass(frozen=True, slots=True)
class IdealPosterior:
    """Draws of ideal points: ``units`` (U rows: state, session, n_votes), ``draws`` (chains, draws, U)."""

    units: pl.DataFrame
    draws: NDArray[np.floating]

    def summary(self) -> pl.DataFrame:
        """Return mean, standard deviation, interval, R-hat and effective sample size of every state and session."""
        from arviz_stats.base.array import array_stats  # takes a second to import

        flat = self.draws.reshape(-1, self.draws.shape[-1])
        low, high = np.quantile(flat, [0.05, 0.95], axis=0)
        within = self._within()
        with np.errstate(invalid="ignore"):     # a state that votes alone in a session has none
            checks = {name: np.asarray(getattr(array_stats, name)(within, chain_axis=0, draw_axis=1))
                      for name in ("rhat", "ess")}
        return _frame(self.units, mean=flat.mean(axis=0, dtype=np.float64),
                      sd=flat.std(axis=0, ddof=1, dtype=np.float64), low=low, high=high, **checks)

    def _within(self) -> NDArray[np.floating]:
        """The draws less the mean of their session; where one state voted in a session, that is 0, and has no R-hat."""
        _, session = np.unique(self.units["session"], return_inverse=True)
        order = np.argsort(session, kind="stable")
        starts = np.searchsorted(session[order], np.arange(session.max() + 1))
        level = np.add.reduceat(self.draws[..., order], starts, axis=-1) / np.bincount(session)
        found: NDArray[np.floating] = self.draws - level[..., session].astype(np.float32)
        return found

    def anchored(self, *, after: int) -> IdealPosterior:
        """Return the draws with all sessions after one on its scale.

        For sessions that no repeated item ties to the ones before. Nothing but the prior tells how far states stand
        apart in them, and it lets the scale grow; so, draw by draw, the states that voted in the session ``after`` get
        the mean and standard deviation that they had there. That states as a whole have moved neither way nor apart
        since is an assumption. Raises UsageError if fewer than 3 states voted in both.
        """
        state, session = self.units["state"], self.units["session"].to_numpy()
        drawn = self.draws.copy()
        for late in np.unique(session[session > after]):
            both = set(state.filter(session == after)) & set(state.filter(session == late))
            if len(both) < FEWEST_STATES:
                raise UsageError(f"{len(both)} states voted in session {after} and in {late}, too few for one scale.",
                                 hint="Anchor on a session in which the same states voted.")
            known = state.is_in(list(both)).to_numpy()
            here, there = (drawn[..., known & (session == s)].astype(np.float64) for s in (late, after))
            stretch = there.std(axis=-1, keepdims=True) / here.std(axis=-1, keepdims=True)
            moved = (drawn[..., session == late] - here.mean(axis=-1, keepdims=True)) * stretch
            drawn[..., session == late] = moved + there.mean(axis=-1, keepdims=True)
        return IdealPosterior(self.units, drawn)

    def thinned(self, number: int) -> NDArray[np.floating]:
        """Return so many draws (number, U), as far apart in the chains as can be; UsageError if there are fewer.

        Each is one joint draw of all states and sessions, so that distances between them have their own spread.
        """
        chains, length, _ = self.draws.shape
        if number % chains or not chains <= number <= chains * length:
            raise UsageError(f"{number} draws cannot be taken from {chains} chains of {length}.",
                             hint=f"Ask for a multiple of {chains}, at most {chains * length}.")
        kept = np.linspace(0, length - 1, number // chains).round().astype(int)
        return self.draws[:, kept].reshape(number, -1)


def ideal_posterior(votes: pl.DataFrame, *, draws: int = 1000, burn_in: int = 250, chains: int = 2, seed: int = 1,
                    poles: tuple[object, object] | None = None, threads: int | None = None,
                    progress: Progress | None = None) -> IdealPosterior:
    """Draws of the ideal points themselves; the model, arguments and errors are those of :func:`ideal_points`."""
    if draws < FEWEST_DRAWS or burn_in < 0:
        raise UsageError(f"{draws} draws after {burn_in} are too few.", hint=f"Ask for at least {FEWEST_DRAWS}.")
    if chains < 1:
        raise UsageError(f"{chains} chains are none.", hint="Ask for at least 1; 4 to be sure that they agree.")
    laid, named = arrays(votes), _poles(votes, poles)
    kept = np.empty((chains, draws, len(laid.before)), dtype=np.float32)
    with _using(threads):
        for chain in range(chains):
            def tell(done: float, *, past: int = chain) -> None:
                if progress is not None:
                    progress((past + done) / chains)

            _gibbs(laid, poles=named, burn_in=burn_in, seed=seed, chain=chain, into=kept[chain], tell=tell)
            kept[chain] *= _sign(laid, kept[chain].mean(axis=0, dtype=np.float64), pole=named[0])
    return IdealPosterior(laid.units, kept)


def _poles(votes: pl.DataFrame, poles: tuple[object, object] | None) -> tuple[object, object]:
    return poles or (("USA", "RUS") if votes.schema["state"] == pl.String else (2, 365))


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


def _gibbs(votes: Votes, *, poles: tuple[object, object], burn_in: int, seed: int, chain: int,
           into: NDArray[np.float32], tell: Progress) -> None:
    """Fill ``into`` (draws, U) with draws of the points; every chain has a stream and a start of its own."""
    at = _at(votes, poles=poles)
    _settle(votes, at, sweeps=START_SWEEPS)
    theta, centre = at.mean.copy(), at.mean.copy()
    if chain:
        away = np.random.default_rng([seed % 2**64, chain]).uniform(-FAR_STARTS, FAR_STARTS, len(theta))
        theta = standardised(theta + away)
    key = np.random.SeedSequence([seed % 2**64, chain]).generate_state(1, np.uint64)[0]
    for sweep in range(burn_in + len(into)):
        sampler.sample_items(votes.order, votes.first, votes.unit, votes.vote, votes.step, theta, at.slope, at.cuts,
                             at.latent, key, sweep)
        sampler.sample_units(votes.unit_first, votes.where, votes.item, votes.before, votes.variance, at.slope,
                             at.latent, centre.copy(), centre, theta, key, sweep)
        theta = standardised(theta)
        if sweep >= burn_in:
            into[sweep - burn_in] = theta
        if not (sweep + 1) % 10:
            tell((sweep + 1) / (burn_in + len(into)))


def _sign(votes: Votes, mean: Floats, *, pole: object) -> float:
    """−1 where the pole would come out negative."""
    own = (votes.units["state"] == pole).to_numpy()
    return -1.0 if mean[own].mean() < 0 else 1.0


def _frame(units: pl.DataFrame, **columns: NDArray[np.floating]) -> pl.DataFrame:
    given = [pl.Series(name, columns[name], dtype=pl.Float64).fill_nan(None) if name in columns else
             pl.lit(None, dtype=pl.Float64).alias(name) for name in RESULTS]
    return units.with_columns(given).select("state", "session", "n_votes", *RESULTS)


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
