"""The commands of ``equipoise trade``: what it would cost to lose a partner, and who needs whom."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from equipoise.commands.measure import Json, Lang, Out
from equipoise.commands.options import Cite, Language, States, split
from equipoise.commands.output import deliver
from equipoise.view import completion

app = typer.Typer(
    help="Trade in general equilibrium: what it would cost a state, and its partner, if trade between them stopped."
    "\n\nStart with: equipoise trade loss KAZ", no_args_is_help=True,
)

State = Annotated[str, typer.Argument(help="A state, by code or name.", autocompletion=completion.state,
                                      show_default=False)]
Partners = Annotated[
    list[str] | None, typer.Argument(help="Partners, by code or name; EUU is the EU. [default: RUS CHN USA EUU JPN]",
                                     autocompletion=completion.state, show_default=False),
]
Name = Annotated[str, typer.Argument(help="A ready scenario by its id, or a TOML file of your own.",
                                     autocompletion=completion.scenario, show_default=False)]
On = Annotated[
    str | None, typer.Option("--on", help="Only measures in force on a day, as 2014-08-01; of a month or year its last "
                             "day. [default: all measures]", show_default=False, metavar="<date>"),
]
Shown = Annotated[
    list[str] | None, typer.Option("--state", help="States to show, separated by commas. [default: those that change "
                                   "most]", autocompletion=completion.states, show_default=False, metavar="<names>"),
]
Top = Annotated[int, typer.Option(help="How many are shown.")]
Year = Annotated[
    int | None, typer.Option(help="The year: 1991 to 2014, or 2025. [default: the last]", show_default=False)
]


@app.command()
def loss(state: State, partners: Partners = None, year: Year = None, out: Out = None, lang: Lang = Language.en,
         cite: Cite = False, as_json: Json = False) -> None:
    """What a state and each partner lose, in per cent of real income, if trade between them stops.

    One sector, general equilibrium; the interval is over the trade elasticity. Takes a few seconds. Examples:
    equipoise trade loss KAZ RUS --year 2014; equipoise trade loss KGZ RUS CHN EUU --out kgz.svg --lang zh-Hant
    """
    from equipoise.pipeline import trade

    deliver(lambda: trade.trade_loss(state, partners, year=year), out=out, lang=lang, cite=cite, as_json=as_json)


@app.command()
def losses(
    states: States = None, year: Year = None,
    top: Annotated[int, typer.Option(help="Rows of the ranking; 0 for all pairs.")] = 30,
    out: Out = None, lang: Lang = Language.en, cite: Cite = False, as_json: Json = False,
) -> None:
    """Who needs whom: the greatest losses of all pairs, or of the pairs among some states; the chart has the matrix.

    All pairs of a year take up to a minute. Examples: equipoise trade losses --year 2014;
    equipoise trade losses --states KAZ,KGZ,UZB,TJK,TKM,RUS,CHN --top 0 --out needs.csv
    """
    from equipoise.pipeline import trade
    from equipoise.pipeline.measured import Measured
    from equipoise.view.terminal import steps

    def make() -> Measured:
        with steps() as progress:
            progress("Solving the end of trade between each two")
            return trade.trade_losses(split(states, "states"), year=year, top=top)

    deliver(make, out=out, lang=lang, cite=cite, as_json=as_json)


@app.command()
def sectors(
    scenario: Name, state: Shown = None,
    within: Annotated[
        str | None, typer.Option(help="Show the sectors of this state instead.", autocompletion=completion.state,
                                 show_default=False, metavar="<name>")
    ] = None,
    on: On = None,
    table: Annotated[
        Path | None, typer.Option(help="A file of the OECD's inter-country tables, as 2022_SML.csv. [default: the one "
                                  "in the cache, or in the package sanction-simulator]", show_default=False)
    ] = None,
    deficits: Annotated[str, typer.Option(help="Of trade: zero or kept.")] = "zero",
    top: Annotated[int, typer.Option(help="How many are shown; 0 for all.")] = 15,
    out: Out = None, lang: Lang = Language.en, cite: Cite = False, as_json: Json = False,
) -> None:
    """What a scenario does in a world of sectors with inputs, energy apart: real incomes, or output by sector.

    In the long run factors move between sectors, in the short run they cannot. Takes some ten seconds. Examples:
    equipoise trade sectors fossil-embargo --state RUS,DEU,KAZ; equipoise trade sectors oil-halved --within KAZ;
    equipoise trade sectors my-scenario.toml --table 2022_SML.csv --out incomes.csv
    """
    from equipoise.pipeline import sector_scenarios
    from equipoise.pipeline.measured import Measured
    from equipoise.view.terminal import steps

    def make() -> Measured:
        with steps() as progress:
            progress("Solving the world of sectors")
            return sector_scenarios.sector_scenario(scenario, table=table, state=within, states=split(state, "state"),
                                                    on=on, deficits=deficits, top=top)

    deliver(make, out=out, lang=lang, cite=cite, as_json=as_json, show=lambda made: _shown(made, lang))


def simulate(
    scenario: Name, state: Shown = None, on: On = None, top: Top = 15,
    out: Out = None, lang: Lang = Language.en, cite: Cite = False, as_json: Json = False,
) -> None:
    """What a scenario does to real incomes: sanctions, rerouting, unions, corridors, currencies, trade wars.

    Ready: russia-2014, russia-2022, fossil-embargo, secondary-sanctions-on-kazakhstan, eaeu-exit, china-russia-rift,
    oil-halved (with `equipoise trade sectors`), rouble-2014. Examples: equipoise simulate russia-2014 --state KAZ,RUS;
    equipoise simulate russia-2014 --on 2014-08-01; equipoise simulate eaeu-exit --out exit.svg
    """
    from equipoise.pipeline import scenarios

    deliver(lambda: scenarios.simulate(scenario, states=split(state, "state"), on=on, top=top), out=out, lang=lang,
            cite=cite, as_json=as_json, show=lambda made: _shown(made, lang))


def _shown(made: Any, lang: Language) -> Any:
    from equipoise.view.terminal import scenario

    return scenario(made.frame, more=made.more, sources=made.credits, lang=lang.value)
