"""One language's words together: messages, numbers, and the names of states and powers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from equipoise.assemble import codes
from equipoise.schema import OUTSIDE
from equipoise.view.formats import Numbers
from equipoise.view.i18n import HTML_LANG, Messages


@dataclass(frozen=True, slots=True)
class Words:
    """What the charts, tables and sentences of one report speak with."""

    m: Messages
    n: Numbers
    _names: dict[str, str] = field(default_factory=dict)

    @property
    def lang(self) -> str:
        """``en`` or ``zh``, as in the catalogue."""
        return self.m.lang

    @property
    def html_lang(self) -> str:
        """The language tag of the page."""
        return HTML_LANG[self.lang]

    def name(self, code: str | None) -> str:
        """A state, a power (``EUU``) or the outside option (``0``) by its short name."""
        if code is None:
            return "–"
        if code not in self._names:
            self._names[code] = self._look_up(code)
        return self._names[code]

    def said(self, code: str) -> str:
        """A name as it stands in a sentence: ``the United States``, ``the rest of the world``."""
        return self.m(f"said.{code}") if self.m.has(f"said.{code}") else self.name(code)

    def pair(self, a: str, b: str) -> str:
        """Two powers joined by a dash."""
        return f"{self.name(a)}{'–' if self.lang == 'en' else '－'}{self.name(b)}"

    def cited(self, source: str | None) -> str:
        """A source of our own tables; that a date rests on memory alone is said in the reader's language."""
        return (source or "").replace("general knowledge", self.m("general_knowledge"))

    def names(self, codes_: Iterable[str]) -> str:
        """Several names in a sentence."""
        return self.join(self.said(c) for c in codes_)

    def join(self, items: Iterable[str]) -> str:
        """Items in a sentence: ``A, B and C`` or ``A、B與C``."""
        items = list(items)
        if len(items) < 2:
            return "".join(items)
        comma, last = (", ", " and ") if self.lang == "en" else ("、", "與")
        return comma.join(items[:-1]) + last + items[-1]

    def _look_up(self, code: str) -> str:
        if code == OUTSIDE:
            return self.m("outside")
        return self.m.pick("power", code) if self.m.has(f"power.{code}") else codes.name(code, lang=self.lang)


def words(lang: str) -> Words:
    """The words of one language (``en``, ``zh-Hant``)."""
    m = Messages(lang)
    return Words(m=m, n=Numbers(m.lang))
