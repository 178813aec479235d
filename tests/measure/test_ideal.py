from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from equipoise.errors import BadMatrix, UsageError
from equipoise.measure import IdealPosterior, ideal_points, ideal_posterior
from equipoise.measure.ideal import sampler
from equipoise.measure.ideal.estimation_set import arrays, start

STATES = ("USA", "RUS", *(f"S{k:02d}" for k in range(38)))
SESSIONS = 6


def simulated(*, seed: int = 5, repeated: int = 12, own: int = 38) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Votes drawn from the model, and the true points, of mean 0 and standard deviation 1 over all of them."""
    rng = np.random.default_rng(seed)
    first = np.concatenate([[2.0, -2.0], rng.normal(0, 1, len(STATES) - 2)])
    steps = rng.normal(0, 0.35, (SESSIONS - 1, len(STATES)))
    theta = np.cumsum(np.vstack([first, steps]), axis=0)
    theta = (theta - theta.mean()) / theta.std(ddof=1)
    n = repeated + SESSIONS * own
    slope, low = rng.normal(0, 1.2, n), rng.normal(0, 0.8, n)
    high = low + rng.gamma(2.0, 0.4, n)
    rows = []
    for t in range(SESSIONS):
        for i in [*range(repeated), *range(repeated + t * own, repeated + (t + 1) * own)]:
            z = slope[i] * theta[t] + rng.normal(size=len(STATES))
            vote = 1 + (z > low[i]).astype(int) + (z > high[i]).astype(int)
            there = rng.random(len(STATES)) > 0.05
            rows += [(s, t + 1, i, int(v)) for s, v, x in zip(STATES, vote, there, strict=True) if x]
    votes = pl.DataFrame(rows, schema={"state": pl.String, "session": pl.Int32, "item": pl.Int32, "vote": pl.Int8},
                         orient="row")
    truth = pl.DataFrame([(s, t + 1, theta[t, k]) for t in range(SESSIONS) for k, s in enumerate(STATES)],
                         schema={"state": pl.String, "session": pl.Int32, "truth": pl.Float64}, orient="row")
    return votes, truth


def correlation(frame: pl.DataFrame) -> float:
    return float(np.corrcoef(frame["mean"], frame["truth"])[0, 1])


def test_the_sampler_finds_the_points_and_how_sure_they_are() -> None:
    votes, truth = simulated()
    found = ideal_points(votes, draws=800, burn_in=200).join(truth, on=["state", "session"])
    assert found.height == len(STATES) * SESSIONS
    assert correlation(found) > 0.97
    covered = ((found["low"] < found["truth"]) & (found["truth"] < found["high"])).mean()
    assert 0.85 < covered < 0.96
    assert (found["low"] < found["mean"]).all() and (found["mean"] < found["high"]).all()
    error = (found["mean"] - found["truth"]).pow(2).mean() ** 0.5
    assert found["sd"].pow(2).mean() ** 0.5 == pytest.approx(error, rel=0.2)


def test_the_variational_points_lie_close_and_have_no_deviations() -> None:
    votes, truth = simulated()
    found = ideal_points(votes, method="variational")
    assert found.columns == ["state", "session", "n_votes", "mean", "sd", "low", "high", "rhat", "ess"]
    assert found.select("sd", "low", "high", "rhat", "ess").null_count().row(0) == (found.height,) * 5
    assert correlation(found.join(truth, on=["state", "session"])) > 0.96
    assert found["mean"].mean() == pytest.approx(0, abs=1e-9) and found["mean"].std() == pytest.approx(1)


@pytest.mark.parametrize("method", ["gibbs", "variational"])
def test_threads_and_order_of_rows_change_nothing(method: str) -> None:
    votes, _ = simulated(own=10)
    one = ideal_points(votes, method=method, draws=100, burn_in=10, threads=1)
    all_of_them = ideal_points(votes, method=method, draws=100, burn_in=10)
    shuffled = ideal_points(votes.sample(fraction=1.0, shuffle=True, seed=2), method=method, draws=100, burn_in=10)
    assert one.equals(all_of_them) and one.equals(shuffled)


def test_chains_agree_where_they_are_long_enough_and_say_so_where_not() -> None:
    votes, _ = simulated()
    told: list[float] = []
    long = ideal_points(votes, draws=600, burn_in=200, chains=3, progress=told.append)
    assert long["rhat"].median() < 1.02 and long["rhat"].max() < 1.15 and long["ess"].median() > 200
    assert told == sorted(told) and told[-1] == 1 and len(told) == 3 * 80
    short = ideal_points(votes, draws=100, burn_in=0, chains=2)
    assert short["rhat"].median() > 1.03 and short["ess"].median() < 100


def test_a_further_chain_starts_elsewhere_and_draws_others() -> None:
    votes, _ = simulated(own=10)
    one = ideal_posterior(votes, draws=100, burn_in=0, chains=1)
    two = ideal_posterior(votes, draws=100, burn_in=0, chains=2)
    assert np.array_equal(one.draws[0], two.draws[0]) and not np.array_equal(two.draws[0], two.draws[1])
    assert np.abs(two.draws[1, 0] - two.draws[0, 0]).mean() > 0.1
    flat = two.draws.reshape(200, -1)
    assert np.array_equal(two.thinned(200), flat) and np.array_equal(two.thinned(4), flat[[0, 99, 100, 199]])
    for number in (0, 3, 400):
        with pytest.raises(UsageError, match=f"{number} draws cannot be taken from 2 chains of 100"):
            two.thinned(number)


def test_sessions_that_nothing_ties_stand_on_the_scale_of_the_last_that_is() -> None:
    rng = np.random.default_rng(3)
    units = pl.DataFrame([(s, t, 9) for t in (7, 8, 9) for s in ("A", "B", "C", "D")] + [("E", 9, 9)],
                         schema=["state", "session", "n_votes"], orient="row").filter(
                             ~((pl.col("state") == "D") & (pl.col("session") == 8)))
    drawn = rng.normal(size=(2, 50, units.height)).astype(np.float32)
    found = IdealPosterior(units, drawn).anchored(after=8).draws
    early = (units["session"] <= 8).to_numpy()
    assert np.array_equal(found[..., early], drawn[..., early])
    both = units["state"].is_in(["A", "B", "C"]).to_numpy()
    there, here = (found[..., both & (units["session"] == s).to_numpy()] for s in (8, 9))
    assert np.allclose(here.mean(-1), there.mean(-1), atol=1e-6) and np.allclose(here.std(-1), there.std(-1), atol=1e-6)
    votes, _ = simulated(own=10)
    for call in ({"method": "variational"}, {"draws": 100, "burn_in": 10, "chains": 1}):
        points = ideal_points(votes, anchor=5, **call)
        spread = dict(points.group_by("session").agg(pl.col("mean").std()).rows())
        assert spread[6] == pytest.approx(spread[5], rel=1e-3 if "method" in call else 0.1)
    last = (units["session"] == 9).to_numpy()
    assert np.array_equal(np.argsort(found[..., last], -1), np.argsort(drawn[..., last], -1))     # E and D among them
    two = units["state"].is_in(["A", "B"]).to_numpy()
    few = IdealPosterior(units.filter(two), drawn[..., two])
    with pytest.raises(UsageError, match="2 states voted in session 8 and in 9, too few for one scale"):
        few.anchored(after=8)


def test_convergence_is_that_of_points_within_their_session() -> None:
    rng = np.random.default_rng(3)
    own = rng.normal(size=(2, 200, 3))
    level = np.array([0.0, 5.0])[:, None, None]     # one chain has all of a session higher than the other
    units = pl.DataFrame({"state": ["A", "B", "C", "D"], "session": [1, 1, 1, 2], "n_votes": [9, 9, 9, 9]})
    drawn = np.concatenate([own + level, rng.normal(size=(2, 200, 1))], axis=-1).astype(np.float32)
    found = IdealPosterior(units, drawn).summary()
    assert found["rhat"][:3].max() < 1.05 and found["rhat"][3] is None


@pytest.mark.parametrize("x", [1e-300, 3e-7, 0.3, 0.70710678, 1.0, 2.5, 700.0])
def test_the_functions_that_do_not_depend_on_the_system(x: float) -> None:
    assert sampler.exponential(-x) == pytest.approx(math.exp(-x), rel=1e-15, abs=1e-300)
    assert sampler.logarithm(x) == pytest.approx(math.log(x), rel=1e-15, abs=1e-15)
    assert sampler.exponential(-701.0) == 0


def test_the_seed_decides() -> None:
    votes, _ = simulated(own=10)
    drawn = [ideal_points(votes, draws=100, burn_in=10, seed=s)["mean"].to_list() for s in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_the_first_pole_is_positive() -> None:
    votes, _ = simulated(own=10)
    here = ideal_points(votes, method="variational")
    there = ideal_points(votes, method="variational", poles=("RUS", "USA"))
    assert here.filter(state="USA")["mean"].mean() > 1
    assert np.allclose(here["mean"], -there["mean"], atol=1e-6)


def test_states_may_be_cow_codes() -> None:
    votes, _ = simulated(own=10)
    codes = {name: 900 + k for k, name in enumerate(STATES)} | {"USA": 2, "RUS": 365}
    coded = votes.with_columns(pl.col("state").replace_strict(codes, return_dtype=pl.Int32))
    by_name = ideal_points(votes, method="variational").filter(state="USA")["mean"].to_list()
    assert ideal_points(coded, method="variational").filter(state=2)["mean"].to_list() == pytest.approx(by_name)


def test_it_starts_from_likeness_with_the_poles() -> None:
    rows = [(s, 1, i, v) for i in range(6) for s, v in (("USA", 3), ("RUS", 1), ("NEA", 3 if i < 4 else 1), ("MID", 2))]
    votes = arrays(pl.DataFrame(rows, schema=["state", "session", "item", "vote"], orient="row"))
    begun = dict(zip(votes.units["state"], start(votes, poles=("USA", "RUS")), strict=True))
    middle = begun["MID"]     # half like either
    assert begun["USA"] - middle == pytest.approx(middle - begun["RUS"])
    assert begun["NEA"] - middle == pytest.approx((begun["USA"] - middle) / 3)


def test_the_prior_is_centred_on_the_session_before_and_in_the_first_on_the_next() -> None:
    # A votes 6 times in session 1 and 12 in 4; B only in 1; C votes in 1, 2 and 4.
    when = {"A": {1: 6, 4: 12}, "B": {1: 6}, "C": {1: 6, 2: 3, 4: 12}, "D": {2: 3}}
    rows = [(s, t, 100 * t + i, 1 + (s in "AD")) for s, by in when.items() for t, n in by.items() for i in range(n)]
    votes = arrays(pl.DataFrame(rows, schema=["state", "session", "item", "vote"], orient="row"))
    assert votes.units.select("state", "session").rows() == [("A", 1), ("A", 4), ("B", 1), ("C", 1), ("C", 2), ("C", 4),
                                                             ("D", 2)]
    assert votes.before.tolist() == [1, 0, -1, 4, 3, 4, -1]
    want = [6 / 18, 12 / 18, 1, 6 / 9, 3 / 9, 12 / 15, 1]
    assert votes.variance == pytest.approx(np.array(want) / 2)


def test_items_on_which_all_agree_are_left_out_and_unused_categories_need_no_cutpoint() -> None:
    table = {"A": [1, 1, 1, 1, 2, 1], "B": [1, 2, 3, 2, 3, 1], "C": [1, 2, 1, 3, 3, 3]}
    rows = [(s, 1, i, v) for s, cast in table.items() for i, v in enumerate(cast)]
    votes = arrays(pl.DataFrame(rows, schema=["state", "session", "item", "vote"], orient="row"))
    assert votes.units["n_votes"].to_list() == [5, 5, 5]
    assert (votes.step[:, 0] > 0).tolist() == [True, True, True, False, True]
    assert np.sign(votes.step[:, 1]).tolist() == [0, -1, 1, 1, -1]
    assert votes.cuts[0, 1] == sampler.FAR and votes.cuts[3, 0] == -sampler.FAR


@pytest.mark.parametrize("x", [-30.0, -8.5, -7.99, -2.3, -0.004, 0.0, 0.7, 6.5, 9.0])
def test_the_normal_distribution(x: float) -> None:
    assert sampler.below(x) == pytest.approx(0.5 * math.erfc(-x / 2**0.5), rel=1e-5, abs=1e-300)
    if -7 < x < 5:
        assert sampler.quantile(sampler.below(x)) == pytest.approx(x, abs=1e-4)


def test_uniform_numbers_are_uniform_and_streams_differ() -> None:
    seed = np.uint64(7)
    begun = [np.uint64(sampler.stream(seed, sweep, item)) for sweep in range(40) for item in range(-25, 25)]
    drawn = np.array([sampler.uniform(state) for state in begun])
    assert drawn.min() > 0 and drawn.max() < 1 and len(np.unique(drawn)) == 2000
    counts = np.histogram(drawn, bins=20, range=(0, 1))[0]
    assert ((counts - 100) ** 2 / 100).sum() < 43.8     # chi-squared with 19 degrees of freedom, 0.999


VOTES = simulated(own=2)[0]


@pytest.mark.parametrize(("votes", "error", "words"), [
    (VOTES.with_columns(vote=pl.lit(8)), BadMatrix, "a vote is 8; votes are 1 yes, 2 abstain, 3 no"),
    (VOTES.drop("item"), BadMatrix, "no column item"),
    (VOTES.with_columns(state=pl.lit(None, dtype=pl.String)), BadMatrix, "is null"),
    (VOTES.filter(pl.col("item") < 4), UsageError, "4 items divide 40 states: too few.*at least 5 items and 3 states"),
    (VOTES.filter(pl.col("state").is_in(["USA", "RUS"])), UsageError, "divide 2 states: too few"),
    (VOTES.filter(pl.col("state") != "RUS"), UsageError, "RUS cast none of the votes.*poles="),
    (pl.concat([VOTES, VOTES.head(1)]), BadMatrix, "USA voted twice on item 0 in session 1"),
])
def test_what_cannot_be_estimated_is_refused(votes: pl.DataFrame, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ideal_points(votes)


@pytest.mark.parametrize(("call", "words"), [
    ({"method": "laplace"}, "'laplace' is no method.*gibbs or variational"),
    ({"draws": 50}, "50 draws after 250 are too few.*at least 100"),
    ({"burn_in": -1}, "at least"),
    ({"threads": 0}, "0 threads cannot be had"),
])
def test_a_wrong_call_is_refused(call: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        ideal_points(VOTES, **call)
