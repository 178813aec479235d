"""The names in a claims file → codes, so that a misspelt one is refused with its line and what it may have been."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.organisations import KINDS, bodies
from equipoise.audit.amounts import in_base
from equipoise.audit.format import Claim, ClaimsFile, Reading, near
from equipoise.audit.forms import Check, GrowthCheck, RankingCheck, ShareCheck, ValueCheck
from equipoise.audit.ground import known_events, resolutions
from equipoise.audit.quantities import EPOCH, catalogue
from equipoise.errors import UnknownState

Refuse = Callable[[str, str, str | None], Exception]
"""Makes the error for a key: key, what is wrong, hint."""


def resolved(file: ClaimsFile) -> ClaimsFile:
    """Return a claims file with every state, quantity, body, event and unit known, states as codes.

    Raises:
        BadClaims: one is not known, or a unit does not fit its quantity; the message has the line and suggestions.
    """
    groups = {name: _states(states, refuse=_refuser(file, None, key=name), key=name)
              for name, states in file.groups.items()}
    claims = [_claim(c, number=n, file=file, groups=groups) for n, c in enumerate(file.claims)]
    return replace(file, groups=groups, claims=tuple(claims))


def members_of(group: str, *, groups: Mapping[str, tuple[str, ...]], year: int) -> tuple[str, ...] | None:
    """The states of a group of the file, or of a region of UN M49 in a year; None where there is neither.

    >>> members_of("Central Asia", groups={}, year=2019)
    ('KAZ', 'KGZ', 'TJK', 'TKM', 'UZB')
    """
    if group in groups:
        return groups[group]
    return tuple(codes.in_region(group, year=year)) or None


def _claim(claim: Claim, *, number: int, file: ClaimsFile, groups: Mapping[str, tuple[str, ...]]) -> Claim:
    own = _check(claim.check, groups=groups, refuse=_refuser(file, number))
    readings = [Reading(r.says, _check(r.check, groups=groups, refuse=_refuser(file, number, key="reading")))
                for r in claim.readings]
    return replace(claim, check=own, readings=tuple(readings))


def _refuser(file: ClaimsFile, number: int | None, *, key: str | None = None) -> Refuse:
    about = "groups" if number is None else f"claim {file.claims[number].id!r}"

    def refuse(at: str, what: str, hint: str | None) -> Exception:
        return file.lines.error(f"{about}: {what}", hint=hint, claim=number, key=key or at)

    return refuse


def _check(check: Check, *, groups: Mapping[str, tuple[str, ...]], refuse: Refuse) -> Check:
    told: dict[str, Any] = {k: getattr(check, k) for k in type(check).model_fields}
    update: dict[str, Any] = {}
    for key in ("state", "partner"):
        if told.get(key):
            update[key] = _states([told[key]], refuse=refuse, key=key)[0]
    for key, shown in (("states", "states"), ("partners", "partners"), ("with_", "with")):
        if told.get(key):
            update[key] = _states(told[key], refuse=refuse, key=shown)
    _known(told.get("quantity"), known=catalogue()["quantity"], what="quantity", key="quantity", refuse=refuse)
    _known(told.get("whole"), known=catalogue()["quantity"], what="quantity", key="whole", refuse=refuse)
    _known(told.get("event"), known=known_events()["event"], what="event", key="event", refuse=refuse)
    registered = bodies()["organisation"]
    told_names: tuple[tuple[str, Iterable[str], str], ...] = (
        ("organisation", registered, "organisation"), ("organisations", registered, "organisation"),
        ("kind", KINDS, "kind of membership"), ("kinds", KINDS, "kind of membership"),
        ("resolutions", resolutions()["resolution"], "resolution"),
    )
    for key, known, what in told_names:
        for name in _listed(told.get(key)):
            _known(name, known=known, what=what, key=key, refuse=refuse)
    if told.get("group") and not members_of(told["group"], groups=groups, year=2019):
        known = sorted({*groups, *codes.states()["region"].drop_nulls()})
        raise refuse("group", f"there is no group or region {told['group']!r}.", near(told["group"], tuple(known)))
    _fits(check, refuse=refuse)
    return check.model_copy(update=update)


def _listed(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()


def _states(names: Iterable[str], *, refuse: Refuse, key: str) -> tuple[str, ...]:
    out = []
    for name in names:
        try:
            out.append(codes.resolve(name, unions=True))
        except UnknownState as err:
            raise refuse(key, err.what, err.hint) from err
    return tuple(out)


def _known(name: str | None, *, known: Iterable[str], what: str, key: str, refuse: Refuse) -> None:
    names = tuple(known)
    if name and name not in names:
        raise refuse(key, f"there is no {what} {name!r}.", near(name, names))


def _fits(check: Check, *, refuse: Refuse) -> None:
    """Refuse a unit that is not one of the quantity, and keys that do not go with what the quantity is about."""
    if not isinstance(check, ValueCheck | ShareCheck | GrowthCheck | RankingCheck):
        return
    row = catalogue().filter(pl.col("quantity") == check.quantity).row(0, named=True)
    _about(check, row=row, refuse=refuse)
    if isinstance(check, RankingCheck):
        if (row["timed"] == "yes") != bool(check.period):
            said = "needs the key period" if row["timed"] == "yes" else "takes no period"
            raise refuse("period", f"a ranking by {check.quantity} {said}.", None)
        return
    own, base = row["unit"], in_base(check.unit)[0]
    if own == EPOCH:
        raise refuse("quantity", f"{check.quantity} is a date and can only be put in order.", "Use the check ranking.")
    if isinstance(check, ValueCheck) and base != own:
        raise refuse("unit", f"the unit {check.unit!r} does not fit {check.quantity}, which is in {own}.",
                     f"For example {'million ' if own != '%' else ''}{own}.")
    if not isinstance(check, ValueCheck) and base != "%":
        raise refuse("unit", f"the unit {check.unit!r} does not fit a {check.check}, which is in per cent.", "Use %.")


def _about(check: ValueCheck | ShareCheck | GrowthCheck | RankingCheck, *, row: dict[str, str], refuse: Refuse) -> None:
    """A pair has a state and a partner, a state has no partner, the world has neither."""
    partners = [*_listed(getattr(check, "partner", "") or ()), *getattr(check, "partners", ())]
    about, key = row["about"], "partners" if getattr(check, "partners", ()) else "partner"
    if about == "pair" and not partners:
        raise refuse("quantity", f"{check.quantity} is between two states, and the key {key} is missing.", None)
    if about != "pair" and partners:
        raise refuse(key, f"{check.quantity} is of a {about}, and takes no {key}.", None)
    if (about == "world") == bool(check.state):
        said = "is of the world, and takes no state" if check.state else "needs the key state"
        raise refuse("state", f"{check.quantity} {said}.", None)
