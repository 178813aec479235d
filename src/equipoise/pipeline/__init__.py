"""Joins the stages: pack → measures → choice → report. What the CLI and the Python interface call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from equipoise import store
from equipoise.assemble import codes
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import resolve_powers
from equipoise.errors import BadYears, UsageError
from equipoise.model.priors import Prior
from equipoise.pipeline.estimates import covered_years
from equipoise.pipeline.figures import state_report
from equipoise.pipeline.likeness import measure_similarity
from equipoise.pipeline.measured import Measured
from equipoise.pipeline.measures import (
    measure_engagement,
    measure_order,
    measure_rivalry,
    measure_strategy,
    measure_system,
)
from equipoise.pipeline.openings import own_openings, with_own_openings
from equipoise.pipeline.parameters import parameters_of
from equipoise.pipeline.positions import measure_ideal_points
from equipoise.pipeline.states import engagement_frame
from equipoise.pipeline.weights import component_weights
from equipoise.schema import DEFAULT_POWERS, FIRST_YEAR, StateReport

__all__ = [
    "Comparison", "Measured", "Report", "compare", "engagement_of", "measure_engagement", "measure_ideal_points",
    "measure_order", "measure_rivalry", "measure_similarity", "measure_strategy", "measure_system", "report",
]

DRAWS, SEED = 200, 1991


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one state, ready to be shown: ``figures`` as frames, ``data`` as what ``--json`` prints."""

    figures: StateReport
    lang: str = "en"

    @property
    def data(self) -> dict[str, Any]:
        """The figures as plain Python: numbers, text, None, lists and dicts."""
        from equipoise.view.data import as_dict

        return as_dict(self.figures)

    def html(self) -> str:
        """The report as one self-contained HTML page."""
        from equipoise.view.report import render

        return render(self.figures, lang=self.lang)

    def save(self, path: str | Path) -> Path:
        """Write the HTML page and return its path; nothing is left half written. Raises CannotWrite."""
        return store.atomic_write(path, content=self.html())


@dataclass(frozen=True, slots=True)
class Comparison:
    """Reports of several states side by side."""

    reports: tuple[Report, ...]
    lang: str = "en"

    @property
    def data(self) -> dict[str, Any]:
        """The figures of every state by its code."""
        return {r.figures.state: r.data for r in self.reports}

    def html(self) -> str:
        """The comparison as one self-contained HTML page."""
        from equipoise.view.compare import render_compare

        return render_compare([r.figures for r in self.reports], lang=self.lang)

    def save(self, path: str | Path) -> Path:
        """Write the HTML page and return its path. Raises CannotWrite."""
        return store.atomic_write(path, content=self.html())


def report(
    state: str,
    *,
    powers: Sequence[str] | None = None,
    since: int = FIRST_YEAR,
    until: int | None = None,
    lang: str = "en",
    pack: Pack | None = None,
    prior: Prior | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    rivalry_weights: Mapping[str, float] | None = None,
    openings: str | Path | None = None,
) -> Report:
    """Compute the report of a state between powers.

    Args:
        state: ISO 3166-1 alpha-3 code, Correlates of War abbreviation, or name in English or Chinese.
        powers: codes; ``EUU`` is the EU as one actor. By default RUS, CHN, USA, EUU and JPN, less the state itself.
        since, until: first and last year; by default all that the pack covers.
        lang: "en" or "zh-Hant".
        pack: where figures come from; the embedded one by default.
        prior: assumed intervals of coercion, cross-pressure and intolerance; by default the pack's posterior of them,
            and where it has none the intervals of :class:`Prior`.
        draws, seed: of the intervals; the same seed gives the same figures.
        rivalry_weights: weight of each component of rivalry by name (ideal_points, sanctions, alliances, disputes,
            strategic), not negative; one that is not named weighs 1.
        openings: a file of your own dated openings, beside those of the package; see
            :func:`equipoise.assemble.openings.read` for its form.

    Raises:
        UnknownState, NotAPower, BadYears, DamagedPack; UsageError for weights that are none; BadSourceFile for a
        file of openings that cannot be used.

    >>> r = report("KAZ", until=2010, draws=20)
    >>> r.data["state"]
    'KAZ'
    """
    pack = pack or embedded()
    focal = codes.resolve(state)
    chosen = _powers(powers, focal=focal)
    first, last = _years(pack, since=since, until=until)
    weights = component_weights(rivalry_weights)
    own = None if openings is None else own_openings(openings, state=focal, powers=chosen)
    figures = state_report(
        pack,
        state=focal,
        powers=chosen,
        since=first,
        until=last,
        prior=prior or parameters_of(pack),
        draws=draws,
        seed=seed,
        weights=weights,
    )
    if openings is not None and own is not None:
        figures = with_own_openings(figures, own, name=Path(openings).name, pack=pack)
    return Report(figures, lang)


def compare(states: Sequence[str], *, lang: str = "en", **given: Any) -> Comparison:
    """Compute the reports of several states between the same powers; arguments as for :func:`report`."""
    found = list(dict.fromkeys(codes.resolve(s) for s in states))
    powers = given.pop("powers", None) or [p for p in DEFAULT_POWERS if p not in found]
    return Comparison(tuple(report(s, powers=powers, lang=lang, **given) for s in found), lang)


def engagement_of(
    states: Sequence[str] | None = None,
    *,
    powers: Sequence[str] | None = None,
    since: int = FIRST_YEAR,
    until: int | None = None,
    pack: Pack | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pl.DataFrame:
    """Engagement, the multi-vector index with its parts, equidistance and hedging of many states at once.

    Args:
        states: as for :func:`report`; by default all that the pack knows and that are no power.
        powers: by default RUS, CHN, USA, EUU and JPN. A state that is one of them is measured between the others.
        since, until, pack, seed: as for :func:`report`.
        draws: behind the intervals; with 0 there are none, and all states take a fraction of a second.

    Returns:
        A row a state and year: state, year, channels (number observed), share_0 (the outside option) and
        share_<power>, index, spread, issue_splitting, straddle, equidistance, hedging, and the bounds of 90 % intervals
        (``index_low`` …; that of equidistance rests on rivalry alone). A share with a state itself, and a bound without
        draws, is null.

    Raises:
        UnknownState, NotAPower, BadYears, UsageError for no state or negative draws, DamagedPack.

    >>> frame = engagement_of(["Kazakhstan", "USA"], since=2000, until=2001, draws=0)
    >>> frame.select("state", "year", "channels").rows()
    [('KAZ', 2000, 4), ('KAZ', 2001, 4), ('USA', 2000, 4), ('USA', 2001, 4)]
    """
    pack = pack or embedded()
    if states is not None and not states:
        raise UsageError("no state is named.", hint="Leave the states out for all of them.")
    if draws < 0:
        raise UsageError(f"{draws} draws cannot be taken.", hint="0 gives no intervals, 200 those of a report.")
    chosen = resolve_powers(powers or DEFAULT_POWERS, focal="")
    if states is None:
        found = sorted(set(pack.table("state_year")["state"].unique()) - set(chosen))
    else:
        found = list(dict.fromkeys(codes.resolve(s) for s in states))
    for state in found:
        if state in chosen:
            resolve_powers([p for p in chosen if p != state], focal=state)
    first, last = _years(pack, since=since, until=until)
    return engagement_frame(pack, states=found, powers=chosen, years=range(first, last + 1), draws=draws, seed=seed)


def _powers(powers: Sequence[str] | None, *, focal: str) -> tuple[str, ...]:
    if powers is None:
        return tuple(p for p in DEFAULT_POWERS if p != focal)
    return resolve_powers(powers, focal=focal)


def _years(pack: Pack, *, since: int, until: int | None) -> tuple[int, int]:
    low, *_, high = covered_years(pack)
    last = high if until is None else until
    if since > last:
        raise BadYears(f"the first year, {since}, is after the last, {last}.", hint="Swap --since and --until.")
    for year in (since, last):
        if not low <= year <= high:
            raise BadYears(
                f"{year} is outside the years that the pack covers, {low} to {high}.",
                hint=f"Choose years from {low} to {high}.",
            )
    return since, last
