"""Options that several commands share, and how lists in them are read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from equipoise.errors import UsageError
from equipoise.view import completion


class Language(StrEnum):
    """Languages of reports and charts."""

    en = "en"
    zh = "zh-Hant"


Powers = Annotated[
    list[str] | None,
    typer.Option(help="The powers, separated by commas; EUU is the EU as one actor. [default: RUS,CHN,USA,EUU,JPN]",
                 autocompletion=completion.states, show_default=False, metavar="<names>"),
]
States = Annotated[
    list[str] | None, typer.Option(help="The states, separated by commas. [default: all]", metavar="<names>",
                                   autocompletion=completion.states, show_default=False),
]
Cite = Annotated[bool, typer.Option("--cite", help="Print the sources' references as BibTeX.")]
From = Annotated[
    Path | None, typer.Option("--from", help="Folder of the sources. [default: the cache]", show_default=False)
]

EXAMPLES = {
    "powers": "RUS,CHN,USA", "states": "KAZ,UZB", "add": "majors,capabilities", "components": "pooled,sanctions",
    "measure": "S,kappa", "among": "RUS,CHN,USA", "only": "H4,H7", "kind": "member,observer",
    "state": "KAZ,RUS", "power": "CHN,USA",
}
"""What an empty list might have been, by option."""


def split(words: list[str] | None, option: str = "powers") -> list[str] | None:
    """Return the words of an option that takes a list, given at once or again and again; None where it is not given.

    Raises:
        UsageError: it is given and empty.

    >>> split(["RUS, CHN", "USA"])
    ['RUS', 'CHN', 'USA']
    """
    if not words:
        return None
    found = [p for p in (q.strip() for q in ",".join(words).split(",")) if p]
    if not found:
        raise UsageError(f"--{option} is empty.", hint=f"For example --{option} {EXAMPLES[option]}.")
    return found
