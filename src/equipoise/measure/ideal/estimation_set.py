"""The votes of an estimation as arrays: which item, which state in which session, how sessions follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.errors import BadMatrix, UsageError
from equipoise.measure.ideal.sampler import FAR

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

YES, ABSTAIN, NO = 1, 2, 3
COLUMNS = ("state", "session", "item", "vote")
FEWEST_ITEMS, FEWEST_STATES = 5, 3
_SMOOTH = 0.5


@dataclass(frozen=True, slots=True)
class Votes:
    """N votes on I items by U states-in-sessions, once in the order of items and once in that of states.

    Attributes:
        units: ``state``, ``session`` and ``n_votes`` of the U, sorted by state and session.
        first: (I + 1,) where each item's votes begin; ``unit`` (N,) who cast them; ``vote`` (N,) 0 yes, 1 abstain,
            2 no.
        order: (I,) the items shuffled, so that threads share the work evenly.
        cuts: (I, 2) where the cutpoints start; ``step`` (I, 2) how far they may be moved at once, 0 for a cutpoint that
            stays because nobody voted beyond it, −1 in the second place where nobody abstained and both are one.
        unit_first: (U + 1,) where each unit's votes begin in ``where`` (N,), their place in item order, and in ``item``
            (N,).
        before: (U,) the unit of the same state's session before; of the session after for its first; −1 without either.
        variance: (U,) of the prior about that unit.
    """

    units: pl.DataFrame
    first: Integers
    unit: NDArray[np.int32]
    vote: NDArray[np.int8]
    order: Integers
    cuts: Floats
    step: Floats
    unit_first: Integers
    where: Integers
    item: NDArray[np.int32]
    before: Integers
    variance: Floats


def arrays(votes: pl.DataFrame) -> Votes:
    """Lay votes out for the sweeps; items on which all voted alike say nothing and are left out.

    Raises BadMatrix for missing columns or values, votes other than 1, 2, 3 and two votes of a state on one item in
    a session, and UsageError for fewer than 5 items that divide or 3 states.
    """
    frame = _divided(_checked(votes))
    units = frame.group_by("state", "session").agg(n_votes=pl.len().cast(pl.Int32)).sort("state", "session")
    numbered = units.select("state", "session", unit=pl.int_range(pl.len(), dtype=pl.Int32))
    rank = pl.col("item").rank("dense").cast(pl.Int32) - 1
    rows = frame.join(numbered, on=["state", "session"]).select("unit", "vote", item=rank).sort("item", "unit", "vote")
    unit, item = rows["unit"].to_numpy(), rows["item"].to_numpy()
    vote = (rows["vote"].to_numpy() - 1).astype(np.int8)
    n_items = int(item.max()) + 1
    first = np.concatenate([[0], np.cumsum(np.bincount(item, minlength=n_items))]).astype(np.int64)
    where = np.argsort(unit, kind="stable")
    counts = np.bincount(item * 3 + vote, minlength=3 * n_items).reshape(n_items, 3).astype(np.float64)
    before, variance = _lags(units)
    cuts, step = _cutpoints(counts)
    return Votes(
        units=units, first=first, unit=unit, vote=vote, order=np.random.default_rng(0).permutation(n_items), cuts=cuts,
        step=step, unit_first=np.concatenate([[0], np.cumsum(units["n_votes"].to_numpy())]).astype(np.int64),
        where=where, item=item[where], before=before, variance=variance,
    )


def start(votes: Votes, *, poles: tuple[object, object]) -> Floats:
    """Each unit's likeness of votes with the first pole less that with the second, (U,), mean 0, standard deviation 1.

    A random start would leave whole sessions upside down. Raises UsageError if neither pole voted, or if all are alike.
    """
    session, state = votes.units["session"].to_numpy(), votes.units["state"]
    of_item = np.repeat(np.arange(len(votes.first) - 1), np.diff(votes.first))
    likeness = np.zeros(len(session))
    for sign, pole in zip((1.0, -1.0), poles, strict=True):
        cast = np.isin(votes.unit, np.flatnonzero((state == pole).to_numpy()))
        if not cast.any():
            raise UsageError(f"{pole} cast none of the votes, and the points are to be oriented by it.",
                             hint="Name two states that voted: poles=(positive, negative).")
        # A linked item is voted on in several sessions: what a pole voted is looked up by item and session.
        key = of_item * 4096 + session[votes.unit]
        keys, at = np.unique(key[cast], return_index=True)
        place = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        both = keys[place] == key
        apart = np.abs(votes.vote - votes.vote[cast][at][place]) / 2
        n = np.bincount(votes.unit[both], minlength=len(session))
        like = np.bincount(votes.unit[both], weights=1 - apart[both], minlength=len(session))
        likeness += sign * like / np.maximum(n, 1)
    return standardised(likeness)


def standardised(values: Floats) -> Floats:
    """Return the values with mean 0 and standard deviation 1."""
    spread = values.std(ddof=1)
    if not spread > 0:
        raise UsageError("all states vote alike towards both poles.", hint="Name other poles, or give more votes.")
    scaled: Floats = (values - values.mean()) / spread
    return scaled


def _checked(votes: pl.DataFrame) -> pl.DataFrame:
    lacking = [c for c in COLUMNS if c not in votes.columns]
    if lacking:
        raise BadMatrix(f"the votes have no column {lacking[0]}.", hint=f"They need {', '.join(COLUMNS)}.")
    frame = votes.select(COLUMNS)
    if frame.null_count().sum_horizontal().item():
        raise BadMatrix("a state, session, item or vote is null.", hint="Leave absent votes out.")
    odd = frame.filter(~pl.col("vote").is_in([YES, ABSTAIN, NO]))["vote"]
    if odd.len():
        raise BadMatrix(f"a vote is {odd[0]}; votes are 1 yes, 2 abstain, 3 no.", hint="Leave absent votes out.")
    twice = frame.filter(frame.select("state", "session", "item").is_duplicated())
    if twice.height:
        state, session, item, _ = twice.row(0)
        raise BadMatrix(f"{state} voted twice on item {item} in session {session}.",
                        hint="Link roll calls of different sessions only.")
    return frame


def _divided(frame: pl.DataFrame) -> pl.DataFrame:
    """The items on which not all voted alike."""
    kept = frame.filter(pl.col("vote").n_unique().over("item") > 1)
    items, states = kept["item"].n_unique(), kept["state"].n_unique()
    if items < FEWEST_ITEMS or states < FEWEST_STATES:
        raise UsageError(f"{items} items divide {states} states: too few for ideal points.",
                         hint=f"Give at least {FEWEST_ITEMS} items and {FEWEST_STATES} states.")
    return kept


def _lags(units: pl.DataFrame) -> tuple[Integers, Floats]:
    """Which unit the prior of each is centred on, and its variance: 0.5 n / (n + n of that unit)."""
    n = units["n_votes"].to_numpy().astype(np.float64)
    same = (units["state"] == units["state"].shift(1)).fill_null(False).to_numpy()
    here = np.arange(len(n))
    follows = np.append(same[1:], False)
    before = np.where(same, here - 1, np.where(follows, here + 1, -1)).astype(np.int64)
    return before, _SMOOTH * n / (n + np.where(before >= 0, n[before], 0.0))


def _cutpoints(counts: Floats) -> tuple[Floats, Floats]:
    """Cutpoints at the quantiles of the votes, and steps of about their standard errors, from counts (I, 3)."""
    n = counts.sum(axis=1)
    share = np.clip(np.cumsum(counts, axis=1)[:, :2] / n[:, None], 1e-6, 1 - 1e-6)
    normal = NormalDist()
    # Ten decimals: the last digits of these functions depend on the system, and a chain must not.
    cuts = np.vectorize(normal.inv_cdf)(share).round(10)
    step = (np.sqrt(share * (1 - share) / n[:, None]) / np.vectorize(normal.pdf)(cuts)).round(10)
    yes, abstain, no = (counts[:, k] == 0 for k in range(3))
    cuts[yes, 0], step[yes, 0] = -FAR, 0.0
    cuts[no, 1], step[no, 1] = FAR, 0.0
    cuts[abstain, 1], step[abstain, 1] = cuts[abstain, 0], -1.0
    return cuts, step
