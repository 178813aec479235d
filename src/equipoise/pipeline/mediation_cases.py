"""Whether states that mediated stand high in acceptability, and whether multi-vector states mediate more."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equipoise.assemble.mediations import mediations
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import AGGREGATES, members
from equipoise.measure.mediators import TERMS, clustered_means, rank_correlation, standing
from equipoise.measure.multivector import multi_vector
from equipoise.pipeline.estimates import Grid, channels_of, covered_years
from equipoise.pipeline.mediation_data import ties, years_covered
from equipoise.pipeline.sides import channel_tables
from equipoise.pipeline.states import pooled_engagement
from equipoise.schema import DEFAULT_POWERS

Array = NDArray[np.float64]

SCORES = ("acceptability", *TERMS, "capability", "nearness")
"""What is tested: the measure, each of its terms alone, and two rivals that know nothing of both sides' views: the
state's capability, and how near its capital is to theirs."""

DRAWS, SEED = 10_000, 1


def cases(*, state: str | None = None, pack: Pack | None = None) -> pl.DataFrame:
    """Return each state that stood between two states, with its standing among those that did not, by every score.

    Values are those of the year in which the mediation began. All scores of a case are compared over the same states,
    those for which all are known; a case whose third party or sides are not among them is left out.

    Args:
        state: only cases of this third party; all by default.

    Returns:
        ``start``, ``kind``, ``mediator``, ``side_a``, ``side_b``, ``conflict``, ``others`` (states compared with), and
        a column for each of :data:`SCORES`: the share of the others that the state lies above, 0…1.

    Examples:
        >>> of_mongolia = cases(state="MNG")
        >>> of_mongolia.select("start", "side_a", "side_b", "others").row(0)
        (2012, 'PRK', 'JPN', 154)
    """
    pack = pack or embedded()
    first, last = years_covered(pack)
    between = mediations().filter(pl.col("sides") == "states", pl.col("start").is_between(first, last))
    rows: list[tuple[object, ...]] = []
    for (year, a, b, conflict), group in between.group_by("start", "side_a", "side_b", "conflict", maintain_order=True):
        taken = group["mediator"].to_list()
        if state and state not in taken:
            continue
        of, table = _scores(pack, year=int(year), a=str(a), b=str(b))
        known: NDArray[np.bool_] = np.asarray(np.isfinite(table).all(axis=0))
        chosen = np.isin(of, taken)
        placed = standing(np.where(known, table, np.nan), chosen=chosen)
        for r in group.iter_rows(named=True):
            wanted = r["mediator"] in of and state in (None, r["mediator"])
            if wanted and known[of.index(r["mediator"])]:
                rows.append((year, r["kind"], r["mediator"], a, b, conflict, int((known & ~chosen).sum()),
                             *placed[:, of.index(r["mediator"])]))
    schema = {"start": pl.Int32, "kind": pl.String, "mediator": pl.String, "side_a": pl.String, "side_b": pl.String,
              "conflict": pl.String, "others": pl.Int32, **dict.fromkeys(SCORES, pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _scores(pack: Pack, *, year: int, a: str, b: str) -> tuple[tuple[str, ...], Array]:
    """The states and their scores (scores, n); a side that was no state yet leaves all missing."""
    t = ties(pack, year=year)
    if a not in t.states or b not in t.states:
        return t.states, np.full((len(SCORES), len(t.states)), np.nan)
    found = t.between(a, b)
    named = [found.value[0], *(getattr(found, name)[0] for name in TERMS)]
    return t.states, np.array([*named, t.capability, t.nearness(a, b)])


def scored(frame: pl.DataFrame | None = None, *, draws: int = DRAWS, seed: int = SEED) -> pl.DataFrame:
    """Return how high the states that mediated stand by each score: ½ if it tells nothing, 1 if they come first.

    Args:
        frame: cases such as :func:`cases` returns, all by default.

    Returns:
        A row a score: ``score``, ``mean`` standing with ``low`` and ``high``, the 5th and 95th percentile of the
        bootstrap over conflicts; ``gap``, ``gap_low``, ``gap_high``: what acceptability's mean has over it; ``cases``
        and ``conflicts``.
    """
    rows = cases() if frame is None else frame
    table, by = rows.select(SCORES).to_numpy(), rows["conflict"].to_numpy()
    drawn = clustered_means(table, clusters=by, draws=draws, seed=seed)
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    gap = table[:, :1] - table
    gap_low, gap_high = np.quantile(drawn[:, :1] - drawn, [0.05, 0.95], axis=0)
    return pl.DataFrame({"score": list(SCORES), "mean": table.mean(axis=0), "low": low, "high": high,
                         "gap": gap.mean(axis=0), "gap_low": gap_low, "gap_high": gap_high,
                         "cases": rows.height, "conflicts": rows["conflict"].n_unique()})


def vectors(*, pack: Pack | None = None) -> pl.DataFrame:
    """Return how many conflicts each state stood in since 1991 beside how multi-vector it is.

    States that are a power, or were ever part of one, have no index of their own and are left out.

    Returns:
        ``state``; ``index``: the mean multi-vector index over the pack's years, 0…1; ``capability``: the mean share of
        the world's; ``conflicts``: of :func:`equipoise.assemble.mediations.mediations`, of both kinds.

    Examples:
        >>> vectors().filter(state="KAZ")["conflicts"].item()
        6
    """
    pack = pack or embedded()
    grid = Grid(covered_years(pack), DEFAULT_POWERS)
    part = set(members(grid.powers, years=grid.years)["state"]) | set(AGGREGATES)
    power = pack.table("state_year").group_by("state").agg(pl.col("cinc").mean().alias("capability"))
    states = sorted(set(power["state"]) - part)
    shares = channels_of(pack, states=states, powers=grid.powers, years=grid.years)
    index = multi_vector(pooled_engagement(channel_tables(shares, states=states, f=grid)))
    seen = np.isfinite(index).any(axis=1)
    mean = np.nansum(index, axis=1) / np.where(seen, np.isfinite(index).sum(axis=1), np.nan)
    stood = mediations().filter(pl.col("start") >= grid.years[0]).group_by("mediator").agg(
        pl.col("conflict").n_unique().cast(pl.Int32).alias("conflicts"))
    frame = pl.DataFrame({"state": states, "index": mean}, nan_to_null=True).drop_nulls()
    counted = frame.join(stood, left_on="state", right_on="mediator", how="left").with_columns(
        pl.col("conflicts").fill_null(0))
    return counted.join(power, on="state", how="left").select("state", "index", "capability", "conflicts").sort("state")


def article(frame: pl.DataFrame | None = None, *, draws: int = 2000, seed: int = SEED) -> pl.DataFrame:
    """Return whether a state that is more multi-vector stands in more conflicts, across states.

    Args:
        frame: as :func:`vectors` returns, by default for the installed pack.

    Returns:
        Two rows, ``given`` null and ``capability``: the rank correlation ``rho`` of index and conflicts, the second
        with the rank of capability taken out; ``low`` and ``high``: 5th and 95th percentile of the bootstrap over
        states; ``states``.
    """
    rows = (vectors() if frame is None else frame).select("index", "conflicts", "capability").to_numpy().T
    rng, n = np.random.default_rng(seed), rows.shape[1]
    samples = [rows[:, rng.integers(n, size=n)] for _ in range(draws)]
    made = []
    for name in (None, "capability"):
        found, *drawn = (rank_correlation(x, other=y, given=z if name else None) for x, y, z in (rows, *samples))
        made.append((name, found, *np.nanquantile(drawn, [0.05, 0.95]), n))
    schema = {"given": pl.String, "rho": pl.Float64, "low": pl.Float64, "high": pl.Float64, "states": pl.Int32}
    return pl.DataFrame(made, schema=schema, orient="row")
