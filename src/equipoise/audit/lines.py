"""Where in a claims file something stands, so that an error can point at the line."""

from __future__ import annotations

import re

from equipoise.errors import BadClaims

_CLAIM = re.compile(r"^\s*\[\[\s*claim\s*\]\]")


class Lines:
    """The lines of a claims file.

    >>> Lines('format = 1\\n[[claim]]\\nid = "a"', name="a.toml").of(claim=0, key="id")
    3
    """

    def __init__(self, text: str, *, name: str) -> None:
        self.name = name
        self._lines = text.split("\n")
        self._claims = [i for i, line in enumerate(self._lines, start=1) if _CLAIM.match(line)]

    def __len__(self) -> int:
        return len(self._lines)

    def of(self, *, claim: int | None = None, key: str | None = None) -> int:
        """The line of a key, of the claim with this number (from 0) or of the file; else where that begins."""
        if claim is not None and claim < len(self._claims):
            first = self._claims[claim]
            last = self._claims[claim + 1] - 1 if claim + 1 < len(self._claims) else len(self._lines)
        else:
            first, last = 1, len(self._lines)
        for i in range(first, last + 1):
            if key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=|\s*\[+.*\b{re.escape(key)}\]", self._lines[i - 1]):
                return i
        return first

    def error(self, what: str, *, hint: str | None = None, claim: int | None = None, key: str | None = None,
              line: int | None = None) -> BadClaims:
        """An error that names the file and the line."""
        at = line if line is not None else self.of(claim=claim, key=key)
        return BadClaims(f"{self.name}, line {at}: {what}", hint=hint)
