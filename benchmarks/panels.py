"""Directed dyad-years with eight sources, in a fresh process each: ours, the R package peacesciencer, and pandas
merges.

peacesciencer runs where Rscript and the package are installed; otherwise the row holds what it took when it was run
on a machine of the same kind (2 cores; version 1.2.9, 1816–2025), which is marked as recorded. The pandas way is what
one writes by hand, a cross join by year and a merge for each source, on the same tables of the pack.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from time import perf_counter
from typing import Any

from harness import options, show

INSIDE = "--inside"
ADDS = ("majors", "contiguity", "capabilities", "alliances", "cow_disputes", "organisations", "rivalries",
        "capital_distance", "minimum_distance")
RECORDED = {"seconds": 26.0, "peak_mb": 4500}
R = """
suppressMessages(library(peacesciencer)); suppressMessages(library(dplyr))
create_dyadyears(subset_years = c({first}:{last})) %>% add_cow_majors() %>% add_contiguity() %>% add_nmc() %>%
  add_atop_alliance() %>% add_cow_mids() %>% add_igos() %>% add_strategic_rivalries() %>% add_minimum_distance() %>%
  add_capital_distance() -> d
cat(sprintf('{{"rows": %d}}', nrow(d)))
"""


def main() -> None:
    """Run the ways one after the other and show them."""
    given = options(__doc__ or "")
    first, last = (2000, 2002) if given.quick else (1816, 2016)
    span = [str(first), str(last)]
    ours = [fresh([sys.executable, __file__, INSIDE, "ours", *span]) for _ in range(2 if given.quick else 4)]
    plain = fresh([sys.executable, __file__, INSIDE, "pandas", *span])
    peer = peacesciencer(first, last)
    best = min(ours[1:], key=lambda r: r["seconds"])
    rows = [row("equipoise, first process", ours[0], best), row("equipoise, later process", best, best),
            row("pandas merges", plain, best), row(peer.pop("way"), peer, best)]
    assert ours[0]["rows"] == plain["rows"]
    gap = max(abs(ours[0]["sums"][c] - s) / max(abs(s), 1.0) for c, s in plain["sums"].items())
    for line in rows[:3]:
        line["largest_gap"] = f"{gap:.1e}"
    show("panels", [r | {"largest_gap": r.get("largest_gap", "0")} for r in rows], out=given.out)


def row(what: str, run: dict[str, Any], best: dict[str, Any]) -> dict[str, Any]:
    """One line: time and memory, and how many times ours they are."""
    return {"what": what, "rows": run.get("rows", ""), "seconds": round(run["seconds"], 2), "peak_mb": run["peak_mb"],
            "times_ours": round(run["seconds"] / best["seconds"], 1),
            "memory_times_ours": round(run["peak_mb"] / best["peak_mb"], 1)}


def fresh(words: list[str]) -> dict[str, Any]:
    """Wall seconds and peak resident memory of a new process, and what it printed last."""
    start = perf_counter()
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words[:2]} failed")
    unit = 1 if sys.platform == "darwin" else 1024
    out = {"seconds": perf_counter() - start, "peak_mb": round(usage.ru_maxrss * unit / 1e6)}
    return out | json.loads(said.splitlines()[-1])


def peacesciencer(first: int, last: int) -> dict[str, Any]:
    """The peer's run here, or the recorded one."""
    rscript = shutil.which("Rscript")
    probe = [rscript or "", "-e", "library(peacesciencer)"]
    if rscript is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        return {"way": "peacesciencer (recorded)", **RECORDED}
    done = fresh([rscript, "-e", R.format(first=first, last=last)])
    return {"way": "peacesciencer", "seconds": done["seconds"], "peak_mb": done["peak_mb"]}


def inside(way: str, first: int, last: int) -> None:
    """What a fresh process does: make the panel and print its size and the sums of some columns."""
    frame = with_equipoise(first, last) if way == "ours" else with_pandas(first, last)
    columns = ("cinc1", "cinc2", "cowmaj1", "conttype", "atop_defense", "cowmidongoing", "dyadigos", "ongoingrivalry")
    print(json.dumps({"rows": len(frame), "sums": {c: float(frame[c].sum()) for c in columns}}))


def with_equipoise(first: int, last: int) -> Any:
    """Our way; minimum distance is left out where its source has not been pulled."""
    import equipoise
    from equipoise.errors import MissingSource

    panel = equipoise.dyad_years(years=(first, last), directed=True).add(*ADDS[:-1])
    try:
        panel = panel.add(ADDS[-1])
    except MissingSource as missing:
        print(missing, file=sys.stderr)
    return panel.frame


def with_pandas(first: int, last: int) -> Any:
    """The same tables, merged one after the other by their key columns."""
    import pandas as pd

    from equipoise.assemble import codes
    from equipoise.assemble.panel.catalogue import find
    from equipoise.assemble.panel.forms import DyadForm
    from equipoise.assemble.panel.shelf import Shelf
    from equipoise.errors import MissingSource

    def frame_of(table: Any) -> Any:
        return pd.DataFrame({c: table[c].to_numpy() for c in table.columns})

    shelf, states = Shelf(), frame_of(codes.system_years(first=first, last=last))
    d = states.merge(states, on="year", suffixes=("1", "2"))
    together = d[["from_day1", "from_day2"]].max(axis=1) <= d[["to_day1", "to_day2"]].min(axis=1)
    d = d[(d["code1"] != d["code2"]) & together].drop(columns=["from_day1", "from_day2", "to_day1", "to_day2"])
    for add in map(find, ADDS):
        form = add.dyad or add.state
        try:
            table = frame_of(form.build(shelf))
        except MissingSource:
            continue
        if isinstance(form, DyadForm):
            if form.symmetric:
                table = pd.concat([table, table.rename(columns={"code_a": "code_b", "code_b": "code_a"})])
            table = table.rename(columns={"code_a": "code1", "code_b": "code2"})
            d = d.merge(table, how="left", on=["code1", "code2", "year"])
        else:
            for side in "12":
                named = {c: f"{c}{side}" for c in table.columns if c != "year"}
                d = d.merge(table.rename(columns=named), how="left", on=[f"code{side}", "year"])
        covered = d["year"].between(add.first_year, add.last_year)
        for variable in form.variables:
            for column in (variable.columns if add.dyad else (f"{variable.name}1", f"{variable.name}2")):
                if variable.absent is not None:
                    d.loc[covered & d[column].isna(), column] = variable.absent
    return d


if __name__ == "__main__":
    if INSIDE in sys.argv:
        inside(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
