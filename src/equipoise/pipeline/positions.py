"""Ideal points for the command line and Python: the pack's own, or estimated anew from a choice of roll calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

import polars as pl

from equipoise.assemble import codes, estimation_set
from equipoise.assemble.estimation_set import Issue
from equipoise.assemble.held import in_year
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.roll_calls import SOURCES, roll_calls
from equipoise.assemble.spans import Span, within
from equipoise.errors import UnknownState, UsageError
from equipoise.pipeline.measured import Measured, made

DRAWS, BURN_IN, CHAINS, SEED = 1000, 250, 2, 1
WORST_RHAT = 1.01
COLUMNS = ("state", "year", "session", "n_votes", "mean", "sd", "low", "high", "rhat", "ess")
SHOWN = ("USA", "GBR", "JPN", "RUS", "CHN", "KAZ")
"""Whom the chart shows where nobody is named."""

_UNITS = {
    "session": "session of the General Assembly", "n_votes": "roll calls that divide",
    "mean": "standard deviations, the United States positive", "sd": "standard deviation of the posterior",
    "low": "5th percentile", "high": "95th percentile", "rhat": "1 where chains agree", "ess": "effective draws",
}
_LITERATURE = ("bailey2017estimating",)

Progress = Callable[[float], None]


def measure_ideal_points(
    states: Sequence[str] | None = None, *, issue: str | None = None, important: bool = False,
    method: str | None = None, years: Span | None = None, draws: int | None = None, burn_in: int | None = None,
    chains: int | None = None, seed: int | None = None, progress: Progress | None = None, pack: Pack | None = None,
) -> Measured:
    """Where states stand on the one dimension that explains votes in the UN General Assembly best, by session.

    Without any of ``issue`` to ``seed`` (but ``years``) these are the pack's own, of all roll calls. With any, they
    are estimated anew by :func:`equipoise.measure.ideal_points`, from the roll calls of the years alone; 0 and the
    unit are then the mean and the standard deviation of that choice, so compare within it.

    Args:
        states: who is returned; all by default. A state is looked for under who held its place before, too.
        issue: ``me`` the Middle East, ``nu`` nuclear weapons, ``di`` disarmament, ``hr`` human rights, ``co``
            colonialism, ``ec`` economic development.
        important: only roll calls that the State Department named important; known to 2017.
        method: ``gibbs``, with intervals, or ``variational``, points only and quick.
        years: in which a session opened; all by default.
        draws, burn_in, chains, seed: of the sampler: 1000, 250, 2 and 1 by default.
        progress: is called with the share of the estimation that is done.

    Returns:
        ``state``, ``year``, ``session``, ``n_votes``, ``mean``, ``sd``, ``low``, ``high``, ``rhat``, ``ess``; of
        ``variational`` the last five are null.

    Raises:
        UsageError: an unknown issue or method, too few votes; and its kinds UnknownState and BadYears.

    Examples:
        >>> points = measure_ideal_points(["USA", "RUS"], method="variational", years=(2012, 2013))
        >>> points.frame.sort("mean")["state"].to_list()[-1]
        'USA'
    """
    pack = pack or embedded()
    found = [codes.resolve(s) for s in states or ()]
    _check(issue=issue)
    anew: dict[str, Any] = {"issue": issue, "important": important or None, "method": method, "draws": draws,
                            "burn_in": burn_in, "chains": chains, "seed": seed}
    given = {k: v for k, v in anew.items() if v is not None}
    if given:
        frame, span, used = _estimated(pack, years=years, progress=progress, **given)
    else:
        frame, span = _own(pack, years=years)
        used = {"estimates": "the pack's"}
    names = list(dict.fromkeys(found))
    kept = _of_states(frame, states=names, years=span)
    shown = names or [s for s in SHOWN if s in set(kept["state"])] or kept["state"].unique().sort().to_list()

    def draw(words: Any) -> Any:
        from equipoise.view.charts import positions

        return positions.positions(_labelled(frame, states=shown), states=shown, words=words)

    return made("ideal-points", kept, sources=SOURCES, pack=pack, draw=draw, units=_UNITS, literature=_LITERATURE,
                options=used | {"years": span, "states": names or "all"}, remarks=_remarks(kept, anew=bool(given)))


def _check(*, issue: str | None) -> None:
    if issue is not None and issue not in get_args(Issue):
        raise UsageError(f"{issue!r} is no issue of roll calls.", hint=f"Use one of {', '.join(get_args(Issue))}.")


def _own(pack: Pack, *, years: Span | None) -> tuple[pl.DataFrame, tuple[int, int]]:
    table = pack.table("ideal_points")
    span = within(years, covered=_covered(table), what="the ideal points")
    return table.filter(pl.col("year").is_between(*span)).select(COLUMNS), span


def _estimated(pack: Pack, *, years: Span | None, progress: Progress | None, issue: Any = None,
               important: bool = False, method: str = "gibbs", draws: int = DRAWS, burn_in: int = BURN_IN,
               chains: int = CHAINS, seed: int = SEED) -> tuple[pl.DataFrame, tuple[int, int], dict[str, Any]]:
    from equipoise.measure.ideal import ideal_points  # compiles

    votes = estimation_set.select(roll_calls(pack), issue=issue, important=important)
    opened = estimation_set.named(votes.select("session", "state").unique()).select("session", "year").unique()
    span = within(years, covered=_covered(opened), what="these roll calls")
    sessions = set(opened.filter(pl.col("year").is_between(*span))["session"])
    chosen = votes.filter(pl.col("session").is_in(sessions))
    tied = estimation_set.LAST_TIED
    points = ideal_points(chosen, method=method, draws=draws, burn_in=burn_in, chains=chains, seed=seed,  # type: ignore[arg-type]
                          anchor=tied if tied in sessions and max(sessions) > tied else None, progress=progress)
    named = estimation_set.named(points).drop("state").rename({"iso3": "state"}).drop_nulls("state")
    used: dict[str, Any] = {"issue": issue, "important": important, "method": method}
    if method == "gibbs":
        used |= {"draws": draws, "burn_in": burn_in, "chains": chains, "seed": seed}
    return named.select(COLUMNS), span, used


def _covered(table: pl.DataFrame) -> tuple[int, int]:
    first, last = table.select(a=pl.col("year").min(), b=pl.col("year").max()).row(0)
    return int(first), int(last)


def _of_states(frame: pl.DataFrame, *, states: Sequence[str], years: tuple[int, int]) -> pl.DataFrame:
    """The rows of states under the names that were asked for; all rows where none was."""
    if not states:
        return frame.sort("state", "year", "session")
    kept = _labelled(frame, states=states)
    gone = next((s for s in states if s not in set(kept["state"])), None)
    if gone is not None:
        raise UnknownState(f"{gone} ({codes.name(gone)}) cast none of these votes in {years[0]}–{years[1]}.",
                           hint="Choose other years or states.")
    return kept


def _labelled(frame: pl.DataFrame, *, states: Sequence[str]) -> pl.DataFrame:
    """The rows of states, each under the name that was asked for, who held its place before included."""
    years = frame["year"].unique().to_list()
    held = [(in_year(s, y), y, s) for y in years for s in states]
    of = pl.DataFrame(held, orient="row", schema=["state", "year", "asked"]).cast({"year": frame.schema["year"]})
    # A name of its own goes before that of a successor.
    first = of.sort(pl.col("state") != pl.col("asked"), maintain_order=True).unique(["state", "year"], keep="first")
    named = frame.join(first, on=["state", "year"]).drop("state").rename({"asked": "state"})
    return named.select(frame.columns).sort("state", "year", "session")


def _remarks(frame: pl.DataFrame, *, anew: bool) -> list[str]:
    """Whether some of the points are not to be relied on to the last digit."""
    loose = frame.filter(pl.col("rhat") > WORST_RHAT)["rhat"].sort()
    if loose.is_empty():
        return []
    end = "; ask for more draws." if anew else "."
    return [f"R-hat is above {WORST_RHAT} at {len(loose)} of {frame.height} points, at most {loose[-1]:.2f}: the "
            f"chains have not fully met there{end}"]
