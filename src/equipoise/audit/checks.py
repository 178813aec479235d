"""The checks: each takes what a claim asserts and the ground, and says whether it holds and what was found.

``holds`` is None where what is known does not decide it. A missing figure never counts against a claim.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

from equipoise.audit.amounts import Tolerance, day_span, in_base
from equipoise.audit.forms import (
    BorderCheck,
    CountCheck,
    DateCheck,
    GrowthCheck,
    MembershipCheck,
    ShareCheck,
    ValueCheck,
)
from equipoise.audit.ground import Figure, Ground, Tie
from equipoise.audit.names import members_of
from equipoise.audit.quantities import WORLD

Groups = Mapping[str, tuple[str, ...]]
_RANK = {"": 0, "high": 1, "medium": 2, "low": 3}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found: by label, in words that need no translation (numbers, codes, dates), with sources."""

    holds: bool | None
    found: dict[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    confidence: str = ""


def outcome(holds: bool | None, found: Mapping[str, Any], parts: Iterable[Any]) -> Outcome:
    """An outcome from parts that have a source and a confidence; the lowest confidence is that of the whole."""
    known = [p for p in parts if p is not None and p.source]
    lowest = max((p.confidence for p in known), key=lambda c: _RANK.get(c, 3), default="")
    return Outcome(holds, {k: str(v) for k, v in found.items() if v not in ("", None)},
                   tuple(dict.fromkeys(p.source for p in known)), lowest)


def number(value: float) -> str:
    """A number at six digits.

    >>> number(3793764.0), number(38.5724), number(5.495)
    ('3,793,764', '38.5724', '5.495')
    """
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:,.6g}"


@singledispatch
def check(asserted: Any, *, ground: Ground, groups: Groups) -> Outcome:
    """Return what is found for a check of one of the types of :data:`equipoise.audit.format.CHECKS`."""
    raise NotImplementedError(type(asserted).__name__)


NEAREST = 5
"""So many years before or after are searched for a figure to show beside a claim that has none; it decides nothing."""


@check.register
def _(asserted: ValueCheck, *, ground: Ground, groups: Groups) -> Outcome:
    return _compared(asserted, look=lambda period: _value(asserted, period=period, ground=ground))


@check.register
def _(asserted: ShareCheck, *, ground: Ground, groups: Groups) -> Outcome:
    return _compared(asserted, look=lambda period: _share(asserted, period=period, ground=ground))


Found = tuple[float, list[Figure]]


def _compared(asserted: ValueCheck | ShareCheck, *, look: Callable[[str], Found | None]) -> Outcome:
    made = look(asserted.period)
    if made is None:
        year = int(asserted.period[:4])
        near_ = (str(year + d * sign) for d in range(NEAREST + 1) for sign in (1, -1))
        close = next(((p, f) for p in near_ if (f := look(p))), None)
        return Outcome(None) if close is None else outcome(
            None, {"nearest": f"{close[0]}: {number(round(close[1][0], 3))} {asserted.unit}"}, close[1][1])
    value, parts = made
    holds = asserted.allowed().holds(value, claimed=asserted.claimed, relation=asserted.relation)
    return outcome(holds, {"value": f"{number(round(value, 3))} {asserted.unit}"}, parts)


def _value(asserted: ValueCheck, *, period: str, ground: Ground) -> Found | None:
    if asserted.to is not None and period != asserted.period:
        return None
    last = int((asserted.to or period)[:4])
    periods = [period] if asserted.to is None else [str(y) for y in range(int(period[:4]), last + 1)]
    parts = [ground.figure(asserted.quantity, state=asserted.state, partner=asserted.partner, period=p)
             for p in periods]
    known = [p for p in parts if p is not None]
    return (sum(p.value for p in known) / in_base(asserted.unit)[1], known) if len(known) == len(parts) else None


def _share(asserted: ShareCheck, *, period: str, ground: Ground) -> Found | None:
    def look(quantity: str, partner: str = "") -> Figure | None:
        return ground.figure(quantity, state=asserted.state, partner=partner, period=period)

    parts = [look(asserted.quantity, p) for p in asserted.partners or ("",)]
    whole = look(asserted.whole) if asserted.whole else look(asserted.quantity, WORLD)
    known = [p for p in parts if p is not None]
    if len(known) < len(parts) or whole is None or not whole.value:
        return None
    return sum(p.value for p in known) / whole.value * 100, [*known, whole]


@check.register
def _(asserted: GrowthCheck, *, ground: Ground, groups: Groups) -> Outcome:
    ends = [ground.figure(asserted.quantity, state=asserted.state, partner=asserted.partner, period=p)
            for p in (asserted.start, asserted.to)]
    before, after = ends
    if before is None or after is None or not before.value:
        return Outcome(None)
    change = (after.value / before.value - 1) * 100
    holds = asserted.allowed().holds(change, claimed=asserted.claimed, relation=asserted.relation)
    return outcome(holds, {"value": f"{number(round(change, 3))} %"}, ends)


@check.register
def _(asserted: DateCheck, *, ground: Ground, groups: Groups) -> Outcome:
    if asserted.event:
        found = ground.event(asserted.event)
    elif asserted.state:
        found = ground.entered(asserted.organisation, state=asserted.state, kind=asserted.kind, edge=asserted.edge)
    else:
        found = ground.founded(asserted.organisation)
    if found is None or found.first is None or found.last is None:
        return Outcome(None)
    slack = int(asserted.tolerance.split()[0])
    low = _moved(day_span(asserted.claimed)[0], days=-slack)
    high = _moved(day_span(asserted.until or asserted.claimed)[1], days=slack)
    holds: bool | None
    if asserted.relation == "equals":
        inside, apart = low <= found.first and found.last <= high, found.last < low or found.first > high
    elif asserted.relation == "by":
        inside, apart = found.last <= high, found.first > high
    else:
        inside, apart = found.first >= low, found.last < low
    holds = True if inside else False if apart else None
    return outcome(holds, {"date": _span(found.first, found.last)}, [found])


def _moved(day: dt.date, *, days: int) -> dt.date:
    """A day so many days on, within the calendar."""
    return dt.date.fromordinal(min(max(day.toordinal() + days, 1), dt.date.max.toordinal()))


def _span(first: dt.date, last: dt.date) -> str:
    """A day, month or year as such; else the two ends."""
    whole = (text for text in (first.isoformat(), first.isoformat()[:7], first.isoformat()[:4])
             if day_span(text) == (first, last))
    return next(whole, f"{first}/{last}")


@check.register
def _(asserted: MembershipCheck, *, ground: Ground, groups: Groups) -> Outcome:
    who = asserted.states or members_of(asserted.group, groups=groups, year=asserted.on.year) or ()
    found: dict[str, list[str]] = {"members": [], "missing": [], "extra": [], "inside": [], "outside": []}
    ties: list[Tie] = []
    for body in asserted.organisations:
        if not _covered(body, on=asserted.on, ground=ground):
            return Outcome(None)
        own = ground.ties(body, on=asserted.on, kinds=asserted.kinds)
        ties += own
        there = {t.state for t in own}
        mark = f"{body}: " if len(asserted.organisations) > 1 else ""
        for label, states in _differences(asserted.relation, there, set(who)).items():
            if states:
                found[label].append(mark + " ".join(sorted(states)))
    holds = not any(found[k] for k in AGAINST[asserted.relation])
    about = set(who) if asserted.relation in ("include", "exclude") else {t.state for t in ties}
    return outcome(holds, {k: "; ".join(v) for k, v in found.items()}, [t for t in ties if t.state in about] or ties)


AGAINST = {"include": ("missing",), "exclude": ("inside",), "exactly": ("missing", "extra"), "within": ("outside",)}
"""What must be empty for a relation to hold."""


def _differences(relation: str, there: set[str], who: set[str]) -> dict[str, set[str]]:
    """Who is in the body and who is not, as far as the relation is about them."""
    return {
        "include": {"inside": who & there, "missing": who - there},
        "exclude": {"inside": who & there, "missing": who - there},
        "exactly": {"members": there, "missing": who - there, "extra": there - who},
        "within": {"members": there, "outside": there - who},
    }[relation]


def _covered(body: str, *, on: dt.date, ground: Ground) -> bool:
    """Whether the registry knows the body on a day: not before anybody was in it, nor after its last entry."""
    first, last = ground.known_days(body)
    return first is not None and last is not None and first <= on <= last


@check.register
def _(asserted: BorderCheck, *, ground: Ground, groups: Groups) -> Outcome:
    beside, source = ground.bordering(asserted.state)
    if not beside:
        return Outcome(None)
    told = Figure(0, source)
    if asserted.relation == "all_but":
        assert asserted.on is not None  # the format sees to it
        if not _covered(asserted.organisation, on=asserted.on, ground=ground):
            return Outcome(None)
        ties = ground.ties(asserted.organisation, on=asserted.on, kinds=("member",))
        apart = sorted({t.state for t in ties} - beside - {asserted.state})
        return outcome(set(apart) == set(asserted.with_), {"without": " ".join(apart)}, [told, *ties])
    near_, far = sorted(beside & set(asserted.with_)), sorted(set(asserted.with_) - beside)
    return outcome(not (far if asserted.relation == "all" else near_),
                   {"with": " ".join(near_), "without": " ".join(far)}, [told])


@check.register
def _(asserted: CountCheck, *, ground: Ground, groups: Groups) -> Outcome:
    counted: Callable[..., tuple[int, int, dict[str, str], list[Any]] | None] = {
        "members": _members, "years": _years, "votes": _votes}[asserted.of]
    made = counted(asserted, ground=ground)
    if made is None:
        return Outcome(None)
    low, unknown, found, parts = made
    allowed = Tolerance(0)
    possible = range(low, low + unknown + 1)
    said = {allowed.holds(n, claimed=asserted.claimed, relation=asserted.relation) for n in possible}
    shown = str(low) if not unknown else f"{low}–{low + unknown}"
    return outcome(said.pop() if len(said) == 1 else None, {"value": shown, **found}, parts)


def _members(asserted: CountCheck, *, ground: Ground) -> tuple[int, int, dict[str, str], list[Any]] | None:
    assert asserted.on is not None  # the format sees to it
    if not all(_covered(body, on=asserted.on, ground=ground) for body in asserted.organisations):
        return None
    ties = [ground.ties(body, on=asserted.on, kinds=asserted.kinds) for body in asserted.organisations]
    common = set.intersection(*({t.state for t in own} for own in ties))
    return len(common), 0, {"members": " ".join(sorted(common))}, [t for own in ties for t in own if t.state in common]


def _years(asserted: CountCheck, *, ground: Ground) -> tuple[int, int, dict[str, str], list[Any]] | None:
    assert asserted.start and asserted.to and asserted.above is not None  # the format sees to it
    periods = [str(y) for y in range(int(asserted.start[:4]), int(asserted.to[:4]) + 1)]
    parts = {p: ground.figure(asserted.quantity, state=asserted.state, period=p) for p in periods}
    over = [p for p, f in parts.items() if f is not None and f.value > asserted.above]
    unknown = sum(f is None for f in parts.values())
    return (len(over), unknown, {"years": " ".join(over)}, list(parts.values())) if unknown < len(parts) else None


def _votes(asserted: CountCheck, *, ground: Ground) -> tuple[int, int, dict[str, str], list[Any]] | None:
    cast = {r: ground.vote(r, state=asserted.state) for r in asserted.resolutions}
    hits = [r for r, (vote, _) in cast.items() if vote in asserted.votes]
    shown = ", ".join(f"{r} {vote or '–'}" for r, (vote, _) in cast.items())
    return len(hits), 0, {"votes": shown}, [Figure(0, source) for _, source in cast.values()]
