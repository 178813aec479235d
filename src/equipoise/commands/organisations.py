"""The commands of ``equipoise organisations``: members, portfolios, overlaps, what powers share, tiers, priorities."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from equipoise.commands.measure import Json, Lang, Out, Years
from equipoise.commands.options import Language, Powers, States, split
from equipoise.commands.output import deliver, render
from equipoise.view import completion

app = typer.Typer(
    help="Organisations, treaties and forums: who was in what, as what, and when, with the source of every date.\n\n"
    "Start with: equipoise organisations members CSTO --on 2022-01-06",
    no_args_is_help=True,
)

Body = Annotated[
    str,
    typer.Argument(
        help="An organisation, by code or name: CSTO, 上海合作組織. `equipoise organisations list` has them all.",
        autocompletion=completion.body,
        show_default=False,
    ),
]
Bodies = Annotated[
    list[str], typer.Argument(help="Two organisations or more.", autocompletion=completion.body, show_default=False)
]
State = Annotated[
    str, typer.Argument(help="A state, by code or name.", autocompletion=completion.state, show_default=False)
]
On = Annotated[
    str | None, typer.Option(help="The day, as 2022-01-06. [default: today]", show_default=False, metavar="<day>")
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        help="Ties that count, separated by commas: member, associate, participant, "
        "signatory, suspended, partner, dialogue_partner, observer, acceding, negotiating, applicant, chair.",
        autocompletion=completion.kinds,
        show_default=False,
        metavar="<names>",
    ),
]
All = Annotated[
    bool,
    typer.Option(
        "--all", help="Also the Correlates of War's list of some 400 organisations, known by year from 1991 to 2014."
    ),
]


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON on standard output.")] = False,
) -> None:
    """List every organisation that can be asked for: the dated registry, then the Correlates of War's list.

    Example: equipoise organisations list
    """
    from equipoise.pipeline import organisations
    from equipoise.view.terminal import table

    frame = organisations.list_bodies()
    render(
        frame.to_dicts(),
        as_json=as_json,
        show=lambda _: table(
            frame.select("organisation", "name_en", "name_zh", "founded", "known"), title="Organisations"
        ),
    )


@app.command()
def members(
    organisation: Body,
    on: On = None,
    kind: Kinds = None,
    out: Out = None,
    lang: Lang = Language.en,
    as_json: Json = False,
) -> None:
    """Who is in an organisation on a day, as what, since when, by which source, and how sure that is.

    Examples: equipoise organisations members CSTO --on 2022-01-06;
    equipoise organisations members SCO --on 2022-01-01 --kind observer,dialogue_partner --out sco.csv;
    equipoise organisations members CIS --out cis.svg --lang zh-Hant
    """
    from equipoise.pipeline import organisations

    deliver(
        lambda: organisations.members_of(organisation, on=on or date.today(), kinds=split(kind, "kind")),
        out=out,
        lang=lang,
        cite=False,
        as_json=as_json,
    )


@app.command()
def portfolio(
    state: State,
    years: Years = None,
    all_: All = False,
    out: Out = None,
    lang: Lang = Language.en,
    as_json: Json = False,
) -> None:
    """What a state has belonged to, as what and when; the chart shows it over time.

    Examples: equipoise organisations portfolio KAZ; equipoise organisations portfolio UZB --years 1992:2012 --out
    uzb.svg; equipoise organisations portfolio KAZ --all --years 2010:2014 --json
    """
    from equipoise.pipeline import organisations

    deliver(
        lambda: organisations.portfolio_of(state, years=years, everything=all_),
        out=out,
        lang=lang,
        cite=False,
        as_json=as_json,
    )


@app.command()
def overlap(
    bodies: Bodies, on: On = None, kind: Kinds = None, out: Out = None, lang: Lang = Language.en, as_json: Json = False
) -> None:
    """How organisations overlap on a day: which states are in exactly which of them; as an UpSet chart with --out.

    Without --kind members count. Examples: equipoise organisations overlap CSTO SCO EAEU --on 2022-01-01;
    equipoise organisations overlap NATO EU --on 2004-05-01 --out overlap.svg
    """
    from equipoise.pipeline import organisations

    deliver(
        lambda: organisations.overlap_of(bodies, on=on or date.today(), kinds=split(kind, "kind") or ("member",)),
        out=out,
        lang=lang,
        cite=False,
        as_json=as_json,
    )


@app.command()
def shared(
    state: State,
    powers: Powers = None,
    on: On = None,
    all_: All = False,
    out: Out = None,
    lang: Lang = Language.en,
    as_json: Json = False,
) -> None:
    """What a state shares with each power on a day, and how much year by year.

    Examples: equipoise organisations shared KAZ --on 2022-01-01;
    equipoise organisations shared MNG --powers RUS,CHN,USA --out mng.svg
    """
    from equipoise.pipeline import organisations

    deliver(
        lambda: organisations.shared_with(state, powers=split(powers), on=on or date.today(), everything=all_),
        out=out,
        lang=lang,
        cite=False,
        as_json=as_json,
    )


@app.command()
def tiers(
    power: Annotated[
        str,
        typer.Argument(
            help="A power, by code or name; EUU is the EU.", autocompletion=completion.state, show_default=False
        ),
    ],
    region: Annotated[
        str | None,
        typer.Option(
            help="A region of UN M49, such as 'Central Asia', or of document 004: CIS, EUROPE, USA, "
            "CHINA, MIDDLEEAST, FRONT, FLANK, REAR.",
            autocompletion=completion.region,
            show_default=False,
            metavar="<name>",
        ),
    ] = None,
    states: States = None,
    on: On = None,
    out: Out = None,
    lang: Lang = Language.en,
    as_json: Json = False,
) -> None:
    """Tiers of a power's interest by the depth of institutional ties, the nearest first; as rings with --out.

    Examples: equipoise organisations tiers RUS --region "Central Asia" --on 2022-01-01;
    equipoise organisations tiers CHN --states KAZ,MNG,PAK --on 2022-01-01 --out rings.svg
    """
    from equipoise.pipeline import interests

    deliver(
        lambda: interests.tiers(power, region=region, states=split(states, "states"), on=on or date.today()),
        out=out,
        lang=lang,
        cite=False,
        as_json=as_json,
    )


@app.command()
def priorities(on: On = None, out: Out = None, lang: Lang = Language.en, as_json: Json = False) -> None:
    """Russia's order of regions in document 004 beside the orders that votes, trade, forces and pledges imply.

    Example: equipoise organisations priorities --on 2022-01-01 --out order.svg
    """
    from equipoise.pipeline import interests

    deliver(lambda: interests.priorities(on=on or date.today()), out=out, lang=lang, cite=False, as_json=as_json)
