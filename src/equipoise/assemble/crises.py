"""Crises: where, when, who was party, who asked whom for help, and what each power did, a TOML file each.

The ready ones are in ``data/crises``. A file of one's own has the same keys; its tables ``[stance.CHN]`` may be left
out, for they are what is to be told. See docs/explanation/stance.md for the keys.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from equipoise import store
from equipoise.assemble import codes, organisations
from equipoise.assemble.crisis_keys import RUNGS, CrisisKeys, StanceKeys
from equipoise.assemble.powers import AGGREGATES
from equipoise.errors import BadSourceFile, UnknownState, UsageError
from equipoise.schema import DEFAULT_POWERS

YEAR = dt.timedelta(days=366)
_SEE = "docs/explanation/stance.md has the keys and the rungs."


@dataclass(frozen=True, slots=True)
class Stance:
    """What a power did: its first public stance, its firmest within a year, both rungs of the ladder, and the source.

    ``party`` powers are on a side from the first day, and have no rungs.
    """

    power: str
    party: bool
    first: str | None
    firmest: str | None
    what: str
    what_zh: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Crisis:
    """A crisis as its file tells it; states by ISO code, bodies by the registry's; ``asked`` is who was asked."""

    key: str
    title: str
    title_zh: str
    place: str
    start: dt.date
    end: dt.date | None
    kind: str
    subject: str
    against: tuple[str, ...]
    alongside: tuple[str, ...]
    asked: tuple[str, ...]
    able: tuple[str, ...]
    force_on_people: bool
    border_change: bool
    sources: tuple[str, ...]
    stances: tuple[Stance, ...]

    @property
    def year(self) -> int:
        """The year before the crisis, of which its reasons are."""
        return self.start.year - 1

    def named(self, lang: str) -> str:
        """The title in a language, ``en`` or ``zh-Hant``."""
        return self.title_zh if lang == "zh-Hant" and self.title_zh else self.title

    def stance_of(self, power: str) -> Stance | None:
        """What is coded of a power, if anything is."""
        return next((s for s in self.stances if s.power == power), None)

    def is_party(self, power: str) -> bool:
        """Whether a power is on a side of the crisis, or it happens on its own soil."""
        coded = self.stance_of(power)
        return power in (self.place, *self.against, *self.alongside) or bool(coded and coded.party)


def ready() -> list[str]:
    """Return the keys of the crises that come with the package, sorted.

    >>> "kazakhstan-2022" in ready()
    True
    """
    folder = files("equipoise.data").joinpath("crises")
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))


@cache
def shipped(key: str) -> Crisis:
    """Return a crisis that comes with the package; all five powers have a stance in it or are parties.

    Raises:
        UsageError: there is none of this key; BadSourceFile: a file of the package is not what it should be.

    Examples:
        >>> shipped("kazakhstan-2022").asked
        ('CSTO',)
    """
    if key not in ready():
        near = get_close_matches(key, ready(), n=3, cutoff=0.4)
        hint = f"Did you mean {', '.join(near)}?" if near else "`equipoise stance` lists them; or name a .toml file."
        raise UsageError(f"there is no crisis {key!r}.", hint=hint)
    name = f"{key}.toml"
    found = parse(files("equipoise.data").joinpath("crises", name).read_text(encoding="utf-8"), name=name)
    for power in DEFAULT_POWERS:
        if found.stance_of(power) is None and not found.is_party(power):
            raise BadSourceFile(f"{name}: {power} has no stance.", hint=f"Add a table [stance.{power}].")
    if found.key != key:
        raise BadSourceFile(f"{name}, key: {found.key!r} is not the file's name.", hint=f'Write key = "{key}".')
    return found


def read(name: str) -> Crisis:
    """Return a crisis: a ready one by its key, or a TOML file of one's own by its path.

    Raises:
        UsageError: there is none of this key; BadSourceFile: the file cannot be read, or is no crisis.
    """
    if not name.endswith(".toml"):
        return shipped(name)
    try:
        text = store.read(Path(name)).decode("utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise BadSourceFile(f"{name} cannot be read.", hint="Is it there, and is it UTF-8?") from err
    return parse(text, name=Path(name).name)


def parse(text: str, *, name: str) -> Crisis:
    """Return the crisis that a TOML text holds.

    Args:
        text: TOML.
        name: what the file is called in errors.

    Raises:
        BadSourceFile: it is not TOML, or a key, rung, date, state or organisation is not what it should be; the message
            has the file, the key and what to try.

    Examples:
        >>> parse("start = 2022-02-30", name="a.toml")
        Traceback (most recent call last):
        ...
        equipoise.errors.BadSourceFile: a.toml: it has a date that never was. Look at the days and the months.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        if "date" in str(err).lower():
            raise BadSourceFile(
                f"{name}: it has a date that never was.", hint="Look at the days and the months."
            ) from err
        raise BadSourceFile(
            f"{name} is not TOML: {err}.", hint="Put texts in quotation marks, one key a line."
        ) from err
    stances = raw.pop("stance", {})
    told = _valid(TypeAdapter(CrisisKeys), raw, name=name, under="")
    if not isinstance(stances, dict):
        raise BadSourceFile(f"{name}, stance: it must be tables.", hint="Write [stance.CHN], a table a power.")
    _dates(told, name=name)
    for key in ("place", "against", "alongside"):
        value = getattr(told, key)
        for state in (value,) if isinstance(value, str) else value:
            _state(state, name=name, key=key)
    asked = told.request.to if told.request else ()
    for one in asked:
        _party(one, name=name, key="request.to")
    for one in told.able:
        _body(one, name=name, key="able")
    parties = {*told.against, *told.alongside}
    return Crisis(
        told.key,
        told.title.en,
        told.title.zh,
        told.place,
        told.start,
        told.end,
        told.kind,
        told.subject,
        told.against,
        told.alongside,
        asked,
        told.able,
        told.force_on_people,
        told.border_change,
        told.sources,
        tuple(_stance(p, s, parties=parties, name=name) for p, s in stances.items()),
    )


def _stance(power: str, raw: object, *, parties: set[str], name: str) -> Stance:
    if power not in AGGREGATES:
        _state(power, name=name, key=f"stance.{power}")
    told = _valid(TypeAdapter(StanceKeys), raw, name=name, under=f"stance.{power}")
    where = f"{name}, stance.{power}"
    rungs = {"first": told.first, "firmest": told.firmest}
    if told.party or power in parties:
        if given := next((k for k, rung in rungs.items() if rung), None):
            raise BadSourceFile(
                f"{where}, {given}: {power} is a party, and a party has no rung.",
                hint=f"Take out {given}, or party and the power's place in against or alongside.",
            )
    elif gone := next((k for k, rung in rungs.items() if not rung), None):
        raise BadSourceFile(f"{where}: the key {gone!r} is missing.", hint=f"Use one of {', '.join(RUNGS)}.")
    if not told.party and not told.source:
        raise BadSourceFile(f"{where}: the key 'source' is missing.", hint="Say where what it did can be read.")
    return Stance(
        power,
        told.party or power in parties,
        told.first,
        told.firmest,
        told.what,
        told.what_zh,
        told.source,
        told.confidence,
    )


def _dates(told: CrisisKeys, *, name: str) -> None:
    if told.end and told.end < told.start:
        raise BadSourceFile(
            f"{name}, end: {told.end} is before the start, {told.start}.",
            hint="Exchange them, or leave out the end where it has not ended.",
        )
    # A request may come with the troubles before, or long after the start; a slip of the year does not.
    if told.request and not told.start - YEAR <= told.request.on <= (told.end or told.start) + YEAR:
        raise BadSourceFile(
            f"{name}, request.on: {told.request.on} is more than a year off.",
            hint=f"The crisis starts on {told.start}; look at the years.",
        )


def _state(code: str, *, name: str, key: str) -> None:
    try:
        found = codes.resolve(code)
    except UnknownState as err:
        raise BadSourceFile(f"{name}, {key}: no state has the code {code!r}.", hint=err.hint) from err
    if found != code:
        raise BadSourceFile(f"{name}, {key}: {code!r} is not a code.", hint=f"Write {found}.")


def _body(code: str, *, name: str, key: str) -> None:
    try:
        found = organisations.body_of(code)
    except UsageError as err:
        raise BadSourceFile(f"{name}, {key}: {err.what}", hint=err.hint) from err
    if found != code:
        raise BadSourceFile(f"{name}, {key}: {code!r} is not a code.", hint=f"Write {found}.")


def _party(code: str, *, name: str, key: str) -> None:
    """A request goes to states, powers and organisations."""
    known = {*organisations.bodies()["organisation"], *AGGREGATES}
    if code in known:
        return
    try:
        found = codes.resolve(code)
    except UnknownState as err:
        near = get_close_matches(code, sorted(known), n=3, cutoff=0.5)
        raise BadSourceFile(
            f"{name}, {key}: {code!r} is neither a state nor an organisation.",
            hint=f"Did you mean {', '.join(near)}?" if near else err.hint,
        ) from err
    if found != code:
        raise BadSourceFile(f"{name}, {key}: {code!r} is not a code.", hint=f"Write {found}.")


def _valid(adapter: TypeAdapter[Any], raw: object, *, name: str, under: str) -> Any:
    try:
        return adapter.validate_python(raw)
    except ValidationError as err:
        first = err.errors(include_url=False)[0]
    place = [str(p) for p in first["loc"] if isinstance(p, str) and p not in ("tuple",)]
    at = ".".join([*([under] if under else []), *place])
    if first["type"] == "extra_forbidden":
        near = get_close_matches(place[-1], [f.alias or n for n, f in _fields(adapter).items()], n=1, cutoff=0.6)
        raise BadSourceFile(f"{name}: there is no key {at!r}.", hint=f"Did you mean {near[0]}?" if near else _SEE)
    if first["type"] == "missing":
        raise BadSourceFile(f"{name}: the key {at!r} is missing.", hint=_SEE)
    if first["type"] == "literal_error":
        known = str(first["ctx"]["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        near = get_close_matches(str(first["input"]), known, n=1, cutoff=0.5)
        raise BadSourceFile(
            f"{name}, {at}: there is no {first['input']!r}.",
            hint=f"{f'Did you mean {near[0]}? ' if near else ''}Use one of {', '.join(known)}.",
        )
    said = str(first["msg"]).removeprefix("Value error, ").replace("Input should be", "it must be")
    raise BadSourceFile(f"{name}, {at or 'the file'}: {said}.", hint=_SEE)


def _fields(adapter: TypeAdapter[Any]) -> dict[str, Any]:
    return dict(getattr(adapter._type, "model_fields", {}))
