"""How long `equipoise report KAZ` takes, and how much memory: fresh processes, then twice in one process by parts."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

from harness import options, show

WARM = 5
INSIDE = "--inside"

# What belongs to each part, as "module:function"; a part within a part counts for itself only.
PARTS = {
    "read pack": ["equipoise.assemble.packed:Pack.table"],
    "engagement": ["equipoise.model.policy:engagement"],
    "rivalry, order": ["equipoise.model.policy:rivalry", "equipoise.model.policy:order",
                       "equipoise.measure.system:capabilities"],
    "leverage": ["equipoise.measure.system:leverage_components", "equipoise.model.policy:leverage"],
    "leeway": ["equipoise.model.policy:leeway_path"],
    "trade, facts": ["equipoise.measure.engagement:trade_by_option", "equipoise.measure.system:un_distance",
                     *(f"equipoise.pipeline.facts:{f}" for f in ("trade_figures", "tiers", "map_shapes", "missing"))],
    "rest of the figures": ["equipoise.pipeline.figures:state_report"],
    "charts": ["equipoise.view.figures:figures_of"],
    "page": ["equipoise.view.report:render"],
    "write": ["equipoise.store:atomic_write"],
}


class Clock:
    """Seconds by part, each counted once: while an inner part runs, the outer one does not."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._stack: list[str] = []
        self._since = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self._book()
        self._stack.append(name)
        try:
            yield
        finally:
            self._book()
            self._stack.pop()

    def watch(self, place: str, *, part: str) -> None:
        """Time a function or method wherever a module of ours has it by name."""
        module, _, name = place.partition(":")
        owner, _, method = name.rpartition(".")
        home = import_module(module)
        inner = getattr(getattr(home, owner) if owner else home, method)

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.part(part):
                return inner(*args, **kwargs)

        ours = [m for n, m in sys.modules.items() if n.startswith("equipoise")]
        for holder in [getattr(home, owner)] if owner else [m for m in ours if vars(m).get(method) is inner]:
            setattr(holder, method, timed)

    def _book(self) -> None:
        now = perf_counter()
        if self._stack:
            self.spent[self._stack[-1]] = self.spent.get(self._stack[-1], 0.0) + now - self._since
        self._since = now


def main() -> None:
    given = options(__doc__ or "")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        report = ("-m", "equipoise", "report", "KAZ", "--out", str(page))
        runs = [fresh(*report) for _ in range(2 if given.quick else 1 + WARM)]
        again = [s for s, _ in runs[1:]]
        inside = json.loads(subprocess.check_output([sys.executable, __file__, INSIDE, str(page)], text=True))
    calls = inside["calls"]
    whole = [{"run": "first process", "seconds": round(runs[0][0], 2), "peak_mb": runs[0][1]},
             {"run": f"later processes, median of {len(again)}", "seconds": round(statistics.median(again), 2),
              "peak_mb": max(m for _, m in runs[1:])},
             {"run": "one process, import and first call", "seconds": round(sum(calls[0].values()), 2), "peak_mb": ""},
             {"run": "one process, second call", "seconds": round(sum(calls[1].values()), 2), "peak_mb": ""}]
    show("report_time", whole, out=given.out)
    parts = [{"part": p, "first_s": round(calls[0].get(p, 0), 3), "second_s": round(calls[1].get(p, 0), 3)}
             for p in ("import", *PARTS)]
    show("report_parts", parts, out=given.out)


def fresh(*words: str) -> tuple[float, int]:
    """Seconds and peak memory (MB) of one process; its page cache is the system's, which may be warm."""
    start = perf_counter()
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return seconds, round(used.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10))


def twice(page: Path) -> None:
    """Call the pipeline twice in this process and print the seconds of every part as JSON."""
    clock = Clock()
    with clock.part("import"):
        for name in ("equipoise.pipeline", "equipoise.view.report"):
            import_module(name)
    for part, places in PARTS.items():
        for place in places:
            clock.watch(place, part=part)
    calls = []
    for _ in range(2):
        import_module("equipoise.pipeline").report("KAZ").save(page)
        calls.append(dict(clock.spent))
        clock.spent.clear()
    print(json.dumps({"calls": calls}))


if __name__ == "__main__":
    twice(Path(sys.argv[2])) if sys.argv[1:2] == [INSIDE] else main()
