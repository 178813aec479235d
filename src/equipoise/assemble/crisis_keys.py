"""The keys of a crisis file, and the ladder that stances are told by."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Rung = Literal[
    "oppose-force",
    "oppose-material",
    "oppose-words",
    "silent",
    "calm",
    "support-words",
    "help-after",
    "help-now",
    "join-force",
]
RUNGS: tuple[str, ...] = get_args(Rung)
"""From against to for the authority that governed the place when the crisis began."""

Kind = Literal[
    "unrest", "coup", "disputed-election", "civil-war", "secession", "interstate-war", "annexation", "atrocity"
]
KINDS: tuple[str, ...] = get_args(Kind)

Line = Annotated[str, Field(min_length=1)]
Codes = tuple[str, ...]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True)


class Title(_Strict):
    """A name in English, and in Traditional Chinese where there is one."""

    en: Line
    zh: str = Field(default="", alias="zh-Hant")


class Request(_Strict):
    """The subject's request for help: when, to which states and organisations, by which source."""

    on: dt.date
    to: Annotated[Codes, Field(min_length=1)]
    source: str = ""


class StanceKeys(_Strict):
    """What a power did; a party has no rung."""

    party: bool = False
    first: Rung | None = None
    firmest: Rung | None = None
    what: str = ""
    what_zh: str = Field(default="", alias="what-zh-Hant")
    source: str = ""
    confidence: Literal["high", "medium", "low"] = "medium"


class CrisisKeys(_Strict):
    """A crisis file without its tables of stances."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Title
    place: str
    start: dt.date
    end: dt.date | None = None
    kind: Kind
    subject: Line
    against: Codes = ()
    alongside: Codes = ()
    request: Request | None = None
    able: Codes = ()
    force_on_people: bool
    border_change: bool
    sources: tuple[Line, ...] = ()
