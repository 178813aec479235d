"""Gravity by PPML, against the same likelihood with a dummy for every effect."""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
import pytest

from equipoise.errors import MissingSource, UsageError
from equipoise.model.gravity import ppml


def made(seed: int = 0) -> pl.DataFrame:
    """Flows of 8 states over 6 years around a known effect of 0.4 on log flows; pair F-G never trades."""
    rng = np.random.default_rng(seed)
    rows = [(a, b, t) for a in "ABCDEFGH" for b in "ABCDEFGH" if a != b for t in range(6)]
    frame = pl.DataFrame(rows, schema=["exporter", "importer", "year"], orient="row").with_columns(
        pair=pl.concat_str(pl.min_horizontal("exporter", "importer"), pl.max_horizontal("exporter", "importer")),
        out=pl.concat_str("exporter", "year"), into=pl.concat_str("importer", "year"),
    )
    policy = rng.integers(0, 2, len(rows)).astype(float)
    effect = sum(rng.normal(0, 0.7, frame[c].n_unique())[frame[c].rank("dense").to_numpy() - 1]
                 for c in ("pair", "out", "into"))
    flow = rng.poisson(np.exp(2 + effect + 0.4 * policy)).astype(float)
    flow[(frame["pair"] == "FG").to_numpy()] = 0.0
    return frame.with_columns(policy=policy, other=rng.normal(size=len(rows)), flow=flow)


EFFECTS = ("pair", "out", "into")


@pytest.mark.slow
def test_it_is_the_fit_with_a_dummy_for_every_effect() -> None:
    pytest.importorskip("pyfixest")
    import statsmodels.api as sm

    rows = made()
    fit = ppml(rows, flow="flow", variables=("policy", "other"), effects=EFFECTS, clusters=("pair",))
    kept = rows.filter(pl.col("pair") != "FG")
    dummies = kept.select(EFFECTS).to_dummies(drop_first=True).to_numpy()
    x = np.column_stack([kept["policy"], kept["other"], np.ones(kept.height), dummies])
    independent = np.flatnonzero(np.abs(np.diag(np.linalg.qr(x)[1])) > 1e-8)
    x = x[:, independent]
    groups = kept["pair"].rank("dense").to_numpy()
    plain = sm.GLM(kept["flow"].to_numpy(), x, family=sm.families.Poisson()).fit(
        tol=1e-12, cov_type="cluster", cov_kwds={"groups": groups}
    )
    np.testing.assert_allclose(fit.estimate, plain.params[:2], atol=1e-6)
    # The factor of small samples is their own affair; the clustered spread is the same.
    np.testing.assert_allclose(fit.se / fit.se[0], plain.bse[:2] / plain.bse[0], rtol=1e-4)
    np.testing.assert_allclose(fit.se, plain.bse[:2], rtol=0.1)
    assert (fit.rows, fit.separated) == (kept.height, 12)


def test_it_recovers_the_effect_that_made_the_flows() -> None:
    pytest.importorskip("pyfixest")
    fit = ppml(made(3), flow="flow", variables=("policy", "other"), effects=EFFECTS, clusters=("pair",))
    estimate, low, high = fit.of("policy")
    assert low < 0.4 < high and abs(estimate - 0.4) < 0.1
    assert fit.of("other")[1] < 0 < fit.of("other")[2]
    assert fit.change("policy")[0] == pytest.approx(100 * (np.exp(estimate) - 1))


def test_a_variable_that_the_effects_absorb_is_named() -> None:
    pytest.importorskip("pyfixest")
    rows = made().with_columns(size=pl.col("exporter").rank("dense").cast(pl.Float64))
    with pytest.raises(UsageError, match="size does not vary beside the fixed effects"):
        ppml(rows, flow="flow", variables=("policy", "size"), effects=EFFECTS, clusters=("pair",))


@pytest.mark.parametrize(("change", "message"), [
    (pl.col("flow") - 100, "negative flows"),
    (pl.when(pl.col("year") > 0).then("flow").alias("flow"), "flow has missing values"),
    (pl.when(pl.col("year") > 0).then("policy").alias("policy"), "policy has missing values"),
])
def test_bad_rows_are_named(change: pl.Expr, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ppml(made().with_columns(change), flow="flow", variables=("policy",), effects=EFFECTS, clusters=("pair",))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(UsageError, match="no column tariff"):
        ppml(made(), flow="flow", variables=("tariff",), effects=EFFECTS, clusters=("pair",))


def test_without_pyfixest_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyfixest.estimation", None)
    with pytest.raises(MissingSource, match=r"pyfixest is not installed.*equipoise\[gravity\]"):
        ppml(made(), flow="flow", variables=("policy",), effects=EFFECTS, clusters=("pair",))
