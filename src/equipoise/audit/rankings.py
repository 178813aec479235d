"""The check of a ranking: the place of a state, a pair, a year or of partners when a quantity is put in order.

What is not known may lie anywhere. A place is borne out or contradicted only where that holds whatever it is.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from equipoise.assemble.organisations import eu_members
from equipoise.audit.checks import Groups, Outcome, check, number, outcome
from equipoise.audit.forms import RankingCheck
from equipoise.audit.ground import Figure, Ground
from equipoise.audit.names import members_of
from equipoise.audit.quantities import EPOCH, UNION, WORLD, catalogue

SHOWN = 4
"""How many of those that come first are shown."""

BILLION = 1e9


@check.register
def _(asserted: RankingCheck, *, ground: Ground, groups: Groups) -> Outcome:
    if asserted.partners:
        return _partners(asserted, ground=ground)
    if asserted.years:
        known, subject, universe = _by_year(asserted, ground=ground)
    elif asserted.partner:
        known, subject, universe = _by_pair(asserted, ground=ground)
    else:
        known, subject, universe = _by_state(asserted, ground=ground, groups=groups)
    if subject not in known or len({*universe, *known}) < 2:
        return Outcome(None)
    # Who never entered a body is not missing from the entries into it.
    missing = 0 if asserted.quantity == "first_membership" else len(set(universe) - set(known))
    return _place(asserted, known=known, subject=subject, missing=missing)


def _place(asserted: RankingCheck, *, known: dict[str, Figure], subject: str, missing: int) -> Outcome:
    order = _sorted(known, order=asserted.order)
    own = known[subject].value
    before = sum(_before(f.value, own, order=asserted.order) for f in known.values())
    best, worst = before + 1, before + 1 + missing
    holds = True if best == worst == asserted.claimed else None
    if not best <= (asserted.claimed or 0) <= worst:
        holds = False
    shown = order[:SHOWN] if subject in order[:SHOWN] else [*order[:SHOWN], subject]
    found = {"place": str(best) if best == worst else f"{best}–{worst}", "order": _shown(asserted, shown, known)}
    return outcome(holds, found, [known[s] for s in shown])


def _partners(asserted: RankingCheck, *, ground: Ground) -> Outcome:
    """Those named must come first: in this order, or in any."""
    known, rest = _by_partner(asserted, ground=ground)
    named = list(asserted.partners)
    if any(p not in known for p in named):
        return Outcome(None)
    order = _sorted(known, order=asserted.order)
    first = order[: len(named)]
    holds: bool | None = first == named if asserted.in_order else set(first) == set(named)
    # A partner that is not known could come between them, unless what is left over is too small.
    if holds and (rest is None or rest > min(known[p].value for p in named)):
        holds = None
    shown = list(dict.fromkeys([*order[:SHOWN], *named]))
    return outcome(holds, {"order": _shown(asserted, shown, known)}, [known[p] for p in shown])


def _by_partner(asserted: RankingCheck, *, ground: Ground) -> tuple[dict[str, Figure], float | None]:
    """Figures by partner, the Union as one, and how much the partners that are not known can have together."""
    period = asserted.period or ""
    frame = ground.figures(asserted.quantity).filter(pl.col("state") == asserted.state, pl.col("period") == period)
    known = {r["partner"]: Figure(r["value"], r["source"], r["confidence"] or "") for r in frame.iter_rows(named=True)}
    whole = known.pop(WORLD, None)
    if asserted.organisation:
        others = set(_members(asserted, ground=ground)) - {asserted.state}
        # Without a border there is no length: who is not in that table is not missing.
        return {p: f for p, f in known.items() if p in others}, (0.0 if others <= set(known) or not period else None)
    if UNION in known and period:
        inside = set(eu_members(int(period[:4])))
        known = {p: f for p, f in known.items() if p not in inside}
    rest = None if whole is None else max(whole.value - sum(f.value for f in known.values()), 0.0)
    return known, rest


def _by_state(asserted: RankingCheck, *, ground: Ground, groups: Groups) -> tuple[dict[str, Figure], str, list[str]]:
    period = asserted.period or ""
    frame = ground.figures(asserted.quantity, organisation=asserted.organisation if not period else "")
    year = int(period[:4]) if period else 2019
    among = list(members_of(asserted.group, groups=groups, year=year) or ()) if asserted.group else []
    if asserted.organisation and period:
        among = _members(asserted, ground=ground)
    rows = frame.filter(pl.col("partner") == "", pl.col("period") == period)
    known = {r["state"]: Figure(r["value"], r["source"], r["confidence"] or "") for r in rows.iter_rows(named=True)
             if not among or r["state"] in among}
    return known, asserted.state, among or list(known)


def _members(asserted: RankingCheck, *, ground: Ground) -> list[str]:
    """Who is in the body: on the day that is given, else at the end of the period."""
    on = asserted.on or dt.date(int((asserted.period or "0")[:4]), 12, 31)
    return [t.state for t in ground.ties(asserted.organisation, on=on, kinds=("member",))]


def _by_pair(asserted: RankingCheck, *, ground: Ground) -> tuple[dict[str, Figure], str, list[str]]:
    frame = ground.figures(asserted.quantity).filter(pl.col("period") == (asserted.period or ""),
                                                     ~pl.col("partner").is_in([WORLD, UNION, ""]))
    known = {f"{min(r['state'], r['partner'])}–{max(r['state'], r['partner'])}": Figure(r["value"], r["source"])
             for r in frame.iter_rows(named=True)}
    subject = f"{min(asserted.state, asserted.partner)}–{max(asserted.state, asserted.partner)}"
    return known, subject, list(known)


def _by_year(asserted: RankingCheck, *, ground: Ground) -> tuple[dict[str, Figure], str, list[str]]:
    assert asserted.years and asserted.period  # the format sees to it
    years = [str(y) for y in range(asserted.years[0], asserted.years[1] + 1)]
    found = {y: ground.figure(asserted.quantity, state=asserted.state, partner=asserted.partner, period=y)
             for y in years}
    return {y: f for y, f in found.items() if f is not None}, asserted.period, years


def _sorted(known: dict[str, Figure], *, order: str) -> list[str]:
    return sorted(known, key=lambda k: known[k].value, reverse=order in ("largest", "last"))


def _before(value: float, own: float, *, order: str) -> bool:
    return value > own if order in ("largest", "last") else value < own


def _shown(asserted: RankingCheck, names: list[str], known: dict[str, Figure]) -> str:
    unit = dict(catalogue().select("quantity", "unit").iter_rows())[asserted.quantity]
    dates = unit == EPOCH

    def told(value: float) -> str:
        if dates:
            return str(dt.date(1970, 1, 1) + dt.timedelta(days=int(value)))
        if unit == "USD" and abs(value) >= BILLION:
            return f"{number(float(f'{value / BILLION:.4g}'))} billion USD"
        return f"{number(float(f'{value:.4g}'))} {unit}"

    return ", ".join(f"{n} {told(known[n].value)}" for n in names)
