"""What commands print: figures on standard output, remarks on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


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
