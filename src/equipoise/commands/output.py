"""What commands print: figures on standard output, remarks on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from equipoise.commands.options import Language
    from equipoise.pipeline.measured import Measured


def render(rows: Any, *, as_json: bool, show: Any) -> None:
    """Print rows as JSON, or what ``show`` makes of them in the terminal."""
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False, default=str))
        return
    from rich.console import Console

    Console().print(show(rows))


def say(text: str) -> None:
    """Print a remark."""
    print(text, file=sys.stderr)


def finish(path: Path | None, *, remarks: Sequence[str], citations: Callable[[], str] | None, as_json: bool) -> None:
    """Print remarks, and unless JSON has said so already, the file that was written and the references asked for.

    Where references are asked for, they alone go to standard output.
    """
    for text in remarks:
        say(f"equipoise: {text}")
    if as_json:
        return
    if path:
        (say if citations else print)(str(path))
    if citations:
        print(citations(), end="")


def deliver(make: Callable[[], Measured], *, out: Path | None, lang: Language, cite: bool, as_json: bool,
            show: Callable[[Measured], Any] | None = None) -> None:
    """Measure, write the file, and print what was asked for: JSON, references, else a table unless there is a file.

    ``show`` makes the table where the usual one will not do.
    """
    from equipoise.pipeline.measured import check_path
    from equipoise.view.terminal import measured

    if out:
        check_path(out)
    made = make()
    path = made.write(out, lang=lang.value) if out else None
    if as_json:
        extra: dict[str, Any] = {"citations": made.citations()} if cite else {}
        render(made.data | extra | ({"file": str(path)} if path else {}), as_json=True, show=None)
    elif not (cite or path):
        render(made, as_json=False, show=show or (lambda m: measured(m.frame, more=m.more, sources=m.credits)))
    finish(path, remarks=made.remarks, citations=made.citations if cite else None, as_json=as_json)
