"""What a report says without each component of rivalry, with other weights, and of the structure of the system."""

from __future__ import annotations

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest
from polars.testing import assert_frame_equal

import equipoise
from equipoise.measure import frustration, order_stress_path, to_matrix
from equipoise.measure.system import COMPONENTS
from equipoise.model import Prior

# Under the posterior of the pack nothing moves Mongolia's median leeway from 1.
FEW = {"draws": 8, "since": 2000, "until": 2016, "prior": Prior()}
KEYS = ["year", "power_a", "power_b"]


@pytest.fixture(scope="module")
def mongolia():
    return equipoise.report("MNG", **FEW).figures


def span(frame: pl.DataFrame, column: str, *, by: str | list[str] = "year") -> pl.DataFrame:
    """Range over components, of the rows with a value for each of them."""
    value, each = pl.col(column), frame["component"].n_unique()
    found = frame.group_by(by).agg(low=value.min(), high=value.max(), n=value.count())
    return found.filter(pl.col("n") == each).drop("n").sort(by)


@pytest.mark.parametrize(
    ("frame", "column", "bounds"),
    [
        ("order", "stress", "stress_without"),
        ("multi_vector", "straddle", "straddle_without"),
        ("multi_vector", "hedging", "hedging_without"),
        ("leeway", "leeway", "without"),
    ],
)
def test_ranges_are_over_the_components_that_are_left_out(mongolia, frame, column, bounds):
    each = span(mongolia.left_out, column)
    shown = getattr(mongolia, frame).select("year", low=f"{bounds}_low", high=f"{bounds}_high").drop_nulls()
    assert shown.height
    assert_frame_equal(shown, each.filter(pl.col("year").is_in(shown["year"].to_list())))
    assert (shown["high"] > shown["low"]).any()


def test_ranges_of_rivalry_are_over_the_components_that_are_left_out(mongolia):
    pooled = mongolia.rivalry.filter(pl.col("component") == "pooled")
    shown = pooled.select(*KEYS, low="without_low", high="without_high").drop_nulls().sort(KEYS)
    assert_frame_equal(shown, span(mongolia.rivalry_without, "value", by=KEYS))
    inside = pooled.filter(pl.col("without_low").is_not_null())
    assert (inside["value"] >= inside["without_low"] - 1e-9).all()
    assert (inside["value"] <= inside["without_high"] + 1e-9).all()


def test_a_year_that_one_component_alone_knows_has_no_range():
    """Without that component there is nothing, and a range over the others would be narrower for no other reason."""
    r = equipoise.report("MNG", draws=4, since=2022).figures
    known = r.rivalry.filter(pl.col("component") != "pooled").drop_nulls("value")
    count = dict(known.group_by("year").agg(pl.col("component").n_unique()).iter_rows())
    for row in r.order.to_dicts():
        assert row["stress"] is not None and row["low"] is not None
        for bound in ("stress_without_low", "depth_without_high"):
            assert (row[bound] is None) == (count[row["year"]] == 1), row


def test_without_a_component_is_the_report_with_its_weight_at_zero(mongolia):
    """Two ways to the same figures: left out here, weighed nothing there."""
    other = equipoise.report("MNG", **FEW, rivalry_weights={"sanctions": 0}).figures
    gone = pl.col("component") == "sanctions"
    pooled = other.rivalry.filter(pl.col("component") == "pooled").select(*KEYS, "value").sort(KEYS)
    assert_frame_equal(mongolia.rivalry_without.filter(gone).select(*KEYS, "value").sort(KEYS), pooled)
    mine = mongolia.left_out.filter(gone)
    for frame, column in ((other.order, "stress"), (other.multi_vector, "straddle"), (other.multi_vector, "hedging")):
        there = frame.select("year", column).drop_nulls()
        here = mine.select("year", column).drop_nulls()
        assert_frame_equal(here, there)
    assert other.left_out.filter(gone).is_empty() and other.rivalry_without.filter(gone).is_empty()


def test_equal_weights_change_nothing_and_others_do(mongolia):
    same = equipoise.report("MNG", **FEW, rivalry_weights=dict.fromkeys(COMPONENTS, 7)).figures
    for name in ("rivalry", "order", "multi_vector", "leeway", "leeway_pairs", "left_out"):
        assert_frame_equal(getattr(same, name), getattr(mongolia, name))
    other = equipoise.report("MNG", **FEW, rivalry_weights={"ideal_points": 8}).figures
    names = ("pooled", "ideal_points")
    pooled, ideal = (other.rivalry.filter(pl.col("component") == c).sort(KEYS)["value"].to_numpy() for c in names)
    before = mongolia.rivalry.filter(pl.col("component") == "pooled").sort(KEYS)["value"].to_numpy()
    known = np.isfinite(pooled) & np.isfinite(ideal.astype(float))
    assert np.abs(pooled - ideal)[known].mean() < 0.6 * np.abs(before - ideal)[known].mean()
    assert other.assumptions["rivalry_weights"]["ideal_points"] == pytest.approx(8 / 12)
    assert sum(other.assumptions["rivalry_weights"].values()) == pytest.approx(1)


def test_stress_without_a_component_is_that_of_the_rivalry_without_it(mongolia):
    left = mongolia.rivalry_without.filter(pl.col("component") == "strategic")
    wide = left.pivot(on=["power_a", "power_b"], index="year", values="value").sort("year")
    from equipoise.assemble.packed import embedded
    from equipoise.measure.system import capabilities

    strength = capabilities(embedded(), powers=mongolia.powers, years=wide["year"].to_list())
    c = strength.pivot(on="power", index="year", values="capability").sort("year").select(mongolia.powers).to_numpy()
    stress = order_stress_path(to_matrix(wide.drop("year").to_numpy(), powers=5), capability=c).value
    told = mongolia.left_out.filter(pl.col("component") == "strategic").sort("year")["stress"].to_numpy()
    np.testing.assert_allclose(stress, told, atol=1e-9)


def test_intervals_and_ranges_of_the_structure(mongolia):
    o = mongolia.order
    assert o["frustration"].is_between(0, 0.5).all() and o["depth"].is_between(0, 1).all() and (o["minima"] >= 1).all()
    for name in ("frustration", "depth"):
        assert (o[f"{name}_low"] <= o[f"{name}_high"]).all()
        assert (o[f"{name}_without_low"] <= o[f"{name}_without_high"]).all()
    blocs = mongolia.order_blocs
    for (year,), now in blocs.group_by("year"):
        one, other = now["bloc"].to_numpy(), now["deepest"].to_numpy()
        same = (one == other).all() or (one != other).all()
        assert o.filter(pl.col("year") == year)["agrees"].item() == same


def test_frustration_is_that_of_likeness_and_hostile_acts(mongolia):
    """By hand in a year with every component: 1 − 2r of ideal points and alliances, −r of the rest, their mean."""
    rows = mongolia.rivalry.filter(pl.col("component") != "pooled")
    whole = rows.group_by("year").agg(pl.col("value").is_not_null().sum().alias("n"), pl.len().alias("all"))
    year = whole.filter(pl.col("n") == 50)["year"].max()
    now = rows.filter(pl.col("year") == year).pivot(on="component", index=["power_a", "power_b"], values="value")
    close, hostile = now.select("ideal_points", "alliances"), now.select("sanctions", "disputes", "strategic")
    p = to_matrix(((1 - 2 * close.to_numpy()).sum(axis=1) - hostile.to_numpy().sum(axis=1)) / 5, powers=5)
    share = frustration(p).index / np.abs(np.triu(p)).sum()
    assert mongolia.order.filter(pl.col("year") == year)["frustration"].item() == pytest.approx(share, abs=1e-9)


def test_between_two_powers_what_cannot_be_left_out_is_null_and_the_page_is_whole():
    """One component alone is known of some year: there is no range, and nothing that is no number reaches a chart."""
    report = equipoise.report("MNG", powers=["RUS", "CHN"], since=2014, draws=4)
    r = report.figures
    frames = {name: f for name in r.__dataclass_fields__ if isinstance(f := getattr(r, name), pl.DataFrame)}
    for name, frame in frames.items():
        floats = frame.select(cs.float())
        assert not floats.width or not any(floats.select(pl.all().is_nan().any()).row(0)), name
    assert report.html().count("<svg") > 5


def test_one_component_alone_has_no_range():
    """With all the weight on one component there is nothing to leave out, and no range."""
    alone = dict.fromkeys(COMPONENTS, 0) | {"alliances": 1}
    r = equipoise.report("MNG", since=2000, until=2004, draws=4, rivalry_weights=alone).figures
    assert r.order["stress"].null_count() == 0
    assert r.left_out.is_empty() and r.rivalry_without.is_empty()
    assert r.order["stress_without_low"].null_count() == r.order.height
