"""Civil conflict: in which states it breaks out, 1946–2019, after Fearon and Laitin (2003).

A logit of the onset of conflict within a state (UCDP/PRIO, at least 25 deaths a year) in Gleditsch–Ward state-years,
on income, population and democracy of the year before, ethnic and religious fractionalisation, and years without
conflict. The design is that of Miller's (2022) extension; beside each coefficient stands the one that he prints, from
other income and democracy data and with mountainous terrain, which is not among our sources: see
tests/published/miller2022.

Run it with `python examples/civil_conflict.py` (it needs statsmodels, no network, and writes no file).

Sources: Gleditsch and others 2002, UCDP/PRIO (conflict); Fariss and others 2022 (income, population); Marquez 2016
(democracy); CREG (fractionalisation). `panel.citations()` prints them as BibTeX.
"""

from __future__ import annotations

import polars as pl
import statsmodels.api as sm

import equipoise

PUBLISHED = {
    "const": (-5.10, 1.35), "gdppc": (-0.285, 0.110), "population": (0.229, 0.0672), "democracy": (0.257, 0.181),
    "democracy2": (-0.726, 0.211), "ethfrac": (0.442, 0.358), "relfrac": (-0.389, 0.402), "spell": (-0.0738, 0.0393),
    "spell2": (0.00443, 0.00205), "spell3": (-0.0000602, 0.0000280),
}


def panel() -> equipoise.Panel:
    """The state-years and what is added to them."""
    return (
        equipoise.state_years(years=(1946, 2019), system="gw")
        .add("civil_conflict", "democracy_scores", "creg", "gdp_population")
        .peace_years("ucdpongoing", into="spell", gaps="rows")
        .lag("aeuds", "mrgdppc", "pwtpop")
    )


def design(frame: pl.DataFrame) -> pl.DataFrame:
    """The outcome and the predictors; rows in which one is missing are dropped, as a logit must."""
    time = pl.col("spell").cast(pl.Float64)
    return frame.select(
        onset="ucdponset",
        gdppc=pl.col("mrgdppc_lag1").log(),
        population=pl.col("pwtpop_lag1").log(),
        democracy="aeuds_lag1",
        democracy2=pl.col("aeuds_lag1") ** 2,
        ethfrac="ethfrac",
        relfrac="relfrac",
        spell=time,
        spell2=time**2,
        spell3=time**3,
    ).drop_nulls()


def fit(data: pl.DataFrame) -> sm.regression.linear_model.RegressionResultsWrapper:
    """The logit; the constant comes first."""
    predictors = data.drop("onset")
    x = sm.add_constant(predictors.cast(pl.Float64).to_numpy())
    model = sm.Logit(data["onset"].to_numpy(), x)
    model.data.xnames = ["const", *predictors.columns]
    return model.fit(method="newton", maxiter=50, disp=0)


def main() -> None:
    data = design(panel().frame)
    result = fit(data)
    print(f"{data.height} state-years, {data['onset'].sum()} onsets")
    print(f"{'':11}{'here':>12}{'s.e.':>12}{'Miller 2022':>14}{'s.e.':>12}")
    for name, b, se in zip(result.model.exog_names, result.params, result.bse, strict=True):
        published, error = PUBLISHED[name]
        print(f"{name:11}{b:12.3g}{se:12.3g}{published:14.3g}{error:12.3g}")


if __name__ == "__main__":
    main()
