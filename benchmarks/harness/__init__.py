"""What the benchmarks share: options, the inputs of Kazakhstan's report, timing, and showing a table.

It is a folder, since every file beside it is a benchmark that `python3 tasks.py bench` runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

RESULTS = Path(__file__).resolve().parents[1] / "results"


def options(about: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--quick", action="store_true", help="small inputs, once: shows that it runs, times nothing")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the JSON results")
    return parser.parse_args()


@dataclass(frozen=True, slots=True)
class Timed:
    """The least wall time of several calls, and what the last of them returned."""

    seconds: float
    result: Any


def best(call: Callable[[], Any], *, times: int) -> Timed:
    """The least, not the mean: whatever else the machine does can only add time."""
    seconds, result = [], None
    for _ in range(times):
        start = perf_counter()
        result = call()
        seconds.append(perf_counter() - start)
    return Timed(min(seconds), result)


def compare(name: str, *, ours: Callable[[], Any], plain: Callable[[], Any], gap: Callable[[Any, Any], float],
            size: str, times: int) -> dict[str, Any]:
    """Time two ways to the same result: a row with both times, their ratio, and how far the results are apart."""
    fast, slow = best(ours, times=times), best(plain, times=1)
    apart = f"{gap(fast.result, slow.result):.1e}"
    return {"what": name, "size": size, "equipoise_s": round(fast.seconds, 4), "plain_s": round(slow.seconds, 4),
            "ratio": round(slow.seconds / fast.seconds, 1), "largest_gap": apart}


def show(name: str, rows: Sequence[dict[str, Any]], *, out: Path) -> None:
    """Print the rows as a table and write them as JSON, with what they were measured on."""
    heads = list(rows[0])
    cells = [heads, *([str(row[h]) for h in heads] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(heads))]
    print(f"{name}, {machine()}")
    for line in cells:
        print("  " + "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip())
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"benchmark": name, "machine": machine(), "rows": list(rows)}, ensure_ascii=False, indent=1)
    (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def machine() -> str:
    """Kind of machine, and the versions that matter."""
    parts = [f"{os.cpu_count()} cores", platform.system(), platform.machine(), f"Python {platform.python_version()}"]
    return ", ".join([*parts, *(f"{p} {version(p)}" for p in ("equipoise", "numpy", "polars"))])
