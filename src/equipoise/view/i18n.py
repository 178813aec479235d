"""The catalogue of messages: every sentence and label of the reports, in English and in Traditional Chinese (Taiwan).

``messages.toml`` holds one table a message, with ``en`` and ``zh``. A dotted table such as ``[kind.member]`` belongs to
the family ``kind``: its members name values that come with the data.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from string import Formatter

from equipoise.errors import UsageError

LANGUAGES = {"en": "en", "zh": "zh", "zh-hant": "zh", "zh-tw": "zh", "zh-hant-tw": "zh"}
"""What a user may ask for → the column of the catalogue."""

HTML_LANG = {"en": "en", "zh": "zh-Hant-TW"}


class Messages:
    """The catalogue in one language.

    Raises
    ------
    UsageError
        The language is not one of :data:`LANGUAGES`.

    Examples
    --------
    >>> m = Messages("en")
    >>> m("title", state="Kazakhstan")
    'Kazakhstan between the powers'
    >>> Messages("zh-Hant").pick("kind", "member")
    '成員'
    """

    __slots__ = ("_texts", "lang")

    def __init__(self, lang: str) -> None:
        if lang.lower() not in LANGUAGES:
            raise UsageError(f"there is no report in the language {lang!r}.", hint="Use en or zh-Hant.")
        self.lang = LANGUAGES[lang.lower()]
        self._texts = catalogue()

    def __call__(self, key: str, /, **params: object) -> str:
        """The message ``key`` with its parameters filled in; KeyError names a key that the catalogue lacks."""
        if key not in self._texts:
            raise KeyError(f"no message {key!r} in view/messages.toml")
        return self._texts[key][self.lang].format(**params)

    def pick(self, family: str, value: str, /, **params: object) -> str:
        """The name of a value that came with the data; a value that has no entry is shown as it came."""
        key = f"{family}.{value}"
        return self(key, **params) if key in self._texts else value.replace("_", " ")

    def has(self, key: str, /) -> bool:
        """Whether the catalogue has the message ``key``."""
        return key in self._texts


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every message: dotted key → language → text."""
    text = resources.files("equipoise.view").joinpath("messages.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(text)))


def parameters(text: str) -> set[str]:
    """The names of the placeholders in a message.

    >>> sorted(parameters("{a} of {b:.2f}"))
    ['a', 'b']
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _flat(tree: dict[str, object], prefix: str = "") -> list[tuple[str, dict[str, str]]]:
    rows: list[tuple[str, dict[str, str]]] = []
    for key, value in tree.items():
        if not isinstance(value, dict):
            continue
        if "en" in value or "zh" in value:
            rows.append((prefix + key, value))
        else:
            rows.extend(_flat(value, f"{prefix}{key}."))
    return rows
