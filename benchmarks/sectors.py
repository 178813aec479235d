"""The model of sectors: a scenario on OECD's table of 80 states × 50 sectors, in one run with sanction-simulator on the
same embargo; against plain iteration on a made-up world; and results in print beside ours.

sanction-simulator (PyPI, MIT) brings the table with it. It goes into an environment of its own, whose Python is named
by SANCTION_SIMULATOR_PYTHON: `python3 -m venv peer; peer/bin/pip install --no-deps sanction-simulator; peer/bin/pip
install numpy pandas`. Without it only the made-up world is solved.
"""

from __future__ import annotations

import os

# Products of small matrices are slower on several threads than on one, on a busy machine many times so.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from harness import best, compare, options, show
from numpy.typing import NDArray

from equipoise.assemble.packed import embedded
from equipoise.assemble.sector_tables import SectorTables, elasticities_for
from equipoise.model.caliendo_parro import Baseline, baseline, caliendo_parro
from equipoise.model.sector_costs import sanctions
from equipoise.model.sector_sweep import Economy, sweep
from equipoise.pipeline.scenarios import fuel_shares, income_changes
from equipoise.pipeline.sector_trade import PRINTED, WEST, in_print, world
from equipoise.pipeline.trade_worlds import trade_world
from equipoise.simulate.scenario import Scenario

Array = NDArray[np.float64]

BLOCKED = {"estimate": 0.111, "low": 0.015, "high": 0.198}
"""Share of trade that sanctions stop, with its bounds: our gravity on ITPD-E, docs/explanation/trade-sectors.md."""

RISES = {"costs +20 %": 0.2, "costs doubled": 1.0, "goods stop": np.inf}
"""Readings of doubled barriers to trade in goods: by how much it costs more."""

BEFORE = 2013
"""The year whose trade results in print are set against in one sector: the last before any of the sanctions."""

WHERE = "import sanction_simulator as s; print(s.bench_cache())"
PEER = """
import json, sys, time
import sanction_simulator as s
sys.path.insert(0, s._PKG_DIR)
import power_trade_estimation as p
b = p.Benchmark(s.data_dir(), cache=s.bench_cache())
senders = [c for c in sys.argv[1].split(",") if c in b.cidx]
legs = [leg for c in senders for leg in p.bilateral_legs(b.cidx[c], b.cidx["RUS"])]
took = []
for _ in range(2):
    t = time.perf_counter()
    batch = p.ScenarioBatch(b, [legs], tau=0.30, delta=0.0)
    batch.balance()
    found = batch.solve(rho=-1.0)
    took.append(time.perf_counter() - t)
lost = (b.s - found["s_omega"][0]).reshape(b.S, b.C).sum(0) / b.s_country
print(json.dumps({"seconds": min(took), "lost": {c: 100 * float(lost[b.cidx[c]]) for c in b.countries}}))
"""


def main() -> None:
    given = options(__doc__ or "")
    shape = (4, 5) if given.quick else (12, 20)
    start = baseline(made(*shape), elasticity=np.linspace(3, 8, shape[0]), deficits="zero")
    cut = np.ones(shape[1:] * 2)
    cut[0, 1] = cut[1, 0] = np.inf
    show("sectors_plain", [compare(
        "embargo of one pair", ours=lambda: caliendo_parro(start, cost_change=cut).real_income,
        plain=lambda: plainly(start, cut), gap=lambda a, b: float(np.abs(a - b).max()),
        size=f"{shape[1]} countries × {shape[0]} sectors, made up", times=1 if given.quick else 3,
    )], out=given.out)
    peer = os.environ.get("SANCTION_SIMULATOR_PYTHON")
    if peer and not given.quick:
        tables = world(Path(said(peer, WHERE)))
        show("sectors", against(tables, peer), out=given.out)
        show("sectors_in_print", beside(tables), out=given.out)
        show("one_sector_in_print", before(), out=given.out)
        show("sales_to_the_west", sales(tables), out=given.out)


def made(j: int, n: int) -> SectorTables:
    """Balanced trade without tariffs: every country spends what it sells, inputs are half of sales."""
    rng = np.random.default_rng(0)
    pull = rng.gamma(0.5, 1, (j, n, n)) * 0.2 + np.eye(n)
    flows = pull + pull.transpose(0, 2, 1)
    sales = flows.sum(2)
    inputs = 0.5 * sales[:, None] * sales[None] / sales.sum(0)
    value_added = 0.5 * sales
    return SectorTables(tuple(f"c{i}" for i in range(n)), tuple(f"s{i}" for i in range(j)), flows, inputs, value_added,
                        value_added, np.zeros((j, n, n)))


def plainly(start: Baseline, cut: Array) -> Array:
    """The same equations by sweeps alone, with small steps."""
    e: Economy = start.economy
    kernel = e.share * cut.T[None] ** -e.elasticity[:, None, None]
    net = 1 / (1 + e.tariffs)
    at = (np.zeros_like(e.labour), np.zeros_like(e.spending), e.spending)
    for _ in range(20_000):
        new = sweep(e, kernel, net, at, step=0.3)
        at = (new.wage, new.price, new.spending)
        if new.gap < 1e-12:
            break
    return np.asarray(new.income / start.income / np.exp((e.final_share * new.price).sum(0)))


def against(tables: SectorTables, peer: str) -> list[dict[str, Any]]:
    """Full embargo between Russia and the West: each way's seconds and what it says of some states."""
    rows = []
    theta = elasticities_for(tables.sectors)
    who = ("RUS", "BLR", "KAZ", "DEU", "USA")
    for factors in ("mobile", "specific"):
        base = best(lambda f=factors: baseline(tables, elasticity=theta, deficits="zero", factors=f), times=3)
        start = base.result
        change = sanctions(start, senders=[c for c in WEST if c in start.countries], targets=["RUS"])
        done = best(lambda s=start, k=change: caliendo_parro(s, cost_change=k), times=3)
        rows.append({"what": f"equipoise, factors {factors}: real income lost, %", "seconds": round(done.seconds, 2),
                     "once_before": round(base.seconds, 2), **{c: round(done.result.loss(c), 2) for c in who}})
    other = json.loads(said(peer, PEER, ",".join(WEST)))
    rows.append({"what": "sanction-simulator: gross output lost, %", "seconds": round(other["seconds"], 2),
                 "once_before": "", **{c: round(other["lost"][c], 2) for c in who}})
    return [row | {"times_ours": round(row["seconds"] / rows[0]["seconds"], 1)} for row in rows]


def beside(tables: SectorTables) -> list[dict[str, Any]]:
    """Results in print beside ours, in per cent of Russia's real income."""
    found = in_print(tables, blocked=BLOCKED["estimate"], rise=RISES["costs doubled"])
    rows = [row(r, "11.1 % blocked" if r["name"] == "sanctions of 2014" else
                "costs doubled" if r["name"] == "doubled non-tariff barriers" else "") for r in found]
    for word in ("low", "high"):
        rows += [row(r, f"{100 * BLOCKED[word]:.1f} % blocked") for r in
                 in_print(tables, blocked=BLOCKED[word], rise=0.0, names=["sanctions of 2014"])]
    for words in ("costs +20 %", "goods stop"):
        rows += [row(r, words) for r in
                 in_print(tables, blocked=0.0, rise=RISES[words], names=["doubled non-tariff barriers"])]
    return sorted(rows, key=lambda r: (str(r["name"]), str(r["size"])))


def before() -> list[dict[str, Any]]:
    """The same in a world of one sector on the trade of :data:`BEFORE`, with the interval over the elasticity."""
    pack = embedded()
    found = trade_world(pack, year=BEFORE)
    fuels = fuel_shares(pack, found)
    sides = {"between": [c for c in WEST if c in found.world.countries], "across": ["RUS"]}
    stop = {"kind": "sanction", "senders": sides["between"], "targets": ["RUS"], "share_blocked": 1.0}
    asked = {
        "full decoupling": stop | {"direction": "both"},
        "doubled non-tariff barriers": {"kind": "corridor_shut", "cost": RISES["costs doubled"]} | sides,
        "fossil embargo": stop | {"direction": "imports", "sectors": ["fuels"]},
    }
    rows = []
    for name, measure in asked.items():
        text = {"id": "asked", "title_en": name, "title_zh": name, "year": BEFORE,
                "measures": [measure | {"start": "2022-02-25", "assumed": True}]}
        change = income_changes(Scenario.model_validate(text), found, fuels=fuels)
        low, middle, high = (change.row(by_predicate=pl.col("state") == "RUS", named=True)[f"{end}_pct"]
                             for end in ("low", "change", "high"))
        rows.append({"name": name, "printed": next(p.effect for p in PRINTED if p.name == name),
                     "ours": round(middle, 2), "low": round(low, 2), "high": round(high, 2)})
    return rows


def sales(tables: SectorTables) -> list[dict[str, Any]]:
    """What the West buys of Russia: in per cent of what Russia sells abroad, and of its value added or GDP."""
    goods = [s[0] in "ABC" for s in tables.sectors]
    home = tables.countries.index("RUS")
    earlier = trade_world(embedded(), year=BEFORE).world
    then = earlier.at("RUS")
    rows = []
    for what, sold, names, own, earned in (
        ("goods, the table", tables.flows[goods, home].sum(0), tables.countries, home,
         tables.value_added[:, home].sum()),
        (f"goods, {BEFORE}", earlier.flows[then], earlier.countries, then, earlier.flows[then].sum()),
    ):
        west = sold[np.isin(names, WEST)].sum()
        rows.append({"what": what, "of_exports_pct": round(100 * west / (sold.sum() - sold[own]), 1),
                     "of_value_added_pct": round(100 * west / earned, 1)})
    return rows


def row(found: dict[str, Any], size: str) -> dict[str, Any]:
    ours = found["ours"]
    return {k: found[k] for k in ("name", "printed")} | {"size": size} | {
        k: found[k] for k in ("elasticity", "deficits", "factors")
    } | {"ours": found["status"] if ours is None else round(float(ours), 2)}


def said(python: str, code: str, *words: str) -> str:
    """The last line that another Python prints."""
    done = subprocess.run([python, "-c", code, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{python} failed: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout.strip().splitlines()[-1]


if __name__ == "__main__":
    main()
