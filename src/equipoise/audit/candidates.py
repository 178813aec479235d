"""Candidates for claims in a document: sentences with a figure, share, date, ranking or membership.

Found by patterns in English and Traditional Chinese. They are leads for a person, who words the claim and chooses its
check; :func:`stubs` writes what there is to start from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from equipoise import data
from equipoise.assemble import codes
from equipoise.assemble.organisations import bodies
from equipoise.audit.sentences import Sentence, sentences

KINDS = ("figure", "share", "date", "ranking", "membership")
"""What makes a sentence a candidate."""

_NUMERAL = r"[一二兩三四五六七八九十百\d]+"
_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_PATTERNS = {
    "share": re.compile(r"\d\s*[%％]|百分之|\bper\s?cent\b", re.I),
    "date": re.compile(
        r"(?<![\d.,])(?:1[5-9]|20)\d\d(?![\d]|[,.]\d)|\d{1,2}\s*月(?:\s*\d{1,2}\s*日|\s*[上中下]旬|中)|\d0\s*年代|"
        rf"{_NUMERAL}\s*(?:個月|年)(?:之)?後|\b(?:years?|months?) (?:after|later|before)\b", re.I),
    "figure": re.compile(
        r"\d[\d,.]*\s*(?:萬|億|千|百萬|公里|美元|人口|倍|個(?!月)|家|項|國|人(?!民))|\d{1,3}(?:,\d{3})+|"
        rf"(?<![\d,.])(?!(?:1[5-9]|20)\d\d\b)\d[\d,.]*\s+(?!per\s?cent|{_MONTH})[a-z]{{3,}}|"
        r"\b(?:three|four|five|six|seven|eight|nine|ten) (?:members|states|countries)\b", re.I),
    "ranking": re.compile(
        r"最(?:大|小|高|低|長|短|多|少|富|強|窮|嚴重|晚|早|成功|後一|重要的?(?:戰略)?夥伴)|發展的?最|第[一二三四五]大|第一個|首個|首位|首次|"
        r"次於|依序|依次|優先(?:次)?序|三大|\b(?:largest|biggest|smallest|highest|lowest|longest|richest|poorest|"
        r"strongest|second|third|foremost)\b|\b(?:the|was|is) (?:first|last|only)\b", re.I),
}
_JOINED = re.compile(
    r"成員國?(?:有|為|是|包括)|(?:正式|創始)成員|觀察員|對話夥伴|加入了|主席|理事國|組成|結成|簽署|簽訂|清一色|這包括|"
    r"\b(?:members?|join(?:s|ed)?|acced\w+|observers?|chair\w*|partners? of|consists? of|admitted|signed)\b", re.I)
_GROUPED = re.compile(rf"{_NUMERAL}圈|{_NUMERAL}個不同類型|[一二三四五六七八九十]國[，」]")
_REFERENCE = re.compile(r"\bVol\.|\bpp?\.\s*\d|\bNo\.\s*\d|https?://|\bIbid\b", re.I)
_MEMBERS = 3
"""So many states beside a word of membership count as a list of members."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may hold a claim: what kinds of claim, and which states, bodies and quantities it names."""

    sentence: Sentence
    kinds: tuple[str, ...]
    states: tuple[str, ...]
    organisations: tuple[str, ...]
    quantities: tuple[str, ...]


def candidates(pages: Sequence[str]) -> list[Candidate]:
    """Return the candidates of a document, in order.

    Args:
        pages: the text of each page; one where the document has none.

    Examples:
        >>> found = candidates(["Kazakhstan joined the WTO in 2015. It was a good day. 歐盟占哈薩克貿易 38.6%。"])
        >>> [(c.kinds, c.states, c.organisations, c.quantities) for c in found]
        [(('date', 'membership'), ('KAZ',), ('WTO',), ()), (('share',), ('KAZ',), ('EU',), ('trade',))]
    """
    return [c for c in map(_candidate, sentences(pages)) if c.kinds]


def stubs(found: Iterable[Candidate], *, document: str) -> str:
    """Return the text of a claims file with a claim for each candidate, to be completed by a person.

    The sentence stands above each claim as a comment; ``says`` is empty, since a claim is put in one's own words.
    """
    head = (f'format = 1\n\n[document]\nid = "{_slug(document)}"\ntitle = "{_quoted(document)}"\n')
    return head + "".join(_stub(c, number=n) for n, c in enumerate(found, start=1))


def _stub(c: Candidate, *, number: int) -> str:
    place = f"page {c.sentence.page}, paragraph {c.sentence.paragraph}" if c.sentence.page else (
        f"paragraph {c.sentence.paragraph}")
    named = [f"# {label}: {' '.join(codes_)}\n" for label, codes_ in (
        ("kinds", c.kinds), ("states", c.states), ("organisations", c.organisations), ("quantities", c.quantities))
        if codes_]
    return (f"\n# {c.sentence.text}\n{''.join(named)}[[claim]]\nid = \"c{number}\"\nplace = \"{place}\"\n"
            f"says = \"\"\ncheck = \"{_likely(c)}\"\n")


def _likely(c: Candidate) -> str:
    """The type of check that fits most such sentences."""
    usual = {"share": "share", "ranking": "ranking", "membership": "membership", "figure": "value"}
    for kind, checked in usual.items():
        if kind in c.kinds:
            return "growth" if checked == "share" and {"gdp_real", "gdp_growth"} & set(c.quantities) else checked
    return "date"


def _candidate(sentence: Sentence) -> Candidate:
    text = sentence.text
    states, organisations, quantities = _states(text), _named(text, kind="organisation"), _named(text, kind="quantity")
    kinds = [k for k, pattern in _PATTERNS.items() if pattern.search(text)]
    listed = len(states) >= _MEMBERS
    if (_JOINED.search(text) and (organisations or listed)) or (_GROUPED.search(text) and listed):
        kinds.append("membership")
    if _REFERENCE.search(text):
        kinds = []
    return Candidate(sentence, tuple(k for k in KINDS if k in kinds), states, organisations, quantities)


def _states(text: str) -> tuple[str, ...]:
    return _found(text, names=_state_names())


def _named(text: str, *, kind: str) -> tuple[str, ...]:
    return _found(text, names=_words(kind))


def _found(text: str, *, names: dict[str, str]) -> tuple[str, ...]:
    """Codes of the names in a text in the order in which they come; a name inside a longer one does not count."""
    taken: list[tuple[int, int, str]] = []
    for name, code in sorted(names.items(), key=lambda pair: -len(pair[0])):
        for hit in _pattern(name).finditer(text):
            if not any(a < hit.end() and hit.start() < b for a, b, _ in taken):
                taken.append((*hit.span(), code))
    return tuple(dict.fromkeys(code for _, _, code in sorted(taken)))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    plain = re.escape(name)
    # Abbreviations such as CIS are matched as they are written, names whatever their case.
    return re.compile(rf"(?<![A-Za-z]){plain}(?![A-Za-z])" if name.isascii() else plain,
                      0 if name.isupper() or not name.isascii() else re.I)


@cache
def _state_names() -> dict[str, str]:
    """Names of states in English and Chinese; codes are left out, since most are words."""
    known = codes.states().filter(pl.col("kind") != "dependency")
    own = {name: iso3 for column in ("name_en", "name_zh") for name, iso3 in known.select(column, "iso3").iter_rows()
           if name and iso3 != "EUU"}
    told = pl.read_csv(data.read("aliases.csv"), infer_schema=False)
    alive = set(own.values())
    extra = {alias: iso3 for alias, iso3 in told.iter_rows() if iso3 in alive and (
        len(alias) > 4 if alias.isascii() else len(alias) > 1)}
    return {**extra, **own}


@cache
def _words(kind: str) -> dict[str, str]:
    told = pl.read_csv(data.read("claims/words.csv"), infer_schema=False).filter(pl.col("kind") == kind)
    words = dict(told.select("word", "code").iter_rows())
    if kind == "organisation":
        for row in bodies().iter_rows(named=True):
            names = (row["organisation"] if len(row["organisation"]) > 2 else None, row["name_en"], row["name_zh"])
            words = {**{n: row["organisation"] for n in names if n}, **words}
    return words


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "document"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
