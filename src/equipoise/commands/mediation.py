"""The command ``equipoise mediation``: who could stand between two states, and where a state has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from equipoise.commands.measure import Json, Lang, Out
from equipoise.commands.options import Cite, Language
from equipoise.commands.output import deliver
from equipoise.errors import UsageError
from equipoise.view import completion

if TYPE_CHECKING:
    from equipoise.pipeline.measured import Measured

Pair = Annotated[
    list[str] | None,
    typer.Argument(help="The two sides, by code or name.", autocompletion=completion.state, show_default=False),
]
Of = Annotated[
    str | None,
    typer.Option("--state", help="List the mediations of this state instead, with its place among all states then.",
                 autocompletion=completion.state, show_default=False, metavar="<name>"),
]
Years = Annotated[
    str | None,
    typer.Option("--year", "--years", help="A year, or first and last as 1995:2020. [default: the last with votes]",
                 show_default=False, metavar="<year>"),
]
Top = Annotated[
    int | None, typer.Option(help="States listed a year; 0 lists all. [default: 20]", show_default=False)
]


def mediation(
    pair: Pair = None,
    state: Of = None,
    years: Years = None,
    top: Top = None,
    out: Out = None,
    lang: Lang = Language.en,
    cite: Cite = False,
    as_json: Json = False,
) -> None:
    """Third states by how acceptable they are to both sides of a pair, or the mediations of one state since 1990.

    Acceptability has four terms: closeness to both in UN votes, its evenness, freedom from either's trade, and
    organisations in common. How little it tells of who does mediate: docs/explanation/mediation.md.
    Examples: equipoise mediation RUS TUR --year 2016; equipoise mediation ARM AZE --year 1994:2023 --top 5 --json;
    equipoise mediation ISR SYR --out table.csv; equipoise mediation --state KAZ
    """
    from equipoise.pipeline import mediation as asked

    def make() -> Measured:
        if state and (pair or years or top is not None):
            raise UsageError("--state lists the mediations of one state and takes no pair, years or --top.",
                             hint="Leave out one or the other.")
        if state:
            return asked.mediations_of(state)
        if len(pair or ()) != 2:
            raise UsageError("a mediator stands between two states.",
                             hint="For example: equipoise mediation RUS TUR, or --state KAZ.")
        first, second = pair or ("", "")
        wanted = asked.TOP if top is None else top or None
        return asked.mediators(first, second, years=years, top=wanted)

    deliver(make, out=out, lang=lang, cite=cite, as_json=as_json)
