"""Why a power would take a stance on a crisis: eleven named reasons, from the pack as it was before the crisis.

Each is a number for an actor (a power or any other state) and a crisis; see docs/explanation/stance.md for the argument
of each and the weakness of what stands for it. A power of several states has its members' mean, unless said otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import organisations
from equipoise.assemble.crises import Crisis
from equipoise.assemble.held import in_year
from equipoise.assemble.packed import Pack
from equipoise.assemble.powers import AGGREGATES
from equipoise.schema import DEFAULT_POWERS

Array = NDArray[np.float64]
T = TypeVar("T")

REASONS = ("trade", "near", "tie", "core", "likeness", "sides", "internal", "integrity", "force", "request", "able")
"""In the order of their columns wherever they stand in an array."""

REACH = 10
"""A value is the last known in so many years before the crisis; a change of trade or votes takes years."""

HALVING_KM = 2000.0
LEAST_TRADE = 1e-4
_TODAY = {"SCG": "SRB", "YUG": "SRB", "SUN": "RUS"}


@dataclass(frozen=True, slots=True)
class Scene:
    """What the reasons need to know of a crisis: where, when, against whom, what is at stake, who is asked or able."""

    place: str
    start: dt.date
    against: tuple[str, ...] = ()
    force_on_people: bool = False
    border_change: bool = False
    asked: tuple[str, ...] = ()
    able: tuple[str, ...] = ()

    @property
    def year(self) -> int:
        """The year before."""
        return self.start.year - 1


def scene(crisis: Crisis) -> Scene:
    """Return what the reasons need of a crisis."""
    return Scene(
        crisis.place,
        crisis.start,
        crisis.against,
        crisis.force_on_people,
        crisis.border_change,
        crisis.asked,
        crisis.able,
    )


def reasons(pack: Pack, crisis: Scene, *, actors: Sequence[str]) -> Array:
    """Return the reasons of each actor, shape (actors, :data:`REASONS`); NaN where one is not known.

    - ``trade``: log10 of the geometric mean of two shares, the actor's in the place's trade and the place's in the
      actor's, means below 0.0001 counting as that; not known where the source has no trade of the two.
    - ``near``: 1 with a land border, else halving with every 2,000 km between capitals; of a Union its nearest member.
    - ``tie``: 1 where actor and place owe each other defence, 0.5 where both are full members of a regional body, less
      the same with those who act against the place, the strongest of them.
    - ``core``: how much the place is another power's: that power's tie to it as above, halving with every unit of the
      ideal points in the UN between actor and power; the largest, of the powers that do not act against the place.
    - ``likeness``: minus the distance of their ideal points in the UN.
    - ``sides``: how much further in the UN from those who act against the place than from the place; 0 where none do.
    - ``internal``: 1 less the actor's democracy where the crisis is wholly internal and no border is at stake, else 0.
    - ``integrity``: 1 where the place's territory is at stake.
    - ``force``: the actor's democracy (0 to 1) where the authority used lethal force on its own people, else 0.
    - ``request``: 1 where it, or a body of which it is a full member, was asked for help; −1 where only others were.
    - ``able``: 1 where it is in a body of mutual defence that could act there, 0.5 in another body that could.

    Examples:
        >>> from equipoise.assemble.packed import embedded
        >>> kazakhstan = Scene("KAZ", dt.date(2022, 1, 2), asked=("CSTO",), able=("CSTO",))
        >>> found = reasons(embedded(), kazakhstan, actors=["RUS", "CHN"])
        >>> found[:, REASONS.index("tie")].tolist(), found[:, REASONS.index("request")].tolist()
        ([1.0, 0.5], [1.0, -1.0])
    """
    made_of = {a: _states(a, on=crisis.start - dt.timedelta(days=1)) for a in actors}
    columns = [
        find(pack, crisis, made_of)
        for find in (_trade, _near, _tie, _core, _likeness, _sides, _internal, _integrity, _force, _request, _able)
    ]
    return np.column_stack(columns)


def nearest(pack: Pack, place: str, *, among: Sequence[str]) -> str | None:
    """Return the state nearest to a place: with a land border before without, then by the capitals' distance.

    None where no distance is known.

    >>> from equipoise.assemble.packed import embedded
    >>> nearest(embedded(), "KAZ", among=["CHN", "RUS", "USA"])
    'RUS'
    """
    known = _ground(pack).get(_TODAY.get(place, place), {})
    there = {s: known[_TODAY.get(s, s)] for s in among if _TODAY.get(s, s) in known}
    found = {s: (not border, km) for s, (border, km) in there.items() if np.isfinite(km)}
    return min(found, key=lambda s: found[s]) if found else None


Actors = dict[str, list[str]]


def _states(actor: str, *, on: dt.date) -> list[str]:
    return organisations.members("EU", on=on) if actor in AGGREGATES else [actor]


def _each(actors: Actors, of: Callable[[str], float]) -> Array:
    """The mean over an actor's states of what is known of each."""
    out = []
    for made_of in actors.values():
        known = [v for v in map(of, made_of) if np.isfinite(v)]
        out.append(float(np.mean(known)) if known else np.nan)
    return np.array(out)


def _trade(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    flows = _flows(pack, crisis.place, crisis.year)
    if not flows:
        return np.full(len(actors), np.nan)
    whole = sum(flows.values())
    out = []
    for made_of in actors.values():
        own = [_total(pack, s, crisis.year) for s in made_of]
        both = sum(flows.get(in_year(s, crisis.year), 0.0) for s in made_of)
        # A zero of the source may be a report that is missing.
        known = both > 0 and np.isfinite(own).any()
        out.append(np.log10(max(both / np.sqrt(whole * np.nansum(own)), LEAST_TRADE)) if known else np.nan)
    return np.array(out)


def _near(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    known = _ground(pack).get(_TODAY.get(crisis.place, crisis.place), {})

    def one(state: str) -> float:
        border, km = known.get(_TODAY.get(state, state), (False, np.nan))
        return 1.0 if border else float(2 ** (-km / HALVING_KM))

    values = [[v for v in map(one, made_of) if np.isfinite(v)] for made_of in actors.values()]
    return np.array([max(v) if v else np.nan for v in values])


def _tie(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    own = _each(actors, lambda s: _bond(pack, s, crisis.place, crisis))
    if not crisis.against:
        return own
    other = [_each(actors, lambda s, a=a: _bond(pack, s, a, crisis)) for a in crisis.against]  # type: ignore[misc]
    return np.asarray(own - np.max(other, axis=0))


def _bond(pack: Pack, state: str, other: str, crisis: Scene) -> float:
    """1 for mutual defence, by treaty or body; 0.5 for a common regional body; else 0."""
    if state == other:
        return 1.0
    mine, its = (_bodies(s, crisis.start - dt.timedelta(days=1)) for s in (state, other))
    shared = mine & its
    if shared & set(organisations.MUTUAL_DEFENCE):
        return 1.0
    pledges = _pledges(pack, crisis.year)
    pair = frozenset((in_year(state, crisis.year), in_year(other, crisis.year)))
    if pledges is not None and pair in pledges:
        return 1.0
    if shared & set(organisations.REGIONAL):
        return 0.5
    return 0.0 if pledges is not None else np.nan


def _core(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    """A power whose votes or ties are not known counts for none."""
    powers = {
        p: _states(p, on=crisis.start - dt.timedelta(days=1))
        for p in DEFAULT_POWERS
        if p not in (crisis.place, *crisis.against)
    }
    ties = _each(powers, lambda s: _bond(pack, s, crisis.place, crisis))
    place = {who: _each(of, lambda s: _point(pack, s, crisis.year)) for who, of in (("own", actors), ("other", powers))}
    closeness = 2.0 ** -np.abs(place["own"][:, None] - place["other"][None, :])
    others = np.array(list(actors), dtype=str)[:, None] != np.array(list(powers), dtype=str)[None, :]
    return np.asarray(np.max(np.nan_to_num(ties * closeness) * others, axis=1, initial=0.0))


def _likeness(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    return -np.abs(_each(actors, lambda s: _point(pack, s, crisis.year)) - _point(pack, crisis.place, crisis.year))


def _sides(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    if not crisis.against:
        return np.zeros(len(actors))
    own = _each(actors, lambda s: _point(pack, s, crisis.year))
    other = np.mean([_point(pack, s, crisis.year) for s in crisis.against])
    return np.asarray(np.abs(own - other) - np.abs(own - _point(pack, crisis.place, crisis.year)))


def _internal(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    if crisis.against or crisis.border_change:
        return np.zeros(len(actors))
    return 1 - _each(actors, lambda s: _democracy(pack, s, crisis.year))


def _integrity(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    return np.full(len(actors), float(crisis.border_change))


def _force(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    if not crisis.force_on_people:
        return np.zeros(len(actors))
    return _each(actors, lambda s: _democracy(pack, s, crisis.year))


def _request(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    if not crisis.asked:
        return np.zeros(len(actors))
    named = np.array([a in crisis.asked or _seat(a) in crisis.asked for a in actors], dtype=bool)
    bodies = set(crisis.asked) & set(organisations.bodies()["organisation"])
    return np.where(named | (_in_any(crisis, actors, bodies) > 0.5), 1.0, -1.0)


def _able(pack: Pack, crisis: Scene, actors: Actors) -> Array:
    fights = set(crisis.able) & set(organisations.MUTUAL_DEFENCE)
    inside = _in_any(crisis, actors, set(crisis.able)) > 0.5
    seated = np.array([_seat(a) in crisis.able for a in actors], dtype=bool)
    return np.where(_in_any(crisis, actors, fights) > 0.5, 1.0, np.where(inside | seated, 0.5, 0.0))


def _seat(actor: str) -> str:
    """The body that is the actor itself: the Union."""
    return "EU" if actor in AGGREGATES else actor


def _in_any(crisis: Scene, actors: Actors, bodies: set[str]) -> Array:
    """The share of an actor's states that are full members of one of these bodies when the crisis begins."""
    day = crisis.start
    return _each(actors, lambda s: float(bool(_bodies(s, day) & bodies)))


@cache
def _on(day: dt.date) -> dict[str, frozenset[str]]:
    now = organisations.ties_on(organisations.spells(), day=day, kinds=["member"])
    return {s: frozenset(bodies) for s, bodies in now.group_by("state").agg("organisation").iter_rows()}


def _bodies(state: str, day: dt.date) -> frozenset[str]:
    return _on(day).get(state, frozenset())


def _last(series: dict[int, T], year: int) -> T | None:
    """The value of the last year known up to a year, at most :data:`REACH` before; else of the year after it.

    A state that has just come about has no year before; its first is then the nearest.
    """
    found = [y for y in series if year - REACH < y <= year]
    return series[max(found)] if found else series.get(year + 1)


def _point(pack: Pack, state: str, year: int) -> float:
    found = _last(_points(pack).get(in_year(state, year), {}), year)
    if found is None:
        found = _last(_points(pack).get(state, {}), year)
    return np.nan if found is None else found


def _democracy(pack: Pack, state: str, year: int) -> float:
    found = _last(_polyarchy(pack).get(in_year(state, year), {}), year)
    return np.nan if found is None else found


@cache
def _points(pack: Pack) -> dict[str, dict[int, float]]:
    frame = pack.table("ideal_points").drop_nulls("state").group_by("state", "year").agg(pl.col("mean").mean())
    return _series(frame, "mean")


@cache
def _polyarchy(pack: Pack) -> dict[str, dict[int, float]]:
    return _series(pack.table("state_year").select("state", "year", "polyarchy").drop_nulls(), "polyarchy")


def _series(frame: pl.DataFrame, value: str) -> dict[str, dict[int, float]]:
    out: dict[str, dict[int, float]] = {}
    for state, year, number in frame.select("state", "year", value).iter_rows():
        out.setdefault(state, {})[year] = number
    return out


@cache
def _ground(pack: Pack) -> dict[str, dict[str, tuple[bool, float]]]:
    out: dict[str, dict[str, tuple[bool, float]]] = {}
    rows = pack.table("distances").select("state_a", "state_b", pl.col("border_km").fill_null(0) > 0, "capital_km")
    for a, b, border, km in rows.iter_rows():
        out.setdefault(a, {})[b] = (border, np.nan if km is None else km)
        out.setdefault(b, {}).setdefault(a, (border, np.nan if km is None else km))
    return out


@cache
def _pledges(pack: Pack, year: int) -> frozenset[frozenset[str]] | None:
    """Pairs of which one owes the other defence; after the source's last year as then, none known before its first."""
    frame = pack.table("alliances")
    years = sorted(frame["year"].unique())
    at = _last({y: y for y in years}, year)
    if at is None:
        return None
    now = frame.filter(pl.col("year") == at, pl.col("defense") > 0)
    return frozenset(frozenset(p) for p in now.select("state_a", "state_b").iter_rows())


@cache
def _by_side(pack: Pack) -> pl.DataFrame:
    """Every flow twice, as its importer's and as its exporter's trade; Kazakhstan's own report is of it alone."""
    flows = pack.table("trade").filter(pl.col("importer") != "WLD", pl.col("exporter") != "WLD")
    flows = flows.with_columns(pl.col("year").cast(pl.Int32))
    own = pl.col("source").cast(pl.String) == "kaz_trade"
    sides = [
        flows.filter(~own | (pl.col(a) == "KAZ")).select("value_musd", "year", state=a, partner=b)
        for a, b in (("importer", "exporter"), ("exporter", "importer"))
    ]
    return pl.concat(sides)


@cache
def _totals(pack: Pack) -> dict[str, dict[int, float]]:
    whole = _by_side(pack).group_by("state", "year").agg(pl.col("value_musd").sum())
    return _series(whole.filter(pl.col("value_musd") > 0), "value_musd")


def _total(pack: Pack, state: str, year: int) -> float:
    found = _last(_totals(pack).get(in_year(state, year), {}), year)
    return np.nan if found is None else found


@cache
def _flows(pack: Pack, place: str, year: int) -> dict[str, float]:
    known = _totals(pack).get(in_year(place, year), {})
    at = _last({y: y for y in known}, year)
    if at is None:
        return {}
    here = _by_side(pack).filter(state=in_year(place, year), year=at)
    both = here.group_by("partner").agg(pl.col("value_musd").sum()).filter(pl.col("value_musd") > 0)
    return dict(both.iter_rows())
