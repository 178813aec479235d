"""The command ``equipoise events``: what the documents mention, dated, with the source of each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from equipoise.commands.measure import Json, Lang, Out
from equipoise.commands.options import Language, Powers, split
from equipoise.commands.output import deliver
from equipoise.view import completion

Day = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="First day, month or year, as 2013-11. [default: the first event]",
        show_default=False,
        metavar="<date>",
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--to", help="Last day, month or year. [default: the last event]", show_default=False, metavar="<date>"
    ),
]
States = Annotated[
    list[str] | None,
    typer.Option(
        "--state",
        help="States that an event bears on, separated by commas; EUU is the EU. [default: all]",
        autocompletion=completion.states,
        show_default=False,
        metavar="<names>",
    ),
]
Kind = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        help="Kinds, separated by commas: crisis, war, sanctions, nuclear, vote, "
        "statement, speech, diplomacy, visit, summit, treaty, organisation, economy, energy, "
        "currency, leadership, domestic, publication. [default: all]",
        autocompletion=completion.event_kinds,
        show_default=False,
        metavar="<names>",
    ),
]


def events(
    since: Day = None,
    until: Until = None,
    state: States = None,
    kind: Kind = None,
    out: Out = None,
    lang: Lang = Language.en,
    as_json: Json = False,
) -> None:
    """Events that the documents mention and those around them, dated, each with its source and how sure it is.

    Examples: equipoise events --from 2013-11 --to 2022-02 --state KAZ;
    equipoise events --from 2022-01 --to 2022-01 --state KAZ --out january.svg --lang zh-Hant;
    equipoise events --kind vote --json
    """
    from equipoise.pipeline.timeline import timeline
    from equipoise.view.terminal import happened

    deliver(
        lambda: timeline(first=since, last=until, states=split(state, "state"), kinds=split(kind, "kind")),
        out=out,
        lang=lang,
        cite=False,
        as_json=as_json,
        show=lambda made: happened(made.frame, sources=made.credits, lang=lang.value),
    )


def event_data(
    file: Annotated[Path, typer.Argument(help="A file of GDELT, ICEWS or POLECAT, tab-separated.", show_default=False)],
    state: Annotated[
        str, typer.Argument(help="A state, by code or name.", autocompletion=completion.state, show_default=False)
    ],
    powers: Powers = None,
    out: Out = None,
    lang: Lang = Language.en,
    as_json: Json = False,
) -> None:
    """Cooperation and conflict between a state and each power by month, from coded events of your own.

    The file is scanned and may be larger than memory. Weights are the file's own: Goldstein's scale, -10 to 10.
    Examples: equipoise event-data 20140301.export.CSV KAZ; equipoise event-data events.2022.tab KAZ --out kaz.svg
    """
    from equipoise.pipeline.event_data import event_data as summed

    deliver(lambda: summed(file, state=state, powers=split(powers)), out=out, lang=lang, cite=False, as_json=as_json)
