"""The benchmarks run, on small inputs; nothing is asserted about time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).resolve().parents[1] / "benchmarks").glob("*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda p: p.stem)
def test_it_runs_and_both_ways_agree(path: Path, tmp_path: Path) -> None:
    words = [sys.executable, str(path), "--quick", "--out", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    results = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(tmp_path.glob("*.json"))]
    assert results and all(r["rows"] for r in results)
    gaps = [float(row["largest_gap"]) for r in results for row in r["rows"] if "largest_gap" in row]
    assert all(gap < 1e-9 for gap in gaps)
