"""The keys of a claim's check, by type: what may be written, and what goes with what."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from equipoise.audit.amounts import Tolerance, day_span, tolerance


class Strict(BaseModel):
    """A model that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Text(Strict):
    """A text in one language or both; what is missing in one is taken from the other."""

    en: str = ""
    zh: str = Field(default="", alias="zh-Hant")

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.en or self.zh):
            raise ValueError("the text is empty")
        return self

    def of(self, lang: str) -> str:
        """The text in a language, ``en`` or ``zh-Hant``."""
        return (self.zh or self.en) if lang == "zh-Hant" else (self.en or self.zh)


def _text(value: object) -> object:
    return {"en": value} if isinstance(value, str) else value


def _names(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _period(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _real(value: str) -> str:
    day_span(value)
    return value


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value} is no day; write it as 2019-03-20") from None
    return value


Words = Annotated[Text, BeforeValidator(_text)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Day = Annotated[dt.date, BeforeValidator(_day)]
Period = Annotated[str, BeforeValidator(_period), Field(pattern=r"^\d{4}(-\d{2})?$"), AfterValidator(_real)]
Stated = Annotated[str, BeforeValidator(_period), Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$"), AfterValidator(_real)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Comparison = Literal["equals", "more_than", "at_least", "less_than", "at_most"]
Order = Literal["largest", "smallest", "first", "last"]


class _Amount(Strict):
    """What the checks of a figure have in common."""

    quantity: str
    claimed: Number
    relation: Comparison = "equals"
    tolerance: Number | str | None = None

    @model_validator(mode="after")
    def _tolerable(self) -> Self:
        try:
            self.allowed()
        except ValueError as err:
            raise ValueError(f"tolerance: {err}") from None
        return self

    def allowed(self) -> Tolerance:
        """How far what is found may lie from what is claimed."""
        return tolerance(self.tolerance, claimed=self.claimed)


class ValueCheck(_Amount):
    """A figure of a state, or of a state with a partner, in a year or month, or summed over years up to ``to``."""

    check: Literal["value"]
    state: str = ""
    partner: str = ""
    period: Period
    to: Period | None = None
    unit: str

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.to is not None and self.to < self.period:
            raise ValueError(f"to: {self.to} is before {self.period}")
        return self


class ShareCheck(_Amount):
    """A share in per cent: of partners in a state's whole, or of one quantity in another."""

    check: Literal["share"]
    state: str
    partners: Names = ()
    whole: str = ""
    period: Period
    unit: str = "%"

    @model_validator(mode="after")
    def _of_what(self) -> Self:
        if bool(self.partners) == bool(self.whole):
            raise ValueError("a share is of partners or of a whole: give one of the keys partners and whole")
        if len(set(self.partners)) < len(self.partners):
            raise ValueError("partners: one is named twice")
        return self


class GrowthCheck(_Amount):
    """Change in per cent from the level of one year to that of another."""

    check: Literal["growth"]
    state: str = ""
    partner: str = ""
    start: Period = Field(alias="from")
    to: Period
    unit: str = "%"

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.start >= self.to:
            raise ValueError(f"the span from {self.start} to {self.to} does not go forward")
        return self


class DateCheck(Strict):
    """The day of an event, of an organisation's founding, or of a state's entry into it."""

    check: Literal["date"]
    event: str = ""
    organisation: str = ""
    state: str = ""
    kind: str = "member"
    edge: Literal["start", "end"] = "start"
    claimed: Stated
    until: Stated | None = None
    relation: Literal["equals", "by", "after"] = "equals"
    tolerance: Annotated[str, Field(pattern=r"^\d{1,5} days?$")] = "0 days"

    @model_validator(mode="after")
    def _of_what(self) -> Self:
        if bool(self.event) == bool(self.organisation):
            raise ValueError("a date is of an event or of an organisation: give one of the keys event and organisation")
        first, last = day_span(self.claimed), day_span(self.until or self.claimed)
        if last[0] < first[0]:
            raise ValueError(f"until, {self.until}, is before claimed, {self.claimed}")
        return self


class MembershipCheck(Strict):
    """Who is in organisations on a day."""

    check: Literal["membership"]
    organisations: Names = Field(min_length=1)
    states: Names = ()
    group: str = ""
    kinds: Names = ("member",)
    relation: Literal["include", "exclude", "exactly", "within"]
    on: Day

    @model_validator(mode="after")
    def _who(self) -> Self:
        if bool(self.states) == bool(self.group):
            raise ValueError("say who: give one of the keys states and group")
        return self


class BorderCheck(Strict):
    """Whether a state has land borders with others, or with which members of a body it has none."""

    check: Literal["border"]
    state: str
    with_: Names = Field(alias="with", min_length=1)
    organisation: str = ""
    on: Day | None = None
    relation: Literal["all", "none", "all_but"]

    @model_validator(mode="after")
    def _among(self) -> Self:
        if (self.relation == "all_but") != bool(self.organisation) or bool(self.organisation) != bool(self.on):
            raise ValueError("the relation all_but goes with the keys organisation and on, the others without them")
        return self


class RankingCheck(Strict):
    """The place of a state, of partners, of a pair or of a year when a quantity is put in order."""

    check: Literal["ranking"]
    quantity: str
    state: str = ""
    partner: str = ""
    partners: Names = ()
    group: str = ""
    organisation: str = ""
    on: Day | None = None
    years: tuple[int, int] | None = None
    period: Period | None = None
    order: Order
    claimed: Annotated[int, Field(ge=1)] | None = None
    in_order: bool = True

    @model_validator(mode="after")
    def _form(self) -> Self:
        if bool(self.partners) == (self.claimed is not None):
            raise ValueError("give either claimed, a place from 1, or partners, those that come first")
        if (self.quantity == "first_membership") != bool(self.organisation and not (self.on or self.period)):
            raise ValueError("the key organisation goes with on or period, or with the quantity first_membership")
        if self.years and (self.period is None or self.years[0] >= self.years[1]):
            raise ValueError("years needs a first and a later last year, and period the one that is placed")
        return self


class CountCheck(Strict):
    """How many: members of one or all of several organisations, years above a level, or votes of some kinds."""

    check: Literal["count"]
    of: Literal["members", "years", "votes"]
    claimed: Annotated[int, Field(ge=0)]
    relation: Comparison = "equals"
    organisations: Names = ()
    kinds: Names = ("member",)
    on: Day | None = None
    quantity: str = ""
    state: str = ""
    start: Period | None = Field(default=None, alias="from")
    to: Period | None = None
    above: Number | None = None
    resolutions: Names = ()
    votes: tuple[Literal["yes", "no", "abstain"], ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed: dict[str, tuple[str, ...]] = {
            "members": ("organisations", "on"), "years": ("quantity", "start", "to", "above"),
            "votes": ("state", "resolutions", "votes"),
        }
        for key in needed[self.of]:
            if getattr(self, key) in ("", None, ()):
                raise ValueError(f"a count of {self.of} needs the key {'from' if key == 'start' else key}")
        if self.start and self.to and self.to < self.start:
            raise ValueError(f"to: {self.to} is before {self.start}")
        return self


Check = (ValueCheck | ShareCheck | GrowthCheck | DateCheck | MembershipCheck | BorderCheck | RankingCheck | CountCheck)
CHECKS: dict[str, type[Strict]] = {
    "value": ValueCheck, "share": ShareCheck, "date": DateCheck, "membership": MembershipCheck, "border": BorderCheck,
    "ranking": RankingCheck, "growth": GrowthCheck, "count": CountCheck,
}
"""The types of check by name."""
