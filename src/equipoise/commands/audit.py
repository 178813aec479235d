"""``equipoise audit``: claims of a document checked against data."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from equipoise.commands.options import Language
from equipoise.commands.output import render, say

if TYPE_CHECKING:
    from equipoise.audit.candidates import Candidate
    from equipoise.pipeline.audit import Audit

VERDICT_FILES = (".html", ".json", ".md", ".csv")
STUB_FILES = (".toml", ".json")

Claims = Annotated[
    list[Path] | None, typer.Argument(help="Claims files. [default: those of the two documents that come with the "
                                      "package]", show_default=False, metavar="CLAIMS.toml"),
]
New = Annotated[
    Path | None, typer.Option("--new", help="Write a first claims file, with one claim of every type of check.",
                              show_default=False),
]
Document = Annotated[
    Path | None, typer.Option("--from", help="List the candidates for claims in a document: .txt, .md, .pdf or .docx, "
                              "English or Traditional Chinese.", show_default=False),
]
Out = Annotated[
    Path | None, typer.Option(help="File to write: verdicts as .html, .json, .md or .csv; with --from candidates as "
                              ".toml, a claims file to be completed, or .json.", show_default=False),
]
Lang = Annotated[Language, typer.Option(help="Language of the verdicts.")]
Json = Annotated[
    bool, typer.Option("--json", help="Print the verdicts, or the candidates, as JSON on standard output.")
]


def audit(claims: Claims = None, new: New = None, from_: Document = None, out: Out = None, lang: Lang = Language.en,
          as_json: Json = False) -> None:
    """Check the claims of a document against data: figures, shares, dates, members, borders, ranks, growth, counts.

    The verdict on a claim is confirmed, contradicted, a matter of definition, or no data.
    Examples: equipoise audit; equipoise audit --new claims.toml; equipoise audit claims.toml --out verdicts.html;
    equipoise audit --from paper.pdf --out claims.toml
    """
    _alone(claims, new, from_)
    if new:
        _new(new)
    elif from_:
        _candidates(from_, out=out, as_json=as_json)
    else:
        _verdicts(claims or [], out=out, lang=lang.value, as_json=as_json)


def _alone(*ways: Any) -> None:
    from equipoise.errors import UsageError

    if sum(map(bool, ways)) > 1:
        raise UsageError("claims files, --new and --from cannot be used together.", hint="Use one of them.")


def _new(path: Path) -> None:
    from equipoise import store
    from equipoise.errors import CannotWrite
    from equipoise.pipeline.audit import template

    if path.exists():
        raise CannotWrite(f"{path} is there already.", hint="Name a file that is not.")
    store.atomic_write(path, content=template())
    say(str(path))


def _verdicts(paths: Sequence[Path], *, out: Path | None, lang: str, as_json: bool) -> None:
    from equipoise import store
    from equipoise.pipeline.audit import audited

    if out:
        _check(out, suffixes=VERDICT_FILES)
    found = audited(paths, lang=lang)
    if out:
        made: dict[str, Callable[[], str]] = {
            ".html": found.html, ".md": found.markdown, ".csv": lambda: str(found.frame().write_csv()),
            ".json": lambda: _json(found.data)}
        store.atomic_write(out, content=made[out.suffix.lower()]())
    if out and not as_json:
        say(str(out))
    else:
        render(found.data if as_json else found, as_json=as_json, show=_table)


def _candidates(path: Path, *, out: Path | None, as_json: bool) -> None:
    from equipoise import store
    from equipoise.audit.candidates import stubs
    from equipoise.pipeline.audit import found_in

    if out:
        _check(out, suffixes=STUB_FILES)
    found = found_in(path)
    rows = [_plain(c) for c in found]
    if out:
        text = stubs(found, document=path.stem) if out.suffix.lower() == ".toml" else _json(rows)
        store.atomic_write(out, content=text)
    if out and not as_json:
        say(f"{out}: {len(found)} candidates")
    else:
        render(rows, as_json=as_json, show=_list)


def _plain(c: Candidate) -> dict[str, Any]:
    told = asdict(c)
    return {**told.pop("sentence"), **told}


def _json(rows: Any) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _check(out: Path, *, suffixes: Sequence[str]) -> None:
    from equipoise import store
    from equipoise.errors import UsageError

    if out.suffix.lower() not in suffixes:
        raise UsageError(f"{out} has no suffix that says how to write it.", hint=f"Use {', '.join(suffixes)}.")
    store.check_place(out)


def _table(found: Audit) -> Any:
    from rich.console import Group
    from rich.table import Table

    from equipoise.view.audit import counted, lines, titled
    from equipoise.view.words import words

    spoken = words(found.lang)
    parts: list[Table | str] = []
    for result in found.results:
        table = Table(title=titled(result, words=spoken), title_justify="left", show_lines=True)
        for key in ("place", "claim", "claimed", "found", "verdict"):
            table.add_column(spoken.m(f"audit_head_{key}"), overflow="fold")
        for x in lines(result, words=spoken):
            table.add_row(x.place, x.says, x.claimed, "\n".join((x.found, *x.readings)), x.said)
        parts += [table, counted(result, words=spoken)]
    return Group(*parts)


def _list(rows: Sequence[dict[str, Any]]) -> Any:
    from rich.table import Table

    table = Table(title=f"{len(rows)} candidates", title_justify="left", show_lines=True)
    for name in ("page", "paragraph", "kinds", "states", "organisations", "quantities", "sentence"):
        table.add_column(name, overflow="fold")
    for r in rows:
        named = (" ".join(r[k]) for k in ("kinds", "states", "organisations", "quantities"))
        table.add_row(str(r["page"] or "–"), str(r["paragraph"]), *named, r["text"])
    return table
