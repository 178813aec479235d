"""What a scenario does to real incomes, from the pack's trade, with the interval over the elasticity and its sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl

from equipoise.assemble import codes
from equipoise.assemble.crisis_events import COLUMNS
from equipoise.assemble.dates import read_period
from equipoise.assemble.events import events
from equipoise.assemble.packed import Pack, embedded
from equipoise.errors import NotConverged, UsageError
from equipoise.model.trade_elasticity import HIGH, LITERATURE, LOW, elasticity_at
from equipoise.pipeline.measured import Measured, made
from equipoise.pipeline.trade import METHOD
from equipoise.pipeline.trade_worlds import SOURCES, Recorded, trade_world
from equipoise.simulate.costs import cost_changes
from equipoise.simulate.scenario import Sanction, Scenario, scenario

POINTS = 20
"""Elasticities, one from the middle of each of as many equal parts of its interval."""

_UNITS = {"change_pct": "per cent of real income, median over the elasticity",
          "low_pct": "per cent, 5th percentile over the elasticity, at the worst bounds of the scenario's sizes",
          "high_pct": "per cent, 95th percentile over the elasticity, at the best bounds of the scenario's sizes"}


def simulate(name: str, *, states: Sequence[str] | None = None, on: str | None = None, top: int = 15,
             pack: Pack | None = None) -> Measured:
    """What a scenario does to real incomes: one-sector trade in general equilibrium.

    Args:
        name: the id of a ready scenario, or the path of a TOML file.
        states: codes or names whose change is returned; by default the ``top`` whose income changes most.
        on: a day, a month or a year, of which the last day counts: only measures in force on it; all by default.
        top: how many.

    Returns:
        A row a state: ``change_pct`` of real income with ``low_pct`` and ``high_pct``, the greatest fall first. In
        ``more`` the dated ``events`` that the measures rest on, if any are named.

    Raises:
        UsageError: an unknown scenario, one that needs sectors, or none of its measures in force; UnknownState;
            BadSourceFile: a file that is no scenario; NotConverged.
    """
    pack, (chosen, when) = pack or embedded(), in_force(name, on=on)
    found = trade_world(pack, year=chosen.year)
    frame = income_changes(chosen, found, fuels=fuel_shares(pack, found))
    named = None if states is None else list(dict.fromkeys(codes.resolve(s) for s in states))
    for state in named or ():
        found.world.at(state)
    if named:
        shown = frame.filter(pl.col("state").is_in(named))
    else:
        shown = frame.sort(pl.col("change_pct").abs(), "state", descending=[True, False]).head(top)
    shown = shown.sort("change_pct", "state")
    told = [f"starts from the trade of {chosen.year}.", when, *remarks_on(chosen), *_remarks(chosen, found)]

    def draw(words: Any) -> Any:
        from equipoise.view.charts import decoupling

        return decoupling.changes(shown, words=words)

    dated = events_of(chosen)
    fuel = any("fuels" in m.sectors for m in chosen.measures if isinstance(m, Sanction))
    trade = "imf_trade" if chosen.year > 2014 else "cow_trade"
    used = [s for s in SOURCES if s in (trade, "world_bank") or (s == "kaz_trade" and found.borrowed)]
    return made("simulate", shown, sources=[*used, *(["fuels"] if fuel else [])], pack=pack, draw=draw, units=_UNITS,
                options={"scenario": chosen.id, "year": chosen.year, "on": on or "all measures",
                         "measures": [m.kind for m in chosen.measures], "deficits": "multiplicative",
                         "elasticity": f"{LOW:g}–{HIGH:g}, 5th and 95th percentile"},
                literature=(*METHOD, *LITERATURE), remarks=told, heading=title_of(chosen), more=dated, own=(*dated,))


def events_of(chosen: Scenario) -> dict[str, pl.DataFrame]:
    """Return the dated events that a scenario's measures rest on, as the table ``events``; nothing where none do.

    >>> events_of(scenario("russia-2014"))["events"].select("measure_kind", "id").rows()
    [('sanction', 'crimea-sanctions'), ('sanction', 'sanctions-2014'), ('counter_sanction', 'food-ban')]
    """
    rows = [(m.kind, e) for m in chosen.measures for e in m.events]
    if not rows:
        return {}
    named = pl.DataFrame(rows, schema=["measure_kind", "id"], orient="row").unique(maintain_order=True)
    found = named.join(events(), on="id", maintain_order="left").rename({"end": "until"})
    return {"events": found.select("measure_kind", *COLUMNS)}


def in_force(name: str, *, on: str | None) -> tuple[Scenario, str]:
    """Return a scenario with the measures in force on the last day of ``on``, or with all, and which that is in words.

    >>> in_force("russia-2014", on="2014-08")[1]
    'with the 2 of 2 measures in force on 2014-08-31.'
    """
    whole = scenario(name)
    count = len(whole.measures)
    if on is None:
        return whole, ("with its measure, whatever the day." if count == 1 else
                       f"with all {count} measures at once, whatever the day; --on DATE takes those in force.")
    day = read_period(on)[1]
    chosen = whole.on(day)
    return chosen, f"with the {len(chosen.measures)} of {count} measures in force on {day}."


def title_of(chosen: Scenario) -> Callable[[Any], str]:
    """Return what writes a scenario's title in a language."""
    return lambda words: chosen.title_zh if words.lang == "zh" else chosen.title_en


def remarks_on(chosen: Scenario) -> list[str]:
    """Return what a reader must know of a scenario's sizes."""
    assumed = sorted({m.kind for m in chosen.measures if m.assumed})
    told = [f"sizes are assumed for: {', '.join(assumed)}."] if assumed else []
    if ranges := chosen.ranges():
        told.append(f"sizes lie within ranges, and low and high are at their bounds: {'; '.join(ranges)}.")
    return told


def income_changes(chosen: Scenario, found: Recorded, *, fuels: np.ndarray) -> pl.DataFrame:
    """Return every state's change in real income, per cent, with its interval; ``fuels`` (n, n) as shares of flows.

    The interval is the least 5th and the greatest 95th percentile over the elasticity, of the scenario as it is, with
    all its sizes that have a range at their lower bounds, and with all at their upper.
    """
    from equipoise.model.armington import STATUSES, solve_trade  # imports JAX, which few commands need

    theta = np.array([elasticity_at((i + 0.5) / POINTS) for i in range(POINTS)])

    def rows(parties: Sequence[str]) -> np.ndarray:
        members = [s for p in parties for s in found.states_of(p)]
        if not members:
            raise UsageError(f"{', '.join(parties)} did not trade in {found.year}.", hint="Choose another base year.")
        return np.array([found.world.at(s) for s in dict.fromkeys(members)], dtype=np.intp)

    each = [chosen, *chosen.bounds()]
    costs = [cost_changes(s, flows=found.world.flows, fuels=fuels, rows=rows, elasticity=theta) for s in each]
    theta = np.tile(theta, len(each))
    end = solve_trade(found.world, cost_change=np.concatenate(costs), elasticity=theta)
    if (end.status != STATUSES.index("solved")).any():
        worst = int(np.argmax(end.residual))
        raise NotConverged(f"{chosen.id} could not be solved at an elasticity of {theta[worst]:.2f}: a gap of "
                           f"{end.residual[worst]:.0e} is left, the largest of "
                           f"{found.world.countries[int(end.worst[worst])]}.")
    change = 100 * (end.real_income - 1).reshape(len(each), POINTS, -1)
    low, middle, high = np.quantile(change, [0.05, 0.5, 0.95], axis=1)
    return pl.DataFrame({"state": list(found.world.countries), "change_pct": middle[0], "low_pct": low.min(0),
                         "high_pct": high.max(0)})


def fuel_shares(pack: Pack, found: Recorded) -> np.ndarray:
    """Return the part of coal, oil and gas in each flow (n, n), 0 to 1; 0 where none is recorded."""
    names = found.world.countries
    row = {s: i for i, s in enumerate(names)}
    here = pack.table("fuels").filter(pl.col("year") == min(found.year, 2024), pl.col("exporter").is_in(names),
                                      pl.col("importer").is_in(names)).drop_nulls("value_musd")
    fuel = np.zeros((len(names), len(names)))
    fuel[[row[s] for s in here["exporter"]], [row[s] for s in here["importer"]]] = here["value_musd"].to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(found.world.flows > 0, fuel / found.world.flows, 0.0)
    # The two sources differ in what they record: fuels cannot be more than all goods.
    return np.minimum(share, 1.0)


def _remarks(chosen: Scenario, found: Recorded) -> list[str]:
    out = []
    if any(set(m.sectors) == {"fuels"} for m in chosen.measures if isinstance(m, Sanction)):
        out.append("one sector makes fuels as replaceable as other goods: what comes out is a lower bound; `equipoise "
                   "trade sectors` has them apart.")
    if left := [p for p in dict.fromkeys(chosen.parties()) if not found.states_of(p)]:
        out.append(f"without trade or GDP in {chosen.year}, hence left out: {', '.join(left)}.")
    return out
