"""What the tests of published lists of cases share: spans, membership in the EU, records, verdicts, comparison."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from equipoise.assemble.organisations import eu_members

PAGES = Path(__file__).resolve().parents[2] / "docs" / "explanation"
PERIODS = {"1995-2020": (1995, 2020), "1995-2007": (1995, 2007), "2008-2020": (2008, 2020)}
FEWEST_YEARS = 3
TOLERANCE = 0.05


def read_cases(file: Path) -> pl.DataFrame:
    """A list, with whether the state was a member of the EU in any year of the span."""
    rows = pl.read_csv(file)
    spans = rows.select("state", "first_year", "last_year").iter_rows()
    return rows.with_columns(eu=pl.Series([any(s in eu_members(y) for y in range(a, b + 1)) for s, a, b in spans]))


def within(rows: pl.DataFrame, period: str, *, contested: bool) -> pl.DataFrame:
    """The cases with enough years in a period, of which ``since`` and ``until`` are the first and the last."""
    first, last = PERIODS[period]
    rows = rows.with_columns(since=pl.col("first_year").clip(first), until=pl.col("last_year").clip(None, last))
    return rows.filter(pl.col("until") - pl.col("since") + 1 >= FEWEST_YEARS, contested | (pl.col("in_test") == 1))


def verdict(low: float, high: float) -> str:
    """The rule of the READMEs."""
    return "supported" if low > 0.5 else "contradicted" if high < 0.5 else "not supported"


def interval(row: dict[str, float]) -> str:
    """An AUC with its interval as the pages write it."""
    return f"{row['auc']:.2f} ({row['low']:.2f}–{row['high']:.2f})"


def agrees(found: pl.DataFrame, *, recorded: pl.DataFrame, samples: Sequence[str], keys: Sequence[str]) -> None:
    """Fail unless the samples have the recorded rows, and the recorded figures within the tolerance."""
    before = recorded.filter(pl.col("sample").is_in(samples))
    assert found.select(keys).rows() == before.select(keys).rows()
    for column in ("auc", "low", "high"):
        off = found.with_columns(off=(pl.col(column) - before[column]).abs()).filter(pl.col("off") > TOLERANCE)
        assert off.is_empty(), off


def same_values(found: pl.DataFrame, before: pl.DataFrame, *, columns: Sequence[str]) -> None:
    """Fail unless the columns hold the recorded values within the tolerance, and nulls where those do."""
    for column in columns:
        assert (found[column] - before[column]).abs().drop_nulls().max() < TOLERANCE, column
        assert found[column].null_count() == before[column].null_count(), column
