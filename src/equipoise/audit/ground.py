"""The ground a claim is checked on: figures, dates, memberships, borders and votes, each with its source."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from equipoise import data
from equipoise.assemble import organisations as registry
from equipoise.assemble.codes import to_cow
from equipoise.assemble.dates import first_day, last_day
from equipoise.assemble.events import events as timeline
from equipoise.assemble.packed import Pack
from equipoise.audit.quantities import first_entries, table

CAST = {1: "yes", 2: "abstain", 3: "no"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in the base unit of its quantity, with its source; the confidence is empty for data sets."""

    value: float
    source: str
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """A time between two days: the same one where the day is known; both None where the date is not."""

    first: dt.date | None
    last: dt.date | None
    source: str
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """That a state is in a body in some way."""

    state: str
    kind: str
    source: str
    confidence: str


class Ground:
    """What is known, from a pack and the hand-kept tables.

    Args:
        pack: the tables of figures.
        without: names by which sources call the audited document; what rests on nothing else does not count.
    """

    def __init__(self, pack: Pack, *, without: Sequence[str] = ()) -> None:
        self._pack = pack
        self._without = tuple(without)
        self._tables: dict[str, pl.DataFrame] = {}

    def figures(self, quantity: str, *, organisation: str = "") -> pl.DataFrame:
        """The table of a quantity, see :func:`equipoise.audit.quantities.table`, less what rests on the document."""
        key = f"{quantity}/{organisation}"
        if key not in self._tables:
            frame = (first_entries(organisation=organisation) if quantity == "first_membership"
                     else table(self._pack, quantity=quantity))
            named = frame["source"].unique().to_list()
            own = [s for s in named if not self._independent(s)]
            self._tables[key] = frame.filter(~pl.col("source").is_in(own))
        return self._tables[key]

    def figure(self, quantity: str, *, state: str, partner: str = "", period: str = "") -> Figure | None:
        """One figure; None where it is not known."""
        frame = self.figures(quantity).filter(pl.col("state") == state, pl.col("partner") == partner,
                                              pl.col("period") == period)
        if not frame.height:
            return None
        row = frame.row(0, named=True)
        return Figure(row["value"], row["source"], row["confidence"] or "")

    def event(self, event: str) -> Dated | None:
        """When something happened; None where no event has the id."""
        found = known_events().filter(pl.col("event") == event)
        if not found.height:
            return None
        row = found.row(0, named=True)
        if row["source"] is None or not self._independent(row["source"]):
            return Dated(None, None, "")
        return Dated(row["first"], row["last"], row["source"], row["confidence"] or "")

    def founded(self, organisation: str) -> Dated:
        """When a body was founded."""
        row = registry.bodies().filter(pl.col("organisation") == organisation).row(0, named=True)
        if row["founded"] is None:
            return Dated(None, None, "")
        span = pl.DataFrame({"d": [row["founded"]]}).select(first_day("d").alias("a"), last_day("d").alias("b")).row(0)
        own = registry.spells().filter(pl.col("organisation") == organisation, pl.col("start") >= span[0],
                                       pl.col("start") <= span[1])
        source = own["source"].mode().sort().first() if own.height else None
        return Dated(span[0], span[1], str(source or row["name_en"]))

    def entered(self, organisation: str, *, state: str, kind: str, edge: str) -> Dated:
        """When a state first began, or last ceased, to be in a body in a certain way."""
        own = registry.spells().filter(pl.col("organisation") == organisation, pl.col("state") == state,
                                       pl.col("kind") == kind).drop_nulls(edge).sort(edge)
        if not own.height:
            return Dated(None, None, "")
        row = own.row(0 if edge == "start" else -1, named=True)
        precision = row["precision" if edge == "start" else "end_precision"]
        day = row[edge]
        span = {"day": (day, day), "month": (day.replace(day=1), _month_end(day)),
                "year": (dt.date(day.year, 1, 1), dt.date(day.year, 12, 31))}[precision]
        return Dated(*span, row["source"], row["confidence"])

    def ties(self, organisation: str, *, on: dt.date, kinds: Sequence[str]) -> list[Tie]:
        """Who is in a body on a day in one of these ways, sorted by state."""
        own = registry.spells().filter(
            pl.col("organisation") == organisation, pl.col("kind").is_in(list(kinds)), pl.col("start") <= on,
            (pl.col("end") >= on).fill_null(value=True)).unique("state", keep="first", maintain_order=True)
        rows = own.sort("state").select("state", "kind", "source", "confidence").iter_rows()
        return [Tie(*row) for row in rows]

    def known_days(self, organisation: str) -> tuple[dt.date | None, dt.date | None]:
        """The first day on which the registry has anybody in a body, and the last on which it knows of any body."""
        starts = registry.spells().filter(pl.col("organisation") == organisation)["start"]
        return (starts.sort()[0], registry.spells()["start"].sort()[-1]) if len(starts) else (None, None)

    def bordering(self, state: str) -> tuple[frozenset[str], str]:
        """The states that share a land border with a state, and the source."""
        frame = self.figures("border").filter(pl.col("state") == state)
        return frozenset(frame["partner"]), (frame["source"][0] if frame.height else "")

    def vote(self, resolution: str, *, state: str) -> tuple[str | None, str]:
        """How a state voted on a resolution of the General Assembly: yes, no, abstain, None if unknown; the source."""
        found = resolutions().filter(pl.col("resolution") == resolution)
        if not found.height:
            return None, ""
        row = found.row(0, named=True)
        cow = to_cow(state, year=row["date"].year)
        calls = self._pack.table("panel_un_roll_calls").filter(pl.col("rcid") == row["rcid"], pl.col("cow") == cow)
        return (CAST.get(calls["vote"][0]), row["source"]) if calls.height else (None, row["source"])

    def _independent(self, source: str) -> bool:
        """Whether one of the sources, ``;`` between two, is not the document itself."""
        return bool(evidence(source, without=self._without))


def evidence(source: str, *, without: Sequence[str]) -> list[str]:
    """The parts of a source, ``;`` between two, that do not name an audited document.

    >>> evidence("Lin, section 4; Lincoln Daily News", without=["Lin"])
    ['Lincoln Daily News']
    """
    named = [re.compile(rf"\b{re.escape(name)}\b") for name in without]
    return [part.strip() for part in source.split(";") if not any(name.search(part) for name in named)]


@cache
def known_events() -> pl.DataFrame:
    """Return the dated events: ``event``, ``first`` and ``last`` day, ``en``, ``zh``, ``source``, ``confidence``.

    Those of the timeline; and from ``data/claims/events.csv``, which goes first, those that the timeline lacks or knows
    from an audited document only. An event without a date has been looked for.
    """
    raw = pl.read_csv(data.read("claims/events.csv"), infer_schema=False)
    own = raw.select("event", first_day("date").alias("first"), last_day("date").alias("last"), "en", "zh", "source",
                     "confidence")
    month = pl.col("precision") == "month"
    told = timeline().select(
        pl.col("id").alias("event"), pl.col("date").alias("first"),
        pl.when(month).then(pl.col("date").dt.month_end()).otherwise(pl.col("date")).alias("last"),
        pl.col("title_en").alias("en"), pl.col("title_zh").alias("zh"), "source", "confidence")
    return pl.concat([own, told.join(own, on="event", how="anti")])


@cache
def resolutions() -> pl.DataFrame:
    """Return resolutions that claims name: ``resolution``, ``rcid`` of the roll call, ``date``, ``source``."""
    raw = pl.read_csv(data.read("claims/resolutions.csv"), schema_overrides={"rcid": pl.Int64})
    return raw.with_columns(pl.col("date").str.to_date("%Y-%m-%d"))


def _month_end(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
