"""Similarity of foreign-policy portfolios for the command line and Python: votes, alliances, or a user's own matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.assemble.held import in_year
from equipoise.assemble.organisations import eu_members
from equipoise.assemble.own_portfolios import OwnPortfolios, read_portfolios, read_scale, read_weights
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.portfolios import SCALE, alliance_portfolios
from equipoise.assemble.powers import AGGREGATES
from equipoise.assemble.roll_calls import SOURCES, roll_calls
from equipoise.assemble.spans import Span, within
from equipoise.errors import NotAPower, UnknownState, UsageError
from equipoise.measure.alliances import MEASURES as AT_ONCE
from equipoise.measure.alliances import MOST_LEVELS, similarities
from equipoise.measure.portfolios import Measure, similarity_to
from equipoise.pipeline.measured import Measured, made

Array = NDArray[np.floating[Any]]
Portfolios = Literal["votes", "alliances"]

VOTES = (1, 3)
LITERATURE = {
    "S": "signorino1999similarity", "S2": "signorino1999similarity", "kappa": "cohen1968kappa",
    "pi": "hage2011choice", "pi_nominal": "scott1955reliability",
}
_UNITS = {
    **dict.fromkeys(get_args(Measure), "−1 to 1"), "agreement": "share of equal entries, 0 to 1",
    "entries": "entries that both portfolios hold", "state_a": "ISO 3166-1 alpha-3", "state_b": "ISO 3166-1 alpha-3",
}


def measure_similarity(
    states: Sequence[str] | str = (), *, on: str = "votes", measures: Sequence[str] | str = "S",
    powers: Sequence[str] | None = None, years: Span | None = None, own: Path | str | None = None,
    scale: str | tuple[float, float] | None = None, weights: Path | str | None = None, pack: Pack | None = None,
) -> Measured:
    """How alike states treat the world, by dyad and year: :func:`equipoise.measure.similarity` on the pack's data.

    One state is compared with all others, or with ``powers``; two or more with each other, or each with ``powers``;
    without any, all are with all. A state is looked for under who held its place before: Russia's votes of 1980 are the
    Soviet Union's. The European Union is the mean of its members.

    Args:
        states: codes or names; rows of ``own``, by their names there.
        on: ``votes`` in the UN General Assembly, yes 1, abstain 2, no 3, by calendar year; ``alliances``, what a state
            owes every state of the year, 0–3.
        measures: some of ``S``, ``S2``, ``kappa``, ``pi``, ``pi_nominal``, ``agreement``.
        powers: codes; ``EUU`` is the Union.
        years: all that are covered by default.
        own: a CSV file with a portfolio a row, its name first, and an entry a column.
        scale: the range of the scale of ``own``, ``"1,3"`` or (1, 3).
        weights: a CSV file with the columns entry and weight, for ``own``.

    Returns:
        ``state_a``, ``state_b``, ``year``, ``entries`` (how many both hold; of the Union null), and a column a measure;
        of ``own`` without a year, the names in ``a`` and ``b``.

    Raises:
        UsageError: an unknown measure or kind of portfolio, options that do not go together, nothing found; and its
            kinds UnknownState, NotAPower and BadYears. BadSourceFile: a file of one's own.

    Examples:
        >>> measure_similarity(["KAZ", "RUS"], on="alliances", years=2010, measures=["S", "pi"]).frame.columns
        ['state_a', 'state_b', 'year', 'entries', 'S', 'pi']
    """
    asked = (states,) if isinstance(states, str) else tuple(states)
    chosen = _measures((measures,) if isinstance(measures, str) else measures)
    pack = pack or embedded()
    if own is not None:
        _apart(powers=powers, years=years)
        return _own(asked, measures=chosen, file=own, scale=read_scale(scale), weights=weights, pack=pack)
    if scale is not None or weights is not None:
        raise UsageError(f"{'--scale' if scale is not None else '--weights'} is for portfolios of your own.",
                         hint="Name their file with --own FILE.csv.")
    if on not in _YEARLY:
        raise UsageError(f"{on!r} are no portfolios.", hint=f"Use {' or '.join(_YEARLY)}, or --own FILE.csv.")
    who = _who(asked, powers=powers)
    source = _YEARLY[on](pack)
    first, last = within(years, covered=source.covered, what=source.what)
    frames = [_year(p, who=who, measures=chosen) for p in source.years(range(first, last + 1), who)]
    frame = pl.concat(frames) if frames else pl.DataFrame()
    _found(frame, who=who, source=source, years=(first, last))
    return _result(frame, who=who, on=on, measures=chosen, years=(first, last), source=source, pack=pack)


@dataclass(frozen=True, slots=True)
class _Who:
    """The states that are compared, and the powers that they are compared with, if any."""

    states: tuple[str, ...]
    powers: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """Every single state that is named."""
        return (*self.states, *(p for p in self.powers if p not in AGGREGATES))


@dataclass(frozen=True, slots=True)
class _Year:
    """The portfolios (n, m) of a year, NaN missing, the names of their holders, and the scale."""

    year: int
    names: tuple[str, ...]
    values: Array
    scale: tuple[float, float]


def _measures(names: Sequence[str]) -> tuple[Measure, ...]:
    wrong = next((m for m in names if m not in get_args(Measure)), None)
    if wrong is not None or not names:
        raise UsageError(f"{wrong or ''!r} is no measure of similarity.",
                         hint=f"Use some of {', '.join(get_args(Measure))}.")
    return cast("tuple[Measure, ...]", tuple(dict.fromkeys(names)))


def _apart(*, powers: Sequence[str] | None, years: Span | None) -> None:
    for option, given in (("--powers", powers), ("--years", years)):
        if given is not None:
            raise UsageError(f"portfolios of your own have no {option[2:]}.", hint=f"Leave {option} out.")


def _who(states: Sequence[str], *, powers: Sequence[str] | None) -> _Who:
    found = tuple(dict.fromkeys(codes.resolve(s) for s in states))
    if powers is None:
        return _Who(found, ())
    if not found:
        raise UsageError("there are powers to compare with, but no state.", hint="For example: similarity KAZ.")
    others = tuple(dict.fromkeys(codes.resolve("EUU" if p.strip().upper() == "EU" else p, unions=True)
                                 for p in powers))
    both = next((p for p in others if p in found), None)
    if both:
        raise NotAPower(f"{both} is among the states and the powers.", hint="Name it on one side only.")
    return _Who(found, others)


class _Votes:
    """Roll calls by calendar year."""

    what, sources, scale = "the roll calls", SOURCES, VOTES

    def __init__(self, pack: Pack) -> None:
        self._calls = roll_calls(pack).select("rcid", "state", "year", "vote").drop_nulls("state")
        span = self._calls.select(a=pl.col("year").min(), b=pl.col("year").max()).row(0)
        self.covered: tuple[int, int] = (int(span[0]), int(span[1]))

    def years(self, years: range, who: _Who) -> Iterator[_Year]:
        """Yield the portfolios of every year that has roll calls."""
        wanted = self._calls.filter(pl.col("year").is_in(list(years))).partition_by("year", as_dict=True)
        for (year,), rows in sorted(wanted.items()):
            held = _held(who.named, year=int(year))
            names = rows["state"].unique().sort()
            calls = rows["rcid"].unique().sort()
            values = np.full((len(names), len(calls)), np.nan)
            at = tuple(rows[c].replace_strict(k, pl.int_range(len(k), eager=True), return_dtype=pl.Int32).to_numpy()
                       for c, k in (("state", names), ("rcid", calls)))
            values[at] = rows["vote"].to_numpy()
            yield _Year(int(year), tuple(held.get(n, n) for n in names), values, self.scale)


class _Alliances:
    """What every state of a year owes every other."""

    what, sources, scale = "the alliances", ("atop",), SCALE

    def __init__(self, pack: Pack) -> None:
        self._atop = pack.table("panel_atop")
        span = self._atop.select(a=pl.col("year").min(), b=pl.col("year").max()).row(0)
        self.covered: tuple[int, int] = (max(int(span[0]), 1816), int(span[1]))

    def years(self, years: range, who: _Who) -> Iterator[_Year]:
        """Yield the portfolios of every year; of two codes of one state, the entry of the one of 31 December counts."""
        there = codes.system_years(first=years[0], last=years[-1])
        states = {int(y): sorted(rows["code"]) for (y,), rows in there.partition_by("year", as_dict=True).items()}
        iso = codes.code_years("cow").filter(pl.col("year").is_in(list(years)))
        of = {(y, c): s for c, y, s in iso.select("code", "year", "iso3").iter_rows()}
        for year, levels in alliance_portfolios(self._atop, states=dict(sorted(states.items()))):
            held = _held(who.named, year=year)
            named = [of.get((year, c)) for c in states[year]]
            kept = [i for i, n in enumerate(named) if n is not None]
            names = tuple(held.get(str(named[i]), str(named[i])) for i in kept)
            yield _Year(year, names, levels[kept], self.scale)


_Source = _Votes | _Alliances
_YEARLY: dict[str, type[_Votes] | type[_Alliances]] = {"votes": _Votes, "alliances": _Alliances}


def _held(named: Sequence[str], *, year: int) -> dict[str, str]:
    """Who held a named state's place in the year → the name that was asked for; a state's own name goes first."""
    held = {in_year(s, year): s for s in reversed(named)}
    return held | {s: s for s in named if s in held}


def _year(p: _Year, *, who: _Who, measures: Sequence[Measure]) -> pl.DataFrame:
    """The rows of a year: a pair once, none of a state with itself, none without a common entry."""
    place = {n: i for i, n in enumerate(p.names)}
    first = [s for s in who.states or p.names if s in place]
    others = who.states if len(who.states) > 1 else p.names
    if who.powers:
        members = [m for u in AGGREGATES if u in who.powers for m in eu_members(p.year)]
        others = tuple(dict.fromkeys((*who.powers, *members)))
    second = [s for s in others if s in place]
    x, y = p.values[[place[s] for s in first]], p.values[[place[s] for s in second]]
    apart = np.array(first, dtype=str)[:, None] != np.array(second, dtype=str)
    i, j = np.nonzero(np.triu(apart) if first == second else apart)
    columns = {"entries": (~np.isnan(x)).astype(float) @ (~np.isnan(y)).T.astype(float)}
    if i.size:
        columns |= _likeness(x, y, measures=measures, scale=p.scale)
    else:
        columns |= dict.fromkeys(measures, columns["entries"])
    frame = pl.DataFrame({
        "state_a": pl.Series(first, dtype=pl.String).gather(i), "state_b": pl.Series(second, dtype=pl.String).gather(j),
        "year": np.full(i.size, p.year, np.int32), **{k: v[i, j] for k, v in columns.items()}}, nan_to_null=True)
    kept = _unions(frame.filter(pl.col("entries") > 0), who=who, year=p.year)
    return kept.with_columns(pl.col("entries").cast(pl.Int32))


def _likeness(x: Array, y: Array, *, measures: Sequence[Measure], scale: tuple[float, float],
              weights: Array | None = None) -> dict[str, Array]:
    """Each measure of every pair of rows (n, k); complete portfolios compared with themselves take the faster way."""
    fast = [m for m in measures if m in AT_ONCE] if np.array_equal(x, y) and len(np.unique(x)) <= MOST_LEVELS else []
    found = similarities(x, scale=scale, weights=weights, measures=fast) if fast else {}
    rest = {m: similarity_to(x, others=y, measure=m, scale=scale, weights=weights) for m in measures if m not in found}
    return {m: (found | rest)[m] for m in measures}


def _unions(frame: pl.DataFrame, *, who: _Who, year: int) -> pl.DataFrame:
    """The rows with powers only, in their order, with that of the Union made of its members'."""
    if not who.powers:
        return frame
    kept = [frame.filter(pl.col("state_b").is_in(list(who.powers)))]
    for union in (u for u in AGGREGATES if u in who.powers):
        mean = frame.filter(pl.col("state_b").is_in(eu_members(year))).group_by(
            "state_a", "year", maintain_order=True).agg(pl.col(frame.columns[4:]).mean())
        kept.append(mean.with_columns(state_b=pl.lit(union), entries=pl.lit(None, pl.Float64)).select(frame.columns))
    rank = pl.col("state_b").replace_strict({p: k for k, p in enumerate(who.powers)}, return_dtype=pl.Int32)
    state = pl.col("state_a").replace_strict({s: k for k, s in enumerate(who.states)}, return_dtype=pl.Int32)
    return pl.concat(kept).sort(state, rank)


def _found(frame: pl.DataFrame, *, who: _Who, source: _Source, years: tuple[int, int]) -> None:
    """Refuse a state without any row."""
    seen = {*frame["state_a"].unique(), *frame["state_b"].unique()} if frame.width else set()
    for state in who.named:
        if state not in seen:
            span = str(years[0]) if years[0] == years[1] else f"{years[0]}–{years[1]}"
            raise UnknownState(f"{state} ({codes.name(state)}) has no pair in {source.what} of {span}.",
                               hint="It, or those to compare it with, were not there: choose other years or states.")


def _result(frame: pl.DataFrame, *, who: _Who, on: str, measures: Sequence[Measure], years: tuple[int, int],
            source: _Source, pack: Pack) -> Measured:
    def draw(words: Any) -> Any:
        from equipoise.view.charts import likeness

        return likeness.by_year(frame, measures=measures, states=who.states, words=words)

    options = {"states": who.states or "all", "on": on, "measures": measures, "powers": who.powers or None,
               "years": years, "scale": source.scale}
    return made("similarity", frame, sources=source.sources, pack=pack, draw=draw, options=options, units=_UNITS,
                literature=_literature(measures))


def _literature(measures: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(LITERATURE[m] for m in measures if m in LITERATURE))


def _own(names: Sequence[str], *, measures: Sequence[Measure], file: Path | str, scale: tuple[float, float],
         weights: Path | str | None, pack: Pack) -> Measured:
    own = read_portfolios(file, scale=scale)
    heavy = None if weights is None else read_weights(weights, entries=own.entries)
    at = _rows_of(own, names=names, file=Path(file).name)
    to = at if len(at) > 1 else [i for i in range(len(own.names)) if i not in at]
    x, y = own.values[at], own.values[to]
    found = _likeness(x, y, measures=measures, scale=scale, weights=heavy)
    common = (~np.isnan(x)).astype(float) @ (~np.isnan(y)).T.astype(float)
    pairs = [(i, j) for i, a in enumerate(at) for j, b in enumerate(to) if a != b and (at is not to or i < j)]
    frame = pl.DataFrame({"a": [own.names[at[i]] for i, _ in pairs], "b": [own.names[to[j]] for _, j in pairs],
                          "entries": [int(common[i, j]) for i, j in pairs],
                          **{m: [float(v[i, j]) for i, j in pairs] for m, v in found.items()}},
                         schema_overrides=dict.fromkeys(measures, pl.Float64), nan_to_null=True)

    def draw(words: Any) -> Any:
        from equipoise.view.charts import likeness

        return likeness.matrix(frame, measures=measures, words=words)

    options = {"own": Path(file).name, "scale": scale, "weights": None if weights is None else Path(weights).name,
               "measures": measures, "names": tuple(own.names[i] for i in at)}
    return made("similarity", frame, sources=(), pack=pack, draw=draw, options=options, units=_UNITS,
                literature=_literature(measures))


def _rows_of(own: OwnPortfolios, *, names: Sequence[str], file: str) -> list[int]:
    odd = next((n for n in names if n not in own.names), None)
    if odd is not None:
        few = ", ".join(own.names[:6])
        raise UnknownState(f"{file} has no portfolio called {odd!r}.", hint=f"It has {few} …" if few else None)
    if len(own.names) < 2:
        raise UsageError(f"{file} has one portfolio.", hint="Give at least two to compare.")
    return [own.names.index(n) for n in dict.fromkeys(names)] or list(range(len(own.names)))
