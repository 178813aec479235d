"""The command line: parse, one pipeline call, render.

Exit codes: 0 done, 2 wrong use, 3 bad data, 4 did not converge, 5 source unreachable.
"""

from __future__ import annotations

import io
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from equipoise.commands import audit, events, measure, mediation, organisations, stance, thesis, trade
from equipoise.commands.options import Cite, From, Language, Powers, States, split
from equipoise.commands.output import finish, render, say
from equipoise.errors import EquipoiseError
from equipoise.view import completion

if TYPE_CHECKING:
    from equipoise.pipeline import Comparison, Report

app = typer.Typer(
    help="How a state between great powers steers, and how much room it has left.\n\nStart with: equipoise report KAZ",
    no_args_is_help=True, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]},
)
data_app = typer.Typer(
    help="Sources: what is here, download, check, and build the pack from them.", no_args_is_help=True
)
panel_app = typer.Typer(
    help="Panels: rows by state, dyad, state and power, or triad, and year, with what you add to them by name.\n\n"
    "Start with: equipoise panel adds",
    no_args_is_help=True,
)
app.add_typer(data_app, name="data")
app.add_typer(panel_app, name="panel")
app.add_typer(measure.app, name="measure")
app.add_typer(organisations.app, name="organisations")
app.add_typer(trade.app, name="trade")


class Codes(StrEnum):
    """Systems of states' codes."""

    cow = "cow"
    gw = "gw"
    iso = "iso"


State = Annotated[
    str, typer.Argument(help="ISO code, Correlates of War abbreviation, or name: KAZ, KZK, Kazakhstan, 哈薩克.",
                        autocompletion=completion.state, show_default=False),
]
Since = Annotated[int, typer.Option(help="First year.")]
Until = Annotated[
    int | None, typer.Option(help="Last year. [default: the last that the pack covers]", show_default=False)
]
Lang = Annotated[Language, typer.Option(help="Language of the report.")]
Out = Annotated[
    Path | None, typer.Option(help="HTML file to write. [default: equipoise-STATE.html]", show_default=False)
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the figures as JSON on standard output; write HTML only with --out.")
]
Weights = Annotated[
    str | None,
    typer.Option(help="Weights of the components of rivalry: ideal_points, sanctions, alliances, disputes, strategic; "
                 "one that is not named weighs 1. [default: all 1]", autocompletion=completion.weights,
                 show_default=False, metavar="<name=number,…>"),
]
Openings = Annotated[
    Path | None, typer.Option(help="Your own dated openings of channels: a file with the columns state, power, "
                              "channel, date, what_en and source.", show_default=False),
]
Rows = Annotated[bool, typer.Option("--json", help="Print the rows as JSON on standard output.")]
# Of panels.
Span = Annotated[
    str | None,
    typer.Option("--years", help="First and last year, as 1990:2010, or one year. [default: all that the list of "
                 "states covers; with powers 1991:2016]", show_default=False),
]
System = Annotated[
    Codes | None, typer.Option(help="Whose codes the rows have: Correlates of War, Gleditsch and Ward, or ISO 3166. "
                               "[default: cow; with powers iso]", show_default=False, case_sensitive=False),
]
Add = Annotated[
    list[str] | None, typer.Option(help="What to add, separated by commas; `equipoise panel adds` lists it.",
                                   autocompletion=completion.additions, show_default=False, metavar="<names>"),
]
Sanctions = Annotated[
    Path | None, typer.Option(help="Your copy of the Global Sanctions Data Base: the dyadic version, as CSV.",
                              show_default=False),
]
File = Annotated[
    Path | None, typer.Option("--out", help="File to write: .parquet, .arrow, .csv or .dta.", show_default=False)
]
Coverage = Annotated[bool, typer.Option("--coverage", help="Print where each column comes from and what is missing.")]
Described = Annotated[bool, typer.Option("--json", help="Print what the columns are as JSON on standard output.")]


@app.command()
def report(state: State, powers: Powers = None, since: Since = 1991, until: Until = None, lang: Lang = Language.en,
           rivalry_weights: Weights = None, out: Out = None, openings: Openings = None, as_json: Json = False) -> None:
    """Write the report of one state between powers, from the embedded pack.

    Examples: equipoise report KAZ; equipoise report UZB --lang zh-Hant --out uzb.html;
    equipoise report MNG --powers RUS,CHN,USA --since 2000 --json;
    equipoise report KAZ --rivalry-weights sanctions=2,alliances=0
    """
    from equipoise import pipeline, store
    from equipoise.pipeline.weights import parsed_weights
    from equipoise.view.terminal import summary

    if out:
        store.check_place(out)
    done = pipeline.report(state, powers=split(powers), since=since, until=until, lang=lang.value, openings=openings,
                           rivalry_weights=parsed_weights(rivalry_weights))
    _deliver(done, out=out or Path(f"equipoise-{done.figures.state}.html"), as_json=as_json, asked=out is not None,
             show=lambda: summary(done.figures, lang=lang.value))


@app.command()
def compare(
    states: Annotated[
        list[str], typer.Argument(help="Two or more states.", autocompletion=completion.state, show_default=False)
    ],
    powers: Powers = None, since: Since = 1991, until: Until = None, lang: Lang = Language.en, out: Out = None,
    as_json: Json = False,
) -> None:
    """Put the same figures of several states side by side.

    Example: equipoise compare KAZ UZB BLR
    """
    from equipoise import pipeline, store
    from equipoise.view.terminal import summary_compare

    if out:
        store.check_place(out)
    done = pipeline.compare(states, powers=split(powers), since=since, until=until, lang=lang.value)
    names = "-".join(r.figures.state for r in done.reports)
    _deliver(done, out=out or Path(f"equipoise-{names}.html"), as_json=as_json, asked=out is not None,
             show=lambda: summary_compare([r.figures for r in done.reports], lang=lang.value))


app.command()(thesis.test_thesis)
app.command()(trade.simulate)
app.command()(audit.audit)
app.command()(events.events)
app.command()(events.event_data)
app.command()(stance.stance)
app.command()(mediation.mediation)


@data_app.command()
def status(directory: From = None, as_json: Rows = False) -> None:
    """Show every source: version, coverage, age and licence, and whether its files are here."""
    from equipoise.acquire.status import status as look

    frame = look(_folder(directory))
    _table(frame.select("source", "version", "coverage", "age_days", "state", "licence"), frame.to_dicts(),
           as_json=as_json, title=f"Sources in {_folder(directory)}")


@data_app.command()
def verify(directory: From = None, as_json: Rows = False) -> None:
    """Compare the files of all sources with the checksums of the registry, and the embedded pack with its own.

    Exit code 3 if a file is altered or the pack is damaged.
    """
    from equipoise.acquire.status import verify as compare_files
    from equipoise.assemble.packed import embedded
    from equipoise.errors import BadSourceFile

    pack = embedded()
    for name in pack.manifest["tables"]:
        pack.table(name)
    frame = compare_files(_folder(directory))
    shown = frame.select("source", "path", "state")
    _table(shown, frame.to_dicts(), as_json=as_json, title=f"Files in {_folder(directory)}; the embedded pack is whole")
    altered = frame.filter(frame["state"] == "altered")
    if altered.height:
        raise BadSourceFile(
            f"{altered.height} files are altered, the first is {altered['path'][0]}.",
            hint=f"Fetch it again with `equipoise data pull {altered['source'][0]}`.",
        )


@data_app.command()
def pull(
    names: Annotated[
        list[str] | None, typer.Argument(help="Ids of sources. [default: all]", show_default=False)
    ] = None,
    directory: Annotated[
        Path | None, typer.Option("--into", help="Folder to download into. [default: the cache]", show_default=False)
    ] = None,
) -> None:
    """Download sources from their official addresses, with resume, retry and checksum.

    Example: equipoise data pull nmc world_bank
    """
    from equipoise.acquire.registry import source, sources
    from equipoise.view.terminal import download_progress

    wanted = [source(n) for n in names] if names else [s for s in sources().values() if not s.by_hand]
    with download_progress() as progress:
        from equipoise.acquire.fetch import fetch

        for entry in wanted:
            fetch(entry, into=_folder(directory), progress=progress)
    say(f"{len(wanted)} sources are in {_folder(directory)}.")


@data_app.command()
def build(
    directory: From = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write the pack into. [default: the installed pack]", show_default=False),
    ] = None,
) -> None:
    """Build the pack from the sources in a folder; the same sources give the same bytes."""
    from equipoise.assemble.packed import pack_folder
    from equipoise.pipeline import build as builder
    from equipoise.view.terminal import steps

    with steps() as progress:
        files = builder.build(_folder(directory), progress=progress)
    folder = builder.write(files, to=out or pack_folder())
    say(f"{sum(map(len, files.values())) / 1e6:.1f} MB in {len(files)} files written to {folder}.")


@panel_app.command()
def state_year(years: Span = None, system: System = None, add: Add = None, sanctions: Sanctions = None,
               directory: From = None, out: File = None, cite: Cite = False, coverage: Coverage = False,
               as_json: Described = False) -> None:
    """Make a panel of every state in every year.

    Examples: equipoise panel state-year --add capabilities,majors;
    equipoise panel state-year --years 1990:2010 --system gw --add capabilities --out states.dta
    """
    _panel("state-year", **locals())


@panel_app.command()
def dyad_year(
    years: Span = None, system: System = None, add: Add = None, sanctions: Sanctions = None,
    directed: Annotated[bool, typer.Option("--directed", help="Two rows a pair, one from each side.")] = False,
    relevant: Annotated[
        bool, typer.Option("--relevant", help="Contiguous pairs, and pairs with a major power, only; to 2016.")
    ] = False,
    directory: From = None, out: File = None, cite: Cite = False, coverage: Coverage = False,
    as_json: Described = False,
) -> None:
    """Make a panel of every pair of states in every year; what is a state's own has 1 and 2 after its name.

    Examples: equipoise panel dyad-year --years 1946:2010 --directed --add capabilities,majors --out dyads.parquet;
    equipoise panel dyad-year --relevant --add capabilities --cite
    """
    _panel("dyad-year", **locals())


@panel_app.command()
def power_year(states: States = None, powers: Powers = None, years: Span = None, system: System = None,
               add: Add = None, sanctions: Sanctions = None, directory: From = None, out: File = None,
               cite: Cite = False, coverage: Coverage = False, as_json: Described = False) -> None:
    """Make a panel of states with each power in every year; 1 after a name is the state, 2 the power.

    Examples: equipoise panel power-year --states KAZ,UZB --add capabilities;
    equipoise panel power-year --powers RUS,CHN,USA --years 1992:2012 --add capabilities --out powers.csv
    """
    _panel("power-year", **locals())


@panel_app.command()
def triad_year(states: States = None, powers: Powers = None, years: Span = None, system: System = None,
               add: Add = None, sanctions: Sanctions = None, directory: From = None, out: File = None,
               cite: Cite = False, coverage: Coverage = False, as_json: Described = False) -> None:
    """Make a panel of states with each pair of powers in every year.

    After a name, _sa is the state with the first power, _sb with the second, _ab the two powers; _s, _a and _b are
    what each has of its own. Example: equipoise panel triad-year --states KAZ --add capabilities --out triads.parquet
    """
    _panel("triad-year", **locals())


@panel_app.command()
def adds(directory: From = None, as_json: Rows = False) -> None:
    """List what can be added: the panels it fits, its years, its source, and whether that is here."""
    from equipoise.pipeline.panels import additions
    from equipoise.view.terminal import panel_additions

    render(additions(directory).to_dicts(), as_json=as_json, show=panel_additions)


def main() -> None:
    """Run the command line; an error is one line on standard error and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without a letter shows ? and no traceback
            stream.reconfigure(errors="replace")
    try:
        code = app(standalone_mode=False)
    except EquipoiseError as err:
        _fail(str(err), err.exit_code)
    except typer.TyperException as err:
        _fail_to_parse(err)
    except OSError as err:  # files are written under errors of our own, so this is a full disk behind a pipe
        _fail(f"the output cannot be written: {(err.strerror or str(err)).lower()}.", 2)
    if code == 130:
        _fail("stopped.", 130)
    sys.exit(code if isinstance(code, int) else 0)


def _fail_to_parse(err: typer.TyperException) -> None:
    text = err.format_message().replace("Value error, ", "")
    if text.startswith("Usage: "):  # a group of commands without any: its help is the message
        print(text, file=sys.stderr)
        sys.exit(2)
    context = getattr(err, "ctx", None)
    _fail(f"{text.rstrip('.')}. See `{context.command_path if context else 'equipoise'} --help`.", 2)


def _fail(text: str, code: int) -> None:
    print(f"equipoise: {' '.join(text.split())}", file=sys.stderr)
    sys.exit(code)


def _deliver(done: Report | Comparison, *, out: Path, as_json: bool, asked: bool, show: Any) -> None:
    if as_json:
        text = json.dumps(done.data, ensure_ascii=False, indent=1, allow_nan=False)
        if asked:
            done.save(out)
        print(text)
        return
    path = done.save(out)
    from rich.console import Console

    Console().print(show())
    print(path)


def _panel(kind: str, *, out: Path | None, cite: bool, coverage: bool, as_json: bool, **given: Any) -> None:
    from equipoise.pipeline import panels
    from equipoise.view.terminal import panel_summary, steps

    given |= {key: split(given[key], key) for key in ("add", "states", "powers") if key in given}
    made = panels.panel(kind, folder=given.pop("directory"), **given)
    with steps() as progress:
        progress(f"Making the {made.kind} panel {made.years[0]}–{made.years[1]}: {len(made.labels)} columns")
        path = made.write(out) if out else None
        shown: Any = None
        if as_json:
            shown = panels.described(made, file=path, cite=cite)
        elif coverage or not (cite or out):
            shown = panel_summary(made, head=not (coverage or out))
    if shown is not None:
        render(shown, as_json=as_json, show=lambda summary: summary)
    finish(path, remarks=panels.remarks(made), citations=made.citations if cite else None, as_json=as_json)


def _table(frame: Any, rows: list[dict[str, Any]], *, as_json: bool, title: str) -> None:
    from equipoise.view.terminal import table

    render(rows, as_json=as_json, show=lambda rows: table(frame, title=title))


def _folder(directory: Path | None) -> Path:
    from equipoise import store

    return directory or store.cache_dir()
