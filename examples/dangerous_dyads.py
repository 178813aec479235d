"""Dangerous dyads: which pairs of states begin militarised disputes, 1816–2010, after Bremer (1992).

A logit of dispute onset in politically relevant, undirected dyad-years, with peace years and their square and cube
(Carter and Signorino 2010). The design is that of Miller's (2022) extension of Bremer; beside each coefficient stands
the one that he prints, from other alliance, democracy and income data: see tests/published/miller2022. Predictors
other than 0/1 and peace years are in units of two standard deviations (Gelman 2008).

Run it with `python examples/dangerous_dyads.py` (it needs statsmodels, no network, and writes no file).

Sources: Gibler, Miller and Little 2016 (disputes); Correlates of War (states, majors, contiguity, capabilities); ATOP
5.0 (alliances); Marquez 2016 (democracy); Fariss and others 2022 (income). `panel.citations()` prints them as BibTeX.
"""

from __future__ import annotations

import polars as pl
import statsmodels.api as sm

import equipoise

PUBLISHED = {
    "const": (-3.06, 0.0635), "landcontig": (1.06, 0.0568), "cincprop": (0.455, 0.0363), "cowmajdyad": (0.144, 0.0575),
    "defense": (-0.119, 0.0580), "mindem": (-0.499, 0.0525), "mingdppc": (0.293, 0.0511), "minmilit": (0.255, 0.0226),
    "spell": (-0.147, 0.00505), "spell2": (0.00247, 0.000135), "spell3": (-0.0000116, 0.000000891),
}
SCALED = ("cincprop", "mindem", "mingdppc", "minmilit")


def panel() -> equipoise.Panel:
    """The dyad-years and what is added to them."""
    return (
        equipoise.dyad_years(years=(1816, 2010))
        .relevant()
        .add("gml_dispute_onset", "capabilities", "alliances", "democracy_scores", "gdp_population")
        .peace_years("gmlmidongoing", into="spell", gaps="rows")
    )


def design(frame: pl.DataFrame) -> pl.DataFrame:
    """The outcome and the predictors; rows in which one is missing are dropped, as a logit must."""
    wanted = frame.select(
        onset="gmlmidonset",
        landcontig=(pl.col("conttype") == 1).cast(pl.Int8),
        cincprop=pl.min_horizontal("cinc1", "cinc2") / pl.max_horizontal("cinc1", "cinc2"),
        cowmajdyad=pl.max_horizontal("cowmaj1", "cowmaj2"),
        defense="atop_defense",
        mindem=weakest("aeuds"),
        mingdppc=weakest("mrgdppc"),
        minmilit=pl.when(pl.all_horizontal(pl.col("milper1", "milper2", "tpop1", "tpop2").is_not_null())).then(
            pl.min_horizontal(pl.col("milper1") / pl.col("tpop1"), pl.col("milper2") / pl.col("tpop2"))),
        spell="spell",
    )
    scaled = wanted.with_columns((pl.col(c) - pl.col(c).mean()) / (2 * pl.col(c).std()) for c in SCALED)
    time = pl.col("spell").cast(pl.Float64)
    return scaled.with_columns(spell2=time**2, spell3=time**3).drop_nulls()


def weakest(name: str) -> pl.Expr:
    """The lower of the two sides' values, where both are known."""
    one, two = pl.col(f"{name}1"), pl.col(f"{name}2")
    return pl.when(one.is_not_null() & two.is_not_null()).then(pl.min_horizontal(one, two))


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
    print(f"{data.height} dyad-years, {data['onset'].sum()} onsets")
    print(f"{'':11}{'here':>12}{'s.e.':>12}{'Miller 2022':>14}{'s.e.':>12}")
    for name, b, se in zip(result.model.exog_names, result.params, result.bse, strict=True):
        published, error = PUBLISHED[name]
        print(f"{name:11}{b:12.3g}{se:12.3g}{published:14.3g}{error:12.3g}")


if __name__ == "__main__":
    main()
