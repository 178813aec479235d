"""What commands print: figures on standard output, remarks on standard error."""

from __future__ import annotations

import json
import sys
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
