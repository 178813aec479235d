"""Scenarios as data: sanctions, counter-sanctions, rerouting, customs unions, corridors, oil, currencies, trade wars.

A scenario is a TOML file: who it is, and a list of measures, each of a kind with its own keys. Sizes have a source, or
are marked as assumed. What a file means for the costs of trade is in :mod:`equipoise.simulate.costs` for one sector and
in :mod:`equipoise.simulate.sectors` for many.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from equipoise.assemble import codes
from equipoise.assemble.events import events
from equipoise.assemble.powers import AGGREGATES
from equipoise.assemble.sector_tables import sector_elasticities
from equipoise.errors import BadSourceFile, UsageError

SECTORS = ("all", "goods", "fuels")
"""Words for several sectors. One sector trades goods alone, so that all are goods, and fuels count by their part in
each flow; anything finer is a code of the inter-country tables, such as ``C26``."""

Parties = Annotated[tuple[str, ...], Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class _Sized(_Frozen):
    """What has sizes: bounds for those that are not well known."""

    range: dict[str, tuple[float, float]] = {}

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        for name, (low, high) in self.range.items():
            value = getattr(self, name, None)
            if not isinstance(value, float):
                raise ValueError(f"it has no size {name} that could have a range")
            if not low <= value <= high:
                raise ValueError(f"its {name} of {value:g} is not in its range from {low:g} to {high:g}")
            for bound in (low, high):
                try:
                    type(self).model_validate({**self.model_dump(), name: bound, "range": {}})
                except ValidationError as err:
                    raise ValueError(f"its range has a {name} of {bound:g}, which cannot be") from err
        return self

    def at_bound(self, place: int) -> Self:
        """Return it with the sizes that have a range at its lower (0) or upper (1) bound."""
        return self.model_copy(update={name: bounds[place] for name, bounds in self.range.items()})


class _Measure(_Sized):
    """What all measures have: when, where their size is from, and the ids of the dated events that they rest on."""

    start: date
    end: date | None = None
    source: str = ""
    assumed: bool = False
    note: str = ""
    events: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _told(self) -> _Measure:
        if self.end and self.end < self.start:
            raise ValueError(f"it ends on {self.end}, before it starts on {self.start}")
        if not (self.source or self.assumed):
            raise ValueError("its size has no source and is not marked as assumed")
        return self


class Reroute(_Sized):
    """How much of what is blocked goes another way: via whom, dearer by which part, up to which amount a year."""

    via: Parties
    extra_cost: Annotated[float, Field(ge=0)]
    capacity_musd: Annotated[float, Field(ge=0)]


class Sanction(_Measure):
    """Senders block a share of their exports to the targets, of imports from them, or of both."""

    kind: Literal["sanction", "counter_sanction"]
    senders: Parties
    targets: Parties
    direction: Literal["exports", "imports", "both"]
    sectors: Annotated[tuple[str, ...], Field(min_length=1)] = ("all",)
    share_blocked: Share
    reroute: Reroute | None = None

    @model_validator(mode="after")
    def _apart(self) -> Sanction:
        if both := sorted(set(self.senders) & set(self.targets)):
            raise ValueError(f"{both[0]} is sender and target at once")
        if self.reroute and (both := sorted(set(self.reroute.via) & {*self.senders, *self.targets})):
            raise ValueError(f"{both[0]} reroutes trade that is its own")
        return self

    def at_bound(self, place: int) -> Self:
        """Return it at its bounds, rerouting included."""
        rerouted = self.reroute and self.reroute.at_bound(place)
        return super().at_bound(place).model_copy(update={"reroute": rerouted})


class Union(_Measure):
    """A state joins or leaves a customs union: trade with its members gets cheaper or dearer by a part."""

    kind: Literal["union_entry", "union_exit"]
    state: str
    members: Parties
    cost: Annotated[float, Field(gt=0)]


class Corridor(_Measure):
    """A way opens or shuts: trade between two sides gets cheaper or dearer by a part."""

    kind: Literal["corridor_opened", "corridor_shut"]
    between: Parties
    across: Parties
    cost: Annotated[float, Field(gt=0, lt=10)]


class OilPrice(_Measure):
    """The price of oil, as new over old."""

    kind: Literal["oil_price"]
    ratio: Annotated[float, Field(gt=0)]


class Depreciation(_Measure):
    """A currency loses part of its value, of which a part comes through in relative costs."""

    kind: Literal["depreciation"]
    state: str
    fall: Annotated[float, Field(ge=0, lt=1)]
    pass_through: Share = 1.0


class TradeWar(_Measure):
    """Two sides tax each other's goods."""

    kind: Literal["trade_war"]
    one: Parties
    other: Parties
    tariff: Annotated[float, Field(gt=0)]


Measure = Annotated[
    Sanction | Union | Corridor | OilPrice | Depreciation | TradeWar, Field(discriminator="kind")
]


class Scenario(_Frozen):
    """A scenario: its id, its names in both languages, the year it starts from, and its measures."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title_en: Annotated[str, Field(min_length=1)]
    title_zh: Annotated[str, Field(min_length=1)]
    year: int
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]

    def parties(self) -> Iterator[str]:
        """Every state or group that a measure names."""
        for measure in self.measures:
            yield from named(measure.model_dump())

    def on(self, day: date) -> Scenario:
        """The scenario with the measures in force on a day alone, from their start to their end, both included.

        Raises:
            UsageError: none is in force; the hint says when each is.

        >>> len(scenario("russia-2014").on(date(2014, 8, 1)).measures)
        1
        """
        there = tuple(m for m in self.measures if m.start <= day and (m.end is None or day <= m.end))
        if not there:
            spans = "; ".join(f"{m.kind} from {m.start}{f' to {m.end}' if m.end else ''}" for m in self.measures)
            raise UsageError(f"no measure of {self.id} is in force on {day}.", hint=f"They are: {spans}.")
        return self.model_copy(update={"measures": there})

    def ranges(self) -> list[str]:
        """Return the sizes that have a range, in words.

        >>> scenario("eaeu-exit").ranges()
        ['cost 0.05 (0.026 to 0.092)']
        """
        sized = [x for m in self.measures for x in (m, getattr(m, "reroute", None)) if x]
        return [f"{name} {getattr(x, name):g} ({low:g} to {high:g})" for x in sized
                for name, (low, high) in x.range.items()]

    def bounds(self) -> list[Scenario]:
        """Return the scenario with all sizes that have a range at their lower bounds, and at their upper; or nothing.

        >>> [s.measures[0].cost for s in scenario("eaeu-exit").bounds()]
        [0.026, 0.092]
        """
        return [self.model_copy(update={"measures": tuple(m.at_bound(place) for m in self.measures)})
                for place in (0, 1) if self.ranges()]


def named(value: dict[str, Any]) -> Iterator[str]:
    """Every state or group that a measure's fields name."""
    for key in ("senders", "targets", "members", "between", "across", "one", "other", "via"):
        yield from value.get(key) or ()
    if value.get("state"):
        yield value["state"]
    if value.get("reroute"):
        yield from named(value["reroute"])


def scenario(name: str) -> Scenario:
    """Return a scenario: one of the ready ones by id, or a TOML file by its path.

    Raises:
        UsageError: no ready scenario has this id; BadSourceFile: the file cannot be read, or is no scenario.

    >>> scenario("eaeu-exit").measures[0].kind
    'union_exit'
    """
    if name.endswith(".toml"):
        try:
            return parse(Path(name).read_text(encoding="utf-8"), name=name)
        except (OSError, UnicodeDecodeError) as err:
            raise BadSourceFile(f"{name} cannot be read.", hint="Is it there, and is it UTF-8?") from err
    if name not in ready():
        raise UsageError(f"there is no scenario {name}.", hint=f"There are {', '.join(ready())}, or name a .toml file.")
    found = files("equipoise.data").joinpath(f"scenarios/{name}.toml").read_text(encoding="utf-8")
    return parse(found, name=name)


def ready() -> list[str]:
    """Return the ids of the scenarios that come with the package.

    >>> len(ready())
    8
    """
    folder = files("equipoise.data").joinpath("scenarios")
    return sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml"))


def parse(text: str, *, name: str) -> Scenario:
    """Return the scenario that a TOML text holds; raise BadSourceFile with the place of what is wrong."""
    try:
        found = Scenario.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as err:
        raise BadSourceFile(f"{name} is not TOML: {err}.", hint="See the ready scenarios for the form.") from err
    except ValidationError as err:
        first = err.errors()[0]
        place = ".".join(str(p) for p in first["loc"]) or "the file"
        said = first["msg"].removeprefix("Value error, ")
        raise BadSourceFile(f"{name}, {place}: {said}.", hint="See the ready scenarios for the form.") from err
    for party in found.parties():
        if party not in AGGREGATES and codes.resolve(party) != party:
            raise BadSourceFile(f"{name}: {party} is not a code.", hint=f"Write {codes.resolve(party)}.")
    known = {*SECTORS, *sector_elasticities()["sector"]}
    dated = events()["id"].to_list()
    for measure in found.measures:
        if strange := next((e for e in measure.events if e not in dated), None):
            near = get_close_matches(strange, dated, n=3, cutoff=0.4)
            hint = f"Did you mean {', '.join(near)}?" if near else "`equipoise events --json` has their ids."
            raise BadSourceFile(f"{name}: there is no event {strange!r}.", hint=hint)
        if unknown := sorted(set(getattr(measure, "sectors", ())) - known):
            raise BadSourceFile(f"{name}: there is no sector {unknown[0]}.",
                                hint=f"Use {', '.join(SECTORS)}, or codes of the inter-country tables, such as C26.")
    return found
