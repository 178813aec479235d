"""One-sector trade: batches of scenarios, all decoupling losses, how time grows, and the package gegravity beside ours.

gegravity runs where ``EQUIPOISE_GEGRAVITY`` names a Python that has it (a virtual environment of its own, never ours),
on the same made-up costs of 30 countries; otherwise the row holds what it took on a machine of the same kind, marked as
recorded. ``largest_gap`` is between its prices and those of our closure ``one_step``, which is what it computes. BLAS
runs on one thread: set OPENBLAS_NUM_THREADS=1, else many small products wait for each other.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from time import perf_counter
from typing import Any

import altair as alt
import numpy as np
from harness import best, options, show

from equipoise.model.armington import solve_trade
from equipoise.model.decoupling import decoupling_losses
from equipoise.model.endowment import structural_gravity
from equipoise.model.trade_world import World

RECORDED = 1.35
"""Seconds of one solve of gegravity 0.3 for 30 countries, on 2 cores."""

PEER = """
import json, sys, time, warnings
import numpy as np, pandas as pd
import gegravity as ge
warnings.simplefilter("ignore")
given = json.loads(sys.stdin.read())
names, cost = given["countries"], np.array(given["log_cost"])
rows = [(a, b, 2000, given["output"][i], given["spending"][j], cost[i, j])
        for i, a in enumerate(names) for j, b in enumerate(names)]
data = pd.DataFrame(rows, columns=["exporter", "importer", "year", "Y", "E", "cost"])
data["trade"] = 1.0
base = ge.BaselineData(data, trade_var_name="trade", expend_var_name="E", output_var_name="Y")
coefficients = ge.CostCoeffs(pd.DataFrame({"var": ["cost"], "beta": [1.0]}), identifier_col="var", coeff_col="beta")
start = time.perf_counter()
model = ge.OneSectorGE(base, year="2000", sigma=5, reference_importer=given["reference"], cost_variables=["cost"],
                       cost_coeff_values=coefficients)
model.build_baseline()
changed = model.baseline_data.copy()
pair = changed["exporter"].isin(given["pair"]) & changed["importer"].isin(given["pair"])
changed.loc[pair & (changed["exporter"] != changed["importer"]), "cost"] += given["by"]
model.define_experiment(changed)
model.simulate()
seconds = time.perf_counter() - start
found = model.country_results["factory gate price change (percent)"]
print(json.dumps({"seconds": seconds, "price": [float(found[c]) for c in names]}))
"""


def main() -> None:
    """Run everything and show it."""
    given = options(__doc__ or "")
    load = round(os.getloadavg()[0], 1)
    rows = batches(quick=given.quick) + pairs(quick=given.quick)
    show("trade", [row | {"load": load} for row in rows], out=given.out)
    grown = growth(quick=given.quick)
    show("trade_growth", grown, out=given.out)
    chart(grown, to=given.out / "trade_growth.svg")
    show("trade_peer", [peer()], out=given.out)


def random_world(n: int) -> World:
    """A world of unequal sizes in which two thirds of all pairs trade."""
    random = np.random.default_rng(n)
    size = np.exp(random.normal(0, 1.5, n))
    flows = np.outer(size, size) * np.exp(random.normal(0, 1, (n, n))) * (random.random((n, n)) < 0.67)
    np.fill_diagonal(flows, 0.0)
    flows = flows / flows.sum(0) * size * 0.3
    return World(tuple(f"C{i:03}" for i in range(n)), flows + np.diag(size * 0.7))


def shocks(n: int, count: int, *, embargo: bool) -> np.ndarray:
    """Cost changes (count, n, n): all costs move by a tenth or so, or two countries stop trading."""
    random = np.random.default_rng(count)
    if not embargo:
        cost = np.exp(random.normal(0, 0.1, (count, n, n)))
        cost[:, range(n), range(n)] = 1.0
        return cost
    cost = np.ones((count, n, n))
    for k in range(count):
        a, b = random.choice(n, 2, replace=False)
        cost[k, a, b] = cost[k, b, a] = np.inf
    return cost


def batches(*, quick: bool) -> list[dict[str, Any]]:
    """Batches of full solves, the second call of two, and how many were solved."""
    rows = []
    for n, count in ((5, 4),) if quick else ((30, 1000), (195, 1000)):
        world = random_world(n)
        for embargo in (False, True):
            cost = shocks(n, count, embargo=embargo)
            start = perf_counter()
            solve_trade(world, cost_change=cost, elasticity=4.0)
            first = perf_counter() - start
            run = best(lambda w=world, c=cost: solve_trade(w, cost_change=c, elasticity=4.0), times=1 if quick else 3)
            rows.append({"what": "embargoes of pairs" if embargo else "all costs change", "countries": n,
                         "solves": count, "seconds": round(run.seconds, 3), "first_call_s": round(first, 2),
                         "solved": int((run.result.status == 0).sum())})
    return rows


def pairs(*, quick: bool) -> list[dict[str, Any]]:
    """All decoupling losses of a world, both sides of each pair."""
    n = 6 if quick else 195
    world = random_world(n)
    run = best(lambda: decoupling_losses(world, elasticity=4.0), times=1 if quick else 2)
    return [{"what": "all decoupling losses", "countries": n, "solves": len(run.result.pairs),
             "seconds": round(run.seconds, 3), "first_call_s": "", "solved": int(run.result.solved.sum())}]


def growth(*, quick: bool) -> list[dict[str, Any]]:
    """Seconds a solve by number of countries and of scenarios in a call."""
    rows = []
    for n in (5, 10) if quick else (10, 30, 100, 200):
        world = random_world(n)
        for count in (1, 4) if quick else (1, 10, 100):
            cost = shocks(n, count, embargo=False)
            solve_trade(world, cost_change=cost, elasticity=4.0)
            run = best(lambda w=world, c=cost: solve_trade(w, cost_change=c, elasticity=4.0), times=2)
            rows.append({"countries": n, "scenarios": count, "seconds": round(run.seconds, 5),
                         "ms_a_solve": round(1000 * run.seconds / count, 4)})
    return rows


def chart(rows: list[dict[str, Any]], *, to: Path) -> None:
    """The growth as a picture: both axes logarithmic, a line a number of scenarios."""
    base = alt.Chart(alt.InlineData(values=rows), width=420, height=260)
    drawn = base.mark_line(point=True).encode(
        x=alt.X("countries:Q", scale=alt.Scale(type="log"), title="Countries"),
        y=alt.Y("ms_a_solve:Q", scale=alt.Scale(type="log"), title="Milliseconds a solve"),
        color=alt.Color("scenarios:N", title="Scenarios in a call"))
    drawn.save(str(to))


def peer() -> dict[str, Any]:
    """An agreement of two among 30 countries: ours with the baseline made anew, ours in a batch, and gegravity's."""
    world, names = random_world(30), [f"C{i:03}" for i in range(30)]
    random = np.random.default_rng(1)
    log_cost = random.normal(-4, 0.7, (30, 30))
    np.fill_diagonal(log_cost, 0.0)
    given = {"countries": names, "output": world.output.tolist(), "spending": world.spending.tolist(),
             "log_cost": log_cost.tolist(), "reference": names[0], "pair": names[1:3], "by": 0.47}
    change = np.zeros((30, 30))
    change[1, 2] = change[2, 1] = 0.47
    asked = dict(spending=world.spending, log_cost=log_cost, change=change, elasticity=4.0, countries=names,
                 reference=names[0])
    structural_gravity(world.output, **asked)
    ours = best(lambda: structural_gravity(world.output, **asked), times=10).seconds
    cost = shocks(30, 1000, embargo=False)
    solve_trade(world, cost_change=cost, elasticity=4.0)
    batched = best(lambda: solve_trade(world, cost_change=cost, elasticity=4.0), times=3).seconds / 1000
    step = structural_gravity(world.output, closure="one_step", **asked)
    way, seconds, gap = "gegravity (recorded)", RECORDED, 0.0
    if python := os.environ.get("EQUIPOISE_GEGRAVITY"):
        done = subprocess.run([python, "-c", PEER], input=json.dumps(given), capture_output=True, text=True, check=True)
        told = json.loads(done.stdout.strip().splitlines()[-1])
        way, seconds = "gegravity", told["seconds"]
        gap = float(np.abs(np.array(told["price"]) / 100 + 1 - step.price).max())
    return {"peer": way, "peer_s": round(seconds, 3), "with_baseline_s": round(ours, 5),
            "in_a_batch_s": round(batched, 7), "ratio": round(seconds / ours),
            "ratio_in_a_batch": round(seconds / batched), "largest_gap": f"{gap:.1e}"}


if __name__ == "__main__":
    main()
