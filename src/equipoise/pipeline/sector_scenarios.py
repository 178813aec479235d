"""What a scenario does in the world of sectors: real incomes of states, and output and exports of a state's sectors.

It is solved twice: with factors that move between the sectors of a country, the long run, and with factors that cannot,
the short run (:mod:`equipoise.model.caliendo_parro`). The price of oil needs the second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble import codes
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import members
from equipoise.assemble.sector_tables import SectorTables, elasticities_for, sector_elasticities
from equipoise.errors import NotConverged, UsageError
from equipoise.model.caliendo_parro import DEFICITS, Baseline, SectorResult, baseline, caliendo_parro
from equipoise.model.oil_price import at_price
from equipoise.pipeline.measured import Measured, made
from equipoise.pipeline.scenarios import events_of, in_force, remarks_on, title_of
from equipoise.pipeline.sector_trade import table_here, world, year_of
from equipoise.simulate.scenario import Measure, OilPrice, Scenario, named
from equipoise.simulate.sectors import OIL, sector_shock

RUNS = {"long": "mobile", "short": "specific"}
"""Names of the two solutions, and what their factors are."""

_UNITS = {
    **{f"{run}_pct": f"per cent of real income, factors {factors}" for run, factors in RUNS.items()},
    **{f"{run}_{end}_pct": f"per cent of real income, factors {factors}, at the {word} bounds of the scenario's sizes"
       for run, factors in RUNS.items() for end, word in (("low", "worst"), ("high", "best"))},
    **{f"{what}_{run}_pct": f"per cent, volume of {what}, factors {factors}"
       for what in ("output", "exports") for run, factors in RUNS.items()},
    "sales_musd": "million current US dollars, of the table",
}

_TEN_DIGITS = 1e-10


@dataclass(frozen=True, slots=True)
class Run:
    """One solution: where it starts, the result, and results at the bounds of the scenario's sizes."""

    start: Baseline
    result: SectorResult
    bounds: tuple[SectorResult, ...] = ()


def sector_scenario(
    name: str, *, table: Path | str | None = None, state: str | None = None, states: Sequence[str] | None = None,
    on: str | None = None, deficits: str = "zero", top: int = 15, pack: Pack | None = None,
) -> Measured:
    """What a scenario does on an inter-country table: real incomes, or one state's sectors.

    Args:
        name: the id of a ready scenario, or the path of a TOML file.
        table: a file of the OECD's inter-country tables; by default the one on this machine
            (:func:`equipoise.pipeline.sector_trade.table_here`).
        state: a state whose sectors are returned; by default states are.
        states: codes or names whose incomes are returned; by default the ``top`` whose income changes most.
        on: a day, a month or a year, of which the last day counts: only measures in force on it; all by default.
        deficits: ``zero``, trade balanced before and after, or ``kept``.
        top: how many, of states or sectors; 0 for all.

    Returns:
        A row a state, ``long_pct`` and ``short_pct`` of real income, the greatest fall first, with what they are at
        the bounds of sizes that have a range (``long_low_pct`` and so on); or a row a sector that sells anything, the
        largest first: changes of the volumes of output and exports, and ``sales_musd``, with the state's income in
        ``more``, as are the dated ``events`` that the measures rest on, if any are named. Null where a run has no
        solution; the remarks say why.

    Raises:
        UsageError: an unknown scenario, or one whose parties or sectors the table does not have; MissingSource: no
            table; BadSourceFile: a file that is no scenario or table; UnknownState; NotConverged: neither run has a
            solution.
    """
    chosen, when = in_force(name, on=on)
    if top < 0:
        raise UsageError(f"{top} rows cannot be shown.", hint="Use 15, or 0 for all.")
    if deficits not in DEFICITS:
        raise UsageError(f"deficits cannot be {deficits!r}.", hint=f"Known: {', '.join(DEFICITS)}.")
    focal, shown = _chosen(state), None if states is None else [_chosen(s) for s in states]
    path = Path(table) if table else table_here()
    tables = world(path)
    for each in [s for s in (focal, *(shown or ())) if s]:
        if each not in tables.countries:
            raise UsageError(f"the table has no {each}.", hint=f"It has {', '.join(tables.countries)}.")
    runs, why = both_runs(chosen, tables, deficits=deficits)
    incomes = _incomes(tables, runs)
    more = dated = events_of(chosen)
    if focal:
        frame = by_sector(tables, runs, state=focal).head(top or len(tables.sectors))
        more = {"incomes": incomes.filter(pl.col("state") == focal), **dated}
    else:
        frame = incomes.filter(pl.col("state").is_in(shown)) if shown else _most(incomes, top=top)
        frame = frame.sort(*_first(frame), "state")

    def draw(words: Any) -> Any:
        from equipoise.view.charts import sectors

        return sectors.both_runs(frame, words=words)

    told = [*_remarks(chosen, path=path, tables=tables, deficits=deficits), when, *remarks_on(chosen), *why]
    return made("trade-sectors", frame, sources=["icio"], pack=pack or embedded(), draw=draw, more=more, units=_UNITS,
                options={"scenario": chosen.id, "on": on or "all measures", "table": path.name, "deficits": deficits,
                         "measures": [m.kind for m in chosen.measures], "state": focal or "all"},
                literature=("caliendo2015nafta",), heading=_heading(chosen, state=focal), remarks=told, own=(*dated,))


def _heading(chosen: Scenario, *, state: str | None) -> Callable[[Any], str]:
    title = title_of(chosen)
    if state is None:
        return title

    def write(words: Any) -> str:
        from equipoise.view.charts import sectors

        return sectors.heading(title(words), state=state, words=words)

    return write


def both_runs(chosen: Scenario, tables: SectorTables, *, deficits: str) -> tuple[dict[str, Run], list[str]]:
    """Return the solutions that there are, by name, and why others are not there.

    Raises:
        NotConverged: there is none.
    """
    theta = elasticities_for(tables.sectors)
    oil = any(isinstance(m, OilPrice) for m in chosen.measures)
    runs: dict[str, Run] = {}
    why = []
    if oil:
        why.append("the price of oil follows costs where factors move between sectors: there is a short run only.")
    for run, factors in RUNS.items():
        if oil and factors == "mobile":
            continue
        start = baseline(tables, elasticity=theta, deficits=deficits, factors=factors)
        result, weight = solved(chosen.measures, start=start)
        if weight is not None:
            bound = "gain is a lower bound" if weight < 1 else "lose is an upper bound"
            why.append(f"the price of crude changes because oil, gas and fuels weigh {weight:.2f} times as much in "
                       f"what all others spend: what buyers {bound}.")
        if result.status == "solved":
            runs[run] = Run(start, result, tuple(solved(s.measures, start=start)[0] for s in chosen.bounds()))
        else:
            why.append(f"no {run} run: {result.reason}.")
    if not runs:
        raise NotConverged(f"{chosen.id} has no solution: {why[-1]}", hint="Try the other choice of deficits.")
    return runs, why


def solved(measures: Sequence[Measure], *, start: Baseline) -> tuple[SectorResult, float | None]:
    """Return what measures do, and the weight of oil in demand where its price is among them."""
    def rows_at(measure: Measure) -> Any:
        return lambda parties: _rows(parties, year=measure.start.year, countries=start.countries)

    shock = sector_shock(measures, start=start, rows=rows_at)
    if shock.oil_price == 1:
        return caliendo_parro(start, cost_change=shock.cost, tariffs=shock.tariffs), None
    return at_price(start, ratio=shock.oil_price, goods=OIL, cost_change=shock.cost, tariffs=shock.tariffs)


def by_sector(tables: SectorTables, runs: dict[str, Run], *, state: str) -> pl.DataFrame:
    """Return the sectors of a state that sell anything, the largest first, with changes of volumes in per cent."""
    at = tables.countries.index(state)
    abroad = np.arange(len(tables.countries)) != at
    sales = tables.flows[:, at, :].sum(1)
    columns = {}
    for what, buyers in (("output", slice(None)), ("exports", abroad)):
        for run in RUNS:
            columns[f"{what}_{run}_pct"] = _volume(runs.get(run), at=at, buyers=buyers, size=len(sales))
    names = sector_elasticities().select("sector", "name_en")
    frame = pl.DataFrame({"sector": list(tables.sectors)}).join(names, on="sector", maintain_order="left")
    frame = frame.with_columns(pl.DataFrame({**columns, "sales_musd": sales})).filter(pl.col("sales_musd") > 0)
    return frame.sort("sales_musd", "sector", descending=[True, False]).fill_nan(None)


def _volume(run: Run | None, *, at: int, buyers: Any, size: int) -> NDArray[np.float64]:
    """Change of the volume that each sector sells to some buyers, per cent; NaN where it sold nothing."""
    if run is None:
        return np.full(size, np.nan)
    before = run.start.flows[:, at, buyers].sum(1)
    after = run.result.flows[:, at, buyers].sum(1) / run.result.cost[:, at]
    sold = before > _TEN_DIGITS * before.sum()
    return np.asarray(100 * np.divide(after - before, before, out=np.full(size, np.nan), where=sold))


def _incomes(tables: SectorTables, runs: dict[str, Run]) -> pl.DataFrame:
    none = np.full(len(tables.countries), np.nan)
    columns = {"state": list(tables.countries)}
    for name in RUNS:
        run = runs.get(name)
        results = (run.result, *run.bounds) if run else ()
        # A bound without a solution is NaN, and so are the ends of the interval then.
        incomes = np.array([100 * (r.real_income - 1) if r.status == "solved" else none for r in results] or [none])
        columns[f"{name}_pct"] = incomes[0]
        if any(r.bounds for r in runs.values()):
            columns |= {f"{name}_low_pct": incomes.min(0), f"{name}_high_pct": incomes.max(0)}
    return pl.DataFrame(columns).fill_nan(None)


def _first(frame: pl.DataFrame) -> list[str]:
    """The columns of changes that have any, the long run first."""
    return [f"{run}_pct" for run in RUNS if frame[f"{run}_pct"].count()]


def _most(incomes: pl.DataFrame, *, top: int) -> pl.DataFrame:
    by = pl.col(_first(incomes)[0]).abs()
    return incomes.sort(by, "state", descending=[True, False]).head(top or incomes.height)


def _chosen(name: str | None) -> str | None:
    return None if name is None else codes.resolve(name)


def _rows(parties: Sequence[str], *, year: int, countries: Sequence[str]) -> NDArray[np.intp]:
    """Places of a measure's parties in the table, groups by their members of the year."""
    found = [s for s in members(parties, years=[year])["state"] if s in countries]
    if not found:
        raise UsageError(f"the table has none of {', '.join(parties)}.", hint=f"It has {', '.join(countries)}.")
    return np.array([countries.index(s) for s in dict.fromkeys(found)], dtype=np.intp)


def _remarks(chosen: Scenario, *, path: Path, tables: SectorTables, deficits: str) -> list[str]:
    year = year_of(path)
    out = [f"starts from the inter-country table {f'of {year}' if year else path.name}; trade "
           f"{'is balanced before and after' if deficits == 'zero' else 'deficits keep their values'}."]
    if path.suffix == ".npz":
        out.append("final sales by buyer are not in this file and are spread as sales to industries are.")
    parties = dict.fromkeys((p, m.start.year) for m in chosen.measures for p in named(m.model_dump()))
    left = [p for p, y in parties if not {*members([p], years=[y])["state"]} & {*tables.countries}]
    if left:
        out.append(f"not in the table, hence left out: {', '.join(dict.fromkeys(left))}.")
    return out
