"""``equipoise test-thesis``: the hypotheses, tested."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from equipoise.commands.options import split
from equipoise.commands.output import render, say

if TYPE_CHECKING:
    from equipoise.pipeline.thesis import Thesis

SUFFIXES = (".json", ".csv", ".md")

Only = Annotated[
    list[str] | None, typer.Option(help="Which to test, separated by commas: H1 to H7. [default: all]", metavar="<ids>",
                                   show_default=False),
]
Out = Annotated[
    Path | None, typer.Option(help="File to write: .json has all, .csv a row an estimate, .md the page.",
                              show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print the findings as JSON on standard output.")]


def test_thesis(only: Only = None, out: Out = None, as_json: Json = False) -> None:  # noqa: PT028 - a command, no test
    """Test the article's propositions as the hypotheses H1 to H7, written before any fit.

    Only the quick look by fixed effects is there, so no hypothesis has a verdict. Takes two to three minutes for all.
    Examples: equipoise test-thesis --only H4,H7; equipoise test-thesis --out thesis.md
    """
    from equipoise.pipeline.thesis import hypotheses
    from equipoise.view.terminal import steps

    if out:
        _check(out)
    with steps() as progress:
        found = hypotheses(split(only, "only"), progress=progress)
    if out:
        _write(found, out)
    if as_json:
        render(found.data, as_json=True, show=None)
    elif out:
        say(str(out))
    else:
        render(found, as_json=False, show=_table)


def _check(out: Path) -> None:
    from equipoise.errors import CannotWrite, UsageError

    if out.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{out} has no suffix that says how to write it.", hint=f"Use {', '.join(SUFFIXES)}.")
    if not out.parent.is_dir():
        raise CannotWrite(f"{out} cannot be written: there is no folder {out.parent}.", hint="Create it first.")


def _write(found: Thesis, out: Path) -> None:
    from equipoise import store
    from equipoise.pipeline.thesis_page import frame, page

    suffix = out.suffix.lower()
    if suffix == ".md":
        text = page(found, on=dt.datetime.now(tz=dt.UTC).date())
    elif suffix == ".csv":
        text = frame(found).write_csv()
    else:
        text = json.dumps(found.data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    store.atomic_write(out, content=text)


def _table(found: Thesis) -> Any:
    from rich.console import Group
    from rich.table import Table

    from equipoise.pipeline.thesis_page import interval, number, span

    table = Table(title="Quick look by fixed effects; no verdict before the main estimator is there",
                  title_justify="left")
    for name in ("", "hypothesis", "estimate", "90 % interval", "s", "states", "years", "rows", "verdict"):
        table.add_column(name)
    for f in found.findings:
        e = f.primary
        table.add_row(f.id, f.title, number(e.estimate), interval(e), number(f.smallest), str(e.states), span(e),
                      str(e.rows), f.verdict)
    notes = [f"{f.id}: {c}" for f in found.findings for c in f.concerns]
    return Group(table, *notes)
