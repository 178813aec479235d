"""Candidates for claims in a document, their stubs, and how many of those marked by hand are found."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

from equipoise.audit.candidates import candidates, stubs
from equipoise.audit.format import parse
from equipoise.audit.sentences import sentences
from equipoise.errors import BadClaims

MARKED = Path(__file__).with_name("marked.csv")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "claims.md"
DOCUMENTS = {"lin": "000_6e22301367ae5e87.txt", "chao": "004_3385217baa6e2837.txt"}


@pytest.mark.parametrize(("text", "kinds"), [
    ("Kazakhstan joined the WTO in 2015.", ("date", "membership")),
    ("哈薩克於2015年加入了世界貿易組織。", ("date", "membership")),
    ("Russia had 19.5 per cent of its trade.", ("share",)),
    ("俄羅斯占其貿易的百分之二十。", ("share",)),
    ("Its population is 18 million people.", ("figure",)),
    ("該國人口僅有 549 萬人。", ("figure",)),
    ("It is the largest economy of the region.", ("ranking",)),
    ("它是該地區最大的經濟體。", ("ranking",)),
    ("Its foreign policy is wise and careful.", ()),
    ("多方外交是務實的選擇。", ()),
    ("Journal of Studies, Vol. 15, No. 1 (2013), pp. 37-67.", ()),
])
def test_what_makes_a_sentence_a_candidate(text: str, kinds: tuple[str, ...]) -> None:
    found = candidates([text])
    assert (found[0].kinds if found else ()) == kinds


def test_states_bodies_and_quantities_in_both_languages() -> None:
    (one,) = candidates(["In 2017 exports from Kazakhstan to South Korea and the European Union grew."])
    assert one.states == ("KAZ", "KOR") and one.organisations == ("EU",) and one.quantities == ("exports",)
    (two,) = candidates(["2017 年哈薩克對南韓與歐盟的出口增加。"])
    assert (two.states, two.organisations, two.quantities) == (one.states, one.organisations, one.quantities)


def test_pages_and_sentences_that_a_page_cuts() -> None:
    found = candidates(["A page's end that cuts the sentence in the", "middle, in 2015, and so on. In 2016 it ended."])
    assert [(c.sentence.page, c.sentence.text[-9:]) for c in found] == [(1, "nd so on."), (1, "it ended.")]
    assert found[0].sentence.text.startswith("A page's end that cuts the sentence in the middle")


def test_stubs_are_a_claims_file_that_asks_to_be_completed() -> None:
    found = candidates(['He said "so": Kazakhstan joined the WTO in 2015.', "俄羅斯占其貿易的 20%。"])
    text = stubs(found, document='A "paper"')
    raw = tomllib.loads(text)
    assert [c["check"] for c in raw["claim"]] == ["membership", "share"]
    assert "# states: KAZ\n" in text and "# organisations: WTO\n" in text
    with pytest.raises(BadClaims, match=r"the text is empty"):
        parse(text, name="stubs.toml")


@pytest.mark.raw
@pytest.mark.parametrize(("document", "recall", "precision"), [("lin", 0.95, 0.9), ("chao", 0.95, 0.95)])
def test_recall_and_precision_on_the_documents_marked_by_hand(raw: Path, document: str, recall: float,
                                                              precision: float) -> None:
    """They reach what is asked of them, and are what the documentation says."""
    path = raw.parents[1] / "seeds" / DOCUMENTS[document]
    if not path.is_file():
        pytest.skip("the documents are not here")
    text = path.read_text(encoding="utf-8")
    marked = set(pl.read_csv(MARKED).filter(pl.col("document") == document)["sentence"])
    every = {s.key for s in sentences([text])}
    found = {c.sentence.key for c in candidates([text])}
    hits = len(marked & found)
    assert marked <= every and hits / len(marked) >= recall and hits / len(found) >= precision
    told = (f"| {document.title()} | {len(every)} | {len(marked)} | {len(found)} | {hits / len(marked):.2f} | "
            f"{hits / len(found):.2f} |")
    assert told in PAGE.read_text(encoding="utf-8")
