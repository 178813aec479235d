"""The command ``equipoise stance``: what each power would do in a crisis, why, and what it did."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from equipoise.commands.measure import Json, Lang, Out
from equipoise.commands.options import Cite, Language, split
from equipoise.commands.output import deliver, render
from equipoise.view import completion

Crisis = Annotated[
    str | None,
    typer.Argument(
        help="A crisis by its key, such as kazakhstan-2022, or a TOML file of your own. [default: list the ready ones]",
        autocompletion=completion.crisis,
        show_default=False,
    ),
]
Power = Annotated[
    list[str] | None,
    typer.Option(
        "--power",
        help="Whose stance, separated by commas: powers, or any other state. [default: RUS,CHN,USA,EUU,JPN]",
        autocompletion=completion.states,
        show_default=False,
        metavar="<names>",
    ),
]


Scores = Annotated[
    bool,
    typer.Option("--scores", help="How good such forecasts are; as a calibration plot with --out FILE.svg."),
]


def stance(
    crisis: Crisis = None,
    power: Power = None,
    scores: Scores = False,
    out: Out = None,
    lang: Lang = Language.en,
    cite: Cite = False,
    as_json: Json = False,
) -> None:
    """What each power does in a crisis: the chance of every rung from force against to force for, with the reasons.

    Of a ready crisis the forecast is made as if it had not been seen; what was done is marked beside it. Without a
    crisis, the ready ones are listed. A file of your own needs no stances. Examples: equipoise stance kazakhstan-2022;
    equipoise stance ukraine-2022 --power CHN,TUR --lang zh-Hant; equipoise stance my-crisis.toml --out stances.csv
    """
    from equipoise.pipeline import stance as stances

    if scores:
        deliver(stances.stance_scores, out=out, lang=lang, cite=cite, as_json=as_json)
        return
    if crisis is None:
        _list(lang, as_json=as_json)
        return
    deliver(
        lambda: stances.stance(crisis, powers=split(power, "power")),
        out=out,
        lang=lang,
        cite=cite,
        as_json=as_json,
        show=lambda made: _show(made, lang),
    )


def _list(lang: Language, *, as_json: bool) -> None:
    from equipoise.pipeline.stance import crises
    from equipoise.view.terminal import table

    frame = crises()
    title = "title_zh" if lang is Language.zh else "title_en"
    render(
        frame.to_dicts(),
        as_json=as_json,
        show=lambda _: table(frame.select("key", "start", "place", "kind", title), title="equipoise stance"),
    )


def _show(made: Any, lang: Language) -> Any:
    from equipoise.view.stance import told
    from equipoise.view.words import words

    return told(
        made.frame,
        reasons=made.more["reasons"],
        coded=made.more["coded"],
        events=made.more.get("events"),
        left_out=made.options["left_out"],
        title=made.heading(words(lang.value)),
        sources=made.credits,
        lang=lang.value,
    )
