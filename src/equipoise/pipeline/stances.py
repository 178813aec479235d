"""What each power would do in a crisis: from the pack's fitted stances, with the reasons of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import organisations
from equipoise.assemble.crises import Crisis, ready, shipped
from equipoise.assemble.crisis_keys import RUNGS
from equipoise.assemble.packed import Pack
from equipoise.assemble.powers import AGGREGATES
from equipoise.errors import DamagedPack
from equipoise.measure.ladders import rung_shares
from equipoise.measure.left_out import case_log_density, without
from equipoise.pipeline.reasons import REASONS, Scene, nearest, reasons
from equipoise.pipeline.stance_rows import coded_rows, left_with, same_soil, standardised
from equipoise.schema import DEFAULT_POWERS

Array = NDArray[np.float64]

OUTCOMES = ("first", "firmest")
GRADED = ("trade", "near", "likeness")
"""Reasons that are never absent."""

VOTED = ("trade", "near", "tie", "core", "likeness", "sides", "internal", "force")
"""Reasons that votes tell of: the others are the same for all who vote on a crisis, or not asked of them."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """Draws (D, …): slopes (R), powers' levels (P), spreads of powers, crises, rows, cutpoints (2, K − 1), votes (2).

    ``votes`` has what votes showed, all of them (key the empty text) and without a place's: slopes and covariance.
    """

    slopes: Array
    powers: Array
    spread: Array
    cuts: Array
    vote: Array
    votes: Mapping[str, tuple[Array, Array]]

    def places(self, values: Array, actors: Sequence[str]) -> Array:
        """Where actors (n) with standardised reasons (n, R) stand on the scale, (D, n)."""
        level = np.column_stack(
            [
                self.powers[:, DEFAULT_POWERS.index(a)] if a in DEFAULT_POWERS else np.zeros(len(self.powers))
                for a in actors
            ]
        )
        return np.asarray(self.slopes @ values.T + level)

    def unknown(self, actor: str) -> Array:
        """Standard deviation (D,) of what nothing observed tells; more for a state that is none of the powers."""
        parts = self.spread[:, 1:] if actor in DEFAULT_POWERS else self.spread
        return np.asarray(np.sqrt((parts**2).sum(axis=1)))


@cache
def posterior(pack: Pack) -> Posterior:
    """Return the posterior that the pack carries; raise DamagedPack if it has none."""
    if not pack.has("stance_draws"):
        raise DamagedPack("the pack has no fitted stances.", hint="Install equipoise again, or use the embedded pack.")
    frame = pack.table("stance_draws").sort("parameter", "group", "draw")
    of = {
        key: group["value"].cast(pl.Float64).to_numpy()
        for key, group in ((k, g) for k, g in frame.group_by("parameter", "group", maintain_order=True))
    }
    cuts = [np.column_stack([of["cut", f"{o}:{k}"] for k in range(1, len(RUNGS))]) for o in OUTCOMES]
    return Posterior(
        np.column_stack([of["slope", r] for r in REASONS]),
        np.column_stack([of["power", p] for p in DEFAULT_POWERS]),
        np.column_stack([of["spread", s] for s in ("power", "crisis", "row")]),
        np.stack(cuts, axis=1),
        np.column_stack([of["vote", v] for v in ("scale", "apart")]),
        _votes(pack.table("stance_vote_slopes")),
    )


def _votes(frame: pl.DataFrame) -> dict[str, tuple[Array, Array]]:
    out = {}
    for (place,), rows in frame.group_by("without"):
        told = {(r, o): v for r, o, v in rows.select("reason", "other", "value").iter_rows()}
        out[str(place)] = (
            np.array([told[r, ""] for r in VOTED]),
            np.array([[told[r, o] for o in VOTED] for r in VOTED]),
        )
    return out


@cache
def _rows(pack: Pack, place: str) -> pl.DataFrame:
    return coded_rows(pack, place=place)


def values_of(pack: Pack, at: Scene, *, actors: Sequence[str], raw: Array | None = None) -> Array:
    """Return the standardised reasons (actors, R) for a crisis."""
    found = reasons(pack, at, actors=actors) if raw is None else raw
    return standardised(found, scale=pack.table("stance_scale"))


def distributions(told: Posterior, values: Array, *, actors: Sequence[str], weights: Array | None = None) -> Array:
    """Return the distribution over rungs, (actors, 2, K), of first and firmest stance."""
    at = told.places(values, actors)
    out = np.empty((len(actors), len(OUTCOMES), len(RUNGS)))
    for i, actor in enumerate(actors):
        for o in range(len(OUTCOMES)):
            out[i, o] = rung_shares(at[:, [i]], cuts=told.cuts[:, o], spread=told.unknown(actor), weights=weights)[0]
    return out


def left_out_weights(pack: Pack, told: Posterior, crisis: Crisis) -> tuple[Array | None, float]:
    """Return the weights of the draws without a shipped crisis, and how many draws they are worth.

    Out go the crisis, others on the same soil at nearly the same time, and all votes about the place. None for a
    crisis of one's own, and for one of which nothing is coded: nothing of it is in the fit.
    """
    if crisis.key not in ready():
        return None, float(len(told.slopes))
    rows = _rows(pack, shipped(crisis.key).place)  # those elsewhere stay in
    if crisis.key not in set(rows["crisis"]):
        return None, float(len(told.slopes))
    return leave_out(told, rows, crisis=crisis.key, scale=pack.table("stance_scale"))


def leave_out(
    told: Posterior, rows: pl.DataFrame, *, crisis: str, scale: pl.DataFrame, votes: bool = True
) -> tuple[Array, float]:
    """Return the weights (D,) of the draws without a coded crisis, and how many draws they are worth."""
    return without(left_density(told, rows, crisis=crisis, scale=scale, votes=votes))


def left_density(
    told: Posterior, rows: pl.DataFrame, *, crisis: str, scale: pl.DataFrame, votes: bool = True
) -> Array:
    """Return the log density (D,) of what is left out with a coded crisis; without ``votes`` all they tell, too."""
    density = np.zeros(len(told.slopes))
    for _, one in rows.filter(left_with(rows, crisis=crisis)).group_by("crisis", maintain_order=True):
        values = standardised(one.select(REASONS).cast(pl.Float64).fill_null(np.nan).to_numpy(), scale=scale)
        density += case_log_density(
            told.places(values, one["power"].to_list()),
            cuts=told.cuts,
            rungs=one.select(OUTCOMES).to_numpy(),
            case_spread=told.spread[:, 1],
            row_spread=told.spread[:, 2],
        )
    place = rows.filter(pl.col("crisis") == crisis)["place"][0]
    gone = next((p for p in told.votes if p and same_soil(p, place)), None)
    if not votes:
        density += _vote_density(told, "")
    elif gone is not None:
        density += _vote_density(told, "") - _vote_density(told, gone)
    return density


def _vote_density(told: Posterior, left: str) -> Array:
    """Log density (D,) of the slopes that votes showed, those about a place left out."""
    slopes, covariance = told.votes[left]
    variance, axes = np.linalg.eigh(covariance)
    scale, apart = told.vote.T
    mine = told.slopes[:, [REASONS.index(r) for r in VOTED]]
    away = (slopes - scale[:, None] * mine) @ axes
    spread = variance + ((scale * apart) ** 2)[:, None]
    return np.asarray(-0.5 * (away**2 / spread + np.log(spread)).sum(axis=1))


def effects(
    told: Posterior, values: Array, *, actor: str, scale: pl.DataFrame, weights: Array | None = None
) -> pl.DataFrame:
    """Return what each reason does to where an actor stands: ``reason``, ``effect``, ``low``, ``high``, in logits.

    The effect is against the reason's absence; of trade, nearness and likeness, which are never absent, against the
    mean. Low and high are the 5th and 95th percentile. ``own`` is the power's own level, which no reason explains.
    """
    share = np.full(len(told.slopes), 1 / len(told.slopes)) if weights is None else weights
    nothing = standardised(np.zeros((1, len(REASONS))), scale=scale)[0] * [r not in GRADED for r in REASONS]
    parts = {r: told.slopes[:, i] * (values[i] - nothing[i]) for i, r in enumerate(REASONS)}
    if actor in DEFAULT_POWERS:
        parts["own"] = told.powers[:, DEFAULT_POWERS.index(actor)]
    rows = [(name, float(share @ p), *(_quantile(p, share, q) for q in (0.05, 0.95))) for name, p in parts.items()]
    return pl.DataFrame(rows, schema=["reason", "effect", "low", "high"], orient="row")


def _quantile(values: Array, share: Array, q: float) -> float:
    order = np.argsort(values)
    at = int(np.searchsorted(np.cumsum(share[order]), q))
    return float(values[order][min(at, len(values) - 1)])


@dataclass(frozen=True, slots=True)
class Imagined:
    """A crisis that has not been: ``unrest`` or ``attack``, whose stances are asked, and what the reasons need."""

    kind: str
    actors: tuple[str, ...]
    at: Scene


def imagined(state: str, *, on: dt.date, pack: Pack, powers: Sequence[str] = DEFAULT_POWERS) -> list[Imagined]:
    """Return two crises that have not been in a state: unrest, and an attack by a power.

    In ``unrest`` the government asks the bodies of mutual defence that it is in for help, or nobody where it is in
    none, and uses no force on its people. In ``attack`` the attacker is the power that lies nearest (a land border
    first, then the capitals' distance), a union of states excepted; border and territory are at stake, and all the
    other powers are asked for help. Where no distance is known there is no attack.

    Args:
        state: iso3; where it is one of the powers, or a member of one, this power is left out.
        on: the day on which the crisis would begin.
        pack: the pack.
        powers: codes.

    Examples:
        >>> from equipoise.assemble.packed import embedded
        >>> found = imagined("MNG", on=dt.date(2026, 1, 1), pack=embedded())
        >>> [(one.kind, one.at.against) for one in found]
        [('unrest', ()), ('attack', ('CHN',))]
    """
    day = on - dt.timedelta(days=1)
    inside = [p for p in powers if p in AGGREGATES and state in organisations.members("EU", on=day)]
    outside = tuple(p for p in powers if p != state and p not in inside)
    bodies = tuple(b for b in organisations.MUTUAL_DEFENCE if state in organisations.members(b, on=day))
    out = [Imagined("unrest", outside, Scene(state, on, asked=bodies, able=bodies))]
    attacker = nearest(pack, state, among=[p for p in outside if p not in AGGREGATES])
    others = tuple(p for p in outside if p != attacker)
    if attacker and others:
        attack = Scene(state, on, (attacker,), border_change=True, asked=others, able=bodies)
        out.append(Imagined("attack", others, attack))
    return out


def stances_of(state: str, *, on: dt.date, pack: Pack, powers: Sequence[str] = DEFAULT_POWERS) -> pl.DataFrame:
    """Return what each power would do in the two crises of :func:`imagined`.

    Returns:
        ``crisis``, ``power``, ``outcome``, ``rung``, ``probability``; the attacker has no rows in ``attack``.

    Examples:
        >>> from equipoise.assemble.packed import embedded
        >>> found = stances_of("KAZ", on=dt.date(2026, 1, 1), pack=embedded())
        >>> found["crisis"].unique(maintain_order=True).to_list(), found.filter(crisis="attack")["power"][0]
        (['unrest', 'attack'], 'CHN')
    """
    told, rows = posterior(pack), []
    for one in imagined(state, on=on, pack=pack, powers=powers):
        shares = distributions(told, values_of(pack, one.at, actors=one.actors), actors=one.actors)
        rows += [(one.kind, p, outcome, rung, float(shares[i, o, k])) for i, p in enumerate(one.actors)
                 for o, outcome in enumerate(OUTCOMES) for k, rung in enumerate(RUNGS)]  # fmt: skip
    columns = {"crisis": pl.String, "power": pl.String, "outcome": pl.String, "rung": pl.String,
               "probability": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=columns, orient="row")
