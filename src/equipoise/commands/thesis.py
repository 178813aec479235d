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
    from equipoise.pipeline.thesis_tables import Findings

SUFFIXES = (".json", ".csv", ".md")

Only = Annotated[
    list[str] | None, typer.Option(help="Which to test, separated by commas: H1 to H7. [default: all]", metavar="<ids>",
                                   show_default=False),
]
Out = Annotated[
    Path | None, typer.Option(help="File to write: .json has all, .csv a row an estimate, .md the page.",
                              show_default=False),
]
Refit = Annotated[bool, typer.Option("--refit", help="Estimate anew what the pack has estimates of.")]
Json = Annotated[bool, typer.Option("--json", help="Print the findings as JSON on standard output.")]


def test_thesis(only: Only = None, out: Out = None, refit: Refit = False, as_json: Json = False) -> None:  # noqa: PT028
    """Test the article's propositions as the hypotheses H1 to H7, written before any fit.

    What the pack has estimates of is shown at once. Where it has none, or with --refit, the quick look by fixed effects
    is made, which gives no verdict and takes about four minutes for all.
    Examples: equipoise test-thesis --only H4,H7; equipoise test-thesis --out thesis.md
    """
    if out:
        _check(out)
    found = _found(split(only, "only"), refit=refit)
    if out:
        _write(found, out)
    if as_json:
        render(found.data, as_json=True, show=None)
    elif out:
        say(str(out))
    else:
        render(found, as_json=False, show=_table)


def _found(only: list[str] | None, *, refit: bool) -> Findings:
    from equipoise.assemble.packed import embedded
    from equipoise.pipeline.thesis import hypotheses
    from equipoise.pipeline.thesis_tables import found_now, packed
    from equipoise.view.terminal import steps

    if not refit and (there := packed(embedded(), only=only)):
        return there
    with steps() as progress:
        return found_now(hypotheses(only, progress=progress))


def _check(out: Path) -> None:
    from equipoise import store
    from equipoise.errors import UsageError

    if out.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{out} has no suffix that says how to write it.", hint=f"Use {', '.join(SUFFIXES)}.")
    store.check_place(out)


def _write(found: Findings, out: Path) -> None:
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


def _table(found: Findings) -> Any:
    from rich.console import Group
    from rich.table import Table

    from equipoise.pipeline.thesis_findings import TITLES
    from equipoise.pipeline.thesis_page import bounds, leading, span
    from equipoise.view.thesis import number, reasons, verdict
    from equipoise.view.words import words

    en, table, notes = words("en"), Table(title="The article's propositions, tested", title_justify="left"), []
    for name in ("", "hypothesis", "estimate", "90 % interval", "s", "states", "years", "rows", "verdict"):
        table.add_column(name)
    for v, e in leading(found):
        h = v["hypothesis"]
        table.add_row(h, TITLES[h][0], number(e["estimate"]), bounds(e, spoken=en), number(v["smallest"]),
                      str(e["states"]), span(e), str(e["rows"]), verdict(v["verdict"], words=en))
        notes += [f"{h}: {r}" for r in reasons(v["reasons"], words=en)]
    return Group(table, *notes)
