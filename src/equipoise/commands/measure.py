"""The commands of ``equipoise measure``: one measure each, as a table, a file, a chart or JSON."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from equipoise.commands.options import Cite, Language, Powers, States, split
from equipoise.commands.output import deliver
from equipoise.view import completion

if TYPE_CHECKING:
    from equipoise.pipeline.measured import Measured

app = typer.Typer(
    help="Measures by themselves: order, rivalry, the system, similarity, engagement, strategies, ideal points.\n\n"
    "Start with: equipoise measure order", no_args_is_help=True,
)


class Portfolios(StrEnum):
    """What states are compared by."""

    votes = "votes"
    alliances = "alliances"


class Issue(StrEnum):
    """Issues of roll calls."""

    me = "me"
    nu = "nu"
    di = "di"
    hr = "hr"
    co = "co"
    ec = "ec"


class Method(StrEnum):
    """Ways to estimate ideal points."""

    gibbs = "gibbs"
    variational = "variational"


Some = Annotated[list[str], typer.Argument(help="States, by code or name.", autocompletion=completion.state,
                                           show_default=False)]
Any_ = Annotated[
    list[str] | None, typer.Argument(help="States, by code or name; with --own names of its rows. [default: all]",
                                     autocompletion=completion.state, show_default=False),
]
Years = Annotated[
    str | None, typer.Option(help="First and last year, as 1995:2020, or one year. [default: all that are covered]",
                             show_default=False),
]
Out = Annotated[
    Path | None, typer.Option(help="File to write: the rows as .csv, .parquet, .arrow or .dta; the chart as .svg, .png "
                              "or .html.", show_default=False),
]
Lang = Annotated[Language, typer.Option(help="Language of the chart.")]
Json = Annotated[bool, typer.Option("--json", help="Print rows, units and provenance as JSON on standard output.")]


@app.command()
def order(powers: Powers = None, years: Years = None, out: Out = None, lang: Lang = Language.en, cite: Cite = False,
          as_json: Json = False) -> None:
    """Order stress: how strongly rivalry splits the powers in two, with its interval, the blocs and their structure.

    Examples: equipoise measure order; equipoise measure order --powers RUS,CHN,USA --years 1995:2020 --out order.svg;
    equipoise measure order --lang zh-Hant --out order.png
    """
    from equipoise import pipeline

    deliver(lambda: pipeline.measure_order(powers=split(powers), years=years), out=out, lang=lang, cite=cite,
            as_json=as_json)


@app.command()
def rivalry(
    powers: Powers = None, years: Years = None,
    components: Annotated[
        list[str] | None, typer.Option(help="Which to show, separated by commas: pooled, ideal_points, sanctions, "
                                       "alliances, disputes, strategic. [default: all]", metavar="<names>",
                                       autocompletion=completion.components, show_default=False)
    ] = None,
    out: Out = None, lang: Lang = Language.en, cite: Cite = False, as_json: Json = False,
) -> None:
    """Rivalry of every pair of powers: pooled with its interval, and by component.

    Examples: equipoise measure rivalry --components pooled; equipoise measure rivalry --powers RUS,CHN,USA,IND
    --years 1995:2014 --out rivalry.csv
    """
    from equipoise import pipeline

    deliver(lambda: pipeline.measure_rivalry(powers=split(powers), years=years,
                                             components=split(components, "components")),
            out=out, lang=lang, cite=cite, as_json=as_json)


@app.command()
def system(
    years: Years = None,
    among: Annotated[
        list[str], typer.Option(help="majors, the major powers of the Correlates of War; all states; or states, "
                                "separated by commas.", metavar="<names>", autocompletion=completion.among)
    ] = ["majors"],  # noqa: B006 - typer copies it
    out: Out = None, lang: Lang = Language.en, cite: Cite = False, as_json: Json = False,
) -> None:
    """Distribution of capability (CINC): concentration CON, movement MOVE, effective number of poles, polarity.

    MOVE in three conventions of Singer, Bremer and Stuckey 1972, poles by Laakso and Taagepera 1979 and Hill 1973,
    polarity by Schweller 1993 and Thompson 1986. Examples: equipoise measure system; equipoise measure system
    --among all --years 1816:2022 --out system.dta; equipoise measure system --among RUS,CHN,USA,EUU --years 1992:2022
    """
    from equipoise import pipeline

    deliver(lambda: pipeline.measure_system(among=split(among, "among") or "majors", years=years), out=out, lang=lang,
            cite=cite, as_json=as_json)


@app.command()
def similarity(
    states: Any_ = None,
    on: Annotated[Portfolios, typer.Option(help="UN votes by calendar year, or alliances.")] = Portfolios.votes,
    measure: Annotated[
        list[str], typer.Option(help="Some of S, S2, kappa, pi, pi_nominal, agreement, separated by commas.",
                                metavar="<names>", autocompletion=completion.similarities)
    ] = ["S"],  # noqa: B006 - typer copies it
    powers: Annotated[
        list[str] | None, typer.Option(help="Whom to compare the states with, separated by commas; EUU is the mean of "
                                       "its members. [default: each other; one state: all others]", metavar="<names>",
                                       autocompletion=completion.states, show_default=False)
    ] = None,
    years: Years = None,
    own: Annotated[
        Path | None, typer.Option(help="Portfolios of your own: CSV, a row a portfolio with its name first, a column "
                                  "an entry.", show_default=False)
    ] = None,
    scale: Annotated[
        str | None, typer.Option(help="Lowest and highest value of the scale of --own, as 1,3.", metavar="<LO,HI>",
                                 show_default=False)
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Weights of the entries of --own: CSV, the columns entry and weight.",
                                  show_default=False)
    ] = None,
    out: Out = None, lang: Lang = Language.en, cite: Cite = False, as_json: Json = False,
) -> None:
    """How alike states vote, are allied, or stand in portfolios of your own, by dyad and year.

    Examples: equipoise measure similarity KAZ --powers RUS,CHN,USA,EUU --measure S,pi --out kaz.svg;
    equipoise measure similarity KAZ RUS --on alliances --years 1992:2018;
    equipoise measure similarity --on alliances --measure S,kappa --out dyads.parquet;
    equipoise measure similarity --own speeches.csv --scale 1,5 --weights weights.csv
    """
    from equipoise import pipeline

    deliver(lambda: pipeline.measure_similarity(
        states or (), on=on.value, measures=split(measure, "measure") or "S", powers=split(powers), years=years,
        own=own, scale=scale, weights=weights), out=out, lang=lang, cite=cite, as_json=as_json)


@app.command()
def engagement(
    states: Some, powers: Powers = None, years: Years = None,
    index: Annotated[
        bool, typer.Option("--index", help="Write and draw the multi-vector index and its parts, not the shares.")
    ] = False,
    out: Out = None, lang: Lang = Language.en, cite: Cite = False, as_json: Json = False,
) -> None:
    """With whom states deal: shares by channel and pooled, the multi-vector index and its parts.

    Examples: equipoise measure engagement KAZ; equipoise measure engagement KAZ UZB MNG --years 1995:2020 --index
    --out index.csv; equipoise measure engagement KAZ --out kaz.png --lang zh-Hant
    """
    from equipoise import pipeline

    deliver(lambda: pipeline.measure_engagement(states, powers=split(powers), years=years, index=index), out=out,
            lang=lang, cite=cite, as_json=as_json)


@app.command()
def strategy(states: Some, powers: Powers = None, years: Years = None, out: Out = None, lang: Lang = Language.en,
             cite: Cite = False, as_json: Json = False) -> None:
    """Strategies in a policy, as shares: bandwagoning, accommodation, hedging, neutrality, balancing.

    They rest on assumed parameters, no estimates. Examples: equipoise measure strategy KAZ; equipoise measure strategy
    KAZ GEO --years 1995:2014 --out strategies.csv; equipoise measure strategy KAZ --out kaz.png --lang zh-Hant
    """
    from equipoise import pipeline

    deliver(lambda: pipeline.measure_strategy(states, powers=split(powers), years=years), out=out, lang=lang,
            cite=cite, as_json=as_json)


@app.command()
def ideal_points(
    states: States = None, years: Years = None,
    issue: Annotated[
        Issue | None, typer.Option(help="Estimate from roll calls on it: me the Middle East, nu nuclear weapons, di "
                                   "disarmament, hr human rights, co colonialism, ec economic development.",
                                   show_default=False)
    ] = None,
    important: Annotated[
        bool, typer.Option("--important", help="Estimate from the important votes of the State Department.")
    ] = False,
    method: Annotated[
        Method | None, typer.Option(help="Estimate anew: gibbs with intervals, variational points only, in a tenth of "
                                    "the time. [default of an estimate: gibbs]", show_default=False)
    ] = None,
    draws: Annotated[int | None, typer.Option(help="Draws of each chain. [default: 1000]", show_default=False)] = None,
    burn_in: Annotated[int | None, typer.Option(help="Draws before them. [default: 250]", show_default=False)] = None,
    chains: Annotated[int | None, typer.Option(help="Chains. [default: 2]", show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the draws. [default: 1]", show_default=False)] = None,
    out: Out = None, lang: Lang = Language.en, cite: Cite = False, as_json: Json = False,
) -> None:
    """Where states stand in the UN General Assembly: the pack's ideal points, or an estimate of your own choice.

    Any of --issue, --important, --method, --draws, --burn-in, --chains and --seed asks for an estimate, which takes
    from seconds to minutes. Examples: equipoise measure ideal-points --states KAZ,RUS,USA;
    equipoise measure ideal-points --issue hr --method variational --years 1992:2020 --out rights.csv
    """
    from equipoise import pipeline
    from equipoise.view.terminal import share_done

    def make() -> Measured:
        with share_done("Estimating ideal points") as progress:
            return pipeline.measure_ideal_points(
                split(states, "states"), issue=issue and issue.value, important=important,
                method=method and method.value, years=years, draws=draws, burn_in=burn_in, chains=chains, seed=seed,
                progress=progress)

    deliver(make, out=out, lang=lang, cite=cite, as_json=as_json)
