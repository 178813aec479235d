"""The fitted stances as tables of the pack, from its other tables and the coded crises; takes some minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.crisis_keys import RUNGS
from equipoise.assemble.packed import Pack
from equipoise.measure.left_out import tail_index, without
from equipoise.measure.ordered import Voted, vote_slopes
from equipoise.pipeline.reasons import REASONS
from equipoise.pipeline.stance_check import checked, fit_to
from equipoise.pipeline.stance_rows import coded_rows as coded_of
from equipoise.pipeline.stance_rows import crisis_votes, same_soil, scale, standardised, vote_rows
from equipoise.pipeline.stance_scores import calibration, distance_shares, left_out_shares, scores
from equipoise.pipeline.stances import OUTCOMES, VOTED, Posterior
from equipoise.schema import DEFAULT_POWERS

if TYPE_CHECKING:
    from equipoise.model.stance import Coded

Array = NDArray[np.float64]
Slopes = dict[str, tuple[Array, Array]]
Progress = Callable[[str], None]

KEPT = 1200
"""Draws that the pack carries."""


def stance_tables(pack: Pack, *, progress: Progress = lambda _: None, seed: int = 1991) -> dict[str, pl.DataFrame]:
    """Return the tables of :data:`equipoise.assemble.stance_contracts.STANCE`, from roll calls, trade, alliances, ….

    The model is fitted once; for each crisis, and without votes, its draws are weighed as if it had not been seen, and
    for some crises it is fitted anew as a check. The same pack gives the same tables up to the last digits of floating
    point.
    """
    votes, rows = crisis_votes(pack), coded_of(pack)
    sizes = scale(rows)
    progress("what votes on crises say of the reasons")
    slopes = _vote_slopes(vote_rows(pack, votes=votes), sizes=sizes)
    progress("sampling the stances")
    coded, weight = coded_stances(rows, sizes=sizes)
    told, fitted = _fitted(coded, weight, slopes, seed=seed)
    progress("forecasting each crisis without it")
    found = Posterior(told["slopes"], told["powers"], told["spread"], told["cuts"], told["vote"], slopes)
    seen, density = left_out_shares(found, rows, scale=sizes)
    unvoted, density_unvoted = left_out_shares(found, rows, scale=sizes, votes=False)
    shares = {"reasons": seen, "reasons_without_votes": unvoted, "un_distance": distance_shares(rows, scale=sizes)}
    worths = pl.DataFrame(
        [
            ("sampling", f"{what}_without_{name}", worst(map(of, each.values())))
            for name, each in (("a_crisis", density), ("votes", density_unvoted))
            for what, worst, of in (("least", min, _worth), ("tail", max, tail_index))
        ],
        schema=["parameter", "group", "mean"],
        orient="row",
    )
    progress("fitting some anew as a check")
    left = {crisis: _worth(d) for crisis, d in density.items()}
    check = checked(found, rows, seen, left=left, coded=coded, weight=weight, scale=sizes, seed=seed)
    return {
        "crisis_votes": votes,
        "stance_vote_slopes": _slope_table(slopes),
        "stance_scale": sizes,
        "stance_draws": _draws(told),
        "stance_fit": pl.concat([fitted, worths, check], how="diagonal"),
        "stance_scores": scores(rows, shares=shares),
        "stance_calibration": calibration(rows, seen),
    }


def _worth(density: Array) -> float:
    return without(density)[1]


def _fitted(coded: Coded, weight: Array, slopes: Slopes, *, seed: int) -> tuple[dict[str, Array], pl.DataFrame]:
    """Draws of every parameter, and the table ``stance_fit``."""
    from equipoise.model.stance import named, sampled  # JAX is slow to import

    fit = fit_to(weight, slopes[""])
    draws, divergent = sampled(coded, [fit], near=fit, seed=seed)
    return named(draws[0].reshape(-1, coded.size), coded=coded), _fit(draws[0], int(divergent.sum()), coded=coded)


def _vote_slopes(rows: pl.DataFrame, *, sizes: pl.DataFrame) -> Slopes:
    """Slopes and covariance of all votes, and without those about each place."""
    values = standardised(_matrix(rows), scale=sizes)[:, [REASONS.index(r) for r in VOTED]]
    voted = Voted(
        values,
        _numbers(rows["topic"]),
        _numbers(rows["state"]),
        rows.select("against", "abstain", "in_favour").to_numpy(),
    )
    out = {"": vote_slopes(voted)}
    for place in rows["place"].unique().sort():
        apart = np.array([not same_soil(place, p) for p in rows["place"]])
        out[place] = vote_slopes(voted, among=apart)
    return out


def coded_stances(rows: pl.DataFrame, *, sizes: pl.DataFrame) -> tuple[Coded, Array]:
    """Return the coded stances as the model has them, and which are coded (C, P), 1 or 0."""
    from equipoise.model.stance import Coded

    crises, values = rows["crisis"].unique().sort().to_list(), standardised(_matrix(rows), scale=sizes)
    shape = (len(crises), len(DEFAULT_POWERS))
    x, rungs, weight = np.zeros((*shape, len(REASONS))), np.zeros((*shape, 2), dtype=np.int64), np.zeros(shape)
    for value, row in zip(values, rows.iter_rows(named=True), strict=True):
        at = crises.index(row["crisis"]), DEFAULT_POWERS.index(row["power"])
        x[at], rungs[at], weight[at] = value, [row[o] for o in OUTCOMES], 1.0
    return Coded(x, rungs, np.array([REASONS.index(r) for r in VOTED]), len(RUNGS)), weight


def _matrix(rows: pl.DataFrame) -> Array:
    return rows.select(REASONS).cast(pl.Float64).fill_null(np.nan).to_numpy()


def _numbers(column: pl.Series) -> NDArray[np.int64]:
    return column.rank("dense").to_numpy().astype(np.int64) - 1


def _columns(told: dict[str, Array]) -> dict[tuple[str, str], Array]:
    """Each parameter's draws by what it is and of what."""
    cuts = {
        ("cut", f"{o}:{k + 1}"): told["cuts"][:, i, k] for i, o in enumerate(OUTCOMES) for k in range(len(RUNGS) - 1)
    }
    return {
        **{("slope", r): told["slopes"][:, i] for i, r in enumerate(REASONS)},
        **{("power", p): told["powers"][:, i] for i, p in enumerate(DEFAULT_POWERS)},
        **{("spread", s): told["spread"][:, i] for i, s in enumerate(("power", "crisis", "row"))},
        **cuts,
        **{("vote", v): told["vote"][:, i] for i, v in enumerate(("scale", "apart"))},
    }


def _draws(told: dict[str, Array]) -> pl.DataFrame:
    many = len(told["slopes"])
    taken = np.linspace(0, many - 1, min(KEPT, many)).round().astype(int)
    parts = [
        pl.DataFrame(
            {
                "parameter": p,
                "group": g,
                "draw": np.arange(len(taken), dtype=np.int16),
                "value": values[taken].astype(np.float32).round(3),
            }
        )
        for (p, g), values in _columns(told).items()
    ]
    return pl.concat(parts)


def _fit(draws: Array, divergent: int, *, coded: Coded) -> pl.DataFrame:
    """Mean, spread, interval and diagnostics of each parameter, from draws (chains, draws, parameters)."""
    from numpyro.diagnostics import effective_sample_size, split_gelman_rubin

    from equipoise.model.stance import named

    chains = [_columns(named(chain, coded=coded)) for chain in draws]
    rows: list[tuple[object, ...]] = []
    for key in chains[0]:
        each = np.stack([c[key] for c in chains])
        low, high = np.quantile(each, [0.05, 0.95])
        rows.append((*key, each.mean(), each.std(), low, high, split_gelman_rubin(each), effective_sample_size(each)))
    rows += [
        ("sampling", n, float(v), *[None] * 5) for n, v in (("divergences", divergent), ("draws", draws[..., 0].size))
    ]
    schema = {
        "parameter": pl.String,
        "group": pl.String,
        **dict.fromkeys(("mean", "sd", "low", "high", "rhat", "ess"), pl.Float64),
    }
    return pl.DataFrame(
        [[v if isinstance(v, str) or v is None else float(str(v)) for v in r] for r in rows],
        schema=schema,
        orient="row",
    )


def _slope_table(slopes: Slopes) -> pl.DataFrame:
    rows = []
    for place, (mean, covariance) in slopes.items():
        for i, reason in enumerate(VOTED):
            rows.append((place, reason, "", float(mean[i])))
            rows += [(place, reason, other, float(covariance[i, j])) for j, other in enumerate(VOTED)]
    return pl.DataFrame(rows, schema=["without", "reason", "other", "value"], orient="row")
