"""The sentences of a document, in English and Chinese, in order, with page and paragraph.

Texts taken out of PDF files break lines, and paragraphs at the foot of a page, in the middle of a sentence: a paragraph
without a closing mark runs on in the next one. Footnotes, which begin with a raised number, stand aside.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_HAN = r"\u3400-\u9fff\u3000-\u303f\uff00-\uffef"
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_CLOSED = re.compile(rf"[。！？!?.][」』”\"'）)\]】{_RAISED}]*$")
_ABBREVIATED = re.compile(r"(?:\b(?:pp?|vol|no|ed|eds|cf|etc|vs|mr|mrs|ms|dr|prof|st|fig|ca|e\.g|i\.e|[a-z]))\.$", re.I)
_HEADING = re.compile(
    r"^(?:[壹貳參肆伍陸柒捌玖拾]、|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d+(?:\.\d+)*\.?\s+[A-Z])")
_END = re.compile(rf"[。！？]+[」』”）)]*[{_RAISED}]*|[.!?]+[\"”')\]]*[{_RAISED}]*(?=\s|$|[{_HAN}])")
SHORT = 18
"""A paragraph of fewer characters that no mark closes is a heading and does not run on."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its text in one line, the page and paragraph (from 1; page None where a file has none)."""

    text: str
    page: int | None
    paragraph: int

    @property
    def key(self) -> str:
        """Twelve hex digits that name the sentence by its characters, whatever its blanks."""
        return hashlib.sha256(re.sub(r"\s+", "", self.text).encode()).hexdigest()[:12]


def sentences(pages: Sequence[str]) -> list[Sentence]:
    """Return the sentences of the body of a document, headings and footnotes left out.

    Args:
        pages: the text of each page; a document without pages has one, and its sentences the page None.

    Examples:
        >>> found = sentences(["In 2015 it joined the W.T.O. as planned.\\nIt had 3.5 % then.", "會員有六個。共"])
        >>> [(s.text, s.page) for s in found]
        [('In 2015 it joined the W.T.O. as planned.', 1), ('It had 3.5 % then.', 1), ('會員有六個。', 2)]
    """
    out, numbered = [], len(pages) > 1
    for paragraph, (text, page) in enumerate(_paragraphs(pages), start=1):
        out += [Sentence(s, page if numbered else None, paragraph) for s in _split(text)]
    return out


def _paragraphs(pages: Sequence[str]) -> list[tuple[str, int]]:
    """Paragraphs that belong together as one, each with the page it begins on."""
    out: list[tuple[str, int]] = []
    open_ = note_open = False
    for number, page in enumerate(pages, start=1):
        for block in _blocks(page):
            closed = bool(_CLOSED.search(block))
            # A footnote that a page's end cuts goes on before the next page's own notes.
            if block[0] in _RAISED or (note_open and open_ and not _CHINESE.search(block)):
                note_open = not closed
                continue
            heading = not closed and (bool(_HEADING.match(block)) or (len(block) < SHORT and not _END.search(block)))
            if open_ and not heading:
                before, at = out[-1]
                out[-1] = (_joined(before, block), at)
            else:
                out.append((block, number))
            open_ = not closed and not heading
    return out


def _blocks(page: str) -> list[str]:
    """Paragraphs of a page: lines between blank lines, made one."""
    plain = re.sub(r"[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}", "", page.replace("\r", ""))
    lines = re.split(r"\n[ \t\u3000]*\n", plain)
    out = []
    for block in lines:
        text = ""
        for line in block.split("\n"):
            text = _joined(text, line.strip()) if text else line.strip()
        if text:
            out.append(text)
    return out


def _joined(a: str, b: str) -> str:
    """Two pieces of a paragraph: no blank between Chinese characters, one elsewhere."""
    han = re.search(rf"[{_HAN}]$", a) or re.match(rf"[{_HAN}]", b)
    return a + b if han or not a or not b else f"{a} {b}"


def _split(text: str) -> list[str]:
    """Sentences of a paragraph; what no mark closes is none."""
    out, start = [], 0
    for mark in _END.finditer(text):
        if _ABBREVIATED.search(text[: mark.start() + 1]) and mark.end() < len(text):
            continue
        if piece := text[start : mark.end()].strip():
            out.append(piece)
        start = mark.end()
    return out
