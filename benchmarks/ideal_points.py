"""Ideal points from all roll calls: on all cores, against the same on one (``plain_s``), which must agree exactly.

The first call in a new place compiles the sweeps, ten seconds or so; that is done beforehand and not counted.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import polars as pl
from harness import compare, options, show

from equipoise.assemble import estimation_set
from equipoise.assemble.packed import embedded
from equipoise.measure import ideal_points

DRAWS = 1000


def main() -> None:
    given = options(__doc__ or "")
    votes = roll_calls(after=76 if given.quick else 0)
    warm = roll_calls(after=77)
    calls: dict[str, dict[str, Any]] = {
        "gibbs": {"draws": 100 if given.quick else DRAWS, "burn_in": 0, "chains": 1},
        "variational": {"method": "variational"},
    }
    rows = []
    for name, call in calls.items():
        ideal_points(warm, **{**call, "draws": 100})
        many = f", {call['draws']} sweeps" if "draws" in call else ""
        rows.append(compare(name, ours=partial(ideal_points, votes, **call), gap=apart, times=1,
                            plain=partial(ideal_points, votes, **call, threads=1),
                            size=f"{votes.height} votes on {votes['item'].n_unique()} items{many}"))
    show("ideal_points", rows, out=given.out)


def roll_calls(*, after: int) -> pl.DataFrame:
    pack = embedded()
    calls = estimation_set.all_calls(pack.table("panel_un_roll_calls"), recent=pack.table("votes"))
    return estimation_set.select(calls.filter(pl.col("session") > after))


def apart(ours: pl.DataFrame, plain: pl.DataFrame) -> float:
    return float(np.abs(ours["mean"].to_numpy() - plain["mean"].to_numpy()).max())


if __name__ == "__main__":
    main()
