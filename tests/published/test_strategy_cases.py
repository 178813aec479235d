"""The composition of strategies against the states whose strategy the literature agrees on.

`python -m tests.published.test_strategy_cases` computes here.csv and shares.csv anew, and prints the page's tables.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from tests.published.cases import FEWEST_YEARS, PAGES, agrees, interval, read_cases, same_values, verdict

from equipoise.assemble import codes
from equipoise.assemble.packed import embedded
from equipoise.measure import superiority
from equipoise.model.policy import Band
from equipoise.model.priors import Prior
from equipoise.model.strategy import STRATEGIES
from equipoise.pipeline.estimates import Estimates, Grid, covered_years, estimate
from equipoise.pipeline.sensitivity import straddle_band
from equipoise.pipeline.strategy import strategies
from equipoise.schema import DEFAULT_POWERS

HERE = Path(__file__).resolve().parent / "strategy_cases"
PAGE = PAGES / "strategies.md"
LIST = "d5610039a8e4bee0997de05d3b2dbba3c60f42980c1d7f3b12a05558e7ea9989"
"""SHA-256 of cases.csv as it was written before anything was computed."""

SAMPLES = ("all", "high confidence", "no EU members", "RUS CHN USA", "fixed parameters")
FIXED = Prior((2.0, 2.0), (2.0, 2.0), (0.5, 0.5))
VALUES = ("share", "amount")
FEWEST_CASES, DRAWS, RESAMPLES, SEED = 2, 200, 10_000, 2026
KEYS = ("sample", "value", "strategy", "cases")


def cases() -> pl.DataFrame:
    """The list with a number."""
    return read_cases(HERE / "cases.csv").with_row_index("case")


@cache
def estimated(state: str, powers: tuple[str, ...]) -> Estimates:
    """What the composition of one state rests on."""
    pack = embedded()
    grid = Grid(covered_years(pack), powers)
    return estimate(pack, state=state, grid=grid, prior=None, draws=DRAWS, seed=SEED)


@cache
def straddled(state: str, powers: tuple[str, ...]) -> Band:
    """The straddle of one state, which no parameter moves."""
    return straddle_band(estimated(state, powers))


@cache
def yearly(state: str, powers: tuple[str, ...], fixed: bool) -> pl.DataFrame:
    """The composition of one state by year."""
    prior = FIXED if fixed else Prior()
    return strategies(estimated(state, powers), prior=prior, seed=SEED, across=straddled(state, powers))


def values(sample: str, *, contested: bool = False) -> pl.DataFrame:
    """Each case's mean share and amount of every strategy; cases with too few years are left out."""
    parts = []
    for row in cases().iter_rows(named=True):
        unsure, eu = row["confidence"] != "high", row["eu"]
        skip = (sample == "high confidence" and unsure) or (sample == "no EU members" and eu)
        if skip or not (contested or row["in_test"]):
            continue
        among = ("RUS", "CHN", "USA") if sample == "RUS CHN USA" else DEFAULT_POWERS
        powers = tuple(p for p in among if p != row["state"] and not (p == "EUU" and row["eu"]))
        found = yearly(row["state"], powers, sample == "fixed parameters")
        found = found.filter(pl.col("year").is_between(row["first_year"], row["last_year"]))
        if found["year"].n_unique() < FEWEST_YEARS:
            continue
        mean = found.group_by("strategy").agg(pl.col(*VALUES).mean())
        flat = {f"{v}_{s}": x for s, *pair in mean.iter_rows() for v, x in zip(VALUES, pair, strict=True)}
        keys = {k: row[k] for k in ("case", "state", "strategy", "to", "first_year", "last_year", "in_test")}
        power = found["power"].mode().sort()[0]
        parts.append(keys | {"years": found["year"].n_unique(), "power": power} | flat)
    columns = [f"{v}_{s}" for v in VALUES for s in STRATEGIES]
    return pl.DataFrame(parts).select(*list(parts[0])[:9], *columns)


def areas(x: NDArray[np.float64], label: NDArray[np.intp], tested: list[int]) -> list[float]:
    """AUC of each strategy: its share in its own cases against that in the others."""
    return [float(superiority(x[label == s, s], lower=x[label != s, s])) for s in tested]


def results(samples: tuple[str, ...] = SAMPLES) -> pl.DataFrame:
    """AUC with its interval for every sample, value and strategy, and the mean over strategies."""
    out = []
    for sample in samples:
        rows = values(sample)
        label = np.array([STRATEGIES.index(s) for s in rows["strategy"]])
        tested = [s for s in range(len(STRATEGIES)) if (label == s).sum() >= FEWEST_CASES]
        groups = [np.flatnonzero(label == s) for s in range(len(STRATEGIES)) if (label == s).any()]
        for value in VALUES:
            x = rows.select(f"{value}_{s}" for s in STRATEGIES).to_numpy()
            drawn = resampled(x, label=label, tested=tested, groups=groups)
            bounds = np.quantile(drawn, [0.05, 0.95], axis=0)
            each = areas(x, label, tested)
            out += [(sample, value, STRATEGIES[s], int((label == s).sum()), a, *bounds[:, i])
                    for i, (s, a) in enumerate(zip(tested, each, strict=True))]
            mean = np.quantile(drawn.mean(1), [0.05, 0.95])
            out.append((sample, value, "mean", len(label), float(np.mean(each)), *mean))
    return pl.DataFrame(out, orient="row", schema=["sample", "value", "strategy", "cases", "auc", "low", "high"])


def resampled(
    x: NDArray[np.float64], *, label: NDArray[np.intp], tested: list[int], groups: list[NDArray[np.intp]]
) -> NDArray[np.float64]:
    """The areas (R, S) with the cases of each strategy drawn anew from themselves, by how often each case is drawn."""
    rng, times = np.random.default_rng(SEED), np.zeros((RESAMPLES, len(label)))
    for row in times:
        for g in groups:
            row += np.bincount(g[rng.integers(len(g), size=len(g))], minlength=len(label))
    out = []
    for s in tested:
        own, others = label == s, label != s
        gap = x[own, s][:, None] - x[others, s][None]
        wins = (gap > 0) + 0.5 * (gap == 0)
        out.append(((times[:, own] @ wins) * times[:, others]).sum(1) / wins.size)
    return np.stack(out, axis=1)


def hits(rows: pl.DataFrame) -> tuple[int, float]:
    """Cases whose largest share is their strategy, and the mean of it with strategies dealt at random."""
    label = np.array([STRATEGIES.index(s) for s in rows["strategy"]])
    largest = rows.select(f"share_{s}" for s in STRATEGIES).to_numpy().argmax(1)
    rng = np.random.default_rng(SEED)
    dealt = [(rng.permutation(label) == largest).sum() for _ in range(RESAMPLES)]
    return int((largest == label).sum()), float(np.mean(dealt))


def page_tables() -> list[str]:
    """The rows of the tables on the page about strategies, from here.csv and shares.csv."""
    cell = {(r["sample"], r["value"], r["strategy"]): interval(r) for r in recorded("here.csv").iter_rows(named=True)}
    lines = [[f"**{s}**" if s == "mean" else s, cell["all", "share", s], cell["all", "amount", s]]
             for s in ("mean", *STRATEGIES)]
    lines += [[sample, cell[sample, "share", "mean"], *(cell.get((sample, "share", s), "–") for s in STRATEGIES)]
              for sample in SAMPLES]
    shown = recorded("shares.csv").filter(pl.col("in_test") == 1)
    for s in STRATEGIES:
        own = shown.filter(pl.col("strategy") == s)
        lines.append([f"cases of {s}", *(f"{own[f'share_{x}'].mean():.2f}" for x in STRATEGIES)])
    return ["| " + " | ".join(line) + " |" for line in lines]


def recorded(name: str) -> pl.DataFrame:
    return pl.read_csv(HERE / name)


def test_the_list_is_the_one_written_before() -> None:
    assert hashlib.sha256((HERE / "cases.csv").read_bytes()).hexdigest() == LIST
    rows = cases()
    counts = dict(rows.filter(pl.col("in_test") == 1).group_by("strategy").len().iter_rows())
    assert counts == {"bandwagoning": 5, "balancing": 6, "hedging": 6, "neutrality": 4, "accommodation": 4}
    assert [codes.resolve(s) for s in rows["state"]] == rows["state"].to_list()
    assert rows["literature"].null_count() == rows["says"].null_count() == 0
    assert rows.filter(pl.col("first_year") > pl.col("last_year")).is_empty()


def test_the_page_says_what_is_recorded() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [line for line in page_tables() if line not in text] == []
    main = recorded("here.csv").filter(sample="all", value="share", strategy="mean").row(0, named=True)
    assert f"**{verdict(main['low'], main['high'])}**" in text
    own = recorded("here.csv").filter(pl.col("sample") == "all", pl.col("value") == "share")
    for r in own.filter(pl.col("strategy") != "mean").iter_rows(named=True):
        assert f"{r['strategy']}: {verdict(r['low'], r['high'])}" in text
    found, chance = hits(recorded("shares.csv").filter(pl.col("in_test") == 1))
    assert f"{found} of 25" in text and f"{chance:.1f}" in text


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES)
def test_what_was_found(sample: str) -> None:
    agrees(results((sample,)), recorded=recorded("here.csv"), samples=(sample,), keys=KEYS)


@pytest.mark.slow
def test_the_cases_have_the_shares_recorded() -> None:
    found, before = values("all", contested=True), recorded("shares.csv")
    assert found.select("case", "years", "power").rows() == before.select("case", "years", "power").rows()
    same_values(found, before, columns=[f"{v}_{s}" for v in VALUES for s in STRATEGIES])


if __name__ == "__main__":
    results().with_columns(pl.col("auc", "low", "high").round(3)).write_csv(HERE / "here.csv")
    table = values("all", contested=True)
    table.with_columns(pl.col(pl.Float64).round(4)).write_csv(HERE / "shares.csv")
    sys.stdout.write("\n".join(page_tables()) + f"\n{hits(recorded('shares.csv').filter(pl.col('in_test') == 1))}\n")
