"""References of sources, as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from equipoise import data
from equipoise.errors import UsageError

_ENTRY = re.compile(r"^@\w+\{([^,\s]+),\n.*?^\}$", flags=re.MULTILINE | re.DOTALL)


def bibtex(keys: Iterable[str]) -> str:
    """Return the entries of the bibliography with these keys, in the order given, each once.

    Args:
        keys: as the registry's ``bibtex`` names them.

    Returns:
        BibTeX, a blank line between two entries and a line end after the last; nothing for no key.

    Raises:
        UsageError: the bibliography has no such entry.

    Examples:
        >>> bibtex(["singer1972capability", "singer1972capability"]).count("@")
        1
    """
    known = _entries()
    wanted = list(dict.fromkeys(keys))
    for key in wanted:
        if key not in known:
            raise UsageError(f"the bibliography has no entry {key!r}.", hint="The registry of sources names its keys.")
    return "\n".join(f"{known[key]}\n" for key in wanted)


@cache
def _entries() -> dict[str, str]:
    text = data.read("bibliography.bib").decode("utf-8").replace("\r\n", "\n")
    return {found[1]: found[0] for found in _ENTRY.finditer(text)}
