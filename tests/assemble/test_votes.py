from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise.acquire import un_votes
from equipoise.assemble import votes

# Year, the two states, common roll calls, S with absolute distances and share of equal votes: computed by another
# program from the formulas of the R package fpsim 0.2.0, whose nominal agreement counts an abstention beside a yes or a
# no as no agreement.
REFERENCE = (
    (1975, "ETH", "LAO", 69, 0.927536231884058, 0.927536231884058),
    (1975, "ARE", "BEL", 68, 0.2941176470588236, 0.39705882352941174),
    (1975, "LKA", "USA", 70, -0.014285714285714235, 0.2857142857142857),
    (1975, "BEN", "PAN", 58, 0.6724137931034483, 0.7413793103448276),
    (1989, "BLZ", "SUN", 26, 0.5769230769230769, 0.6153846153846154),
    (2010, "EST", "UZB", 74, 0.45945945945945943, 0.6081081081081081),
    (2010, "COM", "PLW", 74, -0.09459459459459474, 0.32432432432432434),
)


def test_it_is_what_counting_pair_by_pair_gives() -> None:
    rng = np.random.default_rng(3)
    cast = rng.choice([1, 2, 3, 8, 9], size=(60, 6), p=[0.5, 0.2, 0.1, 0.1, 0.1]).astype(np.int8)
    names = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]
    years = [2001] * 25 + [2003] * 35
    frame = pl.DataFrame(dict(zip(names, cast.T, strict=True))).with_columns(
        date=pl.Series([dt.date(y, 5, 1) for y in years]), me=pl.lit(value=True)
    )
    want = []
    for year, rows in ((2001, cast[:25]), (2003, cast[25:])):
        for i in range(6):
            for j in range(i + 1, 6):
                both = [(int(x), int(y)) for x, y in rows[:, [i, j]] if x <= 3 and y <= 3]
                equal = sum(x == y for x, y in both) / len(both)
                s = 1 - 2 * sum(abs(x - y) for x, y in both) / (2 * len(both))
                want.append((names[i], names[j], year, len(both), pytest.approx(equal), pytest.approx(s)))
    assert votes.agreement(frame).rows() == want
    assert votes.agreement(frame, years=[2003]).rows() == want[15:]
    assert votes.agreement(frame, years=[2002]).schema == votes.agreement(frame).schema


def test_states_have_the_codes_of_their_year_in_order() -> None:
    days = [dt.date(1980, 1, 1), dt.date(1999, 1, 1)]
    frame = pl.DataFrame({"date": days, "RUS": [1, 1], "RWA": [1, 2], "SRB": [3, None]})
    pairs = votes.agreement(frame).select("iso3_a", "iso3_b", "year").rows()
    assert pairs == [("RWA", "SUN", 1980), ("RWA", "YUG", 1980), ("SUN", "YUG", 1980), ("RUS", "RWA", 1999)]


@pytest.mark.raw
def test_the_real_roll_calls(raw: Path) -> None:
    calls = un_votes.parse({un_votes.FILES[0]: (raw / un_votes.FILES[0]).read_bytes()})
    found = votes.agreement(calls)
    assert found.select("iso3_a", "iso3_b", "year").is_unique().all()
    assert (found["iso3_a"] < found["iso3_b"]).all()
    assert (found["year"].min(), found["year"].max(), found["n_votes"].min()) == (1946, 2024, 1)
    assert found["agree3"].is_between(0, 1).all() and found["s_score"].is_between(-1, 1).all()
    # Votes opposed on a scale of three are twice as far apart as the rest.
    assert (found["s_score"] <= found["agree3"] + 1e-12).all()
    for year, a, b, n, s, agree in REFERENCE:
        row = found.row(by_predicate=(pl.col("year") == year) & (pl.col("iso3_a") == a) & (pl.col("iso3_b") == b))
        assert row[3] == n
        assert (row[5], row[4]) == pytest.approx((s, agree), abs=1e-9)
