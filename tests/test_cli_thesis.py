"""`equipoise test-thesis` as a user meets it."""

from __future__ import annotations

import json
from functools import partial

import polars as pl
import pytest


@pytest.fixture
def command(command):
    """As `command`, for `equipoise test-thesis`."""
    return partial(command, "test-thesis")


def test_a_table_or_json_or_a_file(command, tmp_path) -> None:
    code, out, _ = command("--only", "H4")
    assert code == 0 and "Long tenure" in out and "undecidable" in " ".join(out.split())
    code, out, _ = command("--only", "H4", "--refit", "--json", "--out", "h.csv")
    told = json.loads(out)
    assert code == 0 and told["hypotheses"][0]["verdict"] is None and told["missing"]
    rows = pl.read_csv(tmp_path / "h.csv")
    assert rows.height == len(told["hypotheses"][0]["estimates"]) > 10


@pytest.mark.parametrize(("args", "words"), [
    (["--only", "H9"], "no hypothesis H9"), (["--only", ","], "--only is empty"),
    (["--out", "t.xlsx"], ".json, .csv, .md"), (["--out", "absent/t.md"], "there is no folder absent"),
])
def test_wrong_use_is_one_line_and_code_2(command, args, words) -> None:
    code, out, err = command(*args)
    lines = err.strip().splitlines()
    assert code == 2 and not out and lines[-1].startswith("equipoise: ") and words in lines[-1]
