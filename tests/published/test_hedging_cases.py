"""The hedging score against the states that the literature calls hedgers and aligners.

`python -m tests.published.test_hedging_cases` computes here.csv and ranking.csv anew, and prints the page's tables.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.published.cases import PAGES, PERIODS, agrees, interval, read_cases, same_values, verdict, within

from equipoise.assemble import codes
from equipoise.assemble.packed import embedded
from equipoise.measure import hedging, superiority, superiority_draws, to_matrix
from equipoise.model import policy
from equipoise.pipeline import engagement_of
from equipoise.pipeline.estimates import Grid, channels_of, covered_years, rivalry_array
from equipoise.pipeline.states import channel_tables
from equipoise.schema import CHANNELS, DEFAULT_POWERS

HERE = Path(__file__).resolve().parent / "hedging_cases"
PAGE = PAGES / "hedging.md"
MEASURES = ("hedging", "index", "spread", "straddle", "issue_splitting", *(f"hedging_{c}" for c in CHANNELS))
AFTERWARDS = ("engaged", "evenness", "rivals", "outside_security")
"""Looked at after the result, to explain it: the three factors of the score, and the outside share in security."""

SAMPLES = ("all", "high confidence", "RUS CHN USA", "no EU members")
DRAWS, SEED = 10_000, 2026
KEYS = ("sample", "period", "measure", "hedgers", "aligners")
LIST = "ba88915991213a4952bce04cbcb4da591a70431eb6a4cc4561878c18f7e759d5"
"""SHA-256 of cases.csv as it was written before anything was computed."""


@cache
def cases() -> pl.DataFrame:
    """The list."""
    return read_cases(HERE / "cases.csv")


@cache
def yearly(powers: tuple[str, ...], states: tuple[str, ...]) -> pl.DataFrame:
    """Every measure by state and year, with the three factors of the hedging score."""
    first, last = PERIODS["1995-2020"]
    frame = engagement_of(states, powers=powers, since=first, until=last, draws=0)
    shares = [pl.col(f"share_{p}") for p in powers]
    count = pl.sum_horizontal(s.is_not_null() for s in shares)
    frame = frame.with_columns(engaged=1 - pl.col("share_0")).with_columns(
        evenness=(1 - pl.sum_horizontal((s / pl.col("engaged")) ** 2 for s in shares)) / (1 - 1 / count)
    )
    frame = frame.with_columns(rivals=pl.col("hedging") / (pl.col("engaged") ** 2 * pl.col("evenness")))
    frame = frame.join(by_channel(powers, states), on=["state", "year"], how="left")
    return frame.select("state", "year", *MEASURES, *AFTERWARDS)


def by_channel(powers: tuple[str, ...], states: Sequence[str]) -> pl.DataFrame:
    """The hedging score of each channel alone, in the years in which it is observed."""
    pack, parts = embedded(), []
    for own in sorted({s if s in powers else "" for s in states}):
        some = [s for s in states if (s if s in powers else "") == own]
        f = Grid(covered_years(pack), tuple(p for p in powers if p != own))
        shares = channels_of(pack, states=some, powers=f.powers, years=f.years)
        r = to_matrix(policy.rivalry(rivalry_array(pack, f), draws=1, seed=0).value, powers=len(f.powers))
        tables = channel_tables(shares, states=some, f=f)
        score = hedging(tables, rivalry=r[:, None])
        keys = {"state": np.repeat(some, len(f.years)), "year": np.tile(f.years, len(some))}
        columns = {f"hedging_{c}": score[:, :, i].ravel() for i, c in enumerate(CHANNELS)}
        columns["outside_security"] = tables[:, :, CHANNELS.index("security"), 0].ravel()
        parts.append(pl.DataFrame(keys | columns, nan_to_null=True))
    return pl.concat(parts).with_columns(pl.col("year").cast(pl.Int32))


def values(sample: str, period: str, *, contested: bool = False) -> pl.DataFrame:
    """Each case's mean of every measure in a period; cases with too few years of it are left out."""
    rows = within(cases(), period, contested=contested)
    if sample == "high confidence":
        rows = rows.filter(pl.col("confidence") == "high")
    if sample == "no EU members":
        rows = rows.filter(~pl.col("eu"))
    parts = []
    for eu in (False, True):
        some = rows.filter(pl.col("eu") == eu)
        powers = ("RUS", "CHN", "USA") if sample == "RUS CHN USA" else tuple(
            p for p in DEFAULT_POWERS if not (eu and p == "EUU"))
        if some.height:
            # All cases of the group are asked for, so that every sample and period draws on one computation.
            group = cases().filter(pl.col("eu") == eu, contested | (pl.col("in_test") == 1))
            long = some.join(yearly(powers, tuple(group["state"].unique().sort())), on="state")
            parts.append(long.filter(pl.col("year").is_between("since", "until")))
    keys = ["state", "stance", "to", "first_year", "last_year", "in_test"]
    return pl.concat(parts).group_by(keys).agg(pl.col(*MEASURES, *AFTERWARDS).mean()).sort("state", "first_year")


def results(samples: Sequence[str] = SAMPLES) -> pl.DataFrame:
    """AUC with its interval for every sample, period and measure."""
    out = []
    for sample, period in ((s, p) for s in samples for p in PERIODS):
        rows = values(sample, period)
        for measure in (*MEASURES, *(AFTERWARDS if sample == "all" else ())):
            one, other = (rows.filter(pl.col("stance") == s)[measure].drop_nulls() for s in ("hedger", "aligner"))
            drawn = superiority_draws(one, lower=other, draws=DRAWS, seed=SEED)
            out.append((sample, period, measure, len(one), len(other), superiority(one, lower=other),
                        *np.quantile(drawn, [0.05, 0.95])))
    columns = ["sample", "period", "measure", "hedgers", "aligners", "auc", "low", "high"]
    return pl.DataFrame(out, orient="row", schema=columns)


def ranking() -> pl.DataFrame:
    """All cases, contested ones too, by their hedging score over their whole span."""
    found = values("all", "1995-2020", contested=True)
    return found.sort("hedging", "state", descending=True)


NAMES = {
    "hedging": "**hedging score**", "index": "multi-vector index", "spread": "spread", "straddle": "straddle",
    "issue_splitting": "issue-splitting", **{f"hedging_{c}": f"hedging score of {c} alone" for c in CHANNELS},
    "engaged": "how much goes to powers, 1 − w_0", "evenness": "how evenly", "rivals": "how rival they are, r̄",
    "outside_security": "outside share in security",
}


def page_tables() -> list[str]:
    """The rows of the tables on the page about hedging, from here.csv."""
    cell = {(r["sample"], r["period"], r["measure"]): interval(r) for r in recorded("here.csv").iter_rows(named=True)}
    lines = [[NAMES[m], *(cell["all", p, m] for p in PERIODS)] for m in MEASURES]
    lines += [[s, *(cell[s, p, "hedging"] for p in PERIODS)] for s in SAMPLES]
    lines += [[NAMES[m], cell["all", "1995-2020", m]] for m in AFTERWARDS]
    return ["| " + " | ".join(line) + " |" for line in lines]


def recorded(name: str) -> pl.DataFrame:
    return pl.read_csv(HERE / name)


def test_the_list_is_the_one_written_before() -> None:
    assert hashlib.sha256((HERE / "cases.csv").read_bytes()).hexdigest() == LIST
    rows = cases()
    counts = dict(rows.filter(pl.col("in_test") == 1).group_by("stance").len().iter_rows())
    assert counts == {"hedger": 13, "aligner": 13}
    assert [codes.resolve(s) for s in rows["state"]] == rows["state"].to_list()
    assert rows["literature"].null_count() == rows["says"].null_count() == 0
    assert set(rows.filter(pl.col("stance") == "aligner")["to"]) <= set(DEFAULT_POWERS)
    assert rows.filter(pl.col("first_year") > pl.col("last_year")).is_empty()


def test_what_was_found_without_members_of_the_eu() -> None:
    agrees(results(["no EU members"]), recorded=recorded("here.csv"), samples=["no EU members"], keys=KEYS)


def test_the_page_says_what_is_recorded() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [line for line in page_tables() if line not in text] == []
    main = recorded("here.csv").row(0, named=True)
    assert f"**{verdict(main['low'], main['high'])}**" in text
    stated = recorded("here.csv").filter(pl.col("measure").is_in(MEASURES))
    above, below = stated.filter(pl.col("low") > 0.5).height, stated.filter(pl.col("high") < 0.5).height
    assert f"Of the {stated.height} comparisons" in text
    assert f"{above} have an interval above ½ and {below} below" in text


@pytest.mark.slow
def test_what_was_found() -> None:
    samples = [s for s in SAMPLES if s != "no EU members"]
    found = results(samples)
    agrees(found, recorded=recorded("here.csv"), samples=samples, keys=KEYS)
    main = found.row(0, named=True)
    assert (main["sample"], main["period"], main["measure"]) == ("all", "1995-2020", "hedging")
    assert verdict(main["low"], main["high"]) == "contradicted"


@pytest.mark.slow
def test_the_cases_rank_as_recorded() -> None:
    found, before = ranking().sort("state", "first_year"), recorded("ranking.csv").sort("state", "first_year")
    assert found["state"].to_list() == before["state"].to_list()
    same_values(found, before, columns=(*MEASURES, *AFTERWARDS))


if __name__ == "__main__":
    results().with_columns(pl.col("auc", "low", "high").round(3)).write_csv(HERE / "here.csv")
    ranking().with_columns(pl.col(*MEASURES, *AFTERWARDS).round(4)).write_csv(HERE / "ranking.csv")
    sys.stdout.write("\n".join(page_tables()) + "\n")
