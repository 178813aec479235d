"""Joins the stages: pack → measures → choice → report. What the CLI and the Python interface call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equipoise import store
from equipoise.assemble import codes
from equipoise.assemble.packed import Pack, embedded
from equipoise.assemble.powers import resolve_powers
from equipoise.errors import BadYears
from equipoise.model.priors import Prior
from equipoise.pipeline.estimates import covered_years
from equipoise.pipeline.figures import state_report
from equipoise.schema import DEFAULT_POWERS, FIRST_YEAR, StateReport

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
) -> Report:
    """Compute the report of a state between powers.

    Args:
        state: ISO 3166-1 alpha-3 code, Correlates of War abbreviation, or name in English or Chinese.
        powers: codes; ``EUU`` is the EU as one actor. By default RUS, CHN, USA, EUU and JPN, less the state itself.
        since, until: first and last year; by default all that the pack covers.
        lang: "en" or "zh-Hant".
        pack: where figures come from; the embedded one by default.
        prior: the assumed intervals of coercion, cross-pressure and intolerance.
        draws, seed: of the intervals; the same seed gives the same figures.

    Raises:
        UnknownState, NotAPower, BadYears, DamagedPack.

    >>> r = report("KAZ", until=2010, draws=20)
    >>> r.data["state"]
    'KAZ'
    """
    pack = pack or embedded()
    focal = codes.resolve(state)
    chosen = _powers(powers, focal=focal)
    first, last = _years(pack, since=since, until=until)
    figures = state_report(
        pack, state=focal, powers=chosen, since=first, until=last, prior=prior or Prior(), draws=draws, seed=seed
    )
    return Report(figures, lang)


def compare(states: Sequence[str], *, lang: str = "en", **given: Any) -> Comparison:
    """Compute the reports of several states between the same powers; arguments as for :func:`report`."""
    found = list(dict.fromkeys(codes.resolve(s) for s in states))
    powers = given.pop("powers", None) or [p for p in DEFAULT_POWERS if p not in found]
    return Comparison(tuple(report(s, powers=powers, lang=lang, **given) for s in found), lang)


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
